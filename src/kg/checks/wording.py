"""Checks of a claim's words in the article's text: cues that deny, passages, paragraphs, the article's language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from kg.annotations.classes import ClaimEntry, Words
from kg.checks.rules import finding
from kg.errors import Finding, Spot
from kg.meaning.reporter import as_text
from kg.model import Article, Claim
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


def _cues(entry: ClaimEntry) -> list[str]:
    """Return the parts of a cue."""
    several: list[Words | str] = entry.cue if isinstance(entry.cue, list) else [entry.cue]
    return [as_text(each) for each in several]


_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
# A longer line that ends a sentence is a paragraph, not a line of a wrapped one.
_LONGEST_LINE = 120
_LAST = ".!?…:;)]" + MARKS
_OPENING = "“„«»‹›‚‘\"'「『–—-"


def cue_finding(claim: Claim, entry: ClaimEntry, text: str, file: Spot) -> Finding | None:
    """Return a finding if none of the paragraphs of a claim's words has its cue."""
    cues = _cues(entry)
    first, last = _extent(claim)
    line, end = text.rfind("\n", 0, first) + 1, text.find("\n", last)
    for cue in cues:
        if text.find(cue, line, end if end >= 0 else len(text)) >= 0:
            return None  # the usual case: on the same line
    words = {word for cue in cues for word in cue.split()}
    for part in claim.parts:
        for paragraph in _paragraphs_around(text, part.start, part.end):
            if any(word in paragraph for word in words):
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


def _paragraphs_around(text: str, first: int, last: int) -> Iterator[str]:
    """Yield the paragraph of a passage, and its neighbours as far as a quotation continues or is introduced."""
    start, end = _start_of_paragraph(text, first), _end_of_paragraph(text, last)
    yield text[start:end]
    first = start
    while first > 0:
        before = text[:first].rstrip()
        continued = text[first : first + 1] in _OPENING
        if not continued and not before.endswith(":"):
            break
        first, last = _start_of_paragraph(text, len(before) - 1), first
        yield text[first:last]
    # A quotation in a paragraph of its own, and "…, he said" after it.
    if text[start : start + 1] in _OPENING and end < len(text):
        following = end + len(text[end:]) - len(text[end:].lstrip())
        yield text[following : _end_of_paragraph(text, following)]


def _start_of_paragraph(text: str, at: int) -> int:
    """Return the start of the paragraph that a character is in."""
    while at > 0:
        end = text.rfind("\n", 0, at)
        if end < 0:
            return 0
        line = text[text.rfind("\n", 0, end) + 1 : end].rstrip()
        if not line or (len(line) > _LONGEST_LINE and line[-1] in _LAST):
            return end + 1
        at = end
    return 0


def _end_of_paragraph(text: str, at: int) -> int:
    found = _BLANK_LINE.search(text, at)
    return found.start() if found else len(text)


def attribution_finding(claim: Claim, entry: ClaimEntry, article: Article, file: Spot) -> Finding | None:
    """Return a finding if a passage goes on over a closing quotation mark and the words of attribution."""
    attribution = _cues(entry)
    if not attribution[:1] or not attribution[0]:
        return None
    text = article.text
    for part in claim.parts:
        if attribution[0] not in part.exact or not any(mark in part.exact for mark in MARKS):
            continue
        spans = quoted_spans(text, article.language)
        for span in quoted_parts(spans, [Span(part.start, part.end)]):
            rest = text[span.end : part.end]
            if rest[:1] and rest[0] in MARKS + ".,!?" and all(word in rest for word in attribution):
                message = (
                    "a claim's words must leave out the words of attribution, and these go on over "
                    f"{attribution[0]!r}: end them at the quotation mark, or write two parts"
                )
                at = file._replace(path=("claims", claim.id, "words"))
                return finding("words-with-attribution", message, at)
    return None


def repeated_words(article: Article, file: Spot) -> Iterator[Finding]:
    """Yield a finding for each claim that is there twice, and for quotations of two speakers."""
    reached = -1
    previous: list[Claim] = []
    for claim in article.claims:
        start, end = _extent(claim)
        if start >= reached:
            previous.clear()
        if previous:
            yield from _repeated(claim, previous, article, file)
        previous.append(claim)
        reached = max(reached, end)


def _repeated(claim: Claim, others: Sequence[Claim], article: Article, file: Spot) -> Iterator[Finding]:
    """Yield what is wrong with a claim whose words may be those of others."""
    for other in others:
        if claim.speakers == other.speakers:
            if _is_same(claim, other):
                message = (
                    f"a claim must be annotated once, and this one is `{other.id}`: delete one, or tell them apart"
                )
                yield finding("claim-twice", message, file._replace(path=("claims", claim.id), at_key=True))
                return
        elif _quotes_both(claim, other, article):
            message = (
                f"a quotation must have one speaker, or several in one claim, and its words are also those of "
                f"`{other.id}`: say who spoke, write `form: mentioned`, or relate the two by `reports`"
            )
            yield finding("quotation-of-two", message, file._replace(path=("claims", claim.id, "words")))
            return


def _is_same(claim: Claim, other: Claim) -> bool:
    spans = [(part.start, part.end) for part in claim.parts]
    return (
        spans == [(part.start, part.end) for part in other.parts]
        and claim.act == other.act
        and claim.gists == other.gists
        and claim.to == other.to
        and claim.said == other.said
    )


def _quotes_both(claim: Claim, other: Claim, article: Article) -> bool:
    """Tell whether two claims of separate speakers have the same quoted words."""
    if not claim.quotations or not other.quotations or not set(claim.speakers).isdisjoint(other.speakers):
        return False
    if FORMS.mentioned in (claim.form, other.form) or FORMS.own in (claim.form, other.form):
        return False
    if (KG.reports, other.iri) in claim.relations or (KG.reports, claim.iri) in other.relations:
        return False
    spans = quoted_spans(article.text, article.language)
    one, two = (quoted_parts(spans, [Span(part.start, part.end) for part in each.parts]) for each in (claim, other))
    overlapping = [(a, b) for a in one for b in two if a.start < b.end and b.start < a.end]
    return any(not _is_nested(article.text, a, b) and not _is_nested(article.text, b, a) for a, b in overlapping)


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


def language_finding(article: Article, file: Spot) -> Finding | None:
    """Return a finding if a long article is clearly in another of four languages than the one declared."""
    tag = article.language.partition("-")[0]
    own = _WORDS.get(tag)
    sample = set(article.text[:_SAMPLE].lower().split())
    if own is None or len(own & sample) >= _ENOUGH:
        return None
    if max([len(frequent & sample) for frequent in _WORDS.values()]) < _ENOUGH:
        return None
    words = article.text.lower().split()
    if len(words) < _FEWEST_WORDS:
        return None
    counts = {each: sum(word in frequent for word in words) for each, frequent in _WORDS.items()}
    most = max(counts, key=counts.__getitem__)
    # Running text has about a quarter of such words.
    if most == tag or counts[most] * 10 < len(words) or counts[tag] * 5 > counts[most]:
        return None
    message = (
        f"the article must be in the language declared, and it is in {most!r}, not {tag!r}: write "
        f"`language: {most}`"
    )
    return finding("another-language", message, file._replace(path=("article", "language")))
