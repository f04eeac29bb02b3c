"""What a publication holds: the graph in every format, context, ontology, shapes, description and checksums."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, NamedTuple

from kg.build import sums
from kg.build.folder import publication_folder
from kg.build.staging import Staging
from kg.errors import CorpusError, Finding
from kg.findings import fails
from kg.formats import FORMATS, Format, Writer, write
from kg.formats.context import context
from kg.formats.json_layout import json_object
from kg.graph import Unit
from kg.mappers.dataset import COUNTED, Tally, tally
from kg.mappers.distribution import GraphFile, distributed_nodes
from kg.mappers.entity import entity_nodes
from kg.meaning import Index
from kg.publication import published
from kg.resources import published as resources
from kg.terms import Graph, Node
from kg.vocab import PREFIXES, SCHEMA

_NAME = "kg"
_DESCRIPTION = "dataset"
_DESCRIBED_IN = ("ttl", "jsonld")


class Built(NamedTuple):
    """What was written: the names of the files, the numbers of claims and triples, the warnings on the way."""

    files: tuple[str, ...]
    claims: int
    triples: int
    findings: tuple[Finding, ...]


def build(folder: Path, units: Iterable[Unit], index: Index) -> Built:
    """Write the publication of validated units into a folder, all or nothing.

    Raises `CorpusError` with all findings where one is a violation, `FileError` where a file system fails; then
    the folder is as it was.
    """
    findings: list[Finding] = []
    with publication_folder(folder) as staging:
        seen = _Seen(published(units, findings))
        _write_graphs(seen, index, staging)
        if fails(findings, "violation"):
            raise CorpusError(findings)
        staging.write("context.jsonld", _context().encode())
        _copy_resources(staging)
        _write_description(seen.last, index, staging)
        staging.write(sums.NAME, sums.sums(staging.files.values()).encode())
    claims = seen.total.instances[COUNTED.index(SCHEMA.Claim)]
    return Built(tuple(sorted(staging.files)), claims, seen.total.triples, tuple(findings))


class _Seen:
    """Graphs on their way to the writers: counted, the last one kept, which describes the data set."""

    def __init__(self, graphs: Iterable[Graph]) -> None:
        self.graphs = graphs
        self.total = Tally()

    def __iter__(self) -> Iterator[Graph]:
        for graph in self.graphs:
            self.last = graph
            self.total += tally(graph)
            yield graph


def _write_graphs(graphs: Iterable[Graph], index: Index, staging: Staging) -> None:
    """Write the graphs in every format in one pass, holding one graph at a time."""
    with ExitStack() as open_files:
        documents = [
            _Document(
                open_files.enter_context(staging.file(_file_name(form))), form.writer(PREFIXES, index.iris.base)
            )
            for form in FORMATS.values()
        ]
        for graph in graphs:
            for document in documents:
                document.add(graph)
        for document in documents:
            document.end()


class _Document:
    """A document on its way to a file, to which graphs are given; `kg.formats.write` takes them instead."""

    def __init__(self, stream: IO[bytes], writer: Writer) -> None:
        self.stream = stream
        self.writer = writer
        self.between = ""
        stream.write(writer.head().encode())

    def add(self, graph: Graph) -> None:
        if part := self.writer.graph(graph):
            self.stream.write((self.between + part).encode())
            self.between = self.writer.between

    def end(self) -> None:
        self.stream.write(self.writer.tail.encode())


def _copy_resources(staging: Staging) -> None:
    for name in ("ontology", "shapes"):
        folder = resources("ontology" if name == "ontology" else "shapes")
        for path in sorted(folder.rglob("*.ttl")):
            staging.write(f"{name}/{path.relative_to(folder).as_posix()}", path.read_bytes())


def _write_description(about: Graph, index: Index, staging: Staging) -> None:
    """Write what the data set is and what its files are; it stands in none of them: no file knows its own hash."""
    files = [_graph_file(form, staging) for form in FORMATS.values()]
    nodes = [
        # Not the digest, which is about the named graph.
        *distributed_nodes(
            (node for node in about.nodes if node.subject != about.iri), files, index.dataset, index.iris
        ),
        *_publisher_nodes(index),
    ]
    for name in _DESCRIBED_IN:
        form = FORMATS[name]
        document = write([Graph(about.iri, nodes)], form.writer(PREFIXES, index.iris.base))
        staging.write(_DESCRIPTION + form.suffix, "".join(document).encode())


def _publisher_nodes(index: Index) -> list[Node]:
    """Return the publisher, so that a catalogue which reads the description alone knows the name."""
    publisher = index.dataset.publisher
    return [
        node
        for entity in index.entities.values()
        if entity.iri == publisher
        for node in entity_nodes(entity, index.iris)
    ]


def _graph_file(form: Format, staging: Staging) -> GraphFile:
    file = staging.files[_file_name(form)]
    return GraphFile(form.name, file.name, form.media_type, file.size, file.sha256)


def _file_name(form: Format) -> str:
    return _NAME + form.suffix


def _context() -> str:
    members = [(key, json.dumps(entry, ensure_ascii=False)) for key, entry in context(PREFIXES).items()]
    return json_object([("@context", json_object(members, "  "))], "") + "\n"
