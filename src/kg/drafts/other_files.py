"""Says of a file that is no article's text what it is, and which command takes it."""

from __future__ import annotations

from pathlib import Path

from kg.corpus.folder import CLAIMS, CONFIG, JSON_LINES, TEXT
from kg.errors import UsageError
from kg.formats.rdf_reader import suffixes

IMPORTED = {
    ".ann": ("annotations of brat", "brat"),
    ".csv": ("a table", "csv"),
    ".tab": ("a table", "csv"),
    ".tsv": ("a table", "csv"),
    ".xlsm": ("an Excel workbook", "xlsx"),
    ".xlsx": ("an Excel workbook", "xlsx"),
    ".xmi": ("a UIMA CAS", "uima-cas"),
}
"""What a file with a suffix is, and the format by which `kg import` reads it."""


def not_a_text(file: Path) -> UsageError:
    """Return the error for a file whose name is not that of an article's text."""
    what, advice = _what_it_is(file)
    found = f", and this is {what}" if what else ""
    return UsageError(
        f"{file}: an article must be plain text, in a file whose name ends in `{TEXT}`{found}: {advice}"
    )


def _what_it_is(file: Path) -> tuple[str, str]:
    """Return what a file is by its name, `""` if that is unknown, and what to do."""
    name = file.name.lower()
    suffix = file.suffix.lower()
    if suffix == TEXT:
        return f"`{file.suffix}`", f"rename it to `{file.stem}{TEXT}`"
    if name.endswith(CLAIMS):
        return "a claims file", f"name its text, `{file.name[: -len(CLAIMS)]}{TEXT}`"
    if name in (CONFIG, "entities.yaml"):
        return "a file of the corpus itself", f"`kg validate {file.parent}` reads it; name the text of an article"
    if name.endswith(JSON_LINES):
        return "JSON Lines", (
            f"if it has articles of a corpus, `kg validate {file.parent}` reads them as they are; if another tool "
            f"exported it, {_import('FORMAT', file)}"
        )
    if suffix in IMPORTED:
        what, form = IMPORTED[suffix]
        return what, _import(form, file)
    if suffix in (".json", ".xml", ".zip"):
        return suffix[1:].upper(), f"if another tool exported it, {_import('FORMAT', file)}"
    if suffix in suffixes().split():
        return "RDF", f"`kg validate {file}` checks it"
    return "", f"save its text as `{file.stem}{TEXT}`"


def _import(form: str, file: Path) -> str:
    formats = " (`kg import --help` lists the formats)" if form == "FORMAT" else ""
    return f"`kg import {form} {file} -o NEW-FOLDER` makes a corpus of it{formats}"
