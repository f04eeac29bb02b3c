"""Reads the files of a corpus: its definition, which all articles share, and the articles one by one.

Findings name a value of a file by its path until they are reported; `located` finds its line and column.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from threading import Event
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from kg.annotations.classes import (
    ClaimsFile,
    CorpusFile,
    EarlierTextEntry,
    EarlierTextOfLine,
    EntityEntry,
    LineFile,
)
from kg.annotations.own_fields import FileTypes, file_types, own_fields
from kg.corpus import messages
from kg.corpus.decoding import (
    File,
    decode_values,
    is_article_id,
    is_version_number,
    parse_yaml,
    parse_yaml_file,
    suggested,
)
from kg.corpus.folder import (
    CHANGES,
    CLAIMS,
    CONFIG,
    ArticleSource,
    CorpusDefinition,
    below,
    earlier_text,
    link_fault,
    root_of,
    yaml_files,
)
from kg.corpus.yaml_reader import MAX_DEPTH, ParsedFile, yaml_tokens
from kg.errors import CorpusError, FileError, Finding, Place, Spot, UsageError
from kg.errors import Path as ValuePath
from kg.files.json_reader import json_tokens, read_json_strictly
from kg.files.places import Lines, Mark, index_values
from kg.files.text_files import UNSAFE, code_point, control_characters, decode_text, read_lines, read_text
from kg.text.nearest_name import nearest

ENTITIES = "entities"
_LONGEST_CHANGE = 1.0
"""How many seconds a command that changes several files may be in the middle of it."""
_TRIES = 100
_MISSPELT = 0.9
"""The least similarity of a misspelt `entities`, with a letter or two wrong; Dutch `notities` is less similar."""
# ` date 2020-02 De secretaris-…`: after `date` only characters of EDTF, with two digits; `kg.dates` reads it.
_HEADER = re.compile(r"\s*date\s+(?=\S*[0-9]{2})([-0-9EXY.,/?~%\[\]{}]+)(?:\s+|\Z)")
# Escapes that may encode a forbidden character; surrogates may also be halves of a valid pair.
_SUSPECT_ESCAPE = re.compile(rb"\\(?:[bf]|u(?:00[01]|007[fF]|[dD][89a-fA-F]|[fF]{3}[eEfF]))")
# An empty text, but not the end of a text with a quotation mark at its end (`\""`).
_EMPTY = re.compile(rb'(?<!\\)""')


class WrittenText(Struct, frozen=True):
    """An earlier text of an article, as `WrittenArticle` has the current one; `""` if it cannot be read."""

    version: int
    file: str
    text: str
    header: str


class WrittenArticle(Struct, frozen=True):
    """An article as it was written, before it is interpreted.

    `text` has no header, and `\\n` as line ends; `header` is the date of the header in EDTF, `""` without one.
    `file` and `line` have the annotations (line 0: the file is YAML), `text_file` has the text. `annotations` is
    None if they are missing or cannot be read; `findings` says why. `has_text` is False if the text is missing or
    cannot be read: then no words are looked for. An article that cannot be identified, or a fault of a folder, has
    neither `id` nor `text`. `earlier` are the earlier texts that the annotations list.
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
    earlier: tuple[WrittenText, ...] = ()


NOTHING_OPEN: Mapping[str, str] = {}


def read_corpus(folder: str | Path, opened: Mapping[str, str] = NOTHING_OPEN) -> CorpusDefinition:
    """Return the content of `corpus.yaml` and the entities files.

    `opened` has the texts of entities files that somebody edits, which are read instead of those on disk.
    Raises `CorpusError` with the findings of all these files if one cannot be interpreted, `UsageError` if the
    folder is no corpus, `FileError` for a file that cannot be read.
    """
    root = os.fspath(Path(folder))
    config_file = _config_file(root)
    findings: list[Finding] = []
    config = _read(config_file, CorpusFile, root, findings)
    types = file_types(own_fields(config)) if config else FileTypes()
    misplaced: list[Finding] = []
    entities_files = _entities_files(root, misplaced)
    unread = bool(misplaced)
    findings += misplaced
    entities: dict[str, EntityEntry] = {}
    files: dict[str, str] = {}
    firsts: dict[int, Spot] = {}
    for file in entities_files:
        found = _read(file, types.entities, root, findings, opened)
        unread |= found is None
        for id, entity in (found or {}).items():
            if id in entities:
                firsts[len(findings)] = Spot(files[id], (id,), at_key=True)
                findings.append(Finding("violation", "", "duplicate-id", Spot(file, (id,), at_key=True)))
            else:
                entities[id], files[id] = entity, file
    _add_first_places(findings, firsts)
    if unread or config is None:
        raise CorpusError(findings)
    return CorpusDefinition(root, config_file, config, entities, files, tuple(findings))


def _is_half_changed(root: str) -> bool:
    """Tell whether a command was stopped while it changed several files; one that still runs is waited for."""
    journals = [below(root, f"{CHANGES}/{name}") for name in ("journal", "undo")]
    for _ in range(_TRIES):
        if not any(map(os.path.exists, journals)):
            return False
        Event().wait(_LONGEST_CHANGE / _TRIES)
    return True


def _config_file(root: str) -> str:
    file = below(root, CONFIG)
    if _is_half_changed(root):
        raise UsageError(
            f"{root}: a command was stopped while it changed several files here; some are new, some are old: "
            "run the same command again, or `kg adjudicate`, and it first completes that change"
        )
    if os.path.lexists(file):
        return file
    if not os.path.isdir(root):
        raise UsageError(f"{root}: there is no such folder: give the folder of a corpus, which has a `{CONFIG}`")
    if os.path.exists(below(root, "corpus.yml")):
        raise UsageError(f"{root}: a corpus must have a `{CONFIG}`, this has a `corpus.yml`: rename it")
    raise UsageError(
        f"{root}: there is no `{CONFIG}` in this folder: give another folder, or write one with `base`, "
        "`title`, `licence` and `language`"
    )


def _entities_files(root: str, findings: list[Finding]) -> list[str]:
    """Return `entities.yaml` and `entities/*.yaml`; report files with another suffix."""
    folder = below(root, ENTITIES)
    candidates = [below(root, ENTITIES + suffix) for suffix in (".yaml", ".yml")]
    if os.path.lexists(folder) and (fault := link_fault(folder, root)):
        findings.append(fault)
        found = []
    else:
        found = list(yaml_files(folder))
    files = [file for file in candidates if os.path.lexists(file)] + found
    for file in files:
        if file.endswith(".yml"):
            right = os.path.basename(file).removesuffix(".yml") + ".yaml"
            message = f"this must be called `{right}` to be read: rename it"
            findings.append(Finding("violation", message, "misnamed-file", Place(file, 1, 1)))
    if not files and (misspelt := _misspelt_entities(root)):
        message = f"this file's name is not known: did you mean `{ENTITIES}.yaml`? Rename it"
        findings.append(Finding("violation", message, "misnamed-file", Place(misspelt, 1, 1)))
    return [file for file in files if file.endswith(".yaml")]


def _misspelt_entities(root: str) -> str:
    """Return the YAML file or folder of a corpus without entities that was probably meant to have them, or `""`."""
    names = map(os.path.basename, yaml_files(root))
    stems = {name.rpartition(".")[0].casefold(): name for name in names if not name.endswith(CLAIMS)}
    name = stems.get(nearest(ENTITIES, stems, like=_MISSPELT), "")
    return below(root, name) if name else ""


def _read(
    file: str, of: type[File], root: str, findings: list[Finding], opened: Mapping[str, str] = NOTHING_OPEN
) -> File | None:
    """Return the content of a file without its wrong fields, or None; add its faults to `findings`."""
    if fault := link_fault(file, root):
        findings.append(fault)
        return None
    try:
        tree = parse_yaml(opened[file], file, of) if file in opened else parse_yaml_file(file, of, root)
        value, found = decode_values(tree, of, file)
    except CorpusError as error:
        findings += error.findings
        return None
    findings += found
    return value


def _add_first_places(findings: list[Finding], firsts: Mapping[int, Spot]) -> None:
    """Complete the findings about repeated ids, given by their index, with the place of the first."""
    # All at once: finding places means parsing the file.
    places = located(Finding("violation", "", "", spot) for spot in firsts.values())
    for (number, spot), first in zip(firsts.items(), places, strict=True):
        message = f"an entity's id must be unique, `{spot.path[0]}` is at {first.at} already: delete or rename one"
        findings[number] = findings[number]._replace(message=message)


def read_article(source: ArticleSource, opened: Mapping[str, str] = NOTHING_OPEN) -> WrittenArticle:
    """Return the article; faults are among its findings. Raises only `FileError`.

    `opened` has the texts of files that somebody edits, which are read instead of those on disk.
    """
    if source.line:
        return _from_line(source)
    if source.text_file:
        return _from_pair(source, opened)
    return WrittenArticle("", "", 0, "", "", "", None, source.findings)


def split_header(text: str) -> tuple[str, str]:
    """Return the date in the header of a text, and the article after it with `\\n` as line ends."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    header = _HEADER.match(text)
    return (header[1], text[header.end() :]) if header else ("", text)


def _from_pair(source: ArticleSource, opened: Mapping[str, str]) -> WrittenArticle:
    findings = list(source.findings)
    header, text = _text(source, opened, findings)
    annotations = _claims(source, opened, findings)
    id = source.article
    if annotations and annotations.article.id:
        id = annotations.article.id
    elif not is_article_id(id) and (annotations or not source.claims_file):
        findings.append(_bad_name(source))
    file = source.claims_file or source.text_file.removesuffix(".txt") + CLAIMS
    has_text = bool(text) and not text.isspace()
    listed = annotations.article.earlier if annotations else {}
    earlier = _earlier_texts(listed, source, opened, findings) if listed or source.earlier else ()
    return WrittenArticle(
        id, file, 0, source.text_file, text, header, annotations, tuple(findings), has_text, earlier
    )


def _earlier_texts(
    listed: Iterable[str], source: ArticleSource, opened: Mapping[str, str], findings: list[Finding]
) -> tuple[WrittenText, ...]:
    """Return the earlier texts that are listed; report those that are missing, and files that are not listed."""
    numbers = sorted(int(each) for each in listed if is_version_number(each))
    for number in source.earlier:
        if number not in numbers:
            file = earlier_text(source.text_file, number)
            message = (
                f"an earlier text must be listed in `article` with its SHA-256, as `earlier: {{{number}: {{sha256: "
                "…}}`: `kg revise` does that. List it, or move the file away"
            )
            findings.append(Finding("violation", message, "unlisted-text", Place(file, 1, 1)))
    return tuple(_earlier_text(number, source, opened, findings) for number in numbers)


def _earlier_text(
    number: int, source: ArticleSource, opened: Mapping[str, str], findings: list[Finding]
) -> WrittenText:
    file = earlier_text(source.text_file, number)
    if file not in opened and not os.path.lexists(file):
        message = (
            f"version {number} of the text must be beside the article, and `{os.path.basename(file)}` is missing: "
            "put it back"
        )
        at = Spot(source.claims_file, ("article", "earlier", str(number)), at_key=True)
        findings.append(Finding("violation", message, "no-earlier-text", at))
        return WrittenText(number, file, "", "")
    if file not in opened and link_fault(file, source.folder):
        return WrittenText(number, file, "", "")  # reported with the folder
    header, text = _text(source._replace(text_file=file), opened, findings)
    return WrittenText(number, file, text, header)


def _text(source: ArticleSource, opened: Mapping[str, str], findings: list[Finding]) -> tuple[str, str]:
    file = source.text_file
    try:
        whole = _content(file, source, opened)
    except CorpusError as error:
        findings += error.findings
        return "", ""
    findings += control_characters(whole, file)
    header, text = split_header(whole)
    if not text.strip():
        findings.append(_no_words(Place(file, 1, 1)))
    return header, text


def _content(file: str, source: ArticleSource, opened: Mapping[str, str]) -> str:
    return opened[file] if file in opened else read_text(file, source.folder)


def _claims(source: ArticleSource, opened: Mapping[str, str], findings: list[Finding]) -> ClaimsFile | None:
    if not source.claims_file:
        name = source.article.rpartition("/")[2] + CLAIMS
        message = f"an article should have its claims beside it, `{name}` is missing: write it"
        findings.append(Finding("warning", message, "no-claims-file", Place(source.text_file, 1, 1)))
        return None
    try:
        types = file_types(source.fields)
        of = types.reading if source.is_reading else types.claims
        tree = parse_yaml(_content(source.claims_file, source, opened), source.claims_file, of)
    except CorpusError as error:
        findings += error.findings
        return None
    annotations: ClaimsFile | None
    annotations, found = decode_values(tree, of, source.claims_file)
    findings += found
    return annotations


def _from_line(source: ArticleSource) -> WrittenArticle:
    file, line = source.text_file, source.line
    findings = list(source.findings)
    id = header = text = ""
    try:
        tree = read_json(source.raw, file, line)
        article = _article(tree.value)
        id, (header, text) = _string(article, "id"), split_header(_string(article, "text"))
        findings += _missing(article, text, Spot(file, ("article",), line))
    except CorpusError as error:
        findings += error.findings
        return WrittenArticle(id, file, line, file, text, header, None, tuple(findings))
    types = file_types(source.fields)
    written, found = decode_values(tree, types.line, file, line=line)
    annotations = _without_text(written, types) if written and not findings else None
    findings += found
    earlier = _earlier_in_line(written.article.earlier, file) if written and written.article.earlier else ()
    return WrittenArticle(id, file, line, file, text, header, annotations, tuple(findings), earlier=earlier)


def _earlier_in_line(listed: Mapping[str, EarlierTextOfLine], file: str) -> tuple[WrittenText, ...]:
    numbers = sorted((int(number), each.text) for number, each in listed.items() if is_version_number(number))
    return tuple(WrittenText(number, file, *reversed(split_header(text))) for number, text in numbers)


def _article(value: object) -> Mapping[str, Any]:
    article = value.get("article") if isinstance(value, dict) else None
    return article if isinstance(article, dict) else {}


def _string(article: Mapping[str, Any], key: str) -> str:
    value = article.get(key)
    return value if isinstance(value, str) else ""


def _missing(article: Mapping[str, Any], text: str, at: Spot) -> list[Finding]:
    """Return findings if a line has no id or no text, which the files of an article need not have."""
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


def _without_text(line: LineFile, types: FileTypes) -> ClaimsFile:
    of = types.article
    article = of(**{name: getattr(line.article, name) for name in of.__struct_fields__})
    if article.earlier:
        without = {id: EarlierTextEntry(each.sha256, each.corrected) for id, each in article.earlier.items()}
        article = replace(article, earlier=without)
    file: ClaimsFile = types.claims(
        article, line.annotation, line.occasions, line.sources, line.claims, line.withdrawn
    )
    return file


def _no_words(at: Place | Spot) -> Finding:
    return Finding("violation", "an article must have a text, this one has none: add it", "empty-text", at)


def _bad_name(source: ArticleSource) -> Finding:
    wrong = messages.bad_article_id(source.article, suggested(source.article))
    message = f"{wrong} as `article: {{id: …}}`, or rename the files"
    return Finding("violation", message, "bad-id", Place(source.text_file, 1, 1))


def read_json(raw: bytes, file: str, line: int) -> ParsedFile:
    """Return the values of a line of JSON Lines. Raises `CorpusError` if it is not UTF-8 or not JSON."""
    value, findings = read_json_strictly(raw, file, line, MAX_DEPTH)
    if b"\\" in raw and _SUSPECT_ESCAPE.search(raw):
        findings += _escaped_controls(value, file, line)
    return ParsedFile(value, tuple(findings), b'""' in raw and _EMPTY.search(raw) is not None)


def _escaped_controls(value: object, file: str, line: int) -> list[Finding]:
    """Return a finding for each text with an escaped control character."""
    findings: list[Finding] = []
    waiting: list[tuple[ValuePath, object]] = [((), value)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(((*path, key), item) for key, item in reversed(value.items()))
            spots = (Spot(file, (*path, key), line, at_key=True) for key in value if UNSAFE.search(key))
            findings.extend(_escaped(spot, str(spot.path[-1])) for spot in spots)
        elif isinstance(value, list):
            waiting.extend(((*path, at), item) for at, item in reversed(list(enumerate(value))))
        elif isinstance(value, str) and UNSAFE.search(value):
            findings.append(_escaped(Spot(file, path, line), value))
    return findings


def _escaped(at: Spot, text: str) -> Finding:
    found = ", ".join(dict.fromkeys(map(code_point, UNSAFE.findall(text))))
    message = f"a text must be free of control characters, this has {found}: delete it"
    return Finding("violation", message, "control-character", at)


NO_TEXTS: Mapping[tuple[str, int], str] = {}
_UNWRITTEN = 200
"""How many characters of a line are shown that is not written."""


def located(findings: Iterable[Finding], texts: Mapping[tuple[str, int], str] = NO_TEXTS) -> list[Finding]:
    """Return the findings with each `Spot` replaced by its `Place`.

    A path that is not in the file gets the place of its nearest ancestor's key; a file that can no longer be read,
    its start. `texts` has the texts of files and lines that need not or cannot be read here, by file and line
    number (0: the whole file).
    """
    findings = list(findings)
    spots: dict[str, list[Spot]] = {}
    for finding in findings:
        if isinstance(finding.at, Spot):
            spots.setdefault(finding.at.file, []).append(finding.at)
    places = {spot: place for file, group in spots.items() for spot, place in _places(file, group, texts)}
    return [
        finding._replace(at=places[finding.at]) if isinstance(finding.at, Spot) else finding for finding in findings
    ]


def located_unwritten(findings: Iterable[Finding], texts: Mapping[str, str]) -> list[Finding]:
    """Return findings of texts that are not written, by file, each with its field and line in the detail.

    Their places would point at other lines of the files as they are.
    """
    findings = list(findings)
    found = []
    for finding, placed in zip(
        findings, located(findings, {(file, 0): texts[file] for file in texts}), strict=True
    ):
        at = placed.at
        if isinstance(at, Place) and at.file in texts:
            table = Lines(at.file, texts[at.file])
            start = table.starts[at.line - 1] if at.line else 0
            line = texts[at.file][start : start + _UNWRITTEN].partition("\n")[0].strip()
            field = ".".join(map(str, finding.at.path)) if isinstance(finding.at, Spot) else ""
            detail = f"as it would be written{f', at {field}' if field else ''}: {line}"
            placed = placed._replace(
                at=Place(at.file, 0, 0), detail="\n".join(filter(None, (detail, finding.detail)))
            )
        found.append(placed)
    return found


def _places(file: str, spots: list[Spot], known: Mapping[tuple[str, int], str]) -> Iterator[tuple[Spot, Place]]:
    by_line: dict[int, list[Spot]] = {}
    for spot in spots:
        by_line.setdefault(spot.line, []).append(spot)
    texts = {line: known[file, line] for line in by_line if (file, line) in known}
    for line, text in chain(texts.items(), _texts(file, by_line.keys() - texts.keys())):
        yield from _in_text(file, line, text, by_line.pop(line))
    for line, group in by_line.items():  # those that cannot be read any more
        yield from _in_text(file, line, "", group)


def _in_text(file: str, line: int, text: str, spots: list[Spot]) -> Iterator[tuple[Spot, Place]]:
    marks = index_values(json_tokens(text) if line else yaml_tokens(text)).marks
    table = Lines(file, text, first=line or 1)
    for spot in spots:
        yield spot, table.place(_offset(marks, spot))


def _texts(file: str, numbers: set[int]) -> Iterator[tuple[int, str]]:
    """Yield the wanted lines of a JSON Lines file, with one in memory at a time; line 0 is a whole YAML file."""
    root = root_of(file)
    try:
        if 0 in numbers:
            # A spot in a text file is the file.
            yield 0, read_text(file, root) if file.endswith((".yaml", ".yml")) else ""
        if last := max(numbers, default=0):
            for number, raw, _ in read_lines(file, root):
                if number in numbers:
                    yield number, decode_text(raw, file)
                if number >= last:
                    return
    except (CorpusError, FileError):
        return


def _offset(marks: Mapping[ValuePath, Mark], spot: Spot) -> int:
    if spot.path in marks:
        mark = marks[spot.path]
        return mark.key if spot.at_key else mark.value
    path = spot.path
    while path and path not in marks:
        path = path[:-1]
    return marks[path].key if path in marks else 0
