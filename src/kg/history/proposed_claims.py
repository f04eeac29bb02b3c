"""Makes claims of the quotations that a program found in one article, as far as the article has them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, get_args

from msgspec.structs import replace

from kg.annotations.classes import Act, AnnotationEntry, ArticleEntry, ClaimEntry, ClaimsFile
from kg.corpus import WrittenArticle
from kg.errors import Finding, Place
from kg.importers.core.claim_fields import OWN_VOICE, UNNAMED
from kg.importers.core.claims import ImportedArticle, import_article
from kg.importers.core.documents import AnnotatedText, LabelledSpan, MarkIds, Skipped
from kg.importers.core.mapping import Field, key
from kg.importers.core.mapping import Mapping as LabelMapping
from kg.importers.core.names import NameRegister, clean
from kg.importers.core.offsets import Utf16Offsets
from kg.importers.core.repair import repair_article
from kg.importers.proposals import CONTEXT
from kg.meaning.article import MOST_SEARCHED
from kg.meaning.reporter import as_list
from kg.meaning.speakers import UNDECIDED
from kg.meaning.words import NEEDS_GIST
from kg.pipeline.publication import Publication
from kg.text.anchors import AnchorError, find, occurs
from kg.text.near_match import shortened
from kg.text.quotations import QuotedText
from kg.text.spans import Span

_TO_DECIDE = "to decide: "
"""How the note of a proposal begins that cannot be accepted as it is, before what somebody must decide."""
FIRST = 3
"""How many places are kept of records that were left out for one reason."""
_LONG = 400
"""How many characters are kept of what is left out, and why."""
_ACTS = frozenset(get_args(Act))
_PARTICULAR = re.compile(r"'[^']*'|\"[^\"]*\"|[0-9]+")
_TOO_MANY = "looking for so many quotations in an article of this length would take minutes: split the article"
_WHY = {
    "words-not-found": "is not in the article",
    "words-inside-a-word": "is in the article only inside longer words",
    "words-found-twice": (
        "is in the article several times: give `start`, the offset of its first character, or `in`, a longer "
        "passage that contains it once"
    ),
    "words-too-frequent": "is in the article too often: give a longer quotation",
}


def to_decide(note: object) -> tuple[list[str], str]:
    """Return what the note of a proposal leaves to decide, such as `speaker The union`, and its other lines."""
    first, _, others = str(note or "").partition("\n")
    if not first.startswith(_TO_DECIDE):
        return [], str(note or "")
    return first.removeprefix(_TO_DECIDE).split("; "), others


class UnfoundQuotation(NamedTuple):
    """A quotation that is not proposed: its article, why, what the article has instead, and how often it came."""

    article: str
    quotation: str
    why: str
    detail: str
    at: Place
    times: int = 1


class LeftOut(NamedTuple):
    """Records that are left out for one reason: the first of them and their places."""

    why: str
    what: tuple[str, ...]
    places: tuple[Place, ...]
    times: int


class LeftOutRecords:
    """Counts what is left out: quotations one by one, other records by the reason; each reason is kept once."""

    def __init__(self) -> None:
        self._quotations: dict[tuple[str, str, str], UnfoundQuotation] = {}
        self._others: dict[str, LeftOut] = {}

    @property
    def quotations(self) -> tuple[UnfoundQuotation, ...]:
        """The quotations that their articles do not have, in the order of the file."""
        return tuple(self._quotations.values())

    @property
    def others(self) -> tuple[LeftOut, ...]:
        """Everything else, the most frequent reason first."""
        return tuple(sorted(self._others.values(), key=lambda each: -each.times))

    def findings(self) -> list[Finding]:
        """Return a violation for each quotation and each reason."""
        quoted = [
            Finding(
                "violation",
                f"{each.article}: {shortened(each.quotation)} {each.why}",
                "no-proposal",
                each.at,
                each.detail,
            )
            for each in self.quotations
        ]
        others = [
            Finding("violation", f"{each.what[0]}: {each.why}", "left-out", each.places[0]) for each in self.others
        ]
        return [*quoted, *others]

    def refuse(self, article: str, mark: LabelledSpan, error: AnchorError) -> None:
        """Count a quotation that does not stand in its article."""
        known = self._quotations.get(each := (article, mark.text, error.rule))
        why = _WHY.get(error.rule, error.message)
        unfound = UnfoundQuotation(article, mark.text, why, error.detail, mark.at, 0)
        self._quotations[each] = (known or unfound)._replace(times=(known.times if known else 0) + 1)

    def add(self, what: str, why: str, at: Place, count: int = 1) -> None:
        """Count a record that is left out."""
        what, why = (" ".join(each.split()) for each in (what, why))
        what, why = (text if len(text) < _LONG else f"{text[:_LONG]}…" for text in (what, why))
        alike = _PARTICULAR.sub("", why)
        known = self._others.get(alike, LeftOut(why, (), (), 0))
        more = len(known.places) < FIRST
        self._others[alike] = LeftOut(
            known.why,
            tuple(dict.fromkeys([*known.what, what])) if more else known.what,
            (*known.places, at) if more else known.places,
            known.times + count,
        )

    def skip(self, records: Iterable[Skipped]) -> None:
        """Count what an importer left out."""
        for each in records:
            self.add(each.what, each.why, each.at, each.count)


class QuotedClaim(NamedTuple):
    """A claim that is proposed, the place of its words, and the names that the program gives for its speaker."""

    claim: ClaimEntry
    at: Span
    given: str


class ProposalReader(NamedTuple):
    """What the proposals of a file have in common."""

    publication: Publication
    mapping: LabelMapping
    names: NameRegister
    by: str
    left: LeftOutRecords

    def claims(
        self, article: WrittenArticle, entry: ArticleEntry, marks: Sequence[LabelledSpan]
    ) -> list[QuotedClaim]:
        """Return the claims of an article that can be made of quotations, in their order.

        The part of a mark is the offset in the article that the file gives. `entry` are the article's metadata.
        """
        if len({mark.text for mark in marks}) * len(article.text) > MOST_SEARCHED:
            self.left.add(article.id, _TOO_MANY, marks[0].at, len(marks))
            return []
        places = QuotationPlaces(article.text)
        found = {mark.id: mark for mark in self._found(article.id, marks, places)}
        header = f"date {article.header} " if article.header else ""
        shifted = tuple(_shifted(mark, len(header)) for mark in found.values())
        document = AnnotatedText(id=article.id, text=header + article.text, at=marks[0].at, marks=shifted)
        language = entry.language or self.publication.corpus.config.language
        made = import_article(document, self.mapping, self.names, language)
        self.left.skip(made.skipped)
        claims = {
            id: self._to_decide(claim, found[made.article.marks[id][0]], places)
            for id, claim in made.article.file.claims.items()
        }
        file = ClaimsFile(entry, AnnotationEntry(by=self.by, status="draft"), claims=claims)
        return list(self._valid(replace(made.article, file=file), found))

    def _found(
        self, article: str, marks: Iterable[LabelledSpan], places: QuotationPlaces
    ) -> Iterator[LabelledSpan]:
        """Yield the quotations that the article has, with their places and without fields of no use."""
        ids = MarkIds()
        for mark in marks:
            try:
                part = places.choose(mark)
            except AnchorError as error:
                self.left.refuse(article, mark, error)
                continue
            usable = {
                name: values for name, values in mark.attributes.items() if self._is_usable(name, values, mark)
            }
            yield replace(mark, id=ids.new(mark.id), parts=(part,), text="", attributes=usable)

    def _is_usable(self, name: str, values: Sequence[str], mark: LabelledSpan) -> bool:
        """Tell whether a field can be used; an act that is unknown is left out, and not its claim."""
        if self.mapping.field_of.get(key(name)) != "act":
            return True
        translated = self.mapping.translations.get("act", {})
        acts = {translated.get(key(value), value.strip()).casefold() for value in values}
        if acts <= _ACTS:
            return True
        why = f"`act` must be one of {', '.join(get_args(Act))}: translate it in the mapping's `values`"
        self.left.add(f"{name}: {', '.join(values)}", why, mark.at)
        return False

    def _to_decide(self, claim: ClaimEntry, mark: LabelledSpan, places: QuotationPlaces) -> ClaimEntry:
        """Return a claim with what somebody must decide in its note: its speaker, an act that needs a gist."""
        undecided = []
        if (name := self._unknown_speaker(claim, mark)) is not None:
            words = claim.speaker_words or (name if places.has(name) else "")
            claim = replace(claim, speaker=UNDECIDED, speaker_words=words)
            undecided.append(f"speaker {name}".strip())
        if claim.act in NEEDS_GIST and not claim.gist:
            undecided.append(f"act {claim.act}, which needs a gist")
            claim = replace(claim, act="")
        notes = [_TO_DECIDE + "; ".join(undecided)] if undecided else []
        return replace(claim, note="\n".join([*notes, *self._values("note", mark)]))

    def _unknown_speaker(self, claim: ClaimEntry, mark: LabelledSpan) -> str | None:
        """Return the speaker as the program names them, None if they are known."""
        names = self._values("speaker", mark)
        if names in ([UNNAMED], [OWN_VOICE]):
            return None
        known = [name for name in as_list(claim.speaker) if name in self.names.entities]
        return None if names and len(known) == len(set(names)) else self._speaker_named(mark)

    def _speaker_named(self, mark: LabelledSpan) -> str:
        """Return the speaker as the program names them, without `;`, which separates what is to be decided."""
        return clean(", ".join(self._values("speaker", mark)).replace(";", ","))

    def _values(self, field: Field, mark: LabelledSpan) -> list[str]:
        return [
            value
            for name, values in mark.attributes.items()
            if self.mapping.field_of.get(key(name)) == field
            for value in values
        ]

    def _valid(self, article: ImportedArticle, marks: dict[str, LabelledSpan]) -> Iterator[QuotedClaim]:
        """Yield the claims without the fields that `kg validate` would refuse."""
        publication = self.publication
        repaired = repair_article(article, lambda source: publication.read(source, publication.index))
        self.left.skip(repaired.skipped)
        for id, claim in repaired.article.file.claims.items() if repaired.article else ():
            mark = marks[article.marks[id][0]]
            yield QuotedClaim(claim, mark.parts[0], self._speaker_named(mark))


class QuotationPlaces:
    """Chooses the place of each quotation in one article."""

    def __init__(self, text: str) -> None:
        self._text = QuotedText(text)
        self._utf16 = Utf16Offsets(text)
        self._known: dict[str, list[Span] | AnchorError] = {}

    def choose(self, mark: LabelledSpan) -> Span:
        """Return the only place of a quotation, or of several the one that the mark says.

        Raises `AnchorError` if there is none, or it is not certain which is meant.
        """
        places = self._places(mark.text)
        if len(places) == 1:
            return places[0]
        context = next((value for name, (value, *_) in mark.attributes.items() if key(name) == CONTEXT), "")
        chosen = places
        if context:
            inside = find(self._text.collapsed, mark.text, within=context)
            chosen = [place for place in places if place == inside]
        elif mark.parts:
            chosen = self._at_offset(mark, places)
        if len(chosen) != 1:
            find(self._text.collapsed, mark.text)  # it raises, and lists the places
            raise AnchorError("words-found-twice", "the words are in the article several times")
        return chosen[0]

    def has(self, words: str) -> bool:
        """Tell whether the article has words as whole words."""
        return occurs(self._text.collapsed, words)

    def _places(self, words: str) -> list[Span]:
        if words not in self._known:
            try:
                self._known[words] = self._text.places(words)
            except AnchorError as error:
                self._known[words] = error
        found = self._known[words]
        if isinstance(found, AnchorError):
            raise found
        return found

    def _at_offset(self, mark: LabelledSpan, places: Sequence[Span]) -> list[Span]:
        """Return the place at an offset in code points; none if in UTF-16 it would be another."""
        blanks = len(mark.text) - len(mark.text.lstrip())
        start = mark.parts[0].start
        at = [place for place in places if place.start in (start, start + blanks)]
        unit = self._utf16.code_point(start)
        other = [place for place in places if unit is not None and place.start in (unit, unit + blanks)]
        return at if other in ([], at) else []


def _shifted(mark: LabelledSpan, by: int) -> LabelledSpan:
    return replace(mark, parts=tuple(Span(start + by, end + by) for start, end in mark.parts))
