"""Recursive shapes, and shapes and paths that lead through a hundred others."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from kg.errors import FileError
from kg.rdf.terms import Iri, Node
from kg.shacl import Result, Shapes, validate
from kg.shacl.pyshacl_engine import validate_with_pyshacl
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
    """Return a chain of nodes; the last refers to another node."""
    names = [*(ex(f"n{number}") for number in range(count)), last]
    return [Node(node, {ex("next"): [after]}) for node, after in pairwise(names)]


def chain(count: int, targeted: str) -> str:
    """Return a chain of shapes that refer to the next."""
    links = "".join(f"ex:s{number} sh:node ex:s{number + 1} .\n" for number in range(count))
    return f"{links} ex:s{count} sh:class ex:C . {targeted} sh:targetNode ex:a ."


@pytest.mark.parametrize(
    ("written", "reasons"),
    [
        (RECURSIVE, {"S": "is recursive"}),
        (
            "ex:S sh:targetNode ex:n0 ; sh:property ex:P . ex:P sh:path ex:p ; sh:property ex:P .",
            {"S": "refers to ex:P"},
        ),
        ("ex:A sh:targetNode ex:a ; sh:node ex:S . " + RECURSIVE, {"A": "refers to ex:S", "S": "is recursive"}),
        ("ex:S sh:targetNode ex:a ; sh:or ( [ sh:not ex:S ] ex:T ) . ex:T sh:class ex:C .", {"S": "is recursive"}),
        ("ex:S sh:targetNode ex:a ; sh:node ex:T . ex:T sh:deactivated true ; sh:node ex:S .", {}),
    ],
)
def test_recursive_shapes_are_left_to_pyshacl(
    shapes: Callable[[str], Shapes], written: str, reasons: dict[str, str]
) -> None:
    full = {"refers to ex:P": f"refers to {ex('P')}, which is recursive"}
    full["refers to ex:S"] = f"refers to {ex('S')}, which is recursive"

    assert shapes(written).for_pyshacl == {ex(name): full.get(reason, reason) for name, reason in reasons.items()}


def test_a_recursive_shape_gets_the_results_of_pyshacl(shapes: Callable[[str], Shapes]) -> None:
    compiled = shapes("ex:Own sh:targetNode ex:n0 ; sh:nodeKind sh:Literal . " + RECURSIVE)
    nodes = in_a_row(2, last=Iri('"the end"'))

    own, recursive = validate(nodes, compiled)

    assert (own.focus, own.shape) == (ex("n0"), ex("Own"))
    assert (recursive.focus, recursive.path, recursive.value) == (ex("n0"), ex("next"), ex("n1"))
    assert recursive in validate_with_pyshacl(nodes, compiled)
    assert validate(in_a_row(2, last=ex("n0")), compiled) == [own]


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


@pytest.mark.slow
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


def test_paths_that_are_nested_too_deep_are_an_error_with_their_shape(
    shapes: Callable[[str], Shapes], tmp_path: Path
) -> None:
    path = "[ sh:zeroOrOnePath " * 1500 + "ex:p" + " ]" * 1500

    with pytest.raises(FileError) as caught:
        shapes(f"ex:S sh:targetNode ex:a ; sh:property ex:P . ex:P sh:minCount 1 ; sh:path {path} .")

    start, _, end = str(caught.value).partition(" sh:path cannot be _:")
    assert start == f"{tmp_path / 's.ttl'}: shape {ex('P')}:"
    assert end.partition(": ")[2] == "paths must not be nested more than 100 deep: write a shorter one"
