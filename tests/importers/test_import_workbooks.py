"""Files that are no workbook, or a hostile one: refused with what to do; nothing is unpacked beyond its bounds."""

from __future__ import annotations

import io
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import CorpusError, FileError
from kg.importers import csv, xlsx
from support.damage import damaged
from support.sheets import PARTS, TEXT, cells, complaint, documents, read_all, workbook

HEADER = cells(1, "Quote", "Article", "Text", "Note")


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
        (b"quote,article", "this is none: save it as .xlsx"),
        (b"", "this is none: save it as .xlsx"),
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
