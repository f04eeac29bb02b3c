"""A first line that was most likely meant to be the date of an article, but is read as its text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from msgspec import Struct

from kg.corpus import Written
from kg.dates.edtf import suggested
from kg.errors import Finding, Place, Spot
from kg.files.text_files import Lines

_BLANKS = r"[^\S\n]"
# `Date: Tuesday, ` with the rest of its line; the word as people write it in the languages that articles are in.
_OPENING = (
    rf"(?i)\s*(date(?:{_BLANKS}*:{_BLANKS}*|{_BLANKS}+)(?:\w+(?:dag|day|di|tag|woch|manche|abend),?{_BLANKS}+)?)"
    r"([^\n]*)"
)
_YEAR = r"(?<![0-9])[0-9]{4}(?![0-9])|[0-9]{8}"
_DAY_TO_YEAR = r"[0-9]{1,2}[^0-9].{,30}[^0-9][0-9]{4}"
_MOST_TOKENS = 3
_FIRST = 64


WITHOUT_DATE = "article-without-date"


class _Header(Struct, frozen=True):
    """What seems to be an article's date: where it stands, as written, and in EDTF (`""` where nobody can tell)."""

    at: Place | Spot
    found: str
    meant: str


def without_date(article: Written) -> Finding:
    """Return that an article has no date: where its key would stand, or at what was meant to be the date."""
    message = "an article must have a date: write `date 2020-02` before its text, or `article: {published: …}`"
    at: Place | Spot = Spot(article.file, ("article", "published"), article.line, at_key=True)
    if header := _misread(article):
        hint = f"did you mean `date {header.meant}`?" if header.meant else "correct it"
        message = (
            f"an article's date must be written as `date 2020-02` before its text, not {header.found!r}: {hint}"
        )
        at = header.at
    return Finding("violation", message, WITHOUT_DATE, at)


def taken_for_text(article: Written) -> Iterator[Finding]:
    """Yield a warning where a text begins with what seems meant to be its date; the article has one elsewhere."""
    if not article.header and (header := _misread(article)):
        right = f"date {header.meant or '2020-02'}"
        message = (
            f"a date before an article's text must be written as `{right}`, so {header.found!r} is read as part of "
            "the text: correct it, or, if the article has these words, write a line with the date above them"
        )
        yield Finding("warning", message, "date-in-text", header.at)


def _misread(article: Written) -> _Header | None:
    """Return what seems meant to be the date before a text; None where the text begins as texts do.

    A text may well begin with the word: `Date palms`, `Date du scrutin`. So a date with its year must follow at
    once, and a year alone, or what nobody can tell, must end the line.
    """
    # Patterns are compiled where they are needed: few texts begin with the word, and to compile them takes longer.
    begins = article.text[:_FIRST].lstrip()[: len("date")].lower() == "date"
    opening = re.match(_OPENING, article.text) if begins else None
    if opening is None:
        return None
    found, meant = _date(opening[2].strip())
    if not found:
        return None
    at: Place | Spot = Spot(article.file, ("article", "text"), article.line)
    if not article.line:
        at = Lines(article.text_file, article.text).place(opening.start(1))
    return _Header(at, opening[1] + found, meant)


def _date(line: str) -> tuple[str, str]:
    """Return the date that a line begins with, as written and as meant; of one that cannot be guessed, the line."""
    for token in islice(re.finditer(r"\S+", line), _MOST_TOKENS):
        found = line[: token.end()].rstrip(".,:;-–—")
        has_year = re.search(_YEAR, found) and (len(found) > len("2020") or found == line)
        if has_year and (meant := suggested(found)):
            return found, meant
    return (line, "") if re.fullmatch(_DAY_TO_YEAR, line) else ("", "")
