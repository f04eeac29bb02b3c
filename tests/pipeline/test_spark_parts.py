"""What a Spark task makes of its range, and what is refused before Spark starts; none of it needs Spark."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from kg.cli import run
from kg.corpus import WHOLE
from kg.errors import UsageError
from kg.formats import FORMATS
from kg.pipeline import spark as spark_module
from kg.pipeline.publication import open_publication
from kg.pipeline.run import make_task
from kg.pipeline.spark import SparkTask, kg_version, shared_path, spark_session, write_part
from support.corpora import CLAIMS, lay
from support.file_sets import snapshot

WRONG = (
    '{"article": {"id": "b", "text": "date 2020-02 Ja"}, '
    '"claims": {"c01": {"speaker": "nobody", "words": "Ja", "act": "states"}}}'
)
GOOD = (
    '{"article": {"id": "a", "text": "date 2020-02 Ja"}, '
    '"claims": {"c01": {"speaker": "ann-b", "words": "Ja", "act": "states"}}}'
)
Prepare = Callable[..., SparkTask]


@pytest.fixture
def prepare(tmp_path: Path) -> Prepare:
    """Return what makes a task of lines, whose run has its folder `out`."""

    def prepared(*lines: str, form: str = "nq", https: bool = False, kg: str = "") -> SparkTask:
        folder = lay(tmp_path / "corpus", {"x.jsonl": "".join(f"{line}\n" for line in lines)})
        (tmp_path / "out").mkdir(exist_ok=True)
        task = make_task(open_publication(folder, engine="none"), [form], https=https)
        return SparkTask(task, str(tmp_path / "out"), FORMATS[form].suffix, "", kg or kg_version())

    return prepared


def test_a_task_run_twice_writes_the_same_files(prepare: Prepare, tmp_path: Path) -> None:
    task = prepare(GOOD, WRONG)
    sums = [write_part(task, 3, WHOLE)]
    first = snapshot(tmp_path / "out")
    sums.append(write_part(task, 3, WHOLE))

    assert sums[0] == sums[1]
    assert snapshot(tmp_path / "out") == first
    assert sorted(first) == ["findings-00003.jsonl", "ids-00003", "part-00003.nq"]


@pytest.mark.parametrize("form", ["nq", "nt", "ttl", "trig"])
def test_a_part_is_a_document_and_summed_as_it_is(prepare: Prepare, tmp_path: Path, form: str) -> None:
    held = write_part(prepare(GOOD, GOOD.replace('"a"', '"b"'), form=form), 0, WHOLE)
    text = (tmp_path / "out" / f"part-00000.{form}").read_bytes()

    assert (held.bytes, held.sha256) == (len(text), sha256(text).hexdigest())
    assert held.tally.triples > 0
    assert text.startswith(b"@base" if form in ("ttl", "trig") else b"<")


def test_a_part_has_what_one_process_writes_under_the_other_namespace_of_schema_org_too(
    prepare: Prepare, tmp_path: Path
) -> None:
    write_part(prepare(GOOD, https=True), 0, WHOLE)
    output = tmp_path / "kg.nq"
    corpus = str(tmp_path / "corpus")
    run(["export", corpus, "--no-validate", "--schema-org", "https", "-o", str(output)])

    assert output.read_bytes().startswith((tmp_path / "out" / "part-00000.nq").read_bytes())


def test_a_finding_is_kept_with_its_place(prepare: Prepare, tmp_path: Path) -> None:
    write_part(prepare(GOOD, "", WRONG), 0, WHOLE)
    lines = (tmp_path / "out" / "findings-00000.jsonl").read_text().splitlines()
    found = [json.loads(line) for line in lines]

    assert [(each["file"], each["line"], each["column"]) for each in found] == [
        (str(tmp_path / "corpus" / "x.jsonl"), 3, 83)
    ]


def test_a_worker_with_another_kg_stops(prepare: Prepare) -> None:
    with pytest.raises(RuntimeError, match=r"the driver has kg 0\.0\.0, and a worker has kg"):
        write_part(prepare(GOOD, kg="0.0.0"), 0, WHOLE)


def test_a_folder_is_a_path_that_every_machine_sees(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)

    assert [shared_path(path) for path in ("x", "file:/x", "file:///x")] == [f"{tmp_path}/x", "/x", "/x"]
    for address in ("hdfs:/x", "s3a://b/x"):
        with pytest.raises(UsageError, match="mount the storage"):
            shared_path(address)


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark_module, "find_spec", lambda _name: None)

    with pytest.raises(UsageError, match=r"pip install 'kg-claims\[spark\]'"), spark_session("local[1]"):
        pass


@pytest.mark.parametrize(
    ("options", "advice"),
    [
        (["--spark", "local"], "name one with -o"),
        (["--spark", "local", "-o", "out", "--jobs", "2"], "exclude each other"),
        (["--spark", "local", "-o", "out", "-f", "jsonld"], "Spark writes nq, nt, ttl, trig, not jsonld"),
        (["--spark", "local", "-o", "s3a://bucket/out"], "mount the storage"),
        (["--spark", "sc://host", "-o", "out"], "Spark Connect"),
    ],
)
def test_what_spark_cannot_do_is_wrong_usage(
    options: list[str], advice: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(tmp_path, {"a.txt": "“Ja”, zei Ann B.", "a.claims.yaml": CLAIMS})

    assert run(["export", str(tmp_path), *options]) == 2
    assert advice in capsys.readouterr().err
