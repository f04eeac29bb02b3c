"""`kg query --store`: a loaded store answers as its corpus does, and needs no corpus to know what is meant."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from kg.errors import FileError
from kg.publish.site.store_reader import QuadReader
from kg.query.query_parameters import lookup_entities, lookup_things, parameter_terms
from kg.query.questions import questions, with_values
from kg.query.store import Store, hold_generation, open_loaded
from kg.query.verification import verify_path
from support import SEEDS
from support.loaded import answer, stores_of
from support.query_cases import FOLDERS, Case, Kg, cases


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return stores_of(FOLDERS, tmp_path_factory.mktemp("stores"))


@pytest.fixture(scope="module")
def opened(stores: dict[str, Path]) -> Iterator[dict[str, Store]]:
    with ExitStack() as stack:
        yield {name: stack.enter_context(open_loaded(folder)) for name, folder in stores.items()}


@pytest.mark.slow
@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.corpus}-{case.name}")
def test_a_loaded_store_gives_the_answers_of_its_corpus(case: Case, opened: dict[str, Store]) -> None:
    """The values' ids are looked up in the store; no corpus is there."""
    store = opened[case.corpus]
    question = questions()[case.question]
    if case.values is None:
        query = question.query
    else:
        values = parameter_terms(question, case.values, lookup_entities(store, question, case.values))
        query = with_values(question, values)
        named = [each.name for each in question.parameters if each.type in ("claim", "article", "event")]
        assert {values[name] for name in named if name in values} <= set(lookup_things(store, question, values))

    assert answer(store, query) == case.golden.read_text(encoding="utf-8")


SLIPS = [
    ["said-by", "--speaker", "stoltenburg"],
    ["said-by", "--speaker", "Jens Stoltenberg"],
    ["said-by", "--speaker", "nobody at all"],
    ["said-at", "--event", "macron"],
    ["said-at", "--event", "000_411f4785dd135aae/februari"],
    ["said-in", "--article", "000_411f4785dd135aaf"],
    ["where", "--claim", "000_411f4785dd135aae/c99"],
    ["where", "--claim", "c1"],
    ["dialogue", "--one", "macron", "--other", "macaroni"],
]


@pytest.mark.slow
@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip[-1])
def test_a_slip_is_answered_as_it_is_of_a_corpus(slip: list[str], kg: Kg, stores: dict[str, Path]) -> None:
    of_corpus = kg("-c", str(SEEDS), *slip)

    assert kg("--store", str(stores["seeds"]), *slip) == of_corpus
    assert of_corpus[0] == 2


def test_a_question_is_asked_of_a_store_by_the_command(kg: Kg, stores: dict[str, Path]) -> None:
    asking = ["said-by", "--speaker", "macron", "--about", "european-defence", "--to", "2020"]

    assert kg(*asking, "--store", str(stores["seeds"])) == kg(*asking, "-c", str(SEEDS))
    assert kg("--store", str(stores["harbour"]), "-e", "ASK { <article/sketch> ?p ?o }") == (0, "false\n", "")


def test_a_corpus_and_a_store_are_not_asked_at_once(kg: Kg, stores: dict[str, Path]) -> None:
    assert kg("--store", str(stores["seeds"]), "-c", str(SEEDS), "topics") == (
        2,
        "",
        "kg: Give the folder of a corpus with --corpus, or a store with --store, not both.\n",
    )


def test_what_is_no_store_cannot_be_asked(kg: Kg, tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"

    assert kg("--store", str(nowhere), "topics") == (
        2,
        "",
        f"kg: {nowhere}: there is no such folder. Make one: kg load {nowhere}\n",
    )
    assert kg("--store", str(SEEDS), "topics") == (
        2,
        "",
        f"kg: {SEEDS}: this is not a store that `kg load` has made. Make one: kg load {SEEDS}\n",
    )


def test_a_file_of_rdf_is_loaded_into_a_store_first(kg: Kg, tmp_path: Path) -> None:
    file = tmp_path / "claims.ttl.gz"
    file.touch()

    assert kg("--store", str(file), "topics") == (
        2,
        "",
        f"kg: {file}: this is a file, and no store. Load it into one: kg load {tmp_path / 'claims.store'} {file}\n",
    )
    status, _, err = kg(str(file.rename(tmp_path / "claims.ttl")))
    assert status == 2
    assert "claims.ttl is RDF, and no query. Name a corpus with --corpus FOLDER, or a store with --store." in err


def test_a_store_whose_files_are_gone_is_reported(kg: Kg, tmp_path: Path, stores: dict[str, Path]) -> None:
    target = tmp_path / "store"
    shutil.copytree(stores["seeds"], target)
    shutil.rmtree(target / "oxigraph-1")

    status, out, err = kg("--store", str(target), "topics")

    reason = "these files cannot be read (No such file or directory): load the store again."
    told = f"kg: {target / 'oxigraph-1'}: {reason}\n"
    assert (status, out, err) == (3, "", told)


@pytest.mark.parametrize("name", ["CURRENT", "MANIFEST-000005", "000009.sst"])
@pytest.mark.parametrize("how", ["missing", "empty", "a folder"])
def test_a_store_with_a_damaged_file_is_reported(
    kg: Kg, tmp_path: Path, stores: dict[str, Path], name: str, how: str
) -> None:
    target = tmp_path / "store"
    shutil.copytree(stores["seeds"], target)
    (target / "oxigraph-1" / name).unlink()
    if how == "empty":
        (target / "oxigraph-1" / name).touch()
    elif how == "a folder":
        (target / "oxigraph-1" / name).mkdir()

    status, out, err = kg("--store", str(target), "topics")

    assert (status, out) == (3, "")
    assert err.startswith(f"kg: {target}: this store cannot be read (")
    assert err.endswith("). If its files are damaged, load it again.\n")
    with pytest.raises(
        FileError, match=r"this store cannot be read \(.*\)\. If its files are damaged, load it again\."
    ):
        QuadReader(hold_generation(target))
    assert [finding.rule for finding in verify_path(target).findings] in (
        ["damaged"],
        ["changed-file"],
        ["missing-file"],
    )


def test_a_store_without_its_manifest_says_how_to_make_it_again(kg: Kg, tmp_path: Path) -> None:
    (tmp_path / "kg-store.json").write_text('{"form": 1, "folder": "../elsewhere"}')

    assert kg("--store", str(tmp_path), "topics") == (
        3,
        "",
        f"kg: {tmp_path}/kg-store.json: this is not as `kg load` writes it: delete the folder {tmp_path}, and load "
        "the store again\n",
    )
