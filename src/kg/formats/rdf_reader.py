"""Reads RDF of any origin as nodes, after finding the format of the document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import IO

from kg.errors import CorpusError, Finding, Place, UsageError
from kg.files.compression import COMPRESSIONS, decompression_errors
from kg.formats import FORMATS, format_named, format_of
from kg.formats.rdf_places import LINE_BASED, NO_BASE
from kg.rdf.term_conversion import from_oxigraph
from kg.rdf.terms import Iri, Node, Term

ONLY_READ = {".n3": "text/n3"}
"""The formats that are read and not written: their media types, by suffix."""


ANONYMOUS = "_:anonymous."
"""How the names of anonymous blank nodes begin."""
Triple = tuple[Iri, Iri, Term]
_GENERATED = re.compile(r"_:[a-f][0-9a-f]{23,31}")


def media_type_of(filename: str, *, otherwise: str = "") -> str:
    """Return the media type that a file's suffixes name.

    Raises `UsageError` if they name none, with `otherwise` as its advice.
    """
    path = PurePath(filename.lower())
    suffix = PurePath(path.stem).suffix if path.suffix in COMPRESSIONS else path.suffix
    return ONLY_READ.get(suffix) or format_of(filename, otherwise=otherwise)[0].media_type


def suffixes() -> str:
    """Return the suffixes of all formats, as a message lists them."""
    return " ".join([*(form.suffix for form in FORMATS.values()), *ONLY_READ])


def media_type(name: str, given: str = "", *, otherwise: str = "") -> str:
    """Return the media type of a format given by name, else by the suffix of the file's name.

    Raises `UsageError` if neither tells, with `otherwise` as its advice.
    """
    if given:
        return format_named(given).media_type
    if name == "-":
        raise UsageError("What comes from stdin must have its format named: give --input-format.")
    return media_type_of(name, otherwise=otherwise)


def read_nodes(name: str, stream: IO[bytes], media: str) -> list[Node]:
    """Return the nodes of an RDF document, all its graphs merged, in the order of their first mention.

    Blank nodes are terms `_:b1`; those without a label are `_:anonymous.1`, `_:anonymous.2`, …. Raises
    `CorpusError`, with the place, if the document is not well-formed RDF 1.1, and if a compressed document cannot
    be decompressed.
    """
    nodes: dict[Iri, dict[Iri, dict[Term, None]]] = {}
    try:
        for subject, predicate, value in _with_stable_names(_triples(stream, media), media):
            nodes.setdefault(subject, {}).setdefault(predicate, {})[value] = None
    except SyntaxError as error:
        message = f"this must be {media}: {_reason(error.msg)}"
        place = Place(name, error.lineno or 0, error.offset or 0)
        raise CorpusError([Finding("violation", message, "bad-rdf", place)]) from error
    except EOFError as error:
        message = "a compressed file must be whole, this one ends too early: copy or pack it again"
        raise CorpusError([Finding("violation", message, "cut-off", Place(name, 0, 0))]) from error
    except decompression_errors() as error:
        message = "a compressed file must unpack, this one does not: copy or pack it again"
        raise CorpusError([Finding("violation", message, "damaged", Place(name, 0, 0))]) from error
    return [
        Node(subject, {predicate: list(objects) for predicate, objects in properties.items()})
        for subject, properties in nodes.items()
    ]


def _with_stable_names(triples: Iterator[Triple], media: str) -> Iterator[Triple]:
    """Yield triples in which anonymous blank nodes, which the parser names at random, are numbered."""
    if media in LINE_BASED:
        yield from triples
        return
    names: dict[str, str] = {}

    def stable(term: str) -> str:
        if not _GENERATED.fullmatch(term):
            return term
        return names.setdefault(term, f"{ANONYMOUS}{len(names) + 1}")

    for subject, predicate, value in triples:
        if subject[0] == "_" or value[0] == "_":
            yield Iri(stable(subject)), predicate, Iri(stable(value))
        else:
            yield subject, predicate, value


def _triples(stream: IO[bytes], media: str) -> Iterator[Triple]:
    """Yield the triples of a document. Raises `SyntaxError` if it is not well-formed RDF 1.1."""
    import pyoxigraph

    form = pyoxigraph.RdfFormat.from_media_type(media)
    assert form is not None
    for quad in pyoxigraph.parse(stream, format=form, base_iri=NO_BASE, rename_blank_nodes=False):
        if isinstance(quad.object, pyoxigraph.Triple):
            raise SyntaxError(f"a triple must not be about another triple, like the one of {quad.subject}")
        yield from_oxigraph(quad)


def _reason(message: str) -> str:
    """Return a parser's message without the place at its start."""
    if "LoadDocumentCallback" in message:
        return "its context must be in the document itself, because kg fetches nothing: put it there"
    return re.sub(r"^Parser error [^:]*: ", "", message)
