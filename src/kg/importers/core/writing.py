"""Drafts → the files of a corpus, by one process or several: what kg does not take is left out, and told.

A range of drafts is read from the spool, checked and written; what is told of it comes back, in the order of the
drafts, so that not one byte depends on how many processes there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path
from shutil import copyfileobj
from typing import NamedTuple

from kg.annotations.classes import ClaimsFile
from kg.corpus.writer import claims_yaml, json_line
from kg.errors import Path as Way
from kg.importers.core.documents import Skipped
from kg.importers.core.report import Report
from kg.importers.core.sound import make_sound
from kg.importers.core.spool import Range, Spooled, taken
from kg.meaning.remarks import as_list
from kg.pipeline.publication import Publication, open_publication

LINES = "articles.jsonl"
_WORTHWHILE = 3
"""The fewest ranges for which several processes are quicker: each takes as long as a range to start."""


class Task(NamedTuple):
    """What is done with every range: from which spool it is taken, and how it is written into which folder."""

    folder: Path
    spool: Path
    json_lines: bool

    def part(self, range: Range) -> Path:
        """Return where the lines of a range stand until they are joined."""
        return self.folder / f".{range.start}.jsonl"


class Summary(NamedTuple):
    """What came of a range: what is left out, in order, how much is written, how many warnings there are."""

    skipped: list[Skipped]
    written: Counter[str]
    warnings: Counter[str]


def write_articles(task: Task, ranges: Sequence[Range], report: Report, jobs: int) -> None:
    """Write each article that kg takes, without what it does not.

    Raises `WorkerError` where one of several processes is killed from outside.
    """
    with ExitStack() as stack:
        lines = stack.enter_context((task.folder / LINES).open("wb")) if task.json_lines else None
        for range, summary in zip(ranges, _summaries(task, ranges, jobs), strict=True):
            for skipped in summary.skipped:
                report.skip(skipped)
            report.written.update(summary.written)
            report.warnings.update(summary.warnings)
            if lines:
                with task.part(range).open("rb") as part:
                    copyfileobj(part, lines)
                task.part(range).unlink()


def _summaries(task: Task, ranges: Sequence[Range], jobs: int) -> Iterator[Summary]:
    if jobs == 1 or len(ranges) < _WORTHWHILE:
        publication = open_publication(task.folder)
        yield from (write_range(task, range, publication) for range in ranges)
        return
    # Here, not above: for one process, nobody need wait for multiprocessing.
    from kg.processes.workers import workers

    with workers(min(jobs, len(ranges))) as pool:
        yield from pool.in_order(_write_elsewhere, [(task, range) for range in ranges])


def _write_elsewhere(task: Task, range: Range) -> Summary:
    return write_range(task, range, _opened(task.folder))


@lru_cache(maxsize=1)  # a worker opens the corpus once, for all ranges that it is given
def _opened(folder: Path) -> Publication:
    return open_publication(folder)


def write_range(task: Task, range: Range, publication: Publication) -> Summary:
    """Write the articles of a range, and return what came of it."""
    left_out: list[Skipped] = []
    report = Report(lambda _outcome, skipped: left_out.append(skipped))
    with ExitStack() as stack:
        spool = stack.enter_context(task.spool.open("rb"))
        lines = stack.enter_context(task.part(range).open("xb")) if task.json_lines else None
        for article in taken(spool, range):
            sound = make_sound(article, lambda source: publication.read(source, publication.index))
            for skipped in sound.skipped:
                report.skip(skipped)
            report.lose_marks(article, sound.article)
            if sound.article is None:
                continue
            report.write(sound.article, sound.warnings)
            if lines:
                lines.write(json_line(sound.article.id, sound.article.text, sound.article.file))
            else:
                _write_pair(task.folder, sound.article, _left(article, sound.article.file, sound.left))
    return Summary(left_out, report.written, report.warnings)


def _left(before: Spooled, after: ClaimsFile, why: dict[str, str]) -> dict[Way, list[str]]:
    """Return each claim that was left out, and each source that only such claims have, as a comment."""
    claims: dict[str, list[str]] = {}
    sources: dict[str, list[str]] = {}
    for id, reason in why.items():
        claim = before.file.claims[id]
        head = [f"# {before.origins[id]}", f"# Left out: {reason}; then take it in."]
        claims[id] = [*head, *_entry(ClaimsFile(claims={id: claim}))]
        for name in as_list(claim.speaker):
            if name in before.file.sources and name not in {*after.sources, *sources}:
                head = [f"# Left out with {id}, whose speaker it is: take it in with the claim."]
                sources[name] = [*head, *_entry(ClaimsFile(sources={name: before.file.sources[name]}))]
    return _below("sources", sources, after.sources) | _below("claims", claims, after.claims)


def _entry(file: ClaimsFile) -> list[str]:
    """Return the lines of the one entry of a file, as if it stood at the left."""
    lines = claims_yaml(file).removesuffix("\nclaims: {}\n").splitlines()
    return [line.removeprefix("  ") for line in lines[1:]]


def _below(section: str, left: dict[str, list[str]], kept: Mapping[str, object]) -> dict[Way, list[str]]:
    """Return comments after the entries that a section keeps; where it keeps none, it is a comment, too."""
    if kept or not left:
        # There, what only tells is a comment as it is.
        return {(section, id): [line.removeprefix("# ") for line in lines] for id, lines in left.items()}
    return {(section,): [f"{section}:", *(f"  {line}" for lines in left.values() for line in lines)]}


def _write_pair(folder: Path, article: Spooled, comments: dict[Way, list[str]]) -> None:
    """Write an article's text and its claims, each with the place where it stood."""
    path = folder / f"{article.id}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(article.text, encoding="utf-8", newline="\n")
    kept = article.file.claims
    comments |= {("claims", id): [str(at)] for id, at in article.origins.items() if id in kept}
    claims = path.with_name(path.name.removesuffix(".txt") + ".claims.yaml")
    claims.write_text(claims_yaml(article.file, comments), encoding="utf-8", newline="\n")
