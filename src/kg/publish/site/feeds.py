"""Atom feeds (RFC 4287): what changed in the data set, and the newest claims of what somebody follows.

There is a file for each speaker, topic and outlet, on any host; a server also answers for a selection of several.
Claims are in the order of their annotation. One that was withdrawn leaves these feeds, as nothing says whose it
was; the feed of all that changed says that it was withdrawn.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from heapq import nlargest
from itertools import chain, islice
from operator import itemgetter
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from kg.dates.edtf import is_day
from kg.publish.site.claims import ClaimLine, WithdrawnView, claim_line, withdrawn
from kg.publish.site.corrections import CorrectedArticle, corrected_article
from kg.publish.site.dataset import ENTITY, DatasetView
from kg.publish.site.machine_files import SiteFile
from kg.publish.site.rendering import SiteLayout, claim_title, external, speaker_names
from kg.publish.site.store_reader import LocalisedReader, ResourceReader, annotated_on, annotation_of
from kg.rdf.terms import Iri
from kg.rdf.vocab import ACTS, FORMS, KG, SCHEMA

FOLLOWED = ("speaker", "about", "outlet")
"""What has a feed as a file, by the facets of the page Explore."""
SELECTED = (*FOLLOWED, "to", "act", "form")
"""What a selection may consist of."""
MOST = 20_000
"""How many claims each part of a selection may have: each is read to find the newest."""
_CHANGES = 50
"""How many entries the feed of all that changed has."""
_ENTRIES = 20
"""How many entries the other feeds have."""
_PREDICATES = {
    "speaker": SCHEMA.author,
    "about": SCHEMA.about,
    "to": KG.addressee,
    "act": KG.act,
    "form": KG.form,
}
_TERMS = {"act": ACTS.base, "form": FORMS.base}
Choices = Mapping[str, Sequence[str]]
"""The values that are chosen of each facet, as the addresses of the page Explore have them."""


class FeedHead(NamedTuple):
    """The name of a feed's file below the base, its title, the path of its page, and its newest day or time."""

    name: str
    title: str
    page: str
    updated: str


def changes_feed(reader: LocalisedReader, dataset: DatasetView, layout: SiteLayout) -> SiteFile:
    """Return the feed of the claims that were annotated, withdrawn or changed by a release last.

    Articles whose text their paper corrected are in it, too. An entry of a withdrawn claim has the id of the claim:
    it replaces what a reader had of it.
    """
    base, title = dataset.quads.base, dataset.title(reader.language)
    corrected = {
        article: found
        for day, article in dataset.corrected
        if is_day(day) and (found := corrected_article(reader, article)).has_versions
    }
    changes = _latest_changes(dataset, corrected)
    entries = []
    for day, claim in changes:
        address = base + layout.file(dataset.quads.path(claim), reader.language)
        if line := claim_line(reader, claim):
            entries.append("".join(_entry(line, day, claim, address)))
        elif article := corrected.get(claim):
            entries.append("".join(_corrected_entry(reader, article, (day, claim, address), title.value)))
        elif gone := withdrawn(reader, claim):
            entries.append("".join(_withdrawn_entry(reader, gone, (day, claim, address), title.value)))
    updated = max(map(_timestamp, [dataset.description.modified, *(day for day, _ in changes)]))
    name = reader.say("feed-title", title="{title}").replace("{title}", title.value)
    head = FeedHead("feed.atom", name, "", updated)
    return SiteFile(head.name, _document(reader, dataset, head, entries))


def _latest_changes(dataset: DatasetView, corrected: Container[Iri]) -> list[tuple[str, Iri]]:
    """Return the claims and corrected articles that changed last, each after its newest day; the newest first."""
    days = [(day, article) for day, article in dataset.corrected if article in corrected]
    latest: dict[Iri, str] = {}
    for day, each in (*dataset.summary.new, *dataset.withdrawn, *dataset.modified, *days):
        latest[each] = max(day, latest.get(each, ""))
    changes = sorted(((day, each) for each, day in latest.items()), key=itemgetter(1))
    changes.sort(key=itemgetter(0), reverse=True)
    return changes[:_CHANGES]


def feed_names(quads: ResourceReader, path: str) -> Iterator[tuple[str, str]]:
    """Yield the facet and the file name of each feed of an entity: those for which it has claims."""
    if not path.startswith(ENTITY):
        return
    for facet in FOLLOWED:
        if any(_claims_with(quads, facet, path)):
            yield facet, f"feed/{facet}/{path.removeprefix(ENTITY)}.atom"


def entity_feeds(
    reader: LocalisedReader, dataset: DatasetView, layout: SiteLayout, path: str
) -> Iterator[SiteFile]:
    """Yield the feeds of an entity."""
    quads = reader.quads
    for facet, name in feed_names(quads, path):
        pairs = chain.from_iterable(quads.annotated(*pair) for pair in _terms_of(quads, facet, path))
        days = {claim: day for day, claim in pairs if _is_claim(quads, claim)}
        what = reader.say(f"feed-{facet}", name="{name}").replace("{name}", reader.link(quads.iri(path)).name)
        page = layout.file(path, reader.language)
        yield SiteFile(name, _feed_of(reader, dataset, layout, days, (name, what, page)))


def selection_feed(
    reader: LocalisedReader, dataset: DatasetView, layout: SiteLayout, choices: Choices, query: str
) -> bytes:
    """Return the feed of a selection; `query` is that of its address. Raises `ValueError` if it is too large."""
    found: set[Iri] | None = None
    for facet, values in choices.items():
        claims = chain.from_iterable(_claims_with(reader.quads, facet, value) for value in values)
        some = set(islice(claims, MOST + 1))
        if len(some) > MOST:
            raise ValueError(facet)
        found = some if found is None else found & some
    names = (_name(reader, facet, value) for facet, values in choices.items() for value in values)
    page = f"{layout.file('explore', reader.language)}#{query}"
    days = {claim: annotated_on(reader.quads.properties(annotation_of(claim))) for claim in found or ()}
    return _feed_of(reader, dataset, layout, days, (f"feed.atom?{query}", ", ".join(names), page))


def _claims_with(quads: ResourceReader, facet: str, value: str) -> Iterator[Iri]:
    """Yield the claims that have a value."""
    found = chain.from_iterable(quads.subjects(*pair) for pair in _terms_of(quads, facet, value))
    return (each for each in found if _is_claim(quads, each))


def _terms_of(quads: ResourceReader, facet: str, value: str) -> Iterator[tuple[Iri, Iri]]:
    """Yield a property and a term of the claims that have a value: for an outlet, those of its articles."""
    if facet == "outlet":
        for article in quads.subjects(SCHEMA.publisher, quads.iri(value)):
            yield SCHEMA.appearance, article
    else:
        yield _PREDICATES[facet], Iri(f"<{_TERMS[facet]}{value}>") if facet in _TERMS else quads.iri(value)


def _is_claim(quads: ResourceReader, iri: Iri) -> bool:
    """Return whether a resource is a claim: articles and others have speakers and topics too."""
    return "#" not in iri and quads.path(iri).startswith("claim/")


def _name(reader: LocalisedReader, facet: str, value: str) -> str:
    if facet in _TERMS:
        return reader.label(f"<{_TERMS[facet]}{value}>")
    return reader.link(reader.quads.iri(value)).name


def _feed_of(
    reader: LocalisedReader,
    dataset: DatasetView,
    layout: SiteLayout,
    annotated: Mapping[Iri, str],
    about: tuple[str, str, str],
) -> bytes:
    """Return the feed of the newest of claims with days; `about` are its name, what it has, and its page."""
    name, what, page = about
    newest = nlargest(_ENTRIES, sorted(annotated), key=annotated.__getitem__)
    entries, days = [], [""]
    for claim in newest:
        if line := claim_line(reader, claim):
            days.append(annotated[claim])
            address = reader.quads.base + layout.file(line.path, reader.language)
            entries.append("".join(_entry(line, days[-1], claim, address)))
    title = f"{what} · {dataset.title(reader.language).value}"
    return _document(reader, dataset, FeedHead(name, title, page, max(map(_timestamp, days))), entries)


def _document(reader: LocalisedReader, dataset: DatasetView, head: FeedHead, entries: Iterable[str]) -> bytes:
    base = dataset.quads.base
    licence = external(dataset.identity.licence)
    of_licence = f'<link rel="license" href={quoteattr(licence)}/>\n' if licence else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang={quoteattr(reader.language)}>\n'
        f"<id>{escape(base + head.name)}</id>\n<title>{escape(head.title)}</title>\n"
        f"<updated>{head.updated}</updated>\n"
        f'<link rel="self" href={quoteattr(base + head.name)}/>\n<link href={quoteattr(base + head.page)}/>\n'
        f"{of_licence}{''.join(entries)}</feed>\n"
    ).encode()


def _entry(line: ClaimLine, day: str, claim: Iri, address: str) -> Iterator[str]:
    said = line.text or line.words
    yield f"<entry>\n<id>{escape(claim[1:-1])}</id>\n"
    yield f"<title>{escape(claim_title(line, 100))}</title>\n"
    yield f"<updated>{_timestamp(day)}</updated>\n<link href={quoteattr(address)}/>\n"
    yield f"<author><name>{escape(speaker_names(line))}</name></author>\n"
    if said:
        language = f" xml:lang={quoteattr(said.language)}" if said.language else ""
        yield f"<summary{language}>{escape(said.value)}</summary>\n"
    yield "</entry>\n"


def _withdrawn_entry(
    reader: LocalisedReader, gone: WithdrawnView, change: tuple[str, Iri, str], author: str
) -> Iterator[str]:
    day, claim, address = change
    article = f", {gone.article.name}" if gone.article else ""
    summary = [reader.say("withdrawn-on", day=gone.on), *([gone.why.value] if gone.why else [])]
    yield f"<entry>\n<id>{escape(claim[1:-1])}</id>\n"
    yield f"<title>{escape(reader.say('withdrawn-title') + article)}</title>\n"
    yield f"<updated>{_timestamp(day)}</updated>\n<link href={quoteattr(address)}/>\n"
    yield f"<author><name>{escape(author)}</name></author>\n"
    yield f"<summary>{escape(' '.join(summary))}</summary>\n</entry>\n"


def _corrected_entry(
    reader: LocalisedReader, article: CorrectedArticle, change: tuple[str, Iri, str], author: str
) -> Iterator[str]:
    day, iri, address = change
    summary = reader.say("changes-claims", reworded=str(article.reworded), kept=str(article.kept))
    yield f"<entry>\n<id>{escape(iri[1:-1])}</id>\n"
    title = f"{reader.say('feed-corrected')}: {article.link.name}"
    yield f"<title>{escape(title)}</title>\n"
    yield f"<updated>{_timestamp(day)}</updated>\n<link href={quoteattr(f'{address}#corrections')}/>\n"
    yield f"<author><name>{escape(author)}</name></author>\n"
    yield f"<summary>{escape(summary)}</summary>\n</entry>\n"


def _timestamp(day: str) -> str:
    """Return a day or time in RFC 3339 format; the first possible day if there is none."""
    return day if "T" in day else f"{day or '0001-01-01'}T00:00:00Z"
