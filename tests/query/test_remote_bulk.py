"""`kg load URL` of many new articles: sent together to a store that takes them so, with the same promises."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Timer
from urllib.parse import urlsplit

import pytest
from bench.corpus import write_corpus

from kg.cli import run
from support.remote_corpora import expected
from support.triple_servers import HANG_UP, Front, Seen, Server, oxigraph

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("no_cache")]

ARTICLES = 160  # some 22 MB: more than one request, and a rest
Holds = dict[str, tuple[int, str]]
Reply = tuple[int, dict[str, str], bytes]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bulk") / "corpus"
    write_corpus(folder, ARTICLES, form="jsonl")
    return folder


@pytest.fixture(scope="module")
def holds(corpus: Path) -> Holds:
    return expected(corpus)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Server]:
    with oxigraph(tmp_path / "oxigraph") as running:
        yield running


def is_added(seen: Seen) -> bool:
    """Whether a request adds quads."""
    return seen.method == "POST" and seen.target.startswith("/store")


def written(front: Front) -> Counter[str]:
    return Counter(each.method for each in front.seen if is_added(each) or each.method in ("PUT", "DELETE"))


def test_new_articles_are_sent_many_at_a_time_and_changed_ones_alone(
    store: Server, corpus: Path, holds: Holds, tmp_path: Path
) -> None:
    with Front(store.url) as front:
        assert run(["-q", "load", front.url, str(corpus)]) == 0
        first = written(front)
    found = store.holds()
    edited = shutil.copytree(corpus, tmp_path / "edited")
    first_line, rest = (edited / "articles.jsonl").read_text(encoding="utf-8").split("\n", 1)
    record = json.loads(first_line)
    next(iter(record["claims"].values()))["note"] = "An edit."
    (edited / "articles.jsonl").write_text(f"{json.dumps(record)}\n{rest}", encoding="utf-8")
    with Front(store.url) as front:
        assert run(["-q", "load", front.url, str(edited)]) == 0
        second = written(front)

    assert found == holds
    assert (first["POST"], first["PUT"] < ARTICLES // 4) == (2 if first["PUT"] == 0 else 1, True)
    assert set(second) == {"PUT"}


@pytest.mark.parametrize("status", [400, 403, 404, 405, 413])
def test_a_store_or_proxy_that_refuses_many_at_once_gets_one_after_another(
    status: int, store: Server, corpus: Path, holds: Holds
) -> None:
    def own(seen: Seen, _before: int) -> Reply | None:
        return (status, {}, b"no") if is_added(seen) else None

    with Front(store.url, own) as front:
        assert run(["-q", "load", front.url, str(corpus)]) == 0

        assert written(front) == {"POST": 2, "PUT": len(holds)}
    assert store.holds() == holds


def test_another_error_of_the_store_ends_the_load(
    store: Server, corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Front(store.url, lambda seen, _: (500, {}, b"disk full") if is_added(seen) else None) as front:
        assert run(["-q", "load", front.url, str(corpus)]) == 3

    assert "the store answers 500: disk full" in capsys.readouterr().err


def test_a_graph_store_that_is_named_gets_whole_graphs(store: Server, corpus: Path, holds: Holds) -> None:
    with Front(store.url) as front:
        named = ["--graph-store", f"{front.url}/store?x"]
        assert run(["-q", "load", front.url, str(corpus), *named]) == 0

        assert written(front) == {"PUT": len(holds)}


@pytest.mark.parametrize("way", ["nothing", "half", "all", "twice"])
def test_after_a_load_that_was_killed_the_next_puts_all_right(
    way: str, store: Server, corpus: Path, holds: Holds
) -> None:
    """When it dies, the store has got nothing of a request, half of it, all of it, or the first request whole."""
    victim: subprocess.Popen[bytes] | None = None
    left = 2 if way == "twice" else 1

    def own(seen: Seen, _before: int) -> Reply | None:
        nonlocal left
        left -= is_added(seen)
        if left or victim is None:
            return None
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        if way == "all":
            return None
        if way == "half":
            _send_half(store, seen)
        return HANG_UP, {}, b""

    with Front(store.url, own) as front:
        victim = subprocess.Popen([sys.executable, "-m", "kg", "-q", "load", front.url, str(corpus)])
        killed = victim.wait()
    assert run(["-q", "load", store.url, str(corpus)]) == 0

    assert killed in ((-signal.SIGKILL, 0) if way == "twice" else (-signal.SIGKILL,))
    assert store.holds() == holds


def _send_half(store: Server, seen: Seen) -> None:
    where = urlsplit(store.url)
    head = (
        f"POST {seen.target} HTTP/1.1\r\nHost: {where.netloc}\r\nContent-Type: application/n-quads\r\n"
        f"Content-Length: {len(seen.body)}\r\n\r\n"
    )
    # The store may be killed meanwhile.
    with suppress(OSError), socket.create_connection((where.hostname or "", where.port or 0)) as connection:
        connection.sendall(head.encode() + seen.body[: len(seen.body) // 2])


@pytest.mark.parametrize("seconds", [0.02, 0.1, 0.3])
def test_a_load_outlives_a_store_that_is_killed_while_it_takes_many(
    seconds: float, store: Server, corpus: Path, holds: Holds
) -> None:
    restarts: list[bool] = []

    def restart() -> None:
        assert store.running is not None
        store.running.kill()
        store.running.start()

    def own(seen: Seen, _before: int) -> Reply | None:
        if not is_added(seen) or restarts:
            return None
        restarts.append(True)
        timer = Timer(seconds, os.kill, (store.running._process.pid, signal.SIGKILL))  # type: ignore[union-attr]
        timer.start()
        _send_half(store, seen)
        timer.join()
        restart()
        return HANG_UP, {}, b""

    with Front(store.url, own) as front:
        assert run(["-q", "load", "--timeout", "600", front.url, str(corpus)]) == 0

    assert restarts
    assert store.holds() == holds


def test_after_two_loads_at_once_the_next_puts_all_right(store: Server, corpus: Path, holds: Holds) -> None:
    command = [sys.executable, "-m", "kg", "-q", "load", store.url, str(corpus)]
    first = subprocess.Popen(command)
    time.sleep(0.5)
    second = subprocess.Popen(command)

    assert [first.wait(), second.wait()] == [0, 0]
    assert store.holds() == holds
