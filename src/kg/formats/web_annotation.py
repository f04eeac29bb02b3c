"""Claims as W3C Web Annotations: one collection, one page, an annotation a claim.

https://www.w3.org/TR/annotation-model/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.terms import Graph

if TYPE_CHECKING:
    from kg.meaning import Index


class WebAnnotationWriter:
    """Writes the claims of graphs as annotations."""

    between = ",\n"
    tail = "\n    ]\n  }\n}\n"

    def __init__(self, index: Index) -> None:
        self._index = index

    def head(self) -> str:
        """Return the opening of the collection and of its page."""
        return (
            '{"@context": "http://www.w3.org/ns/anno.jsonld", "type": "AnnotationCollection", "first": {"items": ['
        )

    def graph(self, graph: Graph) -> str:  # noqa: ARG002
        """Return the annotations of one graph."""
        return ""
