"""Finds the entities of names in foreign files, if the files or the user say who they are; and reads names.csv."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, cast, get_args

from msgspec.structs import replace

from kg.annotations.classes import AnnotatorEntry, AnnotatorType, EntityEntry, EntityType, RoleEntry
from kg.corpus.decoding import TAKEN, decode_values, is_slug, parse_yaml_file, suggested
from kg.corpus.messages import taken_id
from kg.errors import CorpusError, Finding, Place
from kg.files.csv_files import Row, likely_delimiter, numbered_lines, plain, read_rows
from kg.files.text_files import UNSAFE, read_text
from kg.importers.core.documents import DescribedPerson, Name, Skipped
from kg.importers.core.source_files import format_error
from kg.meaning.corpus_index import TOPICS
from kg.rdf.terms import has_known_scheme, iri
from kg.text.nearest_name import nearest

TYPES = frozenset(get_args(EntityType))
# Pronouns name nobody, but people put them in tables.
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
"""Words that cannot be an entity's id, and what they mean instead."""
UNDECIDED = "no entity has this name yet: decide it in names.csv"
NAMES = "names.csv"
NAMES_HEADER = ("name", "count", "first", "entity", "type", "same_as")


@dataclass
class UndecidedName:
    """A name without a known entity: how often it occurs, its first place, and its identifiers elsewhere."""

    count: int
    at: Place
    same_as: list[str]


@dataclass
class NameRegister:
    """The entities of the new corpus by their names.

    `known` are the names of entities that a person gave, which must match exactly. Another name becomes an entity
    only if the file says its type. Similar names are never merged.
    """

    known: Mapping[str, str]
    entities: dict[str, EntityEntry]
    annotators: dict[str, AnnotatorEntry] = field(default_factory=dict)
    undecided: dict[str, UndecidedName] = field(default_factory=dict)
    _made: dict[tuple[str, ...], str] = field(default_factory=dict)
    _annotators: dict[str, str] = field(default_factory=dict)
    _numbers: Counter[str] = field(default_factory=Counter)
    _given: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self._given = frozenset(self.entities)
        for id, entity in self.entities.items():
            self._made.update({(address,): id for address in entity.same_as})
        self._annotators = {each.name: id for id, each in reversed(self.annotators.items())}

    def entity(self, name: Name, at: Place) -> str:
        """Return the id of the entity with this name, `""` if it is undecided."""
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
                self.undecided.setdefault(name.name, UndecidedName(0, at, addresses)).count += 1
            return ""
        if not id:
            id = self._new(name.name, self.entities)
            self.entities[id] = EntityEntry(cast(EntityType, name.type), name.name, same_as=addresses)
            self._made.update(dict.fromkeys(identities, id))
        self._also(id, name.name)
        return id

    def find(self, names: Iterable[Name], at: Place) -> tuple[list[str], list[Name]]:
        """Return the ids of the entities with these names, and the names that are undecided."""
        ids = [(name, self.entity(name, at)) for name in names]
        return [id for _, id in ids if id], [name for name, id in ids if not id]

    def describe(self, person: DescribedPerson, at: Place) -> Iterator[Skipped]:
        """Give a person the roles that a file describes; skip them if the person has roles that the user gave."""
        id = self.entity(person.name, at)
        why = "" if id and self.entities[id].type == "Person" else "only a person has roles"
        if not why and id in self._given and self.entities[id].roles:
            why = "the entities that you gave have other roles for this person"
        if why:
            yield Skipped("attribute", f"affiliation of {person.name.name}", why, at, len(person.roles))
            return
        roles, numbers = dict(self.entities[id].roles), Counter[str]()
        for role in person.roles:
            organization = self.entity(role.organization, at) if role.organization else ""
            title = role.titles.get("en") or next(iter(role.titles.values()))
            entry = RoleEntry(_titles(role.titles), organization, since=role.since, until=role.until)
            roles[numbered(slug(f"{title} {organization}"), roles, numbers)] = entry
        self.entities[id] = replace(self.entities[id], roles=roles)

    def annotator(self, name: str, type: AnnotatorType = "Person") -> str:
        """Return the id of an annotator, a new one of this type if the name is new."""
        name = clean(name) or "?"
        if name not in self._annotators:
            id = self._annotators[name] = self._new(name, self.annotators)
            self.annotators[id] = AnnotatorEntry(name, type)
        return self._annotators[name]

    def _new(self, name: str, taken: Container[str]) -> str:
        """Return a new id for a name. It does not begin with `s-`, as the ids of an article's own sources do."""
        first = slug(name)
        first = first if not first.startswith("s-") and first not in NOT_FREE else f"n-{first}"
        return numbered(first, taken, self._numbers)

    def _also(self, id: str, name: str) -> None:
        """Add another name to an entity that was found by its identifier."""
        entity = self.entities[id]
        names = [entity.name] if isinstance(entity.name, str) else entity.name.values()
        if name not in names and name not in entity.also:
            self.entities[id] = replace(entity, also=[*entity.also, name])


def numbered(first: str, taken: Container[str], numbers: Counter[str]) -> str:
    """Return an id, with a number if it is taken; `numbers` has how many numbers each id has had.

    All names in another script are `x`: without `numbers`, each would be counted from 1 again.
    """
    id = first
    while id in taken:
        numbers[first] += 1
        id = f"{first}-{numbers[first] + 1}"
    return id


def _titles(titles: dict[str, str]) -> str | dict[str, str]:
    """Return titles by language as an annotator would write them: without languages, the title alone."""
    tagged = {language: title for language, title in titles.items() if language}
    return tagged or titles[""]


def known_names(entities: Mapping[str, EntityEntry]) -> dict[str, str]:
    """Return the entity's id for each name that exactly one entity has."""
    found: dict[str, set[str]] = {}
    for id, entity in entities.items():
        names = [entity.name] if isinstance(entity.name, str) else list(entity.name.values())
        for name in (*names, *entity.also):
            found.setdefault(name, set()).add(id)
    return {name: ids.pop() for name, ids in found.items() if len(ids) == 1}


def clean(name: str) -> str:
    """Return a text on one line, with spaces for control characters."""
    return " ".join(UNSAFE.sub(" ", name).split())


def is_address(text: str) -> bool:
    """Tell whether a text is a complete web address."""
    try:
        iri(text)
    except ValueError:
        return False
    return has_known_scheme(text)


def slug(text: str) -> str:
    """Return an id made from a text, without `/`."""
    return suggested(text.replace("/", "-"))[:60].strip("-_") or "x"


def name_rows(undecided: Mapping[str, UndecidedName]) -> Iterator[tuple[str, ...]]:
    """Yield a row for each undecided name, the most frequent first."""
    for name, undecided_name in sorted(undecided.items(), key=lambda each: (-each[1].count, each[0])):
        yield name, str(undecided_name.count), str(undecided_name.at), "", "", " ".join(undecided_name.same_as)


def read_entities(file: Path) -> tuple[dict[str, EntityEntry], dict[str, str]]:
    """Return the entities of an entities.yaml or a filled-in names.csv; and the entity's id for each name there.

    Raises `CorpusError` with all faults of the file.
    """
    if file.suffix in (".yaml", ".yml"):
        read = cast(type[dict[str, EntityEntry]], dict[str, EntityEntry])
        entities, findings = decode_values(parse_yaml_file(str(file), read), read, str(file))
        if findings or entities is None:
            raise CorpusError(findings)
        return entities, {}
    return _from_table(file)


class NameRow(NamedTuple):
    """A filled-in row: a name and its entity."""

    line: int
    name: str
    id: str
    type: str
    same_as: list[str]


def _from_table(file: Path) -> tuple[dict[str, EntityEntry], dict[str, str]]:
    named: dict[str, NameRow] = {}
    typed: dict[str, NameRow] = {}
    entities: dict[str, EntityEntry] = {}
    owners: dict[str, NameRow] = {}
    findings: list[Finding] = []
    for row in _filled_in(file):
        fault = (
            _fault(row)
            or _contradiction(row, named.get(row.name, row), typed.get(row.id, row))
            or _shared_identifier(row, owners)
        )
        if fault:
            findings.append(Finding("violation", fault, "names-table", Place(str(file), row.line, 1)))
            continue
        named.setdefault(row.name, row)
        owners.update({each: owners.get(each, row) for each in row.same_as})
        if row.type:
            typed.setdefault(row.id, row)
        if entity := _entity(row, entities.get(row.id)):
            entities[row.id] = entity
    if findings:
        raise CorpusError(findings)
    return entities, {name: row.id for name, row in named.items()}


def _entity(row: NameRow, before: EntityEntry | None) -> EntityEntry | None:
    """Return the row's entity as the rows so far describe it, None if no row has its type."""
    if before is None:
        return EntityEntry(cast(EntityType, row.type), row.name, same_as=row.same_as) if row.type else None
    names = dict.fromkeys([before.name, *before.also, row.name])
    return replace(before, also=[*names][1:], same_as=[*dict.fromkeys([*before.same_as, *row.same_as])])


def _filled_in(file: Path) -> Iterator[NameRow]:
    for number, row in _rows(file):
        name, id, type = (clean(row.get(column, "")) for column in ("name", "entity", "type"))
        if id or type:
            yield NameRow(number, name, id or slug(name), type, row.get("same_as", "").split())


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows with their lines, whichever delimiter the spreadsheet used."""
    text = read_text(str(file))
    delimiter = likely_delimiter(text.partition("\n")[0])
    rows = read_rows(numbered_lines(text), str(file), delimiter, decode=plain)
    header = next(rows, {})
    _check_header(header, file)
    for row in rows:
        first = next(iter(row.values()))
        yield first.line, {header[at].text: cell.text for at, cell in row.items() if at in header}


def _check_header(header: Row, file: Path) -> None:
    """Raise `CorpusError` if a column is missing that a table of names must have, or one is misspelt."""
    there = [cell.text for cell in header.values()]
    missing = [each for each in ("name", "entity", "type", "same_as") if each not in there]
    for cell in header.values():
        if cell.text not in NAMES_HEADER and (meant := nearest(cell.text.casefold(), missing)):
            message = (
                "a table of names must have the columns name, entity and type, and perhaps same_as, not "
                f"{cell.text!r}: did you mean `{meant}`?"
            )
            raise format_error(message, "names-table", str(file), cell.line, cell.column)
    if needed := ", ".join(each for each in missing if each != "same_as"):
        message = f"a table of names must have the columns name, entity and type; missing: {needed}"
        raise format_error(message, "names-table", str(file), 1, 1)


def _fault(row: NameRow) -> str:
    """Return what is wrong with a row, `""` if nothing is."""
    if not row.name:
        return "a row must have a name: fill it in"
    if not is_slug(row.id):
        return (
            f"`entity` must be an id of small letters, digits, `-` and `_`, not {row.id!r}: write {slug(row.id)!r}"
        )
    if row.id in NOT_FREE:
        return taken_id(row.id, NOT_FREE[row.id])
    if wrong := next((each for each in row.same_as if not is_address(each)), ""):
        return (
            "`same_as` must be whole web addresses with blanks between them, as https://example.org/x, not "
            f"{wrong!r}: write it in full"
        )
    if row.type and row.type not in TYPES:
        return f"`type` must be one of {', '.join(sorted(TYPES))}, not {row.type!r}: correct it"
    return ""


def _contradiction(row: NameRow, named: NameRow, typed: NameRow) -> str:
    """Return how a row contradicts the first row with the same name, or with the same entity."""
    if named.id != row.id:
        return (
            f"a name must mean one entity, and {row.name!r} is `{named.id}` in line {named.line}, `{row.id}` in "
            f"line {row.line}: correct one of them"
        )
    if row.type and typed.type != row.type:
        return (
            f"an entity must be of one type, and `{row.id}` is {typed.type} in line {typed.line}, {row.type} in "
            f"line {row.line}: correct one of them, or write another id"
        )
    return ""


def _shared_identifier(row: NameRow, owners: Mapping[str, NameRow]) -> str:
    """Return why a row cannot have one of its identifiers: another entity has it in a row above."""
    for each in row.same_as:
        owner = owners.get(each, row)
        if owner.id != row.id:
            return (
                f"an identifier must belong to one entity, and {each} belongs to `{owner.id}` in line "
                f"{owner.line}, to `{row.id}` in line {row.line}: merge the two"
            )
    return ""


def check_known(known: Mapping[str, str], entities: Iterable[str], file: Path) -> None:
    """Raise `CorpusError` if a table names an entity whose type is given nowhere."""
    there = set(entities)
    missing = sorted({id for id in known.values() if id not in there})
    if missing:
        message = f"an entity must have a type in one of its rows; missing: {', '.join(missing)}"
        raise format_error(message, "names-table", str(file))
