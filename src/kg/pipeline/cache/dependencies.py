"""What the mapping of an article depends on: its files, the entities it asks for, and what all articles share."""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import msgspec
from msgspec.structs import replace

from kg.corpus import ArticleSource, CorpusDefinition
from kg.errors import FileError, Spot
from kg.files.digests import digest_of, digest_of_files
from kg.files.resources import PACKAGE
from kg.meaning import CorpusIndex
from kg.rdf.terms import Iri
from kg.text.nearest_name import KnownNames

T = TypeVar("T")
ALL = "*"
"""Stands for all entities, their names and their order: they were searched for a similar name."""
_NOTHING = bytes(8)
_COARSEST_CLOCK = 2_000_000_000  # no file system counts time in larger steps, in nanoseconds
_BUILT_ON = ("kg-claims", "backports.zstd", "msgspec", "PyYAML", "pyshacl", "rdflib")
_packed = msgspec.msgpack.Encoder().encode

Stat = tuple[int, int, int, int]
"""Size, time of modification, time of change (both in nanoseconds) and inode of a file."""


def stat_of(file: str | Path | int) -> Stat:
    """Return the stat of a file. Raises `OSError`."""
    return as_stat(os.stat(file))


def as_stat(found: os.stat_result) -> Stat:
    """Return what is kept of the system's stat."""
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def is_settled(stat: Stat, now: int) -> bool:
    """Return whether any change from `now` on, in nanoseconds, would show in the stat.

    A file may be changed twice in one tick of the file system's clock, as with git's racy entries:
    https://git-scm.com/docs/racy-git
    """
    _, modified, changed, _ = stat
    return modified < now and changed < now


def settled_time() -> int:
    """Return the time before which a change of a file is over, whatever the clock of its file system."""
    return time.time_ns() - _COARSEST_CLOCK


class Content:
    """The files of an article, or its line of JSON Lines, identified by stats or by a digest of the content.

    `stats` are taken before anything is read. They are empty for a line, and if a change could escape them.
    """

    def __init__(self, source: ArticleSource, now: int) -> None:
        self.article = source.article
        self.raw = source.raw
        self.folder = source.folder
        self.files = tuple(file for file in (source.text_file, source.claims_file) if file)
        self.stats = () if source.line else _settled(self.files, now)
        # A folder that is wrong is reported anew each time.
        self._digest = None if self.files and not source.findings else b""

    @property
    def digest(self) -> bytes:
        """The digest of the files or of the line; empty if they cannot be read."""
        if self._digest is None:
            try:
                self._digest = digest_of(self.raw) if self.raw else digest_of_files(self.files, self.folder)
            except (OSError, FileError):
                self._digest = b""
        return self._digest


def _settled(files: tuple[str, ...], now: int) -> tuple[Stat, ...]:
    try:
        stats = tuple(map(stat_of, files))
    except OSError:
        return ()
    return stats if all(is_settled(stat, now) for stat in stats) else ()


def environment(corpus: CorpusDefinition, index: CorpusIndex, checks: tuple[str, bytes]) -> bytes:
    """Return a digest of what all articles depend on: kg, its libraries, the shapes and corpus.yaml.

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
    return digest_of(_packed((_code(), sys.version, platform.system(), _versions(), checks, shared)))


@cache  # an imported module stays as it is, even if its file is edited while this process watches the corpus
def _code() -> bytes:
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
    """What articles see of each entity, as digests."""

    def __init__(self, index: CorpusIndex, corpus: CorpusDefinition) -> None:
        wrong: dict[tuple[str, object], list[Spot]] = {}
        for finding in index.findings:
            if finding.severity == "violation" and isinstance(finding.at, Spot):
                wrong.setdefault((finding.at.file, finding.at.path[:1]), []).append(finding.at)
        self._digests = {ALL: _short((list(index.entities.items()), list(corpus.entity_files)))}
        for id, entity in index.entities.items():
            file = corpus.entity_files[id]
            roles = [(role.iri, role.since, role.until) for role in entity.roles]
            # Without names, descriptions and identifiers, which only the graph of the entities has; but with what
            # is wrong with the entity, since an article does not report that again.
            seen = (file[len(corpus.root) :], entity.types, roles, entity.date, wrong.get((file, (id,))))
            self._digests[id] = _short(seen)

    def of(self, ids: Iterable[str]) -> bytes:
        """Return one digest for some entities, of which some may not exist."""
        return digest_of(b"".join([self._digests.get(id, _NOTHING) for id in ids]))


def _short(value: object) -> bytes:
    return digest_of(_packed(value))[:8]


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

    def advice(self, name: str, others: Iterable[str] = ()) -> str:
        self.seen.add(ALL)
        return self.names.advice(name, others)


def watched_index(index: CorpusIndex, seen: set[str]) -> CorpusIndex:
    """Return an index that adds to `seen` the ids of the entities that it is asked for."""
    entities = Watched(index.entities, seen)
    types = Watched(cast("Mapping[str, tuple[Iri, ...]]", index.types), seen, f"<{index.iris.base}entity/", ">")
    names, speakers = (WatchedNames(each, seen) for each in (index.names, index.speakers))
    return replace(index, entities=entities, types=types, names=names, speakers=speakers)
