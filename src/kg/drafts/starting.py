"""Files to start from, none of which is overwritten: a draft beside each text; a corpus in a folder of its own."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from kg.annotations.classes import ArticleEntry
from kg.corpus import read_corpus
from kg.corpus.articles import divided
from kg.corpus.ids import is_article_id, suggested
from kg.corpus.settings import CONFIG
from kg.corpus.sources import CLAIMS, TEXT
from kg.drafts import example
from kg.drafts.writing import Desk, Draft, desk, draft
from kg.errors import CorpusError, FileError, Finding, KgError, Place, UsageError
from kg.files.atomic_writes import folder_unless_empty, write_new_files
from kg.files.text_files import control_characters, read_text

_SCHEMA = "schemas/claims.schema.json"


class Started(NamedTuple):
    """A draft, the claims file that it is for, and the folder of the corpus."""

    file: Path
    draft: Draft
    root: Path


def drafts(files: Sequence[Path], *, language: str = "", beside: bool = True) -> list[Started]:
    """Return a draft for each text; where they are to stand `beside` the texts, none may be there yet.

    Raises one error for all that is wrong with any of them: `CorpusError`, `FileError` or `UsageError`.
    """
    started: list[Started] = []
    errors: list[KgError] = []
    desks: dict[Path, Desk] = {}
    for file in dict.fromkeys(files):
        try:
            root = _root(file, beside=beside)
            if root not in desks:
                desks[root] = desk(read_corpus(root))
            started.append(_started(file, root, desks[root], language))
        except KgError as error:
            errors.append(error)
    if errors:
        raise _together(errors)
    return started


def write(started: Iterable[Started]) -> None:
    """Write drafts to files that must not be there, all or none. Raises `FileError`."""
    write_new_files({each.file: each.draft.text for each in started})


def new_corpus(folder: Path) -> list[Path]:
    """Write a small corpus that validates into a folder that is new or empty, whole or not; return its files."""
    if folder.is_dir() and any(folder.iterdir()):
        raise UsageError(
            f"{folder}: a corpus must begin in a new or empty folder, this one has files: name another"
        )
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder}: a corpus must begin in a folder, this is a file: name another")
    files = {folder / name: text for name, text in example.files().items()}
    with _folder_errors(folder), folder_unless_empty(folder):
        write_new_files(files)
    return list(files)


@contextmanager
def _folder_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FileError(f"{folder}: it could not be made: {error.strerror}") from error


def _root(file: Path, *, beside: bool) -> Path:
    """Return the folder of the corpus that a text is in, once all is well with the names of the files."""
    if file.is_dir():
        raise UsageError(f"{file}: an article must be a text file, this is a folder: name the files in it")
    if not file.exists():
        raise UsageError(f"{file}: there is no such file: name the text of an article")
    if file.suffix != TEXT:
        raise UsageError(f"{file}: the name of an article's text must end in `{TEXT}`: rename it")
    claims = _claims_file(file)
    if beside and os.path.lexists(claims):
        raise UsageError(f"{claims}: it is there already and is not overwritten: go on with it, or use --stdout")
    # By the names as given, not resolved: messages shall name files as a person would.
    for folder in (*file.parents, *file.absolute().parents):
        if (folder / CONFIG).is_file():
            return folder
    raise UsageError(
        f"{file}: an article must lie in a corpus, and no folder above has a `{CONFIG}`: "
        "`kg new --corpus FOLDER` makes one"
    )


def _started(file: Path, root: Path, of: Desk, language: str) -> Started:
    whole = read_text(str(file))
    if found := control_characters(whole, str(file)):
        raise CorpusError(found)
    header, text = divided(whole)
    if not text.strip():
        message = "an article must have a text, here is none: add it"
        raise CorpusError([Finding("violation", message, "empty-text", Place(str(file), 1, 1))])
    id = file.absolute().relative_to(root.absolute()).as_posix().removesuffix(TEXT)
    given = ArticleEntry(
        id="" if is_article_id(id) else suggested(id),
        language=language if language.lower() != of.config.language.lower() else "",
    )
    schema = os.path.relpath(root / _SCHEMA, file.parent) if (root / _SCHEMA).is_file() else ""
    return Started(
        _claims_file(file),
        draft(text, header, of, given, schema=Path(schema).as_posix() if schema else ""),
        root,
    )


def _claims_file(file: Path) -> Path:
    return file.with_name(file.name.removesuffix(TEXT) + CLAIMS)


def _together(errors: Sequence[KgError]) -> KgError:
    """Return one error for all: the findings of all, or a message of a line each."""
    if len(errors) == 1:
        return errors[0]
    findings = [finding for error in errors if isinstance(error, CorpusError) for finding in error.findings]
    others = [error for error in errors if not isinstance(error, CorpusError)]
    if not others:
        return CorpusError(dict.fromkeys(findings))
    lines = [*map(str, others), *dict.fromkeys(f"{finding.at}: {finding.message}" for finding in findings)]
    kind = FileError if all(isinstance(error, FileError) for error in errors) else UsageError
    return kind("\n    ".join(["nothing was written:", *lines]))
