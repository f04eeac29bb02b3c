"""What is found in a folder is opened only if it is a regular file of that folder."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from kg.errors import FileError
from kg.files.input_files import is_inside, leads_out, open_input
from kg.files.text_files import read_lines, read_text


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go to a folder beside a secret, with a folder `c` that has a file and a link of each kind."""
    monkeypatch.chdir(tmp_path)
    Path("c/in").mkdir(parents=True)
    Path("out").mkdir()
    for name in ("secret.txt", "out/x.txt", "c/x.txt", "c/in/x.txt"):
        Path(name).write_text(name)
    for name, target in {
        "out.txt": "../secret.txt",
        "absolute.txt": str(tmp_path / "secret.txt"),
        "environ.txt": "/proc/self/environ",
        "zero.txt": "/dev/zero",
        "folder": "../out",
        "same.txt": "in/x.txt",
        "in/up.txt": "../x.txt",
        "in/back.txt": "../../c/x.txt",
        "nowhere.txt": "gone.txt",
        "round.txt": "round.txt",
    }.items():
        os.symlink(target, f"c/{name}")
    os.mkfifo("c/pipe.txt")
    os.symlink("pipe.txt", "c/piped.txt")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("c/socket.txt")
    return tmp_path


REFUSED = [
    "out.txt",
    "absolute.txt",
    "environ.txt",
    "zero.txt",
    "folder/x.txt",
    "pipe.txt",
    "piped.txt",
    "socket.txt",
]
MISSING = ["nowhere.txt", "round.txt", "gone.txt"]
OPENED = {"x.txt": "c/x.txt", "same.txt": "c/in/x.txt", "in/up.txt": "c/x.txt", "in/back.txt": "c/x.txt"}


@pytest.mark.parametrize("root", ["c", "./c", ".", ""])
@pytest.mark.parametrize("name", [*REFUSED, "../secret.txt", "in"])
def test_links_out_pipes_devices_and_folders_are_never_opened(folder: Path, name: str, root: str) -> None:
    if root in (".", ""):
        os.chdir("c")
    root = root or str(folder / "c")
    file = name if root == "." else os.path.join(root, name)

    with pytest.raises(FileError):
        open_input(file, root)
    assert not is_inside(file, root)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", MISSING)
def test_what_leads_nowhere_is_missing_or_refused(name: str) -> None:
    with pytest.raises((OSError, FileError)):
        open_input(f"c/{name}", "c")
    assert not is_inside(f"c/{name}", "c")


@pytest.mark.parametrize(("name", "content"), OPENED.items())
def test_files_of_the_folder_and_links_within_it_are_opened(folder: Path, name: str, content: str) -> None:
    for file, root in (
        (f"c/{name}", "c"),
        (str(folder / "c" / name), str(folder / "c")),
        (f"c/{name}", f"{folder}/c"),
    ):
        with open_input(file, root) as stream:
            assert stream.read() == content.encode()
        assert is_inside(file, root)
        assert not leads_out(file, root)


@pytest.mark.usefixtures("folder")
def test_the_folder_itself_may_be_reached_by_a_link() -> None:
    os.symlink("c", "linked")

    assert read_text("linked/x.txt", "linked") == "c/x.txt"
    assert [line.raw for line in read_lines("linked/same.txt", "linked")] == [b"c/in/x.txt"]


@pytest.mark.usefixtures("folder")
def test_a_file_that_the_user_named_may_be_a_link_or_a_pipe() -> None:
    assert read_text("c/out.txt") == "secret.txt"
    code = "from kg.files.text_files import read_text; print(read_text('/dev/stdin'))"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], input="Ja", capture_output=True, text=True, timeout=600, check=True
    )
    assert done.stdout == "Ja\n"


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", [*REFUSED[:5], *MISSING])
def test_links_out_are_told_from_pipes(name: str) -> None:
    is_link = os.path.islink(f"c/{name}")

    assert leads_out(f"c/{name}", "c") == (is_link and name not in MISSING)
