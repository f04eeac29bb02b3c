"""Findings as a JSON array with one object a line, for programs.

Every object has the same keys, in this order:

- `severity`: `violation`, `warning` or `info`
- `rule`: the short stable name of what was broken
- `message`: what must hold, and what to do
- `detail`: further lines, or `""`
- `file`, `line`, `column`: where, each null where it is not known; they count from 1, columns in code points
- `focus`, `path`, `value`: of a SHACL result the terms as N-Triples and the path as SPARQL has it, or `""`
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from kg.errors import Finding
from kg.findings.reports.located import Located, locate


def json_report(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield the array, one object at a time."""
    before = "[\n"
    for finding in findings:
        yield f"{before}  {json.dumps(_object(locate(finding)), ensure_ascii=False)}"
        before = ",\n"
    yield "\n]\n" if before != "[\n" else "[]\n"


def _object(finding: Located) -> dict[str, str | int | None]:
    return {
        "severity": finding.severity,
        "rule": finding.rule,
        "message": finding.message,
        "detail": finding.detail,
        "file": finding.file or None,
        "line": finding.line or None,
        "column": finding.column or None,
        "focus": finding.focus,
        "path": finding.path,
        "value": finding.value,
    }
