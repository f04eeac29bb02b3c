"""Reads a corpus at an earlier revision of a git repository, which may be a stranger's.

Only git's objects are read, by `rev-parse`, `ls-tree` and `cat-file`: nothing is checked out, so no hook, filter or
attribute of the repository runs, and nothing is fetched. Links and submodules are left out.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, NamedTuple

from kg.corpus.folder import CONFIG, READINGS
from kg.errors import FileError, UsageError, errors_about
from kg.files.temporary import temporary_folder

if TYPE_CHECKING:
    from subprocess import Popen

MOST_FILES = 2_000_000
MOST_BYTES = 16 << 30
_SECONDS = 60
_SUFFIXES = (".yaml", ".txt", ".jsonl", ".jsonl.gz", ".jsonl.zst", ".ttl")
_NOT_READ = ("dist/", "releases/", f"{READINGS}/")
_REGULAR = ("100644", "100755")
_SETTINGS = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "protocol.allow=never",
    "safe.bareRepository=explicit",
)
_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_CHUNK = 1 << 20
_FOREIGN = re.compile(r"detected dubious ownership in repository at '(.*)'")


class _Blob(NamedTuple):
    """A file of a revision: its object, its size, and its path below the corpus."""

    object: str
    size: int
    path: str


@contextmanager
def corpus_at(revision: str, folder: str) -> Iterator[str]:
    """Open the corpus of a folder as it was at a revision, in a temporary folder.

    Raises `UsageError` if the folder is in no repository, if there is no such revision, or no corpus in it.
    """
    missing = f"{revision}: there is no such file or folder, and {folder} is in no git repository"
    top = _output(folder, "rev-parse", "--show-toplevel", complaint=missing).rstrip("\n")
    try:
        inside = Path(folder).resolve().relative_to(Path(top).resolve()).as_posix()
    except ValueError as error:  # `core.worktree` of the repository names another folder
        raise UsageError(f"{missing}: the one there has its files in {top}.") from error
    commit = _commit(revision, top)
    tree = commit if inside == "." else f"{commit}:{inside}"
    blobs = list(_blobs(tree, top, revision, inside))
    if all(each.path != CONFIG for each in blobs):
        raise UsageError(f"{revision}: there is no {CONFIG} in {inside} at this revision.")
    with temporary_folder("kg-git-") as place:
        _write(blobs, top, place)
        original = f"{revision}:" if inside == "." else f"{revision}:{inside}/"
        with errors_about(original, copy=f"{place}{os.sep}"):
            yield str(place)


def _commit(revision: str, top: str) -> str:
    missing = f"{revision}: there is no such file or folder, nor such a revision in {top}: `git log` lists them"
    return _output(
        top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}", complaint=missing
    ).strip()


def _blobs(tree: str, top: str, revision: str, inside: str) -> Iterator[_Blob]:
    """Yield the files that a corpus may have."""
    complaint = f"{revision}: there is no {inside} at this revision"
    listing = _output(top, "ls-tree", "-r", "-z", "-l", "--full-tree", tree, complaint=complaint)
    total = number = 0
    for entry in listing.split("\0")[:-1]:
        about, _, path = entry.partition("\t")
        mode, _, object, size = about.split()
        if mode not in _REGULAR or not path.endswith(_SUFFIXES) or path.startswith(_NOT_READ):
            continue
        if ".." in PurePosixPath(path).parts or path.startswith("/"):
            raise FileError(f"{revision}: a file must be in its folder, not at {path}.")
        total, number = total + int(size), number + 1
        if total > MOST_BYTES or number > MOST_FILES:
            raise FileError(
                f"{revision}: a revision may have {MOST_FILES:,} files and {MOST_BYTES >> 30} GB, and this one has "
                "more: check it out with `git worktree add`, and name that folder."
            )
        yield _Blob(object, int(size), path)


def _write(blobs: Sequence[_Blob], top: str, place: Path) -> None:
    """Write the files, whose content one process of git gives, one after another."""
    try:
        with _git(top, "cat-file", "--batch") as process:
            assert process.stdin
            for blob in blobs:
                process.stdin.write(f"{blob.object}\n".encode())
                process.stdin.flush()
                _write_blob(blob, process, top, place)
    except BrokenPipeError as error:  # it is raised again when what could not be sent is thrown away
        raise FileError(f"{top}: git ended before it had given all files: run `git fsck` there.") from error


def _write_blob(blob: _Blob, process: Popen[bytes], top: str, place: Path) -> None:
    assert process.stdout
    header = process.stdout.readline().split()
    if len(header) != 3 or header[1] != b"blob" or int(header[2]) != blob.size:
        raise FileError(f"{top}: git does not have {blob.path} ({blob.object}): run `git fsck` there.")
    path = place / blob.path
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        _copy(process.stdout, file, blob.size)
    process.stdout.read(1)


def _copy(source: IO[bytes], target: IO[bytes], size: int) -> None:
    while size > 0:
        piece = source.read(min(size, _CHUNK))
        if not piece:
            raise FileError("git ended before it had given a whole file: run it again.")
        target.write(piece)
        size -= len(piece)


def _output(folder: str, *arguments: str, complaint: str) -> str:
    """Return what git prints. Raises `UsageError` with the complaint if it fails."""
    from subprocess import PIPE, TimeoutExpired

    with _git(folder, *arguments, errors=PIPE) as process:
        try:
            found, errors = process.communicate(timeout=_SECONDS)
        except TimeoutExpired as error:
            process.kill()
            raise FileError(f"{folder}: git did not answer in {_SECONDS} seconds.") from error
    if process.returncode:
        if foreign := _FOREIGN.search(os.fsdecode(errors)):
            raise UsageError(
                f"{folder}: git does not read the repository {foreign[1]}, since another user owns its folder. If "
                f"you trust it: git config --global --add safe.directory {shlex.quote(foreign[1])}"
            )
        raise UsageError(f"{complaint}.")
    return os.fsdecode(found)


def _git(folder: str, *arguments: str, errors: int | None = None) -> Popen[bytes]:
    """Start git, so that it runs nothing that the repository names: no hook, program of its settings, transport.

    `errors` is where its messages go, nowhere by default.
    """
    # Imported here: few commands start another process.
    from subprocess import DEVNULL, PIPE, Popen

    if (program := shutil.which("git")) is None:
        raise UsageError("git is not installed, so kg cannot read a revision: install git, or name a folder.")
    settings = [part for each in _SETTINGS for part in ("-c", each)]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment = inherited | _ENVIRONMENT
    command = [program, *settings, "-C", folder, *arguments]
    return Popen(command, stdin=PIPE, stdout=PIPE, stderr=errors or DEVNULL, env=environment)
