"""Claims from Excel workbooks: what the cells show, whatever the file says of itself."""

from __future__ import annotations

import shutil
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from kg.errors import Place
from kg.importers import xlsx
from kg.importers.core.documents import AnnotatedText, ArticleMetadata, LabelledSpan, Name
from kg.importers.xlsx.workbook import kind_of, shown
from kg.text.spans import Span
from support.readme import commands
from support.sheets import PARTS, TEXT, cells, documents, left_out, read_all, words_in, workbook
from support.shells import run

HEADER = cells(1, "Quote", "Article", "Text", "Note")


def save(folder: Path, *rows: list[object], **sheets: list[list[object]]) -> Path:
    """Write a workbook with openpyxl, rows in its first sheet."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for title, others in sheets.items():
        for row in (sheet := book.create_sheet(title)) and others:
            sheet.append(row)
    book.save(folder / "book.xlsx")
    return folder / "book.xlsx"


def test_a_row_becomes_a_claim_with_the_place_of_its_cell(tmp_path: Path) -> None:
    rich = CellRichText("We ", TextBlock(InlineFont(b=True), "gaan"), " niet")
    file = save(
        tmp_path,
        ["Artikel", "Spreker", "Citaat", "Gezegd op", "Gepubliceerd", "Opmerking", "Tekst"],
        [7.0, "Jan", rich, date(2020, 2, 21), datetime(2020, 2, 1), 1.5, TEXT],
    )
    book = openpyxl.load_workbook(file, rich_text=True)
    book.active["E2"].number_format = "mmm yyyy"
    book.save(file)

    assert read_all(xlsx, file) == [
        AnnotatedText(
            "7",
            TEXT,
            Place(str(file), 2, 1),
            (
                LabelledSpan(
                    "Sheet!A2",
                    "words",
                    (Span(10, 22),),
                    Place(str(file), 2, 3),
                    attributes={"Gezegd op": ("2020-02-21",), "Opmerking": ("1.5",)},
                    names={"Spreker": (Name("Jan"),)},
                ),
            ),
            article=ArticleMetadata(published="2020-02"),
        )
    ]


def test_a_merged_cell_counts_for_each_row_that_it_spans(tmp_path: Path) -> None:
    file = save(
        tmp_path,
        ["article", "speaker", "quote", "text"],
        ["a1", "Jan", "We gaan niet", TEXT],
        [None, "Piet", "plan", None],
        [None, None, "Zei", None],
        ["a2", None, "Kees", "Kees is hier."],
    )
    book = openpyxl.load_workbook(file)
    for span in ("A2:A4", "B3:B4", "C1:C1"):
        book.active.merge_cells(span)
    book.save(file)

    found = documents(read_all(xlsx, file))

    assert [(each.id, [mark.names for mark in each.marks]) for each in found] == [
        ("a1", [{"speaker": (Name("Jan"),)}, {"speaker": (Name("Piet"),)}, {"speaker": (Name("Piet"),)}]),
        ("a2", [{}]),
    ]


def test_sheets_that_hold_no_claims_or_are_hidden_are_left_out_by_name(tmp_path: Path) -> None:
    file = save(
        tmp_path,
        ["quote", "article"],
        ["plan", "a1"],
        More=[["Claims of 2020"], ["Text", "citation", "article"], [TEXT, "Piet", "a1"]],
        Lists=[["act"], ["denies"]],
        Old=[["quote"], ["x"]],
    )
    book = openpyxl.load_workbook(file)
    book["Old"].sheet_state = "veryHidden"
    book.create_chartsheet("Chart")
    book.save(file)

    items = read_all(xlsx, file)

    assert [list(words_in(each)) for each in documents(items)] == [[["plan"], ["Piet"]]]
    assert left_out(items) == [
        "1:1 note More!A1: it stands above the names of the columns",
        "0:0 note Old: the sheet is hidden: unhide it if it holds claims",
        "0:0 note Chart: the sheet is no table",
        "0:0 note Lists: none of its columns holds a claim's words: name one `words`, or map it",
    ]


def test_errors_and_formulas_without_a_result_are_told_by_their_cell(tmp_path: Path) -> None:
    sheet = (
        f'<sheetData>{HEADER}{cells(2, "plan", "a1", TEXT)}<row r="3"><c r="A3" t="e"><f>X()</f><v>#NAME?</v></c>'
        '<c r="B3" t="str"><f>"a"&amp;1</f><v>a1</v></c></row>'
        f'<row r="4">{cells(4, "Piet", "a1")[11:-6]}<c r="D4"><f>1+1</f></c></row></sheetData>'
    )
    items = read_all(xlsx, workbook(tmp_path / "book.xlsx", sheet))
    assert [list(words_in(each)) for each in documents(items)] == [[["plan"], ["Piet"]]]
    assert left_out(items) == [
        "3:1 span Claims!A3: the cell holds the error #NAME?: correct its formula",
        "4:4 attribute Claims!D4: the cell holds a formula whose result was not saved: "
        "open the file in a spreadsheet and save it",
    ]


def test_what_a_sheet_says_of_its_size_is_not_believed(tmp_path: Path) -> None:
    sheet = (
        f'<dimension ref="A1:XFD1048576"/><sheetData>{HEADER}'
        f'<row r="1048576">{cells(1, "Piet", "a1", TEXT)[11:-6]}<c r="XFD1048576" s="9"/></row></sheetData>'
        '<mergeCells><mergeCell ref="A2:XFD1048576"/></mergeCells>'
    )
    (found,) = documents(read_all(xlsx, workbook(tmp_path / "book.xlsx", sheet)))
    assert found.marks[0].at == Place(str(tmp_path / "book.xlsx"), 1048576, 1)


def test_shared_and_escaped_strings_are_read_without_how_they_are_read_aloud(tmp_path: Path) -> None:
    strings = "<si><t>Quote</t></si><si><r><t>Pi</t></r><r><t>et</t></r><rPh><t>pjet</t></rPh></si>"
    strings += f"<si><t>text</t></si><si><t>{TEXT}_x000D__x005F_x_xD800_</t></si>"
    rows = (
        '<row><c t="s"><v>0</v></c><c t="s"><v>2</v></c></row><row><c t="s"><v>1</v></c><c t="s"><v>3</v></c></row>'
    )
    file = workbook(tmp_path / "book.xlsx", f"<sheetData>{rows}</sheetData>", strings=f"<sst>{strings}</sst>")
    (found,) = documents(read_all(xlsx, file))
    assert (found.id, found.text, list(words_in(found))) == ("book-2", f"{TEXT}\n_x_xD800_", [["Piet"]])


@pytest.mark.parametrize(
    ("number", "code", "value", "text"),
    [
        (14, "", "43882", "2020-02-21"),
        (14, "", "43882.5", "2020-02-21"),
        (22, "", "43882.5", "2020-02-21 12:00:00"),
        (22, "", "43882", "2020-02-21"),
        (17, "", "43862", "2020-02"),
        (16, "", "43882", "XXXX-02-21"),
        (20, "", "0.75", "18:00"),
        (164, "yyyy", "43882", "2020"),
        (164, "mmm/yy", "43882", "2020-02"),
        (164, "[$-413]d mmmm yyyy;@", "43882", "2020-02-21"),
        (164, 'd "m" mmmm', "43882", "XXXX-02-21"),
        (164, "[h]:mm:ss", "1.5", "36:00"),
        (164, "mm:ss", "0.5", "12:00"),
        (164, "yyyy-mm-dd hh:mm", "43882.25", "2020-02-21 06:00:00"),
        (164, '0.00 "days"', "43882", "43882"),
        (164, "[Red]0", "1.0", "1"),
        (0, "", "0.1", "0.1"),
        (0, "", "0.30000000000000004", "0.3"),
        (0, "", "1E+20", "1e+20"),
        (0, "", "-5", "-5"),
        (14, "", "59", "1900-02-28"),
        (14, "", "60", "60"),
        (14, "", "61", "1900-03-01"),
        (14, "", "-1", "-1"),
        (14, "", "1e308", "1e+308"),
        (14, "", "nan", "nan"),
        (14, "", "x", "x"),
    ],
)
def test_a_number_is_what_its_cell_shows_and_a_date_no_more_precise(
    number: int, code: str, value: str, text: str
) -> None:
    assert shown(value, kind_of(number, code)) == text


def test_what_openpyxl_takes_for_a_date_is_one(tmp_path: Path) -> None:
    values = [date(1999, 12, 31), datetime(2020, 2, 29, 23, 59, 59), time(9, 30), True, 12]
    row = ["Piet", TEXT, *values]
    file = save(tmp_path, ["quote", "text", *[f"review.{n}.rating.name" for n in range(1, 6)]], row)
    book = openpyxl.load_workbook(file)
    book.active["G2"].number_format = "00000"
    book.save(file)
    (found,) = documents(read_all(xlsx, file))
    told = ["1999-12-31", "2020-02-29 23:59:59", "09:30", "true", "00012"]
    assert list(found.marks[0].attributes.values()) == [(each,) for each in told]


def test_a_defused_cell_is_read_as_what_was_meant(tmp_path: Path) -> None:
    file = save(tmp_path, ["quote", "text", "note"], ["'=1+1", "Op het bord stond =1+1 en meer.", "-5"])
    (found,) = documents(read_all(xlsx, file))
    assert (list(words_in(found)), found.marks[0].attributes) == ([["=1+1"]], {"note": ("-5",)})


def test_days_are_counted_from_1904_where_the_workbook_says_so(tmp_path: Path) -> None:
    book = PARTS["xl/workbook.xml"].replace("<sheets>", '<workbookPr date1904="1"/><sheets>')
    row = f'{cells(2, "plan", "a1", TEXT)[:-6]}<c s="1"><v>42420</v></c></row>'
    styles = '<cellStyleXfs><xf/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
    file = workbook(
        tmp_path / "b.xlsx", f"<sheetData>{HEADER}{row}</sheetData>", book=book, styles=f"<x>{styles}</x>"
    )
    (found,) = documents(read_all(xlsx, file))
    assert found.marks[0].attributes == {"Note": ("2020-02-21",)}


def test_the_pages_of_spreadsheets_show_what_comes_out(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(
        save(
            tmp_path,
            ["Quotes of March"],
            ["Article", "Speaker", "Quote", "Said", "Published"],
            ["strike", "The minister", "We will not pay", date(2026, 3, 2), date(2026, 3, 1)],
            [None, "Ann Bolt", "there were talks", "=D3-1", None],
            ["strike", "Ann Bolt", "#REF!", None, None],
            Lists=[["act"]],
        )
    )
    book.active.title = "Claims"
    book.active.merge_cells("A3:A4")
    book.active["E3"].number_format = "mmm yyyy"
    book["Lists"].sheet_state = "hidden"
    book.save(tmp_path / "quotes.xlsx")
    for page in ("docs/importing/xlsx.md", "docs/importing/csv.md"):
        shown = list(commands(page))
        assert [run(each.text, tmp_path) for each in shown] == [each.output for each in shown]
        shutil.rmtree(tmp_path / "corpus")
        shutil.rmtree(tmp_path / "texts")
