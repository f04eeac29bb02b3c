"""Makes nodes of RDF: from the lines that a parser returns and, for statements that are usual, without a parser.

To parse takes most of the time. A statement is usual if it is as `kg` and most tools write it: each term is tested
when it first occurs, by patterns that allow less than the specification, so that no term is accepted or written
otherwise than by the parser. From the first statement that is unusual, the parser reads what is left: of a block of
lines, or, if it cannot, of the document, so that its errors are those of the document. Turtle is in `turtle_nodes`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import BytesIO
from itertools import islice
from typing import IO, TYPE_CHECKING, Protocol, cast

from kg.rdf.terms import Iri, Literal, Node, Term

if TYPE_CHECKING:
    import pyoxigraph

ANONYMOUS = "_:anonymous."
"""How the names of anonymous blank nodes begin."""
LINE_BASED = ("application/n-triples", "application/n-quads")
"""The formats with a triple a line, all of whose blank nodes have labels."""
NO_BASE = "http://base.invalid/"
"""The base of documents that give none."""
PORTION = 10_000
_END = b" .\n"
_BLOCK = 1 << 16
_LONGEST = 1 << 22
"""How many bytes of one line are kept, before the parser gets it, which has its own limit."""
_GENERATED = re.compile(r"_:[a-f][0-9a-f]{23,31}")

_RDF, _XSD = "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://www.w3.org/2001/XMLSchema#"
_PLAIN = r"[A-Za-z0-9._~!$&'()*+,;=:@/\u00a0-\ud7ff-]*"
_SEGMENTS = rf"{_PLAIN}(?:%[0-9A-Fa-f]{{2}}{_PLAIN})*"
_QUERY = _SEGMENTS.replace("@/", "@/?")
_USUAL_IRI = (
    r"<[A-Za-z][A-Za-z0-9+.-]*://[A-Za-z0-9._~-]+(?::[0-9]+)?"
    rf"(?:/{_SEGMENTS})?(?:\?{_QUERY})?(?:#{_QUERY})?>"
)
# No character that is escaped in canonical N-Triples, and no escape for others.
_CHARACTERS = r'[^"\\\x00-\x1f\x7f\ufffe\uffff]*'
_USUAL_LITERAL = (
    rf'"{_CHARACTERS}(?:\\[nrtbf"\\]{_CHARACTERS})*"'
    rf"(?:@[a-z]{{2,3}}(?:-[a-z]{{2}})?|\^\^(?!<{_XSD}string>|<{_RDF}(?:dirL|l)angString>){_USUAL_IRI})?"
)
_is_usual_iri = re.compile(_USUAL_IRI).fullmatch
is_usual_literal = re.compile(_USUAL_LITERAL).fullmatch

ReadTerm = Callable[[str], str]
"""Returns a term of a line as it is kept. Raises `ValueError` if the line must be read by the parser."""


class CollectedNodes:
    """Nodes that are made of lines.

    A single value that is an IRI or a typed literal is one list wherever it occurs: these recur, and would take
    most of the memory.
    """

    def __init__(self, *, in_graphs: bool) -> None:
        self._in_graphs = in_graphs
        self._nodes: dict[Iri, dict[Iri, list[Term]]] = {}
        self._repeated: list[tuple[dict[Iri, list[Term]], Iri]] = []
        self._known: dict[str, list[Term]] = {}
        self._predicates: dict[str, Iri] = {}
        self._graph = ""
        self._last = ""
        self._properties: dict[Iri, list[Term]] = {}

    def nodes(self) -> list[Node]:
        """Return the nodes in the order of their first mention."""
        for properties, predicate in self._repeated:
            properties[predicate] = list(dict.fromkeys(properties[predicate]))
        return [Node(subject, properties) for subject, properties in self._nodes.items()]

    def add(self, lines: Sequence[str], read: ReadTerm) -> int:
        """Add the triples of lines without their ends; return the number of lines until `read` refuses a term."""
        known, predicates, in_graphs = self._known, self._predicates, self._in_graphs
        last, properties = self._last, self._properties
        number = 0
        try:
            for number, line in enumerate(lines):  # noqa: B007 - the last one counts
                subject, predicate, value = line.split(" ", 2)
                if subject != last:
                    properties = self._of_subject(Iri(subject), read)
                    last = subject
                if in_graphs:
                    value = self._without_graph(value, read)
                single = known.get(value)
                if single is None:
                    single = self._single(value, read)
                if predicate in properties:
                    self.add_values(properties, Iri(predicate), single)
                else:
                    properties[predicates.get(predicate) or self._predicate(predicate, read)] = single
            number = len(lines)
        except ValueError:
            pass
        self._last, self._properties = last, properties
        return number

    def _single(self, term: str, read: ReadTerm) -> list[Term]:
        single: list[Term] = [Literal(read(term))]
        if term[-1] == ">":
            self._known[term] = single
        return single

    def _predicate(self, term: str, read: ReadTerm) -> Iri:
        self._predicates[term] = found = _no_literal(read(term))
        return found

    def _of_subject(self, subject: Iri, read: ReadTerm) -> dict[Iri, list[Term]]:
        found = self._nodes.get(subject)
        if found is None:
            single = self._known.get(subject)
            found = self.properties_of(single[0] if single else read(subject))
        return found

    def properties_of(self, subject: str) -> dict[Iri, list[Term]]:
        """Return the properties of a node, to be added to. Raises `ValueError` for a literal."""
        return self._nodes.setdefault(_no_literal(subject), {})

    def add_values(self, properties: dict[Iri, list[Term]], predicate: Iri, more: list[Term]) -> None:
        """Add values to those that a node has, which may be the same."""
        values = properties.get(predicate, [])
        if len(values) > 1:  # a list of its own
            values += more
        else:
            self._repeated.append((properties, predicate))
            properties[predicate] = values + more

    def _without_graph(self, value: str, read: ReadTerm) -> str:
        """Return the object of a line of N-Quads: what comes before the graph, which has no blanks and quotes."""
        if self._graph and value.endswith(self._graph):
            return value[: -len(self._graph)]
        before, _, graph = value.rpartition(" ")
        if before and graph.startswith(("<", "_")) and '"' not in graph:
            read(graph)  # never a literal
            self._graph = f" {graph}"
            return before
        return value


def _no_literal(term: str) -> Iri:
    if term[0] == '"':
        raise ValueError(f"a literal has no properties and is none: {term}")
    return Iri(term)


def usual(term: str) -> str:
    """Return a term that is as the parser would write it. Raises `ValueError` if that is not certain."""
    if is_usual_literal(term) if term[:1] == '"' else _is_usual_iri(term):
        return term
    raise ValueError(f"an unusual term: {term}")


class UsualStatements(Protocol):
    """Reads statements that are usual in a format, each without its end, and adds their triples to nodes."""

    def add(self, statements: Sequence[str]) -> int:
        """Add the triples of statements; return how many until the first that is unusual."""

    def head(self) -> bytes:
        """Return what the parser must read before the statements that follow."""

    def stands_alone(self, statements: bytes) -> bool:
        """Tell whether the parser can read statements by themselves, and add their triples."""

    def name(self, term: str) -> str:
        """Return a term of the parser's, with the name that it is to have."""


class UsualLines:
    """Reads lines of N-Triples or N-Quads."""

    name = str  # all blank nodes have labels

    def __init__(self, collected: CollectedNodes, form: pyoxigraph.RdfFormat) -> None:
        self._collected = collected
        self._form = form

    def add(self, statements: Sequence[str]) -> int:
        """Add the triples of lines; return how many until the first that is unusual."""
        return self._collected.add(statements, usual)

    def head(self) -> bytes:
        """Return nothing: a line needs no other."""
        return b""

    def stands_alone(self, statements: bytes) -> bool:
        """Tell whether the parser can read lines by themselves, and add their triples.

        It is not asked about those that may not be whole, nor after CR, which it counts otherwise.
        """
        if not statements.endswith(_END) or b"\r" in statements:
            return False
        try:
            collect(self._collected, BytesIO(statements), self._form)
        except SyntaxError:
            return False
        return True


def collect_usual(
    statements: UsualStatements, collected: CollectedNodes, stream: IO[bytes], form: pyoxigraph.RdfFormat
) -> None:
    """Add the triples of a document, those that are usual by `statements`.

    Raises `SyntaxError` if the document is not well-formed.
    """
    reached = 0
    for block, begun in _blocks(stream):
        rest = _unusual_rest(statements, block)
        if rest and not statements.stands_alone(rest):
            head = statements.head()
            reached += block.count(b"\n") - rest.count(b"\n") - head.count(b"\n")
            try:
                collect(collected, cast(IO[bytes], _Joined(head + rest + begun, stream)), form, statements.name)
            except SyntaxError as error:
                error.lineno = error.lineno and error.lineno + reached
                raise
            return
        reached += block.count(b"\n")


def _blocks(stream: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Yield a document in blocks of whole statements, each with what was read of the next one.

    The last one need not have an end, nor one that is very long.
    """
    begun = b""
    while piece := stream.read(_BLOCK):
        begun += piece
        end = begun.rfind(_END)
        block, begun = (begun[: end + len(_END)], begun[end + len(_END) :]) if end >= 0 else (b"", begun)
        if len(begun) > _LONGEST:
            yield block + begun, b""
            return
        if block:
            yield block, begun
    if begun:
        yield begun, b""


def _unusual_rest(statements: UsualStatements, block: bytes) -> bytes:
    """Add the triples of a block up to the first unusual statement; return the rest."""
    if b"\r" in block:
        return block  # lines may end elsewhere, too
    try:
        *found, last = block.decode().split(_END.decode())
    except UnicodeDecodeError:
        return block
    taken = statements.add(found)
    return _END.join([each.encode() for each in (*found[taken:], last)])


class _Joined:
    """Bytes, and then those of a stream, for the parser to read."""

    def __init__(self, first: bytes, stream: IO[bytes]) -> None:
        self._first = BytesIO(first)
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        """Return at most `size` bytes, none at the end."""
        return self._first.read(size) or self._stream.read(size)


def collect(collected: CollectedNodes, stream: IO[bytes], form: pyoxigraph.RdfFormat, read: ReadTerm = str) -> None:
    """Add the triples of a document as the parser reads them. Raises `SyntaxError` unless it is well-formed.

    They are serialized in portions: to make a Python object of each term would take longer.
    """
    import pyoxigraph

    quads = iter(pyoxigraph.parse(stream, format=form, base_iri=NO_BASE, rename_blank_nodes=False))
    while written := pyoxigraph.serialize(islice(quads, PORTION), format=pyoxigraph.RdfFormat.N_QUADS):
        text = written.decode()
        lines = text.split(" .\n")[:-1]
        if " <<" in text:
            _refuse_triple_terms(lines)
        collected.add(lines, read)


def _refuse_triple_terms(lines: Iterable[str]) -> None:
    for line in lines:
        subject, _, value = line.split(" ", 2)
        if value.startswith("<<"):
            raise SyntaxError(f"a triple must not be about another triple, like the one of {subject}")


class StableNames:
    """Numbers for anonymous blank nodes, which the parser names at random."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def of(self, term: str) -> str:
        """Return the name of a term; only that of an anonymous blank node is new."""
        if term[0] != "_" or not _GENERATED.fullmatch(term):
            return term
        return self._names.setdefault(term, f"{ANONYMOUS}{len(self._names) + 1}")
