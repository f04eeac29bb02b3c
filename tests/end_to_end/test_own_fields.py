"""Fields of one's own, as the docs show them: from the files to the graph, the query, the CSV and the pages."""

from __future__ import annotations

import json
import pickle
import re
from pathlib import Path

import pytest

import kg
from kg.cli import run
from kg.corpus import read_article, read_corpus, sources
from support import ROOT

PAGE = (ROOT / "docs" / "own-fields.md").read_text(encoding="utf-8")
FILES = dict(
    zip(
        ("corpus.yaml", "entities.yaml", "debate.claims.yaml", "debate.txt"),
        re.findall(r"```(?:yaml|text)\n(.*?)```", PAGE, re.S),
        strict=True,
    )
)
TERMS = "https://politics.example.org/terms#"


def written(folder: Path, **changes: tuple[str, str]) -> Path:
    """Write the corpus of the page, with texts replaced in its files (`corpus`, `entities`, `debate`)."""
    for name, text in FILES.items():
        old, new = changes.get(name.partition(".")[0], ("", "")) if name.endswith("yaml") else ("", "")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1) if old else text, encoding="utf-8")
    return folder


def findings(folder: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return what `kg validate` finds, as `file:line: message [rule]`."""
    run(["validate", str(folder), "-f", "json"])
    return [
        f"{Path(each['file']).name}:{each['line']}: {each['message']} [{each['rule']}]"
        for each in json.loads(capsys.readouterr().out)
        if each["severity"] == "violation"
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the corpus of the page."""
    return written(tmp_path_factory.mktemp("own"))


def triples(folder: Path) -> set[str]:
    """Return the exported lines with a property of the corpus's own."""
    target = folder / "out.nt"
    kg.open(folder).write(target)
    return {line for line in target.read_text(encoding="utf-8").splitlines() if "/terms#" in line}


EXPECTED = {
    f'<https://data.example.org/claim/debate/c01> <{TERMS}stance> "for" .',
    f"<https://data.example.org/claim/debate/c01> <{TERMS}confidence> "
    '"0.8"^^<http://www.w3.org/2001/XMLSchema#decimal> .',
    '<https://data.example.org/article/debate> <https://archive.example.org/terms#shelfMark> "K 12/3" .',
    f"<https://data.example.org/entity/alice> <{TERMS}party> <https://data.example.org/entity/greens> .",
}


def test_the_fields_are_in_the_graph_and_nothing_is_wrong(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert findings(folder, capsys) == []
    assert {line for line in triples(folder) if line.startswith("<https://data.example.org/")} == EXPECTED


def test_two_fields_of_one_property_keep_the_values_of_both(tmp_path: Path) -> None:
    """A number is written as every store gives it back, so that the digest of its graph stays right."""
    second = f"    confidence:\n      property: {TERMS}confidence\n      type: number\n"
    folder = written(
        tmp_path,
        corpus=("    stance:\n", f"{second.replace('confidence:', 'certainty:', 1)}    stance:\n"),
        debate=('confidence: "0.8"', 'confidence: "+04.50"\n    certainty: "7.0"'),
    )

    assert {line.split('"')[1] for line in triples(folder) if f'{TERMS}confidence> "' in line} == {"4.5", "7"}


def test_several_processes_write_the_same(folder: Path, tmp_path: Path) -> None:
    assert run(["export", str(folder), "-o", str(tmp_path / "a.nq"), "--jobs", "2"]) == 0
    assert run(["export", str(folder), "-o", str(tmp_path / "b.nq"), "--jobs", "1"]) == 0
    assert (tmp_path / "a.nq").read_bytes() == (tmp_path / "b.nq").read_bytes()


def test_what_was_read_can_be_pickled(folder: Path) -> None:
    corpus = read_corpus(folder)
    (source,) = sources(corpus)
    article = read_article(source)

    assert pickle.loads(pickle.dumps(corpus)) == corpus
    assert pickle.loads(pickle.dumps(article)) == article


def test_the_query_lists_the_values(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["query", "own-fields", "--corpus", str(folder), "-f", "csv"]) == 0

    assert [line.split(",")[-2:] for line in capsys.readouterr().out.splitlines()[1:]] == [
        ["Shelf mark", "K 12/3"],
        ["Confidence", "0.8"],
        ["Stance", "for"],
        ["Party", "The Greens"],
    ]


def test_the_csv_has_a_column_for_each(folder: Path, tmp_path: Path) -> None:
    assert run(["export", str(folder), "-o", str(tmp_path / "claims.csv")]) == 0
    head, row = (tmp_path / "claims.csv").read_text(encoding="utf-8-sig").splitlines()

    assert head.split(",")[-3:] == ["article_shelf-mark", "stance", "confidence"]
    assert row.split(",")[-3:] == ["K 12/3", "for", "0.8"]


def test_the_pages_show_them(folder: Path, tmp_path: Path) -> None:
    assert run(["site", str(folder), "-o", str(tmp_path / "site")]) == 0
    texts = {
        name: re.sub(r"<[^>]+>", " ", (tmp_path / "site" / f"{name}.html").read_text(encoding="utf-8"))
        for name in ("claim/debate/c01", "article/debate", "entity/alice")
    }

    shown = {name: " ".join(text.split()) for name, text in texts.items()}
    assert "Stance for" in shown["claim/debate/c01"]
    assert "Confidence 0.8" in shown["claim/debate/c01"]
    assert "Shelf mark K 12/3" in shown["article/debate"]
    assert "Party The Greens" in shown["entity/alice"]


def test_the_schema_of_the_corpus_completes_them(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema", "claims", "--corpus", str(folder)]) == 0
    claim = json.loads(capsys.readouterr().out)["$defs"]["Claim"]["properties"]

    assert claim["stance"]["enum"] == ["against", "for", "neutral"]
    assert claim["stance"]["description"] == "What the speaker thinks of the plan."


def test_json_lines_have_them_too(tmp_path: Path) -> None:
    for name in ("corpus.yaml", "entities.yaml"):
        (tmp_path / name).write_text(FILES[name], encoding="utf-8")
    claim = {"speaker": "alice", "words": "the plan is good", "act": "states", "stance": "for", "confidence": "0.8"}
    line = {
        "article": {"id": "debate", "text": FILES["debate.txt"], "shelf-mark": "K 12/3"},
        "claims": {"c01": claim},
    }
    (tmp_path / "all.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")

    assert {each for each in triples(tmp_path) if each.startswith("<https://data.example.org/")} == EXPECTED


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"corpus": ("type: number", "type: numbr")},
            "corpus.yaml:15: `type` must be one of date, entity, link, number, text, yes-no, not `numbr`",
        ),
        (
            {"corpus": ("    stance:", "    act:")},
            "corpus.yaml:8: `act` is a field that kg has: give yours",
        ),
        (
            {"corpus": ("https://politics.example.org/terms#stance", "https://w3id.org/kg-claims#act")},
            "corpus.yaml:9: `property` must not be one that kg writes itself, as https://w3id.org/kg-claims#act is",
        ),
        ({"corpus": ("property: https://politics.example.org/terms#party", "property: party")}, "corpus.yaml:23: "),
        ({"debate": ("stance: for", "stance: fro")}, "debate.claims.yaml:10: `stance` must be one of against, for"),
        ({"debate": ("stance: for", "stanse: for")}, "debate.claims.yaml:10: unknown key `stanse`: did you mean"),
        (
            {"debate": ('confidence: "0.8"', "confidence: high")},
            "debate.claims.yaml:11: `confidence` must be a number in figures, as 4 or 4.5, of at most 12 digits "
            "and 6 after the point, not 'high': correct it",
        ),
        (
            {"entities": ("party: greens", "party: grens")},
            "entities.yaml:2: `party` must name an entity, and there is no `grens`: did you mean `greens`?",
        ),
    ],
)
def test_a_mistake_is_reported_at_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], changes: dict[str, tuple[str, str]], expected: str
) -> None:
    found = findings(written(tmp_path, **changes), capsys)

    assert found[0].startswith(expected), found


EXTRA = re.findall(r"```turtle\n(.*?)```", PAGE, re.DOTALL)[0]


def with_extra(folder: Path, turtle: str) -> Path:
    """Write the corpus of the page with extra triples."""
    (folder / "extra").mkdir()
    (folder / "extra" / "mine.ttl").write_text(turtle, encoding="utf-8")
    return written(folder)


def test_extra_triples_are_in_a_graph_of_their_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = with_extra(tmp_path, EXTRA)
    assert findings(folder, capsys) == []
    assert run(["export", str(folder), "-o", str(tmp_path / "out.nq")]) == 0
    lines = (tmp_path / "out.nq").read_text(encoding="utf-8").splitlines()

    assert [line.split()[:2] for line in lines if line.endswith("<https://data.example.org/graph/extra> .")] == [
        ["<https://data.example.org/entity/alice>", f"<{TERMS}memberSince>"],
        [f"<{TERMS}memberSince>", "<http://purl.org/dc/terms/description>"],
        ["<https://data.example.org/graph/extra>", "<http://purl.org/dc/terms/isPartOf>"],
        ["<https://data.example.org/graph/extra>", "<http://purl.org/dc/terms/license>"],
        ["<https://data.example.org/graph/extra>", "<https://w3id.org/kg-claims#digest>"],
    ]


def test_extra_triples_are_written_as_a_store_returns_them(tmp_path: Path) -> None:
    turtle = (
        "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
        f'<https://x.example/a> <{TERMS}value> 007, "1.50"^^xsd:decimal, 1.5e0, "1"^^xsd:boolean, "x"^^xsd:integer,'
        ' "2020-01-01T01:00:00+00:00"^^xsd:dateTime, "a \\"^^<b>\\"" .\n'
    )
    folder = with_extra(tmp_path, turtle)

    assert {line.split(" ", 2)[2] for line in triples(folder) if "x.example" in line} == {
        f'"{value}"^^<http://www.w3.org/2001/XMLSchema#{kind}> .'
        for value, kind in (
            *(("7", "integer"), ("1.5", "decimal"), ("1.5", "double"), ("true", "boolean"), ("x", "integer")),
            ("2020-01-01T01:00:00Z", "dateTime"),
        )
    } | {'"a \\"^^<b>\\"" .'}
    assert run(["load", str(tmp_path / "store"), str(folder), "--no-pages"]) == 0
    assert run(["verify", str(tmp_path / "store")]) == 0


def test_a_publication_and_a_store_count_the_extra_triples(tmp_path: Path) -> None:
    folder = with_extra(tmp_path, EXTRA)

    assert run(["build", str(folder), "-o", str(tmp_path / "dist")]) == 0
    assert run(["verify", str(tmp_path / "dist")]) == 0
    assert run(["load", str(tmp_path / "store"), str(folder)]) == 0


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "<https://data.example.org/claim/debate/c01> <https://w3id.org/kg-claims#act> <urn:x> .",
            "mine.ttl:2: extra triples must not say what kg says, and https://w3id.org/kg-claims#act is kg's: "
            "use a term of your own [extra-kg-term]",
        ),
        (
            "<https://data.example.org/entity/alice> a <http://schema.org/Place> .",
            "mine.ttl:2: extra triples must not say what kg says, and http://schema.org/Place is kg's: "
            "use a term of your own [extra-kg-term]",
        ),
        (
            "<urn:a> <urn:b> [ <urn:c> <urn:d> ] .",
            "mine.ttl:2: extra triples must be without blank nodes: give the node an IRI [extra-blank-node]",
        ),
        ("<urn:a> <urn:b> .", "mine.ttl:2: this must be text/turtle: "),
    ],
)
def test_a_mistake_in_extra_triples_is_said_at_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, expected: str
) -> None:
    folder = with_extra(tmp_path, f"# Mine\n{line}\n")

    assert findings(folder, capsys)[0].startswith(expected)
    assert run(["export", str(folder), "-o", str(tmp_path / "out.nq")]) == 1
    assert not (tmp_path / "out.nq").exists()
