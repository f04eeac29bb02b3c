"""The IRIs that `kg` mints, from ids only: never from text, a counter over the corpus, a hash or the clock."""

from __future__ import annotations

from typing import NamedTuple

from kg.rdf.terms import Iri


class Iris(NamedTuple):
    """The IRIs under one base, which is absolute and ends in `/`. Ids are slugs, so nothing needs escaping."""

    base: str

    def article(self, article: str) -> Iri:
        return Iri(f"<{self.base}article/{article}>")

    def claim(self, article: str, claim: str) -> Iri:
        return Iri(f"<{self.base}claim/{article}/{claim}>")

    def occasion(self, article: str, occasion: str) -> Iri:
        return Iri(f"<{self.base}occasion/{article}/{occasion}>")

    def source(self, article: str, source: str) -> Iri:
        return Iri(f"<{self.base}source/{article}/{source}>")

    def entity(self, entity: str) -> Iri:
        return Iri(f"<{self.base}entity/{entity}>")

    def annotator(self, annotator: str) -> Iri:
        return Iri(f"<{self.base}annotator/{annotator}>")

    def guideline(self, version: str) -> Iri:
        return Iri(f"<{self.base}guideline/{version}>")

    @property
    def dataset(self) -> Iri:
        return Iri(f"<{self.base}dataset>")

    @property
    def topics(self) -> Iri:
        """The concept scheme of all topics."""
        return Iri(f"<{self.base}entity/topics>")

    def article_graph(self, article: str) -> Iri:
        return Iri(f"<{self.base}graph/article/{article}>")

    @property
    def entities_graph(self) -> Iri:
        return Iri(f"<{self.base}graph/entities>")

    @property
    def dataset_graph(self) -> Iri:
        return Iri(f"<{self.base}graph/dataset>")


def part(iri: Iri, fragment: str) -> Iri:
    """Return the IRI of a part of a resource: `<…/c01>` and `annotation` give `<…/c01#annotation>`."""
    return Iri(f"{iri[:-1]}#{fragment}>")


def numbered_parts(iri: Iri, name: str, count: int) -> list[Iri]:
    """Return the IRIs of `count` parts of a resource: `<…/c01#target-1>`, `<…/c01#target-2>`."""
    whole = iri[:-1]
    return [Iri(f"{whole}#{name}-{n}>") for n in range(1, count + 1)]
