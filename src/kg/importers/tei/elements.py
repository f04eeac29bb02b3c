"""Reads the elements of a TEI file: one by one, as trees, and the header.

https://tei-c.org/release/doc/tei-p5-doc/en/html/HD.html. Entities are refused, and nothing is fetched.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from kg.dates import edtf as dates
from kg.errors import Place
from kg.files.xml_reader import XmlHandlers, XmlReader
from kg.importers.core.documents import ArticleMetadata, Name, Skipped, authority_iri

INCLUDE = "xi:include"
_TEI = "http://www.tei-c.org/ns/1.0 "
_NAMES = {"http://www.w3.org/2001/XInclude include": INCLUDE}
_XML = "http://www.w3.org/XML/1998/namespace "
_DATE = re.compile(r"\d{4}(?:-\d\d){0,2}")
LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
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
    """The article's metadata in a header, and the day of the `setting`, on which what a `u` has was said."""

    article: ArticleMetadata
    publisher: Name | None
    authors: tuple[Name, ...]
    skipped: tuple[Skipped, ...]
    spoken: str = ""


def read_header(node: TeiNode | None, language: str) -> TeiHeader:
    """Return the metadata of the source if a header describes one, else of the file itself."""
    language = language if LANGUAGE.fullmatch(language) else ""
    if node is None:
        return TeiHeader(ArticleMetadata(language=language), None, (), ())
    statement = next(node.find("fileDesc", "titleStmt"), None)
    sources = [each for source in node.find("fileDesc", "sourceDesc") for each in source.children(*_SOURCES)]
    origins = sources or list(node.find("fileDesc", "publicationStmt"))
    settings = list(node.find("profileDesc", "settingDesc", "setting"))
    days = set(_dates(settings, []))
    skipped: list[Skipped] = []
    article = ArticleMetadata(
        headline=_headline(statement, language) if statement else "",
        published=next(_dates([*origins, *settings], skipped), ""),
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
        days.pop() if len(days) == 1 else "",
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
