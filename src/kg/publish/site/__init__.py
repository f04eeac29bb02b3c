"""The pages of a data set, from the store that `kg load` makes of it: for people in HTML, for machines as data."""

from __future__ import annotations

from kg.publish.site.layout import FORMATS, Layout, page_named
from kg.publish.site.pages import Pages

__all__ = ["FORMATS", "Layout", "Pages", "page_named"]
