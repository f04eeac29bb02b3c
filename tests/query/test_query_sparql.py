"""`kg query` with a query of one's own, and the formats of its answers."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
import rdflib

from kg.query.questions import QUERIES, questions
from support import ROOT, SEEDS
from support.query_cases import Asked, Kg, asked

BASE = "https://kg.example/"
ANSWERS = "SELECT ?claim ?act { ?claim kg:answers ?answered ; kg:act ?act } ORDER BY ?claim LIMIT 2"


@pytest.fixture(autouse=True)
def _in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.fixture(scope="module")
def seeds() -> Iterator[Asked]:
    with asked(SEEDS) as opened:
        yield opened


# Queries of one's own


@pytest.mark.parametrize("source", ["-e", "file", "stdin"])
def test_a_query_comes_from_the_command_line_a_file_or_stdin(
    source: str, kg: Kg, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file may begin with a byte order mark, have another suffix and Windows line ends."""
    query = "SELECT (COUNT(*) AS ?n)\r\n{ ?claim a schema:Claim }"
    file = tmp_path / "mine.txt"
    file.write_bytes(b"\xef\xbb\xbf" + query.encode())
    if source == "stdin":
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(file.read_bytes())))

    arguments = {"-e": ["-e", query], "file": [str(file)], "stdin": ["-"]}[source]

    assert kg(*arguments) == (0, "n\n──\n28\n", "")


def test_a_file_with_parameters_takes_options(kg: Kg) -> None:
    file = QUERIES / "said-about.rq"

    assert kg(str(file), "--about", "brexit") == kg("said-about", "--about", "brexit")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("missing.rq", None, ": it cannot be read: No such file or directory: check the name and its folder"),
        (
            "latin.rq",
            b"# caf\xe9\nASK {}",
            ":1:6: the file must be UTF-8, these bytes are not: save it as UTF-8",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_status_3(
    name: str, content: bytes | None, said: str, kg: Kg, tmp_path: Path
) -> None:
    if content:
        (tmp_path / name).write_bytes(content)

    assert kg(str(tmp_path / name)) == (3, "", f"kg: {tmp_path / name}{said}\n")


def test_a_query_that_has_from_is_asked_of_these(kg: Kg) -> None:
    count = "SELECT (COUNT(*) AS ?n) FROM <graph/%s> { ?s a schema:%s }"

    assert kg("-f", "csv", "-e", count % ("entities", "Claim")) == (0, "n\r\n0\r\n", "")
    assert kg("-f", "csv", "-e", count % ("entities", "Person")) == (0, "n\r\n3\r\n", "")


def test_named_graphs_can_be_named(kg: Kg) -> None:
    query = "SELECT DISTINCT ?g { GRAPH ?g { ?claim a schema:Claim } }"

    assert kg("-f", "tsv", "-e", query)[1] == f"?g\n<{BASE}graph/article/000_411f4785dd135aae>\n"


def test_relative_iris_are_those_of_the_corpus(kg: Kg) -> None:
    assert kg("-e", "ASK { <entity/macron> a schema:Person }") == (0, "true\n", "")


@pytest.mark.parametrize(
    ("query", "where", "sentence", "line", "caret"),
    [
        (
            "ASK {\n  ?s sch:author ?o\n}",
            "2:6",
            "the prefix `sch:` must be declared, with PREFIX",
            "  ?s sch:author ?o",
            6,
        ),
        ("SELECT * {\n\t?s ?p\n}", "3:2", "it cannot be understood here", "}", 2),
        ("SELECT ?é { 'é𝄞' ?p % }", "1:21", "it cannot be understood here", "SELECT ?é { 'é𝄞' ?p % }", 21),
        ("", "1:1", "it cannot be understood here", "", 1),
    ],
)
def test_a_syntax_error_shows_its_place(  # noqa: PLR0913
    query: str, where: str, sentence: str, line: str, caret: int, kg: Kg
) -> None:
    assert kg("-e", query) == (
        2,
        "",
        f"kg: the query:{where}: this must be SPARQL: {sentence}\n    {line}\n    {' ' * (caret - 1)}^\n",
    )


@pytest.mark.parametrize("form", ["table", "csv", "tsv", "json", "xml"])
def test_a_query_in_the_other_schema_org_that_finds_nothing_gets_a_hint(form: str, kg: Kg) -> None:
    status, _, err = kg("-f", form, "-e", "SELECT * { ?claim <https://schema.org/author> ?who }")

    assert (status, err) == (
        0,
        "kg: nothing was found, and the query names https://schema.org/: here schema.org's terms begin with "
        "http://schema.org/, as in its own JSON-LD context.\n",
    )


def test_a_query_that_names_the_other_schema_org_and_finds_something_gets_no_hint(kg: Kg) -> None:
    assert kg("-f", "csv", "-e", "SELECT ('https://schema.org/' AS ?x) {}")[2] == ""


# Formats


def test_the_result_formats_say_the_same(kg: Kg) -> None:
    """Read by others: csv and json of Python, rdflib for XML and TSV."""
    expected = [
        (f"{BASE}claim/000_411f4785dd135aae/c01", "https://w3id.org/kg-claims/acts#rejects"),
        (f"{BASE}claim/000_411f4785dd135aae/c03", "https://w3id.org/kg-claims/acts#states"),
    ]
    answers = {form: kg("-f", form, "-e", ANSWERS)[1] for form in ("csv", "tsv", "json", "xml")}

    rows = list(csv.reader(io.StringIO(answers["csv"])))
    bindings = json.loads(answers["json"])["results"]["bindings"]
    xml = rdflib.query.Result.parse(io.BytesIO(answers["xml"].encode()), format="xml")
    tsv = rdflib.query.Result.parse(io.BytesIO(answers["tsv"].encode()), format="tsv")

    assert [tuple(row) for row in rows[1:]] == expected
    assert [(row["claim"]["value"], row["act"]["value"]) for row in bindings] == expected
    for result in (xml, tsv):
        assert [tuple(map(str, row)) for row in result] == expected


@pytest.mark.parametrize("name", ["said-by", "claim", "quoted-words", "where", "contradictions"])
def test_xml_is_well_formed(name: str, seeds: Asked) -> None:
    answer = seeds.store.ask(questions()[name].query, "xml")

    assert ElementTree.parse(answer.path).getroot().tag == "{http://www.w3.org/2005/sparql-results#}sparql"


@pytest.mark.parametrize("character", ["\\u0001", "\\u001B", "\\uFFFE"])
def test_xml_that_would_not_be_well_formed_is_refused(character: str, kg: Kg) -> None:
    query = f"SELECT ('a{character}b' AS ?x) {{}}"

    assert kg("-f", "xml", "-e", query) == (
        2,
        "",
        "kg: XML cannot have the control characters of this answer: ask for json.\n",
    )
    assert kg("-f", "json", "-e", query)[0] == 0


@pytest.mark.parametrize(
    ("form", "written"),
    [
        ("table", "true\n"),
        ("csv", "true\n"),
        ("tsv", "true\n"),
        ("json", '{"head":{},"boolean":true}\n'),
        (
            "xml",
            '<?xml version="1.0"?><sparql xmlns="http://www.w3.org/2005/sparql-results#"><head></head>'
            "<boolean>true</boolean></sparql>\n",
        ),
    ],
)
def test_ask_is_answered_by_true_or_false(form: str, written: str, kg: Kg) -> None:
    assert kg("-f", form, "-e", "ASK { ?s ?p ?o }") == (0, written, "")


def test_construct_is_answered_in_turtle_in_a_fixed_order(kg: Kg) -> None:
    query = "CONSTRUCT { ?a kg:answeredBy ?b ; schema:position 1 } WHERE { ?b kg:answers ?a }"
    claims = f"{BASE}claim/000_411f4785dd135aae"

    assert kg("-e", query) == (
        0,
        "@prefix kg: <https://w3id.org/kg-claims#> .\n"
        "@prefix schema: <http://schema.org/> .\n"
        "\n"
        f"<{claims}/c02> schema:position 1 ;\n\tkg:answeredBy <{claims}/c01> , <{claims}/c03> .\n"
        f"<{claims}/c05> schema:position 1 ;\n\tkg:answeredBy <{claims}/c04> .\n"
        f"<{claims}/c08> schema:position 1 ;\n\tkg:answeredBy <{claims}/c10> .\n"
        f"<{claims}/c15> schema:position 1 ;\n\tkg:answeredBy <{claims}/c14> .\n",
        "",
    )


def test_a_graph_has_no_rows(kg: Kg) -> None:
    assert kg("-f", "csv", "-e", "DESCRIBE <entity/macron>") == (
        2,
        "",
        "kg: CONSTRUCT and DESCRIBE answer with a graph: ask for it with --format ttl.\n",
    )


def test_describe_parses_as_turtle(kg: Kg) -> None:
    graph = rdflib.Graph().parse(data=kg("-e", "DESCRIBE <entity/macron>")[1], format="turtle")

    assert set(graph.subjects()) == {rdflib.URIRef(f"{BASE}entity/macron")}


def test_a_full_disk_for_temporary_files_is_named_as_such(small_disk: Path) -> None:
    state = os.statvfs(small_disk)
    (small_disk / "filler").write_bytes(bytes(state.f_bavail * state.f_frsize - 40_000))

    command = [sys.executable, "-m", "kg", "query", "--corpus", str(SEEDS), "topics"]
    done = subprocess.run(
        command, env={**os.environ, "TMPDIR": str(small_disk)}, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (
        3,
        "",
        "kg: a temporary file could not be written: No space left on device. Free space on the disk, or set TMPDIR "
        "to a folder on another one.\n",
    )
