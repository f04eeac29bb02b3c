"""Damaged exports of Label Studio and doccano are read as far as they can be, or refused with a place."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import CorpusError, FileError
from kg.importers import doccano, label_studio
from kg.importers.core.documents import AnnotatedText, Item
from kg.importers.core.mapping import Mapping
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
