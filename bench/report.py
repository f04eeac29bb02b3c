"""A result as Markdown: what was measured on what, the contenders side by side, and how they grow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from statistics import median
from typing import Any

MEBI = 2**20
Trial = dict[str, Any]
"""A `bench.trials.Trial` as JSON has it; a usage is `[status, wall, cpu, peak, together]`."""


def markdown(result: dict[str, Any]) -> str:
    """Return the whole result as Markdown."""
    sizes = [case["articles"] for case in result["cases"]]
    parts = [subject(result)]
    for case in result["cases"]:
        parts.append(f"### {case['articles']:,} articles\n")
        parts.append(writers(result["trials"], case["articles"]))
        parts.append(validators(result["trials"], case["articles"]))
    if len(sizes) > 1:
        parts += ["### Growth\n", growth(result["trials"], sizes)]
    parts += ["### Ratios\n", figures(result), remarks(result)]
    return "\n".join(part for part in parts if part)


def subject(result: dict[str, Any]) -> str:
    """Return one paragraph on the machine, the day, the packages and the corpora."""
    machine = result["machine"]
    packages = ", ".join(f"{name} {version}" for name, version in sorted(result["packages"].items()))
    largest = result["cases"][-1]
    text = largest["text_bytes"] / largest["articles"] / 1000
    claims = largest["claims"] / largest["articles"]
    triples = max(trial["triples"] for trial in result["trials"]) / largest["articles"]
    return (
        f"Measured on {machine['date']} on {machine['cores']} cores of {machine['processor']} with "
        f"{machine['memory_gib']} GiB, {machine['system']}, Python {machine['python']}; {packages}. "
        f"An article has {text:.1f} kB of text, {claims:.0f} claims and {triples:.0f} triples.\n"
    )


def writers(trials: Iterable[Trial], articles: int) -> str:
    """Return a table of those who write the graph, for one number of articles."""
    some = [trial for trial in trials if trial["task"] == "write" and trial["articles"] == articles]
    head = (
        "",
        "validated",
        "wall s",
        "CPU s",
        "triples/s",
        "largest process MB",
        "all together MB",
        "same triples",
    )
    rows = [
        (
            trial["contender"],
            "yes" if trial["validated"] else "no",
            *_times(trial),
            f"{trial['triples'] / _wall(trial):,.0f}",
            f"{_peak(trial):.0f}",
            f"{_together(trial):.0f}",
            _same(trial),
        )
        if trial["usages"]
        else (trial["contender"], trial["reason"], *("",) * 6)
        for trial in some
    ]
    return table(head, rows)


def validators(trials: Iterable[Trial], articles: int) -> str:
    """Return a table of those who validate the graph, for one number of articles."""
    some = [trial for trial in trials if trial["task"] == "validate" and trial["articles"] == articles]
    head = ("validation alone", "wall s", "CPU s", "CPU s of the checks", "largest process MB", "same results")
    rows = [
        (trial["contender"], *_times(trial), _validating(trial), f"{_peak(trial):.0f}", _same(trial))
        if trial["usages"]
        else (trial["contender"], trial["reason"], *("",) * 4)
        for trial in some
    ]
    return table(head, rows)


def growth(trials: Sequence[Trial], sizes: Sequence[int]) -> str:
    """Return a table of wall seconds for each 1,000 articles, and of peak memory, by number of articles."""
    measured = {(trial["contender"], trial["articles"]): trial for trial in trials if trial["usages"]}
    head = ("", *(f"s/1,000 of {size:,}" for size in sizes), *(f"MB at {size:,}" for size in sizes))
    rows = []
    for name in dict.fromkeys(trial["contender"] for trial in trials):
        some = [measured.get((name, size)) for size in sizes]
        speeds = [f"{1000 * _wall(trial) / trial['articles']:.2f}" if trial else "" for trial in some]
        rows.append((name, *speeds, *(f"{_peak(trial):.0f}" if trial else "" for trial in some)))
    return table(head, rows)


def figures(result: dict[str, Any]) -> str:
    """Return tables of how many times what `kg` costs a peer costs, for each number of articles, and its own."""
    trials = [trial for trial in result["trials"] if trial["usages"]]
    sizes = sorted({trial["articles"] for trial in trials})
    rows = []
    for theirs, ours, what, cost in _RATIOS:
        ratios = {
            left["articles"]: f"{cost(left) / cost(right):.1f}"
            for left in trials
            for right in trials
            if (left["contender"], right["contender"]) == (theirs, ours)
            and left["articles"] == right["articles"]
            and cost(right)
        }
        if ratios:
            rows.append((theirs, ours, what, *(ratios.get(size, "") for size in sizes)))
    by_size = table(("peer", "against", "what", *(f"at {size:,}" for size in sizes)), rows)
    others = [*_growth_of_memory(trials), *_of_one_article(result)]
    parts = (by_size, table(("peer", "against", "at articles", "what", "times"), others))
    return "\n".join(part for part in parts if part)


def _growth_of_memory(trials: Iterable[Trial]) -> Iterator[tuple[str, ...]]:
    """Yield how many times as large a process becomes with the most articles as it is with the fewest."""
    ours = sorted(
        (trial["articles"], _peak(trial)) for trial in trials if trial["contender"] == "kg, JSONL to Turtle"
    )
    if len(ours) > 1:
        (few, small), (many, large) = ours[0], ours[-1]
        yield f"kg, JSONL to Turtle, {many:,}", f"{few:,}", f"{many:,}", "largest process", f"{large / small:.2f}"


def _of_one_article(result: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    """Yield what the start costs against Python's own, and all articles against one that has changed."""
    starts = list(result.get("starts", {}).items())
    for name, (_, cpu) in starts[1:]:
        yield f"`{name}`", f"`{starts[0][0]}`", "1", "CPU", f"{cpu / starts[0][1][1]:.1f}"
    for command, articles, wall, _, wall_again, _ in result.get("changes", ()):
        changed = f"kg {command}, one article changed"
        yield f"kg {command}, from scratch, two jobs", changed, f"{articles:,}", "wall", f"{wall / wall_again:.1f}"


def remarks(result: dict[str, Any]) -> str:
    """Return what tools cannot do as the others do, and which could not be had."""
    caveats = {trial["contender"]: trial["caveat"] for trial in result["trials"] if trial["caveat"]}
    lines = [f"- {name} {caveat}." for name, caveat in caveats.items()]
    lines += [f"- {name} was not available: {reason}" for name, reason in result["unavailable"].items()]
    return "\n".join([*lines, ""]) if lines else ""


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table of Markdown, `""` without rows."""
    if not rows:
        return ""
    lines = [head, ["---", *("---:" for _ in head[1:])], *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def _wall(trial: Trial) -> float:
    return median(usage[1] for usage in trial["usages"])


def _cpu(trial: Trial) -> float:
    return median(usage[2] for usage in trial["usages"])


def _peak(trial: Trial) -> float:
    return float(max(usage[3] for usage in trial["usages"]) / MEBI)


def _together(trial: Trial) -> float:
    return float(max(usage[4] for usage in trial["usages"]) / MEBI)


def _graph_only(trial: Trial) -> float:
    """Return CPU seconds without reading YAML, and of what tells no phases all of them."""
    return _cpu(trial) - trial["phases"].get("read", 0.0)


def _checks_only(trial: Trial) -> float:
    return float(trial["phases"].get("validate", 0.0))


def _times(trial: Trial) -> tuple[str, str]:
    return f"{_wall(trial):.2f}", f"{_cpu(trial):.2f}"


def _validating(trial: Trial) -> str:
    return f"{_checks_only(trial):.2f}" if "validate" in trial["phases"] else ""


def _same(trial: Trial) -> str:
    if not trial["missing"] and not trial["more"]:
        return "yes"
    return f"no: {trial['missing']:,} missing, {trial['more']:,} more"


_RATIOS = (
    ("maplib to N-Triples", "kg, JSONL to Turtle", "CPU", _cpu),
    ("maplib to N-Triples", "kg compiled, JSONL to Turtle", "CPU", _cpu),
    ("maplib to N-Triples", "kg, JSONL to N-Triples, not validated", "CPU", _cpu),
    ("maplib to N-Triples", "kg, JSONL to Turtle, two jobs", "wall", _wall),
    ("maplib to N-Triples", "kg compiled, JSONL to Turtle, two jobs", "wall", _wall),
    ("maplib to Turtle", "kg, JSONL to Turtle", "CPU", _cpu),
    ("Morph-KGC, two processes", "kg, JSONL to Turtle", "CPU", _cpu),
    ("Morph-KGC, two processes", "kg compiled, JSONL to Turtle", "CPU", _cpu),
    ("Morph-KGC, two processes", "kg, JSONL to Turtle, two jobs", "wall", _wall),
    ("Morph-KGC, two processes", "kg compiled, JSONL to Turtle, two jobs", "wall", _wall),
    ("SDM-RDFizer", "kg, JSONL to Turtle", "CPU", _cpu),
    ("PyYAML + rdflib + pySHACL", "kg, JSONL to Turtle", "CPU without reading YAML", _graph_only),
    ("PyYAML + rdflib + pySHACL", "kg, YAML to Turtle", "CPU", _cpu),
    ("pySHACL", "kg's shapes", "CPU of the checks alone", _checks_only),
    ("pyshacl-turbo", "kg's shapes", "CPU of the checks alone", _checks_only),
    ("shacl (Rust)", "kg's shapes", "CPU", _cpu),
    ("shacl-rust (Rust)", "kg's shapes", "CPU", _cpu),
    ("kg, JSONL to Turtle", "kg compiled, JSONL to Turtle", "CPU", _cpu),
    ("kg, JSONL to Turtle", "kg, JSONL to Turtle, two jobs", "wall", _wall),
    ("kg compiled, JSONL to Turtle", "kg compiled, JSONL to Turtle, two jobs", "wall", _wall),
)
