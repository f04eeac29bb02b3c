"""Label Studio's exports: tasks in JSON, rows in JSON-MIN, CSV and TSV, and regions in pages."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

from kg.errors import CorpusError, FileError, Place
from kg.importers.core.documents import AnnotatedText, ArticleMetadata, Item, LabelledSpan, Name, Skipped, SpanLink
from kg.importers.core.mapping import Mapping
from kg.importers.label_studio.texts import read_page
from kg.text.spans import Span
from support.label_studio import EXPORTS, TEXT, documents, items, region, remark, skipped, task, words, written
from support.readme import commands
from support.shared_data import shared_file
from support.shells import run


def test_an_export_is_read_whole() -> None:
    """It was made with Label Studio 1.23.2, the spans in a browser."""
    file = EXPORTS / "text.json"

    def at(column: int) -> Place:
        return Place(str(file), 1, column)

    text = "Kop 😀 van de dag\nDe minister zei: “Dit plan gaat niet door.”\r\nJan ontkende dat."
    printed = ArticleMetadata(headline="Kop", published="2020-02-21")
    quoted = {"act": ("states",), "note": ("eerste", "tweede")}
    minister, zei, plan, jan, dat = "UEIsGY_5x0", "sasHF8PrwC", "TInmpNFqK5", "BYp_UE9Z1W", "bdBD8YoLLt"
    untold = "kg does not know what this field says about the article: say so under `article` in the mapping"
    truth = "that an annotation is the ground truth has no place in a claims file"
    assert items(file) == [
        Skipped(
            "note",
            "prediction of task 3",
            "a prediction is what a program proposed, no annotation",
            at(3375),
        ),
        Skipped("attribute", "ground_truth", truth, at(25)),
        Skipped("article", "annotation 6 of task 3", "the annotator skipped this task", at(2890)),
        AnnotatedText(
            id="a/1",
            text=text,
            at=at(25),
            marks=(
                LabelledSpan(minister, "Source", (Span(17, 28),), at(60), "De minister"),
                LabelledSpan(zei, "Cue", (Span(29, 32),), at(232), "zei"),
                LabelledSpan(
                    plan,
                    "Content",
                    (Span(35, 59),),
                    at(393),
                    "Dit plan gaat niet door.",
                    quoted,
                    note="wie zegt dit?",
                ),
                LabelledSpan(jan, "Source", (Span(62, 65),), at(603), "Jan"),
                LabelledSpan(dat, "Content", (Span(75, 79),), at(767), "dat.", {"act": ("denies",)}),
            ),
            links=(
                SpanLink("Source", plan, minister, at(1529)),
                SpanLink("Cue", plan, zei, at(1633)),
                SpanLink("", jan, dat, at(1733)),
                SpanLink("", dat, jan, at(1733)),
            ),
            article=printed,
            by="1",
            on="2026-11-26T13:44:39Z",
        ),
        AnnotatedText(
            id="a/1",
            text=text,
            at=at(2261),
            marks=(LabelledSpan(minister, "Source", (Span(17, 28),), at(2296), "De minister"),),
            article=printed,
            by="1",
            on="2026-11-26T13:44:40Z",
        ),
        AnnotatedText(id="4", text="Tweede.", at=at(3853), article=ArticleMetadata(headline="Twee"), done=False),
        Skipped("attribute", "genre", untold, at(25)),
    ]


@pytest.mark.parametrize(("start", "end"), [(35, 59), (36, 60)])
def test_offsets_are_code_points_or_utf_16_units_whichever_the_words_are_at(
    start: int, end: int, tmp_path: Path
) -> None:
    text = f"Kop 😀 van de dag\n{TEXT}"
    said = "Dit plan gaat niet door."

    (document,) = documents(written(tmp_path, task([region("r", start, end, text=said)], text=text)))

    assert document.marks[0].parts == (Span(35, 59),)


def test_a_line_end_in_the_words_is_the_texts_own(tmp_path: Path) -> None:
    """Label Studio writes a backslash and an n for each sign of a line end."""
    (document,) = documents(written(tmp_path, task([region("r", 0, 6, text="a\\n\\n b")], text="a\r\n  b c")))

    assert document.marks[0].text == "a\r\n  b"


def test_words_that_are_elsewhere_are_passed_on_as_the_file_has_them(tmp_path: Path) -> None:
    (document,) = documents(written(tmp_path, task([region("r", 0, 2, text="Het\\nplan")])))

    assert (document.marks[0].parts, document.marks[0].text) == ((Span(0, 2),), "Het\nplan")


@pytest.mark.parametrize(
    ("completed_by", "by"),
    [
        (7, "7"),
        ({"id": 7, "first_name": "Ann", "last_name": "de Vries", "email": "ann@example.org"}, "Ann de Vries"),
        ({"id": 7, "first_name": "", "email": "ann@example.org"}, "7"),
        ({"email": "ann@example.org"}, "ann"),
        ("ann@example.org", "ann"),
        (None, ""),
    ],
)
def test_an_annotator_is_named_without_an_address(completed_by: object, by: str, tmp_path: Path) -> None:
    annotation = {"id": 1, "completed_by": completed_by, "result": []}

    (document,) = documents(written(tmp_path, task(annotations=[annotation])))

    assert document.by == by


@pytest.mark.parametrize(
    ("type", "value", "texts"),
    [
        ("choices", ["a", "b"], ("a", "b")),
        ("textarea", "one", ("one",)),
        ("rating", 4, ("4",)),
        ("number", 1.5, ("1.5",)),
        ("datetime", "2020-02-21", ("2020-02-21",)),
        ("taxonomy", [["Spreken", "Ontkennen"], ["Vragen"]], ("Spreken / Ontkennen", "Vragen")),
    ],
)
def test_what_is_said_of_a_span_is_its_attribute(
    type: str, value: object, texts: tuple[str, ...], tmp_path: Path
) -> None:
    (document,) = documents(written(tmp_path, task([region("r", 0, 2), remark("r", "x", type, value)])))

    assert document.marks[0].attributes == {"x": texts}


def test_what_is_said_of_the_task_is_the_articles_where_the_mapping_knows_it(tmp_path: Path) -> None:
    file = written(tmp_path, task([remark("t", "krant", "choices", ["De Dag"])]))

    (document,) = documents(file, Mapping(article={"krant": "publisher"}))

    assert document.publisher == Name("De Dag")


def test_a_span_with_several_labels_is_several_marks(tmp_path: Path) -> None:
    two = region("r", 0, 2, "Source")
    two["value"]["labels"] = ["Source", "Person"]
    none = region("s", 3, 5)
    none["value"]["labels"] = []

    (document,) = documents(written(tmp_path, task([two, none])))

    assert [(mark.id, mark.label) for mark in document.marks] == [
        ("r", "Source"),
        ("r+2", "Person"),
        ("s", "label"),
    ]


def outside(**value: Any) -> dict[str, Any]:
    return {**region("r", 0, 1), "value": {"labels": ["A"], **value}}


@pytest.mark.parametrize(
    ("result", "kind", "why"),
    [
        (region("r", 0, 99), "span", "its offsets are not in the text: mark it again"),
        (region("r", 2, 2), "span", "its offsets are not in the text: mark it again"),
        (region("r", True, 2), "span", "its offsets are not in the text: mark it again"),
        (
            outside(start="/p[1]", end="/p[1]", startOffset=0, endOffset=1),
            "span",
            "its place is given by an XPath",
        ),
        (outside(x=1, y=2, width=3, height=4), "span", "it marks no words, but a place in a picture or a sound"),
        (outside(start=0.5, end=2, channel=0), "span", "it marks no words, but a place in a picture or a sound"),
        (outside(start=0), "span", "its offsets are not in the text: mark it again"),
        ({"id": "r", "type": "labels"}, "span", "this is none of them"),
        (remark("r", "x", "brush", 1), "attribute", "this is none of them"),
        (
            {"type": "relation", "from_id": "a", "to_id": "b"},
            "link",
            "one of the two spans that it links was not read",
        ),
        ("text", "span", "this is none of them"),
    ],
)
def test_what_has_no_place_is_named(result: object, kind: str, why: str, tmp_path: Path) -> None:
    (left,) = skipped(written(tmp_path, task([result])))

    assert left.kind == kind
    assert why in left.why


def test_what_is_said_of_a_span_that_is_left_out_is_named_too(tmp_path: Path) -> None:
    file = written(tmp_path, task([region("r", 0, 99), remark("r", "act", "choices", ["states"])]))

    assert [(left.kind, left.what) for left in skipped(file)] == [("span", "r"), ("attribute", "act: states")]


def test_drafts_and_tasks_without_text_are_named(tmp_path: Path) -> None:
    drafts = task(drafts=[{"id": 9, "result": []}])
    textless = {**task(), "data": {"image": 1}}

    assert [(left.kind, left.what) for left in skipped(written(tmp_path, drafts, textless))] == [
        ("article", "draft of task 5"),
        ("article", "5"),
    ]


@pytest.mark.parametrize(
    "raw", [b"", b"{}", b"[{}]", b"[1]", b"[", b"name;words\n", b'[{"text": "x", "label": []}]']
)
def test_a_file_that_is_no_export_is_an_error_with_a_place(raw: bytes, tmp_path: Path) -> None:
    file = tmp_path / "export.json"
    file.write_bytes(raw)

    with pytest.raises(CorpusError) as raised:
        items(file)

    assert [str(finding.at).split(":")[0] for finding in raised.value.findings] == [str(file)]


def test_a_task_that_cannot_be_read_is_named_and_the_next_is_read(tmp_path: Path) -> None:
    file = written(tmp_path, task(), "X", task())
    file.write_bytes(file.read_bytes().replace(b'"X"', b"{'a': 1}, 1"))

    assert [item.at.column for item in items(file) if isinstance(item, Skipped)] == [139, 149]
    assert len(documents(file)) == 2


def test_a_folder_without_exports_and_a_file_that_is_not_there_are_errors(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"named \.json, \.csv or \.tsv"):
        items(tmp_path)
    with pytest.raises(FileError, match="there is no such file"):
        items(tmp_path / "none.json")


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


def test_the_text_is_the_field_that_has_the_words(tmp_path: Path) -> None:
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
def test_a_text_that_is_elsewhere_is_read_from_the_folder_of_texts(address: str, tmp_path: Path) -> None:
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


RELATIONS = "JSON-MIN, CSV and TSV leave out the links between spans, if there were any: export as JSON"
UNTIED = (
    "only an export as JSON says whether this is about the article or about a span; if about the article, say so "
    "under `article` in the mapping"
)
ROW_TEXT = "Kop 😀 van de dag\nDe minister zei: “Dit plan gaat niet door.”\r\nJan ontkende dat."


def expected(file: Path, rows: tuple[int, int, int], places: tuple[Place, ...]) -> list[Item]:
    """Return what is in each of the three kinds of export of one project."""
    first, second, third = (Place(str(file), row, 1) for row in rows)
    said = ("De minister", "zei", "Dit plan gaat niet door.", "Jan", "dat.")
    labels = ("Source", "Cue", "Content", "Source", "Content")
    spans = ((17, 28), (29, 32), (35, 59), (62, 65), (75, 79))
    marks = [
        LabelledSpan(f"label-{number}", label, (Span(*span),), at, text)
        for number, (label, span, at, text) in enumerate(zip(labels, spans, places[1:], said, strict=True), 1)
    ]
    # What two remarks are of, a row tells; what single ones are of, it does not.
    marks[2] = LabelledSpan(
        "label-3", "Content", (Span(35, 59),), places[3], said[2], {"note": ("eerste", "tweede")}
    )
    printed = ArticleMetadata(headline="Kop", published="2020-02-21")
    alone = (LabelledSpan("label-1", "Source", (Span(17, 28),), places[0], said[0]),)
    return [
        Skipped("link", "relations", RELATIONS, Place(str(file), 1, 1)),
        AnnotatedText("a/1", ROW_TEXT, first, alone, article=printed, by="1", on="2026-11-26T13:44:40Z"),
        AnnotatedText("a/1", ROW_TEXT, second, tuple(marks), article=printed, by="1", on="2026-11-26T13:44:39Z"),
        AnnotatedText("4", "Tweede.", third, article=ArticleMetadata(headline="Twee"), done=False),
        Skipped("attribute", "act", UNTIED, second),
        Skipped("attribute", "genre", UNTIED, second),
    ]


def test_json_min_is_read_whole() -> None:
    file = EXPORTS / "text.min.json"
    places = tuple(Place(str(file), line, 5) for line in (9, 31, 39, 47, 55, 63))

    assert items(file) == expected(file, (2, 24, 91), places)


@pytest.mark.parametrize("name", ["text.csv", "text.tsv"])
def test_tables_are_read_whole(name: str) -> None:
    file = EXPORTS / name
    places = tuple(Place(str(file), line, 1) for line in (2, 5, 5, 5, 5, 5))

    assert items(file) == expected(file, (2, 5, 8), places)


@pytest.mark.parametrize("name", ["page.min.json", "page.csv", "page.tsv"])
def test_pages_in_rows_are_those_of_the_json(name: str) -> None:
    def told(file: Path) -> list[tuple[str, list[str]]]:
        return sorted((document.text, words(document)) for document in documents(file))

    assert told(EXPORTS / name) == told(EXPORTS / "page.json")


def table(folder: Path, text: str) -> Path:
    file = folder / "export.csv"
    file.write_bytes(text.encode())
    return file


def test_a_field_that_a_control_of_the_same_name_hides_is_found(tmp_path: Path) -> None:
    regions = '"[{""start"":0,""end"":3,""text"":""Jan"",""labels"":[""Source""]}]"'
    file = table(tmp_path, f"_data_text,annotation_id,annotator,id,text\r\nJan zei nee,1,2,3,{regions}\r\n")

    (document,) = documents(file)

    assert (document.text, [mark.id for mark in document.marks]) == ("Jan zei nee", ["text-1"])


def test_what_was_chosen_of_the_whole_task_is_the_articles_where_the_mapping_knows_it(tmp_path: Path) -> None:
    rows = '3,1,2,Jan zei nee,"{""choices"": [""nl"", ""fr""]}","[{""rating"": 4}]"\n'
    file = table(tmp_path, f"id,annotation_id,annotator,text,taal,cijfer\n{rows}")

    read = items(file, Mapping(article={"taal": "language"}))

    assert read == [
        Skipped("link", "relations", RELATIONS, Place(str(file), 1, 1)),
        AnnotatedText(
            "3", "Jan zei nee", Place(str(file), 2, 1), article=ArticleMetadata(language="nl fr"), by="2"
        ),
        Skipped("attribute", "cijfer", UNTIED, Place(str(file), 2, 1)),
    ]


def test_a_text_that_looks_like_json_is_a_text(tmp_path: Path) -> None:
    file = table(tmp_path, "id,annotation_id,annotator,text\n1,1,2,[1] noot\n2,1,2,[1]\n3,1,2,{x}\n")

    assert [document.text for document in documents(file)] == ["[1] noot", "[1]", "{x}"]


def test_a_row_with_more_cells_than_columns_is_named(tmp_path: Path) -> None:
    file = table(tmp_path, "id,annotation_id,annotator,text\n1,1,2,Ja,en nee\n\n2,1,2,Nee\n")

    assert [item.kind for item in items(file) if isinstance(item, Skipped)] == ["link", "article"]
    assert [(document.text, document.at.line) for document in documents(file)] == [("Nee", 4)]


@pytest.mark.parametrize(
    ("raw", "at", "rule"),
    [
        (b"id,text\n1,x\n", (1, 1), "not-label-studio"),
        (b"", (1, 1), "not-label-studio"),
        (b"annotator,text\n1,x\n2,\xff\n", (3, 3), "not-utf-8"),
        (b'annotator,text\n1,"x"y"\r"\r\n', (3, 1), "never-closed"),
    ],
)
def test_a_table_that_cannot_be_read_is_an_error_with_its_line(
    raw: bytes, at: tuple[int, int], rule: str, tmp_path: Path
) -> None:
    file = tmp_path / "export.csv"
    file.write_bytes(raw)

    with pytest.raises(CorpusError) as raised:
        items(file)

    assert [(finding.rule, finding.at) for finding in raised.value.findings] == [(rule, Place(str(file), *at))]


def test_all_kinds_of_an_export_that_others_made_tell_the_same() -> None:
    told = {
        file.name: [(each.text, words(each), [mark.label for mark in each.marks]) for each in documents(file)]
        for file in sorted(shared_file("annotation-tools/label-studio").iterdir())
    }

    assert told["export.csv"] == told["export.json"] == told["export.min.json"]
    assert [words for _, words, _ in told["export.json"]] == [
        ["Ada Lovelace", "London", "Charles Babbage"],
        ["Zoë", "Köln", "Bonn"],
    ]
