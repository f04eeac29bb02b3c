"""`kg-store.json`: the file that makes a folder a store of ours, and says what it holds."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from kg.errors import FileError, UsageError
from kg.files.atomic_writes import replacement, sync, sync_folder
from kg.files.manifests import decode_manifest, manifest_json

NAME = "kg-store.json"
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
        raw = (target / NAME).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    manifest = decode_manifest(raw, Manifest, f"{target / NAME}: this is not the file that `kg load` writes")
    if manifest.form != FORM:
        raise FileError(f"{target}: another version of kg has made this store: use that one, or load a new folder.")
    return manifest


def write_manifest(target: Path, manifest: Manifest) -> None:
    """Write a manifest in place of the earlier one, whole or not at all."""
    with replacement(target / NAME) as stream:
        stream.write(manifest_json(manifest))
        sync(stream)
    sync_folder(target)  # on disk before the store that it replaces is deleted
