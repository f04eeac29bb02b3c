"""Compares two RDF documents block by block: an article with its claims, the entities, the data set.

Both are N-Quads in a file or a spool; where each block is in them stands in a temporary database, so that large
documents need no more memory than the largest block. Blocks that have the same digest on both sides are not read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from kg.errors import FileError, UsageError
from kg.files.temporary import Spool, temporary_database
from kg.rdf.terms import Iri
from kg.rdf.vocab import DCTERMS, KG, VOID

if TYPE_CHECKING:
    import sqlite3

QUAD = re.compile(
    rb"(?P<subject><[^>]*>|_:\S+) (?P<predicate><[^>]*>) "
    rb'(?P<value><[^>]*>|_:\S+|"[^"\\]*(?:\\.[^"\\]*)*"(?:@\S+|\^\^<[^>]*>)?)(?: (?P<graph><[^>]*>|_:\S+))? \.\n'
)
"""A line of N-Quads, as kg and Oxigraph write it."""
_REPLACED = f" {DCTERMS.isReplacedBy} ".encode()
_DIGEST = f" {KG.digest} ".encode()
_URI_SPACE = VOID.uriSpace.encode()
_BASE = re.compile(rb"<[^>]*> " + re.escape(_URI_SPACE) + rb' "([^"\\]*)"')
DATASET, ENTITIES, IN_ARTICLE, _OTHER = "corpus", "entities", "in ", "of others "
"""The names of blocks, or their beginnings, in the order of the alphabet: that of an article ends in its id."""
_THINGS = ("claim", "text", "occasion", "source")


Nodes = dict[str, dict[Iri, list[str]]]
"""What a document says, by subject and predicate."""


class Extent(NamedTuple):
    """A piece of a document that belongs to one block; `digest` is that of its graph, `""` if it is not known."""

    block: str
    graph: str
    digest: str
    start: int
    size: int


class QuadSource(NamedTuple):
    """An RDF document: its name for messages, the base of its data set, `read(start, size)`, and its extents."""

    name: str
    base: str
    read: Callable[[int, int], bytes]
    extents: Iterable[Extent]


class DifferingBlock(NamedTuple):
    """A block whose lines differ, sorted; a block that only one document has is empty in the other."""

    name: str
    old: list[bytes]
    new: list[bytes]


@contextmanager
def spooled_quads(name: str, pieces: Iterable[bytes]) -> Iterator[QuadSource]:
    """Open a document that comes in pieces, each of whole lines of N-Quads."""
    with Spool() as spool:
        for piece in pieces:
            spool.write(piece)
        yield quad_source(name, spool)


def quad_source(name: str, spool: Spool) -> QuadSource:
    """Return a document of anybody's N-Quads that is in a spool; it is read twice."""
    base = ""
    with spool.reading() as stream:
        for line in stream:
            if _URI_SPACE in line and (match := _BASE.match(line)):
                base = match[1].decode()
    return QuadSource(name, base, spool.read, _extents(spool, base))


def _extents(spool: Spool, base: str) -> Iterator[Extent]:
    """Yield where each block is, in the order of the document; a block may be in several places."""
    block = graph = ""
    suffix = b""
    start = at = 0
    with spool.reading() as stream:
        for line in stream:
            # A line without graph has three blanks, if it does not end in a literal.
            if not (suffix and line.endswith(suffix) and line.count(b" ") > 3):
                subject, of = quad_terms(line)
                found = _block_of(of, subject, base)
                if found != block or of != graph:
                    if at > start:
                        yield Extent(block, graph, "", start, at - start)
                    block, graph, start = found, of, at
                suffix = f" {of} .\n".encode() if of else b""
            at += len(line)
    if at > start:
        yield Extent(block, graph, "", start, at - start)


def parsed_quad(line: bytes) -> re.Match[bytes]:
    """Return the terms of a line. Raises `FileError` if neither kg nor Oxigraph can have written it."""
    if match := QUAD.fullmatch(line):
        return match
    raise FileError(
        f"{line[:80].decode('utf-8', 'replace')!r}: a line of N-Quads must be as kg writes it, this one is not: "
        "check with `kg verify` whether the release was changed."
    )


def quad_terms(line: bytes) -> tuple[str, str]:
    """Return the subject and the graph of a line, `""` for none."""
    match = parsed_quad(line)
    return match["subject"].decode(), (match["graph"] or b"").decode()


def graph_extents(stream: Iterable[bytes], base: str) -> Iterator[Extent]:
    """Yield where each graph is in N-Quads that kg has just written: in one piece, which ends with its digest."""
    start = at = 0
    for line in stream:
        at += len(line)
        if _DIGEST in line and (match := QUAD.fullmatch(line)) and match["subject"] == match["graph"]:
            graph, digest = match["graph"].decode(), match["value"].decode().strip('"')
            path = graph[1:-1].removeprefix(f"{base}graph/")
            yield Extent(block_of_graph(path), graph, digest, start, at - start)
            start = at


def _block_of(graph: str, subject: str, base: str) -> str:
    """Return the block of a quad: that of its graph, or without one, of its subject."""
    named = (graph or subject)[1:-1]
    if not base or not named.startswith(base):
        return f"{_OTHER}{named.partition('#')[0]}"
    path = named[len(base) :].partition("#")[0]
    return block_of_graph(path.removeprefix("graph/")) if path.startswith("graph/") else _block_of_thing(path)


def block_of_graph(path: str) -> str:
    """Return the block of a graph by its path below `graph/`; the text of an article is in that of the article."""
    kind, _, article = path.partition("/")
    if article and kind in ("article", "text"):
        return f"{IN_ARTICLE}{article}"
    return ENTITIES if path == ENTITIES else DATASET


def _block_of_thing(path: str) -> str:
    kind, _, id = path.partition("/")
    if kind in _THINGS:
        return f"{IN_ARTICLE}{id.rpartition('/')[0]}"
    if kind == "article":
        return f"{IN_ARTICLE}{id}"
    return ENTITIES if kind in ("entity", "annotator") else DATASET


class QuadComparison:
    """Two documents side by side. `compare_quads` opens one."""

    def __init__(self, old: QuadSource, new: QuadSource, places: sqlite3.Connection) -> None:
        self.old, self.new = old, new
        self._places = places
        places.execute("CREATE TABLE extent (block, side, graph, digest, start, size)")
        for side, source in enumerate((old, new)):
            rows = ((each.block, side, *each[1:]) for each in source.extents)
            places.executemany("INSERT INTO extent VALUES (?, ?, ?, ?, ?, ?)", rows)

    def differing(self) -> Iterator[DifferingBlock]:
        """Yield the blocks whose lines differ, in the order of their names."""
        query = "SELECT block, side, graph, digest, start, size FROM extent ORDER BY block, side, graph, start"
        for block, rows in groupby(self._places.execute(query), key=itemgetter(0)):
            sides: tuple[list[Extent], list[Extent]] = ([], [])
            for row in rows:
                sides[row[1]].append(Extent(row[0], *row[2:]))
            if not _have_same_digests(*sides):
                old, new = _text(self.old, sides[0]), _text(self.new, sides[1])
                before, after = (_lines(text) if old != new else [] for text in (old, new))
                if before != after:
                    yield DifferingBlock(block, before, after)


@contextmanager
def compare_quads(old: QuadSource, new: QuadSource) -> Iterator[QuadComparison]:
    """Open a comparison of two documents. Raises `FileError` if the disk is full."""
    with temporary_database() as places:
        yield QuadComparison(old, new, places)


def _have_same_digests(old: list[Extent], new: list[Extent]) -> bool:
    before, after = ([(each.graph, each.digest) for each in side] for side in (old, new))
    return before == after and all(digest for _, digest in before)


def _text(source: QuadSource, extents: Iterable[Extent]) -> bytes:
    return b"".join([source.read(each.start, each.size) for each in extents])


def _lines(text: bytes) -> list[bytes]:
    return sorted(set(text.splitlines(keepends=True)))


def nodes_of(lines: Iterable[bytes]) -> Nodes:
    """Return what lines of N-Quads say by subject and predicate, in their order."""
    nodes: Nodes = {}
    for line in lines:
        match = parsed_quad(line)
        subject, predicate, value = (match[name].decode() for name in ("subject", "predicate", "value"))
        nodes.setdefault(subject, {}).setdefault(Iri(predicate), []).append(value)
    return nodes


def present_iris(comparison: QuadComparison) -> dict[str, str]:
    """Return the IRI that something has now by the one that it had; what is withdrawn says more of itself."""
    found: dict[str, str] = {}
    for _, _, new in comparison.differing():
        subjects = {quad_terms(line)[0] for line in new if _REPLACED in line}
        for subject, properties in nodes_of(new if subjects else ()).items():
            if subject in subjects and properties.keys() == {DCTERMS.isReplacedBy}:
                found[subject] = properties[DCTERMS.isReplacedBy][0]
    return found


def is_only_replaced(lines: Iterable[bytes]) -> bool:
    """Tell whether lines say nothing but which IRIs things have now, as in a document without graphs."""
    return all(_REPLACED in line for line in lines)


def rdf_patch(comparison: QuadComparison) -> Iterator[bytes]:
    """Yield an RDF Patch that makes the old document into the new one, in one transaction.

    https://afs.github.io/rdf-delta/rdf-patch.html. Raises `UsageError` for a blank node, whose name is only known
    inside of its document.
    """
    yield b"TX .\n"
    for _, old, new in comparison.differing():
        before, after = set(old), set(new)
        for operation, lines, other in ((b"D ", old, after), (b"A ", new, before)):
            for line in lines:
                if line not in other:
                    _refuse_blank_node(line, comparison)
                    yield operation + line
    yield b"TC .\n"


def _refuse_blank_node(line: bytes, comparison: QuadComparison) -> None:
    match = parsed_quad(line)
    if any(term and term.startswith(b"_:") for term in match.groups()):
        raise UsageError(
            f"{comparison.old.name}, {comparison.new.name}: a patch needs nodes with IRIs, and "
            f"{line.decode().strip()} has a blank node: give it an IRI."
        )
