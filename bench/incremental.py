"""Measures what a change costs: `python -m bench.incremental --articles 2000 20000 --form jsonl`.

A generated corpus is validated and built from scratch, then again after each of three edits of one article, as
people do; all of this several times. The publication of the last build is compared with one from scratch. A build
of 20,000 articles has 7 GB, and up to four of them stand in the folder for temporary files at once (`TMPDIR`).
"""

from __future__ import annotations

import argparse
import filecmp
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.corpus import write_corpus
from bench.measure import Usage, measured
from bench.report import table

TIMEOUT = 7200
EDITS = 3


class Change(NamedTuple):
    """What a command costs from scratch and after an edit, in seconds of wall and of processor."""

    command: str
    articles: int
    wall: float
    cpu: float
    wall_again: float
    cpu_again: float


class Place(NamedTuple):
    """Where it is measured: a folder, the corpus in it, the file with the article that is edited, its line there.

    `kg` is how the command begins. Line 0 is a text file.
    """

    folder: Path
    kg: list[str]
    corpus: Path
    file: Path
    line: int

    def run(self, command: str, *options: str) -> Usage:
        """Return what a command took. Raises `SystemExit` with its output where it failed."""
        log = self.folder / "log"
        arguments = [*self.kg, "--quiet", command, str(self.corpus), *options]
        usage = measured(arguments, timeout=TIMEOUT, folder=self.folder, log=log)
        if usage.status:
            raise SystemExit(f"{command} {options}: {log.read_text()}")
        return usage

    def edit(self, number: int) -> None:
        """Give the article a text of another length."""
        if not self.line:
            self.file.write_text(_edited(self.file.read_text(encoding="utf-8"), number), encoding="utf-8")
            return
        edited = self.file.with_suffix(".part")
        with self.file.open("rb") as before, edited.open("wb") as after:
            for count, line in enumerate(before, start=1):
                if count == self.line:
                    record = json.loads(line)
                    record["article"]["text"] = _edited(record["article"]["text"], number)
                    line = json.dumps(record, ensure_ascii=False).encode() + b"\n"
                after.write(line)
        edited.replace(self.file)


def _edited(text: str, number: int) -> str:
    return text.partition("\nEdited: ")[0] + f"\nEdited: {10**number}.\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, nargs="+", default=[2000])
    parser.add_argument("--form", choices=("yaml", "jsonl"), default="yaml")
    parser.add_argument("--jobs", type=int, default=2, help="Of the runs from scratch.")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    found = [
        change
        for count in given.articles
        for change in changes(
            [sys.executable, "-m", "kg"], count, form=given.form, jobs=given.jobs, rounds=given.rounds
        )
    ]
    print(incremental(found))


def changes(kg: list[str], count: int, *, form: str, jobs: int, rounds: int) -> list[Change]:
    """Return what `kg validate` and `kg build` cost from scratch and after an edit of one article.

    Raises `SystemExit` where the second does not leave the bytes that the first does.
    """
    with TemporaryDirectory() as folder:
        place = prepared(Path(folder), kg, count, form)
        found = [
            change(place, count, command, rounds, [*options, "--jobs", str(jobs)])
            for command, options in (("validate", []), ("build", ["-o", "again"]))
        ]
        place.run("build", "-o", "fresh", "--fresh")
        if not _same(place.folder / "again", place.folder / "fresh"):
            raise SystemExit("a build after an edit is not what a build from scratch is")
    return found


def prepared(folder: Path, kg: list[str], count: int, form: str) -> Place:
    """Write a corpus, of which the article in the middle is edited."""
    corpus = folder / "corpus"
    write_corpus(corpus, count, form=form)
    if form == "jsonl":
        return Place(folder, kg, corpus, corpus / "articles.jsonl", count // 2 + 1)
    articles = sorted(corpus.rglob("*.txt"))
    return Place(folder, kg, corpus, articles[len(articles) // 2], 0)


def change(place: Place, count: int, command: str, rounds: int, options: list[str]) -> Change:
    """Measure a command from scratch and after each of some edits, by turns."""
    scratch, again = [], []
    for _ in range(rounds):
        scratch.append(place.run(command, *options, "--fresh"))
        for number in range(EDITS):
            place.edit(number)
            again.append(place.run(command, *options))
    return Change(command, count, *_middle(scratch), *_middle(again))


def incremental(found: Iterable[Sequence[Any]]) -> str:
    """Return a table of changes."""
    rows = [
        (
            f"`kg {each.command}`",
            f"{each.articles:,}",
            f"{each.wall:.2f}, {each.cpu:.2f}",
            f"{each.wall_again:.2f}, {each.cpu_again:.2f}",
            f"{each.wall / each.wall_again:.0f}, {each.cpu / each.cpu_again:.0f}",
        )
        for each in (Change(*fields) for fields in found)
    ]
    head = ("wall, CPU", "articles", "from scratch: s", "one article changed: s", "times faster")
    return table(head, rows)


def _middle(usages: list[Usage]) -> tuple[float, float]:
    return median(usage.wall for usage in usages), median(usage.cpu for usage in usages)


def _same(left: Path, right: Path) -> bool:
    names = sorted(path.relative_to(left) for path in left.rglob("*") if path.is_file())
    others = sorted(path.relative_to(right) for path in right.rglob("*") if path.is_file())
    same = filecmp.cmpfiles(left, right, map(str, names), shallow=False)[0]
    return names == others and len(same) == len(names)


if __name__ == "__main__":
    main()
