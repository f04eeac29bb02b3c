"""What the engine says of a query that it cannot answer, as people need it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kg.query.store.sparql import tokens

# What the system says of a connection that the worker may not make.
NO_NETWORK = ("Too many open files", "lookup address", "Permission denied")
_PLACE = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_NO_XML = re.compile(b"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")


def syntax_message(message: str, query: str, name: str) -> str:
    """Return where a query stops being SPARQL, with the line and a caret."""
    match = _PLACE.match(message)
    if match is None:
        return f"{name}: this must be SPARQL: {message}"
    line, column = int(match[1]), int(match[2])
    at = sum(len(each) + 1 for each in query.split("\n")[: line - 1]) + column - 1
    sentence = "it cannot be understood here"
    if "Prefix not found" in match[3]:
        unknown = next((each for each in tokens(query) if each.kind == "name" and each.end == at), None)
        if unknown:
            column -= len(unknown.text)
            sentence = f"the prefix `{unknown.text.partition(':')[0]}:` must be declared, with PREFIX"
    shown = query.split("\n")[line - 1].rstrip("\r")
    caret = "".join("\t" if letter == "\t" else " " for letter in shown[: column - 1]) + "^"
    return f"{name}:{line}:{column}: this must be SPARQL: {sentence}\n    {shown}\n    {caret}"


def has_control_character(pieces: Iterable[bytes]) -> bool:
    """Tell whether there is a character in a text, which comes in lines or at once, that XML cannot hold."""
    return any(_NO_XML.search(piece) for piece in pieces)
