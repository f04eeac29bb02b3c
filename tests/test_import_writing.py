"""Articles are checked and written by one process or several, and nothing depends on how many."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from msgspec.structs import replace

from documents import CONFIG, document, mark, tree
from kg.annotations import ClaimsFile
from kg.errors import Place
from kg.imports import Document
from kg.imports.corpora import Wanted, write_corpus
from kg.imports.names import Names
from kg.imports.presets import PRESETS
from kg.imports.report import Report
from kg.imports.spool import MOST_ARTICLES, MOST_BYTES, Range, Spool, Spooled, taken

TEXT = "It rains. It pours."
COUNT = 3 * MOST_ARTICLES + 1


def several() -> list[Document]:
    """Return articles of which every seventh has a field that is left out."""
    good = mark("T1", "Content", TEXT, "It rains")
    bad = replace(good, attributes={"translated": ("no tag!",)})
    return [replace(document(TEXT, [good if at % 7 else bad]), id=f"a{at % 5}/b{at}") for at in range(COUNT)]


def written(folder: Path, jobs: int, *, json_lines: bool) -> Report:
    wanted = Wanted(CONFIG, PRESETS["attribution"], json_lines=json_lines, jobs=jobs)
    return write_corpus(folder, several(), Names({}, {}), wanted)


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
    spool = Spool(stream)
    long = Spooled("long", "x" * (MOST_BYTES + 1), ClaimsFile(), Place("x", 1, 1), {}, {})
    short = replace(long, id="short", text="x")
    articles = [long, *[short] * (MOST_ARTICLES + 1)]

    for article in articles:
        spool.put(article)

    assert [range.size for range in spool.ranges] == [1, MOST_ARTICLES, 1]
    assert [article for range in spool.ranges for article in taken(stream, range)] == articles
    assert spool.ranges[0] == Range(0, 1)
