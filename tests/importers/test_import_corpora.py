"""An import writes a whole corpus or nothing, with the same files from one process or several."""

from __future__ import annotations

import tempfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kg.annotations.classes import ClaimsFile
from kg.cli import run
from kg.errors import CorpusError, Finding, Place, UsageError
from kg.findings.results import fails
from kg.importers.core.claims import ImportedArticle
from kg.importers.core.corpora import ImportOptions, write_corpus
from kg.importers.core.documents import AnnotatedText, Skipped
from kg.importers.core.import_report import ImportReport
from kg.importers.core.mapping import PRESETS
from kg.importers.core.names import NameRegister
from kg.importers.core.repair import MOST_ARTICLES, MOST_BYTES, ArticleSpool, SpoolRange, read_range
from kg.pipeline.publication import open_publication
from support.documents import CONFIG, document, documents, imported, mark, tree

TEXT = 'The minister said: "We will\r\nnot pay". He denied it. The minister said no.'
NO_DATE = "its date of publication is unknown, so `published` is XXXX: fill it in"


def test_of_several_annotators_each_has_an_article_of_their_own(tmp_path: Path) -> None:
    marks = [mark("T1", "Content", TEXT, "it")]

    imported(tmp_path / "new", [document(TEXT, marks, by="Ann"), document(TEXT, marks, by="Bob")])

    assert {"news.txt", "news-bob.txt"} <= tree(tmp_path / "new").keys()


def test_a_folder_that_has_something_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("x")

    with pytest.raises(UsageError, match="name another"):
        imported(tmp_path, [])

    assert tree(tmp_path) == {"mine": "x"}


def test_where_no_span_is_words_the_labels_that_were_found_are_reported(tmp_path: Path) -> None:
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


@settings(max_examples=15)
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
    for kind in ("article", "claim", "span", "link"):
        assert report.read[kind] == report.written[kind] + report.lost(kind)
    assert [report.lost(kind) for kind in ("article", "span", "link")] == [
        report.skipped[kind] for kind in ("article", "span", "link")
    ]


WRITTEN = "It rains. It pours."
COUNT = 3 * MOST_ARTICLES + 1


def several() -> list[AnnotatedText]:
    """Return articles; every seventh has a field that is left out."""
    good = mark("T1", "Content", WRITTEN, "It rains")
    bad = replace(good, attributes={"translated": ("no tag!",)})
    return [replace(document(WRITTEN, [good if at % 7 else bad]), id=f"a{at % 5}/b{at}") for at in range(COUNT)]


def written(folder: Path, jobs: int, *, json_lines: bool) -> ImportReport:
    wanted = ImportOptions(CONFIG, PRESETS["attribution"], json_lines=json_lines, jobs=jobs)
    return write_corpus(folder, several(), NameRegister({}, {}), wanted)


@pytest.mark.parametrize("json_lines", [False, True])
@pytest.mark.slow
def test_the_files_and_the_counts_are_the_same_however_many_processes_there_are(
    tmp_path: Path, json_lines: bool
) -> None:
    one = written(tmp_path / "one", 1, json_lines=json_lines)
    two = written(tmp_path / "two", 2, json_lines=json_lines)

    assert tree(tmp_path / "one") == tree(tmp_path / "two")
    assert (one.written, one.skipped, one.first, one.warnings) == (
        two.written,
        two.skipped,
        two.first,
        two.warnings,
    )
    assert (two.written["article"], two.skipped["attribute"]) == (COUNT, -(-COUNT // 7))


def test_a_range_of_a_spool_ends_after_so_many_articles_or_bytes() -> None:
    stream = BytesIO()
    spool = ArticleSpool(stream)
    long = ImportedArticle("long", "x" * (MOST_BYTES + 1), ClaimsFile(), Place("x", 1, 1), {}, {})
    short = replace(long, id="short", text="x")
    articles = [long, *[short] * (MOST_ARTICLES + 1)]

    for article in articles:
        spool.put(article)

    assert [range.size for range in spool.ranges] == [1, MOST_ARTICLES, 1]
    assert [article for range in spool.ranges for article in read_range(stream, range)] == articles
    assert spool.ranges[0] == SpoolRange(0, 1)


HEAD = "article,speaker,quote,act\n"
DENIED = "a,They,It pours,denies\n"
WHY = "a claim that denies must have a `gist`, because its words alone say the opposite: write the claim in full"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Go to a folder with an article."""
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text("It rains, he said. It pours. They were told.")


def claims_of(rows: str) -> Path:
    """Return the claims file that comes of a table about the article."""
    Path("rows.csv").write_text(HEAD + rows)
    assert run(["-q", "import", "csv", "rows.csv", "--texts", ".", "-o", "new", "--language", "en"]) == 0
    return Path("new", "a.claims.yaml")


@pytest.mark.usefixtures("here")
def test_a_source_that_only_a_claim_left_out_has_is_left_out_with_it() -> None:
    assert (
        claims_of(DENIED + "a,he,It rains,states\n").read_text()
        == f"""\
article:
  published: XXXX
  sha256: "3f836c4a491d1b8764ceaa404beece7d9f3f1c2e568cf9891ed5398cc5cad19b"

sources:
  s-he:
    words: he
  # Left out with c01, whose speaker it is: take it in with the claim.
  # s-they:
  #   words: They

claims:
  # rows.csv:3:6
  c02:
    speaker: s-he
    words: It rains
    act: states
  # rows.csv:2:8
  # Left out: {WHY}; then take it in.
  # c01:
  #   speaker: s-they
  #   words: It pours
  #   act: denies
"""
    )


@pytest.mark.usefixtures("here")
def test_where_every_claim_is_left_out_the_sections_are_comments_too() -> None:
    assert (
        claims_of(DENIED).read_text()
        == f"""\
article:
  published: XXXX
  sha256: "3f836c4a491d1b8764ceaa404beece7d9f3f1c2e568cf9891ed5398cc5cad19b"
# sources:
#   # Left out with c01, whose speaker it is: take it in with the claim.
#   s-they:
#     words: They
# claims:
#   # rows.csv:2:8
#   # Left out: {WHY}; then take it in.
#   c01:
#     speaker: s-they
#     words: It pours
#     act: denies
"""
    )


@pytest.mark.usefixtures("here")
def test_a_claim_that_was_left_out_is_valid_once_it_is_mended_and_taken_in(
    capsys: pytest.CaptureFixture[str],
) -> None:
    claims = claims_of(DENIED)

    taken_in = claims.read_text().replace("\n# ", "\n").replace("act: denies", "act: denies\n    gist: It is dry.")
    claims.write_text(taken_in)

    assert run(["validate", "new", "--fail-on", "violation"]) == 0
    assert capsys.readouterr().err.splitlines()[-1].endswith("1 article, 1 claim checked")
