"""Annotations → the files of a corpus: the inverse of the reader, which reads equal annotations from them.

What has its default is left out, keys stand in the order of the Structs. The annotations must be such as the reader
gives: ids are slugs, no text is empty or has control characters.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import FieldInfo, fields

from kg.annotations.classes import ClaimsFile, CorpusFile, EntityEntry
from kg.corpus.yaml_writer import Comments, Layout, Plain, yaml_text
from kg.errors import Path

__all__ = ["Comments", "claims_yaml", "config_yaml", "entities_yaml", "json_line"]

NO_COMMENTS: Comments = {}
NO_BLOCKS: frozenset[str] = frozenset()


def claims_yaml(file: ClaimsFile, comments: Comments = NO_COMMENTS, *, blocks: frozenset[str] = NO_BLOCKS) -> str:
    """Return the text of a `*.claims.yaml`.

    `comments` stand above the key at their path, which is the way to it in the file (`for`, not `speaks_for`); one
    on a field that is not given where it would stand; one on an entry or item that is not there after the last;
    one at `()` at the top. `blocks` are fields whose texts always stand in a block `|-`, in which no sign of YAML
    means anything.
    """
    value = _mapping(file)
    if value["claims"] is None and not any(path[:1] == ("claims",) for path in comments):
        value["claims"] = {}
    return yaml_text(value, Layout(_is_tall_in_claims, comments, blocks, spaced=True))


def entities_yaml(entities: Mapping[str, EntityEntry], comments: Comments = NO_COMMENTS) -> str:
    """Return the text of an `entities.yaml`; `comments` as in `claims_yaml`."""
    value: dict[str, Plain | None] = {id: _mapping(entity) for id, entity in entities.items()}
    return yaml_text(value, Layout(_is_tall_in_entities, comments, spaced=True))


def config_yaml(config: CorpusFile, comments: Comments = NO_COMMENTS) -> str:
    """Return the text of a `corpus.yaml`; `comments` as in `claims_yaml`."""
    return yaml_text(_mapping(config), Layout(_is_tall_in_config, comments))


def json_line(article_id: str, text: str, file: ClaimsFile) -> bytes:
    """Return a line of a `*.jsonl` with its line end; `text` is the whole, with the header where there is one."""
    article = {"id": article_id} | _given(_mapping(file.article)) | {"id": article_id, "text": text}
    return msgspec.json.encode({**_given(_mapping(file)), "article": article}) + b"\n"


def _mapping(struct: Struct) -> dict[str, Plain | None]:
    """Return a Struct's fields by the names that they have in a file; None is one that has its default."""
    return {
        key: None if (value := getattr(struct, name)) == default else _plain(value)
        for name, key, default in _fields(type(struct))
    }


def _plain(value: Any) -> Plain:
    if isinstance(value, Struct):
        return _mapping(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, str | int):
        return value
    raise TypeError(f"no value of a corpus: {value!r}")


def _given(value: dict[str, Plain | None]) -> dict[str, Any]:
    """Return a mapping without what is not given, at any depth."""
    return {key: _given_in(item) for key, item in value.items() if item is not None}


def _given_in(value: Plain) -> Any:
    if isinstance(value, dict):
        return _given(value)
    return [_given_in(item) for item in value] if isinstance(value, list) else value


@cache
def _fields(of: type[Struct]) -> tuple[tuple[str, str, object], ...]:
    """Return the fields of a Struct: the name, the one that it has in a file, and the default, to compare with."""
    return tuple((field.name, field.encode_name, _default(field)) for field in fields(of))


def _default(field: FieldInfo) -> object:
    return field.default_factory() if callable(field.default_factory) else field.default


def _is_tall_in_claims(path: Path) -> bool:
    return len(path) < 3 and path[:1] != ("annotation",)


def _is_tall_in_entities(path: Path) -> bool:
    return not path or (len(path) == 2 and path[1] == "roles")


def _is_tall_in_config(path: Path) -> bool:
    return not path or path == ("annotators",)
