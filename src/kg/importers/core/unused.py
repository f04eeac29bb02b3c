"""What of a document went into no claim, and why."""

from __future__ import annotations

from collections.abc import Iterator, Set

from kg.importers.core.alike import why_unused
from kg.importers.core.bonds import Bonds
from kg.importers.core.documents import Document, Skipped


def unused(document: Document, bonds: Bonds, used: Set[str]) -> Iterator[Skipped]:
    """Yield each mark that is not among the used and was not told before, and each link without one of its ends."""
    for mark in document.marks:
        part = bonds.parts.get(mark.id)
        if mark.id in used or mark.id not in bonds.parts or part == "words":
            continue
        yield Skipped("span", mark.id, why_unused(mark, part), mark.at)
    for link in document.links:
        if missing := [end for end in (link.source, link.target) if end not in bonds.parts]:
            why = f"its end {missing[0]} is not there, or was left out"
            yield Skipped("link", f"{link.source} → {link.target}", why, link.at)
