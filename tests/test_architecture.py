"""The house: every module stands on its floor and looks only down, or to its left on its own floor."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import kg

SOURCE = Path(kg.__file__).parent
# Each floor's rooms in the order in which they may use one another: a room knows those to its left and below.
FLOORS = tuple(
    tuple(rooms.split())
    for rooms in (
        "errors terms vocab",
        "cores locks rules resources stretches slips likeness digests packed files output databases spreadsheets "
        "partitioned property_paths dates annotations model schemas",
        "iris quotes anchors positions",
        "corpus meaning mappers",
        "graph formats",
        "shapes origins findings reports foreign tables store remote questions arguments holdings",
        "whole documents units cache publication workers jobs spark build pages serve drafts imports importers",
        "kg cli __main__",
    )
)
RANKS = {room: (floor, place) for floor, rooms in enumerate(FLOORS) for place, room in enumerate(rooms)}
# Other worlds of terms, each met in these rooms only.
GUESTS = {
    "jinja2": {"pages"},
    "markdown_it": {"pages"},
    "markupsafe": {"pages"},
    "py4j": {"spark"},
    "pyspark": {"spark"},
    "rdflib": {"shapes"},
    "pyshacl": {"shapes"},
    "httpx": {"remote"},
    "pyoxigraph": {"foreign", "remote", "serve", "shapes", "store", "pages"},
    "starlette": {"serve"},
    "uvicorn": {"serve"},
}
SLOW = ("py4j", "pyshacl", "pyspark", "rdflib")


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


def rank(room: str) -> tuple[int, int]:
    """Return the floor and the place of a room; one that is on no floor may know all and be known by none."""
    return RANKS.get(room, (len(FLOORS), 0))


def room_of(name: str) -> str:
    """Return the room of `kg.terms.iri`: `terms`; of `kg.__version__` it is `kg`."""
    second = name.split(".")[1] if "." in name else "kg"
    return second if second in RANKS or _is_module(second) else "kg"


def _is_module(name: str) -> bool:
    return (SOURCE / f"{name}.py").exists() or (SOURCE / name).is_dir()


def test_every_module_stands_on_a_floor() -> None:
    assert {room for room, _, _ in modules()} == set(RANKS)


def test_a_module_imports_from_lower_floors_and_from_its_left_only() -> None:
    upward = [
        f"{file.relative_to(SOURCE)}:{line}: {room} imports {name}"
        for room, file, tree in modules()
        for line, name in imported(tree)
        if name.split(".")[0] == "kg" and room_of(name) != room and rank(room_of(name)) >= rank(room)
    ]
    assert upward == []


def test_mappers_see_only_the_model() -> None:
    seen = {
        room_of(name)
        for room, _, tree in modules()
        if room == "mappers"
        for _, name in imported(tree)
        if name.startswith("kg.")
    }
    assert seen == {"mappers", "model", "iris", "terms", "vocab"}


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
        if rank(room) < rank("shapes")
        for line, name in imported(tree)
        if name.split(".")[0] in ("time", "uuid", "random", "secrets", "socket", "locale")
    ]
    assert found == []


def test_no_module_catches_everything() -> None:
    """Only the command does, once: no traceback reaches a user unless asked for."""
    found = [
        str(file.relative_to(SOURCE))
        for _, file, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in ("Exception", "BaseException"))
    ]
    assert found == ["cli/__init__.py"]
