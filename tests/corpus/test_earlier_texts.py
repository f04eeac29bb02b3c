"""The earlier texts of an article that the paper corrected, as files beside it and in JSON Lines."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest

from kg.corpus import read_article, read_corpus, sources
from kg.corpus.folder import reading_sources
from kg.corpus.reader import WrittenText
from support.corpora import CLAIMS, articles, complaints, lay


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


CORRECTED = f"article: {{version: 2, earlier: {{1: {{sha256: {digest('Nee')}}}}}}}\n{CLAIMS}"


@pytest.fixture(autouse=True)
def _in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_an_earlier_text_is_beside_the_article_and_no_article_of_its_own() -> None:
    lay(Path(), {"a.txt": "Ja", "a.1.txt": "date 2020-02-03 Nee\r\n", "a.claims.yaml": CORRECTED})
    (source,) = sources(read_corpus(Path()))
    (article,) = articles(Path())

    assert (source.files, source.earlier) == (("a.txt", "a.claims.yaml", "a.1.txt"), (1,))
    assert article.earlier == (WrittenText(1, "a.1.txt", "Nee\n", "2020-02-03"),)
    assert complaints(Path()) == []


def test_a_text_with_claims_of_its_own_is_an_article_even_if_it_ends_in_a_number() -> None:
    lay(Path(), {"a.txt": "Ja", "a.claims.yaml": CLAIMS, "a.1.txt": "Ja"})
    lay(Path(), {"a.1.claims.yaml": "article: {id: other}\n" + CLAIMS})

    assert [(article.id, article.findings) for article in articles(Path())] == [("a", ()), ("other", ())]


def test_an_earlier_text_that_is_missing_is_to_be_put_back() -> None:
    lay(Path(), {"a.txt": "Ja", "a.claims.yaml": CORRECTED})

    assert complaints(Path()) == [
        "a.claims.yaml:1:33: violation: version 1 of the text must be beside the article, and `a.1.txt` is missing"
        ": put it back [no-earlier-text]"
    ]


def test_an_earlier_text_that_no_article_lists_is_a_violation() -> None:
    lay(Path(), {"a.txt": "Ja", "a.claims.yaml": CLAIMS, "a.1.txt": "Nee"})

    assert complaints(Path()) == [
        "a.1.txt:1:1: violation: an earlier text must be listed in `article` with its SHA-256, as `earlier: {1: "
        "{sha256: …}}`: `kg revise` does that. List it, or move the file away [unlisted-text]"
    ]


def test_an_earlier_text_may_not_lead_out_of_the_corpus(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("Nee")
    lay(Path("corpus"), {"a.txt": "Ja", "a.claims.yaml": CORRECTED})
    Path("corpus/a.1.txt").symlink_to(tmp_path / "secret.txt")

    assert any("this link leads out of it" in each for each in complaints(Path("corpus")))
    assert [each.earlier[0].text for each in articles(Path("corpus")) if each.id] == [""]


def test_a_reading_has_the_earlier_texts_of_its_article() -> None:
    lay(
        Path(),
        {"a.txt": "Ja", "a.1.txt": "Nee", "a.claims.yaml": CORRECTED, "readings/ben/a.claims.yaml": CORRECTED},
    )
    (source,) = reading_sources(read_corpus(Path()), "ben")

    assert read_article(source).earlier == (WrittenText(1, "a.1.txt", "Nee", ""),)


def test_a_line_has_its_earlier_texts_in_it() -> None:
    earlier = {"1": {"sha256": digest("Nee"), "text": "date 2020-02-03 Nee\r\n"}}
    line = {"article": {"id": "a", "text": "Ja", "version": 2, "earlier": earlier}}
    lay(Path(), {"a.jsonl": json.dumps(line) + "\n"})
    (article,) = articles(Path())

    assert article.earlier == (WrittenText(1, "a.jsonl", "Nee\n", "2020-02-03"),)
    assert article.findings == ()
