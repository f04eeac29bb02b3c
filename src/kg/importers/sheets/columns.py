"""Which column of a sheet holds what: told by a mapping, or guessed from the names of the columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import NamedTuple, cast

from kg.importers.core.claim_fields import tells_of_a_review
from kg.importers.core.mapping import PRESETS, ArticleField, Field, Mapping, key
from kg.importers.sheets.headings import (
    DERIVED,
    OF_ARTICLES,
    OF_CLAIMS,
    OF_ROWS,
    TWO_DATES,
    WORDS_OR_GIST,
    heading,
)
from kg.importers.sheets.rows import Cell, Row, Sheet
from kg.importers.sheets.values import order_of, written_date

FIRST_ROWS = 20
"""Among so many rows, the one that names most columns is the header."""
_DEFAULTS = PRESETS["attribution"]
_DATES = frozenset(("said", "published", "annotated"))
_SEVERAL = frozenset(("speaker", "to", "about", "cue", "note", "inferred", "author", "relations", "ignore"))


class Columns(NamedTuple):
    """The columns of a sheet, by their number.

    `claim`, `article` and `own` say which field each holds, `links` which relation its claims have to those that it
    names, `unknown` why a column is not read; `names` are the names as written.
    `orders` gathers what the dates of a column tell of their order.
    """

    names: dict[int, Cell]
    claim: dict[int, str]
    article: dict[int, str]
    own: dict[int, str]
    links: dict[int, str]
    unknown: dict[int, str]
    orders: dict[int, set[str]]

    def weight(self) -> int:
        """Return how many columns mean something."""
        return len(self.claim) + len(self.article) + len(self.own) + len(self.links)

    def of(self, row: Row, field: str) -> Cell | None:
        """Return the cell of a row that holds a field of the article or of the row itself."""
        columns = chain(self.article.items(), self.own.items())
        return next((row[at] for at, each in columns if each == field and at in row), None)

    def learn(self, row: Row) -> None:
        """Gather in which order the dates of a row are written."""
        for table in (self.claim, self.article):
            for at, field in table.items():
                if field in _DATES and at in row and (order := order_of(row[at].text)):
                    self.orders.setdefault(at, set()).add(order)

    def date(self, at: int, text: str) -> str:
        """Return a date of a column, in the order that all its dates have that tell it."""
        orders = self.orders.get(at, set())
        return written_date(text, *orders) if len(orders) == 1 else written_date(text)

    def words(self, row: Row) -> Cell | None:
        """Return the cell of a row with the claim's words."""
        return next((row[at] for at, field in self.claim.items() if field == "words" and at in row), None)

    def kept(self, row: Row) -> Row:
        """Return a row without the cells that are not read, and without its article's text."""
        return {
            at: cell._replace(text="") if self.article.get(at) == "text" else cell
            for at, cell in row.items()
            if at in self.names and at not in self.unknown
        }


class Table(NamedTuple):
    """A sheet whose columns are known: its rows, and those that stand above the names of the columns."""

    sheet: Sheet
    columns: Columns
    above: list[Row]
    rows: Iterator[Row]


def guessed(header: Row) -> Mapping:
    """Return the mapping that the names of columns suggest, on top of what is always known."""
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


def joined(mappings: Iterable[Mapping]) -> Mapping:
    """Return the mapping of several sheets; of two meanings of a name, the first."""
    fields: dict[str, Field] = {}
    article: dict[str, ArticleField] = {}
    for each in mappings:
        fields = {**each.fields, **fields}
        article = {**each.article, **article}
    return Mapping(spans=_DEFAULTS.spans, relations=_DEFAULTS.relations, fields=fields, article=article)


def columns(header: Row, mapping: Mapping) -> Columns:
    """Return what each column holds, by a mapping."""
    fields = {key(name): field for name, field in mapping.fields.items()}
    article = {key(name): field for name, field in mapping.article.items()}
    relations = {key(name) for name in mapping.relations}
    found = Columns({at: cell for at, cell in header.items() if cell.text.strip()}, {}, {}, {}, {}, {}, {})
    taken: set[tuple[str, str]] = set()
    for at, cell in found.names.items():
        name = key(cell.text)
        if name in fields:
            kind, table, field = "claim", found.claim, str(fields[name])
        elif name in article:
            kind, table, field = "article", found.article, str(article[name])
        elif tells_of_a_review(cell.text.strip()):
            kind, table, field = "claim", found.claim, cell.text.strip()
        elif heading(cell.text) in OF_ROWS:
            kind, table, field = "own", found.own, OF_ROWS[heading(cell.text)]
        elif name in relations:
            kind, table, field = "link", found.links, cell.text.strip()
        else:
            found.unknown[at] = _why_unknown(cell.text)
            continue
        if (kind, field) in taken and field not in _SEVERAL:
            found.unknown[at] = f"another column is `{field}` already: leave one of them out, or map it"
        elif field != "ignore":
            table[at] = field
        taken.add((kind, field))
    return found


def _why_unknown(name: str) -> str:
    if heading(name) in TWO_DATES:
        return (
            "it may be the day on which it was said, or that on which it was printed: "
            "name the column `said` or `published`"
        )
    return "no field goes by this name: map it, or leave it"


def find_table(sheet: Sheet, mapping: Mapping | None) -> Table | None:
    """Return a sheet with its columns, by a mapping or guessed; None where no column holds words."""
    rows = sheet.rows()
    first = list(islice(rows, FIRST_ROWS))
    best: tuple[int, Columns] | None = None
    for number, row in enumerate(first):
        each = columns(row, guessed(row) if mapping is None else mapping)
        if "words" in each.claim.values() and (best is None or each.weight() > best[1].weight()):
            best = number, each
    if best is None:
        return None
    number, header = best
    return Table(sheet, header, first[:number], chain(first[number + 1 :], rows))
