"""The export: lines → parts → one manifest, which is written last and makes the parts a publication.

Spark's commit protocol sees to it that each task's files stand once, whichever executors die and whatever runs
twice. They stand in a folder of the run's own, `run-1/`, `run-2/`, …, which nobody knows of before the manifest
names it: a run that fails leaves the manifest of the run before, and its parts, as they were.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from kg.errors import SEVERITIES, Finding, Severity
from kg.files.compression import Compression
from kg.files.manifests import MANIFEST, Partition
from kg.formats import Format
from kg.meaning import read_index
from kg.pipeline.publication import Engine
from kg.pipeline.spark.about import About, about_corpus, line_texts
from kg.pipeline.spark.corpora import StoredCorpus, read_stored_corpus
from kg.pipeline.spark.lines import Block, Counted, count_lines, empty_file, first_lines, read_blocks
from kg.pipeline.spark.manifest import (
    Sum,
    delete_other_runs,
    kg_version,
    next_run,
    part_of,
    write_manifest,
)
from kg.pipeline.spark.parts import Work
from kg.pipeline.spark.run import Run
from kg.pipeline.spark.session import Log, spark_session
from kg.pipeline.spark.storage import Storage
from kg.pipeline.spark.whole import whole_findings

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SHOWN = 1000
"""How many findings come back; all of them stand in the folder of the run."""


class Wanted(Struct, frozen=True):
    """What to export: a corpus of JSON Lines, into a folder, both wherever Hadoop reaches; and how."""

    corpus: str
    folder: str
    format: Format
    compression: Compression = ""
    engine: Engine = "kg"
    https: bool = False


class Exported(NamedTuple):
    """What came out: the worst findings, how many there are by severity, and the folder of the run.

    `manifest` is its address, empty where a violation kept the graph from being published.
    """

    findings: list[Finding]
    counts: Mapping[Severity, int]
    folder: str
    manifest: str


def export_with_spark(wanted: Wanted, master: str, *, log: Log = "FATAL") -> Exported:
    """Export a corpus; see `Exported`, and `spark_session` for the master and the log.

    Raises `CorpusError` if its corpus.yaml or entities are wrong, `UsageError` for a corpus that is not JSON Lines,
    `FileError` where Spark or the storage fails.
    """
    with spark_session(master, log=log) as session:
        return export_in_session(wanted, session)


def export_in_session(wanted: Wanted, session: SparkSession) -> Exported:
    """Export a corpus in a session of `spark_session`'s; see `export_with_spark`."""
    stored = read_stored_corpus(Storage(session, wanted.corpus), wanted.corpus)
    target = Storage(session, wanted.folder)
    blocks = read_blocks(session, [file.address for file in stored.files.values()])
    counts = count_lines(blocks)
    work = _work(wanted, stored, first_lines(counts))
    run = Run(session, target, next_run(target))
    run.write(blocks, work, wanted.compression)
    sums = run.sums()
    together = [*_empty(stored, counts), *(whole_findings(session, run.shares) if run.shares else ())]
    about = about_corpus(work, sums, together, line_texts(blocks, work, together))
    found = _counted([*sums, about.sum])
    worst_first = sorted([*about.findings, *run.findings(SHOWN)], key=lambda each: SEVERITIES.index(each.severity))
    files = run.settle_findings(about.findings)
    if not found["violation"]:
        _publish(run, wanted, sums, about, files)
    run.tidy()
    manifest = "" if found["violation"] else target.address(MANIFEST)
    return Exported(worst_first[:SHOWN], found, target.address(run.name), manifest)


def _work(wanted: Wanted, stored: StoredCorpus, first: dict[Block, int]) -> Work:
    return Work(
        corpus=stored.corpus,
        index=read_index(stored.corpus),
        engine=wanted.engine,
        format=wanted.format.name,
        https=wanted.https,
        names={file.uri: name for name, file in stored.files.items()},
        first=first,
        texts=stored.texts,
        version=kg_version(),
    )


def _empty(stored: StoredCorpus, counts: Mapping[Block, Counted]) -> list[Finding]:
    """Return a finding for each plain file without a line; of a packed one its task tells."""
    filled = {block.uri for block, counted in counts.items() if counted.articles}
    return [
        empty_file(name) for name, file in stored.files.items() if not file.is_packed and file.uri not in filled
    ]


def _counted(sums: list[Sum]) -> Counter[Severity]:
    counts: Counter[Severity] = Counter()
    for held in sums:
        counts.update(held.findings)
    return counts


def _publish(run: Run, wanted: Wanted, sums: list[Sum], about: About, findings_files: list[str]) -> None:
    """Give the parts their names, then write the manifest, then delete what earlier runs wrote."""
    files = run.settle_parts(sums, wanted.format.suffix)
    parts = [part_of(files[held.part], held) for held in sums if held.part in files]
    parts.append(part_of(run.write_about(about.text, wanted.format.suffix, wanted.compression), about.sum))
    manifest = Partition(
        kg=kg_version(),
        format=wanted.format.name,
        media_type=wanted.format.media_type,
        compression=wanted.compression,
        base=about.base,
        articles=sum(part.articles for part in parts),
        claims=sum(part.claims for part in parts),
        triples=sum(part.triples for part in parts),
        findings=dict(_counted([*sums, about.sum])),
        findings_files=findings_files,
        parts=parts,
    )
    write_manifest(run.target, manifest)
    delete_other_runs(run.target, run.name)
