"""The files of a source: itself, or those in a folder."""

from __future__ import annotations

from pathlib import Path

from kg.errors import CorpusError, FileError, Finding, Place


def files(source: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """Return the file, or the files of a folder and its sub-folders that have one of these suffixes, sorted.

    Raises `CorpusError` for a folder that has none, `FileError` where there is no such file.
    """
    if not source.is_dir():
        if not source.exists():
            raise FileError(f"{source}: cannot be read: there is no such file")
        if not source.is_file():
            raise FileError(f"{source}: cannot be read twice, which a table is: save it as a file first")
        return [source]
    # `~$book.xlsx` is what Excel leaves beside a workbook that is open.
    found = sorted(
        file
        for file in source.rglob("*")
        if file.suffix.lower() in suffixes and file.is_file() and not file.name.startswith(("~$", "."))
    )
    if not found:
        message = f"a folder must hold a file that ends in {' or '.join(suffixes)}, this one has none"
        raise CorpusError([Finding("violation", message, "no-file", Place(str(source), 0, 0))])
    return found
