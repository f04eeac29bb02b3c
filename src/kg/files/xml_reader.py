"""Reads XML with the place of every element, in chunks, so that memory does not grow with the file.

One policy for all formats: a document type may be named, but nothing is fetched, and a file that declares or uses
entities is refused, since these can expand without limit or include other files. Predefined entities and character
references, such as `&amp;` and `&#233;`, are allowed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.parsers import expat

from kg.errors import CorpusError, Finding, Place
from kg.files.text_files import LIMIT

DEEPEST = 200
"""How deep elements may be nested; books need about twenty levels."""


class XmlError(CorpusError):
    """A file is not XML, or is refused by the policy."""


class XmlHandlers:
    """Receives the content of an XML file. A name with a namespace is written `NAMESPACE NAME`."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Receive a start tag."""

    def end(self, name: str) -> None:
        """Receive an end tag."""

    def text(self, text: str) -> None:
        """Receive text between tags, as long as possible."""


class XmlReader:
    """Reads one file; `advice` is what its annotator should do if it cannot be read."""

    def __init__(self, file: str, advice: str = "correct the file") -> None:
        self.file = file
        self._advice = advice
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        # A document type must not add attributes either: a long one could be repeated for each of many elements.
        self._parser.specified_attributes = True
        self._depth = 0

    def place(self) -> Place:
        """Return the current place; in the handler of a tag, the start of the tag."""
        return Place(self.file, self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1)

    def read(self, pieces: Iterable[bytes], handlers: XmlHandlers) -> Iterator[None]:
        """Pass the content of a file to handlers; yield after each piece, so that handlers can be emptied.

        Raises `XmlError`, a `CorpusError`, if the file is not XML or is refused.
        """
        self._set_handlers(handlers)
        parsed = 0
        try:
            for piece in pieces:
                self._parser.Parse(piece, False)
                parsed += len(piece)
                # expat reads an incomplete tag again with each piece.
                if parsed - self._parser.CurrentByteIndex > LIMIT:
                    raise self._error("a tag or a comment must have at most 10 MB, this one has more", self.place())
                yield
            self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            message = f"the file must be well-formed XML, and is not from here on ({expat.ErrorString(error.code)})"
            raise self._error(message, Place(self.file, error.lineno, error.offset + 1)) from error
        except (LookupError, ValueError) as error:  # the declared encoding
            message = "the file must be in a known encoding, such as UTF-8"
            raise self._error(message, self.place(), "not-utf-8") from error
        yield

    def _set_handlers(self, handlers: XmlHandlers) -> None:
        start, end = handlers.start, handlers.end

        def started(name: str, attributes: dict[str, str]) -> None:
            self._depth += 1
            if self._depth > DEEPEST:
                message = f"elements must be nested at most {DEEPEST} deep, these are deeper"
                raise self._error(message, self.place(), "xml-depth")
            start(name, attributes)

        def ended(name: str) -> None:
            self._depth -= 1
            end(name)

        self._parser.StartElementHandler = started
        self._parser.EndElementHandler = ended
        self._parser.CharacterDataHandler = handlers.text
        self._parser.EntityDeclHandler = self._refuse_entity
        self._parser.SkippedEntityHandler = self._refuse_entity

    def _refuse_entity(self, name: str, *_: object) -> None:
        message = f"a file must define and use no entities, this one has `{name}`: write the characters themselves"
        raise XmlError([Finding("violation", message, "xml-entity", self.place())])

    def _error(self, message: str, at: Place, rule: str = "not-xml") -> XmlError:
        return XmlError([Finding("violation", f"{message}: {self._advice}", rule, at)])
