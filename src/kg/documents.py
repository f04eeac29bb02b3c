"""Documents on their way to files: graphs are added one at a time, or parts that other processes wrote."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import IO

from kg.errors import Finding
from kg.formats import Bytes, Format, prefixes_with_https, with_https
from kg.graph import Unit
from kg.mappers.dataset import Tally
from kg.terms import Graph
from kg.vocab import PREFIXES


class Document:
    """A document in one format. Without `begin` and `end` it is a part, which another document takes in."""

    def __init__(self, form: Format, stream: Bytes, base: str, *, https: bool = False) -> None:
        self.form = form
        self.https = https
        self._stream = stream
        self._writer = form.writer(prefixes_with_https(PREFIXES) if https else PREFIXES, base)
        self._between = ""

    def begin(self) -> None:
        """Write what begins a document."""
        self._stream.write(self._writer.head().encode())

    def add(self, graph: Graph) -> None:
        """Write a graph."""
        text = self._writer.graph(with_https(graph) if self.https else graph)
        if text:
            self._stream.write((self._between + text).encode())
            self._between = self._writer.between

    def append(self, part: IO[bytes], size: int) -> None:
        """Write a part, of so many bytes, in the same format."""
        if size:
            self._stream.write(self._between.encode())
            shutil.copyfileobj(part, self._stream)
            self._between = self._writer.between

    def end(self) -> None:
        """Write what ends a document."""
        self._stream.write(self._writer.tail.encode())


@dataclass(slots=True)
class Outcome:
    """What has come of units so far: how much, all findings, and the last graph that was published."""

    articles: int = 0
    claims: int = 0
    findings: list[Finding] = field(default_factory=list)
    total: Tally = field(default_factory=Tally)
    last: Graph | None = None

    def add(self, unit: Unit, documents: Iterable[Document]) -> None:
        """Take in a unit, and write its graph unless it is a draft."""
        self.articles += bool(unit.defines)
        self.claims += max(0, len(unit.defines) - 1)
        self.findings.extend(unit.findings)
        if unit.graph and not unit.draft:
            self.total += unit.holds
            self.last = unit.graph
            for document in documents:
                document.add(unit.graph)
