"""A shapes graph: the triples of one or several files as kg's own terms, with the file of each subject.

The triples of kg's own shapes are stored in `prepared.json` beside this module, so that no run waits for a Turtle
parser. They are used for a file of exactly the same bytes; `python tests/generate/prepared_shapes.py` writes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import cast

import msgspec

from kg.errors import FileError, Severity, UsageError, file_error
from kg.files.input_files import open_input
from kg.rdf.terms import Iri, Term, literal_value, text, typed
from kg.rdf.vocab import RDF, RDFS, Namespace

SH = "http://www.w3.org/ns/shacl#"
TRUE = '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>'
NIL = Iri("<http://www.w3.org/1999/02/22-rdf-syntax-ns#nil>")
LISTS = Namespace("http://www.w3.org/1999/02/22-rdf-syntax-ns#", "first rest")
CLASSES = {Iri("<http://www.w3.org/2000/01/rdf-schema#Class>"), Iri("<http://www.w3.org/2002/07/owl#Class>")}
"""owl:Class is a sub-class of rdfs:Class without saying so, as in pySHACL."""
PREPARED = Path(__file__).with_name("prepared.json")

Triples = dict[Term, dict[Iri, list[Term]]]
"""Values by subject and predicate, in the order of the file; its blank nodes are numbered: `_:1`, `_:2`, …."""


@lru_cache(maxsize=128)
def sh(name: str) -> Iri:
    """Return a term of the SHACL vocabulary."""
    return Iri(f"<{SH}{name}>")


SHAPE_KINDS = {sh("NodeShape"), sh("PropertyShape")}


class ShapesGraph:
    """Triples by subject and predicate, in the order of the files; `digest` is that of their contents.

    `files` has the file of each subject; `own_files` are those that have the content of one of kg's.
    """

    def __init__(self) -> None:
        self.digest = b""
        self.triples: Triples = {}
        self.files: dict[Term, Path] = {}
        self.own_files: set[Path] = set()
        self._blank = 0

    def merge(self, triples: Triples) -> None:
        """Add the triples of a file, each once; its blank nodes get the next numbers: `_:s1`, `_:s2`, …."""
        before = self._blank
        for subject, properties in triples.items():
            merged = self.triples.setdefault(self._renamed(subject, before), {})
            for predicate, values in properties.items():
                known = merged.setdefault(predicate, [])
                for value in values:
                    each = self._renamed(value, before) if value[0] == "_" else value
                    if each not in known:
                        known.append(each)

    def _renamed(self, term: Term, before: int) -> Term:
        if term[0] != "_":
            return term
        number = before + int(term[2:])
        self._blank = max(self._blank, number)
        return Iri(f"_:s{number}")

    def objects(self, subject: Term, predicate: Iri) -> list[Term]:
        """Return the values of a property."""
        return self.triples.get(subject, {}).get(predicate, [])

    def one(self, subject: Term, predicate: Iri) -> Term | None:
        """Return the value of a property, None if it has none. Raises `FileError` if it has several."""
        values = self.objects(subject, predicate)
        if len(values) > 1:
            raise self.error(subject, f"{predicate} must have one value, not {len(values)}")
        return values[0] if values else None

    def values(self, predicate: Iri) -> Iterator[Term]:
        """Yield the values that a property has anywhere in the graph."""
        for properties in self.triples.values():
            yield from properties.get(predicate, ())

    def items(self, head: Term) -> list[Term]:
        """Return the members of an RDF list. Raises `ValueError` if it is not a well-formed list."""
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
            for superclass in properties.get(RDFS.subClassOf, ()):
                yield subject, superclass

    def is_class(self, subject: Term) -> bool:
        """Tell whether a subject is a class of the shapes graph: as a shape, it then targets its instances.

        https://www.w3.org/TR/shacl/#implicit-targetClass
        """
        seen = {kind for kind in self.objects(subject, RDF.type) if kind not in SHAPE_KINDS}
        waiting = list(seen)
        while waiting and CLASSES.isdisjoint(seen):
            superclasses = self.objects(waiting.pop(), RDFS.subClassOf)
            new = {superclass for superclass in superclasses if superclass not in seen}
            seen |= new
            waiting.extend(new)
        return not CLASSES.isdisjoint(seen)

    def named(self, shape: Term) -> Term:
        """Return a shape that has an IRI, else the nearest shape around it that has one, else the shape itself."""
        seen = {shape}
        waiting = [shape]
        for each in waiting:
            if each[0] == "<":
                return each
            for subject in self._referring.get(each, ()):
                if subject not in seen:
                    seen.add(subject)
                    waiting.append(subject)
        return shape

    @cached_property
    def _referring(self) -> dict[Term, list[Term]]:
        """The subjects that refer to each blank node."""
        found: dict[Term, list[Term]] = {}
        for subject, properties in self.triples.items():
            for value in (each for values in properties.values() for each in values if each[0] == "_"):
                found.setdefault(value, []).append(subject)
        return found

    def error(self, subject: Term, message: str) -> FileError:
        """Return the error for a subject, with its file."""
        return FileError(f"{self.files.get(subject, 'shapes')}: shape {subject}: {message}")


def severity_of(term: Term | None) -> Severity:
    """Return a severity; a severity that the shapes declare themselves counts as a violation."""
    match term:
        case "<http://www.w3.org/ns/shacl#Warning>":
            return "warning"
        case "<http://www.w3.org/ns/shacl#Info>":
            return "info"
    return "violation"


def message_of(messages: Iterable[Term]) -> str:
    """Return the English message, else one without a language, else the alphabetically first by language."""
    values = [literal_value(message) for message in messages]
    order = sorted(values, key=lambda each: (each.language.split("-")[0] != "en", each.language, each.lexical))
    return order[0].lexical if order else ""


def read_shapes_graph(paths: Iterable[Path]) -> ShapesGraph:
    """Read several files as one graph; blank nodes are named `_:s1`, `_:s2`, … in the order of the files.

    Of files with the same content, as kg's own and a copy of them, only the first counts. Raises `FileError`, with
    file and line for a syntax error, and for a term that nothing would check.
    """
    graph = ShapesGraph()
    known = prepared_triples()
    seen: set[str] = set()
    for path in paths:
        digest, found = read_triples(path, known)
        if digest in seen:
            continue
        seen.add(digest)
        if digest in known:
            graph.own_files.add(path)
        else:
            from kg.shacl.user_shapes import refuse_unknown_terms  # imported here: kg's own shapes have none

            refuse_unknown_terms(found, path)
        graph.digest = sha256(graph.digest + digest.encode()).digest()
        graph.merge(found)
        for subject in islice(graph.triples, len(graph.files), None):
            graph.files[subject] = path
    return graph


def prepared_triples() -> dict[str, Triples]:
    """Return the triples of kg's own files by the SHA-256 of each file, in hexadecimal."""
    return cast(dict[str, Triples], msgspec.json.decode(PREPARED.read_bytes()))


def read_triples(path: Path, known: Mapping[str, Triples]) -> tuple[str, Triples]:
    """Return the SHA-256 of a file, in hexadecimal, and its triples, which `known` may have.

    Raises `FileError`, with the line of a syntax error.
    """
    try:
        with open_input(str(path)) as stream:
            content = stream.read()
    except OSError as error:
        raise file_error(path, error, "the shapes cannot be read") from error
    digest = sha256(content).hexdigest()
    return digest, known[digest] if digest in known else parse_triples(content, path)


def parse_triples(content: bytes, path: Path) -> Triples:
    """Return the triples in the content of a file. Raises `FileError`, with the line of a syntax error."""
    terms = _ParsedTerms()
    found: Triples = {}
    for line in _ntriples(content, path):
        subject, predicate, value = line.split(" ", 2)
        try:
            add_triple(found, terms[subject], Iri(predicate), terms[value])
        except ValueError as error:
            raise FileError(f"{path}: the shapes contain {error}") from error
    return found


def add_triple(triples: Triples, subject: Term, predicate: Iri, value: Term) -> None:
    """Add a triple, once."""
    values = triples.setdefault(subject, {}).setdefault(predicate, [])
    if value not in values:
        values.append(value)


def _ntriples(content: bytes, path: Path) -> Iterator[str]:
    """Yield each triple of a file as a line of N-Triples, without its end."""
    import pyoxigraph

    form = pyoxigraph.RdfFormat.from_media_type(_media_type(path)) or pyoxigraph.RdfFormat.TURTLE
    try:
        quads = pyoxigraph.parse(_decompressed(content, path), format=form, base_iri=path.resolve().as_uri())
        # Twice as fast as reading pyoxigraph's objects.
        lines = pyoxigraph.serialize((quad.triple for quad in quads), format=pyoxigraph.RdfFormat.N_TRIPLES)
    except SyntaxError as error:
        raise FileError(f"{path}:{error.lineno or 1}:{error.offset or 1}: {error.msg}") from error
    yield from (lines or b"").decode().split(" .\n")[:-1]


def _media_type(path: Path) -> str:
    """Return the media type for a file's name; Turtle if the name has no known suffix, like `/dev/stdin`."""
    from kg.formats.rdf_reader import media_type_of  # imported here, as below: kg's own shapes need neither

    try:
        return media_type_of(path.name)
    except UsageError:
        return "text/turtle"


def _decompressed(content: bytes, path: Path) -> bytes:
    """Return the content of a file, decompressed if its name ends in `.gz` or `.zst`."""
    suffix = path.suffix.lower()
    if suffix not in (".gz", ".zst"):
        return content
    import gzip

    from kg.files.compression import decompression_errors, zstd

    try:
        return gzip.decompress(content) if suffix == ".gz" else zstd().decompress(content)
    except decompression_errors() as error:
        message = "a compressed file must unpack, this one does not: copy or pack it again"
        raise FileError(f"{path}: {message}") from error


class _ParsedTerms(dict[str, Term]):
    """The terms of a file by their N-Triples form. Raises `ValueError` for one that kg does not allow."""

    def __init__(self) -> None:
        self.blank = 0

    def __missing__(self, written: str) -> Term:
        self[written] = term = self._term(written)
        return term

    def _term(self, written: str) -> Term:
        if written[0] == "_":
            self.blank += 1
            return Iri(f"_:{self.blank}")
        if written[0] == "<" and written[1] != "<":
            return Iri(written)  # pyoxigraph has checked it
        lexical, datatype, language = literal_value(written)
        return text(lexical, language) if language else typed(lexical, datatype)
