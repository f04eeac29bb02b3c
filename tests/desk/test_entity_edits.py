"""Entities that exist already, changed from the page of an article."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.desks import CLAIMS, TEXT, Desk, desk, new_corpus

ENTITIES = """\
# People first.
berg:   # the minister
  type: Person
  name: {nl: Anna Berg, en: 'Anna Berg'}   # as she writes it
  same_as: [https://www.wikidata.org/entity/Q1]
  roles:
    minister: {title: minister, from: 2019, organization: navo}

navo: {type: Organization, name: {nl: NAVO, en: NATO}}
"""
MORE = "# In a file of its own.\nparis: {type: Place, name: Parijs}\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    corpus = new_corpus(tmp_path_factory.mktemp("entities") / "corpus", a=(TEXT, CLAIMS))
    (corpus / "entities").mkdir()
    return corpus


@pytest.fixture(scope="module")
def opened(folder: Path) -> Iterator[Desk]:
    with desk(folder) as found:
        yield found


@pytest.fixture
def entities(folder: Path) -> Path:
    """The entities as they are at first."""
    (folder / "entities/places.yaml").write_text(MORE)
    file = folder / "entities.yaml"
    file.write_text(ENTITIES)
    return file


def change(opened: Desk, *path: str | int, value: object, was: object = None, status: int = 200) -> Any:
    return opened.edit("a", "entities", *path, value=value, was=was, status=status)


def finding(path: list[str], value: object, was: object = None) -> dict[str, object]:
    return {"edits": [{"path": ["entities", *path], "value": value, "was": was}]}


def fields_of(opened: Desk, id: str) -> Any:
    reply = opened.ask(f"/api/entities/{id}")
    assert reply.status == 200, reply.text
    return json.loads(reply.body)["fields"]


def test_only_the_changed_name_is_written(opened: Desk, entities: Path) -> None:
    answer = change(opened, "berg", "name", "en", value="Ann Mountain", was="Anna Berg")

    assert entities.read_text() == ENTITIES.replace("en: 'Anna Berg'", "en: 'Ann Mountain'")
    assert [each["name"] for each in answer["state"]["entities"] if each["id"] == "berg"] == ["Ann Mountain"]


def test_undo_takes_back_changes_of_entities_and_of_claims_in_their_order(
    opened: Desk, entities: Path, folder: Path
) -> None:
    before = (folder / "a.claims.yaml").read_bytes()
    depth = opened.get("a")["undo"]
    change(opened, "berg", "type", value="Group", was="Person")
    opened.edit("a", "claims", "c01", "note", value="a note")

    assert opened.post("a", "undo", {})["state"]["undo"] == depth + 1
    assert (folder / "a.claims.yaml").read_bytes() == before
    assert opened.post("a", "undo", {})["state"]["undo"] == depth
    assert entities.read_text() == ENTITIES


def test_roles_and_addresses_elsewhere_are_added_and_removed(opened: Desk, entities: Path) -> None:
    role = {"title": {"nl": "voorzitter", "en": "chair"}, "from": "2021-03"}
    wikidata, viaf = "https://www.wikidata.org/entity/Q1", "https://viaf.org/viaf/1"
    change(opened, "berg", "roles", "chair", value=role)
    change(opened, "berg", "roles", "minister", value=None, was=fields_of(opened, "berg")["roles"]["minister"])
    change(opened, "berg", "same_as", value=[wikidata, viaf], was=[wikidata])

    found = fields_of(opened, "berg")
    assert found["roles"] == {"chair": role}
    assert found["same_as"] == [wikidata, viaf]
    assert entities.read_text().startswith("# People first.\nberg:   # the minister\n  type: Person\n")
    assert entities.read_text().endswith("\nnavo: {type: Organization, name: {nl: NAVO, en: NATO}}\n")


def test_an_entity_is_changed_in_the_file_that_has_it(opened: Desk, entities: Path, folder: Path) -> None:
    change(opened, "paris", "name", value={"nl": "Parijs", "en": "Paris"}, was="Parijs")

    text = (folder / "entities/places.yaml").read_text()
    assert text.startswith("# In a file of its own.\nparis: ")
    assert fields_of(opened, "paris")["name"] == {"nl": "Parijs", "en": "Paris"}
    assert entities.read_text() == ENTITIES


def test_what_an_editor_changed_meanwhile_is_a_conflict(opened: Desk, entities: Path) -> None:
    theirs = ENTITIES.replace("nl: Anna Berg", "nl: Anna van den Berg")
    entities.write_text(theirs)

    answer = change(opened, "berg", "name", "nl", value="A. Berg", was="Anna Berg", status=409)

    assert answer["conflicts"] == [
        {
            "path": ["entities", "berg", "name", "nl"],
            "mine": "A. Berg",
            "theirs": "Anna van den Berg",
            "was": "Anna Berg",
        }
    ]
    assert entities.read_text() == theirs


def test_undo_does_not_take_back_what_an_editor_wrote_over_it(opened: Desk, entities: Path) -> None:
    change(opened, "berg", "name", "nl", value="A. Berg", was="Anna Berg")
    entities.write_text(entities.read_text().replace("A. Berg", "Anna B."))

    assert opened.post("a", "undo", {}, status=409)["conflicts"][0]["theirs"] == "Anna B."
    entities.write_text(entities.read_text().replace("Anna B.", "A. Berg"))
    opened.post("a", "undo", {})
    assert entities.read_text() == ENTITIES


@pytest.mark.parametrize(
    ("path", "value", "was"),
    [
        (["berg", "type"], "Persn", "Person"),
        (["berg", "nickname"], "Annie", None),
        (["berg", "name"], None, {"nl": "Anna Berg", "en": "Anna Berg"}),
        (["nobody", "name"], "Nobody", None),
        (["berg"], {"type": "Topic", "name": "Berg"}, None),
    ],
)
def test_what_has_not_the_form_of_its_field_is_not_written(
    opened: Desk, entities: Path, path: list[str], value: object, was: object
) -> None:
    answer = change(opened, *path, value=value, was=was, status=400)

    assert answer["error"]["title"]
    assert entities.read_text() == ENTITIES


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (["roles", "minister", "from"], "2019-13", ["roles", "minister", "from"]),
        (["roles", "minister", "organization"], "nvo", ["roles", "minister", "organization"]),
        (["roles", "minister", "to"], "2018", ["roles", "minister"]),
        (["type"], "Topic", ["roles"]),
        (["type"], "Persn", ["type"]),
        (["same_as"], ["Q1"], ["same_as"]),
    ],
)
def test_a_change_is_checked_before_it_is_written(
    opened: Desk, entities: Path, path: list[str], value: object, field: list[str]
) -> None:
    findings = opened.post("a", "check", finding(["berg", *path], value))["findings"]

    assert any(each["path"][: len(field)] == field and each["message"] for each in findings), findings
    assert entities.read_text() == ENTITIES


@pytest.mark.usefixtures("entities")
def test_a_change_that_is_right_has_no_findings(opened: Desk) -> None:
    assert opened.post("a", "check", finding(["berg", "roles", "minister", "to"], "2021"))["findings"] == []


def test_edits_of_an_entity_and_of_a_claim_are_not_sent_together(opened: Desk, entities: Path) -> None:
    edits = [
        {"path": ["entities", "berg", "type"], "value": "Group", "was": "Person"},
        {"path": ["claims", "c01", "note"], "value": "a", "was": None},
    ]

    assert "one entity" in opened.post("a", "edits", {"edits": edits}, status=400)["error"]["fix"]
    assert entities.read_text() == ENTITIES
