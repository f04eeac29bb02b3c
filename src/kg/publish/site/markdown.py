"""HTML of the Markdown that the guideline is written in, by CommonMark with tables; HTML in it stays text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

_PARTS = {
    "<table>": '<div class="scroll" tabindex="0"><table>',
    "</table>": "</table></div>",
    "<pre>": '<pre tabindex="0">',
}
"""What may be wider than a page is a place of its own to scroll in, which the keyboard reaches."""


def rendered(text: str) -> Markup:
    """Return the HTML of a document."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(text)
    for token, inline, close in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if token.type == "heading_open":
            token.attrSet("id", "-".join(re.findall(r"\w+", inline.content.lower())))
        elif token.type == "th_open" and inline.content:
            token.attrSet("scope", "col")
        elif token.type == "th_open":
            token.tag = close.tag = "td"  # an empty cell heads nothing
    for token in tokens:
        token.children = list(_linked(token.children)) if token.children else None
    html = str(parser.renderer.render(tokens, parser.options, {}))
    # Where these stand in the text, their `<` is `&lt;`.
    return Markup(re.sub("|".join(_PARTS), lambda match: _PARTS[match[0]], html))


def _linked(tokens: Iterable[Token]) -> Iterator[Token]:
    """Yield the tokens of a line, of links only those to elsewhere: a site has no other documents than this."""
    is_away = True
    for token in tokens:
        if token.type == "link_open":
            is_away = str(token.attrGet("href")).startswith("https://")
            token.attrSet("rel", "noopener")
        if is_away or not token.type.startswith("link_"):
            yield token
