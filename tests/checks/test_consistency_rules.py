"""Each consistency rule on a small corpus that breaks it, and on honest ones that look similar."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from generate.checks_page import page
from kg.checks.rules import RULES
from kg.errors import Finding
from kg.pipeline.publication import open_publication
from support import ROOT

FOLDER = ROOT / "tests" / "data" / "checks"


class Variant(NamedTuple):
    """A variant of the corpus: the rule, what is different ("" breaks the rule), and edits of its files."""

    rule: str
    but: str
    edits: list[tuple[str, str, str]]


def variants() -> Iterator[Variant]:
    for section in (FOLDER / "cases.txt").read_text().split("\n== ")[1:]:
        rule, _, rest = section.partition("\n")
        for number, body in enumerate(rest.split("\n-- but ")):
            but, edits = ("", body) if number == 0 else body.split("\n", 1)
            yield Variant(rule, but, [edit_of(edit) for edit in f"\n{edits}".split("\n@")[1:]])


def edit_of(written: str) -> tuple[str, str, str]:
    file, *lines = written.rstrip("\n").split("\n")
    old, new = ("\n".join(line[1:] for line in lines if line[:1] == sign) for sign in "-+")
    return file, old, new


def found_in(folder: Path, variant: Variant) -> list[Finding]:
    shutil.copytree(FOLDER / "corpus", folder)
    for file, old, new in variant.edits:
        text = (folder / file).read_text()
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1))
    return [each for article in open_publication(folder).mapped_articles() for each in article.findings]


def test_the_corpus_itself_is_consistent(tmp_path):
    assert found_in(tmp_path / "corpus", Variant("", "", [])) == []


def test_an_article_of_an_unknown_date_has_no_newest_day(tmp_path):
    """`kg import` writes XXXX for it."""
    signature = "annotation: {by: ann, on: 2020-03-01}"
    signed = ("a.claims.yaml", signature, signature.replace("-01}", "-02}"))
    unknown = ("b.claims.yaml", signature, f"article: {{published: XXXX}}\n{signature}")

    assert found_in(tmp_path / "corpus", Variant("", "", [signed, unknown])) == []


def test_the_page_lists_the_rules_of_the_code():
    assert (ROOT / "docs" / "checks.md").read_text() == "\n".join(page()) + "\n"


def test_every_rule_has_a_corpus_that_breaks_it():
    assert {each.rule for each in variants()} == {rule for rule, each in RULES.items() if each.group != "graph"}


def test_every_warning_has_an_honest_counterexample():
    with_one = {each.rule for each in variants() if each.but}
    assert {rule for rule, each in RULES.items() if each.but_not and each.group != "graph"} <= with_one


@pytest.mark.parametrize("variant", list(variants()), ids=lambda each: f"{each.rule} {each.but}".strip())
def test_a_rule_reports_what_breaks_it_and_nothing_that_looks_similar(tmp_path, variant):
    found = [each for each in found_in(tmp_path / "corpus", variant) if each.rule not in ("unused-occasion",)]

    assert {each.rule for each in found} == (set() if variant.but else {variant.rule})
    assert {each.severity for each in found} <= {RULES[variant.rule].severity}
