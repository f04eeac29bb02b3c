"""RDF that anyone wrote: read in every format, and what is not well-formed is said at its place."""

from __future__ import annotations

import gzip
import io
import sys
from pathlib import Path

import pytest

from kg.cli import run
from kg.errors import CorpusError, UsageError
from kg.formats import FORMATS, write
from kg.formats.rdf_reader import media_type, read_nodes
from kg.rdf.terms import Literal, Node, iri, plain, text
from kg.rdf.vocab import PREFIXES, RDF, SCHEMA
from support.sample_graph import BASE, sample

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

CLAIM = '@prefix s: <http://schema.org/> . <http://a.example/c> a s:Claim ; s:text "Ja"@nl, "Yes"@en .\n'


def nodes(document: str, media: str = "text/turtle") -> list[Node]:
    """Return the nodes of a document."""
    return read_nodes("x.ttl", io.BytesIO(document.encode()), media)


def fault(document: bytes, media: str = "text/turtle") -> str:
    """Return what is said of a document that is none, as `file:line:column: message [rule]`."""
    with pytest.raises(CorpusError) as caught:
        read_nodes("x", io.BytesIO(document), media)
    (finding,) = caught.value.findings
    return f"{finding.at}: {finding.message} [{finding.rule}]"


def triples(found: list[Node]) -> set[tuple[str, str, str]]:
    """Return the triples of nodes."""
    return {(subject, term, value) for subject, of in found for term, values in of.items() for value in values}


def test_nodes_come_in_the_order_of_their_first_mention_with_each_value_once() -> None:
    document = CLAIM + "<urn:b> a <urn:c> . <http://a.example/c> s:text 'Ja'@nl , 'Ja' . _:x <urn:p> _:y ."
    assert nodes(document) == [
        Node(
            iri("http://a.example/c"),
            {RDF.type: [SCHEMA.Claim], SCHEMA.text: [text("Ja", "nl"), text("Yes", "en"), plain("Ja")]},
        ),
        Node(iri("urn:b"), {RDF.type: [iri("urn:c")]}),
        Node("_:x", {iri("urn:p"): [Literal("_:y")]}),  # type: ignore[arg-type]
    ]


def test_a_value_that_two_nodes_share_is_one_value_of_each() -> None:
    """Also after one of them gets another value."""
    document = "<urn:a> a <urn:c> . <urn:b> a <urn:c> , <urn:d> . <urn:a> a <urn:e> . <urn:f> a <urn:c> ."
    found = {node.subject: node.properties[RDF.type] for node in nodes(document)}
    assert found == {
        iri("urn:a"): [iri("urn:c"), iri("urn:e")],
        iri("urn:b"): [iri("urn:c"), iri("urn:d")],
        iri("urn:f"): [iri("urn:c")],
    }


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_written_is_read(name: str) -> None:
    document = "".join(write(sample(), FORMATS[name].writer(PREFIXES, BASE)))
    found = nodes(document, FORMATS[name].media_type)
    assert triples(found) == triples([node for graph in sample() for node in graph.nodes])


@pytest.mark.parametrize(
    ("name", "given", "media"),
    [
        ("x.ttl", "", "text/turtle"),
        ("folder.nt/x.nq.gz", "", "application/n-quads"),
        ("x.rdf.zst", "", "application/rdf+xml"),
        ("x.N3", "", "text/n3"),
        ("x.json", "", "application/ld+json"),
        ("-", "turtle", "text/turtle"),
        ("x.txt", "nt", "application/n-triples"),
    ],
)
def test_the_format_is_the_one_given_else_that_of_the_name(name: str, given: str, media: str) -> None:
    assert media_type(name, given) == media


@pytest.mark.parametrize(("name", "given"), [("-", ""), ("x.docx", ""), ("x", ""), ("x.ttl", "word")])
def test_a_format_that_nothing_tells_is_wrong_usage(name: str, given: str) -> None:
    with pytest.raises(UsageError):
        media_type(name, given)


@pytest.mark.parametrize(
    ("document", "media", "said"),
    [
        (
            b"<urn:a> <urn:b>\n  nothing .",
            "text/turtle",
            "x:2:3: this must be text/turtle: nothing is not a valid RDF",
        ),
        (
            b'<urn:a> <urn:b> "\xff" .',
            "application/n-triples",
            "x:1:18: this must be application/n-triples: Invalid UTF-8",
        ),
        (
            b"<urn:a> <urn:b> <c d> .",
            "application/n-triples",
            "x:1:17: this must be application/n-triples: Invalid IRI",
        ),
        (b"<x", "application/rdf+xml", "x: this must be application/rdf+xml: syntax error: tag not closed"),
        (
            b'{"@context": "https://schema.org", "@id": "urn:a"}',
            "application/ld+json",
            "x: this must be application/ld+json: its context must be in the document itself, because kg fetches "
            "nothing: put it there [bad-rdf]",
        ),
        (
            b"<urn:a> <urn:b> <<( <urn:c> <urn:d> <urn:e> )>> .",
            "text/turtle",
            "x: this must be text/turtle: a triple must not be about another triple, like the one of <urn:a> "
            "[bad-rdf]",
        ),
    ],
)
def test_what_is_not_well_formed_is_said_at_its_place(document: bytes, media: str, said: str) -> None:
    assert fault(document, media)[: len(said)] == said


@pytest.mark.parametrize(
    ("name", "packed", "rule"),
    [
        ("x.ttl.gz", gzip.compress(CLAIM.encode() * 99, mtime=0)[:60], "cut-off"),
        ("x.ttl.zst", zstd.compress(CLAIM.encode() * 99)[:60], "cut-off"),
        ("x.ttl.gz", b"not packed", "damaged"),
        ("x.ttl.zst", b"not packed", "damaged"),
        ("x.ttl.gz", gzip.compress(CLAIM.encode(), mtime=0)[:20] + b"\x00" * 40, "damaged"),
    ],
)
def test_a_packed_file_that_does_not_unpack_is_wrong_data(
    name: str, packed: bytes, rule: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / name
    file.write_bytes(packed)
    assert run(["validate", str(file)]) == 1
    assert f"[{rule}]" in capsys.readouterr().out


def test_a_packed_file_is_validated_as_what_is_in_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plain_file, packed = tmp_path / "x.ttl", tmp_path / "x.ttl.gz"
    plain_file.write_text(CLAIM)
    packed.write_bytes(gzip.compress(CLAIM.encode()))
    assert [run(["validate", str(plain_file)]), run(["validate", str(packed)])] == [1, 1]
    first, _, second = capsys.readouterr().out.partition(str(packed))
    assert first.replace(str(plain_file), "x") == (str(packed) + second).replace(str(packed), "x")


def test_stdin_is_validated_in_the_format_that_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"<urn:a> <urn:b> <urn:c> .")))
    assert run(["validate", "-", "--input-format", "nt"]) == 1
    assert capsys.readouterr().out.startswith("-: violation: the shapes apply to nothing in this graph")
