"""Folders and zips: only what is in them is read, and no more of it than fits."""

from __future__ import annotations

import gzip
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given

from kg.errors import CorpusError, FileError
from kg.importers.core.documents import Skipped
from kg.importers.core.source_files import (
    FREE,
    RATIO,
    SourceFiles,
    SourceFolder,
    open_source,
    read_whole,
    source_files,
    split_lines,
)
from support.damage import damaged


def zipped(folder: Path, files: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(folder / "a.zip", "w", how) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return folder / "a.zip"


def contents(bundle: SourceFiles) -> dict[str, bytes]:
    return {name: read_whole(bundle, name) for name in bundle.names(".a", ".b")}


def test_a_folder_and_a_zip_of_it_have_the_same(tmp_path: Path) -> None:
    files = {"x.a": b"1", "d/y.B": b"2", "d/.z.a": b"3", ".git/z.a": b"4", "__MACOSX/x.a": b"5", "x.c": b"6"}
    for name, content in files.items():
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_bytes(content)

    for source in (tmp_path / "in", zipped(tmp_path, files)):
        with open_source(source) as bundle:
            assert contents(bundle) == {"d/y.B": b"2", "x.a": b"1"}
            assert [bundle.has(name) for name in ("x.a", "d/y.B", "y.a", "../a.zip", "d")] == [
                True,
                True,
                *[False] * 3,
            ]
            assert bundle.file("x.a") == str(source / "x.a")


def test_a_source_is_a_folder_a_zip_or_one_file_of_any_name(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "x.a").write_bytes(b"1")
    alone = tmp_path / "y.json.gz"
    alone.write_bytes(gzip.compress(b"2"))

    for source, read in (
        (tmp_path / "in", [("x.a", b"1", False)]),
        (zipped(tmp_path, {"x.a": b"1", "../z.a": b"3"}), ["../z.a", ("x.a", b"1", False)]),
        (alone, [("y.json.gz", b"2", True)]),
    ):
        assert [
            file.what if isinstance(file, Skipped) else (file.name, file.read(), file.is_alone)
            for file in source_files(source, ".a")
        ] == read
    with pytest.raises(CorpusError, match="here must be b"):
        list(source_files(tmp_path / "in", ".b", none_found="here must be b"))
    with pytest.raises(FileError, match="there is no such file or folder"):
        list(source_files(tmp_path / "none", ".a"))


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_lines_are_split_however_the_bytes_come(size: int) -> None:
    raw = b"a\n\r\nbc\n\nlast"

    pieces = [raw[at : at + size] for at in range(0, len(raw), size)]
    assert list(split_lines(pieces, "a.jsonl")) == [b"a\n", b"\r\n", b"bc\n", b"\n", b"last"]


def test_names_that_lead_out_of_a_zip_are_not_read(tmp_path: Path) -> None:
    names = ("/a.a", "../b.a", "c/../../d.a", "C:\\e.a", "\\f.a")

    with open_source(zipped(tmp_path, {"g\\h.a": b"1", "./i//j.a": b"3", **dict.fromkeys(names, b"2")})) as bundle:
        assert contents(bundle) == {"g/h.a": b"1", "i/j.a": b"3"}
        assert bundle.outside == ("/a.a", "../b.a", "c/../../d.a", "C:/e.a", "/f.a")


def test_a_link_out_of_a_folder_is_not_followed_by_what_a_file_refers_to(tmp_path: Path) -> None:
    (tmp_path / "secret.a").write_bytes(b"1")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link.a").symlink_to(tmp_path / "secret.a")

    assert [SourceFolder(tmp_path / "in").has(name) for name in ("link.a", "../secret.a", "/etc/hosts", "\0")] == [
        False
    ] * 4


def test_a_zip_unpacks_to_so_many_times_its_size_and_no_more(tmp_path: Path) -> None:
    size = 9_000_000
    source = zipped(tmp_path, {f"{number}.a": b"0" * size for number in range(9)})
    most = (FREE + RATIO * source.stat().st_size) // size

    with open_source(source) as bundle:
        for number in range(most):
            assert len(read_whole(bundle, f"{number}.a")) == size
        with pytest.raises(CorpusError, match="must unpack to at most 200 times its size"):
            read_whole(bundle, f"{most}.a")


def test_a_file_above_the_limit_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.a").write_bytes(b"0" * 10_000_001)

    with pytest.raises(CorpusError, match="at most 10 MB"):
        read_whole(SourceFolder(tmp_path), "x.a")


@pytest.mark.parametrize("how", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_that_is_packed_in_a_rare_way_is_refused(tmp_path: Path, how: int) -> None:
    with (
        open_source(zipped(tmp_path, {"x.a": b"1"}, how)) as bundle,
        pytest.raises(CorpusError, match="packed in a rare way"),
    ):
        read_whole(bundle, "x.a")


WHOLE = BytesIO()
with zipfile.ZipFile(WHOLE, "w", zipfile.ZIP_DEFLATED) as made:
    for each in ("x.a", "d/y.a", "é.b"):
        made.writestr(each, each * 20)


@given(damaged(WHOLE.getvalue()))
def test_a_damaged_zip_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    source = tmp_path_factory.mktemp("zip") / "a.zip"
    source.write_bytes(raw)
    try:
        with open_source(source) as bundle:
            found = contents(bundle)
    except (CorpusError, FileError):
        return
    assert all(name.endswith((".a", ".b")) for name in found)
