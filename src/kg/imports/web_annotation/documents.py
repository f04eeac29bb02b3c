"""The annotations of one text by one annotator → a document, with the relations that are drawn between them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from msgspec.structs import replace

from kg.anchors import NotFound
from kg.errors import CorpusError, FileError, Place
from kg.imports.documents import Document, Link, Mark, Printed, Skipped
from kg.imports.mapping import Mapping
from kg.imports.web_annotation.annotations import Head, moment, targets
from kg.imports.web_annotation.bodies import Known, known, read_bodies
from kg.imports.web_annotation.loose import Object, iri, objects, several, shortened, text, types
from kg.imports.web_annotation.places import Chosen, Places, choose
from kg.imports.web_annotation.sorting import Kept, Key, Sorted
from kg.imports.web_annotation.text_files import TextFiles, wanted
from kg.stretches import Stretch


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


def documents(found: Sorted, mapping: Mapping, files: TextFiles) -> Iterator[Document | Skipped]:
    """Yield each document, and each annotation that can be none of its marks."""
    reading = Reading(found, known(mapping), files)
    links: dict[Key, list[Link]] = {}
    yield from _read_links(reading, links)
    for key, kept in found.groups.items():
        yield from _document(key, kept, links.get(key, []), reading)


def _document(key: Key, group: list[Kept], links: list[Link], reading: Reading) -> Iterator[Document | Skipped]:
    source, by = key
    try:
        name = reading.files.name(source)
        article = reading.files.article(name) if name else None
        why = _no_text(source)
    except (CorpusError, FileError) as error:
        article, why = None, f"its text cannot be read: {error}"
    if article is None:
        yield from (Skipped("span", _named(reading.found.read(kept)), why, kept.place) for kept in group)
        yield from (_unlinked(link) for link in links)
        return
    readable: list[Readable] = []
    for kept in group:
        each = _readable(kept, reading)
        if isinstance(each, Skipped):
            yield each
        else:
            readable.append(each)
    places = Places(article, (chosen for each in readable for chosen in each.chosen))
    marks: list[Mark] = []
    for one in readable:
        mark = _mark(one, places, reading.known)
        if isinstance(mark, Skipped):
            yield mark
        else:
            marks.append(mark)
    ids = {mark.id for mark in marks}
    whole = [link for link in links if link.source in ids and link.target in ids]
    yield from (_unlinked(link) for link in links if link not in whole)
    annotations = [each.annotation for each in readable]
    yield Document(
        article.name,
        article.text,
        group[0].place,
        tuple(marks),
        tuple(whole),
        _article(source, annotations),
        by=by,
        on=max(map(moment, annotations), default=""),
    )


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
            return Skipped("span", _named(annotation), found, kept.place)
        chosen.append(found)
    return Readable(kept, annotation, tuple(chosen))


def _mark(one: Readable, places: Places, meanings: Known) -> Mark | Skipped:
    found: list[Stretch] = []
    for chosen in one.chosen:
        try:
            found.append(places.find(chosen))
        except NotFound as error:
            return Skipped("span", _named(one.annotation), error.message, one.kept.place)
    said = read_bodies(one.annotation, meanings)
    told = [chosen.exact for chosen in one.chosen]
    # The parts in the order of the text, and their words with them.
    order = sorted(range(len(found)), key=found.__getitem__)
    whole = tuple(each.source for each in targets(one.annotation)[0] if not each.selectors)
    return Mark(
        _named(one.annotation) or _at(one.kept.place),
        said.label,
        tuple(found[n] for n in order),
        one.kept.place,
        " ".join(told[n] for n in order) if all(told) else "",
        {**said.attributes, **({"target": whole} if whole else {})},
        said.names,
        said.note,
    )


def _named(annotation: Object) -> str:
    return iri(annotation)


def _at(place: Place) -> str:
    return f"{place.line}:{place.column}"


def _article(source: str, annotations: list[Object]) -> Printed:
    """Return what the annotations say of their article: where it stands, and, from Hypothesis, its title."""
    pages = [target.page for each in annotations for target in targets(each)[0] if target.page]
    # The IRI that a claim of ours is about is one of ours, and no page.
    ours = any("Claim" in types(body) for each in annotations for body in objects(each.get("body")))
    url = next(iter(pages), "" if ours else source)
    titles = (text(document.get("title")) for each in annotations for document in objects(each.get("document")))
    return Printed(
        headline=" ".join(next(filter(None, titles), "").split()),
        url=url if url.startswith(("http://", "https://")) else "",
    )


def _read_links(reading: Reading, links: dict[Key, list[Link]]) -> Iterator[Skipped]:
    """Sort the relations between annotations to their marks; yield all others that mark no words."""
    keys = reading.found.keys
    between: dict[str, Link] = {}
    others: list[tuple[Head, Kept, str]] = []
    for head, kept in reading.found.loose:
        annotation = reading.found.read(kept)
        ends, label = _ends(head, annotation), _label(annotation)
        if len(ends) == 2 and all(end in keys for end in ends):
            between[head.id or _at(kept.place)] = Link(label or "linking", ends[0], ends[1], kept.place)
        else:
            others.append((head, kept, label))
    for head, kept, label in others:
        if label and len(head.whole) == 1 and head.whole[0] in between:
            # Annotorious tags a relation with an annotation of its own.
            between[head.whole[0]] = replace(between[head.whole[0]], label=label)
            continue
        about = any(each in keys or each in between for each in head.whole)
        yield Skipped("span", head.id, "it is about another annotation" if about else head.why, kept.place)
    for link in between.values():
        if keys[link.target] == keys[link.source]:
            links.setdefault(keys[link.source], []).append(link)
        else:
            why = "it links annotations of two texts or two annotators"
            yield Skipped("link", f"{link.source} → {link.target}", why, link.at)


def _ends(head: Head, annotation: Object) -> list[str]:
    """Return what a relation links: two targets as in Recogito-JS, or a target and a body as in Annotorious."""
    bodies = [each for each in several(annotation.get("body")) if isinstance(each, str)]
    return [*head.whole, *bodies] if len(head.whole) == 1 and len(bodies) == 1 else list(head.whole)


def _label(annotation: Object) -> str:
    """Return what a relation is called: the text of its first body that has one."""
    return next(filter(None, (text(body.get("value")) for body in objects(annotation.get("body")))), "")


def _unlinked(link: Link) -> Skipped:
    return Skipped("link", f"{link.source} → {link.target}", "one of its two annotations was left out", link.at)
