"""`kg new`: drafts the claims file of a text, or writes a small corpus to start from. No file is overwritten.

Only words of the article in quotation marks are filled in. Guesses, such as the speaker next to a verb of saying or
the days that "Friday" may mean, are comments, so that nobody publishes a guess unread.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from kg.annotations.classes import ArticleEntry
from kg.corpus import read_corpus
from kg.corpus.decoding import is_article_id, suggested
from kg.corpus.folder import CLAIMS, CONFIG, TEXT, link_fault
from kg.corpus.reader import split_header
from kg.drafts.claims_draft import Draft, DraftSettings, draft, draft_settings
from kg.drafts.other_files import not_a_text
from kg.errors import CorpusError, FileError, Finding, KgError, Place, UsageError, file_error
from kg.files.atomic_writes import folder_unless_empty, write_new_files
from kg.files.text_files import control_characters, read_text

_SCHEMA = "schemas/claims.schema.json"
_EXAMPLE = Path(__file__).parent / "example"
_EXAMPLE_FILES = ("README.md", "corpus.yaml", "entities.yaml", "example.txt", "example.claims.yaml")


class DraftFile(NamedTuple):
    """A draft, the claims file to write it to, and the folder of the corpus."""

    file: Path
    draft: Draft
    root: Path


def drafts(files: Sequence[Path], *, language: str = "", beside: bool = True) -> list[DraftFile]:
    """Return a draft for each text. If they will be written `beside` the texts, no claims file may exist yet.

    Raises one error for everything that is wrong: `CorpusError`, `FileError` or `UsageError`.
    """
    found: list[DraftFile] = []
    errors: list[KgError] = []
    settings: dict[Path, DraftSettings] = {}
    for file in dict.fromkeys(files):
        try:
            root = _root(file, beside=beside)
            if root not in settings:
                settings[root] = draft_settings(read_corpus(root))
            found.append(_draft_file(file, root, settings[root], language))
        except KgError as error:
            errors.append(error)
    if errors:
        raise _together(errors)
    return found


def write_drafts(files: Iterable[DraftFile]) -> None:
    """Write drafts to files that must not exist, all or none. Raises `FileError`."""
    write_new_files({each.file: each.draft.text for each in files})


def new_corpus(folder: Path) -> list[Path]:
    """Write a small valid corpus into a new or empty folder, all or nothing, and return its files."""
    if folder.is_dir() and any(folder.iterdir()):
        raise UsageError(
            f"{folder}: a corpus must begin in a new or empty folder, this one has files: name another"
        )
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder}: a corpus must begin in a folder, this is a file: name another")
    files = {folder / name: (_EXAMPLE / name).read_text(encoding="utf-8") for name in _EXAMPLE_FILES}
    with _folder_errors(folder), folder_unless_empty(folder):
        write_new_files(files)
    return list(files)


@contextmanager
def _folder_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise file_error(folder, error, "it could not be made") from error


def _root(file: Path, *, beside: bool) -> Path:
    """Return the folder of the corpus that a text is in. Raises `UsageError` if its name or place is wrong."""
    if file.is_dir():
        raise UsageError(f"{file}: an article must be a text file, this is a folder: name the files in it")
    if not file.exists():
        raise UsageError(f"{file}: there is no such file: name the text of an article")
    if file.suffix != TEXT:
        raise not_a_text(file)
    claims = _claims_file(file)
    if beside and os.path.lexists(claims):
        raise UsageError(f"{claims}: this file exists and is not overwritten: continue with it, or use --stdout")
    # By the names as given, not resolved, so that messages name files as the user did.
    for folder in (*file.parents, *file.absolute().parents):
        if (folder / CONFIG).is_file():
            return folder
    raise UsageError(
        f"{file}: an article must be in a corpus, and no folder above it has a `{CONFIG}`: "
        "`kg new --corpus FOLDER` makes one"
    )


def corpus_of_text(file: Path) -> tuple[Path, str]:
    """Return the folder of the corpus that a text is in, and its path there without suffix. Raises `UsageError`."""
    root = _root(file, beside=False)
    return root, file.absolute().relative_to(root.absolute()).as_posix().removesuffix(TEXT)


def _draft_file(file: Path, root: Path, settings: DraftSettings, language: str) -> DraftFile:
    if fault := link_fault(str(file), str(root)):
        raise CorpusError([fault])
    whole = read_text(str(file), str(root))
    if found := control_characters(whole, str(file)):
        raise CorpusError(found)
    header, text = split_header(whole)
    if not text.strip():
        message = "an article must have a text, this one has none: add it"
        raise CorpusError([Finding("violation", message, "empty-text", Place(str(file), 1, 1))])
    id = corpus_of_text(file)[1]
    given = ArticleEntry(
        id="" if is_article_id(id) else suggested(id),
        language=language if language.lower() != settings.config.language.lower() else "",
    )
    schema = os.path.relpath(root / _SCHEMA, file.parent) if (root / _SCHEMA).is_file() else ""
    return DraftFile(
        _claims_file(file),
        draft(text, header, settings, given, schema=Path(schema).as_posix() if schema else ""),
        root,
    )


def _claims_file(file: Path) -> Path:
    return file.with_name(file.name.removesuffix(TEXT) + CLAIMS)


def _together(errors: Sequence[KgError]) -> KgError:
    """Return one error with all findings, or with a line for each error."""
    if len(errors) == 1:
        return errors[0]
    findings = [finding for error in errors if isinstance(error, CorpusError) for finding in error.findings]
    others = [error for error in errors if not isinstance(error, CorpusError)]
    if not others:
        return CorpusError(dict.fromkeys(findings))
    lines = [*map(str, others), *dict.fromkeys(f"{finding.at}: {finding.message}" for finding in findings)]
    kind = FileError if all(isinstance(error, FileError) for error in errors) else UsageError
    return kind("\n    ".join(["nothing was written:", *lines]))
