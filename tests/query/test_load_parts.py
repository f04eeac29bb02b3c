"""`kg load` of an export in parts: each part as the manifest says, or nothing."""

from __future__ import annotations

import gzip
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from kg.cli import run
from support import SEEDS
from support.loaded import Loads, held

HOW = {"nq": ("application/n-quads", "none", ".nq"), "gz": ("application/n-quads", "gzip", ".nq.gz")}


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Return the lines of the seeds' N-Quads."""
    file = tmp_path_factory.mktemp("export") / "seeds.nq"
    assert run(["export", str(SEEDS), "-o", str(file)]) == 0
    return file.read_bytes().splitlines(keepends=True)


def parts(folder: Path, lines: list[bytes], how: str = "nq") -> Path:
    """Lay out lines in three parts with their manifest, as a cluster does."""
    media, compression, suffix = HOW[how]
    run_folder = folder / "run-1"
    run_folder.mkdir(parents=True)
    said: list[dict[str, Any]] = []
    for number in range(3):
        text = b"".join(lines[number::3])
        file = f"run-1/part-{number:05}{suffix}"
        (folder / file).write_bytes(gzip.compress(text) if how == "gz" else text)
        counts = {"articles": 0, "claims": 0, "triples": len(lines[number::3])}
        said.append({"file": file, **counts, "bytes": len(text), "sha256": sha256(text).hexdigest()})
    rewrite(folder, kg="0", format="nq", media_type=media, compression=compression, base="https://kg.example/")
    return rewrite(folder, articles=1, claims=28, triples=len(lines), findings={}, findings_files=[], parts=said)


def rewrite(folder: Path, **fields: Any) -> Path:
    manifest = folder / "manifest.json"
    before = json.loads(manifest.read_text()) if manifest.exists() else {}
    manifest.write_text(json.dumps(before | fields))
    return folder


@pytest.mark.parametrize("how", HOW)
def test_all_parts_are_loaded(how: str, load: Loads, tmp_path: Path, lines: list[bytes]) -> None:
    status, told = load(tmp_path / "store", parts(tmp_path / "parts", lines, how))

    assert (status, told) == (0, f"{tmp_path}/store: {len(lines)} triples in 3 graphs\n")
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
