"""Prints the tables of docs/performance.md: `python -m bench.readme [bench/results/DATE.json …]`.

They are made from the newest result, or from the first that is named; only the ratios of other results follow.
"""

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
    paths = [Path(each) for each in arguments] or sorted(RESULTS.glob("*.json"))[-1:]
    if not paths:
        sys.exit("there is no result yet: run `python -m bench.run` first")
    newest, *others = (json.loads(path.read_text(encoding="utf-8")) for path in paths)
    print(section(newest), end="")
    for other in others:
        print(f"\nIn another run, on {other['machine']['date']}:\n\n{report.figures(other)}", end="")


def section(result: dict[str, Any]) -> str:
    """Return the section without its heading: who writes the graph, who validates it, how `kg` grows."""
    written, validated = (_most_compared(result["trials"], task) for task in ("write", "validate"))
    ours = [trial for trial in result["trials"] if trial["contender"].startswith("kg")]
    sizes = [case["articles"] for case in result["cases"]]
    parts = [
        f"All tools wrote the same triples for the same {written:,} generated articles, in turns, in one run;\n"
        "`python -m bench.run` repeats it (`bench/README.md` describes the method, and how to read the figures).\n",
        report.writers(result["trials"], written),
        f"Validation alone, of {validated:,} articles:\n",
        report.validators(result["trials"], validated),
        "How many times as much each peer takes:\n",
        report.figures(result),
        "How `kg` grows with the number of articles:\n",
        report.growth(ours, sizes),
        report.subject(result),
        report.remarks(result),
    ]
    return "\n".join(part for part in parts if part)


def _most_compared(trials: list[dict[str, Any]], task: str) -> int:
    """Return the most articles for which another tool was measured at a task, else the most that there are."""
    measured = [trial for trial in trials if trial["task"] == task and trial["usages"]]
    others = [trial["articles"] for trial in measured if not trial["contender"].startswith("kg")]
    return max(others or [trial["articles"] for trial in measured])


if __name__ == "__main__":
    main(sys.argv[1:])
