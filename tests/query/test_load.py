"""`kg load`: a store made from a corpus or an export, whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import pyoxigraph
import pytest

from kg import __version__
from kg.cli import run
from kg.formats import FORMATS, Format
from kg.query.questions import questions
from kg.query.store import Manifest, new_generation, open_loaded, read_manifest
from support import ROOT, SEEDS
from support.corpora import CLAIMS, lay
from support.loaded import Loads, answer, held, snapshot, stores_of
from support.query_cases import FOLDERS, HARBOUR, asked, cases

SUFFIXES = ("ttl", "nt", "nq", "trig", "jsonld", "rdf", "nq.gz", "nq.zst", "ttl.gz", "rdf.zst")
LINES = (ROOT / "dist/kg.nq").read_text(encoding="utf-8").splitlines()
TRIPLES = len(LINES)
# The data set counts the triples of all graphs but its own.
COUNTED = sum(not line.endswith("/graph/dataset> .") for line in LINES)
NAMED = ("nq", "trig", "nq.gz", "nq.zst")


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return a store of each corpus."""
    return stores_of(FOLDERS, tmp_path_factory.mktemp("stores"))


# What is loaded


@pytest.mark.parametrize("corpus", FOLDERS)
def test_a_store_has_the_graphs_that_are_published(corpus: str, stores: dict[str, Path]) -> None:
    """Drafts are left out: `harbour` has one."""
    with asked(FOLDERS[corpus]) as known:
        in_memory = pyoxigraph.Store()
        in_memory.load(path=str(known.store.folder / "graph.nq"), format=pyoxigraph.RdfFormat.N_QUADS)

        assert held(stores[corpus]) == sorted(map(str, in_memory))


def test_a_store_says_what_it_has(stores: dict[str, Path]) -> None:
    lines = held(stores["seeds"])
    (digest,) = (
        line.split('"')[1] for line in lines if "graph/dataset> <https://w3id.org/kg-claims#digest>" in line
    )

    assert read_manifest(stores["seeds"]) == Manifest(
        form=1,
        graph=2,
        kg=__version__,
        base="https://kg.example/",
        digest=digest,
        triples=len(lines),
        graphs=3,
        folder="oxigraph-1",
        files="files-1",
    )


@pytest.mark.parametrize(
    "suffix", [pytest.param(each, marks=[pytest.mark.slow] * ("." in each)) for each in SUFFIXES]
)
def test_an_export_in_any_format_is_loaded_whole(
    suffix: str, load: Loads, tmp_path: Path, stores: dict[str, Path]
) -> None:
    """Of a format without named graphs all lies in the default graph, and the answers are the same."""
    export, target = tmp_path / f"seeds.{suffix}", tmp_path / "store"
    assert run(["export", str(SEEDS), "-o", str(export)]) == 0

    assert load(target, export)[0] == 0

    named = suffix in NAMED
    assert held(target, named=named) == held(stores["seeds"], named=named)
    with open_loaded(target) as store:
        golden = next(case.golden for case in cases() if (case.corpus, case.name) == ("seeds", "said-by"))
        assert answer(store, questions()["said-by"].query) == golden.read_text(encoding="utf-8")


def test_the_command_loads_a_corpus_and_tells_how_much(load: Loads, tmp_path: Path) -> None:
    target = tmp_path / "new" / "claims.store"

    status, told = load(target, SEEDS)
    assert (status, told.partition(";")[0]) == (0, f"{target}: {TRIPLES} triples in 3 graphs")
    assert load(target, HARBOUR)[0] == 0
    assert sorted(path.name for path in target.iterdir()) == ["files-2", "kg-store.json", "oxigraph-2"]
    assert load("--no-pages", target, SEEDS) == (0, f"{target}: {TRIPLES} triples in 3 graphs\n")
    assert sorted(path.name for path in target.iterdir()) == ["kg-store.json", "oxigraph-3"]


# What is refused


@pytest.mark.parametrize(
    "content",
    [
        {"mine.txt": "x"},
        {"kg-store.json": "{}x"},
        {"kg-store.json": "{}"},
        {"kg-store.json": '{"form": 2}', "what-is-this": "x"},
    ],
)
def test_a_folder_that_is_not_ours_is_not_touched(content: dict[str, str], load: Loads, tmp_path: Path) -> None:
    target = tmp_path / "theirs"
    target.mkdir()
    for name, text in content.items():
        (target / name).write_text(text)
    (target / "oxigraph-1").mkdir()
    before = snapshot(tmp_path)

    status, err = load(target, SEEDS)

    assert (status, err.startswith(f"kg: {target}")) == (3, True), err
    assert snapshot(tmp_path) == before


def test_a_file_or_a_link_is_not_touched(load: Loads, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "empty")

    assert [load(tmp_path / name, SEEDS)[0] for name in ("file", "link")] == [3, 3]
    assert snapshot(tmp_path) == {"empty": None, "file": b"x", "link": None}


@pytest.mark.slow
def test_what_somebody_puts_into_a_store_stays(load: Loads, tmp_path: Path) -> None:
    target = tmp_path / "store"
    load(target, SEEDS)
    (target / "notes.txt").write_text("mine")
    (target / "oxigraph-mine").mkdir()
    (target / "oxigraph-9").symlink_to(tmp_path)

    assert load(target, HARBOUR)[0] == 0
    names = sorted(path.name for path in target.iterdir())
    assert names == ["files-10", "kg-store.json", "notes.txt", "oxigraph-10", "oxigraph-9", "oxigraph-mine"]


@pytest.mark.parametrize("target", ["file:///tmp/x", "ftp://store.example/", "http:///sparql"])
def test_a_folder_or_a_store_on_the_web_is_loaded(target: str, load: Loads) -> None:
    assert load(target, SEEDS) == (
        2,
        f"kg: {target}: a store must be a folder, or a URL that begins with http:// or https://.\n",
    )


def test_a_corpus_with_a_violation_leaves_the_store_as_it_was(load: Loads, tmp_path: Path) -> None:
    wrong = lay(tmp_path / "wrong", {"a.txt": "Nee, zei Ann.", "a.claims.yaml": CLAIMS})
    target = tmp_path / "store"

    assert load(target, wrong)[0] == 1
    assert not target.exists()
    load(target, SEEDS)
    before = held(target)
    assert load(target, wrong)[0] == 1
    assert (held(target), sorted(path.name for path in target.iterdir())) == (
        before,
        ["files-1", "kg-store.json", "oxigraph-1"],
    )


def test_an_export_that_was_cut_is_no_export(load: Loads, tmp_path: Path) -> None:
    export = tmp_path / "seeds.nq"
    run(["export", str(SEEDS), "-o", str(export)])
    lines = export.read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "head.nq").write_text("".join(lines[:700]), encoding="utf-8")
    (tmp_path / "tail.nq").write_text("".join(lines[700:]), encoding="utf-8")

    assert load(tmp_path / "store", tmp_path / "head.nq") == (
        1,
        f"{tmp_path}/head.nq: violation: an export has one data set, whose void:uriSpace is the base of its IRIs, "
        "and here is none: load what `kg export` or `kg build` has written, whole [no-dataset]\n",
    )
    assert load(tmp_path / "store", tmp_path / "tail.nq") == (
        1,
        f"{tmp_path}/tail.nq: violation: an export must be complete: this one should have {COUNTED} triples, and "
        f"has {COUNTED - 700}: copy it again [cut-off]\n",
    )
    assert not (tmp_path / "store").exists()


GRAPH_1 = ROOT / "tests/data/graph-1/claim.nq"


def test_an_export_of_version_1_of_the_graph_is_refused_with_what_to_do(
    load: Loads, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert load(tmp_path / "store", GRAPH_1) == (
        1,
        f"{GRAPH_1}: violation: this was exported by another version of kg, whose graph has other terms: export "
        "the corpus again with this version, and load that [graph-1]\n",
    )
    assert run(["validate", str(GRAPH_1)]) == 1
    assert capfd.readouterr().out == (
        f"{GRAPH_1}: violation: this was written by an earlier version of kg, whose graph has other terms: export "
        "the corpus again with this version (docs/graph-1-to-2.md says what has changed) [graph-1]\n"
    )


@pytest.mark.slow
def test_a_store_of_version_1_of_the_graph_gives_no_empty_answers(
    load: Loads, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "store"
    load(target, SEEDS)
    manifest = target / "kg-store.json"
    manifest.write_text(manifest.read_text().replace('"graph": 2,', ""))
    capfd.readouterr()

    assert run(["query", "--store", str(target), "topics"]) == 2
    assert capfd.readouterr().err == (
        f"kg: {target}: this store was loaded by another version of kg, whose graph has other terms: load it again "
        f"with this version: kg load {target}\n"
    )
    assert load(target, SEEDS)[0] == 0
    assert run(["query", "--store", str(target), "topics"]) == 0


END = "the last line of this one, with the digest of its data set, is missing"


@pytest.mark.parametrize(
    ("suffix", "lost", "found"),
    [
        *(("nq", slice(-last, None), END) for last in (1, 5, 20)),
        ("nt", slice(-1, None), END),
        ("nq", slice(700, 701), f"this one should have {COUNTED} triples, and has {COUNTED - 1}"),
    ],
)
def test_an_export_that_has_lost_some_lines_is_no_export(
    suffix: str, lost: slice, found: str, load: Loads, tmp_path: Path
) -> None:
    """The data set counts all graphs but its own, which comes last."""
    export = tmp_path / f"seeds.{suffix}"
    run(["export", str(SEEDS), "-o", str(export)])
    lines = export.read_text(encoding="utf-8").splitlines(keepends=True)
    del lines[lost]
    export.write_text("".join(lines), encoding="utf-8")

    cut_off = f"{export}: violation: an export must be complete: {found}: copy it again [cut-off]\n"
    assert load(tmp_path / "store", export) == (1, cut_off)
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
def test_an_export_in_which_a_word_was_changed_is_refused(form: Format, load: Loads, tmp_path: Path) -> None:
    export = tmp_path / f"seeds{form.suffix}"
    run(["export", str(SEEDS), "-o", str(export)])
    export.write_text(export.read_text(encoding="utf-8").replace("hersendood", "geweldig"), encoding="utf-8")

    status, said = load(tmp_path / "store", export)

    assert (status, said.startswith(f"{export}: violation: a graph must be as kg wrote it")) == (1, True), said
    assert not (tmp_path / "store").exists()


def test_an_export_to_which_a_graph_was_added_is_refused(load: Loads, tmp_path: Path) -> None:
    export = tmp_path / "seeds.nq"
    run(["export", str(SEEDS), "-o", str(export)])
    with export.open("a") as stream:
        stream.write("<http://e/s> <http://e/p> <http://e/o> <http://e/g> .\n")

    status, said = load(tmp_path / "store", export)

    assert (status, "a graph must contain its digest, and http://e/g has none" in said) == (1, True)
    assert f"have {COUNTED + 1}: some were added [wrong-count]" in said


def test_turtle_that_has_lost_its_last_line_is_no_turtle(load: Loads, tmp_path: Path) -> None:
    export = tmp_path / "seeds.ttl"
    run(["export", str(SEEDS), "-o", str(export)])
    lines = export.read_text(encoding="utf-8").splitlines(keepends=True)
    export.write_text("".join(lines[:-1]), encoding="utf-8")

    code, said = load(tmp_path / "store", export)
    assert (code, said.rpartition(" ")[2]) == (1, "[bad-rdf]\n")
    assert f"{export}:{len(lines)}:1: violation" in said


@pytest.mark.parametrize("suffix", ["gz", "zst"])
def test_a_packed_export_that_was_cut_is_reported(suffix: str, load: Loads, tmp_path: Path) -> None:
    export = tmp_path / f"seeds.nq.{suffix}"
    run(["export", str(SEEDS), "-o", str(export)])
    export.write_bytes(export.read_bytes()[:-200])

    status, err = load(tmp_path / "store", export)

    assert (status, err.startswith(f"{export}: violation: a compressed file must be readable")) == (1, True), err


def test_a_line_that_is_no_triple_is_reported_with_its_number(
    load: Loads, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where it comes after the first portion."""
    monkeypatch.setattr("kg.query.load.PORTION", 1000)
    export = tmp_path / "seeds.nq"
    run(["export", str(SEEDS), "-o", str(export)])
    lines = export.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[1000] = "nonsense\n"
    export.write_text("".join(lines), encoding="utf-8")

    status, err = load(tmp_path / "store", export)

    assert (status, err.partition(": violation")[0].split(":")[:2]) == (1, [str(export), "1001"]), err


def test_two_loads_do_not_meet(tmp_path: Path, load: Loads) -> None:
    target = tmp_path / "store"
    with new_generation(target) as (folder, _):
        assert load(target, SEEDS) == (
            3,
            f"kg: {target}: another `kg load` is writing this store: wait until it has ended.\n",
        )
        assert folder.is_dir()


def test_the_manifest_is_readable_json(stores: dict[str, Path]) -> None:
    written = json.loads((stores["seeds"] / "kg-store.json").read_text(encoding="utf-8"))

    assert [*written] == [
        "form",
        "graph",
        "kg",
        "base",
        "digest",
        "triples",
        "graphs",
        "folder",
        "files",
        "moved-from",
    ]
