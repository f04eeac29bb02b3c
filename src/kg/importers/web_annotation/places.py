"""Selectors → stretches of an article's text: the quote first, a position only as far as the text bears it out.

A position counts code points by the Recommendation, UTF-16 units in the tools that run in a browser; the text may
begin with its date line or behind it. Which it is, the quotes that stand beside positions tell.
https://www.w3.org/TR/annotation-model/#selectors
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from kg.importers.core.offsets import Utf16Offsets
from kg.importers.selectors import Quoted
from kg.importers.web_annotation.annotations import Target
from kg.importers.web_annotation.loose import Object, objects, several, text, types
from kg.importers.web_annotation.text_files import Article
from kg.text.anchors import AnchorError
from kg.text.spans import Span


class Quote(NamedTuple):
    """A quote, with what stands around it."""

    exact: str
    prefix: str = ""
    suffix: str = ""


class Chosen(NamedTuple):
    """What a target says of its place: a quote, then those that narrow it down; a position, or one in it."""

    quotes: tuple[Quote, ...] = ()
    position: Span | None = None
    inside: Span | None = None

    @property
    def exact(self) -> str:
        """The words, as far as they are told."""
        return "" if self.inside or not self.quotes else self.quotes[-1].exact


class Frame(NamedTuple):
    """How positions count: from where on, and whether in UTF-16 units."""

    start: int
    is_utf16: bool


class Places:
    """The places in one article. `chosen` are those that the annotations of it name, by which its frame is told."""

    def __init__(self, article: Article, chosen: Iterable[Chosen]) -> None:
        self.quoted = Quoted(article.text)
        self._units = {start: Utf16Offsets(article.text[start:]) for start in {article.header, 0}}
        both = [each for each in chosen if each.quotes and each.position]
        # Where nothing tells: code points of the article, whose date line is none of its text.
        frames = [Frame(start, is_utf16) for start in (article.header, 0) for is_utf16 in (False, True)]
        fits = [sum(self._fits(each, frame) for each in both) for frame in frames]
        best = max(fits)
        self._frame = frames[fits.index(best)]
        self._is_trusted = 2 * best >= len(both)

    def find(self, chosen: Chosen) -> Span:
        """Return where the words stand. Raises `AnchorError` with the reason where they do not."""
        there = self._stretch(chosen.position, self._frame) if chosen.position and self._is_trusted else None
        if chosen.quotes:
            return self._narrowed(self._quote(chosen.quotes[0], there), chosen)
        if there and self.quoted.text[there.start : there.end].strip():
            return there
        if chosen.position and not self._is_trusted:
            raise AnchorError(
                "position-of-another-text", "it has a position only, and those of this text do not fit it"
            )
        raise AnchorError("position-outside", "its position is outside of the text: is it another version?")

    def _quote(self, quote: Quote, there: Span | None) -> Span:
        if there and self.quoted.holds(*there, quote.exact):
            return there
        near = there.start if there else -1
        return self.quoted.find(quote.exact, prefix=quote.prefix, suffix=quote.suffix, near=near)

    def _narrowed(self, found: Span, chosen: Chosen) -> Span:
        """Return the part of a stretch that refines it."""
        for quote in chosen.quotes[1:]:
            start, end = Quoted(self.quoted.text[found.start : found.end]).find(
                quote.exact, prefix=quote.prefix, suffix=quote.suffix
            )
            found = Span(found.start + start, found.start + end)
        if not chosen.inside:
            return found
        start, end = chosen.inside
        if not 0 <= start < end <= found.end - found.start:
            raise AnchorError("position-outside", "its position is outside of the words that it refines")
        return Span(found.start + start, found.start + end)

    def _fits(self, chosen: Chosen, frame: Frame) -> bool:
        there = self._stretch(chosen.position, frame) if chosen.position else None
        return there is not None and self.quoted.holds(*there, chosen.quotes[0].exact)

    def _stretch(self, position: Span, frame: Frame) -> Span | None:
        """Return where a position is in the text, None where that is nowhere."""
        start: int | None
        end: int | None
        start, end = position
        if frame.is_utf16:
            start, end = map(self._units[frame.start].code_point, position)
        if start is None or end is None:
            return None
        found = Span(start + frame.start, end + frame.start)
        return found if frame.start <= found.start < found.end <= len(self.quoted.text) else None


def choose(target: Target) -> Chosen | str:
    """Return what of the selectors of a target can be read, or why nothing can."""
    quotes: tuple[Quote, ...] = ()
    position = inside = None
    for selector in target.selectors:
        chain = _chain(selector)
        found = tuple(quote for each in chain if (quote := _quote(each)))
        innermost = chain[-1] if "TextPositionSelector" in types(chain[-1]) else None
        if found and not quotes:
            quotes, inside = found, _position(innermost) if innermost else None
        # A position in a part, as of an XPath, is none in the text.
        elif innermost and len(chain) == 1 and not position:
            position = _position(innermost)
    if quotes or position:
        return Chosen(quotes, position, inside)
    met = [kind for selector in target.selectors for kind in types(selector)]
    named = f"a {', '.join(dict.fromkeys(met))}" if met else "an IRI"
    return f"its place is told by {named} only: a TextQuoteSelector is needed, or a TextPositionSelector"


def _chain(selector: Object) -> list[Object]:
    """Return a selector and those that refine it, from the outside in."""
    chain = [selector]
    while inner := objects(chain[-1].get("refinedBy")):
        # Of alternatives, a quote is the best.
        chain.append(next(filter(_quote, inner), inner[0]))
    return chain


def _quote(selector: Object) -> Quote | None:
    exact = text(selector.get("exact"))
    return Quote(exact, text(selector.get("prefix")), text(selector.get("suffix"))) if exact.strip() else None


def _position(selector: Object) -> Span | None:
    start, end = (next(iter(several(selector.get(key))), None) for key in ("start", "end"))
    if isinstance(start, bool) or isinstance(end, bool) or not isinstance(start, int) or not isinstance(end, int):
        return None
    return Span(start, end)
