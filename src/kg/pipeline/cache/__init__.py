"""Caches the results of earlier runs over a corpus, so that a run maps only the articles that changed.

A mapped article is a pure function of its files, the entities it uses and what all articles share. A record
has the inputs and the result of an article, and is used only if all inputs are the same.
"""

from __future__ import annotations

from kg.pipeline.cache.build_cache import BuildCache, EarlierFiles, open_cache
from kg.pipeline.cache.records import Recorder

__all__ = ["BuildCache", "EarlierFiles", "Recorder", "open_cache"]
