"""Rows of a spreadsheet, whichever file they stand in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from kg.errors import Place


class Cell(NamedTuple):
    """A cell that holds something: its text, where it stands, and why its value cannot be had (`""`: it can)."""

    text: str
    line: int
    column: int
    fault: str = ""


Row = dict[int, Cell]
"""The cells of a row that are not empty, by their column from 0; in the order of the columns."""


class Sheet(NamedTuple):
    """A table in a file. `title` is its name in a workbook, `""` where a file is one table.

    `rows` reads it from the start, row by row, without the rows that are empty.
    """

    file: str
    title: str
    rows: Callable[[], Iterator[Row]]

    def place(self, cell: Cell) -> Place:
        """Return where a cell stands."""
        return Place(self.file, cell.line, cell.column)

    def name(self, cell: Cell) -> str:
        """Return how people call a cell: `Sheet1!B17`, or `line 17` in a file of text."""
        return f"{self.title}!{letters(cell.column)}{cell.line}" if self.title else f"line {cell.line}"


def letters(column: int) -> str:
    """Return the letters of a column, from 1: `A`, `Z`, `AA`."""
    name = ""
    while column > 0:
        column, letter = divmod(column - 1, 26)
        name = chr(65 + letter) + name
    return name
