"""`kg verify`: what was changed, added or removed is noticed, and what is as kg wrote it is not."""

from __future__ import annotations

import gzip
import random
import shutil
from pathlib import Path

import pyoxigraph
import pytest
from pyoxigraph import RdfFormat

from kg.cli import run
from kg.formats import FORMATS, Format
from kg.query.store import read_manifest
from support import ROOT
from support.loaded import stores_of
from support.parts import parts
from support.query_cases import FOLDERS

DIST = ROOT / "dist"
GRAPH = "https://kg.example/graph/article/000_411f4785dd135aae"
CHANGED = f"a graph must be as kg wrote it, and {GRAPH} was changed: export or load it again [changed-graph]"
FLIPS = 60


class Verifies:
    """Runs `kg verify` and gives its status, its findings and its note."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def __call__(self, target: str | Path) -> tuple[int, list[str], str]:
        status = run(["verify", str(target)])
        out, err = self.capsys.readouterr()
        lines = [line.removeprefix(f"{target}: violation: ") for line in out.split("\n") if line.strip()]
        return status, lines, err


@pytest.fixture
def verify(capsys: pytest.CaptureFixture[str]) -> Verifies:
    return Verifies(capsys)


@pytest.fixture
def publication(tmp_path: Path) -> Path:
    return shutil.copytree(DIST, tmp_path / "dist")


@pytest.mark.parametrize("name", ["", *(f"kg{form.suffix}" for form in FORMATS.values())])
def test_what_kg_built_is_as_kg_wrote_it(name: str, verify: Verifies) -> None:
    files = "28 files, " if not name else ""

    assert verify(DIST / name) == (0, [], f"nothing to report: {files}3 graphs verified\n")


@pytest.mark.slow
def test_a_store_that_kg_loaded_is_as_kg_wrote_it(tmp_path: Path, verify: Verifies) -> None:
    for store in stores_of(FOLDERS, tmp_path).values():
        assert verify(store)[:2] == (0, [])


def test_a_store_can_be_verified_by_the_load_that_makes_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["load", "--no-pages", "--verify", str(tmp_path / "store"), str(DIST / "kg.nq")]) == 0
    assert capsys.readouterr().err == (
        f"{tmp_path}/store: 1761 triples in 3 graphs\nnothing to report: 3 graphs verified\n"
    )


def test_a_changed_word_is_noticed_in_the_file_and_in_the_graph(publication: Path, verify: Verifies) -> None:
    file = publication / "kg.nq"
    file.write_text(file.read_text().replace("hersendood", "geweldig"))

    assert verify(publication) == (
        1,
        [
            f"{file}: violation: a file must have the SHA-256 that SHA256SUMS gives, and this one was changed: "
            "make it again [changed-file]",
            f"{file}: violation: {CHANGED}",
        ],
        "2 violations in 1 file: 28 files, 3 graphs verified\n",
    )


def test_a_missing_file_is_noticed(publication: Path, verify: Verifies) -> None:
    (publication / "kg.ttl").unlink()

    status, found, _ = verify(publication)

    assert (status, found) == (
        1,
        [
            f"{publication / 'kg.ttl'}: violation: each file of SHA256SUMS must be there, and this one is missing: "
            "make or copy the folder again [missing-file]"
        ],
    )


def test_a_checksum_that_was_damaged_is_noticed(publication: Path, verify: Verifies) -> None:
    """Otherwise its file would not be compared."""
    sums = publication / "SHA256SUMS"
    lines = sums.read_text().splitlines(keepends=True)
    sums.write_text("".join([lines[0], "x" + lines[1][1:], *lines[2:]]))

    status, found, _ = verify(publication)

    assert (status, found[0]) == (
        1,
        f"{sums}:2: violation: each line of SHA256SUMS must be a SHA-256 and the name of a file, and this one is "
        "not: make or copy the folder again [damaged]",
    )


def test_a_graph_that_was_added_is_noticed(tmp_path: Path, verify: Verifies) -> None:
    file = tmp_path / "kg.nq.gz"
    added = b"<http://e/s> <http://e/p> <http://e/o> <http://e/g> .\n"
    file.write_bytes(gzip.compress((DIST / "kg.nq").read_bytes() + added))
    count = (DIST / "kg.nq").read_bytes().count(b"\n") - (DIST / "kg.nq").read_bytes().count(b"/graph/dataset> .\n")

    assert verify(file)[:2] == (
        1,
        [
            "a graph must contain its digest, and http://e/g has none: kg has not written it, or not to its end "
            "[changed-graph]",
            f"the graphs must have the {count} triples that the data set counts, and have {count + 1}: "
            "some were added [wrong-count]",
        ],
    )


def test_triples_that_were_removed_are_noticed(tmp_path: Path, verify: Verifies) -> None:
    file = tmp_path / "kg.nq"
    lines = (DIST / "kg.nq").read_text().splitlines(keepends=True)
    file.write_text("".join(line for line in lines if "/c14>" not in line))

    status, found, _ = verify(file)

    assert (status, found[0]) == (1, CHANGED)
    assert found[1].endswith("some are missing [wrong-count]")


def test_a_triple_that_was_changed_in_a_store_is_noticed(tmp_path: Path, verify: Verifies) -> None:
    store = stores_of({"seeds": FOLDERS["seeds"]}, tmp_path)["seeds"]
    opened = pyoxigraph.Store(str(store / read_manifest(store).folder))
    opened.update(
        'DELETE { GRAPH ?g { ?s ?p ?o } } INSERT { GRAPH ?g { ?s ?p "wonderful"@en } } '
        'WHERE { GRAPH ?g { ?s ?p ?o } FILTER(?o = "NATO is brain-dead."@en) }'
    )
    opened.flush()
    del opened

    assert verify(store)[:2] == (1, [CHANGED])


def test_a_file_beside_a_store_that_was_changed_is_noticed(tmp_path: Path, verify: Verifies) -> None:
    """`kg serve` sends it as it is."""
    assert run(["--quiet", "load", str(tmp_path / "store"), str(FOLDERS["seeds"])]) == 0
    (page,) = tmp_path.rglob("articles.en.html")
    page.write_text(page.read_text().replace("</html>", "<p>Mine.</html>"))

    assert verify(tmp_path / "store")[:2] == (
        1,
        [
            f"{page}: violation: a file must have the SHA-256 that SHA256SUMS gives, and this one was changed: "
            "make it again [changed-file]"
        ],
    )


def test_a_flipped_bit_in_any_table_of_a_store_is_noticed(tmp_path: Path, verify: Verifies) -> None:
    """Also in an index that this command does not read."""
    store = stores_of({"seeds": FOLDERS["seeds"]}, tmp_path)["seeds"]
    for table in sorted((store / read_manifest(store).folder).glob("*.sst")):
        whole = table.read_bytes()
        table.write_bytes(whole[:99] + bytes([whole[99] ^ 4]) + whole[100:])

        assert verify(store)[:2] == (
            1,
            [
                f"{table}: violation: a file must have the SHA-256 that SHA256SUMS gives, and this one was "
                "changed: make it again [changed-file]"
            ],
        )
        table.write_bytes(whole)


def test_every_flipped_bit_that_changes_a_quad_is_noticed(tmp_path: Path, verify: Verifies) -> None:
    """A flip that leaves the quads as they were, as in a blank, need not be."""
    content = (DIST / "kg.nq").read_bytes()
    quads = {str(quad) for quad in pyoxigraph.parse(content, format=pyoxigraph.RdfFormat.N_QUADS)}
    random_numbers = random.Random(7)
    file = tmp_path / "kg.nq"
    for _ in range(FLIPS):
        flipped = bytearray(content)
        flipped[random_numbers.randrange(len(content))] ^= 1 << random_numbers.randrange(8)
        file.write_bytes(flipped)

        assert verify(file)[0] == 1 or quads == {
            str(quad) for quad in pyoxigraph.parse(bytes(flipped), format=pyoxigraph.RdfFormat.N_QUADS)
        }


def test_a_file_that_is_not_rdf_is_a_finding(tmp_path: Path, verify: Verifies) -> None:
    file = tmp_path / "kg.nq"
    file.write_text("no quads\n")

    status, found, note = verify(file)

    assert (status, found[0].startswith(f"{file}:1:1: violation: this must be application/n-quads")) == (1, True)
    assert note == "1 violation in 1 file: nothing else could be verified\n"


@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
def test_a_changed_word_is_noticed_in_any_format(form: Format, tmp_path: Path, verify: Verifies) -> None:
    file = tmp_path / f"kg{form.suffix}"
    file.write_text((DIST / file.name).read_text().replace("hersendood", "geweldig"))

    status, found, note = verify(file)

    assert (status, "[changed-graph]" in found[0], GRAPH in "".join(found)) == (1, True, True)
    assert note == "1 violation in 1 file: 3 graphs verified\n"


@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
def test_triples_in_another_order_are_as_kg_wrote_them(form: Format, tmp_path: Path, verify: Verifies) -> None:
    """Another program has written the same triples, sorted."""
    rdf = RdfFormat.from_media_type(form.media_type)
    assert rdf
    quads = sorted(pyoxigraph.parse((DIST / f"kg{form.suffix}").read_bytes(), format=rdf), key=str)
    file = tmp_path / f"kg{form.suffix}"
    pyoxigraph.serialize(quads, str(file), format=rdf)

    assert verify(file) == (0, [], "nothing to report: 3 graphs verified\n")


def test_an_export_in_parts_is_verified(tmp_path: Path, verify: Verifies) -> None:
    lines = (DIST / "kg.nq").read_bytes().splitlines(keepends=True)
    folder = parts(tmp_path, lines)
    assert verify(folder) == (0, [], "nothing to report: 3 files, 3 graphs verified\n")
    part = folder / "run-1" / "part-00001.nq"
    part.write_bytes(part.read_bytes().replace(b"hersendood", b"hersenrood"))

    assert verify(folder)[:2] == (
        1,
        [
            f"{part}: violation: a part must have the SHA-256 that manifest.json gives, and this one has another: "
            "copy it again [damaged]"
        ],
    )


def test_what_has_no_digests_is_refused(verify: Verifies) -> None:
    folder = DIST / "ontology"

    assert verify(folder) == (
        2,
        [],
        f"kg: {folder}: there is no SHA256SUMS, kg-store.json or manifest.json in it. Name a publication, a store, "
        "an export in parts, or a file.\n",
    )
    assert "[no-dataset]" in verify(folder / "kg.ttl")[1][0]
