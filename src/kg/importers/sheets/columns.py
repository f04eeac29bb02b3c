"""The columns of a sheet: the field of each, and how its cells are read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import chain, islice
from typing import NamedTuple, cast

from kg.errors import Place
from kg.files.csv_files import Cell, Row
from kg.importers.core.claim_fields import is_review_attribute
from kg.importers.core.documents import Name
from kg.importers.core.mapping import PRESETS, ArticleField, Field, Mapping, key
from kg.importers.sheets.column_names import (
    COMMON_NAMES,
    DERIVED,
    NAMES_OF_ROWS,
    OF_ARTICLES,
    OF_CLAIMS,
    OF_ROWS,
    TWO_DATES,
    WORDS_OR_GIST,
    ColumnName,
    column_names,
    heading,
    likely_name,
)


class Sheet(NamedTuple):
    """A table in a file. `title` is its name in a workbook, `""` if the file is one table.

    `rows` reads it from the start and yields the rows that are not empty.
    """

    file: str
    title: str
    rows: Callable[[], Iterator[Row]]

    def place(self, cell: Cell) -> Place:
        """Return the place of a cell."""
        return Place(self.file, cell.line, cell.column, self.name(cell) if self.title else "")

    def name(self, cell: Cell) -> str:
        """Return the name of a cell: `Sheet1!B17`, or `line 17` in a text file."""
        return f"{self.title}!{column_letters(cell.column)}{cell.line}" if self.title else f"line {cell.line}"


def column_letters(column: int) -> str:
    """Return the letters of a column, from 1: `A`, `Z`, `AA`."""
    name = ""
    while column > 0:
        column, letter = divmod(column - 1, 26)
        name = chr(65 + letter) + name
    return name


_SEPARATOR = re.compile(r"[;|\n\r]")
_DAY_FIRST = re.compile(r"([0-9]{1,2})([-./])([0-9]{1,2})\2([0-9]{4})")
_YEAR_FIRST = re.compile(r"([0-9]{4})[./]([0-9]{1,2})[./]([0-9]{1,2})")
_MONTH = re.compile(r"([0-9]{1,2})[-./]([0-9]{4})")


def cell_values(text: str) -> tuple[str, ...]:
    """Return the values of a cell, separated by `;`, `|` or a line end."""
    return tuple(value for each in _SEPARATOR.split(text) if (value := each.strip()))


def cell_names(text: str, ids: str = "") -> tuple[Name, ...]:
    """Return the names in a cell, with the ids from another cell in the same order."""
    values = cell_values(text)
    id_parts = [each.strip() for each in ids.split(";")] if ids else [""] * len(values)
    if len(id_parts) != len(values) and all(id_parts):
        values = tuple(id_parts)  # a `;` within a name has split it
    if len(id_parts) != len(values):
        id_parts = [""] * len(values)
    return tuple(Name(value, id=id) for value, id in zip(values, id_parts, strict=True))


def written_date(text: str, order: str = "") -> str:
    """Return a date in EDTF if it is unambiguous; any other text unchanged.

    `2/3/2020` is a day in February or in March unless `order` says which comes first, `day` or `month`.
    """
    bare = text.strip()
    if match := _DAY_FIRST.fullmatch(bare):
        one, other, year = int(match[1]), int(match[3]), int(match[4])
        order = order_of(bare) or order or ("day" if one == other else "")
        if not order:
            return bare
        return (_day(year, other, one) if order == "day" else _day(year, one, other)) or bare
    if match := _YEAR_FIRST.fullmatch(bare):
        return _day(int(match[1]), int(match[2]), int(match[3])) or bare
    if (match := _MONTH.fullmatch(bare)) and 1 <= int(match[1]) <= 12:
        return f"{match[2]}-{int(match[1]):02}"
    return bare


def order_of(text: str) -> str:
    """Return which comes first in a date, `day` or `month`; `""` if it may be either.

    In dates with points, the day always comes first.
    """
    match = _DAY_FIRST.fullmatch(text.strip())
    if not match or not (int(match[1]) <= 12 or int(match[3]) <= 12):
        return ""
    if match[2] == "." or int(match[1]) > 12:
        return "day"
    return "month" if int(match[3]) > 12 else ""


def _day(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


FIRST_ROWS = 20
"""The header is the one of these rows that names most columns."""
_UNKNOWN = "no field has this name: map it, or leave it"
_ONE_OF_TWO_DATES = (
    "it may be the day when it was said, or the day when it was printed: name the column `said` or `published`"
)
_DEFAULTS = PRESETS["attribution"]
_DATES = frozenset(("said", "published", "annotated"))
_SEVERAL = frozenset(("speaker", "to", "about", "cue", "note", "inferred", "author", "relations", "ignore"))


class Columns(NamedTuple):
    """The columns of a sheet by number.

    `names` are the names as written. `claim`, `article` and `own` give the field of a column, `links` its relation
    between claims, `unknown` why it is not read. `orders` collects whether the day or the month comes first in the
    dates of a column.
    """

    names: dict[int, Cell]
    claim: dict[int, str]
    article: dict[int, str]
    own: dict[int, str]
    links: dict[int, str]
    unknown: dict[int, str]
    orders: dict[int, set[str]]

    def weight(self) -> int:
        """Return the number of columns with a meaning."""
        return len(self.claim) + len(self.article) + len(self.own) + len(self.links)

    def has(self, name: ColumnName) -> bool:
        """Tell whether a column has the field of a name."""
        table = {"claim": self.claim, "article": self.article, "own": self.own}[name.part]
        return name.field in table.values()

    def of(self, row: Row, field: str) -> Cell | None:
        """Return the cell of a row that has a field of the article or of the row itself."""
        columns = chain(self.article.items(), self.own.items())
        return next((row[at] for at, each in columns if each == field and at in row), None)

    def learn(self, row: Row) -> None:
        """Note whether the day or the month comes first in the dates of a row."""
        for table in (self.claim, self.article):
            for at, field in table.items():
                if field in _DATES and at in row and (order := order_of(row[at].text)):
                    self.orders.setdefault(at, set()).add(order)

    def date(self, at: int, text: str) -> str:
        """Return a date of a column, in the order of day and month that its other dates show if they agree."""
        orders = self.orders.get(at, set())
        return written_date(text, *orders) if len(orders) == 1 else written_date(text)

    def words(self, row: Row) -> Cell | None:
        """Return the cell of a row with the claim's words."""
        return next((row[at] for at, field in self.claim.items() if field == "words" and at in row), None)

    def kept(self, row: Row) -> Row:
        """Return a row without unread cells, and without its article's text."""
        return {
            at: cell._replace(text="") if self.article.get(at) == "text" else cell
            for at, cell in row.items()
            if at in self.names and at not in self.unknown
        }


class Table(NamedTuple):
    """A sheet whose columns are known: the rows below the column names, and those above."""

    sheet: Sheet
    columns: Columns
    above: list[Row]
    rows: Iterator[Row]


def guess_from_header(header: Row) -> Mapping:
    """Return the default mapping, extended by the column names."""
    fields: dict[str, Field] = {}
    article: dict[str, ArticleField] = {}
    has_words = any(OF_CLAIMS.get(heading(cell.text)) == "words" for cell in header.values())
    for cell in header.values():
        name = heading(cell.text)
        if name in WORDS_OR_GIST:
            fields[cell.text] = "gist" if has_words else "words"
            has_words = True
        elif name in OF_CLAIMS:
            fields[cell.text] = cast(Field, OF_CLAIMS[name])
        elif name in DERIVED:
            fields[cell.text] = "ignore"
        elif name in OF_ARTICLES:
            article[cell.text] = cast(ArticleField, OF_ARTICLES[name])
    return Mapping(spans=_DEFAULTS.spans, relations=_DEFAULTS.relations, fields=fields, article=article)


def merge_mappings(mappings: Iterable[Mapping]) -> Mapping:
    """Return the mapping of several sheets; if a name has two meanings, the first counts."""
    fields: dict[str, Field] = {}
    article: dict[str, ArticleField] = {}
    for each in mappings:
        fields = {**each.fields, **fields}
        article = {**each.article, **article}
    return Mapping(spans=_DEFAULTS.spans, relations=_DEFAULTS.relations, fields=fields, article=article)


def assign_columns(header: Row, mapping: Mapping) -> Columns:
    """Return the field of each column, by a mapping."""
    fields = {key(name): field for name, field in mapping.fields.items()}
    article = {key(name): field for name, field in mapping.article.items()}
    relations = {key(name) for name in mapping.relations}
    columns = Columns({at: cell for at, cell in header.items() if cell.text.strip()}, {}, {}, {}, {}, {}, {})
    taken: set[tuple[str, str]] = set()
    for at, cell in columns.names.items():
        name = key(cell.text)
        if name in fields:
            kind, table, field = "claim", columns.claim, str(fields[name])
        elif name in article:
            kind, table, field = "article", columns.article, str(article[name])
        elif is_review_attribute(cell.text.strip()):
            kind, table, field = "claim", columns.claim, cell.text.strip()
        elif heading(cell.text) in OF_ROWS:
            kind, table, field = "own", columns.own, OF_ROWS[heading(cell.text)]
        elif name in relations:
            kind, table, field = "link", columns.links, cell.text.strip()
        else:
            columns.unknown[at] = _UNKNOWN
            continue
        if (kind, field) in taken and field not in _SEVERAL:
            columns.unknown[at] = f"another column is `{field}` already: leave one of them out, or map it"
        elif field != "ignore":
            table[at] = field
        taken.add((kind, field))
    return columns


def _explain_unknown(columns: Columns, mapping: Mapping) -> None:
    """Give the columns whose name is unknown a better reason, if there is one."""
    known = [*column_names(mapping), *(COMMON_NAMES if _is_guessed(columns, mapping) else NAMES_OF_ROWS)]
    for at, why in columns.unknown.items():
        name = columns.names[at].text.strip()
        if why != _UNKNOWN:
            continue
        if heading(name) in TWO_DATES:
            columns.unknown[at] = _ONE_OF_TWO_DATES
        elif meant := _meant(name, columns, known):
            columns.unknown[at] = f"no field is called `{name}`: did you mean `{meant}`? Rename it, or map it"


def _meant(name: str, columns: Columns, known: list[ColumnName]) -> str:
    """Return the name that was probably meant, `""` if there is none, or another column has its field."""
    if heading(name) in OF_CLAIMS | OF_ARTICLES:
        return ""  # not misspelt: the mapping leaves it out
    likely = likely_name(name, (each.name for each in known))
    found = next((each for each in known if each.name == likely), None)
    return likely if found and (found.field in _SEVERAL or not columns.has(found)) else ""


def _is_guessed(columns: Columns, mapping: Mapping) -> bool:
    """Tell whether a mapping has what the column names suggest: one that is given counts alone."""
    guess = guess_from_header(columns.names)
    return guess.fields.items() <= mapping.fields.items() and guess.article.items() <= mapping.article.items()


def find_table(sheet: Sheet, mapping: Mapping | None) -> Table | None:
    """Return a sheet with its columns, by a mapping or guessed; None if no column has words."""
    rows = sheet.rows()
    first = list(islice(rows, FIRST_ROWS))
    headers = [(number, _assigned(row, mapping)) for number, row in enumerate(first)]
    with_words = [(number, header) for number, header in headers if "words" in header.claim.values()]
    if not with_words:
        return None
    number, header = max(with_words, key=lambda each: each[1].weight())
    _explain_unknown(header, mapping or guess_from_header(header.names))
    return Table(sheet, header, first[:number], chain(first[number + 1 :], rows))


def likely_header(sheet: Sheet, mapping: Mapping | None) -> Row:
    """Return the row of a sheet that names most columns, the first of these; empty if the sheet is."""
    first = islice(sheet.rows(), FIRST_ROWS)
    return max(first, key=lambda row: _assigned(row, mapping).weight(), default={})


def _assigned(row: Row, mapping: Mapping | None) -> Columns:
    return assign_columns(row, guess_from_header(row) if mapping is None else mapping)
