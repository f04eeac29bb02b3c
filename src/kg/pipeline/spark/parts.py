"""What one task makes of its lines: a part of the graph, its findings, and what it is to the whole.

A pure function of the lines and the index: run twice, it yields the same rows twice, of which Spark keeps one set.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256

import msgspec
from msgspec import Struct

from kg.corpus import ArticleSource, CorpusDefinition
from kg.corpus.places import located
from kg.errors import Finding, Severity
from kg.findings.results import locate
from kg.formats import FORMATS, write
from kg.mappers.dataset import Tally
from kg.meaning import CorpusIndex
from kg.pipeline.article import MappedArticle, validated_article
from kg.pipeline.documents import published_with_https
from kg.pipeline.publication import Engine, open_check
from kg.pipeline.spark.lines import Block, sources_of
from kg.pipeline.spark.manifest import Sum, kg_version
from kg.pipeline.spark.whole import share_line
from kg.rdf.terms import Graph
from kg.rdf.vocab import PREFIXES, prefixes_with_https

GRAPH, FINDINGS, SHARES, SUMS = "graph", "findings", "shares", "sums"
"""What a row holds; Spark keeps the rows of each in files of their own."""

Row = tuple[str, str]
Texts = dict[tuple[str, int], str]
"""The text of a file, or of a line of JSON Lines, by the file's name and the line's number (0: the file)."""


class Work(Struct, frozen=True):
    """What all tasks need; each worker gets it once.

    `names` says what people call the file at a URI, `first` is the number of a block's first line;
    `texts` are those of `corpus.yaml` and the entities.
    """

    corpus: CorpusDefinition
    index: CorpusIndex
    engine: Engine
    format: str
    https: bool
    names: dict[str, str]
    first: dict[Block, int]
    texts: Texts
    version: str


def part_rows(part: int, rows: Iterable[tuple[str, int, bytearray]], work: Work) -> Iterator[Row]:
    """Yield what a task makes of its rows: the text of each article, its findings, its share; the sum comes last.

    Raises `RuntimeError` where the worker has another version of kg than the driver.
    """
    if work.version != (here := kg_version()):
        raise RuntimeError(f"the driver has kg {work.version}, and a worker has kg {here}: install the same on all")
    task = _Task(work)
    check, _ = open_check(work.engine)

    def graphs() -> Iterator[Graph]:
        for source in sources_of(rows, work.first, work.names):
            unit = validated_article(source, work.corpus, work.index, check)
            task.take(unit, source)
            if unit.graph and not unit.draft:
                yield unit.graph

    for text in written(graphs(), work):
        yield from task.noted()
        if text:
            yield GRAPH, task.line(text)
    yield from task.noted()
    yield SUMS, msgspec.json.encode(task.sum(part)).decode()


def written(graphs: Iterable[Graph], work: Work) -> Iterator[str]:
    """Yield a document piece by piece; of those that hold anything, each ends a line."""
    prefixes = prefixes_with_https(PREFIXES) if work.https else PREFIXES
    writer = FORMATS[work.format].writer(prefixes, work.index.iris.base)
    return write(map(published_with_https, graphs) if work.https else graphs, writer)


class _Task:
    """What a task has seen so far, and the rows about it that wait for their turn."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._waiting: list[Row] = []
        self._tally, self._severities = Tally(), Counter[Severity]()
        self._hash, self._bytes = sha256(), 0

    def take(self, unit: MappedArticle, source: ArticleSource) -> None:
        """Note the findings of a unit, with their places, and its share in the whole."""
        self._tally += unit.published_tally
        if ids := unit.ids(self._work.index.iris):
            self._waiting.append((SHARES, share_line(ids)))
        if unit.findings:
            self._severities.update(finding.severity for finding in unit.findings)
            line = {(source.text_file, source.line): source.raw.decode("utf-8", "replace")}
            found = located(unit.findings, {**self._work.texts, **line})
            self._waiting += [(FINDINGS, finding_line(finding)) for finding in found]

    def noted(self) -> Iterator[Row]:
        """Yield the rows that wait."""
        rows, self._waiting = self._waiting, []
        yield from rows

    def line(self, text: str) -> str:
        """Return a piece of text without its last line end, which Spark writes; it is summed as it will stand."""
        raw = text.encode()
        self._hash.update(raw)
        self._bytes += len(raw)
        return text.removesuffix("\n")

    def sum(self, part: int) -> Sum:
        return Sum(part, self._tally, dict(self._severities), self._bytes, self._hash.hexdigest())


def finding_line(finding: Finding) -> str:
    """Return a finding as a JSON line, with the keys of `kg validate --format json`; 0 is no line, no column."""
    return json.dumps(locate(finding)._asdict(), ensure_ascii=False)
