"""The columns of a sheet: the field of each, and how its cells are read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import chain, islice
from typing import NamedTuple, cast
from unicodedata import normalize

from kg.errors import Place
from kg.files.csv_files import Cell, Row
from kg.importers.core.claim_fields import is_review_attribute
from kg.importers.core.documents import Name
from kg.importers.core.mapping import PRESETS, ArticleField, Field, Mapping, key


class Sheet(NamedTuple):
    """A table in a file. `title` is its name in a workbook, `""` if the file is one table.

    `rows` reads it from the start and yields the rows that are not empty.
    """

    file: str
    title: str
    rows: Callable[[], Iterator[Row]]

    def place(self, cell: Cell) -> Place:
        """Return the place of a cell."""
        return Place(self.file, cell.line, cell.column)

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


_NO_LETTER = re.compile(r"[^a-z0-9]+")


def heading(name: str) -> str:
    """Return a name without case, accents, blanks and signs: `Date de l’énoncé` is `datedelenonce`."""
    return _NO_LETTER.sub("", normalize("NFKD", name).encode("ascii", "ignore").decode().lower())


def _table(names: dict[str, str]) -> dict[str, str]:
    return {heading(name): meaning for meaning, each in names.items() for name in each.split(", ")}


# Common names of the columns, in English, Dutch, French and German. Ambiguous names are left out, such as `source`
# (the speaker, or the publisher) and `date` (said, or printed).
CLAIM: dict[Field, str] = {
    "id": "id, claim id, claim-id, nr claim, claimnummer",
    "words": "words, quote, exact quote, quotation, verbatim, passage, text passage, what, "
    "citaat, quote tekst, letterlijk citaat, woorden, passage in het artikel, wat, "
    "citation, citation exacte, verbatim, propos, paroles, extrait, quoi, "
    "zitat, wörtliches zitat, wortlaut, textstelle, was",
    "speaker": "speaker, speaker name, said by, who, spreker, spreker naam, wie, gezegd door, "
    "locuteur, locutrice, orateur, intervenant, qui, sprecher, sprecherin, sprecher*in, wer, gesagt von",
    "speaker_words": "speaker words, speaker in text, named as, woorden spreker, genoemd als, "
    "locuteur dans le texte, nommé comme, sprecher im text, genannt als",
    "cue": "cue, cue words, reporting verb, signaalwoord, werkwoord, verbe introducteur, redeverb, verb der rede",
    "act": "act, speech act, taalhandeling, acte, acte de langage, sprechakt",
    "form": "form, quote form, vorm, forme, form des zitats",
    "said": "said, said on, date said, date of claim, claim date, date of quote, quote date, when, "
    "gezegd, gezegd op, datum uitspraak, datum citaat, wanneer, "
    "dit le, date de la citation, date des propos, quand, gesagt am, datum der aussage, datum des zitats, wann",
    "due": "due, due date, deadline, termijn, échéance, frist",
    "condition": "condition, voorwaarde, bedingung",
    "gist": "gist, paraphrase, claim in full, strekking, parafrase, samenvatting claim, "
    "paraphrase, résumé de la citation, kern der aussage, umschreibung",
    "to": "to, addressee, addressees, addressed to, aan, gericht aan, geadresseerde, "
    "destinataire, adressé à, adressat, gerichtet an, an",
    "about": "about, topic, topics, subject, onderwerp, onderwerpen, over, sujet, sujets, à propos de, "
    "thema, themen, thème, thèmes, über",
    "translated": "translated, translated from, original language, vertaald uit, oorspronkelijke taal, "
    "traduit de, langue d'origine, übersetzt aus, originalsprache",
    "inferred": "inferred",
    "note": "note, notes, comment, comments, remark, remarks, opmerking, opmerkingen, notitie, toelichting, "
    "commentaire, commentaires, remarque, remarques, anmerkung, anmerkungen, bemerkung, kommentar",
}
CLAIM_OR_GIST = "claim, claim text, claims, statement, bewering, uitspraak, stelling, affirmation, déclaration, "
CLAIM_OR_GIST += "énoncé, behauptung, aussage"
"""Has the words if no other column does, and else the claim in the annotator's own words."""
ARTICLE: dict[ArticleField, str] = {
    "id": "article, article id, document, document id, doc, doc id, file, file name, filename, "
    "artikel, artikel id, artikelnummer, bestand, bestandsnaam, fichier, nom du fichier, datei, dateiname, "
    "dokument",
    "text": "text, full text, article text, body, article body, source text, "
    "tekst, volledige tekst, artikeltekst, brontekst, texte, texte intégral, texte de l'article, "
    "volltext, artikeltext, quelltext",
    "headline": "headline, title, article title, kop, titel, artikeltitel, koptekst, titre, titre de l'article, "
    "schlagzeile, überschrift, titel des artikels",
    "published": "published, published on, publication date, date published, date of publication, article date, "
    "gepubliceerd, gepubliceerd op, publicatiedatum, datum publicatie, datum artikel, verschenen op, "
    "publié, publié le, date de publication, date de l'article, veröffentlicht, veröffentlicht am, "
    "erscheinungsdatum, erschienen am, datum des artikels",
    "publisher": "publisher, newspaper, outlet, news outlet, medium, krant, uitgever, nieuwsmedium, "
    "journal, éditeur, média, zeitung, verlag",
    "author": "author, authors, journalist, byline, auteur, auteurs, journaliste, autor, autorin",
    "url": "url, link, article url, webadres, lien, where, waar, où, wo, adresse web, webadresse",
    "language": "language, taal, langue, sprache",
    "annotator": "annotator, annotated by, coder, geannoteerd door, codeur, annotateur, annoté par, annotiert von, "
    "kodierer, kodiererin",
    "annotated": "annotated, annotated on, geannoteerd op, annoté le, annotiert am",
}
OWN = {
    "start": "start, begin, start offset",
    "end": "end, einde, end offset",
    "context": "context, in, contexte, kontext",
    "speaker_id": "speaker id",
    "to_id": "to id",
    "about_id": "about id",
    "publisher_id": "publisher id",
    "author_id": "author id",
    "relations": "relations, relaties, beziehungen",
}
"""Columns that mappings do not name: the place of the words, the ids of entities, the relations of claims."""
DERIVED = frozenset(map(heading, ("iri", "in_full", "earliest", "latest", "due_by")))
"""Columns of `kg export -f csv` that are computed from others."""
OF_CLAIMS = _table({str(field): names for field, names in CLAIM.items()})
OF_ARTICLES = _table({str(field): names for field, names in ARTICLE.items()})
OF_ROWS = _table(OWN)
WORDS_OR_GIST = frozenset(map(heading, CLAIM_OR_GIST.split(", ")))
TWO_DATES = frozenset(map(heading, ("date", "datum", "dag", "jour", "tag", "day")))
"""May be the day it was said, or the day it was printed."""


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
            columns.unknown[at] = _why_unknown(cell.text)
            continue
        if (kind, field) in taken and field not in _SEVERAL:
            columns.unknown[at] = f"another column is `{field}` already: leave one of them out, or map it"
        elif field != "ignore":
            table[at] = field
        taken.add((kind, field))
    return columns


def _why_unknown(name: str) -> str:
    if heading(name) in TWO_DATES:
        return (
            "it may be the day when it was said, or the day when it was printed: "
            "name the column `said` or `published`"
        )
    return "no field has this name: map it, or leave it"


def find_table(sheet: Sheet, mapping: Mapping | None) -> Table | None:
    """Return a sheet with its columns, by a mapping or guessed; None if no column has words."""
    rows = sheet.rows()
    first = list(islice(rows, FIRST_ROWS))
    best: tuple[int, Columns] | None = None
    for number, row in enumerate(first):
        each = assign_columns(row, guess_from_header(row) if mapping is None else mapping)
        if "words" in each.claim.values() and (best is None or each.weight() > best[1].weight()):
            best = number, each
    if best is None:
        return None
    number, header = best
    return Table(sheet, header, first[:number], chain(first[number + 1 :], rows))
