"""Finds the line and column of findings, which name a value of a file by its path until they are reported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from kg.corpus.folder import root_of
from kg.corpus.yaml_reader import yaml_tokens
from kg.errors import CorpusError, FileError, Finding, Path, Place, Spot
from kg.files.json_reader import json_tokens
from kg.files.places import Lines, Mark, index_values
from kg.files.text_files import decode_text, read_lines, read_text

NO_TEXTS: Mapping[tuple[str, int], str] = {}


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


def _offset(marks: Mapping[Path, Mark], spot: Spot) -> int:
    if spot.path in marks:
        mark = marks[spot.path]
        return mark.key if spot.at_key else mark.value
    path = spot.path
    while path and path not in marks:
        path = path[:-1]
    return marks[path].key if path in marks else 0
