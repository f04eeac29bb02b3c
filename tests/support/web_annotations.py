"""Web annotations written for a test, and what is read of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kg.importers.core.documents import AnnotatedText, Item, Skipped
from kg.importers.web_annotation import preset, read

TEXT = "Macron 😀 zei dat de NAVO hersendood is. “Nee”, zei Merkel over de NAVO.\n"
SOURCE = "https://krant.example/nieuws/nato.html"


def quote(exact: str, prefix: str = "", suffix: str = "") -> dict[str, Any]:
    return {"type": "TextQuoteSelector", "exact": exact, "prefix": prefix, "suffix": suffix}


def position(start: int, end: int) -> dict[str, Any]:
    return {"type": "TextPositionSelector", "start": start, "end": end}


def tag(value: str) -> dict[str, str]:
    return {"type": "TextualBody", "purpose": "tagging", "value": value}


def annotation(id: str, *selectors: object, **fields: object) -> dict[str, Any]:
    """Return an annotation of `SOURCE` with a tag, by selectors that are alternatives."""
    target = {"source": SOURCE, "selector": list(selectors)}
    return {"id": id, "type": "Annotation", "body": [tag("Claim")], "target": target, **fields}


def page(*held: object, **fields: object) -> dict[str, Any]:
    return {"type": "AnnotationPage", "items": list(held), **fields}


def collection(first: object, **fields: object) -> dict[str, Any]:
    return {"type": "AnnotationCollection", "first": first, **fields}


def laid(folder: Path, *annotations: object, texts: Mapping[str, str] | None = None, name: str = "a.json") -> Path:
    """Write annotations into one file as an array, and texts beside it; return the file."""
    for text, content in ({"nato.txt": TEXT} if texts is None else texts).items():
        (folder / text).parent.mkdir(parents=True, exist_ok=True)
        (folder / text).write_text(content, encoding="utf-8", newline="")
    file = folder / name
    lines = ",\n".join(json.dumps(each, ensure_ascii=False) for each in annotations)
    file.write_text(f"[\n{lines}\n]", encoding="utf-8")
    return file


def items(file: Path, texts: Path | None = None) -> list[Item]:
    """Return all that is read of a file, with the mapping that is taken where none is given."""
    return list(read(file, preset(file), texts))


def words(found: list[Item]) -> list[list[str]]:
    """Return the words of each mark, part by part."""
    return [
        [each.text[start:end] for start, end in mark.parts]
        for each in found
        if isinstance(each, AnnotatedText)
        for mark in each.marks
    ]


def reasons(found: list[Item]) -> list[str]:
    """Return what was left out and why."""
    return [f"{each.kind} {each.what}: {each.why}" for each in found if isinstance(each, Skipped)]
