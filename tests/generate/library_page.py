"""Writes docs/library.md from the docstrings of the library."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import kg

HEAD = """# The library

This page is generated from the docstrings of the library; a test runs every example on it.

`pip install kg-claims` installs the package `kg`. Everything on this page is public and follows semantic
versioning: before something is removed or changes its meaning, it gives a warning for one minor version. The rest
of the package may change in any version. The command `kg` is a thin layer over the library. Examples begin with
`import kg`.
"""
RENAME = ("rename_entity", "rename_claim", "rename_article")
FUNCTIONS = ("open", "import_", "load", "forget", "verify", "diff", "rdf_patch", *RENAME, "merge", "format_names")
CLASSES = ("Corpus", "Report", "ArticleRecord", "ClaimRecord", "DateRecord", "Finding", "Place")
ERRORS = ("KgError", "CorpusError", "FileError", "UsageError")


def page() -> Iterator[str]:
    """Yield the page's lines."""
    yield HEAD
    yield "## Functions\n"
    for name in FUNCTIONS:
        yield from _function(f"kg.{name}", getattr(kg, name))
    for name in CLASSES:
        yield from _class(name, getattr(kg, name))
    yield "## Errors\n"
    for name in ERRORS:
        yield f"**`kg.{name}`**: {_paragraphs(getattr(kg, name))[0]}\n"


def _class(name: str, kind: type) -> Iterator[str]:
    yield f"## kg.{name}\n"
    yield from _documented(kind)
    if fields := getattr(kind, "__annotations__", {}) if issubclass(kind, tuple) else {}:
        yield "| field | type |\n|---|---|"
        yield from (f"| `{field}` | `{_type_name(each)}` |" for field, each in fields.items())
        yield ""
    for member, value in vars(kind).items():
        if member.startswith("_"):
            continue
        if isinstance(value, property):
            yield f"### {name}.{member}\n"
            yield from _documented(value)
        elif inspect.isfunction(value):
            yield from _function(f"{name}.{member}", value)


def _function(name: str, function: Any) -> Iterator[str]:
    signature = re.sub(r"(: |-> )'([^']*)'", r"\1\2", str(inspect.signature(function)))
    signature = signature.replace("(self, ", "(").replace("(self)", "()")
    yield f"### {name}\n"
    yield f"```python\n{name}{_plain(signature)}\n```\n"
    yield from _documented(function)


def _plain(signature: str) -> str:
    return re.sub(r"\b(?:kg\.\w+\.|os\.|typing\.)", "", str(signature))


def _type_name(annotation: Any) -> str:
    """Return a type as it is written in the code, for a cell of a table."""
    return str(getattr(annotation, "__forward_arg__", annotation)).replace("|", "\\|")


def _paragraphs(thing: Any) -> list[str]:
    return (inspect.getdoc(thing) or "").split("\n\n")


def _documented(thing: Any) -> Iterator[str]:
    for paragraph in _paragraphs(thing):
        yield f"```pycon\n{paragraph}\n```\n" if paragraph.startswith(">>>") else f"{paragraph}\n"
