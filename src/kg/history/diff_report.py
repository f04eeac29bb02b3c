"""Changes of a corpus as text, as Markdown for a changelog or a pull request, as JSON, and as a page."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import groupby
from pathlib import Path

from kg.history.changes import Change

_TEMPLATE = Path(__file__).with_name("templates") / "diff.html"
_LONGEST = 160
_MOST_WORDS = 400
"""How many words are compared one by one."""
_NOUNS = {
    "claim": ("claim", "claims"),
    "article": ("article", "articles"),
    "entity": ("entity", "entities"),
    "corpus": ("setting", "settings"),
}
# In the order in which they are counted, with the words for them.
_COUNTED = {
    "added": "added",
    "deleted": "deleted",
    "withdrawn": "withdrawn",
    "renamed": "renamed",
    "merged": "merged",
    "corrected": "corrected by its paper",
    "re-anchored": "re-anchored",
    "kept": "kept to the earlier text",
    "reworded": "reworded",
    "changed": "changed",
}
_ROLE_ENDS = {"from": "begins", "to": "ends"}
_MOST_ROLES = 3
"""How many changes of roles a summary names; more are counted."""
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~&])")


def summary(changes: Iterable[Change]) -> str:
    """Return the counts in one line, each thing once a kind of change: `2 claims added, 1 claim reworded`."""
    dates: Counter[str] = Counter()
    things: dict[tuple[str, str, str], None] = {}
    roles: dict[str, None] = {}
    for change in changes:
        if "certain" in change.how:
            dates[change.how] += 1
        elif role := _role(change):
            roles[f"{change.name}’s role {role}"] = None
        else:
            things[change.kind, change.how, change.id or change.field] = None
    counts = Counter((kind, how) for kind, how, _ in things)
    parts = [*_counted(counts, "claim"), *_dates(dates)]
    parts += [part for kind in ("article", "entity") for part in _counted(counts, kind)]
    parts += [*roles] if len(roles) <= _MOST_ROLES else [f"{len(roles)} roles changed"]
    return ", ".join([*parts, *_counted(counts, "corpus")]) or "no changes"


def _counted(counts: Mapping[tuple[str, str], int], kind: str) -> Iterator[str]:
    for how, words in _COUNTED.items():
        if count := counts.get((kind, how), 0):
            yield f"{count} {_NOUNS[kind][count != 1]} {words}"


def _dates(counts: Mapping[str, int]) -> Iterator[str]:
    for how in ("less certain", "more certain"):
        if count := counts.get(how, 0):
            yield f"{count} date{'s' * (count != 1)} {how}"


def _role(change: Change) -> str:
    """Return what happened to a role of somebody, `ends 2024-10-01`; `""` if that is not what changed."""
    path = change.field.split("/")
    if len(path) != 3 or path[0] != "roles" or path[2] not in _ROLE_ENDS:
        return ""
    verb = _ROLE_ENDS[path[2]]
    instead = f" instead of {change.old}" if change.old and change.new else ""
    return f"{verb} {change.new}{instead}" if change.new else f"no longer {verb} {change.old}"


def as_text(changes: Sequence[Change]) -> Iterator[str]:
    """Yield the lines of a report: the summary, then each change below its article."""
    yield summary(changes)
    for heading, group in groupby(changes, key=_heading):
        yield ""
        yield heading
        for change in group:
            yield f"  {sentence(change)}"


def as_markdown(changes: Sequence[Change]) -> Iterator[str]:
    """Yield the lines of a report in Markdown; what annotators wrote does not become markup."""
    yield f"**{summary(changes)}**"
    for heading, group in groupby(changes, key=_heading):
        yield ""
        yield f"### {_escaped(heading)}"
        yield ""
        for change in group:
            yield f"- {_escaped(sentence(change))}"


def as_json(changes: Sequence[Change]) -> str:
    """Return the changes as a JSON array of objects with the fields of `Change`."""
    return json.dumps([change._asdict() for change in changes], ensure_ascii=False, indent=1) + "\n"


def as_html(changes: Sequence[Change], names: tuple[str, str]) -> str:
    """Return a page without scripts: the summary, then each change, old and new words side by side."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    groups = [(heading, list(map(_row, group))) for heading, group in groupby(changes, key=_heading)]
    return template.render(names=names, summary=summary(changes).split(", "), groups=groups)


def _row(change: Change) -> dict[str, object]:
    """Return a change as the page shows it: what it is about, what happened, and the words with their changes."""
    name = {"claim": change.id.rpartition("/")[2], "entity": change.name or change.id}.get(change.kind, "")
    row: dict[str, object] = {"name": name, "how": change.how, "what": change.how, "field": "", "reason": ""}
    if role := _role(change):
        return row | {"name": f"{name}’s role {change.field.split('/')[1]}", "what": role, "parts": []}
    if change.how == "withdrawn":
        return row | {"parts": [("del", change.old)] if change.old else [], "reason": change.new}
    field = "" if change.how == "reworded" and change.field == "words" else change.field.replace("/", " › ")
    return row | {"field": field, "parts": list(_word_changes(change.old, change.new))}


def _word_changes(old: str, new: str) -> Iterator[tuple[str, str]]:
    """Yield pieces of text that stayed (`""`), went (`del`) and came (`ins`)."""
    before, after = old.split(), new.split()
    if not before or not after or max(len(before), len(after)) > _MOST_WORDS:
        yield from ((tag, text) for tag, text in (("del", old), ("ins", new)) if text)
        return
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for operation, start, end, first, last in matcher.get_opcodes():
        if operation == "equal":
            yield "", " ".join(after[first:last])
            continue
        for tag, words in (("del", before[start:end]), ("ins", after[first:last])):
            if words:
                yield tag, " ".join(words)


def _heading(change: Change) -> str:
    if change.kind == "claim":
        return change.id.rpartition("/")[0]
    return change.id if change.kind == "article" else {"corpus": "corpus.yaml", "entity": "entities"}[change.kind]


def sentence(change: Change) -> str:
    """Return a change as a line, such as `c03 act: states → denies`."""
    name = {"claim": change.id.rpartition("/")[2], "entity": change.id}.get(change.kind, "")
    if not change.field:
        return f"{name} {_phrase(change)}".strip()
    if role := _role(change):
        return f"{name}’s role {change.field.split('/')[1]} {role}"
    if not (change.old or change.new):  # the text of an article
        return f"{change.field} changed"
    if change.how == "corrected":
        return f"the paper corrected its text: {change.old} → {change.new}"
    if change.how == "kept":
        return f"{name} kept to version {change.new} of the text"
    if change.how == "re-anchored":
        return f"{name} re-anchored: {_from_to(change.old, change.new)}"
    if change.how == "reworded":
        what = "reworded" if change.field == "words" else f"{change.field} reworded"
    else:
        what = f"{change.field} is {change.how}" if "certain" in change.how else change.field
    return f"{name} {what}: {_from_to(change.old, change.new)}".strip()


def _phrase(change: Change) -> str:
    if change.how == "merged":
        return f"is now one with {change.new}"
    if change.how == "renamed" and change.kind != "claim":
        return f"{'is ' if change.kind == 'entity' else ''}now {change.new}"
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


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def report(name: str, changes: Sequence[Change], compared: tuple[str, str]) -> str:
    """Return the report named `text`, `markdown`, `json` or `html`; `compared` are the names of both sides."""
    if name == "html":
        return as_html(changes, compared)
    if name == "json":
        return as_json(changes)
    return _lines((as_markdown if name == "markdown" else as_text)(changes))
