"""WebAnno TSV 3: texts, spans and links, the files of a project, and the traps of each."""

from __future__ import annotations

import json
from pathlib import Path
from zipfile import ZipFile

import pytest

from kg.errors import CorpusError, Place
from kg.importers.core.documents import AnnotatedText, LabelledSpan, Name, Skipped
from kg.importers.core.inception import FIELD_WHY, GRAMMAR_WHY
from kg.importers.core.mapping import Mapping
from kg.text.spans import Span
from support.inception import ATTRIBUTION, HOST, LEMMA, OPEN, QUOTE, TOKEN, links, one, read_tsv, spans, tsv


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "a.tsv"


def test_a_file_is_a_document_whose_marks_have_places(file: Path) -> None:
    document = one(
        file,
        "#Sentence.id=s1",
        "#Text=Bob zei nee",
        "1-1\t0-3\tBob\t_\t",
        "1-2\t4-7\tzei\tX\t",
        "1-3\t8-11\tnee\t*\t",
    )

    at = str(file)
    assert document == AnnotatedText(
        "a",
        "Bob zei nee",
        Place(at, 0, 0),
        (
            LabelledSpan("Quote-1", "Quote", (Span(4, 7),), Place(at, 8, 13), attributes={"value": ("X",)}),
            LabelledSpan("Quote-2", "Quote", (Span(8, 11),), Place(at, 9, 14)),
        ),
    )


def test_offsets_are_utf_16_units_and_become_code_points(file: Path) -> None:
    document = one(
        file,
        "#Text=😊 Bob 😊.",
        "1-1\t0-2\t😊\t_\t",
        "1-2\t3-6\tBob\tX\t",
        "1-3\t7-9\t😊\tY\t",
        "1-4\t9-10\t.\t_\t",
    )

    assert spans(document) == [("Quote", "Bob", {"value": ("X",)}), ("Quote", "😊", {"value": ("Y",)})]


def test_the_text_is_put_together_as_inception_does(file: Path) -> None:
    document = one(
        file,
        *(
            "#Text=een\\ttab \\\\ ",
            "#Text=twee",
            "1-1\t2-5\teen\t_\t",
            "1-2\t6-9\ttab\t_\t",
            "1-3\t13-17\ttwee\t_\t",
            "",
        ),
        *("#Text=drie", "2-1\t17-21\tdrie\t_\t", "", "#Text=vier", "3-1\t25-29\tvier\t_\t", "", "#Text=# vijf"),
    )

    assert document.text == "  een\ttab \\ \ntweedrie\n   vier\n# vijf"


def test_up_to_3_1_a_text_is_escaped_as_in_java(file: Path) -> None:
    document = one(file, r"#Text=\u201Cja\u201D \uD83D\uDE0A \"\t\101", "1-1\t0-1\t“\t_\t", version="3.1")

    assert document.text == '“ja” 😊 "\tA'


def test_lines_may_end_as_on_windows(file: Path) -> None:
    text = tsv("#Text=Bob", "1-1\t0-3\tBob\tX\t", layers=(QUOTE,)).replace("\n", "\r\n")
    file.write_bytes(b"\xef\xbb\xbf" + text.encode())

    (document,), _ = read_tsv(file)

    assert spans(document) == [("Quote", "Bob", {"value": ("X",)})]


def test_a_number_joins_units_and_tells_stacked_spans_apart(file: Path) -> None:
    document = one(
        file,
        *("#Text=a b c", "1-1\t0-1\ta\tX[1]|Y[2]\t", "1-2\t2-3\tb\tX[1]\t", "", "#Text=d"),
        "2-1\t6-7\td\tX[1]|*[3]\t",
    )

    assert spans(document) == [
        ("Quote", "a b c\nd", {"value": ("X",)}),
        ("Quote", "a", {"value": ("Y",)}),
        ("Quote", "d", {}),
    ]


def test_a_part_of_a_token_and_what_has_no_width_have_rows_of_their_own(file: Path) -> None:
    document = one(
        file,
        *("#Text=hersendood is", "1-1\t0-10\thersendood\t_\t", "1-1.1\t6-10\tdood\tX[1]\t", "1-1.2\t10-10\t\tY\t"),
        "1-2\t11-13\tis\tX[1]\t",
    )

    assert [mark.parts for mark in document.marks] == [(Span(6, 13),), (Span(10, 10),)]


def test_values_are_unescaped_after_they_were_parted(file: Path) -> None:
    document = one(
        file, "#Text=a b", r"1-1	0-1	a	x\|y\[1\]\;\_\*\->\\|\t\n\\\\[2]	", "1-2\t2-3\tb\t\\_\t"
    )

    assert [mark.attributes["value"] for mark in document.marks] == [("x|y[1];_*->\\",), ("\t\n\\\\",), ("_",)]


def test_a_tab_in_a_token_is_no_new_column(file: Path) -> None:
    document = one(file, "#Text=a\\tb c", "1-1\t0-3\ta\tb\tX\t", "1-2\t4-5\tc\tY\t")

    assert spans(document) == [("Quote", "a\tb", {"value": ("X",)}), ("Quote", "c", {"value": ("Y",)})]


def test_a_mark_tells_what_the_rows_say_where_the_text_has_something_else(file: Path) -> None:
    document = one(file, "#Text=Bob zei", "1-1\t0-3\tRob\tX[1]\t", "1-2\t4-7\tzei\tX[1]|Y[2]\t")

    assert [mark.text for mark in document.marks] == ["Rob zei", ""]


@pytest.mark.parametrize(
    ("text", "rule", "line"),
    [
        ("Bob zei nee\n", "tsv-format", 1),
        ("#FORMAT=WebAnno TSV 2.0\n", "tsv-format", 1),
        (tsv("1-1\t0-3\tBob", layers=(QUOTE,)), "tsv-columns", 5),
        (tsv("1-1\t0-x\tBob\t_", layers=(QUOTE,)), "tsv-row", 5),
        (tsv("#Text=Bob", "1-1\t0-3\tBob", "#Text=zei", "2-1\t1-4\tzei"), "tsv-offsets", 7),
        (tsv("#Text=Bob", "1-1\t999999999-999999999\tBob"), "tsv-offsets", 5),
        (tsv(layers=("#T_SP=",)), "tsv-layer", 2),
    ],
)
def test_a_file_that_is_no_such_format_is_refused_at_its_line(file: Path, text: str, rule: str, line: int) -> None:
    file.write_text(text, "utf-8")

    with pytest.raises(CorpusError) as caught:
        read_tsv(file)

    assert [(each.rule, each.at) for each in caught.value.findings] == [
        (rule, Place(str(file), line, caught.value.findings[0].at.column))
    ]  # type: ignore[union-attr]


def test_a_project_has_annotators_for_each_document(tmp_path: Path) -> None:
    body = tsv("#Text=Bob", "1-1\t0-3\tBob\tX\t", layers=(QUOTE,))
    names = (
        *("annotation/a.txt/anna.tsv", "annotation/a.txt/INITIAL_CAS.tsv", "annotation/b/ben.tsv"),
        *("curation/a.txt/CURATION_USER.tsv", "log/x.txt"),
    )
    zipped = tmp_path / "project.zip"
    with ZipFile(zipped, "w") as archive:
        for name in names:
            archive.writestr(name, body)
        archive.writestr("../out.tsv", body)
    folder = tmp_path / "project"
    with ZipFile(zipped) as archive:
        archive.extractall(folder, names)
    expected = [("a", "anna"), ("b", "ben"), ("a", "curation")]

    documents, skipped = read_tsv(zipped)

    at = f"{zipped}/"
    why = "a name in a zip must be its only one and stay inside it: pack it again"
    assert [(each.id, each.by) for each in documents] == expected
    assert [each.at.file for each in documents] == [at + names[0], at + names[2], at + names[3]]
    assert skipped == [
        Skipped("article", "../out.tsv", why, Place(f"{at}../out.tsv", 0, 0)),
    ]
    assert [(each.id, each.by) for each in read_tsv(folder)[0]] == expected
    assert [(each.id, each.by) for each in read_tsv(folder / "annotation")[0]] == expected[:2]
    assert [(each.id, each.by) for each in read_tsv(folder / names[0])[0]] == expected[:1]


def test_the_settings_of_a_project_tell_who_has_finished_and_when(tmp_path: Path) -> None:
    body = tsv("#Text=Bob", "1-1\t0-3\tBob\tX\t", layers=(QUOTE,))
    copies = [
        {"name": "a.txt", "user": "anna", "state": "FINISHED", "timestamp": 1582293600000, "updated": None},
        {"name": "a.txt", "user": "ben", "state": "INPROGRESS", "timestamp": -1, "unheard": 1},
    ]
    settings = tmp_path / "exportedproject1.json"
    settings.write_text(json.dumps({"name": "x", "annotation_documents": copies}), "utf-8")
    folder = tmp_path / "annotation" / "a.txt"
    folder.mkdir(parents=True)
    for name in ("anna", "ben", "carla"):
        (folder / f"{name}.tsv").write_text(body, "utf-8")

    documents, skipped = read_tsv(tmp_path)
    settings.write_text("[]", "utf-8")
    again, unread = read_tsv(tmp_path)

    assert [(each.by, each.on, each.done) for each in documents] == [
        *(("anna", "2020-02-21T14:00:00Z", True), ("ben", "", False), ("carla", "", True))
    ]
    assert skipped == []
    assert [(each.by, each.on, each.done) for each in again] == [
        (name, "", True) for name in ("anna", "ben", "carla")
    ]
    assert [(each.kind, each.what) for each in unread] == [("note", "exportedproject1.json")]


def test_slots_are_links_by_their_roles(file: Path) -> None:
    document = one(
        file,
        *(
            "#Text=a b c",
            "1-1\t0-1\ta\t_\ts\\;1;*;s2[1]\t1-2;1-3[2];1-3[3]\t",
            "1-2\t2-3\tb\tX\ts\\;1;*;s2[1]\t1-2;1-3[2];1-3[3]\t",
        ),
        "1-3\t4-5\tc\tY[2]|Z[3]\t_\t_\t",
        layers=(QUOTE, HOST),
    )

    assert [mark.id for mark in document.marks] == ["Host-1", "Quote-1", "Quote-2", "Quote-3"]
    assert links(document) == [
        ("s;1", "Host-1", "Quote-1"),
        ("arg_s", "Host-1", "Quote-2"),
        ("s2", "Host-1", "Quote-3"),
    ]


def test_a_slot_may_lead_to_any_layer_and_a_host_may_have_none(file: Path) -> None:
    document = one(
        file,
        *("#Text=a b", "1-1\t0-1\ta\tX[2]\t_[1]|p[3]\t*|1-1[2];1-2[9]\t", "1-2\t2-3\tb\tY[9]\t_\t*\t"),
        layers=(QUOTE, OPEN),
    )

    assert [mark.id for mark in document.marks] == ["Quote-1", "Host-1", "Host-2", "Quote-2", "Host-3"]
    assert links(document) == [("p", "Host-2", "Quote-1"), ("args", "Host-2", "Quote-2")]


def test_a_role_is_the_label_unless_the_mapping_knows_only_the_slot(file: Path) -> None:
    slot = "#T_SP=webanno.custom.Quote|ROLE_webanno.custom.Quote:{0}_webanno.custom.QuoteLink|webanno.custom.Quote"
    body = ("#Text=a", "1-1\t0-1\ta\trole\t1-1\t")

    assert links(one(file, *body, layers=(slot.format("speaker"),))) == [("speaker", "Quote-1", "Quote-1")]
    assert links(one(file, *body, layers=(slot.format("other"),))) == [("role", "Quote-1", "Quote-1")]


def test_relations_lead_from_their_source_to_the_unit_of_the_row(file: Path) -> None:
    layers = (QUOTE, "#T_RL=webanno.custom.Answers|kind|BT_webanno.custom.Quote")
    document = one(
        file,
        *("#Text=a b c", "1-1\t0-1\ta\tX[1]|Y[2]\t_\t_\t", "1-2\t2-3\tb\tZ\t*\t1-1[2_0]\t"),
        "1-3\t4-5\tc\tV[3]|W[4]\t*|*\t1-2[0_4]|1-1[1_3]\t",
        layers=layers,
    )

    assert links(document) == [
        ("Answers", "Quote-2", "Quote-3"),
        ("Answers", "Quote-3", "Quote-5"),
        ("Answers", "Quote-1", "Quote-4"),
    ]


def test_the_value_of_a_relation_is_its_label_where_the_mapping_knows_it(file: Path) -> None:
    layers = (QUOTE, "#T_RL=webanno.custom.Relation|kind|sure|BT_webanno.custom.Quote")
    body = ("#Text=a b", "1-1\t0-1\ta\tX\t_\t_\t_\t", "1-2\t2-3\tb\tZ\tanswers\tvery\t1-1\t")
    file.write_text(tsv(*body, layers=layers), "utf-8")

    (document,), skipped = read_tsv(file)

    assert links(document) == [("answers", "Quote-1", "Quote-2")]
    assert skipped == [Skipped("attribute", "sure of Relation", FIELD_WHY, Place(str(file), 8, 13))]


def test_relations_between_tokens_make_marks_of_these(file: Path) -> None:
    layers = (f"#T_RL=webanno.custom.Says|BT_{TOKEN}",)
    document = one(file, "#Text=a b", "1-1\t0-1\ta\t_\t", "1-2\t2-3\tb\t1-1\t", layers=layers)

    assert spans(document) == [("Token", "a", {}), ("Token", "b", {})]
    assert links(document) == [("Says", "Token-1", "Token-2")]


def test_elements_of_a_chain_lead_to_the_next(file: Path) -> None:
    layers = ("#T_CH=webanno.custom.CorefLink|referenceType|referenceRelation",)
    document = one(
        file,
        *("#Text=a b c d", "1-1\t0-1\ta\tpr[1]\t*->1-2\t", "1-2\t2-3\tb\tpr[1]|*[2]\t*->1-2|same\\->x->2-1\t"),
        *("1-3\t4-5\tc\tpr[1]\tcoref->1-1\t", "1-4\t6-7\td\t_\t_\t"),
        layers=layers,
    )

    assert spans(document) == [
        ("CorefLink", "a b", {"referenceType": ("pr",)}),
        ("CorefLink", "b", {"referenceRelation": ("same->x",)}),
        ("CorefLink", "c", {"referenceType": ("pr",), "referenceRelation": ("coref",)}),
    ]
    assert links(document) == [("next", "CorefLink-3", "CorefLink-1")]


def test_a_value_that_the_mapping_knows_is_the_label_unless_it_is_a_field_of_a_claim(file: Path) -> None:
    layers = ("#T_SP=webanno.custom.Attribution|note|type", QUOTE)
    document = one(file, "#Text=a", "1-1\t0-1\ta\tSource?|*|*|cue\tX|Source|*|x\tcue\t", layers=layers)

    assert spans(document) == [
        ("Attribution", "a", {"note": ("Source?",), "type": ("X",)}),
        ("Source", "a", {}),
        ("Attribution", "a", {}),
        ("Attribution", "a", {"note": ("cue",), "type": ("x",)}),
        ("cue", "a", {}),
    ]


def test_an_iri_tells_who_a_speaker_is_and_nobody_else(file: Path) -> None:
    layers = ("#T_SP=webanno.custom.Span|identifier|value",)
    iri = "http://www.wikidata.org/entity/Q76"
    cells = (f"{iri}[1]|{iri}[2]".replace("_", "\\_"), "Source[1]|PER[2]")
    document = one(file, "#Text=a  b", "1-1\t0-4\ta  b\t" + "\t".join(cells), layers=layers)

    assert [(mark.label, mark.attributes, mark.names) for mark in document.marks] == [
        ("Source", {}, {"speaker": (Name("a b", same_as=(iri,)),)}),
        ("Span", {"identifier": (iri,), "value": ("PER",)}, {}),
    ]


def test_layers_of_grammar_are_counted_unless_the_mapping_names_them(file: Path) -> None:
    body = ("#Text=claim b", "1-1\t0-5\tclaim\tclaim\tX\t", "1-2\t6-7\tb\tb\t_\t")
    file.write_text(tsv(*body, layers=(LEMMA, QUOTE)), "utf-8")
    why = Skipped("span", "Lemma", GRAMMAR_WHY, Place(str(file), 2, 1), 2)

    (document,), skipped = read_tsv(file)
    (named,), none = read_tsv(file, Mapping(spans={**ATTRIBUTION.spans, "lemma": "cue"}))

    assert ([mark.id for mark in document.marks], skipped) == (["Quote-1"], [why])
    assert ([mark.id for mark in named.marks], none) == (["Lemma-1", "Quote-1", "Lemma-2"], [])


def test_what_leads_nowhere_is_left_out_with_its_place(file: Path) -> None:
    layers = (QUOTE, HOST, "#T_RL=webanno.custom.Answers|BT_webanno.custom.Quote")
    body = ("#Text=a b", "1-1\t0-1\ta\t_\tp;q\t1-2;*\t1-2\t", "1-2\t7-3\tb\tX\t_\t_\t_\t")
    file.write_text(tsv(*body, layers=layers), "utf-8")
    lost = "its target is not in the file: draw it again"

    (document,), skipped = read_tsv(file)

    at = str(file)
    assert [mark.id for mark in document.marks] == ["Host-1"]
    assert skipped == [
        Skipped("link", "q → *", lost, Place(at, 8, 13)),
        Skipped("link", "Answers", lost, Place(at, 8, 23)),
        Skipped(
            "span",
            "Quote-1",
            "its offsets are not in the text: export the file again",
            Place(at, 9, 11),
            label="Quote",
        ),
        Skipped("link", "p", "one of its ends was left out", Place(at, 8, 13)),
    ]
