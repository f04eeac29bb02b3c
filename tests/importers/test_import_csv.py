"""Claims from CSV: whatever parts the cells, every cell keeps its place, and nothing goes without a word."""

from __future__ import annotations

import csv as python_csv
import io
import os
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.cli import run
from kg.errors import FileError, Place
from kg.files.csv_files import Row, line, plain, read_rows, read_text_lines
from kg.files.text_files import read_chunks
from kg.importers import csv
from kg.importers.core.documents import AnnotatedText, ArticleMetadata, LabelledSpan, Name, SpanLink
from kg.importers.core.mapping import Mapping
from kg.text.spans import Span
from support.sheets import TEXT, complaint, documents, left_out, read_all, words_in


def rows_of(file: Path) -> list[Row]:
    """Return the rows of a file of comma-separated values."""
    return list(read_rows(read_text_lines(read_chunks(str(file)), str(file)), str(file), ",", decode=plain))


def lay(folder: Path, content: str | bytes, name: str = "claims.csv") -> Path:
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def test_a_row_becomes_a_claim_with_all_that_its_cells_say(tmp_path: Path) -> None:
    quoted = TEXT.replace('"', '""')
    file = lay(
        tmp_path,
        "id,article,Speaker,speaker words,Quote,cue,act,said,to,about,answers,note,"
        "headline,published,newspaper,author,url,language,annotator,annotated on,text\n"
        f'c1,a1,Jan; Piet,Jan,We gaan niet,zei,denies,21.2.2020,Piet|Kees,"plan\nweg",c2,zie boven,'
        f'Kop,2020-02,De Krant,Ann B; C,https://e.org/1,nl,Bob,2020-03-01,"{quoted}"\n'
        f"c2,a1,De minister,,goed … moedig plan,sprak van,,,,,,,,,,,,,Bob,2020-03-02,\n",
    )
    assert read_all(csv, file) == [
        AnnotatedText(
            "a1",
            TEXT,
            Place(str(file), 2, 1),
            (
                LabelledSpan(
                    "c1",
                    "words",
                    (Span(10, 22),),
                    Place(str(file), 2, 21),
                    attributes={
                        "id": ("c1",),
                        "speaker words": ("Jan",),
                        "cue": ("zei",),
                        "act": ("denies",),
                        "said": ("2020-02-21",),
                        "note": ("zie boven",),
                    },
                    names={
                        "Speaker": (Name("Jan"), Name("Piet")),
                        "to": (Name("Piet"), Name("Kees")),
                        "about": (Name("plan"), Name("weg")),
                    },
                ),
                LabelledSpan(
                    "c2",
                    "words",
                    (Span(58, 62), Span(75, 86)),
                    Place(str(file), 4, 20),
                    attributes={"id": ("c2",), "cue": ("sprak van",)},
                    names={"Speaker": (Name("De minister"),)},
                ),
            ),
            (SpanLink("answers", "c1", "c2", Place(str(file), 3, 6)),),
            ArticleMetadata(headline="Kop", published="2020-02", url="https://e.org/1", language="nl"),
            Name("De Krant"),
            (Name("Ann B"), Name("C")),
            "Bob",
            "2020-03-02",
        )
    ]


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_signs_encodings_and_line_ends_make_no_difference(
    tmp_path: Path, sign: str, encoding: str, end: str
) -> None:
    rows = [
        ["Spreker", "Citaat", "Artikel", "Tekst"],
        ["Élise", "We gaan niet", "a1", TEXT],
        ["Jan", "Piet", "a1", ""],
    ]
    content = end.join(sign.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
    (found,) = documents(read_all(csv, lay(tmp_path, content.encode(encoding))))
    assert (found.id, found.text, list(words_in(found))) == ("a1", TEXT, [["We gaan niet"], ["Piet"]])
    assert [mark.names["Spreker"] for mark in found.marks] == [(Name("Élise"),), (Name("Jan"),)]
    assert [mark.at.line for mark in found.marks] == [2, 3]


def test_the_sign_that_excel_tells_counts(tmp_path: Path) -> None:
    file = lay(tmp_path, f"sep=^\nquote^article^text\nPiet^a1^{TEXT}\n")
    assert [list(words_in(each)) for each in documents(read_all(csv, file))] == [[["Piet"]]]


def test_the_sign_is_the_one_that_makes_sense_of_the_columns(tmp_path: Path) -> None:
    file = lay(
        tmp_path, f"speaker;quote;said, or so, by whom, as far as known;article;text\nJan;Piet;x;a1;{TEXT}\n"
    )
    assert csv.preset(file).fields == {"speaker": "speaker", "quote": "words"}


def test_a_file_that_is_not_utf_8_is_reported_with_the_character_and_the_way_out(tmp_path: Path) -> None:
    file = lay(tmp_path, "quote,article\nja,a1\nEen café\n".encode("cp1252"))
    assert complaint(lambda: read_all(csv, file)) == [
        "claims.csv:3:8: the file must be UTF-8, byte 0xe9 here is not, 'é' in Windows-1252: "
        "save it as `CSV UTF-8`, which is next to `CSV` in Excel's list [not-utf-8]"
    ]


def test_utf_16_that_is_cut_off_is_reported(tmp_path: Path) -> None:
    file = lay(tmp_path, "quote,article\nja".encode("utf-16")[:-1])
    assert complaint(lambda: read_all(csv, file)) == [
        "claims.csv:2:1: a file in UTF-16 must be whole, this one is not from here on: save it as UTF-8 "
        "[not-utf-16]"
    ]


def test_a_quotation_mark_that_is_never_closed_is_reported_where_it_opens(tmp_path: Path) -> None:
    file = lay(tmp_path, 'quote,article\nja,"a1\nnee,a2\n')
    assert complaint(lambda: read_all(csv, file)) == [
        "claims.csv:2:4: a cell that begins with a quotation mark must end with one, this one does not: "
        "add it, or double it [never-closed]"
    ]


def test_marks_that_are_not_doubled_are_reported_and_the_cell_is_not_guessed(tmp_path: Path) -> None:
    file = lay(
        tmp_path, f'quote,article,note,text\n"We "gaan" niet",a1,,{TEXT.replace(",", "")[25:]}\nJan,a1,"a "b" c",\n'
    )
    items = read_all(csv, file)
    why = "a quotation mark within a cell in quotation marks must be doubled: correct the cell"
    assert left_out(items) == [f"2:1 span line 2: {why}", f"3:8 attribute line 3: {why}"]
    assert [list(words_in(each)) for each in documents(items)] == [[["Jan"]]]


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ('"a", "b, c",  "d ""e""" \r\n', [("a", 1), ("b, c", 6), ('d "e"', 15)]),
        (' "a",b', [("a", 2), ("b", 6)]),
        ('a, "b" said c,d', [("a", 1), (' "b" said c', 3), ("d", 15)]),
        ('a, "b,c', [("a", 1), (' "b', 3), ("c", 7)]),
    ],
)
def test_a_blank_may_be_before_a_cell_that_is_quoted_as_a_whole(
    tmp_path: Path, line: str, cells: list[tuple[str, int]]
) -> None:
    (row,) = rows_of(lay(tmp_path, line))

    assert [(cell.text, cell.column) for cell in row.values()] == cells


def test_a_defused_cell_is_read_as_what_was_meant(tmp_path: Path) -> None:
    text = "Op het bord stond =1+1 en meer."
    file = lay(tmp_path, line(["quote", "article", "text"]) + line(["=1+1", "a1", text]))
    assert [list(words_in(each)) for each in documents(read_all(csv, file))] == [[["=1+1"]]]


def test_a_file_without_a_column_for_words_says_what_columns_it_has(tmp_path: Path) -> None:
    file = lay(tmp_path, "naam;tekst\nJan;ja\n")
    told = (
        "and the first row has 'naam', 'tekst': name the columns in a row above the claims, "
        "or say with --mapping which is which [no-column-for-words]"
    )
    assert complaint(lambda: csv.preset(file)) == [
        f"claims.csv:1:1: one column must have the claims' words, as `words`, `quote`, `citaat`, {told}"
    ]
    assert complaint(lambda: list(csv.read(file, Mapping(fields={"x": "words"}), None))) == [
        f"claims.csv:1:1: one column must have the claims' words, named so by the mapping, {told}"
    ]


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff", '""\n'])
def test_an_empty_file_is_reported(tmp_path: Path, content: str) -> None:
    file = lay(tmp_path, content)
    assert len(complaint(lambda: read_all(csv, file))) == 1


def test_a_folder_is_all_tables_in_it_and_one_without_any_is_reported(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    lay(tmp_path, f"quote,article,text\nPiet,a1,{TEXT}\n".replace(TEXT, "Jan en Piet"), "b.csv")
    lay(tmp_path / "deep", "citaat\tartikel\ttekst\nJan\ta2\tJan en Kees\nKees\ta1\t\n", "a.TSV")
    lay(tmp_path, "no table", "readme.txt")
    found = documents(items := read_all(csv, tmp_path))
    assert [(each.id, list(words_in(each))) for each in found] == [("a1", [["Piet"]]), ("a2", [["Jan"]])]
    assert [each.partition(":")[0] for each in left_out(items)] == ["3"]  # `Kees` is not in the text of a1
    (tmp_path / "empty").mkdir()
    assert complaint(lambda: read_all(csv, tmp_path / "empty")) == [
        "empty: a folder must have a file that ends in .csv or .tsv or .tab, this one has none [no-file]"
    ]


def test_each_source_is_read_by_the_names_of_its_own_columns(tmp_path: Path) -> None:
    one = lay(tmp_path, "article,text,quote,speaker\na1,He said yes sir.,yes sir,He\n", "one.csv")
    two = lay(tmp_path, "artikel,tekst,citaat,spreker\na2,Zij zei nee.,nee,Zij\n", "two.csv")

    assert run(["import", "csv", str(one), str(two), "-o", str(tmp_path / "new")]) == 0

    claims = (tmp_path / "new/a2.claims.yaml").read_text()
    assert (
        claims
        == f"""\
article:
  published: XXXX
  sha256: ef75f0cb9d7544fe483845fb62d73f1f89548493fb361996b612f6e14cb86f0c

sources:
  s-zij:
    words: Zij

claims:
  # {two}:2:17
  c01:
    speaker: s-zij
    words: nee
"""
    )


def test_a_file_that_is_not_there_is_reported(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot be read"):
        csv.preset(tmp_path / "none.csv")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FileError, match="cannot be read twice"):
        csv.preset(tmp_path / "pipe")


cell_texts = st.text(st.sampled_from('ab ",;\n\r\t\xa0\u2028') | st.characters(codec="utf-8"), max_size=8)


@given(st.lists(st.lists(cell_texts, min_size=2, max_size=4), min_size=1, max_size=5))
def test_whatever_python_writes_is_read_cell_by_cell(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    file = tmp_path_factory.getbasetemp() / "a.csv"
    stream = io.StringIO(newline="")
    python_csv.writer(stream, quoting=python_csv.QUOTE_ALL).writerows(rows)
    file.write_bytes(stream.getvalue().encode())
    kept = [{at: text for at, text in enumerate(row) if text and not text.isspace()} for row in rows]
    read = [{at: cell.text for at, cell in row.items()} for row in rows_of(file)]
    plain = partial(map, csv.plain)
    assert read == [dict(zip(row, plain(row.values()), strict=True)) for row in kept if row]
