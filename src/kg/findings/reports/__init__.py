"""Reports: one table from a format's name to what writes findings in it.

A report takes findings in order, with their places, and gives text piece by piece; no findings make a valid report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from kg.errors import Finding
from kg.findings.reports.github import github_report
from kg.findings.reports.json_report import json_report
from kg.findings.reports.junit import junit_report
from kg.findings.reports.sarif import sarif_report
from kg.findings.reports.text import text_report
from kg.findings.reports.turtle import turtle_report

__all__ = ["REPORTS", "Report"]


class Report(Protocol):
    """Writes findings, in colour where that is asked for and the format has any."""

    def __call__(self, findings: Iterable[Finding], *, colour: bool = False) -> Iterator[str]: ...


def _colourless(write: Callable[[Iterable[Finding]], Iterator[str]]) -> Report:
    def report(findings: Iterable[Finding], *, colour: bool = False) -> Iterator[str]:  # noqa: ARG001
        return write(findings)

    return report


REPORTS: dict[str, Report] = {
    "text": text_report,
    "json": _colourless(json_report),
    "sarif": _colourless(sarif_report),
    "junit": _colourless(junit_report),
    "github": _colourless(github_report),
    "ttl": _colourless(turtle_report),
}
