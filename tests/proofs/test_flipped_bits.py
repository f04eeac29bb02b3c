"""A bit that flips in what kg has written is noticed by the next command that reads it, if it changes a quad.

Bits flip in exports of every RDF format, in publications, sites, caches and parts, and in stores by an update. A
flip that changes no quad, as in a blank or in a file's compression, need not be noticed and is counted apart.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pyoxigraph
import pytest
from pyoxigraph import RdfFormat

import kg
from kg import __version__
from kg.cli import run
from kg.errors import KgError
from kg.files.compression import decompression_errors, open_decompressed
from kg.files.manifests import read_sums
from kg.formats import FORMATS
from kg.formats.rdf_reader import media_type
from kg.pipeline.publication import open_publication
from kg.pipeline.run import RunPlan
from kg.publish.build import Built, build_in_jobs
from kg.query.load import load_document, load_partition
from kg.query.store import read_manifest
from support import SEEDS
from support.corpora import lay
from support.file_sets import snapshot
from support.parts import parts
from support.publications import NEW
from support.triple_servers import Server

pytestmark = pytest.mark.slow

SUFFIXES = (*(form.suffix for form in FORMATS.values()), ".nq.gz", ".ttl.zst")
Rounds = Callable[[int, int], int]
ShowFigure = Callable[[str], None]


class Count:
    """Counts flips: those that changed a quad, those of them that nobody noticed, and those that changed none."""

    def __init__(self) -> None:
        self.changing = self.harmless = 0
        self.unnoticed: list[str] = []

    def add(self, flip: str, *, changes: bool, noticed: bool) -> None:
        self.changing += changes
        self.harmless += not changes
        if changes and not noticed:
            self.unnoticed.append(flip)

    def sentence(self, where: str) -> str:
        flips, unnoticed = self.changing + self.harmless, len(self.unnoticed)
        changed = f"{self.changing} changed a quad, {unnoticed} of them unnoticed"
        return f"{flips} bits flipped in {where}: {changed}; {self.harmless} changed none"


def flip(file: Path, chance: random.Random) -> str:
    """Flip a bit of a file, and say which."""
    content = bytearray(file.read_bytes())
    at, bit = chance.randrange(len(content)), chance.randrange(8)
    content[at] ^= 1 << bit
    file.write_bytes(content)
    return f"{file.name}, byte {at}, bit {bit}"


def quads_of(file: Path) -> frozenset[str] | None:
    """Return the quads of a file; None if they cannot be read."""
    form = RdfFormat.from_media_type(media_type(str(file)))
    try:
        with open_decompressed(str(file)) as stream:
            return frozenset(map(str, pyoxigraph.parse(stream, format=form, base_iri="http://base.invalid/")))
    except (SyntaxError, ValueError, EOFError, OSError, *decompression_errors()):
        return None


def is_refused(load: Callable[..., object], *arguments: object) -> bool:
    try:
        load(*arguments, __version__)
    except KgError:
        return True
    return False


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Export the seeds in every RDF format, some of them compressed."""
    folder = tmp_path_factory.mktemp("exports")
    for suffix in SUFFIXES:
        assert run(["--quiet", "export", str(SEEDS), "-o", str(folder / f"seeds{suffix}")]) == 0
    return folder


def test_flips_in_exports_are_noticed_by_verify_and_by_load(
    exported: Path, tmp_path: Path, rounds: Rounds, show_figure: ShowFigure
) -> None:
    chance, count = random.Random(1), Count()
    for suffix in SUFFIXES:
        whole = exported / f"seeds{suffix}"
        quads = quads_of(whole)
        for _ in range(rounds(3, 50)):
            file = Path(shutil.copy(whole, tmp_path))
            flipped = flip(file, chance)
            refused = is_refused(load_document, tmp_path / "store", str(file), media_type(str(file)))
            count.add(flipped, changes=quads_of(file) != quads, noticed=refused and not kg.verify(file).ok)

    show_figure(count.sentence("exports"))
    assert count.unnoticed == []


def test_flips_in_parts_are_noticed_by_verify_and_by_load(
    exported: Path, tmp_path: Path, rounds: Rounds, show_figure: ShowFigure
) -> None:
    chance, count = random.Random(2), Count()
    lines = (exported / "seeds.nq").read_bytes().splitlines(keepends=True)
    wholes = {how: parts(tmp_path / how, lines, how) for how in ("nq", "gz")}
    for number in range(rounds(6, 100)):
        folder = tmp_path / "parts"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(wholes["gz" if number % 5 == 0 else "nq"], folder)
        file = chance.choice(sorted(folder.rglob("part-*")))
        before = quads_of(file)
        flipped = flip(file, chance)
        refused = is_refused(load_partition, tmp_path / "store", folder)
        count.add(flipped, changes=quads_of(file) != before, noticed=refused and not kg.verify(folder).ok)

    show_figure(count.sentence("parts"))
    assert count.unnoticed == []


def built(corpus: Path, folder: Path) -> Built:
    publication = open_publication(corpus)
    with publication.open_cache() as cache:
        return build_in_jobs(folder, publication, RunPlan(), lambda _done, _found: None, cache)


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KG_CACHE", str(tmp_path / "cache"))
    return lay(tmp_path / "corpus", NEW)


def test_flips_in_a_publication_are_named_by_the_next_build_and_not_copied(
    corpus: Path, tmp_path: Path, rounds: Rounds, show_figure: ShowFigure
) -> None:
    """Any flip of a bit is noticed here: a checksum covers every byte. Between builds, an article is edited."""
    chance, copied, unnamed = random.Random(3), [], []
    dist, number = tmp_path / "dist", rounds(8, 200)
    for each in range(number):
        (corpus / "a.txt").write_text(f"date 2020-02-03 “Ja”, zei Ann B. {each % 2}\n")
        built(corpus, dist)
        file = dist / chance.choice(sorted(read_sums(dist)))
        flipped = flip(file, chance)
        unnamed += [flipped] if kg.verify(dist).ok else []
        (corpus / "b.txt").write_text(f"date 2020-03 “Nee”, zei Ann B. {each}\n")
        unnamed += [flipped] if built(corpus, dist).changed != (file,) else []
        shutil.rmtree(tmp_path / "fresh", ignore_errors=True)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("KG_CACHE", "off")
            built(corpus, tmp_path / "fresh")
        copied += [flipped] if snapshot(dist) != snapshot(tmp_path / "fresh") else []

    show_figure(f"{number} bits flipped in publications: {len(copied)} copied by a build, {len(unnamed)} not named")
    assert (copied, unnamed) == ([], [])


def test_flips_in_caches_change_no_publication(
    corpus: Path, tmp_path: Path, rounds: Rounds, show_figure: ShowFigure
) -> None:
    chance, dist, wrong, number = random.Random(4), tmp_path / "dist", [], rounds(5, 100)
    built(corpus, dist)
    expected = snapshot(dist)
    for _ in range(number):
        built(corpus, dist)  # writes a cache, if the one before was so damaged that it was deleted
        (file,) = (tmp_path / "cache").glob("kg-*.sqlite")
        flipped = flip(file, chance)
        wrong += [flipped] if built(corpus, dist).changed or snapshot(dist) != expected else []

    show_figure(f"{number} bits flipped in caches: {len(wrong)} changed a publication")
    assert wrong == []


def test_flips_in_a_site_are_undone_by_the_next_run(
    corpus: Path, tmp_path: Path, rounds: Rounds, show_figure: ShowFigure
) -> None:
    """It compares the content of each page with what it has to be."""
    chance, kept, number = random.Random(6), [], rounds(2, 40)
    site = ["--quiet", "site", str(corpus), "-o", str(tmp_path / "site"), "--jobs", "1"]
    assert run(site) == 0
    expected = snapshot(tmp_path / "site")
    for _ in range(number):
        name = chance.choice(
            [name for name, content in expected.items() if content and not name.startswith(".kg-site")]
        )
        flipped = flip(tmp_path / "site" / name, chance)
        assert run(site) == 0
        kept += [flipped] if snapshot(tmp_path / "site") != expected else []

    show_figure(f"{number} bits flipped in sites: {len(kept)} left by the next `kg site`")
    assert kept == []


def flipped_quads(quads: list[pyoxigraph.Quad], chance: random.Random) -> Iterator[tuple[str, str]]:
    """Yield quads of a store at random, each as N-Quads and with a bit flipped that makes it another quad."""
    there = set(map(str, quads))
    while True:
        line = str(chance.choice(quads))
        content = bytearray(line.encode())
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        try:
            (other,) = pyoxigraph.parse(bytes(content) + b" .\n", format=RdfFormat.N_QUADS)
        except (SyntaxError, ValueError):  # no quad, or more than one
            continue
        if str(other) not in there and not isinstance(other.graph_name, pyoxigraph.DefaultGraph):
            yield line, str(other)


def test_flips_in_stores_by_updates_are_noticed_by_verify(
    servers: Callable[[str], Server], tmp_path: Path, rounds: Rounds, show_figure: ShowFigure
) -> None:
    """In a running Oxigraph, and in a store in a folder; then the update is undone."""
    chance, count, number = random.Random(5), Count(), rounds(8, 200)
    assert run(["--quiet", "load", str(tmp_path / "store"), str(SEEDS)]) == 0
    url = servers("oxigraph").url
    assert run(["--quiet", "load", url, str(SEEDS)]) == 0
    folder = tmp_path / "store" / read_manifest(tmp_path / "store").folder
    flips = flipped_quads(list(pyoxigraph.Store.read_only(str(folder))), chance)
    updates: dict[str, Callable[[str], object]] = {
        url: lambda update: httpx.post(f"{url}/update", data={"update": update}).raise_for_status(),
        str(tmp_path / "store"): lambda update: pyoxigraph.Store(str(folder)).update(update),
    }
    for (quad, flipped), target in zip(flips, [*updates] * (number // 2), strict=False):
        updates[target](exchange(quad, flipped))
        count.add(f"{quad} -> {flipped}", changes=True, noticed=not kg.verify(target).ok)
        updates[target](exchange(flipped, quad))
        assert kg.verify(target).ok, flipped

    show_figure(count.sentence("stores, by updates"))
    assert count.unnoticed == []


def exchange(old: str, new: str) -> str:
    """Return the update that puts a quad in the place of another."""
    return f"DELETE DATA {{ {in_graph(old)} }} ; INSERT DATA {{ {in_graph(new)} }}"


def in_graph(quad: str) -> str:
    triple, _, graph = quad.rpartition(" ")
    return f"GRAPH {graph} {{ {triple} }}"
