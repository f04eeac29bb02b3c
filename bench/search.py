"""Measures what a search on a site reads: `python -m bench.search dist/site [--language nl] [--searches 300]`.

A search is one or two words of a claim drawn at random: its speaker, what it says, or both. As `search.js` does, it
loads the index, a shard for each word, and the portions with the first results.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

from kg.publish.site.search_index import folded

SHOWN = 10


class SearchFiles:
    """The files of a site's index, and how many bytes each search has read."""

    def __init__(self, site: Path, language: str) -> None:
        self._folder = site / "search"
        self._language = language
        self.about = self.read("index")
        self.portions = len(list(self._folder.glob(f"{language}-*.js")))

    @cache  # noqa: B019  # one object lives as long as the program
    def read(self, name: str) -> Any:
        """Return the content of a script."""
        match = re.fullmatch(r'kgSearch\("(.*?)",(.*)\);\n', self.path(name).read_text(encoding="utf-8"), re.DOTALL)
        assert match
        return json.loads(match[2])

    def path(self, name: str) -> Path:
        """Return the path of a script."""
        return self._folder / f"{name}.js"

    def row(self, entry: int) -> list[Any]:
        """Return a result by its number."""
        number, place = divmod(entry, self.about["portion"])
        found: list[Any] = self.read(f"{self._language}-{number}")[place]
        return found

    def search(self, words: list[str], shown: int) -> set[str]:
        """Return the names of the scripts that a search loads."""
        loaded, sets = {"index"}, []
        for word in words:
            shard = "-".join(f"{ord(letter):x}" for letter in word[:2])
            if shard not in self.about["shards"]:
                return loaded
            loaded.add(shard)
            found: dict[int, int] = {}
            for name, steps in self.read(shard).items():
                if name.startswith(word) and steps:
                    entry = 0
                    for step in steps:
                        entry += step >> 4
                        found[entry] = max(found.get(entry, 0), 2 * (step & 15) + (name == word))
            sets.append(found)
        common = set.intersection(*map(set, sets))
        best = sorted(common, key=lambda entry: (-sum(each[entry] for each in sets), entry))[:shown]
        return loaded | {f"{self._language}-{entry // self.about['portion']}" for entry in best}


def main() -> None:
    """Print the files and bytes of searches: the least, the median and the most."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site", type=Path)
    parser.add_argument("--language", default="nl")
    parser.add_argument("--searches", type=int, default=300)
    parser.add_argument("--shown", type=int, default=SHOWN)
    given = parser.parse_args()
    files, chance = SearchFiles(given.site, given.language), random.Random(1)
    last = (files.portions - 1) * files.about["portion"]
    counts, sizes = [], []
    for number in range(given.searches):
        _, _, speakers, _, said, *_ = files.row(chance.randrange(last))
        one, other = folded(speakers), folded(said)
        words = [chance.choice(each) for each in ((one,), (other,), (one, other))[number % 3] if each]
        loaded = files.search(words, given.shown)
        counts.append(len(loaded))
        sizes.append(sum(files.path(name).stat().st_size for name in loaded) / 1000)
    print(f"files: {min(counts)} to {max(counts)}, in the median {median(counts):g}")
    print(f"kB: {min(sizes):.0f} to {max(sizes):.0f}, in the median {median(sizes):.0f}")


if __name__ == "__main__":
    main()
