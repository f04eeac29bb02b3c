"""`kg new` writes all of its files, or none: on a full disk, and where another file comes in between."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kg.cli import run
from kg.drafts import drafts, write_drafts
from kg.drafts.claims_draft import Draft
from kg.errors import FileError
from support.documents import tree

resource = pytest.importorskip("resource")
AGAIN = "it could not be written: File too large; nothing was written: try again"


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go to a corpus of two articles, the draft of the first the shorter one."""
    monkeypatch.chdir(tmp_path)
    assert run(["-q", "new", "--corpus", "."]) == 0
    Path("a.txt").write_text("She said: “No.”")
    Path("b.txt").write_text("She said: “No.” He said: “Yes.” " * 20)
    return tmp_path


def limited(size: int, *arguments: str) -> tuple[int, str]:
    """Return the status of `kg` and what it says, where a file cannot have more bytes than `size`."""
    done = subprocess.run(
        [sys.executable, "-B", "-m", "kg", *arguments],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


def test_a_draft_for_which_there_is_no_room_is_not_written_nor_is_any_other(two: Path) -> None:
    before = tree(two)

    assert limited(2000, "new", "a.txt", "b.txt") == (3, f"kg: b.claims.yaml: {AGAIN}\n")
    assert tree(two) == before
    assert run(["new", "a.txt", "b.txt"]) == 0
    assert tree(two).keys() - before.keys() == {"a.claims.yaml", "b.claims.yaml"}


@pytest.mark.parametrize("size", [0, 200, 600])
@pytest.mark.parametrize("folder", ["made/here", "empty"])
def test_a_corpus_for_which_there_is_no_room_is_not_begun(folder: str, size: int, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    status, said = limited(size, "new", "--corpus", str(tmp_path / folder))

    assert (status, said[said.index(": it could") :]) == (3, f": {AGAIN}\n")
    assert [*tmp_path.rglob("*")] == [tmp_path / "empty"]


@pytest.mark.usefixtures("two")
def test_a_file_that_came_in_between_stays_and_nothing_else_is_written() -> None:
    started = drafts([Path("a.txt"), Path("b.txt")])
    Path("b.claims.yaml").write_text("mine")
    before = tree(Path())

    with pytest.raises(FileError) as caught:
        write_drafts(started)

    assert str(caught.value) == "b.claims.yaml: the file exists and is not overwritten; nothing was written"
    assert tree(Path()) == before


def test_a_file_system_needs_no_hard_links(two: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", no_links)
    (started,) = drafts([Path("a.txt")])
    before = tree(two)

    write_drafts([started])

    assert tree(two) == {**before, "a.claims.yaml": started.draft.text}
    with pytest.raises(FileError, match="the file exists"):
        write_drafts([started._replace(draft=Draft("other", 0, 0))])
    assert tree(two) == {**before, "a.claims.yaml": started.draft.text}
