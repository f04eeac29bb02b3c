"""Makes nodes of Turtle as `kg` writes it, without a parser: prefixes, then a statement for each subject.

Anything else is unusual: from there on, the parser reads what is left (`kg.formats.rdf_nodes`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.formats.rdf_nodes import CollectedNodes, StableNames, is_usual_literal, usual
from kg.rdf.terms import XSD, Iri, Literal, Term
from kg.rdf.vocab import RDF

_NEXT = " ;\n    "
_INDENT = "\n        "
_OBJECT = r'<[^<>\s]*>|"[^"\\\n]*(?:\\.[^"\\\n]*)*"(?:@[a-z-]+|\^\^[^\s",;]+)?|[^\s",;<>]+'
_PAIR = rf"(<[^<>\s]*>|[^\s<>\",;]+) ({_OBJECT})"
_OBJECTS, _PAIRS = re.compile(_OBJECT), re.compile(_PAIR)
# Tested before anything is searched for: in a text that is none of these, that might take a time with its square.
_are_objects = re.compile(rf"(?:{_OBJECT})(?:,(?: |{_INDENT})(?:{_OBJECT}))*").fullmatch
_are_pairs = re.compile(rf"{_PAIR}(?: ; {_PAIR})*").fullmatch
_DIRECTIVE = re.compile(r"@(?:base|prefix ([A-Za-z][A-Za-z0-9]*):) (<[^<>\s]*>)")
_PREFIXED = re.compile(r"([A-Za-z][A-Za-z0-9]*):([A-Za-z][A-Za-z0-9_-]*)")
_INTEGER = re.compile(r"0|-?[1-9][0-9]*")
# Nothing that resolving a reference would change: no scheme, no empty segments, none that begin or end with a dot.
_RELATIVE = re.compile(r"[A-Za-z0-9_~-]+(?:[/.][A-Za-z0-9_~-]+)*(?:#[A-Za-z0-9_~=,.-]*)?")
_BASE = re.compile(r"<https?://[a-z0-9.-]+(?::[0-9]+)?/(?:[A-Za-z0-9_~-]+/)*>")


class TurtleStatements:
    """Reads statements, each without its end, and adds their triples to nodes."""

    def __init__(self, collected: CollectedNodes) -> None:
        self._collected = collected
        self._base = ""
        self._prefixes: dict[str, str] = {}
        self._verbs: dict[str, Iri] = {}
        self._known: dict[str, list[Term]] = {}
        self.name = StableNames().of

    def head(self) -> bytes:
        """Return the directives that were read, on one line, for the parser of what follows."""
        base = [f"@base {self._base} ."] if self._base else []
        read = [*base, *(f"@prefix {prefix}: <{iri}> ." for prefix, iri in self._prefixes.items())]
        return f"{' '.join(read)}\n".encode() if read else b""

    def add(self, statements: Sequence[str]) -> int:
        """Add the triples of statements; return how many until the first that is unusual."""
        for number, statement in enumerate(statements):
            try:
                text = statement.lstrip("\n")
                if text.startswith("@"):
                    self._direct(text)
                else:
                    self._add(text)
            except ValueError:
                return number
        return len(statements)

    def stands_alone(self, _statements: bytes) -> bool:
        """Return False: what follows needs the prefixes that are declared on the way."""
        return False

    def _direct(self, text: str) -> None:
        """Read a directive. Raises `ValueError` for an unusual one, and after the first statement."""
        match = _DIRECTIVE.fullmatch(text)
        if match is None or self._known:
            raise ValueError(f"an unusual directive: {text}")
        if match[1]:
            self._prefixes[match[1]] = _unresolved(match[2])[1:-1]
        elif _BASE.fullmatch(match[2]):
            self._base = match[2]
        else:
            raise ValueError(f"an unusual base: {text}")

    def _add(self, statement: str) -> None:
        """Add the triples of a statement about a subject. Raises `ValueError` if it is unusual."""
        known, verbs, collected = self._known, self._verbs, self._collected
        first, *more = statement.split(_NEXT)
        subject, rest = first.split(" ", 1)
        properties = collected.properties_of((known.get(subject) or self._single(subject))[0])
        for verb, objects in [each.split(" ", 1) for each in (rest, *more)] if more else _on_one_line(rest):
            values = known.get(objects)
            if values is None or verb not in verbs:
                verb, values = self._values(verb, objects)
            predicate = verbs[verb]
            if len(values) == 1 and predicate not in properties:
                properties[predicate] = values
            else:
                collected.add_values(properties, predicate, values)

    def _values(self, verb: str, objects: str) -> tuple[str, list[Term]]:
        """Return a verb that is known now, and the values of its objects, which may be on lines of their own."""
        if verb.endswith("\n"):
            verb, objects = verb[:-1], _without(objects, _INDENT[2:])
        if verb not in self._verbs:
            self._verbs[verb] = RDF.type if verb == "a" else _iri(self._term(verb))
        if _OBJECTS.fullmatch(objects):
            return verb, self._single(objects)
        found = _OBJECTS.findall(objects) if _are_objects(objects) else []
        if not found or objects not in (", ".join(found), f",{_INDENT}".join(found)):
            raise ValueError(f"unusual objects: {objects}")
        return verb, [(self._known.get(each) or self._single(each))[0] for each in found]

    def _single(self, spelling: str) -> list[Term]:
        single: list[Term] = [Literal(self._term(spelling))]
        if single[0][-1] == ">":
            self._known[spelling] = single
        return single

    def _term(self, spelling: str) -> str:
        """Return a term as in N-Triples. Raises `ValueError` if it is unusual."""
        if spelling.isdecimal() and spelling.isascii() and spelling[0] != "0":
            return f'"{spelling}"^^<{XSD}integer>'
        if spelling[:1] == "<":
            if self._base and _RELATIVE.fullmatch(spelling, 1, len(spelling) - 1):
                return usual(f"{self._base[:-1]}{spelling[1:]}")
            return _unresolved(spelling)
        if spelling[:1] == '"':
            if spelling[-1] != ">" and is_usual_literal(spelling):
                return spelling
            end = spelling.rindex('"') + 1
            datatype = spelling[end + 2 :] if spelling.startswith("^^", end) else ""
            return usual(f"{spelling[:end]}^^{self._term(datatype)}" if datatype else spelling)
        if match := _PREFIXED.fullmatch(spelling):
            if match[1] not in self._prefixes:
                raise ValueError(f"an unknown prefix: {spelling}")
            return usual(f"<{self._prefixes[match[1]]}{match[2]}>")
        if _INTEGER.fullmatch(spelling):
            return f'"{spelling}"^^<{XSD}integer>'
        raise ValueError(f"an unusual term: {spelling}")


def _on_one_line(text: str) -> list[tuple[str, str]]:
    """Return the verbs and objects of a statement on one line, as of a passage, whose last object is a text."""
    before, quote, after = text.partition('"')
    if '" ; ' not in after:
        *found, last = before.split(" ; ")
        return [_pair(each) for each in (*found, last + quote + after)]
    pairs: list[tuple[str, str]] = _PAIRS.findall(text) if _are_pairs(text) else []
    if " ; ".join([f"{verb} {objects}" for verb, objects in pairs]) != text:
        raise ValueError(f"an unusual statement: {text}")
    return pairs


def _pair(text: str) -> tuple[str, str]:
    verb, objects = text.split(" ", 1)
    return verb, objects


def _without(text: str, start: str) -> str:
    if not text.startswith(start):
        raise ValueError(f"an unusual indent: {text}")
    return text[len(start) :]


def _unresolved(iri: str) -> str:
    """Return an absolute IRI that the parser would not change. Raises `ValueError` if that is not certain."""
    if "/." in iri:
        raise ValueError(f"an IRI with dots: {iri}")
    return usual(iri)


def _iri(term: str) -> Iri:
    if term[0] != "<":
        raise ValueError(f"no IRI: {term}")
    return Iri(term)
