"""HTML of the Markdown that the guideline is written in; all else in it stays text.

Known are headings, paragraphs, lists of one level, tables, fenced and indented code, and within these `code`,
**strong**, *emphasis* and links.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from markupsafe import Markup, escape

_HEADING = re.compile(r"(#{1,4}) (.+)")
_ITEM = re.compile(r"(?:(-)|\d+\.) (.*)")
_CODE = re.compile(r"`([^`]+)`")
_HELD = re.compile("\0(\\d+)\0")
_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
_STRONG, _EMPHASIS = re.compile(r"\*\*(.+?)\*\*"), re.compile(r"\*([^*]+)\*")
Lines = list[str]


def rendered(text: str) -> Markup:
    """Return the HTML of a document."""
    return Markup("\n").join(_blocks(text.split("\n")))


def _blocks(lines: Lines) -> Iterator[Markup]:
    while lines:
        line = lines[0]
        if heading := _HEADING.fullmatch(line):
            level, words = len(heading[1]), heading[2]
            name = "-".join(re.findall(r"\w+", words.lower()))
            yield Markup('<h{0} id="{1}">{2}</h{0}>').format(level, name, _inline(words))
            lines = lines[1:]
        elif line.startswith("```"):
            code = _while(lines[1:], lambda each: not each.startswith("```"))
            yield _code(code)
            lines = lines[len(code) + 2 :]
        elif line.startswith("    "):
            code = _while(lines, lambda each: each.startswith("    "))
            yield _code([each[4:] for each in code])
            lines = lines[len(code) :]
        elif not line.strip():
            lines = lines[1:]
        else:
            block = _while(lines, _is_text)
            yield (
                _table(block) if line.startswith("|") else _list(block) if _ITEM.match(line) else _paragraph(block)
            )
            lines = lines[len(block) :]


def _is_text(line: str) -> bool:
    return bool(line.strip()) and not line.startswith("```") and not _HEADING.fullmatch(line)


def _while(lines: Lines, holds: Callable[[str], bool]) -> Lines:
    end = next((number for number, line in enumerate(lines) if not holds(line)), len(lines))
    return lines[:end]


def _code(lines: Lines) -> Markup:
    return Markup('<pre tabindex="0"><code>{}</code></pre>').format("\n".join(lines))


def _paragraph(lines: Lines) -> Markup:
    return Markup("<p>{}</p>").format(_inline(" ".join(lines)))


def _list(lines: Lines) -> Markup:
    first = _ITEM.match(lines[0])
    items: Lines = []
    for line in lines:
        if item := _ITEM.fullmatch(line):
            items.append(item[2])
        else:
            items[-1] += f" {line.strip()}"
    written = Markup("").join(Markup("<li>{}</li>").format(_inline(item)) for item in items)
    return Markup("<{0}>{1}</{0}>").format("ul" if first and first[1] else "ol", written)


def _table(lines: Lines) -> Markup:
    head, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines)
    heads = Markup("").join(
        Markup('<th scope="col">{}</th>').format(_inline(cell)) if cell else Markup("<td></td>") for cell in head
    )
    body = Markup("").join(
        Markup("<tr>{}</tr>").format(Markup("").join(Markup("<td>{}</td>").format(_inline(cell)) for cell in row))
        for row in rows
    )
    table = Markup("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(heads, body)
    return Markup('<div class="scroll" tabindex="0">{}</div>').format(table)


def _inline(text: str) -> Markup:
    codes: list[Markup] = []

    def hold(match: re.Match[str]) -> str:
        codes.append(Markup("<code>{}</code>").format(match[1]))
        return f"\0{len(codes) - 1}\0"

    held = str(escape(_CODE.sub(hold, text.replace("\0", ""))))
    held = _LINK.sub(_link, held)
    held = _EMPHASIS.sub(r"<em>\1</em>", _STRONG.sub(r"<strong>\1</strong>", held))
    return Markup(_HELD.sub(lambda match: codes[int(match[1])], held))


def _link(match: re.Match[str]) -> str:
    """Return a link to elsewhere; other documents than this one are not in the site, and keep their names only."""
    if match[2].startswith("https://"):
        return f'<a href="{match[2]}" rel="noopener">{match[1]}</a>'
    return match[1]
