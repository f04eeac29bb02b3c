"""Measures what a change costs: `python bench/incremental.py --articles 2000`.

A generated corpus is validated and built from scratch, then again after one article of it was edited, by turns. The
publication of the last build is compared with one from scratch.
"""

from __future__ import annotations

import argparse
import filecmp
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import NamedTuple

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.corpus import write_corpus
from bench.measure import Usage, measured

TIMEOUT = 7200


class Place(NamedTuple):
    """Where it is measured: a folder, the corpus in it, and the article that is edited."""

    folder: Path
    corpus: Path
    article: Path

    def run(self, command: str, *options: str) -> Usage:
        """Return what a command took. Raises `SystemExit` with its output where it failed."""
        log = self.folder / "log"
        arguments = [sys.executable, "-m", "kg", "--quiet", command, str(self.corpus), *options]
        usage = measured(arguments, timeout=TIMEOUT, folder=self.folder, log=log)
        if usage.status:
            raise SystemExit(f"{command} {options}: {log.read_text()}")
        return usage

    def edit(self, number: int) -> None:
        """Give the article a text of another length."""
        text = self.article.read_text(encoding="utf-8").partition("\nEdited: ")[0]
        self.article.write_text(f"{text}\nEdited: {10**number}.\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--jobs", type=int, default=2, help="Of the runs from scratch.")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        write_corpus(folder / "corpus", given.articles)
        articles = sorted((folder / "corpus").rglob("*.txt"))
        place = Place(folder, folder / "corpus", articles[len(articles) // 2])
        for line in table(place, str(given.jobs), given.rounds):
            print(line, flush=True)


def table(place: Place, jobs: str, rounds: int) -> Iterator[str]:
    """Yield what each command takes from scratch and after an edit."""
    yield f"| command | from scratch, {jobs} jobs: wall s, CPU s | one article changed | times faster: wall, CPU |"
    yield "|---|---|---|---|"
    for command, options in (("validate", ()), ("build", ("-o", "again"))):
        scratch, again = [], []
        for number in range(rounds):
            scratch.append(place.run(command, *options, "--fresh", "--jobs", jobs))
            place.edit(number)
            again.append(place.run(command, *options))
        before, after = (_middle(usages) for usages in (scratch, again))
        costs = " | ".join(f"{wall:.2f}, {cpu:.2f}" for wall, cpu in (before, after))
        yield f"| `kg {command}` | {costs} | {before[0] / after[0]:.0f}, {before[1] / after[1]:.0f} |"
    place.run("build", "-o", "fresh", "--fresh")
    yield f"\nThe same bytes as from scratch: {_same(place.folder / 'again', place.folder / 'fresh')}"


def _middle(usages: list[Usage]) -> tuple[float, float]:
    return median(usage.wall for usage in usages), median(usage.cpu for usage in usages)


def _same(left: Path, right: Path) -> bool:
    names = sorted(path.relative_to(left) for path in left.rglob("*") if path.is_file())
    others = sorted(path.relative_to(right) for path in right.rglob("*") if path.is_file())
    same = filecmp.cmpfiles(left, right, map(str, names), shallow=False)[0]
    return names == others and len(same) == len(names)


if __name__ == "__main__":
    main()
