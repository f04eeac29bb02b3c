"""A shapes graph: the triples of one or several files, as terms, with the file that each subject came from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import sha256
from itertools import islice
from pathlib import Path

from kg.errors import FileError
from kg.rdf.terms import Iri, Term
from kg.rdf.vocab import RDF, RDFS, Namespace
from kg.shacl.triples import Triples, prepared, triples

SH = "http://www.w3.org/ns/shacl#"
TRUE = '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>'
NIL = Iri("<http://www.w3.org/1999/02/22-rdf-syntax-ns#nil>")
LISTS = Namespace("http://www.w3.org/1999/02/22-rdf-syntax-ns#", "first rest")
CLASSES = {Iri("<http://www.w3.org/2000/01/rdf-schema#Class>"), Iri("<http://www.w3.org/2002/07/owl#Class>")}
"""That the second is a sub-class of the first needs not be stated: pySHACL knows it too."""


@lru_cache(maxsize=128)
def sh(name: str) -> Iri:
    """Return a term of the SHACL vocabulary."""
    return Iri(f"<{SH}{name}>")


SHAPE_KINDS = {sh("NodeShape"), sh("PropertyShape")}


class ShapesGraph:
    """Triples by subject and predicate, in the order of the files; `digest` is that of all that the files hold."""

    def __init__(self) -> None:
        self.digest = b""
        self.triples: Triples = {}
        self.files: dict[Term, Path] = {}
        self._blank = 0

    def merge(self, triples: Triples) -> None:
        """Add the triples of a file unless they are there; their blank nodes are numbered on: `_:s1`, `_:s2`, …."""
        before = self._blank
        for subject, properties in triples.items():
            there = self.triples.setdefault(self._named(subject, before), {})
            for predicate, values in properties.items():
                known = there.setdefault(predicate, [])
                known += [each for value in values if (each := self._named(value, before)) not in known]

    def _named(self, term: Term, before: int) -> Term:
        if term[0] != "_":
            return term
        number = before + int(term[2:])
        self._blank = max(self._blank, number)
        return Iri(f"_:s{number}")

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
        """Tell whether a subject is a class of the shapes graph, and so, as a shape, targets its instances.

        https://www.w3.org/TR/shacl/#implicit-targetClass
        """
        seen = {kind for kind in self.objects(subject, RDF.type) if kind not in SHAPE_KINDS}
        waiting = list(seen)
        while waiting and CLASSES.isdisjoint(seen):
            new = {wider for wider in self.objects(waiting.pop(), RDFS.subClassOf) if wider not in seen}
            seen |= new
            waiting.extend(new)
        return not CLASSES.isdisjoint(seen)

    def fault(self, subject: Term, message: str) -> FileError:
        """Return the error for what is wrong at a subject, with its file."""
        return FileError(f"{self.files.get(subject, 'shapes')}: shape {subject}: {message}")


def read_shapes_graph(paths: Iterable[Path]) -> ShapesGraph:
    """Read several files as one graph; blank nodes are named `_:s1`, `_:s2`, … in the order of the files.

    Raises `FileError` with file and line for what does not parse, and for a term that would be checked by nobody.
    """
    graph = ShapesGraph()
    known = prepared()
    for path in paths:
        digest, found = triples(path, known)
        if digest not in known:
            from kg.shacl.vocabulary import refuse_what_nobody_checks  # here, not above: kg's own shapes are sound

            refuse_what_nobody_checks(found, path)
        graph.digest = sha256(graph.digest + digest.encode()).digest()
        graph.merge(found)
        for subject in islice(graph.triples, len(graph.files), None):
            graph.files[subject] = path
    return graph
