"""Annotations as a person writes them in YAML: blocks, and quotation marks only where they are needed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

_PLAIN = re.compile(r"[^\W_][\w/.-]*(?: [^\W_][\w/.-]*)*")
# Line ends to YAML, and what it wants escaped; its escapes are those of JSON.
_ESCAPED = {code: f"\\u{code:04x}" for code in (*range(0x80, 0xA0), 0x2028, 0x2029, 0xFEFF)}


def yaml_text(value: dict[str, Any]) -> str:
    """Return mappings, lists, texts, whole numbers and truth values as YAML."""
    return "".join(f"{line}\n" for line in _lines(value, ""))


def _lines(value: dict[str, Any], indent: str) -> Iterator[str]:
    for key, each in value.items():
        if isinstance(each, dict):
            yield f"{indent}{_scalar(key)}:"
            yield from _lines(each, indent + "  ")
        elif isinstance(each, list):
            yield f"{indent}{_scalar(key)}: [{', '.join(map(_scalar, each))}]"
        else:
            yield f"{indent}{_scalar(key)}: {_scalar(each)}"


def _scalar(value: str | int) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if _PLAIN.fullmatch(value):
        return value
    return json.dumps(value, ensure_ascii=False).translate(_ESCAPED)
