"""Writes docs/fields.md from `kg.annotations.classes`: `python tests/generate/fields_page.py > docs/fields.md`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kg.annotations.schemas import FILES, schema

HEAD = """# Every field

This page lists the fields of each file. It is generated from the code; `kg schema` prints the same as JSON Schema.
A field marked * is required.

If a text may be in several languages, a plain text is enough for one. It is published as in the language of the
article for a `gist`, a headline and the name of an occasion; as in that of the corpus for a `note`, the `why` of a
withdrawal, a description, and the title, keywords and grants of the data set; and without a language for the name
of an entity, the title of a role, the `why` of a date and the name of a rating. For another language, say which:
`note: {nl: …}`. The `type` of an occasion is in English, and is published as its name if it has no other.
"""


def page() -> Iterator[str]:
    """Yield the page's lines."""
    yield HEAD
    seen: dict[str, dict[str, Any]] = {}
    for name, file in FILES.items():
        yield f"## {file.title}\n"
        made = schema(name)
        yield from _tables(made, made["$defs"], seen)


def _tables(part: dict[str, Any], definitions: dict[str, Any], seen: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Yield a table for each mapping that a part of a schema refers to, in the order of reference.

    A claim of a reading has the fields of a claim, which are not listed again.
    """
    for name in _names(part):
        if name in seen:
            continue
        struct = definitions[name]
        seen[name] = struct["properties"]
        inherited = seen.get(name.removeprefix("Reading"), {}) if name.startswith("Reading") else {}
        yield f"**{name}**: {struct.get('description', '')}\n"
        yield "| field | value | meaning |"
        yield "|---|---|---|"
        for field, kind in struct["properties"].items():
            if field in inherited:
                continue
            star = "*" if field in struct.get("required", ()) else ""
            yield f"| `{field}`{star} | {_kind(kind)} | {kind.get('description', '')} |"
        yield ""
        for kind in struct["properties"].values():
            yield from _tables(kind, definitions, seen)


def _names(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"].rpartition("/")[2]
        for key, each in part.items():
            if key != "$defs":
                yield from _names(each)
    elif isinstance(part, list):
        for each in part:
            yield from _names(each)


def _kind(kind: dict[str, Any]) -> str:
    if "anyOf" in kind:
        single = " or ".join(dict.fromkeys(_kind(each) for each in kind["anyOf"] if each.get("type") != "array"))
        lists = [_kind(each["items"]) for each in kind["anyOf"] if each.get("type") == "array"]
        several = ("a list of these" if each == single else f"list of {each}" for each in lists)
        return " or ".join([single, *several])
    if "$ref" in kind:
        return kind["$ref"].rpartition("/")[2]
    if "enum" in kind:
        return ", ".join(f"`{each}`" for each in kind["enum"])
    if kind.get("type") == "array":
        return f"list of {_kind(kind['items'])}"
    if kind.get("type") == "object":
        return f"id: {_kind(kind['additionalProperties'])}" if "propertyNames" in kind else "text for each"
    return {"integer": "number", "boolean": "true or false"}.get(str(kind.get("type")), "text")
