"""What earlier runs found out about a corpus, so that a run maps only the articles that changed.

A mapped article is a pure function of its files, the entities it uses and what all articles share. A record keeps
what it was made from beside what came of it, and is used only if all of that is the same.
"""

from __future__ import annotations

from kg.pipeline.cache.build_cache import BuildCache, open_cache
from kg.pipeline.cache.records import Recorder

__all__ = ["BuildCache", "Recorder", "open_cache"]
