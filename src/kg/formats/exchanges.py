"""Graphs into what other tools read that know no RDF: the table of these formats, and both tables as one.

They are written by the same documents as RDF: a head, a text for each graph, a tail. What a graph only names by its
IRI, as the name of a speaker, their writers look up in the index, for the entities come after the articles.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from kg.formats import FORMATS, Compression, Format, Writer, named_in, suffixed_in

if TYPE_CHECKING:
    from kg.meaning import Index


class Exchange(NamedTuple):
    """A format that is not RDF, or says less than the graph. `writer` takes the index of the corpus.

    `nothing` is what to say where there was nothing to write.
    """

    name: str
    media_type: str
    suffix: str
    aliases: tuple[str, ...]
    writer: Callable[[Index], Writer]
    nothing: str = ""

    def bound(self, index: Index) -> Format:
        """Return this as a format of the corpus of this index, for a document."""

        def writer(_prefixes: Mapping[str, str], _base: str) -> Writer:
            return self.writer(index)

        return Format(self.name, self.media_type, self.suffix, self.aliases, False, writer)


def _web_annotation(index: Index) -> Writer:
    # Here, not above: most runs write none of these, and would wait for it.
    from kg.formats.web_annotation import WebAnnotationWriter

    return WebAnnotationWriter(index)


def _csv(index: Index) -> Writer:
    from kg.formats.csv import CsvWriter

    return CsvWriter(index)


def _claimreview(index: Index) -> Writer:
    from kg.formats.claimreview import ClaimReviewWriter

    return ClaimReviewWriter(index)


EXCHANGES: dict[str, Exchange] = {
    form.name: form
    for form in (
        Exchange(
            "web-annotation",
            'application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"',
            ".anno.jsonld",
            ("web-annotations", "webannotation", "anno", "anno.json"),
            _web_annotation,
        ),
        Exchange("csv", "text/csv", ".csv", (), _csv),
        Exchange(
            "claimreview",
            "application/json",
            ".claimreview.json",
            ("claim-review", "claimreview.jsonld"),
            _claimreview,
            "No claim has a review: the list is empty. Reviews are written as `reviews` of a claim.",
        ),
    )
}
_ALL: dict[str, Format | Exchange] = {**FORMATS, **EXCHANGES}


def export_named(name: str) -> Format | Exchange:
    """Return what a name, an alias or a media type names. Raises `UsageError` with the nearest name."""
    return named_in(_ALL, name)


def export_of(filename: str) -> tuple[Format | Exchange, Compression]:
    """Return what a file's suffixes name, and the compression. Raises `UsageError` if they name none."""
    return suffixed_in(_ALL, filename)


def bound_format(name: str, index: Index) -> Format:
    """Return the format of this name, exactly, of either table, for a document of the corpus of this index."""
    return FORMATS[name] if name in FORMATS else EXCHANGES[name].bound(index)
