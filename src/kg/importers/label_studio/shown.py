"""A text as Label Studio shows it, and where in it a region stands.

A region of a `Text` has `start` and `end`, in code points since Label Studio 1.6, in UTF-16 units before. One of a
`HyperText` has XPaths there, and `globalOffsets` into the page's text nodes, in code points.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from kg.importers.core.offsets import Utf16Offsets
from kg.importers.label_studio.visible import Visible, read_visible
from kg.text.spans import Span


class Shown:
    """A text of a task. `written` is what the task holds: the text itself, or a page."""

    def __init__(self, written: str, *, is_page: bool) -> None:
        self._visible: Visible | None = read_visible(written) if is_page else None
        self.text = self._visible.text if self._visible else written
        self._content = self._visible.content if self._visible else written
        self._units = Utf16Offsets(self._content)

    def readings(self, value: Mapping[str, object]) -> Iterator[Span]:
        """Yield where a region may stand: by code points, then by UTF-16 units if that is elsewhere."""
        offsets = offsets_of(value)
        if offsets is None:
            return
        if offsets[1] <= len(self._content):
            yield from self._stretch(*offsets)
        if not self._units.is_plain:
            start, end = map(self._units.code_point, offsets)
            if start is not None and end is not None and (start, end) != offsets:
                yield from self._stretch(start, end)

    def _stretch(self, start: int, end: int) -> Iterator[Span]:
        found = self._visible.stretch(start, end) if self._visible else Span(start, end)
        if found is not None and found.start < found.end:
            yield found


class Standing(NamedTuple):
    """Where a region stands; `text` is what the file says stands there, in the text's own line ends if it is so."""

    part: Span
    text: str
    is_said: bool


def standing(shown: Shown, value: Mapping[str, object]) -> Standing | None:
    """Return where a region stands in a text: where its own words do, if it has any; None outside of the text."""
    readings = list(shown.readings(value))
    said = said_of(value)
    for part in readings:
        words = shown.text[part.start : part.end]
        if said and (words == said or _squeezed(words) == _squeezed(said)):
            return Standing(part, words, True)
    return Standing(readings[0], said.replace("\\n", "\n"), False) if readings else None


def offsets_of(value: Mapping[str, object]) -> tuple[int, int] | None:
    """Return the offsets of a region's value, None where it has none that can be."""
    holder = value.get("globalOffsets")
    if not isinstance(holder, dict):
        holder = value
    start, end = holder.get("start"), holder.get("end")
    # `bool` is an `int`, and `type` tells them apart.
    if type(start) is not int or type(end) is not int or not 0 <= start < end:
        return None
    return start, end


def is_of_page(value: Mapping[str, object]) -> bool:
    """Tell a region of a page by its XPaths."""
    return isinstance(value.get("globalOffsets"), dict) or isinstance(value.get("start"), str)


def said_of(value: Mapping[str, object]) -> str:
    """Return the words that a region says it marks; `""` where it says none."""
    text = value.get("text")
    return text if isinstance(text, str) else ""


def _squeezed(words: str) -> str:
    """Return words without white space: of a line end Label Studio makes a backslash and an n, or nothing."""
    return "".join(words.replace("\\n", " ").split())
