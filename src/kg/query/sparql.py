"""SPARQL queries as text: their tokens, the refusal of SERVICE and updates, and messages about syntax errors.

The tokens are read without parsing the query: enough to find its keywords and its rows of values.
https://www.w3.org/TR/sparql11-query/#sparqlGrammar
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from kg.errors import UsageError

TokenKind = Literal["iri", "comment", "string", "variable", "tag", "name", "word", "mark"]

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
KG_QUERY = "`kg query`"
_UPDATES = frozenset(["INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"])
_PROLOGUE = frozenset(("PREFIX", "BASE"))
MOST_NESTED = 100
"""How deep the brackets of a query may be nested: a few hundred would end the engine's process."""


class EngineOptions(NamedTuple):
    """The store of the engine's process, a folder of Oxigraph or a file of N-Quads, and its limits in bytes.

    `prefixes` need not be declared. The process starts a third faster if it does not load the vocabulary for them.
    """

    source: str
    memory: int
    answer: int
    prefixes: dict[str, str]


class QueryRequest(NamedTuple):
    """A query for the engine's process, the formats of its answer (`""`: none), and its limits of rows and seconds.

    `solutions` is the format of rows, `triples` that of graphs. The answer goes into the file `path`; up to
    `in_memory` bytes it comes with the outcome instead. `default` and `named` are the graphs that the client names
    in addition to those of the query, if any. If a `portion` is given, the process asks its parent, by an empty
    frame, before it writes each portion of as many bytes; an empty frame in reply refuses it. An `unread` query is
    checked for SERVICE and updates first, which a hostile query can make slow. Messages call the query `name`, and
    whoever answers it `asker`.
    """

    query: str
    base: str
    path: str
    solutions: str
    triples: str
    seconds: float
    rows: int | None = None
    default: tuple[str, ...] | None = None
    named: tuple[str, ...] | None = None
    in_memory: int = 0
    portion: int = 0
    unread: bool = False
    asker: str = KG_QUERY
    name: str = "query"


class QueryOutcome(NamedTuple):
    """The `kind` of a query that was answered (`solutions`, `boolean`, `triples`), or how it failed and a message.

    It failed by `syntax`, `refused`, `store` (which cannot be opened), `graph` or `rows-only` (no format for the
    answer), `xml` (characters that XML cannot have), `rows`, `bytes` or `memory` (too much), `space` (the parent
    refused a portion), `storage` (files that cannot be read or written), or `engine`. `body` is the answer, None if
    it is in the file.
    """

    kind: str = ""
    failed: str = ""
    message: str = ""
    body: bytes | None = b""

    @property
    def is_in_file(self) -> bool:
        """Whether there is an answer, and it is in the file."""
        return not self.failed and self.body is None


class SparqlToken(NamedTuple):
    """A token and its place in the query; blanks and comments are no tokens."""

    kind: TokenKind
    text: str
    start: int
    end: int


def tokens(query: str) -> Iterator[SparqlToken]:
    """Yield the tokens of a query."""
    for match in _TOKEN.finditer(query):
        if match.lastgroup != "comment":
            yield SparqlToken(match.lastgroup, match[0], match.start(), match.end())  # type: ignore[arg-type]


def refuse_service_and_updates(query: str, asker: str) -> None:
    """Raise `UsageError` for a query that would leave the corpus or change it, which `asker` never does.

    This is for the message only: the engine's process can open no connection, and its store is read-only.
    """
    upper = query.upper()
    if "\\U" not in upper and not any(word in upper for word in ("SERVICE", *_UPDATES)):
        return
    for text in {query, _ESCAPE.sub(_unescaped, query)}:
        words = [token.text.upper() for token in tokens(text) if token.kind == "word"]
        if "SERVICE" in words:
            raise UsageError(service_refused(asker))
        first = next((word for word in words if word not in _PROLOGUE), "")
        if first in _UPDATES:
            raise UsageError(
                f"{first} is refused: {asker} reads and never writes. Begin with SELECT, ASK, CONSTRUCT or "
                "DESCRIBE; to change what the corpus says, edit its files."
            )


def refuse_deep_nesting(query: str) -> None:
    """Raise `UsageError` if brackets are nested more than `MOST_NESTED` deep, whatever their kind."""
    for text in {query, _ESCAPE.sub(_unescaped, query)}:
        if sum(map(text.count, "{([")) <= MOST_NESTED:
            continue
        depth = 0
        for token in tokens(text):
            if token.text in ("{", "(", "["):
                depth += 1
            elif token.text in ("}", ")", "]"):
                depth -= 1
            if depth > MOST_NESTED:
                raise UsageError(
                    f"A query may be nested {MOST_NESTED} deep at most, and this one is nested too deeply: "
                    "simplify it."
                )


def service_refused(asker: str) -> str:
    """Return why a query with SERVICE is not answered."""
    return f"SERVICE is refused: {asker} asks this corpus only, and reaches no network."


def has_from(query: str) -> bool:
    """Whether a query has a FROM, which then defines its default graph."""
    return "FROM" in query.upper() and any(
        token.kind == "word" and token.text.upper() == "FROM" for token in tokens(query)
    )


def _unescaped(match: re.Match[str]) -> str:
    number = int(match[1] or match[2], 16)
    return chr(number) if number < 0x110000 else match[0]


_PLACE = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_NO_XML = re.compile(b"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")


def is_syntax_message(message: str) -> bool:
    """Tell whether an engine's message is one about a syntax error, with its place, as Oxigraph's are."""
    return _PLACE.match(message) is not None


def syntax_message(message: str, query: str, name: str, *, before: int = 0) -> str:
    """Return the message about a syntax error, with the line and a caret.

    `before` is how many characters the engine was sent before the query, on its first line.
    """
    match = _PLACE.match(message)
    if match is None:
        return f"{name}: this must be SPARQL: {message}"
    line, column = int(match[1]), int(match[2])
    if line == 1:
        column = max(column - before, 1)
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
    """Whether a text, given in pieces, has a character that XML cannot have."""
    return any(_NO_XML.search(piece) for piece in pieces)


def outcome_frame(outcome: QueryOutcome) -> bytes:
    """Return an outcome as the engine's process sends it: a line of JSON, then the body."""
    head = [outcome.kind, outcome.failed, outcome.message, outcome.body is None]
    return json.dumps(head).encode() + b"\n" + (outcome.body or b"")


def read_outcome(frame: bytes) -> QueryOutcome:
    """Return the outcome of a frame."""
    head, _, body = frame.partition(b"\n")
    kind, failed, message, in_file = json.loads(head)
    return QueryOutcome(kind, failed, message, None if in_file else body)
