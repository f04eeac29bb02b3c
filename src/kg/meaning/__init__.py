"""What annotations mean: references resolved, words anchored, dates read, occasions inherited, form worked out."""

from kg.meaning.article import Meaning, read_meaning
from kg.meaning.index import Index, read_index

__all__ = ["Index", "Meaning", "read_index", "read_meaning"]
