"""Turns one `TEI` element into a document: its text, the passages that are said in it, and their speakers.

White space is collapsed as in XML. A paragraph, a verse or a heading is a line. What an editor added or deleted is
left out. An interruption of a speech stays in the text, but outside the speaker's words.
https://tei-c.org/release/doc/tei-p5-doc/en/html/CO.html#COHQU (`said`, `quote`, `q`) and TS.html (`u`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from msgspec.structs import replace

from kg.files.text_files import LIMIT
from kg.importers.core.documents import AnnotatedText, Item, LabelledSpan, MarkIds, Name, Skipped, SpanLink
from kg.importers.core.source_files import format_error_at
from kg.importers.tei.elements import INCLUDE, TeiElement, TeiNode, TreeBuilder, read_header, references
from kg.importers.tei.people import PeopleById, PeopleCollector, PeopleFinder, PeopleLookup, named_people
from kg.text.spans import Span

_BLANKS = re.compile("[ \t\r\n]+")
_DIVISIONS = frozenset(
    {"text", "body", "front", "back", "group", "floatingText", "div", *(f"div{level}" for level in range(1, 8))}
)
_HOLDERS = _DIVISIONS | {"lg", "list", "listBibl", "table", "sp", "spGrp"}
"""Elements that contain lines but no text directly."""
_LINES = _DIVISIONS | {"p", "ab", "l", "lg", "head", "u", "sp", "item", "row"}
_LINES_OF_SPEECH = frozenset({"seg", "note", "kinesic", "incident", "vocal", "writing", "shift"})
_INTERRUPTIONS = frozenset({"note", "kinesic", "incident", "vocal", "writing", "shift", "speaker", "stage"})
_LEFT_OUT = frozenset({"teiHeader", "standOff", "facsimile", "sourceDoc", "listPerson", "listOrg"}) | {
    *("gap", "fw", "figDesc", "linkGrp", "spanGrp", "rdg", "del", "index", "timeline", "egXML", "metamark")
}
_OTHER_READINGS = frozenset({"reg", "corr", "expan"})
_SPEECHES = frozenset({"u", "sp", "said"})
SPOKEN = ("said", "quote", "q", "u", "sp")
"""The elements that contain somebody's words."""
SEGMENT = "seg"
"""The element that marks a speaker or a cue by its `type`; directly in a `u` it is a paragraph of the speech."""
_NO_TEXT = "it is inside a `{}`, which is no part of the text"
_NO_PASSAGE = "there is no such passage, with words, in this text: correct `{}`"
_TARGET_ID = re.compile(r"(\w+)I[Dd]")
_PEOPLE = {"who": "speaker", "toWhom": "to"}
"""Attributes that name someone, and kg's names for them."""
_LINKS = ("xml:id", "next", "prev")


class SpeechReader:
    """Makes a document as its elements begin and end."""

    def __init__(self, root: TeiElement, language: str) -> None:
        self.root = root
        self.language = root.get("xml:lang") or language
        self.header: TeiNode | None = None
        self.people: PeopleById = {}
        self.skipped: list[Skipped] = []
        self._running = RunningText()
        self._passages: list[SpokenPassage] = []
        self._tree: TreeBuilder | None = None
        self._collector = PeopleCollector(self.people)

    def begin(self, element: TeiElement) -> None:
        if self._collector.begin(element):
            self._skip_outside(element, self._collector.outer)
            return
        if self._tree:
            self._skip_outside(element, self._tree.root.name)
            self._tree.begin(element)
        elif element.name == "teiHeader":
            self._tree = TreeBuilder(element)
        else:
            self._begin(element)

    def _begin(self, element: TeiElement) -> None:
        if element.name == INCLUDE:
            why = "an included part of a text is not read: put it in the file, or give the file that contains it"
            self.skipped.append(Skipped("article", element.get("href"), why, element.at))
        if element.name == "text" and element.get("xml:lang"):
            self.language = element.get("xml:lang")
        passage = self._running.begin(element, is_passage=element.name in (*SPOKEN, SEGMENT))
        if passage:
            self._passages.append(passage)
        elif outer := self._running.left_out_in:
            self._skip_outside(element, outer)

    def _skip_outside(self, element: TeiElement, outer: str) -> None:
        self.skipped.extend(skip_outside(element, outer))

    def end(self, _element: TeiElement) -> None:
        if self._collector.end():
            return
        if self._tree:
            if self._tree.end():
                self.header = self._tree.root
                self._tree = None
        else:
            self._running.end()

    def text(self, text: str) -> None:
        if self._collector.text(text):
            return
        if self._tree:
            self._tree.text(text)
        else:
            self._running.add(text)

    def document(self, id: str, file: str, shared: PeopleById, lookup: PeopleLookup) -> Iterator[Item]:
        """Yield the document with this id, and the records left out; `shared` are the people of its corpus."""
        header = read_header(self.header, self.language)
        finder = PeopleFinder((self.people, shared), lookup, file)
        taken = self._by_id()
        links = (*self._links(taken), *self._links_by_ids(taken))
        marks = tuple(_mark(id, passage, finder.name, header.spoken) for id, passage in taken.items())
        people = tuple(lookup.describe(finder.used.values(), finder.find))
        article = replace(header.article, transcript=any(mark.label == "u" for mark in marks))
        text, at = self._running.text(), self.root.at
        document = AnnotatedText(id, text, at, marks, links, article, header.publisher, header.authors)
        yield replace(document, people=people)
        yield from (*header.skipped, *self.skipped)

    def _by_id(self) -> dict[str, SpokenPassage]:
        """Return the passages with words, by their `xml:id` or a number."""
        found: dict[str, SpokenPassage] = {}
        ids = MarkIds()
        for number, passage in enumerate(self._passages, start=1):
            own = passage.element.get("xml:id")
            id = ids.new(own if own and own not in found else f"{passage.element.name}.{number}")
            if passage.parts:
                found[id] = passage
            else:
                why = "it has no words: delete it, or put them in"
                self.skipped.append(Skipped("span", id, why, passage.element.at, label=label_of(passage.element)))
        return found

    def _links(self, taken: dict[str, SpokenPassage]) -> Iterator[SpanLink]:
        """Yield a link from each passage to the one that continues it."""
        seen: set[tuple[str, str]] = set()
        for key, passage in taken.items():
            for attribute in ("next", "prev"):
                for other in references(passage.element.get(attribute)):
                    pair = (key, other) if attribute == "next" else (other, key)
                    if other not in taken:
                        why = _NO_PASSAGE.format(attribute)
                        what = f"{key} {attribute} {other}"
                        self.skipped.append(Skipped("link", what, why, passage.element.at))
                    elif pair not in seen:
                        seen.add(pair)
                        yield SpanLink("next", *pair, passage.element.at)

    def _links_by_ids(self, taken: dict[str, SpokenPassage]) -> Iterator[SpanLink]:
        """Yield a link from each `seg` to the passages that share an `id` with it, which may be several.

        An attribute such as `SpeakerID` is a link, too, to what has this id.
        """
        owners: dict[str, list[str]] = {}
        for key, passage in taken.items():
            for id in (*_ids(passage), passage.element.get("xml:id")):
                owners.setdefault(id, []).append(key)
        wordless = {id for each in self._passages if not each.parts for id in _ids(each)}
        for key, passage in taken.items():
            element = passage.element
            for id in _ids(passage) if element.name == SEGMENT else ():
                others = [other for other in owners[id] if taken[other].element.name in SPOKEN]
                for each in (passage, *(taken[other] for other in others)) if others else ():
                    each.link_attributes.add("id")
                yield from (SpanLink("id", key, other, element.at) for other in others)
                if id in wordless and not others:
                    self.skipped.append(Skipped("link", f"{key} id {id}", _NO_PASSAGE.format("id"), element.at))
            yield from _links_to_ids(key, passage, owners)


def _links_to_ids(key: str, passage: SpokenPassage, owners: dict[str, list[str]]) -> Iterator[SpanLink]:
    """Yield the links in attributes of a passage such as `SpeakerID`."""
    for name in passage.element.attributes:
        if label := _TARGET_ID.fullmatch(name):
            for other in (other for id in passage.element.get(name).split() for other in owners.get(id, ())):
                passage.link_attributes.add(name)
                yield SpanLink(label[1], key, other, passage.element.at)


@dataclass
class SpokenPassage:
    """An element with somebody's words; `parts` are their offsets, in order."""

    element: TeiElement
    depth: int
    parts: list[Span] = field(default_factory=list)
    start: int = -1
    end: int = -1
    link_attributes: set[str] = field(default_factory=set)

    def cut(self) -> None:
        """End a part at an interruption."""
        if self.start >= 0:
            self.parts.append(Span(self.start, self.end))
        self.start = -1


class RunningText:
    """A text that grows as elements begin and end, and the open passages in it."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.length = 0
        self._open: list[TeiElement] = []
        self._passages: list[SpokenPassage] = []
        self._blank = ""
        self._is_joined = False
        self._out = 0  # how many open elements are left out with their content
        self._aside = 0  # how many open elements interrupt the words

    def text(self) -> str:
        return "".join(self.pieces)

    @property
    def left_out_in(self) -> str:
        """The outermost open element that is left out with its content, `""` if none is."""
        return self._open[-self._out].name if self._out else ""

    def begin(self, element: TeiElement, *, is_passage: bool) -> SpokenPassage | None:
        """Open an element; return its passage if it is one and is in the text."""
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
        if not is_passage or (element.name == SEGMENT and parent == "u"):
            return None
        passage = SpokenPassage(element, self._aside)
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
        """Add text between elements."""
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
        """Put no space before what comes next."""
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
            raise format_error_at(self._open[0].at, message, "too-large")
        for passage in self._passages:
            if passage.depth != self._aside:
                passage.cut()
                continue
            passage.start = start if passage.start < 0 else passage.start
            passage.end = self.length

    def _is_line(self, element: TeiElement, parent: str) -> bool:
        if element.name in _LINES or parent in _HOLDERS:
            return bool(element.name)
        return parent == "u" and element.name in _LINES_OF_SPEECH

    def _is_out(self, element: TeiElement, parent: str) -> bool:
        """Tell whether an element is not in the printed text; a note in a paragraph is an editor's."""
        if element.name == "note":
            return parent not in _HOLDERS and not any(each.name in ("u", "sp") for each in self._open)
        if element.name in _OTHER_READINGS:
            return parent == "choice"
        return not element.name or element.name in _LEFT_OUT

    def _is_aside(self, element: TeiElement, parent: str) -> bool:
        return element.name in _INTERRUPTIONS or (element.name == "label" and parent in _SPEECHES)


def _mark(id: str, passage: SpokenPassage, find: Callable[[str], Name | None], spoken: str) -> LabelledSpan:
    """Return a passage as a span; `spoken` is the day on which the speeches of the text were held."""
    element = passage.element
    # Nothing but an utterance says whose turn it is: the text has no labels.
    spoken_here = {"form": ("direct",)} if element.name == "u" else {}
    when = {"when": (spoken,)} if spoken and element.name == "u" else {}
    named = {ours: named_people(element.get(theirs), find) for theirs, ours in _PEOPLE.items()}
    return LabelledSpan(
        id=id,
        label=label_of(element),
        parts=tuple(passage.parts),
        at=element.at,
        attributes={**spoken_here, **when, **_attributes(passage)},
        names={field: names for field, names in named.items() if names},
    )


def skip_outside(element: TeiElement, outer: str) -> Iterator[Skipped]:
    """Skip an element inside `outer`, which is not in the text, if it is a passage."""
    if element.name in (*SPOKEN, SEGMENT):
        name = element.get("xml:id") or element.name
        yield Skipped("span", name, _NO_TEXT.format(outer), element.at, label=label_of(element))


def label_of(element: TeiElement) -> str:
    """Return the label of a passage: its element, or the `type` of a `seg`."""
    return (element.name == SEGMENT and element.get("type")) or element.name


def _ids(passage: SpokenPassage) -> list[str]:
    return passage.element.get("id").split()


def _attributes(passage: SpokenPassage) -> dict[str, tuple[str, ...]]:
    """Return an element's attributes as written, except those that are read separately."""
    element = passage.element
    read = {*_PEOPLE, *_LINKS, *passage.link_attributes, "type" if element.name == SEGMENT else ""}
    return {name: (value,) for name, value in element.attributes.items() if name not in read and value.strip()}
