"""How the data set and a claim are cited, and links that open the paper's own page at the words of a claim."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import quote

from kg.publish.site.claims import ClaimLine, ClaimView
from kg.publish.site.dataset import DatasetView
from kg.publish.site.localisation import LocalText
from kg.publish.site.rendering import LONGEST_TITLE, claim_title, external
from kg.publish.site.store_reader import LocalisedReader
from kg.rdf.terms import iri_text, is_iri, natural_number
from kg.rdf.vocab import SCHEMA

# A passage of more characters is found by its first and last words.
_LONGEST_FRAGMENT = 80
_WORDS_AT_ENDS = 4
_BIBTEX = {character: f"\\{character}" for character in "&%$#_{}"} | {
    "\\": "\\textbackslash{}",
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
}


class DatasetCitation(NamedTuple):
    """How the data set is cited: its publisher, its year, its title, the day of its last change, its IRI."""

    by: str
    year: str
    title: LocalText
    version: str
    iri: str


class ClaimCitation(NamedTuple):
    """How a claim is cited, as an entry of the data set (`container`).

    `authors` are who annotated it, or else who published the data set; `day` is that of the annotation; `year` is
    its year, or says in words that it is not known.
    """

    authors: tuple[str, ...]
    title: str
    kind: str
    day: str
    year: str
    container: str
    iri: str

    @property
    def apa(self) -> str:
        """The citation in the style of the APA."""
        source = f"{self.title} [{self.kind}]. {self.container}. {self.iri}"
        return f"{' & '.join(self.authors)} ({self.year}). {source}".strip()

    @property
    def bibtex(self) -> str:
        """The citation as an entry of BibTeX. Each author is in braces: an organisation has no last name."""
        fields = {
            "author": " and ".join(f"{{{_escaped(each)}}}" for each in self.authors),
            "title": f"{{{_escaped(self.title)}}}",
            "year": self.day[:4],
            "howpublished": _escaped(self.container),
            "url": self.iri,
        }
        lines = "".join(f",\n  {name} = {{{value}}}" for name, value in fields.items() if value)
        key = re.sub("[^A-Za-z0-9]+", "-", self.iri.partition("://")[2])
        return f"@misc{{{key}{lines}\n}}"

    @property
    def csl(self) -> str:
        """The citation as CSL-JSON (https://citeproc-js.readthedocs.io/en/latest/csl-json/markup.html)."""
        parts = [natural_number(part) for part in self.day.split("-")]
        item = {
            "id": self.iri,
            "type": "entry",
            "author": [{"literal": author} for author in self.authors],
            "title": self.title,
            "container-title": self.container,
            **({"issued": {"date-parts": [parts]}} if min(parts) >= 0 else {}),
            "URL": self.iri,
        }
        return json.dumps([item], ensure_ascii=False, indent=2)


def cite_dataset(reader: LocalisedReader, dataset: DatasetView) -> DatasetCitation:
    """Return how the data set is cited."""
    about = dataset.description
    by = " ".join(publishers(reader, dataset))
    return DatasetCitation(
        by, about.modified[:4], dataset.title(reader.language), about.modified, f"{dataset.quads.base}dataset"
    )


def cite_claim(reader: LocalisedReader, dataset: DatasetView, claim: ClaimView) -> ClaimCitation:
    """Return how a claim is cited."""
    iri, annotator, day = f"{dataset.quads.base}{claim.line.path}", claim.annotated.by, claim.annotated.on
    return ClaimCitation(
        authors=tuple([annotator.name] if annotator else publishers(reader, dataset)),
        title=claim_title(claim.line, LONGEST_TITLE),
        kind=reader.say("cite-kind"),
        day=day,
        year=day[:4] or reader.say("cite-undated"),
        container=dataset.title(reader.language).value,
        iri=iri,
    )


def publishers(reader: LocalisedReader, dataset: DatasetView) -> list[str]:
    """Return the name of the publisher of the data set, if it has one."""
    publisher = dataset.identity.publisher
    return [reader.link(publisher).name] if publisher else []


def _escaped(text: str) -> str:
    return "".join(_BIBTEX.get(character, character) for character in text)


def words_link(reader: LocalisedReader, claim: ClaimView) -> str:
    """Return a link that opens the paper's own page at the words of a claim; `""` if the article names no page.

    https://wicg.github.io/scroll-to-text-fragment/
    """
    article = claim.line.article
    properties = reader.quads.properties(reader.quads.iri(article.path)) if article else {}
    pages = [page for page in map(iri_text, filter(is_iri, properties.get(SCHEMA.url, ()))) if external(page)]
    words = "&".join(f"text={_fragment(each.exact)}" for each in claim.passages if each.exact)
    if not pages or not words:
        return "".join(pages[:1])
    return f"{pages[0]}{'' if '#' in pages[0] else '#'}:~:{words}"


def archived_copies(reader: LocalisedReader, claim: ClaimLine) -> list[str]:
    """Return the web addresses of the archived copies that the article of a claim names."""
    properties = reader.quads.properties(reader.quads.iri(claim.article.path)) if claim.article else {}
    return [page for page in map(iri_text, properties.get(SCHEMA.archivedAt, ())) if external(page)]


def _fragment(text: str) -> str:
    words = text.split()
    if len(text) <= _LONGEST_FRAGMENT or len(words) <= 2 * _WORDS_AT_ENDS:
        return _quoted(words)
    return f"{_quoted(words[:_WORDS_AT_ENDS])},{_quoted(words[-_WORDS_AT_ENDS:])}"


def _quoted(words: Sequence[str]) -> str:
    """Return words for a text fragment, in which a hyphen has a meaning."""
    return quote(" ".join(words), safe="").replace("-", "%2D")
