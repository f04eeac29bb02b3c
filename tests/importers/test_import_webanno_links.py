"""WebAnno TSV 3: what joins spans, what they are called, and which are left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import Place
from kg.importers.core.documents import Name, Skipped
from kg.importers.core.inception import FIELD_WHY, GRAMMAR_WHY
from kg.importers.core.mapping import Mapping
from support.inception import ATTRIBUTION, HOST, LEMMA, OPEN, QUOTE, TOKEN, links, one, read_tsv, spans, tsv


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "a.tsv"


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
    lost = "what it leads to is not in the file: draw it again"

    (document,), skipped = read_tsv(file)

    at = str(file)
    assert [mark.id for mark in document.marks] == ["Host-1"]
    assert skipped == [
        Skipped("link", "q → *", lost, Place(at, 8, 13)),
        Skipped("link", "Answers", lost, Place(at, 8, 23)),
        Skipped("span", "Quote-1", "its offsets are not in the text: export the file again", Place(at, 9, 11)),
        Skipped("link", "p", "one of its ends was left out", Place(at, 8, 13)),
    ]
