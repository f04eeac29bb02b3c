"""Cells of spreadsheets: no program runs them, and reading restores just the cells that were escaped."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kg.files.csv_files import cell, line, plain, write_rows

texts = st.text(st.sampled_from("=+-@＝＋－＠'\";,|\t\r\n \xa0\u200b\ufeff\x00a1.") | st.characters(codec="utf-8"))


@given(texts)
@example("'=1")
@example("''=1")
@example("-1")
@example("'-1")
@example("a;-1")
@example("\t\n'=")
@example("'\t")
def test_the_text_of_a_cell_comes_back_exactly(text: str) -> None:
    assert plain(cell(text)) == text


@given(texts)
def test_a_cell_is_defused_wherever_a_spreadsheet_may_begin_one(text: str) -> None:
    made = cell(text)
    pieces = made.replace("|", ";").replace("\t", ";").replace("\r", ";").replace("\n", ";").split(";")
    begins = [piece.strip(' \xa0\u200b\ufeff\x00"')[:1] for piece in pieces]
    assert made == text or not {*begins} & set("=+-@＝＋－＠")


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("+1+1", "'+1+1"),
        ("-1+1", "'-1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t'=1"),
        ("\rx", "'\rx"),
        ("  =1", "'  =1"),
        ("\xa0=1", "'\xa0=1"),
        ("＝1+1", "'＝1+1"),
        ("＠x", "'＠x"),
        ('"=1"', '\'"=1"'),
        ("ja; =1", "ja;' =1"),
        ("ja\n=1", "ja\n'=1"),
        ("-0044-03-15", "'-0044-03-15"),
        ("-12", "-12"),
        ("-12,5", "-12,5"),
        ("2020-02", "2020-02"),
        ("Nee – zei hij; dat = niet waar", "Nee – zei hij; dat = niet waar"),
        ("'t is niet waar", "'t is niet waar"),
        ("", ""),
    ],
)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe_and_nothing_else_does(text: str, made: str) -> None:
    assert cell(text) == made


@given(st.lists(texts, min_size=1, max_size=4))
def test_python_reads_a_line_back(cells: list[str]) -> None:
    made = line(cells)
    assert list(csv.reader(io.StringIO(made, newline=""))) == [[cell(each) for each in cells]] or cells == [""]


def test_a_table_is_utf_8_with_a_byte_order_mark_and_ends_its_lines_as_the_standard_says() -> None:
    stream = io.BytesIO()
    write_rows(stream, ["name", "id"], [["Élise, dite « E »", "=1"], ['a "b"', ""]])
    assert stream.getvalue().decode() == '\ufeffname,id\r\n"Élise, dite « E »",\'=1\r\n"a ""b""",\r\n'


def test_a_long_run_of_blanks_takes_no_longer_than_its_length() -> None:
    blanks = "\x1c" * 100_000
    assert cell(blanks + "x") == blanks + "x"
