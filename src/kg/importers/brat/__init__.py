"""brat's standoff format: `.ann` files with the `.txt` files that they are about.

https://brat.nlplab.org/standoff.html

A text is usually beside its annotations, under the same name. It may also be in another folder, as `text/x.txt` for
`attributions/x.ann`, or for `attributions/x_4b22.ann` by the annotator `4b22`. Each of several annotators may have
a folder, with copies of the texts or with the annotations alone.
"""

from __future__ import annotations

import posixpath
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from kg.errors import CorpusError, Place
from kg.files.text_files import decode_text
from kg.importers.brat.annotations import BratRecord, read_annotations, read_records, read_span
from kg.importers.core.documents import AnnotatedText, Item, Skipped
from kg.importers.core.mapping import Mapping
from kg.importers.core.source_files import (
    SourceFiles,
    SourceFolder,
    format_error,
    is_zip,
    open_source,
    read_whole,
    require_source,
    skipped_file,
    unsafe_names,
)

DESCRIPTION = "brat's .ann files with their .txt: a folder, a zip, or one file"

_BOM = "\ufeff"
_TEXTS = ".texts"
"""A prefix for the names of texts in a separate folder; hidden files are not read, so no other name has it."""
_SEPARATORS = "_-."
"""What may separate the name of a text from that of an annotator."""


def read(source: Path, mapping: Mapping, texts: Path | None) -> Iterator[Item]:
    """Yield a document for each `.ann`, and the records left out; the documents of one article have one id."""
    with ExitStack() as stack:
        bundle, anns, txts = _open(source, stack)
        files = BratFiles(bundle, stack.enter_context(open_source(texts)) if texts else None)
        pairs = pair_files(anns, [*txts, *files.texts()], files.digest)
        yield from unsafe_names(bundle)
        for pair in pairs:
            try:
                yield from _read_pair(pair, files, mapping)
            except CorpusError as error:
                if len(pairs) == 1:
                    raise
                yield skipped_file(bundle, pair.ann, error)
        for txt in sorted(set(txts) - {pair.txt for pair in pairs}):
            why = f"no annotations are about this text: an empty {Path(txt).stem}.ann beside it makes it an article"
            yield Skipped("article", txt, why, Place(bundle.file(txt), 0, 0))


def _open(source: Path, stack: ExitStack) -> tuple[SourceFiles, list[str], list[str]]:
    """Return the files of a source, and the names of its annotations and texts."""
    require_source(source)
    if source.is_dir() or is_zip(source):
        bundle = stack.enter_context(open_source(source))
        anns, txts = bundle.names(".ann"), bundle.names(".txt")
    else:
        bundle = SourceFolder(source.parent, named=source.name)
        anns, txts = ([name] if bundle.has(name := f"{source.stem}{suffix}") else [] for suffix in (".ann", ".txt"))
    if not anns or (source.is_file() and not is_zip(source) and source.suffix not in (".ann", ".txt")):
        message = (
            "a brat source must be an .ann file, or a folder or zip that has some: give the folder of the .ann"
        )
        raise format_error(message, "no-annotations", str(source))
    return bundle, anns, txts


class BratFiles:
    """The files of a source, and the texts of another folder, by name."""

    def __init__(self, bundle: SourceFiles, texts: SourceFiles | None) -> None:
        self._bundle = bundle
        self._texts = texts

    def texts(self) -> list[str]:
        """Return the names of the texts in the other folder."""
        return [f"{_TEXTS}/{name}" for name in self._texts.names(".txt")] if self._texts else []

    def read(self, name: str) -> tuple[str, str]:
        """Return a file's text, with its byte order mark if it has one, and the file's name in a `Place`."""
        bundle = self._bundle
        if self._texts and name.startswith(f"{_TEXTS}/"):
            bundle, name = self._texts, name.removeprefix(f"{_TEXTS}/")
        raw, file = read_whole(bundle, name), bundle.file(name)
        return (_BOM if raw.startswith(_BOM.encode()) else "") + decode_text(raw, file), file

    def digest(self, name: str) -> bytes:
        """Return the digest of a text, or of its name if it cannot be read."""
        try:
            return sha256(self.read(name)[0].encode()).digest()
        except CorpusError:
            return sha256(name.encode()).digest()


def _read_pair(pair: BratPair, files: BratFiles, mapping: Mapping) -> Iterator[Item]:
    """Yield the document of an `.ann`, and its records that are left out."""
    annotations, file = files.read(pair.ann)
    at = Place(file, 0, 0)
    if not pair.txt:
        name = Path(pair.ann).stem
        yield Skipped("article", pair.ann, f"its text must be beside it, as {name}.txt, or in --texts", at)
        return
    records = list(read_records(annotations.removeprefix(_BOM), file))
    text = _as_offsets_count(files.read(pair.txt)[0], [each for each in records if isinstance(each, BratRecord)])
    found = read_annotations(records, len(text), mapping)
    yield AnnotatedText(pair.id, text, at, found.marks, found.links, by=pair.by)
    yield from found.skipped


def _as_offsets_count(text: str, records: list[BratRecord]) -> str:
    """Return the text that the offsets fit best: with `\\r\\n` and byte order mark, as brat counts, or without."""
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


class BratPair(NamedTuple):
    """An `.ann` file, the name of its text (`""`: none), the article's id, and the annotator if known.

    `shared` is the id that the article has if several annotators have a folder each.
    """

    ann: str
    txt: str
    id: str
    shared: str
    by: str = ""

    @property
    def is_beside(self) -> bool:
        """Whether the text is beside its annotations, under the same name."""
        return _stem(self.ann) == _stem(self.txt)


def pair_files(anns: Iterable[str], txts: Iterable[str], digest: Callable[[str], bytes]) -> list[BratPair]:
    """Return each `.ann` with its text. Articles have one id if their texts are the same, by `digest`."""
    anns = list(anns)
    texts = _TextNames(anns, txts)
    pairs = [texts.pair(ann) for ann in anns]
    groups: dict[str, list[BratPair]] = defaultdict(list)
    for pair in pairs:
        groups[pair.shared].append(pair)
    joined = {pair.ann for group in groups.values() for pair in _same_article(group, digest)}
    own = {pair.id for pair in pairs if pair.ann not in joined and pair.id != pair.shared}
    return [
        _with_shared_id(pair, len(groups[pair.shared]) > 1)
        if pair.ann in joined and pair.shared not in own
        else pair
        for pair in pairs
    ]


def _same_article(group: list[BratPair], digest: Callable[[str], bytes]) -> list[BratPair]:
    """Return the pairs with the most frequent text: they are annotations of one article."""
    texts = dict.fromkeys(pair.txt for pair in group if pair.txt)
    by_text = {txt: digest(txt) if len(texts) > 1 else b"" for txt in texts}
    counts = Counter(by_text[pair.txt] for pair in group if pair.txt)
    for text, count in counts.most_common(1):
        if count > 1 or (len(group) == 1 and not group[0].is_beside):
            return [pair for pair in group if pair.txt and by_text[pair.txt] == text]
    return []


def _with_shared_id(pair: BratPair, has_others: bool) -> BratPair:
    """Return a pair with its shared id; if there are others, the folder names the annotator."""
    folder = posixpath.dirname(pair.ann)
    by = posixpath.basename(folder) if has_others and folder != posixpath.dirname(pair.shared) else ""
    return pair._replace(id=pair.shared, by=pair.by or by)


def _stem(name: str) -> str:
    return posixpath.splitext(name)[0]


class _TextNames:
    """The names of a source's texts, to find the text of each `.ann`."""

    def __init__(self, anns: Iterable[str], txts: Iterable[str]) -> None:
        self._annotated = {posixpath.basename(_stem(ann)) for ann in anns}
        self._by_stem = {_stem(txt): txt for txt in txts}
        self._below: dict[tuple[str, str], list[str]] = defaultdict(list)
        for stem in self._by_stem:
            folder, name = posixpath.split(stem)
            self._below[folder, name].append(stem)
            while folder:
                folder = posixpath.dirname(folder)
                self._below[folder, name].append(stem)

    def pair(self, ann: str) -> BratPair:
        """Return an `.ann` with its text."""
        stem = _stem(ann)
        folder, name = posixpath.split(stem)
        if stem in self._by_stem:
            return BratPair(ann, self._by_stem[stem], stem, posixpath.join(posixpath.dirname(folder), name))
        found, by = self._nearest(folder, name), ""
        for at in range(len(name) - 2, 0, -1):
            # `NAME-2.ann` is not about NAME if NAME has annotations under its own name.
            if not found and name[at] in _SEPARATORS and name[:at] not in self._annotated:
                found, by = self._nearest(folder, name[:at]), name[at + 1 :]
        if not found:
            return BratPair(ann, "", stem, stem)
        name = posixpath.basename(found)
        above = posixpath.commonpath([folder, posixpath.dirname(found)]) if folder else ""
        id, shared = posixpath.join(folder, name), posixpath.join(above, name)
        return BratPair(ann, self._by_stem[found], id, shared, by)

    def _nearest(self, folder: str, name: str) -> str:
        """Return the only text of a name in or below the folder, else around it; `""` if there are several."""
        while True:
            if (here := posixpath.join(folder, name)) in self._by_stem:
                return here
            below = self._below.get((folder, name), [])
            if below or not folder:
                return below[0] if len(below) == 1 else ""
            folder = posixpath.dirname(folder)
