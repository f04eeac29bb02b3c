"""The folder of a publication: somebody else's files, corpora that are wrong, two builds at once."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

import pytest

from kg.errors import CorpusError, FileError
from kg.files.file_sets import replace_file_set
from kg.pipeline.publication import Publication
from kg.publish.build.contents import PUBLICATION
from support.publications import FOREIGN, NEW, OLD, built, lay_beside, mend, needs_fork, opened, snapshot


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("corpora")


@pytest.fixture(scope="module")
def old(room: Path) -> Publication:
    return opened(room / "old", OLD)


@pytest.fixture(scope="module")
def new(room: Path) -> Publication:
    return opened(room / "new", NEW)


def test_a_first_build_that_fails_leaves_no_folder(tmp_path: Path, new: Publication) -> None:
    mend(new, tmp_path / "public" / "dist")

    assert snapshot(tmp_path) == {}


def test_an_invalid_corpus_leaves_the_folder_as_it_was(tmp_path: Path, old: Publication) -> None:
    """All that is wrong with the corpus is told."""
    folder = tmp_path / "dist"
    built(old, folder)
    before = snapshot(folder)
    claims = "claims: {c01: {speaker: ann-c, words: Ja}}\n"
    wrong = opened(tmp_path / "corpus", {**OLD, "a.claims.yaml": claims, "c.txt": "Ja", "c.claims.yaml": claims})

    with pytest.raises(CorpusError) as raised:
        built(wrong, folder)

    assert [(each.severity, each.rule) for each in raised.value.findings].count(
        ("violation", "unknown-reference")
    ) == 2
    assert snapshot(folder) == before


def test_the_file_of_somebody_else_is_not_overwritten(tmp_path: Path, new: Publication) -> None:
    """No list of an earlier build names it: it is somebody's own."""
    (tmp_path / "dist" / "shapes").mkdir(parents=True)
    (tmp_path / "dist" / "shapes" / "claim.ttl").write_text("# mine")
    before = snapshot(tmp_path / "dist")

    with pytest.raises(FileError, match=r"shapes.claim\.ttl: this is not a file that `kg build` wrote"):
        built(new, tmp_path / "dist")

    assert snapshot(tmp_path / "dist") == before


def test_a_list_of_checksums_that_is_not_ours_names_no_files_of_ours(tmp_path: Path, new: Publication) -> None:
    """Somebody's SHA256SUMS stays, and so do the files in it."""
    (tmp_path / "image.iso").write_bytes(b"x")
    (tmp_path / "SHA256SUMS").write_text(f"{hashlib.sha256(b'x').hexdigest()}  image.iso\n")
    before = snapshot(tmp_path)

    with pytest.raises(FileError, match="SHA256SUMS: this is not a file that"):
        built(new, tmp_path)

    assert snapshot(tmp_path) == before


def test_a_file_that_no_longer_belongs_but_was_changed_stays(
    tmp_path: Path, old: Publication, new: Publication
) -> None:
    built(old, tmp_path)
    lay_beside(tmp_path)
    (tmp_path / "kg.hdt").write_bytes(b"changed")
    built(new, tmp_path)

    assert (tmp_path / "kg.hdt").read_bytes() == b"changed"
    assert not (tmp_path / "queries").exists()


@pytest.mark.parametrize("name", ["../kept.txt", "/etc/hostname", "a/../../kept.txt", ".kg-build/lock", "C:x", ""])
def test_a_list_of_checksums_leads_nowhere_else(tmp_path: Path, old: Publication, name: str) -> None:
    folder = tmp_path / "dist"
    (tmp_path / "kept.txt").write_bytes(b"x")
    built(old, folder)
    with (folder / "SHA256SUMS").open("a") as stream:
        stream.write(f"{hashlib.sha256(b'x').hexdigest()}  {name}\n")
    built(old, folder)

    assert (tmp_path / "kept.txt").read_bytes() == b"x"


def test_a_symbolic_link_inside_the_folder_is_not_followed(tmp_path: Path, new: Publication) -> None:
    """A link to a folder elsewhere would have its files replaced."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "shapes").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(FileError, match="shapes: this is not a file that"):
        built(new, tmp_path / "dist")

    assert snapshot(tmp_path / "elsewhere") == {}


def test_the_folder_itself_may_be_a_symbolic_link(tmp_path: Path, new: Publication) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "dist").symlink_to(tmp_path / "elsewhere")
    built(new, tmp_path / "dist")
    built(new, tmp_path / "dist")

    assert (tmp_path / "elsewhere" / "kg.ttl").is_file()


@pytest.mark.parametrize("journal", ["", "{", "[]", '{"install": ["../x"], "saved": [], "folders": []}'])
def test_a_journal_that_no_build_wrote_is_refused(tmp_path: Path, new: Publication, journal: str) -> None:
    (tmp_path / PUBLICATION.work_folder).mkdir()
    (tmp_path / PUBLICATION.work_folder / "journal").write_text(journal)

    with pytest.raises(FileError, match="this journal was not written by `kg build`"):
        built(new, tmp_path)


@needs_fork
def test_the_lock_ends_with_its_process(tmp_path: Path, old: Publication, new: Publication) -> None:
    """While a build is at work the next is refused; when it is killed its lock is nobody's."""
    folder = tmp_path / "dist"
    built(old, folder)
    ready, tell = os.pipe()
    process = os.fork()
    if process == 0:
        with replace_file_set(folder, PUBLICATION):
            os.write(tell, b"!")
            signal.pause()
        os._exit(70)
    os.read(ready, 1)

    with pytest.raises(FileError, match="another `kg build` is writing into this folder: wait until it has ended"):
        built(new, folder)

    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    built(new, folder)
    assert not (folder / PUBLICATION.work_folder).exists()


def test_builds_at_the_same_time_leave_one_whole_publication(
    tmp_path: Path, old: Publication, new: Publication, room: Path
) -> None:
    """Each either builds or is refused."""
    expected = []
    for publication in (old, new):
        built(publication, tmp_path / "alone")
        expected.append(snapshot(tmp_path / "alone"))
    command = [sys.executable, "-m", "kg", "build", "--output", tmp_path / "dist"]
    builds = [
        subprocess.Popen([*command, room / ("old", "new")[number % 2]], stderr=subprocess.DEVNULL)
        for number in range(8)
    ]

    assert {process.wait() for process in builds} <= {0, 3}
    assert snapshot(tmp_path / "dist") in expected


def test_a_reader_sees_each_file_whole_while_it_is_replaced(
    tmp_path: Path, old: Publication, new: Publication
) -> None:
    seen, stop = set(), Event()
    built(old, tmp_path)
    whole = {(tmp_path / "kg.nq").read_bytes()}

    def read() -> None:
        while not stop.is_set():
            seen.add((tmp_path / "kg.nq").read_bytes())

    reader = Thread(target=read)
    reader.start()
    for publication in (new, old, new, old):
        built(publication, tmp_path)
        whole.add((tmp_path / "kg.nq").read_bytes())
    stop.set()
    reader.join()

    assert seen <= whole


def test_other_files_are_left_alone(tmp_path: Path, old: Publication, new: Publication) -> None:
    built(old, tmp_path)
    lay_beside(tmp_path)
    stamps = {name: (tmp_path / name).stat().st_mtime_ns for name in FOREIGN}
    built(new, tmp_path)

    assert {name: (tmp_path / name).stat().st_mtime_ns for name in FOREIGN} == stamps
    assert {name: (tmp_path / name).read_bytes() for name in FOREIGN} == FOREIGN
