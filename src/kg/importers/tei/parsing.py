"""XML → elements with their places, piece by piece. Entities are refused, and nothing is fetched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol
from xml.parsers import expat

from kg.errors import CorpusError, Finding, Place
from kg.files.text_files import LIMIT

INCLUDE = "xi:include"
_TEI = "http://www.tei-c.org/ns/1.0 "
_NAMES = {"http://www.w3.org/2001/XInclude include": INCLUDE}
_XML = "http://www.w3.org/XML/1998/namespace "
_DEEPEST = 200
"""How deep elements may be nested: books nest them some twenty deep."""


class TeiElement(NamedTuple):
    """An element by its name in TEI, `""` if it is of another vocabulary; `xml:id` is one of its attributes."""

    name: str
    attributes: dict[str, str]
    at: Place

    def get(self, name: str) -> str:
        return " ".join(self.attributes.get(name, "").split())


class TeiListener(Protocol):
    """Who is told of elements as they begin and end, and of the text between."""

    def begin(self, element: TeiElement) -> None: ...

    def end(self, element: TeiElement) -> None: ...

    def text(self, text: str) -> None: ...


def parse(pieces: Iterable[bytes], file: str, listener: TeiListener) -> Iterator[None]:
    """Tell a listener of a file's elements; stop after each piece. Raises `CorpusError` where it is no XML."""
    parser = _parser(file, listener)
    try:
        given = 0
        for piece in pieces:
            parser.Parse(piece, False)
            given += len(piece)
            # What is not whole yet is read again with each piece.
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
    """Return a parser that tells a listener of elements, and refuses entities and what is nested too deep."""
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
    """Return the name of an element of TEI, which old files have in no namespace."""
    if name.startswith(_TEI):
        return name.removeprefix(_TEI)
    return _NAMES.get(name, "" if " " in name else name)


def _plain(name: str) -> str:
    return f"xml:{name.removeprefix(_XML)}" if name.startswith(_XML) else name


def _refused(message: str, at: Place, rule: str = "not-xml") -> CorpusError:
    return CorpusError([Finding("violation", message, rule, at)])
