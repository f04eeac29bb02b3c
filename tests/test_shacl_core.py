"""The W3C test suite of SHACL Core: each test passes with every field of its results, or is listed with the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from support import SHARED

from kg.shapes import Result, Shapes, compile_shapes, validate, validate_with_pyshacl
from kg.shapes.graph import TRUE, ShapesGraph, read_shapes_graph, sh
from kg.shapes.report import read_report
from kg.terms import Iri, Node, Term, iri, iri_text
from kg.vocab import RDF

SUITE = SHARED / "shacl-core" / "core"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
SHT = "http://www.w3.org/ns/shacl-test#"


class Case(NamedTuple):
    """One test of the suite, read from its file."""

    name: str
    graph: ShapesGraph
    data: Path
    shapes: Path
    report: Term


def cases() -> Iterator[Case]:
    for file in sorted(SUITE.rglob("*.ttl")):
        graph = read_shapes_graph([file])
        for test, properties in graph.triples.items():
            if iri(SHT + "Validate") in properties.get(RDF.type, ()):
                (action,) = properties[iri(MF + "action")]
                (report,) = properties[iri(MF + "result")]
                data, shapes = (_file(graph.one(action, iri(SHT + name))) for name in ("dataGraph", "shapesGraph"))
                yield Case(f"{file.parent.name}/{file.stem}", graph, data, shapes, report)


def _file(name: Term | None) -> Path:
    assert name is not None
    return Path(iri_text(name).removeprefix("file://"))


CASES = {case.name: case for case in cases()}


def nodes_of(path: Path) -> list[Node]:
    return [Node(Iri(subject), properties) for subject, properties in read_shapes_graph([path]).triples.items()]


def expected(case: Case) -> list[Result]:
    return list(read_report(case.graph, case.report))


def compared(case: Case, results: list[Result]) -> Counter[tuple[str, ...]]:
    """Return the fields of the results; messages only where the test expects one."""
    with_message = any(case.graph.objects(result, sh("resultMessage")) for result in case.graph.objects(case.report, sh("result")))
    return Counter(result._replace(message=result.message if with_message else "") for result in results)


@pytest.mark.parametrize("name", sorted(CASES))
def test_core(name: str) -> None:
    case = CASES[name]
    shapes = compile_shapes([case.shapes])
    assert shapes.handed_over == {}
    assert compared(case, validate(nodes_of(case.data), shapes)) == compared(case, expected(case))

@pytest.mark.parametrize("name", sorted(CASES))
def test_ref(name: str) -> None:
    case = CASES[name]
    shapes = compile_shapes([case.shapes])
    assert compared(case, validate_with_pyshacl(nodes_of(case.data), shapes)) == compared(case, expected(case))
