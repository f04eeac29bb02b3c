"""What a Spark task makes of its lines, and what is refused before Spark starts; none of it needs Spark."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from kg.cli import run
from kg.corpus import read_corpus
from kg.errors import UsageError
from kg.meaning import read_index
from kg.pipeline.spark import session as session_module
from kg.pipeline.spark.lines import Block, Counted, first_lines, sources_of
from kg.pipeline.spark.manifest import kg_version
from kg.pipeline.spark.parts import Work, part_rows
from kg.pipeline.spark.session import spark_session
from kg.pipeline.spark.storage import is_remote, with_scheme
from support.corpora import CLAIMS, lay

URI = "file:/c/x.jsonl"
WRONG = (
    b'{"article": {"id": "b", "text": "date 2020-02 Ja"}, "claims": {"c01": {"speaker": "nobody", "words": "Ja"}}}'
)
GOOD = (
    b'{"article": {"id": "a", "text": "date 2020-02 Ja"}, "claims": {"c01": {"speaker": "ann-b", "words": "Ja"}}}'
)
ONE = [(URI, 0, bytearray(GOOD))]


def work(folder: Path, **more: Any) -> Work:
    corpus = read_corpus(lay(folder, {}))
    given: dict[str, Any] = {
        "corpus": corpus,
        "index": read_index(corpus),
        "engine": "none",
        "format": "nq",
        "https": False,
        "names": {URI: "x.jsonl"},
        "first": {Block(URI, 0): 1, Block(URI, 100): 8},
        "texts": {},
        "version": kg_version(),
    }
    return Work(**given | more)


def test_a_task_run_twice_yields_the_same_rows(tmp_path: Path) -> None:
    rows = [(URI, 0, bytearray(GOOD)), (URI, 0, bytearray(WRONG))]

    assert list(part_rows(3, rows, work(tmp_path))) == list(part_rows(3, rows, work(tmp_path)))


def test_a_part_is_summed_as_it_will_stand(tmp_path: Path) -> None:
    """Spark ends each row with a line end."""
    rows = list(part_rows(3, ONE, work(tmp_path)))
    text = "".join(f"{value}\n" for holds, value in rows if holds == "graph").encode()
    held = json.loads(rows[-1][1])

    assert [holds for holds, _ in rows] == ["shares", "graph", "sums"]
    assert (held["part"], held["bytes"], held["sha256"]) == (3, len(text), sha256(text).hexdigest())
    assert held["tally"][0] == text.count(b"\n")


@pytest.mark.parametrize("form", ["nq", "nt", "ttl", "trig"])
def test_every_piece_of_a_part_ends_a_line(form: str, tmp_path: Path) -> None:
    rows = list(
        part_rows(0, [*ONE, (URI, 0, bytearray(GOOD.replace(b'"a"', b'"b"')))], work(tmp_path, format=form))
    )
    text = "".join(f"{value}\n" for holds, value in rows if holds == "graph").encode()

    assert sha256(text).hexdigest() == json.loads(rows[-1][1])["sha256"]


def test_a_part_holds_what_one_process_writes_under_the_other_namespace_of_schema_org_too(tmp_path: Path) -> None:
    task = work(tmp_path, https=True)
    (text,) = (f"{value}\n" for holds, value in part_rows(0, ONE, task) if holds == "graph")
    (tmp_path / "x.jsonl").write_bytes(GOOD)
    output = tmp_path / "kg.nq"
    run(["export", str(tmp_path), "--no-validate", "--schema-org", "https", "-o", str(output)])

    assert output.read_text(encoding="utf-8").startswith(text)


def test_a_finding_stands_at_the_line_of_the_file_and_not_of_the_block(tmp_path: Path) -> None:
    rows = [(URI, 100, bytearray(b" ")), (URI, 100, bytearray(WRONG))]
    findings = [json.loads(value) for holds, value in part_rows(0, rows, work(tmp_path)) if holds == "findings"]

    assert [(each["file"], each["line"], each["column"]) for each in findings] == [("x.jsonl", 9, 83)]


def test_a_worker_with_another_kg_stops(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"the driver has kg 0\.0\.0, and a worker has kg"):
        list(part_rows(0, ONE, work(tmp_path, version="0.0.0")))


def test_lines_are_numbered_through_the_blocks_of_a_file() -> None:
    counts = {Block("x", 0): Counted(3, 2), Block("x", 64): Counted(0, 0), Block("x", 128): Counted(2, 2)}

    assert first_lines({Block("y", 0): Counted(5, 5), **counts}) == {
        Block("x", 0): 1,
        Block("x", 64): 4,
        Block("x", 128): 4,
        Block("y", 0): 1,
    }


def test_a_line_that_is_not_utf_8_comes_as_it_is() -> None:
    (source,) = sources_of([(URI, 0, bytearray(b"\xff{}"))], {Block(URI, 0): 1}, {URI: "x.jsonl"})

    assert source.raw == b"\xff{}"


def test_a_path_without_a_scheme_is_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)

    assert with_scheme("x") == f"file://{tmp_path}/x"
    assert [is_remote(path) for path in ("x", "file:/x", "C:/x", "hdfs:/x", "s3a://b/x")] == [False] * 3 + [
        True
    ] * 2


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "find_spec", lambda _name: None)

    with pytest.raises(UsageError, match=r"pip install 'kg-claims\[spark\]'"), spark_session("local[1]"):
        pass


@pytest.mark.parametrize(
    ("options", "advice"),
    [
        (["--spark", "local"], "name one with -o"),
        (["--spark", "local", "-o", "out", "--jobs", "2"], "exclude each other"),
        (["--spark", "local", "-o", "out", "-f", "jsonld"], "Spark writes nq, nt, ttl, trig, not jsonld"),
        (["--spark", "local", "-o", "out.nq.zst"], "not as .zst"),
        (["--spark", "sc://host", "-o", "out"], "Spark Connect"),
    ],
)
def test_what_spark_cannot_do_is_wrong_usage(
    options: list[str], advice: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(tmp_path, {"a.txt": "“Ja”, zei Ann B.", "a.claims.yaml": CLAIMS})

    assert run(["export", str(tmp_path), *options]) == 2
    assert advice in capsys.readouterr().err
