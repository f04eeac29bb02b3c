"""Shapes that may look beyond one article are named, with a command that checks the whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.cli import run
from kg.files.resources import shapes_files
from kg.pipeline.publication import about_shapes
from kg.shacl.shapes_graph import read_shapes_graph
from kg.shacl.user_shapes import shapes_beyond_article
from support import SEEDS

HEAD = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://e.example/> .
@prefix schema: <http://schema.org/> . @prefix kgsh: <https://w3id.org/kg-claims/shapes#> .
"""
S = "<http://e.example/S>"
NAMED = "ex:S sh:targetClass schema:Claim ; sh:property [ sh:path ( schema:author schema:name ) ; sh:minCount 1 ] ."


def asking(pattern: str) -> str:
    """Return a constraint with a query."""
    prefix = "PREFIX schema: <http://schema.org/>"
    return f"sh:sparql [ sh:select '{prefix} SELECT $this WHERE {{ {pattern} }}' ]"


def laid(folder: Path, written: str) -> Path:
    path = folder / "mine.ttl"
    path.write_text(HEAD + written, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "shape",
    [
        "sh:targetNode ex:a ; sh:class ex:C",
        "sh:targetObjectsOf schema:author ; sh:class ex:C",
        "sh:property [ sh:path [ sh:inversePath schema:author ] ; sh:maxCount 1 ]",
        "sh:property [ sh:path ( schema:author schema:name ) ; sh:minCount 1 ]",
        "sh:property [ sh:path [ sh:zeroOrMorePath ex:p ] ; sh:class ex:C ]",
        "sh:property [ sh:path [ sh:alternativePath ( ex:p ( ex:q ex:q ) ) ] ; sh:class ex:C ]",
        "sh:property [ sh:path ex:p ; sh:node [ sh:property [ sh:path ex:q ; sh:minCount 1 ] ] ]",
        "sh:property [ sh:path ex:p ; sh:property [ sh:path ex:q ; sh:minCount 1 ] ]",
        "sh:property [ sh:path ex:p ; sh:or ( [ sh:class ex:C ] [ sh:closed true ] ) ]",
        "sh:property [ sh:path ex:p ; sh:not [ sh:equals ex:q ] ]",
        "sh:property [ sh:path schema:author ; sh:node kgsh:Claim ]",
        asking("$this schema:author/schema:name ?name"),
        asking("$this schema:author ?a . ?a schema:name ?name"),
        asking("$this schema:author [ schema:name ?name ]"),
        asking("?claim schema:author $this"),
        asking("$this ^schema:author ?claim"),
        asking("$this !schema:author ?o"),
        asking("$this schema:author ?a FILTER NOT EXISTS { ?other schema:author ?a }"),
        asking("{ $this schema:author ?a } UNION { ?a a schema:Person }"),
        asking("?a a schema:Person"),
        asking("GRAPH ?g { $this schema:author ?a }"),
        asking("{ SELECT ?this { ?this schema:author ?a } }"),
        "sh:property [ sh:path schema:author ; sh:node [ " + asking("$this ?p ?o") + " ] ]",
    ],
)
def test_a_shape_that_may_look_beyond_an_article_is_found(shape: str, tmp_path: Path) -> None:
    assert about_shapes([laid(tmp_path, f"ex:S sh:targetClass ex:C ; {shape} .")]).beyond_article == [S]


@pytest.mark.parametrize(
    "shape",
    [
        "sh:closed true ; sh:property [ sh:path ex:p ; sh:class ex:C ; sh:equals ex:q ]",
        "sh:targetSubjectsOf ex:p ; sh:or ( [ sh:class ex:C ] [ sh:property [ sh:path ex:p ; sh:minCount 1 ] ] )",
        "sh:property [ sh:path [ sh:alternativePath ( ex:p ex:q ) ] ; sh:maxCount 1 ]",
        "sh:property [ sh:path ex:p ; sh:or ( [ sh:class ex:C ] [ sh:nodeKind sh:IRI ] ) ]",
        "sh:node kgsh:Claim",
        "sh:deactivated true ; sh:property [ sh:path [ sh:inversePath ex:p ] ]",
        asking("$this schema:author ?a"),
        "sh:property [ sh:path schema:author ; " + asking("$this $PATH ?value") + " ]",
        asking("$this ?p ?o FILTER isBlank(?o)"),
        asking("$this schema:author|schema:publisher ?a OPTIONAL { $this schema:about ?a }"),
        asking("$this schema:author ?a FILTER NOT EXISTS { ?a a schema:Person }"),
        asking("$this schema:startDate ?start ; schema:endDate ?end FILTER (?start > ?end)"),
    ],
)
def test_a_shape_that_looks_at_one_node_and_the_types_of_its_values_is_not(shape: str, tmp_path: Path) -> None:
    assert about_shapes([laid(tmp_path, f"ex:S sh:targetClass ex:C ; {shape} .")]).beyond_article == []


def test_a_shape_without_a_name_is_told_by_its_file(tmp_path: Path) -> None:
    path = laid(tmp_path, "[] sh:targetNode ex:a ; sh:class ex:C . [] sh:targetNode ex:b ; sh:class ex:C .")

    assert about_shapes([tmp_path]).beyond_article == [f"one of {path}"]


def test_our_own_shapes_are_never_named() -> None:
    ours = shapes_files()

    assert shapes_beyond_article(read_shapes_graph(ours), set(ours)) == []


def test_a_corpus_says_what_looks_beyond_and_the_command_checks_the_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shapes, graph = laid(tmp_path, NAMED), tmp_path / "kg.nt"
    assert run(["validate", str(SEEDS), "--shapes", str(shapes), "--fresh", "-f", "json"]) == 1
    assert capsys.readouterr().err.splitlines()[:2] == [
        f"Each article is checked by itself, and these shapes may look beyond one: {S}. To check the whole:",
        f"    kg export {SEEDS} -f nt | kg validate - --input-format nt --shapes {shapes}",
    ]

    assert run(["export", str(SEEDS), "-o", str(graph)]) == 0
    capsys.readouterr()
    assert run(["validate", str(graph), "--input-format", "nt", "--shapes", str(shapes)]) == 1
    assert capsys.readouterr().err.partition(":")[0] == "4 violations in 1 file"


def test_a_build_says_it_too_unless_it_is_quiet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shapes = laid(tmp_path, "ex:S sh:targetObjectsOf schema:author ; sh:nodeKind sh:IRI .")
    build = ["build", str(SEEDS), "--shapes", str(shapes), "-o", str(tmp_path / "dist")]

    assert run(build) == 0
    assert capsys.readouterr().err.splitlines()[0] == (
        f"Each article is checked by itself, and these shapes may look beyond one: {S}. To check the whole:"
    )
    assert run(["--quiet", *build]) == 0
    assert capsys.readouterr().err == ""


def test_the_command_says_which_shapes_pyshacl_checks_and_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data.ttl"
    data.write_text("<http://e.example/a> a <http://e.example/C> .", encoding="utf-8")
    shapes = laid(
        tmp_path,
        f"""ex:S sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:node ex:S ] .
        ex:T sh:targetClass ex:C ; sh:node ex:S . ex:U sh:targetClass ex:C ; {asking("$this ?p ?p")} .
        [] sh:targetClass ex:C ; {asking("$this ?q ?q")} .""",
    )

    assert run(["validate", str(data), "--shapes", str(shapes)]) == 0
    assert capsys.readouterr().err.splitlines()[:5] == [
        "Shape <http://e.example/S> is recursive: pySHACL checks it.",
        "Shape <http://e.example/T> refers to <http://e.example/S>, which is recursive: pySHACL checks it.",
        "Shape <http://e.example/U> has sh:sparql: pySHACL checks it.",
        f"A shape in {shapes} has sh:sparql: pySHACL checks it.",
        "It follows a recursive shape through a few nodes only: to check all, use sh:zeroOrMorePath.",
    ]
