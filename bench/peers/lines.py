"""N-Triples and N-Quads as `kg` writes them, a line at a time: the lines of a node stand together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_LINE = re.compile(r'(<[^>]*>) (<[^>]*>) (<[^>]*>|"(?:[^"\\]|\\.)*"(?:@[\w-]+|\^\^<[^>]*>)?)(?: (<[^>]*>))? \.\n')


class Line(NamedTuple):
    """A statement; `graph` is empty in N-Triples."""

    subject: str
    predicate: str
    value: str
    graph: str


class Node(NamedTuple):
    """A subject with its terms by predicate, and the graph it stands in."""

    subject: str
    graph: str
    properties: dict[str, list[str]]


def statements(path: Path) -> Iterator[Line]:
    """Yield the statements of a file. Raises `ValueError` for a line that `kg` would not write."""
    # Not `for line in stream` of a text: U+2028 and their like are no ends of lines here.
    with path.open("rb") as stream:
        for raw in stream:
            match = _LINE.fullmatch(raw.decode())
            if match is None:
                raise ValueError(f"not a line that kg writes: {raw!r}")
            yield Line(match[1], match[2], match[3], match[4] or "")


def nodes(path: Path) -> Iterator[Node]:
    """Yield the nodes of a file."""
    for (graph, subject), lines in groupby(statements(path), key=lambda line: (line.graph, line.subject)):
        properties: dict[str, list[str]] = {}
        for line in lines:
            properties.setdefault(line.predicate, []).append(line.value)
        yield Node(subject, graph, properties)
