"""The tokens of a SPARQL query, read without parsing it: enough to find its keywords and its rows of values.

https://www.w3.org/TR/sparql11-query/#sparqlGrammar
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from kg.errors import UsageError

Kind = Literal["iri", "comment", "string", "variable", "tag", "name", "word", "mark"]

_TOKEN = re.compile(
    r"""
      (?P<iri> < (?: [^<>"{}|^`\\\x00-\x20] | \\[uU][0-9A-Fa-f]+ )* > )
    | (?P<comment> \# [^\n\r]* )
    | (?P<string> \"{3} (?: [^"\\] | \\. | "(?!"") )* \"{3} | '{3} (?: [^'\\] | \\. | '(?!'') )* '{3}
        | " (?: [^"\\\n\r] | \\. )* " | ' (?: [^'\\\n\r] | \\. )* ' )
    | (?P<variable> [?$] \w+ )
    | (?P<tag> @ [A-Za-z0-9-]+ )
    | (?P<name> (?: \w [\w.-]* )? : (?: [\w:.%-] | \\. )* )
    | (?P<word> \w+ )
    | (?P<mark> \^\^ | \S )
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U00([0-9A-Fa-f]{6})")
_UPDATES = frozenset(["INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"])
_PROLOGUE = frozenset(("PREFIX", "BASE"))


class Token(NamedTuple):
    """A token and where it stands; blanks and comments are none."""

    kind: Kind
    text: str
    start: int
    end: int


def tokens(query: str) -> Iterator[Token]:
    """Yield the tokens of a query."""
    for match in _TOKEN.finditer(query):
        if match.lastgroup != "comment":
            yield Token(match.lastgroup, match[0], match.start(), match.end())  # type: ignore[arg-type]


def refuse_what_is_no_query(query: str, *, asker: str = "`kg query`") -> None:
    """Raise `UsageError` for a query that would leave the corpus or change it, which `asker` never does.

    This is for the message only: that neither is possible is up to the worker, which can open no connection.
    """
    for text in {query, _ESCAPE.sub(_unescaped, query)}:
        words = [token.text.upper() for token in tokens(text) if token.kind == "word"]
        if "SERVICE" in words:
            raise UsageError(f"SERVICE is refused: {asker} asks this corpus only, and reaches no network.")
        first = next((word for word in words if word not in _PROLOGUE), "")
        if first in _UPDATES:
            raise UsageError(
                f"{first} is refused: {asker} reads and never writes. Begin with SELECT, ASK, CONSTRUCT or "
                "DESCRIBE; to change what the corpus says, edit its files."
            )


def names_its_graphs(query: str) -> bool:
    """Tell whether a query has a FROM, which then says what its default graph is."""
    return any(token.kind == "word" and token.text.upper() == "FROM" for token in tokens(query))


def _unescaped(match: re.Match[str]) -> str:
    number = int(match[1] or match[2], 16)
    return chr(number) if number < 0x110000 else match[0]
