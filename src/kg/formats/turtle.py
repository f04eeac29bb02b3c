"""Turtle and TriG for people: prefixes on top, one block a subject, one line a property.

https://www.w3.org/TR/turtle/ · https://www.w3.org/TR/trig/
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from kg.formats.abbreviations import Abbreviations
from kg.terms import Graph, Node
from kg.vocab import RDF, XSD

_WIDTH = 100
_REMEMBERED = 4096
_TYPE = RDF.type
_INTEGER_END = f'"^^{XSD.integer}'
_INTEGER = re.compile(r"0|-?[1-9][0-9]*")


class _Spellings(dict[str, str]):
    """From an IRI or a typed literal to its shortest safe form; forgets all when it has grown too large."""

    def __init__(self, abbreviations: Abbreviations) -> None:
        super().__init__()
        self._prefixed = abbreviations.prefixed
        self._relative = abbreviations.relative

    def __missing__(self, term: str) -> str:
        if len(self) >= _REMEMBERED:
            self.clear()
        if term[0] != "<":
            spelling = self._typed(term)
        elif relative := self._relative(term[1:-1]):
            spelling = f"<{relative}>"
        else:
            spelling = self._prefixed(term[1:-1]) or term
        self[term] = spelling
        return spelling

    def _typed(self, term: str) -> str:
        if term.endswith(_INTEGER_END) and _INTEGER.fullmatch(term, 1, len(term) - len(_INTEGER_END)):
            return term[1 : -len(_INTEGER_END)]
        datatype = term.rindex('"') + 3
        return term[:datatype] + self[term[datatype:]]


class TurtleWriter:
    """Writes graphs as Turtle; which graph a triple is in gets lost."""

    between = "\n"
    tail = ""

    def __init__(self, prefixes: Mapping[str, str], base: str) -> None:
        self._abbreviations = Abbreviations(prefixes, base)
        self._spellings = _Spellings(self._abbreviations)

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
        return _blocks(graph.nodes, self._spellings, "")


class TrigWriter(TurtleWriter):
    """Writes graphs as TriG."""

    def graph(self, graph: Graph) -> str:
        """Return the graph's name and, in braces, one block for each subject."""
        blocks = _blocks(graph.nodes, self._spellings, "    ")
        return f"{self._spellings[graph.iri]} {{\n{blocks}}}\n" if blocks else ""


def _blocks(nodes: list[Node], spellings: _Spellings, margin: str) -> str:
    separator = f" ;\n{margin}    "
    blocks = []
    for subject, properties in nodes:
        lines = []
        for predicate, objects in properties.items():
            verb = "a" if predicate == _TYPE else spellings[predicate]
            if len(objects) == 1:
                term = objects[0]
                # Only IRIs and typed literals end so; the others are Turtle as they are.
                lines.append(f"{verb} {spellings[term]}" if term[-1] == ">" else f"{verb} {term}")
            elif objects:
                spelled = [spellings[term] if term[-1] == ">" else term for term in objects]
                lines.append(verb + _listed(spelled, margin))
        if lines:
            blocks.append(f"{margin}{spellings[subject]} {separator.join(lines)} .\n")
    return "\n".join(blocks)


def _listed(objects: list[str], margin: str) -> str:
    """Return objects as they follow their verb: on its line where that is short, else on a line each."""
    line = ", ".join(objects)
    if len(line) <= _WIDTH:
        return f" {line}"
    indent = f"\n{margin}        "
    return indent + f",{indent}".join(objects)
