"""HTML from templates: everything escaped, every link relative, only http and https leave the site."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import jinja2
from markupsafe import Markup

from kg.publish.site.dates import in_words
from kg.publish.site.layout import FORMATS, MISSING, Layout, relative, section
from kg.publish.site.words import Text, say, strings

_TEMPLATES = Path(__file__).parent / "templates"
# What a page may load: its own files. A query page compiles WebAssembly too.
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'{more}; img-src 'self'; "
    "base-uri 'none'; form-action 'self'"
)
_CREATIVE_COMMONS = re.compile(
    r"https?://creativecommons\.org/(?:licenses/([a-z-]+)|publicdomain/zero)/([0-9.]+)/?"
)
_MEDIA = {"ttl": "text/turtle", "jsonld": "application/ld+json", "nt": "application/n-triples"}


class Page(NamedTuple):
    """A page before it is written: its template and what that shows.

    `section` is the entry of the navigation that it belongs to; `data` tells whether the thing's data stand beside
    it, `jsonld` is what is embedded, `compiles` whether it runs WebAssembly.
    """

    template: str
    title: str
    description: str
    views: Mapping[str, object]
    section: str = ""
    data: bool = False
    jsonld: Markup = Markup()
    compiles: bool = False


class Site(NamedTuple):
    """What all pages of a language share."""

    title: Text
    licence: str
    base: str
    layout: Layout


def html(page: Page, path: str, language: str, site: Site) -> bytes:
    """Return a page of a path in a language."""
    file = site.layout.file(path, language)
    page = page._replace(data=page.data and site.layout.has_data(path))
    others = [each for each in site.layout.languages if each != language]

    def way(target: str) -> str:
        # The page of what is missing is shown in place of others, wherever they were looked for.
        return urlsplit(site.base).path + target if path == MISSING else relative(target, file)

    written = (
        _environment()
        .get_template(page.template)
        .render(
            **page.views,
            page=page,
            path=path,
            site=site,
            language=language,
            policy=_POLICY.format(more=" 'wasm-unsafe-eval'" if page.compiles else ""),
            languages=[(each, way(site.layout.file(path, each)), strings(each)) for each in others],
            formats=[(name, _MEDIA[name], way(f"{path or 'index'}.{name}")) for name in FORMATS],
            canonical=site.base + file,
            t=strings(language),
            say=lambda key, /, **values: say(language, key, **values),
            url=lambda target: way(site.layout.file(target, language)),
            root=way(""),
            fragment=section,
        )
    )
    return written.encode()


def external(iri: str) -> str:
    """Return an IRI that a reader may follow; `""` for one of any other scheme, or of no host."""
    try:
        parts = urlsplit(iri)
    except ValueError:
        return ""
    return iri if parts.scheme.lower() in ("http", "https") and parts.netloc else ""


def quoted(text: Text | None, limit: int = 120) -> str:
    """Return the beginning of a text, whole words, for titles."""
    if text is None:
        return "…"
    flat = " ".join(text.value.split())
    return flat if len(flat) <= limit else flat[:limit].rpartition(" ")[0] + " …"


def licence_name(iri: str) -> str:
    """Return `CC BY 4.0` for a licence of Creative Commons, else its IRI."""
    match = _CREATIVE_COMMONS.fullmatch(iri)
    if match is None:
        return iri
    return f"CC {match[1].upper()} {match[2]}" if match[1] else f"CC0 {match[2]}"


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["external"] = external
    environment.filters["start"] = quoted
    environment.filters["day"] = in_words
    environment.filters["licence"] = licence_name
    return environment
