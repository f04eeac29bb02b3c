"""Files of a corpus that several programs may write at the same time: kg, its desk, and editors."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from kg.corpus.editing import EditError
from kg.corpus.folder import CHANGES
from kg.errors import FileError, explanation
from kg.files.atomic_writes import replace_if_same
from kg.files.file_sets import FileSetKind, finish_files, is_unfinished, replace_files
from kg.files.locks import locked
from kg.files.text_files import BOM, LIMIT, read_bytes

CORPUS_FILES = FileSetKind("kg", "corpus", CHANGES, frozenset())
"""Files of a corpus that change together, by any command; the next one completes a change that was stopped."""
LOCK = ".kg-writing.lock"
"""The file in the folder of a corpus that is locked while one of its files is written."""
_LONGEST_LOCK = 10.0
_SETTLED_AFTER = 0.02
"""How many seconds a file that somebody else writes must stay the same before it is used."""
_PATIENCE = 25
"""How many times as long an empty or missing file must stay so."""
_TRIES = 50


class SharedFile:
    """A file of a corpus that others may write at any time. Its methods raise `FileError`, also for a link."""

    def __init__(self, root: Path, file: str) -> None:
        self.root, self.file = root, file
        self._known = self.read()

    def read(self) -> bytes | None:
        """Return the content, None if there is no such file."""
        refuse_link(self.root, self.file)
        if not os.path.lexists(self.file):
            return None
        return read_bytes(self.file, str(self.root))

    def settled(self) -> bytes | None:
        """Return the content once nobody is in the middle of writing it.

        Some editors empty the old file, or move it away, before they write the new one.
        """
        content = self.read()
        if content == self._known:
            return self._known
        for number in range(_TRIES):
            time.sleep(_SETTLED_AFTER)
            again = self.read()
            if again == content and (content or number >= _PATIENCE):
                self._known = content
                return content
            content = again
        raise self._restless()

    def change(self, new_content: Callable[[bytes | None], bytes | None]) -> tuple[bytes | None, bytes | None]:
        """Replace the content by what a function makes of it (None: no file), and return both.

        The function is called again if somebody writes the file meanwhile.
        """
        for _ in range(_TRIES):
            before = self.settled()
            after = new_content(before)
            if after == before or self._write(after, before):
                return before, after
        raise self._restless()

    def _write(self, new: bytes | None, before: bytes | None) -> bool:
        """Write, unless the file is no longer as it was before: then return False."""
        try:
            refuse_link(self.root, self.file)
            is_written = replace_if_same(Path(self.file), new, before)
        except OSError as error:
            raise FileError(f"{self.file}: it could not be written: {explanation(error, self.file)}") from error
        if is_written:
            self._known = new
        return is_written

    def _restless(self) -> FileError:
        return FileError(f"{self.file}: another program keeps changing this file: try again when it stops")


def refuse_link(root: Path, file: str) -> None:
    """Raise `FileError` if a file of a corpus, or a folder in the corpus that it is in, is a link."""
    inner = os.path.relpath(file, root)
    if os.path.realpath(file) != os.path.join(os.path.realpath(root), inner):
        raise FileError(f"{file}: a link is not followed here: open the file that it leads to")


class FileChange(NamedTuple):
    """A file of a corpus with its content before and after; None if there is no file."""

    file: str
    before: bytes | None
    after: bytes | None


def finish_changes(root: Path) -> None:
    """Complete, or undo, a change of several files that a killed process began; wait for one that still runs.

    Raises `FileError`, also if another process writes for longer than `one_writer` waits.
    """
    if is_unfinished(root, CORPUS_FILES):
        with one_writer(root):
            finish_files(root, CORPUS_FILES)


def write_changes(root: Path, changes: Sequence[FileChange], *, mode_of_new: str = "") -> None:
    """Change files of a corpus, all or none. New files get the mode of the file `mode_of_new`.

    Raises `FileError` for a link, if one is not as it was before, or if one cannot be written; then all are as
    they were.
    """
    if not changes:
        return
    for each in changes:
        refuse_link(root, each.file)
    with replace_files(root, CORPUS_FILES) as staging:
        for file, before, after in changes:
            name = Path(os.path.relpath(file, root)).as_posix()
            staging.expected[name] = "" if before is None else sha256(before).hexdigest()
            if after is None:
                staging.deleted.add(name)
                continue
            staging.write(name, after)
            with suppress(FileNotFoundError):  # somebody deleted it: then nothing is written
                if before is not None or mode_of_new:
                    shutil.copymode(mode_of_new if before is None else file, staging.folder / name)


def file_bytes(text: str, before: bytes | None, file: str) -> bytes:
    """Return the bytes of a file, with a byte order mark if it had one."""
    raw = (BOM if before and before.startswith(BOM) else b"") + text.encode()
    if len(raw) > LIMIT:
        raise EditError(f"{file}: a file must have at most {LIMIT // 1_000_000} MB: write less")
    return raw


@contextmanager
def one_writer(root: Path) -> Iterator[None]:
    """Keep out other processes and threads that write to a corpus. Raises `FileError` after ten seconds."""
    busy = f"{root}: another `kg` is writing here: try again, or stop it"
    ends = time.monotonic() + _LONGEST_LOCK
    if not root.is_dir():
        raise FileError(f"{root}: the corpus is not there any more: put it back, or open another")
    with ExitStack() as held:
        while True:
            try:
                held.enter_context(locked(root / LOCK, busy))
                break
            except FileError:
                if time.monotonic() > ends:
                    raise
                time.sleep(0.005)
            except OSError as error:
                raise FileError(f"{root}: nothing can be written here: {explanation(error, root)}") from error
        yield
