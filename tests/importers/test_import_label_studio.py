"""Label Studio's JSON becomes documents as its annotators saw the texts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kg.errors import CorpusError, FileError, Place
from kg.importers.core.documents import AnnotatedText, ArticleMetadata, LabelledSpan, Name, Skipped, SpanLink
from kg.importers.core.mapping import Mapping
from kg.text.spans import Span
from support.label_studio import EXPORTS, TEXT, documents, items, region, remark, skipped, task, written


def test_an_export_is_read_whole() -> None:
    """It was made with Label Studio 1.23.2, the spans in a browser."""
    file = EXPORTS / "text.json"

    def at(column: int) -> Place:
        return Place(str(file), 1, column)

    text = "Kop 😀 van de dag\nDe minister zei: “Dit plan gaat niet door.”\r\nJan ontkende dat."
    printed = ArticleMetadata(headline="Kop", published="2020-02-21")
    quoted = {"act": ("states",), "note": ("eerste", "tweede")}
    minister, zei, plan, jan, dat = "UEIsGY_5x0", "sasHF8PrwC", "TInmpNFqK5", "BYp_UE9Z1W", "bdBD8YoLLt"
    untold = "it says nothing of the article that is known: name what it holds under `article` in the mapping"
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
def test_offsets_are_code_points_or_utf_16_units_whichever_the_words_stand_at(
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


def test_words_that_stand_elsewhere_are_passed_on_as_the_file_has_them(tmp_path: Path) -> None:
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
        ({"id": "r", "type": "labels"}, "span", "is no part of an annotation that is read"),
        (remark("r", "x", "brush", 1), "attribute", "is no part of an annotation that is read"),
        ({"type": "relation", "from_id": "a", "to_id": "b"}, "link", "one of its ends is no span that was read"),
        ("text", "span", "is no part of an annotation that is read"),
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
