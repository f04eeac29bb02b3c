"""Which of two literals is less, as SPARQL's `<` has it; what SPARQL cannot compare is neither less nor equal.

https://www.w3.org/TR/sparql11-query/#OperatorMapping, and xsd:date as XPath orders it.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from kg.rdf.terms import XSD, literal_value
from kg.shacl.datatypes import INTEGER_BOUNDS, REMEMBERED, lexical_test, of_datatype

if TYPE_CHECKING:
    from fractions import Fraction

_NATURAL: Final = f'"^^<{XSD}nonNegativeInteger>'
_DAY: Final = of_datatype(XSD + "date")
# Only with a year of four digits, and without a time zone, is a day of this length.
_DAY_LENGTH: Final = len(f'"2020-02-21"^^<{XSD}date>')
_FLOATS = {"double", "float"}
_NUMBERS = {*INTEGER_BOUNDS, *_FLOATS, "decimal"}
_MOMENT = re.compile(
    r"(?P<year>-?\d{4,9})-(?P<month>\d\d)-(?P<day>\d\d)(?:T(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>[\d.]+))?"
    r"(?P<zone>Z|[+-]\d\d:\d\d)?"
)


Rank = tuple[str, Any]
"""Where a literal stands: its kind, and its position among those of its kind."""


@lru_cache(REMEMBERED)
def rank(term: str) -> Rank | None:
    """Return where a term stands, `None` for a term that SPARQL does not order."""
    if term[0] != '"':
        return None
    lexical, datatype, _ = literal_value(term)
    name = datatype.removeprefix(XSD)
    if name == datatype or not lexical_test(datatype)(lexical):
        return None
    if name in _NUMBERS:
        return _number(name, lexical)
    match name:
        case "string":
            return ("string", lexical)
        case "boolean":
            return ("boolean", lexical in ("true", "1"))
        case "date" | "dateTime":
            return _moment(name, lexical)
    return None


def natural(term: str) -> int:
    """Return the natural number that a term stands for, -1 for any other term or one of many digits."""
    digits = term[1 : -len(_NATURAL)]
    if digits.isdigit() and len(digits) < 20 and digits.isascii() and term.endswith(_NATURAL):
        return int(digits)
    return -1


def in_order(left: str, right: str, or_equal: bool) -> bool:
    """Tell whether one term is less than another, or equal to it where that will do."""
    if len(left) == len(right) == _DAY_LENGTH and _DAY.passes(left) and _DAY.passes(right):
        return left < right or (or_equal and left == right)
    # Days come again and again, offsets hardly ever do: their digits are quicker to read than to remember.
    first, second = natural(left), natural(right)
    if first >= 0 and second >= 0:
        return first < second or (or_equal and first == second)
    return (is_less_or_equal if or_equal else is_less)(rank(left), rank(right))


def is_less(left: Rank | None, right: Rank | None) -> bool:
    """Tell whether one literal is less than another."""
    return left is not None and right is not None and left[0] == right[0] and left < right


def is_less_or_equal(left: Rank | None, right: Rank | None) -> bool:
    """Tell whether one literal is less than another or equal to it."""
    return left is not None and right is not None and left[0] == right[0] and left <= right


def _number(name: str, lexical: str) -> Rank | None:
    if lexical == "NaN":
        return None
    # A double is what its digits stand for, so that "0.1"^^xsd:double equals 0.1.
    return ("number", Decimal(repr(float(lexical)) if name in _FLOATS else lexical))


def _moment(name: str, lexical: str) -> Rank | None:
    match = _MOMENT.fullmatch(lexical)
    if match is None:
        return None
    days = _day_number(int(match["year"]), int(match["month"]), int(match["day"]))
    seconds: int | Fraction = 60 * int(match["minute"] or 0) + 3600 * int(match["hour"] or 0)
    if match["second"]:
        seconds += _exact(match["second"])
    zone = match["zone"]
    if zone is None:
        return (name, days * 86400 + seconds)
    # With and without a time zone are two kinds: which comes first cannot be told.
    hours, minutes = (0, 0) if zone == "Z" else (int(zone[:3]), int(zone[0] + zone[4:]))
    return (name + " with a zone", days * 86400 + seconds - 3600 * hours - 60 * minutes)


def _exact(seconds: str) -> int | Fraction:
    if seconds.isdecimal():
        return int(seconds)
    from fractions import Fraction  # here, not above: hardly anybody writes any, and an export would wait for it

    return Fraction(seconds)


def _day_number(year: int, month: int, day: int) -> int:
    """Return the days since a fixed day, for any year of the proleptic Gregorian calendar."""
    year, month = (year, month - 3) if month > 2 else (year - 1, month + 9)
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * month + 2) // 5 + day
