"""Annotations made with other tools → a corpus.

Every tool's format is read by one importer, a module with a function `read(source, mapping)`, found through the
entry points `kg.importers`. An importer only yields what stands in a file, as `Document`s: a text with labelled
spans and the links between them. What they mean is told by a mapping, and is the same for all tools.
"""

from __future__ import annotations

from kg.imports.documents import Document, Item, Link, Mark, Name, Printed, Skipped

__all__ = ["Document", "Item", "Link", "Mark", "Name", "Printed", "Skipped"]
