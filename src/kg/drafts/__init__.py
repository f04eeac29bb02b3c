"""`kg new`: from a text to the draft of its claims file, and a small corpus to start from.

What is filled in is in the article: the words between quotation marks. Guesses, such as the speaker next to a verb
of saying or the days that "Friday" may mean, are comments, so that nobody publishes a guess unread.
"""

from __future__ import annotations

from kg.drafts.new_files import DraftFile, drafts, new_corpus, write_drafts

__all__ = ["DraftFile", "drafts", "new_corpus", "write_drafts"]
