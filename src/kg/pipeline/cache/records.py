"""Records of mapped articles: what each was made from and what came of it, without its graph and its text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from kg.corpus import ArticleSource, CorpusDefinition
from kg.corpus.folder import below
from kg.errors import Finding, Place, Spot
from kg.mappers.dataset import Tally
from kg.meaning import CorpusIndex
from kg.pipeline.article import MappedArticle
from kg.pipeline.cache.dependencies import Content, EntityDigests, Stat, settled_time, watched_index
from kg.rdf.iris import Iris
from kg.rdf.terms import Iri

ReadArticle = Callable[[ArticleSource, CorpusIndex], MappedArticle]
"""Reads, maps and validates the article of a source."""


class PackedArticle(Struct, array_like=True, frozen=True):
    """A mapped article without its graph; `claims` are the ids of its claims, None if it could not be read."""

    id: str
    file: str
    line: int
    findings: list[Any]
    claims: list[str] | None
    needs: list[Any]
    draft: bool
    holds: tuple[int, tuple[int, ...], str]
    digest: str


class Record(Struct, array_like=True, frozen=True):
    """An article and what it depends on.

    `article` and `digest` identify its content. `stats` are empty if they prove nothing. `uses` are the ids of the
    entities that it asked for, even of those that do not exist; `entities` is their digest.
    """

    article: str
    digest: bytes
    stats: tuple[Stat, ...]
    uses: list[str]
    entities: bytes
    packed: PackedArticle


class Row(NamedTuple):
    """A record, encoded, and its number in the cache."""

    number: int
    payload: bytes


decode_record = msgspec.msgpack.Decoder(Record).decode
encode = msgspec.msgpack.Encoder().encode


def number_of(name: str, digest: bytes = b"") -> int:
    """Return the number of a row."""
    hashed = blake2b(name.encode("utf-8", "surrogateescape") + b"\0" + digest, digest_size=8)
    return int.from_bytes(hashed.digest(), "big", signed=True)


def number_of_content(content: Content) -> int:
    """Return the number of an article's record; a line has it by its digest, so that lines may move."""
    return number_of(content.article, content.digest if content.raw else b"")


class Recorder:
    """Maps articles and notes what they depend on. Works without the cache, so that other processes can record."""

    def __init__(self, corpus: CorpusDefinition, index: CorpusIndex) -> None:
        self.index = index
        self.packing = Packing(corpus.root, index.iris)
        self.entities = EntityDigests(index, corpus)
        self._seen: set[str] = set()
        self._watched = watched_index(index, self._seen)

    def articles(
        self, sources: Iterable[ArticleSource], read: ReadArticle, keep: Callable[[Row], object]
    ) -> Iterator[MappedArticle]:
        """Yield the article of each source, and keep its record."""
        settled_before = settled_time()
        for source in sources:
            yield self.article(source, Content(source, settled_before), read, keep)

    def article(
        self, source: ArticleSource, content: Content, read: ReadArticle, keep: Callable[[Row], object]
    ) -> MappedArticle:
        """Return the article of a source, and keep its record if its content can be read."""
        # The digest is taken before the article is read, so that the next run sees a change in between.
        if not (digest := content.digest):
            return read(source, self.index)
        self._seen.clear()
        article = read(source, self._watched)
        uses = sorted(self._seen)
        record = Record(
            article=content.article,
            digest=digest,
            stats=content.stats,
            uses=uses,
            entities=self.entities.of(uses),
            packed=self.packing.packed(article),
        )
        keep(Row(number_of_content(content), encode(record)))
        return article


class Packing:
    """Packs and unpacks articles, with file names relative to the corpus, which may be given another path later."""

    def __init__(self, root: str, iris: Iris) -> None:
        self.root = root
        self.iris = iris
        self.prefix = below(root, "")

    def packed(self, article: MappedArticle) -> PackedArticle:
        """Return what is kept of an article."""
        return PackedArticle(
            id=article.id,
            file=self._relative(article.file),
            line=article.line,
            findings=[self._packed_finding(finding) for finding in article.findings],
            claims=[iri[1:-1].rpartition("/")[2] for iri in article.defines[1:]] if article.defines else None,
            needs=[(iri, self._packed_spot(spot)) for iri, spot in article.needs.items()],
            draft=article.draft,
            holds=article.holds,
            digest=article.digest,
        )

    def unpacked(self, packed: PackedArticle, line: int) -> MappedArticle:
        """Return a recorded article, whose line may have moved."""
        file, moved = below(self.root, packed.file), line - packed.line
        return MappedArticle(
            id=packed.id,
            file=file,
            line=line,
            graph=None,
            findings=tuple(self._finding(each, file, moved) for each in packed.findings),
            defines=self._defines(packed),
            needs={Iri(iri): self._spot(spot, file, moved) for iri, spot in packed.needs},
            draft=packed.draft,
            holds=Tally(*packed.holds),
            digest=packed.digest,
        )

    def _defines(self, packed: PackedArticle) -> tuple[Iri, ...]:
        if packed.claims is None:
            return ()
        start = f"<{self.iris.base}claim/{packed.id}/"
        return (self.iris.article(packed.id), *[Iri(f"{start}{claim}>") for claim in packed.claims])

    def _packed_finding(self, finding: Finding) -> list[Any]:
        at: object = None
        if isinstance(finding.at, Place):
            at = [self._relative(finding.at.file), *finding.at[1:]]
        elif finding.at:
            at = self._packed_spot(finding.at)
        return [at, *finding[:3], *finding[4:]]

    def _finding(self, packed: list[Any], file: str, moved: int) -> Finding:
        written, severity, message, rule, *rest = packed
        at: Place | Spot | None = None
        if written and len(written) == 3:
            name, row, column = below(self.root, written[0]), written[1], written[2]
            at = Place(name, row + moved if name == file and row else row, column)
        elif written:
            at = self._spot(written, file, moved)
        return Finding(severity, message, rule, at, *rest)

    def _packed_spot(self, spot: Spot) -> list[Any]:
        return [self._relative(spot.file), list(spot.path), spot.line, spot.at_key]

    def _spot(self, packed: list[Any], file: str, moved: int) -> Spot:
        name, path, line, at_key = below(self.root, packed[0]), packed[1], packed[2], packed[3]
        return Spot(name, tuple(path), line + moved if name == file and line else line, at_key)

    def _relative(self, file: str) -> str:
        if not file.startswith(self.prefix):
            raise ValueError(f"not in the corpus: {file}")
        return file[len(self.prefix) :]
