"""Where web annotations may stand: arrays, pages, collections, lines, folders, zips; and what is no such thing."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import pytest

from kg.errors import CorpusError, FileError
from kg.importers.core.documents import AnnotatedText
from support.web_annotations import SOURCE, TEXT, annotation, collection, items, laid, page, quote, reasons, words

ONE = annotation("#1", quote("hersendood"))
TWO = annotation("#2", quote("Nee"))
THREE = annotation("#3", quote("Merkel"))


@pytest.mark.parametrize(
    ("content", "count"),
    [
        (ONE, 1),
        ([ONE, TWO, THREE], 3),
        (page(ONE, TWO), 2),
        (collection(page(ONE, next=page(TWO, next=page(THREE)))), 3),
        ({"items": [ONE], "next": page(TWO)}, 2),
        ([page(ONE), page(TWO), THREE], 3),
        ({"@context": "http://www.w3.org/ns/anno.jsonld", "@graph": [ONE, TWO]}, 2),
        ({"total": 2, "rows": [ONE, TWO]}, 2),
        ([[ONE, TWO], [[THREE]]], 3),
    ],
)
def test_annotations_are_found_in_whatever_holds_them(content: object, count: int, tmp_path: Path) -> None:
    laid(tmp_path)
    file = tmp_path / "a.json"
    file.write_text(json.dumps(content))

    assert words(items(file)) == [["hersendood"], ["Nee"], ["Merkel"]][:count]


def test_lines_are_read_one_by_one_and_what_is_no_annotation_is_told(tmp_path: Path) -> None:
    laid(tmp_path)
    file = tmp_path / "a.jsonl"
    lines = [json.dumps(each) for each in (ONE, page(TWO), {"id": "x"}, ["y"], ONE)]
    file.write_text("\n\n".join([*lines, '{"id": "#4", "target": 1e999999999999}', '{"target": tru}']), "utf-8-sig")

    found = items(file)

    assert words(found) == [["hersendood"], ["Nee"]]
    assert reasons(found) == [
        "span x: it is no annotation: it has no `target`",
        "span a record: it is no annotation: it has no `target`",
        "span #1: another annotation has this id already",
        "span a record: it cannot be read: it is not JSON (Number out of range - at `$[...]`)",
        "span a record: it cannot be read: it is not JSON (JSON is malformed: invalid character (byte 11))",
    ]
    assert [each.at.line for each in found if not isinstance(each, AnnotatedText)] == [5, 7, 9, 11, 13]


def test_pages_that_are_only_named_are_not_fetched_unless_they_stand_beside(tmp_path: Path) -> None:
    laid(tmp_path)
    named = collection("https://x.example/1", id="https://x.example/all")
    (tmp_path / "a.json").write_text(json.dumps(named))
    beside = page(ONE, id="https://x.example/1", next="https://x.example/2")
    (tmp_path / "b.jsonld").write_text(json.dumps(beside))

    found = items(tmp_path)

    assert words(found) == [["hersendood"]]
    assert reasons(items(tmp_path / "a.json")) == [
        "article https://x.example/1: this page is only named here: nothing is fetched, save it beside",
    ]
    assert reasons(found) == [
        "article https://x.example/2: this page is only named here: nothing is fetched, save it beside",
    ]


def test_a_folder_and_a_zip_are_read_file_by_file_whatever_one_of_them_is(tmp_path: Path) -> None:
    laid(tmp_path, ONE, name="sub/a.json", texts={"sub/nato.txt": TEXT})
    laid(tmp_path, TWO, name="sub/b.json", texts={})
    (tmp_path / "sub" / "c.json").write_text('[{"target": 1}, {"target"')
    with zipfile.ZipFile(tmp_path / "sub.zip", "w") as packed:
        for file in sorted((tmp_path / "sub").glob("*.json")):
            packed.write(file, file.name)

    for source, texts in ((tmp_path / "sub", None), (tmp_path / "sub.zip", tmp_path / "sub")):
        found = items(source, texts)

        assert words(found) == [["hersendood"], ["Nee"]]
        assert reasons(found) == [
            f"article {source}/c.json: the file must be whole, it ends within what begins here: "
            "export or copy it again",
            "span : its target is neither an IRI nor an object",
        ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "here must stand an array or an object of JSON"),
        ("7", "here must stand an array or an object of JSON"),
        ("[]", "a file of web annotations must hold an object with a `target`, and this has none"),
        ('{"articles": [{"target": 1}]}', "a file of web annotations must hold an object with a `target`"),
        ('[{"target": "x"}', "here must stand a comma or the end of the array"),
        ('{"items": [{"target": "x"', "the file must be whole, it ends within what begins here"),
        ('{"items" ', "here must stand a colon"),
        ("{target: 1}", "here must stand a key in quotation marks"),
        ('{"target": "x', "the file must be whole, it ends within what begins here"),
        ("[" * 5000, "pages must be at most 100 deep in one another"),
        ('{"first": ' * 5000, "pages must be at most 100 deep in one another"),
        ("\ufeff[\udcff]", "a file of web annotations must hold an object with a `target`, and this has none"),
    ],
)
def test_what_is_no_file_of_annotations_is_refused_with_its_place(
    content: str, message: str, tmp_path: Path
) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(content.encode("utf-8", "surrogateescape"))

    with pytest.raises(CorpusError) as refused:
        items(file)

    (finding,) = refused.value.findings
    assert finding.message.startswith(message)
    assert str(finding.at).startswith(f"{file}:1:")


def test_an_annotation_that_is_nested_without_end_is_left_out(tmp_path: Path) -> None:
    file = laid(tmp_path, ONE)
    deep = '{"id": "#2", "target": ' + '{"source": ' * 20_000 + "1" + "}" * 20_001
    file.write_text(f"[{json.dumps(ONE)}, {deep}]")

    assert reasons(items(file)) == ["span a record: it cannot be read: it is nested too deeply"]


def test_an_empty_folder_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="must hold"):
        items(tmp_path)
    with pytest.raises(FileError, match="there is no such file"):
        items(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        (SOURCE, ["nato.txt", "b.txt"]),
        ("https://kg.example/article/2020/02/nato", ["2020/02/nato.txt", "2020/03/nato.txt"]),
        ("https://krant.example/2020/NATO/", ["sub/nato.txt", "b.txt"]),
        ("https://krant.example/na%74o?page=2#top", ["nato.txt", "b.txt"]),
        ("nato.txt", ["nato.txt", "b.txt"]),
        ("urn:example:17", ["nato.txt", "b.txt"]),
        ("", ["nato.txt"]),
    ],
)
def test_a_text_is_found_by_the_end_of_its_iri_or_by_a_table(source: str, texts: list[str], tmp_path: Path) -> None:
    made = annotation("#1", target={"source": source, "selector": quote("Merkel")})
    contents = {name: TEXT if "nato" in name and "03" not in name else "-" for name in texts}
    file = laid(tmp_path, made, texts={**contents, "sources.csv": "urn:example:17,nato.txt\nurn:example:18\n"})

    assert words(items(file)) == [["Merkel"]]


def test_a_text_that_cannot_be_read_or_told_apart_is_said(tmp_path: Path) -> None:
    nowhere = annotation("#2", target={"selector": quote("Merkel")})
    file = laid(tmp_path, ONE, nowhere, texts={"a.txt": "-"})
    (tmp_path / "nato.txt").write_bytes(b"\xff")

    assert reasons(items(file)) == [
        "span #1: its text cannot be read: the file must be UTF-8, these bytes are not: save it as UTF-8",
        "span #2: it does not say of what text it is, and there is not exactly one: give --texts a folder with its "
        "text only",
    ]


def test_a_text_whose_name_is_no_utf_8_is_called_by_a_name_that_is(tmp_path: Path) -> None:
    nowhere = annotation("#1", target={"selector": quote("Merkel")})
    file = laid(tmp_path, nowhere, texts={})
    (tmp_path / os.fsdecode(b"a\xff.txt")).write_text(TEXT, encoding="utf-8")

    (document,) = items(file)

    assert isinstance(document, AnnotatedText)
    assert document.id == "a�"
