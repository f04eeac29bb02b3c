"""`kg export --spark` on a master and two workers of this machine, one of which is killed."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from kg.cli import run
from kg.formats import FORMATS, write
from kg.pipeline.publication import open_publication, published
from kg.rdf.vocab import PREFIXES
from support.corpora import CONFIG, lay
from support.spark_cluster import Cluster, spark_cluster, why_no_spark

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(why_no_spark()), reason=why_no_spark())]

MANY = 1500
FILLER = "Veel woorden die niemand zei. " * 20
Export = Callable[..., Any]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("spark")


@pytest.fixture(scope="module")
def cluster(folder: Path) -> Iterator[Cluster]:
    with spark_cluster(folder) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def session(cluster: Cluster) -> Iterator[SparkSession]:
    from kg.pipeline.spark import spark_session

    with spark_session(cluster.master) as session:
        yield session


@pytest.fixture
def export(session: SparkSession) -> Export:
    from kg.pipeline.spark import SparkExport, export_in_session

    def exported(corpus: Path | str, to: Path | str, form: str = "nq", **options: Any) -> Any:
        return export_in_session(SparkExport(str(corpus), str(to), FORMATS[form], **options), session)

    return exported


def article(number: int, **more: object) -> str:
    """Return a line: an article with two claims; one responds to a claim of the article before."""
    text = f"date 2020-02-{number % 28 + 1:02} “Ja, wij {number}”, zei Ann. “Nee — 🙂”, zei Ann B later. {FILLER}"
    answers = {"answers": f"n/a{number - 1}/c01"} if number else {}
    claims = {
        "c01": {"speaker": "ann-b", "words": f"Ja, wij {number}"},
        "c02": {"speaker": "ann-b", "words": "Nee — 🙂", "act": "agrees", "relations": answers},
    }
    whole = {"article": {"id": f"n/a{number}", "text": text}, "annotation": {"by": "ann"}, "claims": claims}
    return json.dumps(whole | more, ensure_ascii=False)


def corpus(folder: Path, *files: tuple[str, range]) -> Path:
    """Lay a corpus of JSON Lines: names of files, each with the numbers of its articles."""
    lines = {name: "".join(article(number) + "\n" for number in numbers).encode() for name, numbers in files}
    packed = {name: gzip.compress(raw, mtime=0) if name.endswith(".gz") else raw for name, raw in lines.items()}
    return lay(folder, {"corpus.yaml": CONFIG + "annotators: {ann: {name: Ann}}\n", **packed})


def expected(folder: Path, form: str = "nq") -> list[str]:
    """Return the sorted lines of what `kg export` writes."""
    publication = open_publication(folder)
    writer = FORMATS[form].writer(PREFIXES, publication.index.iris.base)
    return sorted("".join(write(published(publication.mapped_articles(), []), writer)).splitlines())


def manifest_of(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "manifest.json").read_text())  # type: ignore[no-any-return]


def parts(folder: Path) -> list[str]:
    """Return the text of every part that the manifest names, once its sum is found to be right."""
    texts = []
    for part in manifest_of(folder)["parts"]:
        raw = (folder / part["file"]).read_bytes()
        raw = gzip.decompress(raw) if part["file"].endswith(".gz") else raw
        assert (len(raw), sha256(raw).hexdigest()) == (part["bytes"], part["sha256"])
        texts.append(raw.decode())
    return texts


def lines(folder: Path) -> list[str]:
    """Return the sorted lines of all parts."""
    return sorted(line for text in parts(folder) for line in text.splitlines())


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_spark_writes_the_quads_that_one_process_writes(export: Export, tmp_path: Path) -> None:
    """From plain and compressed files with blank lines, in folders with odd names."""
    here = corpus(tmp_path / "a corpus [é]", ("x y{1}*.jsonl", range(150)), ("sub/z%20.jsonl.gz", range(150, 160)))
    with (here / "x y{1}*.jsonl").open("a") as stream:
        stream.write("\n  \r\n" + article(160) + "\r\n" + article(161))

    exported = export(here, tmp_path / "out")

    assert (exported.findings, exported.manifest) == ([], f"{tmp_path}/out/manifest.json")
    assert lines(tmp_path / "out") == expected(here)
    manifest = manifest_of(tmp_path / "out")
    assert [manifest[key] for key in ("articles", "claims", "triples")] == [162, 324, len(expected(here))]
    assert files(tmp_path / "out") == sorted(["manifest.json", *(part["file"] for part in manifest["parts"])])
    assert len(manifest["parts"]) > 3
    assert run(["load", str(tmp_path / "store"), str(tmp_path / "out")]) == 0


def test_a_second_run_takes_the_place_of_the_first(export: Export, tmp_path: Path) -> None:
    """Of what a run that came to no end left behind, nothing stays either; other people's files do."""
    here, out = corpus(tmp_path / "corpus", ("x.jsonl", range(40))), tmp_path / "out"
    export(here, out)
    (out / "run-7").mkdir()
    (out / "notes.txt").write_text("mine")
    corpus(here, ("x.jsonl", range(30)))

    export(here, out, "ttl", compression="gzip")

    named = [part["file"] for part in manifest_of(out)["parts"]]
    assert {name.partition("/")[0] for name in named} == {"run-2"}
    assert files(out) == sorted(["manifest.json", "notes.txt", *named])
    assert all(name.endswith(".ttl.gz") for name in named)
    assert set(lines(out)) == set(expected(here, "ttl"))


def test_a_corpus_of_pairs_of_files_will_do_too(export: Export, tmp_path: Path) -> None:
    text = {f"a{number}.txt": f"date 2020-02-03 “Ja, wij {number}”, zei Ann." for number in range(40)}
    claims = {
        f"a{number}.claims.yaml": f'claims: {{c01: {{speaker: ann-b, words: "Ja, wij {number}"}}}}\n'
        for number in range(40)
    }
    here = lay(tmp_path / "corpus", {"corpus.yaml": CONFIG, **text, **claims})

    export(here, tmp_path / "out", compression="zstd")

    names = [part["file"] for part in manifest_of(tmp_path / "out")["parts"]]
    assert len(names) > 3
    assert {name[-7:] for name in names} == {".nq.zst"}
    assert manifest_of(tmp_path / "out")["articles"] == 40


def test_files_without_a_line_are_told_of(export: Export, tmp_path: Path) -> None:
    here = lay(tmp_path / "corpus", {"x.jsonl": "", "y.jsonl": " \n\n"})

    exported = export(here, tmp_path / "out")

    assert [(each.rule, str(each.at)) for each in exported.findings] == [
        ("empty-file", f"{here}/x.jsonl:1:1"),
        ("empty-file", f"{here}/y.jsonl:1:1"),
    ]
    assert (exported.manifest, files(tmp_path / "out")) == ("", ["run-1/findings-00000.jsonl"])


@pytest.mark.usefixtures("cluster")  # its settings
def test_findings_are_those_of_one_process_and_a_violation_publishes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As the command tells it: exit status 1, and each finding with its place."""
    here, out = corpus(tmp_path / "corpus", ("sub/y.jsonl.gz", range(25, 30))), tmp_path / "out"
    draft = article(40, annotation={"by": "ann", "status": "draft"})
    unknown = article(22).replace('"ann-b"', '"nobody"', 1).replace("n/a21/c01", "n/a99/c01")
    wrong = [article(20), "", article(21), unknown, "{no", article(20), draft, article(41), article(50)]
    (here / "x.jsonl").write_text("\n".join(wrong))
    (here / "empty.jsonl").write_text("")
    (here / "z.jsonl.gz").write_bytes(gzip.compress(b"x" * 999)[:-9])
    command = [sys.executable, "-m", "kg", "export", str(here), "--spark", "local[1]", "-o", str(out)]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert run(["export", str(here), "-f", "nq", "-o", str(tmp_path / "whole.nq")]) == 1
    told = capsys.readouterr().err
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.endswith(told)
    assert told.count(": violation: ") == 11
    assert [name for name in files(out) if "/findings-" not in name] == []
    kept = [json.loads(line) for name in files(out) for line in (out / name).read_text().splitlines()]
    assert len(kept) == 11


def test_a_worker_that_dies_takes_nothing_with_it(cluster: Cluster, export: Export, tmp_path: Path) -> None:
    """Killed with its executor in the middle of the work; tasks that can be are run twice, besides."""
    here, out = corpus(tmp_path / "corpus", ("x.jsonl", range(MANY))), tmp_path / "out"
    seen: list[int] = []

    def kill_in_the_middle() -> None:
        while not (done := len(list(out.glob("run-1/part-*")))):
            time.sleep(0.002)
        cluster.kill_worker()
        seen.append(done)

    killer = Thread(target=kill_in_the_middle, daemon=True)  # else it would wait for ever for a run that failed
    killer.start()
    export(here, out)
    killer.join()

    assert len(cluster.workers) == 1
    assert seen[0] < len(manifest_of(out)["parts"]) - 1
    assert lines(out) == expected(here)
    assert manifest_of(out)["articles"] == MANY
