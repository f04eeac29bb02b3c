"""What annotations mean: references resolved, words anchored, dates read, occasions inherited, form worked out."""

from kg.meaning.article import ArticleMeaning, read_meaning
from kg.meaning.corpus_index import CorpusIndex, read_index

__all__ = ["ArticleMeaning", "CorpusIndex", "read_index", "read_meaning"]
