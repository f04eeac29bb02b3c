"""Stores of other versions of `kg`, and copies of stores: what every command says, and what a load replaces."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from kg.cli import run
from kg.query.store import read_manifest
from support import SEEDS
from support.loaded import Loads, snapshot
from support.served import served

GRAPH = "this store was loaded by another version of kg, whose graph has other terms"
FORM = "this store was loaded by another version of kg, which arranges its files in another way"
OTHERS = {
    "the graph of version 1": (
        {"form": 1, "kg": "0.3.0", "base": "https://kg.example/", "folder": "oxigraph-1"},
        GRAPH,
    ),
    "an older form": ({"form": 0, "kg": "0.1.0", "graph": 1, "folder": "oxigraph-1"}, FORM),
    "a newer form": ({"form": 2, "kg": "9.0.0", "folder": ["oxigraph-1"], "base": None}, FORM),
}


@pytest.fixture
def store(tmp_path: Path, load: Loads) -> Path:
    load("--no-pages", tmp_path / "store", SEEDS)
    return tmp_path / "store"


@pytest.fixture(params=OTHERS)
def other(request: pytest.FixtureRequest, store: Path) -> tuple[Path, str]:
    """Return a store of another version, and what is wrong with it."""
    manifest, reason = OTHERS[request.param]
    (store / "kg-store.json").write_text(json.dumps(manifest))
    return store, reason


def test_every_command_says_the_same_of_a_store_of_another_version(
    other: tuple[Path, str], capfd: pytest.CaptureFixture[str]
) -> None:
    store, reason = other
    before = snapshot(store)
    capfd.readouterr()

    for command in (
        ["query", "--store", str(store), "topics"],
        ["serve", str(store), "--port", "0"],
        ["verify", str(store)],
    ):
        assert run(command) == 2
        assert capfd.readouterr().err == (
            f"kg: {store}: {reason}: load it again with this version: kg load {store}\n"
        )
    assert snapshot(store) == before


def test_a_load_replaces_a_store_of_another_version(other: tuple[Path, str], load: Loads) -> None:
    store, _ = other

    assert load("--no-pages", store, SEEDS)[0] == 0
    assert sorted(path.name for path in store.iterdir()) == ["kg-store.json", "oxigraph-2"]
    assert run(["query", "--store", str(store), "topics"]) == 0


def test_a_load_that_fails_leaves_a_store_of_another_version_as_it_was(
    other: tuple[Path, str], load: Loads, tmp_path: Path
) -> None:
    store, _ = other
    before = snapshot(store)
    (tmp_path / "broken.nq").write_text("no quads\n")

    assert load(store, tmp_path / "broken.nq")[0] == 1
    assert snapshot(store) == before


def test_files_of_another_version_that_this_one_does_not_know_are_not_touched(load: Loads, store: Path) -> None:
    (store / "kg-store.json").write_text('{"form": 2}')
    (store / "journal-7").mkdir()
    before = snapshot(store)

    assert load(store, SEEDS) == (
        3,
        f"kg: {store}: {FORM}, and journal-7 is not known here. Nothing was changed: load a new folder.\n",
    )
    assert snapshot(store) == before


@pytest.mark.slow
def test_a_store_of_the_last_version_is_queried_and_served_after_a_load(
    store: Path, load: Loads, capfd: pytest.CaptureFixture[str]
) -> None:
    """The last version wrote no pages and no earlier bases."""
    file = store / "kg-store.json"
    manifest: dict[str, Any] = json.loads(file.read_text())
    file.write_text(json.dumps({name: manifest[name] for name in manifest if name not in ("files", "moved-from")}))

    assert (run(["query", "--store", str(store), "topics"]), run(["verify", str(store)])) == (0, 0)
    capfd.readouterr()
    assert run(["serve", str(store), "--port", "0"]) == 2
    assert capfd.readouterr().err == (
        f"kg: {store}: this store has no pages and downloads to serve: it was loaded with `--no-pages`, or by an "
        f"older kg. Load it again: kg load {store}\n"
    )
    assert load(store, SEEDS)[0] == 0
    with served(store) as server:
        assert server.ask("/claim/000_411f4785dd135aae/c04.ttl").status == 200


@pytest.mark.slow
def test_a_store_is_copied_while_it_is_served_and_no_load_interferes(
    store: Path, load: Loads, tmp_path: Path
) -> None:
    """The command of docs/store.md."""
    load(store, SEEDS)
    copy = tmp_path / "copy"
    with served(store) as server:
        # A copy that takes long: a load meanwhile is refused, and not waited for.
        script = f"echo copying; read wait; cp -a {store} {copy}"
        with subprocess.Popen(
            ["flock", str(store / "lock"), "sh", "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as copying:
            assert copying.stdin
            assert copying.stdout
            assert copying.stdout.readline() == b"copying\n"
            assert load(store, SEEDS) == (
                3,
                f"kg: {store}: another `kg load` is writing this store: wait until it has ended.\n",
            )
            copying.stdin.close()
        assert (copying.returncode, server.ask("/dataset.ttl").status) == (0, 200)

    assert run(["verify", str(copy)]) == 0
    assert read_manifest(copy) == read_manifest(store)
    assert [load("--no-pages", each, SEEDS)[0] for each in (store, copy)] == [0, 0]
