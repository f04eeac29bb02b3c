"""A line of JSON Lines → plain values, nothing lost: a key that stands twice is found."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from kg.corpus.keys import repeated_keys
from kg.corpus.tree import MAX_DEPTH, Tree
from kg.errors import CorpusError, Finding, Path, Place, Spot
from kg.files import UNSAFE, Lines, control_characters, decoded, is_safe, named
from kg.positions import json_tokens

# Escapes that may make a character that is refused; surrogates may also be the halves of a good one.
_SUSPECT_ESCAPE = re.compile(r"\\(?:[bf]|u(?:00[01]|007[fF]|[dD][89a-fA-F]|[fF]{3}[eEfF]))")


def read_json(raw: bytes, file: str, line: int) -> Tree:
    """Return the values of a line. Raises `CorpusError` if it is not UTF-8 or not JSON."""
    text = decoded(raw, file, line=line)
    if not is_safe(raw):
        raise CorpusError(control_characters(text, file, line=line))
    repeats: list[None] = []

    def mapping(pairs: list[tuple[str, object]]) -> dict[str, object]:
        values = dict(pairs)
        if len(values) != len(pairs):
            repeats.append(None)
        return values

    value = _parsed(text, mapping, file, line)
    findings = repeated_keys(json_tokens(text), Lines(file, text, first=line)) if repeats else []
    if b"\\" in raw and _SUSPECT_ESCAPE.search(text):
        findings += _escaped_controls(value, file, line)
    return Tree(value, tuple(findings), b'""' in raw)


def _parsed(text: str, mapping: Callable[[list[tuple[str, object]]], object], file: str, line: int) -> object:
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
    found = ", ".join(dict.fromkeys(map(named, UNSAFE.findall(text))))
    message = f"a text must be free of control characters, this has {found}: delete it"
    return Finding("violation", message, "control-character", at)
