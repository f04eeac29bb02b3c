"""The house: a room imports only from the rooms through which data went before it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import kg
from support import ROOT

SOURCE = Path(kg.__file__).parent
# The rooms in the order in which data flows.
ROOMS = [
    *("errors", "files", "processes", "rdf", "text", "dates", "annotations", "model", "corpus", "meaning"),
    *("mappers", "plugins", "formats", "shacl", "checks", "findings", "pipeline", "drafts", "importers"),
    *("query", "history", "publish", "desk", "api", "kg", "cli", "__main__"),
]
RANKS = {room: place for place, room in enumerate(ROOMS)}
# Libraries that only these rooms import.
GUESTS = {
    "jinja2": {"history", "publish", "desk"},
    "markdown_it": {"publish"},
    "markupsafe": {"publish", "desk"},
    "py4j": {"pipeline"},
    "pyspark": {"pipeline"},
    "pandas": {"api"},
    "numpy": {"history"},
    "pyannote": {"history"},
    "pygamma_agreement": {"history"},
    "pluggy": {"plugins"},
    "rdflib": {"api", "rdf", "shacl"},
    "pyshacl": {"shacl"},
    "httpx": {"query"},
    "prometheus_client": {"publish"},
    "pyoxigraph": {"api", "rdf", "formats", "query", "shacl", "publish"},
    "starlette": {"publish", "desk"},
    "uvicorn": {"publish", "desk"},
}
SLOW = ("numpy", "py4j", "pyannote", "pygamma_agreement", "pyshacl", "pyspark", "rdflib")


@cache
def modules() -> tuple[tuple[str, Path, ast.Module], ...]:
    """Return each module's room, file and tree."""
    files = {file: file.relative_to(SOURCE).parts[0].removesuffix(".py") for file in sorted(SOURCE.rglob("*.py"))}
    return tuple(
        ("kg" if first == "__init__" else first, file, ast.parse(file.read_text(encoding="utf-8")))
        for file, first in files.items()
    )


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the line and the full name of everything that a tree imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def rank(room: str) -> int:
    """Return the place of a room; one without a place may import all and be imported by none."""
    return RANKS.get(room, len(ROOMS))


def room_of(name: str) -> str:
    """Return the room of `kg.rdf.terms.iri`: `rdf`; of `kg.__version__` it is `kg`."""
    second = name.split(".")[1] if "." in name else "kg"
    return second if second in RANKS or _is_module(second) else "kg"


def _is_module(name: str) -> bool:
    return (SOURCE / f"{name}.py").exists() or (SOURCE / name).is_dir()


def test_every_module_has_a_room() -> None:
    assert {room for room, _, _ in modules()} == set(RANKS)


def test_no_two_classes_have_the_same_name() -> None:
    files: dict[str, list[str]] = {}
    for _, file, tree in modules():
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                files.setdefault(node.name, []).append(str(file.relative_to(SOURCE)))
    assert {name: found for name, found in files.items() if len(found) > 1} == {}


def test_a_room_imports_only_from_those_before_it() -> None:
    upward = [
        f"{file.relative_to(SOURCE)}:{line}: {room} imports {name}"
        for room, file, tree in modules()
        for line, name in imported(tree)
        if name.split(".")[0] == "kg"
        and name != "kg.__version__"
        and room_of(name) != room
        and rank(room_of(name)) >= rank(room)
    ]
    assert upward == []


def test_mappers_see_only_the_model() -> None:
    seen = {
        room_of(name)
        for room, file, tree in modules()
        if room == "mappers" and file.stem != "graphs"
        for _, name in imported(tree)
        if name.startswith("kg.")
    }
    assert seen == {"mappers", "model", "rdf"}


def test_slow_guests_are_imported_in_the_functions_that_need_them() -> None:
    found = [
        f"{file.relative_to(SOURCE)}:{node.lineno}"
        for _, file, tree in modules()
        for node in tree.body
        for _, name in (imported(node) if isinstance(node, ast.Import | ast.ImportFrom) else ())
        if name.split(".")[0] in SLOW
    ]
    assert found == []


def test_each_guest_is_met_in_its_rooms_only() -> None:
    strays = [
        f"{file.relative_to(SOURCE)}:{line}: {name}"
        for room, file, tree in modules()
        for line, name in imported(tree)
        if room not in GUESTS.get(name.split(".")[0], {room})
    ]
    assert strays == []


def test_only_the_command_prints_and_exits() -> None:
    calls = [
        f"{file.relative_to(SOURCE)}:{node.lineno}: {ast.unparse(node.func)}"
        for room, file, tree in modules()
        if room != "cli"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("print", "exit", "quit", "sys.exit", "click.echo")
    ]
    assert calls == []


def test_nothing_published_knows_the_clock_or_chance() -> None:
    found = [
        f"{file.relative_to(SOURCE)}:{line}: {name}"
        for room, file, tree in modules()
        if rank(room) < rank("shacl") and room != "processes"  # which has deadlines
        for line, name in imported(tree)
        if name.split(".")[0] in ("time", "uuid", "random", "secrets", "socket", "locale")
    ]
    assert found == []


def test_no_module_catches_everything() -> None:
    """Only the command does, once, and what loads a stranger's plug-in."""
    found = [
        str(file.relative_to(SOURCE))
        for _, file, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in ("Exception", "BaseException"))
    ]
    assert found == ["cli/__init__.py", "plugins.py"]


def test_tests_import_public_names_and_no_other_tests() -> None:
    """What test modules share is in tests/support."""
    found = [
        f"{file.relative_to(ROOT)}:{line}: {name}"
        for file in sorted((ROOT / "tests").rglob("*.py"))
        for line, name in imported(ast.parse(file.read_text(encoding="utf-8")))
        if re.search(r"(^|\.)test_|^(kg|support|bench)\b.*\._(?!_)", name)
    ]
    assert found == []
