"""`--watch`: an edit is seen, an error ends nothing, Ctrl-C ends it all."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

import pytest

from support.corpora import lay
from support.editing import edited
from support.publications import CORPUS
from support.waiting import PATIENCE


class Watching:
    """A command that watches, and what it says."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: Queue[str] = Queue()
        self.reader = Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.put(line)

    def until(self, text: str) -> list[str]:
        """Return the lines up to the one that contains a text."""
        said: list[str] = []
        while not said or text not in said[-1]:
            try:
                said.append(self.lines.get(timeout=PATIENCE))
            except Empty:
                pytest.fail(f"{text!r} was never said, but {said}")
        return said


@contextmanager
def watching(*arguments: str) -> Iterator[Watching]:
    command = [sys.executable, "-u", "-m", "kg", *arguments, "--watch"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    )
    try:
        yield Watching(process)
    finally:
        process.kill()
        process.wait()


def test_an_edit_is_checked_at_once_and_ctrl_c_ends_it(tmp_path: Path) -> None:
    corpus = lay(tmp_path / "corpus", CORPUS)
    with watching("validate", str(corpus)) as command:
        command.until("Watching")
        edited(corpus / "a.claims.yaml", "words: Ja", "words: Nee")
        broken = command.until("Watching")
        edited(corpus / "corpus.yaml", "language: nl", "languages: nl")
        worse = command.until("Watching")
        edited(corpus / "corpus.yaml", "languages: nl", "language: nl")
        edited(corpus / "a.claims.yaml", "words: Nee", "words: Ja")
        mended = command.until("nothing to report")
        command.until("Watching")
        command.process.send_signal(signal.SIGINT)
        status = command.process.wait(PATIENCE)
        last = command.until("interrupted")

    assert [line for line in broken if line.startswith(f"{corpus / 'a.claims.yaml'}:2:")]
    assert [line for line in worse if line.startswith(f"{corpus / 'corpus.yaml'}:4:")]
    assert mended[-1] == "nothing to report: 1 article, 1 claim checked\n"
    assert (status, last) == (130, ["kg: interrupted\n"])


def test_a_build_that_watches_writes_again_and_is_not_woken_by_itself(tmp_path: Path) -> None:
    """Its folder lies in the corpus, as by default."""
    corpus = lay(tmp_path / "corpus", CORPUS)
    with watching("build", str(corpus), "-o", str(corpus / "public")) as command:
        command.until("Watching")
        first = (corpus / "public" / "kg.nt").read_bytes()
        edited(corpus / "a.claims.yaml", "words: Ja", "words: Ja, note: edited")
        said = command.until("Watching")

    assert len([line for line in said if "public" in line]) == 1
    assert (corpus / "public" / "kg.nt").read_bytes() != first


def test_what_comes_on_stdin_cannot_be_watched() -> None:
    with watching("validate", "-", "--input-format", "ttl") as command:
        assert command.until("stdin")[-1].startswith("kg: What comes on stdin cannot be watched")
        assert command.process.wait(PATIENCE) == 2
