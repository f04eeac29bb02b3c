"""Files of TEI, and what is read of them."""

from __future__ import annotations

from pathlib import Path

from kg.importers.core.documents import AnnotatedText, Item, LabelledSpan, Skipped
from kg.importers.tei import preset, read

NAMESPACE = 'xmlns="http://www.tei-c.org/ns/1.0"'
MAPPING = preset(Path())


def tei(body: str, header: str = "", attributes: str = "") -> str:
    """Return a document with this in its body, which begins in column 1 of line 2."""
    return f"<TEI {NAMESPACE} {attributes}>{header}<text><body>\n{body}</body></text></TEI>"


def laid(folder: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, "utf-8")
    return folder


def items(folder: Path, body: str, header: str = "", attributes: str = "") -> list[Item]:
    """Return what is read of one file."""
    return list(read(laid(folder, {"a.xml": tei(body, header, attributes)}) / "a.xml", MAPPING, None))


def only(found: list[Item]) -> AnnotatedText:
    (document,) = (each for each in found if isinstance(each, AnnotatedText))
    return document


def words(document: AnnotatedText) -> list[tuple[str, str, list[str]]]:
    """Return the id and label of each mark, and the words of its parts."""
    return [(mark.id, mark.label, parts(document, mark)) for mark in document.marks]


def parts(document: AnnotatedText, mark: LabelledSpan) -> list[str]:
    return [document.text[start:end] for start, end in mark.parts]


def left_out(found: list[Item]) -> list[tuple[str, str, int]]:
    """Return the kind, the name and the line of what is left out."""
    return [(each.kind, each.what, each.at.line) for each in found if isinstance(each, Skipped)]
