"""The JSON Schema (draft 2020-12) of each file that people write, made from `kg.annotations.classes`."""

from __future__ import annotations

from typing import Any, NamedTuple

from kg.annotations.classes import ClaimsFile, CorpusFile, EntitiesFile, LineFile, ReadingFile
from kg.annotations.own_fields import OwnField, file_types

DIALECT = "https://json-schema.org/draft/2020-12/schema"


# The default values that mean that a field is absent.
NOT_GIVEN = ({"enum": [""]}, {"enum": [-1]}, {"enum": [0]})


class File(NamedTuple):
    """A kind of file: what it is, its class, and whether it is YAML."""

    title: str
    type: Any
    yaml: bool


FILES: dict[str, File] = {
    "corpus": File("corpus.yaml: what the data set is", CorpusFile, True),
    "entities": File("entities.yaml: people, organisations, places, events and topics", EntitiesFile, True),
    "claims": File("*.claims.yaml: the annotations of one article", ClaimsFile, True),
    "reading": File("readings/NAME/*.claims.yaml: one annotator's own reading of an article", ReadingFile, True),
    "line": File("*.jsonl: an article with its annotations, one a line", LineFile, False),
}


def schema(name: str, fields: tuple[OwnField, ...] = ()) -> dict[str, Any]:
    """Return the JSON Schema of a kind of file, a key of `FILES`, with the fields that a corpus declares."""
    import msgspec

    file = FILES[name]
    types = file_types(fields)
    of = types._asdict().get(name, file.type)
    made = msgspec.json.schema(of)
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
    needed = _needed(part, yaml=yaml)
    if "anyOf" in needed:
        choices = [choice for choice in needed["anyOf"] if choice not in NOT_GIVEN]
        outer = {key: value for key, value in needed.items() if key != "anyOf"}
        needed = {"anyOf": choices, **outer} if len(choices) > 1 else {**choices[0], **outer}
    if isinstance(needed.get("enum"), list):
        needed["enum"] = [choice for choice in needed["enum"] if choice != ""] or needed["enum"]
    if yaml and {"true", "yes"} & set(needed.get("enum", ())):
        needed["enum"] = [*needed["enum"], True, False]  # as an editor reads them
    if yaml and needed.get("type") == "string":
        needed["type"] = ["string", "number", "boolean"]
    if needed.get("required") == []:
        del needed["required"]
    return needed


def _needed(part: dict[str, Any], *, yaml: bool) -> dict[str, Any]:
    """Return the keys of a part that editors need, with their values cleaned."""
    needed: dict[str, Any] = {}
    for key, value in part.items():
        if key in ("properties", "$defs"):
            needed[key] = {_shown(name): _cleaned(each, yaml=yaml) for name, each in value.items()}
        elif key == "$ref":
            needed[key] = _shown(value)
        elif key not in ("default", "title"):
            needed[key] = _cleaned(value, yaml=yaml)
    return needed


def _shown(name: str) -> str:
    """Return the name by which an editor shows a class: `Claim` for `ClaimEntry`."""
    return name.removesuffix("Entry")
