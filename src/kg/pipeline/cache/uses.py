"""Which entities an article asks for, by watching it, and what of an entity an article can see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar, cast

import msgspec
from msgspec.structs import replace

from kg.corpus import Corpus
from kg.errors import Spot
from kg.files.digests import digest_of
from kg.meaning import CorpusIndex
from kg.rdf.terms import Iri
from kg.text.nearest_name import KnownNames

T = TypeVar("T")
ALL = "*"
"""Stands among the uses for all entities, their names and their order: a near name was looked for among them."""
_packed = msgspec.msgpack.Encoder().encode


class Watched(Mapping[str, T]):
    """A mapping that notes in `seen` what it is asked for; keys that do not begin with `prefix` are never in it."""

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
        # An empty one might be taken for none, and then not be asked.
        if not self.mapping:
            self.seen.add(ALL)
        return bool(self.mapping)


class WatchedNames(KnownNames):
    """Names that note in `seen` that all are asked for: each may be the nearest."""

    def __init__(self, names: KnownNames, seen: set[str]) -> None:
        self.names = names
        self.seen = seen

    def advice(self, name: str, others: Iterable[str] = ()) -> str:
        self.seen.add(ALL)
        return self.names.advice(name, others)


def watched(index: CorpusIndex, seen: set[str]) -> CorpusIndex:
    """Return an index that notes in `seen` the ids of the entities it is asked for."""
    entities = Watched(index.entities, seen)
    types = Watched(cast("Mapping[str, tuple[Iri, ...]]", index.types), seen, f"<{index.iris.base}entity/", ">")
    names, speakers = (WatchedNames(each, seen) for each in (index.names, index.speakers))
    return replace(index, entities=entities, types=types, names=names, speakers=speakers)


def entity_digests(index: CorpusIndex, corpus: Corpus) -> dict[str, bytes]:
    """Return the digest of what articles see of each entity, and of all there is of all of them."""
    wrong: dict[tuple[str, object], list[Spot]] = {}
    for finding in index.findings:
        if finding.severity == "violation" and isinstance(finding.at, Spot):
            wrong.setdefault((finding.at.file, finding.at.path[:1]), []).append(finding.at)
    digests = {}
    for id, entity in index.entities.items():
        file = corpus.entity_files[id]
        roles = [(role.iri, role.since, role.until) for role in entity.roles]
        # Not its names, descriptions and identifiers, which stand in the graph of the entities only; but what is
        # wrong with it, since that is not said again at the article.
        seen = (file[len(corpus.root) :], entity.types, roles, entity.date, wrong.get((file, (id,))))
        digests[id] = digest_of(_packed(seen))[:8]
    digests[ALL] = digest_of(_packed((list(index.entities.items()), list(corpus.entity_files))))
    return digests
