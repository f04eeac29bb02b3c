"""The guideline as a page: all of `docs/annotating.md`, and nothing that its text could smuggle in."""

from __future__ import annotations

import re
from html import unescape

import pytest

from kg.files.resources import resource_folder
from kg.publish.site.rendering import render_markdown
from support.pages_of import Reading

GUIDELINE = (resource_folder("docs") / "annotating.md").read_text(encoding="utf-8")


def plain(markdown: str) -> list[str]:
    """Return the words of a document, without its marks."""
    without = re.sub(r"^```\w*$|^\|(-+\|)+$", " ", markdown, flags=re.MULTILINE)
    without = re.sub(r"\[([^]]+)\]\([^)]+\)", r"\1", without)
    return re.findall(r"\w+", without)


def test_every_word_of_the_guideline_is_on_its_page_in_its_order() -> None:
    numbers = re.compile(r"^\d+\. ", re.MULTILINE)
    shown = unescape(re.sub(r"<[^>]+>", " ", render_markdown(GUIDELINE)))
    assert re.findall(r"\w+", shown) == plain(numbers.sub("", GUIDELINE))


def test_no_mark_is_left_over() -> None:
    text = re.sub(r"<code[^>]*>.*?</code>", "", render_markdown(GUIDELINE), flags=re.DOTALL)
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
