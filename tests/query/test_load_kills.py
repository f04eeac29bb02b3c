"""`kg load` killed while it works: the folder has the whole old store or the whole new one.

A load is killed before each of its operations on the store's folder, but only before every sixtieth on the many
files for `kg serve`, and at some random moments. Then the store has the same answers and complete files, and the
next load works and leaves nothing behind.
"""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from kg.cli import run
from kg.errors import UsageError
from kg.files.digests import sha256_of
from kg.files.manifests import read_sums
from kg.query.store import read_manifest
from support import SEEDS
from support.loaded import held
from support.query_cases import HARBOUR

pytestmark = pytest.mark.slow

DIED = 9
KILLED_AT_RANDOM = 8
# Ends the process, without a chance to tidy up, before the operation of this number on the target.
SCRIPT = f"""
import os, sys
target, source, last = sys.argv[1], sys.argv[2], int(sys.argv[3])
seen = of_files = 0

def watch(event, arguments):
    global seen, of_files
    changes = event in ("os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.listdir", "shutil.rmtree")
    if event == "open":
        changes = arguments[1] not in (None, "r", "rb")
    if changes and "/files-" in str(arguments[0]):
        of_files += 1
        changes = of_files % 60 == 1
    if changes and str(arguments[0]).startswith(target):
        seen += 1
        if seen == last:
            os._exit({DIED})

from kg.cli import run
import kg.cli.load, kg.query.load
sys.addaudithook(watch)
sys.exit(run(["-q", "load", target, source]))
"""
Record = Callable[[str, object], None]


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the export that is to replace the old store."""
    path = tmp_path_factory.mktemp("export") / "seeds.nq"
    assert run(["-q", "export", str(SEEDS), "-o", str(path)]) == 0
    return path


def load_killed(target: Path, source: Path, at: int) -> int:
    """Load, killed before an operation; return the status."""
    arguments = [sys.executable, "-c", SCRIPT, str(target), str(source), str(at)]
    return subprocess.run(arguments, check=False, capture_output=True).returncode


def state(target: Path) -> tuple[str, ...]:
    """Return all that can be asked of a store, whose files are whole; nothing if it was not loaded to the end."""
    try:
        files = target / read_manifest(target).files
    except UsageError:
        return ()
    sums = read_sums(files)
    assert sums == {name: sha256_of(files / name) for name in sums} != {}
    return tuple(held(target))


def loaded_again(target: Path, export: Path) -> list[str]:
    """Load once more, which must work, and return the names in the folder but for the number of the generation."""
    assert run(["-q", "load", str(target), str(export)]) == 0
    return sorted(path.name.rstrip("0123456789") for path in target.iterdir())


def test_a_load_killed_at_any_operation_leaves_the_old_store_or_the_new(
    export: Path, tmp_path: Path, record_property: Record
) -> None:
    old, target = tmp_path / "old", tmp_path / "store"
    assert run(["-q", "load", str(old), str(HARBOUR)]) == 0
    before = state(old)
    outcomes = []
    for kill in count(1):
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(old, target)
        if load_killed(target, export, kill) != DIED:
            break
        outcomes.append(state(target))
        assert loaded_again(target, export) == ["files-", "kg-store.json", "oxigraph-"], kill
    after = state(target)
    record_property("kills", len(outcomes))

    kept = outcomes.count(before)
    assert outcomes == [before] * kept + [after] * (len(outcomes) - kept)
    assert 5 < kept < len(outcomes)


def test_a_first_load_killed_at_any_operation_leaves_nothing_to_ask(export: Path, tmp_path: Path) -> None:
    """Nothing, or all of it; and a folder that the next load knows as its own."""
    target = tmp_path / "store"
    outcomes = []
    for kill in count(1):
        shutil.rmtree(target, ignore_errors=True)
        if load_killed(target, export, kill) != DIED:
            break
        outcomes.append(state(target))
        assert loaded_again(target, export) == ["files-", "kg-store.json", "oxigraph-"], kill
    after = state(target)

    assert set(outcomes) == {(), after}


def test_a_load_killed_at_any_moment_leaves_the_old_store_or_the_new(
    export: Path, tmp_path: Path, record_property: Record
) -> None:
    """Also within Oxigraph's own work, and by a signal."""
    target = tmp_path / "store"
    assert run(["-q", "load", str(target), str(HARBOUR)]) == 0
    before = state(target)
    begun = time.monotonic()
    subprocess.run([sys.executable, "-m", "kg", "-q", "load", str(tmp_path / "new"), str(export)], check=True)
    takes, after = time.monotonic() - begun, state(tmp_path / "new")
    chance = random.Random(20200221)
    outcomes = []
    for _ in range(KILLED_AT_RANDOM):
        loading = subprocess.Popen([sys.executable, "-m", "kg", "-q", "load", str(target), str(export)])
        time.sleep(chance.uniform(0.2, 1.1) * takes)
        loading.send_signal(signal.SIGKILL)
        loading.wait()
        outcomes.append(state(target))
        assert run(["-q", "load", str(target), str(HARBOUR)]) == 0
    record_property("new", outcomes.count(after))

    assert set(outcomes) <= {before, after}
    assert state(target) == before
