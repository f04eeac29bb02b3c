"""The named questions: their answers over some corpora, their values, and that any SPARQL engine gives the same."""

from __future__ import annotations

import csv
import io
import random
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date as Day  # noqa: N812
from pathlib import Path
from typing import Any

import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import UsageError
from kg.formats import FORMATS, write
from kg.query.questions import GROUPS, Question, questions, read_question, with_values
from kg.query.sparql import tokens
from kg.query.store import Store
from kg.rdf.terms import Iri, Literal, date, literal_value, plain
from kg.rdf.vocab import KG, RDF, SCHEMA
from support import SEEDS
from support.corpora import CONFIG, lay
from support.query_cases import FOLDERS, Asked, Case, asked, cases

NAMES = list(questions())
DAYS = st.dates(Day(2019, 9, 1), Day(2021, 5, 1))
HOSTILE = [
    '") } #',
    "' } ; DROP ALL",
    '"""',
    "\\u0022) }",
    "\\",
    "a\nb",
    "?speaker",
    "UNDEF",
    "}) { ( $1 \\1",
    "“Planningsgroep”",
]


@pytest.fixture(scope="module")
def corpora() -> Iterator[dict[str, Asked]]:
    with ExitStack() as stack:
        yield {name: stack.enter_context(asked(folder)) for name, folder in FOLDERS.items()}


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.corpus}-{case.name}")
def test_a_question_has_the_answer_that_was_checked_by_hand(case: Case, corpora: dict[str, Asked]) -> None:
    """`python tests/support/query_cases.py` writes the answers again."""
    opened = corpora[case.corpus]

    assert opened.answer(case.query(opened.index)) == case.golden.read_text(encoding="utf-8")


TEXT = r"  OPTIONAL \{ \?claim schema:text \?own .*? AS \?text\)\n"
RETRACTION = r"  OPTIONAL \{\n    # The claim that takes it back.*?\n  \}\n"


@pytest.mark.parametrize(("part", "forms"), [(TEXT, 2), (RETRACTION, 1)], ids=["text", "retraction"])
def test_copies_of_a_part_of_a_query_are_equal(part: str, forms: int) -> None:
    """SPARQL has no functions. Some questions choose a text without looking for one of another region."""
    queries = (re.sub(r"\?(answer|statement)\b", "?claim", each.query) for each in questions().values())
    copies = [
        found[0].replace("?wanted, ", "") for query in queries if (found := re.search(part, query, re.DOTALL))
    ]

    assert len(copies) > 10
    assert len(set(copies)) == forms


@pytest.mark.parametrize("name", NAMES)
def test_every_question_finds_something(name: str) -> None:
    answers = [case.golden.read_text(encoding="utf-8") for case in cases() if case.question == name]

    assert any(answer.count("\n") > 1 for answer in answers)


def test_no_answer_is_there_without_its_question() -> None:
    stored = {path for folder in FOLDERS for path in (cases()[0].golden.parents[1] / folder).iterdir()}

    assert stored == {case.golden for case in cases()}


@pytest.mark.parametrize("name", NAMES)
def test_every_question_is_one_in_a_group(name: str) -> None:
    question = questions()[name]

    assert (question.question[-1], question.group in GROUPS) == ("?", True)


@pytest.mark.slow
@pytest.mark.parametrize("corpus", FOLDERS)
def test_another_engine_gives_the_same_answers(corpus: str, corpora: dict[str, Asked]) -> None:
    """rdflib reads each file unchanged, over the merged graph: it is plain SPARQL, its prefixes declared."""
    opened = corpora[corpus]
    graph = rdflib.Graph()
    graph.parse(data="".join(write(opened.graphs, FORMATS["nt"].writer({}, ""))), format="nt")

    for case in cases():
        if case.corpus == corpus and not case.values:
            theirs = [["" if term is None else str(term) for term in row] for row in _rows(graph, case, opened)]
            ours = list(csv.reader(io.StringIO(case.golden.read_text(encoding="utf-8"))))[1:]
            assert sorted(theirs) == sorted([cell.replace("00Z", "00+00:00") for cell in row] for row in ours), case


def _rows(graph: rdflib.Graph, case: Case, opened: Asked) -> Any:
    return graph.query(case.query(opened.index))


@pytest.mark.slow
@pytest.mark.parametrize("corpus", FOLDERS)
def test_the_order_of_the_graph_does_not_change_an_answer(
    corpus: str, corpora: dict[str, Asked], tmp_path: Path
) -> None:
    """ORDER BY fixes the order of the rows wholly."""
    opened = corpora[corpus]
    lines = (opened.store.folder / "graph.nq").read_text(encoding="utf-8").splitlines(keepends=True)
    random.Random(20200221).shuffle(lines)
    (tmp_path / "graph.nq").write_text("".join(lines), encoding="utf-8")
    shuffled = opened._replace(store=Store(tmp_path, opened.store.base))

    for case in cases():
        if case.corpus == corpus and not case.values:
            assert shuffled.answer(case.query(opened.index)) == case.golden.read_text(encoding="utf-8"), case


@pytest.mark.slow
def test_no_words_are_needed_to_answer(tmp_path: Path, corpora: dict[str, Asked]) -> None:
    """Of a corpus that publishes no word of its articles, the same claims are found by who, when and what about."""
    shutil.copytree(SEEDS, tmp_path, dirs_exist_ok=True)
    config = tmp_path / "corpus.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace("text: quotes", "text: none"), encoding="utf-8")
    silent = ("conditions", "cues", "named-as", "said-with", "where")

    with asked(tmp_path) as opened:
        for name, question in questions().items():
            if name not in silent and question.group in GROUPS[:4]:
                with_words = corpora["seeds"].answer(question.query)
                wordless = opened.answer(question.query)
                assert (name, wordless.count("claim/")) == (name, with_words.count("claim/"))


# At the edges

EDGES = {
    "corpus.yaml": CONFIG.replace("language: nl", "language: en") + "annotators:\n"
    "  ann: {name: Ann, same_as: ['https://orcid.org/0000-0000-0000-0001']}\n"
    "  bob: {name: Bob, same_as: ['https://orcid.org/0000-0000-0000-0002']}\n",
    "entities.yaml": "king: {type: Person, name: The King, same_as: ['http://www.wikidata.org/entity/Q1'],\n"
    "  roles: {king: {title: king, from: '..'}}}\n"
    "nato: {type: Organization, name: NATO}\nfrance: {type: Country, name: France}\n",
    "one.txt": "date 2026-01-10 “We want peace”, said a diplomat. “We want war”, she said. “Bread!”, said a King.",
    "one.claims.yaml": "article: {same_as: ['https://library.example/one'], corrected: 2026-01}\n"
    "annotation: {by: ann, on: 2026-01-11, reviewed: {by: bob, on: 2026-01-12}}\n"
    "sources: {diplomat: {words: a diplomat, for: nato}}\n"
    "claims:\n"
    "  c01: {speaker: diplomat, words: We want peace, act: states, to: king, said: 2025-12-01}\n"
    "  c02: {speaker: diplomat, for: france, words: We want war, act: states, said: '[2019-10..2019-12]'}\n"
    "  c03: {speaker: king, words: Bread!, act: demands, said: '[2019-12..2020-01]'}\n",
}


@pytest.mark.parametrize(
    ("name", "values", "columns", "expected"),
    [
        ("identifiers", {}, ("entity",), [("entity/king",)]),
        ("said-for", {}, ("for", "claim"), [("entity/nato", "claim/one/c01"), ("entity/france", "claim/one/c02")]),
        ("addressee-roles", {}, ("claim", "certainty"), [("claim/one/c01", "certainly")]),
        ("uncertain-dates", {}, ("claim",), [("claim/one/c03",)]),
        ("changed-since", {"since": date("2026-01-15")}, ("on", "change"), [("2026-01", "corrected by the paper")]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_question_means_no_more_and_no_less_than_it_says(
    tmp_path: Path, name: str, values: dict[str, Literal], columns: tuple[str, ...], expected: list[tuple[str, ...]]
) -> None:
    """Articles and annotators are no entities; `for` of a claim replaces that of its source; some day in 2019 is in
    2019; who always held a role held it; what was corrected in January may have been corrected since the 15th."""
    with asked(lay(tmp_path, EDGES)) as opened:
        answer = opened.answer(with_values(questions()[name], values)).replace("https://kg.example/", "")

    assert [tuple(row[each] for each in columns) for row in csv.DictReader(io.StringIO(answer))] == expected


@pytest.mark.parametrize(("extent", "published"), [("quotes", "3"), ("none", "0")])
def test_quotations_count_where_their_words_are_published(tmp_path: Path, extent: str, published: str) -> None:
    files = {**EDGES, "corpus.yaml": f"{EDGES['corpus.yaml']}text: {extent}\n"}
    with asked(lay(tmp_path, files)) as opened:
        (row,) = csv.DictReader(io.StringIO(opened.answer(questions()["licences"].query)))

    assert (row["claims"], row["quotations"]) == ("3", published)


# Values


@pytest.mark.parametrize("name", NAMES)
def test_the_values_of_the_example_give_the_example_back(name: str) -> None:
    question = questions()[name]
    values = {each.name: Iri(each.example) for each in question.parameters if each.example != "UNDEF"}

    assert with_values(question, values).split() == question.query.split()


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_a_value_stays_one_term(text: str) -> None:
    """Whatever is typed, the query around it is the same, and the value is one string that says it."""
    question = questions()["said-with"]
    value = plain(text) if not set(text) & {"\ufffe", "\uffff"} else plain("")

    before = list(tokens(question.query))
    after = list(tokens(with_values(question, {"word": value})))

    changed = [(old.text, new.text) for old, new in zip(before, after, strict=True) if old.text != new.text]
    assert changed in ([], [('"Planningsgroep"', value)])


@pytest.mark.parametrize("word", HOSTILE)
def test_a_hostile_value_is_looked_for_and_nothing_else(word: str, corpora: dict[str, Asked]) -> None:
    opened = corpora["seeds"]
    found = opened.answer(with_values(questions()["said-with"], {"word": plain(word)}))

    said = [
        literal_value(text).lexical.lower()
        for graph in opened.graphs
        for node in graph.nodes
        if SCHEMA.Claim in node.properties.get(RDF.type, [])
        for text in [*node.properties.get(SCHEMA.text, []), *node.properties.get(KG.words, [])]
    ]
    assert found.count("\n") - 1 == sum(word.lower() in text for text in said)


def test_a_value_that_is_needed_is_asked_for() -> None:
    with pytest.raises(UsageError, match=r"Say from which day on .*: give --from."):
        with_values(questions()["said-between"], {"to": date("2020-02-29")})


# Dates


@pytest.mark.slow
@settings(max_examples=12, deadline=None)
@given(
    days=st.tuples(DAYS, DAYS),
)
def test_certainly_probably_and_possibly_follow_the_bounds(days: tuple[Day, Day]) -> None:
    """The definition of docs/dates.md, worked out from the nodes."""
    first, last = (day.isoformat() for day in sorted(days))
    query = with_values(questions()["said-between"], {"from": date(first), "to": date(last)})

    for folder in FOLDERS.values():
        with asked(folder) as opened:
            rows = list(csv.DictReader(io.StringIO(opened.answer(query))))
            assert {row["claim"]: row["certainty"] for row in rows} == dict(_reckoned(opened, first, last))


def _reckoned(opened: Asked, first: str, last: str) -> Iterator[tuple[str, str]]:
    for graph in opened.graphs:
        for node in graph.nodes:
            if SCHEMA.Claim not in node.properties.get(RDF.type, []):
                continue
            earliest, latest, probably = (
                next((literal_value(term).lexical for term in node.properties.get(predicate, [])), "")
                for predicate in (KG.earliest, KG.latest, KG.probably)
            )
            if (earliest and earliest > last) or (latest and latest < first):
                continue
            certain = bool(earliest and latest) and first <= earliest and latest <= last
            probable = len(probably) == 10 and first <= probably <= last
            yield node.subject[1:-1], "certainly" if certain else "probably" if probable else "possibly"


# Reading


def test_a_question_is_read_from_the_head_of_its_file() -> None:
    query = (
        "# Who said\n# it?\n# group: The corpus\n# ?who entity, optional: the one\n# ?day first-day: when\n#\n"
        "# A remark.\n\nPREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n"
        'SELECT * { VALUES (?other) { (1) } values(?who ?day){ (UNDEF "2020-02-01"^^xsd:date) } ?a ?b ?who }\n'
    )

    question = read_question("x", query)

    assert (question.question, question.group, question.remarks) == ("Who said it?", "The corpus", "A remark.")
    assert [each.example for each in question.parameters] == ["UNDEF", '"2020-02-01"^^xsd:date']
    assert with_values(question, {"day": plain("d")}) == query.replace('"2020-02-01"^^xsd:date', '"d"')


@pytest.mark.parametrize(
    "body",
    [
        "SELECT * { ?a ?b ?who }",
        "SELECT * { VALUES (?who) { (1) (2) } }",
        "SELECT * { VALUES (?who ?more) { (1 2) } }",
        "SELECT * { VALUES ?who { 1 } }",
        "# VALUES (?who) { (1) }\nSELECT * { ?s ?p 'VALUES (?who) { (1) }' }",
        "SELECT * { VALUES (?who) { (1",
    ],
)
def test_parameters_must_have_their_row_of_values(body: str) -> None:
    with pytest.raises(UsageError, match=r"x.rq: its parameters must have one row of values, .* `VALUES \(\?who\)"):
        read_question("x.rq", f"# Who?\n# ?who entity: who\n\n{body}\n")


def test_a_parameter_has_a_known_type() -> None:
    with pytest.raises(UsageError, match=r"x.rq: a parameter must be one of entity, .*, not person."):
        read_question("x.rq", "# ?who person: who\nSELECT * { VALUES (?who) { (1) } }")


def test_a_query_without_comments_is_a_question_too() -> None:
    assert read_question("x.rq", "ASK {}") == Question("x.rq", "", "", (), "", "ASK {}")
