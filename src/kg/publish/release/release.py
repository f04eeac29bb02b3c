"""Makes a release of a corpus in a new folder: whole, or not at all. A release that exists is never changed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import IO, NamedTuple

from msgspec.structs import replace

from kg.errors import FileError, Finding, UsageError, reason_of
from kg.files.atomic_writes import atomic_folder, folder_unless_empty, is_temporary
from kg.files.file_sets import Staging
from kg.files.locks import locked
from kg.files.manifests import SUMS, manifest_json, sums_text
from kg.files.temporary import Spool
from kg.formats import format_for
from kg.history.changes import Change
from kg.history.diff_report import report, summary
from kg.history.graph_content import graph_changes
from kg.history.quad_comparison import DATASET, Extent, QuadSource, compare_quads, graph_extents, rdf_patch
from kg.history.releases import (
    ALL_GRAPHS,
    CLAIMS,
    GRAPHS,
    MANIFEST,
    ReleaseFolder,
    ReleaseManifest,
    check_follows,
    check_version,
    first_history,
    free_release_folder,
    history,
    release_quads,
    releases_in,
    revisions,
    write_index,
)
from kg.meaning import read_index
from kg.pipeline.documents import Document
from kg.pipeline.publication import Publication, refuse_violations
from kg.pipeline.run import Progress, RunPlan, write_publication
from kg.publish.build import Built, build_into
from kg.publish.release.feed import FEED, feed
from kg.publish.release.metadata import RO_CRATE, ReleaseDescription
from kg.rdf.terms import Node, date

Watch = Callable[[str], AbstractContextManager[Progress]]
"""Opens a progress bar with a label."""


class ReleaseRequest(NamedTuple):
    """The version, the day on which it is issued, its folder, and how it is made."""

    version: str
    issued: str
    folder: Path
    plan: RunPlan
    watch: Watch


class Released(NamedTuple):
    """What was made: the publication, the changes since the previous release, and notes for the publisher."""

    built: Built
    previous: str
    changes: list[Change]
    notes: tuple[str, ...]

    @property
    def summary(self) -> str:
        """What happened, in a line."""
        return f"{summary(self.changes)} since {self.previous}" if self.previous else "the first release"

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The warnings."""
        return self.built.findings


def make_release(publication: Publication, request: ReleaseRequest) -> Released:
    """Validate a corpus and write a release of it, with what changed since the last one beside it.

    Raises `UsageError` if the release exists, or its version or day cannot be; `CorpusError` with all findings if
    one is a violation; `FileError` if nothing can be written there. Then nothing is written.
    """
    _check(request)
    folder = request.folder.absolute()
    free_release_folder(folder)
    busy = f"{folder.parent}: another `kg release` is writing here: wait until it has ended."
    own = folder.parent / ".kg-release"
    with ExitStack() as held:
        try:
            held.enter_context(folder_unless_empty(folder.parent))
            held.enter_context(locked(own / "lock", busy))
        except OSError as error:
            raise FileError(
                f"{folder.parent}: nothing can be written here: {reason_of(error, folder.parent)}: name another "
                "folder with --output."
            ) from error
        free_release_folder(folder)
        _delete_leftovers(own)
        earlier = _previous(folder.parent, request)
        manifest = ReleaseManifest(
            version=request.version,
            issued=request.issued,
            base=publication.index.iris.base,
            previous=earlier.manifest.version if earlier else "",
            moved_from=publication.index.dataset.moved_from,
        )
        with atomic_folder(folder, within=own) as staged:
            return _Release(_dated(publication, manifest), manifest, request).write(Staging(staged), earlier)


def _check(request: ReleaseRequest) -> None:
    check_version(request.version)
    try:
        is_day = len(request.issued) == 10 and bool(date(request.issued))
    except ValueError:
        is_day = False
    if not is_day:
        raise UsageError(f"{request.issued!r}: a release is issued on a day: give --issued as 2026-12-01.")


def _delete_leftovers(folder: Path) -> None:
    """Delete what a killed release left in a folder in which only releases write; this one has its lock."""
    for path in folder.iterdir():
        if is_temporary(path.name) and path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)


def _previous(folder: Path, request: ReleaseRequest) -> ReleaseFolder | None:
    """Return the last release in a folder. Raises `UsageError` if the new one cannot follow it."""
    found = releases_in(folder)
    if same := [each for each in found if each.manifest.version == request.version]:
        raise UsageError(f"{same[0].path}: version {request.version} is released already: give the next version.")
    if not found:
        return None
    last = found[-1].manifest
    if last.issued > request.issued:
        raise UsageError(
            f"{found[-1].path}: it was issued on {last.issued}, after {request.issued}: give a day not before that."
        )
    check_follows(request.version, found[-1])
    return found[-1]


def _dated(publication: Publication, manifest: ReleaseManifest) -> Publication:
    """Return the publication with the version and the day of the release, whatever corpus.yaml says."""
    config = replace(publication.corpus.config, version=manifest.version, issued=manifest.issued)
    corpus = replace(publication.corpus, config=config)
    return replace(publication, corpus=corpus, index=read_index(corpus))


class _Release:
    """A release that is being written."""

    def __init__(self, publication: Publication, manifest: ReleaseManifest, request: ReleaseRequest) -> None:
        self._publication = publication
        self._manifest = manifest
        self._request = request
        self._description = ReleaseDescription(publication.index, manifest)
        self._compared: dict[str, str] = {}
        """The digest of each graph of annotations when it was compared with the previous release."""

    def write(self, staging: Staging, earlier: ReleaseFolder | None) -> Released:
        """Write all files."""
        releases = self._history(earlier)
        publication = replace(self._publication, index=replace(self._publication.index, releases=releases))
        with self._request.watch("Writing") as progress:
            built = build_into(staging, publication, self._request.plan, progress)
        self._write_index(staging)
        changes = self._write_changes(staging, earlier)
        title = self._description.title
        staging.write(FEED, "".join(feed(changes, self._manifest, title)).encode())
        for name, content in self._description.files():
            staging.write(name, content)
        staging.write(MANIFEST, manifest_json(self._manifest))
        staging.write(RO_CRATE, self._description.crate(sorted(staging.sums())))
        staging.write(SUMS, sums_text(staging.sums()).encode())
        missing = self._description.missing()
        built = built._replace(files=tuple(sorted(staging.files)))
        return Released(built, self._manifest.previous, changes, tuple(filter(None, (built.note, missing))))

    def _history(self, earlier: ReleaseFolder | None) -> tuple[Node, ...]:
        """Return what the graph of releases says; for that, the corpus is compared with the previous release."""
        iris = self._publication.index.iris
        if earlier is None:
            return first_history(iris, self._manifest)
        with Spool() as spool, release_quads(earlier) as old:
            document = Document(format_for("nq", self._publication.index), spool, iris.base)
            plan = self._request.plan
            with self._request.watch("Comparing") as progress:
                written = write_publication(self._publication, [document], plan, progress)
            refuse_violations(written.findings)
            with spool.reading() as stream:
                extents = list(graph_extents(stream, iris.base))
            self._compared = _digests(extents)
            new = QuadSource("", iris.base, spool.read, extents)
            with compare_quads(old, new) as comparison:
                return history(iris, self._manifest, old, revisions(comparison))

    def _write_index(self, staging: Staging) -> None:
        with (
            (staging.folder / ALL_GRAPHS).open("rb") as nq,
            staging.file(GRAPHS) as graphs,
            staging.file(CLAIMS) as claims,
        ):
            write_index(nq, self._manifest.base, graphs, claims)

    def _write_changes(self, staging: Staging, earlier: ReleaseFolder | None) -> list[Change]:
        """Write what changed since the previous release, in each form, and return it."""
        if earlier is None:
            staging.write("CHANGES.md", f"# {self._manifest.version}\n\nThe first release.\n".encode())
            return []
        new = ReleaseFolder(staging.folder, self._manifest)
        with ExitStack() as sources:
            old, now = (sources.enter_context(release_quads(each)) for each in (earlier, new))
            if _digests(now.extents) != self._compared:
                raise FileError(
                    f"{self._publication.corpus.root}: somebody changed the corpus while the release was made, so "
                    "nothing was written: make it again when nobody writes."
                )
            comparison = sources.enter_context(compare_quads(old, now))
            changes = list(graph_changes(comparison))
            with staging.file("changes.rdfp") as patch:
                _write_all(patch, rdf_patch(comparison))
        names = (earlier.manifest.version, self._manifest.version)
        head = f"# {names[1]}\n\nSince {names[0]}, issued on {earlier.manifest.issued}:\n\n"
        for name, form in (("CHANGES.md", "markdown"), ("changes.html", "html"), ("changes.json", "json")):
            text = report(form, changes, names)
            staging.write(name, f"{head if form == 'markdown' else ''}{text}".encode())
        return changes


def _digests(extents: Iterable[Extent]) -> dict[str, str]:
    """Return the digests of the graphs that a release does not change: all but those about the data set."""
    return {each.graph: each.digest for each in extents if each.block != DATASET}


def _write_all(stream: IO[bytes], pieces: Iterator[bytes]) -> None:
    for piece in pieces:
        stream.write(piece)
