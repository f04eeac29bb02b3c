"""A page as HTML → the text that a reader sees, with the way to it from offsets into the page's text nodes.

https://html.spec.whatwg.org/multipage/parsing.html says what a browser makes of a page; of that this follows what
decides where text stands: what belongs to the head, line ends, entities, `<br>`, scripts and styles. It was held
against what Label Studio 1.23.2 writes in a browser.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from html import unescape
from typing import NamedTuple

from kg.text.spans import Span

_HEAD = frozenset(
    (
        "html",
        "head",
        "title",
        "base",
        "basefont",
        "bgsound",
        "link",
        "meta",
        "noframes",
        "script",
        "style",
        "template",
    )
)
_HIDDEN = frozenset(("style", "title", "noscript", "noframes"))
# Label Studio takes scripts out, and a template's content is no part of the page: neither is counted.
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
# Python's own parser takes a minute for 80 kB of `<a `; each of these patterns goes over what it takes but once.
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


class Visible(NamedTuple):
    """A page's text, where blocks begin on a line of their own; and all of its text nodes in one.

    Of the nodes' text the pieces from `nodes[i]` on stand in `text` from `places[i]` on, `lengths[i]` characters.
    """

    text: str
    content: str
    nodes: tuple[int, ...]
    places: tuple[int, ...]
    lengths: tuple[int, ...]

    def stretch(self, start: int, end: int) -> Span | None:
        """Return where a part of the nodes' text stands; None where its ends are not to be seen."""
        first = bisect_right(self.nodes, start) - 1
        last = bisect_left(self.nodes, end) - 1
        if min(first, last) < 0:
            return None
        begin, stop = start - self.nodes[first], end - self.nodes[last]
        if begin >= self.lengths[first] or stop > self.lengths[last]:
            return None
        return Span(self.places[first] + begin, self.places[last] + stop)


def read_visible(page: str) -> Visible:
    """Return the text of a page, or of a part of one."""
    page = _RETURN.sub("\n", page)
    reader = _Reader()
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
                assert inside is not None, "it finds the end of the page"
                text = page[at : inside.start()]
                reader.text(_decoded(text) if tag in _WITH_ENTITIES else text)
                at = inside.start()
    reader.text(_decoded(page[at:]))
    return Visible(
        "".join(reader.shown),
        "".join(reader.content),
        tuple(reader.nodes),
        tuple(reader.places),
        tuple(reader.lengths),
    )


def _decoded(text: str) -> str:
    return unescape(_ENDLESS_NUMBER.sub("\ufffd", text)) if "&" in text else text


class _Reader:
    """Takes a page's tags and texts in their order."""

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
        """Begin a new line where a block begins, unless there is one."""
        self._apart = False
        if self.shown and not self.shown[-1].endswith("\n") and not data.startswith("\n"):
            self._write("\n")

    def _write(self, text: str) -> None:
        self.shown.append(text)
        self._written += len(text)
