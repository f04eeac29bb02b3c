"""Measures what a change costs: `python -m bench.incremental --articles 2000 20000 --form jsonl`.

A generated corpus is validated and built from scratch, then again after one article of it was edited, by turns. The
publication of the last build is compared with one from scratch. A build of 20,000 articles has 7 GB, and up to four
of them stand in the folder for temporary files at once (`TMPDIR`).
"""

from __future__ import annotations

import argparse
import filecmp
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.corpus import write_corpus
from bench.measure import Usage, measured

TIMEOUT = 7200


class Place(NamedTuple):
    """Where it is measured: a folder, the corpus in it, the file with the article that is edited, its line there.

    Line 0 is a text file.
    """

    folder: Path
    corpus: Path
    file: Path
    line: int

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
    print(f"| articles | command | from scratch, {given.jobs} jobs: s | one article changed: s | times faster |")
    print("|---|---|---|---|---|")
    for count in given.articles:
        with TemporaryDirectory() as folder:
            place = prepared(Path(folder), count, given.form)
            for line in table(place, count, str(given.jobs), given.rounds):
                print(line, flush=True)


def prepared(folder: Path, count: int, form: str) -> Place:
    """Write a corpus, of which the article in the middle is edited."""
    corpus = folder / "corpus"
    write_corpus(corpus, count, form=form)
    if form == "jsonl":
        return Place(folder, corpus, corpus / "articles.jsonl", count // 2 + 1)
    articles = sorted(corpus.rglob("*.txt"))
    return Place(folder, corpus, articles[len(articles) // 2], 0)


def table(place: Place, count: int, jobs: str, rounds: int) -> Iterator[str]:
    """Yield what each command takes from scratch and after an edit, each of wall and of processor."""
    for command, options in (("validate", ()), ("build", ("-o", "again"))):
        scratch, again = [], []
        for number in range(rounds):
            scratch.append(place.run(command, *options, "--fresh", "--jobs", jobs))
            place.edit(number)
            again.append(place.run(command, *options))
        before, after = (_middle(usages) for usages in (scratch, again))
        costs = " | ".join(f"{wall:.2f}, {cpu:.2f}" for wall, cpu in (before, after))
        yield f"| {count:,} | `kg {command}` | {costs} | {before[0] / after[0]:.0f}, {before[1] / after[1]:.0f} |"
    place.run("build", "-o", "fresh", "--fresh")
    yield f"| | the same bytes as from scratch: {_same(place.folder / 'again', place.folder / 'fresh')} | | | |"


def _middle(usages: list[Usage]) -> tuple[float, float]:
    return median(usage.wall for usage in usages), median(usage.cpu for usage in usages)


def _same(left: Path, right: Path) -> bool:
    names = sorted(path.relative_to(left) for path in left.rglob("*") if path.is_file())
    others = sorted(path.relative_to(right) for path in right.rglob("*") if path.is_file())
    same = filecmp.cmpfiles(left, right, map(str, names), shallow=False)[0]
    return names == others and len(same) == len(names)


if __name__ == "__main__":
    main()
