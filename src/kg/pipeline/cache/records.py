"""The records of a cache: the result of each article, and its dependencies."""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple, TypeVar, cast

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from kg.checks.facts import CrossFacts
from kg.corpus import ArticleSource, CorpusDefinition
from kg.corpus.folder import below
from kg.errors import FileError, Finding, Place, Spot
from kg.files.digests import digest_of, digest_of_files
from kg.files.resources import PACKAGE
from kg.files.text_files import LIMIT
from kg.mappers.dataset import Tally
from kg.meaning import CorpusIndex
from kg.pipeline.article import MappedArticle
from kg.rdf.terms import Iri, Iris
from kg.text.nearest_name import KnownNames

T = TypeVar("T")
encode = msgspec.msgpack.Encoder().encode
ALL = "*"
"""Marks a dependency on all entities, their names and their order: they were searched for a similar name."""
_NOTHING = bytes(8)
COARSEST_CLOCK = 2_000_000_000
"""No file system counts time in larger steps, in nanoseconds."""
_BUILT_ON = ("kg-claims", "backports.zstd", "msgspec", "PyYAML", "pyshacl", "rdflib")

Stat = tuple[int, int, int, int]
"""Size, time of modification, time of change (both in nanoseconds) and inode of a file."""


def stat_of(file: str | os.PathLike[str], *, follow_links: bool = True) -> Stat:
    """Return the stat of a file. Raises `OSError`."""
    status = os.stat(file, follow_symlinks=follow_links)
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


class Content:
    """The files of an article, or its line of JSON Lines, identified by stats or by a digest of the content.

    `stats` are taken before anything is read. They are empty for a line, and if a change could escape them.
    """

    def __init__(self, source: ArticleSource) -> None:
        self.article = source.article
        self.raw = source.raw
        self.folder = source.folder
        self.files = source.files
        self.stats = () if source.line else _settled_stats(self.files)
        # A folder that is wrong is reported anew each time.
        self._digest = None if self.files and not source.findings else b""

    @property
    def digest(self) -> bytes:
        """The digest of the files or of the line; empty if they cannot be read, or are too large to be."""
        if self._digest is None:
            try:
                self._digest = self._computed_digest()
            except (OSError, FileError):
                self._digest = b""
        return self._digest

    def _computed_digest(self) -> bytes:
        if self.raw:
            return digest_of(self.raw)
        is_too_large = any(os.path.getsize(file) > LIMIT for file in self.files)
        return b"" if is_too_large else digest_of_files(self.files, self.folder)


def settled_before() -> int:
    """Return a time, in nanoseconds: a file that was changed before it has another stat when it is changed again.

    A file may be changed twice in one tick of its file system's clock, as with git's racy entries:
    https://git-scm.com/docs/racy-git. The time is asked for each article, because the clock may be set back.
    """
    return time.time_ns() - COARSEST_CLOCK


def _settled_stats(files: tuple[str, ...]) -> tuple[Stat, ...]:
    """Return the stats of files if any later change will show in them."""
    settled = settled_before()
    try:
        stats = tuple(map(stat_of, files))
    except OSError:
        return ()
    is_settled = all(max(modified, changed) < settled for _, modified, changed, _ in stats)
    return stats if is_settled else ()


def environment(corpus: CorpusDefinition, index: CorpusIndex, checks: tuple[str, bytes]) -> bytes:
    """Return a digest of the dependencies of all articles: kg, its libraries, the shapes and corpus.yaml.

    `checks` are the engine and the digest of the shapes.
    """
    wrong = [
        finding.at
        for finding in index.findings
        if finding.severity == "violation"
        and isinstance(finding.at, Spot)
        and finding.at.file == corpus.config_file
    ]
    places = [(spot.path, spot.line, spot.at_key) for spot in wrong]
    shared = (corpus.config, index.dataset, index.guidelines, index.annotators, places)
    return digest_of(encode((digest_of_code(), sys.version, platform.system(), _versions(), checks, shared)))


@cache  # an imported module stays as it is, even if its file is edited while this process watches the corpus
def digest_of_code() -> bytes:
    """Return the digest of all modules of kg."""
    return digest_of_files(map(str, sorted(PACKAGE.rglob("*.py"))))


@cache
def _versions() -> tuple[str, ...]:
    from importlib.metadata import PackageNotFoundError, version  # only here: an export does not need it

    found = []
    for name in _BUILT_ON:
        try:
            found.append(version(name))
        except PackageNotFoundError:
            found.append("")
    return tuple(found)


class EntityDigests:
    """Digests of the parts of each entity that articles use."""

    def __init__(self, index: CorpusIndex, corpus: CorpusDefinition) -> None:
        wrong: dict[tuple[str, object], list[Spot]] = {}
        for finding in index.findings:
            if finding.severity == "violation" and isinstance(finding.at, Spot):
                wrong.setdefault((finding.at.file, finding.at.path[:1]), []).append(finding.at)
        self._digests = {ALL: _short((list(index.entities.items()), list(corpus.entity_files)))}
        for id, entity in index.entities.items():
            file = corpus.entity_files[id]
            roles = [(role.iri, role.since, role.until, role.titles, role.organization) for role in entity.roles]
            # Without names, descriptions and identifiers, which only the graph of the entities has; but with what
            # is wrong with the entity, since an article does not report that again.
            seen = (file[len(corpus.root) :], entity.types, roles, entity.date, wrong.get((file, (id,))))
            self._digests[id] = _short(seen)
        self._digests |= {name: _short(ids) for name, ids in index.full_names.items()}

    def of(self, ids: Iterable[str]) -> bytes:
        """Return one digest for some entities, of which some may not exist."""
        return digest_of(b"".join([self._digests.get(id, _NOTHING) for id in ids]))


def _short(value: object) -> bytes:
    return digest_of(encode(value))[:8]


class Watched(Mapping[str, T]):
    """A mapping that adds to `seen` each key that it is asked for; keys without `prefix` are never in it."""

    def __init__(self, mapping: Mapping[str, T], seen: set[str], prefix: str = "", suffix: str = "") -> None:
        self.mapping = mapping
        self.seen = seen
        self.prefix = prefix
        self.cut = slice(len(prefix), -len(suffix) if suffix else None)

    def get(self, key: Any, default: Any = None) -> Any:
        if key.startswith(self.prefix):
            self.seen.add(key[self.cut])
        return self.mapping.get(key, default)

    def __getitem__(self, key: str) -> T:
        self.get(key)
        return self.mapping[key]

    def __contains__(self, key: object) -> bool:
        self.get(key)
        return key in self.mapping

    def __iter__(self) -> Iterator[str]:
        self.seen.add(ALL)
        return iter(self.mapping)

    def __len__(self) -> int:
        self.seen.add(ALL)
        return len(self.mapping)

    def __bool__(self) -> bool:
        # Code that finds it empty may not ask it for a key.
        if not self.mapping:
            self.seen.add(ALL)
        return bool(self.mapping)


class WatchedNames(KnownNames):
    """Names that add to `seen` that all of them were compared."""

    def __init__(self, names: KnownNames, seen: set[str]) -> None:
        self.names = names
        self.seen = seen

    def __len__(self) -> int:
        self.seen.add(ALL)
        return len(self.names)

    def advice(self, name: str, others: KnownNames | None = None) -> str:
        self.seen.add(ALL)
        return self.names.advice(name, others)


def watched_index(index: CorpusIndex, seen: set[str]) -> CorpusIndex:
    """Return an index that adds to `seen` the ids of the entities that it is asked for."""
    entities = Watched(index.entities, seen)
    types = Watched(cast("Mapping[str, tuple[Iri, ...]]", index.types), seen, f"<{index.iris.base}entity/", ">")
    names, speakers = (WatchedNames(each, seen) for each in (index.names, index.speakers))
    full_names = Watched(index.full_names, seen)
    return replace(index, entities=entities, types=types, names=names, speakers=speakers, full_names=full_names)


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
    facts: CrossFacts


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
    """A record, encoded, and its name in the cache."""

    name: str
    payload: bytes


decode_record = msgspec.msgpack.Decoder(Record).decode


def name_of_content(content: Content) -> str:
    """Return the name of an article's record; a line has it by its digest, so that lines may move."""
    return f"{content.article}\0{content.digest.hex() if content.raw else ''}"


class Recorder:
    """Maps articles and records their dependencies. Works without the cache, so that other processes can record."""

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
        for source in sources:
            yield self.article(source, Content(source), read, keep)

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
        keep(Row(name_of_content(content), encode(record)))
        return article


class Packing:
    """Packs and unpacks articles, with file names relative to the corpus, which may be given another path later."""

    def __init__(self, root: str, iris: Iris) -> None:
        self.root = root
        self.iris = iris
        self.prefix = below(root, "")

    def packed(self, article: MappedArticle) -> PackedArticle:
        """Return the recorded form of an article."""
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
            facts=article.facts,
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
            facts=packed.facts,
        )

    def _defines(self, packed: PackedArticle) -> tuple[Iri, ...]:
        if packed.claims is None:
            return ()
        start = f"<{self.iris.base}claim/{packed.id}/"
        return (self.iris.article(packed.id), *[Iri(f"{start}{claim}>") for claim in packed.claims])

    def _packed_finding(self, finding: Finding) -> list[Any]:
        at: object = None
        if isinstance(finding.at, Place):
            at = [self._relative(finding.at.file), finding.at.line, finding.at.column]
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
