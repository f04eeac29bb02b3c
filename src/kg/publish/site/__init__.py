"""The pages of a data set, from a store that `kg load` made: HTML for people, RDF for programs."""

from __future__ import annotations

from kg.publish.site.pages import Pages
from kg.publish.site.rendering import FORMATS, SiteLayout, page_named

__all__ = ["FORMATS", "Pages", "SiteLayout", "page_named"]
