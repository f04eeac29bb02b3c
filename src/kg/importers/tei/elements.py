"""Reads the elements of a TEI file: one by one, as trees, and the header and descriptions of people in them.

https://tei-c.org/release/doc/tei-p5-doc/en/html/HD.html. Entities are refused, and nothing is fetched.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from kg.dates import edtf as dates
from kg.errors import CorpusError, Place
from kg.files.xml_reader import XmlHandlers, XmlReader
from kg.importers.core.documents import ArticleMetadata, Name, Skipped, authority_iri
from kg.importers.core.source_files import SourceFiles, skipped_file

INCLUDE = "xi:include"
_TEI = "http://www.tei-c.org/ns/1.0 "
_NAMES = {"http://www.w3.org/2001/XInclude include": INCLUDE}
_XML = "http://www.w3.org/XML/1998/namespace "
TYPES = {"person": "Person", "persona": "Person", "org": "Organization", "personGrp": "Group"}
"""The elements that describe someone, with the type of entity."""
LISTS = ("listPerson", "listOrg", "particDesc", "standOff", "teiCorpus")
"""The root elements of files that other files refer to for people."""
PeopleById = dict[str, Name]
"""Names by `xml:id`."""
_GIVEN = ("forename", "nameLink", "surname", "genName")
_DATE = re.compile(r"\d{4}(?:-\d\d){0,2}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_SITE = re.compile(r"https?://[^/?#]*/?")
_SITE_WHY = "it is the address of a whole site, not of this text"
_WORDS_WHY = "it has no `when`, and its words are no date such as 2020-02-21, 2020-02 or 2020"
_SOURCES = ("bibl", "biblStruct", "biblFull", "recording")


class TeiElement(NamedTuple):
    """An element: its name in TEI (`""`: another vocabulary), its attributes, as `xml:id`, and its place."""

    name: str
    attributes: dict[str, str]
    at: Place

    def get(self, name: str) -> str:
        return " ".join(self.attributes.get(name, "").split())


class TeiListener(Protocol):
    """Receives elements as they begin and end, and the text between them."""

    def begin(self, element: TeiElement) -> None: ...

    def end(self, element: TeiElement) -> None: ...

    def text(self, text: str) -> None: ...


def parse(pieces: Iterable[bytes], file: str, listener: TeiListener) -> Iterator[None]:
    """Pass a file's elements to a listener; yield after each piece. Raises `CorpusError` if it is not XML."""
    reader = XmlReader(file)
    yield from reader.read(pieces, _TeiHandlers(reader, listener))


class _TeiHandlers(XmlHandlers):
    """Makes elements of tags."""

    def __init__(self, reader: XmlReader, listener: TeiListener) -> None:
        self._place = reader.place
        self._listener = listener
        self._open: list[TeiElement] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        plain = {_plain(each): value for each, value in attributes.items()}
        self._open.append(TeiElement(_local(name), plain, self._place()))
        self._listener.begin(self._open[-1])

    def text(self, text: str) -> None:
        self._listener.text(text)

    def end(self, name: str) -> None:  # noqa: ARG002
        self._listener.end(self._open.pop())


def _local(name: str) -> str:
    """Return the name of an element of TEI; old files have no namespace."""
    if name.startswith(_TEI):
        return name.removeprefix(_TEI)
    return _NAMES.get(name, "" if " " in name else name)


def _plain(name: str) -> str:
    return f"xml:{name.removeprefix(_XML)}" if name.startswith(_XML) else name


@dataclass
class TeiNode:
    """An element with its content, in order."""

    element: TeiElement
    inside: list[TeiNode | str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.element.name

    def get(self, attribute: str) -> str:
        return self.element.get(attribute)

    def children(self, *names: str) -> Iterator[TeiNode]:
        """Yield the children of these names, in order."""
        return (each for each in self.inside if isinstance(each, TeiNode) and each.name in names)

    def find(self, *path: str) -> Iterator[TeiNode]:
        """Yield the descendants on a path of child names."""
        if not path:
            yield self
        else:
            for child in self.children(path[0]):
                yield from child.find(*path[1:])

    def below(self, *names: str) -> Iterator[TeiNode]:
        """Yield the descendants with these names, in order."""
        for each in self.inside:
            if isinstance(each, TeiNode):
                if each.name in names:
                    yield each
                yield from each.below(*names)

    def text(self) -> str:
        """Return the text inside, with single spaces."""
        return " ".join("".join(self._texts()).split())

    def _texts(self) -> Iterator[str]:
        for each in self.inside:
            if isinstance(each, str):
                yield each
            else:
                yield from each._texts()


class TreeBuilder:
    """Builds a tree as its elements begin and end; it is complete when `end` returns true."""

    def __init__(self, element: TeiElement) -> None:
        self.root = TeiNode(element)
        self._open = [self.root]

    def begin(self, element: TeiElement) -> None:
        node = TeiNode(element)
        self._open[-1].inside.append(node)
        self._open.append(node)

    def text(self, text: str) -> None:
        self._open[-1].inside.append(text)

    def end(self) -> bool:
        self._open.pop()
        return not self._open


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
            if (id := node.get("xml:id")) and (name := read_name(node)):
                self.people.setdefault(id, name)
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
    """Finds the people that `who` points to in other files, each read once; `skipped` are unreadable files."""

    def __init__(self, bundle: SourceFiles, lists: Iterable[str]) -> None:
        self.bundle = bundle
        self.lists: dict[str, list[str]] = {}
        for name in lists:
            self.lists.setdefault(posixpath.dirname(name), []).append(name)
        self.read: dict[str, PeopleById] = {}
        self.skipped: list[Skipped] = []

    def find(self, reference: str, file: str) -> Name | None:
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


def finder(people: Iterable[Mapping[str, Name]], lookup: PeopleLookup, file: str) -> Callable[[str], Name | None]:
    """Return a function that finds a reference in a file: first among its own people, then in other files."""

    def find(reference: str) -> Name | None:
        if reference.startswith("#"):
            for each in people:
                if reference[1:] in each:
                    return each[reference[1:]]
        return lookup.find(reference, file) if "#" in reference else None

    return find


def resolve_file(file: str, reference: str) -> str:
    """Return the name of a file that another refers to, `""` if it is outside the source."""
    if "://" in reference or "\\" in reference or reference.startswith("/"):
        return ""
    name = posixpath.normpath(posixpath.join(posixpath.dirname(file), reference))
    return "" if name.startswith("..") else name


def references(value: str) -> Iterator[str]:
    """Yield the ids in an attribute that points into the same file."""
    return (each[1:] for each in value.split() if each.startswith("#"))


class TeiHeader(NamedTuple):
    """The article's metadata in a header."""

    article: ArticleMetadata
    publisher: Name | None
    authors: tuple[Name, ...]
    skipped: tuple[Skipped, ...]


def read_header(node: TeiNode | None, language: str) -> TeiHeader:
    """Return the metadata of the source if a header describes one, else of the file itself."""
    language = language if _LANGUAGE.fullmatch(language) else ""
    if node is None:
        return TeiHeader(ArticleMetadata(language=language), None, (), ())
    statement = next(node.find("fileDesc", "titleStmt"), None)
    sources = [each for source in node.find("fileDesc", "sourceDesc") for each in source.children(*_SOURCES)]
    origins = sources or list(node.find("fileDesc", "publicationStmt"))
    skipped: list[Skipped] = []
    article = ArticleMetadata(
        headline=_headline(statement, language) if statement else "",
        published=next(_dates([*origins, *node.find("profileDesc", "settingDesc", "setting")], skipped), ""),
        url=next(_addresses(origins, skipped), ""),
        language=language,
    )
    publisher = next((each for origin in origins for each in origin.below("publisher")), None)
    authors = [_someone(each, "") for each in statement.children("author")] if statement else []
    return TeiHeader(
        article,
        _someone(publisher, "Organization", language) if publisher else None,
        tuple(each for each in authors if each.name),
        tuple(skipped),
    )


def _addresses(origins: list[TeiNode], skipped: list[Skipped]) -> Iterator[str]:
    """Yield the web addresses of a source; skip those of a whole site, as of a parliament."""
    for each in origins:
        for idno in each.below("idno"):
            url = authority_iri("", idno.text())
            if url and _SITE.fullmatch(url):
                skipped.append(Skipped("attribute", f"idno: {url}", _SITE_WHY, idno.element.at))
            elif url:
                yield url


def _headline(statement: TeiNode, language: str) -> str:
    """Return the main title in the language of the text, and the subtitle after a colon."""
    titles = list(statement.children("title"))
    titles = [each for each in titles if each.get("xml:lang") in ("", language)] or titles
    main = next((each.text() for each in titles if each.get("type") in ("", "main")), "")
    under = next((each.text() for each in titles if each.get("type") == "sub"), "")
    return ": ".join(filter(None, (main, under)))


def _dates(nodes: list[TeiNode], skipped: list[Skipped]) -> Iterator[str]:
    """Yield the dates in these nodes, in EDTF; skip those that are invalid."""
    for node in nodes:
        for date in node.below("date"):
            written, words = _edtf(date), date.text()
            if not written and words and not _DATE.fullmatch(words):
                skipped.append(Skipped("attribute", f"date: {words}", _WORDS_WHY, date.element.at))
                continue
            try:
                if written := written or words:
                    dates.read(written)
                    yield written
            except ValueError as error:
                why = f"a date must be written as 2020-02-21 or 2020-02: {error}"
                skipped.append(Skipped("attribute", f"date: {written}", why, date.element.at))


def _edtf(date: TeiNode) -> str:
    """Return a date's attributes in EDTF: an unknown day within bounds is a set, a duration an interval."""
    if when := date.get("when"):
        return when
    if (first := date.get("notBefore")) and (last := date.get("notAfter")):
        return f"[{first}..{last}]"
    if (first := date.get("from")) and (last := date.get("to")):
        return f"{first}/{last}"
    return ""


def _someone(node: TeiNode, type: str, language: str = "") -> Name:
    """Return a publisher or an author; of several names, the one in the language of the text."""
    names = [*node.children("persName", "orgName", "name")]
    inside = next((each for each in names if each.get("xml:lang") == language), names[0] if names else node)
    type = {"persName": "Person", "orgName": "Organization"}.get(inside.name, type)
    same_as = [authority_iri("", each) for each in f"{node.get('ref')} {inside.get('ref')}".split()]
    return Name(inside.text(), type, tuple(dict.fromkeys(filter(None, same_as))))
