"""JSON-LD as people write it: one thing or a list of them, an IRI or an object that has it, with `@` or without."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from functools import lru_cache

Object = Mapping[str, object]

_LAST = re.compile(r"[^/#:]+(?=[/#]?$)")


def several(value: object) -> list[object]:
    """Return a value as a list; nothing for null."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def objects(value: object) -> list[Object]:
    """Return those of one or several values that are objects."""
    return [each for each in several(value) if isinstance(each, dict)]


def text(value: object) -> str:
    """Return a text, also of `{"@value": …}`; of several the first."""
    if isinstance(value, str):
        return value
    return next((found for found in map(_text, several(value)) if found), "")


def iri(value: object) -> str:
    """Return an IRI, also of `{"id": …}`; of several the first."""
    if isinstance(value, str):
        return value
    return next((found for found in map(_iri, several(value)) if found), "")


def _text(value: object) -> str:
    if isinstance(value, dict):
        value = value.get("@value", value.get("value"))
    return str(value) if isinstance(value, str | int | float) else ""


def _iri(value: object) -> str:
    if isinstance(value, dict):
        value = value.get("id", value.get("@id"))
    return value if isinstance(value, str) else ""


def types(value: Object) -> list[str]:
    """Return the types of an object without their prefixes: `oa:Annotation` and `Annotation` are one."""
    found = [each for each in several(value.get("type", value.get("@type"))) if isinstance(each, str)]
    return [last(each) for each in found]


@lru_cache(maxsize=1024)  # most are types and purposes, of which there are few
def last(name: str) -> str:
    """Return the last part of an IRI or of a name with a prefix."""
    found = _LAST.search(name)
    return found[0] if found else name


def unpacked(value: object) -> Iterator[object]:
    """Yield one or several things, those in containers too; of a choice, in which any one will do, the first."""
    waiting = deque(several(value))
    while waiting:
        each = waiting.popleft()
        if isinstance(each, dict) and ("items" in each or "members" in each):
            inner = several(each.get("items", each.get("members")))
            waiting.extendleft(reversed(inner[:1] if "Choice" in types(each) else inner))
        else:
            yield each


def shortened(value: str) -> str:
    """Return a text as it is shown in a message: on one line, not too long."""
    line = " ".join(value.split())
    return line if len(line) <= 60 else f"{line[:57]}…"
