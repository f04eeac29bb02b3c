"""sh:inversePath of longer paths: it leads back wherever the path leads, and takes no longer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kg.rdf.terms import Iri, Node, plain
from kg.shacl import Result, Shapes, compile_shapes, validate
from kg.shacl.pyshacl_engine import validate_with_pyshacl

EX = "http://example.org/"
HEAD = f"@prefix ex: <{EX}> . @prefix sh: <http://www.w3.org/ns/shacl#> .\n"
PATHS = [
    *("ex:p", "[ sh:inversePath ex:p ]", "[ sh:inversePath [ sh:inversePath ex:p ] ]"),
    *("[ sh:alternativePath ( ex:p ex:q ) ]", "[ sh:alternativePath ( ex:p [ sh:inversePath ex:q ] ) ]"),
    *("[ sh:zeroOrMorePath ex:p ]", "[ sh:oneOrMorePath ex:p ]", "[ sh:zeroOrOnePath ex:q ]"),
    "[ sh:oneOrMorePath [ sh:alternativePath ( ex:p [ sh:inversePath ex:q ] ) ] ]",
]
SEQUENCES = [
    *("( ex:p ex:q )", "( ex:p [ sh:inversePath ex:q ] )", "( ex:q ( ex:p ex:p ) )"),
    *("[ sh:zeroOrMorePath ( ex:p ex:q ) ]", "[ sh:inversePath ( ex:q [ sh:zeroOrOnePath ex:p ] ) ]"),
]


def ex(name: str) -> Iri:
    return Iri(f"<{EX}{name}>")


UNIT = [
    Node(ex("a"), {ex("p"): [ex("b"), ex("c")], ex("q"): [ex("a"), plain("x")]}),
    Node(ex("b"), {ex("p"): [ex("a"), plain("x")], ex("q"): [ex("c")]}),
    Node(ex("c"), {ex("q"): [ex("d"), ex("b")]}),
]


@pytest.fixture
def shapes(tmp_path: Path) -> Callable[[str], Shapes]:
    """Compile a shape that lists all to which a path leads."""

    def compiled(path: str) -> Shapes:
        file = tmp_path / "s.ttl"
        targets = 'ex:a , ex:b , ex:c , ex:d , ex:e , "x"'
        file.write_text(f"{HEAD} ex:S sh:targetNode {targets} ; sh:property [ sh:path {path} ; sh:in ( ) ] .")
        return compile_shapes([file])

    return compiled


def pairs(results: list[Result]) -> list[tuple[str, str]]:
    return sorted((each.focus, each.value) for each in results)


@pytest.mark.parametrize("path", [*PATHS, *SEQUENCES])
def test_the_inverse_of_a_path_leads_back(shapes: Callable[[str], Shapes], path: str) -> None:
    forth, back = (pairs(validate(UNIT, shapes(each))) for each in (path, f"[ sh:inversePath {path} ]"))

    assert back == sorted((value, focus) for focus, value in forth)


# Not the sequences: pySHACL follows their inverted steps in the order of the sequence.
@pytest.mark.parametrize("path", PATHS)
def test_the_inverse_of_a_path_leads_where_pyshacl_goes(shapes: Callable[[str], Shapes], path: str) -> None:
    compiled = shapes(f"[ sh:inversePath {path} ]")

    assert pairs(validate(UNIT, compiled)) == pairs(validate_with_pyshacl(UNIT, compiled))


def test_the_inverse_of_a_sequence_of_many_nodes_asks_those_on_the_way_only(tmp_path: Path) -> None:
    """Each of 4,000 nodes tried from each of them would take minutes."""
    file = tmp_path / "s.ttl"
    file.write_text(
        f"{HEAD} ex:S sh:targetSubjectsOf ex:p ; sh:property ex:P . "
        "ex:P sh:path [ sh:inversePath ( ex:p ex:p ) ] ; sh:minCount 1 ."
    )
    names = [ex(f"n{number}") for number in range(4000)]
    unit = [Node(node, {ex("p"): [names[number - 1]]}) for number, node in enumerate(names)]

    assert validate(unit, compile_shapes([file])) == []
