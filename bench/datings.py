"""Generated dates: when something was said, in EDTF, and the words that the article has for it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple

from bench.chance import Chance
from bench.wordlists import Language


class Dating(NamedTuple):
    """A date as an annotation has it, `""` for none, and the words for it that must stand in the text."""

    date: dict[str, Any] | str
    words: str


NEITHER = Dating("", "")


def dating(chance: Chance, language: Language, published: date) -> Dating:
    """Return a date not after publication, of one of the kinds that annotators write."""
    day = published - timedelta(days=chance.between(1, 6))
    year = published.year
    weekday = language.weekdays[day.weekday()]
    in_year = language.in_year.format(year=year - 1)
    why = f'"{weekday}" before {published.isoformat()}'
    kinds: tuple[Dating, ...] = (
        *(NEITHER, NEITHER, NEITHER, NEITHER),
        Dating({"edtf": f"{day:%Y-%m}-?{day:%d}", "words": weekday, "why": why}, weekday),
        Dating({"edtf": day.isoformat(), "words": weekday}, weekday),
        Dating(
            {"edtf": f"[{year - 1}-10..{year - 1}-12]", "words": language.late_last_year}, language.late_last_year
        ),
        Dating({"edtf": f"../{published:%Y-%m}", "words": language.so_far}, language.so_far),
        Dating({"edtf": str(year - 1), "words": in_year}, in_year),
        Dating(day.isoformat(), ""),
        Dating(f"{day:%Y-%m}", ""),
        Dating({"edtf": f"{day.isoformat()}~", "why": "Another paper has it so."}, ""),
        Dating(f"{year - 2}-XX", ""),
    )
    return chance.pick(kinds)
