"""The files of a publication: the graph in every format, context, ontology, shapes, description and checksums."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from itertools import zip_longest
from pathlib import Path
from typing import IO, NamedTuple

from kg.errors import CorpusError, Finding
from kg.files.file_sets import FileSetKind, StagedFile, Staging, replace_file_set
from kg.files.resources import published as resources
from kg.findings.results import fails
from kg.formats import FORMATS, Format, write
from kg.formats.jsonld import json_object
from kg.formats.jsonld_context import context
from kg.mappers.dataset import COUNTED, GraphFile, distributed_nodes
from kg.mappers.entity import entity_nodes
from kg.meaning import CorpusIndex
from kg.pipeline.article import MappedArticle
from kg.pipeline.cache import Memory
from kg.pipeline.cache.stats import as_stat
from kg.pipeline.documents import ArticleSink, Document
from kg.pipeline.jobs import Plan, Progress, prefer_one_process, write_publication, write_units
from kg.pipeline.publication import Publication
from kg.publish.build.incremental_document import IncrementalDocument, write_incremental
from kg.rdf.terms import Graph, Node
from kg.rdf.vocab import PREFIXES, SCHEMA

_NAME = "kg"
_DESCRIPTION = "dataset"
_DESCRIBED_IN = ("ttl", "jsonld")
PUBLICATION = FileSetKind("kg build", "publication", ".kg-build", frozenset({"dataset.ttl", "kg.nt"}))


class Built(NamedTuple):
    """What was written: the names of the files, the numbers of claims and triples, and the warnings."""

    files: tuple[str, ...]
    claims: int
    triples: int
    findings: tuple[Finding, ...]


def build(folder: Path, units: Iterable[MappedArticle], index: CorpusIndex) -> Built:
    """Write the publication of validated articles into a folder, all or nothing.

    Raises `CorpusError` with all findings if one is a violation, `FileError` if the file system fails; then the
    folder stays as it was.
    """
    return _built(*_build(folder, index, lambda documents, _: write_units(units, documents)))


def build_in_jobs(
    folder: Path, publication: Publication, plan: Plan, progress: Progress, memory: Memory | None = None
) -> Built:
    """Write the publication by the processes of a plan; text that `memory` knows is copied from the earlier one."""

    def write(documents: Sequence[Document], parts: Path) -> ArticleSink:
        return write_publication(publication, documents, plan._replace(beside=parts), progress, memory)

    names = [_file_name(form) for form in FORMATS.values()]
    with ExitStack() as opened:
        earlier: Sequence[IO[bytes]] = []
        if memory:
            earlier = opened.enter_context(memory.documents(names))
            plan = prefer_one_process(plan, publication, memory)
        outcome, files = _build(folder, publication.index, write, earlier if plan.jobs == 1 else [])
    if memory:
        memory.publish(folder, {name: as_stat(files[name].stat) for name in names}, outcome.extents)
    return _built(outcome, files)


def _build(
    folder: Path,
    index: CorpusIndex,
    write: Callable[[Sequence[Document], Path], ArticleSink],
    earlier: Sequence[IO[bytes]] = (),
) -> tuple[ArticleSink, Mapping[str, StagedFile]]:
    with replace_file_set(folder, PUBLICATION) as staging:
        outcome = _write_documents(index, staging, write, earlier)
        staging.write("context.jsonld", _context().encode())
        _copy_resources(staging)
        assert outcome.last
        _write_description(outcome.last, index, staging)
    return outcome, staging.files


def _built(outcome: ArticleSink, files: Iterable[str]) -> Built:
    claims = outcome.total.instances[COUNTED.index(SCHEMA.Claim)]
    return Built(tuple(sorted(files)), claims, outcome.total.triples, tuple(outcome.findings))


def _write_documents(
    index: CorpusIndex,
    staging: Staging,
    write: Callable[[Sequence[Document], Path], ArticleSink],
    earlier: Sequence[IO[bytes]],
) -> ArticleSink:
    """Write the graph in every format; if there are `earlier` documents, with text copied from them."""
    base = index.iris.base
    incremental: list[IncrementalDocument] = []
    documents: list[Document] = []
    with ExitStack() as files:
        for form, stream in zip_longest(FORMATS.values(), earlier):
            name = _file_name(form)
            if stream:
                scratch = files.enter_context(staging.scratch(name))
                incremental.append(IncrementalDocument(form, scratch, base, earlier=stream))
                documents.append(incremental[-1])
            else:
                documents.append(Document(form, files.enter_context(staging.file(name)), base))
        outcome = write(documents, staging.folder)
        if outcome.last is None or fails(outcome.findings, "violation"):
            raise CorpusError(outcome.findings)
        write_incremental(((_file_name(each.form), each) for each in incremental), staging)
    for stream in earlier:
        stream.close()  # some systems cannot replace an open file
    return outcome


def _copy_resources(staging: Staging) -> None:
    for name in ("ontology", "shapes"):
        folder = resources("ontology" if name == "ontology" else "shapes")
        for path in sorted(folder.rglob("*.ttl")):
            staging.write(f"{name}/{path.relative_to(folder).as_posix()}", path.read_bytes())


def _write_description(about: Graph, index: CorpusIndex, staging: Staging) -> None:
    """Describe the data set and its files, in files of their own: a file cannot contain its own hash."""
    files = [_graph_file(form, staging) for form in FORMATS.values()]
    nodes = [
        # Without the digest, which is about the named graph.
        *distributed_nodes(
            (node for node in about.nodes if node.subject != about.iri), files, index.dataset, index.iris
        ),
        *_publisher_nodes(index),
    ]
    for name in _DESCRIBED_IN:
        form = FORMATS[name]
        document = write([Graph(about.iri, nodes)], form.writer(PREFIXES, index.iris.base))
        staging.write(_DESCRIPTION + form.suffix, "".join(document).encode())


def _publisher_nodes(index: CorpusIndex) -> list[Node]:
    """Return the publisher's nodes, so that a catalogue that reads only the description finds the name."""
    publisher = index.dataset.publisher
    return [
        node
        for entity in index.entities.values()
        if entity.iri == publisher
        for node in entity_nodes(entity, index.iris)
    ]


def _graph_file(form: Format, staging: Staging) -> GraphFile:
    name, size, sha256 = staging.files[_file_name(form)].sum
    return GraphFile(form.name, name, form.media_type, size, sha256)


def _file_name(form: Format) -> str:
    return _NAME + form.suffix


def _context() -> str:
    members = [(key, json.dumps(entry, ensure_ascii=False)) for key, entry in context(PREFIXES).items()]
    return json_object([("@context", json_object(members, "  "))], "") + "\n"
