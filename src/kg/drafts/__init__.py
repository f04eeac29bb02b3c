"""`kg new`: drafts the claims file of a text, or writes a small corpus to start from.

Only words of the article in quotation marks are filled in. Guesses, such as the speaker next to a verb of saying or
the days that "Friday" may mean, are comments, so that nobody publishes a guess unread.
"""

from __future__ import annotations

from kg.drafts.new_files import DraftFile, drafts, new_corpus, write_drafts

__all__ = ["DraftFile", "drafts", "new_corpus", "write_drafts"]
