"""The scripts of JSON-LD in a page of HTML.

Not by `html.parser`, which takes minutes over a page of 300 kB that is made to slow it down.
"""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from kg.errors import Place
from kg.files.text_files import Lines, decoded

_NEXT = re.compile(r"<(?:(?P<comment>!--)|(?P<script>script)(?=[\s/>])|link(?=[\s/>]))", re.IGNORECASE)
_TAG = re.compile(r"(?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+>")
_END = re.compile(r"</script(?=[\s/>])", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([^\s=>\"'/]++)\s*+(?:=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s>\"']++)))?")
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_HEAD = 4096
# What browsers know, and no codec that does something else to bytes.
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


class Script(NamedTuple):
    """What stands in a script of JSON-LD, and where it begins."""

    raw: bytes
    at: Place


class Page(NamedTuple):
    """A page: its scripts, and the address that it gives for itself."""

    scripts: list[Script]
    canonical: str


def read_page(raw: bytes, file: str) -> Page:
    """Return what a page holds. Raises `CorpusError` where its bytes are not of the character set that it names."""
    text = _decoded(raw, file)
    lines = Lines(file, text)
    scripts: list[Script] = []
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
                scripts.append(Script(text[start:close].encode("utf-8", "replace"), lines.place(start)))
            at = stop
        elif attributes.get("rel", "").casefold() == "canonical":
            canonical = canonical or attributes.get("href", "").strip()
    return Page(scripts, canonical)


def _is_json_ld(type: str) -> bool:
    return type.partition(";")[0].strip().casefold() == "application/ld+json"


def _attributes(tag: str) -> dict[str, str]:
    return {
        name.casefold(): double or single or bare
        for name, double, single, bare in reversed(_ATTRIBUTE.findall(tag[:_HEAD]))
    }


def _bare(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where JSON stands in a script, without the signs that hide it from readers of old."""
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
    """Return the page as text: UTF-8 where it is, else in the character set that it names."""
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
    return decoded(raw, file)
