"""A corpus cut into ranges: together they have every source once, in the corpus's order."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.corpus import CorpusDefinition, SizedRange, read_corpus, sources, split_into_ranges
from kg.errors import FileError
from support.corpora import lay

LINES = [b'{"article": {"id": "l%d", "text": "Ja"}}\n' % number for number in range(9)]
FILES: dict[str, str | bytes] = {
    "a.txt": "Ja",
    "a/b.txt": "Ja",
    "a/lost.claims.yaml": "{}",
    "a-b.txt": "Ja",
    "a/lines.jsonl": b"\n".join(LINES),
    "b.jsonl.gz": gzip.compress(b"".join(LINES), mtime=0),
    "c.jsonl": b"",
    "d.jsonl.gz": gzip.compress(b"".join(LINES), mtime=0)[:-9],
    "e.claim.yaml": "{}",
    "f.txt": "Ja",
}


@pytest.mark.parametrize("most", [1, 2, 3, 7, 100])
def test_ranges_have_every_source_once_and_in_order(tmp_path: Path, most: int) -> None:
    corpus = read_corpus(lay(tmp_path, FILES))

    cut = [list(sources(corpus, each.range)) for each in split_into_ranges(corpus, most)]

    assert [source for part in cut for source in part] == list(sources(corpus))


@pytest.mark.parametrize("most", [1, 3])
def test_a_range_has_as_many_sources_as_it_says(tmp_path: Path, most: int) -> None:
    corpus = read_corpus(lay(tmp_path, FILES))

    sized = list(split_into_ranges(corpus, most))

    assert [each.size for each in sized] == [len(list(sources(corpus, each.range))) for each in sized]
    assert max(each.size for each in sized) <= most + 1  # what is wrong with a file stands beside its last line


def read_by_ranges(corpus: CorpusDefinition, cut: list[SizedRange]) -> None:
    for each in cut:
        list(sources(corpus, each.range))


@pytest.mark.parametrize("most", [1, 2, 4])
def test_a_file_that_is_begun_anew_while_it_is_read_is_reported(tmp_path: Path, most: int) -> None:
    """However much of it is there already, at the end of a line or in the middle of one."""
    whole = b"".join(LINES)
    corpus = read_corpus(lay(tmp_path, {"a.jsonl": whole, "b.txt": "Ja"}))
    cut = list(split_into_ranges(corpus, most))

    for kept in range(cut[-1].range.start.offset):
        (tmp_path / "a.jsonl").write_bytes(whole[:kept])
        with pytest.raises(FileError, match=r"a\.jsonl: this file was changed while the corpus was read"):
            read_by_ranges(corpus, cut)


@pytest.mark.parametrize("first", [b"", LINES[0][:-1] + b" \n", LINES[0] + b'{"article": {}}\n'])
def test_a_file_whose_lines_have_moved_while_it_is_read_is_reported(tmp_path: Path, first: bytes) -> None:
    last = b"".join(line.replace(b"Ja", b"Ja!" * number) for number, line in enumerate(LINES[1:]))
    corpus = read_corpus(lay(tmp_path, {"a.jsonl": LINES[0] + last}))
    _, *later = split_into_ranges(corpus, 3)
    (tmp_path / "a.jsonl").write_bytes(first + last)

    for each in later:
        with pytest.raises(FileError, match="run it again when the file is complete"):
            read_by_ranges(corpus, [each])


def test_a_corpus_without_articles_is_one_range_that_says_so(tmp_path: Path) -> None:
    corpus = read_corpus(lay(tmp_path, {}))

    (whole,) = split_into_ranges(corpus, 5)

    assert list(sources(corpus, whole.range)) == list(sources(corpus))


NAMES = st.lists(st.sampled_from(["a", "b", "-", "/", "."]), min_size=1, max_size=6).map("".join)


@given(st.sets(NAMES.filter(lambda name: not any(part.startswith(".") or not part for part in name.split("/")))))
@settings(max_examples=50, deadline=None)
def test_sources_are_sorted_by_path_whatever_the_folders_are_called(
    tmp_path_factory: pytest.TempPathFactory, names: set[str]
) -> None:
    corpus = read_corpus(lay(tmp_path_factory.mktemp("corpus"), {f"{name}.txt": "Ja" for name in names}))

    found = [source.article for source in sources(corpus)]

    assert found == sorted(names or {""})
    assert [
        source.article for each in split_into_ranges(corpus, 2) for source in sources(corpus, each.range)
    ] == found


def test_a_range_looks_into_no_folder_that_it_does_not_touch(tmp_path: Path) -> None:
    corpus = read_corpus(lay(tmp_path, {f"{name}/{n}.txt": "Ja" for name in "abc" for n in range(3)}))
    _, middle, _ = split_into_ranges(corpus, 3)
    (tmp_path / "a").rename(tmp_path / "gone")
    (tmp_path / "c" / "link").symlink_to("nowhere")

    assert [source.article for source in sources(corpus, middle.range)] == ["b/0", "b/1", "b/2"]
