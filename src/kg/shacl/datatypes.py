"""Datatypes: which literals are well-formed, and which of two literals is less.

The lexical spaces are those of the XSD types that SPARQL and dates use; a literal of any other datatype counts as
well-formed. The order is that of SPARQL's `<`; literals that SPARQL cannot compare are neither less nor equal.
https://www.w3.org/TR/xmlschema11-2/ · https://www.w3.org/TR/sparql11-query/#OperatorMapping
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from kg.rdf.terms import XSD, literal_value

LexicalTest = Callable[[str], object]
"""Takes a lexical form; what it returns is true if the form is well-formed."""

RDF_LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
CACHE_SIZE: Final = 2048
"""How many terms a test caches: the days of five years, which recur all the time; more would only cost memory."""

_YEAR = r"-?(?:[1-9]\d{3,}|0\d{3})"
_MONTH = r"(?:0[1-9]|1[0-2])"
_DAY = r"(?:0[1-9]|[12]\d|3[01])"
_ZONE = r"(?:Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))?"
_TIME = r"(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?|24:00:00(?:\.0+)?)"
_DATE = f"(?P<year>{_YEAR})-(?P<month>{_MONTH})-(?P<day>{_DAY})"
_INTEGER = r"[+-]?\d+"
_DECIMAL = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)"
_DOUBLE = rf"{_DECIMAL}(?:[eE][+-]?\d+)?|[+-]?INF|NaN"

_PATTERNS = {
    "boolean": "true|false|1|0",
    "date": _DATE + _ZONE,
    "dateTime": f"{_DATE}T{_TIME}{_ZONE}",
    "dateTimeStamp": f"{_DATE}T{_TIME}{_ZONE[:-1]}",
    "time": _TIME + _ZONE,
    "gYear": _YEAR + _ZONE,
    "gYearMonth": f"{_YEAR}-{_MONTH}{_ZONE}",
    "gMonth": f"--{_MONTH}{_ZONE}",
    "gDay": f"---{_DAY}{_ZONE}",
    "decimal": _DECIMAL,
    "double": _DOUBLE,
    "float": _DOUBLE,
}
INTEGER_BOUNDS: dict[str, tuple[int | None, int | None]] = {
    "integer": (None, None),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-(2**7), 2**7 - 1),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 2**8 - 1),
}


class ValueTest(ABC):
    """A test of one value node. Tests are classes, because compiled methods are the fastest to call."""

    __slots__ = ()

    @abstractmethod
    def passes(self, term: str) -> bool:
        """Tell whether a term passes."""


class CachingTest(ValueTest):
    """A test that caches its results by term; the cache is cleared when it is full."""

    __slots__ = ("_cache",)

    def __init__(self) -> None:
        self._cache: dict[str, bool] = {}

    def passes(self, term: str) -> bool:
        found = self._cache.get(term)
        if found is None:
            if len(self._cache) >= CACHE_SIZE:
                self._cache.clear()
            found = self._cache[term] = self.compute(term)
        return found

    @abstractmethod
    def compute(self, term: str) -> bool:
        """Tell whether a term passes, without the cache."""


class IsString(ValueTest):
    """sh:datatype xsd:string."""

    __slots__ = ()

    def passes(self, term: str) -> bool:
        return term[0] == '"' and term[-1] == '"'


class IsLangString(ValueTest):
    """sh:datatype rdf:langString."""

    __slots__ = ()

    def passes(self, term: str) -> bool:
        return term[0] == '"' and term[-1] != '"' and term[-1] != ">"


class HasDatatype(ValueTest):
    """sh:datatype of a datatype, given as a bare IRI, whose literals all count as well-formed."""

    __slots__ = ("_ending",)

    def __init__(self, datatype: str) -> None:
        self._ending = f'"^^<{datatype}>'

    def passes(self, term: str) -> bool:
        return term.endswith(self._ending)


class IsWellFormed(CachingTest):
    """sh:datatype of a datatype, given as a bare IRI, whose lexical space is known."""

    __slots__ = ("_ending", "_lexical")

    def __init__(self, datatype: str) -> None:
        super().__init__()
        self._ending = f'"^^<{datatype}>'
        self._lexical = lexical_test(datatype)

    def compute(self, term: str) -> bool:
        if not term.endswith(self._ending):
            return False
        lexical = literal_value(term).lexical if "\\" in term else term[1 : -len(self._ending)]
        return bool(self._lexical(lexical))


class IsNatural(ValueTest):
    """sh:datatype of a datatype that contains all natural numbers."""

    __slots__ = ("_ending", "_others")

    def __init__(self, datatype: str) -> None:
        self._ending = f'"^^<{datatype}>'
        self._others = IsWellFormed(datatype)

    def passes(self, term: str) -> bool:
        # Offsets hardly ever recur: a look at the digits is faster than a cache.
        digits = term[1 : -len(self._ending)]
        if digits.isdigit() and len(digits) < 20 and digits.isascii() and term.endswith(self._ending):
            return True
        return self._others.passes(term)


def datatype_test(datatype: str) -> ValueTest:
    """Return the test for well-formed literals of a datatype, given as a bare IRI."""
    if datatype == XSD + "string":
        return IsString()
    if datatype == RDF_LANG_STRING:
        return IsLangString()
    name = datatype.removeprefix(XSD)
    if INTEGER_BOUNDS.get(name) in ((None, None), (0, None)):
        return IsNatural(datatype)
    has_lexical_space = name != datatype and (name in INTEGER_BOUNDS or name in _PATTERNS)
    return IsWellFormed(datatype) if has_lexical_space else HasDatatype(datatype)


@lru_cache(maxsize=64)
def lexical_test(datatype: str) -> LexicalTest:
    """Return the test for the lexical forms of a datatype."""
    name = datatype.removeprefix(XSD)
    if name in INTEGER_BOUNDS:
        return _integer_test(*INTEGER_BOUNDS[name])
    if name not in _PATTERNS or name == datatype:
        return lambda _lexical: True
    pattern = re.compile(_PATTERNS[name], re.ASCII)
    if "day" not in pattern.groupindex:
        return pattern.fullmatch

    def test(lexical: str) -> object:
        match = pattern.fullmatch(lexical)
        return match and int(match["day"]) <= _days(match["year"], match["month"])

    return test


def _integer_test(least: int | None, most: int | None) -> LexicalTest:
    pattern = re.compile(_INTEGER, re.ASCII)

    def test(lexical: str) -> object:
        if not pattern.fullmatch(lexical):
            return False
        number = Decimal(lexical)  # not int, which refuses more than 4,300 digits
        return (least is None or least <= number) and (most is None or number <= most)

    return test


def _days(year: str, month: str) -> int:
    # Not `calendar`: it knows only the years 1 to 9999, and an export would have to load it.
    if month != "02":
        return 30 if month in ("04", "06", "09", "11") else 31
    return 28 + (int(year[-4:]) % (400 if year.endswith("00") else 4) == 0)


_NATURAL: Final = f'"^^<{XSD}integer>'
_IS_DAY: Final = datatype_test(XSD + "date")
# A day has this length only if its year has four digits and it has no time zone.
_DAY_LENGTH: Final = len(f'"2020-02-21"^^<{XSD}date>')
_FLOATS = {"double", "float"}
_NUMBERS = {*INTEGER_BOUNDS, *_FLOATS, "decimal"}
_MOMENT = re.compile(
    r"(?P<year>-?\d{4,9})-(?P<month>\d\d)-(?P<day>\d\d)(?:T(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>[\d.]+))?"
    r"(?P<zone>Z|[+-]\d\d:\d\d)?"
)


OrderKey = tuple[str, Any]
"""The kind of a literal, and its position among the literals of that kind."""


@lru_cache(CACHE_SIZE)
def order_key(term: str) -> OrderKey | None:
    """Return the sort key of a term, None if SPARQL does not order it."""
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
    """Return the value of an xsd:integer from 0, -1 for any other term and for more than 19 digits."""
    digits = term[1 : -len(_NATURAL)]
    if digits.isdigit() and len(digits) < 20 and digits.isascii() and term.endswith(_NATURAL):
        return int(digits)
    return -1


def is_less(left: str, right: str, or_equal: bool) -> bool:
    """Tell whether one term is less than another, or equal to it if `or_equal`."""
    if len(left) == len(right) == _DAY_LENGTH and _IS_DAY.passes(left) and _IS_DAY.passes(right):
        return left < right or (or_equal and left == right)
    # Days recur all the time, offsets hardly ever: reading their digits is faster than a cache.
    first, second = natural(left), natural(right)
    if first >= 0 and second >= 0:
        return first < second or (or_equal and first == second)
    return is_lower(order_key(left), order_key(right), or_equal)


def is_lower(left: OrderKey | None, right: OrderKey | None, or_equal: bool) -> bool:
    """Tell whether one key comes before another, or is equal to it if `or_equal`."""
    if left is None or right is None or left[0] != right[0]:
        return False
    return left < right or (or_equal and left == right)


def _number(name: str, lexical: str) -> OrderKey | None:
    if lexical == "NaN":
        return None
    # A double has the value that it is written with, so that "0.1"^^xsd:double equals 0.1.
    return ("number", Decimal(repr(float(lexical)) if name in _FLOATS else lexical))


def _moment(name: str, lexical: str) -> OrderKey | None:
    match = _MOMENT.fullmatch(lexical)
    if match is None:
        return None
    days = _day_number(int(match["year"]), int(match["month"]), int(match["day"]))
    seconds = 60 * int(match["minute"] or 0) + 3600 * int(match["hour"] or 0) + Decimal(match["second"] or 0)
    zone = match["zone"]
    if zone is None:
        return (name, days * 86400 + seconds)
    # With and without a time zone are two kinds, which cannot be compared.
    hours, minutes = (0, 0) if zone == "Z" else (int(zone[:3]), int(zone[0] + zone[4:]))
    return (name + " with a zone", days * 86400 + seconds - 3600 * hours - 60 * minutes)


def _day_number(year: int, month: int, day: int) -> int:
    """Return the number of days since a fixed day, in the proleptic Gregorian calendar."""
    year, month = (year, month - 3) if month > 2 else (year - 1, month + 9)
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * month + 2) // 5 + day
