"""Prints the README's section on speed from a result: `python -m bench.readme [bench/results/DATE.json]`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import report

RESULTS = Path(__file__).resolve().parent / "results"


def main(arguments: list[str]) -> None:
    results = sorted(map(Path, arguments)) or sorted(RESULTS.glob("*.json"))
    if not results:
        sys.exit("there is no result yet: run `python -m bench.run` first")
    path = results[-1]
    print(section(json.loads(path.read_text(encoding="utf-8"))), end="")


def section(result: dict[str, Any]) -> str:
    """Return the section without its heading: who writes the graph, who validates it, how `kg` grows."""
    articles = _most_compared(result)
    ours = [trial for trial in result["trials"] if trial["contender"].startswith("kg")]
    sizes = [case["articles"] for case in result["cases"]]
    parts = [
        f"The same {articles:,} generated articles, the same triples out, in one run, in turns; `python -m\n"
        "bench.run` repeats it ([how, and what to beware of](bench/README.md)).\n",
        report.writers(result["trials"], articles),
        report.validators(result["trials"], articles),
        "How many times as much one takes as another:\n",
        report.figures(result),
        "How `kg` grows with the number of articles:\n",
        report.growth(ours, sizes),
        report.subject(result),
        report.remarks(result),
    ]
    return "\n".join(part for part in parts if part)


def _most_compared(result: dict[str, Any]) -> int:
    """Return the most articles for which a peer that validates was measured, else the most that there are."""
    found = [
        trial["articles"]
        for trial in result["trials"]
        if trial["usages"] and trial["validated"] and not trial["contender"].startswith("kg")
    ]
    return max(found, default=result["cases"][-1]["articles"])


if __name__ == "__main__":
    main(sys.argv[1:])
