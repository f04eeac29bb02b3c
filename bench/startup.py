"""How soon `kg` is there: its help and the export of one article against what Python needs for its libraries.

`python -m bench.startup` prints Markdown.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.machine import machine
from bench.report import table
from bench.venvs import ROOT, environment

CLICK = "import click"
RDF = "import rdflib, pyshacl"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--workdir", type=Path, default=Path.home() / ".cache" / "kg-bench")
    given = parser.parse_args()
    programs = environment(given.workdir.resolve(), "kg")
    python, kg = str(programs / "python"), str(programs / "kg")
    commands = {
        f'python -c "{CLICK}"': [python, "-c", CLICK],
        "kg --help": [kg, "--help"],
        "kg export seeds": [kg, "export", str(ROOT / "seeds")],
        f'python -c "{RDF}"': [python, "-c", RDF],
    }
    print(startup(in_turns(commands, given.rounds), machine()["date"]))


def in_turns(commands: dict[str, Sequence[str]], rounds: int) -> dict[str, float]:
    """Return the median wall seconds of each command, run in turns after one run that does not count."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for round in range(rounds + 1):
        for name, command in commands.items():
            start = time.perf_counter()
            subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
            if round:
                times[name].append(time.perf_counter() - start)
    return {name: median(some) for name, some in times.items()}


def startup(times: dict[str, float], date: object) -> str:
    """Return a table of the times, each against the first."""
    first = next(iter(times.values()))
    rows = [(f"`{name}`", f"{1000 * seconds:.0f}", f"{seconds / first:.2f}") for name, seconds in times.items()]
    return table((f"{date}", "ms", "times the first"), rows)


if __name__ == "__main__":
    main()
