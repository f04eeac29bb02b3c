"""Which literals are well-formed: the lexical spaces of the XSD types that SPARQL and dates use.

A literal of any other datatype is taken as well-formed.
https://www.w3.org/TR/xmlschema11-2/
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Final

from kg.rdf.terms import XSD, literal_value

Lexical = Callable[[str], object]
"""Of a lexical form: true where it is as it must be."""

RDF_LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
REMEMBERED: Final = 2048
"""How many terms a test remembers: the days of five years, which come again and again; more is only memory."""

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


class Test(ABC):
    """Looks at one value node. Tests are classes, because those are called quickest when compiled."""

    __slots__ = ()

    @abstractmethod
    def passes(self, term: str) -> bool:
        """Tell whether a term is as it must be."""


class Remembering(Test):
    """A test that remembers what it has found of some terms; of too many it forgets them all."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[str, bool] = {}

    def passes(self, term: str) -> bool:
        found = self._known.get(term)
        if found is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            found = self._known[term] = self.look(term)
        return found

    @abstractmethod
    def look(self, term: str) -> bool:
        """Tell, without a memory, whether a term is as it must be."""


class OfString(Test):
    """sh:datatype xsd:string."""

    __slots__ = ()

    def passes(self, term: str) -> bool:
        return term[0] == '"' and term[-1] == '"'


class OfTaggedString(Test):
    """sh:datatype rdf:langString."""

    __slots__ = ()

    def passes(self, term: str) -> bool:
        return term[0] == '"' and term[-1] != '"' and term[-1] != ">"


class OfUnknown(Test):
    """sh:datatype of a datatype, given as a bare IRI, whose literals are all taken as well-formed."""

    __slots__ = ("_ending",)

    def __init__(self, datatype: str) -> None:
        self._ending = f'"^^<{datatype}>'

    def passes(self, term: str) -> bool:
        return term.endswith(self._ending)


class OfDatatype(Remembering):
    """sh:datatype of a datatype, given as a bare IRI, whose lexical space is known."""

    __slots__ = ("_ending", "_lexical")

    def __init__(self, datatype: str) -> None:
        super().__init__()
        self._ending = f'"^^<{datatype}>'
        self._lexical = lexical_test(datatype)

    def look(self, term: str) -> bool:
        if not term.endswith(self._ending):
            return False
        lexical = literal_value(term).lexical if "\\" in term else term[1 : -len(self._ending)]
        return bool(self._lexical(lexical))


class OfNatural(Test):
    """sh:datatype of a datatype that all natural numbers belong to."""

    __slots__ = ("_ending", "_others")

    def __init__(self, datatype: str) -> None:
        self._ending = f'"^^<{datatype}>'
        self._others = OfDatatype(datatype)

    def passes(self, term: str) -> bool:
        # Offsets hardly ever come again, and a look at their digits is quicker than a memory of them.
        digits = term[1 : -len(self._ending)]
        if digits.isdigit() and len(digits) < 20 and digits.isascii() and term.endswith(self._ending):
            return True
        return self._others.passes(term)


def of_datatype(datatype: str) -> Test:
    """Return the test for literals of a datatype, given as a bare IRI, that are well-formed."""
    if datatype == XSD + "string":
        return OfString()
    if datatype == RDF_LANG_STRING:
        return OfTaggedString()
    name = datatype.removeprefix(XSD)
    if INTEGER_BOUNDS.get(name) in ((None, None), (0, None)):
        return OfNatural(datatype)
    has_lexical_space = name != datatype and (name in INTEGER_BOUNDS or name in _PATTERNS)
    return OfDatatype(datatype) if has_lexical_space else OfUnknown(datatype)


@lru_cache(maxsize=64)
def lexical_test(datatype: str) -> Lexical:
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


def _integer_test(least: int | None, most: int | None) -> Lexical:
    pattern = re.compile(_INTEGER, re.ASCII)

    def test(lexical: str) -> object:
        if not pattern.fullmatch(lexical):
            return False
        number = Decimal(lexical)  # not int, which refuses more than 4,300 digits
        return (least is None or least <= number) and (most is None or number <= most)

    return test


def _days(year: str, month: str) -> int:
    # Not by `calendar`, which knows the years 1 to 9999 only, and which an export would have to load.
    if month != "02":
        return 30 if month in ("04", "06", "09", "11") else 31
    return 28 + (int(year[-4:]) % (400 if year.endswith("00") else 4) == 0)
