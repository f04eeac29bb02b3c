"""Ids and days, which msgspec does not check; the checks are cheap for valid files."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date

from kg.annotations.classes import ARTICLE_ID, DAY, MOMENT, SLUG, ClaimsFile, CorpusFile, LineFile

TAKEN = {
    "article": "the paper's own voice",
    "unnamed": "a source that the text does not name",
    "undecided": "that it is yet to be decided who spoke",
}
"""Ids with a meaning of their own as a speaker."""

_SLUG = re.compile(SLUG)
_ARTICLE_ID = re.compile(ARTICLE_ID)
# Windows can have no file of these names, so no article published under its id could be checked out there.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])")
_NO_SLUG = re.compile(r"[^a-z0-9_-]+")
# Letters that Unicode does not decompose, as people write them in plain Latin.
_PLAIN = str.maketrans(dict(zip("øđðłħı‐‑‒–—", "oddlhi-----", strict=True)))
_PLAIN |= str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"})


def is_slug(text: str) -> bool:
    """Tell whether a text can be an id."""
    return _SLUG.fullmatch(text) is not None


def is_article_id(text: str) -> bool:
    """Tell whether a text can be the id of an article: none of its parts is a device of Windows."""
    return _ARTICLE_ID.fullmatch(text) is not None and not any(map(_DEVICE.fullmatch, text.split("/")))


def is_day(text: str) -> bool:
    """Tell whether a text is a day of the calendar."""
    return re.fullmatch(DAY, text) is not None and _is_date(text)


def is_moment(text: str) -> bool:
    """Tell whether a text is a day of the calendar, or such a day with a UTC time."""
    return re.fullmatch(MOMENT, text) is not None and _is_date(text[:10]) and _is_time(text[10:])


def suggested(text: str) -> str:
    """Return the id of an article that is most like a text."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(_PLAIN))
    letters = plain.encode("ascii", "ignore").decode().lower()
    parts = [_NO_SLUG.sub("-", part).strip("-_") or "x" for part in letters.split("/")]
    return "/".join(part + "-1" if _DEVICE.fullmatch(part) else part for part in parts)


def are_sound(value: object) -> bool:
    """Tell whether all ids and days are valid; `kg.corpus.decoding` says what is wrong with others."""
    if isinstance(value, CorpusFile):
        return _slugs(value.annotators)
    if isinstance(value, dict):
        return _free(value) and all(_slugs(entity.roles) for entity in value.values() if entity.roles)
    if not isinstance(value, ClaimsFile | LineFile):
        raise TypeError(f"no file of a corpus: {type(value)}")
    return (
        _free(value.claims)
        and _free(value.sources)
        and _slugs(value.occasions)
        and _slugs(value.withdrawn)
        and (not value.article.id or is_article_id(value.article.id))
        and _days(value)
    )


def _days(value: ClaimsFile | LineFile) -> bool:
    annotation = value.annotation
    return (
        (not annotation.on or is_moment(annotation.on))
        and (not annotation.reviewed or is_moment(annotation.reviewed.on))
        and all(is_day(withdrawn.on) for withdrawn in value.withdrawn.values())
    )


def _slugs(keys: Iterable[str]) -> bool:
    return all(map(_SLUG.fullmatch, keys))


def _free(keys: Mapping[str, object]) -> bool:
    return _slugs(keys) and not (keys.keys() & TAKEN.keys())


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_time(text: str) -> bool:
    return not text or (text[1:3] < "24" and text[4:6] < "60" and text[7:9] < "60")
