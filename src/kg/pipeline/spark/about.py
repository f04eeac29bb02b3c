"""What is told once of the whole corpus, by the driver: the entities, the data set, what is wrong with it all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from kg.corpus.places import located
from kg.errors import Finding, Spot
from kg.mappers.dataset import Tally
from kg.pipeline.article import Totals, shared_graphs
from kg.pipeline.publication import open_check
from kg.pipeline.spark.lines import sources_of
from kg.pipeline.spark.manifest import Sum
from kg.pipeline.spark.parts import Texts, Work, written

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_NO_PART = -1


class About(NamedTuple):
    """The text of the entities and of the data set, its sum, and the findings, each with its place."""

    text: bytes
    sum: Sum
    findings: list[Finding]
    base: str


def about_corpus(work: Work, sums: Iterable[Sum], together: Iterable[Finding], texts: Texts) -> About:
    """Return what is told of the whole, given the sums of the parts and what is wrong with them together."""
    total = sum((held.tally for held in sums), start=Tally())
    check, _ = open_check(work.engine)
    units = list(shared_graphs(work.corpus, work.index, check, Totals(total, tuple(together))))
    text = "".join(written((unit.graph for unit in units if unit.graph), work)).encode()
    findings = located((found for unit in units for found in unit.findings), {**work.texts, **texts})
    held = Sum(
        part=_NO_PART,
        tally=sum((unit.published_tally for unit in units), start=Tally()),
        findings=dict(Counter(finding.severity for finding in findings)),
        bytes=len(text),
        sha256=sha256(text).hexdigest(),
    )
    return About(text, held, findings, work.index.iris.base)


def line_texts(blocks: DataFrame, work: Work, findings: Iterable[Finding]) -> Texts:
    """Return the lines that findings are about, by file and number; read again only if there are any."""
    wanted = {(found.at.file, found.at.line) for found in findings if isinstance(found.at, Spot) and found.at.line}
    if not wanted:
        return {}
    first, names = work.first, work.names

    def texts(rows: Iterable[tuple[str, int, bytearray]]) -> Iterator[tuple[tuple[str, int], str]]:
        for source in sources_of(rows, first, names):
            if (place := (source.text_file, source.line)) in wanted:
                yield place, source.raw.decode("utf-8", "replace")

    return dict(blocks.rdd.mapPartitions(texts).collect())
