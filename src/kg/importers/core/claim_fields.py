"""Turns the attributes of a claim's spans into the claim's fields, its reviews, its speaker and the act of its cue.

`first_appearance` and `appearances` are addresses. The n-th review has `review.n.url`, `review.n.published`,
`review.n.rating.value`, `.best`, `.worst` and `.name`, and the name `review.n.by`.

The act is one that the mapping names for the cue's words, else that of a verb in the ontology. A cue beside a
negation, in a condition or a question expresses none: "he did not deny that …".
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, cached_property
from typing import NamedTuple, cast, get_args

from msgspec.structs import replace

from kg.annotations.classes import Act, ClaimEntry, ClaimReview, Form, Inferable, Rating, SourceEntry, Words
from kg.dates import edtf as dates
from kg.drafts.cues import cues_by_language, find_cues, is_in_doubt
from kg.drafts.sentences import (
    Clauses,
    Vocabulary,
    number_of,
    read_clauses,
    split_sentences,
    split_words,
    vocabulary,
    without_quotations,
)
from kg.errors import Place
from kg.importers.core.claim_grouping import UNMAPPED, ClaimGroup
from kg.importers.core.documents import LabelledSpan, Name, Skipped
from kg.importers.core.mapping import Field, Mapping, key
from kg.importers.core.names import UNDECIDED, NameRegister, is_address, numbered, slug
from kg.meaning.reporter import as_text, one_or_all
from kg.meaning.words import NEEDS_GIST
from kg.rdf.terms import is_decimal
from kg.text.anchors import occurs
from kg.text.quotation_marks import quoted_spans
from kg.text.spans import CollapsedText, Span

_LISTS = {"act": get_args(Act), "form": get_args(Form), "inferred": get_args(Inferable)}
_TEXTS = ("speaker_words", "translated")
_NAMING = ("speaker", "to", "about")
_MANY = frozenset(("note", "inferred", "cue", "condition", "speaker", "to", "about"))
_REVIEW_PART = re.compile(r"review\.([1-9][0-9]{0,3})\.(url|by|published|rating\.(?:value|best|worst|name))")
_PLACES = ("first_appearance", "appearances")
# As in a claims file, and as `kg export -f csv` and `-f web-annotation` write them.
OWN_VOICE, UNNAMED = "article", "unnamed"
_MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ][0-9]{2}:[0-9]{2}.*")


def day(written: str) -> str:
    """Return a date without its time of day; any other text unchanged."""
    moment = _MOMENT.fullmatch(written.strip())
    return moment[1] if moment else written.strip()


class AttributeValue(NamedTuple):
    """A value of an attribute: the claim's field, the attribute's name in the file, and the translated text.

    `language` is the one that the file gives for a gist or a note, `""` if it gives none.
    """

    field: Field
    attribute: str
    text: str
    at: Place
    language: str = ""


def in_language(attribute: str, language: str) -> str:
    """Return the name of an attribute whose values are gists in a language, `""` if none is given."""
    return f"{attribute}@{language}" if language else attribute


class ClaimFields(NamedTuple):
    """The fields in the attributes of a claim's spans; `claim` has those that are not names.

    `fault` is why no claim may be made: its act is not understood.
    """

    id: str
    claim: ClaimEntry
    cue: list[str]
    speakers: list[Name]
    to: list[Name]
    about: list[Name]
    fault: str
    has_act: bool


class PlainLanguages(NamedTuple):
    """The languages of a gist and of a note for which an annotator writes none: the article's, the corpus's."""

    gist: str = ""
    note: str = ""

    def of(self, value: AttributeValue) -> str:
        """Return the language of a value of a claim, in small letters: `NL` and `nl` are one."""
        return (value.language or {"gist": self.gist, "note": self.note}.get(value.field, "")).lower()


def read_fields(
    group: ClaimGroup, mapping: Mapping, languages: PlainLanguages, skipped: list[Skipped]
) -> ClaimFields:
    """Read a claim's attributes; add those that cannot be used to `skipped`."""
    marks = (group.words, *group.cues, *group.records, *group.speakers)
    by_field, fault = _by_field([*_values(marks, mapping, skipped), *_notes(marks)], languages, skipped)
    written = list(_names(marks, mapping, skipped))
    named = [
        [name for field, name in written if field == wanted]
        + [Name(each.text) for each in by_field.get(wanted, ())]
        for wanted in _NAMING
    ]
    claim = replace(
        _claim({field: [value.text for value in values] for field, values in by_field.items()}),
        gist=_by_language(by_field.get("gist", ()), languages),
        note=_by_language(by_field.get("note", ()), languages),
    )
    texts = {field: [value.text for value in by_field.get(field, ())] for field in ("id", "cue")}
    speakers, to, about = named
    has_act = bool(by_field.get("act"))
    return ClaimFields("".join(texts["id"]), claim, texts["cue"], speakers, to, about, fault, has_act)


def _by_field(
    found: Iterable[AttributeValue], languages: PlainLanguages, skipped: list[Skipped]
) -> tuple[dict[str, list[AttributeValue]], str]:
    """Return the values that can be used by their fields, and why the claim cannot be made, `""` if it can.

    A field that has one value has the first in each language.
    """
    by_field: dict[str, list[AttributeValue]] = {}
    fault = ""
    for value in found:
        values = by_field.setdefault(value.field, [])
        others = [each.text for each in values if languages.of(each) == languages.of(value)]
        if others and value.field not in _MANY and value.text != others[0]:
            skipped.append(_skip_value(value, f"the claim has another {value.field} already, {others[0]!r}"))
        elif why := _fault(value):
            skipped.append(_skip_value(value, why))
            fault = fault or (f"its act {value.text!r} is not understood: {why}" if value.field == "act" else "")
        elif value.text not in others:
            values.append(value)
    return by_field, fault


def _values(marks: Iterable[LabelledSpan], mapping: Mapping, skipped: list[Skipped]) -> Iterator[AttributeValue]:
    """Yield the values of the attributes in the mapping; skip the others."""
    for mark in marks:
        for attribute, texts in mark.attributes.items():
            if is_review_attribute(attribute):
                continue
            field = mapping.field_of.get(key(attribute))
            name, _, language = attribute.rpartition("@")
            if field is None and mapping.field_of.get(key(name)) == "gist":
                field = "gist"
            else:
                language = ""
            for text in filter(str.strip, texts):
                if field is None:
                    why = f"{UNMAPPED}`fields` do not say which field this is"
                    skipped.append(Skipped("attribute", f"{attribute}: {text}", why, mark.at))
                elif field != "ignore":
                    ours = mapping.translations.get(field, {}).get(key(text), text.strip())
                    yield AttributeValue(field, attribute, ours, mark.at, language)


def _notes(marks: Iterable[LabelledSpan]) -> Iterator[AttributeValue]:
    """Yield the notes of spans, which need no mapping."""
    for mark in marks:
        for language, note in {"": mark.note, **mark.notes}.items():
            if note.strip():
                yield AttributeValue("note", "note", note.strip(), mark.at, language)


def _by_language(values: Sequence[AttributeValue], languages: PlainLanguages) -> str | dict[str, str]:
    """Return texts as a claim has them: plain ones if no language is given, else one for each language."""
    is_plain = not any(value.language for value in values)
    texts: dict[str, list[str]] = {}
    for value in values:
        texts.setdefault("" if is_plain else languages.of(value), []).append(value.text)
    joined = {language: "; ".join(each) for language, each in texts.items()}
    return joined.get("", "") if is_plain else joined


def _names(marks: Iterable[LabelledSpan], mapping: Mapping, skipped: list[Skipped]) -> Iterator[tuple[str, Name]]:
    """Yield the names in attributes, each with its field; skip those of unknown attributes."""
    for mark in marks:
        for attribute, names in mark.names.items():
            field = mapping.field_of.get(key(attribute), key(attribute))
            if field in _NAMING:
                yield from ((field, name) for name in names)
            elif field != "ignore" and not is_review_attribute(attribute):
                why = f"{UNMAPPED}`fields` do not say that it names one of {', '.join(_NAMING)}"
                skipped += [Skipped("attribute", f"{attribute}: {each.name}", why, mark.at) for each in names]


def _fault(value: AttributeValue) -> str:
    """Return why a field cannot have this value, `""` if it can."""
    if allowed := _LISTS.get(value.field):
        known = value.text if value.text in allowed else value.text.casefold()
        if known not in allowed:
            return f"`{value.field}` must be one of {', '.join(allowed)}: translate it in the mapping's `values`"
    if value.field in ("said", "due") and (why := why_not_edtf(day(value.text))):
        return f"`{value.field}`: {why}"
    return ""


def why_not_edtf(text: str) -> str:
    """Return why a text is not a date in EDTF, `""` if it is one."""
    try:
        dates.read(text)
    except ValueError as error:
        return str(error)
    return ""


def _skip_value(value: AttributeValue, why: str) -> Skipped:
    return Skipped("attribute", f"{value.attribute}: {value.text}", why, value.at)


def _claim(texts: dict[str, list[str]]) -> ClaimEntry:
    """Return a claim without speaker and words: only with the attributes of its spans, without gist and note."""
    claim = ClaimEntry("unnamed", "")
    given: dict[str, object] = {field: texts[field][0] for field in _TEXTS if texts.get(field)}
    given |= {field: day(texts[field][0]) for field in ("said", "due") if texts.get(field)}
    if texts.get("condition"):
        given["condition"] = one_or_all([part for each in texts["condition"] for part in each.split(" … ")])
    for field in ("act", "form"):
        if texts.get(field):
            given[field] = texts[field][0].casefold()
    if texts.get("inferred"):
        given["inferred"] = cast(list[Inferable], texts["inferred"])
    return replace(claim, **given)


def is_review_attribute(attribute: str) -> bool:
    """Tell whether an attribute is about a review or an appearance, and needs no mapping."""
    return attribute in _PLACES or _REVIEW_PART.fullmatch(attribute) is not None


def with_reviews(claim: ClaimEntry, mark: LabelledSpan, names: NameRegister, skipped: list[Skipped]) -> ClaimEntry:
    """Return a claim with its reviews and appearances; skip invalid parts of these."""
    first, others = (
        [each for each in mark.attributes.get(name, ()) if _is_address(name, each, mark.at, skipped)]
        for name in _PLACES
    )
    others = list(dict.fromkeys([*others, *first[1:]]))
    return replace(
        claim, first_appearance="".join(first[:1]), appearances=others, reviews=_reviews(mark, names, skipped)
    )


def _reviews(mark: LabelledSpan, names: NameRegister, skipped: list[Skipped]) -> list[ClaimReview]:
    parts = [found for each in (*mark.attributes, *mark.names) if (found := _REVIEW_PART.fullmatch(each))]
    reviews = []
    for number in sorted({int(each[1]) for each in parts}):
        texts = {
            each[2]: text
            for each in parts
            if int(each[1]) == number and (text := "".join(mark.attributes.get(each[0], ())[:1]).strip())
        }
        review = _review(texts, number, mark, skipped)
        if not review.url and not review.rating:
            why = "a review must have an address or a rating"
            skipped.append(Skipped("attribute", f"review.{number}", why, mark.at))
            continue
        reviews.append(replace(review, by=_by(number, mark, names, skipped)))
    return reviews


def _review(texts: dict[str, str], number: int, mark: LabelledSpan, skipped: list[Skipped]) -> ClaimReview:
    """Return a review without its invalid parts."""
    url, published = texts.get("url", ""), day(texts.get("published", ""))
    if url and not _is_address(f"review.{number}.url", url, mark.at, skipped):
        url = ""
    if published and (error := why_not_edtf(published)):
        why = f"a review's date must be in EDTF, as 2020-02-21: {error}"
        skipped.append(Skipped("attribute", f"review.{number}.published: {published}", why, mark.at))
        published = ""
    figures: dict[str, str] = {}
    for part in ("value", "best", "worst"):
        figure = texts.get(f"rating.{part}", "")
        if figure and not is_decimal(figure):
            why = "a rating's number must be in figures, as 4 or 4.5"
            skipped.append(Skipped("attribute", f"review.{number}.rating.{part}: {figure}", why, mark.at))
            figure = ""
        figures[part] = figure
    rating = Rating(figures["value"], figures["best"], figures["worst"], name=texts.get("rating.name", ""))
    return ClaimReview(url=url, published=published, rating=rating if rating.value or rating.name else "")


def _by(number: int, mark: LabelledSpan, names: NameRegister, skipped: list[Skipped]) -> str:
    for name in mark.names.get(f"review.{number}.by", ()):
        if id := names.entity(name, mark.at):
            return id
        why = f"{UNDECIDED}, and write it in the review's `by`"
        skipped.append(Skipped("attribute", f"review.{number}.by: {name.name}", why, mark.at))
    return ""


def _is_address(name: str, text: str, at: Place, skipped: list[Skipped]) -> bool:
    if is_address(text):
        return True
    why = "it must be a whole web address, as https://example.org/x"
    skipped.append(Skipped("attribute", f"{name}: {text}", why, at))
    return False


SpeakerSpan = tuple[LabelledSpan, Words | str]
"""A span that names a speaker, and its words."""


class SpeakerFields(NamedTuple):
    """The speaker of a claim, the words that name them, and names for the note."""

    speaker: list[str] | str
    words: Words | str
    note: str = ""


class ArticleSpeakers:
    """The speakers of one article. `sources` are unknown speakers of several claims."""

    def __init__(self, names: NameRegister, text: CollapsedText, flagged: list[Skipped]) -> None:
        self.names = names
        self.text = text
        self.flagged = flagged
        self.sources: dict[str, SourceEntry] = {}
        self._by_key: dict[str, str] = {}
        self._numbers: Counter[str] = Counter()

    def read(
        self,
        spans: Sequence[SpeakerSpan],
        fields: ClaimFields,
        shared: frozenset[str],
        at: Place,
    ) -> SpeakerFields:
        """Return the speaker of a claim: from its attributes, else from the spans that name a speaker.

        A span that several claims share is one source; two spans are two sources, even with the same words.
        """
        for mark, words in spans:
            if not self._verbatim(as_text(words)):
                why = "the span of the speaker cuts a word: check where it begins and ends"
                self.flagged.append(Skipped("note", mark.id, why, mark.at))
        words = next((words for _, words in spans), "")
        if fields.speakers:
            return self._named(fields.speakers, words, at)
        found = [
            self.names.entity(Name(as_text(words)), mark.at)
            or self._source(mark.id in shared or len(spans) > 1, mark.id, as_text(words))
            for mark, words in spans
        ]
        if not found:
            self.flagged.append(
                Skipped("note", "speaker", "no speaker is linked to this claim: say who said it", at)
            )
        speakers = list(dict.fromkeys(found))
        return SpeakerFields(one_or_all(speakers) or UNNAMED, words)

    def _named(self, names: Sequence[Name], words: Words | str, at: Place) -> SpeakerFields:
        """Return the speakers in attributes; a name without an entity that is not in the text goes to the note."""
        found: list[str] = []
        notes: list[str] = []
        if [name.name for name in names] == [OWN_VOICE] and OWN_VOICE not in self.names.known:
            return SpeakerFields(OWN_VOICE, words)
        for name in names:
            if name.name == UNNAMED and UNNAMED not in self.names.known:
                continue
            if id := self.names.entity(name, at):
                found.append(id)
            elif said := self._verbatim(name.name):
                found.append(self._source(shared=True, key=f"name {name.name}", words=said))
            else:
                notes.append(f"speaker: {name.name}")
                why = "no entity has this name yet, and the text does not have it: decide it in names.csv"
                self.flagged.append(Skipped("note", f"speaker: {name.name}", why, at))
        speakers = list(dict.fromkeys(found))
        return SpeakerFields(one_or_all(speakers) or UNNAMED, words, "; ".join(notes))

    def _source(self, shared: bool, key: str, words: str) -> str:
        """Return a source for the speaker in a span who is no known entity."""
        if not shared or not self._verbatim(words):
            return UNNAMED
        if key not in self._by_key:
            id = numbered(f"s-{slug(words)}", self.sources, self._numbers)
            self.sources[id], self._by_key[key] = SourceEntry(words), id
        return self._by_key[key]

    def _verbatim(self, words: str) -> str:
        """Return words if the text has them as whole words, else `""`."""
        return words if occurs(self.text, words) else ""


class CueWords(NamedTuple):
    """The words of a cue, and where they are in the text; None if that is unknown."""

    words: str
    at: Span | None


class CueReader:
    """Reads the cues of one article. `language` is a BCP 47 tag, or `""`."""

    def __init__(self, text: str, language: str, mapping: Mapping) -> None:
        self._text = text
        self._tag = language.partition("-")[0].lower()
        self._mapping = mapping
        self._clauses: dict[int, Clauses] = {}

    def act(self, cues: Sequence[CueWords]) -> Act | None:
        """Return the act of a claim's cues; None if they express none for certain, or several."""
        if not self._mapping.acts and self._mapping.act != "from-cue":
            return None
        acts = {act for cue in cues if cue.at for act in self._acts(cue.words, cue.at)}
        return acts.pop() if len(acts) == 1 else None

    def denies(self, cues: Sequence[CueWords]) -> bool:
        """Tell whether a cue is a verb or noun of an act whose words alone say the opposite of the claim."""
        words = tuple(word.folded for cue in cues for word in split_words(cue.words))
        known = _denials()
        tags = [self._tag] if self._tag in known else list(known)
        return any(
            words[at : at + len(denial)] == denial
            for tag in tags
            for at, word in enumerate(words)
            for denial in known[tag].get(word, ())
        )

    def _acts(self, words: str, at: Span) -> Iterator[Act | None]:
        """Yield the acts of a cue; None if it is in doubt, or may express several."""
        clauses = self._clauses_at(at)
        named = self._mapping.act_of_cue.get(key(words))
        if named:
            index = bisect_left(clauses.words, at.start, key=lambda word: word.start)
            has_negation = any(word.folded in self._lists["negations"] for word in split_words(words))
            doubtful = index < len(clauses.words) and is_in_doubt(clauses, index, self._lists, self._tag)
            yield None if doubtful and not has_negation else named
        elif self._mapping.act == "from-cue":
            for cue in find_cues(clauses, self._tag):
                if any(clauses.words[n].start < at.end and at.start < clauses.words[n].end for n in cue.at):
                    yield cue.acts[0] if len(cue.acts) == 1 else None

    def _clauses_at(self, at: Span) -> Clauses:
        """Return the clauses of the sentence in which a span begins."""
        number = number_of(at, self._sentences)
        if number not in self._clauses:
            sentence = self._sentences[number]
            self._clauses[number] = read_clauses(self._text, sentence, self._quoted, self._unquoted, self._lists)
        return self._clauses[number]

    @cached_property
    def _lists(self) -> Vocabulary:
        return vocabulary(self._tag)

    @cached_property
    def _quoted(self) -> Sequence[Span]:
        return quoted_spans(self._text, self._tag)

    @cached_property
    def _unquoted(self) -> str:
        return without_quotations(self._text, self._quoted)

    @cached_property
    def _sentences(self) -> list[Span]:
        return split_sentences(self._text, self._quoted)


def nearest(text: str, words: str, to: Span) -> Span | None:
    """Return the occurrence of words that is nearest to a span, None if there is none."""
    before, after = text.rfind(words, 0, to.end), text.find(words, to.start)
    found = [Span(at, at + len(words)) for at in (before, after) if at >= 0]
    return min(found, key=lambda each: max(to.start - each.end, each.start - to.end), default=None)


@cache
def _denials() -> dict[str, dict[str, list[tuple[str, ...]]]]:
    """Return the cues of each language for acts that need a gist, by their first word."""
    found: dict[str, dict[str, list[tuple[str, ...]]]] = {}
    for tag, cues in cues_by_language().items():
        for first, forms in cues.items():
            for form, acts in forms:
                if set(acts) <= set(NEEDS_GIST):
                    found.setdefault(tag, {}).setdefault(first, []).append(form)
    return found
