"""Shapes, paths and nodes that lead from one to the next a hundred times, and how too many of them are told."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from kg.errors import FileError
from kg.rdf.terms import Iri, Node
from kg.shacl import Result, Shapes, validate, validate_with_pyshacl
from support.shapes_written import compiled

EX = "http://example.org/"
HEAD = f"@prefix ex: <{EX}> . @prefix sh: <http://www.w3.org/ns/shacl#> .\n"
RECURSIVE = "ex:S sh:targetNode ex:n0 ; sh:nodeKind sh:IRI ; sh:property [ sh:path ex:next ; sh:node ex:S ] ."


@pytest.fixture
def shapes(tmp_path: Path) -> Callable[[str], Shapes]:
    """Compile shapes."""
    return lambda written: compiled(tmp_path, HEAD + written)


def ex(name: str) -> Iri:
    return Iri(f"<{EX}{name}>")


def in_a_row(count: int, last: Iri) -> list[Node]:
    """Return nodes each of which has the next, and the last of them another one."""
    names = [*(ex(f"n{number}") for number in range(count)), last]
    return [Node(node, {ex("next"): [after]}) for node, after in pairwise(names)]


def chain(count: int, targeted: str) -> str:
    """Return shapes each of which refers to the next."""
    links = "".join(f"ex:s{number} sh:node ex:s{number + 1} .\n" for number in range(count))
    return f"{links} ex:s{count} sh:class ex:C . {targeted} sh:targetNode ex:a ."


def too_deep(file: Path, shape: str, node: str) -> str:
    return (
        f"{file}: shape {ex(shape)}: it leads too deep from {ex(node)}, from shape to shape or from node to node: "
        "join shapes into one, or ask by a path, as with sh:zeroOrMorePath, what must hold of all nodes"
    )


def test_a_recursive_shape_follows_nodes_that_lead_to_each_other(shapes: Callable[[str], Shapes]) -> None:
    compiled = shapes(RECURSIVE)

    assert validate(in_a_row(150, last=ex("n0")), compiled) == []
    (result,) = validate(in_a_row(150, last=Iri('"the end"')), compiled)
    assert (result.focus, result.path, result.value) == (ex("n0"), ex("next"), ex("n1"))


def test_a_recursive_shape_that_leads_through_too_many_nodes_is_named(
    shapes: Callable[[str], Shapes], tmp_path: Path
) -> None:
    compiled = shapes("ex:Other sh:targetNode ex:n0 ; sh:nodeKind sh:IRI . " + RECURSIVE)

    with pytest.raises(FileError) as caught:
        validate(in_a_row(3000, last=ex("n0")), compiled)

    assert str(caught.value) == too_deep(tmp_path / "s.ttl", "S", "n0")


@pytest.mark.parametrize(("engine", "count"), [(validate, 79), (validate_with_pyshacl, 50)])
def test_a_shape_may_lead_through_many_others(
    shapes: Callable[[str], Shapes], engine: Callable[..., list[Result]], count: int
) -> None:
    (result,) = engine([Node(ex("a"), {})], shapes(chain(count, "ex:s0")))

    assert (result.focus, result.value) == (ex("a"), ex("a"))


def test_a_shape_that_leads_through_too_many_others_is_named(
    shapes: Callable[[str], Shapes], tmp_path: Path
) -> None:
    with pytest.raises(FileError) as caught:
        shapes(chain(3000, "ex:s0"))

    assert str(caught.value) == (
        f"{tmp_path / 's.ttl'}: shape {ex('s0')}: it must not lead through more than 80 others, each referring to "
        "the next: join some of them into one shape"
    )


def test_shapes_that_lead_through_too_many_others_are_named_where_each_is_compiled_alone(
    shapes: Callable[[str], Shapes], tmp_path: Path
) -> None:
    links = [f"ex:s{number} sh:targetNode ex:a ; sh:node ex:s{number + 1} ." for number in reversed(range(3000))]

    with pytest.raises(FileError) as caught:
        shapes("ex:s3000 sh:class ex:C . " + "\n".join(links))

    assert str(caught.value).startswith(f"{tmp_path / 's.ttl'}: shape <{EX}s")


def test_a_list_of_many_shapes_is_not_deep(shapes: Callable[[str], Shapes]) -> None:
    choices = " ".join(f"[ sh:hasValue ex:v{number} ]" for number in range(500))
    compiled = shapes(f"ex:S sh:targetNode ex:a, ex:v7 ; sh:or ( {choices} ) .")

    assert [each.focus for each in validate([Node(ex("a"), {}), Node(ex("v7"), {})], compiled)] == [ex("a")]


def test_paths_that_stand_in_each_other_too_deep_are_told_with_their_shape(
    shapes: Callable[[str], Shapes], tmp_path: Path
) -> None:
    path = "[ sh:zeroOrOnePath " * 1500 + "ex:p" + " ]" * 1500

    with pytest.raises(FileError) as caught:
        shapes(f"ex:S sh:targetNode ex:a ; sh:property ex:P . ex:P sh:minCount 1 ; sh:path {path} .")

    start, _, end = str(caught.value).partition(" sh:path cannot be _:")
    assert start == f"{tmp_path / 's.ttl'}: shape {ex('P')}:"
    assert end.partition(": ")[2] == "paths must stand in each other no more than 100 deep: write a shorter one"


def all_to_all(count: int, last: Iri) -> list[Node]:
    """Return nodes each of which has all, and the last of them another one."""
    names = [ex(f"n{number}") for number in range(count)]
    return [Node(node, {ex("next"): [*names, last] if node == names[-1] else names}) for node in names]


@pytest.mark.parametrize(
    "recursive",
    [
        RECURSIVE,
        "ex:S sh:targetNode ex:n0 ; sh:property [ sh:path ex:next ; sh:or ( [ sh:nodeKind sh:BlankNode ] ex:S ) ; "
        "sh:nodeKind sh:IRI ] .",
        "ex:S sh:targetNode ex:n0 ; sh:property ex:P . ex:P sh:path ex:next ; sh:nodeKind sh:IRI ; sh:node ex:S .",
    ],
)
def test_nodes_that_all_lead_to_each_other_are_visited_once(
    shapes: Callable[[str], Shapes], recursive: str
) -> None:
    """In every order, a hundred nodes would take longer than the sun shines."""
    compiled = shapes(recursive)

    assert validate(all_to_all(100, last=ex("n0")), compiled) == []
    results = validate(all_to_all(100, last=Iri('"the end"')), compiled)
    assert {each.focus for each in results} == {ex("n0")}
    assert {each.value for each in results} == {ex(f"n{number}") for number in range(100)}


def test_properties_within_properties_of_nodes_that_all_lead_to_each_other_are_looked_at_once(
    shapes: Callable[[str], Shapes],
) -> None:
    compiled = shapes("ex:S sh:targetNode ex:n0 ; sh:property ex:P . ex:P sh:path ex:next ; sh:property ex:P .")

    assert validate(all_to_all(100, last=ex("n0")), compiled) == []


def test_where_a_circle_asks_that_a_node_does_not_conform_nothing_is_remembered(
    shapes: Callable[[str], Shapes],
) -> None:
    compiled = shapes("ex:S sh:targetNode ex:n0 , ex:n1 ; sh:property [ sh:path ex:next ; sh:not ex:S ] .")

    results = validate(in_a_row(3, last=ex("n3")), compiled)

    # n2 has n3, which has nothing and so conforms: n2 does not, so that n1 does, and n0 does not.
    assert [(each.focus, each.value) for each in results] == [(ex("n0"), ex("n1"))]
