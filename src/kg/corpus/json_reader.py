"""A line of JSON Lines → plain values, nothing lost: a key that stands twice is found."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from kg.corpus.keys import keys_in, most_keys, repeated_keys
from kg.corpus.positions import json_tokens
from kg.corpus.tree import MAX_DEPTH, Tree
from kg.errors import CorpusError, Finding, Path, Place, Spot
from kg.files.text_files import UNSAFE, Lines, code_point, control_characters, decode_text, is_safe

# Escapes that may make a character that is refused; surrogates may also be the halves of a good one.
_SUSPECT_ESCAPE = re.compile(rb"\\(?:[bf]|u(?:00[01]|007[fF]|[dD][89a-fA-F]|[fF]{3}[eEfF]))")
# An empty text, not the end of one that ends in a quotation mark (`\""`).
_EMPTY = re.compile(rb'(?<!\\)""')


def read_json(raw: bytes, file: str, line: int) -> Tree:
    """Return the values of a line. Raises `CorpusError` if it is not UTF-8 or not JSON."""
    value = _quickly(raw)
    findings: list[Finding] = []
    if value is None:
        value, findings = _carefully(raw, file, line)
    if b"\\" in raw and _SUSPECT_ESCAPE.search(raw):
        findings += _escaped_controls(value, file, line)
    return Tree(value, tuple(findings), b'""' in raw and _EMPTY.search(raw) is not None)


def _quickly(raw: bytes) -> object:
    """Return the values of a line if it is sound JSON without a key that stands twice, else None.

    msgspec takes half the time of `json`, but keeps the last of two equal keys without a word.
    """
    # All else that is refused msgspec refuses too, or finds no place for it in JSON.
    if b"\x7f" in raw or (b"\xef" in raw and not is_safe(raw)):
        return None
    try:
        value: object = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return value if keys_in(value) == most_keys(raw) else None


def _carefully(raw: bytes, file: str, line: int) -> tuple[object, list[Finding]]:
    """Return the values of a line and a finding for each key that stands twice; raises as `read_json` does."""
    text = decode_text(raw, file, line=line)
    if not is_safe(raw):
        raise CorpusError(control_characters(text, file, line=line))
    repeats: list[None] = []

    def mapping(pairs: list[tuple[str, object]]) -> dict[str, object]:
        values = dict(pairs)
        if len(values) != len(pairs):
            repeats.append(None)
        return values

    value = _parsed(text, mapping, file, line)
    return value, repeated_keys(json_tokens(text), Lines(file, text, first=line)) if repeats else []


def _parsed(text: str, mapping: Callable[[list[tuple[str, object]]], object], file: str, line: int) -> object:
    import json  # here, not above: only what msgspec cannot tell need wait for it

    try:
        return json.loads(text, object_pairs_hook=mapping, parse_constant=_constant)
    except json.JSONDecodeError as error:
        message = f"a line must be one JSON object, whole: {error.msg[:1].lower()}{error.msg[1:]} here"
        finding = Finding("violation", message, "json-syntax", Lines(file, text, first=line).place(error.pos))
    except RecursionError:
        message = f"values must nest at most {MAX_DEPTH} deep: write them flatter"
        finding = Finding("violation", message, "too-deep", Place(file, line, 1))
    except ValueError:
        message = "a number must be a whole number of a few digits: mend it"
        finding = Finding("violation", message, "json-syntax", Place(file, line, 1))
    raise CorpusError([finding])


def _constant(name: str) -> object:
    raise ValueError(name)


def _escaped_controls(value: object, file: str, line: int) -> list[Finding]:
    """Return a finding for each text with a character that only an escape could bring in."""
    findings: list[Finding] = []
    waiting: list[tuple[Path, object]] = [((), value)]
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
