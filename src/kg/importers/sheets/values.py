"""What a cell holds: several values, names with ids, a date as people write it."""

from __future__ import annotations

import re
from datetime import date

from kg.importers.core.documents import Name

_SEPARATOR = re.compile(r"[;|\n\r]")
_DAY_FIRST = re.compile(r"([0-9]{1,2})([-./])([0-9]{1,2})\2([0-9]{4})")
_YEAR_FIRST = re.compile(r"([0-9]{4})[./]([0-9]{1,2})[./]([0-9]{1,2})")
_MONTH = re.compile(r"([0-9]{1,2})[-./]([0-9]{4})")


def several(text: str) -> tuple[str, ...]:
    """Return the values of a cell, which `;`, `|` or a line end parts."""
    return tuple(value for each in _SEPARATOR.split(text) if (value := each.strip()))


def names(text: str, ids: str = "") -> tuple[Name, ...]:
    """Return whom a cell names, with the ids that another cell gives for them, in the same order."""
    values = several(text)
    given = [each.strip() for each in ids.split(";")] if ids else [""] * len(values)
    if len(given) != len(values) and all(given):
        values = tuple(given)  # a `;` within a name has parted it
    if len(given) != len(values):
        given = [""] * len(values)
    return tuple(Name(value, id=id) for value, id in zip(values, given, strict=True))


def written_date(text: str, order: str = "") -> str:
    """Return a date in EDTF where it can mean only one day or month; any other text as it is.

    `2/3/2020` is a day of February or of March, unless the order of its column is known: `day`s or `month`s first.
    """
    bare = text.strip()
    if found := _DAY_FIRST.fullmatch(bare):
        one, other, year = int(found[1]), int(found[3]), int(found[4])
        order = order_of(bare) or order or ("day" if one == other else "")
        if not order:
            return bare
        return (_day(year, other, one) if order == "day" else _day(year, one, other)) or bare
    if found := _YEAR_FIRST.fullmatch(bare):
        return _day(int(found[1]), int(found[2]), int(found[3])) or bare
    if (found := _MONTH.fullmatch(bare)) and 1 <= int(found[1]) <= 12:
        return f"{found[2]}-{int(found[1]):02}"
    return bare


def order_of(text: str) -> str:
    """Return whether the `day` or the `month` stands first in a date; `""` where both may be meant.

    Wherever points are used, the day does.
    """
    found = _DAY_FIRST.fullmatch(text.strip())
    if not found or not (int(found[1]) <= 12 or int(found[3]) <= 12):
        return ""
    if found[2] == "." or int(found[1]) > 12:
        return "day"
    return "month" if int(found[3]) > 12 else ""


def _day(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""
