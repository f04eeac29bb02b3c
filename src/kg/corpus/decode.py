"""Plain values → Structs at msgspec's speed; if that fails, everything that is wrong with them."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, TypeVar

import msgspec

from kg.annotations.classes import CorpusFile, EntitiesFile
from kg.corpus.ids import are_sound
from kg.corpus.structure import field_at, mismatches
from kg.corpus.tree import Tree
from kg.corpus.yaml_reader import read_yaml
from kg.errors import Finding, Path, Spot
from kg.files.input_files import NAMED
from kg.files.text_files import Lines, read_text

File = TypeVar("File")
"""`ClaimsFile`, `CorpusFile`, `EntitiesFile`, `LineFile`."""

# What can be wrong with a field while its entry is still what was meant: `claims/c01/act`, `stoltenberg/also`.
_OF_A_FIELD = frozenset(("unknown-key", "not-allowed", "wrong-kind", "empty-value", "not-true-or-false", "bad-day"))
_FIELD_DEPTHS: dict[object, int] = {CorpusFile: 1, EntitiesFile: 2}
_FIELD_DEPTH = 3

# Fields whose text is read by people, so that a part lost to a comment would not be missed by any later check.
_FREE_TEXT = frozenset(
    [
        "words",
        "gist",
        "in",
        "speaker_words",
        "cue",
        "why",
        "note",
        "name",
        "also",
        "title",
        "headline",
        "description",
    ]
)


def yaml_tree(file: str, of: object, folder: str = NAMED) -> Tree:
    """Return the values of a YAML file. Raises `CorpusError` if it is no YAML, `FileError` if it is unreadable."""
    text = read_text(file, folder)
    tree = read_yaml(text, file)
    return tree._replace(findings=(*tree.findings, *_lost_to_comments(tree, of, text, file)))


def salvaged(tree: Tree, of: type[File], file: str, *, line: int = 0) -> tuple[File | None, list[Finding]]:
    """Return the values as a Struct, and every finding.

    Where only fields are wrong, the Struct is without them, so that all else in the file can still be checked;
    where more is, it is None.
    """
    try:
        value = msgspec.convert(tree.value, of, strict=False)
    except msgspec.ValidationError as error:
        found = mismatches(tree, of, file, line=line)
        # Should the walk ever miss what msgspec saw, its own words are better than none.
        odd = Finding("violation", f"the file must be as its schema says: {error}", "schema", Spot(file, (), line))
        return _without(found, tree, of), [*tree.findings, *(found or [odd])]
    found = mismatches(tree, of, file, line=line) if tree.suspect or not are_sound(value) else []
    return None if found or not _is_safe(tree) else value, [*tree.findings, *found]


def _without(findings: list[Finding], tree: Tree, of: type[File]) -> File | None:
    """Return the values without the fields that findings are about; None where one is no field of an entry."""
    if not findings or not _is_safe(tree):
        return None
    depth = _FIELD_DEPTHS.get(of, _FIELD_DEPTH)
    values = deepcopy(tree.value)
    for finding in findings:
        path = finding.at.path if isinstance(finding.at, Spot) else ()
        if finding.rule not in _OF_A_FIELD or len(path) < depth:
            return None
        _remove(values, path)
    try:
        value = msgspec.convert(values, of, strict=False)
    except msgspec.ValidationError:
        return None
    return value if are_sound(value) else None


def _is_safe(tree: Tree) -> bool:
    """Tell whether the values are what was written, but perhaps for an end lost to a comment."""
    return all(finding.rule == "lost-to-comment" for finding in tree.findings)


def _remove(values: Any, path: Path) -> None:
    for step in path[:-1]:
        values = values[step]
    if isinstance(values, dict):
        values.pop(path[-1], None)


def _lost_to_comments(tree: Tree, of: object, text: str, file: str) -> list[Finding]:
    """Return a finding for each unquoted text whose end a ` #` made a comment."""
    if not tree.comments:
        return []
    lines = Lines(file, text)
    fields = [(field_at(of, comment.path), comment.offset) for comment in tree.comments]
    return [
        Finding("violation", _lost(field), "lost-to-comment", lines.place(offset))
        for field, offset in fields
        if field in _FREE_TEXT
    ]


def _lost(field: str) -> str:
    return (
        f"an unquoted text ends at ` #`, so the rest of `{field}` is lost: put the text in quotation marks, "
        "or the comment on a line of its own"
    )
