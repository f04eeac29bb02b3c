"""The formats of RDF that `kg` writes; `kg.formats.claim_formats` has those that are not RDF.

A document is exactly `head() + between.join(non-empty graph(g) for g in graphs) + tail`, so its parts can be
written one at a time, by several processes, or kept from an earlier run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import PurePath
from typing import NamedTuple, Protocol, TypeVar

from kg.errors import UsageError
from kg.files.compression import COMPRESSIONS, Compression
from kg.formats.turtle import NQuadsWriter, NTriplesWriter, TrigWriter, TurtleWriter
from kg.rdf.terms import Graph
from kg.text.nearest_name import nearest

__all__ = [
    "FORMATS",
    "Format",
    "Writer",
    "format_named",
    "format_of",
    "named_in",
    "suffixed_in",
    "write",
]


class Writer(Protocol):
    """Writes graphs in one format; `graph` gives the same text for the same nodes, whatever was written before."""

    @property
    def between(self) -> str:
        """The separator of two graphs."""

    @property
    def tail(self) -> str:
        """The end of a document."""

    def head(self) -> str:
        """Return the start of a document."""

    def graph(self, graph: Graph) -> str:
        """Return one graph; `""` for a graph without a triple."""

    def encoded(self, graph: Graph) -> bytes:
        """Return `graph` in UTF-8, which some formats make directly."""


class Format(NamedTuple):
    """A format. `writer` takes prefixes (`{"schema": "http://schema.org/"}`) and the base IRI of the corpus."""

    name: str
    media_type: str
    suffix: str
    aliases: tuple[str, ...]
    named_graphs: bool
    writer: Callable[[Mapping[str, str], str], Writer]


class HasNames(Protocol):
    """The names by which a format is chosen."""

    @property
    def name(self) -> str: ...
    @property
    def media_type(self) -> str: ...
    @property
    def suffix(self) -> str: ...
    @property
    def aliases(self) -> tuple[str, ...]: ...


F = TypeVar("F", bound=HasNames)


def _jsonld(prefixes: Mapping[str, str], base: str) -> Writer:
    # Imported here, not above: most runs write neither JSON-LD nor RDF/XML.
    from kg.formats.jsonld import JsonLdWriter

    return JsonLdWriter(prefixes, base)


def _rdfxml(prefixes: Mapping[str, str], base: str) -> Writer:
    from kg.formats.rdfxml import RdfXmlWriter

    return RdfXmlWriter(prefixes, base)


FORMATS: dict[str, Format] = {
    form.name: form
    for form in (
        Format("ttl", "text/turtle", ".ttl", ("turtle",), False, TurtleWriter),
        Format("nt", "application/n-triples", ".nt", ("ntriples", "n-triples"), False, NTriplesWriter),
        Format("nq", "application/n-quads", ".nq", ("nquads", "n-quads"), True, NQuadsWriter),
        Format("trig", "application/trig", ".trig", (), True, TrigWriter),
        Format("jsonld", "application/ld+json", ".jsonld", ("json-ld", "json"), False, _jsonld),
        Format(
            "rdfxml",
            "application/rdf+xml",
            ".rdf",
            ("rdf/xml", "rdf-xml", "rdf", "xml", "owl"),
            False,
            _rdfxml,
        ),
    )
}


def format_named(name: str) -> Format:
    """Return the format with a name, an alias or a media type. Raises `UsageError` with the nearest name."""
    return named_in(FORMATS, name)


OTHERWISE = " Or name the format with --format."


def format_of(filename: str, *, otherwise: str = OTHERWISE) -> tuple[Format, Compression]:
    """Return the format and the compression that a file's suffixes name.

    Raises `UsageError` if they name none, with `otherwise` as its advice.
    """
    return suffixed_in(FORMATS, filename, otherwise=otherwise)


def named_in(table: Mapping[str, F], name: str) -> F:
    """Return the format of a table with a name, an alias or a media type, as `format_named` does."""
    names = _names(table)
    wanted = name.strip().lower()
    if wanted in names:
        return names[wanted]
    near = nearest(wanted, names)
    advice = f" Did you mean `{names[near].name}`?" if near else ""
    raise UsageError(f"The format must be one of {', '.join(table)}, not {name!r}.{advice}")


def suffixed_in(table: Mapping[str, F], filename: str, *, otherwise: str = OTHERWISE) -> tuple[F, Compression]:
    """Return the format of a table for a file's suffixes, as `format_of` does; the longest suffix wins."""
    suffixes = [suffix.lower() for suffix in PurePath(filename).suffixes]
    compression = COMPRESSIONS.get(suffixes[-1], "") if suffixes else ""
    if compression:
        suffixes.pop()
    names = _names(table)
    form = names.get("".join(suffixes[-2:])[1:]) or names.get("".join(suffixes[-1:])[1:])
    if form is None:
        known = " ".join(form.suffix for form in table.values())
        raise UsageError(
            f"The name of the file must end in one of {known} (and .gz or .zst behind it), not {filename!r}."
            f"{otherwise}"
        )
    return form, compression


def write(graphs: Iterable[Graph], writer: Writer) -> Iterator[str]:
    """Yield a document in parts, with one graph in memory at a time."""
    yield writer.head()
    started = False
    for graph in graphs:
        part = writer.graph(graph)
        if not part:
            continue
        yield writer.between + part if started else part
        started = True
    yield writer.tail


def _names(table: Mapping[str, F]) -> dict[str, F]:
    return {
        name: form
        for form in table.values()
        for name in (form.name, *form.aliases, form.suffix[1:], form.media_type)
    }
