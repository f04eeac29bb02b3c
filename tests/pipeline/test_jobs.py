"""Several processes: not one byte and no finding depends on how many there are, and nothing is left of them."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from kg.errors import FileError
from kg.formats import FORMATS
from kg.pipeline.documents import ArticleSink, Document
from kg.pipeline.publication import Publication, open_publication
from kg.pipeline.run import WORTHWHILE, RunPlan, make_plan, write_publication
from support import ROOT
from support.waiting import PATIENCE, descendants, eventually

KG = [sys.executable, "-m", "kg"]
ARTICLES = 60
FORMS = ("yaml", "jsonl", "jsonl.gz", "jsonl.zst")
needs_proc = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="the system does not list processes")


def generate(folder: Path, form: str, articles: int = ARTICLES) -> Path:
    """Write a generated corpus into a folder."""
    generator = str(ROOT / "bench" / "corpus.py")
    subprocess.run([sys.executable, generator, folder, "--articles", str(articles), "--form", form], check=True)
    return folder


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return one generated corpus in each form."""
    folder = tmp_path_factory.mktemp("corpora")
    return {form: generate(folder / form, form) for form in FORMS}


@pytest.fixture(scope="module")
def endless(corpora: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a corpus of many articles: whoever interrupts what has begun on it is never too late."""
    folder = Path(shutil.copytree(corpora["jsonl"], tmp_path_factory.mktemp("endless") / "corpus"))
    lines = (folder / "articles.jsonl").read_text(encoding="utf-8")
    many = "".join(lines.replace('"000/', f'"{number:03}/') for number in range(50))
    (folder / "articles.jsonl").write_text(many, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def faulty(corpora: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a corpus with faults in several ranges, and such as only the whole can tell."""
    folder = tmp_path_factory.mktemp("faulty")
    for name in ("corpus.yaml", "entities.yaml"):
        (folder / name).write_bytes((corpora["jsonl"] / name).read_bytes())
    lines = (corpora["jsonl"] / "articles.jsonl").read_text(encoding="utf-8").split("\n")[:-1]
    (folder / "articles.jsonl").write_text("".join(f"{line}\n" for line in spoilt(lines)), encoding="utf-8")
    return folder


def spoilt(lines: list[str]) -> Iterator[str]:
    """Yield the lines with an article twice, a draft, relations to both and to nothing, wrong words, no JSON.

    The shapes have something to say too: of claims made after they were printed.
    """
    for number, line in enumerate(lines):
        record: dict[str, Any] = json.loads(line)
        first = next(iter(record["claims"].values()))
        if number == 50:
            record["article"]["id"] = "000/000003"
        if number == 20:
            record["annotation"]["status"] = "draft"
        if number in (2, 30, 59):
            first["relations"] = {"answers": ["000/000020/c01", "000/000010/c77", "000/000044/c01"]}
        if number in (11, 44):
            first["words"] = "nergens te vinden"
        if number in (5, 33, 52):
            first["said"] = "2999-01-01"
        yield line[:-5] if number == 44 else json.dumps(record, ensure_ascii=False)


def written(
    source: Path | Publication, jobs: int, forms: list[str], *, beside: Path
) -> tuple[dict[str, bytes], ArticleSink]:
    """Return the documents of a corpus in some formats, and what came of it."""
    publication = source if isinstance(source, Publication) else open_publication(source)
    plan = make_plan(publication.corpus, jobs, beside=beside)
    streams = {form: BytesIO() for form in forms}
    documents = [Document(FORMATS[form], stream, publication.index.iris.base) for form, stream in streams.items()]
    outcome = write_publication(publication, documents, plan, lambda _articles, _findings: None)
    return {form: stream.getvalue() for form, stream in streams.items()}, outcome


@pytest.fixture(scope="module")
def by_one(corpora: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return the documents that one process writes."""
    return written(corpora["jsonl"], 1, list(FORMATS), beside=tmp_path_factory.mktemp("parts"))[0]


@pytest.mark.parametrize(
    ("form", "jobs"),
    [
        ("jsonl", 2),
        ("yaml", 2),
        *(
            pytest.param(*each, marks=pytest.mark.slow)
            for each in (("jsonl", 3), ("jsonl.gz", 2), ("jsonl.zst", 3))
        ),
    ],
)
def test_not_one_byte_depends_on_the_number_of_processes(
    corpora: dict[str, Path], by_one: dict[str, bytes], form: str, jobs: int, tmp_path: Path
) -> None:
    """In every format, from every form of a corpus."""
    found, outcome = written(corpora[form], jobs, list(FORMATS), beside=tmp_path)

    assert found == by_one
    assert outcome.articles == ARTICLES
    assert os.listdir(tmp_path) == []


def test_what_is_edited_once_the_corpus_is_opened_waits_for_the_next_run(
    corpora: dict[str, Path], by_one: dict[str, bytes], tmp_path: Path
) -> None:
    """Else a publication would be half of the one, half of the other, and the next run take it for granted."""
    folder = Path(shutil.copytree(corpora["jsonl"], tmp_path / "corpus"))
    publication = open_publication(folder)
    for name in ("corpus.yaml", "entities.yaml"):
        (folder / name).write_text("")

    assert written(publication, 2, ["nt"], beside=tmp_path)[0] == {"nt": by_one["nt"]}


def test_shapes_that_are_edited_once_they_are_used_are_reported(corpora: dict[str, Path], tmp_path: Path) -> None:
    shapes = tmp_path / "own.ttl"
    shapes.write_text("<http://a.example/s> a <http://www.w3.org/ns/shacl#NodeShape> .\n")
    publication = open_publication(corpora["yaml"], more_shapes=[shapes])
    shapes.write_text("")

    with pytest.raises(FileError, match=r"own\.ttl: shapes must stay as they are while they are used"):
        written(publication, 2, ["nt"], beside=tmp_path)


@pytest.mark.parametrize("jobs", [2, 3])
def test_findings_come_in_the_same_order_from_any_number_of_processes(
    faulty: Path, jobs: int, tmp_path: Path
) -> None:
    one, several = (written(faulty, number, [], beside=tmp_path)[1] for number in (1, jobs))

    assert several.findings == one.findings
    assert (several.articles, several.claims) == (one.articles, one.claims)
    assert {finding.rule for finding in one.findings} >= {
        "double-article",
        "json-syntax",
        "relation-to-draft",
        "claim-in-time",
        "unknown-reference",
        "words-not-found",
    }


@pytest.mark.slow
def test_the_processes_publish_under_the_other_namespace_of_schema_org_too(
    corpora: dict[str, Path], tmp_path: Path
) -> None:
    files = [tmp_path / f"{jobs}.nt" for jobs in (1, 2)]
    for jobs, file in enumerate(files, start=1):
        arguments = ["export", str(corpora["yaml"]), "-o", str(file), "--schema-org", "https", "--jobs", str(jobs)]
        subprocess.run([*KG, *arguments], check=True)

    assert files[0].read_bytes() == files[1].read_bytes()
    assert b"<http://schema.org/" not in files[0].read_bytes()
    assert sorted(os.listdir(tmp_path)) == ["1.nt", "2.nt"]


def test_the_output_is_compressed_as_the_parts_are_joined(
    corpora: dict[str, Path], by_one: dict[str, bytes], tmp_path: Path
) -> None:
    file = tmp_path / "kg.ttl.gz"
    subprocess.run([*KG, "export", corpora["jsonl"], "-o", file, "--jobs", "2"], check=True)

    assert gzip.decompress(file.read_bytes()) == by_one["ttl"]


def test_a_small_corpus_is_worked_through_by_one_process_unless_more_are_asked_for(
    corpora: dict[str, Path], tmp_path: Path
) -> None:
    corpus = open_publication(corpora["yaml"]).corpus

    assert make_plan(corpus, 1, beside=tmp_path) == RunPlan()
    assert make_plan(corpus, None, beside=tmp_path).jobs == 1
    assert ARTICLES < WORTHWHILE
    assert [make_plan(corpus, jobs, beside=tmp_path).jobs for jobs in (2, 7)] == [2, 7]
    assert make_plan(corpus, 2, beside=tmp_path).size == ARTICLES


def test_a_compressed_corpus_is_cut_into_few_ranges(
    corpora: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each job decompresses everything before its range, so many jobs would be slower on a long corpus."""
    monkeypatch.setattr("kg.pipeline.run.LARGEST", 16)
    monkeypatch.setattr("kg.pipeline.run.RANGES_A_JOB", 1)
    plans = {form: make_plan(open_publication(corpora[form]).corpus, 2, beside=tmp_path) for form in FORMS}

    assert {form: len(plan.ranges) for form, plan in plans.items()} == {
        "yaml": 4,
        "jsonl": 4,
        "jsonl.gz": 2,
        "jsonl.zst": 2,
    }


def is_worker(process: int) -> bool:
    try:
        return b"kg.processes.pool:work" in Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return False


def started(process: subprocess.Popen[str], is_under_way: Callable[[], bool]) -> list[int]:
    """Return the workers of a process once it is under way."""

    def workers() -> list[int]:
        assert process.poll() is None, process.communicate()
        return [each for each in descendants(process.pid) if is_worker(each)] if is_under_way() else []

    return eventually(workers)


def open_build(corpus: Path, folder: Path) -> subprocess.Popen[str]:
    """Start a build that takes its time, since it validates with the slow engine."""
    return subprocess.Popen(
        [*KG, "build", corpus, "-o", folder, "--jobs", "2", "--engine", "pyshacl"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def has_part(folder: Path) -> Callable[[], bool]:
    return lambda: any(path.stat().st_size for path in folder.glob(".kg-build/new/.kg-parts-*/*.nt"))


@pytest.mark.slow
@needs_proc
def test_a_killed_worker_leaves_nothing_behind_and_a_clear_error(endless: Path, tmp_path: Path) -> None:
    process = open_build(endless, tmp_path / "dist")
    found = started(process, has_part(tmp_path / "dist"))
    os.kill(found[-1], signal.SIGKILL)
    output, errors = process.communicate(timeout=PATIENCE)

    assert (process.returncode, output) == (3, "")
    assert errors == (
        "kg: a worker process was killed from outside, most often by the system for want of memory, so nothing was "
        "written: run it again, with fewer `--jobs` if need be\n"
    )
    assert os.listdir(tmp_path) == []
    assert not any(map(is_worker, found))


@pytest.mark.slow
@needs_proc
def test_ctrl_c_leaves_nothing_behind(endless: Path, tmp_path: Path) -> None:
    """As a terminal sends it: to all processes."""
    process = open_build(endless, tmp_path / "dist")
    found = started(process, has_part(tmp_path / "dist"))
    os.killpg(process.pid, signal.SIGINT)
    output, errors = process.communicate(timeout=PATIENCE)

    assert (process.returncode, output, errors) == (130, "", "kg: interrupted\n")
    assert os.listdir(tmp_path) == []
    assert not any(map(is_worker, found))


@needs_proc
def test_ctrl_c_while_workers_start_says_one_line(endless: Path, tmp_path: Path) -> None:
    arguments = ["export", str(endless), "-o", str(tmp_path / "kg.ttl"), "--jobs", "2"]
    process = subprocess.Popen([*KG, *arguments], stderr=subprocess.PIPE, text=True, start_new_session=True)
    found = started(process, lambda: True)
    os.killpg(process.pid, signal.SIGINT)
    errors = process.communicate(timeout=PATIENCE)[1]

    assert (process.returncode, errors) == (130, "kg: interrupted\n")
    assert os.listdir(tmp_path) == []
    assert not any(map(is_worker, found))


@pytest.mark.slow
@needs_proc
def test_workers_end_when_their_parent_is_killed(endless: Path, tmp_path: Path) -> None:
    process = open_build(endless, tmp_path / "dist")
    found = started(process, has_part(tmp_path / "dist"))
    process.kill()
    process.communicate(timeout=PATIENCE)

    eventually(lambda: not any(map(is_worker, found)))
