"""Files → annotations. The only reader of a corpus on disk."""

from __future__ import annotations

from kg.corpus.articles import Written, read_article
from kg.corpus.settings import Corpus, read_corpus
from kg.corpus.sources import Source, sources

__all__ = ["Corpus", "Source", "Written", "read_article", "read_corpus", "sources"]
