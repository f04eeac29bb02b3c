"""The files of a publication: the graph in every format, context, ontology, shapes, description and checksums."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Literal, NamedTuple

from kg.errors import CorpusError, Finding
from kg.files.file_sets import FileSetKind, Staging, replace_file_set
from kg.files.resources import resource_folder
from kg.findings.results import fails
from kg.formats import FORMATS, write
from kg.formats.jsonld import context, json_object
from kg.mappers.dataset import COUNTED, GraphFile, distributed_nodes
from kg.mappers.entity import annotator_node, entity_nodes
from kg.meaning import CorpusIndex
from kg.pipeline.article import MappedArticle
from kg.pipeline.cache import BuildCache, EarlierFiles
from kg.pipeline.documents import ArticleSink, Document
from kg.pipeline.publication import Publication
from kg.pipeline.run import Progress, RunPlan, prefer_one_process, run_into, write_articles
from kg.publish.build.incremental_document import IncrementalDocument, IncrementalSink, write_incremental
from kg.rdf.terms import Graph, Iri, Node, by_subject
from kg.rdf.vocab import FOAF, PREFIXES, RDF, SCHEMA

_DOCUMENTS = {f"kg{form.suffix}": form for form in FORMATS.values()}
_DESCRIPTION = "dataset"
_DESCRIBED_IN = ("ttl", "jsonld")
PUBLICATION = FileSetKind("kg build", "publication", ".kg-build", frozenset({"dataset.ttl", "kg.nt"}))


class Built(NamedTuple):
    """What was written: the names of the files, the numbers of claims and triples, and the warnings.

    `changed` are files that were changed since an earlier build wrote them; none of that is in the publication.
    `note` says that there was nothing to publish.
    """

    files: tuple[str, ...]
    claims: int
    triples: int
    findings: tuple[Finding, ...]
    changed: tuple[Path, ...] = ()
    note: str = ""


def build(folder: Path, articles: Iterable[MappedArticle], index: CorpusIndex) -> Built:
    """Write the publication of validated articles into a folder, all or nothing.

    Raises `CorpusError` with all findings if one is a violation, `FileError` if the file system fails; then the
    folder stays as it was.
    """
    with replace_file_set(folder, PUBLICATION) as staging:
        with ExitStack() as files:
            outcome = write_articles(articles, _new_documents(index, staging, files))
            _require_valid(outcome)
        _write_rest(outcome, index, staging)
    return _built(outcome, staging)


def build_in_jobs(
    folder: Path, publication: Publication, plan: RunPlan, progress: Progress, cache: BuildCache | None = None
) -> Built:
    """Write the publication by the processes of a plan.

    The text of articles that `cache` knows is copied from the publication that the last build wrote, unless a file
    of that was changed: then every article is mapped.
    """
    with replace_file_set(folder, PUBLICATION) as staging:
        built = build_into(staging, publication, plan, progress, cache)
    if cache:
        cache.publish(folder, [staging.files[name] for name in _DOCUMENTS])
    return built._replace(files=tuple(sorted(staging.files)), changed=staging.changed)


def build_into(
    staging: Staging, publication: Publication, plan: RunPlan, progress: Progress, cache: BuildCache | None = None
) -> Built:
    """Write the files of a publication, but for their sums, as `build_in_jobs` does."""
    plan = plan._replace(beside=staging.folder)
    outcome = _copied(publication, staging, plan, progress, cache) if cache else None
    if outcome is None:
        with ExitStack() as files:
            documents = _new_documents(publication.index, staging, files)
            sink = IncrementalSink(documents, cache) if cache else ArticleSink(documents)
            outcome = run_into(sink, publication, plan, progress, cache)
            _require_valid(outcome)
    _write_rest(outcome, publication.index, staging)
    return _built(outcome, staging)


def _copied(
    publication: Publication, staging: Staging, plan: RunPlan, progress: Progress, cache: BuildCache
) -> ArticleSink | None:
    """Write the documents with text that is copied from the earlier publication.

    Return None, and write nothing, if that is missing, was changed, or has too little that is still true.
    """
    with cache.open_documents(list(_DOCUMENTS)) as earlier, ExitStack() as files:
        if not earlier.streams or prefer_one_process(plan, publication, cache).jobs > 1:
            return None
        documents = _incremental_documents(publication.index, staging, files, earlier)
        sink = IncrementalSink(documents.values(), cache)
        outcome = run_into(sink, publication, plan._replace(jobs=1), progress, cache)
        _require_valid(outcome)
        found = write_incremental(documents, staging)
    staging.read_before |= {earlier.folder / name: sha256 for name, sha256 in found.items()}
    if found == earlier.sha256:
        return outcome
    staging.discard()
    progress(-outcome.articles, 0)  # they are counted again
    return None


def _new_documents(index: CorpusIndex, staging: Staging, files: ExitStack) -> list[Document]:
    """Open a document in every format."""
    return [
        Document(form, files.enter_context(staging.file(name)), index.iris.base)
        for name, form in _DOCUMENTS.items()
    ]


def _incremental_documents(
    index: CorpusIndex, staging: Staging, files: ExitStack, earlier: EarlierFiles
) -> dict[str, IncrementalDocument]:
    """Open a document in every format, into which text can be copied from an earlier one."""
    return {
        name: IncrementalDocument(
            _DOCUMENTS[name], files.enter_context(staging.scratch(name)), index.iris.base, earlier=stream
        )
        for name, stream in earlier.streams.items()
    }


def _require_valid(outcome: ArticleSink) -> None:
    if outcome.last is None or fails(outcome.findings, "violation"):
        raise CorpusError(outcome.findings)


def _write_rest(outcome: ArticleSink, index: CorpusIndex, staging: Staging) -> None:
    """Write the other files: context, ontology, shapes and description."""
    staging.write("context.jsonld", _context().encode())
    _copy_resources(staging)
    assert outcome.last
    _write_description(outcome.last, index, staging)


def _built(outcome: ArticleSink, staging: Staging) -> Built:
    claims = outcome.total.instances[COUNTED.index(SCHEMA.Claim)]
    return Built(
        files=tuple(sorted(staging.files)),
        claims=claims,
        triples=outcome.total.triples,
        findings=tuple(outcome.findings),
        changed=staging.changed,
        note=outcome.remark,
    )


def _copy_resources(staging: Staging) -> None:
    names: tuple[Literal["ontology", "shapes"], ...] = ("ontology", "shapes")
    for name in names:
        folder = resource_folder(name)
        for path in sorted(folder.rglob("*.ttl")):
            staging.write(f"{name}/{path.relative_to(folder).as_posix()}", path.read_bytes())


def _write_description(about: Graph, index: CorpusIndex, staging: Staging) -> None:
    """Describe the data set and its files, in separate files: a file cannot contain its own hash."""
    files = [
        GraphFile(form.name, name, form.media_type, *staging.files[name][1:]) for name, form in _DOCUMENTS.items()
    ]
    # Without the digest, which is about the named graph.
    own = (node for node in about.nodes if node.subject != about.iri)
    described = by_subject([*distributed_nodes(own, files, index.dataset, index.iris), *_named_nodes(index)])
    nodes = [Node(Iri(subject), properties) for subject, properties in described.items()]
    for name in _DESCRIBED_IN:
        form = FORMATS[name]
        document = write([Graph(about.iri, nodes)], form.writer(PREFIXES, index.iris.base))
        staging.write(_DESCRIPTION + form.suffix, "".join(document).encode())


def _named_nodes(index: CorpusIndex) -> Iterator[Node]:
    """Yield the people and things that the description names, for catalogues that read nothing else."""
    dataset = index.dataset
    entry = dataset.catalogue
    agents = {dataset.publisher, *entry.creators, *(grant.funder for grant in entry.funding)}
    for entity in index.entities.values():
        if entity.iri in agents or entity.iri in entry.spatial:
            yield from entity_nodes(entity, index.iris)
        if entity.iri in agents:
            yield Node(entity.iri, {RDF.type: [FOAF.Agent], FOAF.name: list(entity.names)})
    for annotator in index.annotators.values():
        if annotator.iri in agents:
            yield annotator_node(annotator)
            yield Node(annotator.iri, {RDF.type: [FOAF.Agent], FOAF.name: [annotator.name]})


def _context() -> str:
    members = [(key, json.dumps(entry, ensure_ascii=False)) for key, entry in context(PREFIXES).items()]
    return json_object([("@context", json_object(members, "  "))], "") + "\n"
