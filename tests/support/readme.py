"""Reads README.md: the commands that it shows with their output, its setup lines, its Python."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from support import ROOT

_BLOCK = re.compile(r"^```(?P<kind>\w+)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)


class Command(NamedTuple):
    """A command, as it is run and as the page shows it, and the output that follows there."""

    text: str
    shown: str
    output: str


def blocks(kind: str, page: str = "README.md") -> list[str]:
    """Return the bodies of the fenced blocks of a kind."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return [block["body"] for block in _BLOCK.finditer(text) if block["kind"] == kind]


def commands(page: str = "README.md") -> Iterator[Command]:
    """Yield each command of a `console` block: what follows `$`, continued after `>`."""
    for block in blocks("console", page):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            yield command_of(part)


def command_of(part: str) -> Command:
    """Take a command and its output apart; the part begins after its `$`."""
    lines = part.split("\n")
    more = 1
    while lines[more].startswith("> "):
        more += 1
    text = "\n".join([lines[0], *(line[2:] for line in lines[1:more])])
    return Command(text, "$ " + "\n".join(lines[:more]) + "\n", "\n".join(lines[more:]))
