"""A shapes graph: the triples of one or several files, as terms, with the file that each subject came from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from kg.errors import FileError
from kg.shapes.triples import prepared, triples
from kg.terms import Iri, Term, literal_value, text, typed
from kg.vocab import RDF, RDFS, Namespace

SH = "http://www.w3.org/ns/shacl#"
TRUE = '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>'
NIL = Iri("<http://www.w3.org/1999/02/22-rdf-syntax-ns#nil>")
LISTS = Namespace("http://www.w3.org/1999/02/22-rdf-syntax-ns#", "first rest")
RDFS_CLASS = Iri("<http://www.w3.org/2000/01/rdf-schema#Class>")


@lru_cache(maxsize=128)
def sh(name: str) -> Iri:
    """Return a term of the SHACL vocabulary."""
    return Iri(f"<{SH}{name}>")


SHAPE_KINDS = {sh("NodeShape"), sh("PropertyShape")}


class ShapesGraph:
    """Triples by subject and predicate, in the order of the files; `digest` is that of all that the files hold."""

    def __init__(self) -> None:
        self.digest = b""
        self.triples: dict[Term, dict[Iri, list[Term]]] = {}
        self.files: dict[Term, Path] = {}

    def add(self, subject: Term, predicate: Iri, value: Term) -> None:
        """Add a triple unless it is there."""
        values = self.triples.setdefault(subject, {}).setdefault(predicate, [])
        if value not in values:
            values.append(value)

    def objects(self, subject: Term, predicate: Iri) -> list[Term]:
        """Return the values of a property."""
        return self.triples.get(subject, {}).get(predicate, [])

    def one(self, subject: Term, predicate: Iri) -> Term | None:
        """Return the value of a property that may have one at most. Raises `FileError` where it has more."""
        values = self.objects(subject, predicate)
        if len(values) > 1:
            raise self.fault(subject, f"{predicate} must have one value, not {len(values)}")
        return values[0] if values else None

    def values(self, predicate: Iri) -> Iterator[Term]:
        """Yield the values that a property has anywhere."""
        for properties in self.triples.values():
            yield from properties.get(predicate, ())

    def items(self, head: Term) -> list[Term]:
        """Return the members of an RDF list. Raises `ValueError` where it is none."""
        found: list[Term] = []
        seen: set[Term] = set()
        while head != NIL:
            first, rest = self.one(head, LISTS.first), self.one(head, LISTS.rest)
            if first is None or rest is None or head in seen:
                raise ValueError("it must be a list that ends in rdf:nil")
            seen.add(head)
            found.append(first)
            head = rest
        return found

    def is_true(self, subject: Term, predicate: Iri) -> bool:
        """Tell whether a property has the value `true`; `"1"^^xsd:boolean` is another term."""
        return TRUE in self.objects(subject, predicate)

    def subclasses(self) -> Iterator[tuple[Term, Term]]:
        """Yield each class with a class that it is a sub-class of."""
        for subject, properties in self.triples.items():
            for wider in properties.get(RDFS.subClassOf, ()):
                yield subject, wider

    def is_class(self, subject: Term) -> bool:
        """Tell whether a subject is a class of the shapes graph, and so, as a shape, targets its instances."""
        kinds = set(self.objects(subject, RDF.type)) - SHAPE_KINDS
        return RDFS_CLASS in kinds or any(
            narrow in kinds and wider == RDFS_CLASS for narrow, wider in (self.subclasses() if kinds else ())
        )

    def fault(self, subject: Term, message: str) -> FileError:
        """Return the error for what is wrong at a subject, with its file."""
        return FileError(f"{self.files.get(subject, 'shapes')}: shape {subject}: {message}")


def read_shapes_graph(paths: Iterable[Path]) -> ShapesGraph:
    """Read several files as one graph; blank nodes are named `_:s1`, `_:s2`, … in the order of the files.

    Raises `FileError` with file and line for what does not parse.
    """
    graph = ShapesGraph()
    count = 0
    known = prepared()
    for path in paths:
        terms = _Terms(count)
        digest, lines = triples(path, known)
        graph.digest = sha256(graph.digest + digest.encode()).digest()
        for triple in lines:
            subject, predicate, value = triple.split(" ", 2)
            try:
                graph.add(terms[subject], Iri(predicate), terms[value])
            except ValueError as error:
                raise FileError(f"{path}: the shapes hold {error}") from error
            graph.files.setdefault(terms[subject], path)
        count = terms.count
    return graph


class _Terms(dict[str, Term]):
    """The terms of a file by pyoxigraph's form of them; `count` is the number of the last blank node.

    Raises `ValueError` for what no term may be.
    """

    def __init__(self, count: int) -> None:
        self.count = count

    def __missing__(self, shown: str) -> Term:
        self[shown] = term = self._term(shown)
        return term

    def _term(self, shown: str) -> Term:
        if shown[0] == "_":
            self.count += 1
            return Iri(f"_:s{self.count}")
        if shown[0] == "<" and shown[1] != "<":
            return Iri(shown)  # pyoxigraph has checked it
        lexical, datatype, language = literal_value(shown)
        return text(lexical, language) if language else typed(lexical, datatype)
