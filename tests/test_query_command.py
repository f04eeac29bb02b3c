"""`kg query`: what it prints, what it refuses, and that no query can harm it."""

from __future__ import annotations

import csv
import io
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st

from corpora import lay
from kg.cli import run
from kg.cli.query import example
from kg.errors import FileError, UsageError
from kg.questions import grouped, questions
from kg.store import LIMITS, open_store
from kg.tables import Rows, read_rows, short_name, table
from queries_page import HEAD, page
from query_cases import HARBOUR, Asked, asked, cases
from support import ROOT, SEEDS

NAMES = list(questions())
BASE = "https://kg.example/"
ANSWERS = "SELECT ?claim ?act { ?claim kg:answers ?answered ; kg:act ?act } ORDER BY ?claim LIMIT 2"
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limits of resources")


@pytest.fixture(autouse=True)
def _in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.fixture(scope="module")
def seeds() -> Iterator[Asked]:
    with asked(SEEDS) as opened:
        yield opened


class Kg:
    """Runs `kg query` and gives its status, what is on stdout and what is on stderr."""

    def __init__(self, capfd: pytest.CaptureFixture[str]) -> None:
        self.capfd = capfd

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        status = run(["query", *arguments])
        out, err = self.capfd.readouterr()
        return status, out, err


@pytest.fixture
def kg(capfd: pytest.CaptureFixture[str]) -> Kg:
    return Kg(capfd)


# Questions by name


def test_alone_it_lists_the_questions_by_group(kg: Kg) -> None:
    widest = max(map(len, NAMES))
    expected = ""
    for group, members in grouped().items():
        expected += group + "\n"
        expected += "".join(f"  {each.name.ljust(widest)}  {each.question}\n" for each in members) + "\n"

    assert kg() == (
        0,
        expected + "`kg query QUESTION --help` shows what a question can be told, and an example.\n",
        "",
    )


def test_a_question_is_answered_in_a_table(kg: Kg) -> None:
    assert kg("said-at", "--event", "munich-2020") == (
        0,
        "claim                     occasion     speaker  said                      act     "
        "words\n"
        "────────────────────────  ───────────  ───────  ────────────────────────  ──────  "
        "─────────────────────────────────────────────────────────────────────────────────────────────\n"
        "000_411f4785dd135aae/c23  munich-2020  macron   [2020-02-14..2020-02-16]  states  "
        "de NAVO en een “Europa van defensie” twee peilers zijn van de Europese collectieve veiligheid\n",
        "",
    )


@pytest.mark.parametrize("name", NAMES)
def test_help_shows_the_question_its_options_and_an_example_that_works(name: str, kg: Kg) -> None:
    status, out, _ = kg(name, "--help")
    question = questions()[name]
    said = " ".join(out.split())
    assert (status, question.question in said, example(question) in said) == (0, True, True)
    assert all(f"--{each.name}" in said for each in question.parameters)

    command = example(question).split()
    assert kg(*command[2:], "-f", "csv")[0] == 0


def test_the_help_of_a_question(kg: Kg) -> None:
    assert kg("acts-of", "--help")[1] == (
        "Usage: kg query acts-of [OPTIONS]\n"
        "\n"
        "  Which acts did a speaker perform: what did they deny, propose, exclude,\n"
        "  promise?\n"
        "\n"
        "  Example:\n"
        "    kg query acts-of --speaker macron\n"
        "\n"
        "Options:\n"
        "  --speaker ENTITY   Who spoke.  [required]\n"
        "  --act ACT          One act only.\n"
        "  -c, --corpus DIR   The folder of the corpus; left out, the one you are in,\n"
        "                     or seeds/.\n"
        "  -f, --format NAME  table, csv, tsv, json, xml, or ttl for a graph.\n"
        "                     [default: table]\n"
        "  --timeout SECONDS  How long the query may take.  [default: 30]  [0<x<=86400]\n"
        "  -h, --help         Show this message and exit.\n"
    )


@pytest.mark.parametrize("place", ["before", "after"])
def test_common_options_stand_before_or_after_the_question(place: str, kg: Kg) -> None:
    common = ["-c", str(HARBOUR), "-f", "csv"]
    asking = ["said-about", "--about", "wages"]
    golden = next(case.golden for case in cases() if (case.corpus, case.name) == ("harbour", "said-about"))

    status, out, err = kg(*(common + asking if place == "before" else asking + common))

    assert (status, out.replace("\r\n", "\n"), err) == (0, golden.read_text(encoding="utf-8"), "")


def test_drafts_are_left_out(kg: Kg) -> None:
    assert kg("-c", str(HARBOUR), "-e", "ASK { <article/sketch> ?p ?o }") == (0, "false\n", "")


def test_nothing_found_is_said_on_stderr(kg: Kg) -> None:
    assert kg("contradictions") == (0, "", "Nothing was found.\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["said-bi"], "There is no question `said-bi`: did you mean `said-in`?"),
        (["xyzzy"], "There is no question `xyzzy`: `kg query` lists them. A file's name ends in .rq."),
        (["said-by", "--speaker", "Macron"], "--speaker: there is no entity `Macron`: did you mean `macron`?"),
        (
            ["said-by", "--speaker", "de NAVO-baas"],
            "no entity `de NAVO-baas`: did you mean `stoltenberg`?",
        ),
        (["said-by", "--speaker", "xyzzy"], "there is no entity `xyzzy`. The entities stand in entities.yaml."),
        (["said-by", "--speaker", "a b:c"], "--speaker: not an absolute IRI: 'a b:c'"),
        (["said-by"], "Missing option '--speaker'."),
        (["said-by", "--speaker", "macron", "--from", "vrijdag"], "--from: "),
        (
            ["said-by", "--speaker", "macron", "--to", "2020-02-21?"],
            "--to: write a day, a month or a year without doubt, not '2020-02-21?'.",
        ),
        (["acts-of", "--speaker", "macron", "--act", "says"], "'says' is not one of 'states', 'believes',"),
        (
            ["where", "--claim", "000_411f4785dd135aae/c4"],
            "--claim: there is no claim `000_411f4785dd135aae/c4` in this corpus: "
            "did you mean `000_411f4785dd135aae/c04`?",
        ),
        (["where", "--claim", "c04"], "--claim: write the article's id, a slash and the claim's id, not 'c04'."),
        (["said-in", "--article", "1"], "--article: there is no article `1` in this corpus."),
        (
            ["said-in", "--article", "A b"],
            "--article: an article has an id like 000_411f4785dd135aae, not 'A b'.",
        ),
        (["said-at", "--event", "munich"], "--event: `munich` is an entity, but no Event."),
        (
            ["said-at", "--event", "000_411f4785dd135aae/spigel"],
            "--event: there is no event `000_411f4785dd135aae/spigel` in this corpus: "
            "did you mean `000_411f4785dd135aae/spiegel`?",
        ),
        (["said-with", "--word", "a\x01"], "--word: a control character in 'a\\x01'"),
        (["articles", "-e", "ASK {}"], "No such option"),
        (["-e", "ASK {}", "articles"], "Give a query with -e, or a question, not both."),
        (["articles", "more"], "Got unexpected extra argument (more)"),
        (["-f", "yaml", "articles"], "'yaml' is not one of 'table', 'csv',"),
        (
            ["articles", "-f", "ttl"],
            "SELECT and ASK answer with rows: ask for table, csv, tsv, json or xml, not ttl.",
        ),
        (["articles", "-c", "nowhere"], "nowhere: there is no such folder."),
    ],
)
def test_a_slip_gets_advice_and_status_2(arguments: list[str], message: str, kg: Kg) -> None:
    status, out, err = kg(*arguments)

    assert (status, out, message in err) == (2, "", True), err


def test_an_entity_can_be_given_as_its_iri(kg: Kg) -> None:
    assert kg("said-by", "--speaker", "https://kg.example/entity/macron") == kg("said-by", "--speaker", "macron")


def test_an_unnamed_source_can_be_given_as_its_iri(kg: Kg) -> None:
    status, out, _ = kg("acts-of", "--speaker", f"{BASE}claim/000_411f4785dd135aae/c15#speaker", "-f", "csv")

    assert (status, [row["claim"] for row in csv.DictReader(io.StringIO(out))]) == (
        0,
        [f"{BASE}claim/000_411f4785dd135aae/c15"],
    )


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
    file = ROOT / "src/kg/queries/said-about.rq"

    assert kg(str(file), "--about", "brexit") == kg("said-about", "--about", "brexit")


@pytest.mark.parametrize(("name", "content"), [("missing.rq", None), ("latin.rq", b"# caf\xe9\nASK {}")])
def test_a_file_that_cannot_be_read_is_status_3(name: str, content: bytes | None, kg: Kg, tmp_path: Path) -> None:
    if content:
        (tmp_path / name).write_bytes(content)

    status, out, err = kg(str(tmp_path / name))

    assert (status, out, f"{name}: it cannot be read as a query" in err) == (3, "", True)


def test_a_query_that_names_its_graphs_is_asked_of_these(kg: Kg) -> None:
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
        "kg: XML cannot hold the control characters of this answer: ask for json.\n",
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


# Tables

CELLS = st.text(st.characters(categories=["L", "N", "P", "Zs", "Mn"]), max_size=60)


@given(st.integers(1, 6).flatmap(lambda n: st.lists(st.tuples(*[CELLS] * n), min_size=1, max_size=4)))
def test_a_table_fits_its_width_and_loses_no_letter(cells: list[tuple[str, ...]]) -> None:
    rows = Rows(tuple(f"c{n}" for n, _ in enumerate(cells[0])), tuple(cells))

    lines = list(table(rows, 80))

    assert all(len(line) <= 80 for line in lines)
    shown = sorted("".join("".join(lines[2:]).split()))
    assert shown == sorted("".join("".join("".join(row) for row in cells).split()))


def test_a_table_without_a_width_has_one_line_a_row() -> None:
    assert list(table(Rows(("a", "b"), (("x" * 200, ""), ("y", "z"))))) == [
        "a" + " " * 201 + "b",
        "─" * 200 + "  ─",
        "x" * 200,
        "y" + " " * 201 + "z",
    ]


@pytest.mark.parametrize(
    ("iri", "short"),
    [
        (f"{BASE}entity/macron", "macron"),
        (f"{BASE}claim/a/c01", "a/c01"),
        (f"{BASE}article/a#newsroom", "a#newsroom"),
        (f"{BASE}dataset", "dataset"),
        ("https://w3id.org/kg-claims/acts#denies", "denies"),
        ("https://w3id.org/kg-claims#act", "kg:act"),
        ("http://schema.org/author", "schema:author"),
        ("http://schema.org/a/b", "http://schema.org/a/b"),
        ("http://www.wikidata.org/entity/Q142", "http://www.wikidata.org/entity/Q142"),
    ],
)
def test_iris_are_shown_short(iri: str, short: str) -> None:
    assert short_name(iri, BASE) == short


def test_a_terminal_obeys_no_value() -> None:
    results = {
        "head": {"vars": ["x"]},
        "results": {"bindings": [{"x": {"type": "literal", "value": "a\x1b[31m\nb\u202ec"}}, {}]},
    }

    assert read_rows(results, BASE).cells == (("a\\u001b[31m b\\u202ec",), ("",))


# Safety

SERVICES = [
    "SELECT * { SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { SERVICE SILENT <URL> { ?s ?p ?o } }",
    "SELECT * { sErViCe<URL>{ ?s ?p ?o } }",
    "PREFIX s: <URL> SELECT * { SERVICE s: { ?s ?p ?o } }",
    "SELECT * { ?s ?p 1.SERVICE<URL>{ ?a ?b ?c } }",
    "SELECT * { ?s ?p true.SERVICE<URL>{ ?a ?b ?c } }",
    "PREFIX : <URL> SELECT * { ?s ?p true.SERVICE:{ ?a ?b ?c } }",
    "PREFIX : <URL> SELECT * { ?s ?p true.SERVICE SILENT:{ ?a ?b ?c } }",
    "SELECT * { BIND(<URL> AS ?where) SERVICE ?where { ?s ?p ?o } }",
    "SELECT * { VALUES ?where { <URL> } SERVICE SILENT ?where { ?s ?p ?o } }",
    "SELECT * { ?s ?p ?o FILTER EXISTS { SERVICE <URL> { ?s ?p ?o } } }",
    "SELECT * { { SELECT * { SERVICE <URL> { ?s ?p ?o } } } }",
    "SELECT * { #\r SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { # x\n SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { ?s ?p '#' . SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { ?s ?p '''a'b''' . SERVICE <URL> { ?s ?p ?o } }",
    'SELECT * { ?s ?p "\\"" . SERVICE <URL> { ?s ?p ?o } }',
    "PREFIX e: <http://e/> SELECT * { ?s e:a\\#b ?o . SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { FILTER(1 <2) SERVICE <URL> { ?s ?p ?o } FILTER(3> 2) }",
    "SELECT * { FILTER(?a<?b) SERVICE <URL> { ?s ?p ?o } FILTER(3>2) }",
    "SELECT * { \\u0053ERVICE <URL> { ?s ?p ?o } }",
    "SELECT * FROM <URL> { ?s ?p ?o }",
    "SELECT * FROM NAMED <URL> { GRAPH <URL> { ?s ?p ?o } }",
    "LOAD <URL>",
    "LOAD SILENT <URL> INTO GRAPH <http://g/>",
    "ASK {} ; LOAD <URL>",
    "DESCRIBE <URL>",
]


@posix_only
@pytest.mark.parametrize("query", SERVICES)
def test_no_query_reaches_the_network(query: str, seeds: Asked) -> None:
    """Not refused by its spelling alone: the process that answers can open no connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/sparql"
        with suppress(UsageError, FileError):
            seeds.store.ask(query.replace("URL", url), "table")
        with pytest.raises(TimeoutError):
            server.accept()


@posix_only
def test_a_worker_without_the_reading_of_the_query_reaches_no_network_either(
    seeds: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.store.answers.refuse_what_is_no_query", lambda _query: None)

    for query in SERVICES:
        test_no_query_reaches_the_network(query, seeds)


# `true.SERVICE:` reads as a prefixed name, and only the worker refuses it.
@pytest.mark.parametrize("query", [query for query in SERVICES[:20] if "true.SERVICE:" not in query])
def test_service_is_refused_in_words(query: str, kg: Kg) -> None:
    assert kg("-e", query.replace("URL", "http://127.0.0.1:9/")) == (
        2,
        "",
        "kg: SERVICE is refused: `kg query` asks this corpus only, and reaches no network.\n",
    )


@pytest.mark.parametrize("form", ["?service", "'SERVICE'", "<http://e/SERVICE>", "schema:service"])
def test_the_word_service_elsewhere_is_no_call(form: str, kg: Kg) -> None:
    assert kg("-e", f"ASK {{ # SERVICE\n ?s ?p {form} }}")[0] == 0


@pytest.mark.parametrize(
    "update",
    [
        "INSERT DATA { <a:a> <a:b> <a:c> }",
        "PREFIX s: <http://select/> delete where { ?s ?p ?o }",
        "BASE <a:b>\nWITH <g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "LOAD <http://127.0.0.1:9/>",
        "CLEAR ALL",
        "drop all",
        "COPY DEFAULT TO <a:b>",
    ],
)
def test_updates_are_refused(update: str, kg: Kg) -> None:
    status, out, err = kg("-e", update)

    assert (status, out, "is refused: `kg query` reads and never writes." in err) == (2, "", True)


ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(?a != ?l) }"


def test_a_query_is_stopped_when_its_time_is_up(kg: Kg) -> None:
    begun = time.monotonic()

    outcome = kg("--timeout", "0.5", "-e", ENDLESS)

    assert outcome == (
        3,
        "",
        "kg: The query took more than 0.5 seconds and was stopped: narrow it, or give it more with --timeout.\n",
    )
    assert time.monotonic() - begun < 10


@posix_only
def test_a_query_is_stopped_when_kg_is(tmp_path: Path) -> None:
    """Nobody is left to end it: the worker's own limit of time does."""
    with asked(SEEDS) as opened, open_store(opened.graphs, BASE) as store:
        script = (
            "import os, sys, threading\n"
            "from pathlib import Path\n"
            "from kg.store import LIMITS, Store\n"
            f"store = Store(Path({str(store.folder)!r}), {BASE!r})\n"
            "threading.Timer(1, lambda: os._exit(9)).start()\n"
            f"store.ask({ENDLESS!r}, limits=LIMITS._replace(seconds=1.2))\n"
        )
        killed = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=False)
        assert killed.returncode == 9
        deadline = time.monotonic() + 30
        while _workers(store.folder) and time.monotonic() < deadline:
            time.sleep(0.2)
        assert _workers(store.folder) == []


def _workers(folder: Path) -> list[str]:
    """Return the processes that work on a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if str(folder) in process.read_text(errors="replace") and "worker.py" in process.read_text():
                found.append(process.parent.name)
        except OSError:
            continue
    return found


@pytest.mark.parametrize(
    "query", ["SELECT (" + "(" * 20_000 + "1" + ")" * 20_000 + " AS ?x) {}", "SELECT * " + "{" * 50_000]
)
def test_a_query_that_breaks_the_engine_breaks_nothing_else(query: str, kg: Kg) -> None:
    status, out, err = kg("-e", query)

    assert (status, out, "nested too deeply" in err) == (3, "", True), err


@posix_only
@pytest.mark.parametrize(
    ("query", "limits", "message"),
    [
        (
            "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?d ?g",
            {"memory": 64 * 1024 * 1024},
            "memory",
        ),
        ("SELECT * { ?a ?b ?c . ?d ?e ?f }", {"answer": 1024 * 1024}, "The answer is larger than can be handed on"),
    ],
)
def test_a_query_gets_its_share_and_no_more(query: str, limits: dict[str, Any], message: str, seeds: Asked) -> None:
    with pytest.raises(FileError, match=message):
        seeds.store.ask(query, limits=LIMITS._replace(**limits))


def test_queries_do_not_disturb_each_other(seeds: Asked) -> None:
    """A store answers one question after the other, also after one that failed."""
    with pytest.raises(UsageError):
        seeds.store.ask("nonsense")

    assert json.loads(seeds.store.ask("ASK {}").path.read_text()) == {"head": {}, "boolean": True}


# The corpus


def test_a_corpus_that_cannot_be_read_whole_is_not_asked(kg: Kg, tmp_path: Path) -> None:
    lay(
        tmp_path,
        {"a.txt": "date 2020-02 Ja, zei hij.", "a.claims.yaml": "claims: {c01: {speaker: ann-b, words: Nee}}\n"},
    )

    status, out, err = kg("-c", str(tmp_path), "articles")

    assert (status, out) == (1, "")
    assert f"{tmp_path}/a.claims.yaml:1:39: violation: " in err


def test_a_corpus_that_breaks_a_shape_can_be_asked(kg: Kg, tmp_path: Path) -> None:
    """Questions help to find what is wrong; `kg validate` judges."""
    lay(
        tmp_path,
        {
            "a.txt": "date 2020-02 Ja, zei hij.",
            "a.claims.yaml": "claims: {c01: {speaker: ann-b, words: Ja, said: 2021}}\n",
        },
    )

    assert run(["validate", str(tmp_path)]) == 1
    kg.capfd.readouterr()
    assert kg("-c", str(tmp_path), "-e", "SELECT ?c { ?c a schema:Claim }")[:2] == (0, "c\n─────\na/c01\n")


def test_asking_imports_neither_rdflib_nor_pyshacl() -> None:
    """Nor pyoxigraph, which only the worker needs."""
    script = (
        "import sys; from kg.cli import run; run(['query', 'articles', '-c', 'seeds']); "
        "print(*sorted({'rdflib', 'pyshacl', 'pyoxigraph'} & set(sys.modules)), 'none else')"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "none else"


def test_asking_is_quick() -> None:
    """Half a second is the promise; the bound leaves room for a busy machine."""
    begun = time.monotonic()
    subprocess.run([sys.executable, "-m", "kg", "query", "articles"], cwd=ROOT, capture_output=True, check=True)

    assert time.monotonic() - begun < 3


def test_threads_may_ask_at_once(seeds: Asked) -> None:
    """Each from a store of its own."""
    answers: list[str] = []

    def ask() -> None:
        with open_store(seeds.graphs, BASE) as store:
            answers.append(store.ask("ASK {}").path.read_text())

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == ['{"head":{},"boolean":true}\n'] * 3


# The page


def test_the_page_is_in_step_with_the_questions() -> None:
    """`python tests/queries_page.py > docs/queries.md` writes it again."""
    assert (ROOT / "docs/queries.md").read_text(encoding="utf-8") == "\n".join(page()) + "\n"


def test_the_question_shown_on_the_page_can_be_asked(kg: Kg, tmp_path: Path) -> None:
    file = tmp_path / "mine.rq"
    file.write_text(HEAD.split("```sparql\n")[1].split("```")[0], encoding="utf-8")

    assert kg(str(file), "--speaker", "stoltenberg", "--about", "independence") == (
        0,
        "claim                     words\n"
        "────────────────────────  ───────────────────────────────────────────\n"
        "000_411f4785dd135aae/c14  het verwijt de spreekbuis van Trump te zijn\n",
        "",
    )
