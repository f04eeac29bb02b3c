"""The JSON Schema (draft 2020-12) of each file that people write, made from `kg.annotations.classes`."""

from __future__ import annotations

from typing import Any, NamedTuple

from kg.annotations.classes import ClaimsFile, CorpusFile, EntitiesFile, LineFile

DIALECT = "https://json-schema.org/draft/2020-12/schema"


# The default values that mean that a field is absent.
NOT_GIVEN = ({"enum": [""]}, {"enum": [-1]})


class File(NamedTuple):
    """A kind of file: what it is, its class, and whether it is YAML."""

    title: str
    type: Any
    yaml: bool


FILES: dict[str, File] = {
    "corpus": File("corpus.yaml: what the data set is", CorpusFile, True),
    "entities": File("entities.yaml: people, organisations, places, events and topics", EntitiesFile, True),
    "claims": File("*.claims.yaml: the annotations of one article", ClaimsFile, True),
    "line": File("*.jsonl: an article with its annotations, one a line", LineFile, False),
}


def schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema of a kind of file, a key of `FILES`."""
    import msgspec

    file = FILES[name]
    made = msgspec.json.schema(file.type)
    return {"$schema": DIALECT, "title": file.title, **_cleaned(made, yaml=file.yaml)}


def _cleaned(part: Any, *, yaml: bool) -> Any:
    """Return a part of a schema without the details that only `kg` needs.

    Values that mean "absent" are shown neither as a default nor as a choice. To `kg` every YAML scalar is a text,
    but an editor takes 2020 for a number, so a text may also be a number.
    """
    if isinstance(part, list):
        return [_cleaned(each, yaml=yaml) for each in part]
    if not isinstance(part, dict):
        return part
    kept = _kept(part, yaml=yaml)
    if "anyOf" in kept:
        choices = [choice for choice in kept["anyOf"] if choice not in NOT_GIVEN]
        outer = {key: value for key, value in kept.items() if key != "anyOf"}
        kept = {"anyOf": choices, **outer} if len(choices) > 1 else {**choices[0], **outer}
    if isinstance(kept.get("enum"), list):
        kept["enum"] = [choice for choice in kept["enum"] if choice != ""] or kept["enum"]
    if yaml and kept.get("type") == "string":
        kept["type"] = ["string", "number", "boolean"]
    if kept.get("required") == []:
        del kept["required"]
    return kept


def _kept(part: dict[str, Any], *, yaml: bool) -> dict[str, Any]:
    """Return the keys of a part that editors need, with their values cleaned."""
    kept: dict[str, Any] = {}
    for key, value in part.items():
        if key in ("properties", "$defs"):
            kept[key] = {_shown(name): _cleaned(each, yaml=yaml) for name, each in value.items()}
        elif key == "$ref":
            kept[key] = _shown(value)
        elif key not in ("default", "title"):
            kept[key] = _cleaned(value, yaml=yaml)
    return kept


def _shown(name: str) -> str:
    """Return the name by which an editor shows a class: `Claim` for `ClaimEntry`."""
    return name.removesuffix("Entry")
