"""brat's standoff format: `.ann` files with the `.txt` files that they are about.

https://brat.nlplab.org/standoff.html, "General annotation structure".

A text is usually beside its annotations, under the same name. It may also be in another folder, as `text/x.txt` for
`attributions/x.ann`, or for `attributions/x_4b22.ann` by the annotator `4b22`. Each of several annotators may have
a folder, with copies of the texts or with the annotations alone.

The lines of an `.ann` file are read as records, and these as labelled spans and links. An event becomes the span of
its trigger, with a link to each argument. A second event with the same trigger becomes a separate span at the same
place, so that speakers and words of the two are not confused.
"""

from __future__ import annotations

import posixpath
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from kg.errors import CorpusError, Place
from kg.files.text_files import decode_text
from kg.importers.core.documents import (
    AnnotatedText,
    Item,
    Kind,
    LabelledSpan,
    Name,
    Skipped,
    SpanLink,
    authority_iri,
)
from kg.importers.core.mapping import Mapping, key
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
from kg.text.spans import Span

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


_LINE_END = re.compile(r"\r\n?|\n")
_START = re.compile(r"([TREAMN#][^\s]*|\*)\t")
_OFFSETS = re.compile(r" [0-9]{1,9} [0-9]{1,9}(?: ?; ?[0-9]{1,9} [0-9]{1,9})*")
_NUMBER = re.compile("[0-9]+")
_NUMBERED = re.compile(r"(.*[^0-9])[0-9]+")
KINDS: dict[str, Kind] = {
    "T": "span",
    "R": "link",
    "E": "link",
    "*": "link",
    "A": "attribute",
    "M": "attribute",
    "N": "attribute",
    "#": "note",
}
"""The kind of a record by the first character of its id."""


class BratRecord(NamedTuple):
    """A record: its id, as `T1`, its second column and its third, all as written."""

    id: str
    head: str
    tail: str
    at: Place

    @property
    def kind(self) -> Kind:
        return KINDS[self.id[0]]

    @property
    def label(self) -> str:
        """The first word of the second column, `""` if that is empty."""
        return "".join(self.head.split()[:1])


class BratSpan(NamedTuple):
    """The second column of a `T` record: its label and offsets, in the order in which the record has its words."""

    label: str
    parts: tuple[Span, ...]


def read_records(text: str, file: str) -> Iterator[BratRecord | Skipped]:
    """Yield the records of an `.ann` file in order, and each line that belongs to no record.

    A record's text may continue on further lines.
    """
    waiting: BratRecord | None = None
    texts: list[str] = []
    blank = 0
    for number, line in enumerate(_LINE_END.split(text), start=1):
        if start := _START.match(line):
            if waiting:
                yield waiting._replace(tail="\n".join(texts))
            head, _, tail = line[start.end() :].partition("\t")
            waiting, texts, blank = BratRecord(start[1], head, tail, Place(file, number, 1)), [tail], 0
            left = -1
        elif not line.strip():
            blank += 1
        elif waiting and (left := left if left >= 0 else _characters_to_come(waiting)) > blank + len(line):
            texts += [*[""] * blank, line]
            left -= blank + 1 + len(line)
            blank = 0
        else:
            why = "a line must begin with an id, as T1, and a tab: correct it, or join it to the record above"
            yield Skipped("note", _shown(line), why, Place(file, number, 1))
    if waiting:
        yield waiting._replace(tail="\n".join(texts))


def read_span(head: str) -> BratSpan | None:
    """Return the label and the parts of a `T` record; None if they are not written correctly."""
    # Some programs write labels with spaces, against the rules.
    head = " ".join(head.split())
    label = head.rstrip("0123456789; ")
    label += head[len(label) :].partition(" ")[0]
    if not label or not _OFFSETS.fullmatch(head, len(label)):
        return None
    offsets = [int(each) for each in _NUMBER.findall(head, len(label))]
    return BratSpan(label, tuple(map(Span, offsets[::2], offsets[1::2])))


def _characters_to_come(record: BratRecord) -> int:
    """Return how many characters may follow on further lines: those missing from a span, any number for a note."""
    if record.id[0] in "#N":
        return sys.maxsize
    span = read_span(record.head) if record.id[0] == "T" else None
    if span is None:
        return 0
    long = sum(end - start for start, end in span.parts) + len(span.parts) - 1
    return max(long - len(record.tail), 0)


def _shown(line: str) -> str:
    return line if len(line) <= 60 else f"{line[:59]}…"


class BratAnnotations(NamedTuple):
    """The spans and links in the records of a document; spans in text order."""

    marks: tuple[LabelledSpan, ...]
    links: tuple[SpanLink, ...]
    skipped: tuple[Skipped, ...]


class _Argument(NamedTuple):
    role: str
    target: str


@dataclass
class _SpanBuilder:
    """A span that is still open for attributes and links from later records."""

    id: str
    label: str
    at: Place
    parts: tuple[Span, ...] = ()
    text: str = ""
    attributes: dict[str, list[str]] = field(default_factory=dict)
    names: dict[str, list[Name]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    fault: str = ""

    def add(self, attribute: str, value: str) -> None:
        self.attributes.setdefault(attribute, []).append(value)


def read_annotations(records: Iterable[BratRecord | Skipped], length: int, mapping: Mapping) -> BratAnnotations:
    """Return the spans and links in a text of this length. Records may refer to later ones."""
    reader = BratReader(length, mapping)
    readable: list[BratRecord] = []
    for each in records:
        reader.skipped.append(each) if isinstance(each, Skipped) else readable.append(each)
    readable = list(reader.first_of_each_id(readable))

    def of(letters: str) -> Iterator[BratRecord]:
        return (record for record in readable if record.id[0] in letters)

    for record in of("T"):
        reader.read_span(record)
    for record in of("E"):
        reader.read_event(record)
    for record in of("E"):
        reader.read_arguments(record)
    for record in of("R*"):
        reader.read_relation(record)
    for record in of("AMN#"):
        reader.read_remark(record)
    return reader.annotations()


class BratReader:
    """Collects spans and links. `by_id` also has the ids of events, whose span is that of their trigger."""

    def __init__(self, length: int, mapping: Mapping) -> None:
        self.length = length
        self.mapping = mapping
        self.speaking: set[str] = set()
        self.marks: dict[str, _SpanBuilder] = {}
        self.by_id: dict[str, _SpanBuilder] = {}
        self.triggers: set[str] = set()
        self.links: list[SpanLink] = []
        self.skipped: list[Skipped] = []

    def annotations(self) -> BratAnnotations:
        order = sorted(self.marks.values(), key=lambda mark: (not mark.parts, sorted(mark.parts)))
        self.skipped.sort(key=lambda each: each.at)
        return BratAnnotations(tuple(map(_frozen, order)), tuple(self.links), tuple(self.skipped))

    def first_of_each_id(self, records: list[BratRecord]) -> Iterator[BratRecord]:
        seen: set[str] = set()
        for record in records:
            if record.id in seen:
                self.skip(record, f"another record has the id {record.id} already: give this one another id")
            else:
                yield record
            seen.add(record.id if record.id != "*" else "")

    def skip(self, record: BratRecord, why: str, what: str = "") -> None:
        label = record.label if record.kind == "span" else ""
        self.skipped.append(Skipped(record.kind, what or record.id, why, record.at, label=label))

    def read_span(self, record: BratRecord) -> None:
        span = read_span(record.head)
        if span is None:
            why = "a span must be written as `T1<tab>Label 0 5<tab>words`, this one is not: correct it"
            self.add(_SpanBuilder(record.id, record.label, record.at, fault=why))
        elif fault := self._why_impossible(span.parts):
            self.add(_SpanBuilder(record.id, span.label, record.at, fault=fault))
        else:
            self.add(_SpanBuilder(record.id, span.label, record.at, span.parts, record.tail))

    def _why_impossible(self, parts: tuple[Span, ...]) -> str:
        """Return why a span cannot have these parts, `""` if it can."""
        order = sorted(parts)
        if any(start >= end for start, end in order):
            return "a span must have a character at least, and end after its start: mark it again"
        if any(one.end > other.start for one, other in pairwise(order)):
            return "the parts of a span must not overlap, these do: mark it again"
        if (end := order[-1].end) > self.length:
            return f"the span ends at {end}, and the text has {self.length} characters: is it the right text?"
        return ""

    def add(self, mark: _SpanBuilder) -> None:
        self.marks[mark.id] = self.by_id[mark.id] = mark

    def read_event(self, record: BratRecord) -> None:
        """Use the trigger's span for the event; make one if there is none or another event uses it."""
        event, *arguments = _arguments(record.head) or [_Argument("", "")]
        trigger = self.by_id.get(event.target)
        if not event.role:
            self.skip(record, "an event must be written as `E1<tab>Type:T1 Role:T2`, this one is not: correct it")
        elif trigger is None or event.target[0] != "T":
            self.add(_SpanBuilder(record.id, event.role, record.at))
            self.skip(
                record,
                "the event's trigger is not in this file, or could not be read",
                f"{record.id} {event.target}",
            )
        elif arguments and event.target in self.triggers:
            self.add(_SpanBuilder(record.id, event.role, record.at, trigger.parts, trigger.text))
        else:
            self.by_id[record.id] = trigger
            if event.role != trigger.label:
                trigger.add("event", event.role)
            if arguments:
                self.triggers.add(event.target)

    def read_arguments(self, record: BratRecord) -> None:
        if record.id in self.by_id:
            for role, target in _arguments(record.head)[1:]:
                self.link(record, _unnumbered(role), record.id, target)

    def read_relation(self, record: BratRecord) -> None:
        """Link the two ends of a relation; of several equivalent spans, link the first with each of the others."""
        label, *ends = record.head.split() or [""]
        if record.id != "*":
            ends = [end.rpartition(":")[2] for end in ends]
        if len(ends) < 2 or (record.id != "*" and len(ends) > 2):
            form = "*<tab>Equiv T1 T2" if record.id == "*" else "R1<tab>Type Arg1:T1 Arg2:T2"
            self.skip(record, f"a relation must be written as `{form}`, this one is not: correct it")
            return
        for end in ends[1:]:
            self.link(record, label, ends[0], end)

    def link(self, record: BratRecord, label: str, source: str, target: str) -> None:
        if missing := [id for id in (source, target) if id not in self.by_id]:
            why = f"{missing[0] or 'its end'} is no span or event of this file, or could not be read"
            self.skip(record, why, f"{record.id} {label}:{target}")
        else:
            self.links.append(SpanLink(label, self.by_id[source].id, self.by_id[target].id, record.at))
            if self.mapping.part_of_link.get(key(label)) == "speaker":
                self.speaking.add(self.by_id[target].id)

    def read_remark(self, record: BratRecord) -> None:
        """Add an attribute, a normalization or a note to the span that it is about."""
        name, target, value = [*record.head.split(None, 2), "", "", ""][:3]
        mark = self.by_id.get(target)
        if mark is None:
            why = f"{target or 'what it is about'} is no span or event of this file, or could not be read"
            if target[:1] in ("R", "*"):
                why = "it is about a relation, which can have no attributes here: add it to one of its ends"
            self.skip(record, why, f"{record.id} {name} {target}".strip())
        elif record.id[0] == "N":
            self.name(mark, name, value.strip(), record.tail.strip())
        elif record.id[0] == "#" and name == "AnnotatorNotes":
            mark.notes.append(record.tail.strip())
        elif record.id[0] == "#":
            mark.add(name, record.tail.strip())
        else:
            mark.add(name, value.strip() or "true")  # a flag

    def name(self, mark: _SpanBuilder, field: str, reference: str, name: str) -> None:
        """Add the name that a normalization gives; for a speaker's span, that is the speaker."""
        same_as = authority_iri(*_reference(reference))
        if not same_as:
            mark.add(field, reference)
        field = "speaker" if self.is_speaker(mark) else field
        named = Name(name or mark.text or reference, same_as=(same_as,) if same_as else ())
        mark.names.setdefault(field, []).append(named)

    def is_speaker(self, mark: _SpanBuilder) -> bool:
        """Tell whether a span is a speaker, by its own label or by the label of a link to it."""
        own = self.mapping.part_of_span.get(key(mark.label))
        return own == "speaker" or (own is None and mark.id in self.speaking)


def _arguments(head: str) -> list[_Argument]:
    """Return `Type:T1 Role:T2` as pairs, the event's own first."""
    return [_Argument(*each.rpartition(":")[::2]) for each in head.split()]


def _unnumbered(role: str) -> str:
    """Return `Theme` for `Theme2`, a repeated argument; `Arg1` and `Arg2` are different roles."""
    numbered = _NUMBERED.fullmatch(role)
    return numbered[1] if numbered and numbered[1] != "Arg" else role


def _reference(written: str) -> tuple[str, str]:
    """Return the database and the identifier of `Wikidata:Q76`; the database of an IRI is `""`."""
    if written.startswith(("http://", "https://")):
        return "", written
    database, _, identifier = written.partition(":")
    return database, identifier


def _frozen(mark: _SpanBuilder) -> LabelledSpan:
    return LabelledSpan(
        id=mark.id,
        label=mark.label,
        parts=mark.parts,
        at=mark.at,
        text=mark.text,
        attributes={name: tuple(values) for name, values in mark.attributes.items()},
        names={name: tuple(values) for name, values in mark.names.items()},
        note="\n".join(filter(None, mark.notes)),
        fault=mark.fault,
    )
