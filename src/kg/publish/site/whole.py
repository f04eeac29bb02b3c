"""What a store says as a whole, for the pages that show no one thing."""

from __future__ import annotations

from functools import cached_property

from kg.publish.site.quads import Quads
from kg.publish.site.shelves import articles
from kg.publish.site.summary import Description, Summary, description, summary
from kg.publish.site.words import Text
from kg.rdf.terms import Iri


class Whole:
    """What a store says as a whole, worked out once, when it is first needed."""

    def __init__(self, quads: Quads) -> None:
        self.quads = quads

    @cached_property
    def summary(self) -> Summary:
        """What all claims together come to."""
        return summary(self.quads)

    @cached_property
    def description(self) -> Description:
        """What the data set says of itself."""
        return description(self.quads)

    @cached_property
    def articles(self) -> list[Iri]:
        """All articles, the newest first."""
        return articles(self.quads)

    def title(self, language: str) -> Text:
        """Return the title of the data set."""
        titles = self.description.titles
        return next((text for text in titles if text.language == language), titles[0] if titles else Text("kg"))
