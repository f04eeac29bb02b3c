"""The description of the data set that `kg build` writes beside the graph: DCAT 3, VoID and schema.org."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyoxigraph
import pytest

from kg.cli import run
from kg.formats import FORMATS
from support.publications import CORPUS, built, opened

PREFIXES = """
PREFIX schema: <http://schema.org/> PREFIX dcat: <http://www.w3.org/ns/dcat#> PREFIX void: <http://rdfs.org/ns/void#>
PREFIX dcterms: <http://purl.org/dc/terms/> PREFIX spdx: <http://spdx.org/rdf/terms#>
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a small publication."""
    room = tmp_path_factory.mktemp("small")
    built(opened(room / "corpus", CORPUS), room / "dist")
    return room / "dist"


def store(*paths: Path) -> pyoxigraph.Store:
    """Return a store with the files in it, each in the graphs that it names."""
    loaded = pyoxigraph.Store()
    for path in paths:
        loaded.load(path=str(path), format=pyoxigraph.RdfFormat.from_extension(path.suffix[1:]))
    return loaded


def rows(loaded: pyoxigraph.Store, pattern: str) -> list[list[str]]:
    """Return a query's values, bare, over all graphs."""
    found = loaded.query(f"{PREFIXES} SELECT {pattern}", use_default_graph_as_union=True)
    return sorted([value.value for value in row] for row in found)


def test_the_description_names_each_file_with_its_type_size_and_hash(small: Path) -> None:
    """For DCAT's readers and for schema.org's, in both of its formats."""
    sums = {line[66:]: line[:64] for line in (small / "SHA256SUMS").read_text().splitlines()}
    dcat = """?url ?type ?size ?sum { ?dataset a dcat:Dataset ; dcat:distribution ?file .
        ?file a dcat:Distribution ; dcat:downloadURL ?url ; dcat:mediaType ?type ; dcat:byteSize ?size ;
        dcterms:license ?licence ;
        spdx:checksum [ spdx:algorithm spdx:checksumAlgorithm_sha256 ; spdx:checksumValue ?sum ] }"""
    schema = """?url ?type ?sum { ?dataset a schema:Dataset ; schema:distribution ?file .
        ?file a schema:DataDownload ; schema:contentUrl ?url ; schema:encodingFormat ?type ; schema:sha256 ?sum ;
        schema:license ?licence }"""
    dumps = "?url { ?dataset a void:Dataset ; void:dataDump ?url }"
    iana = "https://www.iana.org/assignments/media-types/"
    expected = sorted(
        [
            f"https://kg.example/kg{form.suffix}",
            form.media_type,
            str((small / f"kg{form.suffix}").stat().st_size),
            sums[f"kg{form.suffix}"],
        ]
        for form in FORMATS.values()
    )

    for name in ("dataset.ttl", "dataset.jsonld"):
        loaded = store(small / name)
        assert rows(loaded, dcat) == [[url, iana + kind, size, sha] for url, kind, size, sha in expected]
        assert rows(loaded, schema) == [[url, kind, sha] for url, kind, _, sha in expected]
        assert rows(loaded, dumps) == [[url] for url, *_ in expected]


def test_the_counts_of_the_description_are_those_of_the_graph(small: Path) -> None:
    """`void:triples` and each class partition, against what a store counts in the other graphs."""
    loaded = store(small / "kg.nq")
    inside = [quad for quad in loaded if not quad.graph_name.value.endswith("/graph/dataset")]
    types = Counter(quad.object.value for quad in inside if quad.predicate.value.endswith("#type"))
    about = store(small / "dataset.ttl")
    counted = rows(
        about, "?class ?count { ?dataset void:classPartition [ void:class ?class ; void:entities ?count ] }"
    )

    assert rows(about, "?count { ?dataset void:triples ?count }") == [[str(len(inside))]]
    assert {name: int(number) for name, number in counted} == {name: types[name] for name, _ in counted}
    assert {name.rpartition("/")[2] for name, _ in counted} == {
        "NewsArticle",
        "Claim",
        "Quotation",
        "Person",
        "Organization",
    }


def test_the_description_needs_no_other_file(small: Path) -> None:
    """A catalogue that reads it alone learns title, licence, day and the publisher's name."""
    about = store(small / "dataset.ttl")
    what = """?title ?licence ?day ?publisher { ?dataset dcterms:title ?title ; dcterms:license ?licence ;
        dcterms:modified ?day ; dcterms:publisher/schema:name ?publisher }"""

    licence = "https://creativecommons.org/licenses/by/4.0/"
    assert rows(about, what) == [["A corpus", licence, "2020-03-01", "Acme"]]


def test_the_description_conforms_to_the_shapes(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Even the closed ones: the data set has only properties that they know."""
    status = run(["validate", "--fail-on", "info", str(small / "dataset.ttl")])

    assert (status, capsys.readouterr().out) == (0, "")
