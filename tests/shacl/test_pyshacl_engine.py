"""pySHACL: mistakes in queries and refused shapes name the shape, and terms come back unchanged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kg.errors import FileError
from kg.rdf.terms import Iri, Literal, Node
from kg.rdf.vocab import RDF
from kg.shacl import Shapes, validate
from kg.shacl.pyshacl_engine import validate_with_pyshacl
from support.shapes_written import compiled

HEAD = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
"""
PERSON = Iri("<http://example.org/Person>")
S = "<http://example.org/S>"
UNDECLARED = "sh:select must declare the prefix s: with PREFIX, or by sh:prefixes and sh:declare"
DECLARED = 'sh:declare [ sh:prefix "s" ; sh:namespace "http://example.org/" ] .'


@pytest.fixture
def shapes(tmp_path: Path) -> Callable[[str], Shapes]:
    """Compile shapes."""
    return lambda written: compiled(tmp_path, HEAD + written)


def asking(query: str, more: str = "") -> str:
    return f"ex:S sh:targetClass ex:Person ; sh:sparql [ sh:select '''{query}''' {more} ] .\n"


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        (asking("SELEC"), "sh:select must be SPARQL, and is not from line 1, column 1 on: correct it there"),
        (asking("SELECT $this WHERE { $this s:p ?o }"), UNDECLARED),
        (asking("SELECT $this WHERE { $this s:p ?o }", "; sh:prefixes ex:o") + f"ex:other {DECLARED}", UNDECLARED),
        (
            "ex:S sh:targetClass ex:Person ; sh:property [ sh:path ex:p ; sh:sparql [ sh:select ex:q ] ] .",
            "sh:select must be SPARQL, not <http://example.org/q>",
        ),
    ],
)
def test_a_query_that_is_not_sparql_is_reported_with_its_shape(
    shapes: Callable[[str], Shapes], tmp_path: Path, written: str, fault: str
) -> None:
    with pytest.raises(FileError) as caught:
        shapes(written)

    assert str(caught.value) == f"{tmp_path / 's.ttl'}: shape {S}: {fault}"


@pytest.mark.parametrize(
    ("query", "more", "declared"),
    [
        ("PREFIX s: <http://example.org/> SELECT $this WHERE { $this a s:Person }", "", ""),
        ("SELECT $this WHERE { $this rdf:type s:Person }", "; sh:prefixes ex:o", f"ex:o {DECLARED}"),
        ("SELECT $this WHERE { $this a s:Person }", "; sh:prefixes ex:o", f"ex:other a owl:Ontology ; {DECLARED}"),
        ("SELECT $this WHERE { $this rdf:type/^rdf:type $this }", "", ""),
    ],
)
def test_a_query_whose_prefixes_are_declared_is_asked(
    shapes: Callable[[str], Shapes], query: str, more: str, declared: str
) -> None:
    compiled = shapes(asking(query, more) + declared)

    (result,) = validate([Node(Iri("<http://example.org/p>"), {RDF.type: [PERSON]})], compiled)

    assert (result.focus, result.shape) == ("<http://example.org/p>", S)


def test_the_path_of_a_shape_is_in_its_query(shapes: Callable[[str], Shapes]) -> None:
    written = "PREFIX ex: <http://example.org/> SELECT $this ?value WHERE { $this $PATH/ex:q ?value }"
    compiled = shapes(
        f"ex:S sh:targetClass ex:Person ; sh:property [ sh:path ex:p ; sh:sparql [ sh:select '{written}' ] ] ."
    )
    node = Iri("<http://example.org/p>")
    properties = {RDF.type: [PERSON], node: [node], Iri("<http://example.org/q>"): [node]}

    (result,) = validate([Node(node, properties)], compiled)

    assert result.value == node


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (
            "ex:S sh:targetClass ex:Person ; sh:sparql [ sh:message 'x' ] .",
            "SPARQLConstraintComponent value for sh:select must have at least one sh:select predicate.",
        ),
        (
            asking("SELECT $this WHERE { $this ?p ?o MINUS { ?a ?b ?c } }"),
            "Validation Failure - A SPARQL Constraint must not contain a MINUS clause.",
        ),
    ],
)
def test_shapes_that_pyshacl_refuses_are_named_and_it_logs_nothing_itself(
    shapes: Callable[[str], Shapes], tmp_path: Path, caplog: pytest.LogCaptureFixture, written: str, reason: str
) -> None:
    compiled = shapes(written)

    with pytest.raises(FileError) as caught:
        validate([Node(Iri("<http://example.org/p>"), {RDF.type: [PERSON]})], compiled)

    assert str(caught.value) == f"{tmp_path / 's.ttl'}: pySHACL cannot check the shapes {S}: {reason}"
    assert caplog.messages == []


@pytest.mark.parametrize("engine", [validate, validate_with_pyshacl])
def test_what_kg_would_not_write_comes_back_as_it_was_read(shapes: Callable[[str], Shapes], engine) -> None:  # type: ignore[no-untyped-def]
    values = [Literal('"x\\u0008"'), Iri("<http://[::1]/o>"), Literal('"x"@nl'), Literal('"x"^^<http://[::1]/t>')]
    compiled = shapes("ex:S sh:targetClass ex:Person ; sh:property [ sh:path ex:p ; sh:class ex:C ] .")
    node = Node(Iri("<http://[::1]/p>"), {RDF.type: [PERSON], Iri("<http://example.org/p>"): values})

    results = engine([node], compiled)

    assert {(each.focus, each.value.replace("\\b", "\\u0008")) for each in results} == {
        ("<http://[::1]/p>", value) for value in values
    }
