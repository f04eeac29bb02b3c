"""What `kg build` writes: one graph in every format, its description and checksums, the same bytes each time."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from weakref import WeakSet

import pyoxigraph
import pytest
import rdflib

from kg.cli import run
from kg.files.resources import shapes_files
from kg.formats import FORMATS
from kg.pipeline.article import MappedArticle
from kg.pipeline.publication import open_publication
from kg.publish.build import build
from kg.rdf.terms import Graph, Node
from support import ROOT, SEEDS
from support.file_sets import snapshot
from support.publications import CORPUS, NEW, OLD, built, opened

DIST = ROOT / "dist"
GRAPHS = [f"kg{form.suffix}" for form in FORMATS.values()]
RDF_FILES = [*GRAPHS, "dataset.ttl", "dataset.jsonld", "ontology/kg.ttl"]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a small publication."""
    room = tmp_path_factory.mktemp("small")
    built(opened(room / "corpus", CORPUS), room / "dist")
    return room / "dist"


def files(folder: Path) -> dict[str, bytes]:
    return {name: content for name, content in snapshot(folder).items() if content is not None}


def triples(path: Path) -> set[tuple[str, str, str]]:
    """Return a file's triples as pyoxigraph reads them (its store would make other numbers of them)."""
    return _terms(pyoxigraph.parse(path=str(path)))


def _terms(quads: Iterable[pyoxigraph.Quad]) -> set[tuple[str, str, str]]:
    return {(str(quad.subject), str(quad.predicate), str(quad.object)) for quad in quads}


def test_the_committed_publication_is_what_the_seeds_build(tmp_path: Path) -> None:
    """Building again changes no byte. If this fails, run `kg build` and commit dist/."""
    publication = open_publication(SEEDS)
    build(tmp_path / "dist", publication.mapped_articles(), publication.index)
    again = files(tmp_path / "dist")
    committed = {name: (DIST / name).read_bytes() if (DIST / name).is_file() else b"" for name in again}

    assert sorted(name for name in again if committed[name] != again[name]) == []


def test_the_committed_publication_conforms_to_its_own_checksums() -> None:
    tool = shutil.which("sha256sum")
    if tool is None:
        pytest.skip("sha256sum is not installed")
    checked = subprocess.run(
        [tool, "-c", "--strict", "--quiet", "SHA256SUMS"], cwd=DIST, capture_output=True, text=True
    )

    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


def test_the_checksums_list_every_other_file_in_order(small: Path) -> None:
    names = [line[66:] for line in (small / "SHA256SUMS").read_text().splitlines()]

    assert names == sorted(files(small).keys() - {"SHA256SUMS"})


def test_a_publication_has_the_graph_its_context_ontology_and_shapes(small: Path) -> None:
    shapes = [f"shapes/{path.name}" for path in shapes_files()]
    expected = [*RDF_FILES, *shapes, "context.jsonld", "ontology/shapes.ttl", "SHA256SUMS"]

    assert sorted(files(small)) == sorted(expected)
    assert (small / "shapes" / "claim.ttl").read_bytes() == (ROOT / "shapes" / "claim.ttl").read_bytes()
    assert (small / "ontology" / "kg.ttl").read_bytes() == (ROOT / "ontology" / "kg.ttl").read_bytes()


@pytest.mark.parametrize("folder", ["small", "seeds"])
def test_every_graph_file_has_the_same_triples(folder: str, small: Path) -> None:
    folder_path = small if folder == "small" else DIST
    expected = triples(folder_path / "kg.nt")

    assert expected
    assert [name for name in GRAPHS if triples(folder_path / name) != expected] == []


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
@pytest.mark.parametrize("name", RDF_FILES)
def test_rdflib_and_pyoxigraph_agree_on_every_file(name: str) -> None:
    """The committed files have the same triples for both; none has a blank node, so equal sets are equal graphs."""
    read = rdflib.Dataset()
    read.parse(DIST / name)
    quads = read.serialize(format="nquads").encode()

    assert _terms(pyoxigraph.parse(quads, format=pyoxigraph.RdfFormat.N_QUADS)) == triples(DIST / name)


def test_named_graphs_have_an_article_each(small: Path) -> None:
    expected = {f"https://kg.example/graph/{name}" for name in ("article/a", "entities", "dataset")}

    for name in ("kg.nq", "kg.trig"):
        assert {quad.graph_name.value for quad in pyoxigraph.parse(path=str(small / name))} == expected


def test_the_context_document_is_that_of_the_documents(small: Path) -> None:
    """A document's own context says its base too."""
    alone = json.loads((small / "context.jsonld").read_bytes())["@context"]
    inside = json.loads((small / "kg.jsonld").read_bytes())["@context"]

    assert {"@base": "https://kg.example/", **alone} == inside


def test_the_same_bytes_come_out_wherever_and_however_it_runs(tmp_path: Path) -> None:
    """Another working directory, hash seed, locale, time zone, and order of the folder's entries."""
    straight = opened(tmp_path / "straight", NEW)
    opened(tmp_path / "reversed", dict(reversed(NEW.items())))
    built(straight, tmp_path / "expected")
    command = [sys.executable, "-m", "kg", "--quiet", "build", "reversed", "--output", "deep/er/dist"]
    surroundings = {"PYTHONHASHSEED": "7", "LC_ALL": "C", "TZ": "Asia/Kathmandu", "PYTHONUTF8": "0"}
    subprocess.run(command, cwd=tmp_path, env=os.environ | surroundings, check=True)

    assert files(tmp_path / "deep" / "er" / "dist") == files(tmp_path / "expected")


def test_units_are_let_go_of_as_they_are_written(tmp_path: Path) -> None:
    """One pass and constant memory: while a unit is read, no more than the one before it is still held."""

    class Nodes(list[Node]):
        """A list that can be watched."""

    alive: WeakSet[Nodes] = WeakSet()
    held = []

    def watched(units: Iterator[MappedArticle]) -> Iterator[MappedArticle]:
        for unit in units:
            assert unit.graph
            nodes = Nodes(unit.graph.nodes)
            alive.add(nodes)
            held.append(len(alive))
            yield unit._replace(graph=Graph(unit.graph.iri, nodes))

    Nodes.__hash__ = object.__hash__  # type: ignore[method-assign, assignment]
    more = {f"a{number}{suffix}": OLD[f"a{suffix}"] for number in range(20) for suffix in (".txt", ".claims.yaml")}
    publication = opened(tmp_path / "corpus", {**OLD, **more})
    build(tmp_path / "dist", watched(publication.mapped_articles()), publication.index)

    assert len(held) == 23
    assert max(held) <= 3


def test_the_command_says_on_stderr_what_it_wrote(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    opened(tmp_path / "corpus", CORPUS)
    status = run(["build", str(tmp_path / "corpus"), "-o", str(tmp_path / "dist")])
    count = len(triples(tmp_path / "dist" / "kg.nt"))
    number = len(files(tmp_path / "dist"))

    said = capsys.readouterr()
    assert (status, said.out) == (0, "")
    assert said.err.splitlines()[-1] == f"{tmp_path / 'dist'}: {number} files, 1 claim, {count} triples"


def test_the_command_reports_an_invalid_corpus_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = CORPUS["a.claims.yaml"].replace("ann-b", "ann-c")
    opened(tmp_path / "corpus", CORPUS | {"a.claims.yaml": wrong})
    status = run(["build", str(tmp_path / "corpus"), "-o", str(tmp_path / "dist")])

    said = capsys.readouterr()
    assert (status, said.out, (tmp_path / "dist").exists()) == (1, "", False)
    assert said.err.startswith(f"{tmp_path / 'corpus' / 'a.claims.yaml'}:2:25: violation: ")


def test_the_command_says_which_disk_failed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The folder cannot be made where a file is."""
    opened(tmp_path / "corpus", CORPUS)
    (tmp_path / "file").write_text("")
    status = run(["build", str(tmp_path / "corpus"), "-o", str(tmp_path / "file" / "dist")])

    said = capsys.readouterr()
    assert (status, said.out) == (3, "")
    folder = tmp_path / "file" / "dist"
    assert said.err.startswith(f"kg: {folder}: the publication could not be written: Not a directory (")
