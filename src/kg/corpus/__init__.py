"""Files → annotations. The only reader of a corpus on disk."""

from __future__ import annotations

from kg.corpus.folder import (
    WHOLE,
    ArticleSource,
    CorpusDefinition,
    SizedRange,
    SourceRange,
    joined,
    ranges,
    sources,
)
from kg.corpus.reader import WrittenArticle, read_article, read_corpus

__all__ = [
    "WHOLE",
    "ArticleSource",
    "CorpusDefinition",
    "SizedRange",
    "SourceRange",
    "WrittenArticle",
    "joined",
    "ranges",
    "read_article",
    "read_corpus",
    "sources",
]
