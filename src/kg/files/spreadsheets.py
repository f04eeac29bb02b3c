"""Cells and rows as spreadsheets take them: nothing in a cell is run, and what was defused is undone exactly.

A spreadsheet takes a cell that begins with a sign of a formula for one, and may do so after blanks
(https://owasp.org/www-community/attacks/CSV_Injection). One that is set up for `;` takes what follows a `;`, a tab
or a line end for a cell of its own, whatever the quotation marks say. Each such place gets a `'` in front.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import IO

BOM = "\ufeff"
"""Stands first in a file: Excel takes one without it for Windows-1252."""
LINE_END = "\r\n"

# What may stand before the sign of a formula: quotation marks, blanks and what is not seen; no tab, no line end.
_BEFORE = "(?:[^\\S\t\r\n]|['\"\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff])*+"
_RUN = f"(?={_BEFORE}[-=+@＝＋－＠])"
_BLANK = f"(?={_BEFORE}[\t\r\n])"
_LIVE = re.compile(f"\\A{_BLANK}|(?:\\A|(?<=[;|\t\r\n])){_RUN}")
_DEFUSED = re.compile(f"\\A'{_BLANK}|(?:\\A|(?<=[;|\t\r\n]))'{_RUN}")
_NEGATIVE = re.compile(r"-[0-9]+(?:[.,][0-9]+)?")
_QUOTED = re.compile('[",;|\t\r\n]|\\A\\s|\\s\\Z')


def cell(text: str) -> str:
    """Return a text as a cell that no spreadsheet runs; a negative number stays one."""
    return text if _NEGATIVE.fullmatch(text) else _LIVE.sub("'", text)


def plain(text: str) -> str:
    """Return the text that `cell` made a cell of; any other cell loses no more than a `'` before a formula."""
    return _DEFUSED.sub("", text) if "'" in text else text


def line(cells: Iterable[str]) -> str:
    """Return a line of comma-separated values, defused, with its line end (RFC 4180)."""
    return ",".join(_quoted(cell(each)) for each in cells) + LINE_END


def write_rows(stream: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a table in UTF-8 with a byte order mark, each cell defused."""
    stream.write((BOM + line(header)).encode())
    for row in rows:
        stream.write(line(row).encode())


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text
