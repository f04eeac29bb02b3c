"""`kg load` of an export in parts: each part as the manifest says, or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.cli import run
from support import SEEDS
from support.loaded import Loads, held
from support.parts import HOW, parts, rewrite


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Return the lines of the seeds' N-Quads."""
    file = tmp_path_factory.mktemp("export") / "seeds.nq"
    assert run(["export", str(SEEDS), "-o", str(file)]) == 0
    return file.read_bytes().splitlines(keepends=True)


@pytest.mark.parametrize("how", HOW)
def test_all_parts_are_loaded(how: str, load: Loads, tmp_path: Path, lines: list[bytes]) -> None:
    status, told = load(tmp_path / "store", parts(tmp_path / "parts", lines, how))

    assert (status, told.partition(";")[0]) == (0, f"{tmp_path}/store: {len(lines)} triples in 3 graphs")
    (tmp_path / "whole.nq").write_bytes(b"".join(lines))
    load(tmp_path / "other", tmp_path / "whole.nq")
    assert held(tmp_path / "store") == held(tmp_path / "other")


def test_a_part_that_is_not_as_the_manifest_says_is_refused(
    load: Loads, tmp_path: Path, lines: list[bytes]
) -> None:
    folder = parts(tmp_path / "parts", lines)
    part = folder / "run-1/part-00001.nq"
    part.write_bytes(part.read_bytes().replace(b"hersendood", b"hersenrood"))

    assert load(tmp_path / "store", folder) == (
        1,
        f"{part}: violation: a part must have the SHA-256 that manifest.json gives, and this one has another: "
        "copy it again [damaged]\n",
    )


def test_a_part_that_is_not_there_is_named(load: Loads, tmp_path: Path, lines: list[bytes]) -> None:
    folder = parts(tmp_path / "parts", lines)
    (folder / "run-1/part-00002.nq").unlink()

    assert load(tmp_path / "store", folder) == (
        3,
        f"kg: {folder}/manifest.json: it names run-1/part-00002.nq, which does not exist: copy the whole folder\n",
    )


def test_parts_without_the_data_set_are_no_whole_export(load: Loads, tmp_path: Path, lines: list[bytes]) -> None:
    folder = parts(tmp_path / "parts", [line for line in lines if b"graph/dataset>" not in line])

    status, told = load(tmp_path / "store", folder)

    assert (status, told.count("an export has one data set")) == (1, 1)


@pytest.mark.parametrize("file", ["../elsewhere.nq", "/etc/passwd", "run-1/../../x.nq"])
def test_a_part_lies_below_its_manifest(file: str, load: Loads, tmp_path: Path, lines: list[bytes]) -> None:
    folder = parts(tmp_path / "parts", lines)
    part = {"articles": 0, "claims": 0, "triples": 0, "bytes": 0, "sha256": ""}

    assert load(tmp_path / "store", rewrite(folder, parts=[{"file": file, **part}])) == (
        3,
        f"kg: {folder}/manifest.json: a part must lie below the manifest's folder, not at {file}\n",
    )


def test_a_manifest_of_somebody_else_is_refused(load: Loads, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"name": "a web app"}')

    assert load(tmp_path / "store", tmp_path) == (
        3,
        f"kg: {tmp_path}/manifest.json: this is not a manifest that kg wrote: give another folder, or delete it "
        "(Object missing required field `kg`)\n",
    )
