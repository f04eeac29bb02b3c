"""Spreadsheets of the tests: tables as CSV and as workbooks, and what is read from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from zipfile import ZIP_DEFLATED, ZipFile

from kg.errors import CorpusError
from kg.importers import csv
from kg.importers.core.documents import AnnotatedText, Item, Skipped
from kg.importers.core.mapping import Mapping

TEXT = 'Jan zei: "We gaan niet". De minister, Piet, sprak van een goed, eerlijk en moedig plan. Zei Jan.'


def _relations(**targets: str) -> str:
    each = "".join(f'<Relationship Id="{id}" Type="a/{id}" Target="{target}"/>' for id, target in targets.items())
    return f"<Relationships>{each}</Relationships>"


PARTS = {
    "[Content_Types].xml": "<Types/>",
    "_rels/.rels": _relations(officeDocument="xl/workbook.xml"),
    "xl/workbook.xml": '<workbook xmlns:r="r"><sheets><sheet name="Claims" sheetId="1" r:id="worksheet"/></sheets>'
    "</workbook>",
    "xl/_rels/workbook.xml.rels": _relations(
        worksheet="worksheets/sheet1.xml", sharedStrings="/xl/sharedStrings.xml", styles="styles.xml"
    ),
}
"""What a workbook holds beside its sheet."""


def read_all(importer: ModuleType, source: Path, texts: Path | None = None) -> list[Item]:
    """Return what is read with the mapping that the columns suggest."""
    return list(importer.read(source, importer.preset(source), texts))


def read_table(folder: Path, *lines: str, mapping: Mapping | None = None, texts: Path | None = None) -> list[Item]:
    """Return what is read of a table in a file of text."""
    file = folder / "a.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    return list(csv.read(file, mapping or csv.preset(file), texts))


def documents(items: list[Item]) -> list[AnnotatedText]:
    return [each for each in items if isinstance(each, AnnotatedText)]


def left_out(items: list[Item]) -> list[str]:
    """Return what was left out, a line each: `2:3 span C2: why`."""
    return [
        f"{each.at.line}:{each.at.column} {each.kind} {each.what}: {each.why}"
        + f" ×{each.count}" * (each.count > 1)
        for each in items
        if isinstance(each, Skipped)
    ]


def complaint(read: Callable[[], object]) -> list[str]:
    """Return the findings of an error as `place: message [rule]`, the file's folder cut off."""
    try:
        read()
    except CorpusError as error:
        return [f"{Path(str(each.at)).name}: {each.message} [{each.rule}]" for each in error.findings]
    return []


def words_in(document: AnnotatedText) -> Iterator[list[str]]:
    """Yield the words of each mark, part by part."""
    for mark in document.marks:
        yield [document.text[start:end] for start, end in mark.parts]


def words_of(items: list[Item]) -> list[list[list[str]]]:
    """Return the words of each mark of each document, part by part."""
    return [list(words_in(each)) for each in documents(items)]


def workbook(file: Path, sheet: str, **parts: str) -> Path:
    """Write a workbook whose one sheet holds this XML; other parts are given, or the usual ones."""
    named = {"strings": "xl/sharedStrings.xml", "styles": "xl/styles.xml", "book": "xl/workbook.xml"}
    given = {named.get(name, name): content for name, content in parts.items()}
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, content in {
            **PARTS,
            "xl/worksheets/sheet1.xml": f"<worksheet>{sheet}</worksheet>",
            **given,
        }.items():
            archive.writestr(name, content)
    return file


def cells(number: int, *row: str) -> str:
    """Return a row of a sheet with these texts."""
    inner = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in row)
    return f'<row r="{number}">{inner}</row>'
