"""Reads web annotations of W3C, Recogito and Hypothesis: one document for each text and annotator.

They are read twice, first to group them by text, then text by text; a temporary file keeps them in between. The
texts that they point to are files `NAME.txt`, found by the end of an IRI, in the folder of `--texts` or beside the
annotations. A `sources.csv` there may give them instead: two columns without a header, the IRI and the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from msgspec.structs import replace

from kg.corpus.reader import split_header
from kg.errors import CorpusError, FileError
from kg.files.csv_files import numbered_lines, read_rows
from kg.files.temporary import Spool
from kg.files.text_files import decode_text
from kg.importers.core.documents import AnnotatedText, ArticleMetadata, Heartbeat, LabelledSpan, Skipped, SpanLink
from kg.importers.core.mapping import PRESETS, Mapping
from kg.importers.core.source_files import SourceFolder, format_error, read_whole, skipped_findings, source_files
from kg.importers.web_annotation.annotation_files import (
    AnnotationFileReader,
    AnnotationSpool,
    GroupKey,
    SpooledAnnotation,
)
from kg.importers.web_annotation.annotations import (
    AnnotationContent,
    AnnotationHead,
    Object,
    annotator_type,
    changed,
    iri,
    objects,
    read_content,
    read_targets,
    several,
    short,
    text,
    types,
)
from kg.importers.web_annotation.selectors import PlaceFinder, TargetSelection, read_selection
from kg.text.anchors import AnchorError
from kg.text.spans import Span

DESCRIPTION = "W3C web annotations (.json, .jsonld), as of Recogito and Hypothesis; texts by --texts"
SUFFIXES = (".json", ".jsonld", ".jsonl", ".ndjson")
TABLE = "sources.csv"
_PAGES = (".html", ".htm", ".xhtml", ".txt", ".xml", ".php", ".pdf")
_NO_ANNOTATIONS = (
    "a file of web annotations must have an object with a `target`, and this has none: is it another format?"
)
_NO_FILES = f"a folder of web annotations must have {', '.join(SUFFIXES)} files, this one has none: name another"
_NOT_FETCHED = "this page is only named here: nothing is fetched, save it beside"
_LANGUAGE = (
    "a text must name one language, by its tag, as nl or en: this gist or note is read as in the language of the "
    "article or the corpus"
)
_NO_SOURCE = (
    "it does not say which text it is about, and there is not exactly one: give --texts a folder with its text only"
)


class SourceText(NamedTuple):
    """A text, its line ends `\\n`: `name` is its file's without suffix, `header` the length of its date line."""

    name: str
    text: str
    header: int


class LocatableAnnotation(NamedTuple):
    """An annotation with the places that its targets select."""

    spooled: SpooledAnnotation
    annotation: Object
    selections: tuple[TargetSelection, ...]


def preset(_source: Path) -> Mapping:
    """Return the default mapping; it also fits the output of `kg export`."""
    usual = PRESETS["attribution"]
    fields = {**usual.fields, "id": "id", "describing": "gist", "inferred": "inferred", "tag": "ignore"}
    return replace(usual, fields=fields)


def read(source: Path, mapping: Mapping, texts: Path | None) -> Iterator[AnnotatedText | Skipped | Heartbeat]:
    """Yield a document for each text and annotator, and each annotation that cannot become a span of one.

    Raises `CorpusError` if the source has no annotations, `FileError` if something cannot be read.
    """
    files = TextFiles(texts or (source if source.is_dir() else source.parent))
    with Spool() as file:
        spool = AnnotationSpool(file)
        yield from _group(source, spool)
        links: dict[GroupKey, list[SpanLink]] = {}
        yield from _read_links(spool, links)
        documents = _GroupReader(spool, mapping, files)
        for key in spool.groups:
            yield from documents.read(key, links.get(key, []))


def _group(source: Path, spool: AnnotationSpool) -> Iterator[Skipped | Heartbeat]:
    """Put all annotations into the spool, and yield the values that are not annotations."""
    reader = AnnotationFileReader()
    errors: list[CorpusError] = []
    for file in source_files(source, *SUFFIXES):
        if isinstance(file, Skipped):
            yield file
            continue
        before = spool.count + len(reader.named)
        skipped: list[Skipped] = []
        try:
            for record in reader.annotations(file.pieces(), file.path):
                skipped.extend(spool.add(record))
                yield from spool.heartbeat()
            if spool.count + len(reader.named) == before:
                raise format_error(_NO_ANNOTATIONS, "not-web-annotations", file.path, 1, 1)
        except CorpusError as error:
            if file.is_alone:
                raise
            errors.append(error)
            yield from skipped_findings(error, file.path)
        yield from skipped
    if not spool.count and not reader.named:
        raise errors[0] if errors else format_error(_NO_FILES, "no-files", str(source))
    missing = [(page, place) for page, place in reader.named.items() if page not in reader.read]
    yield from (Skipped("article", page, _NOT_FETCHED, place) for page, place in missing)


def _read_links(spool: AnnotationSpool, links: dict[GroupKey, list[SpanLink]]) -> Iterator[Skipped]:
    """Add the relations between annotations, as Recogito and Annotorious draw them, to the groups of their marks.

    Yields all others that mark no words.
    """
    keys = spool.keys
    drawn: dict[str, SpanLink] = {}
    others: list[tuple[AnnotationHead, SpooledAnnotation, str]] = []
    for head, spooled in spool.others:
        annotation = spool.read(spooled)
        ends = _link_ends(head, annotation)
        label = next(filter(None, (text(body.get("value")) for body in objects(annotation.get("body")))), "")
        if len(ends) == 2 and all(end in keys for end in ends):
            drawn[head.id or str(spooled.place)] = SpanLink(label or "linking", ends[0], ends[1], spooled.place)
        else:
            others.append((head, spooled, label))
    for head, spooled, label in others:
        if label and len(head.whole) == 1 and head.whole[0] in drawn:
            # Annotorious tags a relation with a separate annotation.
            drawn[head.whole[0]] = replace(drawn[head.whole[0]], label=label)
            continue
        about = any(each in keys or each in drawn for each in head.whole)
        yield Skipped("span", head.id, "it is about another annotation" if about else head.why, spooled.place)
    for link in drawn.values():
        if keys[link.target] == keys[link.source]:
            links.setdefault(keys[link.source], []).append(link)
        else:
            yield _unlinked(link, "it links annotations of two texts or two annotators")


def _link_ends(head: AnnotationHead, annotation: Object) -> list[str]:
    """Return the two ends of a relation: two targets in Recogito, a target and a body in Annotorious."""
    bodies = [each for each in several(annotation.get("body")) if isinstance(each, str)]
    return [*head.whole, *bodies] if len(head.whole) == 1 and len(bodies) == 1 else list(head.whole)


def _unlinked(link: SpanLink, why: str = "one of its two annotations was left out") -> Skipped:
    return Skipped("link", f"{link.source} → {link.target}", why, link.at)


class TextFiles:
    """The texts in a folder and its folders. Raises `FileError` if it cannot be read."""

    def __init__(self, folder: Path) -> None:
        self._folder = SourceFolder(folder)
        self._files = {_without_suffix(name): name for name in self._folder.names(".txt")}
        self._stems: dict[str, list[str]] = {}
        for name in self._files:
            self._stems.setdefault(name.rpartition("/")[2].casefold(), []).append(name)
        self._table = self._read_table()

    def name(self, source: str) -> str:
        """Return the name of an IRI's text, `""` if there is none; without an IRI, the name of the only text."""
        if not source:
            return next(iter(self._files)) if len(self._files) == 1 else ""
        if source in self._table:
            return self._table[source] if self._table[source] in self._files else ""
        parts = _path_parts(source)
        for suffix in ("", *_PAGES):
            if parts and parts[-1].casefold().endswith(suffix):
                ends = [*parts[:-1], parts[-1][: len(parts[-1]) - len(suffix)]]
                for start in range(len(ends)):
                    if (name := "/".join(ends[start:])) in self._files:
                        return name
                if len(found := self._stems.get(ends[-1].casefold(), [])) == 1:
                    return found[0]
        return ""

    def read(self, name: str) -> SourceText:
        """Return the text of this name. Raises `CorpusError` if it is not text, `FileError` if unreadable."""
        whole = self._decoded(self._files[name]).replace("\r\n", "\n").replace("\r", "\n")
        _, article = split_header(whole)
        return SourceText(name, whole, len(whole) - len(article))

    def _read_table(self) -> dict[str, str]:
        """Return the text of each IRI in the table."""
        if not self._folder.has(TABLE):
            return {}
        rows = read_rows(numbered_lines(self._decoded(TABLE)), self._folder.file(TABLE), ",")
        return {row[0].text.strip(): _without_suffix(row[1].text.strip()) for row in rows if {0, 1} <= row.keys()}

    def _decoded(self, name: str) -> str:
        return decode_text(read_whole(self._folder, name), self._folder.file(name))


def _without_suffix(name: str) -> str:
    return Path(name).with_suffix("").as_posix()


def _path_parts(source: str) -> list[str]:
    try:
        return [each for each in unquote(urlsplit(source).path).split("/") if each]
    except ValueError:  # as of `http://[`
        return []


class _GroupReader:
    """Makes documents of the annotations of one text by one annotator."""

    def __init__(self, spool: AnnotationSpool, mapping: Mapping, files: TextFiles) -> None:
        self._spool = spool
        self._mapping = mapping
        self._files = files

    def read(self, key: GroupKey, links: list[SpanLink]) -> Iterator[AnnotatedText | Skipped]:
        """Yield the document of a group, and each annotation that cannot become a span."""
        source, by = key
        group = self._spool.groups[key]
        article = self._text(source)
        if isinstance(article, str):
            yield from (self._skipped(self._spool.read(each), article, each) for each in group)
            yield from map(_unlinked, links)
            return
        read = [self._locatable(spooled) for spooled in group]
        locatable = [each for each in read if isinstance(each, LocatableAnnotation)]
        made = list(self._marks(locatable, article))
        marks = [each for each in made if not isinstance(each, Skipped)]
        ids = {mark.id for mark, _ in marks}
        drawn = [link if {link.source, link.target} <= ids else _unlinked(link) for link in links]
        related = [*drawn, *_tag_links(marks)]
        yield from (each for each in (*read, *made, *related) if isinstance(each, Skipped))
        annotations = [each.annotation for each in locatable]
        yield AnnotatedText(
            article.name,
            article.text,
            group[0].place,
            tuple(mark for mark, _ in marks),
            tuple(each for each in related if isinstance(each, SpanLink)),
            _metadata(source, annotations),
            by=by,
            by_type=next(map(annotator_type, annotations), "Person"),
            on=max(map(changed, annotations), default=""),
        )

    def _text(self, source: str) -> SourceText | str:
        """Return the text of a source, or why it cannot be read."""
        try:
            if name := self._files.name(source):
                return self._files.read(name)
        except (CorpusError, FileError) as error:
            return f"its text cannot be read: {error}"
        if not source:
            return _NO_SOURCE
        parts = _path_parts(source)
        wanted = f"{Path(parts[-1]).stem}.txt" if parts else "NAME.txt"
        return f"there is no text of {short(source)}: give --texts a folder that has it, as {wanted}"

    def _locatable(self, spooled: SpooledAnnotation) -> LocatableAnnotation | Skipped:
        annotation = self._spool.read(spooled)
        selections = []
        for target in read_targets(annotation)[0]:
            if not target.selectors:
                continue
            selection = read_selection(target)
            if isinstance(selection, str):
                return self._skipped(annotation, selection, spooled)
            selections.append(selection)
        return LocatableAnnotation(spooled, annotation, tuple(selections))

    def _marks(
        self, locatable: list[LocatableAnnotation], article: SourceText
    ) -> Iterator[tuple[LabelledSpan, AnnotationContent] | Skipped]:
        """Yield each annotation as a labelled span, or why it cannot become one."""
        places = PlaceFinder(article.text, article.header, (s for each in locatable for s in each.selections))
        for each in locatable:
            try:
                found = [places.find(selection) for selection in each.selections]
            except AnchorError as error:
                yield self._skipped(each.annotation, error.message, each.spooled)
            else:
                mark, content = self._mark(each, found)
                yield mark, content
                yield from (
                    Skipped("attribute", f"language: {named}", _LANGUAGE, mark.at) for named in content.faults
                )

    def _skipped(self, annotation: Object, why: str, spooled: SpooledAnnotation) -> Skipped:
        label = read_content(annotation, self._mapping).label
        return Skipped("span", iri(annotation), why, spooled.place, label=label)

    def _mark(self, located: LocatableAnnotation, found: list[Span]) -> tuple[LabelledSpan, AnnotationContent]:
        content = read_content(located.annotation, self._mapping)
        words = [selection.exact for selection in located.selections]
        # The parts in the order of the text, and their words with them.
        order = sorted(range(len(found)), key=found.__getitem__)
        whole = tuple(each.source for each in read_targets(located.annotation)[0] if not each.selectors)
        place = located.spooled.place
        mark = LabelledSpan(
            iri(located.annotation) or str(place),
            content.label,
            tuple(found[n] for n in order),
            place,
            " ".join(words[n] for n in order) if all(words) else "",
            {**content.attributes, **({"target": whole} if whole else {})},
            content.names,
            content.notes.get("", ""),
            notes={language: note for language, note in content.notes.items() if language},
        )
        return mark, content


def _tag_links(marks: list[tuple[LabelledSpan, AnnotationContent]]) -> Iterator[SpanLink | Skipped]:
    """Yield the relations in tags, by the ids of claims."""
    ids = {id: mark.id for mark, content in marks for id in content.attributes.get("id", (mark.id,))}
    for mark, content in marks:
        for label, id in content.relations:
            if id in ids:
                yield SpanLink(label, mark.id, ids[id], mark.at)
            else:
                why = "no annotation of this text by this annotator has this id of a claim"
                yield Skipped("link", f"{mark.id} → {id}", why, mark.at)


def _metadata(source: str, annotations: list[Object]) -> ArticleMetadata:
    """Return the article's metadata in annotations: its address and, in Hypothesis, its title."""
    pages = [target.page for each in annotations for target in read_targets(each)[0] if target.page]
    # In kg's own export, the source is an IRI of kg, not a page.
    exported = any("Claim" in types(body) for each in annotations for body in objects(each.get("body")))
    url = next(iter(pages), "" if exported else source)
    titles = (text(document.get("title")) for each in annotations for document in objects(each.get("document")))
    return ArticleMetadata(
        headline=" ".join(next(filter(None, titles), "").split()),
        url=url if url.startswith(("http://", "https://")) else "",
    )
