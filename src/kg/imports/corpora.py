"""Documents of another tool → a corpus on disk, whole or not at all, in which kg finds nothing wrong.

Two passes: the first reads the documents and meets all names; the second, which knows every entity, checks each
article as `kg validate` would, takes out what cannot stand, and writes it.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO

from msgspec import Struct
from msgspec.structs import replace

from kg.annotations import ClaimsFile, CorpusFile
from kg.corpus.ids import suggested
from kg.corpus.writer import claims_yaml, config_yaml, entities_yaml, json_line
from kg.errors import CorpusError, FileError, UsageError
from kg.errors import Path as Way
from kg.imports.claims import Draft, read_draft
from kg.imports.documents import Document, Item, Skipped
from kg.imports.mapping import Mapping
from kg.imports.names import Names, slug
from kg.imports.report import Report
from kg.imports.sound import make_sound
from kg.imports.spool import Spooled, put, taken
from kg.imports.tables import LEFT_OUT, NAMES, NAMES_HEADER, left_out, name_rows
from kg.publication import open_publication
from kg.spreadsheets import write_rows

LINES = "articles.jsonl"
_SHOWN = 20
_LONGEST_PART = 100
_MOST_PARTS = 8


class Wanted(Struct, frozen=True):
    """How a corpus is made: its `corpus.yaml`; files of YAML or JSON Lines; only if nothing is left out, or not."""

    config: CorpusFile
    mapping: Mapping
    json_lines: bool = False
    strict: bool = False


def write_corpus(folder: Path, items: Iterable[Item | Mapping], names: Names, wanted: Wanted) -> Report:
    """Write a corpus of documents into a folder that is not there yet, or is empty, and report what became of them.

    A mapping among the items is that of those that come after it.

    Raises `FileError` where it cannot be written, `UsageError` where no span is a claim's words, `CorpusError`
    where none can be read at all, or it is to be strict and something is left out; then, and if anything else
    raises, nothing is written.
    """
    with _new_folder(folder) as staged, left_out(staged / LEFT_OUT) as tell, _scratch(staged / ".spool") as spool:
        report = Report(tell)
        _spool(items, names, wanted.mapping, report, spool)
        if report.read["span"] and not report.read["claim"]:
            raise UsageError(_no_claims(report)) if report.labels else CorpusError(report.unread)
        config = replace(wanted.config, annotators={**wanted.config.annotators, **names.annotators})
        (staged / "corpus.yaml").write_text(config_yaml(config), encoding="utf-8")
        if names.entities:
            (staged / "entities.yaml").write_text(entities_yaml(names.entities), encoding="utf-8")
        _write_articles(staged, taken(spool), report, json_lines=wanted.json_lines)
        if names.undecided:
            with (staged / NAMES).open("wb") as table:
                write_rows(table, NAMES_HEADER, name_rows(names.undecided))
        report.names = len(names.undecided)
        if wanted.strict and report.skipped:
            raise CorpusError(report.first)
    return report


def _spool(
    items: Iterable[Item | Mapping], names: Names, mapping: Mapping, report: Report, spool: IO[bytes]
) -> None:
    """Write each document's draft to the spool."""
    ids: Counter[str] = Counter()
    for item in items:
        if isinstance(item, Mapping):
            mapping = item
        elif isinstance(item, Skipped):
            report.skip(item)
            report.read[item.kind] += item.count
        else:
            put(spool, _drafted(item, read_draft(item, mapping, names), ids, report))


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
    why = f"an article of this id was there already: this one is `{new}`"
    report.keep(Skipped("note", document.id, why, document.at))
    return new


def _write_articles(staged: Path, articles: Iterable[Spooled], report: Report, *, json_lines: bool) -> None:
    """Write each article that kg takes, without what it does not."""
    publication = open_publication(staged)
    with ExitStack() as stack:
        lines = stack.enter_context((staged / LINES).open("wb")) if json_lines else None
        for article in articles:
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
                _write_pair(staged, sound.article, _left(article, sound.left))


def _left(article: Spooled, why: dict[str, str]) -> dict[Way, list[str]]:
    """Return each claim that was left out as a comment, which a person can mend and take back in."""
    comments: dict[Way, list[str]] = {}
    for id, reason in why.items():
        alone = claims_yaml(ClaimsFile(claims={id: article.file.claims[id]}))
        lines = [line.removeprefix("  ") for line in alone.splitlines() if line.startswith("  ")]
        head = [str(article.origins[id]), f"Left out: {reason}; then take it in."]
        comments["claims", id] = [*head, *lines]
    return comments


def _write_pair(staged: Path, article: Spooled, comments: dict[Way, list[str]]) -> None:
    """Write an article's text and its claims, each with the place where it stood."""
    path = staged / f"{article.id}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(article.text, encoding="utf-8", newline="\n")
    kept = article.file.claims
    comments |= {("claims", id): [str(at)] for id, at in article.origins.items() if id in kept}
    claims = path.with_name(path.name.removesuffix(".txt") + ".claims.yaml")
    claims.write_text(claims_yaml(article.file, comments), encoding="utf-8", newline="\n")


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
    staged = place.with_name(f".{place.name}.{os.getpid()}.part")
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
