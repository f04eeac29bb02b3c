"""The transcript of mistakes: what `kg validate` says to each deliberate mistake in the seed corpus.

`python tests/end_to_end/test_mistakes.py` writes the answers in the transcript anew: read them
before you commit them.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from kg.cli import run
from support import ROOT, SEEDS

TRANSCRIPT = ROOT / "tests" / "data" / "golden" / "mistakes.txt"
PROMPT = "$ kg validate seeds\n"


class Edit(NamedTuple):
    """`old`, once in a file, is replaced by `new`; a file without `old` is written; without both, deleted."""

    file: str
    old: str
    new: str


class Mistake(NamedTuple):
    """A mistake of the transcript: its title, what is changed, what was answered."""

    title: str
    edits: tuple[Edit, ...]
    answer: str


def mistakes() -> Iterator[Mistake]:
    """Yield the mistakes of the transcript."""
    for section in TRANSCRIPT.read_text().split("\n== ")[1:]:
        head, _, answer = section.partition(PROMPT)
        title, *edits = head.split("\n@")
        yield Mistake(title, tuple(map(_edit, edits)), answer.rstrip("\n") + "\n")


def _edit(written: str) -> Edit:
    file, *lines = written.rstrip("\n").split("\n")
    old, new = (
        "\n".join(line[1:].replace("␇", "\x07") for line in lines if line.startswith(sign)) for sign in ("-", "+")
    )
    return Edit(file, old, new)


def answered(mistake: Mistake, folder: Path) -> str:
    """Return what `kg validate` prints about the seed corpus in the folder with the mistake made."""
    shutil.copytree(SEEDS, folder / "seeds")
    for edit in mistake.edits:
        _make(edit, folder / edit.file)
    out, err = io.StringIO(), io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = run(["validate", "seeds"])
    return f"{out.getvalue()}{err.getvalue()}exit status {status}\n"


def _make(edit: Edit, file: Path) -> None:
    if not edit.old and not edit.new:
        file.unlink()
    elif not edit.old:
        file.parent.mkdir(exist_ok=True)
        file.write_text(edit.new + "\n")
    else:
        before = file.read_text()
        assert before.count(edit.old) == 1, f"{edit.old!r} must stand once in {edit.file}"
        file.write_text(before.replace(edit.old, edit.new))


@pytest.mark.parametrize("mistake", list(mistakes()), ids=lambda mistake: mistake.title.replace(" ", "-"))
def test_each_mistake_is_answered_as_in_the_transcript(mistake: Mistake, tmp_path: Path) -> None:
    assert answered(mistake, tmp_path) == mistake.answer


def _rewrite() -> None:
    head, *sections = TRANSCRIPT.read_text().split("\n== ")
    for n, mistake in enumerate(mistakes()):
        with tempfile.TemporaryDirectory() as folder:
            edits = sections[n].partition(PROMPT)[0]
            sections[n] = f"{edits}{PROMPT}{answered(mistake, Path(folder))}"
    TRANSCRIPT.write_text("\n== ".join([head, *sections]))


if __name__ == "__main__":
    os.environ["NO_COLOR"] = "1"
    _rewrite()
