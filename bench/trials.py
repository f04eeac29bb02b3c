"""Trials: each contender on each case, checked first, then timed in turns."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from bench.case import Case
from bench.contenders import RESULTS, Contender
from bench.equality import Difference, difference, digests
from bench.measure import Usage, measured

ONCE_ABOVE = 60.0
"""Seconds above which a run is not repeated: that in which the output was checked counts."""

Say = Callable[[str], None]
Found = set[tuple[str, ...]]


class Trial(NamedTuple):
    """What came of a contender on a case. `reason` says why it was not run or does not count, else it is empty.

    `usages` are the costs of each round, `phases` CPU seconds inside the last, where the tool tells them. `triples`
    are those of the graph; `missing` and `more` say how the output differs from it, of validators how the results
    on the spoilt graph differ from pySHACL's (or from `kg`'s, where pySHACL is not there).
    """

    contender: str
    task: str
    articles: int
    triples: int
    validated: bool
    caveat: str
    reason: str = ""
    missing: int = 0
    more: int = 0
    usages: tuple[Usage, ...] = ()
    phases: dict[str, float] = {}  # noqa: RUF012  # never changed


class Trials:
    """Runs contenders. `limit` is how many seconds a run may take, `rounds` how often each is timed."""

    def __init__(
        self, environments: dict[str, Path], contenders: list[Contender], *, limit: float, rounds: int
    ) -> None:
        self.environments = environments
        self.contenders = contenders
        self.limit = limit
        self.rounds = rounds
        # What a contender took for how many articles before, and how its results differ.
        self.before: dict[str, tuple[int, float]] = {}
        self.differences: dict[str, Difference] = {}

    def of(self, case: Case, say: Say) -> list[Trial]:
        """Return a trial for each contender."""
        if not self.differences:
            self._compare_validators(case, say)
        trials = self._checked(case, say)
        for round in range(self.rounds):
            for each in self.contenders:
                trial = trials[each.name]
                if not trial.reason and (not trial.usages or trial.usages[0].wall < ONCE_ABOVE):
                    say(f"  {case.articles} articles, round {round + 1}: {each.name}")
                    trials[each.name] = self._timed(trial, each, case)
        for name, trial in trials.items():
            if trial.usages:
                self.before[name] = (case.articles, max(usage.wall for usage in trial.usages))
        return list(trials.values())

    def _checked(self, case: Case, say: Say) -> dict[str, Trial]:
        reference = digests(case / "graph.nt")
        return {each.name: self._first(each, case, reference, say) for each in self.contenders}

    def _first(self, each: Contender, case: Case, reference: set[bytes], say: Say) -> Trial:
        """Return a trial whose output is compared, without times unless it took long; or why there is none."""
        trial = Trial(each.name, each.task, case.articles, len(reference), each.validated, each.caveat)
        if each.name in self.before:
            articles, wall = self.before[each.name]
            expected = wall * case.articles / articles
            if expected > self.limit:
                return trial._replace(reason=f"not run: it would take about {expected / 60:.0f} minutes")
        if each.task == "validate":
            differs = self.differences.get(each.name, Difference(0, 0))
            return trial._replace(missing=differs.missing, more=differs.more)
        say(f"  {case.articles} articles, checked: {each.name}")
        usage, log = self._run(each, case)
        if usage.status:
            return trial._replace(reason=_failure(usage, log, self.limit))
        try:
            differs = difference(reference, digests(case / each.output, each.normal))
        except SyntaxError as error:
            return trial._replace(reason=f"its output is not well-formed: {error}")
        trial = trial._replace(missing=differs.missing, more=differs.more)
        return trial._replace(usages=(usage,), phases=_phases(log)) if usage.wall > ONCE_ABOVE else trial

    def _timed(self, trial: Trial, each: Contender, case: Case) -> Trial:
        usage, log = self._run(each, case)
        if usage.status:
            return trial._replace(reason=_failure(usage, log, self.limit), usages=(), phases={})
        return trial._replace(usages=(*trial.usages, usage), phases=_phases(log))

    def _compare_validators(self, case: Case, say: Say) -> None:
        """Let all validators validate a spoilt graph, and note how their results differ from pySHACL's."""
        found: dict[str, Found] = {}
        for each in self.contenders:
            if each.task == "validate":
                say(f"  {case.articles} articles, spoilt: {each.name}")
                usage, _ = self._run(each, case._replace(graph="spoilt"))
                if not usage.status:
                    found[each.name] = {tuple(result) for result in json.loads((case / RESULTS).read_text())}
        reference = found.get("pySHACL", found.get("kg's shapes", set()))
        for name, results in found.items():
            self.differences[name] = Difference(len(reference - results), len(results - reference))

    def _run(self, each: Contender, case: Case) -> tuple[Usage, Path]:
        (case / each.output).unlink(missing_ok=True)
        log = case / "log.txt"
        command = each.command(self.environments[each.environment], case)
        return measured(command, timeout=self.limit, folder=case.folder, log=log), log


def _failure(usage: Usage, log: Path, limit: float) -> str:
    if usage.status == 124:
        return f"stopped after {limit / 60:.0f} minutes"
    lines = log.read_text(errors="replace").strip().splitlines() or ["no output"]
    return f"failed with status {usage.status}: {lines[-1][:200]}"


def _phases(log: Path) -> dict[str, float]:
    """Return the phases that a peer printed last, if it is one that does."""
    for line in reversed(log.read_text(errors="replace").splitlines()):
        if line.startswith('{"phases"'):
            told: dict[str, Any] = json.loads(line)
            return dict(told["phases"])
    return {}
