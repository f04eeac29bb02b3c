"""Documents of other tools → a corpus on disk: whole or not at all, and counts in are counts out."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import CorpusError, Finding, Place, UsageError
from kg.findings.results import fails
from kg.importers.core.corpora import ImportOptions, write_corpus
from kg.importers.core.documents import AnnotatedText, Skipped
from kg.importers.core.mapping import PRESETS
from kg.importers.core.names import NameRegister
from kg.pipeline.publication import open_publication
from support.documents import CONFIG, document, documents, imported, mark, tree

TEXT = 'The minister said: "We will\r\nnot pay". He denied it. The minister said no.'
NO_DATE = "when it was published is not known, which `published: XXXX` says: fill it in"


def test_of_several_annotators_each_has_an_article_of_their_own(tmp_path: Path) -> None:
    marks = [mark("T1", "Content", TEXT, "it")]

    imported(tmp_path / "new", [document(TEXT, marks, by="Ann"), document(TEXT, marks, by="Bob")])

    assert {"news.txt", "news-bob.txt"} <= tree(tmp_path / "new").keys()


def test_a_folder_that_holds_something_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("x")

    with pytest.raises(UsageError, match="name another"):
        imported(tmp_path, [])

    assert tree(tmp_path) == {"mine": "x"}


def test_where_no_span_is_words_the_labels_that_were_found_are_told(tmp_path: Path) -> None:
    marks = [mark("T1", "PER", TEXT, "He"), mark("T2", "PER", TEXT, "The minister"), mark("T3", "V", TEXT, "said")]

    with pytest.raises(UsageError) as caught:
        imported(tmp_path / "new", [document(TEXT, marks)])

    assert str(caught.value) == (
        "a span must be a claim's words by the mapping, and none of 3 is: write a mapping.yaml with "
        "`spans: {LABEL: words, …}`, and give it by `--mapping`. Labels found: 'PER' (2), 'V' (1)"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_strict_import_is_none_where_anything_is_left_out(tmp_path: Path) -> None:
    marks = [mark("T1", "Content", TEXT, "it"), mark("T2", "PER", TEXT, "He")]
    wanted = ImportOptions(CONFIG, PRESETS["attribution"], strict=True)

    with pytest.raises(CorpusError) as caught:
        write_corpus(tmp_path / "new", [document(TEXT, marks)], NameRegister({}, {}), wanted)

    why = "T2: the mapping's `spans` do not say what `PER` is"
    assert caught.value.findings == (Finding("violation", why, "left-out", Place("news.ann", 2, 1)),)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_left_where_reading_fails(tmp_path: Path) -> None:
    def failing():  # type: ignore[no-untyped-def]
        yield document(TEXT, [mark("T1", "Content", TEXT, "it")])
        raise UsageError("no further")

    with pytest.raises(UsageError, match="no further"):
        imported(tmp_path / "new", failing())

    assert list(tmp_path.iterdir()) == []


@settings(max_examples=40)
@given(
    st.lists(
        documents() | st.builds(Skipped, st.just("span"), st.just("x"), st.just("why"), st.just(Place("f", 1, 1)))
    )
)
def test_counts_in_are_counts_out_and_what_is_written_is_valid(items: list[AnnotatedText | Skipped]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            report = imported(Path(folder, "new"), items)
        except (UsageError, CorpusError):
            return  # no span is a claim's words, or there is no article
        findings = [
            finding for unit in open_publication(Path(folder, "new")).mapped_articles() for finding in unit.findings
        ]
    assert [each for each in findings if fails([each], "violation")] == []
    assert report.read["span"] == report.written["span"] + report.skipped["span"]
    assert report.read["article"] == report.written["article"] + report.skipped["article"]
