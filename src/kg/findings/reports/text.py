"""Findings for people: each with its place, its line and a caret under what is meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.errors import Finding, Place
from kg.findings.reports.excerpts import NOTHING, Shown, excerpts, visible
from kg.findings.reports.located import locate

INDENT = "    "
_BOLD, _DIM = "1", "2"
_SEVERITY = {"violation": "1;31", "warning": "1;33", "info": "1;36"}


def text_report(findings: Iterable[Finding], *, colour: bool = False) -> Iterator[str]:
    """Yield each finding as a paragraph; reads the lines that they point at."""
    findings = list(findings)
    # Of the lines, which may be whole articles, no more is kept than a paragraph needs.
    places: dict[Place, int] = {}
    for finding in findings:
        if isinstance(finding.at, Place):
            places[finding.at] = max(len(finding.detail), places.get(finding.at, 0))
    found = excerpts(places)
    between = ""
    for finding in findings:
        shown = found.get(finding.at, NOTHING) if isinstance(finding.at, Place) else NOTHING
        yield between + paragraph(finding, shown, colour=colour)
        between = "\n"


def paragraph(finding: Finding, shown: Shown = NOTHING, *, colour: bool = False) -> str:
    """Return a finding with what is shown of its source line, and its detail."""

    def painted(text: str, style: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if colour else text

    located = locate(finding)
    head = [
        painted(visible(located.where) + ":", _BOLD) if located.file else "",
        painted(f"{located.severity}:", _SEVERITY[located.severity]),
        visible(located.message),
        painted(f"[{visible(located.rule)}]", _DIM),
    ]
    below = []
    text, indent = shown.excerpt
    if text:
        below += [text, " " * indent + painted("^", _SEVERITY[located.severity])]
    below += [visible(each) for each in located.detail.splitlines() if not _stands_at(shown.pointed_at, each)]
    return " ".join(filter(None, head)) + "\n" + "".join(f"{INDENT}{each}\n" for each in below)


def _stands_at(pointed_at: str, detail: str) -> bool:
    """Tell whether a detail only says again what the caret points at."""
    return detail.startswith("found: ") and pointed_at.startswith(detail.removeprefix("found: "))
