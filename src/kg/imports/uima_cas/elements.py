"""XML as a stream of elements with their lines. A DTD, and with it every entity, is refused; nothing is fetched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

from kg.errors import CorpusError
from kg.imports.exports import fault

_DEEP = 100


@dataclass(slots=True)
class Element:
    """An element: the namespace and the name, its attributes, and where it begins."""

    space: str
    name: str
    attributes: dict[str, str]
    depth: int
    line: int
    column: int
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text in it, whole when it has ended."""
        return "".join(self.pieces)


Take = Callable[[Element], None]


def walk(raw: bytes, file: str, begin: Take, end: Take) -> None:
    """Hand over each element when it begins and ends. Raises `CorpusError` for what is no XML, or has a DTD."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    within: list[Element] = []

    def started(name: str, attributes: dict[str, str]) -> None:
        if len(within) > _DEEP:
            raise fault(
                "elements must not be nested so deeply: export the file again", "xml-depth", file, line(), 1
            )
        space, _, local = name.rpartition(" ")
        at = Element(space, local, attributes, len(within), line(), parser.CurrentColumnNumber + 1)
        within.append(at)
        begin(at)

    def line() -> int:
        return parser.CurrentLineNumber

    def ended(_: str) -> None:
        end(within.pop())

    def told(text: str) -> None:
        within[-1].pieces.append(text)

    def refused(*_: object) -> None:
        message = "an XML file must have no DTD (`<!DOCTYPE`), which could make it read other files: delete it"
        raise fault(message, "xml-dtd", file, line(), parser.CurrentColumnNumber + 1)

    parser.StartElementHandler, parser.EndElementHandler = started, ended
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = told, refused
    try:
        parser.Parse(raw, True)
    except CorpusError:
        raise
    except expat.ExpatError as error:
        message = (
            f"the file must be XML, and is not from here on ({expat.ErrorString(error.code)}): export it again"
        )
        raise fault(message, "not-xml", file, error.lineno, error.offset + 1) from error
    except (LookupError, ValueError) as error:  # an encoding that nobody knows, or that is none of a text
        raise fault(f"the file must be UTF-8 ({error}): save it as UTF-8", "not-utf-8", file, 1, 1) from error
