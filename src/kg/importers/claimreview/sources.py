"""Finds reviews: the JSON-LD scripts of HTML pages, and JSON in files and feeds.

Pages are not read with `html.parser`, which a malicious page of 300 kB can keep busy for minutes. Only one
element of a feed is in memory at a time.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import NamedTuple

from kg.errors import Place
from kg.files.json_reader import JsonStream
from kg.files.places import Lines, PlaceCursor
from kg.files.text_files import decode_text
from kg.importers.core.source_files import SourceFile

PAGES = (".html", ".htm", ".xhtml")
FEEDS = (".json", ".jsonld", ".jsonl", ".ndjson")
_COMPRESSED = (".gz", ".zst", ".bz2")
# The lists of a feed and of a search's answer. Not `@graph`: its objects refer to one another.
_LONG = (b'"dataFeedElement"', b'"claims"', b'"itemListElement"')
_LONGEST_GAP = 10_000
_NEXT = re.compile(r"<(?:(?P<comment>!--)|(?P<script>script)(?=[\s/>])|link(?=[\s/>]))", re.IGNORECASE)
_TAG = re.compile(r"(?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+>")
_END = re.compile(r"</script(?=[\s/>])", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([^\s=>\"'/]++)\s*+(?:=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s>\"']++)))?")
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_HEAD = 4096
# The encodings that browsers support, which excludes Python's codecs that do more than decode text.
_CHARSETS = frozenset(
    (
        *(f"iso8859-{part}" for part in (1, 2, 7, 9, 15)),
        *(f"cp{page}" for page in range(1250, 1258)),
        *("koi8-r", "koi8-u", "shift_jis", "euc_jp", "gb2312", "gbk", "gb18030", "big5", "euc_kr"),
    )
)
_AS_BROWSERS_DO = {"iso8859-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}
_OPENINGS = ("<!--", "<![CDATA[", "//", "/*", "*/")
_CLOSINGS = ("-->", "]]>", "//", "/*", "*/", ";")


class EmbeddedJson(NamedTuple):
    """The JSON in a script of a page, and where it begins."""

    raw: bytes
    at: Place


class ReviewPage(NamedTuple):
    """A page: its JSON-LD scripts, and its own canonical address."""

    scripts: list[EmbeddedJson]
    canonical: str


def is_page(file: SourceFile) -> bool:
    """Tell whether a file is a page, not JSON: by its name or, if the user named it, by its first character."""
    name = file.name.casefold()
    if not file.is_alone:
        return name.endswith(PAGES)
    for suffix in _COMPRESSED:
        name = name.removesuffix(suffix)
    return name.endswith(PAGES) or (not name.endswith(FEEDS) and _begins_as_page(file))


def _begins_as_page(file: SourceFile) -> bool:
    return next(file.pieces(), b"").lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def read_page(raw: bytes, file: str) -> ReviewPage:
    """Return the scripts of a page. Raises `CorpusError` if its bytes do not fit the character set it names."""
    text = _decoded(raw, file)
    lines = Lines(file, text)
    scripts: list[EmbeddedJson] = []
    canonical, at = "", 0
    while found := _NEXT.search(text, at):
        if found["comment"]:
            at = text.find("-->", found.end())
            if at < 0:
                break
            continue
        tag = _TAG.match(text, found.end())
        if tag is None:
            break
        attributes, at = _attributes(tag[0]), tag.end()
        if found["script"]:
            end = _END.search(text, at)
            stop = end.start() if end else len(text)
            if _is_json_ld(attributes.get("type", "")):
                start, close = _bare(text, at, stop)
                scripts.append(EmbeddedJson(text[start:close].encode("utf-8", "replace"), lines.place(start)))
            at = stop
        elif attributes.get("rel", "").casefold() == "canonical":
            canonical = canonical or attributes.get("href", "").strip()
    return ReviewPage(scripts, canonical)


def _is_json_ld(type: str) -> bool:
    return type.partition(";")[0].strip().casefold() == "application/ld+json"


def _attributes(tag: str) -> dict[str, str]:
    return {
        name.casefold(): double or single or bare
        for name, double, single, bare in reversed(_ATTRIBUTE.findall(tag[:_HEAD]))
    }


def _bare(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where JSON begins and ends in a script, without the comment signs that hid it from old browsers."""
    before = -1
    while before != start:
        before = start
        while start < end and text[start].isspace():
            start += 1
        start += next((len(sign) for sign in _OPENINGS if text.startswith(sign, start, end)), 0)
    before = -1
    while before != end:
        before = end
        while end > start and text[end - 1].isspace():
            end -= 1
        end -= next((len(sign) for sign in _CLOSINGS if text.endswith(sign, start, end)), 0)
    return start, end


def _decoded(raw: bytes, file: str) -> str:
    """Return the page as text: as UTF-8 if it is valid, else in the character set that it names."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        named = _CHARSET.search(raw[:_HEAD])
    try:
        name = codecs.lookup(named[1].decode()).name if named else ""
        if name in _CHARSETS:
            return raw.decode(_AS_BROWSERS_DO.get(name, name))
    except (LookupError, UnicodeDecodeError):
        pass
    return decode_text(raw, file)


def json_values(pieces: Iterator[bytes], file: str) -> Iterator[tuple[bytes, Place]]:
    """Yield the values of JSON or JSON Lines with their places; the elements of a long list one by one.

    Raises `CorpusError` if the file is not JSON, or ends too early.
    """
    stream = JsonStream(pieces, file)
    opening = stream.begin()
    while opening:
        if opening == b"[":
            for _ in stream.elements():
                yield stream.take()
        elif opening == b"{":
            yield from _object(stream)
        else:
            raise stream.broken("an array or an object of JSON")
        opening = stream.next()


def _object(stream: JsonStream) -> Iterator[tuple[bytes, Place]]:
    """Yield the elements of an object's long lists, then the object without them, each value at its place."""
    place = stream.cursor.place
    rest: list[bytes] = []
    cursor = PlaceCursor(place)
    for key in stream.members():
        sign, at = stream.next(), stream.cursor.place
        if key in _LONG and sign == b"[":
            for _ in stream.elements():
                yield stream.take()
            raw = b"[]"
        else:
            raw, _ = stream.take()
        start = (b"," if rest else b"{") + key + b":"
        cursor.advance(start)
        raw = _gap(cursor.place, at) + raw
        cursor.advance(raw)
        rest.append(start + raw)
    yield b"".join(rest or [b"{"]) + b"}", place


def _gap(start: Place, end: Place) -> bytes:
    """Return the white space from one place to another; a single blank if it is as long as a feed."""
    down = end.line - start.line
    aside = end.column - (1 if down else start.column)
    return b"\n" * down + b" " * aside if down + aside <= _LONGEST_GAP else b" "
