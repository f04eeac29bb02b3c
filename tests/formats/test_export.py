"""What `kg export` writes: the published graphs in a format, whole or not at all."""

from __future__ import annotations

import gzip
import sys
from hashlib import sha256
from pathlib import Path

import pyoxigraph
import pytest

from kg.cli import run
from kg.formats import FORMATS
from kg.rdf.vocab import KG
from support.editing import edited

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

NAME = "000_411f4785dd135aae"
DIGEST = KG.digest.encode()
pytestmark = pytest.mark.usefixtures("seeds")


def written(*arguments: str) -> bytes:
    """Return what the command writes into a file."""
    output = Path(arguments[-1])
    assert run(["export", "-o", str(output), *arguments[:-1]]) == 0
    return output.read_bytes()


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_s_suffix_tells_its_format(name: str) -> None:
    assert written(f"by-suffix{FORMATS[name].suffix}") == written("-f", name, "by-name.txt")


@pytest.mark.parametrize("name", FORMATS)
def test_stdout_is_given_what_a_file_is(name: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run(["export", "-f", name]) == 0
    assert capfdbinary.readouterr().out == written("-f", name, "x.txt")


def test_turtle_is_what_nobody_asks_otherwise(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run(["export"]) == 0
    assert capfdbinary.readouterr().out == written("x.ttl")


def test_a_suffix_behind_the_suffix_compresses() -> None:
    plain = written("x.ttl")
    assert gzip.decompress(written("x.ttl.gz")) == plain
    assert zstd.decompress(written("x.ttl.zst")) == plain
    assert gzip.decompress(written("-f", "ttl", "x.gz")) == plain


def test_https_is_written_on_request() -> None:
    http, https = written("x.nt"), written("--schema-org", "https", "y.nt")
    assert (b"https://schema.org/" in http, b"http://schema.org/" in https) == (False, False)
    assert undigested(https) == undigested(http.replace(b"http://schema.org/", b"https://schema.org/"))
    turtle = written("--schema-org", "https", "y.ttl")
    assert (b"@prefix schema: <https://schema.org/> ." in turtle, b"<http://schema.org/" in turtle) == (True, False)


def undigested(lines: bytes) -> list[bytes]:
    return [line for line in lines.splitlines() if DIGEST not in line]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_digest_of_a_graph_is_that_of_its_other_lines(scheme: str) -> None:
    lines = written("--schema-org", scheme, "x.nq").splitlines(keepends=True)
    graphs: dict[bytes, list[bytes]] = {}
    for line in sorted(line for line in lines if DIGEST not in line):
        graphs.setdefault(line.split()[-2], []).append(line)

    assert [line for line in lines if DIGEST in line] == [
        b'%b %b "%b" %b .\n' % (graph, DIGEST, sha256(b"".join(graphs[graph])).hexdigest().encode(), graph)
        for graph in dict.fromkeys(line.split()[-2] for line in lines)
    ]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (f"{NAME}.claims.yaml", "speaker: macron", "speaker: micron"),
        (f"{NAME}.claims.yaml", "speaker: macron", "speaker: munich"),
        ("entities.yaml", "type: Country", "type: State"),
        ("corpus.yaml", "https://kg.example/", "kg.example"),
    ],
)
def test_nothing_is_written_of_a_corpus_that_is_wrong(seeds: Path, file: str, old: str, new: str) -> None:
    edited(seeds / file, old, new)
    assert [run(["export", "-o", "x.ttl"]), run(["export", "-o", "x.nq.gz"])] == [1, 1]
    assert sorted(path.name for path in Path().iterdir()) == ["seeds"]


def test_nothing_is_on_stdout_of_a_corpus_that_is_wrong(
    seeds: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    edited(seeds / f"{NAME}.claims.yaml", "speaker: macron", "speaker: micron")
    assert run(["export"]) == 1
    assert capfdbinary.readouterr().out == b""


def test_a_file_that_was_there_stays_where_the_corpus_is_wrong(seeds: Path) -> None:
    Path("x.ttl").write_text("before")
    edited(seeds / f"{NAME}.claims.yaml", "speaker: macron", "speaker: micron")
    assert run(["export", "-o", "x.ttl"]) == 1
    assert Path("x.ttl").read_text() == "before"


def test_what_breaks_only_the_shapes_can_be_insisted_on(
    seeds: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    edited(seeds / f"{NAME}.claims.yaml", "speaker: macron", "speaker: munich")
    assert run(["export"]) == 1
    assert run(["export", "--no-validate"]) == 0
    assert b"schema:author <entity/munich>" in capfdbinary.readouterr().out


def test_drafts_are_checked_and_not_written(seeds: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (seeds / "other.txt").write_text("date 2020-03 Ja, zei Macron.")
    draft = seeds / "other.claims.yaml"
    draft.write_text(
        "annotation: {by: editors, on: 2027-01-01, status: draft}\n"
        "claims: {c01: {speaker: macron, words: Ja, cue: zei, act: states}}\n"
    )
    with_draft = written("x.nq")
    draft.unlink()
    (seeds / "other.txt").unlink()
    assert with_draft == written("y.nq")
    (seeds / "other.txt").write_text("date 2020-03 Ja, zei Macron.")
    draft.write_text(
        "annotation: {by: editors, status: draft}\nclaims: {c01: {speaker: micron, words: Ja, act: states}}\n"
    )
    assert run(["export", "-o", "z.nq"]) == 1
    assert capsys.readouterr().err.startswith(f"{draft}:2:25: violation: `speaker` must name an entity")


def test_each_article_has_a_graph_with_the_digest_of_its_other_lines() -> None:
    lines = written("x.nq").decode().splitlines(keepends=True)
    digest = "<https://w3id.org/kg-claims#digest>"
    graphs = {line.rpartition("> .")[0].rpartition("<")[2] for line in lines}
    assert graphs == {f"https://kg.example/graph/{name}" for name in (f"article/{NAME}", "entities", "dataset")}
    for graph in graphs:
        own = [line for line in lines if line.endswith(f"<{graph}> .\n")]
        (stated,) = (line.split('"')[1] for line in own if digest in line)
        assert sha256("".join(sorted(line for line in own if digest not in line)).encode()).hexdigest() == stated


def test_no_line_is_written_twice() -> None:
    lines = written("x.nq").splitlines()
    assert len(lines) == len(set(lines))
    assert len(list(pyoxigraph.parse(path="x.nq"))) == len(lines)
