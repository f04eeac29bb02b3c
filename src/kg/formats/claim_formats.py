"""The formats with claims instead of a graph: their table, and the shared part of their writers.

They make a document as the formats of RDF do: a head, a text for each graph, a tail. The names of entities come
from the index, because the graph of the entities is written after the articles that mention them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from kg.errors import UsageError
from kg.files.compression import ByteStream, Compression
from kg.formats import FORMATS, Format, Writer, named_in, suffixed_in
from kg.rdf.terms import Graph, Iri, Node, Term, literal_value
from kg.rdf.vocab import KG, OA, RDF

if TYPE_CHECKING:
    from kg.meaning import CorpusIndex

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
