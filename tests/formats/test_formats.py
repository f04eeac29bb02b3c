"""What all formats of RDF promise: names, the same bytes, graph by graph, and the same triples for every reader."""

from __future__ import annotations

import gzip
import os
import re
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import UsageError
from kg.files.compression import compressed
from kg.formats import FORMATS, format_named, format_of, write
from kg.rdf.terms import Graph, Node, iri, literal_value, plain, text, typed
from kg.rdf.vocab import RDF, SCHEMA, prefixes_with_https, with_https
from support import ROOT
from support.hostile import NO_DOUBLES, UNINTERPRETED, graphs, iris, literals
from support.reading import document, meant, read_by_expat, read_by_oxigraph, read_by_pyld, read_by_rdflib, readings
from support.sample_graph import BASE, article_sample, sample, sample_prefixes

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


def test_the_formats_are_in_this_order():
    assert [(form.name, form.media_type, form.suffix, form.named_graphs) for form in FORMATS.values()] == [
        ("ttl", "text/turtle", ".ttl", False),
        ("nt", "application/n-triples", ".nt", False),
        ("nq", "application/n-quads", ".nq", True),
        ("trig", "application/trig", ".trig", True),
        ("jsonld", "application/ld+json", ".jsonld", False),
        ("rdfxml", "application/rdf+xml", ".rdf", False),
    ]


@pytest.mark.parametrize(
    ("name", "canonical"),
    [
        *((name, name) for name in FORMATS),
        *((form.media_type, form.name) for form in FORMATS.values()),
        ("turtle", "ttl"),
        ("Turtle", "ttl"),
        ("ntriples", "nt"),
        ("n-triples", "nt"),
        ("N-Quads", "nq"),
        ("nquads", "nq"),
        ("json-ld", "jsonld"),
        ("json", "jsonld"),
        ("rdf/xml", "rdfxml"),
        ("xml", "rdfxml"),
        ("rdf", "rdfxml"),
    ],
)
def test_a_format_has_one_name_and_some_aliases(name, canonical):
    assert format_named(name).name == canonical


def test_an_unknown_format_is_refused_with_the_nearest():
    with pytest.raises(UsageError) as refused:
        format_named("turtel")

    assert str(refused.value) == (
        "The format must be one of ttl, nt, nq, trig, jsonld, rdfxml, not 'turtel'. Did you mean `ttl`?"
    )


def test_a_format_like_no_other_is_refused_without_a_guess():
    with pytest.raises(UsageError) as refused:
        format_named("parquet")

    assert str(refused.value) == "The format must be one of ttl, nt, nq, trig, jsonld, rdfxml, not 'parquet'."


@pytest.mark.parametrize(
    ("filename", "name", "compression"),
    [
        ("kg.ttl", "ttl", ""),
        ("dist/kg.2020.NT", "nt", ""),
        ("kg.nq.gz", "nq", "gzip"),
        ("kg.trig.zst", "trig", "zstd"),
        ("kg.JSONLD.GZ", "jsonld", "gzip"),
        ("kg.json", "jsonld", ""),
        ("kg.rdf", "rdfxml", ""),
        ("kg.xml", "rdfxml", ""),
    ],
)
def test_a_files_suffixes_name_its_format(filename, name, compression):
    form, found = format_of(filename)

    assert (form.name, found) == (name, compression)


@pytest.mark.parametrize("filename", ["kg", "kg.gz", "kg.txt", "-", ".ttl", "ttl", "kg.gz.ttl.bz2", ""])
def test_a_file_without_such_a_suffix_is_refused(filename):
    with pytest.raises(UsageError) as refused:
        format_of(filename)

    assert str(refused.value) == (
        "The name of the file must end in one of .ttl .nt .nq .trig .jsonld .rdf (and .gz or .zst behind it), "
        f"not {filename!r}. Or name the format with --format."
    )


@pytest.mark.parametrize("name", FORMATS)
@given(some=st.lists(graphs(predicates=st.nothing()), max_size=3))
@settings(max_examples=15, deadline=None)
def test_a_document_is_its_parts_joined(name, some):
    """Parts written by writers of their own, in another order, make the same document."""
    whole = "".join(write(some, FORMATS[name].writer(sample_prefixes(), BASE)))
    parts = [FORMATS[name].writer(sample_prefixes(), BASE).graph(graph) for graph in reversed(some)]

    writer = FORMATS[name].writer(sample_prefixes(), BASE)
    assert whole == writer.head() + writer.between.join(filter(None, reversed(parts))) + writer.tail


@pytest.mark.parametrize("name", FORMATS)
def test_a_graph_without_a_triple_is_written_as_nothing(name):
    empty = Graph(iri(f"{BASE}graph/x"), [Node(iri(f"{BASE}x"), {}), Node(iri(f"{BASE}y"), {SCHEMA.name: []})])

    assert FORMATS[name].writer(sample_prefixes(), BASE).graph(empty) == ""


@pytest.mark.parametrize("name", FORMATS)
def test_a_document_without_a_graph_is_a_document(name):
    assert read_by_oxigraph(name, document(name, [])) == set()


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    "base", ["", "urn:x/", "https://kg.example", "https://kg.example/a/../", "https://kg.example//"]
)
def test_any_base_gives_a_document_that_says_the_same(name, base):
    want = meant(sample(), named=FORMATS[name].named_graphs)

    assert read_by_oxigraph(name, document(name, sample(), base=base)) == want


@pytest.mark.parametrize("name", FORMATS)
def test_a_document_needs_no_prefixes(name):
    bare = "".join(write(sample(), FORMATS[name].writer({}, "")))

    assert read_by_oxigraph(name, bare) == meant(sample(), named=FORMATS[name].named_graphs)


@pytest.mark.parametrize("name", FORMATS)
def test_a_writer_with_a_full_memory_still_writes_the_same(name):
    """What a writer remembers to be fast is bounded, and no part of what it writes."""
    many = Graph(
        iri(f"{BASE}graph/many"),
        [Node(iri(f"{BASE}entity/e{n}"), {SCHEMA.name: [typed(str(n), f"{BASE}t{n}")]}) for n in range(9000)],
    )
    used, fresh = (FORMATS[name].writer(sample_prefixes(), BASE) for _ in range(2))
    used.graph(many)

    assert used.graph(article_sample()) == fresh.graph(article_sample())


@pytest.mark.parametrize(("language", "name"), [("turtle", "ttl"), ("json", "jsonld"), ("nquads", "nq")])
def test_what_the_documentation_shows_is_what_is_written(language, name):
    page = (ROOT / "docs/formats.md").read_text("utf-8")
    blocks = re.findall(rf"^```{language}\n(.*?)^```", page, re.DOTALL | re.MULTILINE)

    assert blocks
    assert [block for block in blocks if block not in document(name, sample())] == []


def test_another_hash_seed_gives_the_same_bytes():
    script = (
        "import hashlib; from support.reading import document; from support.sample_graph import sample;"
        "from kg.formats import FORMATS;"
        "print(hashlib.sha256(''.join(document(name, sample()) for name in FORMATS).encode()).hexdigest())"
    )
    path = str(ROOT / "tests")
    digests = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path, "LC_ALL": "C"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert len(digests) == 1


def test_without_compression_the_bytes_are_the_text():
    assert list(compressed(["é", b"\xff"], "")) == ["é".encode(), b"\xff"]


def test_gzip_gives_back_the_text_and_its_header_knows_no_clock():
    packed = b"".join(compressed(["één", " ", b"twee"] * 1000, "gzip"))

    assert gzip.decompress(packed) == "één twee".encode() * 1000
    assert packed[:8] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00"


def test_zstd_gives_back_the_text():
    packed = b"".join(compressed(["één", " ", b"twee"] * 1000, "zstd"))

    assert zstd.decompress(packed) == "één twee".encode() * 1000


@pytest.mark.parametrize("compression", ["gzip", "zstd"])
def test_nothing_compressed_is_a_whole_file(compression):
    open_up = gzip.decompress if compression == "gzip" else zstd.decompress

    assert open_up(b"".join(compressed([], compression))) == b""


def test_compression_streams():
    """Much text is given on before all of it has been taken."""
    taken = 0

    def chunks():
        nonlocal taken
        for n in range(200):
            taken += 1
            yield os.urandom(5000) + str(n).encode()

    next(out for out in compressed(chunks(), "gzip") if len(out) > 10)
    assert taken < 200


def test_https_is_in_every_iri_of_schema_org_and_in_no_text():
    about = "http://schema.org/Claim, see <http://schema.org/text>"
    graph = Graph(
        iri("http://schema.org/graph"),
        [
            Node(
                iri("http://schema.org/x"),
                {
                    RDF.type: [SCHEMA.Claim],
                    SCHEMA.text: [
                        plain(about),
                        text(f'"^^<http://schema.org/>{about}', "en"),
                        plain("http://schema.org/"),
                    ],
                    SCHEMA.url: [iri("http://schema.org.example/"), iri("https://x.example/?http://schema.org/")],
                    SCHEMA.dateCreated: [
                        typed('"^^<http://schema.org/', "http://schema.org/Date"),
                        typed("1", BASE),
                    ],
                },
            )
        ],
    )

    assert with_https(graph) == Graph(
        iri("https://schema.org/graph"),
        [
            Node(
                iri("https://schema.org/x"),
                {
                    RDF.type: [iri("https://schema.org/Claim")],
                    iri("https://schema.org/text"): graph.nodes[0].properties[SCHEMA.text],
                    iri("https://schema.org/url"): graph.nodes[0].properties[SCHEMA.url],
                    iri("https://schema.org/dateCreated"): [
                        typed('"^^<http://schema.org/', "https://schema.org/Date"),
                        typed("1", BASE),
                    ],
                },
            )
        ],
    )


@pytest.mark.parametrize("name", FORMATS)
def test_https_changes_the_namespace_and_nothing_else(name):
    """A document in the other namespace differs in that prefix alone, or where IRIs are spelled out."""
    changed = [with_https(graph) for graph in sample()]
    writer = FORMATS[name].writer(prefixes_with_https(sample_prefixes()), BASE)

    assert "".join(write(changed, writer)) == document(name, sample()).replace(
        "http://schema.org/", "https://schema.org/"
    )


@given(graph=graphs())
@settings(max_examples=50, deadline=None)
@pytest.mark.parametrize("name", [name for name in FORMATS if name != "rdfxml"])  # it refuses some of these
def test_a_graph_in_utf_8_is_its_text_encoded(name, graph):
    writer = FORMATS[name].writer(sample_prefixes(), BASE)

    assert writer.encoded(graph) == writer.graph(graph).encode()


def test_https_json_ld_reads_back():
    changed = [with_https(graph) for graph in sample()]
    written = "".join(write(changed, FORMATS["jsonld"].writer(prefixes_with_https(sample_prefixes()), BASE)))

    assert read_by_pyld(written) == meant(changed, named=False)


@given(graph=graphs())
@settings(max_examples=50, deadline=None)
def test_https_keeps_every_text(graph):
    def literals(of):
        return [
            literal_value(term)[::2]
            for node in of.nodes
            for terms in node.properties.values()
            for term in terms
            if term[0] != "<"
        ]

    assert sorted(literals(with_https(graph))) == sorted(literals(graph))


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
