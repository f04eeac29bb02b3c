"""Proof: the clock may be set back an hour, and forth again, at any moment of a build, a load or a server's life.

Only processes of these tests see another time, by libfaketime: the clocks of the system and of its file systems go
on. Deadlines follow the monotonic clock, which the system never sets.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from subprocess import DEVNULL, PIPE

import pytest

from support import ROOT
from support.corpora import CONFIG, lay
from support.loaded import held
from support.served import PATIENT, Server
from support.triple_servers import free_port, oxigraph
from support.waiting import PATIENCE, eventually

pytestmark = pytest.mark.slow
HOUR = 3600
CORPUS = {
    "corpus.yaml": CONFIG + "annotators: {ann: {name: Ann}}\n",
    "a.txt": "date 2020-02-03 “Ja.” en “Nou.”, zei Ann B.\n",
    "a.claims.yaml": "annotation: {by: ann, on: 2020-03-01}\nclaims: {c01: {speaker: ann-b, words: Ja.}}\n",
}
Rounds = Callable[[int, int], int]
ShowFigure = Callable[[str], None]


# libfaketime 0.9.10 cannot sleep until a moment of the real monotonic clock, which is what time.sleep does.
_SLEEP = "import select, time\ntime.sleep = lambda seconds: select.select([], [], [], seconds)\n"


class Clock:
    """The time that processes with its `environment` see."""

    def __init__(self, folder: Path) -> None:
        libraries = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
        if not libraries:
            pytest.skip("faketime is not installed")
        self.file = folder / "clock"
        self.settings = 0
        self.set(0)
        (folder / "sitecustomize.py").write_text(_SLEEP)
        self.environment = os.environ | {
            "PYTHONPATH": str(folder),
            "LD_PRELOAD": str(libraries[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def set(self, seconds: int) -> None:
        """Set it this many seconds ahead of the real time; behind it if negative."""
        new = self.file.with_suffix(".new")
        new.write_text(f"{seconds:+d}\n")
        new.replace(self.file)
        self.settings += 1

    @contextmanager
    def wandering(self, chance: Random) -> Iterator[None]:
        """Set it to another hour some twenty times a second until the block ends."""
        ended = threading.Event()

        def wander() -> None:
            while not ended.wait(chance.uniform(0, 0.1)):
                self.set(chance.choice([-HOUR, 0, HOUR]))

        thread = threading.Thread(target=wander)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path)


def kg(clock: Clock | None, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command of kg that sees the time of a clock, or the real time."""
    command = [sys.executable, "-m", "kg", *map(str, arguments)]
    environment = clock.environment if clock else None
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_a_process_sees_the_time_that_is_set_and_waits_as_long_as_ever(clock: Clock) -> None:
    """Else these proofs would prove nothing."""
    code = "import time; print(int(time.time()), flush=True); input(); print(int(time.time()), time.monotonic())"
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, env=clock.environment, stdin=PIPE, stdout=PIPE, text=True) as process:
        assert process.stdout is not None
        first = int(process.stdout.readline())
        clock.set(-HOUR)
        second, monotonic = map(float, process.communicate("\n")[0].split())

    assert abs(first - second - HOUR) < 300
    assert abs(monotonic - time.monotonic()) < 300


def test_incremental_runs_miss_no_edit(clock: Clock, rounds: Rounds, show_figure: ShowFigure) -> None:
    """The test that compares incremental runs with fresh ones, byte for byte, in a process whose clock wanders."""
    corpora = rounds(2, 20)
    command = [sys.executable, "-m", "pytest", "-q", "-m", "slow", "tests/pipeline/test_incremental.py"]
    environment = clock.environment | {"KG_TEST_LONG": str(corpora)}
    with clock.wandering(Random(1)):
        tested = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    assert tested.returncode == 0, tested.stdout
    show_figure(
        f"the clock was set back or forth {clock.settings} times during the runs on {corpora} corpora, edited 40 "
        "times each: incremental and fresh runs differed 0 times"
    )


_RACE = r"""
import sys, time
from pathlib import Path
from kg.pipeline.publication import open_publication

corpus, clock = map(Path, sys.argv[1:3])
text, claims = corpus / "a.txt", corpus / "a.claims.yaml"

def findings(*, is_set_back=False, is_known=True):
    publication = open_publication(corpus)
    if not is_known:
        return [article.findings for article in publication.mapped_articles()]
    with publication.open_cache() as cache:
        if is_set_back:
            clock.write_text("+0\n")
        return [article.findings for article in publication.mapped_articles(cache)]

edits = hidden = missed = 0
while hidden < int(sys.argv[3]) > edits / 10:
    edits += 1
    time.sleep(1.02 - time.time() % 1)  # both edits are to be in one second, also by a clock with coarse steps
    claims.write_text(claims.read_text().replace("words: Nee", "words: Ja."))
    clock.write_text("+3600\n")
    findings(is_set_back=True)
    before = claims.stat()
    claims.write_text(claims.read_text().replace("words: Ja.", "words: Nee"))
    hidden += (before.st_mtime_ns, before.st_ctime_ns) == (claims.stat().st_mtime_ns, claims.stat().st_ctime_ns)
    clock.write_text("+3600\n")  # an hour later
    missed += findings() != findings(is_known=False)
print(hidden, missed)
"""


@pytest.fixture
def whole_seconds(tmp_path: Path) -> Iterator[Path]:
    """Make a file system that keeps the times of files in whole seconds."""
    image, folder = tmp_path / "image", tmp_path / "seconds"
    folder.mkdir()
    with image.open("wb") as file:
        file.truncate(16 * 2**20)
    made = [["mkfs.ext2", "-q", "-I", "128", str(image)], ["mount", "-o", "loop", str(image), str(folder)]]
    for command in made:
        if os.geteuid() or subprocess.run(command, check=False, capture_output=True).returncode:
            pytest.skip(f"{command[0]} is missing or not allowed")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_an_edit_that_no_time_of_a_file_shows_is_not_missed_after_the_clock_was_set_back_in_a_run(
    clock: Clock, whole_seconds: Path, rounds: Rounds, show_figure: ShowFigure
) -> None:
    """By a clock that is an hour ahead, a file that was just written has not been written for an hour."""
    many = rounds(10, 100)
    corpus = lay(whole_seconds / "corpus", CORPUS)
    environment = clock.environment | {"KG_CACHE": str(whole_seconds / "cache")}
    command = [sys.executable, "-c", _RACE, str(corpus), str(clock.file), str(many)]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    hidden, missed = map(int, ran.stdout.split())

    assert missed == 0
    assert hidden
    show_figure(f"{hidden} edits in the second of the one before, after the clock was set back: missed 0")


# Loads


def edited(corpus: Path, number: int) -> Path:
    """Give the first claim another gist, which is as long."""
    claims = corpus / "a.claims.yaml"
    claims.write_text(
        "annotation: {by: ann, on: 2020-03-01}\n"
        f"claims: {{c01: {{speaker: ann-b, words: Ja., gist: {{en: 'It is number {number:04}.'}}}}}}\n"
    )
    return corpus


def test_loads_into_a_folder_and_into_a_running_store_end_with_the_corpus(
    clock: Clock, tmp_path: Path, rounds: Rounds, show_figure: ShowFigure
) -> None:
    corpus, many = lay(tmp_path / "corpus", CORPUS), rounds(3, 20)
    chance = Random(2)
    with oxigraph(tmp_path / "remote") as remote:
        for number in range(many):
            edited(corpus, number)
            with clock.wandering(chance):
                loaded = [kg(clock, "load", target, corpus) for target in (tmp_path / "store", remote.url)]
            straight = kg(None, "load", tmp_path / "straight", corpus)
            asked = kg(None, "query", "--store", remote.url, "-e", "SELECT ?text { ?claim schema:text ?text }")
            assert [each.returncode for each in (*loaded, straight, asked)] == [0, 0, 0, 0], loaded
            assert held(tmp_path / "store") == held(tmp_path / "straight")
            assert f"It is number {number:04}." in asked.stdout
    show_figure(
        f"{2 * many} loads, during which the clock was set {clock.settings} times: each ended with the corpus"
    )


_HOLD = """
import sys
from pathlib import Path
from kg.files.locks import locked
with locked(Path(sys.argv[1]), "busy"):
    print("locked", flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize(("holder", "other"), [(HOUR, -HOUR), (-HOUR, HOUR), (0, -HOUR)])
def test_a_lock_is_that_of_a_process_and_of_no_hour(holder: int, other: int, clock: Clock, tmp_path: Path) -> None:
    command = [sys.executable, "-c", _HOLD, str(tmp_path / "store" / "lock")]
    clock.set(holder)
    with subprocess.Popen(command, env=clock.environment, stdin=PIPE, stdout=PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"locked\n"
        clock.set(other)
        refused = subprocess.run(command, env=clock.environment, stdin=DEVNULL, capture_output=True, check=False)
        process.kill()
    after = subprocess.run(command, env=clock.environment, stdin=DEVNULL, capture_output=True, check=False)

    assert (refused.stdout, b"FileError: busy" in refused.stderr, after.stdout) == (b"", True, b"locked\n")


# A server


def test_a_server_takes_up_each_load_and_fails_no_query(
    clock: Clock, tmp_path: Path, rounds: Rounds, show_figure: ShowFigure
) -> None:
    """A query that takes too long is still ended in time, and a server that is stopped ends."""
    corpus, store, many = lay(tmp_path / "corpus", CORPUS), tmp_path / "store", rounds(3, 15)
    assert kg(clock, "load", store, edited(corpus, 0)).returncode == 0
    with serving(clock, store) as server:
        eventually(lambda: "number 0000" in text_of(server))
        with asking(server, 3) as statuses, clock.wandering(Random(3)):
            for number in range(1, many + 1):
                assert kg(clock, "load", store, edited(corpus, number)).returncode == 0
                eventually(lambda: f"number {number:04}" in text_of(server))  # noqa: B023  # called in this round
        stopped = server.query(ENDLESS, timeout=1)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(PATIENCE) == 0

    assert (set(statuses), stopped.status) == ({200}, 504)
    show_figure(
        f"{many} loads into a served store while the clock was set {clock.settings} times: of {len(statuses)} "
        "queries of three clients 0 failed"
    )


@contextmanager
def serving(clock: Clock, store: Path) -> Iterator[Server]:
    """Serve a store in a process that sees this time, until the block ends."""
    port = free_port()
    command = [*PATIENT, "-q", "serve", str(store), "--port", str(port)]
    with subprocess.Popen(command, env=clock.environment) as process:
        try:
            yield Server(port, process)
        finally:
            process.kill()


@contextmanager
def asking(server: Server, clients: int) -> Iterator[list[int]]:
    """Have clients ask short queries until the block ends, and note the status of each answer."""
    statuses: list[int] = []
    ended = threading.Event()

    def ask() -> None:
        while not ended.wait(0.01):
            statuses.append(server.query("SELECT * { ?s ?p ?o } LIMIT 9").status)

    threads = [threading.Thread(target=ask) for _ in range(clients)]
    for each in threads:
        each.start()
    try:
        yield statuses
    finally:
        ended.set()
        for each in threads:
            each.join()


ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }"


def text_of(server: Server) -> str:
    """Return the texts of all claims that are served; nothing while the server does not answer."""
    try:
        return server.query("SELECT ?text { ?claim schema:text ?text }").text
    except OSError:
        return ""
