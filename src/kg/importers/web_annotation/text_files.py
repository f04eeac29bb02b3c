"""The articles' texts, which annotations only point to: files `NAME.txt`, found by the end of an IRI.

A `sources.csv` beside them may say more: two columns without a header, the IRI and the file.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from kg.corpus.articles import divided
from kg.errors import FileError
from kg.files.text_files import read_text

TABLE = "sources.csv"
_PAGES = (".html", ".htm", ".xhtml", ".txt", ".xml", ".php", ".pdf")


class Article(NamedTuple):
    """A text, its line ends `\\n`: `name` is its file's without suffix, `header` the length of its date line."""

    name: str
    text: str
    header: int


class TextFiles:
    """The texts in a folder and its folders. Raises `FileError` where it cannot be read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files = {_name(path.relative_to(folder)): path for path in _texts(folder)}
        self._stems: dict[str, list[str]] = {}
        for name in self._files:
            self._stems.setdefault(name.rpartition("/")[2].casefold(), []).append(name)
        self._table = _table(folder / TABLE)

    def name(self, source: str) -> str:
        """Return the name of the text of an IRI, `""` where there is none; `""` has the only one there is."""
        if not source:
            return next(iter(self._files)) if len(self._files) == 1 else ""
        if source in self._table:
            return self._table[source] if self._table[source] in self._files else ""
        parts = [each for each in unquote(_path(source)).split("/") if each]
        for suffix in ("", *_PAGES):
            if parts and parts[-1].casefold().endswith(suffix):
                ends = [*parts[:-1], parts[-1][: len(parts[-1]) - len(suffix)]]
                for start in range(len(ends)):
                    if (name := "/".join(ends[start:])) in self._files:
                        return name
                if len(found := self._stems.get(ends[-1].casefold(), [])) == 1:
                    return found[0]
        return ""

    def article(self, name: str) -> Article:
        """Return the text of this name. Raises `CorpusError` if it is no text, `FileError` if unreadable."""
        whole = read_text(str(self._files[name])).replace("\r\n", "\n").replace("\r", "\n")
        _, article = divided(whole)
        return Article(name, whole, len(whole) - len(article))


def wanted(source: str) -> str:
    """Return how the file of a source should be named."""
    parts = [each for each in unquote(_path(source)).split("/") if each]
    return f"{Path(parts[-1]).stem}.txt" if parts else "NAME.txt"


def _path(source: str) -> str:
    try:
        return urlsplit(source).path
    except ValueError:  # as of `http://[`
        return ""


def _name(path: Path) -> str:
    """Return what a text is called; what is no UTF-8 in a file's name would travel no further."""
    return path.with_suffix("").as_posix().encode("utf-8", "replace").decode()


def _texts(folder: Path) -> list[Path]:
    return [
        Path(root, file)
        for root, folders, files in os.walk(folder, onerror=_refuse)
        for file in sorted(files)
        if file.casefold().endswith(".txt") and not file.startswith(".")
    ]


def _refuse(error: OSError) -> None:
    raise FileError(f"{error.filename}: cannot be read: {error.strerror or error}") from error


def _table(file: Path) -> dict[str, str]:
    """Return which text each IRI of the table is of."""
    if not file.is_file():
        return {}
    rows = csv.reader(read_text(str(file)).splitlines())
    return {row[0].strip(): _name(Path(row[1].strip())) for row in rows if len(row) > 1 and row[1].strip()}
