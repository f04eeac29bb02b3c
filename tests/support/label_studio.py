"""Exports of Label Studio for tests."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kg.importers.core.documents import AnnotatedText, Item, Skipped
from kg.importers.core.mapping import Mapping
from kg.importers.label_studio import read
from support import ROOT

EXPORTS = ROOT / "tests" / "data" / "imports" / "label_studio"
TEXT = "De minister zei: “Dit plan gaat niet door.”"


def items(source: Path, mapping: Mapping | None = None, texts: Path | None = None) -> list[Item]:
    return list(read(source, mapping or Mapping(), texts))


def documents(source: Path, mapping: Mapping | None = None, texts: Path | None = None) -> list[AnnotatedText]:
    return [item for item in items(source, mapping, texts) if isinstance(item, AnnotatedText)]


def skipped(source: Path) -> list[Skipped]:
    return [item for item in items(source) if isinstance(item, Skipped)]


def words(document: AnnotatedText) -> list[str]:
    """Return the text of each mark."""
    return [document.text[slice(*part)] for mark in document.marks for part in mark.parts]


def region(id: str, start: object, end: object, label: str = "Content", **value: Any) -> dict[str, Any]:
    """Return a labelled span as Label Studio's JSON has it."""
    return {
        "id": id,
        "from_name": "label",
        "to_name": "text",
        "type": "labels",
        "value": {"start": start, "end": end, "labels": [label], **value},
    }


def remark(id: str, name: str, type: str, value: object) -> dict[str, Any]:
    """Return a choice, a written text or a number."""
    said = "text" if type == "textarea" else type
    return {"id": id, "from_name": name, "to_name": "text", "type": type, "value": {said: value}}


def task(results: Sequence[object] = (), *, text: str = TEXT, **more: Any) -> dict[str, Any]:
    """Return a task with one annotation, by user 7."""
    annotation = {"id": 1, "completed_by": 7, "result": list(results)}
    return {"id": 5, "annotations": [annotation], "data": {"text": text}, **more}


def written(folder: Path, *tasks: object, name: str = "export.json") -> Path:
    file = folder / name
    file.write_text(json.dumps(tasks, ensure_ascii=False), encoding="utf-8")
    return file
