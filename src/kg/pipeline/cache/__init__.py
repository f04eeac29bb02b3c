"""What earlier runs found out about a corpus, so that a run redoes only what changed.

An article's unit is a pure function of its files, the entities it uses and what all articles share: corpus.yaml,
the shapes, `kg` itself. Each record holds what it was made from beside what came of it; a record is used only if
all of that is still the same. Whatever is damaged, of another version or cannot be read is as if it had never been.
"""

from __future__ import annotations

from kg.pipeline.cache.memory import NOTHING_SHARED, Memory
from kg.pipeline.cache.recorder import Recorder
from kg.pipeline.cache.remembering import remembering

__all__ = ["NOTHING_SHARED", "Memory", "Recorder", "remembering"]
