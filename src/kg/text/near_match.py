"""The passage of a text that is most like some words, and how they differ."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import category, name, normalize

from kg.text.spans import CollapsedText, Span

if TYPE_CHECKING:
    from difflib import SequenceMatcher

# Search a text of up to this length as a whole, a longer one only around the longest words.
WHOLE = 40_000
# How many tokens of the words are compared, and how many differences are reported.
COMPARED = 300
REPORTED = 4
# How many tokens may be missing at the start without losing the place.
SLACK = 3
# Do not compare a longer token letter by letter: it is not a word.
LONG = 100
# The least ratio of equal letters of a passage that is worth showing.
LIKE = 0.55
# How far around a word of a long text is searched, in characters, at most.
_FARTHEST = 10_000
MOST_COMPARED = 20_000_000
"""How many characters all searches in one text may compare: enough for a thousand passages that are not there."""
# What each search adds to the count, and one that compares spellings: three words with three thousand others.
_LEAST_COST, _SPELLING_COST = 20_000, 200_000

_INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_TOKEN = rf"[\w{_INVISIBLE}\u0300-\u036f]+|\.{{3}}|[^\w\s]"
_DECOMPOSED = "the article has each accent as a character of its own (NFD)"
_FOLDED = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛‹›′´`ʼ", "'"),
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict(zip("авекмнорстухіјѕԁԛԝһ", "abekmhopctyxijsdqwh", strict=True)),
        **dict(zip("αεικνορτυχ", "aeikvoptux", strict=True)),
        **dict.fromkeys(_INVISIBLE),
        "ı": "i",
    }
)


class Token(NamedTuple):
    """A word or a mark: as written, folded so that look-alikes are equal, and its offsets."""

    written: str
    folded: str
    start: int
    end: int


def shortened(words: str) -> str:
    """Return words for a message: in quotes, on one line, long ones cut in the middle."""
    if len(words) > 100:
        words = f"{words[:60].rstrip()} … {words[-35:].lstrip()}"
    return f"'{words}'"


class NearPassage(NamedTuple):
    """A passage that is like some words: its span in the text, its words on one line, and how they differ.

    `likeness` is 1 if all letters are the same, and 0 if none are.
    """

    span: Span
    words: str
    differences: tuple[str, ...]
    likeness: float


def nearest_passage(text: CollapsedText, wanted: str) -> str:
    """Return a line with the nearest passage, then a line for each difference; `""` if none is near.

    `wanted` has collapsed white space. After `MOST_COMPARED` characters the line says that nothing was compared.
    """
    if text.compared >= MOST_COMPARED:
        return (
            "the nearest passage was not looked for: too many of the words copied from this article are not in it"
        )
    found = near_passage(text, wanted)
    if found is None:
        return ""
    place = f"nearest, at characters {found.span.start}-{found.span.end}: {shortened(found.words)}"
    return "\n".join((place, *found.differences))


def near_passage(text: CollapsedText, wanted: str) -> NearPassage | None:
    """Return the passage that is most like some words with collapsed white space; None if none is near."""
    if text.compared >= MOST_COMPARED:
        return None
    text.compared += _LEAST_COST
    sought = list(islice(_tokens(wanted), COMPARED))
    passage: Sequence[Token] = ()
    likest = LIKE
    for region in _regions(text.collapsed, sought):
        likeness, candidate = _candidate(region, sought, text)
        if likeness > likest:
            likest, passage = likeness, candidate
    if not passage:
        return None
    start, end = passage[0].start, passage[-1].end
    differences = islice(_differences((wanted, sought), (text.collapsed, passage)), REPORTED)
    return NearPassage(text.original(start, end), text.collapsed[start:end], tuple(differences), likest)


def only_decomposed(detail: str) -> bool:
    """Tell whether all differences in a text of `nearest_passage` are decomposed letters of the article."""
    _, *differences = detail.split("\n")
    return bool(differences) and all(_DECOMPOSED in each for each in differences)


def _tokens(text: str, start: int = 0, end: int | None = None) -> Iterator[Token]:
    for match in re.compile(_TOKEN).finditer(text, start, len(text) if end is None else end):
        yield Token(match[0], _fold(match[0]), match.start(), match.end())


def _fold(word: str) -> str:
    if word.isascii():
        return word.lower()
    letters = normalize("NFKD", word.lower().translate(_FOLDED))
    return "".join(letter for letter in letters if category(letter) != "Mn")


class _Region(NamedTuple):
    """A part of the text: its tokens, and the indexes of each folded token."""

    tokens: Sequence[Token]
    places: Mapping[str, Sequence[int]]


def _region(text: str, start: int, end: int) -> _Region:
    tokens = list(_tokens(text, start, end))
    places: dict[str, list[int]] = defaultdict(list)
    for index, token in enumerate(tokens):
        places[token.folded].append(index)
    return _Region(tokens, dict(places))


# If words of an article are not found, others often are not found either.
_whole_text = lru_cache(maxsize=1)(_region)


def _regions(text: str, sought: Sequence[Token]) -> Iterator[_Region]:
    """Yield the text; of a long text, the parts around the longest of the words sought."""
    if len(text) <= WHOLE:
        yield _whole_text(text, 0, len(text))
        return
    reach = min(2 * (sought[-1].end if sought else 0) + 200, _FARTHEST)
    for token in sorted(sought, key=lambda token: len(token.written), reverse=True)[:4]:
        last = -1
        for at in islice(_finds(text, token.written), 8):
            if at > last:
                last = at + reach
                yield _region(text, max(at - reach, 0), last)


def _finds(text: str, word: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + len(word))


def _candidate(region: _Region, sought: Sequence[Token], text: CollapsedText) -> tuple[float, Sequence[Token]]:
    """Return the run of tokens that is most similar, after its similarity."""
    folded = [token.folded for token in sought]
    votes = _votes(folded, region.places)
    if not votes:
        text.compared += _SPELLING_COST
        votes = _votes(_corrected(folded, region.places), region.places)
    if not votes:
        return 0.0, ()
    near = {at: sum(votes.get(at + step, 0.0) for step in range(-SLACK, SLACK + 1)) for at in votes}
    at = max(near, key=lambda at: (near[at], votes[at], -at))
    window = region.tokens[max(at - SLACK, 0) : max(at + len(sought) + SLACK, 0)]
    passage = _trimmed(window, folded, at - max(at - SLACK, 0))
    there = " ".join(token.folded for token in passage)
    return _matcher(" ".join(folded)[:400], there[:400]).ratio(), passage


def _matcher(left: Sequence[str], right: Sequence[str]) -> SequenceMatcher[str]:
    from difflib import SequenceMatcher  # here, not above: only a mistake needs it

    return SequenceMatcher(None, left, right, autojunk=False)


def _votes(sought: Iterable[str], places: Mapping[str, Sequence[int]]) -> dict[int, float]:
    """Return for each possible start of the words a score of similarity; rare and long words weigh more."""
    votes: dict[int, float] = defaultdict(float)
    for index, folded in enumerate(sought):
        found = places.get(folded, ())
        if len(folded) > 1 and len(found) <= 200:
            for at in found:
                votes[at - index] += len(folded) / len(found)
    return votes


def _corrected(sought: Sequence[str], places: Mapping[str, Sequence[int]]) -> Iterator[str]:
    """Yield the text's spelling of each of the longest words, `""` for the others."""
    from difflib import get_close_matches

    longest = sorted(sought, key=len, reverse=True)[:3]
    known = [word for word in places if len(word) > 3][:3000]
    for folded in sought:
        close = get_close_matches(folded[:60], known, n=1, cutoff=0.7) if folded in longest else []
        yield close[0] if close else ""


def _trimmed(window: Sequence[Token], sought: Sequence[str], begin: int) -> Sequence[Token]:
    """Return the tokens from the first to the last match, widened by the words that do not match at the ends."""
    matcher = _matcher(sought, [token.folded for token in window])
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    if not blocks:
        return window[max(begin, 0) : max(begin + len(sought), 1)]
    last = blocks[-1]
    return window[max(blocks[0].b - blocks[0].a, 0) : last.b + len(sought) - last.a]


def _differences(words: tuple[str, Sequence[Token]], article: tuple[str, Sequence[Token]]) -> Iterator[str]:
    """Yield a sentence for each difference between the words and the passage of the article."""
    (wanted, sought), (text, passage) = words, article
    matcher = _matcher([token.written for token in sought], [token.written for token in passage])
    same = True
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            continue
        same = False
        if b - a == d - c:
            for one, other in zip(sought[a:b], passage[c:d], strict=True):
                yield from _difference(one, other)
            continue
        there = shortened(text[passage[c].start : passage[d - 1].end]) if c < d else ""
        here = shortened(wanted[sought[a].start : sought[b - 1].end]) if a < b else ""
        if there and here:
            yield f"the article has {there}, the words have {here}"
        elif there:
            yield f"the article also has {there}" + (f" after {shortened(sought[a - 1].written)}" if a else "")
        else:
            yield f"the article does not have {here}" + (f" after {shortened(sought[a - 1].written)}" if a else "")
    if same:
        yield "only blanks between words and marks differ" if len(sought) < COMPARED else "what differs comes later"


def _difference(word: Token, there: Token) -> Iterator[str]:
    """Yield how a word or mark differs from the article's."""
    if word.written == there.written:
        return
    if {word.written, there.written} == {"...", "…"}:
        one, three = "`…` (one character)", "three dots"
        here, other = (three, one) if word.written == "..." else (one, three)
        yield f"the article has {other}, the words have {here}"
    elif normalize("NFC", word.written) == normalize("NFC", there.written):
        composed = normalize("NFC", there.written) == there.written
        apart = "the words have each accent as a character of its own (NFD)" if composed else _DECOMPOSED
        yield (
            f"in {shortened(there.written)} {apart}, "
            f"the {'article' if composed else 'words'} as one with its letter (NFC)"
        )
    elif word.folded != there.folded or len(word.written) > LONG:
        yield f"the article has {shortened(there.written)}, the words have {shortened(word.written)}"
    elif word.written.lower() == there.written.lower():
        yield (
            f"the article has {shortened(there.written)}, the words have {shortened(word.written)}: "
            "capital and small letters differ"
        )
    else:
        inside = f" in {shortened(there.written)}" if len(there.written) > 1 else ""
        matcher = _matcher(word.written, there.written)
        for kind, a, b, c, d in matcher.get_opcodes():
            if kind != "equal":
                article, words = _named(there.written[c:d]), _named(word.written[a:b])
                yield f"the article has {article}{inside}, the words have {words}"


def _named(letters: str) -> str:
    """Return characters with their names, as `“ (left double quotation mark, U+201C)`."""
    named = (
        f"{'' if letter in _INVISIBLE else letter + ' '}({name(letter, 'no name').lower()}, U+{ord(letter):04X})"
        for letter in list(dict.fromkeys(letters))[:3]
    )
    return " ".join(named) or "nothing"
