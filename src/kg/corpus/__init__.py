"""Files → annotations. The only reader of a corpus on disk."""

from __future__ import annotations

from kg.corpus.folder import WHOLE, Corpus, Range, Sized, Source, joined, ranges, sources
from kg.corpus.reader import Written, read_article, read_corpus

__all__ = [
    "WHOLE",
    "Corpus",
    "Range",
    "Sized",
    "Source",
    "Written",
    "joined",
    "ranges",
    "read_article",
    "read_corpus",
    "sources",
]
