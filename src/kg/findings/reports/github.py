"""Findings as workflow commands, which GitHub shows beside the lines of a pull request.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.errors import Finding
from kg.findings.reports.located import Located, locate

_COMMANDS = {"violation": "error", "warning": "warning", "info": "notice"}
_IN_MESSAGE = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def github_report(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield one command a finding."""
    for finding in map(locate, findings):
        properties = ",".join(
            f"{name}={str(value).translate(_IN_PROPERTY)}" for name, value in _properties(finding) if value
        )
        message = finding.whole.translate(_IN_MESSAGE)
        yield f"::{_COMMANDS[finding.severity]} {properties}::{message}\n"


def _properties(finding: Located) -> list[tuple[str, str | int]]:
    return [
        ("file", finding.file),
        ("line", finding.line),
        ("col", finding.column),
        ("title", finding.rule),
    ]
