"""Reads and writes the files of a corpus. Nothing else reads a corpus from disk."""

from __future__ import annotations

from kg.corpus.folder import (
    WHOLE,
    ArticleSource,
    CorpusDefinition,
    SizedRange,
    SourceRange,
    merge_ranges,
    sources,
    split_into_ranges,
)
from kg.corpus.reader import WrittenArticle, read_article, read_corpus

__all__ = [
    "WHOLE",
    "ArticleSource",
    "CorpusDefinition",
    "SizedRange",
    "SourceRange",
    "WrittenArticle",
    "merge_ranges",
    "read_article",
    "read_corpus",
    "sources",
    "split_into_ranges",
]
