"""The description of a publication is what catalogues and archives ask for: DCAT-AP 3.0.1 and DataCite."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyshacl import validate
from rdflib import DCAT, DCTERMS, FOAF, RDF, SH, Graph

from kg.cli import run
from support import ROOT, SEEDS, SHARED
from support.shared_data import needs_shared

DCAT_AP = "dcat-ap/dcat-ap-SHACL.ttl"
RANGES = "dcat-ap/ranges.ttl"
CORPORA = {"seeds": SEEDS, "everything": ROOT / "tests" / "data" / "corpora" / "everything"}


@pytest.fixture(scope="module", params=CORPORA)
def description(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """Return the description of a publication."""
    folder: Path = tmp_path_factory.mktemp("built")
    assert run(["build", str(CORPORA[request.param]), "-o", str(folder)]) == 0
    return Graph().parse(folder / "dataset.ttl")


def results(graph: Graph, shapes: Graph) -> set[tuple[str, str]]:
    """Return the messages of a SHACL report with their focus nodes."""
    _, report, _ = validate(graph, shacl_graph=shapes)
    return {
        (str(report.value(result, SH.focusNode)), str(report.value(result, SH.resultMessage)))
        for result in report.objects(None, SH.result)
    }


@needs_shared(DCAT_AP)
def test_the_description_conforms_to_dcat_ap(description: Graph) -> None:
    assert results(description, Graph().parse(SHARED / DCAT_AP)) == set()


@needs_shared(RANGES)
def test_values_are_in_the_ranges_of_dcat_ap(description: Graph) -> None:
    """The file of ranges names shapes that it does not define; pySHACL refuses those."""
    ranges = Graph().parse(SHARED / RANGES)
    for shape, _, asked in list(ranges.triples((None, SH.property, None))):
        if (asked, SH.path, None) not in ranges:
            ranges.remove((shape, SH.property, asked))

    assert results(description, ranges) == set()


def test_the_properties_that_datacite_demands_are_there(description: Graph) -> None:
    """https://datacite-metadata-schema.readthedocs.io/en/4.6/properties/overview/."""
    dataset = next(description.subjects(RDF.type, DCAT.Dataset))
    mandatory = {
        "Identifier": DCTERMS.identifier,
        "Creator": DCTERMS.creator,
        "Title": DCTERMS.title,
        "Publisher": DCTERMS.publisher,
        "PublicationYear": DCTERMS.issued,
        "ResourceType": RDF.type,
    }

    assert {name for name, term in mandatory.items() if description.value(dataset, term) is None} == set()


def test_each_agent_of_the_description_has_a_name_in_it(description: Graph) -> None:
    dataset = next(description.subjects(RDF.type, DCAT.Dataset))
    agents = {
        agent for term in (DCTERMS.creator, DCTERMS.publisher) for agent in description.objects(dataset, term)
    }

    assert agents
    assert {agent for agent in agents if description.value(agent, FOAF.name) is None} == set()
