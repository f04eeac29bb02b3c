"""A page as HTML → the text that a reader sees, with the way to it from offsets into the page's text nodes.

https://html.spec.whatwg.org/multipage/parsing.html says what a browser makes of a page; of that this follows what
decides where text stands: what belongs to the head, line ends, entities, `<br>`, scripts and styles. It was held
against what Label Studio 1.23.2 writes in a browser.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from html.parser import HTMLParser
from typing import NamedTuple

from kg.stretches import Stretch

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


class Visible(NamedTuple):
    """A page's text, where blocks begin on a line of their own; and all of its text nodes in one.

    Of the nodes' text the pieces from `nodes[i]` on stand in `text` from `places[i]` on, `lengths[i]` characters.
    """

    text: str
    content: str
    nodes: tuple[int, ...]
    places: tuple[int, ...]
    lengths: tuple[int, ...]

    def stretch(self, start: int, end: int) -> Stretch | None:
        """Return where a part of the nodes' text stands; None where its ends are not to be seen."""
        first = bisect_right(self.nodes, start) - 1
        last = bisect_left(self.nodes, end) - 1
        if min(first, last) < 0:
            return None
        begin, stop = start - self.nodes[first], end - self.nodes[last]
        if begin >= self.lengths[first] or stop > self.lengths[last]:
            return None
        return Stretch(self.places[first] + begin, self.places[last] + stop)


def read_visible(page: str) -> Visible:
    """Return the text of a page, or of a part of one."""
    parser = _Parser()
    parser.feed(_RETURN.sub("\n", page))
    parser.close()
    return Visible(
        "".join(parser.shown),
        "".join(parser.content),
        tuple(parser.nodes),
        tuple(parser.places),
        tuple(parser.lengths),
    )


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
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

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._in_body = self._in_body or tag not in _HEAD
        if not self._hidden and tag in _HIDDEN | _GONE:
            self._hidden = tag
        self._apart = self._apart or tag in _BLOCKS
        self._after_pre = tag in ("pre", "listing")
        if tag == "br":
            self._text("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._hidden:
            self._hidden = ""
        self._apart = self._apart or tag in _BLOCKS

    def handle_data(self, data: str) -> None:
        if self._after_pre:
            data = data.removeprefix("\n")
        self._after_pre = False
        if self._hidden in _GONE or (self._hidden and not self._in_body):
            return
        if not self._in_body:
            data = data.lstrip()
        self._in_body = self._in_body or bool(data)
        self._text(data)

    def _text(self, data: str) -> None:
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
