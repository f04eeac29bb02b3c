"""The draft of any text can be read, and its words and guesses are in the text."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kg.annotations.classes import ClaimsFile
from kg.corpus import CorpusDefinition, WrittenArticle, read_corpus
from kg.corpus.decoding import decode_values, parse_yaml_file
from kg.corpus.reader import split_header
from kg.drafts.claims_draft import draft, draft_settings
from kg.files.text_files import UNSAFE
from kg.meaning import read_index, read_meaning
from support import ROOT

CORPUS = read_corpus(ROOT / "tests" / "data" / "drafts")
LANGUAGES = ["nl", "en", "fr", "de", "zh"]
PIECES = (
    *("“", "”", '"', "'", "«", "»", "„", "’", "‘", "(", ")", ".", ". ", ", ", ": ", "!", "…", "\n", "\n\n", "\t"),
    *(
        " ",
        "  ",
        "\xa0",
        "\u2028",
        "\ufeff",
        "\x85",
        "\u200d",
        "\xad",
        "-",
        "---\n",
        "{",
        "}",
        "[",
        "&a ",
        "*b",
        "|",
    ),
    *("Anna Berg ", "Berg", "de minister ", "Jerome Powell ", "Emmanuel Macron ", "Scholz ", "hij ", "she ", "il "),
    *(
        "zei ",
        "stelde ",
        "voor ",
        "klinkt het",
        "volgens ",
        "said ",
        "a ",
        "dit ",
        "according to ",
        "wies ",
        "zurück",
    ),
    *("vrijdag ", "eind vorig jaar ", "last week ", "il y a 3 mois ", "gestern Abend ", "dat ", "that ", "que "),
    *("Ja", "nee", "een heel nieuw plan ", "NAVO", "é", "e\u0301", "漢字", "👩‍👩‍👧 ", "0x1F", "null", "date 2020 "),
)
texts = st.one_of(
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=40).map("".join),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40),
).map(lambda text: UNSAFE.sub("", text) + "x")


@pytest.fixture(scope="module", autouse=True)
def _in_folder() -> Iterator[None]:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield


def taken(draft: str) -> str:
    """Return a draft with every guess taken: the `# ` away, also within a comment."""
    for _ in range(2):
        draft = re.sub(r"^( *)# ", r"\1", draft, flags=re.MULTILINE)
    return draft


def wrong(file: str, text: str, header: str, corpus: CorpusDefinition) -> tuple[set[str], int]:
    """Return the rules that a claims file breaks, and how many of its claims are in the text."""
    Path("x.claims.yaml").write_text(file, newline="")
    annotations, findings = decode_values(parse_yaml_file("x.claims.yaml", ClaimsFile), ClaimsFile, "x.claims.yaml")
    assert (findings, annotations is not None) == ([], True)
    article = WrittenArticle("x", "x.claims.yaml", 0, "x.txt", text, header, annotations, ())
    meaning = read_meaning(article, read_index(corpus))
    assert meaning.article is not None
    return {finding.rule for finding in meaning.findings}, len(meaning.article.claims)


@settings(max_examples=60)
@given(
    texts, st.sampled_from(LANGUAGES), st.sampled_from(["", "2020-02", "2020-02-17", "2020?", "../2020", "0001"])
)
@example("“a” “a” “a” and “a”", "en", "2020-02")
@example('"---" : # "? x"', "en", "2020-02")
def test_a_draft_is_read_and_its_words_are_in_the_text(whole: str, language: str, header: str) -> None:
    _, text = split_header(whole)
    corpus = replace(CORPUS, config=replace(CORPUS.config, language=language))
    written = draft(text, header, draft_settings(corpus))
    rules, claims = wrong(written.text, text, header, corpus)

    assert rules <= {"undecided", "article-without-date"}
    assert claims == written.claims


@settings(max_examples=60)
@given(
    texts.filter(lambda text: "#" not in text),
    st.sampled_from(LANGUAGES),
    st.sampled_from(["2020-02", "2020-02-17"]),
)
def test_every_guess_can_be_taken_as_it_is(whole: str, language: str, header: str) -> None:
    """But an act that turns words round asks for a gist, which nobody can guess."""
    _, text = split_header(whole)
    corpus = replace(CORPUS, config=replace(CORPUS.config, language=language))
    written = draft(text, header, draft_settings(corpus))
    rules, claims = wrong(taken(written.text), text, header, corpus)

    assert rules <= {"undecided", "gist-missing"}
    assert claims == written.claims + written.more
