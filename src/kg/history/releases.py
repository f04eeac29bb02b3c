"""Releases in their folders: their manifest, their graph with an index of digests, and what each changed.

`graphs.csv` says where each graph is in kg.nq, and its digest, so that two releases are compared without reading
what is equal. `claims.csv` has the digest of each claim.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from io import BufferedReader
from pathlib import Path
from typing import IO, NamedTuple

from msgspec import Struct

from kg.corpus.folder import CONFIG
from kg.errors import FileError, UsageError, reason_of
from kg.files.input_files import is_inside, open_input, read_input
from kg.files.manifests import SUMS, decode_manifest, read_sums
from kg.history.quad_comparison import (
    IN_ARTICLE,
    QUAD,
    Extent,
    Nodes,
    QuadComparison,
    QuadSource,
    block_of_graph,
    graph_extents,
    nodes_of,
    present_iris,
)
from kg.pipeline.article import MappedArticle
from kg.rdf.terms import Graph, Iri, Iris, Literal, Node, date, part, plain
from kg.rdf.vocab import DCAT, DCTERMS, KG, PROV, RDF, SCHEMA

MANIFEST = "release.json"
ALL_GRAPHS, GRAPHS, CLAIMS = "kg.nq", "graphs.csv", "claims.csv"
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,63}")
_DOTTED = re.compile(r"[0-9]+(\.[0-9]+)*")
_NUMBERS = re.compile(r"([0-9]+)")
# Where something is says nothing about what was claimed; who annotated it, and when, is in the annotation.
_NOT_CLAIMED = {
    each.encode() for each in (SCHEMA.position, KG.wordsAt, KG.cueAt, KG.speakerWordsAt, KG.dateWordsAt)
}
_IRI = re.compile(rb"(?<=[ ^])<[^>]*>|^<[^>]*>")
_CLAIM = re.compile(r"<(?P<claim>[^>#]*)(?:#(?P<part>[^>]*))?>")


class ReleaseManifest(Struct, frozen=True):
    """What a folder says of the release in it. `previous` is the version before, `""` for none.

    `moved_from` are earlier bases of the data set.
    """

    version: str
    issued: str
    base: str
    previous: str = ""
    moved_from: tuple[str, ...] = ()


class ReleaseFolder(NamedTuple):
    """A release and its folder."""

    path: Path
    manifest: ReleaseManifest


def is_release(folder: Path) -> bool:
    """Tell whether a folder has a release, or what is left of one."""
    if (folder / CONFIG).is_file():
        return False
    if (folder / MANIFEST).is_file():
        return True
    return is_inside(str(folder / SUMS), str(folder)) and {MANIFEST, GRAPHS} <= read_sums(folder).keys()


def read_release(folder: Path) -> ReleaseFolder:
    """Return the release in a folder. Raises `FileError` if it has none that kg wrote, or not all of it."""
    file = folder / MANIFEST
    for name in (MANIFEST, GRAPHS, ALL_GRAPHS) if is_release(folder) else ():
        if not is_inside(str(folder / name), str(folder)):
            raise FileError(f"{folder}: a release must have a {name}, and it is missing: copy the release again.")
    try:
        raw = read_input(str(file), str(folder))
    except OSError as error:
        raise FileError(
            f"{file}: it cannot be read: {reason_of(error, file)}: name the folder of a release."
        ) from error
    complaint = f"{file}: this is no release that kg wrote: name the folder of another"
    manifest = decode_manifest(raw, ReleaseManifest, complaint)
    if not (_VERSION.fullmatch(manifest.version) and manifest.base.endswith("/")):
        raise FileError(complaint)
    return ReleaseFolder(folder, manifest)


def releases_in(folder: Path) -> list[ReleaseFolder]:
    """Return the releases whose folders are in a folder, in the order in which they were issued."""
    if not folder.is_dir():
        return []
    found = [read_release(path) for path in sorted(folder.iterdir()) if not path.is_symlink() and is_release(path)]
    return sorted(found, key=lambda each: (each.manifest.issued, _in_order(each.manifest.version)))


def _in_order(version: str) -> list[tuple[int, str]]:
    """Return what versions are sorted by: 1.10 comes after 1.9."""
    return [(int(each), "") if each.isdecimal() else (-1, each) for each in _NUMBERS.split(version)]


def check_version(version: str) -> None:
    """Raise `UsageError` unless a text can be a version, which is part of addresses and the name of a folder."""
    if not _VERSION.fullmatch(version):
        raise UsageError(
            f"{version!r}: a version must be letters, digits, `.`, `-` and `_`, with a letter or digit first: "
            "write it as 1.2."
        )


def check_follows(version: str, last: ReleaseFolder) -> None:
    """Raise `UsageError` if both versions are numbers with dots, and one is not after that of the last release."""
    before = last.manifest.version
    numbers = [[int(each) for each in text.split(".")] for text in (before, version) if _DOTTED.fullmatch(text)]
    if len(numbers) == 2 and numbers[1] <= numbers[0]:
        *first, end = numbers[0]
        following = ".".join(map(str, (*first, end + 1)))
        raise UsageError(
            f"{version}: a version must be after that of the last release, {before}: give {following}, or a "
            "later one."
        )


@contextmanager
def release_quads(release: ReleaseFolder) -> Iterator[QuadSource]:
    """Open the graph of a release, with the digests of its index. Raises `FileError` if a file is missing."""
    with _opened(release, ALL_GRAPHS) as stream:

        def read(start: int, size: int) -> bytes:
            stream.seek(start)
            return stream.read(size)

        extents = list(_indexed(release, os.fstat(stream.fileno()).st_size))
        yield QuadSource(str(release.path), release.manifest.base, read, extents)


def _opened(release: ReleaseFolder, name: str) -> BufferedReader:
    """Open a file of a release. Raises `FileError` if it cannot be read."""
    file = release.path / name
    try:
        return open_input(str(file), str(release.path))
    except OSError as error:
        raise FileError(f"{file}: it cannot be read: {reason_of(error, file)}: copy the release again.") from error


def _indexed(release: ReleaseFolder, size: int) -> Iterator[Extent]:
    """Yield where the graphs are in `kg.nq`, which has `size` bytes: one after the other, and nothing else."""
    file = release.path / GRAPHS
    start = len(release.manifest.base) + len("graph/")
    with _opened(release, GRAPHS) as stream:
        raw = stream.read()
    end = 0
    try:
        rows = csv.reader(raw.decode().splitlines())
        next(rows, None)
        for graph, digest, offset, length in rows:
            extent = Extent(block_of_graph(graph[start:]), f"<{graph}>", digest, int(offset), int(length))
            if extent.start != end or extent.size < 0:
                raise ValueError
            end += extent.size
            yield extent
    except (ValueError, csv.Error) as error:
        raise FileError(
            f"{file}: each row must have a graph, its digest, where it begins in {ALL_GRAPHS} and its size: copy "
            "the release again."
        ) from error
    if end != size:
        raise FileError(
            f"{release.path}: {ALL_GRAPHS} has {size:,} bytes, and {GRAPHS} lists {end:,}, so one of the two was "
            "changed since the release was made: copy it again."
        )


def release_graphs(release: ReleaseFolder) -> Iterator[Graph]:
    """Yield the graphs of a release in their order, one in memory at a time.

    Raises `FileError` at a graph that was changed since the release was made.
    """
    with release_quads(release) as source:
        for extent in source.extents:
            lines = source.read(extent.start, extent.size).splitlines(keepends=True)
            # The line with the digest of the others comes last.
            if sha256(b"".join(sorted(lines[:-1]))).hexdigest() != extent.digest:
                raise FileError(
                    f"{release.path}: {extent.graph} was changed since the release was made: copy it again."
                )
            nodes = nodes_of(lines).items()
            yield Graph(Iri(extent.graph), [Node(Iri(subject), _literals(each)) for subject, each in nodes])


def articles_of_release(release: ReleaseFolder) -> Callable[[bool], Iterable[MappedArticle]]:
    """Return what reads a release for `load_remote`."""

    def articles(_allow_cached: bool) -> Iterator[MappedArticle]:
        for graph in release_graphs(release):
            yield MappedArticle("", str(release.path), 0, graph, ())

    return articles


def _literals(properties: dict[Iri, list[str]]) -> dict[Iri, list[Iri | Literal]]:
    return {predicate: [Literal(value) for value in values] for predicate, values in properties.items()}


def claim_digests(lines: Iterable[bytes], base: str) -> dict[str, str]:
    """Return the digest of each claim among sorted lines, by `ARTICLE/CLAIM`.

    It is the SHA-256 of the lines about the claim and its parts, without its annotation, its position and where its
    words are: those change with other claims and with the text, and not what was claimed.
    """
    found: dict[str, list[bytes]] = {}
    claims: set[str] = set()
    start = f"{base}claim/"
    for line in lines:
        match = QUAD.fullmatch(line)
        place = match and _CLAIM.fullmatch(match["subject"].decode())
        if not match or not place or not place["claim"].startswith(start):
            continue
        id = place["claim"][len(start) :]
        if not place["part"] and match["value"] == SCHEMA.Claim.encode():
            claims.add(id)
        if place["part"] != "annotation" and match["predicate"] not in _NOT_CLAIMED:
            found.setdefault(id, []).append(line)
    return {id: sha256(b"".join(lines)).hexdigest() for id, lines in found.items() if id in claims}


def write_index(nq: BufferedReader, base: str, graphs: IO[bytes], claims: IO[bytes]) -> None:
    """Write `graphs.csv` and `claims.csv` of the N-Quads of a release."""
    graphs.write(b"graph,digest,start,size\n")
    claims.write(b"claim,digest\n")
    extents = list(graph_extents(nq, base))
    for extent in extents:
        graphs.write(f"{extent.graph[1:-1]},{extent.digest},{extent.start},{extent.size}\n".encode())
        if extent.block.startswith(IN_ARTICLE):
            nq.seek(extent.start)
            lines = sorted(nq.read(extent.size).splitlines(keepends=True))
            for id, digest in sorted(claim_digests(lines, base).items()):
                claims.write(f"{id},{digest}\n".encode())


class Revisions(NamedTuple):
    """The claims that a release added, and those that it changed with the digests that they had before.

    `renamed` has the ids that claims have now by those that they had, `gone` the ids of those that are no more.
    """

    added: tuple[str, ...]
    changed: dict[str, str]
    renamed: dict[str, str]
    gone: frozenset[str]


def revisions(comparison: QuadComparison) -> Revisions:
    """Return which claims differ between two graphs, by `ARTICLE/CLAIM`.

    A claim does not change when the data set moves, or when something that it names gets another id.
    """
    present = _present_iris(comparison)
    before: dict[str, tuple[str, str]] = {}
    after: dict[str, str] = {}
    same: dict[str, str] = {}
    for name, old, new in comparison.differing():
        if name.startswith(IN_ARTICLE):
            after |= claim_digests(new, comparison.new.base)
            before |= {
                _id_now(id, comparison, present): (id, digest)
                for id, digest in claim_digests(old, comparison.old.base).items()
            }
            same |= claim_digests(_rewritten(old, comparison, present), comparison.new.base)
    return Revisions(
        added=tuple(id for id in after if id not in before),
        changed={id: before[id][1] for id in after if id in before and same.get(id) != after[id]},
        renamed={old: id for id, (old, _) in before.items() if old != id and id in after},
        gone=frozenset(old for id, (old, _) in before.items() if id not in after),
    )


def _present_iris(comparison: QuadComparison) -> dict[str, str]:
    """Return the IRI that something has now by the one that it had, also of the graphs of articles."""
    found = present_iris(comparison)
    articles, graphs = (f"<{comparison.new.base}{path}" for path in ("article/", "graph/article/"))
    of_articles = {old: new for old, new in found.items() if old.startswith(articles)}
    return found | {
        old.replace(articles, graphs): new.replace(articles, graphs) for old, new in of_articles.items()
    }


def _id_now(id: str, comparison: QuadComparison, present: Mapping[str, str]) -> str:
    start = f"<{comparison.new.base}claim/"
    iri = f"{start}{id}>"
    return present.get(iri, iri)[len(start) : -1]


def _rewritten(lines: list[bytes], comparison: QuadComparison, present: Mapping[str, str]) -> list[bytes]:
    """Return lines of the old graph with the IRIs that things have in the new one."""
    old, new = (f"<{source.base}".encode() for source in (comparison.old, comparison.new))
    if old == new and not present:
        return lines

    def now(match: re.Match[bytes]) -> bytes:
        whole, _, fragment = match[0][:-1].replace(old, new, 1).decode().partition("#")
        found = present.get(f"{whole}>", f"{whole}>")
        return (f"{found[:-1]}#{fragment}>" if fragment else found).encode()

    return sorted(_IRI.sub(now, line) for line in lines)


def first_history(iris: Iris, manifest: ReleaseManifest) -> tuple[Node, ...]:
    """Return the description of the first release of a data set."""
    release = _release_iri(iris, manifest.version)
    return (
        Node(iris.dataset, {DCAT.hasVersion: [release], DCAT.hasCurrentVersion: [release]}),
        Node(release, {DCAT.version: [plain(manifest.version)], DCTERMS.issued: [date(manifest.issued)]}),
    )


def history(iris: Iris, manifest: ReleaseManifest, previous: QuadSource, found: Revisions) -> tuple[Node, ...]:
    """Return the releases of a data set and the revisions of its claims, those of the previous release too.

    An earlier version of a claim is named after its release, `…/c01#release-1.1`, and has the digest of the claim
    there.
    """
    nodes = _with_present_ids(_earlier_history(previous, iris), iris, found.renamed)
    before, now = _release_iri(iris, manifest.previous), _release_iri(iris, manifest.version)
    dataset = nodes[iris.dataset]
    dataset[DCAT.hasVersion] = [*dataset[DCAT.hasVersion], now]
    dataset[DCAT.hasCurrentVersion] = [now]
    nodes[now] = {
        DCAT.version: [plain(manifest.version)],
        DCTERMS.issued: [date(manifest.issued)],
        DCAT.previousVersion: [before],
        PROV.wasRevisionOf: [before],
    }
    for id in found.added:
        nodes[f"<{iris.base}claim/{id}>"] = {DCTERMS.issued: [date(manifest.issued)]}
    for id, digest in found.changed.items():
        nodes |= _revision(Iri(f"<{iris.base}claim/{id}>"), digest, nodes, manifest, before)
    # What is gone, or withdrawn, says nothing more of itself.
    gone = {f"<{iris.base}claim/{id}" for id in found.gone}
    return tuple(
        Node(Iri(subject), _literals(properties))
        for subject, properties in nodes.items()
        if subject.partition("#")[0].rstrip(">") not in gone
    )


def _earlier_history(previous: QuadSource, iris: Iris) -> Nodes:
    """Return what the previous release says of releases and revisions, under the base that the corpus has now."""
    graph = Iris(previous.base).releases_graph
    pieces = [previous.read(each.start, each.size) for each in previous.extents if each.graph == graph]
    text = b"".join(pieces).replace(f"<{previous.base}".encode(), f"<{iris.base}".encode())
    nodes = nodes_of(text.splitlines(keepends=True))
    nodes.pop(iris.releases_graph, None)
    return nodes


def _revision(claim: Iri, digest: str, nodes: Nodes, manifest: ReleaseManifest, previous: Iri) -> Nodes:
    """Return the history of a claim that a release changed, and of its version in the previous release."""
    earlier = nodes.get(claim, {})
    version = part(claim, f"release-{manifest.previous}")
    kept = {each: earlier[each] for each in (DCTERMS.modified, PROV.wasRevisionOf) if each in earlier}
    issued = {DCTERMS.issued: earlier[DCTERMS.issued]} if DCTERMS.issued in earlier else {}
    return {
        version: {
            RDF.type: [PROV.Entity],
            SCHEMA.sha256: [plain(digest)],
            DCTERMS.isPartOf: [previous],
            **kept,
        },
        claim: {**issued, DCTERMS.modified: [date(manifest.issued)], PROV.wasRevisionOf: [version]},
    }


def _with_present_ids(nodes: Nodes, iris: Iris, renamed: Mapping[str, str]) -> Nodes:
    """Return the history of claims, with their earlier versions, under the ids that they have now."""
    start = f"<{iris.base}claim/"
    moved = {f"{start}{old}": f"{start}{new}" for old, new in renamed.items()}

    def now(term: str) -> str:
        claim, sign, version = term.removesuffix(">").partition("#")
        return f"{moved[claim]}{sign}{version}>" if claim in moved else term

    return {
        now(subject): {predicate: [now(each) for each in terms] for predicate, terms in properties.items()}
        for subject, properties in nodes.items()
    }


def _release_iri(iris: Iris, version: str) -> Iri:
    return part(iris.dataset, f"release-{version}")


def free_release_folder(folder: Path) -> None:
    """Raise `UsageError` if there is something where a release is to be, or it would be inside another."""
    if outer := next((each for each in folder.parents if is_release(each)), None):
        raise UsageError(
            f"{folder}: this is inside the release {outer}, and a release is never changed: give --output a folder "
            "beside it."
        )
    if folder.exists() or folder.is_symlink():
        what = (
            "this release exists, and a release is never changed: give the next version, and with --output a new "
            "folder"
            if is_release(folder)
            else ("there is something else: --output is the folder of this release alone: name a new one")
        )
        raise UsageError(f"{folder}: {what}.")
