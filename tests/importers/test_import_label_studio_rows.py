"""Label Studio's JSON-MIN, CSV and TSV become documents as far as they tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import CorpusError, Place
from kg.importers.core.documents import AnnotatedText, ArticleMetadata, Item, LabelledSpan, Skipped
from kg.importers.core.mapping import Mapping
from kg.text.spans import Span
from support import SHARED
from support.label_studio import EXPORTS, documents, items, words

SHARED_EXPORTS = SHARED / "annotation-tools" / "label-studio"
RELATIONS = "JSON-MIN, CSV and TSV leave out the links between spans, if there were any: export as JSON"
UNTIED = (
    "it is of the article, or of a span, which only the export as JSON says; if of the article, name what it holds "
    "under `article` in the mapping"
)
TEXT = "Kop 😀 van de dag\nDe minister zei: “Dit plan gaat niet door.”\r\nJan ontkende dat."


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
        AnnotatedText("a/1", TEXT, first, alone, article=printed, by="1", on="2026-11-26T13:44:40Z"),
        AnnotatedText("a/1", TEXT, second, tuple(marks), article=printed, by="1", on="2026-11-26T13:44:39Z"),
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
        (b'annotator,text\n1,"x"y"\r"\r\n', (2, 1), "not-csv"),
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


@pytest.mark.skipif(not SHARED_EXPORTS.is_dir(), reason="the exports that others made are not there")
def test_all_kinds_of_an_export_that_others_made_tell_the_same() -> None:
    told = {
        file.name: [(each.text, words(each), [mark.label for mark in each.marks]) for each in documents(file)]
        for file in sorted(SHARED_EXPORTS.iterdir())
    }

    assert told["export.csv"] == told["export.json"] == told["export.min.json"]
    assert [words for _, words, _ in told["export.json"]] == [
        ["Ada Lovelace", "London", "Charles Babbage"],
        ["Zoë", "Köln", "Bonn"],
    ]
