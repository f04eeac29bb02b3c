"""Files for machines: sitemap, robots.txt, and settings of web servers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple
from urllib.parse import SplitResult, quote, urlsplit
from xml.sax.saxutils import escape

from kg.publish.site.dataset import DatasetView
from kg.publish.site.rendering import SiteLayout

SITEMAP_URLS = 40_000
"""How many URLs a part of the sitemap has; the protocol allows 50,000."""

_HEADERS = """/*
  X-Content-Type-Options: nosniff
  Referrer-Policy: no-referrer
"""
_TYPES = {
    "ttl": "text/turtle; charset=utf-8",
    "jsonld": "application/ld+json",
    "nt": "application/n-triples",
    "nq": "application/n-quads",
    "atom": "application/atom+xml",
}
_NGINX = """# For nginx: include this file in a `server` whose root is this folder, and put the maps into `http`.
# An IRI answers with its page, or with its data if only that is accepted.
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
{moved}location = / {{
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


class SiteFile(NamedTuple):
    """A file of the site: its name and content."""

    name: str
    content: bytes


def machine_files(dataset: DatasetView, layout: SiteLayout) -> Iterator[SiteFile]:
    """Yield the files for machines except the sitemap and the feeds."""
    base = dataset.quads.base
    yield SiteFile("robots.txt", f"User-agent: *\nAllow: /\nSitemap: {base}sitemap.xml\n".encode())
    yield SiteFile("_headers", (_HEADERS + "".join(_header_lines())).encode())
    yield SiteFile("_redirects", "".join(_redirects(dataset, layout)).encode())
    tags = "".join(f"#     ~*^{each} .{each};\n" for each in layout.languages[1:])
    claims = "".join(_replaced(dataset, layout)) + (_LARGE if layout.large else "")
    settings = {"languages": tags, "claims": claims, "moved": "".join(_moved(dataset))}
    yield SiteFile("nginx.conf", _NGINX.format(**settings).encode())
    # Without it, some hosts leave out files that begin with an underscore or a dot.
    yield SiteFile(".nojekyll", b"")


def sitemap(base: str, files: Iterator[str]) -> Iterator[SiteFile]:
    """Yield the parts of a sitemap, then their index."""
    number = 0
    while urls := [f"<url><loc>{escape(base + file)}</loc></url>\n" for file in islice(files, SITEMAP_URLS)]:
        number += 1
        yield SiteFile(f"sitemap-{number}.xml", _xml("urlset", "".join(urls)))
    parts = (f"<sitemap><loc>{escape(base)}sitemap-{n}.xml</loc></sitemap>\n" for n in range(1, number + 1))
    yield SiteFile("sitemap.xml", _xml("sitemapindex", "".join(parts)))


def _xml(element: str, content: str) -> bytes:
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'{head}<{element} xmlns="{space}">\n{content}</{element}>\n'.encode()


def _header_lines() -> Iterator[str]:
    for suffix, media in _TYPES.items():
        yield f"/*.{suffix}\n  Content-Type: {media}\n  Access-Control-Allow-Origin: *\n"
    yield "/.well-known/void\n  Content-Type: text/turtle; charset=utf-8\n  Access-Control-Allow-Origin: *\n"


def _redirects(dataset: DatasetView, layout: SiteLayout) -> Iterator[str]:
    """Yield the rules of `_redirects`; all hosts that read the file know status 301 and 302."""
    for old, new in _replaced_elsewhere(dataset):
        yield f"{old} {new} 301\n"
    for old, new in _replaced_here(dataset):
        yield f"/{old} /{layout.file(new, layout.languages[0]) if layout.large else new} 301\n"
    for old, new in _earlier(dataset):
        yield f"{old}* {new}:splat 301\n"
    for language in layout.languages[1:]:
        yield f"/ /index.{language}.html 302 Language={language}\n"
    if layout.large:
        # A placeholder is one segment of a path, and articles may be in folders.
        for folders in sorted({dataset.quads.path(article).count("/") for article in dataset.articles}):
            article = "/".join(f":part{number}" for number in range(1, folders + 1))
            yield f"/claim/{article}/:claim /article/{article}#:claim 302\n"
            for kind in ("occasion", "source"):
                yield f"/{kind}/{article}/:{kind} /article/{article}#{kind}.:{kind} 302\n"


def _moved(dataset: DatasetView) -> Iterator[str]:
    """Yield nginx's rules for the URLs that the data set had before it moved; those of single things come first."""
    for old, new in _replaced_elsewhere(dataset):
        host, path = urlsplit(old).netloc, urlsplit(old).path
        yield f"## In a `server` of {host}: location = {path} {{ return 301 {new}; }}\n"
    for old, new in _earlier(dataset):
        host, path = urlsplit(old).netloc, urlsplit(old).path
        rule = f"location ^~ {path} {{ rewrite ^{re.escape(path)}(.*)$ {new}$1 permanent; }}\n"
        yield f"## In a `server` of {host}: {rule}" if host else rule


def _earlier(dataset: DatasetView) -> Iterator[tuple[str, str]]:
    """Yield each earlier base and the base: two paths if they differ in nothing else, else two URLs.

    Percent-encoded: a corpus may be a stranger's, and `;`, `$`, `*` and `:` mean something in settings of servers.
    """
    base = urlsplit(dataset.quads.base)
    for each in dataset.description.moved_from:
        old = urlsplit(each)
        is_here = old.netloc.lower() == base.netloc.lower()
        if not is_here:
            yield _encoded(old), _encoded(base)
        elif old.path != base.path:
            yield quote(old.path, safe="/%"), quote(base.path, safe="/%")


def _replaced(dataset: DatasetView, layout: SiteLayout) -> Iterator[str]:
    """Yield nginx's rules for former paths, with any suffix: those of a thing that has another id now."""
    for old, new in _replaced_here(dataset):
        if layout.large and new.startswith("claim/"):
            yield f"location = /{old} {{ return 301 /{layout.file(new, layout.languages[0])}; }}\n"
        else:
            yield f"location ~ ^/{re.escape(old)}(?<kg_form>\\.[a-z.]+)?$ {{ return 301 /{new}$kg_form; }}\n"


def _replaced_here(dataset: DatasetView) -> Iterator[tuple[str, str]]:
    """Yield the former and the present path of each resource that had another."""
    quads = dataset.quads
    paths = ((quads.path(old), quads.path(new)) for old, new in quads.replaced())
    return ((old, new) for old, new in paths if old and new and not old.startswith("text/"))


def _replaced_elsewhere(dataset: DatasetView) -> Iterator[tuple[str, str]]:
    """Yield each former URL under another base, and the present one."""
    for old, new in dataset.quads.replaced():
        if not dataset.quads.path(old):
            yield _encoded(urlsplit(old[1:-1])), _encoded(urlsplit(new[1:-1]))


def _encoded(url: SplitResult) -> str:
    return f"{url.scheme}://{quote(url.netloc, safe=':[]')}{quote(url.path, safe='/%')}"
