"""A text → the claims file to start from, in which everything is yet to be decided; and a corpus to start from.

What is filled in stands in the article: the words between quotation marks. What is guessed, as the speaker beside a
verb of saying or the days that "Friday" may mean, stands in comments, so that nobody publishes a guess unread.
"""

from __future__ import annotations

from kg.drafts.starting import Started, drafts, new_corpus, write

__all__ = ["Started", "drafts", "new_corpus", "write"]
