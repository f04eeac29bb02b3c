"""Writes the documents of another tool as a corpus without violations: completely or not at all.

The first pass reads the documents and collects all names. The second, with all entities, checks each article as `kg
validate` does, removes invalid parts, and writes it, perhaps in several processes. Their reports come back in
order, so that the files do not depend on the number of processes. import.csv lists everything that was left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from pathlib import Path
from shutil import copyfileobj
from typing import IO, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from kg.annotations.classes import ClaimsFile, CorpusFile
from kg.corpus import CorpusDefinition
from kg.corpus.decoding import suggested
from kg.corpus.writer import claims_yaml, config_yaml, entities_yaml, json_line
from kg.errors import CorpusError, Finding, Place, Spot, UsageError
from kg.errors import Path as Way
from kg.files.atomic_writes import atomic_folder
from kg.files.csv_files import write_rows
from kg.importers.core.claims import ImportedArticle, ImportResult, import_article
from kg.importers.core.documents import AnnotatedText, Item, Skipped
from kg.importers.core.import_report import LEFT_OUT, ImportReport, Reasons, left_out
from kg.importers.core.mapping import Mapping
from kg.importers.core.names import NAMES, NAMES_HEADER, NameRegister, name_rows, slug
from kg.importers.core.repair import ArticleSpool, SpoolRange, read_range, repair_article
from kg.meaning import read_index
from kg.meaning.reporter import as_list
from kg.pipeline.publication import Publication, open_publication

LINES = "articles.jsonl"
_WORTHWHILE = 3
"""With fewer ranges, one process is faster: starting another takes as long as a range."""
UNKNOWN_LANGUAGE = "und"
"""BCP 47 for an unknown language."""
_SHOWN = 20
_LONGEST_PART = 100
_MOST_PARTS = 8
_TAKEN = "an earlier article has this id: this one has the id after the arrow"


def write_corpus(
    folder: Path, items: Iterable[Item | Mapping], names: NameRegister, wanted: ImportOptions
) -> ImportReport:
    """Write a corpus into a new or empty folder, and report how the documents were imported.

    A mapping among the items applies to those after it.

    Raises `FileError` if it cannot be written, `UsageError` if no span is a claim's words, `CorpusError` if no
    article can be read or written, or if a `strict` import leaves something out. If anything raises, nothing is
    written.
    """
    _refuse_existing(folder)
    with (
        atomic_folder(folder) as staged,
        left_out(staged / LEFT_OUT) as tell,
        _scratch(staged / ".spool") as scratch,
    ):
        report = ImportReport(tell)
        spool = ArticleSpool(scratch)
        _spool(items, names, wanted, report, spool)
        scratch.flush()
        if report.read["span"] and not report.read["claim"]:
            raise UsageError(_no_claims(report)) if report.labels else CorpusError(report.unread)
        _write_shared(staged, names, wanted.config)
        write_articles(ImportTask(staged, Path(scratch.name), wanted.json_lines), spool.ranges, report, wanted.jobs)
        if not report.written["article"]:
            raise CorpusError(report.first or _no_articles(wanted.sources))
        if names.undecided:
            with (staged / NAMES).open("wb") as table:
                write_rows(table, NAMES_HEADER, name_rows(names.undecided))
        report.names = len(names.undecided)
        if wanted.strict and report.skipped:
            raise CorpusError(report.first)
    return report


class ImportOptions(Struct, frozen=True):
    """How a corpus is made: its `corpus.yaml`, the mapping, YAML or JSON Lines.

    If it is `strict`, nothing may be left out. `jobs` is how many processes check and write the articles, `sources`
    are the foreign files.
    """

    config: CorpusFile
    mapping: Mapping
    json_lines: bool = False
    strict: bool = False
    jobs: int = 1
    sources: tuple[str, ...] = ()


def check_shared(corpus: CorpusDefinition) -> None:
    """Raise `CorpusError` with the violations in `corpus.yaml` and entities, before any article is read."""
    violations = [each for each in read_index(corpus).findings if each.severity == "violation"]
    if violations:
        raise CorpusError(map(_placed, violations))


def _placed(finding: Finding) -> Finding:
    """Return a finding without a path into its file if that is a table."""
    if isinstance(finding.at, Spot) and not finding.at.file.endswith((".yaml", ".yml")):
        return finding._replace(at=Place(finding.at.file, 0, 0))
    return finding


class ImportTask(NamedTuple):
    """The arguments for writing ranges: the folder, the spool, the format."""

    folder: Path
    spool: Path
    json_lines: bool

    def part(self, range: SpoolRange) -> Path:
        """Return the file of a range's lines until all are joined."""
        return self.folder / f".{range.start}.jsonl"


class ImportSummary(NamedTuple):
    """The result of a range: the records left out, in order, the numbers written, and the number of warnings.

    `lost` has why claims were left out.
    """

    skipped: list[Skipped]
    lost: Reasons
    written: Counter[str]
    warnings: Counter[str]


def write_articles(task: ImportTask, ranges: Sequence[SpoolRange], report: ImportReport, jobs: int) -> None:
    """Write each article without the parts that violate a rule.

    Raises `WorkerError` if one of several processes is killed from outside.
    """
    with ExitStack() as stack:
        lines = stack.enter_context((task.folder / LINES).open("wb")) if task.json_lines else None
        for range, summary in zip(ranges, _summaries(task, ranges, jobs), strict=True):
            for skipped in summary.skipped:
                report.skip(skipped)
            report.reasons["claim"].merge(summary.lost)
            report.written.update(summary.written)
            report.warnings.update(summary.warnings)
            if lines:
                with task.part(range).open("rb") as part:
                    copyfileobj(part, lines)
                task.part(range).unlink()


def _summaries(task: ImportTask, ranges: Sequence[SpoolRange], jobs: int) -> Iterator[ImportSummary]:
    if jobs == 1 or len(ranges) < _WORTHWHILE:
        publication = open_publication(task.folder)
        yield from (write_range(task, range, publication) for range in ranges)
        return
    # Imported here, because one process does not need it.
    from kg.processes.pool import worker_pool

    with worker_pool(min(jobs, len(ranges))) as pool:
        yield from pool.in_order(_write_elsewhere, [(task, range) for range in ranges])


def _write_elsewhere(task: ImportTask, range: SpoolRange) -> ImportSummary:
    return write_range(task, range, _flagged(task.folder))


@lru_cache(maxsize=1)  # a worker opens the corpus once for all its ranges
def _flagged(folder: Path) -> Publication:
    return open_publication(folder)


def write_range(task: ImportTask, range: SpoolRange, publication: Publication) -> ImportSummary:
    """Write the articles of a range, and return the result."""
    left_out: list[Skipped] = []
    report = ImportReport(lambda _outcome, skipped: left_out.append(skipped))
    with ExitStack() as stack:
        spool = stack.enter_context(task.spool.open("rb"))
        lines = stack.enter_context(task.part(range).open("xb")) if task.json_lines else None
        for article in read_range(spool, range):
            repaired = repair_article(article, lambda source: publication.read(source, publication.index))
            for skipped in repaired.skipped:
                report.skip(skipped)
            report.lose_claims_of(article, repaired)
            if repaired.article is None:
                continue
            report.write(repaired.article, repaired.warnings)
            if lines:
                lines.write(json_line(repaired.article.id, repaired.article.text, repaired.article.file))
            else:
                _write_pair(task.folder, repaired.article, _left(article, repaired.article.file, repaired.left))
    return ImportSummary(left_out, report.reasons["claim"], report.written, report.warnings)


def _left(before: ImportedArticle, after: ClaimsFile, why: dict[str, str]) -> dict[Way, list[str]]:
    """Return each claim that was left out, and each source that only such claims use, as a comment."""
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
    """Return the lines of a file's only entry, without indentation."""
    lines = claims_yaml(file).removesuffix("\nclaims: {}\n").splitlines()
    return [line.removeprefix("  ") for line in lines[1:]]


def _below(section: str, left: dict[str, list[str]], kept: Collection[str]) -> dict[Way, list[str]]:
    """Return comments after the entries of a section; if it has none, the section is a comment too."""
    if kept or not left:
        # The writer adds the `# ` itself.
        return {(section, id): [line.removeprefix("# ") for line in lines] for id, lines in left.items()}
    return {(section,): [f"{section}:", *(f"  {line}" for lines in left.values() for line in lines)]}


def _write_pair(folder: Path, article: ImportedArticle, comments: dict[Way, list[str]]) -> None:
    """Write an article's text and its claims, each with its place in the foreign file."""
    path = folder / f"{article.id}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(article.text, encoding="utf-8", newline="\n")
    kept = article.file.claims
    comments |= {("claims", id): [str(at)] for id, at in article.origins.items() if id in kept}
    claims = path.with_name(path.name.removesuffix(".txt") + ".claims.yaml")
    claims.write_text(claims_yaml(article.file, comments), encoding="utf-8", newline="\n")


def _spool(
    items: Iterable[Item | Mapping],
    names: NameRegister,
    wanted: ImportOptions,
    report: ImportReport,
    spool: ArticleSpool,
) -> None:
    """Write the article of each document to the spool."""
    ids: Counter[str] = Counter()
    mapping = wanted.mapping
    for item in items:
        if isinstance(item, Mapping):
            mapping = item
        elif isinstance(item, Skipped):
            report.skip(item)
            report.read[item.kind] += item.count
            if item.kind == "span" and mapping.is_words(item.label):
                report.read["claim"] += item.count
                report.lose_claim(item)
        else:
            spool.put(
                _add_to_report(item, import_article(item, mapping, names, wanted.config.language), ids, report)
            )
            if wanted.config.language == UNKNOWN_LANGUAGE and not item.article.language:
                why = "its language is unknown: give it with `--language`, such as nl"
                report.keep(Skipped("note", item.id, why, item.at))


def _add_to_report(
    document: AnnotatedText, result: ImportResult, ids: Counter[str], report: ImportReport
) -> ImportedArticle:
    """Return a document's article under a unique id, and add its records to the report."""
    report.read["article"] += 1
    report.read["span"] += len(document.marks)
    report.read["link"] += len(document.links)
    report.labels.update(mark.label for mark in document.marks)
    report.values.update(value for mark in document.marks for value in mark.also)
    report.read["claim"] += result.found
    for lost in result.lost:
        report.lose_claim(lost)
    for skipped in result.skipped:
        report.skip(skipped)
    for flagged in result.flagged:
        report.keep(flagged)
    id = _unique(_short(suggested(document.id)), document, ids, report)
    return replace(result.article, id=id)


def _no_articles(sources: tuple[str, ...]) -> Iterator[Finding]:
    """Yield a violation for each source."""
    message = "a source must have an article, and this one has none: add one, or name another source"
    for source in sources or ("",):
        yield Finding("violation", message, "no-articles", Place(source, 0, 0) if source else None)


def _no_claims(report: ImportReport) -> str:
    labels, values = (
        ", ".join(f"{label!r} ({count})" for label, count in found.most_common(_SHOWN))
        for found in (report.labels, report.values)
    )
    if values:
        labels += f". A span may be called by a value of one of its fields, too: {values}"
    return (
        f"a span must be a claim's words by the mapping, and none of {report.read['span']} is: write a "
        f"mapping.yaml with `spans: {{LABEL: words, …}}`, and give it by `--mapping`. Labels found: {labels}"
    )


def _short(id: str) -> str:
    """Return an id that can be a path on any system: few parts, each a short file name."""
    return "/".join(part[:_LONGEST_PART].rstrip("-_") for part in id.split("/")[:_MOST_PARTS])


def _unique(id: str, document: AnnotatedText, ids: Counter[str], report: ImportReport) -> str:
    """Return an id that no earlier article has; for another annotator of the same article, with their name."""
    ids[id] += 1
    if ids[id] == 1:
        return id
    new = f"{id}-{slug(document.by) if document.by else ids[id]}"
    while new in ids:
        ids[id] += 1
        new = f"{id}-{ids[id]}"
    ids[new] += 1
    report.keep(Skipped("note", f"{document.id} → {new}", _TAKEN, document.at))
    return new


def _write_shared(folder: Path, names: NameRegister, config: CorpusFile) -> None:
    """Write what all articles share: corpus.yaml, and the entities if there are any."""
    config = replace(config, annotators={**config.annotators, **names.annotators})
    (folder / "corpus.yaml").write_text(config_yaml(config), encoding="utf-8")
    if names.entities:
        (folder / "entities.yaml").write_text(entities_yaml(names.entities), encoding="utf-8")


@contextmanager
def _scratch(file: Path) -> Iterator[IO[bytes]]:
    """Open a file that is deleted when the block ends."""
    with file.open("x+b") as stream:
        yield stream
    file.unlink()


def _refuse_existing(folder: Path) -> None:
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise UsageError(
            f"{folder}: a corpus is imported into a new folder, and this exists already: name another with `-o`"
        )
