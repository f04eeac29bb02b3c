"""Files of pages: their names, and HTML from templates and Markdown with everything escaped."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import jinja2
from jinja2.environment import TemplateModule
from markupsafe import Markup

from kg.publish.site.localisation import LocalText, in_words, say, strings
from kg.rdf.terms import XSD, Node, Term, iri_text, is_iri, literal_value
from kg.rdf.vocab import RDF

if TYPE_CHECKING:
    from markdown_it.token import Token

    from kg.publish.site.claims import ClaimLine

FORMATS = ("ttl", "jsonld", "nt")
"""The formats of the data files beside a page."""
MISSING = "404"
"""The path of the page that hosts show for missing addresses."""
_PARTS = ("claim/", "occasion/", "source/")
"""Resources that belong to one article each."""
_PART = re.compile(r"(claim|occasion|source)/(.+)/([^/#]+)")


class SiteLayout(NamedTuple):
    """The file names of a site. Pages in the first of `languages` have no language tag in their names.

    In a `large` site, claims, occasions and sources are sections of their article's page. Without `query`, no page
    answers queries.
    """

    languages: tuple[str, ...]
    large: bool = False
    query: bool = True

    def file(self, path: str, language: str) -> str:
        """Return the file name of a page, such as `claim/a/c01.nl.html`; a path may end in a fragment."""
        place, mark, fragment = path.partition("#")
        if self.large and (match := _PART.fullmatch(place)):
            place, mark, fragment = f"article/{match[2]}", "#", section(place)
        tag = "" if language == self.languages[0] else f".{language}"
        return f"{place or 'index'}{tag}.html{mark}{fragment}"

    def has_page(self, path: str) -> bool:
        """Return whether a resource has its own page."""
        return not (self.large and path.startswith(_PARTS))

    def has_data(self, path: str) -> bool:
        """Return whether a page has data files beside it; in a large site only those of articles have."""
        return not self.large or path.startswith("article/") or path == "dataset"


def section(path: str) -> str:
    """Return the id of a section in its article's page: `occasion.talk` for `occasion/a/talk`."""
    kind, _, rest = path.partition("/")
    name = rest.rpartition("/")[2]
    return name if kind == "claim" else f"{kind}.{name}"


def page_named(name: str, languages: Sequence[str]) -> tuple[str, str] | None:
    """Return the path and language of the page with a file name; None if it is not the name of a page."""
    place, dot, suffix = name.rpartition(".")
    if not dot or suffix != "html":
        return None
    path, dot, language = place.rpartition(".")
    if not dot or language not in languages[1:]:
        path, language = place, languages[0]
    return ("" if path == "index" else path), language


def relative(target: str, page: str) -> str:
    """Return the relative URL from one file to another, such as `../entity/x.html`.

    Somebody else's IRI below the base may have any path: `javascript:x` must not be read as a scheme, nor
    `//a.example` as a host (RFC 3986, section 4.2).
    """
    up = "../" * page.count("/")
    is_path = up or (":" not in target.partition("/")[0] and not target.startswith("/"))
    return f"{up}{target}" if is_path else f"./{target}"


ASSETS = Path(__file__).parent / "assets"


def below(root: str, target: str) -> str:
    """Return the URL of a file; `root` is that of the site, as seen from the page."""
    return f"{root}{target}" if root else relative(target, "")


_TEMPLATES = Path(__file__).parent / "templates"
# What a page may load: its own files. A query page compiles WebAssembly too, or asks the server.
_POLICY = (
    "default-src 'none'; style-src 'self'{style}; script-src 'self'{more}; img-src 'self'; "
    "base-uri 'none'; form-action 'self'"
)
_COMPILES = " 'wasm-unsafe-eval'; worker-src blob:"
_CONNECTS = "; connect-src 'self'"
_CREATIVE_COMMONS = re.compile(
    r"https?://creativecommons\.org/(?:licenses/([a-z-]+)|publicdomain/zero)/([0-9.]+)/?"
)
_MEDIA = {"ttl": "text/turtle", "jsonld": "application/ld+json", "nt": "application/n-triples"}


class PageContent(NamedTuple):
    """A page before it is rendered: its template and the values for it.

    `section` is its entry in the navigation; `data` tells whether files with the resource's data are beside
    it, `embeds` whether JSON-LD is in it, `asks` whether it has a form for queries, `connects` whether its script
    fetches other files of the site.
    """

    template: str
    title: str
    description: str
    views: Mapping[str, object]
    section: str = ""
    data: bool = False
    embeds: bool = False
    asks: bool = False
    connects: bool = False


class SiteContext(NamedTuple):
    """The values that all pages in one language share; `fragments` returns those for the root of a page."""

    title: LocalText
    licence: str
    base: str
    layout: SiteLayout
    fragments: Callable[[str], SimpleNamespace]


def render_page(page: PageContent, path: str, language: str, site: SiteContext, jsonld: Markup) -> bytes:
    """Return the HTML of a page at a path, with JSON-LD if it `embeds` that."""
    page = page._replace(data=page.data and site.layout.has_data(path))
    # Hosts show the page for missing addresses at any address, so its links are absolute.
    file = site.layout.file(path, language)
    root = urlsplit(site.base).path if path == MISSING else relative("", file)
    inlined = _inlined() if path == MISSING else ()
    values = {
        **page.views,
        **_addresses(path, language, site.layout, root),
        "page": page,
        "jsonld": jsonld,
        "path": path,
        "site": site,
        "language": language,
        "policy": _POLICY.format(style=" ".join(["", *map(_digest, inlined[:1])]), more=_more(page, inlined)),
        "inlined": inlined,
        "canonical": site.base + file,
        "t": strings(language),
        "say": partial(say, language),
        "root": root,
        "f": site.fragments(root),
    }
    return _rendered(page.template, values).encode()


def _rendered(name: str, values: Mapping[str, object]) -> str:
    """Return a rendered template; the macros are its `m`."""
    macros = _template("_macros.html")
    context = macros.new_context({**values})
    try:
        return _template(name).render(values, m=TemplateModule(macros, context))
    finally:
        # The macros and their context refer to each other: what the page is made of would stay in memory.
        context.vars.clear()


def _addresses(path: str, language: str, layout: SiteLayout, root: str) -> dict[str, object]:
    """Return the URLs of a page in other languages and of its data, and a function for those of other pages."""
    others = (each for each in layout.languages if each != language)
    return {
        "languages": [(each, below(root, layout.file(path, each)), strings(each)) for each in others],
        "formats": [(name, _MEDIA[name], below(root, f"{path or 'index'}.{name}")) for name in FORMATS],
        "url": lambda target: below(root, layout.file(target, language)),
    }


@cache
def _inlined() -> tuple[Markup, ...]:
    """Return the style and the script that a page holds if it does not know its own address."""
    files = (ASSETS / "site.css", _TEMPLATES / "missing.js")
    return tuple(Markup(file.read_text(encoding="utf-8")) for file in files)


def _digest(content: str) -> str:
    """Return the source by which a policy allows an element with this content."""
    return f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'"


def _more(page: PageContent, inlined: Sequence[str]) -> str:
    """Return what else a page's policy allows to run and to connect to."""
    if inlined:
        return f" {_digest(inlined[1])}"
    if not page.asks:
        return _CONNECTS if page.connects else ""
    return _CONNECTS if page.views["endpoint"] else _COMPILES


def external(iri: str) -> str:
    """Return an IRI if it is http(s) with a host, so that it may become a link; else `""`."""
    try:
        parts = urlsplit(iri)
    except ValueError:
        return ""
    return iri if parts.scheme.lower() in ("http", "https") and parts.netloc else ""


def shortened(text: LocalText | None, limit: int = 120) -> str:
    """Return the beginning of a text, cut between words, for titles."""
    if text is None:
        return "…"
    flat = " ".join(text.value.split())
    return flat if len(flat) <= limit else flat[:limit].rpartition(" ")[0] + " …"


LONGEST_TITLE = 200
"""How many characters of a claim are in the title under which it is cited."""


def claim_title(line: ClaimLine, limit: int) -> str:
    """Return who claims what, and by which act: `Macron: NATO is brain-dead. (criticises)`.

    Where the text is what somebody says instead of what they deny, the act is before it, not of it: `Stoltenberg
    (denies, and says): He is not a mouthpiece.`
    """
    said = shortened(line.text or line.words, limit)
    if line.lead != line.act_label:
        return f"{speaker_names(line)} ({line.lead}): {said}"
    return f"{speaker_names(line)}: {said}" + (f" ({line.act_label})" if line.act_label else "")


def speaker_names(line: ClaimLine) -> str:
    """Return the names of the speakers of a claim."""
    return ", ".join(speaker.name for speaker in line.speakers)


def licence_name(iri: str) -> str:
    """Return `CC BY 4.0` for a Creative Commons licence, else the IRI."""
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
        auto_reload=False,  # it would look at two files for each page
    )
    environment.filters["external"] = external
    environment.filters["start"] = shortened
    environment.filters["day"] = in_words
    environment.filters["licence"] = licence_name
    return environment


@cache
def _template(name: str) -> jinja2.Template:
    return _environment().get_template(name)


_json = json.JSONEncoder(ensure_ascii=False).encode  # `json.dumps` makes one each time
_ESCAPES = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&'\u2028\u2029"}


def embedded_jsonld(nodes: Iterable[Node]) -> Markup:
    """Return nodes as expanded JSON-LD for a script element, escaped so that no text ends it; `""` for no nodes.

    https://www.w3.org/TR/json-ld11/#embedding-json-ld-in-html-documents
    """
    written = [_node(node) for node in nodes]
    return embedded_json(written) if written else Markup()


def embedded_json(value: object) -> Markup:
    """Return a value as JSON for a script element, escaped so that no text ends it."""
    return Markup(_json(value).translate(_ESCAPES))


def _node(node: Node) -> dict[str, Any]:
    types = [iri_text(term) for term in node.properties.get(RDF.type, ())]
    others = {
        iri_text(predicate): [_value(term) for term in terms]
        for predicate, terms in node.properties.items()
        if predicate != RDF.type
    }
    return {"@id": iri_text(node.subject), **({"@type": types} if types else {}), **others}


def _value(term: Term) -> dict[str, str]:
    if is_iri(term):
        return {"@id": iri_text(term)}
    value = literal_value(term)
    if value.language:
        return {"@value": value.lexical, "@language": value.language}
    return {"@value": value.lexical, **({} if value.datatype == XSD + "string" else {"@type": value.datatype})}


_SCROLLABLE = {
    "<table>": '<div class="scroll" tabindex="0"><table>',
    "</table>": "</table></div>",
    "<pre>": '<pre tabindex="0">',
}
"""Wide elements scroll within the page, and the keyboard reaches them."""


def render_markdown(text: str, *, original: str = "") -> Markup:
    """Return the HTML of CommonMark with tables; HTML in the text stays text.

    The headings of a translation have the ids of those of its `original`, in order: links work in every language.
    """
    from markdown_it import MarkdownIt  # one page needs it, and importing it takes time

    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(text)
    headings = (token for token in tokens if token.type == "heading_open")
    for heading, identifier in zip(headings, _heading_ids(parser.parse(original or text)), strict=True):
        heading.attrSet("id", identifier)
    for token, inline, close in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if token.type == "th_open" and inline.content:
            token.attrSet("scope", "col")
        elif token.type == "th_open":
            token.tag = close.tag = "td"  # an empty cell heads nothing
    for token in tokens:
        token.children = list(_linked(token.children)) if token.children else None
    html = str(parser.renderer.render(tokens, parser.options, {}))
    # In text, `<` is `&lt;`: only elements are replaced.
    return Markup(re.sub("|".join(_SCROLLABLE), lambda match: _SCROLLABLE[match[0]], html))


def _heading_ids(tokens: Sequence[Token]) -> Iterator[str]:
    """Yield the ids of a document's headings: their words in small letters, joined by hyphens."""
    for token, inline in pairwise(tokens):
        if token.type == "heading_open":
            yield "-".join(re.findall(r"\w+", inline.content.lower()))


def _linked(tokens: Iterable[Token]) -> Iterator[Token]:
    """Yield the tokens of a line without relative links, which lead to documents that a site does not have."""
    is_external = True
    for token in tokens:
        if token.type == "link_open":
            is_external = str(token.attrGet("href")).startswith("https://")
            token.attrSet("rel", "noopener")
        if is_external or not token.type.startswith("link_"):
            yield token
