"""Findings as the validation report of SHACL, in Turtle.

What is no SHACL result (a file that cannot be read, words that are not found) is a validation result too: its focus
node is its place, a literal, and its constraint component the IRI of the rule. `rdfs:comment` has the place of any.
https://www.w3.org/TR/shacl/#validation-report
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from kg.errors import Finding
from kg.findings.reports.located import Located, locate
from kg.findings.rules import SH, rule_iri
from kg.rdf.property_paths import PropertyPath, read_property_path
from kg.rdf.terms import plain
from kg.rdf.vocab import RDFS

_SEVERITIES = {"violation": "sh:Violation", "warning": "sh:Warning", "info": "sh:Info"}
_OPERATORS = {"^": "inverse", "?": "zeroOrOne", "*": "zeroOrMore", "+": "oneOrMore"}


def turtle_report(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield the report, one result at a time."""
    yield f"@prefix rdfs: <{RDFS.base}> .\n@prefix sh: <{SH}> .\n\n"
    results = map(_result, map(locate, findings))
    first = next(results, None)
    if first is None:
        yield "[] a sh:ValidationReport ;\n    sh:conforms true .\n"
        return
    yield "[] a sh:ValidationReport ;\n    sh:conforms false"
    for result in chain([first], results):
        yield f" ;\n    sh:result {result}"
    yield " .\n"


def _result(finding: Located) -> str:
    place = str(plain(finding.where)) if finding.file else ""
    path = _path(finding.path)
    properties = [
        ("a", "sh:ValidationResult"),
        ("sh:resultSeverity", _SEVERITIES[finding.severity]),
        ("sh:focusNode", finding.focus or place or "[]"),
        ("sh:resultPath", path),
        ("sh:value", finding.value),
        ("sh:sourceConstraintComponent", str(rule_iri(finding.rule))),
        ("sh:resultMessage", str(plain(finding.whole))),
        ("rdfs:comment", place),
    ]
    lines = [f"        {name} {value}" for name, value in properties if value]
    return "[\n" + " ;\n".join(lines) + "\n    ]"


def _path(text: str) -> str:
    """Return a path as SHACL writes it, or nothing where it cannot be read."""
    if not text:
        return ""
    try:
        return _in_turtle(read_property_path(text))
    except ValueError:
        return ""


def _in_turtle(path: PropertyPath) -> str:
    if not path.operator:
        return path.predicate
    parts = [_in_turtle(part) for part in path.parts]
    if path.operator == "/":
        return f"( {' '.join(parts)} )"
    if path.operator == "|":
        return f"[ sh:alternativePath ( {' '.join(parts)} ) ]"
    return f"[ sh:{_OPERATORS[path.operator]}Path {parts[0]} ]"
