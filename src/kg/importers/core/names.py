"""Who is named: names met in foreign files → entities, as far as the files or a person tell which."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import cast, get_args

from msgspec.structs import replace

from kg.annotations.classes import AnnotatorEntry, EntityEntry, EntityType
from kg.corpus.ids import TAKEN, suggested
from kg.errors import Place
from kg.files.text_files import UNSAFE
from kg.importers.core.documents import Name
from kg.meaning.index import TOPICS
from kg.rdf.terms import iri

TYPES = frozenset(get_args(EntityType))
# They name nobody, whoever fills in a table.
PRONOUNS = frozenset(
    re.findall(
        r"\w+",
        """
        he she they it him her them his we us i you who
        hij zij ze hem haar hen hun wij we ik jij u men wie die
        il elle ils elles on lui nous je tu vous qui
        er sie ihn ihm wir ich du ihr man wer
        """,
    )
)


NOT_FREE = {**TAKEN, TOPICS: "the list of all topics"}
"""What an entity's id cannot be, and what it means."""


@dataclass
class Met:
    """How often a name was met that no entity stands for, where first, and who it is elsewhere, if told."""

    count: int
    at: Place
    same_as: list[str]


@dataclass
class Names:
    """The entities of the corpus that is made, by what a file calls them.

    `known` are those that a person gave; a name that is among theirs is theirs, written exactly so. Others become
    an entity only where the file tells their type: nobody is merged with anybody by the likeness of a name.
    """

    known: Mapping[str, str]
    entities: dict[str, EntityEntry]
    annotators: dict[str, AnnotatorEntry] = field(default_factory=dict)
    undecided: dict[str, Met] = field(default_factory=dict)
    _made: dict[tuple[str, ...], str] = field(default_factory=dict)
    _annotators: dict[str, str] = field(default_factory=dict)
    _numbers: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        for id, entity in self.entities.items():
            self._made.update({(address,): id for address in entity.same_as})
        self._annotators = {each.name: id for id, each in reversed(self.annotators.items())}

    def entity(self, name: Name, at: Place) -> str:
        """Return the id of the entity that a name stands for, `""` where nobody has decided."""
        name = replace(name, name=clean(name.name))
        if not name.name:
            return ""
        if name.id and name.id in self.entities:
            return name.id
        if name.name in self.known:
            return self.known[name.name]
        addresses = [address for address in dict.fromkeys(name.same_as) if is_address(address)]
        identities: list[tuple[str, ...]] = [(each,) for each in addresses] or [(name.name, name.type)]
        id = next((self._made[each] for each in identities if each in self._made), "")
        if not id and name.type not in TYPES:
            if name.name.casefold() not in PRONOUNS:
                self.undecided.setdefault(name.name, Met(0, at, addresses)).count += 1
            return ""
        if not id:
            id = self._new(name.name, self.entities)
            self.entities[id] = EntityEntry(cast(EntityType, name.type), name.name, same_as=addresses)
            self._made.update(dict.fromkeys(identities, id))
        self._also(id, name.name)
        return id

    def annotator(self, name: str) -> str:
        """Return the id of an annotator, made where it is new."""
        name = clean(name) or "?"
        if name not in self._annotators:
            id = self._annotators[name] = self._new(name, self.annotators)
            self.annotators[id] = AnnotatorEntry(name)
        return self._annotators[name]

    def _new(self, name: str, taken: Iterable[str]) -> str:
        """Return a new id for a name. Those of an article's own sources begin with `s-`: none of these does."""
        first = slug(name)
        id = first = first if not first.startswith("s-") and first not in NOT_FREE else f"n-{first}"
        while id in taken:
            # All names in another script are `x`: nobody looks through the numbers from the start for each.
            self._numbers[first] += 1
            id = f"{first}-{self._numbers[first] + 1}"
        return id

    def _also(self, id: str, name: str) -> None:
        """Keep another name of an entity that is known by its identifier."""
        entity = self.entities[id]
        names = [entity.name] if isinstance(entity.name, str) else entity.name.values()
        if name not in names and name not in entity.also:
            self.entities[id] = replace(entity, also=[*entity.also, name])


def known_names(entities: Mapping[str, EntityEntry]) -> dict[str, str]:
    """Return the id of each name that exactly one entity has."""
    found: dict[str, set[str]] = {}
    for id, entity in entities.items():
        names = [entity.name] if isinstance(entity.name, str) else list(entity.name.values())
        for name in (*names, *entity.also):
            found.setdefault(name, set()).add(id)
    return {name: ids.pop() for name, ids in found.items() if len(ids) == 1}


def clean(name: str) -> str:
    """Return a text in one line, with blanks for control characters."""
    return " ".join(UNSAFE.sub(" ", name).split())


def is_address(text: str) -> bool:
    """Tell a whole web address."""
    try:
        iri(text)
    except ValueError:
        return False
    return True


def slug(text: str) -> str:
    """Return a text made into an id without `/`."""
    return suggested(text.replace("/", "-"))[:60].strip("-_") or "x"
