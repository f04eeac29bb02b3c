"""Changes of a corpus as text, as Markdown for a changelog or a pull request, and as JSON."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from kg.history.changes import Change

_LONGEST = 160
_NOUNS = {
    "corpus": ("setting", "settings"),
    "entity": ("entity", "entities"),
    "article": ("article", "articles"),
    "claim": ("claim", "claims"),
}
# In the order in which they are counted, with the words for them.
_PHRASES = {
    "added": "added",
    "deleted": "deleted",
    "withdrawn": "withdrawn",
    "renamed": "renamed",
    "reworded": "reworded",
    "less certain": "dated less certainly",
    "more certain": "dated more certainly",
    "changed": "changed",
}
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~&])")


def summary(changes: Iterable[Change]) -> str:
    """Return the counts in one line, each claim counted once a kind of change: `2 claims reworded, 1 withdrawn`."""
    things = dict.fromkeys((change.kind, change.how, change.id or change.field) for change in changes)
    counts = Counter((kind, how) for kind, how, _ in things)
    parts, last = [], ""
    for kind in _NOUNS:
        for how, phrase in _PHRASES.items():
            if count := counts[kind, how]:  # type: ignore[index]
                noun = "" if kind == last else f" {_NOUNS[kind][count != 1]}"
                parts.append(f"{count}{noun} {phrase}")
                last = kind
    return ", ".join(parts) or "no changes"


def as_text(changes: Sequence[Change]) -> Iterator[str]:
    """Yield the lines of a report: the summary, then each change below its article."""
    yield summary(changes)
    for heading, group in groupby(changes, key=_heading):
        yield ""
        yield heading
        for change in group:
            yield f"  {_sentence(change)}"


def as_markdown(changes: Sequence[Change]) -> Iterator[str]:
    """Yield the lines of a report in Markdown; what annotators wrote does not become markup."""
    yield f"**{summary(changes)}**"
    for heading, group in groupby(changes, key=_heading):
        yield ""
        yield f"### {_escaped(heading)}"
        yield ""
        for change in group:
            yield f"- {_escaped(_sentence(change))}"


def as_json(changes: Sequence[Change]) -> str:
    """Return the changes as a JSON array of objects with the fields of `Change`."""
    return json.dumps([change._asdict() for change in changes], ensure_ascii=False, indent=1) + "\n"


def _heading(change: Change) -> str:
    if change.kind == "claim":
        return change.id.rpartition("/")[0]
    return change.id if change.kind == "article" else {"corpus": "corpus.yaml", "entity": "entities"}[change.kind]


def _sentence(change: Change) -> str:
    """Return a change as a line, such as `c03 act: states → denies`."""
    name = {"claim": change.id.rpartition("/")[2], "entity": change.id}.get(change.kind, "")
    if not change.field:
        return f"{name} {_phrase(change)}".strip()
    if change.how == "reworded":
        what = "reworded" if change.field == "words" else f"{change.field} reworded"
    else:
        what = f"{change.field} is {change.how}" if "certain" in change.how else change.field
    return f"{name} {what}: {_from_to(change.old, change.new)}".strip()


def _phrase(change: Change) -> str:
    if change.how == "renamed":
        return f"renamed: {_from_to(change.old, change.new)}"
    if change.how == "withdrawn":
        return f"withdrawn: {_short(change.new)}"
    text = change.new or change.old
    return f"{change.how}: {_short(text)}" if text else change.how


def _from_to(old: str, new: str) -> str:
    if old and new:
        return f"{_short(old)} → {_short(new)}"
    return f"{_short(new)} (added)" if new else f"{_short(old)} (deleted)"


def _short(text: str) -> str:
    """Return a text as one line, cut if it is long."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def _escaped(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", text)
