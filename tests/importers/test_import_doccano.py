"""doccano's JSON Lines, in each dialect, become documents without changes."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from msgspec.structs import replace

from kg.errors import CorpusError, FileError, Place
from kg.importers.core.documents import AnnotatedText, ArticleMetadata, Item, LabelledSpan, Name, Skipped, SpanLink
from kg.importers.core.mapping import Mapping
from kg.importers.doccano import read
from kg.text.spans import Span
from support import ROOT
from support.readme import commands
from support.shared_data import shared_file
from support.shells import run

EXPORTS = ROOT / "tests" / "data" / "imports" / "doccano"
TEXT = "Jan zei: “Nee.”"


def items(source: Path, mapping: Mapping | None = None) -> list[Item]:
    return list(read(source, mapping or Mapping(), None))


def written(folder: Path, *lines: object) -> Path:
    file = folder / "export.jsonl"
    raw = "\n".join(each if isinstance(each, str) else json.dumps(each, ensure_ascii=False) for each in lines)
    file.write_text(raw, encoding="utf-8")
    return file


def parts(source: Path) -> list[str]:
    """Return the words of all marks."""
    documents = [item for item in items(source) if isinstance(item, AnnotatedText)]
    return [each.text[slice(*part)] for each in documents for mark in each.marks for part in mark.parts]


def test_relations_lead_from_span_to_span() -> None:
    """The export was made with doccano 1.8.4, in a browser."""
    file = EXPORTS / "units.zip"

    def at(line: int, column: int) -> Place:
        return Place(f"{file}/admin.jsonl", line, column)

    text = "Kop 😀 van 👩\u200d👧 de dag\nDe minister zei: “Dit plan gaat niet door.” Jan ontkende dat."
    comment = "a comment in doccano is about the whole text, and a claims file has no place for it"
    assert items(file) == [
        Skipped("note", "ziet er goed uit", comment, at(1, 495)),
        AnnotatedText(
            id="d1",
            text=text,
            at=at(1, 1),
            marks=(
                LabelledSpan("1", "Content", (Span(17, 20),), at(1, 139)),
                LabelledSpan("2", "Cue", (Span(33, 36),), at(1, 200)),
                LabelledSpan("3", "Content", (Span(39, 63),), at(1, 257)),
                LabelledSpan("4", "Source", (Span(65, 68),), at(1, 318)),
            ),
            links=(SpanLink("Source", "3", "4", at(1, 392)), SpanLink("Cue", "3", "2", at(1, 439))),
            article=ArticleMetadata(headline="Kop"),
            by="admin",
        ),
        AnnotatedText(id="d2", text="Geen label hier.", at=at(2, 1), by="admin"),
    ]


@pytest.mark.parametrize("name", ["units.zip", "clusters.zip"])
def test_offsets_are_read_as_the_project_counted_them(name: str) -> None:
    """doccano 1.8.4 counts UTF-16 units, or, with the project's setting, what is one character to a reader."""
    assert parts(EXPORTS / name) == ["dag", "zei", "Dit plan gaat niet door.", "Jan"]


def test_a_text_that_tells_nothing_is_counted_as_the_others_of_its_export(tmp_path: Path) -> None:
    chinese = {"text": "😀他说不行", "label": [[2, 3, "Cue"]]}
    telling = {"text": "😀 Jan zei nee", "label": [[6, 9, "Cue"]]}

    assert parts(written(tmp_path, chinese, telling)) == ["说", "zei"]


def test_where_nothing_tells_offsets_are_counted_as_doccano_does_and_that_is_said(tmp_path: Path) -> None:
    file = written(tmp_path, {"text": "😀他说不行", "label": [[2, 3, "Cue"]]})

    document, note = items(file)

    assert isinstance(document, AnnotatedText)
    assert document.marks[0].parts == (Span(1, 2),)
    assert isinstance(note, Skipped)
    assert (note.kind, note.what, note.at, note.count) == ("note", "offsets", Place(str(file), 1, 1), 1)


@pytest.mark.parametrize("field", ["label", "labels", "entities", "column_label"])
def test_spans_may_be_lists_in_a_field_of_any_name(field: str, tmp_path: Path) -> None:
    file = written(tmp_path, {"text": TEXT, field: [[0, 3, "Source"], [10, 14, "Content"]]})
    column = len(f'{{"text": "{TEXT}", "{field}": [') + 1

    assert items(file) == [
        AnnotatedText(
            id="export-1",
            text=TEXT,
            at=Place(str(file), 1, 1),
            marks=(
                LabelledSpan(f"{field}-1", "Source", (Span(0, 3),), Place(str(file), 1, column)),
                LabelledSpan(f"{field}-2", "Content", (Span(10, 14),), Place(str(file), 1, column + 18)),
            ),
        )
    ]


def test_each_user_of_an_old_export_has_a_document(tmp_path: Path) -> None:
    annotations = [
        {"label": 7, "start_offset": 0, "end_offset": 3, "user": 1},
        {"label": 8, "start_offset": 4, "end_offset": 7, "user": 2},
    ]
    file = written(tmp_path, {"id": 5, "text": TEXT, "annotations": annotations, "meta": {"title": "Kop"}})

    read = items(file)

    shared = AnnotatedText(id="5", text=TEXT, at=Place(str(file), 1, 1), article=ArticleMetadata(headline="Kop"))
    first = LabelledSpan("annotations-1", "7", (Span(0, 3),), Place(str(file), 1, 54))
    second = LabelledSpan("annotations-2", "8", (Span(4, 7),), Place(str(file), 1, 115))
    assert read == [
        replace(shared, marks=(first,), by="1"),
        replace(shared, marks=(second,), by="2"),
    ]


def test_fields_say_what_the_mapping_says_they_do(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        {"text": TEXT, "label": [], "date": "2020-02-21", "krant": "De Dag", "doc_id": "x/1", "label2": ["nieuws"]},
        {"text": TEXT, "label": [], "label2": ["opinie"]},
    )

    read = items(file, Mapping(article={"Krant": "publisher"}))

    why = "kg does not know what this field says about the article: say so under `article` in the mapping"
    assert read == [
        AnnotatedText(
            id="x/1",
            text=TEXT,
            at=Place(str(file), 1, 1),
            article=ArticleMetadata(published="2020-02-21"),
            publisher=Name("De Dag"),
        ),
        AnnotatedText(id="export-2", text=TEXT, at=Place(str(file), 2, 1)),
        Skipped("attribute", "label2", why, Place(str(file), 1, 1), 2),
    ]


@pytest.mark.parametrize(
    ("spans", "relations", "kind", "what"),
    [
        ([[0, 99, "A"]], [], "span", "label-1"),
        ([[3, 3, "A"]], [], "span", "label-1"),
        ([[-1, 3, "A"]], [], "span", "label-1"),
        ([[0, True, "A"]], [], "span", "label-1"),
        ([["0", 3, "A"]], [], "span", "label-1"),
        ([[0, 3]], [], "span", "0 3"),
        ([[0, 3, "A"], "B"], [], "span", "B"),
        ([], [{"from_id": 1, "to_id": 2, "type": "A"}], "link", "1 → 2"),
        ([], [{"id": 4, "from_id": 1}], "link", "4"),
        ([], ["A"], "link", "A"),
    ],
)
def test_what_is_impossible_is_named(
    spans: list[object], relations: list[object], kind: str, what: str, tmp_path: Path
) -> None:
    file = written(tmp_path, {"text": TEXT, "label": spans, "relations": relations})

    (skipped,) = (item for item in items(file) if isinstance(item, Skipped))

    assert (skipped.kind, skipped.what) == (kind, what)


@pytest.mark.parametrize("line", ["{", "[1]", '{"label": []}', '{"text": " "}', "[" * 9999, '{"text": "\x00"}'])
def test_a_line_that_is_no_article_is_named(line: str, tmp_path: Path) -> None:
    file = written(tmp_path, {"text": TEXT, "label": []}, "", line, {"text": "Ja.", "label": []})

    first, skipped, last = items(file)

    assert isinstance(skipped, Skipped)
    assert (skipped.kind, skipped.at) == ("article", Place(str(file), 3, 1))
    assert [document.id for document in (first, last) if isinstance(document, AnnotatedText)] == [
        "export-1",
        "export-4",
    ]


@pytest.mark.parametrize(
    "raw", [b"", b"hello", b'{"a": 1}', b'[{"a": 1}]', b'{"a": "b", "c": []}', "{}".encode("utf-16"), b"[{"]
)
def test_a_file_that_is_no_export_is_an_error_with_a_place(raw: bytes, tmp_path: Path) -> None:
    file = tmp_path / "export.jsonl"
    file.write_bytes(raw)

    if raw:
        with pytest.raises(CorpusError) as raised:
            items(file)
        assert [str(finding.at).split(":")[0] for finding in raised.value.findings] == [str(file)]
    else:
        assert items(file) == []


def test_an_array_is_read_as_lines_are(tmp_path: Path) -> None:
    file = tmp_path / "export.json"
    file.write_text(json.dumps([{"id": 1, "text": TEXT, "label": [[0, 3, "Source"]]}], indent=1), encoding="utf-8")

    assert parts(file) == ["Jan"]


def test_a_file_of_all_is_nobodys_and_others_are_named_after_their_annotators(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as packed:
        for name in ("all.jsonl", "ann.jsonl", "../out.jsonl"):
            packed.writestr(name, json.dumps({"id": 1, "text": TEXT, "label": []}))

    read = items(tmp_path / "export.zip")

    assert [item.what if isinstance(item, Skipped) else item.by for item in read] == ["../out.jsonl", "", "ann"]


def test_a_folder_without_exports_and_a_file_that_is_not_there_are_errors(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"named \.jsonl"):
        items(tmp_path)
    with pytest.raises(FileError, match="there is no such file"):
        items(tmp_path / "none.jsonl")


def test_exports_that_others_made_are_read_whole() -> None:
    words = {file.name: parts(file) for file in sorted(shared_file("annotation-tools/doccano").iterdir())}

    assert words == {
        "doccano.JSONL.zip": ["Zoë 😀 Müller", "Köln"],
        "relation_extraction.jsonl": ["Google", "September 4, 1998", "Larry Page", "Sergey Brin"],
        "sequence_labeling.jsonl": ["EU", "Peter Blackburn", "Obama"],
    }


def test_the_page_shows_what_its_commands_do(tmp_path: Path) -> None:
    shown = list(commands("docs/importing/doccano.md"))

    assert [(each.text, run(each.text, tmp_path)) for each in shown] == [(each.text, each.output) for each in shown]
