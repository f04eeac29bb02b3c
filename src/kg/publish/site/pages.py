"""The pages of a store by their paths, in HTML and as data. Reading changes nothing: threads may share them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, lru_cache, partial
from itertools import chain, islice
from types import SimpleNamespace

from markupsafe import Markup

from kg.formats import format_named, write
from kg.publish.site.article_fragments import ArticleFragments
from kg.publish.site.articles import article_view
from kg.publish.site.charts import arc_diagram, exchanges_around, timeline
from kg.publish.site.citations import archived_copies, cite_claim, publishers, words_link
from kg.publish.site.claims import claim_view, withdrawn
from kg.publish.site.dataset import DatasetView
from kg.publish.site.downloads import GraphTexts
from kg.publish.site.entities import EntityView, entity_view
from kg.publish.site.feeds import Choices, changes_feed, entity_feeds, feed_names, selection_feed
from kg.publish.site.localisation import LANGUAGES, lexical
from kg.publish.site.machine_files import SiteFile, machine_files
from kg.publish.site.node_store import unit_of
from kg.publish.site.overviews import LISTINGS, overview, overview_paths
from kg.publish.site.rendering import (
    FORMATS,
    PageContent,
    SiteContext,
    SiteLayout,
    below,
    claim_title,
    embedded_jsonld,
    render_page,
    shortened,
    speaker_names,
)
from kg.publish.site.store_reader import KINDS, LocalisedReader, ResourceReader
from kg.rdf.terms import Graph, Iri, Node
from kg.rdf.vocab import KG, PREFIXES, RDF, SCHEMA

SMALL = SiteLayout(())
"""The layout with all languages in which claims have pages."""
OTHER_FILES = 2_000
"""An upper bound for the files that belong to no single resource, such as the search index: some hundred."""


class Pages:
    """The pages of a store. A path is an IRI without the base: `claim/a/c01`; `""` is the front page.

    Without languages in the layout, there are all, the data set's own first. `endpoint` is the path that answers
    queries; `""` if the browser does. The data of articles are taken from `texts`, if they are there.
    """

    def __init__(
        self,
        reader: ResourceReader,
        layout: SiteLayout = SMALL,
        *,
        endpoint: str = "",
        texts: GraphTexts | None = None,
    ) -> None:
        self.quads = reader
        self.dataset = DatasetView(self.quads, endpoint)
        own = lexical(self.quads.properties(self.quads.iri("dataset")).get(SCHEMA.inLanguage, ()))
        known = layout.languages or tuple(sorted(LANGUAGES, key=lambda each: each != own.partition("-")[0]))
        self.layout = layout._replace(languages=known)
        self._texts = texts
        # A resource is written in one format after the other.
        self._nodes = lru_cache(maxsize=2)(partial(_nodes, self.quads))
        self._writers = {name: format_named(name).writer(PREFIXES, self.quads.base) for name in FORMATS}
        self._fragments = lru_cache(maxsize=32)(partial(_fragments, self.layout, self.quads.base))
        # A page is rendered in one language after the other.
        self._embedded = lru_cache(maxsize=2)(partial(_embedded, self.quads))
        self.readers = {language: LocalisedReader(self.quads, language) for language in known}

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the pages, the data set's own first."""
        return self.layout.languages

    def html(self, path: str, language: str) -> bytes | None:
        """Return the HTML of a path; None if there is no such page."""
        page = make_page(path, self.readers[language], self.dataset, large=self.layout.large)
        if page is None:
            return None
        jsonld = self._embedded(path) if page.embeds else Markup()
        return render_page(page, path, language, self._site(language), jsonld)

    def data(self, path: str, form: str) -> bytes | None:
        """Return the data of a resource in a format, for an article its whole graph; None if there are none."""
        if form not in FORMATS:
            return None
        if self._texts and path.startswith("article/") and path not in self._further:
            name = path.partition("/")[2]
            graphs = [self.quads.iri(f"graph/{each}{name}") for each in ("article/", "text/")]
            if document := self._texts.document(graphs, form):
                return document
        nodes = self._nodes(path)
        if not nodes:
            return None
        return "".join(write([Graph(self.quads.iri(path), nodes)], self._writers[form])).encode()

    @cached_property
    def _further(self) -> frozenset[str]:
        """The units of which more is said outside the graphs of articles: in extra triples, or in releases."""
        graphs = [self.quads.graph(self.quads.iri(f"graph/{name}")) for name in ("extra", "releases")]
        return frozenset(unit_of(each, self.quads.base) for graph in graphs for each in graph)

    def paths(self) -> Iterator[str]:
        """Yield the path of each page."""
        yield from self.overviews()
        yield from self.resources()

    def overviews(self) -> list[str]:
        """Return the paths of the pages about the whole data set."""
        return [path for path in overview_paths(self.dataset) if self.layout.query or path != "query"]

    def resources(self) -> Iterator[str]:
        """Yield the path of each resource that has its own page and data."""
        found = (path for path in chain(_paths(self.quads), self.former()) if path not in LISTINGS)
        return (path for path in found if self.layout.has_page(path))

    def former(self) -> Iterator[str]:
        """Yield the former path of each resource with a page that had another, which leads to it."""
        paths = (self.quads.path(old) for old, _ in self.quads.replaced())
        return (path for path in paths if path.startswith(_MAY_BE_FORMER))

    def replacement(self, path: str) -> str:
        """Return the path that replaced a former one, `""` for others."""
        new = self.quads.replacement(self.quads.iri(path)) if path.startswith(_MAY_BE_FORMER) else None
        return self.quads.path(new) if new else ""

    def exceeds(self, most: int) -> bool:
        """Return whether a site of these pages would have more than `most` files."""
        few = max(0, most - OTHER_FILES) // (len(self.languages) + len(FORMATS))
        return sum(1 for _ in islice(self.resources(), few + 1)) > few

    def is_withdrawn(self, path: str) -> bool:
        """Return whether a path is the path of a withdrawn claim."""
        return KG.WithdrawnClaim in self.quads.properties(self.quads.iri(path)).get(RDF.type, ())

    def file(self, name: str) -> bytes | None:
        """Return a file for machines such as `feed.atom`; None if there is no such file."""
        return next((file.content for file in self.machine_files() if file.name == name), None)

    def machine_files(self) -> Iterator[SiteFile]:
        """Yield the files for machines about the whole data set, except the sitemap (`machine_files.sitemap`)."""
        yield changes_feed(self.readers[self.languages[0]], self.dataset, self.layout)
        yield from machine_files(self.dataset, self.layout)
        if about := self.data("dataset", "ttl"):
            yield SiteFile(".well-known/void", about)

    def feeds(self, path: str) -> Iterator[SiteFile]:
        """Yield the feeds of an entity, in the data set's own language; none for other paths."""
        yield from entity_feeds(self.readers[self.languages[0]], self.dataset, self.layout, path)

    def selection_feed(self, choices: Choices, query: str) -> bytes:
        """Return the feed of a selection. Raises `ValueError` if it has too many claims."""
        return selection_feed(self.readers[self.languages[0]], self.dataset, self.layout, choices, query)

    def _site(self, language: str) -> SiteContext:
        fragments = partial(self._fragments, language)
        return SiteContext(
            self.dataset.title(language), self.dataset.identity.licence, self.quads.base, self.layout, fragments
        )


def _fragments(layout: SiteLayout, base: str, language: str, root: str) -> SimpleNamespace:
    return ArticleFragments(language, base, lambda path: below(root, layout.file(path, language))).for_templates()


def _embedded(quads: ResourceReader, path: str) -> Markup:
    """Return what a page says as JSON-LD; the front page and those of articles leave out most parts."""
    iri = quads.iri(path or "dataset")
    is_short = not path or path.startswith("article/")
    shown = (iri, f"{iri[:-1]}#text>")
    return embedded_jsonld(node for node in quads.description(iri) if not is_short or node.subject in shown)


def _nodes(quads: ResourceReader, path: str) -> list[Node]:
    if path.startswith("article/") and (subjects := quads.graph(quads.iri(f"graph/{path}"))):
        return [Node(each, quads.properties(each)) for each in sorted(subjects, key=_reading_order)]
    return quads.description(quads.iri(path)) if path and "#" not in path else []


def _reading_order(iri: Iri) -> tuple[bool, str]:
    """Return a key that sorts an article before its claims."""
    return "/article/" not in iri, iri


_MAY_BE_FORMER = ("entity/", "claim/", "article/", "occasion/", "source/")
_ENTITIES = ("entity/", "occasion/", "source/", "annotator/", "guideline/")
_FORMS = ["direct", "partial", "indirect", "mentioned", "own"]
_SECTIONS = {"topic": "topics", "event": "events", "place": "events", "outlet": "outlets"}


def make_page(
    path: str, reader: LocalisedReader, dataset: DatasetView, *, large: bool = False
) -> PageContent | None:
    """Return the page of a path; None if there is none. In a `large` site, articles show their claims in full."""
    if path.startswith(_MAY_BE_FORMER) and (new := reader.quads.replacement(reader.quads.iri(path))):
        title, views = reader.say("replaced-title"), {"new": reader.link(new)}
        return PageContent("replaced.html", title, "", views, "", data=True)
    if path.startswith("article/"):
        return _article(path, reader, dataset, in_full=large)
    if path.startswith("claim/"):
        return _claim(path, reader, dataset)
    found = overview(path, reader, dataset)
    if found or "#" in path or not path.startswith(_ENTITIES):
        return found
    return _entity(path, reader, dataset)


def _article(path: str, reader: LocalisedReader, dataset: DatasetView, *, in_full: bool) -> PageContent | None:
    iri = reader.quads.iri(path)
    article = article_view(reader, iri)
    if article is None:
        return None
    full = [claim_view(reader, reader.quads.iri(claim.path)) for claim in article.claims] if in_full else []
    views = {
        "article": article,
        "forms": sorted({claim.form for claim in article.claims}, key=_FORMS.index),
        "sections": {claim.line.path: claim for claim in full if claim},
        "parts": list(_parts(path, reader)) if in_full else [],
        "publishers": publishers(reader, dataset) if in_full else [],
    }
    about = f"{article.published.words}: {len(article.claims)} {reader.say('front-claims')}"
    return PageContent("article.html", article.title.value, about, views, "articles", data=True, embeds=True)


def _parts(path: str, reader: LocalisedReader) -> Iterator[EntityView]:
    """Yield the occasions and sources of an article."""
    for each in reader.quads.graph(reader.quads.iri(f"graph/{path}")):
        is_part = reader.quads.path(each).startswith(("occasion/", "source/"))
        if is_part and "#" not in each and (part := entity_view(reader, each)):
            yield part


def _claim(path: str, reader: LocalisedReader, dataset: DatasetView) -> PageContent | None:
    iri = reader.quads.iri(path)
    if tombstone := withdrawn(reader, iri):
        return PageContent(
            "withdrawn.html", reader.say("withdrawn-title"), "", {"claim": tombstone}, "articles", data=True
        )
    claim = claim_view(reader, iri)
    if claim is None:
        return None
    line = claim.line
    title = claim_title(line, 70)
    about = f"{speaker_names(line)}, {line.when.words}: {shortened(line.text or line.words, 140)}"
    views = {
        "claim": claim,
        "cited": cite_claim(reader, dataset, claim),
        "at_publisher": words_link(reader, claim) if line.article else "",
        "archived": archived_copies(reader, line),
    }
    return PageContent("claim.html", title, about, views, "articles", data=True, embeds=True)


def _entity(path: str, reader: LocalisedReader, dataset: DatasetView) -> PageContent | None:
    iri = reader.quads.iri(path)
    entity = entity_view(reader, iri)
    if entity is None:
        return None
    found = exchanges_around(reader, iri)
    drawn = next((group.lines for group in entity.claims if group.kind in ("said", "about")), ())
    views = {
        "entity": entity,
        "timeline": timeline(drawn),
        "exchanges": found,
        "arcs": arc_diagram(found) if entity.kind in ("topic", "event") and found else None,
        "feeds": dict(feed_names(reader.quads, path)),
        "dossiers": dataset.dossiers_between(each.between for each in found),
        "answers": [each for each in found if each.speaker.path == path],
        "answered": [each for each in found if each.other.path == path],
    }
    about = entity.description or entity.name
    return PageContent(
        "entity.html", entity.name.value, shortened(about), views, _section(entity), data=True, embeds=True
    )


def _section(entity: EntityView) -> str:
    return _SECTIONS.get(entity.kind, "people" if entity.kind else "")


def _paths(quads: ResourceReader) -> Iterator[str]:
    """Yield the path of each resource with a page: each article and its claims, then the rest."""
    for article in sorted(quads.instances(SCHEMA.NewsArticle)):
        yield quads.path(article)
        claims = (quads.subjects(term, article) for term in (SCHEMA.appearance, KG.withdrawnFrom))
        yield from sorted(quads.path(claim) for claim in chain.from_iterable(claims))
    kinds = dict.fromkeys([*KINDS, SCHEMA.CreativeWork])
    things = {quads.path(thing) for kind in kinds for thing in quads.instances(kind)}
    yield from sorted(
        path for path in things if path and "#" not in path and not path.startswith(("claim/", "article/"))
    )
