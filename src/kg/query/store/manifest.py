"""`kg-store.json`: the file that makes a folder a store of ours, and says what it holds."""

from __future__ import annotations

import os
from pathlib import Path

from msgspec import DecodeError, Struct, ValidationError, json

from kg.errors import FileError, UsageError

NAME = "kg-store.json"
PART = f".{NAME}.part"
FORM = 1
"""The form of the folder; a `kg` that knows another one leaves it alone."""


class Manifest(Struct, frozen=True, rename="kebab"):
    """What a store holds. `folder`, beside the manifest, has Oxigraph's files; `""` before the first load is done.

    `digest` is the `kg:digest` of the data set's graph, which counts all others; `kg` is the version that loaded.
    """

    form: int = FORM
    kg: str = ""
    base: str = ""
    digest: str = ""
    triples: int = 0
    graphs: int = 0
    folder: str = ""


def read_manifest(target: Path) -> Manifest:
    """Return the manifest of a store that can be asked. Raises `UsageError` where there is none, saying why."""
    if not (target / NAME).is_file():
        what = "there is no such folder" if not target.exists() else "this is no store that `kg load` has made"
        raise UsageError(f"{target}: {what}. Make one: kg load {target}")
    manifest = own_manifest(target)
    if manifest is None or not manifest.folder:
        raise UsageError(f"{target}: nothing was loaded into this store to the end. Run `kg load {target}` again.")
    return manifest


def own_manifest(target: Path) -> Manifest | None:
    """Return the manifest of a folder, None where it has none. Raises `FileError` for one that is not of ours."""
    try:
        manifest = json.decode((target / NAME).read_bytes(), type=Manifest)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (DecodeError, ValidationError) as error:
        raise FileError(f"{target / NAME}: this is not the file that `kg load` writes: {error}") from error
    if manifest.form != FORM:
        raise FileError(f"{target}: another version of kg has made this store: use that one, or load a new folder.")
    return manifest


def write_manifest(target: Path, manifest: Manifest) -> None:
    """Put a manifest in place of the one that is there, at one stroke."""
    beside = target / PART
    with beside.open("wb") as stream:
        stream.write(json.format(json.encode(manifest), indent=2) + b"\n")
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(target / NAME)
    if os.name == "posix":
        # On disk before the store that it replaces is removed.
        folder = os.open(target, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
