"""What corpora that others have published are like, beyond what a tool's manual says; each in a small file."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from msgspec.structs import replace

from kg.corpus.decoding import is_article_id, suggested
from kg.errors import CorpusError, Place, UsageError
from kg.importers.core.documents import AnnotatedText, Item, LabelledSpan, Skipped
from kg.importers.core.mapping import Mapping
from support.documents import document, imported, link, mark, tree
from support.inception import QUOTE, one, read_cas, spans, type_system, view, xmi
from support.inception import described as kind
from support.tei_files import items, only
from support.web_annotations import SOURCE, annotation, laid, position, quote, words
from support.web_annotations import items as on_pages

TEXT = "It rains. It pours. It snows. It hails."


def rows(folder: Path) -> list[tuple[str, str, str, str]]:
    """Return the line, record, count and reason of what was left out."""
    table = csv.DictReader(io.StringIO(tree(folder)["import.csv"]))
    return [(row["line"], row["record"], row["count"], row["why"]) for row in table if row["outcome"] == "skipped"]


def test_what_the_mapping_does_not_know_is_one_row_for_each_name_and_label(tmp_path: Path) -> None:
    """A corpus of literature has four attributes on each quote, and a span on each word."""
    marks = [
        mark("T1", "Content", TEXT, "It rains", attributes={"mode": ("direct",), "level": ("1",), "blank": (" ",)}),
        mark("T2", "Content", TEXT, "It pours", attributes={"mode": ("indirect",), "level": ("1",)}),
        mark("T3", "Content", TEXT, "It snows", attributes={"mode": ("free",), "said": ("soon",)}),
        mark("T4", "Content", TEXT, "It hails", attributes={"mode": ("reported",)}),
        *(mark(f"T{number}", "Word", TEXT, word) for number, word in enumerate(("rains", "pours", "snows"), 5)),
        *(mark(f"T{number}", "Place", TEXT, "It", nth=number - 8) for number in (8, 9)),
    ]
    links = [link("next", "T1", "T2", 10), link("next", "T2", "T3", 11), link("before", "T3", "T4", 12)]

    report = imported(tmp_path / "new", [document(TEXT, marks, links)])

    unknown = "the mapping's `fields` do not say which field this is"
    spans_why = "the mapping's `spans` do not say what `{}` is"
    links_why = "the mapping's `relations` do not say what `{}` means between two claims"
    found = rows(tmp_path / "new")
    assert [each for each in found if not each[1].startswith("said")] == [
        ("1", "mode: direct, indirect, free, …", "4", unknown),
        ("1", "level: 1", "2", unknown),
        ("5", "T5, T6, T7", "3", spans_why.format("Word")),
        ("8", "T8, T9", "2", spans_why.format("Place")),
        ("10", "T1 → T2, T2 → T3", "2", links_why.format("next")),
        ("12", "T3 → T4", "1", links_why.format("before")),
    ]
    assert (report.read["span"], report.written["span"], report.skipped["span"]) == (9, 4, 5)


def test_an_attribute_of_a_span_that_several_claims_share_is_left_out_once(tmp_path: Path) -> None:
    who = mark("T3", "Source", "Ann: It rains. It pours.", "Ann", attributes={"mood": ("bad",)})
    text = "Ann: It rains. It pours."
    marks = [mark("T1", "Content", text, "It rains"), mark("T2", "Content", text, "It pours"), who]

    imported(tmp_path / "new", [document(text, marks, [link("Source", "T1", "T3"), link("Source", "T2", "T3")])])

    assert [(record, count) for _, record, count, _ in rows(tmp_path / "new")] == [("mood: bad", "1")]


@pytest.mark.parametrize("label", ["DIRECT-QUOTE", "Indirect quote", "direct_speech", "ReportedSpeech"])
def test_the_usual_names_of_quotes_are_words_without_a_mapping(tmp_path: Path, label: str) -> None:
    imported(tmp_path / "new", [document(TEXT, [mark("T1", label, TEXT, "It rains")])])

    assert "words: It rains" in tree(tmp_path / "new")["news.claims.yaml"]


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("Mediemøllen", "mediemollen"),
        ("Straße 5", "strasse-5"),
        ("Łódź", "lodz"),
        ("Þór Æ", "thor-ae"),
        ("Đoko–İpek", "doko-ipek"),
        ("Œuvre/ıhlamur", "oeuvre/ihlamur"),
    ],
)
def test_an_id_has_the_letters_that_people_write_for_those_it_cannot_have(name: str, id: str) -> None:
    assert suggested(name) == id
    assert is_article_id(id)


def test_the_first_webanno_tsv_3_told_no_minor_version(tmp_path: Path) -> None:
    body = ("#Text=a \\u00e9", "1-1\t0-1\ta\tX\t", "1-2\t2-3\té\t_\t")

    document = one(tmp_path / "a.tsv", *body, version="3", layers=(QUOTE,))

    assert document.text == "a é"
    assert spans(document) == [("Quote", "a", {"value": ("X",)})]


def test_the_only_type_system_of_a_folder_may_lie_beside_its_documents(tmp_path: Path) -> None:
    types = type_system(kind("webanno.custom.SimpleSpan", value="uima.cas.String"))
    (tmp_path / "types").mkdir()
    (tmp_path / "types" / "ourTypeSystem.xml").write_text(types, "utf-8")
    told = '<custom:SimpleSpan xmi:id="2" sofa="1" begin="0" end="3" value="x"/>'
    (tmp_path / "a.xmi").write_text(xmi(told, view("Bob zei", 2)), "utf-8")

    documents, skipped = read_cas(tmp_path)

    assert (spans(documents[0]), skipped) == ([("SimpleSpan", "Bob", {"value": ("x",)})], [])


def test_the_address_of_a_whole_site_is_not_that_of_a_text(tmp_path: Path) -> None:
    sites = "<idno>https://parliament.example/</idno><idno>http://parliament.example</idno>"
    bibl = f"<bibl>{sites}<idno>https://parliament.example/54</idno></bibl>"
    header = f"<teiHeader><fileDesc><sourceDesc>{bibl}</sourceDesc></fileDesc></teiHeader>"

    found = items(tmp_path, "<p/>", header)

    assert only(found).article.url == "https://parliament.example/54"
    assert [each.what for each in found if isinstance(each, Skipped)] == [
        "idno: https://parliament.example/",
        "idno: http://parliament.example",
    ]


def test_a_layer_of_no_meaning_tells_the_values_that_may_be_in_the_mapping(tmp_path: Path) -> None:
    layer = "#T_SP=webanno.custom.LetterEntity|entity_id|role"
    body = ("#Text=Ann an Bob .", "1-1\t0-3\tAnn\t*\tauthor\t", "1-2\t4-6\tan\t_\t_\t")
    rest = ("1-3\t7-10\tBob\thttps://bob.example/\taddressee\t", "1-4\t11-12\t.\t7\t+\t")
    found = one(tmp_path / "a.tsv", *body, *rest, layers=(layer,))
    mapping = Mapping(spans={"author": "words"})

    with pytest.raises(UsageError) as caught:
        imported(tmp_path / "none", [found])
    words = replace(found.marks[0], label="author", attributes={}, also=())
    imported(tmp_path / "new", [replace(found, marks=(words, *found.marks[1:]))], mapping=mapping)

    assert str(caught.value).endswith(
        "Labels found: 'LetterEntity' (3). A span may be called by a value of one of its fields, too: "
        "'author' (1), 'addressee' (1)"
    )
    assert [(record, why) for _, record, _, why in rows(tmp_path / "new")] == [
        ("LetterEntity-2", "the mapping's `spans` do not say what `LetterEntity` or `addressee` is"),
        ("LetterEntity-3", "the mapping's `spans` do not say what `LetterEntity` is"),
    ]


def test_where_no_span_can_be_read_the_reasons_are_reported_and_not_to_write_a_mapping(tmp_path: Path) -> None:
    """Notes on whole pages; a table of quotes without the articles that they are of."""
    note = Skipped("span", "n1", "it is about the whole page, and marks no words in it", Place("notes.json", 4, 2))
    column = Skipped("attribute", "the column 'mood'", "no field goes by this name", Place("notes.json", 1, 1))

    with pytest.raises(CorpusError) as caught:
        imported(tmp_path / "new", [column, note])

    assert [(finding.message, finding.at) for finding in caught.value.findings] == [
        ("n1: it is about the whole page, and marks no words in it", Place("notes.json", 4, 2))
    ]
    assert not (tmp_path / "new").exists()


def test_an_annotation_of_recogitos_own_form_is_read_as_that_of_w3c(tmp_path: Path) -> None:
    ann, then = {"id": "u1", "name": "Ann"}, "2023-10-17T12:38:37.390Z"
    places = [{"quote": "NAVO", "start": 67, "end": 71, "range": {}}, {"quote": "zei dat", "quotePrefix": "n 😀 "}]
    target = {"annotation": "a1", "source": SOURCE, "selector": places, "creator": ann, "created": then}
    own = {"id": "a1", "bodies": [{"id": "b1", "purpose": "tagging", "value": "Claim"}], "target": target}
    targets = [
        {"source": SOURCE, "selector": [quote("NAVO"), position(67, 71)]},
        {"source": SOURCE, "selector": [quote("zei dat", "n 😀 ")]},
    ]
    (tmp_path / "own").mkdir()
    (tmp_path / "w3c").mkdir()

    read = on_pages(laid(tmp_path / "own", own))
    same = on_pages(laid(tmp_path / "w3c", annotation("a1", creator=ann, created=then, target=targets)))

    assert read[1:] == []
    assert words(read) == [["zei dat", "NAVO"]]
    assert [replace(each, at=Place("a", 1, 1)) for each in marks(read)] == [
        replace(each, at=Place("a", 1, 1)) for each in marks(same)
    ]
    assert [(each.by, each.on) for each in read if isinstance(each, AnnotatedText)] == [
        ("Ann", "2023-10-17T12:38:37Z")
    ]


def marks(found: list[Item]) -> list[LabelledSpan]:
    return [each for document in found if isinstance(document, AnnotatedText) for each in document.marks]


def test_what_many_articles_share_is_one_line_of_the_summary(tmp_path: Path) -> None:
    """Of a corpus that several people annotated, each article is there more than once."""
    texts = [
        replace(document(text, [mark("T1", "Content", text, "pours")]), id=f"a{number}")
        for number, text in enumerate(["It\x07 pours\x07."] * 3)
    ]
    report = imported(tmp_path / "new", [replace(each, by=by) for each in texts for by in ("ann", "ben", "cas")])

    assert {each.why: each.times for each in report.flagged.most_common(5)} == {
        "a control character of the text became a space": 18,
        "its date of publication is unknown, so `published` is XXXX: fill it in": 9,
        "no speaker is linked to this claim: say who said it": 9,
        "an earlier article has this id: this one has the id after the arrow": 6,
    }
    table = csv.DictReader(io.StringIO(tree(tmp_path / "new")["import.csv"]))
    assert [row["record"] for row in table if "after the arrow" in row["why"]] == [
        f"a{number} → a{number}-{by}" for number in range(3) for by in ("ben", "cas")
    ]
