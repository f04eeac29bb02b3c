"""The Turtle family: Turtle, TriG, N-Triples and N-Quads.

https://www.w3.org/TR/turtle/, https://www.w3.org/TR/trig/, https://www.w3.org/TR/n-triples/, https://www.w3.org/TR/n-quads/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from kg.rdf.terms import Graph, Iri, Node, Term
from kg.rdf.vocab import KG, RDF, XSD

_WIDTH = 100
_REMEMBERED = 4096
_END, _LAST = b" .\n\n", b" .\n"
_TYPE = RDF.type
# There are many of these, so each is on one line.
_PASSAGE = [KG.Passage]
_WHOLE = f'"^^{XSD.integer}'
_BEFORE_WHOLE = -len(_WHOLE)
_INTEGER_TYPE = XSD.integer
_INTEGER = re.compile(r"0|-?[1-9][0-9]*")


class _Spellings:
    """The shortest safe form of each IRI and typed literal, in UTF-8; a cache that is cleared when it is full."""

    def __init__(self, abbreviations: Abbreviations) -> None:
        self.known: dict[str, bytes] = {}
        self._abbreviations = abbreviations

    def spell(self, term: str) -> bytes:
        """Return the shortest form of a term that is not in the cache, and keep it there."""
        if term[0] != "<":
            spelling = self._typed(term)
        elif relative := self._abbreviations.relative(term[1:-1]):
            spelling = f"<{relative}>"
        else:
            spelling = self._abbreviations.prefixed(term[1:-1]) or term
        if len(self.known) >= _REMEMBERED:
            self.known.clear()
        self.known[term] = encoded = spelling.encode()
        return encoded

    def _typed(self, term: str) -> str:
        # The last quotation mark: an IRI has none.
        end = term.rfind('"') + 1
        quoted, datatype = term[:end], term[end + 2 :]
        if datatype == _INTEGER_TYPE and _INTEGER.fullmatch(quoted, 1, len(quoted) - 1):
            return quoted[1:-1]
        return f"{quoted}^^{(self.known.get(datatype) or self.spell(datatype)).decode()}"


class TurtleWriter:
    """Writes graphs as Turtle, without the names of the graphs."""

    between = "\n"
    tail = ""

    def __init__(self, prefixes: Mapping[str, str], base: str) -> None:
        self._abbreviations = Abbreviations(prefixes, base)
        self._blocks = _Blocks(_Spellings(self._abbreviations), margin="")

    def head(self) -> str:
        """Return the base and all prefixes, used or not, so that two documents differ only in their triples."""
        base = self._abbreviations.base
        lines = [f"@base <{base}> .\n"] if base else []
        lines += [
            f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in self._abbreviations.prefixes.items()
        ]
        return "".join(lines) + "\n"

    def graph(self, graph: Graph) -> str:
        """Return one block for each subject, blank lines between."""
        return self.encoded(graph).decode()

    def encoded(self, graph: Graph) -> bytes:
        """Return `graph` in UTF-8."""
        return self._blocks.of(graph.nodes)


class TrigWriter(TurtleWriter):
    """Writes graphs as TriG."""

    def __init__(self, prefixes: Mapping[str, str], base: str) -> None:
        super().__init__(prefixes, base)
        self._spellings = _Spellings(self._abbreviations)
        self._blocks = _Blocks(self._spellings, margin="    ")

    def encoded(self, graph: Graph) -> bytes:
        """Return the graph's name and, in braces, one block for each subject, in UTF-8."""
        blocks = self._blocks.of(graph.nodes)
        return b"%b {\n%b}\n" % (self._spellings.spell(graph.iri), blocks) if blocks else b""


class _Blocks:
    """Writes nodes as blocks of lines that begin with a margin, in UTF-8.

    Terms that recur are encoded once, and each literal by itself: one emoji makes a `str` four times as wide.
    """

    def __init__(self, spellings: _Spellings, *, margin: str) -> None:
        self._spellings = spellings
        self._margin = margin.encode()
        self._separator = f" ;\n{margin}    "
        self._indent = f"\n{margin}        ".encode()
        self._starts: dict[str, bytes] = {}
        """By predicate: the text from the end of the line above to the first object."""
        self._verbs: dict[str, bytes] = {}
        """By predicate of a passage: the text between two objects."""

    def of(self, nodes: Iterable[Node]) -> bytes:
        """Return a block for each node that has a triple, blank lines between."""
        pieces: list[bytes] = []
        after_passage = False
        for subject, properties in nodes:
            is_passage = properties.get(_TYPE) == _PASSAGE
            if is_passage:
                if after_passage:
                    pieces[-1] = _LAST
                pieces.append(self._passage(subject, properties))
                pieces.append(_END)
            else:
                self._add_block(pieces, subject, properties)
            after_passage = is_passage
        if pieces:
            pieces[-1] = _LAST
        return b"".join(pieces)

    def _add_block(self, pieces: list[bytes], subject: str, properties: Mapping[Iri, list[Term]]) -> None:
        """Add the block of a node that is no passage, and its end; nothing if it has no triple."""
        spellings, known, starts = self._spellings, self._spellings.known, self._starts
        pieces.append(self._margin)
        pieces.append(known.get(subject) or spellings.spell(subject))
        first = len(pieces)
        for predicate, objects in properties.items():
            if len(objects) == 1:
                pieces.append(starts.get(predicate) or self._start(predicate))
                term = objects[0]
                # Only IRIs and typed literals end in `>`; other literals are Turtle already.
                pieces.append(known.get(term) or spellings.spell(term) if term[-1] == ">" else term.encode())
            elif objects:
                pieces.append((starts.get(predicate) or self._start(predicate))[:-1])
                pieces.append(self._listed(objects))
        if len(pieces) > first:
            # The first predicate of a block follows its subject after a space.
            pieces[first] = pieces[first][len(self._separator) - 1 :]
            pieces.append(_END)
        else:
            del pieces[-2:]

    def _passage(self, subject: str, properties: Mapping[Iri, list[Term]]) -> bytes:
        """Return a node on one line, without its end."""
        spellings, known, verbs = self._spellings, self._spellings.known, self._verbs
        pieces = [self._margin, known.get(subject) or spellings.spell(subject)]
        for predicate, objects in properties.items():
            between = verbs.get(predicate) or self._verb(predicate)
            for term in objects:
                pieces.append(between)
                between = b", "
                if term[-1] != ">":
                    pieces.append(term.encode())
                    continue
                number = term[1:_BEFORE_WHOLE] if term.endswith(_WHOLE) else ""
                if number.isdecimal() and number.isascii() and number[0] != "0":
                    # Not `spell`, which would keep it: offsets hardly ever recur.
                    pieces.append(number.encode())
                else:
                    pieces.append(known.get(term) or spellings.spell(term))
        return b"".join(pieces)

    def _verb(self, predicate: str) -> bytes:
        """Return a predicate as it is written on the line of its node."""
        verb = b" a " if predicate == _TYPE else b" ; %b " % self._spellings.spell(predicate)
        self._verbs[predicate] = verb
        return verb

    def _start(self, predicate: str) -> bytes:
        verb = "a" if predicate == _TYPE else self._spellings.spell(predicate).decode()
        if len(self._starts) >= _REMEMBERED:
            self._starts.clear()
        self._starts[predicate] = start = f"{self._separator}{verb} ".encode()
        return start

    def _listed(self, objects: list[Term]) -> bytes:
        """Return several objects: on the line of their verb if that is short, else each on its own line."""
        spellings, known = self._spellings, self._spellings.known
        spelled = [
            known.get(term) or spellings.spell(term) if term[-1] == ">" else term.encode() for term in objects
        ]
        line = b", ".join(spelled)
        # The width counts characters, and there are never more of those than bytes.
        if len(line) <= _WIDTH or len(line.decode()) <= _WIDTH:
            return b" " + line
        return self._indent + (b"," + self._indent).join(spelled)


_LOCAL = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_REMEMBERED_PARTS = 2048
_NAMESPACE_END = re.compile(r".*[/#]")
_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9]*")
# A base that all readers resolve alike: no `.` or `..` to remove, no empty segment, no query.
_BASE = re.compile(r"https?://[A-Za-z0-9.:-]+/(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*/)*")
# Segments of letters, digits and single dots inside.
_SEGMENTS = r"[A-Za-z0-9_-]++(?:[/.][A-Za-z0-9_-]++)*"
# A span of a text as in RFC 5147; after a slash too, since a head and a tail that are known may be joined.
_SPAN = "char=[0-9]+,[0-9]+"
_RELATIVE = rf"(?:{_SEGMENTS}(?:[/#]{_SPAN}|#[A-Za-z0-9_-]++(?:\.[A-Za-z0-9_-]++)*)?|{_SPAN})"


class Abbreviations:
    """Prefixes and a base. `base` is `""` unless every reader resolves the given one alike."""

    def __init__(self, prefixes: Mapping[str, str], base: str) -> None:
        self.prefixes = dict(prefixes)
        self.base = base if _BASE.fullmatch(base) else ""
        # Without a base this matches nothing.
        self._under_base = re.compile(re.escape(self.base) + _RELATIVE if self.base else "(?!)")
        self._base_length = len(self.base)
        # IRIs under the base, split after their last `#` or `/`: each head with its relative form, and the tails.
        # Any known head and any known tail join to an IRI under the base, so neither needs the expression again.
        self._heads: dict[str, str] = {}
        self._tails: set[str] = set()
        self._prefix_of: dict[str, str] = {}
        for prefix, namespace in prefixes.items():
            if not _PREFIX.fullmatch(prefix):
                raise ValueError(f"a prefix is letters and digits, not {prefix!r}")
            self._prefix_of.setdefault(namespace, prefix)

    def prefixed(self, iri: str) -> str:
        """Return a bare IRI as `prefix:local`, or `""`."""
        match = _NAMESPACE_END.match(iri)
        if match is None:
            return ""
        namespace = match.group()
        prefix = self._prefix_of.get(namespace)
        if prefix is None:
            return ""
        local = iri[len(namespace) :]
        return f"{prefix}:{local}" if _LOCAL.fullmatch(local) else ""

    def relative(self, iri: str) -> str:
        """Return a bare IRI relative to the base, or `""`."""
        end = (iri.rfind("#") + 1) or (iri.rfind("/") + 1)
        head, tail = iri[:end], iri[end:]
        if tail.startswith("char=") and (start := self._heads.get(head)) is not None:
            first, _, last = tail[5:].partition(",")
            if first.isdecimal() and last.isdecimal() and tail.isascii():
                return start + tail
        if tail in self._tails and (start := self._heads.get(head)) is not None:
            return start + tail
        if not self._under_base.fullmatch(iri):
            return ""
        if len(self._heads) + len(self._tails) >= _REMEMBERED_PARTS:
            self._heads.clear()
            self._tails.clear()
        self._tails.add(tail)
        start = self._heads[head] = head[self._base_length :]
        return start + tail


class NTriplesWriter:
    """Writes graphs as canonical N-Triples, without the names of the graphs."""

    between = ""
    tail = ""

    def __init__(self, prefixes: Mapping[str, str], base: str) -> None:
        """Take prefixes and base as every writer does, and ignore them: these formats have full IRIs only."""

    def head(self) -> str:
        """Return nothing: these formats have no head."""
        return ""

    def graph(self, graph: Graph) -> str:
        """Return the lines of one graph."""
        return self.encoded(graph).decode()

    def encoded(self, graph: Graph) -> bytes:
        """Return `graph` in UTF-8."""
        return _lines(graph.nodes, " .\n")


class NQuadsWriter(NTriplesWriter):
    """Writes graphs as canonical N-Quads."""

    def encoded(self, graph: Graph) -> bytes:
        """Return the lines of one graph, its IRI on each, in UTF-8."""
        return _lines(graph.nodes, f" {graph.iri} .\n")


def _lines(nodes: Iterable[Node], end: str) -> bytes:
    # Encoded line by line: one emoji would make a `str` of all lines four times as wide.
    pieces: list[bytes] = []
    for subject, properties in nodes:
        start = subject.encode()
        for predicate, objects in properties.items():
            for term in objects:
                pieces.append(start)
                pieces.append(f" {predicate} {term}{end}".encode())
    return b"".join(pieces)
