"""The formats that `kg` writes: those of RDF, those with claims instead of a graph, and what their writers share.

A document is exactly `head() + between.join(non-empty graph(g) for g in graphs) + tail`, so its parts can be
written one at a time, by several processes, or kept from an earlier run. In the formats with claims, the names of
entities come from the index, because the graph of the entities is written after the articles that mention them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from kg.errors import UsageError
from kg.files.compression import COMPRESSIONS, ByteStream, Compression
from kg.formats.turtle import NQuadsWriter, NTriplesWriter, TrigWriter, TurtleWriter
from kg.rdf.terms import Graph, Iri, Node, Term, literal_value
from kg.rdf.vocab import KG, OA, RDF
from kg.text.nearest_name import nearest

if TYPE_CHECKING:
    from kg.meaning import CorpusIndex


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


GAP = " … "
"""What separates the parts of a cue where words were left out."""
Properties = Mapping[Iri, Sequence[Term]]
Nodes = Mapping[Iri, Properties]


class NotedStream(Protocol):
    """A stream of bytes that looks at what is written to it."""

    def write(self, data: bytes, /) -> object:
        """Write bytes."""

    def notes(self) -> str:
        """Return what there is to say of the whole, one note a line."""


class ClaimFormat(NamedTuple):
    """A format that is not RDF, or says less than the graph. `writer` takes the index of the corpus.

    `if_empty` is the note to show if there was nothing to write. `leaves_out` are the rule of a warning about what
    the format cannot write, and the note for a number of these. `notes` wraps the document's stream and finds what
    else to say of it.
    """

    name: str
    media_type: str
    suffix: str
    aliases: tuple[str, ...]
    writer: Callable[[CorpusIndex], Writer]
    if_empty: str = ""
    leaves_out: tuple[str, str] = ("", "")
    notes: Callable[[ByteStream], NotedStream] | None = None

    def with_index(self, index: CorpusIndex) -> Format:
        """Return a `Format` whose writer uses this index."""

        def writer(_prefixes: Mapping[str, str], _base: str) -> Writer:
            return self.writer(index)

        return Format(self.name, self.media_type, self.suffix, self.aliases, False, writer)


def _web_annotation(index: CorpusIndex) -> Writer:
    # Imported here, not above: most runs write none of these.
    from kg.formats.web_annotation import WebAnnotationWriter

    return WebAnnotationWriter(index)


def _csv(index: CorpusIndex) -> Writer:
    from kg.formats.csv import CsvWriter

    return CsvWriter(index)


def _claimreview(index: CorpusIndex) -> Writer:
    from kg.formats.claimreview import ClaimReviewWriter

    return ClaimReviewWriter(index)


def _review_notes(stream: ByteStream) -> NotedStream:
    from kg.formats.claimreview import ReviewNotes

    return ReviewNotes(stream)


CLAIM_FORMATS: dict[str, ClaimFormat] = {
    form.name: form
    for form in (
        ClaimFormat(
            "web-annotation",
            'application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"',
            ".anno.jsonld",
            ("web-annotations", "webannotation", "anno", "anno.json"),
            _web_annotation,
        ),
        ClaimFormat("csv", "text/csv", ".csv", (), _csv),
        ClaimFormat(
            "claimreview",
            "application/json",
            ".claimreview.json",
            ("claim-review", "claimreview.jsonld"),
            _claimreview,
            "No claim has a review: the list is empty. Reviews are written as `reviews` of a claim.",
            (
                "reviewed-claim-not-in-full",
                "left out: the reviews of {number} claims, since nothing says in full what these claim. "
                "Write a `gist` in each.",
            ),
            _review_notes,
        ),
    )
}
_ALL: dict[str, Format | ClaimFormat] = {**FORMATS, **CLAIM_FORMATS}


def all_formats() -> dict[str, Format | ClaimFormat]:
    """Return every format by its name: those of graphs, those of claims, those of plug-ins."""
    return _ALL | _of_plugins()


def any_format_named(name: str) -> Format | ClaimFormat:
    """Return the format with a name, an alias or a media type. Raises `UsageError` with the nearest name."""
    try:
        return named_in(_ALL, name)
    except UsageError:
        return named_in(_ALL | _of_plugins(), name)


def any_format_of(filename: str) -> tuple[Format | ClaimFormat, Compression]:
    """Return the format and the compression that a file's suffixes name. Raises `UsageError` if they name none."""
    try:
        return suffixed_in(_ALL, filename)
    except UsageError:
        return suffixed_in(_ALL | _of_plugins(), filename)


def format_for(name: str, index: CorpusIndex) -> Format:
    """Return the format with exactly this name, for a document of the corpus with this index."""
    if name in FORMATS:
        return FORMATS[name]
    return (CLAIM_FORMATS.get(name) or _of_plugins()[name]).with_index(index)


def _of_plugins() -> dict[str, ClaimFormat]:
    from kg.plugins import given_by_plugins  # only here: kg's own formats do not need it

    return {each.name: each for _, formats in given_by_plugins("kg_formats") for each in formats}


def by_iri(graph: Graph) -> Nodes:
    """Return the properties of each node of a graph."""
    return {node.subject: node.properties for node in graph.nodes}


def instances(graph: Graph, kind: Iri) -> list[Node]:
    """Return the nodes of a class, in the order of the graph."""
    return [node for node in graph.nodes if kind in node.properties.get(RDF.type, ())]


def cue_parts(claim: Properties, nodes: Nodes) -> list[str]:
    """Return the parts of a claim's cue as the article has them, in its order."""
    passages = [nodes[Iri(each)].get(OA.exact, ()) for each in claim.get(KG.cueAt, ())]
    if parts := [literal_value(exact).lexical for exacts in passages for exact in exacts]:
        return parts
    return [part for cue in claim.get(KG.cue, ()) for part in literal_value(cue).lexical.split(GAP)]


def in_language(texts: Iterable[Term], *languages: str) -> str:
    """Return the first text in the first of these languages that has one, else the first text, else `""`."""
    values = [literal_value(each) for each in texts]
    preferred = [value for wanted in languages for value in values if value.language == wanted.lower()]
    return next((value.lexical for value in (*preferred, *values)), "")
