"""Annotations made with other tools → a corpus.

Every tool's format is read by one importer (`kg.importers` has those that come with kg), which only yields what
stands in a file, as `Document`s: a text with labelled spans and the links between them. What they mean is told by a
mapping, and is the same for all tools. `corpora` is the whole way from documents to a folder; `reading` runs an
importer in a process of its own.
"""

from __future__ import annotations

from kg.importers.core.documents import Alive, Document, Item, Link, Mark, Name, Printed, Skipped

__all__ = ["Alive", "Document", "Item", "Link", "Mark", "Name", "Printed", "Skipped"]
