"""A corpus of JSON Lines on shared storage: its files, and what all its articles share."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from msgspec import Struct, structs

from kg.corpus import CorpusDefinition, read_corpus
from kg.corpus.folder import JSON_LINES, entry_fault
from kg.corpus.places import located
from kg.errors import CorpusError, Finding, UsageError
from kg.files.text_files import read_text
from kg.pipeline.spark.parts import Texts
from kg.pipeline.spark.storage import Storage, StoredFile

_SHARED = re.compile(r"corpus\.ya?ml|entities\.ya?ml|entities/[^/.][^/]*\.ya?ml")
_NOT_ARTICLES = re.compile(r"(?:dist|entities)/|(?:.*/)?\.")
_PAIRED = (".txt", ".claims.yaml")
_MISNAMED = re.compile(r"\.(?:jsonl|ndjson)(?:\.gz|\.zst)?$", re.IGNORECASE)


class StoredCorpus(Struct, frozen=True):
    """A corpus without its articles, the texts of its shared files, and by name the files that hold articles."""

    corpus: CorpusDefinition
    texts: Texts
    files: dict[str, StoredFile]


def read_stored_corpus(storage: Storage, folder: str) -> StoredCorpus:
    """Return the corpus in a folder, which findings call as it is given.

    Raises `CorpusError` if its corpus.yaml or entities are wrong, `UsageError` if it is no corpus of JSON Lines.
    """
    files = storage.files()
    if faults := [fault for file in files if (fault := _local_fault(file.name, folder))]:
        raise CorpusError(faults)
    articles = {os.path.join(folder, file.name): file for file in files if _holds_articles(file.name, folder)}
    if not any(file.name.startswith("corpus.y") for file in files):
        raise UsageError(f"{folder}: there is no corpus.yaml in it. Name the folder that holds your corpus.yaml.")
    if not articles:
        raise UsageError(
            f"{folder}: there is no JSON Lines file (*.jsonl, *.jsonl.gz, *.jsonl.zst) in it: add one."
        )
    with tempfile.TemporaryDirectory(prefix="kg-") as copy:
        shared = [file.name for file in files if _SHARED.fullmatch(file.name)]
        for name in shared:
            path = Path(copy, name)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(storage.read(name))
        try:
            corpus = read_corpus(copy)
        except CorpusError as error:
            raise CorpusError(
                finding._replace(at=finding.at._replace(file=_renamed(finding.at.file, copy, folder)))
                if finding.at
                else finding
                for finding in located(error.findings)
            ) from error
        texts = {(os.path.join(folder, name), 0): read_text(os.path.join(copy, name)) for name in shared}
    return StoredCorpus(_moved(corpus, copy, folder), texts, articles)


def _local_fault(name: str, folder: str) -> Finding | None:
    """Return what is wrong with a file as such, where the corpus is a folder of this machine."""
    if not os.path.isdir(folder) or (_NOT_ARTICLES.match(name) and not _SHARED.fullmatch(name)):
        return None
    return entry_fault(os.path.join(folder, name), folder)


def _holds_articles(name: str, folder: str) -> bool:
    """Tell whether a file holds articles. Raises `UsageError` for one that Spark would leave out."""
    if _NOT_ARTICLES.match(name):
        return False
    where = os.path.join(folder, name)
    if name.endswith(_PAIRED):
        raise UsageError(
            f"{where}: Spark reads articles from JSON Lines only: leave out --spark (--jobs uses every core), or "
            "put the articles into a *.jsonl."
        )
    if not _MISNAMED.search(name):
        return False
    if not name.endswith(JSON_LINES):
        raise UsageError(f"{where}: the name must end in .jsonl (and .gz or .zst) to be read: rename it.")
    if os.path.basename(name).startswith("_"):
        raise UsageError(f"{where}: Spark leaves out files whose name begins with _: rename it.")
    return True


def _moved(corpus: CorpusDefinition, copy: str, folder: str) -> CorpusDefinition:
    """Return the corpus with the names of its files in the folder that was given, not in the copy."""
    return structs.replace(
        corpus,
        root=folder,
        config_file=_renamed(corpus.config_file, copy, folder),
        entity_files={id: _renamed(file, copy, folder) for id, file in corpus.entity_files.items()},
    )


def _renamed(file: str, copy: str, folder: str) -> str:
    return os.path.join(folder, os.path.relpath(file, copy))
