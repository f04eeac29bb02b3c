"""Findings for people: each with its place, its line and a caret under what is meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from kg.errors import Finding, Place
from kg.reports.excerpts import excerpt, source_lines, visible
from kg.reports.located import locate

INDENT = "    "
_BOLD, _DIM = "1", "2"
_SEVERITY = {"violation": "1;31", "warning": "1;33", "info": "1;36"}


def text_report(findings: Iterable[Finding], *, colour: bool = False) -> Iterator[str]:
    """Yield each finding as a paragraph; reads the lines that they point at."""
    findings = list(findings)
    lines = source_lines(finding.at for finding in findings if isinstance(finding.at, Place))
    between = ""
    for finding in findings:
        yield between + paragraph(finding, lines, colour=colour)
        between = "\n"


def paragraph(finding: Finding, lines: Mapping[tuple[str, int], str], *, colour: bool = False) -> str:
    """Return a finding with its source line, of those given, and its detail."""

    def painted(text: str, style: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if colour else text

    located = locate(finding)
    line = lines.get((finding.at.file, finding.at.line), "") if isinstance(finding.at, Place) else ""
    head = [
        painted(visible(located.where) + ":", _BOLD) if located.file else "",
        painted(f"{located.severity}:", _SEVERITY[located.severity]),
        visible(located.message),
        painted(f"[{visible(located.rule)}]", _DIM),
    ]
    below = []
    if line.strip():
        shown = excerpt(line, located.column)
        below += [shown.text, " " * shown.indent + painted("^", _SEVERITY[located.severity])]
    pointed_at = line[located.column - 1 :] if located.column else ""
    below += [visible(each) for each in located.detail.splitlines() if not _stands_at(pointed_at, each)]
    return " ".join(filter(None, head)) + "\n" + "".join(f"{INDENT}{each}\n" for each in below)


def _stands_at(pointed_at: str, detail: str) -> bool:
    """Tell whether a detail only says again what the caret points at."""
    return detail.startswith("found: ") and pointed_at.startswith(detail.removeprefix("found: "))
