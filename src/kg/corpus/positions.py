"""Where in a file a value stands. Read only when there is something to report: the good path has no positions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Literal, NamedTuple

import yaml

from kg.corpus.folder import root_of
from kg.errors import CorpusError, FileError, Finding, Path, Place, Spot
from kg.files.text_files import Lines, decode_text, read_lines, read_text

YAML_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_TOKEN = r'(?s)[{\[\]}]|"[^"\\]*(?:\\.[^"\\]*)*"|[^\s{}\[\],:"]+'
_ENDS = ("]", "}")

NO_TEXTS: Mapping[tuple[str, int], str] = {}


class Token(NamedTuple):
    """A mapping or list that begins or ends, or a scalar (also a key), with its offset in the text."""

    kind: Literal["{", "[", "end", "scalar"]
    text: str
    offset: int


class Mark(NamedTuple):
    """The offsets of a value and of its key; an item of a list is its own key."""

    key: int
    value: int


class Index(NamedTuple):
    """The marks of every path of a text (the first, where a key stands twice), and each key that stands again."""

    marks: dict[Path, Mark]
    repeated: list[tuple[Path, int]]


def located(findings: Iterable[Finding], texts: Mapping[tuple[str, int], str] = NO_TEXTS) -> list[Finding]:
    """Return the findings with each `Spot` replaced by its `Place`.

    A path that is not in the file is placed at the key of its nearest ancestor there; a file that cannot be read
    any more, at its start. `texts` are those of files and of lines of JSON Lines (by file and number; 0 is a file)
    that need not be read, or cannot be from here.
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


def index(tokens: Iterable[Token]) -> Index:
    """Return where the values and keys of a text stand."""
    marks: dict[Path, Mark] = {}
    repeated: list[tuple[Path, int]] = []
    path: list[str | int] = []
    in_list: list[bool] = []
    key = -1  # the offset of a key that waits for its value
    for kind, text, offset in tokens:
        if kind == "end":
            if not path:
                break  # malformed: what is left belongs to nothing
            path.pop()
            in_list.pop()
            _step(path, in_list)
        elif kind == "scalar" and key < 0 and in_list and not in_list[-1]:
            path[-1], key = text, offset
            if tuple(path) in marks:
                repeated.append((tuple(path), offset))
        else:
            marks.setdefault(tuple(path), Mark(offset if key < 0 else key, offset))
            key = -1
            if kind == "scalar":
                _step(path, in_list)
            else:
                in_list.append(kind == "[")
                path.append(0 if kind == "[" else "")
    return Index(marks, repeated)


def yaml_tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a YAML text up to the first error in it."""
    try:
        for event in yaml.parse(text, YAML_LOADER):
            if isinstance(event, yaml.ScalarEvent):
                yield Token("scalar", event.value, begin(event))
            elif isinstance(event, yaml.MappingStartEvent):
                yield Token("{", "", begin(event))
            elif isinstance(event, yaml.SequenceStartEvent):
                yield Token("[", "", begin(event))
            elif isinstance(event, yaml.CollectionEndEvent):
                yield Token("end", "", begin(event))
    except (yaml.YAMLError, UnicodeError):
        return


def begin(event: yaml.Event) -> int:
    """Return the offset at which an event begins, in code points."""
    return event.start_mark.index if event.start_mark else 0


def end(event: yaml.Event) -> int:
    """Return the offset after the last character of an event."""
    return event.end_mark.index if event.end_mark else 0


def json_tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a JSON text."""
    for match in re.finditer(_TOKEN, text):
        token = match[0]
        if token[0] == '"':
            yield Token("scalar", _unquoted(token), match.start())
        elif token in _ENDS:
            yield Token("end", "", match.start())
        elif token == "{":
            yield Token("{", "", match.start())
        elif token == "[":
            yield Token("[", "", match.start())
        else:
            yield Token("scalar", token, match.start())


def _unquoted(token: str) -> str:
    import json  # here, not above: only who errs need wait for it

    try:
        return str(json.loads(token, strict=False))
    except ValueError:
        return token


def _step(path: list[str | int], in_list: list[bool]) -> None:
    """Go on to the next item, where the value just ended is one of a list."""
    if in_list and in_list[-1]:
        last = path[-1]
        path[-1] = last + 1 if isinstance(last, int) else 0


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
    marks = index(json_tokens(text) if line else yaml_tokens(text)).marks
    table = Lines(file, text, first=line or 1)
    for spot in spots:
        yield spot, table.place(_offset(marks, spot))


def _texts(file: str, wanted: set[int]) -> Iterator[tuple[int, str]]:
    """Yield the lines wanted of a JSON Lines file, one in memory at a time, or line 0: the whole of a YAML file."""
    root = root_of(file)
    try:
        if 0 in wanted:
            # A spot in a text file is the file.
            yield 0, read_text(file, root) if file.endswith((".yaml", ".yml")) else ""
        if last := max(wanted, default=0):
            for number, raw, _ in read_lines(file, root):
                if number in wanted:
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
