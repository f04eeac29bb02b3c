"""Publications on disk for the tests of `kg build`, and builds that are stopped at a chosen operation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from kg.errors import KgError
from kg.pipeline.article import MappedArticle
from kg.pipeline.publication import Publication, open_publication
from kg.publish.build import Built, build
from support.corpora import CONFIG, lay
from support.file_sets import Stop, Stopped, stopped

OLD = {
    "corpus.yaml": CONFIG + "annotators: {ann: {name: Ann}}\n",
    "a.txt": "date 2020-02-03 “Ja”, zei Ann B.\n",
    "a.claims.yaml": "annotation: {by: ann, on: 2020-03-01}\nclaims: {c01: {speaker: ann-b, words: Ja}}\n",
}
NEW = {
    **OLD,
    "b.txt": "date 2020-03 “Nee”, zei Ann B.\n",
    "b.claims.yaml": "annotation: {by: ann, on: 2020-04-01}\nclaims: {c01: {speaker: ann-b, words: Nee}}\n",
}
# One with all that a data set's description may say.
CORPUS = OLD | {"entities.yaml": "ann-b: {type: Person, name: Ann B}\nacme: {type: Organization, name: Acme}\n"}
CORPUS["corpus.yaml"] += "publisher: acme\n"


def opened(folder: Path, files: dict[str, str]) -> Publication:
    """Return a corpus of these files, laid into a folder and opened."""
    return open_publication(lay(folder, files), engine="none")


def built(publication: Publication, folder: Path) -> Built:
    """Build a publication into a folder."""
    return build(folder, publication.mapped_articles(), publication.index)


def failing_units() -> Iterator[MappedArticle]:
    """Be a corpus in which a mistake is found, so that its build is none."""
    raise KgError("a mistake")
    yield


def mend(publication: Publication, folder: Path) -> None:
    """Let a build put a folder right and then fail by a mistake in its corpus."""
    with suppress(KgError):
        build(folder, failing_units(), publication.index)


def stopped_build(publication: Publication, folder: Path, stop: Stop) -> Stopped:
    """Build in a forked process that stops on the way."""
    return stopped(lambda: built(publication, folder), folder.with_name("operations.json"), stop)
