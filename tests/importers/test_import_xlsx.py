"""Claims from Excel workbooks: what the cells show; damaged or hostile files are refused with what to do."""

from __future__ import annotations

import io
import shutil
from datetime import date, datetime, time
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from kg.errors import CorpusError, FileError, Place
from kg.importers import csv, xlsx
from kg.importers.core.documents import AnnotatedText, ArticleMetadata, LabelledSpan, Name, Skipped
from kg.importers.xlsx.workbook import kind_of, shown
from kg.text.spans import Span
from support.damage import damaged
from support.readme import commands
from support.sheets import PARTS, TEXT, cells, complaint, documents, left_out, read_all, words_in, workbook
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
            Place(str(file), 2, 1, "Sheet!A2"),
            (
                LabelledSpan(
                    "Sheet!A2",
                    "words",
                    (Span(10, 22),),
                    Place(str(file), 2, 3, "Sheet!C2"),
                    attributes={"Gezegd op": ("2020-02-21",), "Opmerking": ("1.5",)},
                    names={"Spreker": (Name("Jan"),)},
                ),
            ),
            article=ArticleMetadata(published="2020-02"),
        )
    ]


def test_a_misspelt_column_of_words_is_named_with_its_sheet_and_cell(tmp_path: Path) -> None:
    file = save(tmp_path, ["Article", "speaker"], ["a1", "Jan"], More=[["Claims of 2020"], ["Text", "citatoin"]])

    with pytest.raises(CorpusError) as raised:
        xlsx.preset(file)

    assert [(str(each.at), each.message) for each in raised.value.findings] == [
        (
            f"{file}:Sheet!A1",
            "one column must have the claims' words, as `words`, `quote`, `citaat`, and the first row of Sheet has "
            "'Article', 'speaker': name the columns in a row above the claims, or say with --mapping which is "
            "which",
        ),
        (
            f"{file}:More!B2",
            "one column must have the claims' words, as `words`, `quote`, `citaat`, and line 2 of More has 'Text', "
            "'citatoin': did you mean `citation` by 'citatoin'? Rename it, or say with --mapping which is which",
        ),
    ]


def test_a_sheet_that_is_left_out_says_which_of_its_columns_may_be_misspelt(tmp_path: Path) -> None:
    file = save(tmp_path, ["quote", "text"], ["Piet", TEXT], More=[["Text", "citatoin"], [TEXT, "Piet"]])

    assert [str(each.at) + " " + each.why for each in read_all(xlsx, file) if isinstance(each, Skipped)] == [
        f"{file}:More!B1 none of its columns has a claim's words: did you mean `citation` by 'citatoin'? "
        "Rename it, or map it"
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


def test_sheets_that_have_no_claims_or_are_hidden_are_left_out_by_name(tmp_path: Path) -> None:
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
        "1:1 note More!A1: it is above the column names",
        "0:0 note Old: the sheet is hidden: unhide it if it has claims",
        "0:0 note Chart: the sheet is no table",
        "1:1 note Lists: none of its columns has a claim's words: name one `words`, or map it",
    ]


def test_errors_and_formulas_without_a_result_are_reported_by_their_cell(tmp_path: Path) -> None:
    sheet = (
        f'<sheetData>{HEADER}{cells(2, "plan", "a1", TEXT)}<row r="3"><c r="A3" t="e"><f>X()</f><v>#NAME?</v></c>'
        '<c r="B3" t="str"><f>"a"&amp;1</f><v>a1</v></c></row>'
        f'<row r="4">{cells(4, "Piet", "a1")[11:-6]}<c r="D4"><f>1+1</f></c></row></sheetData>'
    )
    items = read_all(xlsx, workbook(tmp_path / "book.xlsx", sheet))
    assert [list(words_in(each)) for each in documents(items)] == [[["plan"], ["Piet"]]]
    assert left_out(items) == [
        "3:1 span Claims!A3: the cell has the error #NAME?: correct its formula",
        "4:4 attribute Claims!D4: the cell has a formula whose result was not saved: "
        "open the file in a spreadsheet and save it",
    ]


def test_what_a_sheet_says_of_its_size_is_not_believed(tmp_path: Path) -> None:
    sheet = (
        f'<dimension ref="A1:XFD1048576"/><sheetData>{HEADER}'
        f'<row r="1048576">{cells(1, "Piet", "a1", TEXT)[11:-6]}<c r="XFD1048576" s="9"/></row></sheetData>'
        '<mergeCells><mergeCell ref="A2:XFD1048576"/></mergeCells>'
    )
    (found,) = documents(read_all(xlsx, workbook(tmp_path / "book.xlsx", sheet)))
    assert found.marks[0].at == Place(str(tmp_path / "book.xlsx"), 1048576, 1, "Claims!A1048576")


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


def _zip(file: Path, **parts: bytes) -> Path:
    with ZipFile(file, "w", ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old",
            "this is an .xls, or has a password: save it as .xlsx without a password",
        ),
        (b"quote,article", "this is none: save it as .xlsx, or read a table in CSV with `kg import csv`"),
        (b"", "this is none: save it as .xlsx, or read a table in CSV with `kg import csv`"),
        (b"PK\x03\x04 cut off", "it is damaged: copy it again"),
        ({"content.xml": b"x"}, "this is an .ods: save it as .xlsx"),
        ({"xl/workbook.bin": b"x"}, "this is an .xlsb: save it as .xlsx"),
    ],
)
def test_other_files_are_refused_with_what_to_do(
    tmp_path: Path, content: bytes | dict[str, bytes], advice: str
) -> None:
    file = tmp_path / "b.xlsx"
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        _zip(file, **content)
    assert complaint(lambda: xlsx.preset(file)) == [
        f"b.xlsx: the file must be an Excel workbook (.xlsx), {advice} [no-workbook]"
    ]


def test_a_bomb_is_not_unpacked_and_entities_are_not_expanded(tmp_path: Path) -> None:
    bomb = workbook(tmp_path / "bomb.xlsx", f"<sheetData>{HEADER}</sheetData>" + " " * 30_000_000)
    assert complaint(lambda: xlsx.preset(bomb)) == [
        "bomb.xlsx: a part of a workbook must be no larger than 200 times its packed size and 1000 MB, "
        "xl/worksheets/sheet1.xml is: it may be a bomb; save it as CSV [too-large]"
    ]
    strings = '<!DOCTYPE x [<!ENTITY a "a"><!ENTITY b SYSTEM "file:///etc/passwd">]><sst><si><t>&b;</t></si></sst>'
    laughs = workbook(tmp_path / "laughs.xlsx", f"<sheetData>{HEADER}</sheetData>", strings=strings)
    assert complaint(lambda: xlsx.preset(laughs)) == [
        "laughs.xlsx: xl/sharedStrings.xml:1:25: a file must define and use no entities, this one has `a`: "
        "write the characters themselves [damaged-workbook]"
    ]


STRINGS = ("Quote", "Article", "Said", "Text", "Piet", "plan", "a1", TEXT.replace('"', ""))
ROWS = (
    '<row r="1"><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="s"><v>2</v></c><c t="s"><v>3</v></c></row>'
    '<row r="2"><c r="A2" t="s"><v>4</v></c><c t="s"><v>6</v></c><c s="1"><v>43882.5</v></c>'
    '<c t="s"><v>7</v></c></row>'
    '<row><c r="A3" t="inlineStr"><is><t>plan</t></is></c><c r="C3" t="e"><f>X()</f><v>#N/A</v></c></row>'
)
GOOD = {
    "_rels/.rels": PARTS["_rels/.rels"],
    "xl/workbook.xml": PARTS["xl/workbook.xml"],
    "xl/_rels/workbook.xml.rels": PARTS["xl/_rels/workbook.xml.rels"],
    "xl/sharedStrings.xml": f"<sst>{''.join(f'<si><t>{each}</t></si>' for each in STRINGS)}</sst>",
    "xl/styles.xml": '<x><numFmts><numFmt numFmtId="170" formatCode="mmm yyyy"/></numFmts>'
    '<cellXfs><xf/><xf numFmtId="170"/></cellXfs></x>',
    "xl/worksheets/sheet1.xml": f"<x><sheetData>{ROWS}</sheetData>"
    '<mergeCells><mergeCell ref="B2:B3"/></mergeCells></x>',
}


def _zipped(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


WHOLE = {name: content.encode() for name, content in GOOD.items()}


def _survives(importer: object, file: Path) -> None:
    try:
        for _ in importer.read(file, importer.preset(file), None):  # type: ignore[attr-defined]
            pass
    except (CorpusError, FileError):
        pass  # told


def test_the_workbook_to_be_damaged_is_read(tmp_path: Path) -> None:
    (tmp_path / "b.xlsx").write_bytes(_zipped(WHOLE))
    (found,) = documents(read_all(xlsx, tmp_path / "b.xlsx"))
    assert [mark.attributes for mark in found.marks] == [{"Said": ("2020-02",)}, {}]


@given(st.sampled_from(sorted(WHOLE)).flatmap(lambda part: st.tuples(st.just(part), damaged(WHOLE[part]))))
def test_a_workbook_with_a_damaged_part_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, one: tuple[str, bytes]
) -> None:
    file = tmp_path_factory.getbasetemp() / "b.xlsx"
    file.write_bytes(_zipped({**WHOLE, one[0]: one[1]}))
    _survives(xlsx, file)


@given(damaged(_zipped(WHOLE)))
def test_a_damaged_workbook_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "b.xlsx"
    file.write_bytes(raw)
    _survives(xlsx, file)


TABLE = f'''id;artikel;spreker;citaat;context;start;einde;gezegd;relaties;tekst
c1;a1;"Jan; Piet";"We ""gaan"" niet";;;;21-02-2020;"answers c2";"{TEXT.replace('"', '""')}"
c2;a1;Kees;goed … plan;een goed;1;9;2020-02;;
'''


@given(st.sampled_from(("utf-8", "utf-8-sig", "utf-16")).flatmap(lambda each: damaged(TABLE.encode(each))))
def test_a_damaged_table_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "a.csv"
    file.write_bytes(raw)
    _survives(csv, file)
