"""Writes docs/checks.md from the consistency rules: `python tests/generate checks`."""

from __future__ import annotations

from collections.abc import Iterator

from kg.checks.rules import RULES, Group

HEAD = """# Consistency checks

This page is generated from the rules in `src/kg/checks/`. The [shapes](shapes.md) see the form of a graph; these
rules see whether what is annotated fits together, within an article and between articles. `kg validate` and `kg
export` check both.

A **violation** must be corrected: nothing is published before. A **warning** (⚠) may be right as it is. Each rule
names what looks similar and is right; it is not reported.

## Accept a warning

If a warning is right as it is, say so where it is reported, with the reason:

```yaml
c07:
  speaker: stoltenberg
  words: ook Washington wil dat
  relations: {same: other-article/c03}
  accept: {same-other-speakers: The two read the statement out together.}
```

`accept` may be on a claim, an occasion, an article (for what is in none of these), an entity or a role. It silences
the warnings of that rule there, also those of shapes and of the reader; never a violation. It stays in the file and
is not published. An `accept` that silences nothing is itself a warning, so that none is left behind.
"""
OF_GRAPHS = """`kg validate FILE` works out again what can be worked out in an RDF file, whoever wrote it.
References, counts, mentions and digests are compared only in a whole publication: a file with the data set and the
entities. The rules above about circles, contradictions, later claims, occasions and annotations apply here too.
"""
TITLES: dict[Group, str] = {
    "relations": "Relations between claims",
    "acts": "Acts",
    "time": "Time",
    "people": "People",
    "words": "Words",
    "entities": "Entities and reviews",
    "graph": "Anybody's RDF",
}
TAIL = """## Also checked

When `kg` reads a corpus, it also reports these violations: `role-ends-before-it-begins`,
`withdrawn-id-used-again`, `duplicate-id` and `shared-identifier` (two entities with one identifier elsewhere). It
reports `shared-name` as a warning."""


def page() -> Iterator[str]:
    """Yield the page's lines."""
    yield HEAD
    for group, title in TITLES.items():
        yield f"## {title}\n"
        if group == "graph":
            yield OF_GRAPHS
        yield "| rule | reports | but not |"
        yield "|---|---|---|"
        for rule, each in RULES.items():
            if each.group == group:
                mark = "⚠ " if each.severity == "warning" else ""
                yield f"| {mark}`{rule}` | {_cell(each.reports)} | {_cell(each.but_not)} |"
        yield ""
    yield TAIL


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
