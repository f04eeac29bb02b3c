"""The annotations of one text by one annotator → a document, or why there is none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kg.errors import CorpusError, FileError
from kg.importers.core.documents import AnnotatedText, ArticleMetadata, LabelledSpan, Skipped, SpanLink
from kg.importers.core.mapping import Mapping
from kg.importers.web_annotation.annotations import moment, targets
from kg.importers.web_annotation.bodies import Known, Said, known, read_bodies
from kg.importers.web_annotation.links import read_links, tagged, unlinked
from kg.importers.web_annotation.loose import Object, iri, objects, shortened, text, types
from kg.importers.web_annotation.places import Chosen, Places, choose
from kg.importers.web_annotation.sorting import Kept, Key, Sorted
from kg.importers.web_annotation.text_files import Article, TextFiles, wanted
from kg.text.anchors import AnchorError
from kg.text.spans import Span


class Reading(NamedTuple):
    """What the annotations of a source are read with."""

    found: Sorted
    known: Known
    files: TextFiles


class Readable(NamedTuple):
    """An annotation with the places that its targets name."""

    kept: Kept
    annotation: Object
    chosen: tuple[Chosen, ...]


def documents(found: Sorted, mapping: Mapping, files: TextFiles) -> Iterator[AnnotatedText | Skipped]:
    """Yield each document, and each annotation that can be none of its marks."""
    reading = Reading(found, known(mapping), files)
    links: dict[Key, list[SpanLink]] = {}
    yield from read_links(found, links)
    for key, kept in found.groups.items():
        yield from _document(key, kept, links.get(key, []), reading)


def _document(
    key: Key, group: list[Kept], links: list[SpanLink], reading: Reading
) -> Iterator[AnnotatedText | Skipped]:
    source, by = key
    article = _text(source, reading.files)
    if isinstance(article, str):
        yield from (Skipped("span", iri(reading.found.read(kept)), article, kept.place) for kept in group)
        yield from map(unlinked, links)
        return
    reached = [_readable(kept, reading) for kept in group]
    readable = [each for each in reached if isinstance(each, Readable)]
    made = list(_marks(readable, article, reading.known))
    marks = [each for each in made if not isinstance(each, Skipped)]
    ids = {mark.id for mark, _ in marks}
    drawn = [link if {link.source, link.target} <= ids else unlinked(link) for link in links]
    related = [*drawn, *tagged(marks)]
    yield from (each for each in (*reached, *made, *related) if isinstance(each, Skipped))
    annotations = [each.annotation for each in readable]
    yield AnnotatedText(
        article.name,
        article.text,
        group[0].place,
        tuple(mark for mark, _ in marks),
        tuple(each for each in related if isinstance(each, SpanLink)),
        _article(source, annotations),
        by=by,
        on=max(map(moment, annotations), default=""),
    )


def _text(source: str, files: TextFiles) -> Article | str:
    """Return the text of a source, or why there is none."""
    try:
        if name := files.name(source):
            return files.article(name)
    except (CorpusError, FileError) as error:
        return f"its text cannot be read: {error}"
    return _no_text(source)


def _no_text(source: str) -> str:
    if source:
        return f"there is no text of {shortened(source)}: give --texts a folder that has it, as {wanted(source)}"
    return (
        "it does not say of what text it is, and there is not exactly one: give --texts a folder with its text only"
    )


def _readable(kept: Kept, reading: Reading) -> Readable | Skipped:
    annotation = reading.found.read(kept)
    chosen = []
    for target in targets(annotation)[0]:
        if not target.selectors:
            continue
        found = choose(target)
        if isinstance(found, str):
            return Skipped("span", iri(annotation), found, kept.place)
        chosen.append(found)
    return Readable(kept, annotation, tuple(chosen))


def _marks(
    readable: list[Readable], article: Article, meanings: Known
) -> Iterator[tuple[LabelledSpan, Said] | Skipped]:
    """Yield each annotation as a mark, or why it is none."""
    places = Places(article, (chosen for each in readable for chosen in each.chosen))
    for one in readable:
        try:
            found = [places.find(chosen) for chosen in one.chosen]
        except AnchorError as error:
            yield Skipped("span", iri(one.annotation), error.message, one.kept.place)
        else:
            yield _mark(one, found, meanings)


def _mark(one: Readable, found: list[Span], meanings: Known) -> tuple[LabelledSpan, Said]:
    said = read_bodies(one.annotation, meanings)
    told = [chosen.exact for chosen in one.chosen]
    # The parts in the order of the text, and their words with them.
    order = sorted(range(len(found)), key=found.__getitem__)
    whole = tuple(each.source for each in targets(one.annotation)[0] if not each.selectors)
    place = one.kept.place
    mark = LabelledSpan(
        iri(one.annotation) or str(place),
        said.label,
        tuple(found[n] for n in order),
        place,
        " ".join(told[n] for n in order) if all(told) else "",
        {**said.attributes, **({"target": whole} if whole else {})},
        said.names,
        said.note,
    )
    return mark, said


def _article(source: str, annotations: list[Object]) -> ArticleMetadata:
    """Return what the annotations say of their article: where it stands, and, from Hypothesis, its title."""
    pages = [target.page for each in annotations for target in targets(each)[0] if target.page]
    # The IRI that a claim of ours is about is one of ours, and no page.
    ours = any("Claim" in types(body) for each in annotations for body in objects(each.get("body")))
    url = next(iter(pages), "" if ours else source)
    titles = (text(document.get("title")) for each in annotations for document in objects(each.get("document")))
    return ArticleMetadata(
        headline=" ".join(next(filter(None, titles), "").split()),
        url=url if url.startswith(("http://", "https://")) else "",
    )
