"""A YAML text with the places of its values, and which characters must change if one of them does.

Lines end where YAML ends them: also at U+0085, U+2028 and U+2029.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from typing import Any, NamedTuple

from kg.corpus.writer import (
    Plain,
    YamlLayout,
    double_quoted,
    fits_block,
    flow_value,
    item_lines,
    scalar,
    single_quoted,
    value_lines,
    written_key,
    yaml_text,
)
from kg.corpus.yaml_reader import read_yaml, yaml_tokens
from kg.errors import CorpusError, Path
from kg.files.places import Mark, index_values

_ENDS = "\r\n\x85\u2028\u2029"
_LINE_END = re.compile(f"\r\n|[{_ENDS}]")
_NEWLINE = re.compile("\r\n|[\r\n]")
_BLANKS = re.compile(f"[ \t{_ENDS}]*")
_BLANKS_AND_COMMENTS = re.compile(f"(?:[ \t{_ENDS}]|#[^{_ENDS}]*)*")
_BLOCK_HEADER = re.compile("[|>][-+0-9]*")
_STEP = 2


class Replacement(NamedTuple):
    """Characters of a text, and what replaces them."""

    start: int
    end: int
    text: str


def replaced(text: str, replacements: Sequence[Replacement]) -> str:
    """Return a text after replacements that do not overlap."""
    parts, at = [], 0
    for start, end, new in sorted(replacements):
        parts += [text[at:start], new]
        at = end
    return "".join([*parts, text[at:]])


def is_blank(text: str) -> bool:
    """Tell whether a text has only comments."""
    # `fullmatch` would try all ways to split `# # #` into comments.
    return _after(_BLANKS_AND_COMMENTS, text, 0) == len(text)


class YamlDocument:
    """A text, its values as `read_yaml` gives them, and the layout of what is written anew.

    No key may be in it twice. Each method that returns replacements makes one change. Whether the result has the
    right values must be checked: where YAML is written in rare ways, it may not.
    """

    def __init__(self, text: str, value: Any, layout: YamlLayout) -> None:
        self.text, self.value, self._layout = text, value, layout

    def with_text(self, text: str, value: Any) -> YamlDocument:
        """Return a document with another text and its values."""
        return YamlDocument(text, value, self._layout)

    @cached_property
    def marks(self) -> dict[Path, Mark]:
        """The places of all values and keys."""
        return index_values(yaml_tokens(self.text)).marks

    @cached_property
    def _lines_at(self) -> list[int]:
        return [0, *(end.end() for end in _LINE_END.finditer(self.text))]

    @cached_property
    def layout(self) -> YamlLayout:
        """The layout, which indents as the text does."""
        return self._layout._replace(step=" " * self._step())

    def is_flow(self, path: Path) -> bool:
        """Tell whether a mapping or list is in brackets or braces, its own or others'."""
        value = self.value
        for depth in range(len(path) + 1):
            if isinstance(value, dict | list) and self.text[self.marks[path[:depth]].value] in "{[":
                return True
            value = value[path[depth]] if depth < len(path) else None
        return False

    def replace(self, path: Path, new: Plain) -> list[Replacement]:
        """Give a value another value."""
        if not path:
            return [self._new_root(new)]
        mark = self.marks[path]
        if new and self._has_only_comments(path, type(new)):
            return [Replacement(mark.value + 1, mark.value + 1, flow_value(new)[1:-1])]
        if self.is_flow(path[:-1]):
            return [self._in_flow(path, new)]
        if isinstance(self._at(path), dict | list) and not self.is_flow(path):
            return self._over_block(path, *self._written(path, new))
        return self._over_inline(path, *self._written(path, new))

    def insert(self, path: Path, new: Plain, at: int) -> list[Replacement]:
        """Add a key or an item before the one that has this number, in a mapping or list that has any."""
        parent = path[:-1]
        steps = self._steps_in(parent)
        if self.is_flow(parent):
            if self._is_pair(parent):
                return [self._in_flow(parent, {**self._at(parent), str(path[-1]): new})]
            key = f"{written_key(path[-1])}: " if isinstance(path[-1], str) else ""
            if at:
                end = self.marks[*parent, steps[at - 1]].value_end
                return [Replacement(end, end, f", {key}{flow_value(new)}")]
            start = self._entry(*parent, steps[0])
            return [Replacement(start, start, f"{key}{flow_value(new)}, ")]
        indent = " " * self._column(parent)
        lines = self._lines(path, new, indent)
        gap = [""] if self._has_gaps(parent, at) or (not parent and len(lines) > 1) else []
        if at:
            end = self._line_end(self._end((*parent, steps[at - 1])))
            return [Replacement(end, end, self._newline(end).join(["", *gap, *lines]))]
        start = self._entry(*parent, steps[0])
        return [Replacement(start, start, self._newline(start).join([*lines, *gap, indent]).removeprefix(indent))]

    def uncomment(self, path: Path, new: Plain) -> list[Replacement]:
        """Add a key by removing the `# ` before it, if a comment has it with this value, as `kg new` guesses it."""
        parent = path[:-1]
        if self.is_flow(parent) or f"# {path[-1]}: " not in self.text:
            return []
        start = self.marks[parent].key_end if parent else 0
        end = _after(_BLANKS_AND_COMMENTS, self.text, self._end(parent))
        guess = re.compile(rf"(?<=[{_ENDS}]) {{{self._column(parent)}}}(# ){re.escape(str(path[-1]))}: [^{_ENDS}]+")
        for found in guess.finditer(self.text, start, end):
            with suppress(CorpusError):
                if read_yaml(self.text[found.end(1) : found.end()], "").value == {path[-1]: new}:
                    return [Replacement(found.start(1), found.end(1), "")]
        return []

    def delete(self, path: Path) -> list[Replacement]:
        """Delete a key or an item; the last one leaves `{}` or `[]`."""
        parent = path[:-1]
        if len(self._at(parent)) == 1:
            return self.replace(parent, type(self._at(parent))())
        if self.is_flow(parent):
            return [self._without_in_flow(path)]
        start = self._entry(*path)
        end = self._line_end(self._end(path))
        line = self._line_start(start)
        if self.text[line:start].strip(" "):  # after a dash, where the next one moves up
            return [Replacement(start, _after(_BLANKS, self.text, end), "")]
        return [Replacement(line, _after(_LINE_END, self.text, end), "")]

    def _at(self, path: Path) -> Any:
        value = self.value
        for step in path:
            value = value[step]
        return value

    def _steps_in(self, path: Path) -> list[Any]:
        value = self._at(path)
        return list(value) if isinstance(value, dict) else list(range(len(value)))

    def _has_only_comments(self, path: Path, kind: type) -> bool:
        """Tell whether a mapping or list is empty but for comments in its brackets."""
        old, mark = self._at(path), self.marks[path]
        return isinstance(old, kind) and not old and "#" in self.text[mark.value : mark.value_end]

    def _is_pair(self, path: Path) -> bool:
        """Tell whether a mapping is one key with its value in a list in brackets, without braces: `[nl: nee]`."""
        return isinstance(self._at(path), dict) and self.text[self.marks[path].value] != "{"

    def _block_header(self, path: Path) -> re.Match[str] | None:
        """Return the `|-` of a text that is written as a block."""
        mark = self.marks[path]
        return _BLOCK_HEADER.match(self.text, mark.value) if mark.value < mark.value_end else None

    def _end(self, path: Path) -> int:
        """Return the offset after the last character of a value, without the line end of a block."""
        value, mark = self._at(path), self.marks[path]
        if isinstance(value, dict | list) and value and not self.is_flow(path):
            return self._end((*path, self._steps_in(path)[-1]))
        if isinstance(value, str) and (header := self._block_header(path)):
            end = mark.value_end
            while (line := self._line_start(end)) > header.end() and not self.text[line:end].strip(" \t"):
                end = self._line_end_before(line)
                if "+" in header[0]:
                    break
            return end
        return mark.value_end

    def _entry(self, *path: str | int) -> int:
        """Return where an entry begins: at its key, its `?`, its dash, or in a flow list at the value."""
        parent, steps = self.marks[path[:-1]], self._steps_in(path[:-1])
        number = steps.index(path[-1])
        is_flow = self.is_flow(path[:-1])
        start = self.marks[*path[:-1], steps[number - 1]].value_end if number else parent.value
        if is_flow and self.text[start : start + 1] in ("{", "["):
            start += 1
        found = _after(_BLANKS_AND_COMMENTS, self.text, start)
        if is_flow and self.text[found : found + 1] == ",":
            found = _after(_BLANKS_AND_COMMENTS, self.text, found + 1)
        return min(found, self.marks[path].key)

    def _line_start(self, offset: int) -> int:
        return self._lines_at[bisect_right(self._lines_at, offset) - 1]

    def _line_end(self, offset: int) -> int:
        found = _LINE_END.search(self.text, offset)
        return found.start() if found else len(self.text)

    def _line_end_before(self, line: int) -> int:
        """Return the offset of the line end before the start of a line."""
        return max(line - 2 if self.text[line - 2 : line] == "\r\n" else line - 1, 0)

    def _newline(self, offset: int) -> str:
        """Return the line end of a line of the file, or of its last line if this one has none."""
        found = _NEWLINE.search(self.text, offset) or _NEWLINE.search(self.text)
        return found[0] if found else "\n"

    def _column(self, path: Path) -> int:
        """Return the column, from 0, of the keys or dashes of a block."""
        start = self.marks[path].value
        return start - self._line_start(start)

    def _step(self) -> int:
        """Return by how much the file indents what is below a key."""
        for path in self.marks:
            is_below_key = path and isinstance(path[-1], str)
            if is_below_key and isinstance(self._at(path), dict) and self._at(path) and not self.is_flow(path):
                return max(self._column(path) - self._column(path[:-1]), 1)
        return _STEP

    def _has_gaps(self, parent: Path, at: int) -> bool:
        """Tell whether an empty line is between the two entries before a number, or else around it."""
        steps = self._steps_in(parent)
        second = at - 1 if at > 1 else 1
        if len(steps) < 2:
            return False
        line = self._line_end(self._end((*parent, steps[second - 1])))
        between = self.text[line : self._entry(*parent, steps[second])]
        return any(not part.strip(" \t") for part in _LINE_END.split(between)[1:-1])

    def _lines(self, path: Path, new: Plain, indent: str) -> list[str]:
        if isinstance(path[-1], int):
            return item_lines(indent, new, path[:-1], self.layout)
        return value_lines(f"{indent}{written_key(path[-1])}:", new, path, self.layout)

    def _new_root(self, new: Plain) -> Replacement:
        assert isinstance(new, dict)
        written = yaml_text(dict(new), self.layout).removesuffix("\n")
        written = written.replace("\n", self._newline(0))
        if self.marks and self.value:
            return Replacement(self.marks[()].value, self._end(()), written)
        if self.marks and self.marks[()].value_end > self.marks[()].value:
            return Replacement(self.marks[()].value, self.marks[()].value_end, written)
        end = len(self.text)
        is_ended = not self.text or self.text[-1] in _ENDS
        newline = self._newline(0)
        return Replacement(end, end, f"{written}{newline}" if is_ended else f"{newline}{written}")

    def _in_flow(self, path: Path, new: Plain) -> Replacement:
        mark = self.marks[path]
        written = self._restyled(path, new, flow=True) if isinstance(new, str | int) else flow_value(new)
        if mark.value == mark.value_end and isinstance(path[-1], str):
            if ":" not in self.text[mark.key_end : mark.value]:
                written = f": {written}"
            elif not self.text[mark.value - 1].isspace():
                written = f" {written}"
        return Replacement(mark.value, mark.value_end, written)

    def _written(self, path: Path, new: Plain) -> tuple[str, list[str]]:
        """Return what follows a key or dash on its line, and the lines below."""
        if isinstance(new, str) and self._block_header(path) and (block := self._as_block(path, new)):
            return block[0], block[1:]
        if isinstance(new, str | int):
            return self._restyled(path, new, flow=False), []
        indent = " " * self._column(path[:-1])
        step = path[-1]
        head = f"{indent}{written_key(step)}:" if isinstance(step, str) else f"{indent}-"
        if head.endswith("-") and self.text[self._entry(*path) : self.marks[path].value] == "- ":
            first, *body = self._lines(path, new, indent)
        else:
            first, *body = value_lines(head, new, path, self.layout)
        return first.removeprefix(head).strip(), body

    def _as_block(self, path: Path, new: str) -> list[str]:
        """Return the lines of a text as a block that is indented like the old one; none if it does not fit."""
        header = self._block_header(path)
        assert header is not None
        text = new.removesuffix("\n")
        if not fits_block(text) or (text != new and self._end(path) == len(self.text)):
            return []
        style = ">" if header[0][0] == ">" and "\n" not in text else "|"
        first = _LINE_END.split(self.text[self._line_end(header.end()) : self._end(path)])[1:]
        old = next((len(line) - len(line.lstrip(" ")) for line in first if line.strip()), 0)
        if not old or any(sign.isdigit() for sign in header[0]):
            old = self._column(path[:-1]) + len(self.layout.step)
        lines = [" " * old + line if line else "" for line in text.split("\n")]
        return [style if new.endswith("\n") else f"{style}-", *lines]

    def _restyled(self, path: Path, new: str | int, *, flow: bool) -> str:
        """Return a text in the quotation marks of the old one, if it had any."""
        old = self.text[self.marks[path].value : self.marks[path].value_end]
        if isinstance(self._at(path), str) and old[:1] in ("'", '"'):
            text = str(new) if isinstance(new, str) else flow_value(new)
            return single_quoted(text) if old[0] == "'" else double_quoted(text)
        return flow_value(new) if flow or not isinstance(new, str) else scalar(new)

    def _over_inline(self, path: Path, inline: str, body: list[str]) -> list[Replacement]:
        """Replace a text, or a mapping or list in brackets; the comment behind it stays on its line."""
        mark = self.marks[path]
        start, end, rest = mark.value, mark.value_end, mark.value_end
        if block := self._block_header(path):
            end, rest = block.end(), self._end(path)
        if not inline:
            start = len(self.text[:start].rstrip(f" \t{_ENDS}"))
            end += len(self.text[end:]) - len(self.text[end:].lstrip(" \t"))
            inline = " " if self.text[end : end + 1] == "#" else ""  # no tab may follow a dash
        elif not self.text[start - 1].isspace():
            inline = f" {inline}"
        line_end = self._line_end(end)
        below = self._newline(line_end).join(["", *body])
        return [Replacement(start, end, inline), Replacement(line_end, max(rest, line_end), below)]

    def _over_block(self, path: Path, inline: str, body: list[str]) -> list[Replacement]:
        """Replace a mapping or list whose lines are below its key or dash, or begin after its dash."""
        mark = self.marks[path]
        head = self._entry(*path)  # a dash
        if isinstance(path[-1], str):
            head = _after(_BLANKS_AND_COMMENTS, self.text, mark.key_end)
        head += 1
        end = self._line_end(self._end(path))
        line = self._line_start(mark.value)
        first = f" {inline}" if inline else ""
        below = self._newline(mark.value).join(["", *body])
        if line <= head:
            return [Replacement(head, end, first + below)]
        return [Replacement(head, head, first), Replacement(self._line_end_before(line), end, below)]

    def _without_in_flow(self, path: Path) -> Replacement:
        steps = self._steps_in(path[:-1])
        number = steps.index(path[-1])
        start, end = self._entry(*path), self.marks[path].value_end
        before = self.marks[*path[:-1], steps[number - 1]].value_end
        if number and "#" not in self.text[before:start]:
            return Replacement(before, end, "")
        comma = _after(_BLANKS_AND_COMMENTS, self.text, end)
        if self.text[comma] != ",":
            return Replacement(start, end, "")
        return Replacement(start, _after(_BLANKS, self.text, comma + 1), "")


def _after(pattern: re.Pattern[str], text: str, offset: int) -> int:
    """Return the offset after what a pattern matches at an offset."""
    found = pattern.match(text, offset)
    return found.end() if found else offset
