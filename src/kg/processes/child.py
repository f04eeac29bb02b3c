"""Child processes: each runs one function of kg and ends with its parent, even if the parent is killed.

Parent and child exchange frames, each a length and as many bytes: requests on the child's stdin, replies on its
stdout. A child imports nothing from the current folder, whose files may be anybody's.
"""

from __future__ import annotations

import os
import select
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from math import inf
from threading import Event, Thread
from time import monotonic
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from subprocess import Popen

LENGTH = 4
"""How many bytes the length of a frame has, the lowest first."""
# Each of glibc's arenas reserves address space, which the memory limit counts.
ENVIRONMENT = {"MALLOC_ARENA_MAX": "2"}
_START = "import sys; sys.path[:] = sys.argv[2:]; from kg.processes.child import run; run(sys.argv[1])"


class ChildEndedError(Exception):
    """A child ended before it replied.

    `status` is its exit status, negative for the signal that killed it; `complaint` is what it wrote to stderr.
    """

    def __init__(self, status: int, complaint: str) -> None:
        super().__init__(status, complaint)
        self.status = status
        self.complaint = complaint.strip()

    @property
    def last_words(self) -> str:
        """The last line of its complaint."""
        return self.complaint.rpartition("\n")[2]

    @property
    def lacked_memory(self) -> bool:
        """Whether it reported that it was out of memory."""
        return "MemoryError" in self.complaint or "memory allocation" in self.complaint


class Child:
    """The parent's end of a child that runs the function `target` (`module:function`) until the block ends.

    `trusted` children write to our stderr; the stderr of others is kept for `ChildEndedError`.
    """

    def __init__(self, target: str, *, trusted: bool = False) -> None:
        # Imported here, because a child needs neither to start.
        from subprocess import PIPE, Popen
        from tempfile import TemporaryFile

        self._errors = None if trusted else TemporaryFile()  # noqa: SIM115  # closed by `end`
        environment = None if trusted else {**os.environ, **ENVIRONMENT}
        with _no_interrupt():
            self._process = Popen(command(target), stdin=PIPE, stdout=PIPE, stderr=self._errors, env=environment)
        self._deadline = _Deadline(self._process)

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def send(self, frame: bytes) -> None:
        """Send a request. Raises `ChildEndedError`."""
        assert self._process.stdin is not None
        try:
            write_frame(self._process.stdin, frame)
        except OSError as error:
            raise self._ended() from error

    def receive(self, seconds: float = inf) -> bytes:
        """Return the next reply. Raises `ChildEndedError`, or `TimeoutError` if it does not come in time."""
        assert self._process.stdout is not None
        self._deadline.set(seconds)
        try:
            return read_frame(self._process.stdout)
        except EOFError as error:
            raise (
                TimeoutError(f"no reply in {seconds:g} seconds") if self._deadline.passed else self._ended()
            ) from error
        finally:
            self._deadline.set(inf)

    def kill(self) -> None:
        """Kill the child, whatever it is doing."""
        self._process.kill()

    def end(self) -> None:
        """Kill the child and wait until it is gone."""
        self._deadline.stop()
        self.kill()
        with suppress(OSError), self._process:  # a request may be left that the child did not take
            pass
        if self._errors:
            self._errors.close()

    def _ended(self) -> ChildEndedError:
        status = self._process.wait()
        if self._errors is None:
            return ChildEndedError(status, "")
        self._errors.seek(0)
        return ChildEndedError(status, self._errors.read().decode(errors="replace"))


class _Deadline(Thread):
    """Kills a process that does not reply in time. (`select` would do, but not for pipes on Windows.)"""

    def __init__(self, process: Popen[bytes]) -> None:
        super().__init__(daemon=True)
        self.passed = False
        self._process = process
        self._at = inf
        self._stopped = Event()

    def set(self, seconds: float) -> None:
        """Set the deadline, in seconds from now."""
        self._at = monotonic() + seconds
        if seconds < inf and self.ident is None:
            self.start()

    def stop(self) -> None:
        """Watch no longer."""
        self._stopped.set()

    def run(self) -> None:
        while not self._stopped.wait(max(0.01, min(1, self._at - monotonic()))):
            if monotonic() > self._at:
                self.passed = True
                self._process.kill()
                return


class Requests:
    """The child's end: iterate over the requests, and answer each by one or several calls of `reply`."""

    def __init__(self) -> None:
        self._requests = open(0, "rb", closefd=False)  # noqa: SIM115  # closed by the end of the process
        # Output that the child or a library prints must not come between the frames.
        self._replies = os.fdopen(os.dup(1), "wb", buffering=1 << 16)
        os.dup2(2, 1)
        if hasattr(select, "poll"):  # not on Windows, where a child ends when it has done what it does
            Thread(target=_end_with_parent, daemon=True).start()

    def __iter__(self) -> Iterator[bytes]:
        with suppress(EOFError):
            while True:
                yield read_frame(self._requests)
        os._exit(1)

    def reply(self, frame: bytes) -> None:
        """Send a reply."""
        write_frame(self._replies, frame)


def _end_with_parent() -> None:
    """End this process when the other end of its stdin is closed, whatever it is doing."""
    watched = select.poll()
    watched.register(0, select.POLLHUP)
    while not any(event & select.POLLHUP for _, event in watched.poll()):
        pass
    os._exit(1)


def command(target: str) -> list[str]:
    """Return the command line of a child that runs `module:function`, with the import path of this process.

    `-P` keeps the current folder off the import path while Python starts. It is taken from ours too, where
    `python -m` and `python -c` put it. The folder of kg comes last, for a kg that is run from its source folder.
    """
    try:
        here = os.getcwd()
    except FileNotFoundError:  # it was deleted while this process ran
        here = ""
    home = os.path.abspath(os.path.join(__file__, os.pardir, os.pardir, os.pardir))
    path = [entry for entry in sys.path if os.path.isabs(entry) and os.path.normpath(entry) != here]
    return [sys.executable, "-P", "-c", _START, target, *path, home]


def run(target: str) -> None:
    """Run a child's function, `module:function`, with its requests."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is left to the parent
    requests = Requests()
    module, _, function = target.partition(":")
    getattr(import_module(module), function)(requests)
    os._exit(0)  # threads that are left behind are not waited for


def write_frame(stream: IO[bytes], frame: bytes) -> None:
    """Write a frame at once."""
    stream.write(frame_head(frame))
    stream.write(frame)
    stream.flush()


def frame_head(frame: bytes) -> bytes:
    """Return the head of a frame: its length."""
    return len(frame).to_bytes(LENGTH, "little")


def read_frame(stream: IO[bytes]) -> bytes:
    """Return the next frame. Raises `EOFError` if the stream ends before it does."""
    head = stream.read(LENGTH)
    length = int.from_bytes(head, "little")
    frame = stream.read(length)
    if len(head) < LENGTH or len(frame) < length:
        raise EOFError
    return frame


@contextmanager
def _no_interrupt() -> Iterator[None]:
    """Ignore Ctrl-C while a child starts: it inherits this, and ignores Ctrl-C from its first moment."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
