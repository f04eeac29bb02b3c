"""The triples of a shapes file as lines of N-Triples.

Those of kg's own files stand in `prepared.nt` beside this module, so that no run waits for a parser of Turtle. They
count for a file of the very same bytes only; `python tests/prepared_shapes.py` writes them anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from kg.errors import FileError

PREPARED = Path(__file__).with_name("prepared.nt")
END = " .\n"
HEAD = "# "


def prepared() -> dict[str, list[str]]:
    """Return the triples of kg's own files by the digest of each file, in hexadecimals."""
    sections = PREPARED.read_text(encoding="utf-8").split(f"\n{HEAD}")[1:]
    return {
        digest: lines.rstrip(" .\n").split(END) for digest, _, lines in (each.partition("\n") for each in sections)
    }


def triples(path: Path, known: Mapping[str, list[str]]) -> tuple[str, list[str]]:
    """Return the digest of a file, in hexadecimals, and each triple of it without its end.

    Raises `FileError`, with the line for what does not parse.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FileError(f"{path}: the shapes cannot be read: {error}") from error
    digest = sha256(content).hexdigest()
    return digest, known[digest] if digest in known else parsed(content, path)


def parsed(content: bytes, path: Path) -> list[str]:
    """Return each triple of what a file holds. Raises `FileError` with its line where it does not parse."""
    import pyoxigraph

    form = pyoxigraph.RdfFormat.from_extension(path.suffix.lstrip(".")) or pyoxigraph.RdfFormat.TURTLE
    try:
        quads = pyoxigraph.parse(content, format=form, base_iri=path.resolve().as_uri())
        # Quicker by half than pyoxigraph's objects.
        lines = pyoxigraph.serialize((quad.triple for quad in quads), format=pyoxigraph.RdfFormat.N_TRIPLES)
    except SyntaxError as error:
        raise FileError(f"{path}:{error.lineno or 1}:{error.offset or 1}: {error.msg}") from error
    return (lines or b"").decode().split(END)[:-1]
