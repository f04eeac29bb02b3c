"""`kg query`: questions by name, messages about mistakes, and which store it asks."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from pathlib import Path

import pytest

from generate.queries_page import HEAD, page
from kg.cli import run
from kg.cli.query import example
from kg.query.questions import MOST_USEFUL, grouped, questions
from support import ROOT
from support.corpora import lay
from support.query_cases import HARBOUR, Kg, cases

NAMES = list(questions())
BASE = "https://kg.example/"


@pytest.fixture(autouse=True)
def _in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


# Questions by name


def test_alone_it_lists_the_twelve_most_useful_questions(kg: Kg) -> None:
    known = questions()
    widest = max(map(len, MOST_USEFUL))
    expected = "".join(f"  {name.ljust(widest)}  {known[name].question}\n" for name in MOST_USEFUL)

    assert len(MOST_USEFUL) == 12
    assert kg() == (
        0,
        f"The most useful questions\n{expected}\n`kg query --all` lists {len(known) - 12} more.\n"
        "`kg query QUESTION --help` shows the options of a question, and an example.\n",
        "",
    )


def test_all_questions_are_listed_by_group(kg: Kg) -> None:
    widest = max(map(len, NAMES))
    expected = ""
    for group, members in grouped().items():
        expected += group + "\n"
        expected += "".join(f"  {each.name.ljust(widest)}  {each.question}\n" for each in members) + "\n"

    assert kg("--all") == (
        0,
        expected + "`kg query QUESTION --help` shows the options of a question, and an example.\n",
        "",
    )


def test_a_question_is_answered_in_a_table(kg: Kg) -> None:
    assert kg("said-at", "--event", "munich-2020") == (
        0,
        "claim                     occasion     speaker  said                      act     "
        f"{'words':93}  retracted_by\n"
        "────────────────────────  ───────────  ───────  ────────────────────────  ──────  "
        f"{'─' * 93}  {'─' * 12}\n"
        "000_411f4785dd135aae/c23  munich-2020  macron   [2020-02-14..2020-02-16]  states  "
        "de NAVO en een “Europa van defensie” twee peilers zijn van de Europese collectieve veiligheid\n",
        "",
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_help_shows_the_question_its_options_and_an_example_that_works(name: str, kg: Kg) -> None:
    status, out, _ = kg(name, "--help")
    question = questions()[name]
    said = " ".join(out.split())
    assert (status, question.question in said, example(question) in said) == (0, True, True)
    assert all(f"--{each.name}" in said for each in question.parameters)

    command = example(question).split()
    assert kg(*command[2:], "-f", "csv")[0] == 0


def test_a_period_must_not_end_before_it_begins(kg: Kg) -> None:
    status, out, err = kg("said-between", "--from", "2020-03", "--to", "2020-02-29")

    assert (status, out) == (2, "")
    assert "--from: 2020-03 must not be after --to, 2020-02-29." in err


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
        "  --language TEXT    The language of the text, such as en; else that of the\n"
        "                     article.\n"
        "  -c, --corpus DIR   The folder of the corpus.  [default: the current folder,\n"
        "                     or seeds/]\n"
        "  --store TARGET     A store that `kg load` loaded, instead of a corpus: a\n"
        "                     folder or a URL.\n"
        "  --base BASE        The base of the corpus to query, if a store at a URL has\n"
        "                     several.\n"
        "  -f, --format NAME  table, csv, tsv, json, xml, or ttl for a graph.\n"
        "                     [default: table]\n"
        "  --timeout SECONDS  How long the query may take.  [default: 30]  [0<x<=86400]\n"
        "  -h, --help         Show this message and exit.\n"
    )


@pytest.mark.parametrize("place", ["before", "after"])
def test_common_options_are_before_or_after_the_question(place: str, kg: Kg) -> None:
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
        (["said-by", "--speaker", "xyzzy"], "there is no entity `xyzzy`. entities.yaml lists the entities."),
        (["said-by", "--speaker", "a b:c"], "--speaker: not an absolute IRI: 'a b:c'"),
        (["said-by"], "Missing option '--speaker'."),
        (["said-by", "--speaker", "macron", "--from", "vrijdag"], "--from: "),
        (
            ["said-by", "--speaker", "macron", "--to", "2020-02-21?"],
            "--to: write a certain day, month or year, as 2020-02-21, not '2020-02-21?'.",
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
        (["said-at", "--event", "munich"], "--event: `munich` is an entity, but not an Event."),
        (
            ["said-at", "--event", "000_411f4785dd135aae/spigel"],
            "--event: there is no event `000_411f4785dd135aae/spigel` in this corpus: "
            "did you mean `000_411f4785dd135aae/spiegel`?",
        ),
        (["said-with", "--word", "a\x01"], "--word: a control character in 'a\\x01'"),
        (["articles", "-e", "ASK {}"], "No such option"),
        (["-e", "ASK {}", "articles"], "Give a query with -e, or a question, not both."),
        (
            ["articles", "more"],
            "A question takes options only, not `more`. Name a corpus with --corpus FOLDER, or ",
        ),
        (["graph.ttl"], "There is no question `graph.ttl`"),
        (["-e", "ASK {}", __file__], "With -e, name no file. Name a corpus with --corpus FOLDER, or a store with "),
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


# The page


@pytest.mark.slow
def test_the_page_is_in_step_with_the_questions() -> None:
    """`python tests/generate queries` writes it again."""
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


def test_csv_quotes_whatever_has_a_comma_or_a_quotation_mark(kg: Kg) -> None:
    """An IRI too: those of passages have commas."""
    rows = 'VALUES (?a ?b ?c) { (<text/a/1#char=3,9> "x, \\"y\\"\\n"@nl UNDEF) (<a> 4.5 true) }'

    assert kg("-e", f"SELECT ?a ?b ?c {{ {rows} }}", "-f", "csv") == (
        0,
        f'a,b,c\r\n"{BASE}text/a/1#char=3,9","x, ""y""\n",\r\n{BASE}a,4.5,true\r\n',
        "",
    )
