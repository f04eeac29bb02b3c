"""The text of a Turtle file with other IRIs: only their characters change.

https://www.w3.org/TR/turtle/#sec-grammar
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urljoin

# A string without an end and a word that is no name are tokens, too: each is passed over once.
_TOKEN = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r'|"(?:[^"\\\n]|\\.)*"?'
    r"|'(?:[^'\\\n]|\\.)*'?"
    r"|#[^\n]*"
    r"|<(?P<iri>[^<>\"{}|^`\s]*)>"
    r"|(?P<directive>@prefix\b|@base\b|(?<![\w:.@-])(?i:PREFIX|BASE)(?![\w:.-]))"
    r"|(?P<prefix>[^\W\d_][\w.-]*|):(?P<local>(?:[\w:-]|\.(?=[\w:.%\\-])|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%])*)"
    r"|[^\W\d_][\w.-]*",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)")
_CODE_POINT = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


def with_new_iris(text: str, new_iri: Callable[[str], str]) -> tuple[str, int]:
    """Return a Turtle text in which `new_iri` replaced the IRIs, and how many it changed.

    A prefixed name or a relative IRI that changes is written as a whole IRI. Namespaces of prefixes and bases stay.
    """
    prefixes: dict[str, str] = {}
    directive = prefix = base = ""
    pieces: list[str] = []
    at = count = 0
    for token in _TOKEN.finditer(text):
        if token["directive"]:
            directive = token["directive"].lower().removeprefix("@")
        elif directive == "prefix" and token["prefix"] is not None:
            prefix = f"{token['prefix']}:"
        elif directive and token["iri"] is not None:
            iri = _resolved(token["iri"], base)
            if directive == "base":
                base = iri
            else:
                prefixes[prefix] = iri
            directive = ""
        elif (iri := _whole_iri(token, prefixes, base)) and (new := new_iri(iri)) != iri:
            pieces += [text[at : token.start()], f"<{new}>"]
            at, count = token.end(), count + 1
    return "".join([*pieces, text[at:]]), count


def _whole_iri(token: re.Match[str], prefixes: dict[str, str], base: str) -> str:
    if token["iri"] is not None:
        return _resolved(token["iri"], base)
    space = prefixes.get(f"{token['prefix']}:", "") if token["prefix"] is not None else ""
    return space + _ESCAPE.sub(r"\1", token["local"]) if space else ""


def _resolved(written: str, base: str) -> str:
    """Return an IRI without escapes, and if it is relative, below the base."""
    iri = _CODE_POINT.sub(lambda escape: chr(min(int(escape[1] or escape[2], 16), 0x10FFFF)), written)
    if not base:
        return iri
    joined = urljoin(base, iri).removesuffix("#")
    return f"{joined}#" if iri.endswith("#") else joined  # `urljoin` drops an empty fragment
