"""What a cell holds: several values, names with ids, a date as people write it."""

from __future__ import annotations

import re
from datetime import date

from kg.imports.documents import Name

_SEPARATOR = re.compile(r"[;|\n\r]")
_DAY_FIRST = re.compile(r"([0-9]{1,2})([-./])([0-9]{1,2})\2([0-9]{4})")
_YEAR_FIRST = re.compile(r"([0-9]{4})[./]([0-9]{1,2})[./]([0-9]{1,2})")
_MONTH = re.compile(r"([0-9]{1,2})[-./]([0-9]{4})")


def several(text: str) -> tuple[str, ...]:
    """Return the values of a cell, which `;`, `|` or a line end parts."""
    return tuple(value for each in _SEPARATOR.split(text) if (value := each.strip()))


def names(text: str) -> tuple[Name, ...]:
    """Return whom a cell names."""
    return tuple(map(Name, several(text)))


def written_date(text: str) -> str:
    """Return a date in EDTF where it can mean only one day or month; any other text as it is.

    `2/3/2020` stays: it is a day of February or of March. `2.3.2020` is of March, wherever points are used.
    """
    bare = text.strip()
    if found := _DAY_FIRST.fullmatch(bare):
        one, sign, other, year = int(found[1]), found[2], int(found[3]), int(found[4])
        if sign == "." or one > 12 or one == other:
            return _day(year, other, one) or bare
        return (_day(year, one, other) if other > 12 else "") or bare
    if found := _YEAR_FIRST.fullmatch(bare):
        return _day(int(found[1]), int(found[2]), int(found[3])) or bare
    if (found := _MONTH.fullmatch(bare)) and 1 <= int(found[1]) <= 12:
        return f"{found[2]}-{int(found[1]):02}"
    return bare


def _day(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""
