"""What becomes of the anchors of an article when the paper corrects its text: which moved, and which changed.

An anchor moves if its words are unchanged and at the same place between unchanged words (`kg.text.alignment`); that
they occur somewhere in the new text is not enough.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from kg.corpus import WrittenArticle
from kg.corpus.writer import Plain
from kg.errors import Path as ValuePath
from kg.meaning.reporter import as_list
from kg.model import Article
from kg.text.alignment import Alignment
from kg.text.anchors import AnchorError, find, first_occurrences, whole_words
from kg.text.near_match import NearPassage, near_passage
from kg.text.spans import CollapsedText, Span, collapse_whitespace

_REACHES = (25, 80, 250)
"""How many characters around words are tried as the passage `in` which they occur once."""
_WIDER = 120
"""How many characters around the place where words were are searched for what they are now."""

_LIKE = 0.65
"""The least likeness of a passage that may be what words have become."""


class Anchor(NamedTuple):
    """Words of a file that are in the text: their path, how they are written, and where they were, if certain."""

    path: ValuePath
    written: Plain
    span: Span | None

    @property
    def words(self) -> str:
        """The words on one line."""
        words = self.written["words"] if isinstance(self.written, dict) else self.written
        return " ".join(str(words).split())

    @property
    def thing(self) -> str:
        """Whose words they are: the id of a claim, `sources/ID`, `occasions/ID`, or `article`."""
        kind, id = self.path[0], self.path[1]
        return str(id) if kind == "claims" else "article" if kind == "article" else f"{kind}/{id}"

    @property
    def field(self) -> str:
        """The field of the thing that has the words."""
        return str(self.path[1] if self.path[0] == "article" else self.path[2])

    @property
    def is_chosen(self) -> bool:
        """Whether words that occur several times are those nearest to the claim's words."""
        return self.path[0] == "claims" and self.field in ("cue", "speaker_words", "said")


class ChangedAnchor(NamedTuple):
    """Words that the new text does not have at their place, and what is most like them; None if nothing is."""

    anchor: Anchor
    nearest: NearPassage | None


class MovedAnchor(NamedTuple):
    """Words that the new text has at their place; no place if it was not certain in the old text."""

    anchor: Anchor
    span: Span | None


class AnchoredFile(NamedTuple):
    """A claims file of an article: its values and its meaning, with the number of the text that is corrected."""

    article: WrittenArticle
    values: Mapping[str, Any]
    meant: Article
    version: int


class TextRevision:
    """Two versions of a text, and where in the new one the anchors of a claims file are."""

    def __init__(self, old: str, new: str) -> None:
        self._alignment = Alignment(old, new)
        self.old, self.new = collapse_whitespace(old), collapse_whitespace(new)

    def anchors(self, file: AnchoredFile) -> tuple[list[MovedAnchor], list[ChangedAnchor]]:
        """Return the anchors of a file in its current text that moved, and those that changed, in its order."""
        moved, changed = [], []
        for anchor in _anchors(file, self.old):
            place = self._alignment.moved(anchor.span) if anchor.span else None
            if place or (anchor.span is None and _occurs(self.new, anchor.words)):
                moved.append(MovedAnchor(anchor, place))
            else:
                changed.append(ChangedAnchor(anchor, self._nearest(anchor)))
        return moved, changed

    def written(self, anchor: MovedAnchor) -> Plain | None:
        """Return how a moved anchor must be written for the new text; None if it can stay as it is."""
        if anchor.span is None or self._resolves(anchor.anchor, anchor.span):
            return None
        return passage_at(self.new, anchor.span)

    def _resolves(self, anchor: Anchor, span: Span) -> bool:
        if anchor.is_chosen and not isinstance(anchor.written, dict):
            return _occurs(self.new, anchor.words)  # which place is chosen is checked later
        return _found(self.new, anchor.written) == span

    def _nearest(self, anchor: Anchor) -> NearPassage | None:
        """Return what is most like some words: where they were, else anywhere."""
        if anchor.span:
            place = self._alignment.counterpart(anchor.span)
            around = _widened(self.new.text, place, _WIDER)
            here = collapse_whitespace(self.new.text[slice(*around)])
            near = near_passage(here, anchor.words)
            if near and near.likeness >= _LIKE:
                start, end = (each + around.start for each in near.span)
                return near._replace(span=Span(start, end))
        near = near_passage(self.new, anchor.words)
        return near if near and near.likeness >= _LIKE else None


def passage_at(text: CollapsedText, span: Span) -> Plain:
    """Return how the words of a span are written: alone if they occur once, else with a passage or an offset."""
    words = " ".join(text.text[slice(*span)].split())
    if _found(text, words) == span:
        return words
    for reach in _REACHES:
        around = _widened(text.text, span, reach)
        passage: Plain = {"words": words, "in": " ".join(text.text[slice(*around)].split())}
        if _found(text, passage) == span:
            return passage
    return {"words": words, "start": span.start}


def _widened(text: str, span: Span, reach: int) -> Span:
    return whole_words(text, Span(max(0, span.start - reach), min(len(text), span.end + reach)))


def _found(text: CollapsedText, written: Plain) -> Span | None:
    """Return the one place of words as written; None if it is not certain."""
    try:
        if isinstance(written, dict):
            within, start = str(written.get("in", "")), int(str(written.get("start", -1)))
            return find(text, str(written["words"]), within=within, start=start)
        return find(text, str(written))
    except AnchorError:
        return None


def _occurs(text: CollapsedText, words: str) -> bool:
    try:
        return bool(first_occurrences(text, words))
    except AnchorError:
        return False


def _anchors(file: AnchoredFile, text: CollapsedText) -> Iterator[Anchor]:
    """Yield the words that a file has of its current text."""
    chosen = _chosen_spans(file)
    for path, written in _passages(file):
        span = _found(text, written)
        if span is None and not isinstance(written, dict):
            same = [each for each in chosen.get(str(path[1]), ()) if _is(written, text.text[slice(*each)])]
            span = same[0] if len(same) == 1 else None
        yield Anchor(path, written, span)


def _is(words: Plain, found: str) -> bool:
    return str(words).split() == found.split()


def _chosen_spans(file: AnchoredFile) -> dict[str, set[Span]]:
    """Return the places of cues, names and dates that were chosen among several, by the id of the claim."""
    return {
        claim.id: {Span(*each) for each in (*claim.cue_at, *claim.speaker_words_at, *claim.said.words_at)}
        for claim in file.meant.claims
    }


def _passages(file: AnchoredFile) -> Iterator[tuple[ValuePath, Plain]]:
    values = file.values
    article = values.get("article") or {}
    yield from _in_field(("article", "published"), article.get("published"), is_date=True)
    claims = {id: claim for id, claim in (values.get("claims") or {}).items() if is_current(claim, file.version)}
    for id, claim in claims.items():
        for field in ("words", "speaker_words", "cue", "condition"):
            yield from _in_field(("claims", id, field), claim.get(field))
        for field in ("said", "due"):
            yield from _in_field(("claims", id, field), claim.get(field), is_date=True)
        for number, review in enumerate(claim.get("reviews") or ()):
            yield from _in_field(
                ("claims", id, "reviews", number, "published"), review.get("published"), is_date=True
            )
    for id, source in (values.get("sources") or {}).items():
        if used_by(claims, "speaker", id):
            yield from _in_field(("sources", id, "words"), source.get("words"))
    for id, occasion in (values.get("occasions") or {}).items():
        if used_by(claims, "at", id):
            yield from _in_field(("occasions", id, "date"), occasion.get("date"), is_date=True)


def is_current(claim: Mapping[str, Any], version: int) -> bool:
    """Tell whether a claim is anchored in the current text, and not kept to an earlier one."""
    return str(claim.get("text_version", version)) == str(version)


def used_by(claims: Mapping[str, Mapping[str, Any]], field: str, id: str) -> list[str]:
    """Return the ids of the claims that have a source or an occasion in a field."""
    return [key for key, claim in claims.items() if id in as_list(claim.get(field, ""))]


def _in_field(path: ValuePath, value: Any, *, is_date: bool = False) -> Iterator[tuple[ValuePath, Plain]]:
    if is_date:
        path, value = (*path, "words"), value.get("words") if isinstance(value, dict) else None
    if isinstance(value, list):
        yield from (((*path, number), each) for number, each in enumerate(value))
    elif value:
        yield path, value


def things_of(changed: Sequence[ChangedAnchor]) -> dict[str, list[ChangedAnchor]]:
    """Return changed anchors by the thing whose words they are, in their order."""
    found: dict[str, list[ChangedAnchor]] = {}
    for each in changed:
        found.setdefault(each.anchor.thing, []).append(each)
    return found
