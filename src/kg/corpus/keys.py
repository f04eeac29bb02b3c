"""Keys that stand twice in one mapping, which neither YAML nor JSON readers tell of."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kg.corpus.positions import Token, index
from kg.corpus.wording import shortened
from kg.errors import Finding, Path
from kg.files.text_files import Lines

# Where a key of JSON ends, blanks before its colon or not; also where a text holds such signs.
_KEY_END = re.compile(rb'"[ \t\r]*:')


def keys_in(value: object) -> int:
    """Return how many keys the mappings in a value have together."""
    count = 0
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            count += len(value)
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return count


def most_keys(line: bytes) -> int:
    """Return how many keys a line of JSON has at most, of a key that stands twice both.

    Where it is as many as were read, no key stands twice.
    """
    # One byte is found far quicker than two.
    if b" :" in line or (b"\t" in line and b"\t:" in line) or (b"\r" in line and b"\r:" in line):
        return len(_KEY_END.findall(line))
    return line.count(b'":')


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
