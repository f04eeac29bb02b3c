"""One article as written: its text and its annotations, from two files or from a line of JSON Lines."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from kg.annotations.classes import ArticleEntry, ClaimsFile, LineFile
from kg.corpus import wording
from kg.corpus.decode import salvaged, yaml_tree
from kg.corpus.ids import is_article_id, suggested
from kg.corpus.json_reader import read_json
from kg.corpus.sources import CLAIMS, Source
from kg.errors import CorpusError, Finding, Place, Spot
from kg.files.text_files import control_characters, read_text

# ` date 2020-02 De secretaris-…`: what has two digits and only signs of EDTF after `date`; `kg.dates` reads it.
_HEADER = re.compile(r"\s*date\s+(?=\S*[0-9]{2})([-0-9EXY.,/?~%\[\]{}]+)(?:\s+|\Z)")


class Written(Struct, frozen=True):
    """An article as written.

    `text` is without the header, its line ends `\\n`; `header` is the date in it, in EDTF, `""` if there is none.
    `file` is where the annotations stand, `line` the line there (0: the file is YAML), `text_file` where the text
    does. `annotations` is None where they are missing or cannot be read; `findings` says why. `has_text` is False
    where the text is missing or cannot be read: nothing can be looked for in it. An article that could not be made
    out, or what is wrong with a folder, has neither `id` nor `text`.
    """

    id: str
    file: str
    line: int
    text_file: str
    text: str
    header: str
    annotations: ClaimsFile | None
    findings: tuple[Finding, ...]
    has_text: bool = True


def read_article(source: Source) -> Written:
    """Return the article. What is wrong with it is among its findings; raises only `FileError`."""
    if source.line:
        return _from_line(source)
    if source.text_file:
        return _from_pair(source)
    return Written("", "", 0, "", "", "", None, source.findings)


def divided(text: str) -> tuple[str, str]:
    """Return the date in a text's header and the article after it, line ends as `\\n`."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    header = _HEADER.match(text)
    return (header[1], text[header.end() :]) if header else ("", text)


def _from_pair(source: Source) -> Written:
    findings = list(source.findings)
    header, text = _text(source, findings)
    annotations = _claims(source, findings)
    id = source.article
    if annotations and annotations.article.id:
        id = annotations.article.id
    elif not is_article_id(id) and (annotations or not source.claims_file):
        findings.append(_bad_name(source))
    file = source.claims_file or source.text_file.removesuffix(".txt") + CLAIMS
    has_text = bool(text) and not text.isspace()
    return Written(id, file, 0, source.text_file, text, header, annotations, tuple(findings), has_text)


def _text(source: Source, findings: list[Finding]) -> tuple[str, str]:
    file = source.text_file
    try:
        whole = read_text(file, source.folder)
    except CorpusError as error:
        findings += error.findings
        return "", ""
    findings += control_characters(whole, file)
    header, text = divided(whole)
    if not text.strip():
        findings.append(_no_words(Place(file, 1, 1)))
    return header, text


def _claims(source: Source, findings: list[Finding]) -> ClaimsFile | None:
    if not source.claims_file:
        name = source.article.rpartition("/")[2] + CLAIMS
        message = f"an article should have its claims beside it, `{name}` is missing: write it"
        findings.append(Finding("warning", message, "no-claims-file", Place(source.text_file, 1, 1)))
        return None
    try:
        tree = yaml_tree(source.claims_file, ClaimsFile, source.folder)
    except CorpusError as error:
        findings += error.findings
        return None
    annotations, found = salvaged(tree, ClaimsFile, source.claims_file)
    findings += found
    return annotations


def _from_line(source: Source) -> Written:
    file, line = source.text_file, source.line
    findings = list(source.findings)
    id = header = text = ""
    try:
        tree = read_json(source.raw, file, line)
        article = _article(tree.value)
        id, (header, text) = _string(article, "id"), divided(_string(article, "text"))
        findings += _missing(article, text, Spot(file, ("article",), line))
    except CorpusError as error:
        findings += error.findings
        return Written(id, file, line, file, text, header, None, tuple(findings))
    written, found = salvaged(tree, LineFile, file, line=line)
    annotations = _without_text(written) if written and not findings else None
    findings += found
    return Written(id, file, line, file, text, header, annotations, tuple(findings))


def _article(value: object) -> Mapping[str, Any]:
    article = value.get("article") if isinstance(value, dict) else None
    return article if isinstance(article, dict) else {}


def _string(article: Mapping[str, Any], key: str) -> str:
    value = article.get(key)
    return value if isinstance(value, str) else ""


def _missing(article: Mapping[str, Any], text: str, at: Spot) -> list[Finding]:
    """Return what a line's article must have and a file's need not: an id and a text."""
    findings = [
        Finding(
            "violation",
            f"an article of JSON Lines must have `{key}`: add it",
            "missing-key",
            at._replace(at_key=True),
        )
        for key in ("id", "text")
        if article and key not in article
    ]
    if _string(article, "text") and not text.strip():
        findings.append(_no_words(at._replace(path=("article", "text"))))
    return findings


def _without_text(line: LineFile) -> ClaimsFile:
    article = ArticleEntry(*(getattr(line.article, name) for name in ArticleEntry.__struct_fields__))
    return ClaimsFile(article, line.annotation, line.occasions, line.sources, line.claims, line.withdrawn)


def _no_words(at: Place | Spot) -> Finding:
    return Finding("violation", "an article must have a text, here is none: add it", "empty-text", at)


def _bad_name(source: Source) -> Finding:
    wrong = wording.bad_article_id(source.article, suggested(source.article))
    message = f"{wrong} as `article: {{id: …}}`, or rename the files"
    return Finding("violation", message, "bad-id", Place(source.text_file, 1, 1))
