"""Shapes of the user's own: every file is read, whatever its format, and none is silently not checked."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from kg.cli import run
from kg.errors import FileError, UsageError
from kg.formats import FORMATS, write
from kg.formats.rdf_reader import media_type_of
from kg.pipeline.publication import check_foreign
from kg.rdf.terms import Graph, Iri, Literal, Node, iri
from kg.rdf.vocab import PREFIXES, RDF, SCHEMA
from kg.shacl import compile_shapes
from kg.shacl.user_shapes import TERMS, files_of

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
    findings = check_foreign([PERSON], "p.ttl", "kg", paths)
    return [finding.message for finding in findings if finding.path == BORN]


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("packed", ["", ".GZ"])
def test_a_folder_of_shapes_may_hold_any_format(name: str, packed: str, tmp_path: Path) -> None:
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
        f"{tmp_path}: a folder of shapes must hold a file that ends in one of .ttl .nt .nq .trig .jsonld .rdf .n3 "
        "(and .gz or .zst behind it): name another folder, or the file itself."
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


def test_the_command_says_that_a_folder_holds_no_shapes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "none").mkdir()
    (tmp_path / "p.ttl").write_text("<http://e.example/p> a <http://schema.org/Person> .")

    assert run(["validate", str(tmp_path / "p.ttl"), "--shapes", str(tmp_path / "none")]) == 2
    assert capsys.readouterr().out == ""
