"""brat's files: which text belongs to which annotations, who made them, and files that are damaged."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import given

from kg.errors import CorpusError, FileError, Place
from kg.importers.brat import read
from kg.importers.core.documents import AnnotatedText, Skipped
from kg.text.spans import Span
from support import SHARED
from support.brat_files import MAPPING, TEXT, items
from support.damage import damaged
from support.readme import commands
from support.shells import run


def laid(folder: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, "utf-8")
    return folder


def told(source: Path, texts: Path | None = None) -> tuple[list[tuple[str, str, str]], list[tuple[str, str]]]:
    """Return the id, the annotator and the text of each document, and what is left out, with its kind."""
    found = list(read(source, MAPPING, texts))
    documents = [(each.id, each.by, each.text) for each in found if isinstance(each, AnnotatedText)]
    return documents, [(each.kind, each.what) for each in found if isinstance(each, Skipped)]


def test_a_folder_is_read_with_its_folders_in_the_order_of_names(tmp_path: Path) -> None:
    laid(tmp_path, {"b/x.ann": "", "b/x.txt": "one", "a.ann": "", "a.txt": "two", ".git/c.ann": "", "d.conf": ""})

    assert told(tmp_path) == ([("a", "", "two"), ("b/x", "", "one")], [])


def test_folders_of_the_same_texts_are_those_of_annotators(tmp_path: Path) -> None:
    copies = {f"{who}/{name}": text for who in ("ann", "bob") for name, text in (("x.ann", ""), ("x.txt", "same"))}
    laid(tmp_path, {**copies, "ann/y.ann": "", "ann/y.txt": "one", "bob/y.ann": "", "bob/y.txt": "other"})

    documents, skipped = told(tmp_path)

    assert documents == [("x", "ann", "same"), ("ann/y", "", "one"), ("x", "bob", "same"), ("bob/y", "", "other")]
    assert skipped == []


def test_an_annotator_may_have_the_annotations_alone(tmp_path: Path) -> None:
    laid(tmp_path, {"x.ann": "", "x.txt": "same", "ann/x.ann": "", "ann/x.txt": "same", "bob/x.ann": ""})

    assert told(tmp_path) == ([("x", "ann", "same"), ("x", "bob", "same"), ("x", "", "same")], [])


def test_texts_may_stand_in_a_folder_of_their_own_and_the_annotator_behind_the_name(tmp_path: Path) -> None:
    """As in PolNeAR."""
    laid(
        tmp_path,
        {
            "dev/text/nyt_2016-09-08_obama-.txt": "one",
            "dev/text/nyt_2016-09-08_trump.txt": "two",
            "dev/attributions/nyt_2016-09-08_obama-_5fec.ann": "",
            "dev/attributions/nyt_2016-09-08_trump_4b22.ann": "",
            "dev/attributions/nyt_2016-09-08_trump_5fec.ann": "",
        },
    )

    assert told(tmp_path) == (
        [
            ("dev/nyt_2016-09-08_obama-", "5fec", "one"),
            ("dev/nyt_2016-09-08_trump", "4b22", "two"),
            ("dev/nyt_2016-09-08_trump", "5fec", "two"),
        ],
        [],
    )


def test_annotations_without_text_and_texts_without_annotations_are_told(tmp_path: Path) -> None:
    laid(tmp_path, {"a.ann": "", "b.txt": "b", "c.ann": "", "c.txt": "c", "c-2.ann": "", "README.txt": ""})

    documents, skipped = told(tmp_path)

    assert documents == [("c", "", "c")]
    assert skipped == [
        ("article", "a.ann"),
        ("article", "c-2.ann"),
        ("article", "README.txt"),
        ("article", "b.txt"),
    ]


def test_texts_are_taken_from_the_folder_given(tmp_path: Path) -> None:
    laid(tmp_path, {"in/a.ann": "", "in/deep/b_kim.ann": "", "texts/a.txt": "one", "texts/b.txt": "two"})

    assert told(tmp_path / "in", tmp_path / "texts") == ([("a", "", "one"), ("b", "kim", "two")], [])


def test_a_zip_is_read_as_a_folder_and_its_names_stay_inside(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in {
            "d/a.ann": "T1\tX 0 3\tone\n",
            "d/a.txt": "one",
            "../up.ann": "",
            "/root.ann": "",
            "C:\\x.ann": "",
            "__MACOSX/d/._a.ann": "",
        }.items():
            packed.writestr(name, content)

    documents, skipped = told(tmp_path / "a.zip")

    assert documents == [("d/a", "", "one")]
    assert skipped == [("article", "../up.ann"), ("article", "/root.ann"), ("article", "C:/x.ann")]


def test_a_zip_that_unpacks_to_very_much_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.ann", "")
        for number in range(5):
            packed.writestr(f"a{number}.ann", "")
            packed.writestr(f"a{number}.txt", "0" * 9_000_000)

    documents, skipped = told(tmp_path / "a.zip")

    assert [each[0] for each in documents] == ["a0", "a1"]
    assert skipped == [("article", name) for name in ("a.ann", "a2.ann", "a3.ann", "a4.ann")]


def test_one_bad_file_of_many_is_left_out_with_its_place(tmp_path: Path) -> None:
    laid(tmp_path, {"a.ann": "", "a.txt": "a", "b.txt": "b"})
    (tmp_path / "b.ann").write_bytes(b"T1\tX 0 1\tb\nT2\t\xff")

    document, skipped = read(tmp_path, MAPPING, None)

    assert document == AnnotatedText("a", "a", Place(str(tmp_path / "a.ann"), 0, 0))
    why = "the file must be UTF-8, these bytes are not: save it as UTF-8"
    assert skipped == Skipped("article", "b.ann", why, Place(str(tmp_path / "b.ann"), 2, 4))


@pytest.mark.parametrize("name", ["a.json", "folder", "a.txt", "a.zip"])
def test_what_holds_no_annotations_is_refused(tmp_path: Path, name: str) -> None:
    laid(tmp_path, {"a.json": "{}", "a.txt": "", "folder/b.txt": ""})
    zipfile.ZipFile(tmp_path / "a.zip", "w").close()

    with pytest.raises(CorpusError, match="a brat source must be"):
        list(read(tmp_path / name, MAPPING, None))


def test_what_is_not_there_is_told_and_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.ann")

    for name in ("x", "pipe.ann", "a\0b", "x" * 300):
        with pytest.raises(FileError, match=r"there is no such file|cannot be read"):
            list(read(tmp_path / name, MAPPING, None))


@pytest.mark.parametrize("of_ann", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_line_ends_and_byte_order_marks_of_the_records_change_nothing(
    tmp_path: Path, of_ann: str, bom: str
) -> None:
    ann = "T1\tSource 0 5\tRutte\nT2\tContent 23 41\tkomt.\nDe minister\n#1\tAnnotatorNotes T1\tja\n"

    found = items(tmp_path, bom + ann.replace("\n", of_ann))

    assert found == items(tmp_path, ann)


@pytest.mark.parametrize("is_counted", [True, False])
@pytest.mark.parametrize(("bom", "end"), [("", "\r\n"), ("\ufeff", "\n"), ("\ufeff", "\r\n")])
def test_offsets_count_what_makes_the_words_fit(tmp_path: Path, bom: str, end: str, is_counted: bool) -> None:
    text = bom + TEXT.replace("\n", end)
    counted = text if is_counted else TEXT
    start = counted.index("Kaag")

    (document,) = items(tmp_path, f"T1\tSource {start} {start + 4}\tKaag\n", text)

    assert isinstance(document, AnnotatedText)
    assert (document.text, document.marks[0].parts) == (counted, (Span(start, start + 4),))


def test_a_real_corpus_is_read_whole() -> None:
    folder = SHARED / "annotation-tools" / "brat"
    if not folder.exists():
        pytest.skip(f"{folder} is not there")

    documents = [each for each in read(folder, MAPPING, None) if isinstance(each, AnnotatedText)]

    assert [each.id for each in documents] == ["e1002", "s101", "u019", "w078"]
    lines = [line for file in sorted(folder.glob("*.ann")) for line in file.read_text("utf-8").splitlines()]
    marks = [mark for each in documents for mark in each.marks]
    values = sum(len(values) for mark in marks for values in mark.attributes.values())
    assert len(marks) + values + sum(len(each.links) for each in documents) == len(lines)
    assert all(
        each.text[part.start : part.end] == mark.text
        for each in documents
        for mark in each.marks
        for part in mark.parts
    )


ANN = (
    "T1\tSource 0 5\tRutte\nT2\tContent 10 20;23 28\tdat de wet\nkomt.\nT3\tCue 6 9\tzei\n"
    "E1\tCue:T3 Source:T1 Content2:T2\nR1\tanswers Arg1:T2 Arg2:E1\n*\tEquiv T1 T2\nA1\tSaid E1 2020\n"
    "N1\tReference T1 Wikidata:Q1\tx\n#1\tAnnotatorNotes T1\tja\n"
)


@given(damaged(ANN.encode()), damaged(TEXT.encode()))
def test_whatever_stands_in_a_file_it_is_read_or_refused_with_a_reason(
    tmp_path_factory: pytest.TempPathFactory, ann: bytes, text: bytes
) -> None:
    folder = tmp_path_factory.mktemp("brat")
    try:
        found = items(folder, ann, text)
    except (CorpusError, FileError):
        return
    document = next(each for each in found if isinstance(each, AnnotatedText))
    marks = {mark.id for mark in document.marks}
    assert len(marks) == len(document.marks)
    assert all(link.source in marks and link.target in marks for link in document.links)
    assert all(0 <= start < end <= len(document.text) for mark in document.marks for start, end in mark.parts)


def test_the_page_shows_what_its_commands_do(tmp_path: Path) -> None:
    shown = list(commands("docs/importing/brat.md"))

    assert [(each.text, run(each.text, tmp_path)) for each in shown] == [(each.text, each.output) for each in shown]
