"""The folder of a publication while a build works in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from kg.errors import FileError
from kg.publish.build.journal import ROOM, Change, exchange, is_between, recover
from kg.publish.build.lock import locked
from kg.publish.build.staging import StagedFile, Staging
from kg.publish.build.sums import NAME, earlier_sums, sha256


@contextmanager
def publication_folder(folder: Path) -> Iterator[Staging]:
    """Open a staging folder, whose files become the publication when the block ends, and not at all if it raises.

    Raises `FileError` where a file system fails, another build is at work or somebody else's file is in the way.
    """
    made = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        with locked(folder / ROOM / "lock"), _staging(folder) as staging:
            yield staging
            exchange(folder, _change(folder, staging.files))
    except OSError as error:
        raise _failure(folder, error) from error
    finally:
        # Only a folder that we made and in which nothing stands.
        for each in made:
            with suppress(OSError):
                each.rmdir()


@contextmanager
def _staging(folder: Path) -> Iterator[Staging]:
    recover(folder)
    _tidy(folder, ignore_errors=False)
    try:
        yield Staging(folder / ROOM / "new")
    finally:
        if not is_between(folder):
            _tidy(folder, ignore_errors=True)


def _tidy(folder: Path, *, ignore_errors: bool) -> None:
    room = folder / ROOM
    for name in ("new", "old"):
        if (room / name).exists():
            shutil.rmtree(room / name, ignore_errors=ignore_errors)
    with suppress(OSError):
        (room / "journal.part").unlink()


def _change(folder: Path, staged: Mapping[str, StagedFile]) -> Change:
    """Return what has to move. Raises `FileError` where a file that no build wrote is in the way."""
    earlier = earlier_sums(folder)
    known = {*earlier, NAME} if earlier else set()
    saved = []
    for file in staged.values():
        path = folder / file.name
        _refuse_links(folder, file.name)
        if path.exists():
            if not path.is_file() or (file.name not in known and sha256(path) != file.sha256):
                raise _in_the_way(path)
            saved.append(file.name)
    saved += [name for name, digest in earlier.items() if name not in staged and _is_as_built(folder, name, digest)]
    folders = {parent.as_posix() for name in staged for parent in Path(name).parents[:-1]}
    return Change(
        install=tuple(sorted(staged, key=lambda name: (name == NAME, name))),
        saved=tuple(sorted(saved)),
        folders=tuple(sorted(name for name in folders if not (folder / name).exists())),
    )


def _is_as_built(folder: Path, name: str, digest: str) -> bool:
    """Tell whether a file of an earlier publication is there, unchanged; what somebody changed is theirs."""
    path = folder / name
    return path.is_file() and path.resolve() == folder.resolve() / name and sha256(path) == digest


def _refuse_links(folder: Path, name: str) -> None:
    """Raise `FileError` where a file of ours would land behind somebody's symbolic link."""
    for path in (folder / name, *(folder / name).parents):
        if path == folder:
            return
        if path.is_symlink():
            raise _in_the_way(path)


def _in_the_way(path: Path) -> FileError:
    return FileError(
        f"{path}: this place must be free or hold what an earlier `kg build` wrote, and something else is there: "
        "move it away, or name another folder with --output."
    )


def _failure(folder: Path, error: OSError) -> FileError:
    what = os.strerror(error.errno) if error.errno else str(error)
    at = f" ({error.filename})" if error.filename else ""
    if is_between(folder):
        return FileError(f"{folder}: {what}{at}: it is between two publications: run `kg build` again to mend it.")
    return FileError(f"{folder}: the publication could not be written: {what}{at}. All is as it was before.")
