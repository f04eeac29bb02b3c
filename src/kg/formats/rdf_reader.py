"""RDF that anyone wrote, in any format, as nodes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from kg.errors import CorpusError, Finding, Place, UsageError
from kg.files.compression import unpacking_errors
from kg.formats import format_named
from kg.formats.reading import media_type_of
from kg.rdf.terms import Iri, Literal, Node, Term


def media_type(name: str, given: str = "", *, otherwise: str = "") -> str:
    """Return the media type of a format given by name, else by the suffix of the file's name.

    Raises `UsageError` where neither tells, which says what to do `otherwise`.
    """
    if given:
        return format_named(given).media_type
    if name == "-":
        raise UsageError("What comes from stdin must have its format named: give --input-format.")
    return media_type_of(name, otherwise=otherwise)


def read_nodes(name: str, stream: IO[bytes], media: str) -> list[Node]:
    """Return the nodes of an RDF document, all its graphs merged, in the order of their first mention.

    Blank nodes are terms `_:b1`. Raises `CorpusError` with the place of what is not well-formed or not RDF 1.1,
    and for a compressed document that does not unpack.
    """
    nodes: dict[str, dict[Iri, dict[Term, None]]] = {}
    try:
        for subject, predicate, value in _triples(stream, media):
            nodes.setdefault(subject, {}).setdefault(predicate, {})[value] = None
    except SyntaxError as error:
        message = f"this must be {media}: {_reason(error.msg)}"
        place = Place(name, error.lineno or 0, error.offset or 0)
        raise CorpusError([Finding("violation", message, "bad-rdf", place)]) from error
    except EOFError as error:
        message = "a compressed file must be whole, this one ends too early: copy or pack it again"
        raise CorpusError([Finding("violation", message, "cut-off", Place(name, 0, 0))]) from error
    except unpacking_errors() as error:
        message = "a compressed file must unpack, this one does not: copy or pack it again"
        raise CorpusError([Finding("violation", message, "damaged", Place(name, 0, 0))]) from error
    return [
        Node(Iri(subject), {predicate: list(objects) for predicate, objects in properties.items()})
        for subject, properties in nodes.items()
    ]


def _triples(stream: IO[bytes], media: str) -> Iterator[tuple[str, Iri, Term]]:
    """Yield the triples of a document. Raises `SyntaxError` where it is not well-formed or beyond RDF 1.1."""
    import pyoxigraph

    form = pyoxigraph.RdfFormat.from_media_type(media)
    assert form is not None
    nobody = "http://base.invalid/"
    for quad in pyoxigraph.parse(stream, format=form, base_iri=nobody, rename_blank_nodes=False):
        if isinstance(quad.object, pyoxigraph.Triple):
            raise SyntaxError(f"a statement must not be about another statement, as it is of {quad.subject}")
        yield str(quad.subject), Iri(str(quad.predicate)), Literal(str(quad.object))


def _reason(message: str) -> str:
    """Return what a parser says, without the place, which stands before it."""
    if "LoadDocumentCallback" in message:
        return "its context must stand in the document itself, as kg fetches nothing: put it there"
    return re.sub(r"^Parser error [^:]*: ", "", message)
