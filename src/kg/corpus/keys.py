"""Keys that stand twice in one mapping, which neither YAML nor JSON readers tell of."""

from __future__ import annotations

from collections.abc import Iterable

from kg.corpus.wording import shortened
from kg.errors import Finding, Path
from kg.files import Lines
from kg.positions import Token, index


def repeated_keys(tokens: Iterable[Token], lines: Lines) -> list[Finding]:
    """Return a finding for each key that stands in its mapping again, but not for what stands below it there."""
    found = index(tokens)
    first: dict[Path, int] = {}
    for path, offset in found.repeated:
        first.setdefault(path, offset)
    return [
        Finding(
            "violation",
            f"a key must stand once, `{shortened(str(path[-1]))}` stands on line "
            f"{lines.place(found.marks[path].key).line} already: delete or rename one",
            "duplicate-key",
            lines.place(offset),
        )
        for path, offset in found.repeated
        if not any(first.get(path[:depth], offset) < offset for depth in range(1, len(path)))
    ]
