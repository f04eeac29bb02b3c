"""The folder of a store: its manifest `kg-store.json`, and one generation of Oxigraph's files after the other.

The only writer and remover in such a folder: of folders of its own name, and only beside a manifest of ours.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from msgspec import Struct

from kg.errors import FileError, UsageError
from kg.files.atomic_writes import delete_temporary_files, is_temporary, locked, replacement, sync, sync_folder
from kg.files.input_files import read_input
from kg.files.manifests import decode_manifest, manifest_json

NAME = "kg-store.json"
FORM = 1
"""The version of this layout; a `kg` with another version does not touch the folder."""


class Manifest(Struct, frozen=True, rename="kebab"):
    """What a store contains. `folder`, beside the manifest, has Oxigraph's files; `""` until a load is done.

    `digest` is the `kg:digest` of the data set's graph, which covers all others; `kg` is the version that loaded.
    """

    form: int = FORM
    kg: str = ""
    base: str = ""
    digest: str = ""
    triples: int = 0
    graphs: int = 0
    folder: str = ""


def read_manifest(target: Path) -> Manifest:
    """Return the manifest of a store that can be queried. Raises `UsageError` if there is none."""
    if not (target / NAME).is_file():
        what = "there is no such folder" if not target.exists() else "this is not a store that `kg load` has made"
        raise UsageError(f"{target}: {what}. Make one: kg load {target}")
    manifest = own_manifest(target)
    if manifest is None or not manifest.folder:
        raise UsageError(f"{target}: loading this store was never completed. Run `kg load {target}` again.")
    return manifest


def own_manifest(target: Path) -> Manifest | None:
    """Return the manifest of a folder, or None. Raises `FileError` if `kg load` did not write it."""
    try:
        raw = read_input(str(target / NAME), str(target))
    except (FileNotFoundError, NotADirectoryError):
        return None
    manifest = decode_manifest(raw, Manifest, f"{target / NAME}: this is not the file that `kg load` writes")
    if manifest.form != FORM:
        raise FileError(f"{target}: another version of kg has made this store: use that one, or load a new folder.")
    return manifest


def write_manifest(target: Path, manifest: Manifest) -> None:
    """Replace the manifest, whole or not at all."""
    with replacement(target / NAME) as stream:
        stream.write(manifest_json(manifest))
        sync(stream)
    sync_folder(target)  # on disk before the store that it replaces is deleted


_GENERATION = re.compile(r"oxigraph-([1-9][0-9]*)")


@contextmanager
def new_generation(target: Path) -> Iterator[tuple[Path, Callable[[Manifest], None]]]:
    """Open an empty folder for Oxigraph's files, and a function that makes it the store's by writing its manifest.

    If the load is killed or fails before that, the store is as it was. Raises `FileError` if the target is neither
    a store of ours nor free for one, or if another load is running.
    """
    is_new = _claimed(target)
    busy = f"{target}: another `kg load` is writing this store: wait until it has ended."
    try:
        with locked(target / "lock", busy):
            _tidy(target)
            number = max(
                (int(match[1]) for match in map(_GENERATION.fullmatch, _names(target)) if match), default=0
            )
            folder = target / f"oxigraph-{number + 1}"
            folder.mkdir()
            try:
                yield folder, lambda manifest: write_manifest(target, _named(manifest, folder.name))
            finally:
                _tidy(target)
    except OSError as error:
        raise FileError(f"{target}: the store could not be loaded: {error}") from error
    finally:
        if is_new and own_manifest(target) == Manifest():
            _abandon(target)


def _named(manifest: Manifest, folder: str) -> Manifest:
    from msgspec.structs import replace

    return replace(manifest, folder=folder)


def _claimed(target: Path) -> bool:
    """Make a folder a store, and return whether it is new. Raises `FileError` if it has something else in it."""
    if own_manifest(target) is not None:
        return False
    # A load that was killed while it wrote its first manifest leaves a temporary file.
    if target.is_symlink() or (
        target.exists() and not (target.is_dir() and all(map(is_temporary, _names(target))))
    ):
        raise FileError(
            f"{target}: this must be a store that `kg load` has made, or a new or empty folder, but something else "
            "is in it. Nothing was changed: name another folder."
        )
    try:
        target.mkdir(parents=True, exist_ok=True)
        write_manifest(target, Manifest())
    except OSError as error:
        raise FileError(f"{target}: the folder could not be made: {error}") from error
    return True


def _tidy(target: Path) -> None:
    """Delete what killed loads have left and what a newer load has replaced."""
    delete_temporary_files(target)
    manifest = own_manifest(target)
    for name in _names(target):
        if manifest is not None and _GENERATION.fullmatch(name) and name != manifest.folder:
            path = target / name
            if not path.is_symlink():
                shutil.rmtree(path)


def _abandon(target: Path) -> None:
    """Leave a new folder as it was found: empty, or not there."""
    with suppress(OSError):
        (target / NAME).unlink()
        target.rmdir()


def _names(target: Path) -> list[str]:
    return sorted(os.listdir(target))
