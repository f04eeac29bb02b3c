"""Files beside the pages that machines look for: feed, site map, robots.txt, and settings of web servers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from kg.publish.site.claims import ClaimLine, claim_line
from kg.publish.site.layout import Layout
from kg.publish.site.reader import Reader
from kg.publish.site.rendering import quoted
from kg.publish.site.whole import Whole
from kg.rdf.terms import Iri

SITEMAP_URLS = 40_000
"""How many addresses one file of a site map has; the protocol allows 50,000."""

_HEADERS = """/*
  X-Content-Type-Options: nosniff
  Referrer-Policy: no-referrer
  X-Frame-Options: DENY
"""
_TYPES = {
    "ttl": "text/turtle; charset=utf-8",
    "jsonld": "application/ld+json",
    "nt": "application/n-triples",
    "nq": "application/n-quads",
    "atom": "application/atom+xml",
}
_NGINX = """# For nginx: include this file in a `server` whose root is this folder, and put the maps into `http`.
# A thing's address answers with its page, or with its data where only that is accepted.
#
# map $http_accept $kg_suffix {{
#     default                  html;
#     ~*text/html              html;
#     ~*application/ld\\+json   jsonld;
#     ~*text/turtle            ttl;
#     ~*application/n-triples  nt;
# }}
# map $http_accept_language $kg_language {{
#     default "";
{languages}# }}

types {{
    text/html                html;
    text/css                 css;
    text/javascript          js;
    image/svg+xml            svg;
    text/plain               txt;
    application/xml          xml;
    text/turtle              ttl;
    application/ld+json      jsonld;
    application/n-triples    nt;
    application/n-quads      nq;
    application/atom+xml     atom;
}}
charset utf-8;
error_page 404 /404.html;
charset_types text/css text/javascript text/plain text/turtle application/xml;
location = / {{
    add_header Vary "Accept-Language" always;
    try_files /index$kg_language.html /index.html =404;
}}
location / {{
    add_header Vary "Accept, Accept-Language" always;
    add_header X-Content-Type-Options nosniff always;
    add_header Access-Control-Allow-Origin "*" always;
    try_files $uri $uri$kg_language.$kg_suffix $uri.$kg_suffix $uri.html =404;
}}
{claims}location = /.well-known/void {{
    default_type text/turtle;
}}
location ~ ^/(\\.kg-site|_headers|_redirects|nginx\\.conf) {{
    return 404;
}}
"""
_LARGE = r"""location ~ ^/claim/(?<kg_article>.+)/(?<kg_claim>[^/.]+)(\.[a-z.]+)?$ {
    return 303 /article/$kg_article#$kg_claim;
}
location ~ ^/(?<kg_kind>occasion|source)/(?<kg_article>.+)/(?<kg_part>[^/.]+)(\.[a-z.]+)?$ {
    return 303 /article/$kg_article#$kg_kind.$kg_part;
}
"""


class Machine(NamedTuple):
    """A file for machines."""

    name: str
    content: bytes


def machine_files(reader: Reader, whole: Whole, layout: Layout) -> Iterator[Machine]:
    """Yield the files for machines but the site map."""
    base = whole.quads.base
    yield Machine("feed.atom", "".join(_feed(reader, whole, layout)).encode())
    yield Machine("robots.txt", f"User-agent: *\nAllow: /\nSitemap: {base}sitemap.xml\n".encode())
    yield Machine("_headers", (_HEADERS + "".join(_header_lines())).encode())
    yield Machine("_redirects", "".join(_redirects(whole, layout)).encode())
    tags = "".join(f"#     ~*^{each} .{each};\n" for each in layout.languages[1:])
    yield Machine("nginx.conf", _NGINX.format(languages=tags, claims=_LARGE if layout.large else "").encode())
    # Or else some hosts leave out what begins with an underscore or a dot.
    yield Machine(".nojekyll", b"")


def sitemap(base: str, files: Iterator[str]) -> Iterator[Machine]:
    """Yield the parts of a site map, then the map of them."""
    number = 0
    while urls := [f"<url><loc>{escape(base + file)}</loc></url>\n" for file in _some(files)]:
        number += 1
        yield Machine(f"sitemap-{number}.xml", _xml("urlset", "".join(urls)))
    parts = (f"<sitemap><loc>{escape(base)}sitemap-{n}.xml</loc></sitemap>\n" for n in range(1, number + 1))
    yield Machine("sitemap.xml", _xml("sitemapindex", "".join(parts)))


def _some(files: Iterator[str]) -> Iterator[str]:
    for _, file in zip(range(SITEMAP_URLS), files, strict=False):
        yield file


def _xml(element: str, content: str) -> bytes:
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'{head}<{element} xmlns="{space}">\n{content}</{element}>\n'.encode()


def _feed(reader: Reader, whole: Whole, layout: Layout) -> Iterator[str]:
    """Yield the claims that were annotated last as Atom (RFC 4287)."""
    base, title = whole.quads.base, whole.title(reader.language)
    moments = [_moment(day) for day, _ in whole.summary.new]
    name = reader.say("feed-title", title="{title}").replace("{title}", title.value)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang={quoteattr(reader.language)}>\n'
    yield f"<id>{escape(base)}feed.atom</id>\n<title>{escape(name)}</title>\n"
    yield f"<updated>{max(_moment(whole.description.modified), *moments)}</updated>\n"
    yield f'<link rel="self" href={quoteattr(base + "feed.atom")}/>\n<link href={quoteattr(base)}/>\n'
    if whole.description.licence:
        yield f'<link rel="license" href={quoteattr(whole.description.licence)}/>\n'
    for day, claim in whole.summary.new:
        if line := claim_line(reader, claim):
            yield "".join(_entry(line, day, claim, base + layout.file(line.path, reader.language)))
    yield "</feed>\n"


def _entry(line: ClaimLine, day: str, claim: Iri, address: str) -> Iterator[str]:
    names = ", ".join(speaker.name for speaker in line.speakers)
    words = line.words or line.gist
    yield f"<entry>\n<id>{escape(claim[1:-1])}</id>\n"
    yield f"<title>{escape(f'{names} {line.act_label}: {quoted(words, 100)}')}</title>\n"
    yield f"<updated>{_moment(day)}</updated>\n<link href={quoteattr(address)}/>\n"
    yield f"<author><name>{escape(names)}</name></author>\n"
    if words:
        language = f" xml:lang={quoteattr(words.language)}" if words.language else ""
        yield f"<summary{language}>{escape(words.value)}</summary>\n"
    yield "</entry>\n"


def _moment(day: str) -> str:
    """Return a day or moment as RFC 3339 has it; a data set without any has the first day there was."""
    return day if "T" in day else f"{day or '0001-01-01'}T00:00:00Z"


def _header_lines() -> Iterator[str]:
    for suffix, media in _TYPES.items():
        yield f"/*.{suffix}\n  Content-Type: {media}\n  Access-Control-Allow-Origin: *\n"
    yield "/.well-known/void\n  Content-Type: text/turtle; charset=utf-8\n  Access-Control-Allow-Origin: *\n"


def _redirects(whole: Whole, layout: Layout) -> Iterator[str]:
    """Yield the rules of `_redirects`: 302 is the status that all hosts know that read it."""
    for language in layout.languages[1:]:
        yield f"/ /index.{language}.html 302 Language={language}\n"
    if layout.large:
        # A placeholder is one part of a path, and articles may stand in folders.
        for folders in sorted({whole.quads.path(article).count("/") for article in whole.articles}):
            article = "/".join(f":part{number}" for number in range(1, folders + 1))
            yield f"/claim/{article}/:claim /article/{article}#:claim 302\n"
            for kind in ("occasion", "source"):
                yield f"/{kind}/{article}/:{kind} /article/{article}#{kind}.:{kind} 302\n"
