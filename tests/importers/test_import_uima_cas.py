"""UIMA CAS: every kind of annotation, feature, view and file, and what is left out."""

from __future__ import annotations

import json
from pathlib import Path
from zipfile import ZipFile

import pytest

from kg.errors import CorpusError, Place
from kg.importers.core.documents import AnnotatedText, ArticleMetadata, LabelledSpan, Skipped
from kg.importers.core.inception import FIELD_WHY, GRAMMAR_WHY, LARGEST_FILE
from kg.text.spans import Span
from support.inception import ANNOTATION, TYPES, Read, links, read_cas, read_tsv, spans, view, xmi
from support.readme import commands
from support.shells import run

SPAN = '<custom:SimpleSpan xmi:id="{0}" sofa="1" begin="{1}" end="{2}"/>'
HOST = '<custom:Attribution xmi:id="{0}" sofa="1" begin="0" end="1" cue="{1}"/>'
LINK = '<custom:LinkType xmi:id="{0}" role="{1}" target="{2}"/>'
LIST = '<cas:NonEmptyFSList xmi:id="{0}" head="{1}" tail="{2}"/>'
RELATION = '<custom:Relation xmi:id="{0}" sofa="1" begin="2" end="3" Governor="{1}" Dependent="{2}" value="{3}"/>'
LOST = "its target is not an annotation of this text"
UNSHOWN = "no view shows it, so it may have been deleted"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "TypeSystem.xml").write_text(TYPES, "utf-8")
    return tmp_path / "a.xmi"


def read_xmi(file: Path, *lines: str) -> tuple[AnnotatedText, list[Skipped]]:
    file.write_text(xmi(*lines), "utf-8")
    (document,), skipped = read_cas(file)
    return document, skipped


def test_an_annotation_is_a_mark_with_its_place(file: Path) -> None:
    meta = '<meta:DocumentMetaData xmi:id="6" sofa="1" begin="0" end="9" language="nl" documentTitle="x.txt"/>'
    notes = "<notes>een</notes><notes>a &amp; b</notes>"
    quote = f'<custom:Attribution xmi:id="5" sofa="1" begin="3" end="6" type="Source">{notes}</custom:Attribution>'

    document, skipped = read_xmi(file, '<cas:NULL xmi:id="0"/>', meta, quote, view("😊 Bob 😊", 5, 6))

    at = str(file)
    mark = LabelledSpan("5", "Source", (Span(2, 5),), Place(at, 4, 1), attributes={"notes": ("een", "a & b")})
    assert skipped == []
    assert document == AnnotatedText(
        "x", "😊 Bob 😊", Place(at, 0, 0), (mark,), article=ArticleMetadata(language="nl")
    )


def test_features_that_refer_to_annotations_are_links_by_their_names(file: Path) -> None:
    document, skipped = read_xmi(file, HOST.format(5, 6), SPAN.format(6, 2, 3), view("a b", 5, 6))

    assert (links(document), skipped) == ([("cue", "5", "6")], [])


def test_roles_of_slots_are_links_whether_arrays_are_apart_or_not(file: Path) -> None:
    slots = 'links="10 11" shared="20" listed="21" words="30"'
    document, skipped = read_xmi(
        file,
        *(f'<custom:SimpleLinkHost xmi:id="5" sofa="1" begin="0" end="1" {slots}/>', LINK.format(10, "one", 6)),
        *(LINK.format(11, "", 7), '<cas:FSArray xmi:id="20" elements="12 6"/>', LINK.format(12, "two", 7)),
        *(LIST.format(21, 6, 22), LIST.format(22, 7, 21)),
        "<cas:StringArray xmi:id='30'><elements>x</elements><elements>y z</elements></cas:StringArray>",
        *(SPAN.format(6, 2, 3), SPAN.format(7, 4, 5), view("a b c", 5, 6, 7)),
    )

    assert skipped == []
    assert spans(document)[0] == ("SimpleLinkHost", "a", {"words": ("x", "y z")})
    assert links(document) == [
        *(("one", "5", "6"), ("links", "5", "7"), ("two", "5", "7")),
        *(("shared", "5", "6"), ("listed", "5", "6"), ("listed", "5", "7")),
    ]


def test_relations_are_links_and_their_fields_are_left_out(file: Path) -> None:
    token = '<seg:Token xmi:id="{0}" sofa="1" begin="{1}" end="{2}"/>'
    document, skipped = read_xmi(
        file,
        *(token.format(5, 0, 1), token.format(6, 2, 3), token.format(7, 4, 5)),
        *(RELATION.format(8, 5, 6, "nsubj"), RELATION.format(9, 5, 6, "answers"), RELATION.format(10, 5, "", "")),
        view("a b c", 5, 6, 7, 8, 9, 10),
    )

    at = str(file)
    assert spans(document) == [("Token", "a", {}), ("Token", "b", {})]
    assert links(document) == [("Relation", "5", "6"), ("answers", "5", "6")]
    assert skipped == [
        Skipped("link", "Relation (5 → 0)", LOST, Place(at, 7, 1)),
        Skipped("attribute", "value of Relation", FIELD_WHY, Place(at, 5, 1)),
        Skipped("span", "Token", GRAMMAR_WHY, Place(at, 4, 1)),
    ]


def test_elements_of_a_chain_lead_to_the_next(file: Path) -> None:
    element = '<custom:CoreferenceLink xmi:id="{0}" sofa="1" begin="{1}" end="{2}"{3} referenceType="pr"/>'
    chain = '<custom:CoreferenceChain xmi:id="4" sofa="1" first="5"/>'
    elements = (element.format(5, 0, 1, ' next="6"'), element.format(6, 2, 3, ""))

    document, skipped = read_xmi(file, chain, *elements, view("a b", 4, 5, 6))

    assert (links(document), skipped) == ([("next", "5", "6")], [])


def test_each_view_with_a_text_is_a_document(file: Path) -> None:
    other = SPAN.format(6, 0, 1).replace('sofa="1"', 'sofa="2"')
    none = '<cas:Sofa xmi:id="3" sofaNum="3" sofaID="pdf" mimeType="pdf"/>'
    texts = (view("xyz", 6, id=2, name="html"), view("abc", 5))
    file.write_text(xmi(other, HOST.format(5, 6), none, *texts), "utf-8")

    documents, skipped = read_cas(file)

    assert [(each.id, each.text, len(each.marks)) for each in documents] == [("a", "abc", 1), ("a-html", "xyz", 1)]
    assert skipped == [Skipped("link", "cue (5 → 6)", LOST, Place(str(file), 3, 1))]


def test_what_cannot_be_read_is_left_out_with_its_place(file: Path) -> None:
    document, skipped = read_xmi(
        file,
        *(SPAN.format(5, 0, 99), SPAN.format(6, 2, 1), SPAN.format(7, "x", 1)),
        *(SPAN.format(8, 0, 1), SPAN.format(8, 0, 2), SPAN.format(9, 0, 1).replace("SimpleSpan", "Unheard")),
        *(LINK.format(10, "x", 5), SPAN.format(11, 0, 1).replace("/>", ' size="2"/>')),
        *(SPAN.format(12, 1, 2).replace('sofa="1"', 'sofa="5"'), HOST.format(13, 77)),
        view("a b", 5, 6, 7, 8, 9, 11, 12, 13),
    )

    assert [mark.id for mark in document.marks] == ["8", "11", "13"]
    nowhere, unknown = "its offsets are not in the text of its view", "the type system does not have it"
    assert [(each.kind, each.what, each.why.partition(":")[0], each.at.line) for each in skipped] == [
        ("span", "webanno.custom.SimpleSpan", "another structure before it has its id, 8", 6),
        ("attribute", "size of webanno.custom.SimpleSpan", unknown, 9),
        ("span", "webanno.custom.Unheard", unknown, 7),
        *(("span", "5", nowhere, 2), ("span", "6", nowhere, 3), ("span", "7", nowhere, 4)),
        ("link", "LinkType", UNSHOWN, 8),
        *(("span", "12", nowhere, 10), ("link", "cue (13 → 77)", LOST, 11)),
    ]


def test_what_no_view_shows_is_left_out_unless_something_leads_to_it(file: Path) -> None:
    document, skipped = read_xmi(
        file, HOST.format(5, 6), SPAN.format(6, 2, 3), SPAN.format(7, 2, 3), view("a b", 5)
    )

    assert [mark.id for mark in document.marks] == ["5", "6"]
    assert skipped == [Skipped("span", "7", UNSHOWN, Place(str(file), 4, 1), label="SimpleSpan")]


def test_a_type_may_be_a_kind_of_itself(file: Path) -> None:
    kind = "webanno.custom.SimpleSpan"
    file.with_name("TypeSystem.xml").write_text(TYPES.replace(f">{ANNOTATION}<", f">{kind}<"), "utf-8")

    document, skipped = read_xmi(file, SPAN.format(5, 0, 1), view("a", 5))

    left = [("attribute", f"{each} of {kind}") for each in ("sofa", "begin", "end")]
    assert document.marks == ()
    assert [(each.kind, each.what) for each in skipped] == [*left, ("span", "SimpleSpan")]


def test_marks_are_in_the_order_of_the_text(file: Path) -> None:
    document, _ = read_xmi(
        file, SPAN.format(5, 2, 3), SPAN.format(6, 0, 3), SPAN.format(7, 0, 1), view("a b", 5, 6, 7)
    )

    assert [mark.id for mark in document.marks] == ["7", "6", "5"]


def test_a_cas_without_a_text_is_left_out(file: Path) -> None:
    file.write_text(xmi('<cas:Sofa xmi:id="1" sofaNum="1" sofaID="_InitialView" sofaURI="x.mp3"/>'), "utf-8")

    documents, skipped = read_cas(file)

    why = "none of its views has a text: it may be about pictures or sound"
    assert (documents, skipped) == ([], [Skipped("article", "a", why, Place(str(file), 0, 0))])


SOFA = {"%ID": 1, "%TYPE": "uima.cas.Sofa", "sofaID": "_InitialView", "sofaString": "😊 Bob zei"}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("no XML", "not-xml"),
        ("<a/>", "uima-xmi"),
        (xmi("<custom:SimpleSpan/>"), "uima-id"),
        (xmi() + "<b/>", "not-xml"),
        ('<?xml version="1.0" encoding="x-none"?>' + xmi(), "not-utf-8"),
        ('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + xmi(view("&x;")), "xml-entity"),
        ('<!DOCTYPE a SYSTEM "http://127.0.0.1/x.dtd">' + xmi("<a>&x;</a>"), "xml-entity"),
        (xmi("<a>" * 200), "xml-depth"),
        ("{}", "uima-json"),
        ('{"%FEATURE_STRUCTURES": [', "not-json"),
    ],
)
def test_a_file_that_is_no_cas_or_has_entities_is_refused(tmp_path: Path, text: str, rule: str) -> None:
    (tmp_path / "TypeSystem.xml").write_text(TYPES, "utf-8")
    (tmp_path / "a.xmi").write_text(text, "utf-8")

    with pytest.raises(CorpusError) as caught:
        read_cas(tmp_path)

    assert [each.rule for each in caught.value.findings] == [rule]


def test_a_type_system_with_entities_is_refused(tmp_path: Path) -> None:
    (tmp_path / "TypeSystem.xml").write_text('<!DOCTYPE a [<!ENTITY x "y">]>' + TYPES, "utf-8")
    (tmp_path / "a.xmi").write_text(xmi(), "utf-8")

    with pytest.raises(CorpusError, match="must define and use no entities"):
        read_cas(tmp_path)


def test_an_xmi_without_type_system_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.xmi").write_text(xmi(), "utf-8")

    with pytest.raises(CorpusError, match="must have its type system beside it"):
        read_cas(tmp_path)


def test_a_json_cas_is_read_like_an_xmi(tmp_path: Path) -> None:
    structures = [
        {"%ID": 2, "%TYPE": "a.Quote", "@sofa": 1, "begin": 3, "end": 6, "sure": True, "@links": 3, "@tags": 6},
        {"%ID": 3, "%TYPE": "a.Link[]", "%ELEMENTS": [4]},
        {"%ID": 4, "%TYPE": "a.Link", "role": "cue", "@target": 5},
        {"%ID": 5, "%TYPE": "a.Cue", "@sofa": 1, "begin": 7, "end": 10, "note": None, "#p": "NaN", "n": 2},
        {"%ID": 6, "%TYPE": "uima.cas.StringArray", "%ELEMENTS": ["x", "y"]},
        {"%TYPE": "a.Cue"},
    ]
    views = {"_InitialView": {"%SOFA": 1, "%MEMBERS": [2, 5]}}
    whole = {"%FEATURE_STRUCTURES": [SOFA, *structures], "%VIEWS": views}
    (tmp_path / "a.json").write_text(json.dumps(whole, indent=0), "utf-8")

    (document,), skipped = read_cas(tmp_path / "a.json")

    quote = {"sure": ("true",), "tags": ("x", "y")}
    assert spans(document) == [("Quote", "Bob", quote), ("Cue", "zei", {"p": ("NaN",), "n": ("2",)})]
    assert links(document) == [("cue", "2", "5")]
    assert [(each.kind, each.at.line) for each in skipped] == [("span", 50)]


def test_a_project_has_a_zip_for_each_annotator(tmp_path: Path) -> None:
    inner, project = tmp_path / "anna.zip", tmp_path / "project.zip"
    with ZipFile(inner, "w") as archive:
        archive.writestr("anna.xmi", xmi(view("abc")))
        archive.writestr("TypeSystem.xml", TYPES)
    with ZipFile(project, "w") as archive:
        for name in ("annotation/x.txt/anna", "annotation/x.txt/INITIAL_CAS", "curation/x.txt/CURATION_USER"):
            archive.write(inner, f"{name}.zip")
        archive.writestr("exportedproject.json", "{}")
        archive.writestr("annotation/y.txt/ben.json", json.dumps({"%FEATURE_STRUCTURES": [SOFA]}))

    documents, skipped = read_cas(project)

    assert skipped == []
    assert [(each.id, each.by, each.at.file.removeprefix(f"{project}/")) for each in documents] == [
        ("y", "ben", "annotation/y.txt/ben.json"),
        ("x", "anna", "annotation/x.txt/anna.zip/anna.xmi"),
        ("x", "curation", "curation/x.txt/CURATION_USER.zip/anna.xmi"),
    ]


@pytest.mark.parametrize("name", ["webanno-tsv", "uima-cas"])
def test_the_page_shows_what_its_commands_do(name: str, tmp_path: Path) -> None:
    shown = list(commands(f"docs/importing/{name}.md"))

    assert [(each.text, run(each.text, tmp_path)) for each in shown] == [(each.text, each.output) for each in shown]


@pytest.mark.parametrize("name", ["a.json", "a.tsv"])
def test_a_file_above_the_limit_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b" " * (LARGEST_FILE + 1))

    with pytest.raises(CorpusError, match="must have at most 32 MB"):
        (read_tsv if name == "a.tsv" else read_cas)(tmp_path / name)


@pytest.mark.parametrize("read", [read_tsv, read_cas])
def test_a_source_without_files_that_someone_annotated_is_refused(read: Read, tmp_path: Path) -> None:
    folder = tmp_path / "annotation" / "a.txt"
    folder.mkdir(parents=True)
    for name in ("INITIAL_CAS.tsv", "INITIAL_CAS.xmi", "INITIAL_CAS.zip"):
        (folder / name).write_text("", "utf-8")

    with pytest.raises(CorpusError, match="must have annotated files that end in"):
        read(tmp_path)
