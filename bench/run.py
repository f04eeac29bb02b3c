"""Measures `kg` and its peers on the same information: `python -m bench.run --articles 200,2000`.

Lays out corpora and inputs, makes the virtual environments, checks that all outputs are equal, times all contenders
in turns, then the start of the command and a change of one article, prints Markdown and writes the result to
bench/results/.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.case import Case, prepare
from bench.contenders import contenders
from bench.incremental import changes
from bench.machine import machine
from bench.report import markdown
from bench.startup import starts
from bench.trials import Trials
from bench.venvs import ROOT, Unavailable, environment, versions

RESULTS = ROOT / "bench" / "results"
STARTS = 20


def main() -> None:
    given = _arguments()
    workdir: Path = given.workdir.resolve()
    result: dict[str, Any] = {"machine": machine(), "packages": {}, "unavailable": {}, "cases": [], "trials": []}
    environments = _environments(workdir, given.only, result)
    kg = environments["kg"] / "kg"
    some = [each for each in contenders(jobs=_has_jobs(kg)) if each.environment in environments]
    some = [each for each in some if not given.contenders or each.name in given.contenders]
    path: Path = given.output or RESULTS / f"{result['machine']['date']}.json"
    trials = Trials(environments, some, limit=given.limit, rounds=given.rounds)
    for articles in given.articles:
        case = Case(workdir / f"articles-{articles}", articles)
        say(f"preparing {articles} articles")
        result["cases"].append(prepare(case, kg, ROOT / "shapes"))
        result["trials"] += [trial._asdict() for trial in trials.of(case, say)]
        # After each, so that what was measured is not lost when a larger one is interrupted.
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, result)
    say("the start")
    result["starts"] = starts(environments["kg"], STARTS)
    say(f"a change among {given.articles[-1]} articles")
    result["changes"] = changes([str(kg)], given.articles[-1], form="jsonl", jobs=2, rounds=1)
    _write(path, result)
    print(markdown(result))


def _write(path: Path, result: dict[str, Any]) -> None:
    path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    say(f"written to {path}")


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=_numbers, default=[200, 2000], help="sizes, as 200,2000,20000")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured (once above a minute)")
    parser.add_argument("--limit", type=float, default=900, help="seconds that one run may take")
    parser.add_argument("--only", type=_names, default=[], help="environments, as kg,maplib; kg is always there")
    parser.add_argument("--contenders", nargs="+", default=[], help="names in the tables; else all")
    parser.add_argument("--workdir", type=Path, default=Path.home() / ".cache" / "kg-bench")
    parser.add_argument("--output", type=Path, help="the JSON file; else bench/results/DATE.json")
    return parser.parse_args()


def _numbers(text: str) -> list[int]:
    return sorted(int(number) for number in text.split(","))


def _names(text: str) -> list[str]:
    return text.split(",")


def _environments(workdir: Path, only: list[str], result: dict[str, Any]) -> dict[str, Path]:
    """Return the folders of programs of the tools that can be had, and note the versions, or why they cannot."""
    wanted = dict.fromkeys(each.environment for each in contenders(jobs=True))
    found: dict[str, Path] = {}
    for name in wanted:
        if only and name not in (*only, "kg"):
            continue
        say(f"environment of {name}")
        try:
            found[name] = environment(workdir, name)
            result["packages"] |= versions(found[name], name)
        except Unavailable as error:
            result["unavailable"][name] = str(error)
            say(f"  not available: {error}")
    return found


def _has_jobs(kg: Path) -> bool:
    return "--jobs" in subprocess.run([kg, "export", "--help"], capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    main()
