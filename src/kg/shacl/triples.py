"""The triples of a shapes file, as kg's own terms.

Those of kg's own files stand in `prepared.json` beside this module, so that no run waits for a parser of Turtle.
They count for a file of the very same bytes only; `python tests/prepared_shapes.py` writes them anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import cast

import msgspec

from kg.errors import FileError, UsageError
from kg.files.input_files import open_input
from kg.rdf.terms import Iri, Term, literal_value, text, typed

PREPARED = Path(__file__).with_name("prepared.json")

Triples = dict[Term, dict[Iri, list[Term]]]
"""Values by subject and predicate, in the order of the file; so are its blank nodes named: `_:1`, `_:2`, …."""


def prepared() -> dict[str, Triples]:
    """Return the triples of kg's own files by the digest of each file, in hexadecimals."""
    return cast(dict[str, Triples], msgspec.json.decode(PREPARED.read_bytes()))


def triples(path: Path, known: Mapping[str, Triples]) -> tuple[str, Triples]:
    """Return the digest of a file, in hexadecimals, and its triples.

    Raises `FileError`, with the line for what does not parse.
    """
    try:
        with open_input(str(path)) as stream:
            content = stream.read()
    except OSError as error:
        raise FileError(f"{path}: the shapes cannot be read: {error}") from error
    digest = sha256(content).hexdigest()
    return digest, known[digest] if digest in known else parsed(content, path)


def parsed(content: bytes, path: Path) -> Triples:
    """Return the triples of what a file holds. Raises `FileError`, with its line where it does not parse."""
    terms = _Terms()
    found: Triples = {}
    for line in _lines(content, path):
        subject, predicate, value = line.split(" ", 2)
        try:
            add(found, terms[subject], Iri(predicate), terms[value])
        except ValueError as error:
            raise FileError(f"{path}: the shapes hold {error}") from error
    return found


def add(triples: Triples, subject: Term, predicate: Iri, value: Term) -> None:
    """Add a triple unless it is there."""
    values = triples.setdefault(subject, {}).setdefault(predicate, [])
    if value not in values:
        values.append(value)


def _lines(content: bytes, path: Path) -> Iterator[str]:
    """Yield each triple of a file as N-Triples, without its end."""
    import pyoxigraph

    form = pyoxigraph.RdfFormat.from_media_type(_media_type(path)) or pyoxigraph.RdfFormat.TURTLE
    try:
        quads = pyoxigraph.parse(_unpacked(content, path), format=form, base_iri=path.resolve().as_uri())
        # Quicker by half than pyoxigraph's objects.
        lines = pyoxigraph.serialize((quad.triple for quad in quads), format=pyoxigraph.RdfFormat.N_TRIPLES)
    except SyntaxError as error:
        raise FileError(f"{path}:{error.lineno or 1}:{error.offset or 1}: {error.msg}") from error
    yield from (lines or b"").decode().split(" .\n")[:-1]


def _media_type(path: Path) -> str:
    """Return the media type that a file's name tells; where it tells none, that of Turtle, as of `/dev/stdin`."""
    # Here, not above, as below: kg's own shapes need neither.
    from kg.formats.rdf_reader import media_type_of

    try:
        return media_type_of(path.name)
    except UsageError:
        return "text/turtle"


def _unpacked(content: bytes, path: Path) -> bytes:
    """Return what a file holds, unpacked if its name ends in `.gz` or `.zst`."""
    suffix = path.suffix.lower()
    if suffix not in (".gz", ".zst"):
        return content
    import gzip

    from kg.files.compression import decompression_errors, zstd

    try:
        return gzip.decompress(content) if suffix == ".gz" else zstd().decompress(content)
    except decompression_errors() as error:
        message = "a compressed file must unpack, this one does not: copy or pack it again"
        raise FileError(f"{path}: {message}") from error


class _Terms(dict[str, Term]):
    """The terms of a file by pyoxigraph's form of them.

    Raises `ValueError` for what no term may be.
    """

    def __init__(self) -> None:
        self.blank = 0

    def __missing__(self, shown: str) -> Term:
        self[shown] = term = self._term(shown)
        return term

    def _term(self, shown: str) -> Term:
        if shown[0] == "_":
            self.blank += 1
            return Iri(f"_:{self.blank}")
        if shown[0] == "<" and shown[1] != "<":
            return Iri(shown)  # pyoxigraph has checked it
        lexical, datatype, language = literal_value(shown)
        return text(lexical, language) if language else typed(lexical, datatype)
