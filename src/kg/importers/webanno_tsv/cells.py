"""The cells of a row of WebAnno TSV 3: stacked values, their numbers, and escapes."""

from __future__ import annotations

import re
from typing import NamedTuple

ABSENT = "_"
"""No annotation stands here."""
NULL = "*"
"""An annotation stands here, and has no value."""
_SIGN = re.compile(r"\\.|[|;]", re.DOTALL)
_NUMBER = re.compile(r"\[([0-9]{1,9})\]$")
_ESCAPE = re.compile(r"\\(->|[\\\[\]|_;tn*])")
_NAMED = {"t": "\t", "n": "\n"}
_UNIT = re.compile(r"([0-9]{1,9}-[0-9]{1,9}(?:\.[0-9]{1,9})?)(?:\[([0-9]{1,9})(?:_([0-9]{1,9}))?\])?")
_CHAINED = re.compile(r"->([0-9]{1,9})-([0-9]{1,9})$")
# Up to 3.1 as in Java, from 3.2 on these only: a backslash before a control character, or before one of its names.
_JAVA = re.compile(r"\\(?:u+([0-9a-fA-F]{4})|([0-3]?[0-7]{1,2})|(.?))", re.DOTALL)
_TEXT = re.compile("\\\\([\x00-\x07\x0e-\x1ftnfrb\\\\])")
_CONTROLS = {"t": "\t", "n": "\n", "f": "\f", "r": "\r", "b": "\b"}


class Reference(NamedTuple):
    """The unit at which an annotation begins, and its number where there are several (else 0).

    The second number of a relation is that of its target.
    """

    unit: str
    number: int
    target: int


class Chained(NamedTuple):
    """An element of a chain: the value, the chain's number and the element's."""

    value: str
    chain: int
    element: int


def parts(cell: str, sign: str) -> list[str]:
    """Return what stands between signs (`|`, `;`) that are not escaped."""
    if "\\" not in cell:
        return cell.split(sign)
    found, start = [], 0
    for each in _SIGN.finditer(cell):
        if each[0] == sign:
            found.append(cell[start : each.start()])
            start = each.end()
    return [*found, cell[start:]]


def numbered(value: str) -> tuple[str, int]:
    """Return a value as written, and its number: `PER[1]` is number 1 (0: it has none)."""
    number = _NUMBER.search(value) if value.endswith("]") else None
    return (value[: number.start()], int(number[1])) if number else (value, 0)


def unescaped(value: str) -> str:
    """Return what a value means; nothing for none."""
    if value in (NULL, ABSENT):
        return ""
    return _ESCAPE.sub(lambda sign: _NAMED.get(sign[1], sign[1]), value) if "\\" in value else value


def reference(value: str) -> Reference | None:
    """Return what `1-2`, `1-2.1[3]` and `1-2[0_3]` refer to; None if it is none of these."""
    match = _UNIT.fullmatch(value)
    return Reference(match[1], int(match[2] or 0), int(match[3] or 0)) if match else None


def chained(value: str) -> Chained | None:
    """Return what `coref->1-2` tells; None if it is no such thing."""
    match = _CHAINED.search(value)
    return Chained(unescaped(value[: match.start()]), int(match[1]), int(match[2])) if match else None


def unescaped_text(text: str, minor: int) -> str:
    """Return what a line of text means, by the minor version of the format."""
    if "\\" not in text:
        return text
    if minor > 1:
        return _TEXT.sub(lambda sign: _CONTROLS.get(sign[1], sign[1]), text)
    return _JAVA.sub(_java, text).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _java(sign: re.Match[str]) -> str:
    if sign[1] or sign[2]:
        return chr(int(sign[1], 16) if sign[1] else int(sign[2], 8))
    return _CONTROLS.get(sign[3], sign[3])
