"""XML as a stream of elements with their lines. A DTD, and with it every entity, is refused; nothing is fetched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

from kg.errors import CorpusError
from kg.importers.core.source_files import format_error

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
    walker = _Walker(file, begin, end)
    try:
        walker.parser.Parse(raw, True)
    except CorpusError:
        raise
    except expat.ExpatError as error:
        message = (
            f"the file must be XML, and is not from here on ({expat.ErrorString(error.code)}): export it again"
        )
        raise format_error(message, "not-xml", file, error.lineno, error.offset + 1) from error
    except (LookupError, ValueError) as error:  # an encoding that nobody knows, or that is none of a text
        raise format_error(
            f"the file must be UTF-8 ({error}): save it as UTF-8", "not-utf-8", file, 1, 1
        ) from error


class _Walker:
    def __init__(self, file: str, begin: Take, end: Take) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._started
        self.parser.EndElementHandler = self._ended
        self.parser.CharacterDataHandler = self._told
        self.parser.StartDoctypeDeclHandler = self._refused
        self._file, self._begin, self._end = file, begin, end
        self._within: list[Element] = []

    def _started(self, name: str, attributes: dict[str, str]) -> None:
        line, column = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
        if len(self._within) > _DEEP:
            message = "elements must not be nested so deeply: export the file again"
            raise format_error(message, "xml-depth", self._file, line, column)
        space, _, local = name.rpartition(" ")
        element = Element(space, local, attributes, len(self._within), line, column)
        self._within.append(element)
        self._begin(element)

    def _ended(self, _: str) -> None:
        self._end(self._within.pop())

    def _told(self, text: str) -> None:
        self._within[-1].pieces.append(text)

    def _refused(self, *_: object) -> None:
        message = "an XML file must have no DTD (`<!DOCTYPE`), which could make it read other files: delete it"
        raise format_error(message, "xml-dtd", self._file, self.parser.CurrentLineNumber, 1)
