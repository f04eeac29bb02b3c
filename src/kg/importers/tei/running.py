"""The text of a TEI document as it is read: white space as XML means it, and where the words of elements stand.

A paragraph, a verse, a heading is a line. What an editor added or took out is left out; what interrupts a speech
stays, and belongs to nobody's words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kg.errors import CorpusError, Finding
from kg.files.text_files import LIMIT
from kg.importers.tei.parsing import Element
from kg.text.spans import Span

_BLANKS = re.compile("[ \t\r\n]+")
_DIVISIONS = frozenset(
    {"text", "body", "front", "back", "group", "floatingText", "div", *(f"div{level}" for level in range(1, 8))}
)
_HOLDERS = _DIVISIONS | {"lg", "list", "listBibl", "table", "sp", "spGrp"}
"""What holds lines and no words of its own."""
_LINES = _DIVISIONS | {"p", "ab", "l", "lg", "head", "u", "sp", "item", "row"}
_LINES_OF_SPEECH = frozenset({"seg", "note", "kinesic", "incident", "vocal", "writing", "shift"})
_INTERRUPTIONS = frozenset({"note", "kinesic", "incident", "vocal", "writing", "shift", "speaker", "stage"})
_LEFT_OUT = frozenset({"teiHeader", "standOff", "facsimile", "sourceDoc", "listPerson", "listOrg"}) | {
    *("gap", "fw", "figDesc", "linkGrp", "spanGrp", "rdg", "del", "index", "timeline", "egXML", "metamark")
}
_OTHER_READINGS = frozenset({"reg", "corr", "expan"})
_SPEECHES = frozenset({"u", "sp", "said"})


@dataclass
class Passage:
    """An element whose words are wanted: `parts` are where they stand, in order."""

    element: Element
    depth: int
    parts: list[Span] = field(default_factory=list)
    start: int = -1
    end: int = -1

    def cut(self) -> None:
        """End a part where something else interrupts the words."""
        if self.start >= 0:
            self.parts.append(Span(self.start, self.end))
        self.start = -1


class Running:
    """A text that grows as elements begin and end, and the passages that are open in it."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.length = 0
        self._open: list[Element] = []
        self._passages: list[Passage] = []
        self._blank = ""
        self._is_joined = False
        self._out = 0  # how many of the open elements leave out what is in them
        self._aside = 0  # how many of them interrupt the words

    def text(self) -> str:
        return "".join(self.pieces)

    def begin(self, element: Element, *, is_passage: bool) -> Passage | None:
        """Open an element; return the passage it is, if its words are wanted and stand in the text."""
        parent = self._open[-1].name if self._open else ""
        self._open.append(element)
        if self._out or self._is_out(element, parent):
            self._out += 1
            return None
        if self._is_line(element, parent):
            self._blank = "\n"
        elif element.name in ("lb", "cell") and element.get("break") != "no":
            self._blank = self._blank or " "
        if element.get("break") == "no" or element.get("join") in ("left", "both"):
            self._join()
        if self._is_aside(element, parent):
            self._aside += 1
            self._space()
        if not is_passage:
            return None
        passage = Passage(element, self._aside)
        self._passages.append(passage)
        return passage

    def end(self) -> None:
        """Close the element that was opened last."""
        element = self._open.pop()
        parent = self._open[-1].name if self._open else ""
        if self._out:
            self._out -= 1
            return
        if self._passages and self._passages[-1].element is element:
            self._passages.pop().cut()
        if self._is_aside(element, parent):
            self._aside -= 1
            self._space()
        if self._is_line(element, parent):
            self._blank = "\n"
        if element.get("join") in ("right", "both"):
            self._join()

    def add(self, text: str) -> None:
        """Add what stands between elements."""
        if self._out or not self._open or (self._open[-1].name in _HOLDERS and not text.strip(" \t\r\n")):
            return
        squeezed = _BLANKS.sub(" ", text)
        if squeezed[:1] == " ":
            self._space()
            squeezed = squeezed[1:]
        if not squeezed:
            return
        ends = squeezed[-1] == " "
        self._write(squeezed[:-1] if ends else squeezed)
        if ends:
            self._space()

    def _space(self) -> None:
        if not self._is_joined:
            self._blank = self._blank or " "

    def _join(self) -> None:
        """Let what comes next stand where the text ends, as it does in print."""
        self._is_joined = True
        self._blank = "" if self._blank == " " else self._blank

    def _write(self, words: str) -> None:
        if self._blank and self.pieces:
            self.pieces.append(self._blank)
            self.length += 1
        self._blank, self._is_joined = "", False
        start = self.length
        self.pieces.append(words)
        self.length += len(words)
        if self.length > LIMIT:
            message = (
                f"an article must have at most {LIMIT // 1_000_000} million characters, this one has more: split it"
            )
            raise CorpusError([Finding("violation", message, "too-large", self._open[0].at)])
        for passage in self._passages:
            if passage.depth != self._aside:
                passage.cut()
                continue
            passage.start = start if passage.start < 0 else passage.start
            passage.end = self.length

    def _is_line(self, element: Element, parent: str) -> bool:
        if element.name in _LINES or parent in _HOLDERS:
            return bool(element.name)
        return parent == "u" and element.name in _LINES_OF_SPEECH

    def _is_out(self, element: Element, parent: str) -> bool:
        """Tell what no reader of the printed text meets; a note inside a paragraph is an editor's."""
        if element.name == "note":
            return parent not in _HOLDERS and not any(each.name in ("u", "sp") for each in self._open)
        if element.name in _OTHER_READINGS:
            return parent == "choice"
        return not element.name or element.name in _LEFT_OUT

    def _is_aside(self, element: Element, parent: str) -> bool:
        return element.name in _INTERRUPTIONS or (element.name == "label" and parent in _SPEECHES)
