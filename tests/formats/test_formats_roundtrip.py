"""What is written is what is read back, by readers that others wrote."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.formats import FORMATS
from support.hostile import NO_DOUBLES, UNINTERPRETED, graphs, iris, literals
from support.reading import document, meant, read_by_expat, read_by_oxigraph, read_by_pyld, read_by_rdflib, readings
from support.sample_graph import sample

_quick = settings(max_examples=25, deadline=None)
_named_in_xml = iris.filter(lambda predicate: re.search(r"[/#:?][a-z]+>", predicate))
_xml_graphs = graphs(predicates=_named_in_xml)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("name", FORMATS)
def test_every_reader_reads_the_sample_back(name):
    """pyoxigraph, rdflib and, for JSON-LD, PyLD agree with the graphs, quad by quad."""
    want = meant(sample(), named=FORMATS[name].named_graphs)

    for read in readings(name, document(name, sample())):
        assert read == want


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "rdfxml"])
@given(some=st.lists(graphs(), max_size=2))
@_quick
def test_hostile_graphs_come_back_as_they_were(name, some):
    assert read_by_oxigraph(name, document(name, some)) == meant(some, named=FORMATS[name].named_graphs)


# PyLD rewrites doubles into their canonical form.
@given(some=st.lists(graphs(values=literals(NO_DOUBLES)), max_size=2))
@_quick
def test_hostile_graphs_come_back_from_pyld_as_they_were(some):
    assert read_by_pyld(document("jsonld", some)) == meant(some, named=False)


# rdflib rewrites what it takes for a date or a number.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("name", [name for name in FORMATS if name != "rdfxml"])
@given(some=st.lists(graphs(subjects=iris, predicates=iris, values=literals(UNINTERPRETED)), max_size=2))
@_quick
def test_hostile_graphs_come_back_from_rdflib_as_they_were(name, some):
    assert read_by_rdflib(name, document(name, some)) == meant(some, named=FORMATS[name].named_graphs)


@given(some=st.lists(_xml_graphs, max_size=2))
@_quick
def test_hostile_graphs_come_back_from_rdf_xml_as_they_were(some):
    assert read_by_oxigraph("rdfxml", document("rdfxml", some)) == meant(some, named=False)


@given(some=st.lists(_xml_graphs, max_size=2))
@_quick
def test_rdf_xml_is_well_formed_xml(some):
    """Asked of expat: readers of RDF let pass what XML 1.0 forbids."""
    assert read_by_expat(document("rdfxml", some)) == meant(some, named=False)
