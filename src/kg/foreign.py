"""RDF that anyone wrote, in any format, as nodes."""

from __future__ import annotations

from pathlib import Path
from typing import IO

from kg.errors import CorpusError, Finding, Place, UsageError
from kg.formats import format_named, format_of
from kg.terms import Iri, Literal, Node, Term

# What can be read beside what is written.
ONLY_READ = {".n3": "text/n3"}


def media_type(name: str, given: str = "") -> str:
    """Return the media type of a format given by name, else by the suffix of the file's name.

    Raises `UsageError` where neither tells.
    """
    if given:
        return format_named(given).media_type
    bare = Path(name.removesuffix(".gz").removesuffix(".zst")).suffix.lower()
    if bare in ONLY_READ:
        return ONLY_READ[bare]
    if name == "-":
        raise UsageError("What comes from stdin must have its format named: give --input-format.")
    return format_of(name)[0].media_type


def read_nodes(name: str, stream: IO[bytes], media: str) -> list[Node]:
    """Return the nodes of an RDF document, all its graphs merged, in the order of their first mention.

    Blank nodes are terms `_:b1`. Raises `CorpusError` with the place of what is not well-formed.
    """
    import pyoxigraph

    nobody = "http://base.invalid/"
    form = pyoxigraph.RdfFormat.from_media_type(media)
    assert form is not None
    nodes: dict[str, dict[Iri, list[Term]]] = {}
    try:
        for quad in pyoxigraph.parse(stream, format=form, base_iri=nobody, rename_blank_nodes=False):
            objects = nodes.setdefault(str(quad.subject), {}).setdefault(Iri(str(quad.predicate)), [])
            value = Literal(str(quad.object))
            if value not in objects:
                objects.append(value)
    except SyntaxError as error:
        place = Place(name, error.lineno or 0, error.offset or 0)
        raise CorpusError([Finding("violation", f"this must be {media}: {error.msg}", "bad-rdf", place)]) from error
    return [Node(Iri(subject), properties) for subject, properties in nodes.items()]
