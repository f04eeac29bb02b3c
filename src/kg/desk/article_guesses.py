"""What may be true of words that somebody selects: who said them, by which cue, doing what, and on which day.

Guesses are those of `kg new`. None is written here: the page sends those that a person accepts.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from itertools import islice, pairwise
from typing import Any

import msgspec
from msgspec import Struct

from kg.annotations.classes import Words
from kg.dates.edtf import read as read_edtf
from kg.dates.edtf import suggested
from kg.desk.article_state import Json, OpenArticle, entity_name, meaning_of, meaning_state
from kg.desk.open_corpus import OpenCorpus, article_language
from kg.desk.refused_suggestions import suggestion_key
from kg.drafts.claim_guesses import ClaimGuess
from kg.drafts.claims_draft import ArticleGuesses, ProposedClaim, are_found, published_on, words_at, words_of
from kg.drafts.date_words import DateWords, find_date_words
from kg.drafts.names import FullNames, SpeakerNames
from kg.drafts.sentences import language_table, overlapping, vocabulary, written_at
from kg.importers.web_annotation.selectors import QuoteFinder
from kg.meaning.speakers import UNDECIDED
from kg.model import Claim
from kg.publish.site.localisation import in_words
from kg.text.anchors import whole_words
from kg.text.quotation_marks import quoted_parts, quoted_spans
from kg.text.spans import Span, collapse_whitespace, common_length, overlap_share, total_length

_CLAIMED = 0.5
"""A quotation is no longer proposed if at least this share of it is claimed already."""
_BLOCK = 1000
"""How many characters a block has: only claims and proposals in the same block are compared."""
_MOST_DAYS = 14
"""The most days of a range that are offered one by one."""
_WORD = re.compile(r"\w")
_MOST_PROPOSALS = 300
"""How many proposals a page shows at once, the first in the text; a book may have a hundred thousand."""
_EVERYONE = 12
"""The most people that are offered as speakers because the sentence names them."""


class TextPassage(Struct, forbid_unknown_fields=True):
    """Words that were selected in a page, with the characters before and after them."""

    exact: str
    prefix: str = ""
    suffix: str = ""


class TextGuesses:
    """The guesses of one text; they are made once, as long as the text, its language and the names are the same."""

    def __init__(self, text: str, header: str, language: str, names: SpeakerNames) -> None:
        self.made_from = text, header, language, names
        self.text = text
        self.language = language
        self.published = published_on(header)
        self.collapsed = collapse_whitespace(text)
        self.guesses = ArticleGuesses(text, header, language, names)
        self.names = FullNames(text, vocabulary(language.partition("-")[0].lower()))
        self._finder = QuoteFinder(text)
        self._quoted = quoted_spans(text, language)
        self.refused: Collection[str] = ()
        """The keys of what was refused (`suggestion_key`)."""

    def find(self, passage: TextPassage) -> Span:
        """Return where selected words are, in whole words. Raises `AnchorError` if they are not in the text."""
        found = self._finder.find(passage.exact, prefix=passage.prefix, suffix=passage.suffix)
        return whole_words(self.text, found)

    def claim_parts(self, passage: TextPassage) -> list[Span]:
        """Return the parts of a claim for selected words; raises as `find`.

        A selection of nothing but quotations has a part for each, without the marks: a quotation that continues in
        the next paragraph begins there with another mark, which is no word of the speaker.
        """
        at = self.find(passage)
        parts = quoted_parts(self._quoted, [at])
        gaps = pairwise((at.start, *(offset for part in parts for offset in part), at.end))
        outside = "".join(self.text[start:end] for start, end in islice(gaps, 0, None, 2))
        return list(parts) if parts and not _WORD.search(outside) else [at]

    def written(self, at: Span) -> Any:
        """Return words as the claims file needs them to find this place again."""
        return plain(words_at(self.collapsed, at))

    def fields(self, parts: Sequence[Span], guess: ClaimGuess) -> Json:
        """Return the fields of a claim with these parts; each that is only a guess is named by `guessed`.

        Without what was refused.
        """
        speaker, text = guess.speaker, self.collapsed
        chosen = speaker.ids[0] if len(speaker.ids) == 1 and not speaker.is_pronoun else UNDECIDED
        fields: Json = {"speaker": chosen, "words": plain(words_of(text, parts))}
        if speaker.words and are_found([speaker.words], text):
            fields["speaker_words"] = speaker.words
        if guess.cue and are_found(guess.cue, text):
            fields["cue"] = list(guess.cue) if len(guess.cue) > 1 else guess.cue[0]
        if guess.act:
            fields["act"] = guess.act
        if guess.said and guess.said.edtf and are_found([said := written_at(self.text, guess.said.at)], text):
            fields["said"] = {"edtf": guess.said.edtf, "words": said}
        for key in guessed(fields):
            if suggestion_key(fields["words"], key, fields[key]) in self.refused:
                fields.pop(key)
        return fields if "speaker" in fields else {"speaker": UNDECIDED, **fields}

    def is_refused(self, proposed: ProposedClaim) -> bool:
        """Tell whether a proposal was refused."""
        return (
            bool(self.refused) and suggestion_key(plain(words_of(self.collapsed, proposed.parts))) in self.refused
        )


def guesses_of(article: OpenArticle, corpus: OpenCorpus, earlier: TextGuesses | None) -> TextGuesses:
    """Return the guesses of an article, the earlier ones if they still hold."""
    written = article.written
    language = article_language(written, corpus.publication.index.dataset.language)
    published = written.annotations.article.published if written.annotations else ""
    header = (published if isinstance(published, str) else published.edtf) or written.header
    made_from = written.text, header, language, corpus.names
    return earlier if earlier and earlier.made_from == made_from else TextGuesses(*made_from)


def plain(words: object) -> Any:
    """Return words as plain values, with the keys that a file has."""
    return msgspec.to_builtins(words) if isinstance(words, Words | list) else words


def proposals_of(
    corpus: OpenCorpus, article: OpenArticle, guesses: TextGuesses, read: Sequence[Claim], language: str
) -> tuple[list[Json], int]:
    """Return what a draft would add and no claim has, nor those of readings, in the order of the text.

    The number is that of further proposals, which are shown when these are decided.
    """
    found = unclaimed(article, guesses, read)
    proposed = {f"p{each.at.start}-{each.parts[-1].end}": each for each in islice(found, _MOST_PROPOSALS)}
    fields = {id: guesses.fields(each.parts, each.guess) for id, each in proposed.items()}
    meant = meaning_of(corpus, article, fields)
    shown = [
        {
            "id": id,
            "sure": each.sure,
            **_guess_state(corpus, fields[id], each.guess, guesses, language),
            **meaning_state(meant.get(id), fields[id]),
            "reason": written_at(guesses.text, each.guess.saying),
        }
        for id, each in proposed.items()
    ]
    return shown, sum(1 for _ in found)


def unclaimed(article: OpenArticle, guesses: TextGuesses, read: Sequence[Claim]) -> Iterator[ProposedClaim]:
    """Yield the proposals that no claim of the article or of a reading has, and that were not refused."""
    claims = (*(article.meant.claims if article.meant else ()), *read)
    claimed = [[Span(each.start, each.end) for each in claim.parts] for claim in claims if not claim.text_version]
    claims_in: dict[int, set[int]] = {}
    for number, parts in enumerate(claimed):
        for block in _blocks(parts):
            claims_in.setdefault(block, set()).add(number)
    for each in guesses.guesses.claims:
        near = {number for block in _blocks(each.parts) for number in claims_in.get(block, ())}
        is_claimed = any(_has(claimed[number], each.parts, is_quotation=each.sure) for number in near)
        if not is_claimed and not guesses.is_refused(each):
            yield each


def _blocks(parts: Sequence[Span]) -> Iterator[int]:
    """Yield the numbers of the blocks of the text that parts are in, so that few claims are compared."""
    for start, end in parts:
        yield from range(start // _BLOCK, end // _BLOCK + 1)


def _has(parts: Sequence[Span], proposed: Sequence[Span], *, is_quotation: bool) -> bool:
    """Tell whether a claim is the one that is proposed: most of the words are in both."""
    if overlap_share(parts, proposed) >= _CLAIMED:
        return True
    return is_quotation and common_length(parts, proposed) >= _CLAIMED * total_length(proposed)


def guessed(fields: Json) -> list[str]:
    """Return the fields that are guesses: all but the words, and a speaker that is not decided."""
    return [key for key, value in fields.items() if key != "words" and value != UNDECIDED]


def inferred(fields: Json) -> list[str]:
    """Return the fields that would be the annotator's reading: a speaker that these words do not name.

    A draft's act is inferred until somebody has weighed the verb; whoever accepts it beside its cue has done so.
    """
    return ["speaker"] if fields["speaker"] != UNDECIDED and "speaker_words" not in fields else []


def speaker_choices(corpus: OpenCorpus, guess: ClaimGuess, guesses: TextGuesses, language: str) -> list[Json]:
    """Return who may have spoken, the likeliest first; a name without `id` is not among the entities."""
    others = dict.fromkeys(guesses.names.find(name) for name in guess.speaker.others[:_EVERYONE])
    known = corpus.publication.index.entities
    ids = [id for id in guess.speaker.ids if id in known]
    return [
        *({"id": id, "name": entity_name(corpus, id, language)} for id in ids[:_EVERYONE]),
        *({"name": name} for name in others),
    ]


def guess_about(
    corpus: OpenCorpus, article: OpenArticle, guesses: TextGuesses, parts: Sequence[Span], language: str
) -> Json:
    """Return what may be true of a claim with these parts: nothing in it is certain but the words."""
    # A quotation over several paragraphs is attributed at one of them.
    about = [guesses.guesses.about(parts), *(guesses.guesses.about([part]) for part in parts[1:])]
    guess = next((each for each in about if each.cue or each.speaker.words), about[0])
    fields = guesses.fields(parts, guess)
    meant = meaning_of(corpus, article, {"new": fields})
    return {
        **_guess_state(corpus, fields, guess, guesses, language),
        **meaning_state(meant.get("new"), fields),
        "reason": written_at(guesses.text, guess.saying),
    }


def _guess_state(corpus: OpenCorpus, fields: Json, guess: ClaimGuess, guesses: TextGuesses, language: str) -> Json:
    return {
        "fields": fields,
        "guessed": guessed(fields),
        "inferred": inferred(fields),
        "choices": {"speaker": speaker_choices(corpus, guess, guesses, language)},
    }


def dates_of(guesses: TextGuesses, words: TextPassage | str, language: str) -> list[Json]:
    """Return the days that words may mean, each with why. Raises `AnchorError` if they are not in the text."""
    if isinstance(words, str):
        found = find_date_words(words, guesses.language, guesses.published)
        written: Any = " ".join(words.split())
    else:
        at = guesses.find(words)
        said = guesses.text[at.start : at.end]
        found = list(overlapping_words(guesses, at)) or find_date_words(said, guesses.language, guesses.published)
        # "March 2027" means the same in every article.
        if not found and (edtf := suggested(said)):
            found = [DateWords(at, edtf)]
        written = guesses.written(at)
    return [
        {"value": {"edtf": edtf, "words": written}, "label": _label(edtf, language), "why": why}
        for each in found[:1]
        for edtf, why in _days(each.edtf, guesses, language)
    ]


def overlapping_words(guesses: TextGuesses, at: Span) -> Iterator[DateWords]:
    """Yield the words that say when and overlap a span."""
    spans = overlapping([each.at for each in guesses.guesses.date_words], at)
    yield from (each for each in guesses.guesses.date_words if each.at in spans)


def _days(edtf: str, guesses: TextGuesses, language: str) -> Iterator[tuple[str, str]]:
    """Yield each day that a suggestion may mean, the latest first, and then the suggestion itself, with why."""
    if not edtf:
        return
    date_read = read_edtf(edtf)
    days = sorted(_single_days(edtf, date_read.earliest, date_read.latest), reverse=True)
    for day in days:
        yield day, _why(day, guesses, language)
    if edtf not in days:
        yield edtf, ""


def _single_days(edtf: str, earliest: str, latest: str) -> list[str]:
    if edtf.startswith("[") and ".." not in edtf:
        return edtf.strip("[]").split(",")
    if not earliest or not latest:
        return []
    first, last = date.fromisoformat(earliest), date.fromisoformat(latest)
    count = (last - first).days + 1
    return [str(first + timedelta(days=n)) for n in range(count)] if count <= _MOST_DAYS else []


def _why(day: str, guesses: TextGuesses, language: str) -> str:
    """Return how far a day is from the day of the article, if that is known."""
    published = guesses.published
    if not published or not published.certain:
        return ""
    if len(published.certain) != len("2020-02-21"):
        return _POSSIBLE[language].format(in_words(published.certain, language))
    before = (date.fromisoformat(published.certain) - date.fromisoformat(day)).days
    return _DISTANCES[language](before, in_words(published.certain, language))


def _distance_in_english(before: int, published: str) -> str:
    if not before:
        return f"the day of the article, {published}"
    days = f"{abs(before)} day{'s' * (abs(before) != 1)}"
    return f"{days} {'before' if before > 0 else 'after'} the article of {published}"


def _distance_in_dutch(before: int, published: str) -> str:
    if not before:
        return f"de dag van het artikel, {published}"
    days = f"{abs(before)} {'dagen' if abs(before) != 1 else 'dag'}"
    return f"{days} {'voor' if before > 0 else 'na'} het artikel van {published}"


_POSSIBLE = {"en": "possible in an article of {}", "nl": "mogelijk in een artikel van {}"}
_DISTANCES = {"en": _distance_in_english, "nl": _distance_in_dutch}


def _label(edtf: str, language: str) -> str:
    """Return a date in words: `Friday 21 February 2020`."""
    found = read_edtf(edtf)
    if found.kind != "date":
        first, last = in_words(found.earliest, language), in_words(found.latest, language)
        return f"{first} – {last}"
    if len(found.certain) != len("2020-02-21"):
        return in_words(found.certain, language)
    weekday = str(language_table(language)["weekdays"][date.fromisoformat(found.certain).weekday()])
    return f"{weekday.capitalize() if language == 'en' else weekday} {in_words(found.certain, language)}"
