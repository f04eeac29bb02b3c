"""Strangers' folders: no command that reads one runs code of it, reads a file outside of it, or hangs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.importers import OWN
from support.strange_folders import FOLDERS, SECRET, Place, commands, make

SECONDS = 300
"""How long a command may take before it counts as hanging: it takes a few, on a busy machine more."""
FEW = 1
# Which files were opened and which programs started; a link is opened as its target.
STRACE = ("strace", "-f", "-qq", "--seccomp-bpf", "-e", "trace=open,openat,openat2,execve,connect", "-o")
_OPENED = re.compile(r'(?:open|openat|openat2)\((?:[^,"]*, )?"((?:[^"\\]|\\.)*)".*\) = \d+')
_FORBIDDEN = re.compile(r"/etc/shadow|/proc/self/(?:mem|environ)|/proc/kcore|/dev/mem")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace shows which files are opened"),
]


def watched(command: list[str], place: Place) -> str:
    """Run a command in a folder; return `hang`, `fault`, `terminal` or `outside` if that went wrong, else `""`."""
    trace = place.folder.parent / "trace"
    folders = {f"XDG_{name}_HOME": str(trace.parent / name) for name in ("CACHE", "DATA")}
    environment = {"PATH": os.environ["PATH"], "HOME": str(trace.parent / "home"), "LC_ALL": "C.UTF-8", **folders}
    script = Path(sys.executable).parent / "kg"
    try:
        done = subprocess.run(
            [*STRACE, str(trace), str(script), *command],
            cwd=place.folder,
            env={**environment, "KG_SECRET": SECRET},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        return "hang"
    said = done.stdout + done.stderr
    if any(each in said for each in (b"a fault of kg itself", b"Traceback", b"Usage: kg")) or done.returncode < 0:
        return "fault"
    if b"\x1b" in said:
        return "terminal"
    return "outside" if SECRET.encode() in said or any(_is_outside(line, place) for line in _opened(trace)) else ""


def _opened(trace: Path) -> list[str]:
    return _OPENED.findall(trace.read_text(errors="replace"))


def _is_outside(path: str, place: Place) -> bool:
    """Tell whether a file that was opened is one that must not be read, perhaps through a link in the folder."""
    whole = os.path.normpath(place.folder / path)
    if whole.startswith(f"{place.folder}/"):
        return not os.path.realpath(whole).startswith(f"{place.folder}/")
    return whole.startswith(f"{place.outside}/") or bool(_FORBIDDEN.fullmatch(whole))


def test_no_stranger_runs_code_reads_files_outside_or_makes_a_command_hang(
    tmp_path: Path, rounds: Callable[[int, int], int], show_figure: Callable[[str], None]
) -> None:
    folders = FOLDERS[: rounds(FEW, len(FOLDERS))]
    wrong: list[tuple[str, str, str]] = []
    count = 0
    for fill in folders:
        parent = tmp_path / fill.__name__
        parent.mkdir()
        place = make(fill, parent)
        for command in commands(OWN):
            count += 1
            if fault := watched(command, place):
                wrong.append((fill.__name__, " ".join(command), fault))
        wrong += [(fill.__name__, each.name, "ran") for each in place.ran.iterdir()]
        shutil.rmtree(parent, ignore_errors=True)

    assert wrong == []
    show_figure(
        f"{len(folders)} strangers' folders, {count} commands: code run 0, files read outside 0, hangs 0, "
        "faults 0, escape sequences on the terminal 0"
    )
