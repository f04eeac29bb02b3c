"""brat's standoff format: `.ann` files with the `.txt` files that they are about.

https://brat.nlplab.org/standoff.html
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path

from kg.errors import CorpusError, Finding, Place
from kg.files.text_files import decoded
from kg.importers.brat.marks import read_marks
from kg.importers.brat.pairs import Pair, read_pairs
from kg.importers.brat.records import Record, read_records, read_span
from kg.importers.core.documents import AnnotatedText, Item, Skipped
from kg.importers.core.mapping import Mapping
from kg.importers.core.source_files import (
    SourceFiles,
    SourceFolder,
    is_zip,
    open_source,
    read_whole,
    require_source,
    unsafe_names,
)

DESCRIPTION = "brat's .ann files with their .txt: a folder, a zip, or one file"

_BOM = "\ufeff"
_TEXTS = ".texts"
"""Before the names of texts that stand in a folder of their own: no name of a bundle begins so."""


def read(source: Path, mapping: Mapping, texts: Path | None) -> Iterator[Item]:
    """Yield a document for each `.ann`, and what is left out; several of one article have one id."""
    with ExitStack() as stack:
        bundle, anns, txts = _files(source, stack)
        source_of = _Files(bundle, stack.enter_context(open_source(texts)) if texts else None)
        pairs = read_pairs(anns, [*txts, *source_of.texts()], source_of.digest)
        yield from unsafe_names(bundle)
        for pair in pairs:
            try:
                yield from _article(pair, source_of, mapping)
            except CorpusError as error:
                if len(pairs) == 1:
                    raise
                yield _left_out(pair.ann, error, bundle)
        for txt in sorted(set(txts) - {pair.txt for pair in pairs}):
            why = f"no annotations are about this text: an empty {Path(txt).stem}.ann beside it makes it an article"
            yield Skipped("article", txt, why, Place(bundle.file(txt), 0, 0))


class _Files:
    """The files of a source and the texts of another folder, by their names."""

    def __init__(self, bundle: SourceFiles, texts: SourceFiles | None) -> None:
        self.bundle = bundle
        self.apart = texts

    def texts(self) -> list[str]:
        return [f"{_TEXTS}/{name}" for name in self.apart.names(".txt")] if self.apart else []

    def read(self, name: str) -> tuple[str, str]:
        """Return a file's text, with a byte order mark if it has one, and what a `Place` calls it."""
        bundle = self.bundle
        if self.apart and name.startswith(f"{_TEXTS}/"):
            bundle, name = self.apart, name.removeprefix(f"{_TEXTS}/")
        raw, file = read_whole(bundle, name), bundle.file(name)
        return (_BOM if raw.startswith(_BOM.encode()) else "") + decoded(raw, file), file

    def digest(self, name: str) -> bytes:
        """Return the digest of a text; of one that cannot be read, of its name."""
        try:
            return sha256(self.read(name)[0].encode()).digest()
        except CorpusError:
            return sha256(name.encode()).digest()


def _files(source: Path, stack: ExitStack) -> tuple[SourceFiles, list[str], list[str]]:
    """Return the files of a source, and the names of its annotations and texts."""
    require_source(source)
    if source.is_dir() or is_zip(source):
        bundle = stack.enter_context(open_source(source))
        anns, txts = bundle.names(".ann"), bundle.names(".txt")
    else:
        bundle = SourceFolder(source.parent)
        anns, txts = ([name] if bundle.has(name := f"{source.stem}{suffix}") else [] for suffix in (".ann", ".txt"))
    if not anns or (source.is_file() and not is_zip(source) and source.suffix not in (".ann", ".txt")):
        message = (
            "a brat source must be an .ann file, or a folder or zip that holds some: give the folder of the .ann"
        )
        raise CorpusError([Finding("violation", message, "no-annotations", Place(str(source), 0, 0))])
    return bundle, anns, txts


def _article(pair: Pair, files: _Files, mapping: Mapping) -> Iterator[Item]:
    """Yield the document of an `.ann`, and its records that are left out."""
    annotations, file = files.read(pair.ann)
    at = Place(file, 0, 0)
    if not pair.txt:
        name = Path(pair.ann).stem
        yield Skipped("article", pair.ann, f"its text must stand beside it, as {name}.txt, or in --texts", at)
        return
    records = list(read_records(annotations.removeprefix(_BOM), file))
    text = _counted(files.read(pair.txt)[0], [each for each in records if isinstance(each, Record)])
    marked = read_marks(records, len(text), mapping)
    yield AnnotatedText(pair.id, text, at, marked.marks, marked.links, by=pair.by)
    yield from marked.skipped


def _counted(text: str, records: list[Record]) -> str:
    """Return a text as its offsets count it: with `\\r\\n` and byte order mark, as brat does, or without."""
    texts = [text, text.removeprefix(_BOM)]
    texts += [each.replace("\r\n", "\n").replace("\r", "\n") for each in texts]
    texts = list(dict.fromkeys(texts))
    if len(texts) == 1:
        return text
    spans = [(span, "".join(each.tail.split())) for each in records if (span := read_span(each.head))]
    fits = [
        sum(
            "".join("".join(text[start:end] for start, end in span.parts).split()) == words for span, words in spans
        )
        for text in texts
    ]
    return texts[fits.index(max(fits))]


def _left_out(name: str, error: CorpusError, bundle: SourceFiles) -> Skipped:
    finding = error.findings[0]
    at = finding.at if isinstance(finding.at, Place) else Place(bundle.file(name), 0, 0)
    return Skipped("article", name, finding.message, at)
