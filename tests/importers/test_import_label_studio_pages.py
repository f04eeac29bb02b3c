"""Label Studio's pages: HyperText, texts that stand elsewhere, and which field of a task is its text."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from kg.errors import Place
from kg.importers.core.documents import LabelledSpan, Skipped
from kg.importers.core.mapping import Mapping
from kg.importers.label_studio.texts import read_page
from kg.text.spans import Span
from support.label_studio import EXPORTS, TEXT, documents, items, region, skipped, task, words, written
from support.readme import commands
from support.shells import run

PAGE = "<article><h2>🐱 Warning:</h2> <p>🐱 This is a test text</p></article>"


def test_pages_are_read_as_a_browser_shows_them() -> None:
    """The spans were made with Label Studio 1.23.2 in Chromium, in pages with all that moves text."""
    read = documents(EXPORTS / "pages.json") + documents(EXPORTS / "page.json")[:1]

    assert [document.text for document in read] == [
        "\n \nDe minister zei: “Dit plan gaat niet door.”\n\nJan zei dat.\ncel\n\xa0Einde",
        "De minister zei: “Dit plan gaat niet door.”\nJan  zei\n dat.",
        "Een.\nDe minister zei:\n“Dit plan gaat niet door.”\nJan zei\ndat.",
        "Kop 😀 van de dag\nDe minister zei: “Dit plan & dat plan\ngaan niet door.”\nJan ontkende dat.",
    ]
    assert [words(document) for document in read] == [
        ["De minister", "zei", "Dit plan gaat niet door.", "Jan", "dat.", "cel", "Einde"],
        ["De minister", "zei", "Dit plan gaat niet door.", "Jan", "dat."],
        ["De minister", "zei", "Dit plan gaat niet door.", "Jan", "dat."],
        ["De minister", "zei", "Dit plan & dat plan\ngaan niet door.", "Jan", "dat."],
    ]
    assert all(mark.text == said for each in read for mark, said in zip(each.marks, words(each), strict=True))


def test_a_span_over_blocks_has_the_line_end_that_parts_them(tmp_path: Path) -> None:
    offsets = {"globalOffsets": {"start": 2, "end": 27}, "text": "Warning:\\n🐱 This is a test"}
    path = "/article[1]/p[1]/text()[1]"
    file = written(tmp_path, task([region("r", path, path, **offsets)], text=PAGE))

    (document,) = documents(file)

    assert document.text == "🐱 Warning: \n🐱 This is a test text"
    assert document.marks == (
        LabelledSpan("r", "Content", (Span(2, 28),), document.marks[0].at, "Warning: \n🐱 This is a test"),
    )


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("Jan &amp; Piet &eacute;&eacute;n", "Jan & Piet één"),
        ("a<b>b</b>c", "abc"),
        ("<p>a</p><p>b</p>", "a\nb"),
        ("<ul>\n<li>a</li>\n<li>b</li>\n</ul>", "\na\nb\n"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<pre>\na\r\nb</pre>", "a\nb"),
        ("<head><title>t</title></head><body>a", "a"),
        ("a<!-- b -->c<script>d</script>e<template>f</template>", "ace"),
        ("a<style>b</style><noscript>c</noscript>d", "ad"),
        ("no page at all < 3 & more", "no page at all < 3 & more"),
        ("", ""),
    ],
)
def test_the_text_of_a_page_is_what_a_reader_sees(page: str, text: str) -> None:
    assert read_page(page).text == text


def test_offsets_of_what_is_not_shown_are_nowhere() -> None:
    visible = read_page("a<style>bc</style>d")

    assert [visible.span(*ends) for ends in ((0, 1), (1, 2), (0, 2), (3, 4), (0, 4), (3, 9))] == [
        Span(0, 1),
        None,
        None,
        Span(1, 2),
        Span(0, 2),
        None,
    ]


def test_the_text_is_the_field_that_holds_the_words(tmp_path: Path) -> None:
    more = {"intro": "De minister en het plan, het plan, het plan.", "text": "kort", "body": TEXT}
    file = written(tmp_path, {**task([region("r", 18, 42, text="Dit plan gaat niet door.")]), "data": more})

    (document,) = documents(file)

    assert (document.text, words(document)) == (TEXT, ["Dit plan gaat niet door."])


def test_of_a_task_without_spans_it_is_the_field_that_held_those_before(tmp_path: Path) -> None:
    first = {**task([region("r", 0, 11, text="De minister")]), "data": {"body": TEXT, "lead": "x" * 99}}
    second = {**task([]), "data": {"body": "Nee.", "lead": "x" * 99}}

    assert [document.text for document in documents(written(tmp_path, first, second))] == [TEXT, "Nee."]


def test_the_mapping_may_say_which_field_is_the_text(tmp_path: Path) -> None:
    file = written(tmp_path, {**task([]), "data": {"text": "kort", "body": TEXT}})

    assert [each.text for each in documents(file, Mapping(article={"Body": "text"}))] == [TEXT]


def test_a_span_in_another_field_is_named(tmp_path: Path) -> None:
    other = {**region("s", 0, 3, text="Kop"), "to_name": "title"}
    here = [region("r", 0, 11, text="De minister"), region("q", 12, 15, text="zei")]
    file = written(tmp_path, {**task([*here, other]), "data": {"text": TEXT, "title": "Kop van de dag"}})

    (left,) = skipped(file)

    assert (left.what, left.why) == ("s", "it marks `title`, and the article's text is `text`")


@pytest.mark.parametrize(
    "address", ["https://example.org/texts/a1.txt?x=1", "/data/upload/3/a1.txt", "/data/local-files/?d=b/a1.txt"]
)
def test_a_text_that_stands_elsewhere_is_read_from_the_folder_of_texts(address: str, tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a1.txt").write_text(TEXT, encoding="utf-8")
    file = written(tmp_path, task([region("r", 0, 11)], text=address))

    (document,) = documents(file, texts=tmp_path / "texts")

    assert (document.text, words(document)) == (TEXT, ["De minister"])
    assert [(item.kind, "--texts" in item.why) for item in items(file) if isinstance(item, Skipped)] == [
        ("article", True)
    ]


def test_a_storages_files_of_one_annotation_each_are_read(tmp_path: Path) -> None:
    annotation = {"id": 1, "result": [region("r", 0, 11)], "completed_by": {"id": 2}, "task": task()}
    (tmp_path / "1.json").write_text(written(tmp_path, annotation).read_text("utf-8")[1:-1], encoding="utf-8")

    (document,) = documents(tmp_path / "1.json")

    assert (document.id, document.by, words(document)) == ("5", "2", ["De minister"])
    assert document.at == Place(str(tmp_path / "1.json"), 1, 1)


def test_the_exports_in_a_zip_are_read_and_one_that_leads_out_of_it_is_named(tmp_path: Path) -> None:
    export = written(tmp_path, task([region("r", 0, 11)])).read_text("utf-8")
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as packed:
        for name in ("../a.json", "b.json", "c/d.json", "notes.txt"):
            packed.writestr(name, export)

    read = items(tmp_path / "export.zip")

    assert [item.what if isinstance(item, Skipped) else item.at.file.split("zip/")[1] for item in read] == [
        "../a.json",
        "b.json",
        "c/d.json",
    ]


def test_the_page_shows_what_its_commands_do(tmp_path: Path) -> None:
    shown = list(commands("docs/importing/label-studio.md"))

    assert [(each.text, run(each.text, tmp_path)) for each in shown] == [(each.text, each.output) for each in shown]
