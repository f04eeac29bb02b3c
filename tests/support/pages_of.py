"""Pages and sites of corpora, for tests. Run as a script, it writes tests/data/golden/pages again."""

from __future__ import annotations

import json
import re
import tempfile
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urldefrag

from kg import __version__
from kg.pipeline.publication import open_publication, published
from kg.publish.site import Pages
from kg.publish.site.site_folder import site_folder
from kg.publish.site.store_reader import QuadReader
from kg.publish.site.writer import SiteOptions, SiteResult, write_site
from kg.query.load import load_graphs
from kg.query.store import hold_generation
from support import ROOT

EVERYTHING = ROOT / "tests" / "data" / "corpora" / "everything"
GOLDEN = ROOT / "tests" / "data" / "golden" / "pages"
# One page of each type, small ones; the file that holds it as it should be.
TYPES = {
    "": "front.html",
    "article/talk": "article.html",
    "claim/2020/first/c07": "claim.html",
    "claim/2020/first/c30": "withdrawn.html",
    "entity/bob": "person.html",
    "entity/topics": "topics.html",
    "occasion/2020/first/interview": "occasion.html",
    "articles": "articles.html",
    "debate": "debate.html",
    "dataset": "dataset.html",
    "search": "search.html",
}


def pages_of(corpus: Path, room: Path) -> Pages:
    """Return the pages of a corpus, whose store is made in a folder."""
    publication = open_publication(corpus, engine="none")
    graphs = published(publication.mapped_articles(), [])
    load_graphs(room / "store", graphs, publication.index.iris.base, "test")
    return Pages(QuadReader(hold_generation(room / "store")))


def site_of(corpus: Path, folder: Path, languages: tuple[str, ...] = (), **wishes: int) -> SiteResult:
    """Write the site of a corpus."""
    publication = open_publication(corpus, engine="none")
    wanted = SiteOptions(publication.index.iris.base, __version__, languages, **wishes)
    with site_folder(folder) as opened:
        return write_site(opened, published(publication.mapped_articles(), []), wanted)


class Reading(HTMLParser):
    """What a page holds: its elements with their attributes, its ids, its links, its JSON-LD, its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.jsonld: list[object] = []
        self.text = ""
        self._in_jsonld = False
        self.feed(html)
        self.close()

    @property
    def ids(self) -> set[str]:
        """The ids of elements."""
        return {attributes["id"] for _, attributes in self.elements if "id" in attributes}

    @property
    def links(self) -> list[str]:
        """All that leads elsewhere, or is loaded from there."""
        names = ("href", "src", "action")
        return [attributes[name] for _, attributes in self.elements for name in names if name in attributes]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self._in_jsonld = tag == "script" and ("type", "application/ld+json") in attrs

    def handle_data(self, data: str) -> None:
        """Note text, and read JSON-LD."""
        if self._in_jsonld:
            self.jsonld.append(json.loads(data))
            self._in_jsonld = False
        else:
            self.text += data


def dead_links(folder: Path) -> list[tuple[str, str]]:
    """Return each relative link of a page that leads to no file, or to no place in it, with the page."""
    pages = {file.relative_to(folder).as_posix(): Reading(file.read_text()) for file in folder.rglob("*.html")}
    found = []
    for name, page in pages.items():
        for link in page.links:
            address, fragment = urldefrag(link)
            if re.match(r"[a-z]+:", address):
                continue
            # The page of what is missing is shown anywhere, and begins its links with the path of the base.
            start = PurePosixPath(name).parent if address and not address.startswith("/") else PurePosixPath(name)
            parts: list[str] = [] if address.startswith("/") else [*start.parts]
            for part in PurePosixPath(unquote(address).removeprefix("/")).parts:
                parts = parts[:-1] if part == ".." else [*parts, part]
            target = "/".join(parts)
            # After `#`, Explore has choices instead of a place.
            is_place = fragment and not (target.startswith("explore.") and "=" in fragment)
            if not (folder / target).is_file() or (is_place and fragment not in pages[target].ids):
                found.append((name, link))
    return found


def main() -> None:
    """Write the golden pages again; look at the difference before you commit it."""
    with tempfile.TemporaryDirectory() as room:
        pages = pages_of(EVERYTHING, Path(room))
        for path, name in TYPES.items():
            html = pages.html(path, "en")
            assert html is not None
            (GOLDEN / name).write_bytes(html)


if __name__ == "__main__":
    main()
