"""Documents of another tool → a corpus on disk, whole or not at all, in which kg finds nothing wrong.

Two passes: the first reads the documents and meets all names; the second, which knows every entity, checks each
article as `kg validate` would, takes out what cannot stand, and writes it.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from msgspec import Struct
from msgspec.structs import replace

from kg.annotations.classes import CorpusFile
from kg.corpus.ids import suggested
from kg.corpus.writer import config_yaml, entities_yaml
from kg.errors import CorpusError, FileError, Finding, Place, UsageError
from kg.files.output import part_of
from kg.files.spreadsheets import write_rows
from kg.importers.core.claims import Draft, read_draft
from kg.importers.core.documents import Document, Item, Skipped
from kg.importers.core.mapping import Mapping
from kg.importers.core.names import Names, slug
from kg.importers.core.report import Report
from kg.importers.core.spool import Spool, Spooled
from kg.importers.core.tables import LEFT_OUT, NAMES, NAMES_HEADER, left_out, name_rows
from kg.importers.core.writing import Task, write_articles

UNKNOWN_LANGUAGE = "und"
"""BCP 47 for a language that nobody knows."""
_SHOWN = 20
_LONGEST_PART = 100
_MOST_PARTS = 8
_TAKEN = "an article of this id was there already: this one has the id behind the arrow"


class Wanted(Struct, frozen=True):
    """How a corpus is made: its `corpus.yaml`; files of YAML or JSON Lines; only if nothing is left out, or not.

    `jobs` is how many processes check and write the articles, `sources` are the files that they are read from.
    """

    config: CorpusFile
    mapping: Mapping
    json_lines: bool = False
    strict: bool = False
    jobs: int = 1
    sources: tuple[str, ...] = ()


def write_corpus(folder: Path, items: Iterable[Item | Mapping], names: Names, wanted: Wanted) -> Report:
    """Write a corpus of documents into a folder that is not there yet, or is empty, and report what became of them.

    A mapping among the items is that of those that come after it.

    Raises `FileError` where it cannot be written, `UsageError` where no span is a claim's words, `CorpusError`
    where no article can be read or written at all, or it is to be strict and something is left out; then, and if
    anything else raises, nothing is written.
    """
    with _new_folder(folder) as staged, left_out(staged / LEFT_OUT) as tell, _scratch(staged / ".spool") as scratch:
        report = Report(tell)
        spool = Spool(scratch)
        _spool(items, names, wanted, report, spool)
        scratch.flush()
        if report.read["span"] and not report.read["claim"]:
            raise UsageError(_no_claims(report)) if report.labels else CorpusError(report.unread)
        config = replace(wanted.config, annotators={**wanted.config.annotators, **names.annotators})
        (staged / "corpus.yaml").write_text(config_yaml(config), encoding="utf-8")
        if names.entities:
            (staged / "entities.yaml").write_text(entities_yaml(names.entities), encoding="utf-8")
        write_articles(Task(staged, Path(scratch.name), wanted.json_lines), spool.ranges, report, wanted.jobs)
        if not report.written["article"]:
            raise CorpusError(report.first or _no_articles(wanted.sources))
        if names.undecided:
            with (staged / NAMES).open("wb") as table:
                write_rows(table, NAMES_HEADER, name_rows(names.undecided))
        report.names = len(names.undecided)
        if wanted.strict and report.skipped:
            raise CorpusError(report.first)
    return report


def _spool(items: Iterable[Item | Mapping], names: Names, wanted: Wanted, report: Report, spool: Spool) -> None:
    """Write each document's draft to the spool."""
    ids: Counter[str] = Counter()
    mapping = wanted.mapping
    for item in items:
        if isinstance(item, Mapping):
            mapping = item
        elif isinstance(item, Skipped):
            report.skip(item)
            report.read[item.kind] += item.count
        else:
            spool.put(_drafted(item, read_draft(item, mapping, names), ids, report))
            if wanted.config.language == UNKNOWN_LANGUAGE and not item.article.language:
                why = "in which language it is written is not known: give it by `--language`, as nl"
                report.keep(Skipped("note", item.id, why, item.at))


def _drafted(document: Document, draft: Draft, ids: Counter[str], report: Report) -> Spooled:
    """Return a document's draft under an id of its own, and report what was read and what was not."""
    report.read["article"] += 1
    report.read["span"] += len(document.marks)
    report.labels.update(mark.label for mark in document.marks)
    report.values.update(value for mark in document.marks for value in mark.also)
    report.read["claim"] += draft.found
    for skipped in draft.skipped:
        report.skip(skipped)
    for opened in draft.open:
        report.keep(opened)
    id = _unique(_short(suggested(document.id)), document, ids, report)
    text = f"date {draft.header} {draft.text}" if draft.header else draft.text
    return Spooled(id, text, draft.file, document.at, draft.origins, draft.spans)


def _no_articles(sources: tuple[str, ...]) -> Iterator[Finding]:
    """Yield that each source is empty."""
    message = "a source must hold an article, and there is none in it: add one, or name another source"
    for source in sources or ("",):
        yield Finding("violation", message, "no-articles", Place(source, 0, 0) if source else None)


def _no_claims(report: Report) -> str:
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
    """Return an id, of which each part can be the name of a file, and all together a path, on any system."""
    return "/".join(part[:_LONGEST_PART].rstrip("-_") for part in id.split("/")[:_MOST_PARTS])


def _unique(id: str, document: Document, ids: Counter[str], report: Report) -> str:
    """Return an id that no article before has: of the same article by another annotator, with their name."""
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


@contextmanager
def _scratch(file: Path) -> Iterator[IO[bytes]]:
    """Open a file that is gone when the block ends."""
    with file.open("x+b") as stream:
        yield stream
    file.unlink()


@contextmanager
def _new_folder(folder: Path) -> Iterator[Path]:
    """Open a new folder beside a place, which is put there when the block ends, and not at all if it raises."""
    place = folder.absolute()
    if place.exists() and not (place.is_dir() and not any(place.iterdir())):
        raise UsageError(
            f"{folder}: a corpus is imported into a new folder, and this is there already: name another"
        )
    staged = part_of(place)
    try:
        staged.mkdir(parents=True)
        yield staged
        with suppress(FileNotFoundError):
            place.rmdir()
        staged.rename(place)
    except OSError as error:
        raise FileError(f"{folder}: it could not be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(staged, ignore_errors=True)
