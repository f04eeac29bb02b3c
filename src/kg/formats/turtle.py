"""Turtle and TriG for people: prefixes on top, one block a subject, one line a property.

https://www.w3.org/TR/turtle/ · https://www.w3.org/TR/trig/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from kg.formats.abbreviations import Abbreviations
from kg.terms import Graph, Node, Term
from kg.vocab import RDF, XSD

_WIDTH = 100
_REMEMBERED = 4096
_END, _LAST = " .\n\n", " .\n"
_TYPE = RDF.type
_INTEGER_TYPE = XSD.integer
_INTEGER = re.compile(r"0|-?[1-9][0-9]*")


class _Spellings:
    """From an IRI or a typed literal to its shortest safe form; forgets all when it has grown too large."""

    def __init__(self, abbreviations: Abbreviations) -> None:
        self.known: dict[str, str] = {}
        self._abbreviations = abbreviations

    def spell(self, term: str) -> str:
        """Return, and remember, how a term is spelled that is not known yet."""
        if term[0] != "<":
            spelling = self._typed(term)
        elif relative := self._abbreviations.relative(term[1:-1]):
            spelling = f"<{relative}>"
        else:
            spelling = self._abbreviations.prefixed(term[1:-1]) or term
        if len(self.known) >= _REMEMBERED:
            self.known.clear()
        self.known[term] = spelling
        return spelling

    def _typed(self, term: str) -> str:
        # The last quotation mark: an IRI has none.
        end = term.rfind('"') + 1
        quoted, datatype = term[:end], term[end + 2 :]
        if datatype == _INTEGER_TYPE and _INTEGER.fullmatch(quoted, 1, len(quoted) - 1):
            return quoted[1:-1]
        return f"{quoted}^^{self.known.get(datatype) or self.spell(datatype)}"


class TurtleWriter:
    """Writes graphs as Turtle; which graph a triple is in gets lost."""

    between = "\n"
    tail = ""

    def __init__(self, prefixes: Mapping[str, str], base: str) -> None:
        self._abbreviations = Abbreviations(prefixes, base)
        self._blocks = _Blocks(_Spellings(self._abbreviations), margin="")

    def head(self) -> str:
        """Return the base and the prefixes, all of them, so that two documents differ in their statements only."""
        base = self._abbreviations.base
        lines = [f"@base <{base}> .\n"] if base else []
        lines += [
            f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in self._abbreviations.prefixes.items()
        ]
        return "".join(lines) + "\n"

    def graph(self, graph: Graph) -> str:
        """Return one block for each subject, blank lines between."""
        return self._blocks.of(graph.nodes)


class TrigWriter(TurtleWriter):
    """Writes graphs as TriG."""

    def __init__(self, prefixes: Mapping[str, str], base: str) -> None:
        super().__init__(prefixes, base)
        self._spellings = _Spellings(self._abbreviations)
        self._blocks = _Blocks(self._spellings, margin="    ")

    def graph(self, graph: Graph) -> str:
        """Return the graph's name and, in braces, one block for each subject."""
        blocks = self._blocks.of(graph.nodes)
        return f"{self._spellings.spell(graph.iri)} {{\n{blocks}}}\n" if blocks else ""


class _Blocks:
    """Writes nodes as blocks of lines that begin with a margin."""

    def __init__(self, spellings: _Spellings, *, margin: str) -> None:
        self._spellings = spellings
        self._margin = margin
        self._separator = f" ;\n{margin}    "
        self._starts: dict[str, str] = {}
        """What stands before the objects of a predicate, from the end of the line above."""

    def of(self, nodes: Iterable[Node]) -> str:
        """Return a block for each node that has a triple, blank lines between."""
        spellings, known = self._spellings, self._spellings.known
        starts, begin = self._starts, len(self._separator)
        pieces: list[str] = []
        for subject, properties in nodes:
            first = len(pieces) + 1
            pieces.append(f"{self._margin}{known.get(subject) or spellings.spell(subject)} ")
            for predicate, objects in properties.items():
                if len(objects) == 1:
                    term = objects[0]
                    pieces.append(starts.get(predicate) or self._start(predicate))
                    # Only IRIs and typed literals end so; the others are Turtle as they are.
                    pieces.append(known.get(term) or spellings.spell(term) if term[-1] == ">" else term)
                elif objects:
                    pieces.append((starts.get(predicate) or self._start(predicate))[:-1])
                    pieces.append(self._listed(objects))
            if len(pieces) > first:
                pieces[first] = pieces[first][begin:]
                pieces.append(_END)
            else:
                pieces.pop()
        if pieces:
            pieces[-1] = _LAST
        return "".join(pieces)

    def _start(self, predicate: str) -> str:
        verb = "a" if predicate == _TYPE else self._spellings.spell(predicate)
        if len(self._starts) >= _REMEMBERED:
            self._starts.clear()
        self._starts[predicate] = start = f"{self._separator}{verb} "
        return start

    def _listed(self, objects: list[Term]) -> str:
        """Return objects as they follow their verb: on its line where that is short, else on a line each."""
        spellings, known = self._spellings, self._spellings.known
        spelled = [known.get(term) or spellings.spell(term) if term[-1] == ">" else term for term in objects]
        line = ", ".join(spelled)
        if len(line) <= _WIDTH:
            return f" {line}"
        indent = f"\n{self._margin}        "
        return indent + f",{indent}".join(spelled)
