"""Lines of JSON Lines as Spark's own readers split them, so that they may stand wherever Hadoop reaches."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from kg.corpus import ArticleSource
from kg.corpus.folder import JSON_LINES
from kg.errors import CorpusError, Finding, Place
from kg.files.text_files import LINE_LIMIT, read_lines

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_GLOB = re.compile(r"([\\*?\[\]{}])")
_PACKED = -1


class Block(NamedTuple):
    """A stretch of a file that one task reads: the file's URI and where the stretch starts, in bytes.

    A packed file (`.gz`, `.zst`) is one block, which starts at -1.
    """

    uri: str
    start: int


class Counted(NamedTuple):
    """How many lines a block has, and how many of them are not blank."""

    lines: int
    articles: int


def read_blocks(session: SparkSession, addresses: Iterable[str]) -> DataFrame:
    """Return the lines of plain files and the bytes of packed ones: `uri`, `start`, `raw`, in order by block."""
    from pyspark.sql import functions as F  # noqa: N812  # as everybody calls it

    addresses = list(addresses)
    plain = [_literally(address) for address in addresses if address.endswith(JSON_LINES[0])]
    packed = [_literally(address) for address in addresses if not address.endswith(JSON_LINES[0])]
    frames = []
    if plain:
        frame = session.read.option("lineSep", "\n").text(plain)
        at = F.col("_metadata.file_path"), F.col("_metadata.file_block_start")
        frames.append(frame.select(at[0].alias("uri"), at[1].alias("start"), F.col("value").cast("binary")))
    if packed:
        frame = session.read.format("binaryFile").load(packed)
        start = F.lit(_PACKED).cast("long").alias("start")
        frames.append(frame.select(F.col("_metadata.file_path").alias("uri"), start, "content"))
    whole = frames[0] if len(frames) == 1 else frames[0].union(frames[1])
    return whole.toDF("uri", "start", "raw")


def count_lines(blocks: DataFrame) -> dict[Block, Counted]:
    """Return the counts of each block of a plain file, in order. It is a pass of Java's alone."""
    from pyspark.sql import functions as F  # noqa: N812

    not_blank = F.count_if(F.col("raw").cast("string").rlike(r"[^ \t\r\x0b\f]"))
    counts = blocks.where(F.col("start") != _PACKED).groupBy("uri", "start")
    rows = counts.agg(F.count("*"), not_blank).collect()
    return {Block(uri, start): Counted(all_, filled) for uri, start, all_, filled in sorted(map(tuple, rows))}


def first_lines(counts: Mapping[Block, Counted]) -> dict[Block, int]:
    """Return the number of the first line of each block, in its file, from 1."""
    first: dict[Block, int] = {}
    for _, blocks in groupby(sorted(counts), key=itemgetter(0)):
        number = 1
        for block in blocks:
            first[block] = number
            number += counts[block].lines
    return first


def sources_of(
    rows: Iterable[tuple[str, int, bytearray]], first: Mapping[Block, int], names: Mapping[str, str]
) -> Iterator[ArticleSource]:
    """Yield the sources of a task's rows; `names` says what people call the file at a URI."""
    for block, group in groupby(rows, key=lambda row: Block(row[0], row[1])):
        name = names[block.uri]
        if block.start == _PACKED:
            for _, _, content in group:
                yield from _unpacked(name, content)
            continue
        for number, (_, _, raw) in enumerate(group, first[block]):
            yield from _line(name, number, bytes(raw))


def _line(name: str, number: int, raw: bytes) -> Iterator[ArticleSource]:
    if len(raw) > LINE_LIMIT:
        message = (
            f"a line must have at most {LINE_LIMIT // 1_000_000} MB, this one has more: write one article a line"
        )
        finding = Finding("violation", message, "line-too-long", Place(name, number, 1))
        yield ArticleSource(name, findings=(finding,))
    elif raw and not raw.isspace():
        yield ArticleSource(name, name, line=number, raw=raw)


def _unpacked(name: str, content: bytes | bytearray) -> Iterator[ArticleSource]:
    """Yield the lines of a packed file, by way of a file of the worker's own."""
    with tempfile.TemporaryDirectory(prefix="kg-") as folder:
        file = os.path.join(folder, "packed" + os.path.splitext(name)[1])
        with open(file, "wb") as stream:
            stream.write(content)
        empty = True
        try:
            for line in read_lines(file):
                empty = False
                yield ArticleSource(name, name, line=line.number, raw=line.raw)
        except CorpusError as error:
            yield ArticleSource(name, findings=tuple(_renamed(finding, name) for finding in error.findings))
            return
    if empty:
        yield ArticleSource(name, findings=(empty_file(name),))


def empty_file(name: str) -> Finding:
    """Return what is wrong with a file without a line."""
    message = "a JSON Lines file must have one article a line, this one is empty: write it, or delete it"
    return Finding("violation", message, "empty-file", Place(name, 1, 1))


def _renamed(finding: Finding, name: str) -> Finding:
    at = finding.at
    return finding._replace(at=at._replace(file=name)) if at else finding


def _literally(address: str) -> str:
    """Return an address that Spark takes as it is, not as a pattern."""
    return _GLOB.sub(r"\\\1", address)
