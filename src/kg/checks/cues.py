"""Checks of a claim's cue: what it denies or affirms, and whether it is beside the words and not among them."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import lru_cache

from kg.annotations.classes import ClaimEntry, Words
from kg.checks.quotations import Quotations, extent
from kg.checks.rules import finding
from kg.errors import Finding, Spot
from kg.meaning.reporter import as_text
from kg.model import Claim
from kg.rdf.terms import literal_value, local_name
from kg.rdf.vocab import ACTS, FORMS
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
    first, last = extent(claim)
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
