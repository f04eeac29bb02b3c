"""The folders, zips and layers in the exports of INCEpTION, WebAnno and other UIMA tools.

The export of a project has `annotation/DOCUMENT/ANNOTATOR.tsv` and `curation/DOCUMENT/CURATION_USER.tsv`. If a
format needs several files, as XMI does, a zip of them takes the place of the one file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from kg.errors import CorpusError, Place
from kg.importers.core.documents import Item, LabelledSpan, Name, SkipList, Skipped, authority_iri
from kg.importers.core.mapping import Mapping as LabelMapping
from kg.importers.core.mapping import key
from kg.importers.core.source_files import (
    SingleFile,
    SourceFiles,
    format_error,
    is_zip,
    open_nested_zip,
    open_source,
    read_each,
    read_whole,
    skipped_file,
    unsafe_names,
)
from kg.text.spans import Span

LARGEST_FILE = 32_000_000
"""The most bytes that one file may have, unpacked."""
TOKEN = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Token"
GRAMMAR_WHY = "words, sentences and grammar say nothing about a claim, and the mapping does not name this layer"
FIELD_WHY = "a link has only a label: its other features have no place in a claim"
_STAGES = ("annotation", "curation")
_UNANNOTATED = "INITIAL_CAS"
"""The file in which INCEpTION keeps a document as it was before anybody annotated it."""
_CURATOR = "CURATION_USER"
_TEXT_SUFFIXES = ("txt", "tsv", "xmi", "json", "xml", "html", "pdf")
_IN_PROGRESS = ("NEW", "INPROGRESS")
_YEAR_2100 = 4_102_444_800_000
_LONGEST_NAME = 500
_LABEL = re.compile(r"[^\W\d_][\w .:/-]{0,39}")
_GRAMMAR = tuple(
    f"de.tudarmstadt.ukp.dkpro.core.api.{part}." for part in ("segmentation", "lexmorph", "syntax", "transform")
)
Attributes = dict[str, tuple[str, ...]]
Names = dict[str, tuple[Name, ...]]


class ExportPart(NamedTuple):
    """Files that belong together: a folder, a zip, or a zip inside one of these; `path` is where that zip is."""

    path: PurePosixPath
    files: SourceFiles


class DocumentCopy(NamedTuple):
    """An annotator's copy of a document: when it was last changed (`""`: unknown), and whether it is finished."""

    document: str
    annotator: str
    on: str = ""
    done: bool = True


class ExportFile(NamedTuple):
    """A file to read, and the document and annotator that it belongs to."""

    part: ExportPart
    name: str
    copy: DocumentCopy

    @property
    def is_alone(self) -> bool:
        """Whether the source is this file itself."""
        return isinstance(self.part.files, SingleFile)

    @property
    def path(self) -> str:
        """The file's name in a `Place`."""
        return self.part.files.file(self.name)

    def read(self) -> bytes:
        """Return its bytes. Raises `CorpusError` if it is too large, `FileError` if it cannot be read."""
        return read_whole(self.part.files, self.name, most=LARGEST_FILE)


class CopyState(Struct, frozen=True):
    """An annotator's copy in a project's settings: its state, and when it changed, in milliseconds."""

    name: str = ""
    user: str = ""
    state: str | None = None
    timestamp: int | float | str | None = None
    updated: int | float | str | None = None

    @property
    def done(self) -> bool:
        """Whether the annotator has finished; true if the settings do not say."""
        return (self.state or "").upper().replace("_", "").replace("-", "") not in _IN_PROGRESS

    @property
    def on(self) -> str:
        """When it was last changed, in UTC; `""` if unknown."""
        for moment in (self.updated, self.timestamp):
            if isinstance(moment, int | float) and 0 < moment < _YEAR_2100:
                return datetime.fromtimestamp(moment // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return ""


class _ProjectSettings(Struct, frozen=True):
    annotation_documents: list[CopyState] | None = None


_States = dict[tuple[str, str], CopyState]


def read_files(
    source: Path, suffixes: tuple[str, ...], read: Callable[[ExportFile], Iterable[Item]]
) -> Iterator[Item]:
    """Yield the items of each file with these suffixes, and the files that are damaged.

    Raises `CorpusError` if there are no files, or if all are damaged.
    """
    return read_each(_export_files(source, suffixes), read)


def _export_files(source: Path, suffixes: tuple[str, ...]) -> Iterator[ExportFile | Skipped]:
    """Yield the files with these suffixes, and what cannot be read. Raises `CorpusError` if there are none.

    A file is open until the next one is asked for.
    """
    found = False
    states: _States = {}
    with _open_parts(source) as parts:
        for part in parts:
            if isinstance(part, Skipped):
                yield part
                continue
            yield from _read_settings(part.files, states)
            names = part.files.names(*suffixes)
            yield from unsafe_names(part.files)
            for name in names:
                if copy := _copy_of(part.path / name, part.path, states):
                    found = True
                    yield ExportFile(part, name, copy)
    if not found:
        message = f"the source must have annotated files that end in {' or '.join(suffixes)}"
        raise format_error(f"{message}: give the folder or zip of the export", "nothing-to-read", str(source))


def without_suffix(document: str) -> str:
    """Return a document's name without the suffix of its file, which is no part of the name."""
    stem, dot, suffix = document.rpartition(".")
    return stem if dot and stem and suffix.casefold() in _TEXT_SUFFIXES else document


@contextmanager
def _open_parts(source: Path) -> Iterator[Iterator[ExportPart | Skipped]]:
    """Open a source: yield the source itself, then each zip in it, which is open until the next is asked for."""
    if not source.is_dir() and not is_zip(source):
        yield iter([ExportPart(PurePosixPath(*source.parts[-3:-1]), SingleFile(source))])
        return
    with open_source(source) as files:
        # If the user gave `annotation` itself, its name is part of the files' paths.
        path = PurePosixPath(*source.parts[-2:]) if source.is_dir() else PurePosixPath()
        yield _parts(ExportPart(path, files))


def _parts(root: ExportPart) -> Iterator[ExportPart | Skipped]:
    yield root
    for name in root.files.names(".zip"):
        if _copy_of(root.path / name, root.path, {}) is not None:
            try:
                raw = read_whole(root.files, name, most=LARGEST_FILE)
                part = ExportPart(root.path / name, open_nested_zip(root.files, name, raw))
            except CorpusError as error:
                yield skipped_file(root.files, name, error)
            else:
                yield part


def _copy_of(
    path: PurePosixPath, part: PurePosixPath, states: Mapping[tuple[str, str], CopyState]
) -> DocumentCopy | None:
    """Return the document and annotator of a file; None for a document that nobody has annotated yet."""
    parts = path.parts
    for folder, document, file in zip(parts, parts[1:], parts[2:], strict=False):
        if folder in _STAGES:
            annotator = PurePosixPath(file).stem
            state = states.get((document, annotator), CopyState())
            who = "curation" if annotator == _CURATOR else annotator
            unannotated = annotator == _UNANNOTATED
            return None if unannotated else DocumentCopy(without_suffix(document), who, state.on, state.done)
    inner = path.relative_to(part)
    return DocumentCopy(str(inner.with_suffix("")), "") if inner.stem != _UNANNOTATED else None


def _read_settings(files: SourceFiles, states: _States) -> Iterator[Skipped]:
    """Read the states of a project's documents from its settings; yield why settings cannot be read."""
    for name in files.names(".json") if not isinstance(files, SingleFile) else ():
        if PurePosixPath(name).name.startswith("exportedproject"):
            try:
                raw = read_whole(files, name, most=LARGEST_FILE)
                settings = msgspec.json.decode(raw, type=_ProjectSettings)
            except (ValueError, RecursionError) as error:
                why = f"the project's settings cannot be read, so it is unknown who has finished ({error})"
                yield Skipped("note", name, why, Place(files.file(name), 0, 0))
            else:
                states |= {(copy.name, copy.user): copy for copy in settings.annotation_documents or ()}


class LayerLabels:
    """Labels for spans and links: a feature value that is in the mapping, else the name of their layer.

    Many projects have one layer for all spans of a claim, and a feature of it, as `type=Source`, tells what a span
    is. A feature that the mapping maps to a field of a claim, or ignores, is never a label.
    """

    def __init__(self, mapping: LabelMapping) -> None:
        self._spans = {key(label) for label in mapping.spans}
        self._links = {key(label) for label in (*mapping.links, *mapping.relations)}
        self._speakers = {key(label) for label, part in mapping.spans.items() if part == "speaker"}
        self._fields = {key(name) for name in mapping.fields}
        self._grammar: dict[str, bool] = {}

    def span(self, layer: str, features: Attributes) -> tuple[str, Attributes]:
        """Return the label of a span, and its features without the one that gives the label."""
        label, labelling = self._label(layer, features, self._spans)
        if not labelling:
            return label, features
        return label, {name: values for name, values in features.items() if name != labelling}

    def labelled(self, mark: LabelledSpan, text: str) -> LabelledSpan:
        """Return a span of a layer with its label, and the name if an IRI identifies a speaker."""
        layer = mark.label
        label, features = self.span(layer, mark.attributes)
        also = self._also(layer, label, features)
        features, names = self._names(label, features, text, mark.parts[0])
        return replace(mark, label=label, attributes=features, names=names, also=also)

    def _also(self, layer: str, label: str, features: Attributes) -> tuple[str, ...]:
        """Return the values that would be the label of a span if they were in the mapping."""
        if key(label) in self._spans or layer.startswith(_GRAMMAR):
            return ()
        single = [v[0] for name, v in features.items() if len(v) == 1 and key(name) not in self._fields]
        return tuple(each for each in single if _LABEL.fullmatch(each) and not authority_iri("", each))

    def _names(self, label: str, features: Attributes, text: str, part: Span) -> tuple[Attributes, Names]:
        """Return the features of a span, and separately the speaker if an IRI identifies one."""
        iris = [name for name, values in features.items() if len(values) == 1 and authority_iri("", values[0])]
        iris = [name for name in iris if key(name) not in self._fields]
        if not iris or key(label) not in self._speakers or part.end - part.start > _LONGEST_NAME:
            return features, {}
        words = text[part.start : part.end].split()
        speaker = Name(" ".join(words) or features[iris[0]][0], same_as=tuple(features[name][0] for name in iris))
        return {name: values for name, values in features.items() if name not in iris}, {"speaker": (speaker,)}

    def link(self, layer: str, features: Attributes) -> tuple[str, str]:
        """Return the label of a relation, and the feature that gives it (`""`: the layer's name is the label)."""
        return self._label(layer, features, self._links)

    def slot(self, feature: str, role: str) -> str:
        """Return the label of a link from a slot: its role, unless only the slot's own name is in the mapping."""
        known = key(feature) in self._links and key(role) not in self._links
        return feature if known or not role else role

    def is_grammar(self, layer: str) -> bool:
        """Tell whether a layer's annotations are only counted."""
        if layer not in self._grammar:
            known = key(short_layer(layer)) in self._spans | self._links
            self._grammar[layer] = layer.startswith(_GRAMMAR) and not known
        return self._grammar[layer]

    def _label(self, layer: str, features: Attributes, known: set[str]) -> tuple[str, str]:
        for feature in sorted(features) if not layer.startswith(_GRAMMAR) else ():
            values = features[feature]
            if len(values) == 1 and key(values[0]) in known and key(feature) not in self._fields:
                return values[0], feature
        return short_layer(layer), ""


def skip_link_features(skipped: SkipList, layer: str, features: Iterable[str], label: str, at: Place) -> None:
    """Count the features of a link, except its label: they have no place in a claim."""
    for each in features:
        if each != label:
            skipped.count("attribute", f"{each} of {short_layer(layer)}", FIELD_WHY, at)


def short_layer(layer: str) -> str:
    """Return the short name of a layer: `Quote` for `webanno.custom.Quote`."""
    return layer.rpartition(".")[2]
