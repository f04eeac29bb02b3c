"""UIMA CAS: the files that hold it, and those that do not."""

from __future__ import annotations

import json
from pathlib import Path
from zipfile import ZipFile

import pytest

from kg.errors import CorpusError
from kg.importers.core.inception import LARGEST_FILE
from support.inception import TYPES, Read, links, read_cas, read_tsv, spans, view, xmi
from support.readme import commands
from support.shells import run

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

    with pytest.raises(CorpusError, match="must hold files that end in"):
        read(tmp_path)
