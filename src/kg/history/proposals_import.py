"""What a program proposes becomes its reading of the articles, `readings/NAME/`, which nothing publishes.

A proposal is a claim whose quotation stands in its article. Importing a file again adds only what is new, and fills
in speakers whose names have an entity by now. Each reading is written whole: after an import that was killed, the
next one adds what is missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from kg.annotations.classes import (
    AnnotationEntry,
    AnnotatorEntry,
    ArticleEntry,
    ClaimEntry,
    ReadingClaimEntry,
    ReadingFile,
)
from kg.corpus import ArticleSource, CorpusDefinition, WrittenArticle, read_article, sources
from kg.corpus.editing import Edit, edited
from kg.corpus.folder import CLAIMS, READINGS, TEXT, below, reading_names, reading_sources
from kg.corpus.writer import claims_yaml, flow_value
from kg.errors import CorpusError, FileError, UsageError, file_error
from kg.files.text_files import decode_text, read_bytes
from kg.findings.text_report import visible
from kg.history.proposed_claims import LeftOutRecords, ProposalReader, QuotedClaim, to_decide
from kg.history.readings import IN_JSON_LINES, checked_reading, local_id
from kg.history.shared_files import SharedFile, file_bytes, one_writer
from kg.importers.core.annotations_import import ImportSettings, open_sources
from kg.importers.core.claims import UNKNOWN_DATE
from kg.importers.core.documents import AnnotatedText, LabelledSpan, Skipped
from kg.importers.core.mapping import Mapping, key
from kg.importers.core.names import NameRegister, known_names
from kg.importers.core.offsets import read_imported_text
from kg.importers.proposals import MODEL, VERSION
from kg.meaning.reporter import as_list, as_text
from kg.meaning.speakers import UNDECIDED
from kg.pipeline.publication import Publication, refuse_violations
from kg.text.near_match import shortened
from kg.text.nearest_name import nearest
from kg.text.spans import Span

PROGRAM: Final = "SoftwareApplication"
MOST_PROPOSALS, MOST_CHARACTERS = 500_000, 200_000_000
"""How many proposals one import may have, and how many characters: they are in memory until all are read."""
_NO_ARTICLE = "the corpus has no article with this id, file name or text"


class ProposalSettings(Struct, frozen=True):
    """Who proposes, an annotator of corpus.yaml; and the mapping, limits and strictness of the import."""

    by: str
    mapping: str = ""
    acts_from_cues: bool = False
    strict: bool = False
    memory: int = 1000


class ImportedReading(NamedTuple):
    """A reading that was written: its file, how many claims were added, and how many got a speaker."""

    file: str
    added: int
    completed: int


class ProposalReport(NamedTuple):
    """What an import of proposals did.

    `read` counts the quotations, `known` those that were imported before. `left` has what was left out, and `names`
    how often each name has no entity.
    """

    read: int
    known: int
    readings: tuple[ImportedReading, ...]
    left: LeftOutRecords
    names: dict[str, int]

    @property
    def added(self) -> int:
        """How many claims were added to readings."""
        return sum(each.added for each in self.readings)

    def lines(self) -> Iterator[str]:
        """Yield each quotation that its article does not have, with what the article has instead."""
        for each in self.left.quotations:
            times = f" ({each.times} times)" if each.times > 1 else ""
            yield visible(
                f"{each.at.file}:{each.at.line}: {each.article}: {shortened(each.quotation)} {each.why}{times}"
            )
            yield from (visible(f"    {line}") for line in each.detail.splitlines())


def import_proposals(publication: Publication, files: Sequence[Path], settings: ProposalSettings) -> ProposalReport:
    """Add what a program proposes in files to its readings of the corpus.

    Raises `UsageError` if the program is no annotator of the corpus, `CorpusError` if a file has no proposals, a
    reading has a violation, or a `strict` import leaves something out: then nothing is written.
    """
    options = ImportSettings(
        mapping=settings.mapping, acts_from_cues=settings.acts_from_cues, memory=settings.memory
    )
    mapping, items = open_sources("proposals", files, options)
    left = LeftOutRecords()
    incoming = _Incoming(publication, settings.by, left)
    for item in items:
        incoming.add(item)
    program(publication.corpus, settings.by, suggested=incoming.program)
    known = known_names(publication.corpus.entities)
    names = NameRegister({**known, **{id: id for id in publication.corpus.entities}}, publication.corpus.entities)
    reader = ProposalReader(publication, mapping, names, settings.by, left)
    readings = Readings(publication, settings.by)
    changes = [readings.change(source, marks, reader) for source, marks in incoming.by_article()]
    if settings.strict and (findings := left.findings()):
        raise CorpusError(findings)
    written = [change.write(Path(publication.corpus.root)) for change in changes if change.after != change.before]
    undecided = {name: each.count for name, each in names.undecided.items()}
    return ProposalReport(incoming.count, sum(change.known for change in changes), tuple(written), left, undecided)


def program(corpus: CorpusDefinition, by: str, *, suggested: AnnotatorEntry | None = None) -> AnnotatorEntry:
    """Return the annotator that proposes; `suggested` is the program that a file names.

    Raises `UsageError` if it is no annotator of the corpus, or no program with a version.
    """
    file, known = corpus.config_file, corpus.config.annotators
    entry = msgspec.to_builtins(suggested or AnnotatorEntry("…", PROGRAM, "…"))
    lines = f"{by or 'spotter'}: {flow_value(entry)}"
    if not by:
        programs = [id for id, each in known.items() if each.type == PROGRAM]
        advice = f"as --by {programs[0]}" if programs else f"an entry under `annotators` in {file}: {lines}"
        raise UsageError(f"say which program made the proposals with --by NAME, {advice}")
    if by not in known:
        near = nearest(by, known)
        raise UsageError(
            f"{by} must be an annotator of the corpus, and is not: "
            + (f"did you mean {near}? Or " if near else "")
            + f"add it under `annotators` in {file}: {lines}"
        )
    if known[by].type != PROGRAM or not known[by].version:
        raise UsageError(
            f"{by} must be a program with a version to propose claims: write `type: {PROGRAM}` and its `version` "
            f"under it in {file}, or name another with --by"
        )
    return known[by]


class ArticleFinder:
    """Finds the article that a file of proposals means: by its path or file name, its id, or its text."""

    def __init__(self, corpus: CorpusDefinition) -> None:
        self._corpus = corpus
        self._by_path = {each.article: each for each in sources(corpus) if each.text_file and not each.line}

    def find(self, name: str, text: str) -> ArticleSource | None:
        """Return the source of an article; `text` is what the program read, `""` if that is unknown."""
        path = name.removeprefix("./").removesuffix(CLAIMS).removesuffix(TEXT)
        if path in self._by_path:
            return self._by_path[path]
        ids, texts = self._index
        if name in ids:
            return ids[name]
        return texts.get(_digest(read_imported_text(text).text)) if text.strip() else None

    @cached_property
    def _index(self) -> tuple[dict[str, ArticleSource], dict[str, ArticleSource | None]]:
        """The sources by id, and by the digest of the text; None for a text that two articles have."""
        ids: dict[str, ArticleSource] = {}
        texts: dict[str, ArticleSource | None] = {}
        for each in sources(self._corpus):
            written, source = read_article(each), each._replace(raw=b"")
            if written.has_text:
                ids.setdefault(written.id, source)
                digest = _digest(written.text)
                texts[digest] = None if digest in texts else source
        return ids, texts


def _digest(text: str) -> str:
    """Return the digest of a text without the blanks around it, which programs leave out."""
    return sha256(text.strip().encode(errors="surrogatepass")).hexdigest()


class _Incoming:
    """The quotations of all files by their articles; `program` is the first program that a file names."""

    def __init__(self, publication: Publication, by: str, left: LeftOutRecords) -> None:
        self.count = 0
        self.program: AnnotatorEntry | None = None
        self._finder = ArticleFinder(publication.corpus)
        self._by = by
        self._annotators = publication.corpus.config.annotators
        self._left = left
        self._characters = 0
        self._marks: dict[tuple[str, int], tuple[ArticleSource, list[LabelledSpan]]] = {}

    def by_article(self) -> list[tuple[ArticleSource, list[LabelledSpan]]]:
        """Return each article with its quotations, in the order of the corpus."""
        return [each for _, each in sorted(self._marks.items(), key=lambda item: item[0])]

    def add(self, item: Mapping | AnnotatedText | Skipped) -> None:
        """Take a document of a file, or a record that could not be read."""
        if isinstance(item, Skipped):
            self.count += item.count if item.kind == "span" else 0
            self._left.skip([item])
        elif isinstance(item, AnnotatedText) and item.marks:
            self.count += len(item.marks)
            self._count(item)
            source = self._finder.find(item.id, item.text)
            if source is None or source.line:
                why = IN_JSON_LINES if source else _NO_ARTICLE
                self._left.add(item.id or "(without a name)", why, item.at, len(item.marks))
                return
            _, marks = self._marks.setdefault((source.article, source.line), (source, []))
            marks += [mark for mark in _in_article(item, source) if self._is_of_version(mark)]

    def _count(self, document: AnnotatedText) -> None:
        for mark in document.marks:
            self._characters += len(mark.text) + sum(len(each) for all in mark.attributes.values() for each in all)
        if self.count > MOST_PROPOSALS or self._characters > MOST_CHARACTERS:
            raise UsageError(
                f"an import may have {MOST_PROPOSALS:,} proposals with {MOST_CHARACTERS // 1_000_000} million "
                "characters, and this has more: split the file"
            )

    def _is_of_version(self, mark: LabelledSpan) -> bool:
        """Tell whether a proposal was made by the version that the annotator has, if the proposal gives one."""
        model, version = (_first(mark, name) for name in (MODEL, VERSION))
        if self.program is None and (model or version):
            self.program = AnnotatorEntry(model or "…", PROGRAM, version or "…")
        entry = self._annotators.get(self._by)
        if not version or not entry or version == entry.version:
            return True
        why = f"it was made by another version of the program: {self._by} is `{entry.version}`, so use another name"
        self._left.add(f"version {version}", why, mark.at)
        return False


def _first(mark: LabelledSpan, field: str) -> str:
    return next((values[0] for name, values in mark.attributes.items() if key(name) == field and values), "")


def _in_article(document: AnnotatedText, source: ArticleSource) -> Iterator[LabelledSpan]:
    """Yield the quotations of a document with their offsets in the article, without them if its text is another."""
    if not document.text:
        yield from document.marks
        return
    given, text = read_imported_text(document.text), read_article(source).text
    is_same = given.text.strip() == text.strip()
    shift = _blanks_before(text) - _blanks_before(given.text)
    for mark in document.marks:
        spans = [span for part in mark.parts if is_same and (span := given.locate(part))]
        yield replace(mark, parts=tuple(Span(start + shift, end + shift) for start, end in spans))


def _blanks_before(text: str) -> int:
    return len(text) - len(text.lstrip())


class ReadingChange(NamedTuple):
    """A reading before and after an import, and how many claims were added, completed and known."""

    file: str
    before: bytes | None
    after: bytes | None
    added: int
    completed: int
    known: int

    def write(self, root: Path) -> ImportedReading:
        """Write the file. Raises `FileError` if it cannot be written, or somebody else changed it meanwhile."""

        def content(now: bytes | None) -> bytes | None:
            if now != self.before:
                raise FileError(f"{self.file}: another program changed this file meanwhile: import again")
            return self.after

        with one_writer(root):
            shared = SharedFile(root, self.file)
            try:
                Path(self.file).parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise file_error(self.file, error, "it could not be written") from error
            shared.change(content)
        return ImportedReading(self.file, self.added, self.completed)


_Key = tuple[tuple[Span, ...], tuple[str, ...]]
"""What makes a proposal the same: the place of its words, and its speakers, or their name if no entity has it."""


class Readings:
    """A program's readings of a corpus, and what an import changes in them."""

    def __init__(self, publication: Publication, by: str) -> None:
        self._publication = publication
        self._by = by
        own = reading_sources(publication.corpus, by) if by in reading_names(publication.corpus) else ()
        self._sources = {each.article: each for each in own}

    def change(self, source: ArticleSource, marks: Sequence[LabelledSpan], reader: ProposalReader) -> ReadingChange:
        """Return the reading of an article with what is new. Raises `CorpusError` if it has a violation."""
        article = read_article(source)
        own = self._sources.get(source.article)
        entry = _metadata(article)
        proposed = reader.claims(article, entry, marks) if marks else []
        file = below(self._publication.corpus.root, f"{READINGS}/{self._by}/{source.article}{CLAIMS}")
        if own is None:
            old = ReadingFile(entry, AnnotationEntry(by=self._by))
            return _changed(file, None, old, proposed, {})
        raw = read_bytes(file, self._publication.corpus.root)
        reading = read_article(own, {own.claims_file: decode_text(raw, file)})
        checked = checked_reading(self._publication, reading)
        refuse_violations(list(checked.findings))
        written = reading.annotations
        assert isinstance(written, ReadingFile), "a reading without a violation"
        known: dict[_Key, str] = {}
        for claim in checked.record.claims if checked.record else ():
            of_reading = written.claims[local_id(claim)]
            spans = tuple(Span(part.start, part.end) for part in claim.parts)
            known[spans, _speakers(of_reading, name_of(of_reading))] = local_id(claim)
        return _changed(file, raw, written, proposed, known)


def name_of(claim: ClaimEntry) -> str:
    """Return how a program names a speaker whom no entity has: as in the note, else the article's words."""
    undecided, _ = to_decide(claim.note)
    if undecided and undecided[0].startswith("speaker"):
        return undecided[0].removeprefix("speaker").strip()
    return as_text(claim.speaker_words)


def _speakers(claim: ClaimEntry, name: str) -> tuple[str, ...]:
    return (UNDECIDED, name) if claim.speaker == UNDECIDED else tuple(as_list(claim.speaker))


def _metadata(article: WrittenArticle) -> ArticleEntry:
    """Return what a reading repeats of the metadata of its article, to be checked as the published claims are."""
    entry = article.annotations.article if article.annotations else ArticleEntry()
    published = entry.published or ("" if article.header else UNKNOWN_DATE)
    return ArticleEntry(
        id=entry.id,
        published=published,
        corrected=entry.corrected,
        language=entry.language,
        version=entry.version,
        sha256=sha256(article.text.encode()).hexdigest(),
        transcript=entry.transcript,
    )


def _changed(
    file: str, raw: bytes | None, old: ReadingFile, proposed: Sequence[QuotedClaim], known: dict[_Key, str]
) -> ReadingChange:
    """Return a reading with the claims that it does not have yet, and with speakers that were undecided."""
    claims: dict[str, ReadingClaimEntry] = dict(old.claims)
    added = completed = 0
    seen = dict(known)
    for each in proposed:
        here: _Key = ((each.at,), _speakers(each.claim, each.given))
        unnamed: _Key = ((each.at,), (UNDECIDED, each.given))
        waiting = seen.get(unnamed, "")
        if here in seen or (waiting and claims[waiting].decision):
            continue
        id = waiting or _new_id(claims, old)
        completed, added = completed + bool(waiting), added + (not waiting)
        seen.pop(unnamed, "")
        claims[id], seen[here] = _of_reading(each.claim), id
    new = replace(old, claims=claims)
    after = file_bytes(_text(file, raw, old, new), raw, file) if claims else raw
    return ReadingChange(file, raw, after, added, completed, len(proposed) - added - completed)


def _of_reading(claim: ClaimEntry) -> ReadingClaimEntry:
    return ReadingClaimEntry(**{field: getattr(claim, field) for field in ClaimEntry.__struct_fields__})


def _new_id(claims: dict[str, ReadingClaimEntry], old: ReadingFile) -> str:
    number = len(claims) + len(old.withdrawn) + 1
    while (id := f"c{number:02}") in claims or id in old.withdrawn:
        number += 1
    return id


def _text(file: str, raw: bytes | None, old: ReadingFile, new: ReadingFile) -> str:
    """Return the text of a reading; what somebody wrote into it by hand stays as it is."""
    text = decode_text(raw or b"", file)
    if new == old:
        return text
    if raw is None or text == claims_yaml(old):
        return claims_yaml(new)
    edits = [
        Edit(("claims", id), msgspec.to_builtins(claim))
        for id, claim in new.claims.items()
        if old.claims.get(id) != claim
    ]
    return edited(text, edits, of=type(new), file=file)
