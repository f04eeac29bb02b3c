"""Plain values → Structs at msgspec's speed; if that fails, everything that is wrong with them."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from kg.corpus.ids import are_sound
from kg.corpus.structure import field_at, mismatches
from kg.corpus.tree import Tree
from kg.corpus.yaml_reader import read_yaml
from kg.errors import CorpusError, Finding, Spot
from kg.files import Lines, read_text

File = TypeVar("File")
"""`ClaimsFile`, `CorpusFile`, `EntitiesFile`, `LineFile`."""

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


def yaml_file(file: str, of: type[File]) -> File:
    """Return a YAML file as a Struct. Raises `CorpusError` with every finding, `FileError` if it is unreadable."""
    text = read_text(file)
    tree = read_yaml(text, file)
    return typed(tree._replace(findings=(*tree.findings, *_lost_to_comments(tree, of, text, file))), of, file)


def typed(tree: Tree, of: type[File], file: str, *, line: int = 0) -> File:
    """Return the values as a Struct. Raises `CorpusError` with every finding, those of the reader first."""
    try:
        value = msgspec.convert(tree.value, of, strict=False)
    except msgspec.ValidationError as error:
        found = mismatches(tree, of, file, line=line)
        # Should the walk ever miss what msgspec saw, its own words are better than none.
        odd = Finding("violation", f"the file must be as its schema says: {error}", "schema", Spot(file, (), line))
        raise CorpusError([*tree.findings, *(found or [odd])]) from error
    found = mismatches(tree, of, file, line=line) if tree.suspect or not are_sound(value) else []
    if tree.findings or found:
        raise CorpusError([*tree.findings, *found])
    return value


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
