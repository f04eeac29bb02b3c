"""Where the files of a corpus refer to things by their ids, and the text of a file with other ids.

Only the characters of an id change: comments, layout and quotation marks stay.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from kg.annotations.own_fields import OwnField
from kg.corpus.editing import Edit, EditError, as_read, assigned, edited, read_values, value_at
from kg.corpus.writer import CLAIMS_LAYOUT, written_key
from kg.corpus.yaml_document import Replacement, YamlDocument, replaced
from kg.errors import Path
from kg.files.json_reader import json_tokens
from kg.files.places import Mark, index_values

FileKind = Literal["claims", "entities", "config"]
ReferenceKind = Literal["entity", "annotator", "claim", "published", "guideline"]

# The fields that have ids of other things; `*` is any key or number. A field of several has a list or one value.
REFERENCE_FIELDS: dict[FileKind, dict[ReferenceKind, tuple[str, ...]]] = {
    "claims": {
        "entity": (
            *("article/publisher", "article/author", "article/copyright/holder"),
            *("occasions/*/outlet", "occasions/*/place", "occasions/*/part_of", "sources/*/for"),
            *("claims/*/speaker", "claims/*/for", "claims/*/at", "claims/*/to", "claims/*/about", "claims/*/in"),
            "claims/*/reviews/*/by",
        ),
        "annotator": ("annotation/by", "annotation/reviewed/by", "claims/*/contributors", "claims/*/decision/by"),
        "claim": ("claims/*/relations/*", "withdrawn/*/replaced_by"),
        "published": ("claims/*/decision/claim",),
        "guideline": ("annotation/guideline",),
    },
    "entities": {"entity": ("*/roles/*/organization", "*/place", "*/part_of", "*/broader")},
    "config": {
        "entity": ("publisher", "creator", "spatial", "funding/*/funder"),
        "annotator": ("creator",),
    },
}
_OWN = {"claims": (("claims", "claims/*/"), ("articles", "article/")), "entities": (("entities", "*/"),)}
# In these fields, an id of the file's own comes before an entity.
_LOCAL = {"speaker": "sources", "at": "occasions"}


class IdReference(NamedTuple):
    """An id of another thing, at the path of its value; a claim of another article is `article-id/c02`.

    In a reading, a `claim` is one of the reading, and `published` one of the published claims of its article.
    """

    kind: ReferenceKind
    path: Path
    name: str


def references(values: Any, file: FileKind, fields: Sequence[OwnField] = ()) -> Iterator[IdReference]:
    """Yield the references in the values of a file; `fields` are those that the corpus declares.

    A creator in corpus.yaml is an entity or an annotator: it is yielded as both.
    """
    for kind, patterns in REFERENCE_FIELDS[file].items():
        for pattern in patterns:
            yield from _at(values, file, kind, pattern)
    for of, prefix in _OWN.get(file, ()):
        for field in fields:
            if field.kind == of and field.type == "entity" and not field.values:
                yield from _at(values, file, "entity", f"{prefix}{field.name}")


def _at(values: Any, file: FileKind, kind: ReferenceKind, pattern: str) -> Iterator[IdReference]:
    steps = pattern.split("/")
    local = _LOCAL.get(steps[-1], "") if file == "claims" and steps[0] == "claims" else ""
    own = value_at(values, (local,)) if local else None
    for path, name in _texts(values, steps, ()):
        if not (isinstance(own, dict) and name in own):
            yield IdReference(kind, path, name)


def _texts(value: Any, steps: Sequence[str], path: Path) -> Iterator[tuple[Path, str]]:
    """Yield the texts at the end of the steps, and the items of lists there."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if not steps:
        if isinstance(value, str):
            yield path, value
        yield from (((*path, n), each) for n, each in entries if isinstance(value, list) and isinstance(each, str))
        return
    for key, each in entries:
        if steps[0] in ("*", key):
            yield from _texts(each, steps[1:], (*path, key))


class Rewriting(NamedTuple):
    """What changes in a file: texts by their paths, the new keys of entries, then values at their new paths."""

    texts: Mapping[Path, str] = {}  # never changed
    keys: Mapping[Path, str] = {}  # never changed
    edits: Sequence[Edit] = ()

    def __bool__(self) -> bool:
        return bool(self.texts or self.keys or self.edits)


def rewritten_yaml(text: str, rewriting: Rewriting, *, of: Any, file: str) -> str:
    """Return the text of a YAML file with its changes; `of` is the class of the file.

    Raises `CorpusError` if the text cannot be read, `EditError` if a value cannot be changed.
    """
    mark = text[:1] if text.startswith("\ufeff") else ""
    values = read_values(text, file)
    texts, lists = _without_repeats(values, rewriting.texts)
    text = edited(text.removeprefix(mark), [Edit(*each) for each in lists.items()], of=of, file=file)
    values = read_values(text, file)
    document = YamlDocument(text, values, CLAIMS_LAYOUT)
    changes = [each for path, new in texts.items() for each in document.replace(path, new)]
    for path, key in rewriting.keys.items():
        changes.append(Replacement(document.marks[path].key, document.marks[path].key_end, written_key(key)))
    text = replaced(text, changes)
    if read_values(text, file) != _renamed(values, texts, rewriting.keys):
        raise EditError(
            f"{file}: the ids cannot be changed without changing more, as the file is written: change them in an "
            "editor"
        )
    return mark + edited(text, rewriting.edits, of=of, file=file)


def rewritten_json(text: str, values: Any, rewriting: Rewriting) -> str:
    """Return a line of JSON Lines with its changes; `values` are those of the line."""
    texts, lists = _without_repeats(values, rewriting.texts)
    marks = index_values(json_tokens(text)).marks
    changes = [_json_value(marks[path], new) for path, new in (*texts.items(), *lists.items())]
    changes += [
        Replacement(marks[path].key, marks[path].key_end, _json(key)) for path, key in rewriting.keys.items()
    ]
    text = replaced(text, changes)
    values = _renamed(values, {**texts, **lists}, rewriting.keys)
    for edit in rewriting.edits:
        text = _json_edited(text, values, edit)
        values = assigned(values, edit)
    return text


def _json_edited(text: str, values: Any, edit: Edit) -> str:
    """Return a JSON text with one value; the mappings on the way to it are made if they are absent."""
    marks = index_values(json_tokens(text)).marks
    if edit.path in marks:
        return replaced(text, [_json_value(marks[edit.path], edit.value)])
    depth = next(depth for depth in range(len(edit.path) - 1, -1, -1) if edit.path[:depth] in marks)
    parent, value = edit.path[:depth], edit.value
    for step in reversed(edit.path[depth + 1 :]):
        value = {str(step): value}  # type: ignore[dict-item]  # nothing is deleted here
    end = marks[parent].value_end - 1
    comma = ", " if value_at(values, parent) else ""
    return replaced(text, [Replacement(end, end, f"{comma}{_json(edit.path[depth])}: {_json(value)}")])


def _json_value(mark: Mark, new: Any) -> Replacement:
    return Replacement(mark.value, mark.value_end, _json(new))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _without_repeats(values: Any, texts: Mapping[Path, str]) -> tuple[dict[Path, str], dict[Path, Any]]:
    """Return the texts that change, and apart from them the lists that would name something twice."""
    lists: dict[Path, Any] = {}
    for path in texts:
        items = value_at(values, path[:-1])
        if isinstance(items, list):
            new = [texts.get((*path[:-1], n), item) for n, item in enumerate(items)]
            if len(set(new)) < len(new):
                lists[path[:-1]] = list(dict.fromkeys(new))
    return {path: new for path, new in texts.items() if path[:-1] not in lists}, lists


def _renamed(values: Any, texts: Mapping[Path, Any], keys: Mapping[Path, str]) -> Any:
    """Return the values with other texts and other keys, which are entries of mappings in different places."""
    for path, new in texts.items():
        values = assigned(values, Edit(path, as_read(new)))
    for path, key in keys.items():
        parent = value_at(values, path[:-1])
        entries = {key if each == path[-1] else each: item for each, item in parent.items()}
        values = assigned(values, Edit(path[:-1], entries)) if path[:-1] else entries
    return values
