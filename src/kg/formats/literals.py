"""A literal in its parts, faster than `kg.terms.literal_value` and with the datatype as a term."""

from __future__ import annotations

from typing import NamedTuple

from kg.terms import literal_value
from kg.vocab import XSD


class Parts(NamedTuple):
    """`text` is unescaped; `datatype` is a term, `""` for a plain or a tagged string."""

    text: str
    language: str
    datatype: str


def parts(literal: str) -> Parts:
    """Take a literal apart. Raises `ValueError` for an IRI."""
    close = literal.rindex('"')
    text = literal_value(literal).lexical if "\\" in literal else literal[1:close]
    ending = literal[close + 1 :]
    if ending.startswith("@"):
        return Parts(text, ending[1:], "")
    datatype = ending[2:]
    return Parts(text, "", "" if datatype == XSD.string else datatype)
