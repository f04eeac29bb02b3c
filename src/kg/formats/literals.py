"""A literal in its parts, faster than `kg.rdf.terms.literal_value` and with the datatype as a term."""

from __future__ import annotations

from kg.rdf.terms import literal_value
from kg.rdf.vocab import XSD


def parts(literal: str) -> tuple[str, str, str]:
    """Return the unescaped text, the language and the datatype, a term, `""` for a plain or a tagged string.

    Raises `ValueError` for an IRI.
    """
    close = literal.rindex('"')
    text = literal_value(literal).lexical if "\\" in literal else literal[1:close]
    ending = literal[close + 1 :]
    if not ending:
        return text, "", ""
    if ending[0] == "@":
        return text, ending[1:], ""
    datatype = ending[2:]
    return text, "", "" if datatype == XSD.string else datatype
