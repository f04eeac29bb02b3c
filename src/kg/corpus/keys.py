"""Keys that stand twice in one mapping, which neither YAML nor JSON readers tell of."""

from __future__ import annotations

from collections.abc import Iterable

from kg.corpus.wording import shortened
from kg.errors import Finding
from kg.files import Lines
from kg.positions import Token, index


def repeated_keys(tokens: Iterable[Token], lines: Lines) -> list[Finding]:
    """Return a finding for each key that stands in its mapping again."""
    found = index(tokens)
    return [
        Finding(
            "violation",
            f"a key must stand once, `{shortened(str(path[-1]))}` stands on line "
            f"{lines.place(found.marks[path].key).line} already: delete or rename one",
            "duplicate-key",
            lines.place(offset),
        )
        for path, offset in found.repeated
    ]
