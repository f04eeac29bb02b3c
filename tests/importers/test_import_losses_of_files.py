"""Nothing of a file is lost in silence: what has one id with another, or one name."""

from __future__ import annotations

import json
from pathlib import Path
from zipfile import ZipFile

import pytest

from kg.errors import CorpusError, Place
from kg.importers import claimreview, doccano, label_studio, tei, web_annotation
from kg.importers.core.documents import AnnotatedText, Heartbeat, Item, Skipped
from kg.importers.core.entry_points import Read
from kg.importers.core.mapping import PRESETS


def ids(items: list[Item]) -> list[list[str]]:
    return [[mark.id for mark in item.marks] for item in items if isinstance(item, AnnotatedText)]


def test_two_wordings_of_one_claim_are_two_spans(tmp_path: Path) -> None:
    claim = {"@type": "Claim", "@id": "https://e.org/c"}
    reviews = [
        {"@type": "ClaimReview", "url": "https://e.org/r", "itemReviewed": {**claim, "text": text}}
        for text in ("It rains", "It pours")
    ]
    (tmp_path / "a.json").write_text(json.dumps(reviews))

    found = list(claimreview.read(tmp_path / "a.json", PRESETS["attribution"], None))

    assert ids(found) == [["https://e.org/c", "https://e.org/c+2"]]


def test_a_passage_without_an_id_does_not_take_that_of_another(tmp_path: Path) -> None:
    body = '<p><said xml:id="said.2">ja</said> <said>nee</said></p>'
    (tmp_path / "a.xml").write_text(
        f'<TEI xmlns="http://www.tei-c.org/ns/1.0"><text><body>{body}</body></text></TEI>'
    )

    found = list(tei.read(tmp_path / "a.xml", PRESETS["tei"], None))

    assert ids(found) == [["said.2", "said.2+2"]]


def test_of_two_remarks_on_a_task_both_are_read_and_one_with_the_name_of_a_field_is_told(tmp_path: Path) -> None:
    def remark(control: str, text: str) -> dict[str, object]:
        return {"id": text, "type": "textarea", "from_name": control, "value": {"text": [text]}}

    file = tmp_path / "a.json"
    result = [remark("author", "Ann"), remark("author", "Bob"), remark("headline", "Other")]
    task = {"id": 1, "data": {"text": "It rains.", "headline": "Rain"}, "annotations": [{"result": result}]}
    file.write_text(json.dumps([task]))

    skipped, document = label_studio.read(file, PRESETS["attribution"], None)

    why = "the task has a field of this name, which is read: give one of them another name"
    assert isinstance(skipped, Skipped)
    assert isinstance(document, AnnotatedText)
    assert replace_place(skipped) == Skipped("attribute", "headline: Other", why, Place("", 0, 0))
    assert [name.name for name in document.authors] == ["Ann", "Bob"]


def replace_place(skipped: Skipped) -> Skipped:
    return Skipped(skipped.kind, skipped.what, skipped.why, Place("", 0, 0), skipped.count)


def test_who_reads_all_before_the_first_document_says_that_reading_goes_on(tmp_path: Path) -> None:
    annotation = {"type": "Annotation", "target": "https://e.org/"}
    (tmp_path / "a.json").write_text("\n".join(json.dumps({**annotation, "id": f"a{n}"}) for n in range(10_000)))
    (tmp_path / "a.jsonl").write_text('{"text": "ja", "label": []}\n' * 10_000)

    annotations = list(web_annotation.read(tmp_path / "a.json", PRESETS["attribution"], None))
    lines = list(doccano.read(tmp_path / "a.jsonl", PRESETS["attribution"], None))

    assert (annotations.count(Heartbeat()), lines.count(Heartbeat())) == (1, 1)


@pytest.mark.parametrize("read", [claimreview.read, tei.read, web_annotation.read])
def test_a_file_of_a_zip_whose_name_leads_out_of_it_is_told(read: Read, tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    with ZipFile(file, "w") as archive:
        archive.writestr("../out.json", "{}")

    items: list[Item | Heartbeat] = []
    with pytest.raises(CorpusError):  # there is nothing else in it
        items.extend(read(file, PRESETS["attribution"], None))

    why = "a name in a zip must be its only one and stay inside it: pack it again"
    assert items == [Skipped("article", "../out.json", why, Place(f"{file}/../out.json", 0, 0))]
