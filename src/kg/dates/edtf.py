"""Extended Date/Time Format: the certain part of a date, its bounds and probable value, and what was meant instead.

https://www.loc.gov/standards/datetime/, levels 0, 1 and 2, read by arithmetic in the proleptic Gregorian calendar.
An uncertain part never narrows a bound; docs/dates.md has a table of examples.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from typing import Literal, NamedTuple

Qualifier = Literal["", "uncertain", "approximate", "both"]


class Edtf(NamedTuple):
    """A date as written and as understood; a field is `""` if it is unknown, as for years outside 0001-9999.

    `certain` is the part without a mark of doubt, `probable` the whole date if a part of it is doubted: `2020`,
    `2020-02` or `2020-02-21`. `earliest` and `latest` are days, inclusive. `start` and `end` are the certain parts
    of an interval's ends; for a date both equal `certain`. `set` means one of several dates (`[ ]`), `list` all of
    them (`{ }`).
    """

    text: str
    certain: str = ""
    earliest: str = ""
    latest: str = ""
    probable: str = ""
    qualifier: Qualifier = ""
    start: str = ""
    end: str = ""
    kind: Literal["", "date", "interval", "set", "list"] = ""


class _Part(NamedTuple):
    """A date within an EDTF string; days are integers in calendar order: 20200221.

    It begins on `first` or, if digits are unspecified, by `begun`; `low` and `high` are its strict bounds, none if
    nothing is known of the year.
    """

    first: int
    begun: int
    low: int
    high: int
    certain: str = ""
    probable: str = ""


_EVER = 10**9
_OPEN = _Part(-_EVER, _EVER, -_EVER, _EVER)
_LONGEST = 200
# Most dates: a year, month or day without doubt, except for days that not every month has.
_PLAIN = re.compile(r"(?!0000)[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|1[0-9]|2[0-8]))?)?")
_MARKS = re.compile("[?~%]")
_PART = re.compile(
    r"([?~%]?)(-?[0-9X]{4})([?~%]?)(?:-([?~%]?)([0-9X]{2})([?~%]?))?(?:-([?~%]?)([0-9X]{2})([?~%]?))?"
)
# Rare in articles; compiled when needed.
_TIME = (
    r"(-?[0-9]{4}-[0-9]{2}-[0-9]{2})T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    r"(?:Z|[+-](?:[01][0-9]|2[0-3])(?::[0-5][0-9])?)?"
)
_ESTIMATE = r"(-?)([0-9]{4})S([1-9][0-9]*)"
_LONG_YEAR = r"Y-?(?:[1-9][0-9]{4,}|([1-9][0-9]*)E([1-9][0-9]*))(?:S[1-9][0-9]*)?"
_SEASONS = ((3, 5), (6, 8), (9, 11), (12, 2))
_QUARTERS = ((1, 3), (4, 6), (7, 9), (10, 12))
_THIRDS_AND_HALVES = ((1, 4), (5, 8), (9, 12), (1, 6), (7, 12))
# The first and last month of each code in the place of a month: 21-24 seasons, read as northern; 25-28 northern
# seasons; 29-32 southern, half a year later; 33-36 quarters; 37-39 thirds and 40-41 halves of the year.
_PARTS_OF_YEAR = (*_SEASONS, *_SEASONS, *_SEASONS[2:], *_SEASONS[:2], *_QUARTERS, *_THIRDS_AND_HALVES)
_GROUPINGS = {str(code): months for code, months in enumerate(_PARTS_OF_YEAR, start=21)}


@lru_cache(maxsize=2048)
def read(text: str) -> Edtf:
    """Read an EDTF string. Raises `ValueError` with a sentence for annotators, which suggests what was meant."""
    try:
        return _read(text)
    except ValueError as error:
        if guess := suggested(text):
            raise ValueError(f"{error}: did you mean {guess!r}?") from None
        raise ValueError(_absent_day(text) or str(error)) from None


def _absent_day(text: str) -> str:
    """Return what is wrong with a refused date that clearly names a day; `""` if it is written in no known way."""
    day = _reordered(text[:_LONGEST])
    if day == text.strip() or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", day):
        return ""
    return f"a day must exist, and {text!r} means {day}, which does not"


def suggested(text: str) -> str:
    """Return the EDTF that was most likely meant by a date as people write it, `""` if that is not clear."""
    return next(filter(_is_edtf, suggestions(text[:_LONGEST])), "")


@lru_cache(maxsize=2048)
def is_day(text: str) -> bool:
    """Tell a real Gregorian day, `YYYY-MM-DD`, from the year 0001 on."""
    return re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) is not None and text > "0001" and _is_edtf(text)


def without_marks(date: Edtf) -> Edtf:
    """Return the date as it is if no doubt about it is right."""
    return read(_MARKS.sub("", date.text)) if date.qualifier else date


def one_day_of(date: Edtf) -> Edtf:
    """Return the date of what happened once, on some day of an interval or of a list: a set.

    `Edtf("")` if no day is left out, as of `../..`.
    """
    if date.kind == "list":
        return read(f"[{date.text[1:-1]}]")
    if date.kind != "interval":
        return date
    start, end = (each.strip(".") for each in date.text.split("/"))
    return read(f"[{start}..{end}]") if start or end else Edtf("")


def interval(start: str, end: str) -> Edtf:
    """Return the interval between two dates; `Edtf("")` if EDTF has none, as between sets.

    An end that is less exact than the start gets `-XX`, without which EDTF takes it for an earlier day.
    """
    start, end = start.partition("T")[0], end.partition("T")[0]
    for ending in (end, f"{end}-XX"):
        if _is_edtf(f"{start}/{ending}"):
            return read(f"{start}/{ending}")
    return Edtf("")


def _is_edtf(text: str) -> bool:
    try:
        return bool(_read(text))
    except ValueError:
        return False


def _read(text: str) -> Edtf:
    if _PLAIN.fullmatch(text):
        first, last = _plain_bounds(text)
        return Edtf(text, text, first, last, "", "", text, text, "date")
    if not text:
        raise ValueError("a date must be written as 2020, 2020-02 or 2020-02-21, not left empty")
    if len(text) > _LONGEST:
        raise ValueError(f"a date must have {_LONGEST} characters at most, not {len(text)}")
    if text[0] in "[{":
        low, high = _extent(text)
        return Edtf(text, "", _day(low), _day(high), "", _doubt(text), kind="set" if text[0] == "[" else "list")
    if "/" in text:
        start, end = _ends(text)
        low, high = start.low, end.high
        return Edtf(text, "", _day(low), _day(high), "", _doubt(text), start.certain, end.certain, "interval")
    part = _alone(text)
    low, high, certain, doubt = part.low, part.high, part.certain, _doubt(text)
    return Edtf(text, certain, _day(low), _day(high), part.probable, doubt, certain, certain, "date")


def _plain_bounds(text: str) -> tuple[str, str]:
    """Return the first and the last day of a year, a month or a day."""
    if len(text) == 10:
        return text, text
    if len(text) == 4:
        return f"{text}-01-01", f"{text}-12-31"
    return f"{text}-01", f"{text}-{_length(int(text[:4]), int(text[5:]))}"


def _doubt(text: str) -> Qualifier:
    if "%" in text or ("?" in text and "~" in text):
        return "both"
    return "uncertain" if "?" in text else "approximate" if "~" in text else ""


def _ends(text: str) -> list[_Part]:
    written = text.split("/")
    if len(written) > 2:
        raise _not_edtf(text)
    if text == "/":
        raise ValueError(f"an interval must have a start and an end, as 2020-02-14/2020-02-16, not {text!r}")
    return _in_order([_OPEN if end in ("", "..") else _part(end) for end in written], text)


def _extent(text: str) -> tuple[int, int]:
    """Return the strict bounds of a set."""
    closing = "]" if text[0] == "[" else "}"
    if text[-1] != closing or len(text) == 2:
        raise ValueError(
            f"a set must be dates between {text[0]} and {closing}, as [2019-10..2019-12], not {text!r}"
        )
    items = text[1:-1].split(",")
    lows, highs = [], []
    for place, item in enumerate(items):
        ends = item.split("..")
        if len(ends) > 2 or not any(ends):
            raise ValueError(f"a set must contain dates or ranges as 2019-10..2019-12, not {item!r}")
        if (place > 0 and not ends[0]) or (place < len(items) - 1 and not ends[-1]):
            raise ValueError(f"a set may be open only before its first date and after its last, not as {text!r}")
        parts = _in_order([_part(end) if end else _OPEN for end in ends], item)
        lows.append(parts[0].low)
        highs.append(parts[-1].high)
    return min(lows), max(highs)


def _in_order(parts: list[_Part], text: str) -> list[_Part]:
    if parts[0].first > parts[-1].begun:
        raise ValueError(f"the end must not begin before the start, as it does in {text!r}")
    return parts


def _alone(text: str) -> _Part:
    """Read a date outside intervals and sets: a time, an estimated or a long year, or any other date."""
    if "T" in text and (match := re.fullmatch(_TIME, text)):
        return _part(match[1])
    if "S" in text and (match := re.fullmatch(_ESTIMATE, text)):
        digits = min(int(match[3]), 4)
        return _part(match[1] + match[2][:digits] + "X" * (4 - digits))._replace(certain="")
    if text[:1] == "Y" and (match := re.fullmatch(_LONG_YEAR, text)) and _is_long(match):
        return _OPEN
    if "T" in text:
        raise ValueError(f"a time must be written as 2020-02-21T10:00:00 or 2020-02-21T10:00:00Z, not {text!r}")
    return _part(text)


def _is_long(year: re.Match[str]) -> bool:
    return not year[1] or len(year[1]) + int(year[2]) > 4


def _part(text: str) -> _Part:
    match = _PART.fullmatch(text)
    if match is None:
        raise _not_edtf(text)
    groups = match.groups()
    left, written, right = groups[0::3], [value for value in groups[1::3] if value], groups[2::3]
    if any(before and after for before, after in zip(left, right, strict=True)):
        raise ValueError(f"a mark must be on one side of what it doubts, not on both sides as in {text!r}")
    # A mark after a part doubts everything before it; a mark before a part doubts only that part.
    sure = 0 if any(right) else next((place for place, mark in enumerate(left) if mark), len(written))
    first, last = low, high = _bounds(written)
    if sure == 0 or written[0] == "XXXX":
        low, high = -_EVER, _EVER
    elif sure < len(written) and not _over_new_year(written):
        low, high = _bounds(written[:sure])
    if _over_new_year(written):
        first += 10000  # winter is the last season of its year
    return _Part(first, last if "X" in text else first, low, high, *_readings(written, sure))


def _not_edtf(text: str) -> ValueError:
    return ValueError(f"a date must be written as 2020, 2020-02, 2020-02-21 or otherwise in EDTF, not {text!r}")


def _readings(written: list[str], sure: int) -> tuple[str, str]:
    """Return the certain and the probable reading of a date whose first `sure` values are not doubted."""
    if written[0] < "0001":
        return "", ""
    grouped = len(written) == 2 and written[1] in _GROUPINGS
    known = 1 if grouped else len(written)
    vague = next((place for place, value in enumerate(written) if "X" in value), known)
    certain = "" if _over_new_year(written) else "-".join(written[: min(sure, known, vague)])
    return certain, "-".join(written) if sure < len(written) == vague else ""


def _over_new_year(written: list[str]) -> bool:
    return len(written) == 2 and _GROUPINGS.get(written[1]) == _SEASONS[3]


def _bounds(written: list[str]) -> tuple[int, int]:
    """Return the first and the last day that fit. Raises `ValueError` where none does."""
    year, month, day = (*written, "XX", "XX")[:3]
    if year == "-0000":
        raise ValueError("the year before 0001 must be written as 0000, not -0000")
    if month in _GROUPINGS and len(written) == 2:
        (start, end), margin = _GROUPINGS[month], _over_new_year(written)
        # "Winter 2010" may be the one that ended in 2010 and the one that began in it: both count.
        early, late = next(_years(year)) - margin, next(_years(year, backwards=True)) + margin
        return early * 10000 + start * 100 + 1, late * 10000 + end * 100 + _length(late, end)
    months, days = _fitting(month, 12), _fitting(day, 31)
    if not months:
        raise ValueError(f"a month must be 01 to 12, or 21 to 41 for a season or a part of the year, not {month}")
    early = _edge(_years(year), months, days)
    late = _edge(_years(year, backwards=True), months[::-1], days[::-1])
    if not early or not late:
        raise ValueError(f"a day must exist, and there is no {'-'.join(written)}")
    return early, late


def _edge(years: Iterator[int], months: list[int], days: list[int]) -> int:
    """Return the first day that exists, or 0."""
    found = (y * 10000 + m * 100 + d for y in years for m in months for d in days if d <= _length(y, m))
    return next(found, 0)


def _years(template: str, *, backwards: bool = False) -> Iterator[int]:
    sign = -1 if template[0] == "-" else 1
    digits = "0123456789" if (sign > 0) != backwards else "9876543210"
    for year in product(*(digits if digit == "X" else digit for digit in template.lstrip("-"))):
        if sign > 0 or any(digit != "0" for digit in year):
            yield sign * int("".join(year))


def _fitting(template: str, most: int) -> list[int]:
    if template == "XX":
        return list(range(1, most + 1))
    if "X" not in template:
        return [number] if 1 <= (number := int(template)) <= most else []
    return [n for n in range(1, most + 1) if all(t in ("X", d) for t, d in zip(template, f"{n:02}", strict=True))]


def _length(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def _day(number: int) -> str:
    year, month, day = number // 10000, number // 100 % 100, number % 100
    return f"{year:04}-{month:02}-{day:02}" if 1 <= year <= 9999 else ""


_NAMES = "jan feb|fév mar|maa|mrt|mär apr|avr mei|may|mai jun|juin jul|juil aug|aoû sep oct|okt nov dec|dez|déc"
_MONTHS = {name: place for place, names in enumerate(_NAMES.split(), start=1) for name in names.split("|")}
_NOTATIONS = tuple(
    pattern + r" ?(?P<mark>[?~%]?)"
    for pattern in (
        r"(?P<y>[0-9]{4})[-/. ](?P<m>[0-9]{1,2})(?:[-/. ](?P<d>[0-9]{1,2}))?",
        r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})",
        r"(?P<d>[0-9]{1,2})[-/. ](?P<m>[0-9]{1,2})[-/. ](?P<y>[0-9]{4})",
        r"(?P<m>[0-9]{1,2})[-/. ](?P<d>[0-9]{1,2})[-/. ](?P<y>[0-9]{4})",
        r"(?:(?P<d>[0-9]{1,2})\.? )?(?P<m>[^\W\d_]{3,})\.? (?P<y>[0-9]{4})",
        r"(?P<m>[^\W\d_]{3,})\.? (?P<d>[0-9]{1,2}),? (?P<y>[0-9]{4})",
    )
)


def suggestions(text: str) -> Iterator[str]:
    """Yield what may have been meant, most likely first; not all of it is valid EDTF."""
    tight = "".join(text.split())
    yield tight
    yield tight.upper()
    yield tight.upper().replace("UNKNOWN", "").replace("OPEN", "..").replace("U", "X")  # as drafts of EDTF had it
    yield _reordered(text)
    start, *end = text.split("/")
    yield "/".join(_reordered(part.partition("T")[0]) for part in (start, *end))
    if end:
        yield f"{text}-XX"
        yield f"{end[-1]}/{start}"


def _reordered(text: str) -> str:
    """Return a date in EDTF's order: year, month, day."""
    for notation in _NOTATIONS:
        if match := re.fullmatch(notation, text.strip()):
            month, day = _month(match["m"].lower()), int(match["d"] or 0)
            if 1 <= month <= 12 and day <= 31:
                return f"{match['y']}-{month:02}" + (f"-{day:02}" if match["d"] else "") + match["mark"]
    return text.strip()


def _month(written: str) -> int:
    """Return the month's number, 0 for a name in none of the languages."""
    if written.isdecimal():
        return int(written)
    return next((number for name, number in _MONTHS.items() if written.startswith(name)), 0)
