"""A corpus as a folder: which files are read, in which order, and what is said of the others."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest

from kg.corpus import ArticleSource, read_article, read_corpus, sources
from support.corpora import CLAIMS, articles, complaints, lay, said

MISSING = "an article should have its claims beside it, `{}` is missing: write it [no-claims-file]"


@pytest.fixture(autouse=True)
def _in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_article_id_wins_over_the_name_of_the_file() -> None:
    lay(Path(), {"De krant.txt": "Ja", "De krant.claims.yaml": "article: {id: krant/x}\n" + CLAIMS})

    assert [(article.id, article.findings) for article in articles(Path())] == [("krant/x", ())]


@pytest.mark.parametrize(
    ("name", "better"),
    [("De krant", "de-krant"), ("Été/X!", "ete/x"), ("a/con", "a/con-1"), ("nul", "nul-1"), ("中", "x")],
)
def test_a_file_name_that_is_no_id_needs_an_article_id(name: str, better: str) -> None:
    lay(Path(), {f"{name}.txt": "Ja", f"{name}.claims.yaml": CLAIMS})

    assert complaints(Path()) == [
        f"{name}.txt:1:1: violation: an article's id must be small letters, digits, `-` and `_`, with `/` between "
        f"folders and no name that Windows keeps for itself, not `{name}`: write `{better}` as "
        "`article: {id: …}`, or rename the files [bad-id]"
    ]


def test_articles_come_sorted_and_hidden_files_entities_and_dist_are_left_out() -> None:
    names = [
        "b.txt",
        "a/z.txt",
        "a.txt",
        "a/b/c.txt",
        ".git/x.txt",
        ".x.txt",
        "dist/x.txt",
        "entities/x.txt",
        "a/dist/x.txt",
    ]
    lay(Path(), dict.fromkeys(names, "Ja") | {"README.md": "", "mkdocs.yaml": "x"})

    assert [source.article for source in sources(read_corpus(Path()))] == ["a", "a/b/c", "a/dist/x", "a/z", "b"]


def test_a_source_goes_to_another_process_and_reads_the_same_there() -> None:
    lay(Path(), {"x.txt": "Ja", "x.claims.yaml": CLAIMS})
    (source,) = sources(read_corpus(Path()))

    assert source == ArticleSource("x", "x.txt", "x.claims.yaml", folder=".")
    assert read_article(pickle.loads(pickle.dumps(source))) == read_article(source)


def test_an_article_without_claims_is_a_warning() -> None:
    lay(Path(), {"a/x.txt": "Ja"})
    (article,) = articles(Path())

    assert (article.id, article.file, article.text, article.annotations) == ("a/x", "a/x.claims.yaml", "Ja", None)
    assert said(article.findings) == ["a/x.txt:1:1: warning: " + MISSING.format("x.claims.yaml")]


def test_claims_without_an_article_are_a_violation() -> None:
    lay(Path(), {"a/x.claims.yaml": CLAIMS})
    (article,) = articles(Path())

    assert (article.id, article.text, article.annotations) == ("", "", None)
    assert said(article.findings) == [
        "a/x.claims.yaml:1:1: violation: a claims file must be beside its article, `x.txt` is missing: add it "
        "[no-article]"
    ]


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("x.claims.yml", "x.claims.yaml"),
        ("x.claim.yaml", "x.claims.yaml"),
        ("x.Claims.YAML", "x.claims.yaml"),
        ("x.yaml", "x.claims.yaml"),
        ("x.yml", "x.claims.yaml"),
        ("y.TXT", "y.txt"),
        ("y.ndjson", "y.jsonl"),
        ("y.JSONL.gz", "y.jsonl.gz"),
    ],
)
def test_a_name_that_nearly_is_one_of_ours_is_a_violation(name: str, right: str) -> None:
    lay(Path(), {"x.txt": "Ja", name: CLAIMS})

    assert (
        f"{name}:1:1: violation: this must be called `{right}` to be read, not `{name}`: rename it [misnamed-file]"
        in complaints(Path())
    )


def test_a_corpus_without_articles_is_a_violation() -> None:
    lay(Path(), {})

    assert complaints(Path()) == [
        "corpus.yaml:1:1: violation: a corpus must have articles, none is here: add a `NAME.txt` with its "
        "`NAME.claims.yaml`, or a `*.jsonl` [no-articles]"
    ]


def test_links_that_lead_out_round_or_nowhere_are_violations_and_never_followed() -> None:
    lay(Path("out"), {"secret.txt": "Ja"})
    lay(Path("c"), {"x.txt": "Ja", "x.claims.yaml": CLAIMS, "in/y.md": ""})
    os.symlink("../out/secret.txt", "c/leaves.txt")
    os.symlink("../out", "c/folder")
    os.symlink("..", "c/in/loop")
    os.symlink("b.txt", "c/a.txt")
    os.symlink("a.txt", "c/b.txt")
    os.symlink("x.txt", "c/same.txt")
    os.symlink("x.claims.yaml", "c/same.claims.yaml")
    os.mkfifo("c/pipe.txt")

    nowhere = "a link must lead to a file of the corpus, this one leads nowhere: delete or correct it"
    folder = "a folder of a corpus must be a real folder, this is a link: move the files here"
    assert complaints(Path("c")) == [
        f"c/a.txt:1:1: violation: {nowhere} [link]",
        f"c/b.txt:1:1: violation: {nowhere} [link]",
        f"c/folder:1:1: violation: {folder} [link]",
        f"c/in/loop:1:1: violation: {folder} [link]",
        "c/leaves.txt:1:1: violation: a file must be in the corpus, this link leads out of it: copy the file here "
        "[link]",
        "c/pipe.txt:1:1: violation: a file must be a plain file, this is a pipe or device: delete it [link]",
    ]
    assert [article.id for article in articles(Path("c")) if article.id] == ["same", "x"]


@pytest.mark.skipif(os.name != "posix", reason="other systems have no names that are not UTF-8")
@pytest.mark.parametrize("name", ["\udcff.txt", "\udcff.claims.yaml", "\udcff/a.txt", "entities/\udcff.yaml"])
def test_a_name_that_is_not_utf_8_is_a_fault_and_is_not_read(tmp_path: Path, name: str) -> None:
    folder = lay(tmp_path, {"a.txt": "date 2020-02-03\nJa.", "a.claims.yaml": CLAIMS, name: "x"})

    assert [line.partition(": ")[2] for line in complaints(folder)] == [
        "violation: a file's name must be in UTF-8, and this one is not: rename it with plain letters [bad-name]"
    ]
