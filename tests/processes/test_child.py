"""Child processes: what they reply, what they may take, and that each ends, with a reason."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from kg.processes.child import Child, ChildEndedError
from kg.processes.limits import refuse_sockets
from support import ROOT
from support.waiting import PATIENCE, eventually

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has these limits")
SLEEP = f"""
import os, sys
sys.path.insert(0, {str(ROOT / "tests")!r})
from kg.processes.child import Child
print(Child("support.children:sleep", trusted=True).receive().decode(), flush=True)
sys.stdin.read()
"""


def child(function: str) -> Child:
    return Child(f"support.children:{function}")


def test_a_child_replies_with_frames_of_any_size_whatever_it_prints() -> None:
    frames = [b"", b"a", b"\n" * 1_000_000]
    with child("echo") as echo:
        for frame in frames:
            echo.send(frame)
            assert echo.receive() == frame


@pytest.mark.skipif(sys.platform == "win32", reason="Windows deletes no folder that is in use")
def test_a_child_starts_though_the_current_folder_was_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As under a server, in whose folder another version was installed."""
    monkeypatch.chdir(tmp_path)
    tmp_path.rmdir()
    with child("echo") as echo:
        echo.send(b"a")
        assert echo.receive() == b"a"
    monkeypatch.undo()


def end_of(function: str, request: bytes) -> ChildEndedError:
    """Return how a child ends that does not reply to a request."""
    with child(function) as unable:
        unable.send(request)
        with pytest.raises(ChildEndedError) as caught:
            unable.receive(PATIENCE)
    return caught.value


def test_the_end_of_a_child_has_a_status_and_its_last_words() -> None:
    ended = end_of("end", b"7")

    assert (ended.status, ended.last_words) == (7, "last words")


def test_a_child_that_was_killed_has_the_signal_as_its_status() -> None:
    with child("sleep") as asleep:
        os.kill(int(asleep.receive()), signal.SIGKILL)
        with pytest.raises(ChildEndedError) as caught:
            asleep.receive()

    assert (caught.value.status, caught.value.complaint) == (-signal.SIGKILL, "")


def test_a_request_to_a_child_that_ended_is_refused() -> None:
    with child("sleep") as asleep:
        asleep.kill()
        with pytest.raises(ChildEndedError):
            asleep.send(b"x" * 1_000_000)


def test_a_child_that_does_not_reply_in_time_is_killed() -> None:
    with child("sleep") as asleep:
        process = int(asleep.receive(PATIENCE))
        with pytest.raises(TimeoutError):
            asleep.receive(0.1)
    assert not Path(f"/proc/{process}/stat").exists()


def test_no_child_is_left_when_its_block_ends() -> None:
    with child("sleep") as asleep:
        process = int(asleep.receive())
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


@pytest.mark.slow
@linux_only
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_child_ends_with_its_parent(how: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", SLEEP], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        process = int(parent.stdout.readline())
        parent.send_signal(how)
        parent.wait()
        eventually(lambda: not Path(f"/proc/{process}/stat").exists())


@linux_only
def test_a_child_gets_no_more_memory_than_it_may_take() -> None:
    assert end_of("reserve", b"100000000").lacked_memory


@pytest.mark.slow
@linux_only
def test_a_child_gets_no_more_time_than_it_may_take() -> None:
    assert end_of("compute", b"0.1").status == -signal.SIGXCPU


@linux_only
def test_a_child_writes_no_larger_file_than_it_may(tmp_path: Path) -> None:
    with child("write") as writer:
        writer.send(str(tmp_path / "large").encode())
        assert writer.receive() == b"File too large"


@linux_only
def test_a_child_without_sockets_reaches_no_network() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, child("connect") as client:
        server.settimeout(0.05)
        client.send(str(server.getsockname()[1]).encode())
        assert client.receive() == b"refused"
        with pytest.raises(TimeoutError):
            server.accept()


WAYS = {
    "socket": "socket.socket(socket.AF_INET, socket.SOCK_STREAM)",
    "socket6": "socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)",
    "unix": "socket.socket(socket.AF_UNIX)",
    "pair": "socket.socketpair()",
    "connect": "socket.socket(fileno=held.fileno()).connect(('127.0.0.1', 9))",
    "thread": "threaded()",
    "child": "child()",
}


@linux_only
@pytest.mark.parametrize("way", WAYS)
def test_a_child_without_sockets_has_no_other_way_to_one_and_can_open_files(way: str, tmp_path: Path) -> None:
    with child("try_socket") as client:
        client.send(f"{WAYS[way]}\n{tmp_path / 'file'}".encode())
        assert int(client.receive()) == errno.EACCES

    assert (tmp_path / "file").read_text() == "x"


def test_a_machine_that_is_not_known_refuses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.processes.limits.SOCKET_CALLS", {})

    assert not refuse_sockets()
