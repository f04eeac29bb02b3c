"""The W3C test suite of SHACL Core: every test passes with every field of its results, by kg's engine alone."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from kg.rdf.terms import Iri, Node, Term, iri, iri_text
from kg.rdf.vocab import RDF
from kg.shacl import Result, compile_shapes, validate
from kg.shacl.pyshacl_engine import read_report, validate_with_pyshacl
from kg.shacl.shapes_graph import ShapesGraph, read_shapes_graph, sh
from support.shared_data import LIST, found_cases, needs_shared, shared_cases, shared_file

SUITE = "shacl-core/core"
MANIFEST = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
TEST = "http://www.w3.org/ns/shacl-test#"

SEVERITY_OF_ITS_OWN = {"misc/severity-002": "findings know three severities: a shape's own counts as a violation"}
PYSHACL_DIFFERS = {"property/uniqueLang-002": 'pySHACL takes "1"^^xsd:boolean for true, the suite does not'}


class Case(NamedTuple):
    """One test of the suite, read from its file, with the files of its data and shapes."""

    graph: ShapesGraph
    data: Path
    shapes: Path
    report: Term


def case_of(name: str) -> Case:
    """Read a test of the suite; where its file is missing, skip."""
    graph = read_shapes_graph([shared_file(f"{SUITE}/{name}.ttl")])
    validates = iri(TEST + "Validate")
    (test,) = [each for each in graph.triples.values() if validates in each.get(RDF.type, ())]
    (action,) = test[iri(MANIFEST + "action")]
    (report,) = test[iri(MANIFEST + "result")]
    (data,) = graph.objects(action, iri(TEST + "dataGraph"))
    (shapes,) = graph.objects(action, iri(TEST + "shapesGraph"))
    return Case(graph, _path(data), _path(shapes), report)


def _path(term: Term) -> Path:
    return Path(iri_text(term).removeprefix("file://"))


CASES = [name.removeprefix(f"{SUITE}/").removesuffix(".ttl") for name in shared_cases(SUITE)]


def nodes_of(file: Path) -> list[Node]:
    return [Node(Iri(subject), properties) for subject, properties in read_shapes_graph([file]).triples.items()]


def counted(case: Case, results: list[Result]) -> Counter[Result]:
    """Return how often each result is there; without messages where the test expects none."""
    expected = case.graph.objects(case.report, sh("result"))
    if any(case.graph.objects(result, sh("resultMessage")) for result in expected):
        return Counter(results)
    return Counter(result._replace(message="") for result in results)


@needs_shared("")
def test_the_list_of_cases_in_shared_data_is_complete() -> None:
    """`python tests/generate shared_cases` writes it again."""
    assert LIST.read_text("utf-8").splitlines() == list(found_cases())


def test_the_suite_is_read_whole() -> None:
    assert len(CASES) == 98


@pytest.mark.parametrize("name", CASES)
def test_compiled_shapes_give_the_expected_report(name: str) -> None:
    case = case_of(name)
    shapes = compile_shapes([case.shapes])

    results = validate(nodes_of(case.data), shapes)

    assert shapes.for_pyshacl == {}
    assert counted(case, results) == counted(case, list(read_report(case.graph, case.report)))
    assert case.graph.is_true(case.report, sh("conforms")) == (not results)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in CASES if name not in PYSHACL_DIFFERS])
def test_pyshacl_gives_the_expected_report(name: str) -> None:
    """The reference engine reads terms, paths and reports as they are."""
    case = case_of(name)

    results = validate_with_pyshacl(nodes_of(case.data), compile_shapes([case.shapes]))

    assert counted(case, results) == counted(case, list(read_report(case.graph, case.report)))


@needs_shared(SUITE)
def test_only_the_listed_tests_have_a_severity_of_their_own() -> None:
    known = {sh("Violation"), sh("Warning"), sh("Info")}
    assert {
        name
        for name, case in ((name, case_of(name)) for name in CASES)
        for result in case.graph.objects(case.report, sh("result"))
        if not known.issuperset(case.graph.objects(result, sh("resultSeverity")))
    } == set(SEVERITY_OF_ITS_OWN)
