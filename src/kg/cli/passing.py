"""The graphs of a corpus on their way into a store, which is put in place only if the corpus has passed."""

from __future__ import annotations

from collections.abc import Iterator

from kg.cli.console import with_progress
from kg.errors import CorpusError, Finding
from kg.findings.results import fails
from kg.pipeline.publication import Publication, published
from kg.rdf.terms import Graph


def passed(publication: Publication, findings: list[Finding], label: str) -> Iterator[Graph]:
    """Yield the graphs that are published, under a bar with a label; findings go to the list.

    Raises `CorpusError` after the last, where one of them is a violation.
    """
    yield from published(with_progress(publication.mapped_articles(), label), findings)
    refuse_violations(findings)


def refuse_violations(findings: list[Finding]) -> None:
    """Raise `CorpusError` where a finding is a violation."""
    if fails(findings, "violation"):
        raise CorpusError(findings)
