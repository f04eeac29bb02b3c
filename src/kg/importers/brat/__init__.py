"""Which text each `.ann` file is about, whose annotations these are, and what the article is called.

A text stands beside its annotations, under the same name. It may also stand in another folder, as `text/x.txt` of
`attributions/x.ann`, or of `attributions/x_4b22.ann` by the annotator `4b22`. Several annotators may each have a
folder, with copies of the same texts or with the annotations alone.
"""

from __future__ import annotations

import posixpath
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from kg.errors import CorpusError, Finding, Place
from kg.files.text_files import decoded
from kg.importers.brat.annotations import BratRecord, read_marks, read_records, read_span
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

_PARTED = "_-."
"""What may stand between the name of a text and that of an annotator."""


class AnnotationFile(NamedTuple):
    """An `.ann` file, its text's name (`""`: it has none), the article's id, and the annotator if one is told."""

    ann: str
    txt: str
    id: str
    by: str = ""


class _MatchedFile(NamedTuple):
    """An `.ann` with its text, and two ids: one within its own folder, and a shorter one that others may share."""

    pair: AnnotationFile
    shared: str


def read_pairs(anns: Iterable[str], txts: Iterable[str], digest: Callable[[str], bytes]) -> list[AnnotationFile]:
    """Return each `.ann` with its text. Articles have one id where their texts are one, by `digest`."""
    anns = list(anns)
    texts = _TextNames(anns, txts)
    found = [texts.find(ann) for ann in anns]
    groups: dict[str, list[_MatchedFile]] = defaultdict(list)
    for each in found:
        groups[each.shared].append(each)
    joined = {each.pair.ann for group in groups.values() for each in _one_article(group, digest)}
    own = {each.pair.id for each in found if each.pair.ann not in joined and each.pair.id != each.shared}
    return [
        _joined(each, groups[each.shared]) if each.pair.ann in joined and each.shared not in own else each.pair
        for each in found
    ]


def _one_article(group: list[_MatchedFile], digest: Callable[[str], bytes]) -> list[_MatchedFile]:
    """Return those that are of one article, because their texts are the same: the most."""
    texts = dict.fromkeys(each.pair.txt for each in group if each.pair.txt)
    by_text = {txt: digest(txt) if len(texts) > 1 else b"" for txt in texts}
    counts = Counter(by_text[each.pair.txt] for each in group if each.pair.txt)
    for text, count in counts.most_common(1):
        if count > 1 or (len(group) == 1 and not _is_beside(group[0].pair)):
            return [each for each in group if each.pair.txt and by_text[each.pair.txt] == text]
    return []


def _joined(found: _MatchedFile, group: list[_MatchedFile]) -> AnnotationFile:
    """Return the annotations of an article by their annotator: the folder, where there are several."""
    folder = posixpath.dirname(found.pair.ann)
    by = posixpath.basename(folder) if len(group) > 1 and folder != posixpath.dirname(found.shared) else ""
    return found.pair._replace(id=found.shared, by=found.pair.by or by)


def _is_beside(pair: AnnotationFile) -> bool:
    return _stem(pair.ann) == _stem(pair.txt)


def _stem(name: str) -> str:
    return posixpath.splitext(name)[0]


class _TextNames:
    """The texts of a source, by their names without folder and suffix."""

    def __init__(self, anns: Iterable[str], txts: Iterable[str]) -> None:
        self.owned = {posixpath.basename(_stem(ann)) for ann in anns}
        self.beside = {_stem(txt): txt for txt in txts}
        self.around: dict[tuple[str, str], list[str]] = defaultdict(list)
        for stem in self.beside:
            folder, name = posixpath.split(stem)
            self.around[folder, name].append(stem)
            while folder:
                folder = posixpath.dirname(folder)
                self.around[folder, name].append(stem)

    def find(self, ann: str) -> _MatchedFile:
        stem = _stem(ann)
        folder, name = posixpath.split(stem)
        if stem in self.beside:
            return _MatchedFile(
                AnnotationFile(ann, self.beside[stem], stem), posixpath.join(posixpath.dirname(folder), name)
            )
        found, by = self.nearest(folder, name), ""
        for at in range(len(name) - 2, 0, -1):
            # A text that has annotations under its own name is not meant by `NAME-2.ann`.
            if not found and name[at] in _PARTED and name[:at] not in self.owned:
                found, by = self.nearest(folder, name[:at]), name[at + 1 :]
        if not found:
            return _MatchedFile(AnnotationFile(ann, "", stem), stem)
        name = posixpath.basename(found)
        above = posixpath.commonpath([folder, posixpath.dirname(found)]) if folder else ""
        return _MatchedFile(
            AnnotationFile(ann, self.beside[found], posixpath.join(folder, name), by), posixpath.join(above, name)
        )

    def nearest(self, folder: str, name: str) -> str:
        """Return the one text of a name in the folder, or else around it; `""` if there is not just one."""
        while True:
            if (here := posixpath.join(folder, name)) in self.beside:
                return here
            inside = self.around.get((folder, name), [])
            if inside or not folder:
                return inside[0] if len(inside) == 1 else ""
            folder = posixpath.dirname(folder)


DESCRIPTION = "brat's .ann files with their .txt: a folder, a zip, or one file"

_BOM = "\ufeff"
_TEXTS = ".texts"
"""Before the names of texts that stand in a folder of their own: no name of a bundle begins so."""


def read(source: Path, mapping: Mapping, texts: Path | None) -> Iterator[Item]:
    """Yield a document for each `.ann`, and what is left out; several of one article have one id."""
    with ExitStack() as stack:
        bundle, anns, txts = _files(source, stack)
        source_of = BratFiles(bundle, stack.enter_context(open_source(texts)) if texts else None)
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


class BratFiles:
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


def _article(pair: AnnotationFile, files: BratFiles, mapping: Mapping) -> Iterator[Item]:
    """Yield the document of an `.ann`, and its records that are left out."""
    annotations, file = files.read(pair.ann)
    at = Place(file, 0, 0)
    if not pair.txt:
        name = Path(pair.ann).stem
        yield Skipped("article", pair.ann, f"its text must stand beside it, as {name}.txt, or in --texts", at)
        return
    records = list(read_records(annotations.removeprefix(_BOM), file))
    text = _counted(files.read(pair.txt)[0], [each for each in records if isinstance(each, BratRecord)])
    marked = read_marks(records, len(text), mapping)
    yield AnnotatedText(pair.id, text, at, marked.marks, marked.links, by=pair.by)
    yield from marked.skipped


def _counted(text: str, records: list[BratRecord]) -> str:
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
