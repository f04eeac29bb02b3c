"""A set of files in a folder, replaced together: readers of the folder find the whole old set or the whole new one.

One process at a time holds the lock in the set's work folder. There it writes the new files (`new/`) and a second
name for each old file that will change (`old/`), syncs them, and then writes the journal, which lists the moves.
Before the journal exists, the folder is as it was; from then on each file moves in by a rename, files that no
longer belong are deleted, and the journal is deleted last. If a step fails, or somebody else changed a file
before it was moved, `journal` is renamed to `undo` and the old files move back. A new file that somebody changed
after it was moved in stays, and is named. A killed process leaves one of the two journals, and the next process
completes the moves or the undo.

The SHA256SUMS in each set lists our files. Files that it does not list are never touched. A file that differs from
it was changed since: it is replaced, and named.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from io import BufferedRandom
from pathlib import Path
from typing import IO, NamedTuple

import msgspec
from msgspec import Struct

from kg.errors import FileError, reason_of
from kg.files.atomic_writes import folder_unless_empty, sync, sync_folder
from kg.files.digests import sha256_of
from kg.files.input_files import read_input
from kg.files.locks import locked
from kg.files.manifests import SUMS, FileSum, read_sums, sums_text


class FileSetKind(NamedTuple):
    """How a command writes its file sets.

    `work_folder` is the folder of lock, new files and journal, in the folder of the set. A SHA256SUMS that lists
    all of `typical` was written by the command. `noun` is what messages call the set.
    """

    command: str
    noun: str
    work_folder: str
    typical: frozenset[str]


class Staging:
    """The new files of a set, in a separate folder.

    `read_before` has the SHA-256 of files, by path, that need not be read again to see whether they were changed.
    At the end, `changed` are the replaced files that somebody had changed.

    For `replace_files`, `expected` has the SHA-256 that files must still have when they are replaced, `""` for no
    file, and `deleted` are files to delete with the others.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: dict[str, FileSum] = {}
        self.read_before: dict[Path, str] = {}
        self.changed: tuple[Path, ...] = ()
        self.expected: dict[str, str] = {}
        self.deleted: set[str] = set()

    @contextmanager
    def file(self, name: str) -> Iterator[IO[bytes]]:
        """Open a new file, which is synced and hashed when the block ends."""
        with self._opened(name) as stream:
            yield stream
            sync(stream)
            stream.seek(0)
            self._add(name, hashlib.file_digest(stream, "sha256").hexdigest(), stream.fileno())

    @contextmanager
    def scratch(self, name: str) -> Iterator[IO[bytes]]:
        """Open a file that is deleted when the block ends."""
        with self._opened(f"{name}.scratch") as stream:
            yield stream
        (self.folder / f"{name}.scratch").unlink()

    def write(self, name: str, content: bytes) -> None:
        """Write a new file."""
        with self.file(name) as stream:
            stream.write(content)

    def write_chunks(self, name: str, chunks: Iterable[memoryview]) -> None:
        """Write a new file without a buffer, hashed on the way."""
        digest = hashlib.sha256()
        with (self.folder / name).open("xb", buffering=0) as file:
            for chunk in chunks:
                digest.update(chunk)
                written = 0
                while written < len(chunk):  # a nearly full disk writes a part, and only the next write fails
                    written += file.write(chunk[written:])
            os.fsync(file.fileno())
            self._add(name, digest.hexdigest(), file.fileno())

    def discard(self) -> None:
        """Delete all files so far."""
        for name in self.files:
            (self.folder / name).unlink()
        self.files.clear()

    def sums(self) -> list[FileSum]:
        """Return the sums of the files so far."""
        return list(self.files.values())

    @contextmanager
    def _opened(self, name: str) -> Iterator[BufferedRandom]:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x+b") as stream:
            yield stream

    def _add(self, name: str, sha256: str, descriptor: int) -> None:
        self.files[name] = FileSum(name, os.fstat(descriptor).st_size, sha256)


@contextmanager
def replace_file_set(folder: Path, kind: FileSetKind) -> Iterator[Staging]:
    """Open a staging folder, whose files replace those of the set when the block ends, with a SHA256SUMS.

    If the block raises, the folder stays as it was. Raises `FileError` if the file system fails, another process
    is writing the set, or somebody else's file is in the way.
    """
    file_set = _FileSet(folder, kind)
    busy = f"{folder}: another `{kind.command}` is writing into this folder: wait until it has ended."
    try:
        with (
            folder_unless_empty(folder),
            locked(file_set.work / "lock", busy),
            file_set.staging() as staging,
        ):
            yield staging
            staging.write(SUMS, sums_text(staging.sums()).encode())
            change = file_set.change(staging)
            staging.changed = file_set.changed_files(change, staging.read_before)
            file_set.exchange(change)
    except OSError as error:
        raise file_set.failure(error) from error


@contextmanager
def replace_files(folder: Path, kind: FileSetKind) -> Iterator[Staging]:
    """Open a staging folder, whose files replace those of the same names when the block ends, all or none.

    Other files of the folder stay. If the block raises, all stay as they were. Raises `FileError` if the file
    system fails, another process is writing, a link is in the way, or a file is not as the staging folder expects
    it, since somebody else changed it.
    """
    file_set = _FileSet(folder, kind)
    busy = f"{folder}: another `{kind.command}` is writing into this folder: wait until it has ended."
    try:
        with locked(file_set.work / "lock", busy), file_set.staging() as staging:
            yield staging
            if staging.files or staging.deleted:
                file_set.exchange(file_set.replacement(staging))
    except OSError as error:
        raise file_set.failure(error) from error


def is_unfinished(folder: Path, kind: FileSetKind) -> bool:
    """Tell whether a process is moving files in, or was killed while it did."""
    return _FileSet(folder, kind).is_between()


def finish_files(folder: Path, kind: FileSetKind) -> None:
    """Complete the moves of a killed process, or undo them. Raises `FileError` as `replace_files` does."""
    if is_unfinished(folder, kind):
        with replace_files(folder, kind):
            pass


class _Change(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The journal: files that move in, existing files that are replaced or deleted, folders to make.

    `expected` is that of `Staging`; `digests` has the SHA-256 of each file that moves in.
    """

    install: tuple[str, ...]
    saved: tuple[str, ...]
    folders: tuple[str, ...]
    expected: dict[str, str] = {}
    digests: dict[str, str] = {}

    @property
    def deleted(self) -> tuple[str, ...]:
        """The files that no longer belong."""
        return tuple(name for name in self.saved if name not in self.install)


class _FileSet:
    """A set in its folder. Moving files in and undoing that can both be interrupted at any point and repeated."""

    def __init__(self, folder: Path, kind: FileSetKind) -> None:
        self.folder = folder
        self.kind = kind
        self.work = folder / kind.work_folder
        self._new, self._old = self.work / "new", self.work / "old"
        self._journal, self._undo_journal = self.work / "journal", self.work / "undo"
        self._unfinished = self.work / "journal.part"

    @contextmanager
    def staging(self) -> Iterator[Staging]:
        """Complete or undo the moves of a killed process, then open an empty folder for new files."""
        self._recover()
        self._clear(ignore_errors=False)
        try:
            yield Staging(self._new)
        finally:
            if not self.is_between():
                self._clear(ignore_errors=True)

    def change(self, staging: Staging) -> _Change:
        """Return the moves to make. Raises `FileError` if a file that is not ours is in the way."""
        earlier = self._earlier_sums()
        known = {*earlier, SUMS} if earlier else set()
        saved = []
        for file in staging.sums():
            path = self.folder / file.name
            self._refuse_links(file.name)
            if path.exists():
                if not path.is_file() or (file.name not in known and sha256_of(path) != file.sha256):
                    raise self._in_the_way(path)
                saved.append(file.name)
        gone = (each for each in earlier.items() if each[0] not in staging.files)
        saved += [name for name, sha256 in gone if self._is_unchanged(name, sha256)]
        return self._moves(staging, saved)

    def replacement(self, staging: Staging) -> _Change:
        """Return the moves that replace files by new ones of the same names, and delete files."""
        names = {*staging.files, *staging.deleted}
        for name in names:
            self._refuse_links(name)
        return self._moves(staging, [name for name in names if (self.folder / name).exists()])

    def _moves(self, staging: Staging, saved: Iterable[str]) -> _Change:
        folders = {parent.as_posix() for name in staging.files for parent in Path(name).parents[:-1]}
        return _Change(
            install=tuple(sorted(staging.files, key=lambda name: (name == SUMS, name))),
            saved=tuple(sorted(saved)),
            folders=tuple(sorted(name for name in folders if not (self.folder / name).exists())),
            expected=staging.expected,
            digests={name: file.sha256 for name, file in staging.files.items()},
        )

    def changed_files(self, change: _Change, known: Mapping[Path, str]) -> tuple[Path, ...]:
        """Return the files that will be replaced and differ from the SHA256SUMS; `known` has sums of some."""
        sums, place = self._earlier_sums(), self.folder.resolve()
        replaced = [name for name in change.saved if name in sums]
        return tuple(
            self.folder / name
            for name in replaced
            if (known.get(place / name) or sha256_of(self.folder / name)) != sums[name]
        )

    def exchange(self, change: _Change) -> None:
        """Move the new files in, all or none. Raises `OSError`; then the folder is as it was.

        If undoing fails too, the next process finishes it. Raises `FileError` if a file is not as expected.
        """
        for name in change.saved:
            _link_or_copy(self.folder / name, self._old / name)
        for parent in {path.parent for path in self.work.rglob("*")} | {self.work, self.folder}:
            sync_folder(parent)
        with self._unfinished.open("wb") as stream:
            stream.write(msgspec.json.encode(change))
            sync(stream)
        for name in change.expected:
            self._refuse_edited(name, change)
        self._unfinished.replace(self._journal)
        sync_folder(self.work)
        with ExitStack() as if_it_raises:
            if_it_raises.callback(self._undo, change)
            self._complete(change)
            if_it_raises.pop_all()

    def failure(self, error: OSError) -> FileError:
        """Return an error that describes the state of the folder."""
        why = reason_of(error)
        if self.is_between():
            return FileError(
                f"{self.folder}: {why}: some files are new and some are old: run the same command again."
            )
        return FileError(f"{self.folder}: the {self.kind.noun} could not be written: {why}. Nothing was changed.")

    def _kept(self, files: Collection[Path]) -> FileError:
        """Return the error that names new files that somebody changed, so that they stay."""
        one = len(files) == 1
        return FileError(
            f"{', '.join(map(str, files))}: somebody changed {'this file' if one else 'these files'} while others "
            f"were written, so {'it stays' if one else 'they stay'} as saved, and no other file was changed: look "
            "at what was saved, then run the same command again."
        )

    def _refuse_edited(self, name: str, change: _Change) -> None:
        if name not in change.expected:
            return
        path = self.folder / name
        if (sha256_of(path) if os.path.lexists(path) else "") != change.expected[name]:
            raise FileError(f"{path}: somebody else changed this file meanwhile: nothing was written, try again")

    def _recover(self) -> None:
        """Complete the moves of a killed process, or undo them.

        Raises `OSError` if neither is possible, `FileError` if it undoes them and a changed file stays.
        """
        if self._undo_journal.exists():
            self._undo(self._read(self._undo_journal))
        elif self._journal.exists():
            change = self._read(self._journal)
            try:
                self._complete(change)
            except (OSError, FileError):
                self._undo(change)

    def is_between(self) -> bool:
        """Tell whether some files are new and some are old."""
        return self._journal.exists() or self._undo_journal.exists()

    def _complete(self, change: _Change) -> None:
        for name in change.folders:
            (self.folder / name).mkdir(exist_ok=True)
        for name in change.install:
            if (self._new / name).exists():
                self._refuse_edited(name, change)
                (self._new / name).replace(self.folder / name)
        for name in change.deleted:
            if os.path.lexists(self.folder / name):
                self._refuse_edited(name, change)
                (self.folder / name).unlink(missing_ok=True)
            self._delete_empty_parents(name)
        self._close(change, self._journal)

    def _undo(self, change: _Change) -> None:
        """Move the old files back. New ones that somebody changed stay; at the end, `FileError` names them."""
        if self._journal.exists():
            self._journal.replace(self._undo_journal)
            sync_folder(self.work)
        kept = []
        for name in (*change.install, *change.deleted):
            path, new, old = self.folder / name, self._new / name, self._old / name
            # What was not moved or deleted yet stays: it may be somebody else's by now.
            if new.exists() or (name in change.saved and not old.exists()):
                continue
            if os.path.lexists(path) and (name in change.deleted or _is_changed(path, change.digests.get(name))):
                kept += [path] if name in change.install else []
            elif name in change.saved:
                path.parent.mkdir(parents=True, exist_ok=True)
                old.replace(path)
            else:
                path.unlink(missing_ok=True)
        for name in reversed(change.folders):
            with suppress(OSError):
                (self.folder / name).rmdir()
        self._close(change, self._undo_journal)
        if kept:
            raise self._kept(kept)

    def _close(self, change: _Change, journal: Path) -> None:
        """Delete the journal once the moves are on disk."""
        for parent in {(self.folder / name).parent for name in (*change.install, *change.saved)}:
            if parent.is_dir():
                sync_folder(parent)
        journal.unlink()

    def _clear(self, *, ignore_errors: bool) -> None:
        for folder in (self._new, self._old):
            if folder.exists():
                shutil.rmtree(folder, ignore_errors=ignore_errors)
        with suppress(OSError):
            self._unfinished.unlink()

    def _delete_empty_parents(self, name: str) -> None:
        for parent in (self.folder / name).parents:
            if parent == self.folder:
                return
            with suppress(OSError):
                parent.rmdir()

    def _earlier_sums(self) -> dict[str, str]:
        sums = read_sums(self.folder)
        return sums if sums.keys() >= self.kind.typical else {}

    def _is_unchanged(self, name: str, sha256: str) -> bool:
        """Tell whether a file is as we wrote it; a file that somebody changed is theirs."""
        path = self.folder / name
        return path.is_file() and path.resolve() == self.folder.resolve() / name and sha256_of(path) == sha256

    def _refuse_links(self, name: str) -> None:
        """Raise `FileError` if a symbolic link would lead one of our files elsewhere."""
        for path in (self.folder / name, *(self.folder / name).parents):
            if path == self.folder:
                return
            if path.is_symlink():
                raise self._in_the_way(path)

    def _in_the_way(self, path: Path) -> FileError:
        return FileError(
            f"{path}: this is not a file that `{self.kind.command}` wrote, and it is not overwritten: "
            "move it away, or name another folder with --output."
        )

    def _read(self, journal: Path) -> _Change:
        not_ours = FileError(
            f"{journal}: this journal was not written by `{self.kind.command}`: delete the folder {journal.parent}."
        )
        try:
            change = msgspec.json.decode(read_input(str(journal), str(journal.parent)), type=_Change)
        except msgspec.MsgspecError as error:
            raise not_ours from error
        names = (*change.install, *change.saved, *change.folders)
        if not all(map(_is_below, names)):
            raise not_ours
        for name in names:
            self._refuse_links(name)
        return change


def _is_below(name: str) -> bool:
    """Tell whether a name with `/` leads to a file below its folder, whatever else is in it."""
    return not Path(name).is_absolute() and all(part not in ("", ".", "..") for part in re.split(r"[/\\]", name))


def _is_changed(path: Path, sha256: str | None) -> bool:
    """Tell whether a file is not as it was moved in; None for the SHA-256 that an earlier version did not note."""
    is_plain = path.is_file() and not path.is_symlink()
    return not is_plain or (sha256 is not None and sha256_of(path) != sha256)


def _link_or_copy(path: Path, copy: Path) -> None:
    """Give a file a second name, or copy it if the file system has no hard links."""
    copy.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(path, copy)
    except OSError:
        shutil.copy2(path, copy)
        with copy.open("r+b") as stream:
            sync(stream)
