"""The JSON Schemas: an editor that has them completes, explains and checks what people type."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from kg.annotations import classes as annotations
from kg.annotations.schemas import FILES, schema
from kg.cli import run
from kg.rdf.vocab import RELATIONS
from support import SEEDS
from support.mapped_corpora import CORPORA

MARK = "# yaml-language-server: $schema=schemas/{}.schema.json"
# What an editor shows of these stands at the mapping that they hold.
EXPLAINED_BY_THEIR_TYPE = {"article", "annotation", "reviewed", "relations"}


class Editor(yaml.CSafeLoader):
    """Reads YAML as editors do: by the core schema of YAML 1.2, where `2020` is a number and `no` a text."""


Editor.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", "~nN"),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|\.nan", "-+.0123456789"),
):
    Editor.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"(?:{pattern})$"), [*first, ""])


@cache
def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(schema(name))


def errors(name: str, value: object) -> list[str]:
    """Return what a schema finds wrong, as `path: keyword`."""
    found = validator(name).iter_errors(value)
    return sorted(f"{'/'.join(map(str, error.path))}: {error.validator}" for error in found)


def written() -> Iterator[tuple[str, Path, object]]:
    """Yield the kind, the file and the value of every file of the tests' corpora."""
    for folder in CORPORA.values():
        for file in sorted(folder.rglob("*")):
            if file.name == "corpus.yaml":
                yield "corpus", file, _loaded(file)
            elif file.name == "entities.yaml" or file.parent.name == "entities":
                yield "entities", file, _loaded(file)
            elif file.name.endswith(".claims.yaml"):
                yield "claims", file, _loaded(file)
            elif file.suffix == ".jsonl":
                yield from (
                    ("line", file, json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()
                )


def _loaded(file: Path) -> object:
    return yaml.load(file.read_text(encoding="utf-8"), Editor)  # a safe loader, with other types


@pytest.mark.parametrize("name", FILES)
def test_each_is_a_schema_of_its_dialect(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))


@pytest.mark.parametrize("name", FILES)
def test_every_field_is_explained(name: str) -> None:
    made = schema(name)
    silent = [
        f"{struct}.{field}"
        for struct, definition in made["$defs"].items()
        for field, kind in definition.get("properties", {}).items()
        if "description" not in kind and field not in EXPLAINED_BY_THEIR_TYPE
    ]
    assert silent == []


def test_claims_have_the_relations_of_the_vocabulary_in_its_order() -> None:
    assert annotations.Relations.__struct_fields__ == RELATIONS


def test_every_mapping_that_people_write_is_in_a_schema() -> None:
    structs = {
        name.removesuffix("Entry")
        for name, each in vars(annotations).items()
        if isinstance(each, type) and issubclass(each, annotations.Entry) and each is not annotations.Entry
    }
    assert structs == {struct for name in FILES for struct in schema(name)["$defs"]}


@pytest.mark.parametrize(("name", "file", "value"), list(written()), ids=lambda each: getattr(each, "name", "-"))
def test_what_kg_reads_an_editor_finds_right(name: str, file: Path, value: object) -> None:
    assert errors(name, value) == [], file


@pytest.mark.parametrize("name", [name for name, file in FILES.items() if file.yaml and name != "reading"])
def test_the_seed_s_files_point_to_the_schemas_beside_them(name: str) -> None:
    pattern = {"claims": "*.claims.yaml"}.get(name, f"{name}.yaml")
    first_lines = {file.read_text(encoding="utf-8").partition("\n")[0] for file in SEEDS.glob(pattern)}
    assert first_lines == {MARK.format(name)}


def test_the_schemas_beside_the_seed_are_those_of_this_version(tmp_path: Path) -> None:
    """`kg schema -o seeds/schemas` writes them."""
    assert run(["schema", "-o", str(tmp_path)]) == 0
    made = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert {file.name: file.read_bytes() for file in (SEEDS / "schemas").iterdir()} == made


def test_one_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema", "entities"]) == 0
    assert json.loads(capsys.readouterr().out) == schema("entities")


CLAIM: dict[str, Any] = {"speaker": "a", "words": "Ja"}
CONFIG = {"base": "https://kg.example/", "title": "A", "licence": "https://x.example/", "language": "nl"}


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"speeker": "a"}, "claims/c01: additionalProperties"),
        ({"act": "says"}, "claims/c01/act: enum"),
        ({"form": "quoted"}, "claims/c01/form: enum"),
        ({"form": ""}, "claims/c01/form: enum"),
        ({"speaker": "De NAVO"}, "claims/c01/speaker: anyOf"),
        ({"speaker": None}, "claims/c01/speaker: anyOf"),
        ({"words": {"words": "Ja", "within": "Ja, zei"}}, "claims/c01/words: anyOf"),
        ({"words": {"words": "Ja", "start": "twelve"}}, "claims/c01/words: anyOf"),
        ({"words": {"words": "Ja", "start": -1}}, "claims/c01/words: anyOf"),
        ({"words": ""}, "claims/c01/words: anyOf"),
        ({"said": {"words": "vrijdag"}}, "claims/c01/said: anyOf"),
        ({"at": "De beurs"}, "claims/c01/at: pattern"),
        ({"translated": "d"}, "claims/c01/translated: minLength"),
        ({"relations": {"answer": "c02"}}, "claims/c01/relations: additionalProperties"),
        ({"inferred": ["act", "too"]}, "claims/c01/inferred: anyOf"),
        ({"gist": ["Ja"]}, "claims/c01/gist: anyOf"),
        ({"note": {"en": {"text": "No"}}}, "claims/c01/note: anyOf"),
    ],
)
def test_a_mistake_in_a_claim_is_seen_by_the_editor(fields: dict[str, object], found: str) -> None:
    assert errors("claims", {"claims": {"c01": CLAIM | fields}}) == [found]


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("claims", {"claims": {"c01": {"words": "Ja"}}}, "claims/c01: required"),
        ("claims", {"claims": {"C01": CLAIM}}, "claims: pattern"),
        ("claims", {"claim": {}}, ": additionalProperties"),
        ("claims", {"annotation": {"status": "finished"}}, "annotation/status: enum"),
        ("claims", {"annotation": {"on": "24-11-2026"}}, "annotation/on: pattern"),
        ("claims", {"annotation": {"reviewed": {"by": "bob"}}}, "annotation/reviewed: required"),
        ("claims", {"article": {"id": "My article"}}, "article/id: pattern"),
        ("claims", {"article": {"transcript": "perhaps"}}, "article/transcript: type"),
        ("claims", {"occasions": {"talk": {"kind": "talk"}}}, "occasions/talk: additionalProperties"),
        ("claims", {"sources": {"spokesman": {}}}, "sources/spokesman: required"),
        ("claims", {"withdrawn": {"c02": {"on": "today", "why": "Twice."}}}, "withdrawn/c02/on: pattern"),
        ("entities", {"a": {"type": "City", "name": "A"}}, "a/type: enum"),
        ("entities", {"a": {"type": "Place"}}, "a: required"),
        ("entities", {"A": {"type": "Place", "name": "A"}}, ": pattern"),
        ("entities", {"a": {"type": "Person", "name": "A", "roles": {"b": {}}}}, "a/roles/b: required"),
        ("corpus", {key: CONFIG[key] for key in ("base", "title", "language")}, ": required"),
        ("corpus", CONFIG | {"text": "some"}, "text: enum"),
        ("corpus", CONFIG | {"annotators": {"ann": {"name": "Ann", "type": "Robot"}}}, "annotators/ann/type: enum"),
        ("line", {"claims": {}}, ": required"),
        ("line", {"article": {"id": "one", "text": 12}}, "article/text: type"),
    ],
)
def test_a_mistake_elsewhere_is_seen_by_the_editor(name: str, value: object, found: str) -> None:
    assert errors(name, value) == [found]


def test_in_yaml_a_text_may_look_like_a_number() -> None:
    value = yaml.load("{speaker: a, words: 12, said: 2020, gist: {no: 1.10}, translated: no}", Editor)
    assert value == {"speaker": "a", "words": 12, "said": 2020, "gist": {"no": 1.1}, "translated": "no"}
    assert errors("claims", {"claims": {"c01": value}}) == []
