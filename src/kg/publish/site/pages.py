"""The pages of one store. Reading them changes nothing, so that threads can share them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path

from kg.formats import format_named, write
from kg.publish.site import shelves
from kg.publish.site.layout import FORMATS, Layout
from kg.publish.site.machines import Machine, machine_files
from kg.publish.site.overviews import overview_paths
from kg.publish.site.quads import Quads
from kg.publish.site.reader import Reader
from kg.publish.site.rendering import Site, html
from kg.publish.site.routes import page_of
from kg.publish.site.whole import Whole
from kg.publish.site.words import LANGUAGES, lexical
from kg.rdf.terms import Graph, Iri, Node
from kg.rdf.vocab import KG, PREFIXES, RDF, SCHEMA

ASSETS = Path(__file__).parent / "assets"
BESIDE = 1_500
"""How many files a site has at most that are of no one thing, such as those of the search; it is some hundred."""


class Pages:
    """The pages of a store. A path is an IRI without the base: `claim/a/c01`; `""` is the front page.

    `layout.languages` are those of the pages, the data set's own first; in `large`, claims are sections of their
    article's page.
    """

    def __init__(self, store: Path, languages: tuple[str, ...] = (), *, large: bool = False) -> None:
        self.quads = Quads(store)
        self.whole = Whole(self.quads)
        own = lexical(self.quads.properties(self.quads.iri("dataset")).get(SCHEMA.inLanguage, ()))
        known = languages or tuple(sorted(LANGUAGES, key=lambda each: each != own.partition("-")[0]))
        self.layout = Layout(known, large=large)
        # A thing is asked for in one format after the other.
        self._nodes = lru_cache(maxsize=2)(partial(_nodes, self.quads))
        self._writers = {name: format_named(name).writer(PREFIXES, self.quads.base) for name in FORMATS}
        self.readers = {language: Reader(self.quads, language) for language in known}

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the pages, the data set's own first."""
        return self.layout.languages

    def html(self, path: str, language: str) -> bytes | None:
        """Return the page of a path; None where there is none."""
        page = page_of(path, self.readers[language], self.whole, large=self.layout.large)
        return html(page, path, language, self._site(language)) if page else None

    def data(self, path: str, form: str) -> bytes | None:
        """Return what the data set says of a thing, in one of `FORMATS`: of an article its whole graph."""
        nodes = self._nodes(path)
        if not nodes or form not in FORMATS:
            return None
        return "".join(write([Graph(self.quads.iri(path), nodes)], self._writers[form])).encode()

    def paths(self) -> Iterator[str]:
        """Yield the path of each page."""
        yield from self.overviews()
        yield from self.things()

    def overviews(self) -> list[str]:
        """Return the paths of the pages that show no one thing."""
        return overview_paths(self.whole)

    def things(self) -> Iterator[str]:
        """Yield the path of each thing that has a page of its own, and data."""
        found = (path for path in shelves.pages(self.quads) if path not in shelves.SHELVES)
        return (path for path in found if self.layout.has_page(path))

    def outnumber(self, most: int) -> bool:
        """Tell whether a site of these pages would have more files than so many."""
        few = max(0, most - BESIDE) // (len(self.languages) + len(FORMATS))
        return sum(1 for _ in islice(self.things(), few + 1)) > few

    def is_withdrawn(self, path: str) -> bool:
        """Tell whether a path is that of a claim that was withdrawn."""
        return KG.WithdrawnClaim in self.quads.properties(self.quads.iri(path)).get(RDF.type, ())

    def file(self, name: str) -> bytes | None:
        """Return a file for machines, as `feed.atom`; None where there is none."""
        return next((machine.content for machine in self.machines() if machine.name == name), None)

    def machines(self) -> Iterator[Machine]:
        """Yield the files for machines; the long site map comes from `machines.sitemap`."""
        yield from machine_files(self.readers[self.languages[0]], self.whole, self.layout)
        if about := self.data("dataset", "ttl"):
            yield Machine(".well-known/void", about)

    def _site(self, language: str) -> Site:
        about = self.whole.description
        return Site(self.whole.title(language), about.licence, self.quads.base, self.layout)


def _nodes(quads: Quads, path: str) -> list[Node]:
    if path.startswith("article/"):
        subjects = quads.graph(quads.iri(f"graph/{path}"))
        return [Node(each, quads.properties(each)) for each in sorted(subjects, key=_reading_order)]
    return quads.whole(quads.iri(path)) if path and "#" not in path else []


def _reading_order(iri: Iri) -> tuple[bool, str]:
    """Sort an article before its claims."""
    return "/article/" not in iri, iri
