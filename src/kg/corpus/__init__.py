"""Files → annotations. The only reader of a corpus on disk."""

from __future__ import annotations

from kg.corpus.articles import Written, read_article
from kg.corpus.ranges import Sized, joined, ranges
from kg.corpus.settings import Corpus, read_corpus
from kg.corpus.sources import WHOLE, Range, Source, sources

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
