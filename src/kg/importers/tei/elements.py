"""The elements of a TEI file, one by one or as trees. Entities are refused, and nothing is fetched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol
from xml.parsers import expat

from kg.errors import CorpusError, Finding, Place
from kg.files.text_files import LIMIT

INCLUDE = "xi:include"
_TEI = "http://www.tei-c.org/ns/1.0 "
_NAMES = {"http://www.w3.org/2001/XInclude include": INCLUDE}
_XML = "http://www.w3.org/XML/1998/namespace "
_DEEPEST = 200
"""How deep elements may be nested: in books they are some twenty deep."""


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
    parser = _parser(file, listener)
    try:
        given = 0
        for piece in pieces:
            parser.Parse(piece, False)
            given += len(piece)
            # expat reads an incomplete tag again with each piece.
            if given - parser.CurrentByteIndex > LIMIT:
                message = "a tag or a comment must have at most 10 MB, this one has more: correct it"
                raise _refused(message, _reached(parser, file))
            yield
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        message = f"the file must be well-formed XML, it is not ({expat.ErrorString(error.code)}): correct it"
        raise _refused(message, Place(file, error.lineno, error.offset + 1)) from error
    except (LookupError, ValueError) as error:
        message = "the file must be in an encoding that is known: save it as UTF-8"
        raise _refused(message, _reached(parser, file)) from error
    yield


def _reached(parser: expat.XMLParserType, file: str) -> Place:
    return Place(file, parser.CurrentLineNumber, parser.CurrentColumnNumber + 1)


def _parser(file: str, listener: TeiListener) -> expat.XMLParserType:
    """Return a parser that passes elements to a listener, and refuses entities and deep nesting."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    open_elements: list[TeiElement] = []

    def begin(name: str, attributes: dict[str, str]) -> None:
        if len(open_elements) >= _DEEPEST:
            raise _refused(
                f"elements must be nested at most {_DEEPEST} deep, these are deeper: correct the file", place()
            )
        plain = {_plain(each): value for each, value in attributes.items()}
        open_elements.append(TeiElement(_local(name), plain, place()))
        listener.begin(open_elements[-1])

    def end(_name: str) -> None:
        listener.end(open_elements.pop())

    def refuse(name: str, *_: object) -> None:
        message = f"a file must define and use no entities, this one has `{name}`: write the characters themselves"
        raise _refused(message, place(), "entity")

    def place() -> Place:
        return _reached(parser, file)

    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.CharacterDataHandler = listener.text
    parser.EntityDeclHandler = refuse
    parser.SkippedEntityHandler = refuse
    return parser


def _local(name: str) -> str:
    """Return the name of an element of TEI; old files have no namespace."""
    if name.startswith(_TEI):
        return name.removeprefix(_TEI)
    return _NAMES.get(name, "" if " " in name else name)


def _plain(name: str) -> str:
    return f"xml:{name.removeprefix(_XML)}" if name.startswith(_XML) else name


def _refused(message: str, at: Place, rule: str = "not-xml") -> CorpusError:
    return CorpusError([Finding("violation", message, rule, at)])


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
