"""Which format an RDF document is in, told by its name: those that are written, and those that are only read."""

from __future__ import annotations

from pathlib import PurePath

from kg.formats import COMPRESSIONS, FORMATS, format_of

ONLY_READ = {".n3": "text/n3"}


def media_type_of(filename: str, *, otherwise: str = "") -> str:
    """Return the media type that a file's suffixes name.

    Raises `UsageError` if they name none, which says what to do `otherwise`.
    """
    path = PurePath(filename.lower())
    suffix = PurePath(path.stem).suffix if path.suffix in COMPRESSIONS else path.suffix
    return ONLY_READ.get(suffix) or format_of(filename, otherwise=otherwise)[0].media_type


def suffixes() -> str:
    """Return the suffixes of all formats, as a message lists them."""
    return " ".join([*(form.suffix for form in FORMATS.values()), *ONLY_READ])
