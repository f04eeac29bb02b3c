"""A run over the articles of a corpus, in one process or several: they are validated, and written to documents.

Several processes take ranges of the corpus, write a part file for each, and send back a summary of it; text never
goes through a pipe. The parts are joined in the order of the corpus, so that no byte depends on the number of
processes. A worker only runs `run_range`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kg.checks.cross_references import ArticleIds, CrossReferences, open_cross_references
from kg.corpus import CorpusDefinition, SizedRange, SourceRange, merge_ranges, sources, split_into_ranges
from kg.errors import Finding
from kg.formats import format_for
from kg.mappers.dataset import Tally
from kg.pipeline.article import MappedArticle, Totals, shared_graphs
from kg.pipeline.documents import ArticleSink, Document, RecordingSink
from kg.pipeline.publication import Publication
from kg.processes import cores

if TYPE_CHECKING:
    from kg.pipeline.cache import BuildCache
    from kg.pipeline.cache.records import Row

Progress = Callable[[int, int], object]
"""Called with the number of articles just done, and the number of findings so far."""

WORTHWHILE = 300
"""The fewest articles for which several processes are faster: each takes as long to start as some hundred take."""
LARGEST = 500
"""The most articles of a range: small enough that all processes end at about the same time."""
_GRAIN = 16
RANGES_A_JOB = 4
"""How many ranges a process works through, if the corpus is large enough."""


class RunPlan(NamedTuple):
    """How many processes work, on which ranges, and in which folder they write parts (None: the temporary one)."""

    jobs: int = 1
    ranges: tuple[SizedRange, ...] = ()
    beside: Path | None = None

    @property
    def size(self) -> int:
        """The number of articles; 0 if they were not counted."""
        return sum(each.size for each in self.ranges)


class Task(NamedTuple):
    """The arguments of all workers: the publication, the formats of the parts and their folder.

    The publication is pickled once for all ranges: a process that read the corpus itself might find it edited.
    `records` is whether a cache wants records of the articles, `whole` whether each part is a separate document.
    """

    publication: bytes
    formats: tuple[str, ...]
    https: bool = False
    folder: str = ""
    records: bool = False
    whole: bool = False

    def part(self, number: int, form: str) -> Path:
        """Return the file of a part."""
        return Path(self.folder, f"{number}.{form}")


class Summary(NamedTuple):
    """The result of a range, without its text."""

    articles: int
    claims: int
    findings: tuple[Finding, ...]
    total: Tally
    ids: tuple[ArticleIds, ...]
    extents: list[tuple[str, tuple[int, ...]]]
    rows: list[Row]


def make_plan(
    corpus: CorpusDefinition, jobs: int | None, *, beside: Path | None = None, counted: bool = False
) -> RunPlan:
    """Plan a run in `jobs` processes; None means one per core if the corpus is large enough.

    For one process, the articles are counted only if asked for: that reads all files of JSON Lines.
    """
    most = jobs or cores()
    if most == 1 and not counted:
        return RunPlan()
    cut = tuple(split_into_ranges(corpus, _GRAIN))
    size = sum(each.size for each in cut)
    if most == 1 or (jobs is None and size < WORTHWHILE):
        return RunPlan(1, cut)
    largest = size // (most * RANGES_A_JOB)
    if not any(each.is_packed for each in cut):
        largest = min(LARGEST, largest)
    return RunPlan(most, tuple(merge_ranges(cut, largest)), beside)


def prefer_one_process(plan: RunPlan, publication: Publication, cache: BuildCache) -> RunPlan:
    """Use one process if too few articles changed to pay for a pool."""
    if plan.jobs == 1 or cache.knows_nothing:
        return plan
    size, changed = cache.count_changed(sources(publication.corpus))
    return plan._replace(jobs=1) if changed * plan.jobs <= size else plan


def validate_publication(
    publication: Publication, plan: RunPlan, progress: Progress, cache: BuildCache | None = None
) -> ArticleSink:
    """Validate a corpus and return its counts and findings. One process maps only articles not in the `cache`."""
    if cache:
        plan = prefer_one_process(plan, publication, cache)
    return run_into(ArticleSink(), publication, plan, progress, cache)


def write_publication(
    publication: Publication, documents: Sequence[Document], plan: RunPlan, progress: Progress
) -> ArticleSink:
    """Write every published graph to each document, and return the counts and findings."""
    return run_into(ArticleSink(documents), publication, plan, progress)


def run_into(
    sink: ArticleSink, publication: Publication, plan: RunPlan, progress: Progress, cache: BuildCache | None = None
) -> ArticleSink:
    """Add every article of a corpus, the entities and the data set to a sink, and return it.

    Several processes map every article. Raises `WorkerError` if a process is killed from outside.
    """
    sink.begin()
    if plan.jobs == 1:
        _add_all(sink, publication.mapped_articles(cache), progress)
    else:
        _run_ranges(sink, publication, plan, progress, cache)
    sink.end()
    return sink


def write_articles(
    articles: Iterable[MappedArticle],
    documents: Sequence[Document],
    progress: Progress = lambda _done, _found: None,
) -> ArticleSink:
    """Write documents of articles that were mapped already, and return the counts and findings."""
    sink = ArticleSink(documents)
    sink.begin()
    _add_all(sink, articles, progress)
    sink.end()
    return sink


def _add_all(sink: ArticleSink, articles: Iterable[MappedArticle], progress: Progress) -> None:
    for article in articles:
        before = sink.articles
        sink.add(article)
        progress(sink.articles - before, len(sink.findings))


def run_range(task: Task, number: int, range: SourceRange) -> Summary:
    """Map and validate the articles of a range, write them as the parts of this number, and return a summary."""
    publication = _opened(task.publication)
    index = publication.index
    ids = []
    rows: list[Row] = []
    with ExitStack() as files:
        streams = {form: files.enter_context(task.part(number, form).open("xb")) for form in task.formats}
        documents = [
            Document(format_for(form, index), stream, index.iris.base, https=task.https)
            for form, stream in streams.items()
        ]
        sink = RecordingSink(documents) if task.records and documents else ArticleSink(documents)
        if task.whole:
            sink.begin()
        for article in _mapped(publication, range, rows if task.records else None):
            sink.add(article)
            if found := article.ids(index.iris):
                ids.append(found)
        if task.whole:
            sink.end()
    return Summary(
        articles=sink.articles,
        claims=sink.claims,
        findings=tuple(sink.findings),
        total=sink.total,
        ids=tuple(ids),
        extents=sink.extents if isinstance(sink, RecordingSink) else [],
        rows=rows,
    )


def _mapped(publication: Publication, range: SourceRange, rows: list[Row] | None) -> Iterable[MappedArticle]:
    """Yield the articles of a range; add the records of those that have one to `rows`."""
    found = sources(publication.corpus, range)
    if rows is None:
        return (publication.read(source, publication.index) for source in found)
    from kg.pipeline.cache import Recorder

    return Recorder(publication.corpus, publication.index).articles(found, publication.read, rows.append)


@lru_cache(maxsize=1)  # a worker opens the publication once, for all its ranges
def _opened(pickled: bytes) -> Publication:
    import pickle  # only here, as below: one process does not need it

    publication: Publication = pickle.loads(pickled)
    return publication


def make_task(publication: Publication, formats: Iterable[str], *, https: bool = False) -> Task:
    """Return the task of exporting a publication in which each part is a separate document."""
    import pickle

    return Task(pickle.dumps(publication), tuple(formats), https=https, whole=True)


def _run_ranges(
    sink: ArticleSink, publication: Publication, plan: RunPlan, progress: Progress, cache: BuildCache | None
) -> None:
    # Imported here, because one process does not need it.
    from tempfile import TemporaryDirectory

    from kg.processes.pool import worker_pool

    with (
        open_cross_references() as references,
        TemporaryDirectory(prefix=".kg-parts-", dir=plan.beside) as folder,
        worker_pool(min(plan.jobs, len(plan.ranges))) as pool,
    ):
        formats = [document.form.name for document in sink.documents]
        https = any(document.https for document in sink.documents)
        task = make_task(publication, formats, https=https)._replace(
            folder=folder, records=cache is not None and cache.is_kept, whole=False
        )
        calls = [(task, number, each.range) for number, each in enumerate(plan.ranges)]
        for number, summary in enumerate(pool.in_order(run_range, calls)):
            starts = [_append(document, task.part(number, document.form.name)) for document in sink.documents]
            _add_summary(sink, references, summary, starts)
            if cache:
                cache.add_rows(summary.rows)
            progress(summary.articles, len(sink.findings))
        totals = Totals(sink.total, references.findings(publication.index.entities))
    if cache:
        cache.complete()
    for article in shared_graphs(publication.corpus, publication.index, publication.check, totals):
        sink.add(article)


def _append(document: Document, path: Path) -> int:
    """Append a part to a document, delete it, and return where it starts."""
    with path.open("rb") as part:
        start = document.append(part, os.fstat(part.fileno()).st_size)
    path.unlink()
    return start


def _add_summary(sink: ArticleSink, references: CrossReferences, summary: Summary, starts: Sequence[int]) -> None:
    """Add a worker's summary; `starts` are the byte offsets of its parts in the documents."""
    sink.articles += summary.articles
    sink.claims += summary.claims
    sink.findings += summary.findings
    sink.total += summary.total
    for ids in summary.ids:
        references.add(ids)
    for digest, extents in summary.extents:
        pairs = zip(starts, extents[::2], extents[1::2], strict=True)
        sink.note_extents(digest, [(start + at, length) for start, at, length in pairs])
