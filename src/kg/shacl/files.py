"""The files of further shapes: each file that is named, and of a folder those that hold RDF by their names."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kg.errors import UsageError
from kg.files.input_files import is_inside, leads_out
from kg.formats.rdf_reader import media_type_of, suffixes


def further_files(paths: Iterable[Path]) -> list[Path]:
    """Return the files, each folder in order.

    Raises `UsageError` for a folder without any, and for a link that leads out of it.
    """
    return [file for path in paths for file in (_of_folder(path) if path.is_dir() else [path])]


def _of_folder(folder: Path) -> list[Path]:
    named = sorted(file for file in folder.rglob("*") if _is_rdf(file.name))
    for file in named:
        if leads_out(str(file), str(folder)):
            raise UsageError(f"{file}: this link leads out of the folder of shapes. Name the file itself.")
    found = [file for file in named if is_inside(str(file), str(folder))]
    if not found:
        raise UsageError(
            f"{folder}: a folder of shapes must hold a file that ends in one of {suffixes()} "
            "(and .gz or .zst behind it): name another folder, or the file itself."
        )
    return found


def _is_rdf(name: str) -> bool:
    try:
        media_type_of(name)
    except UsageError:
        return False
    return True
