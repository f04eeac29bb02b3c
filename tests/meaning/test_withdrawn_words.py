"""What remains of the words of a claim that was withdrawn: only the article's own text around other claims."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support.corpora import CONFIG, lay
from support.loaded import snapshot
from support.pages_of import site_of

# Both claims of one sentence: each stands within what is quoted around the other.
TEXT = "date 2020-02-03 “Ja”, zei Ann B. “Zonneklaar”, zei ze ook.\n"
HEAD = "annotation: {by: ann, on: 2020-03-01}\nclaims:\n  c01: {speaker: ann-b, words: Ja}\n"
SAID = "  c02: {speaker: ann-b, words: Zonneklaar, gist: {nl: Het is helder.}, cue: zei}\n"
GONE = "withdrawn: {c02: {on: 2020-04-01, why: {nl: Zo is het niet gezegd.}}}\n"


def site(folder: Path, claims: str, text: str) -> dict[str, bytes]:
    """Return the files of a site of one article."""
    config = CONFIG + f"annotators: {{ann: {{name: Ann}}}}\ntext: {text}\n"
    corpus = lay(folder / "corpus", {"corpus.yaml": config, "a.txt": TEXT, "a.claims.yaml": claims})
    site_of(corpus, folder / "site")
    return {name: held or b"" for name, held in snapshot(folder / "site").items()}


def holding(files: dict[str, bytes], word: bytes) -> set[str]:
    return {name for name, held in files.items() if word in held}


@pytest.mark.parametrize(
    ("text", "remaining"),
    [
        ("none", set()),
        ("quotes", set()),
        ("full", {"http://schema.org/articleBody"}),
    ],
)
def test_the_words_of_a_withdrawn_claim_remain_in_the_text_of_its_article_only(
    text: str, remaining: set[str], tmp_path: Path
) -> None:
    files = site(tmp_path, HEAD + GONE, text)
    lines = files["kg.nq"].decode().splitlines()
    found = {re.split(r"[<>]", line)[3] for line in lines if "Zonneklaar" in line}
    # Its page shows what is around it.
    neighbour = {"claim/a/c01.html", "claim/a/c01.en.html"}
    article = {f"article/a.{end}" for end in ("html", "en.html", "ttl", "jsonld", "nt")}
    whole = {"kg.nq", "kg.ttl", "kg.jsonld", "search/places.js"}
    assert found == remaining
    assert holding(files, b"Zonneklaar") == (neighbour | article | whole if remaining else set())
    assert [line for line in lines if "/claim/a/c02#" in line] == []


def test_all_else_that_a_withdrawn_claim_said_is_nowhere(tmp_path: Path) -> None:
    before = site(tmp_path / "before", HEAD + SAID, "full")
    after = site(tmp_path / "after", HEAD + GONE, "full")
    told = ("search/nl-0.js", "search/7a-6f.js", "index.html", "claim/a/c02.html", "entity/ann-b.html")
    assert set(told) <= holding(before, b"onneklaar") | holding(before, b"zonneklaar")
    assert (holding(before, b"Het is helder.") != set(), holding(after, b"Het is helder.")) == (True, set())
    assert {name for name in told if b"onneklaar" in after.get(name, b"")} == set()
