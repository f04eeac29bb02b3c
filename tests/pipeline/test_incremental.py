"""A run that takes what earlier runs found out says and writes what one does that knows nothing: byte for byte."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from kg.corpus import read_corpus
from kg.corpus.reader import located
from kg.errors import CorpusError
from kg.files.resources import shapes_files
from kg.findings.results import in_order
from kg.meaning import read_index
from kg.pipeline.cache import BuildCache
from kg.pipeline.publication import Publication, checker
from kg.pipeline.run import RunPlan, validate_publication
from kg.publish.build import build_in_jobs
from kg.shacl import compile_shapes
from support.edited_corpus import EditedCorpus
from support.file_sets import snapshot

pytestmark = pytest.mark.slow

LONG = os.environ.get("KG_TEST_LONG")
"""Set to a number: so many corpora are edited, others in each run."""
EDITS = 40
SHAPES = compile_shapes(shapes_files())


class StoppedError(Exception):
    """A run that was killed."""


@contextmanager
def room() -> Iterator[Path]:
    """Make a folder, in cache where that is possible: nothing here is about disks."""
    cache = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(dir=cache if os.access(cache, os.W_OK) else None))
    yield folder
    shutil.rmtree(folder)


def opened(folder: Path) -> Publication | tuple[object, ...]:
    """Open a corpus with shapes that are compiled once for all, or return what is wrong with its settings."""
    try:
        corpus = read_corpus(folder)
        return Publication(corpus, read_index(corpus), checker("kg", SHAPES))
    except CorpusError as error:
        return error.findings


def validated(publication: Publication, cache: BuildCache | None) -> object:
    """Return all that a validation says."""
    found = [
        (unit.id, unit.file, unit.line, unit.draft, unit.defines, unit.needs, unit.holds, unit.findings)
        for unit in publication.mapped_articles(cache)
    ]
    return found, in_order(located([finding for unit in found for finding in unit[-1]]))


def built(publication: Publication, folder: Path, cache: BuildCache | None) -> object:
    """Return all that a build says of the corpus, and writes."""
    try:
        said = build_in_jobs(folder, publication, RunPlan(), lambda _done, _found: None, cache)
    except CorpusError as error:
        return error.findings
    return said._replace(changed=()), snapshot(folder)


def be_stopped(publication: Publication, folder: Path, chance: Random) -> None:
    """Begin a run and be stopped after some articles."""
    left = iter(range(chance.randint(0, 5)))

    def stop(_done: int, _found: int) -> None:
        if next(left, None) is None:
            raise StoppedError

    with suppress(StoppedError, CorpusError), publication.open_cache() as cache:
        if chance.random() < 0.5:
            build_in_jobs(folder, publication, RunPlan(), stop, cache)
        else:
            validate_publication(publication, RunPlan(), stop, cache)


def damage(file: Path, chance: Random) -> None:
    """Change a byte, cut the file off, empty or double it; all at the time of the change before."""
    content = bytearray(file.read_bytes())
    times, at = file.stat(), chance.randrange(len(content) + 1)
    match chance.choice(["byte", "cut", "empty", "doubled"]):
        case "byte" if content:
            content[at - 1] ^= chance.randint(1, 255)
        case "cut":
            del content[at:]
        case "empty":
            content.clear()
        case "doubled":
            content *= 2
    file.write_bytes(content)
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))


def compare(publication: Publication, folder: Path, chance: Random) -> None:
    """Run with and without what is known, and compare."""
    with publication.open_cache() as cache:
        if chance.random() < 0.4:
            assert validated(publication, cache) == validated(publication, None)
            return
        found = built(publication, folder / chance.choice(["dist", "dist", "dist", "public"]), cache)
    shutil.rmtree(folder / "fresh", ignore_errors=True)
    assert found == built(publication, folder / "fresh", None)


@settings(
    max_examples=int(LONG or 10),
    deadline=None,
    derandomize=not LONG,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(st.integers(0, 2**64))
def test_after_any_edits_a_run_is_as_one_that_knows_nothing(seed: int) -> None:
    chance = Random(seed)
    with room() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("KG_CACHE", str(folder / "cache"))
        corpus = EditedCorpus(folder / "corpus", chance)
        for step in range(EDITS):
            corpus.write()
            publication = opened(corpus.folder)
            if isinstance(publication, Publication):
                note(f"step {step}: {corpus.log}")
                if chance.random() < 0.1:
                    be_stopped(publication, folder / "dist", chance)
                compare(publication, folder, chance)
            for _ in range(chance.choice([1, 1, 1, 3])):
                corpus.edit()
            spoilt = [
                *(folder / "cache").glob("kg-*.sqlite"),
                folder / "dist" / f"kg.{chance.choice(['nt', 'rdf'])}",
            ]
            if chance.random() < 0.15 and (file := chance.choice(spoilt)).exists():
                damage(file, chance)
