"""Finds the text among a task's fields, renders it as Label Studio does, and locates regions in it.

A region of a `Text` has `start` and `end`, in code points since Label Studio 1.6, in UTF-16 units before. A region
of a `HyperText` has XPaths there, and `globalOffsets` into the text nodes of the page, in code points.

Browsers parse a page by https://html.spec.whatwg.org/multipage/parsing.html. `read_page` follows the rules that
affect the position of text: the head, line ends, entities, `<br>`, scripts and styles. It was compared with the
output of Label Studio 1.23.2 in a browser.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from kg.files.input_files import is_inside
from kg.files.text_files import read_text
from kg.importers.core.mapping import Mapping as LabelMapping
from kg.importers.core.mapping import key
from kg.importers.core.offsets import Utf16Offsets
from kg.importers.label_studio.exports import TextRegion, offsets_of
from kg.text.spans import Span

_ADDRESS = re.compile(r"(?:https?|s3|gs)://\S+|/?data/\S+")
_SAMPLE = 20
_MOST_FIELDS = 20
_LONGEST_NAME = 200
_HEAD = frozenset(
    re.findall(r"\w+", "html head title base basefont bgsound link meta noframes script style template")
)
_HIDDEN = frozenset(("style", "title", "noscript", "noframes"))
# Label Studio takes scripts out, and a template's content is no part of the page: neither counts.
_GONE = frozenset(("script", "template"))
_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        """
        address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure
        footer form h1 h2 h3 h4 h5 h6 header hgroup hr li main menu nav ol optgroup option p pre search section
        summary table tbody td tfoot th thead tr ul
        """,
    )
)
_RETURN = re.compile("\r\n?")
# Python's own parser takes a minute for 80 kB of `<a `; each of these patterns reads what it matches only once.
_MARKUP = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))|</?(?P<tag>[a-zA-Z][^\s/>]*+)"
    r"(?:[^>=]++|=\s*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z))?)*+(?:>|\Z)|<(?:[!?]|/(?=[^a-zA-Z]))[^>]*+(?:>|\Z)",
    re.DOTALL,
)
_END = {
    tag: re.compile(rf"</{tag}(?=[\s/>])|\Z", re.IGNORECASE)
    for tag in ("script", "style", "title", "textarea", "noscript", "noframes", "iframe", "xmp")
}
_WITH_ENTITIES = frozenset(("title", "textarea"))
_ENDLESS_NUMBER = re.compile("&#[xX]?[0-9a-fA-F]{20,};?")


class ChosenText(NamedTuple):
    """A task's text: the field that holds it, how it is shown, and the regions' `shown` that mean it."""

    field: str
    shown: ShownText
    names: frozenset[str]


class RegionPlace(NamedTuple):
    """The span of a region, and its words in the file; `is_exact` if the text has these words there."""

    part: Span
    text: str
    is_exact: bool


class TextFinder:
    """Finds the texts of a file's tasks; if a task has no regions, in the field where earlier tasks had theirs."""

    def __init__(self, mapping: LabelMapping, folder: Path | None) -> None:
        self._given = {key(name) for name, field in mapping.article.items() if field == "text"}
        self._folder = folder
        self._likely = ""
        self._pages: set[str] = set()

    def choose(self, data: Mapping[str, object], regions: Sequence[TextRegion]) -> ChosenText | None:
        """Return the text of a task, None if it has none. Raises what `read_text` does for its file."""
        texts = {name: text for name, text in data.items() if isinstance(text, str) and text.strip()}
        names = [name for name in texts if key(name) in self._given] or self._by_likelihood(texts, regions)
        is_page = any(is_of_page(region.value) for region in regions)
        best: ChosenText | None = None
        most = -1
        for name in names[:_MOST_FIELDS]:
            written = self._fetched(texts[name], data)
            if written is None:
                continue
            shown = ShownText(written, is_page=is_page or (not regions and name in self._pages))
            at_home = [region for region in regions[:_SAMPLE] if _fits(region, shown)]
            if len(at_home) > most:
                best, most = ChosenText(name, shown, frozenset(region.shown for region in at_home)), len(at_home)
            if most == len(regions[:_SAMPLE]):
                break
        if best is not None and regions and most:
            self._likely = best.field
            self._pages |= {best.field} if is_page else set()
        return best

    def _by_likelihood(self, texts: Mapping[str, str], regions: Sequence[TextRegion]) -> list[str]:
        """Return the fields that may hold the text, the likeliest first."""
        shown = {region.shown for region in regions}

        def rank(name: str) -> tuple[bool, bool, bool, int]:
            return name != self._likely, name not in shown, key(name) != "text", -len(texts[name])

        return sorted(texts, key=rank)

    def _fetched(self, text: str, data: Mapping[str, object]) -> str | None:
        """Return a text; if the field only has its address, from the folder of texts, None if it is not there."""
        if not _ADDRESS.fullmatch(text.strip()):
            return text
        if self._folder is None:
            return None
        stem = PurePosixPath(re.split(r"[?#]", text.strip().replace("?d=", "/"))[0]).stem
        for name in (stem, *(str(data.get(each, "")) for each in ("doc_id", "id"))):
            name = PurePosixPath(name.replace("\\", "/")).name[:_LONGEST_NAME]
            file = self._folder / f"{name}.txt"
            if name and is_inside(str(file), str(self._folder)):
                return read_text(str(file), str(self._folder))
        return None


class ShownText:
    """A task's text as annotators see it; `written` is the task's value: the text itself, or a page."""

    def __init__(self, written: str, *, is_page: bool) -> None:
        self._page: PageText | None = read_page(written) if is_page else None
        self.text = self._page.text if self._page else written
        self._content = self._page.content if self._page else written
        self._units = Utf16Offsets(self._content)

    def place(self, value: Mapping[str, object]) -> RegionPlace | None:
        """Return the place of a region: where its own words are, if it has any; None if outside the text."""
        readings = list(self._readings(value))
        words = _words(value)
        for part in readings:
            found = self.text[part.start : part.end]
            if words and (found == words or _squeezed(found) == _squeezed(words)):
                return RegionPlace(part, found, True)
        return RegionPlace(readings[0], words.replace("\\n", "\n"), False) if readings else None

    def _readings(self, value: Mapping[str, object]) -> Iterator[Span]:
        """Yield where a region may be: counted in code points, then in UTF-16 units if that is elsewhere."""
        offsets = offsets_of(value)
        if offsets is None:
            return
        if offsets[1] <= len(self._content):
            yield from self._span(*offsets)
        if not self._units.is_plain:
            start, end = map(self._units.code_point, offsets)
            if start is not None and end is not None and (start, end) != offsets:
                yield from self._span(start, end)

    def _span(self, start: int, end: int) -> Iterator[Span]:
        found = self._page.span(start, end) if self._page else Span(start, end)
        if found is not None and found.start < found.end:
            yield found


def is_of_page(value: Mapping[str, object]) -> bool:
    """Tell whether a region is in a page, by its XPaths."""
    return isinstance(value.get("globalOffsets"), dict) or isinstance(value.get("start"), str)


def _words(value: Mapping[str, object]) -> str:
    """Return the words that a region says it marks; `""` if it gives none."""
    text = value.get("text")
    return text if isinstance(text, str) else ""


def _squeezed(words: str) -> str:
    """Return words without white space: Label Studio writes a line end as a backslash and an n, or not at all."""
    return "".join(words.replace("\\n", " ").split())


def _fits(region: TextRegion, shown: ShownText) -> bool:
    found = shown.place(region.value)
    return found is not None and (found.is_exact or not _words(region.value))


class PageText(NamedTuple):
    """The `text` of a page, where each block begins on a new line; `content` joins all of its text nodes.

    The `lengths[i]` characters of `content` from `nodes[i]` on are in `text` from `places[i]` on.
    """

    text: str
    content: str
    nodes: tuple[int, ...]
    places: tuple[int, ...]
    lengths: tuple[int, ...]

    def span(self, start: int, end: int) -> Span | None:
        """Return where a part of `content` is in `text`; None if its ends are invisible."""
        first = bisect_right(self.nodes, start) - 1
        last = bisect_left(self.nodes, end) - 1
        if min(first, last) < 0:
            return None
        begin, stop = start - self.nodes[first], end - self.nodes[last]
        if begin >= self.lengths[first] or stop > self.lengths[last]:
            return None
        return Span(self.places[first] + begin, self.places[last] + stop)


def read_page(page: str) -> PageText:
    """Return the text that a reader sees of a page, or of a part of one."""
    page = _RETURN.sub("\n", page)
    reader = _PageReader()
    at = 0
    while found := _MARKUP.search(page, at):
        reader.text(_decoded(page[at : found.start()]))
        at = found.end()
        tag = (found["tag"] or "").lower()
        if found[0].startswith("</"):
            reader.close(tag)
        elif tag:
            reader.open(tag)
            if ending := _END.get(tag):
                inside = ending.search(page, at)
                assert inside is not None, "the pattern matches at the end of the page"
                text = page[at : inside.start()]
                reader.text(_decoded(text) if tag in _WITH_ENTITIES else text)
                at = inside.start()
    reader.text(_decoded(page[at:]))
    return PageText(
        "".join(reader.shown),
        "".join(reader.content),
        tuple(reader.nodes),
        tuple(reader.places),
        tuple(reader.lengths),
    )


def _decoded(text: str) -> str:
    return unescape(_ENDLESS_NUMBER.sub("\ufffd", text)) if "&" in text else text


class _PageReader:
    """Takes the tags and texts of a page in their order."""

    def __init__(self) -> None:
        self.shown: list[str] = []
        self.content: list[str] = []
        self.nodes: list[int] = []
        self.places: list[int] = []
        self.lengths: list[int] = []
        self._read = 0
        self._written = 0
        self._hidden = ""
        self._in_body = False
        self._apart = False
        self._after_pre = False

    def open(self, tag: str) -> None:
        self._in_body = self._in_body or tag not in _HEAD
        if not self._hidden and tag in _HIDDEN | _GONE:
            self._hidden = tag
        self._apart = self._apart or tag in _BLOCKS
        self._after_pre = tag in ("pre", "listing")
        if tag == "br":
            self._add("\n")

    def close(self, tag: str) -> None:
        if tag == self._hidden:
            self._hidden = ""
        self._apart = self._apart or tag in _BLOCKS

    def text(self, text: str) -> None:
        if self._after_pre:
            text = text.removeprefix("\n")
        self._after_pre = False
        if self._hidden in _GONE or (self._hidden and not self._in_body):
            return
        if not self._in_body:
            text = text.lstrip()
        self._in_body = self._in_body or bool(text)
        self._add(text)

    def _add(self, data: str) -> None:
        """Add a text node, or a piece of one."""
        if not data:
            return
        self.content.append(data)
        if not self._hidden:
            if self._apart and not data.isspace():
                self._break(data)
            self.nodes.append(self._read)
            self.places.append(self._written)
            self.lengths.append(len(data))
            self._write(data)
        self._read += len(data)

    def _break(self, data: str) -> None:
        """Begin a new line for a block, unless there is one."""
        self._apart = False
        if self.shown and not self.shown[-1].endswith("\n") and not data.startswith("\n"):
            self._write("\n")

    def _write(self, text: str) -> None:
        self.shown.append(text)
        self._written += len(text)
