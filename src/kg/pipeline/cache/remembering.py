"""Opens the memory of a corpus for one run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from kg.corpus import Corpus
from kg.meaning import CorpusIndex
from kg.pipeline.cache.environment import environment
from kg.pipeline.cache.memory import NOT_PUBLISHED, Memory
from kg.pipeline.cache.place import cache_file, drop_oldest, new_records
from kg.pipeline.cache.recorder import Recorder
from kg.pipeline.cache.records import RecordsReader, Shared
from kg.pipeline.cache.stats import stat_of
from kg.pipeline.cache.uses import entity_digests


@contextmanager
def remembering(
    corpus: Corpus, index: CorpusIndex, checks: tuple[str, bytes], *, fresh: bool = False
) -> Iterator[Memory]:
    """Open what is known of a corpus, and keep what the run finds out, once that has come to its end.

    `checks` are the engine and the digest of the shapes. `fresh` ignores what is known. Where nothing can be read
    or written, nothing is known or kept.
    """
    shared = Shared(environment(corpus, index, checks), entity_digests(index, corpus), NOT_PUBLISHED)
    kept = cache_file(corpus.root)
    if kept is None:
        yield Memory(shared, Recorder(corpus, index, None, 0))
        return
    with new_records(kept.path.parent) as new:
        now = stat_of(new.fileno())[1] if new else 0
        memory = Memory(shared, Recorder(corpus, index, new, now, kept.key))
        try:
            with _old_records(kept.path) as old:
                if old and not fresh:
                    memory.recall(RecordsReader(old, kept.key))
                yield memory
        finally:
            # A disk that is full costs the next run time, not this one its result.
            with suppress(OSError):
                memory.save(kept.path)
                drop_oldest(kept.path)


@contextmanager
def _old_records(file: Path) -> Iterator[IO[bytes] | None]:
    try:
        stream = file.open("rb")
    except OSError:
        yield None
        return
    with stream:
        yield stream
