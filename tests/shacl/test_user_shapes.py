"""Shapes of the user's own: which files are read, which mistakes are errors, which shapes need the merged graph."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

import kg
from kg.cli import run
from kg.errors import FileError, UsageError
from kg.files.resources import shapes_files
from kg.formats import FORMATS, write
from kg.formats.rdf_reader import media_type_of
from kg.pipeline.publication import about_shapes, check_rdf
from kg.rdf.terms import Graph, Iri, Literal, Node, iri
from kg.rdf.vocab import PREFIXES, RDF, SCHEMA
from kg.shacl import compile_shapes
from kg.shacl.shapes_graph import read_shapes_graph
from kg.shacl.user_shapes import TERMS, files_of, shapes_beyond_article
from support import SEEDS

SH = "http://www.w3.org/ns/shacl#"
HEAD = f"@prefix sh: <{SH}> . @prefix s: <http://schema.org/> . @prefix ex: <http://e.example/> .\n"
S = iri("http://e.example/S")
BORN, BIRTH = iri("http://schema.org/birthDate"), iri("http://e.example/P")
PERSON = Node(iri("http://e.example/p"), {RDF.type: [SCHEMA.Person]})
SHAPE = [
    Node(S, {iri(f"{SH}targetClass"): [SCHEMA.Person], iri(f"{SH}property"): [BIRTH]}),
    Node(
        BIRTH,
        {
            iri(f"{SH}path"): [BORN],
            iri(f"{SH}minCount"): [Literal('"1"^^<http://www.w3.org/2001/XMLSchema#integer>')],
            iri(f"{SH}message"): [Literal('"Say when."')],
        },
    ),
]


def own(paths: list[Path]) -> list[str]:
    """Return what shapes of one's own find wrong with a person."""
    findings = check_rdf([PERSON], "p.ttl", "kg", paths)
    return [finding.message for finding in findings if finding.path == BORN]


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("packed", ["", ".GZ"])
def test_a_folder_of_shapes_may_contain_any_format(name: str, packed: str, tmp_path: Path) -> None:
    form = FORMATS[name]
    graph = Graph(Iri("<http://e.example/g>"), SHAPE)
    content = "".join(write([graph], form.writer(PREFIXES, "http://e.example/"))).encode()
    file = tmp_path / f"s{form.suffix.upper()}{packed}"
    file.write_bytes(gzip.compress(content) if packed else content)
    (tmp_path / "README.md").write_text("No shapes.")

    assert own([tmp_path]) == own([file]) == ["Say when."]


def test_a_folder_without_shapes_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "shapes.txt").write_text(HEAD)

    with pytest.raises(UsageError) as caught:
        files_of([tmp_path])

    assert str(caught.value) == (
        f"{tmp_path}: a folder of shapes must contain a file that ends in one of .ttl .nt .nq .trig .jsonld .rdf "
        ".n3 (and .gz or .zst behind it): name another folder, or the file itself."
    )


def test_a_file_whose_name_tells_no_format_is_read_as_turtle(tmp_path: Path) -> None:
    file = tmp_path / "shapes.txt"
    file.write_text(HEAD + "ex:S sh:targetClass s:Person ; sh:property [ sh:path s:birthDate ; sh:minCount 1 ] .")

    assert own([file]) == ["At least 1 must be given."]


def test_packed_shapes_that_do_not_unpack_are_an_error(tmp_path: Path) -> None:
    file = tmp_path / "s.nt.gz"
    file.write_bytes(gzip.compress(HEAD.encode())[:20])

    with pytest.raises(FileError) as caught:
        compile_shapes([file])

    assert str(caught.value) == f"{file}: a compressed file must unpack, this one does not: copy or pack it again"


@pytest.mark.parametrize("suffix", ["n3", "N3.gz", "json", "owl", "xml"])
def test_a_suffix_names_the_format_that_is_read(suffix: str) -> None:
    media = {"n3": "text/n3", "N3.gz": "text/n3", "json": "application/ld+json"}
    assert media_type_of(f"a.b.{suffix}") == media.get(suffix, "application/rdf+xml")


@pytest.mark.parametrize(
    ("shape", "fault"),
    [
        ("sh:targetCLass s:Person", "sh:targetCLass is no term of SHACL. Did you mean sh:targetClass?"),
        ("a sh:nodeshape", "sh:nodeshape is no term of SHACL. Did you mean sh:NodeShape?"),
        ("sh:mincount 1", "sh:mincount is no term of SHACL. Did you mean sh:minCount?"),
        ("sh:zyzzyva 1", "sh:zyzzyva is no term of SHACL."),
        (
            'sh:js [ sh:jsFunctionName "f" ]',
            "sh:js cannot be checked, as kg runs no JavaScript: write it with sh:sparql, or delete it.",
        ),
    ],
)
def test_a_term_that_nobody_would_check_is_an_error(shape: str, fault: str, tmp_path: Path) -> None:
    file = tmp_path / "s.ttl"
    file.write_text(f"{HEAD} ex:S {shape} .")

    with pytest.raises(FileError) as caught:
        compile_shapes([file])

    assert str(caught.value) == f"{file}: shape {S}: {fault}"


def test_a_node_beside_the_shapes_may_have_any_term(tmp_path: Path) -> None:
    file = tmp_path / "s.ttl"
    file.write_text(f"{HEAD} ex:o a ex:Observation ; sh:nodeShape ex:S .")

    assert compile_shapes([file]).targeting == []


def test_every_term_of_shacl_is_known() -> None:
    from rdflib.namespace import SH as THEIRS

    names = {str(term).rpartition("#")[2].partition("-")[0] for term in dir(THEIRS)}
    assert {name for name in names if name.isidentifier() and not name.startswith("_")} - TERMS == set()


def test_the_command_says_that_a_folder_has_no_shapes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "none").mkdir()
    (tmp_path / "p.ttl").write_text("<http://e.example/p> a <http://schema.org/Person> .")

    assert run(["validate", str(tmp_path / "p.ttl"), "--shapes", str(tmp_path / "none")]) == 2
    assert capsys.readouterr().out == ""


LONG_HEAD = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://e.example/> .
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
    path.write_text(LONG_HEAD + written, encoding="utf-8")
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


def test_a_shape_without_a_name_is_reported_by_its_file(tmp_path: Path) -> None:
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


def test_a_result_of_a_shape_without_an_iri_is_named_after_the_shape_around_it(tmp_path: Path) -> None:
    file = tmp_path / "s.ttl"
    file.write_text(HEAD + "ex:S sh:targetClass s:Person ; sh:property [ sh:path s:birthDate ; sh:minCount 1 ] .")

    assert [each.rule for each in check_rdf([PERSON], "p.ttl", "kg", [file]) if each.path == BORN] == ["S"]
    assert [each.rule for each in check_rdf([PERSON], "p.ttl", "pyshacl", [file]) if each.path == BORN] == ["S"]


def test_only_shapes_leaves_kgs_own_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For an RDF file, and for a corpus, in one process and in several."""
    data, shapes = tmp_path / "p.ttl", tmp_path / "s.ttl"
    data.write_text("<http://e.example/p> a <http://schema.org/Person> .\n")
    shapes.write_text(
        f"{HEAD} ex:S sh:targetClass s:Person ; sh:property [ sh:path s:birthDate ; sh:minCount 1 ; "
        'sh:message "Say when." ] .'
    )

    assert run(["validate", str(data), "--shapes", str(shapes)]) == 1
    assert len(capsys.readouterr().out.split("\n\n")) > 1
    assert run(["validate", str(data), "--only-shapes", str(shapes)]) == 1
    assert capsys.readouterr().out == (
        f"{data}:1:1: violation: Say when. [S]\n"
        "    <http://e.example/p> a <http://schema.org/Person> .\n"
        "    ^\n"
        "    node  <http://e.example/p>\n"
        "    path  <http://schema.org/birthDate>\n"
    )
    for jobs in ("1", "2"):
        assert run(["validate", str(SEEDS), "--only-shapes", str(shapes), "--jobs", jobs]) == 1
        rules = {line.rpartition("[")[2] for line in capsys.readouterr().out.split("\n") if "violation:" in line}
        assert rules == {"S]"}
    assert {finding.rule for finding in kg.open(SEEDS).validate([shapes], own_shapes=False)} == {"S"}


@pytest.mark.parametrize("option", ["--shapes", "--only-shapes"])
def test_kgs_own_shapes_can_be_given_as_any_others(
    option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A copy of them says nothing twice, and needs no look beyond an article."""
    shapes = tmp_path / "shapes"
    shapes.mkdir()
    for file in shapes_files():
        (shapes / file.name).write_bytes(file.read_bytes())
    assert run(["validate", str(SEEDS), "--fresh"]) == 0
    expected = capsys.readouterr()

    assert run(["validate", str(SEEDS), "--fresh", option, str(shapes)]) == 0
    assert capsys.readouterr() == expected


def test_a_changed_copy_of_kgs_own_shapes_can_be_used_instead(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for file in shapes_files():
        (tmp_path / file.name).write_text(f"# changed\n{file.read_text(encoding='utf-8')}", encoding="utf-8")

    assert run(["validate", str(SEEDS), "--only-shapes", str(tmp_path), "-f", "json"]) == 0
    assert "nothing to report: " in capsys.readouterr().err
