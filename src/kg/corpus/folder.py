"""The folder of a corpus: its files in one order everywhere, none beyond its root, none in circles."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import NamedTuple

from kg.errors import FileError, Finding, Place
from kg.files.input_files import NAMED, leads_out

CONFIG = "corpus.yaml"
_OURS = re.compile(r"\.(?:txt|ya?ml|jsonl|ndjson)(?:\.gz|\.zst)?$", re.IGNORECASE)
_NOT_ARTICLES = ("dist", "entities")  # folders of the root: what `kg build` writes, and the entities


class Entry(NamedTuple):
    """A file or folder by its path below the root of a corpus, with `/`; a folder's ends in one."""

    path: str
    fault: Finding | None = None


def entries(root: str, folder: str = "") -> Iterator[Entry]:
    """Yield what stands in a folder of a corpus, itself given by its path below the root, in no order.

    Raises `FileError` where it cannot be read.
    """
    for entry in _scanned(below(root, folder) or "."):
        path = f"{folder}{entry.name}"
        if entry.name.startswith(".") or (entry.name in _NOT_ARTICLES and not folder):
            continue
        if not _is_plain(entry) and (fault := entry_fault(below(root, path), root)):
            yield Entry(path, fault)
        elif entry.is_dir():
            yield Entry(path + "/")
        elif entry.is_file():
            yield Entry(path)


def below(root: str, path: str) -> str:
    """Return the name of a file as a person would type it: `x.txt`, not `./x.txt`."""
    return path if root == "." else os.path.join(root, path)


def root_of(file: str) -> str:
    """Return the folder of the corpus that a file is in, as the file's name begins; `NAMED` if it is in none."""
    folder = file
    while folder:
        folder = os.path.dirname(folder)
        if os.path.lexists(os.path.join(folder, CONFIG)):
            return folder or os.curdir
        if os.path.dirname(folder) == folder:
            break
    return NAMED


def yaml_files(folder: str) -> Iterator[str]:
    """Yield the paths of the files in a folder that are YAML by their name, sorted; none if there is no folder."""
    if os.path.isdir(folder):
        names = sorted(entry.name for entry in _scanned(folder))
        for name in names:
            if name.endswith((".yaml", ".yml")) and not name.startswith("."):
                yield os.path.join(folder, name)


def entry_fault(path: str, root: str) -> Finding | None:
    """Return what is wrong with a file or folder as such: a link that leads out, round or nowhere, a device."""
    if not os.path.exists(path):
        return _fault(path, "a link must lead to a file of the corpus, this one leads nowhere: delete or mend it")
    if os.path.isdir(path):
        if os.path.islink(path):
            return _fault(path, "a folder must be a folder of its own, this is a link: move the files here")
        return None
    if not _OURS.search(path):
        return None
    if not os.path.isfile(path):
        return _fault(path, "a file must be a plain file, this is a pipe or device: delete it")
    if leads_out(path, root):
        return _fault(path, "a file must lie in the corpus, this link leads out of it: copy the file here")
    return None


def _is_plain(entry: os.DirEntry[str]) -> bool:
    """Tell whether an entry is a file or folder and no link; on most systems this costs no call."""
    return not entry.is_symlink() and (entry.is_file() or entry.is_dir())


def _fault(path: str, message: str) -> Finding:
    return Finding("violation", message, "link", Place(path, 1, 1))


def _scanned(folder: str) -> Iterator[os.DirEntry[str]]:
    """Yield the entries of a folder one by one: of a large one, a list would be most of the memory."""
    try:
        with os.scandir(folder) as found:
            yield from found
    except OSError as error:
        raise FileError(f"{folder}: cannot be read: {error.strerror}") from error
