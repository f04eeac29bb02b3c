"""Articles are checked and written by one process or several, and nothing depends on how many."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from msgspec.structs import replace

from kg.annotations.classes import ClaimsFile
from kg.cli import run
from kg.errors import Place
from kg.importers.core.corpora import ImportOptions, write_corpus
from kg.importers.core.documents import AnnotatedText
from kg.importers.core.mapping import PRESETS
from kg.importers.core.names import NameRegister
from kg.importers.core.repair import MOST_ARTICLES, MOST_BYTES, ArticleSpool, SpooledArticle, SpoolRange, read_range
from kg.importers.core.report import ImportReport
from support.documents import CONFIG, document, mark, tree

TEXT = "It rains. It pours."
COUNT = 3 * MOST_ARTICLES + 1


def several() -> list[AnnotatedText]:
    """Return articles of which every seventh has a field that is left out."""
    good = mark("T1", "Content", TEXT, "It rains")
    bad = replace(good, attributes={"translated": ("no tag!",)})
    return [replace(document(TEXT, [good if at % 7 else bad]), id=f"a{at % 5}/b{at}") for at in range(COUNT)]


def written(folder: Path, jobs: int, *, json_lines: bool) -> ImportReport:
    wanted = ImportOptions(CONFIG, PRESETS["attribution"], json_lines=json_lines, jobs=jobs)
    return write_corpus(folder, several(), NameRegister({}, {}), wanted)


@pytest.mark.parametrize("json_lines", [False, True])
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
    long = SpooledArticle("long", "x" * (MOST_BYTES + 1), ClaimsFile(), Place("x", 1, 1), {}, {})
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
