"""The articles of a corpus worked through by one process or several, and written to documents.

Several processes take ranges of the corpus, write a part file for each, and send back a summary of it; text never
goes through a pipe. The parts are joined in the order of the corpus, so that not one byte depends on how many
processes there are. `write_range` is the whole of what a worker does.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from functools import lru_cache
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kg.checks.cross_references import ArticleIds, CrossReferences, open_cross_references
from kg.corpus import Corpus, Range, Sized, joined, ranges, sources
from kg.errors import Finding
from kg.formats.claim_formats import format_for
from kg.mappers.dataset import Tally
from kg.pipeline.article import MappedArticle, Totals, shared_graphs
from kg.pipeline.documents import ArticleSink, Document, Extents
from kg.pipeline.publication import Publication
from kg.processes import cores

if TYPE_CHECKING:
    from kg.pipeline.cache import Memory

Progress = Callable[[int, int], object]
"""Is told how many articles are newly done, and how many findings there are by now."""

WORTHWHILE = 300
"""The fewest articles for which several processes are quicker: each takes as long as some hundred to start."""
LARGEST = 500
"""The most articles of a range: small enough that no process is left with much to do when the others are done."""
_GRAIN = 16
_RECORDS = "records"
_RANGES_A_JOB = 4


class Plan(NamedTuple):
    """How many processes work, on which ranges, and in which folder their part files stand meanwhile.

    Without one, they stand where the system has its temporary files.
    """

    jobs: int = 1
    ranges: tuple[Sized, ...] = ()
    beside: Path | None = None

    @property
    def size(self) -> int:
        """The number of articles, 0 where nobody counted them."""
        return sum(each.size for each in self.ranges)


class Task(NamedTuple):
    """What is done with every range of a publication: in which formats it is written into a folder.

    The publication is pickled once for all ranges: a process that read the corpus itself might find it edited.
    `now` is the time of what is recorded of a range, 0 where nothing is.
    """

    publication: bytes
    formats: tuple[str, ...]
    https: bool
    folder: str
    now: int

    def part(self, number: int, form: str) -> Path:
        """Return where the part of a range stands."""
        return Path(self.folder, f"{number}.{form}")


class Summary(NamedTuple):
    """What came of a range, but for its text."""

    articles: int
    claims: int
    findings: tuple[Finding, ...]
    total: Tally
    ids: tuple[ArticleIds, ...]
    extents: Extents


def make_plan(corpus: Corpus, jobs: int | None, *, beside: Path | None = None, counted: bool = False) -> Plan:
    """Return how a corpus is worked through by so many processes; None is one a core, if that is worthwhile.

    For one process, the articles are counted only on demand: that reads all files of JSON Lines.
    """
    most = jobs or cores()
    if most == 1 and not counted:
        return Plan()
    cut = tuple(ranges(corpus, _GRAIN))
    size = sum(each.size for each in cut)
    if most == 1 or (jobs is None and size < WORTHWHILE):
        return Plan(1, cut)
    largest = size // (most * _RANGES_A_JOB)
    if not any(each.is_packed for each in cut):
        largest = min(LARGEST, largest)
    return Plan(most, tuple(joined(cut, largest)), beside)


def prefer_one_process(plan: Plan, publication: Publication, memory: Memory) -> Plan:
    """Use one process if too few articles changed to pay for a pool."""
    if plan.jobs == 1 or memory.knows_nothing:
        return plan
    size, changed = memory.count_changed(sources(publication.corpus))
    return plan._replace(jobs=1) if changed * plan.jobs <= size else plan


def write_publication(
    publication: Publication,
    documents: Sequence[Document],
    plan: Plan,
    progress: Progress,
    memory: Memory | None = None,
) -> ArticleSink:
    """Write every graph that is published to each document, and return what came of it.

    One process redoes only what `memory` does not know; several redo all. Raises `WorkerError` where a process is
    killed from outside.
    """
    if plan.jobs == 1:
        return write_units(publication.units(memory), documents, progress)
    for document in documents:
        document.begin()
    outcome = _write_ranges(publication, documents, plan, progress, memory)
    for document in documents:
        document.end()
    return outcome


def write_units(
    units: Iterable[MappedArticle], documents: Sequence[Document], progress: Progress = lambda _done, _found: None
) -> ArticleSink:
    """Write whole documents of units, and return what came of them."""
    outcome = ArticleSink()
    for document in documents:
        document.begin()
    for unit in units:
        before = outcome.articles
        outcome.add(unit, documents)
        progress(outcome.articles - before, len(outcome.findings))
    for document in documents:
        document.end()
    return outcome


def write_range(task: Task, number: int, range: Range) -> Summary:
    """Validate the articles of a range, write them as the parts of this number, and return what came of it."""
    from kg.pipeline.cache import NOTHING_SHARED, Recorder

    publication = _opened(task.publication)
    corpus, index = publication.corpus, publication.index
    outcome = ArticleSink()
    found = []
    with ExitStack() as files:
        parts = [
            Document(
                format_for(form, index), files.enter_context(path.open("xb")), index.iris.base, https=task.https
            )
            for form, path in ((form, task.part(number, form)) for form in task.formats)
        ]
        records = files.enter_context(task.part(number, _RECORDS).open("xb")) if task.now else None
        recorder = Recorder(corpus, index, records, task.now)
        for unit in recorder.units(sources(corpus, range), publication.read):
            outcome.add(unit, parts)
            if ids := unit.ids(index.iris):
                found.append(ids)
        if recorder.writer:
            recorder.writer.end(NOTHING_SHARED)
    return Summary(
        articles=outcome.articles,
        claims=outcome.claims,
        findings=tuple(outcome.findings),
        total=outcome.total,
        ids=tuple(found),
        extents=outcome.extents,
    )


@lru_cache(maxsize=1)  # a worker opens it once, for all ranges that it is given
def _opened(pickled: bytes) -> Publication:
    import pickle  # here, not above, as below

    publication: Publication = pickle.loads(pickled)
    return publication


def _task(publication: Publication, documents: Sequence[Document], folder: str, memory: Memory | None) -> Task:
    import pickle

    return Task(
        publication=pickle.dumps(publication),
        formats=tuple(document.form.name for document in documents),
        https=any(document.https for document in documents),
        folder=folder,
        now=memory.now if memory else 0,
    )


def _write_ranges(
    publication: Publication,
    documents: Sequence[Document],
    plan: Plan,
    progress: Progress,
    memory: Memory | None,
) -> ArticleSink:
    # Imported here, because one process does not need it.
    from tempfile import TemporaryDirectory

    from kg.processes.pool import worker_pool

    outcome = ArticleSink()
    with (
        open_cross_references() as references,
        TemporaryDirectory(prefix=".kg-parts-", dir=plan.beside) as folder,
        worker_pool(min(plan.jobs, len(plan.ranges))) as pool,
    ):
        task = _task(publication, documents, folder, memory)
        calls = [(task, number, each.range) for number, each in enumerate(plan.ranges)]
        for number, summary in enumerate(pool.in_order(write_range, calls)):
            starts = [_append(document, task.part(number, document.form.name)) for document in documents]
            if memory and task.now:
                _take_in(memory, task.part(number, _RECORDS), summary.extents, starts, outcome)
            _add(outcome, references, summary)
            progress(summary.articles, len(outcome.findings))
        summed = Totals(outcome.total, references.findings())
    if memory:
        memory.complete()
    for unit in shared_graphs(publication.corpus, publication.index, publication.check, summed):
        outcome.add(unit, documents)
    return outcome


def _append(document: Document, path: Path) -> int:
    with path.open("rb") as part:
        start = document.append(part, os.fstat(part.fileno()).st_size)
    path.unlink()
    return start


def _take_in(memory: Memory, path: Path, extents: Extents, starts: Sequence[int], outcome: ArticleSink) -> None:
    """Take in what was recorded of a range, whose part of each document starts here."""
    with path.open("rb") as part:
        for of_range, record in enumerate(memory.take_in(part)):
            if found := extents.get(of_range):
                moved = map(add, starts, found[::2])
                outcome.extents.put(record, list(zip(moved, found[1::2], strict=True)))
    path.unlink()


def _add(outcome: ArticleSink, references: CrossReferences, summary: Summary) -> None:
    outcome.articles += summary.articles
    outcome.claims += summary.claims
    outcome.findings += summary.findings
    outcome.total += summary.total
    for each in summary.ids:
        references.add(each)
