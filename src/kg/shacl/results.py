"""What validation says: `Result` has the fields of sh:ValidationResult, with the severity and message to tell.

https://www.w3.org/TR/shacl/#results-validation-result
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from kg.errors import Severity
from kg.rdf.terms import Iri, Term, literal_value


class Result(NamedTuple):
    """One validation result. `path` is a predicate, or a longer path as SPARQL writes it; `value` may be empty."""

    focus: Term
    path: str
    value: str
    message: str
    severity: Severity
    component: Iri
    shape: Term


def severity_of(term: Term | None) -> Severity:
    """Return the severity that a term stands for; one of a shapes author's own counts as a violation."""
    match term:
        case "<http://www.w3.org/ns/shacl#Warning>":
            return "warning"
        case "<http://www.w3.org/ns/shacl#Info>":
            return "info"
    return "violation"


def message_of(messages: Iterable[Term]) -> str:
    """Return the English message, or one without a language, or else the first by language."""
    values = [literal_value(message) for message in messages]
    order = sorted(values, key=lambda each: (each.language.split("-")[0] != "en", each.language, each.lexical))
    return order[0].lexical if order else ""
