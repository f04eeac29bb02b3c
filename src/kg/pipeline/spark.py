"""Exports a corpus with Spark: each task runs the workers' function on a range of articles.

The corpus and the output are in folders that the driver and all workers see at the same path. Each task writes its
part, its findings and its ids there, under their final names only when they are complete. A task that runs twice
writes the same bytes. A run writes into a new folder, `run-1/`, `run-2/`, …, which counts only once the manifest
names it: a run that fails leaves the earlier manifest and its parts as they were.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import file_digest
from heapq import nsmallest
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec
from msgspec import Struct

from kg.checks.cross_references import ArticleIds, open_cross_references
from kg.corpus import SourceRange
from kg.corpus.reader import located
from kg.errors import SEVERITIES, FileError, Finding, Place, Severity, UsageError, file_error
from kg.files.atomic_writes import replacement
from kg.files.compression import Compression, compressing
from kg.files.manifests import MANIFEST, PartFile, Partition, decode_partition, manifest_json
from kg.findings.results import locate
from kg.formats import Format
from kg.mappers.dataset import COUNTED, Tally
from kg.pipeline.article import Totals, shared_graphs
from kg.pipeline.documents import ArticleSink, Document
from kg.pipeline.publication import Engine, Publication, open_publication
from kg.pipeline.run import Task, make_plan, make_task, run_range
from kg.rdf.terms import Iri
from kg.rdf.vocab import SCHEMA

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

Log = Literal["FATAL", "WARN"]
# Settings that a cluster may not change.
SETTINGS = {
    # Python workers start in a folder that may be a stranger's, and must not import from it.
    "spark.executorEnv.PYTHONSAFEPATH": "1",
}
SHOWN = 1000
"""How many findings come back; all of them are in the folder of the run."""
# Two letters at least: `C:` is a drive.
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_ABOUT = -1
_RUN = re.compile(r"run-([0-9]+)")
_SUFFIXES: dict[Compression, str] = {"": "", "gzip": ".gz", "zstd": ".zst"}
_decode_ids = msgspec.msgpack.Decoder(list[ArticleIds]).decode


class SparkExport(Struct, frozen=True):
    """What to export and how: a corpus into a folder, both on a file system that all machines share."""

    corpus: str
    folder: str
    format: Format
    compression: Compression = ""
    engine: Engine = "kg"
    https: bool = False

    @property
    def suffix(self) -> str:
        """The suffix of a part."""
        return self.format.suffix + _SUFFIXES[self.compression]


class SparkResult(NamedTuple):
    """The worst findings, how many there are of each severity, and the folder of the run.

    `manifest` is its path, empty if a violation kept the graph from being published.
    """

    findings: list[Finding]
    counts: Mapping[Severity, int]
    folder: str
    manifest: str


class SparkTask(Struct, frozen=True):
    """The arguments of all tasks; `folder` is the folder of the run, `kg` the driver's version of kg."""

    task: Task
    folder: str
    suffix: str
    compression: Compression
    kg: str


class PartSum(Struct, frozen=True):
    """A part: its counts, its findings by severity, its length and SHA-256 before compression."""

    number: int
    tally: Tally
    findings: dict[Severity, int]
    bytes: int
    sha256: str


def export_with_spark(export: SparkExport, master: str, *, log: Log = "FATAL") -> SparkResult:
    """Export a corpus; see `SparkResult`, and `spark_session` for the master and the log.

    Raises `CorpusError` if its corpus.yaml or entities are wrong, `UsageError` for an address that is no path,
    `FileError` if Spark or the file system fails.
    """
    with spark_session(master, log=log) as session:
        return export_in_session(export, session)


def export_in_session(export: SparkExport, session: SparkSession) -> SparkResult:
    """Export a corpus in a session of `spark_session`; see `export_with_spark`."""
    target = Path(shared_path(export.folder))
    publication = open_publication(shared_path(export.corpus), engine=export.engine)
    try:
        target.mkdir(parents=True, exist_ok=True)
        run = _new_run(target)
        return _export(export, publication, run, session)
    except OSError as error:
        raise file_error(error.filename or target, error, "") from error


def shared_path(address: str) -> str:
    """Return the absolute path of a folder. Raises `UsageError` for an address that Python cannot open."""
    path = address.removeprefix("file://").removeprefix("file:")
    if _SCHEME.match(path):
        raise UsageError(
            f"{address}: Spark reads and writes folders that every machine sees at the same path: mount the "
            "storage, and name the path."
        )
    return os.path.abspath(path)


def _export(export: SparkExport, publication: Publication, run: Path, session: SparkSession) -> SparkResult:
    sums = _run_tasks(export, publication, run, session)
    total = sum((each.tally for each in sums), start=Tally())
    sums.append(_write_about(export, publication, run, Totals(total, _cross_reference_findings(run, publication))))
    counts: Counter[Severity] = Counter()
    for each in sums:
        counts.update(each.findings)
    worst = nsmallest(SHOWN, _findings_in(run), key=_by_severity)
    for leftover in run.glob(".task-*"):  # of tasks whose executor was killed
        shutil.rmtree(leftover)
    manifest = ""
    if counts["violation"]:
        for part in run.glob(f"*{export.suffix}"):
            part.unlink()
    else:
        manifest = _publish(export, publication, run, sums)
    return SparkResult(worst, counts, str(run), manifest)


def _run_tasks(export: SparkExport, publication: Publication, run: Path, session: SparkSession) -> list[PartSum]:
    """Let Spark map, validate and write every range, and return the sums of the parts in order."""
    context = session.sparkContext
    plan = make_plan(publication.corpus, max(2, context.defaultParallelism))
    task = SparkTask(
        task=make_task(publication, [export.format.name], https=export.https),
        folder=str(run),
        suffix=export.suffix,
        compression=export.compression,
        kg=kg_version(),
    )
    shared = context.broadcast(task)
    calls = [(number, each.range) for number, each in enumerate(plan.ranges)]
    tasks = context.parallelize(calls, len(calls))
    sums = tasks.map(lambda call: write_part(shared.value, *call)).collect()
    return sorted(sums, key=lambda each: each.number)


def write_part(task: SparkTask, number: int, range: SourceRange) -> PartSum:
    """Write the part of a range, with its findings and its ids; run twice, it writes the same files.

    Raises `RuntimeError` if the worker has another version of kg than the driver.
    """
    if task.kg != (here := kg_version()):
        raise RuntimeError(f"the driver has kg {task.kg}, and a worker has kg {here}: install the same on all")
    run = Path(task.folder)
    with TemporaryDirectory(prefix=".task-", dir=run) as folder:
        summary = run_range(task.task._replace(folder=folder), number, range)
        text = next(Path(folder).iterdir())
        size, digest = _moved(text, run / f"part-{number:05}{task.suffix}", task.compression, summary.total)
    findings = located(summary.findings)
    _write_findings(run / f"findings-{number:05}.jsonl", findings)
    with replacement(run / f"ids-{number:05}") as stream:
        stream.write(msgspec.msgpack.encode(summary.ids))
    return PartSum(number, summary.total, _severities(findings), size, digest)


def _moved(text: Path, part: Path, compression: Compression, total: Tally) -> tuple[int, str]:
    """Move a text to its place, compressed; return its length and SHA-256. Without triples, no file is kept."""
    if not total.triples:
        return 0, ""
    with text.open("rb") as stream:
        digest = file_digest(stream, "sha256").hexdigest()
        size = stream.tell()
        stream.seek(0)
        with replacement(part) as output, compressing(output, compression) as packed:
            shutil.copyfileobj(stream, packed)
    return size, digest


def _write_findings(path: Path, findings: list[Finding]) -> None:
    """Write findings as JSON lines with the keys of `kg validate --format json`; 0 is no line, no column."""
    if findings:
        with replacement(path) as stream:
            for finding in findings:
                stream.write(json.dumps(locate(finding)._asdict(), ensure_ascii=False).encode() + b"\n")


def _severities(findings: Iterable[Finding]) -> dict[Severity, int]:
    return dict(Counter(finding.severity for finding in findings))


def _cross_reference_findings(run: Path, publication: Publication) -> tuple[Finding, ...]:
    """Return the findings across articles, and delete the ids that the tasks wrote."""
    with open_cross_references() as references:
        for path in sorted(run.glob("ids-*")):
            for ids in _decode_ids(path.read_bytes()):
                references.add(ids)
            path.unlink()
        return references.findings(publication.index.entities)


def _findings_in(run: Path) -> Iterator[Finding]:
    for path in sorted(run.glob("findings-*.jsonl")):
        with path.open("rb") as lines:
            for line in lines:
                yield _finding(**json.loads(line))


def _finding(*, file: str, line: int, column: int, **fields: str) -> Finding:
    return Finding(**fields, at=Place(file, line, column) if file else None)  # type: ignore[arg-type]  # severity


def _by_severity(finding: Finding) -> tuple[int, Place]:
    place = finding.at if isinstance(finding.at, Place) else Place("", 0, 0)
    return SEVERITIES.index(finding.severity), place


def _write_about(export: SparkExport, publication: Publication, run: Path, totals: Totals) -> PartSum:
    """Write the part with the entities and the data set, and the findings about these and across articles."""
    index = publication.index
    with TemporaryDirectory(prefix=".task-", dir=run) as folder:
        text = Path(folder, "about")
        with text.open("xb") as stream:
            sink = ArticleSink([Document(export.format, stream, index.iris.base, https=export.https)])
            sink.begin()
            for article in shared_graphs(publication.corpus, index, publication.check, totals):
                sink.add(article)
            sink.end()
        size, digest = _moved(text, run / f"about{export.suffix}", export.compression, sink.total)
    findings = located(sink.findings)
    _write_findings(run / "findings-about.jsonl", findings)
    return PartSum(_ABOUT, sink.total, _severities(findings), size, digest)


def _publish(export: SparkExport, publication: Publication, run: Path, sums: list[PartSum]) -> str:
    """Write the manifest, then delete what earlier runs wrote; return the manifest's path."""
    parts = [_part(run, export, each) for each in sums if each.bytes]
    counts: Counter[Severity] = Counter()
    for each in sums:
        counts.update(each.findings)
    manifest = Partition(
        kg=kg_version(),
        format=export.format.name,
        media_type=export.format.media_type,
        compression=export.compression,
        base=publication.index.iris.base,
        articles=sum(part.articles for part in parts),
        claims=sum(part.claims for part in parts),
        triples=sum(part.triples for part in parts),
        findings=dict(counts),
        findings_files=[f"{run.name}/{path.name}" for path in sorted(run.glob("findings-*.jsonl"))],
        parts=parts,
    )
    path = run.parent / MANIFEST
    with replacement(path) as stream:
        stream.write(manifest_json(manifest))
    _delete_runs(run.parent, keep={run.name})
    return str(path)


def _part(run: Path, export: SparkExport, part: PartSum) -> PartFile:
    """Return a part for the manifest. Raises `FileError` if its file is not as the task wrote it."""
    name = f"about{export.suffix}" if part.number == _ABOUT else f"part-{part.number:05}{export.suffix}"
    path = run / name
    if not path.is_file() or (not export.compression and path.stat().st_size != part.bytes):
        raise FileError(f"{path}: a part must be as it was written, and this one is not: export again")
    articles, claims = (_instances(part.tally, kind) for kind in (SCHEMA.NewsArticle, SCHEMA.Claim))
    return PartFile(f"{run.name}/{name}", articles, claims, part.tally.triples, part.bytes, part.sha256)


def _instances(tally: Tally, kind: Iri) -> int:
    return tally.instances[COUNTED.index(kind)]


def _new_run(target: Path) -> Path:
    """Make the folder of a new run, and delete what runs that did not end left behind."""
    manifest = target / MANIFEST
    published: set[str] = set()
    if manifest.exists():
        parts = decode_partition(manifest.read_bytes(), str(manifest)).parts
        published = {part.file.partition("/")[0] for part in parts}
    _delete_runs(target, keep=published)
    run = target / f"run-{max((int(name[4:]) for name in published), default=0) + 1}"
    run.mkdir()
    return run


def _delete_runs(target: Path, *, keep: set[str]) -> None:
    for path in target.iterdir():
        if _RUN.fullmatch(path.name) and path.name not in keep:
            shutil.rmtree(path)


def kg_version() -> str:
    """Return the version of kg that is installed here, `unknown` if it runs without being installed."""
    try:
        return version("kg-claims")
    except PackageNotFoundError:
        return "unknown"


@contextmanager
def spark_session(master: str, *, log: Log = "FATAL") -> Iterator[SparkSession]:
    """Open a session on a master (`spark://host:7077`, `yarn`, `k8s://…`, `local[2]`), which ends with the block.

    `log` is the lowest level of Spark's own messages on stderr.

    Raises `UsageError` if PySpark or Java is missing, `FileError` if Spark fails, also in the block.
    """
    _require(master)
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    # Workers run the Python of the driver, unless the cluster's user says otherwise.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.master(master).appName("kg export")
    builder = builder.config("spark.log.level", log).config(
        "spark.ui.showConsoleProgress", str(sys.stderr.isatty()).lower()
    )
    for key, value in SETTINGS.items():
        builder = builder.config(key, value)
    try:
        session = builder.getOrCreate()
        try:
            yield session
        finally:
            session.stop()
    except (PySparkException, Py4JError) as error:
        raise FileError(f"Spark at {master} gave up: {_reason(str(error))}") from error


def _require(master: str) -> None:
    if master.startswith("sc://"):
        raise UsageError(
            f"{master}: Spark Connect runs no tasks of ours: give the master itself, as spark://HOST:7077 or yarn."
        )
    if find_spec("pyspark") is None:
        raise UsageError("`--spark` needs PySpark, and it is not installed: pip install 'kg-claims[spark]'")
    if not os.environ.get("JAVA_HOME") and shutil.which("java") is None:
        raise UsageError(
            "`--spark` needs Java 17 or later, and there is none: on Debian, apt-get install default-jre-headless; "
            "elsewhere set JAVA_HOME"
        )


def _reason(message: str) -> str:
    """Return the line of a Java or Python stack trace that says what happened."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    causes = [line for line in lines if line.startswith("Caused by: ")]
    errors = [line for line in lines if "Error: " in line.split(" ", 1)[0] + " " and not line.startswith("at ")]
    return (errors or causes or lines or ["it said nothing"])[-1].removeprefix("Caused by: ")
