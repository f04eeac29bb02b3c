"""Reads how TEI files describe people and organisations: names, identifiers, and the offices that they held.

https://tei-c.org/release/doc/tei-p5-doc/en/html/ND.html#NDPERSE. An `affiliation` with a date is a role, as in
ParlaMint: membership of a party, a parliament or a government, an office.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from kg.dates import edtf as dates
from kg.errors import CorpusError, Place
from kg.importers.core.article_fields import UnusedFields
from kg.importers.core.claim_fields import day
from kg.importers.core.documents import DescribedPerson, Name, NamedRole, Skipped, authority_iri
from kg.importers.core.mapping import key
from kg.importers.core.source_files import SourceFiles, skipped_file
from kg.importers.tei.elements import LANGUAGE, TeiElement, TeiNode, TreeBuilder, parse, resolve_file

TYPES = {"person": "Person", "persona": "Person", "org": "Organization", "personGrp": "Group"}
"""The elements that describe someone, with the type of entity."""
LISTS = ("listPerson", "listOrg", "particDesc", "standOff", "teiCorpus")
"""The root elements of files that other files refer to for people."""
_GIVEN = ("forename", "nameLink", "surname", "genName")
_NAMES = ("persName", "orgName", "name", "label", "head")
_DAY = re.compile(r"\d{4}(?:-\d\d){0,2}[?~%]?")
_CAMEL = re.compile("(?<=[a-z])(?=[A-Z])")
_UNUSED_WHY = "an entity has no field for what this element says about someone"
_NO_ORGANIZATION = "no organisation has this id: describe it in a `listOrg`"


class Affiliation(NamedTuple):
    """A role as an `affiliation` describes it: titles by language (`""`: unknown), and where the role was held.

    `faults` are the dates that cannot be read, with the reasons; a role with such dates is left out.
    """

    at: Place
    titles: dict[str, str]
    organization: Name | None
    references: tuple[str, ...]
    since: str
    until: str
    faults: tuple[tuple[str, str], ...]

    @property
    def is_possible(self) -> bool:
        return not self.faults


class Description(NamedTuple):
    """A person in the list of a file. `facts` are the elements that say what an entity has no field for."""

    at: Place
    name: Name
    affiliations: tuple[Affiliation, ...]
    facts: tuple[str, ...]


PeopleById = dict[str, Description]
"""By `xml:id`."""
Find = Callable[[str], Description | None]


def read_description(node: TeiNode) -> Description | None:
    """Return the description in a `person`, `org` or similar; None if it has no name."""
    name = read_name(node)
    if name is None:
        return None
    inside = [each for each in node.inside if isinstance(each, TeiNode)]
    facts = [each.name for each in inside if each.name not in (*_NAMES, "idno", "affiliation", "")]
    return Description(
        node.element.at, name, tuple(map(_read_affiliation, node.children("affiliation"))), tuple(facts)
    )


def _read_affiliation(node: TeiNode) -> Affiliation:
    organization = next(node.children("orgName", "name"), None)
    references = node.get("ref").split()
    titles = {_language(each): each.text() for each in node.children("roleName") if each.text()}
    if not titles and (role := node.get("role")):
        # The values of `role` are English words, as in ParlaMint: secretaryOfState.
        titles = {"en": _CAMEL.sub(" ", role) if role.isupper() else _CAMEL.sub(" ", role).lower()}
    if not titles and not organization and not references and node.text():
        titles = {"": node.text()}
    since, until, faults = _read_dates(node)
    named = organization and Name(organization.text(), "Organization", _iris(organization))
    return Affiliation(
        node.element.at,
        titles or {"en": "affiliation"},
        named if named and named.name else None,
        tuple(references),
        since,
        until,
        tuple(faults),
    )


def _language(node: TeiNode) -> str:
    return node.get("xml:lang") if LANGUAGE.fullmatch(node.get("xml:lang")) else ""


def _iris(node: TeiNode) -> tuple[str, ...]:
    return tuple(filter(None, (authority_iri("", each) for each in node.get("ref").split())))


def _read_dates(node: TeiNode) -> tuple[str, str, list[tuple[str, str]]]:
    """Return from when and until when a role was held, and what is wrong with its dates.

    A role that has begun and whose end is not given goes on. If neither is given, both are unknown.
    """
    found, faults = {}, []
    for name in ("from", "to", "when", "notBefore", "notAfter"):
        if written := day(node.get(name)):
            found[name] = written
            if why := _why_no_day(name, written):
                faults.append((f"affiliation {name}: {written}", why))
    since = found.get("from") or found.get("when") or "unknown"
    until = found.get("to") or found.get("when") or ("unknown" if since == "unknown" else "")
    if not faults and since != "unknown" and until and until < since[: len(until)]:
        faults.append((f"affiliation: {since} to {until}", "a role must end after it began: correct its dates"))
    return since, until, faults


def _why_no_day(name: str, written: str) -> str:
    """Return why a role cannot have this date, `""` if it can."""
    if name.startswith("not"):
        return "a role has a date `from` or `to`, not its bounds: give these"
    try:
        dates.read(written)
    except ValueError as error:
        return f"a date must be written as 2020-02-21 or 2020-02: {error}"
    return "" if _DAY.fullmatch(written) else "a role must begin and end on a day, in a month or in a year"


def read_name(node: TeiNode) -> Name | None:
    """Return the name and identifiers of a `person`, `org` or similar; None if it has no name."""
    names = [*node.children("persName", "orgName"), *node.children("name", "label", "head")]
    full = [each for each in names if each.get("full") in ("", "yes")]
    name = next(filter(None, map(_written, full or names)), "")
    found = [_same_as(each) for each in node.children("idno")]
    found += [authority_iri("", each) for attribute in ("sameAs", "ref") for each in node.get(attribute).split()]
    found += [authority_iri("", each) for name_node in names for each in name_node.get("ref").split()]
    same_as = tuple(dict.fromkeys(filter(None, found)))
    return Name(name, TYPES[node.name], same_as) if name else None


def _written(node: TeiNode) -> str:
    """Return a name in the usual order: forenames first, without titles."""
    parts = [part for name in _GIVEN for part in node.below(name)]
    if any(part.name == "surname" for part in parts):
        return " ".join(filter(None, (part.text() for part in parts)))
    return node.text()


def _same_as(idno: TeiNode) -> str:
    value = idno.text()
    return (
        authority_iri("", value)
        or authority_iri(idno.get("type"), value)
        or authority_iri(idno.get("subtype"), value)
    )


class PeopleCollector:
    """Collects the people and organisations that a file describes, by `xml:id`; without one, they are left out.

    Each method tells whether its argument is part of such a description.
    """

    def __init__(self, people: PeopleById) -> None:
        self.people = people
        self._tree: TreeBuilder | None = None

    @property
    def outer(self) -> str:
        """The element of the description that has begun and not ended, `""` if there is none."""
        return self._tree.root.name if self._tree else ""

    def begin(self, element: TeiElement) -> bool:
        if self._tree:
            self._tree.begin(element)
        elif element.name in TYPES:
            self._tree = TreeBuilder(element)
        return bool(self.outer)

    def text(self, text: str) -> bool:
        if self._tree:
            self._tree.text(text)
        return bool(self.outer)

    def end(self) -> bool:
        if not self._tree:
            return False
        if self._tree.end():
            node, self._tree = self._tree.root, None
            if (id := node.get("xml:id")) and (description := read_description(node)):
                self.people.setdefault(id, description)
        return True


class _PeopleOfHeader:
    """Passes everything before the first text to a collector."""

    def __init__(self, collector: PeopleCollector) -> None:
        self.is_done = False
        self._collector = collector

    def begin(self, element: TeiElement) -> None:
        self.is_done = self.is_done or element.name == "text"
        if not self.is_done or self._collector.outer:
            self._collector.begin(element)

    def text(self, text: str) -> None:
        self._collector.text(text)

    def end(self, _element: TeiElement) -> None:
        self._collector.end()


class PeopleLookup:
    """Finds the people that `who` points to in other files, each read once.

    `skipped` are unreadable files, and roles that could not be read. `ignored` are the elements in a description
    that the mapping ignores.
    """

    def __init__(self, bundle: SourceFiles, lists: Iterable[str], ignored: Collection[str] = ()) -> None:
        self.bundle = bundle
        self._ignored = ignored
        self._unused = UnusedFields(_UNUSED_WHY)
        # The places of the people whose roles were returned already.
        self._described: set[Place] = set()
        self.lists: dict[str, list[str]] = {}
        for name in lists:
            self.lists.setdefault(posixpath.dirname(name), []).append(name)
        self.read: dict[str, PeopleById] = {}
        self.skipped: list[Skipped] = []

    def find(self, reference: str, file: str) -> Description | None:
        """Resolve `people.xml#P1` in a file; for `#P1`, search lists beside the file and in the folders above."""
        other, _, id = reference.rpartition("#")
        if other:
            return self.people(resolve_file(file, other)).get(id)
        folder = file
        while folder:
            folder = posixpath.dirname(folder)
            for name in self.lists.get(folder, ()):
                if found := self.people(name).get(id):
                    return found
        return None

    def people(self, name: str) -> PeopleById:
        """Return the people of a file, none if there is no such file."""
        if name not in self.read:
            self.read[name] = {}
            if name and self.bundle.has(name):
                self.read[name] = self._people(name)
        return self.read[name]

    def describe(self, used: Iterable[Description], find: Find) -> Iterator[DescribedPerson]:
        """Yield the roles of those people whose roles were not asked for before."""
        for description in used:
            if description.at not in self._described:
                self._described.add(description.at)
                facts = [each for each in description.facts if key(each) not in self._ignored]
                self.skipped.extend(self._unused.add(facts, description.at))
                roles = tuple(self._roles(description, find))
                if roles:
                    yield DescribedPerson(description.name, roles)

    def totals(self) -> Iterator[Skipped]:
        """Yield what was left out of files of people and of the descriptions of those who speak."""
        yield from self.skipped
        yield from self._unused.totals()

    def _roles(self, description: Description, find: Find) -> Iterator[NamedRole]:
        for affiliation in description.affiliations:
            for what, why in affiliation.faults:
                self.skipped.append(Skipped("attribute", what, why, affiliation.at))
            found = [find(each) for each in affiliation.references]
            organizations = [affiliation.organization, *(each.name for each in found if each)]
            organization = next(filter(None, organizations), None)
            if affiliation.references and not organization:
                what = f"affiliation: {' '.join(affiliation.references)}"
                self.skipped.append(Skipped("attribute", what, _NO_ORGANIZATION, affiliation.at))
            elif affiliation.is_possible:
                yield NamedRole(affiliation.titles, organization, affiliation.since, affiliation.until)

    def _people(self, name: str) -> PeopleById:
        people: PeopleById = {}
        listener = _PeopleOfHeader(PeopleCollector(people))
        try:
            for _ in parse(self.bundle.pieces(name), self.bundle.file(name), listener):
                if listener.is_done:
                    break
        except CorpusError as error:
            self.skipped.append(skipped_file(self.bundle, name, error))
        return people


def named_people(value: str, find: Callable[[str], Name | None]) -> tuple[Name, ...]:
    """Resolve the pointers in an attribute; if nobody is found, the id becomes the name."""
    if not any(sign in value for sign in "#:/"):
        return (Name(value),) if value else ()
    return tuple(find(each) or _bare(each) for each in value.split())


def _bare(reference: str) -> Name:
    if same_as := authority_iri("", reference):
        return Name(reference, same_as=(same_as,))
    return Name(reference.rpartition("#")[2] or reference)


class PeopleFinder:
    """Finds a reference in a file: first among its own people, then in other files. `used` are those it found."""

    def __init__(self, people: Iterable[Mapping[str, Description]], lookup: PeopleLookup, file: str) -> None:
        self.used: dict[Place, Description] = {}
        self._people = tuple(people)
        self._lookup = lookup
        self._file = file

    def name(self, reference: str) -> Name | None:
        """Return the name of the one that a reference points to."""
        found = self.find(reference)
        if found:
            self.used[found.at] = found
        return found and found.name

    def find(self, reference: str) -> Description | None:
        """Return the description that a reference points to."""
        if reference.startswith("#"):
            for each in self._people:
                if reference[1:] in each:
                    return each[reference[1:]]
        return self._lookup.find(reference, self._file) if "#" in reference else None
