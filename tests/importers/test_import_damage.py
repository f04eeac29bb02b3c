"""Damaged files are read as far as they can be or refused with a place, and nothing is lost without a word."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import CorpusError, FileError, Place
from kg.importers import Read, claimreview, doccano, label_studio, tei, web_annotation
from kg.importers.core.documents import AnnotatedText, Heartbeat, Item, Skipped
from kg.importers.core.mapping import PRESETS, Mapping
from kg.importers.core.sandbox import encoded
from support import ROOT
from support.damage import damaged

EXPORTS = ROOT / "tests" / "data" / "imports"
READ: dict[str, Callable[[Path, Mapping, None], Iterator[Item]]] = {
    "doccano": doccano.read,
    "label_studio": label_studio.read,
}
LINES = b"".join(
    zipfile.ZipFile(EXPORTS / "doccano" / f"{name}.zip").read("admin.jsonl") for name in ("units", "clusters")
)
WHOLE = {
    "export.jsonl": LINES + b'{"text": "e\\u0301 \\ud83d", "annotations": [{"start_offset": 0}], "meta": {}}\n',
    "units.zip": (EXPORTS / "doccano" / "units.zip").read_bytes(),
    **{file.name: file.read_bytes() for file in sorted((EXPORTS / "label_studio").iterdir())},
}


@pytest.mark.parametrize("name", WHOLE)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_what_is_damaged_is_read_or_refused(
    name: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.getbasetemp() / f"damaged-{name}"
    file.write_bytes(data.draw(damaged(WHOLE[name])))
    read = READ["label_studio" if "units" not in name and "jsonl" not in name else "doccano"]
    try:
        for item in read(file, Mapping(), None):
            check(item)
    except (CorpusError, FileError) as error:
        refused = error
    else:
        return
    assert str(file) in str(refused) or all(finding.at for finding in getattr(refused, "findings", [None]))


def check(item: Item) -> None:
    """Raise where an item could not travel to the process that writes, or leads out of its text."""
    encoded(item)
    if isinstance(item, AnnotatedText):
        ids = [mark.id for mark in item.marks]
        assert len(set(ids)) == len(ids)
        assert all(0 <= start < end <= len(item.text) for mark in item.marks for start, end in mark.parts)
        assert all(link.source in ids and link.target in ids for link in item.links)


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


def test_of_two_remarks_on_a_task_both_are_read_and_one_with_the_name_of_a_field_is_reported(
    tmp_path: Path,
) -> None:
    def remark(control: str, text: str) -> dict[str, object]:
        return {"id": text, "type": "textarea", "from_name": control, "value": {"text": [text]}}

    file = tmp_path / "a.json"
    result = [remark("author", "Ann"), remark("author", "Bob"), remark("headline", "Other")]
    task = {"id": 1, "data": {"text": "It rains.", "headline": "Rain"}, "annotations": [{"result": result}]}
    file.write_text(json.dumps([task]))

    skipped, document = label_studio.read(file, PRESETS["attribution"], None)

    why = "the task has a field of the same name: rename one of them"
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
def test_a_file_of_a_zip_whose_name_leads_out_of_it_is_reported(read: Read, tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    with ZipFile(file, "w") as archive:
        archive.writestr("../out.json", "{}")

    items: list[Item | Heartbeat] = []
    with pytest.raises(CorpusError):  # there is nothing else in it
        items.extend(read(file, PRESETS["attribution"], None))

    why = "a name in a zip must be its only one and stay inside it: pack it again"
    assert items == [Skipped("article", "../out.json", why, Place(f"{file}/../out.json", 0, 0))]
