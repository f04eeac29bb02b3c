"""What a file holds before it has a type: mappings, lists and strings, with what the bad path needs to know."""

from __future__ import annotations

from typing import NamedTuple

from kg.errors import Finding, Path

MAX_DEPTH = 16
"""How deep values may nest: the deepest that any file of ours needs is 6."""


class Comment(NamedTuple):
    """A comment that follows an unquoted text on its line: the path of the text, the offset of the `#`."""

    path: Path
    offset: int


class Tree(NamedTuple):
    """A file as plain values.

    `cut` are the keys without a value in a flow mapping, where a comma may have cut a text; `suspect` says that the
    value must be looked through although it may have the right type (an empty text, a number too many).
    """

    value: object
    findings: tuple[Finding, ...] = ()
    suspect: bool = False
    cut: frozenset[Path] = frozenset()
    comments: tuple[Comment, ...] = ()
