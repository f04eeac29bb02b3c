"""The guideline as a page: all of `docs/annotating.md` and its translation, and nothing smuggled in."""

from __future__ import annotations

import re
import tomllib
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt

from kg.files.resources import resource_folder
from kg.publish.site import overviews
from kg.publish.site.rendering import render_markdown
from support import ROOT, SEEDS
from support.pages_of import Reading, pages_of

if TYPE_CHECKING:
    from markdown_it.token import Token

GUIDELINE = (resource_folder("docs") / "annotating.md").read_text(encoding="utf-8")
DUTCH = (resource_folder("docs") / "annotating.nl.md").read_text(encoding="utf-8")
NOTICE = "Deze richtlijn is in het Engels."
BOTH = pytest.mark.parametrize("document", [GUIDELINE, DUTCH], ids=["en", "nl"])


def blocks(document: str) -> list[tuple[str, str, list[str]]]:
    """Return what a translation leaves as it is: each block's element, code, and code and links in its lines.

    The acts are names, too; a link to a section of the document itself has the number of its heading.
    """
    tokens = MarkdownIt("commonmark").enable("table").parse(document)
    headings = re.findall(r'<h\d id="([^"]+)">', render_markdown(document))

    def kept(token: Token) -> list[str]:
        children = token.children or []
        links = (str(each.attrGet("href")) for each in children if each.type == "link_open")
        codes = [each.content for each in children if each.type == "code_inline"]
        places = [str(headings.index(link[1:])) if link.startswith("#") else link for link in links]
        return sorted({*codes, *places, *re.findall(r"\bc\d\d\b", token.content)})

    return [(token.tag or token.type, "" if token.children else token.content, kept(token)) for token in tokens]


def test_the_translation_has_the_sections_code_and_links_of_the_guideline() -> None:
    assert blocks(DUTCH) == blocks(GUIDELINE)
    acts = re.compile(r"^\| (\w+) \|[^|]+\| (\w*) ", re.MULTILINE)
    assert acts.findall(DUTCH)[1:] == acts.findall(GUIDELINE)[1:]


def test_each_guideline_is_in_the_wheel_and_in_the_image() -> None:
    names = {f"docs/{path.name}" for path in (ROOT / "docs").glob("annotating*.md")}
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    image = (ROOT / "docs" / "deploy" / "Containerfile").read_text()
    assert {name: f"kg/published/{name}" for name in names}.items() <= wheel["force-include"].items()
    assert names == set(re.findall(r"docs/annotating\S*", image))


def test_the_guideline_on_a_page_is_in_its_language_with_the_same_ids(tmp_path: Path) -> None:
    pages = pages_of(SEEDS, tmp_path)
    english, dutch = ((pages.html("annotating", language) or b"").decode() for language in ("en", "nl"))
    ids = re.findall(r'<h\d id="([^"]+)"', english)
    assert "if-a-warning-is-right-as-it-is" in ids
    assert re.findall(r'<h\d id="([^"]+)"', dutch) == ids
    assert "Wat als uitspraak telt</h2>" in dutch
    assert "What counts as a claim" not in dutch
    assert NOTICE not in dutch
    assert '<article class="guideline">' in dutch


def test_a_language_without_a_translation_has_the_english_text_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = pages_of(SEEDS, tmp_path)
    (tmp_path / "annotating.md").write_text("# Annotating", encoding="utf-8")
    monkeypatch.setattr(overviews, "resource_folder", lambda _: tmp_path)
    page = (pages.html("annotating", "nl") or b"").decode()
    assert NOTICE in page
    assert re.search(r'<article class="guideline" lang="en"[^>]*>\s*<h1 id="annotating">Annotating</h1>', page)


def plain(markdown: str) -> list[str]:
    """Return the words of a document, without its marks."""
    without = re.sub(r"^```\w*$|^\|(-+\|)+$", " ", markdown, flags=re.MULTILINE)
    without = re.sub(r"\[([^]]+)\]\([^)]+\)", r"\1", without)
    return re.findall(r"\w+", without)


@BOTH
def test_every_word_of_the_guideline_is_on_its_page_in_its_order(document: str) -> None:
    numbers = re.compile(r"^\d+\. ", re.MULTILINE)
    shown = unescape(re.sub(r"<[^>]+>", " ", render_markdown(document)))
    assert re.findall(r"\w+", shown) == plain(numbers.sub("", document))


@BOTH
def test_no_mark_is_left_over(document: str) -> None:
    text = re.sub(r"<code[^>]*>.*?</code>", "", render_markdown(document), flags=re.DOTALL)
    assert [mark for mark in ("`", "**", "](", "\n#", "\n|") if mark in text] == []


def test_what_is_known_of_markdown_becomes_html() -> None:
    document = """# A title
Words with `a
b` and **bold `c`**,
*soft*, [a page](b.md), [away](https://e.example/?a&b).

- one
  more
- two

1. first

| a | b | |
|---|---|---|
| c | `d` | |

```yaml
e: *f  # <g>
```
    h
"""
    assert (
        render_markdown(document)
        == """\
<h1 id="a-title">A title</h1>
<p>Words with <code>a b</code> and <strong>bold <code>c</code></strong>,
<em>soft</em>, a page, <a href="https://e.example/?a&amp;b" rel="noopener">away</a>.</p>
<ul>
<li>one
more</li>
<li>two</li>
</ul>
<ol>
<li>first</li>
</ol>
<div class="scroll" tabindex="0"><table>
<thead>
<tr>
<th scope="col">a</th>
<th scope="col">b</th>
<td></td>
</tr>
</thead>
<tbody>
<tr>
<td>c</td>
<td><code>d</code></td>
<td></td>
</tr>
</tbody>
</table></div>
<pre tabindex="0"><code class="language-yaml">e: *f  # &lt;g&gt;
</code></pre>
<pre tabindex="0"><code>h
</code></pre>
"""
    )


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[a](javascript:alert(1))",
        '[a](https://e.example/"onclick=alert(1))',
        "`<img src=x onerror=alert(1)>`",
        "# <b>",
        "| <i> |\n|---|\n| <i> |",
        "\x00" + "0\x00 `x`",
        "**[*`**`*](https://e.example/**)**",
    ],
)
def test_hostile_text_stays_text(text: str) -> None:
    page = Reading(str(render_markdown(text)))
    known = {"p", "h1", "code", "a", "strong", "em", "div", "table", "thead", "tbody", "tr", "th", "td", "ul", "li"}
    assert {tag for tag, _ in page.elements} <= known
    assert [name for _, each in page.elements for name in each if name.startswith("on")] == []
    assert [link for link in page.links if not link.startswith("https://")] == []
