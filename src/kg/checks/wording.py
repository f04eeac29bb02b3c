"""Checks of a claim's words: cues that deny, passages, paragraphs, the article's language, the words of its date.

Only words that say a date and nothing else are compared with it: "vrijdag", "nacht van maandag op dinsdag",
"5 maart 2020", but not "begroting 2019" or "na vrijdag". A word that is not known here ends the comparison.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple

from kg.annotations.classes import ClaimEntry, Words
from kg.checks.rules import finding
from kg.dates.edtf import Edtf
from kg.dates.edtf import read as read_edtf
from kg.errors import Finding, Spot
from kg.meaning.reporter import as_text
from kg.model import Article, Claim, Part
from kg.rdf.terms import Iri, literal_value, local_name
from kg.rdf.vocab import ACTS, FORMS, KG
from kg.text.quotation_marks import quoted_parts, quoted_spans
from kg.text.spans import MARKS, Span

_AFFIRMING = frozenset(
    ACTS[act]
    for act in "states confirms admits agrees promises announces proposes invites praises".split()  # noqa: SIM905
)
_DENYING = frozenset((ACTS.denies, ACTS.rejects, ACTS.excludes))

# Not "no", which is also in "no doubt". "Not only" affirms.
_NEGATION = (
    r"(?:niet|geen|nooit|nimmer|not|never|cannot|nicht|kein|keine|keinen|nie|niemals|pas|jamais)(?!\w)"
    r"(?!\s+(?:alleen|slechts|enkel|only|just|merely|nur|bloß|seulement))|\w+n[’']t(?!\w)"
)
_DENIAL = (
    r"ontken\w*|ontkracht\w*|weerle\w+|weerspr\w+|tegengespr\w+|verwerp\w*|verwierp\w*|verworpen|weiger\w*|"
    r"uitsluit(?!end)\w*|uitgesloten|sl(?:uit|oot|oten|uiten)(?!\w)[^.]{0,80}?(?<!\w)uit|"
    r"den(?:y|ies|ied|ying|ial)|reject\w*|refus\w*|refut\w*|rebut\w*|disput\w*|dismiss\w*|rul(?:e|es|ed|ing) out|"
    r"leugn\w*|dementier\w*|bestreit\w*|bestritt\w*|widerspr\w+|verweiger\w*|ablehn\w*|abgelehnt|zurückgewiesen|"
    r"lehn\w+(?!\w)[^.]{0,80}?(?<!\w)ab|(?:weist|wies)(?!\w)[^.]{0,80}?(?<!\w)zurück|ausgeschlossen|"
    r"schl(?:ießt|oss)(?!\w)[^.]{0,80}?(?<!\w)aus|"
    r"démen\w+|nie(?=r)|nié|nia|contest\w+|rejett?\w*|réfut\w*|exclu\w*"
)
_AFFIRMATION = (
    r"bevestig\w*|erken\w*|gaf toe|gaven toe|geeft toe|toegegeven|confirm\w*|admit\w*|acknowledg\w*|conced\w*|"
    r"bestätig\w*|einräum\w*|eingeräumt|räum\w+ ein|zugegeben|gab zu|reconn\w+|avou\w+|admis|admet"
)
_WORDS_OF_CUE = re.compile(
    rf"(?<!\w)(?:(?P<not>{_NEGATION})|(?P<denies>{_DENIAL})(?!\w)|(?P<affirms>{_AFFIRMATION})(?!\w))", re.IGNORECASE
)


@lru_cache(maxsize=2048)
def cue_polarity(cue: str) -> int:
    """Return -1 for a cue that denies, 1 for one that affirms ("bevestigde", "ontkende niet"), else 0."""
    kinds = [match.lastgroup for match in _WORDS_OF_CUE.finditer(cue)]
    negative = sum(kind in ("not", "denies") for kind in kinds)
    if negative % 2:
        return -1
    return 1 if negative or "affirms" in kinds else 0


def act_finding(claim: Claim, entry: ClaimEntry, file: Spot) -> Finding | None:
    """Return a finding if the cue denies and the act affirms, or the reverse. `file` is any place in the file."""
    cue = " … ".join(_cues(entry))
    polarity = cue_polarity(cue)
    if (polarity < 0 and claim.act in _AFFIRMING) or (polarity > 0 and claim.act in _DENYING):
        verb = "denies" if polarity < 0 else "affirms"
        message = f"the cue {cue!r} {verb}, and the act is `{entry.act}`: correct the act, or take the whole cue"
        return finding("act-against-cue", message, file._replace(path=("claims", claim.id, "act")))
    return None


_NEGATED = re.compile(rf"(?<!\w)(?:{_NEGATION})", re.IGNORECASE)


def denial_finding(claim: Claim, file: Spot) -> Finding | None:
    """Return a finding if a claim says in full what it denies: words that are not quoted and have no negation."""
    if claim.act not in _DENYING or claim.form != FORMS.indirect:
        return None
    words = literal_value(claim.words).lexical
    full = [literal_value(gist).lexical for gist in claim.gists]
    if _NEGATED.search(words) or _sentence(words) not in map(_sentence, full):
        return None
    message = (
        f"the `gist` of a claim that {local_name(claim.act)} must say what its speaker maintains, and this one has "
        "the words for what was denied: write what the denial amounts to"
    )
    return finding("denial-of-nothing", message, file._replace(path=("claims", claim.id, "gist")))


def _sentence(text: str) -> str:
    """Return a text without what differs between a clause and a sentence: capital letters and the full stop."""
    return " ".join(text.casefold().removesuffix(".").split())


def _cues(entry: ClaimEntry) -> list[str]:
    """Return the parts of a cue."""
    several: list[Words | str] = entry.cue if isinstance(entry.cue, list) else [entry.cue]
    return [as_text(each) for each in several]


_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_NOT_BLANK = re.compile(r"\S")
# How many paragraphs back from a quotation its cue is looked for.
_MOST_PARAGRAPHS = 200
# A longer line that ends a sentence is a paragraph, not a line of a wrapped one.
_LONGEST_LINE = 120
_LAST = ".!?…:;)]" + MARKS
_OPENING = "“„«»‹›‚‘\"'「『–—-"


def cue_finding(claim: Claim, entry: ClaimEntry, paragraphs: Paragraphs, file: Spot) -> Finding | None:
    """Return a finding if none of the paragraphs of a claim's words has its cue."""
    cues, text = _cues(entry), paragraphs.text
    first, last = _extent(claim)
    line, end = text.rfind("\n", 0, first) + 1, text.find("\n", last)
    for cue in cues:
        if text.find(cue, line, end if end >= 0 else len(text)) >= 0:
            return None  # the usual case: on the same line
    words = {word for cue in cues for word in cue.split()}
    for part in claim.parts:
        for start, end in paragraphs.around(part.start, part.end):
            if any(text.find(word, start, end) >= 0 for word in words):
                return None
    message = (
        f"the cue {' … '.join(cues)!r} must be beside the words that it introduces, and their paragraph does not "
        "have it: is it the cue of another claim?"
    )
    return finding("cue-in-another-paragraph", message, file._replace(path=("claims", claim.id, "cue")))


def _extent(claim: Claim) -> tuple[int, int]:
    """Return where the first of a claim's words begin and the last end."""
    parts = claim.parts
    if len(parts) == 1:
        return parts[0].start, parts[0].end
    return min([part.start for part in parts]), max([part.end for part in parts])


class Paragraphs:
    """The paragraphs of a text, found when first wanted."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts: list[int] = []
        self._ends_before: list[int] = []
        self._blank_lines: list[int] = []

    def around(self, first: int, last: int) -> Iterator[Span]:
        """Yield the paragraph of a passage, and its neighbours as far as a quotation continues or is introduced."""
        if not self._starts:
            self._find()
        text, n = self.text, self._at(first)
        start, end = self._starts[n], self._end(last)
        yield Span(start, end)
        for _ in range(_MOST_PARAGRAPHS):
            first, before = self._starts[n], self._ends_before[n]
            if not first or not (text[first : first + 1] in _OPENING or text.endswith(":", 0, before)):
                break
            n = self._at(max(before - 1, 0))
            yield Span(self._starts[n], first)
        # A quotation in a paragraph of its own, and "…, he said" after it.
        if text[start : start + 1] in _OPENING and end < len(text):
            following = _NOT_BLANK.search(text, end)
            at = following.start() if following else len(text)
            yield Span(at, self._end(at))

    def _find(self) -> None:
        self._starts, self._ends_before = [0], [0]
        at = last = 0
        for line in self.text.split("\n")[:-1]:
            kept = line.rstrip()
            last = at + len(kept) if kept else last
            at += len(line) + 1
            if not kept or (len(kept) > _LONGEST_LINE and kept[-1] in _LAST):
                self._starts.append(at)
                self._ends_before.append(last)
        self._blank_lines = [match.start() for match in _BLANK_LINE.finditer(self.text)]

    def _at(self, at: int) -> int:
        return bisect_right(self._starts, at) - 1

    def _end(self, at: int) -> int:
        n = bisect_left(self._blank_lines, at)
        return self._blank_lines[n] if n < len(self._blank_lines) else len(self.text)


class Quotations:
    """The spans between quotation marks in an article, found when first wanted; `compared` counts comparisons."""

    def __init__(self, article: Article) -> None:
        self.text = article.text
        self._language = article.language
        self._spans: tuple[Span, ...] | None = None
        self.compared = 0
        self._of_claims: dict[Iri, tuple[Span, ...]] = {}

    def within(self, parts: Iterable[Part]) -> tuple[Span, ...]:
        """Return what is between quotation marks in some parts of the text."""
        if self._spans is None:
            self._spans = quoted_spans(self.text, self._language)
        return quoted_parts(self._spans, [Span(part.start, part.end) for part in parts])

    def of(self, claim: Claim) -> tuple[Span, ...]:
        """Return what is between quotation marks in the words of a claim."""
        if claim.iri not in self._of_claims:
            self._of_claims[claim.iri] = self.within(claim.parts)
        return self._of_claims[claim.iri]


def attribution_finding(claim: Claim, entry: ClaimEntry, quotations: Quotations, file: Spot) -> Finding | None:
    """Return a finding if a passage goes on over a closing quotation mark and the words of attribution."""
    attribution = _cues(entry)
    if not attribution[:1] or not attribution[0]:
        return None
    text = quotations.text
    for part in claim.parts:
        if attribution[0] not in part.exact or not any(mark in part.exact for mark in MARKS):
            continue
        # The words of attribution follow a quotation that ends before the last place of each.
        last = min([text.rfind(words, part.start, part.end) for words in attribution])
        for span in quotations.within([part]):
            if span.end <= last and text[span.end] in MARKS + ".,!?":
                message = (
                    "a claim's words must leave out the words of attribution, and these go on over "
                    f"{attribution[0]!r}: end them at the quotation mark, or write two parts"
                )
                at = file._replace(path=("claims", claim.id, "words"))
                return finding("words-with-attribution", message, at)
    return None


MOST_COMPARED = 2_000_000
"""How many quotations of overlapping claims are compared in one article."""


def repeated_words(article: Article, quotations: Quotations, file: Spot) -> Iterator[Finding]:
    """Yield a finding for each claim that is there twice, and for quotations of two speakers."""
    reached = -1
    first_of: dict[tuple[object, ...], tuple[int, Claim]] = {}
    quoting: list[tuple[int, Claim]] = []
    for n, claim in enumerate(article.claims):
        start, end = _extent(claim)
        if start >= reached:
            first_of.clear()
            quoting.clear()
        at, same = first_of.setdefault(_distinguishing_fields(claim), (n, claim))
        before = _before(at, quoting) if claim.quotations else ()
        if both := _who_also_quotes(claim, before, quotations):
            yield _quotation_of_two(claim, both, file)
        elif same is not claim:
            yield _claim_twice(claim, same, file)
        if claim.quotations:
            quoting.append((n, claim))
        reached = max(reached, end)


def _before(number: int, claims: Iterable[tuple[int, Claim]]) -> Iterator[Claim]:
    return (claim for _, claim in takewhile(lambda numbered: numbered[0] < number, claims))


def _distinguishing_fields(claim: Claim) -> tuple[object, ...]:
    """Return the fields of a claim that must not all be equal in two claims."""
    parts = tuple([(part.start, part.end) for part in claim.parts])
    return claim.speakers, parts, claim.act, claim.gists, claim.to, claim.said


def _claim_twice(claim: Claim, other: Claim, file: Spot) -> Finding:
    message = f"a claim must be annotated once, and this one is `{other.id}`: delete one, or tell them apart"
    return finding("claim-twice", message, file._replace(path=("claims", claim.id), at_key=True))


def _quotation_of_two(claim: Claim, other: Claim, file: Spot) -> Finding:
    message = (
        f"a quotation must have one speaker, or several in one claim, and its words are also those of "
        f"`{other.id}`: say who spoke, write `form: mentioned`, or relate the two by `reports`"
    )
    return finding("quotation-of-two", message, file._replace(path=("claims", claim.id, "words")))


def _who_also_quotes(claim: Claim, others: Iterable[Claim], quotations: Quotations) -> Claim | None:
    """Return the first of other claims by separate speakers that has the same quoted words."""
    for other in others:
        quotations.compared += 1 + len(quotations.of(claim)) + len(quotations.of(other))
        if quotations.compared > MOST_COMPARED:
            return None
        if claim.speakers != other.speakers and _quotes_both(claim, other, quotations):
            return other
    return None


def _quotes_both(claim: Claim, other: Claim, quotations: Quotations) -> bool:
    """Tell whether two claims of separate speakers have the same quoted words."""
    if not set(claim.speakers).isdisjoint(other.speakers):
        return False
    if FORMS.mentioned in (claim.form, other.form) or FORMS.own in (claim.form, other.form):
        return False
    if (KG.reports, other.iri) in claim.relations or (KG.reports, claim.iri) in other.relations:
        return False
    text = quotations.text
    overlapping = _overlapping(quotations.of(claim), quotations.of(other))
    return any(not _is_nested(text, a, b) and not _is_nested(text, b, a) for a, b in overlapping)


def _overlapping(one: Sequence[Span], two: Sequence[Span]) -> Iterator[tuple[Span, Span]]:
    """Yield the spans of two lists in order that share characters."""
    n = 0
    for a in one:
        while n < len(two) and two[n].end <= a.start:
            n += 1
        m = n
        while m < len(two) and two[m].start < a.end:
            yield a, two[m]
            m += 1


def _is_nested(text: str, inner: Span, outer: Span) -> bool:
    """Tell whether quotation marks within a quotation surround a part of it."""
    if not (outer.start < inner.start and inner.end < outer.end):
        return False
    return text[inner.start - 1] in MARKS and text[inner.end] in MARKS


# Frequent words that few texts in the other languages have.
_FREQUENT = {
    "nl": "het een van niet zijn voor naar ook maar wordt werd uit heeft door bij dat te aan om deze dit nog",
    "en": "the of and that was with his for be by have from are this which it as has had",
    "de": "der das und ist nicht ein eine zu den mit sich auf für dem auch im von wird werden",
    "fr": "le la les des et est une dans pour qui pas sur avec du au par ce sont il",
}
_WORDS = {tag: frozenset(words.split()) for tag, words in _FREQUENT.items()}
_SAMPLE = 800
_ENOUGH = 5
_FEWEST_WORDS = 120


def other_language(text: str, tag: str) -> str:
    """Return the language that a long text is clearly in, of four, if it is not the one of the tag; else `""`."""
    own = _WORDS.get(tag)
    sample = set(text[:_SAMPLE].lower().split())
    if own is None or len(own & sample) >= _ENOUGH:
        return ""
    if max([len(frequent & sample) for frequent in _WORDS.values()]) < _ENOUGH:
        return ""
    words = text.lower().split()
    if len(words) < _FEWEST_WORDS:
        return ""
    counts = {each: sum(word in frequent for word in words) for each, frequent in _WORDS.items()}
    most = max(counts, key=counts.__getitem__)
    # Running text has about a quarter of such words.
    return "" if most == tag or counts[most] * 10 < len(words) or counts[tag] * 5 > counts[most] else most


def language_finding(article: Article, file: Spot) -> Finding | None:
    """Return a finding if a long article is clearly in another of four languages than the one declared."""
    tag = article.language.partition("-")[0]
    if not (most := other_language(article.text, tag)):
        return None
    message = (
        f"the article must be in the language declared, and it is in {most!r}, not {tag!r}: write "
        f"`language: {most}`"
    )
    return finding("another-language", message, file._replace(path=("article", "language")))


_WEEKDAYS = {
    "nl": "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    "en": "monday tuesday wednesday thursday friday saturday sunday",
    "de": "montag dienstag mittwoch donnerstag freitag samstag|sonnabend sonntag",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
}
_MONTHS = {
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "en": "january february march april may june july august september october november december",
    "de": "januar|jänner februar märz april mai juni juli august september oktober november dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}
# Endings of a weekday: "vrijdagavond", "freitags".
_ENDINGS = {
    "nl": "s ochtend morgen middag avond nacht",
    "en": "s",
    "de": "s abend abends morgen vormittag mittag nachmittag nacht",
    "fr": "",
}
# Words that may be beside a date without changing what it means.
_BESIDE = {
    "nl": "op in van de het 's s en of om jl jongstleden vorige vorig afgelopen laatst week maand jaar deze dit "
    "ochtend morgen middag avond nacht ochtends avonds nachts vroeg laat begin half medio eind zomer lente herfst "
    "voorjaar najaar uur",
    "en": "on in of the and or at last past this week month year morning noon afternoon evening "
    "night early late mid "
    "end beginning summer spring autumn fall",
    "de": "am im in an der die das den des dem vom zum und oder letzten letzte letzter vergangenen "
    "vergangene woche "
    "monat jahr diese dieser diesem morgen mittag nachmittag abend nacht früh anfang mitte ende sommer frühling "
    "herbst",
    "fr": "le la les l en au du de d à et ou dernier dernière passé semaine mois année cette ce matin midi soir "
    "nuit soirée début mi fin été printemps automne",
}
# Not `/`, `-` and `:`, which are in a financial year, a range, a time.
_SIGNS = frozenset(",.;()'’‘“”\"")
_NIGHTS = ("nacht", "night", "nuit")
_TOKEN = re.compile(r"[^\W\d_]+|\d+(?:er|e|de|ste|st|nd|rd|th)?(?![^\W_])|\S")
_MOST_DAYS = 800


class _Calendar(NamedTuple):
    """The words of a language: the number of each weekday and of each month, and words that do no harm."""

    weekdays: dict[str, int]
    months: dict[str, int]
    beside: frozenset[str]


class CalendarDate(NamedTuple):
    """What words say of a date; an empty field says nothing. Monday is weekday 0."""

    weekdays: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    years: frozenset[int]

    def fits(self, day: date) -> bool:
        """Tell whether the words may mean this day."""
        return (
            (not self.weekdays or day.weekday() in self.weekdays)
            and (not self.days or day.day in self.days)
            and (not self.months or day.month in self.months)
            and (not self.years or day.year in self.years)
        )


@lru_cache(maxsize=2048)
def contradicts_words(words: str, edtf: Edtf, language: str) -> bool:
    """Tell whether no day of a date, or of what it probably is, is one that its words may mean."""
    said = calendar_date(words, language)
    if said is None:
        return False
    if _excludes(said, edtf.earliest, edtf.latest):
        return True
    if not edtf.probable:
        return False
    try:
        probable = read_edtf(edtf.probable)
    except ValueError:
        return False
    return _excludes(said, probable.earliest, probable.latest)


def _excludes(said: CalendarDate, earliest: str, latest: str) -> bool:
    """Tell whether no day between two days is one that the words may mean."""
    if not earliest or not latest:
        return False
    first, last = date.fromisoformat(earliest), date.fromisoformat(latest)
    if (last - first).days > _MOST_DAYS:
        return bool(said.years) and not any(first.year <= year <= last.year for year in said.years)
    return not any(said.fits(day) for day in _days(first, last))


def _days(first: date, last: date) -> Iterator[date]:
    for n in range((last - first).days + 1):
        yield first + timedelta(days=n)


def calendar_date(words: str, language: str) -> CalendarDate | None:
    """Return what words say of a date, None if they say nothing or have a word that is not known here."""
    calendar = _calendar(language.partition("-")[0].lower())
    if calendar is None:
        return None
    weekdays: set[int] = set()
    days: set[int] = set()
    months: set[int] = set()
    years: set[int] = set()
    night = False
    for token in _TOKEN.findall(words.lower()):
        night = night or token.endswith(_NIGHTS)
        if token in calendar.weekdays:
            weekdays.add(calendar.weekdays[token])
        elif token in calendar.months:
            months.add(calendar.months[token])
        elif token not in calendar.beside and not _is_number(token, days, years):
            return None
    if not (weekdays or months or years) or (days and not months):
        return None
    said = CalendarDate(frozenset(weekdays), frozenset(days), frozenset(months), frozenset(years))
    return _until_the_next_day(said) if night else said


def _until_the_next_day(said: CalendarDate) -> CalendarDate:
    """Return the date of a night, which ends on the next day."""
    may_end_month = any(day >= 28 for day in said.days)
    return said._replace(
        weekdays=said.weekdays | {(day + 1) % 7 for day in said.weekdays},
        days=said.days | {day + 1 for day in said.days} | ({1} if may_end_month else set()),
        months=said.months | ({month % 12 + 1 for month in said.months} if may_end_month else set()),
    )


def _is_number(token: str, days: set[int], years: set[int]) -> bool:
    """Tell whether a token is the number of a day or a year, and add it."""
    digits = token.rstrip("abcdefghijklmnopqrstuvwxyz")
    if not digits.isdecimal() or not digits.isascii():
        return False
    number = int(digits)
    if len(digits) == 4 and 1000 <= number <= 2999 and digits == token:
        years.add(number)
        return True
    if len(digits) <= 2 and 1 <= number <= 31:
        days.add(number)
        return True
    return False


@lru_cache(maxsize=16)
def _calendar(language: str) -> _Calendar | None:
    if language not in _WEEKDAYS:
        return None
    weekdays = {}
    for number, spellings in enumerate(_WEEKDAYS[language].split()):
        for name in spellings.split("|"):
            weekdays[name] = number
            weekdays |= {name + ending: number for ending in _ENDINGS[language].split()}
    months = {
        name: number
        for number, spellings in enumerate(_MONTHS[language].split(), start=1)
        for name in spellings.split("|")
    }
    return _Calendar(weekdays, months, frozenset(_BESIDE[language].split()) | _SIGNS)
