"""Numbers in cells as what the cell shows: a number format tells a date, and to what precision, from an amount.

ECMA-376 part 1, §18.8.30 (number formats), §18.17.4 (dates).
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Literal

Kind = Literal["number", "year", "month", "day", "moment", "time", "no-year"]

# Those formats of §18.8.30 that show dates; the others that have a number of their own show numbers.
_BUILT_IN: dict[int, Kind] = {
    **dict.fromkeys((14, 15, *range(27, 32), 36, *range(50, 55), 57, 58), "day"),
    16: "no-year",
    17: "month",
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47, 55, 56), "time"),
    22: "moment",
}
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]')
_AM_PM = re.compile(r"am/pm|a/p")
# Months, unless hours stand before or seconds behind: then they are minutes.
_MINUTES = re.compile(r"(?<=h)([^ymds]*?)m+|m+(?=[^ymdh]*s)")
_LAST_DAY = 2_958_465
"""The last of the year 9999."""


def kind_of(number: int, code: str) -> Kind:
    """Return what a number format shows: by its code, else by its number."""
    if not code:
        return _BUILT_IN.get(number, "number")
    shown = _LITERAL.sub("", code.partition(";")[0].lower())
    shown = _AM_PM.sub("", shown)
    if "general" in shown or re.search("[0#?]", shown.replace(".0", "")):
        return "number"
    dates = _MINUTES.sub(r"\1", shown)
    year, month, day = (letter in dates for letter in "ymd")
    if not (year or month or day):
        return "time" if re.search("[hms]", shown) else "number"
    if year and month and day:
        return "moment" if "h" in shown else "day"
    if year:
        return "month" if month else "year"
    return "no-year"


def shown(value: str, kind: Kind, *, from_1904: bool = False, zeros: int = 0) -> str:
    """Return a number as its cell shows it, in ISO 8601 if it is a date; a year that is not shown is `XXXX`."""
    try:
        number = float(value)
    except ValueError:
        return value
    if kind == "number" or not 0 <= number < _LAST_DAY + 1:
        return _amount(number, value).zfill(zeros)
    if kind == "time":
        return _clock(number)
    moment = _moment(number, from_1904=from_1904)
    return _amount(number, value) if moment is None else dated(moment, kind)


def dated(moment: datetime, kind: Kind) -> str:
    """Return a moment to the precision that a cell shows."""
    if kind == "year":
        return f"{moment:%Y}".zfill(4)
    if kind == "month":
        return moment.date().isoformat()[:7]
    if kind == "no-year":
        return f"XXXX-{moment:%m-%d}"
    if kind == "moment" and (moment.hour or moment.minute or moment.second):
        return moment.isoformat(" ", "seconds")
    return moment.date().isoformat()


def _moment(number: float, *, from_1904: bool) -> datetime | None:
    """Return the moment of a serial number; None for 29 February 1900, which only spreadsheets know."""
    if from_1904:
        begin = datetime(1904, 1, 1)
    elif number < 60:
        begin = datetime(1899, 12, 31)
    elif number < 61:
        return None
    else:
        begin = datetime(1899, 12, 30)
    try:
        return begin + timedelta(days=int(number), seconds=round(number % 1 * 86_400))
    except OverflowError:
        return None


def _clock(number: float) -> str:
    seconds = round(number * 86_400)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}" + (f":{seconds % 60:02}" if seconds % 60 else "")


def _amount(number: float, value: str) -> str:
    """Return a number with the 15 digits that a spreadsheet counts with: 1.0 is 1."""
    if number != number or number in (float("inf"), float("-inf")):
        return value
    return str(int(number)) if number == int(number) and abs(number) < 1e15 else f"{number:.15g}"
