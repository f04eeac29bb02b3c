"""How soon `kg` is there: its help and the export of one article against what Python needs for its libraries.

`python -m bench.startup` prints Markdown.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.measure import plain_environment
from bench.report import table
from bench.venvs import ROOT, environment

CLICK = "import click"
RDF = "import rdflib, pyshacl"


class Times(NamedTuple):
    """Seconds."""

    wall: float
    cpu: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--workdir", type=Path, default=Path.home() / ".cache" / "kg-bench")
    given = parser.parse_args()
    print(startup(starts(environment(given.workdir.resolve(), "kg"), given.rounds)))


def starts(programs: Path, rounds: int) -> dict[str, Times]:
    """Return what each command takes, by its name; `programs` is the folder of the environment's programs."""
    python, kg = str(programs / "python"), str(programs / "kg")
    commands = {
        f'python -c "{CLICK}"': [python, "-c", CLICK],
        "kg --help": [kg, "--help"],
        "kg export seeds": [kg, "export", str(ROOT / "seeds")],
        f'python -c "{RDF}"': [python, "-c", RDF],
    }
    return in_turns(commands, rounds)


def in_turns(commands: dict[str, Sequence[str]], rounds: int) -> dict[str, Times]:
    """Return the medians of each command, run in turns after one run that does not count."""
    times: dict[str, list[Times]] = {name: [] for name in commands}
    for round in range(rounds + 1):
        for name, command in commands.items():
            wall, cpu = time.perf_counter(), _cpu_of_children()
            subprocess.run(
                command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=plain_environment(), check=True
            )
            if round:
                times[name].append(Times(time.perf_counter() - wall, _cpu_of_children() - cpu))
    return {
        name: Times(median(each.wall for each in some), median(each.cpu for each in some))
        for name, some in times.items()
    }


def startup(times: Mapping[str, Sequence[float]]) -> str:
    """Return a table of the times, each against the first."""
    known = {name: Times(*each) for name, each in times.items()}
    first = next(iter(known.values()))
    rows = [
        (
            f"`{name}`",
            *(f"{1000 * each.wall:.0f}", f"{each.wall / first.wall:.1f}"),
            *(f"{1000 * each.cpu:.0f}", f"{each.cpu / first.cpu:.1f}"),
        )
        for name, each in known.items()
    ]
    return table(("one article", "wall ms", "times the first", "CPU ms", "times the first"), rows)


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
