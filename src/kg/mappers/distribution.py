"""The files of a publication, described for catalogues: DCAT 3, VoID and schema.org.

https://www.w3.org/TR/vocab-dcat-3/#Class:Distribution, https://schema.org/DataDownload
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from kg.mappers.properties import node
from kg.model import Dataset, present
from kg.rdf.iris import Iris, part
from kg.rdf.terms import Iri, Node, integer, iri, plain, typed
from kg.rdf.vocab import DCAT, DCTERMS, KG, RDF, SCHEMA, SPDX, VOID, XSD

MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
SHAPES = iri(KG.base.removesuffix("#") + "/shapes")


class GraphFile(NamedTuple):
    """A file that holds the whole graph. `id` is its format's name, `name` its path below the base."""

    id: str
    name: str
    media_type: str
    size: int
    sha256: str


def distributed_nodes(
    nodes: Iterable[Node], files: Sequence[GraphFile], dataset: Dataset, iris: Iris
) -> Iterator[Node]:
    """Yield the nodes of the data set, which now names its distributions, then each distribution and checksum."""
    for each in nodes:
        yield _with_distributions(each, files, iris) if each.subject == iris.dataset else each
    for file in files:
        yield from _distribution_nodes(file, dataset, iris)


def _with_distributions(whole: Node, files: Sequence[GraphFile], iris: Iris) -> Node:
    distributions = [_distribution(file, iris) for file in files]
    return node(
        whole.subject,
        {
            **whole.properties,
            SCHEMA.distribution: [*distributions],
            DCAT.distribution: [*distributions],
            VOID.dataDump: [_address(file, iris) for file in files],
        },
    )


def _distribution_nodes(file: GraphFile, dataset: Dataset, iris: Iris) -> Iterator[Node]:
    checksum = part(iris.dataset, f"checksum-{file.id}")
    yield node(
        _distribution(file, iris),
        {
            RDF.type: [DCAT.Distribution, SCHEMA.DataDownload],
            DCTERMS.title: [plain(file.name)],
            SCHEMA.name: [plain(file.name)],
            DCAT.downloadURL: [_address(file, iris)],
            SCHEMA.contentUrl: [_address(file, iris)],
            DCAT.mediaType: [iri(MEDIA_TYPES + file.media_type)],
            SCHEMA.encodingFormat: [plain(file.media_type)],
            DCAT.byteSize: [integer(file.size)],
            SCHEMA.sha256: [plain(file.sha256)],
            DCTERMS.license: present(dataset.licence),
            SCHEMA.license: present(dataset.licence),
            DCTERMS.conformsTo: [SHAPES],
            SPDX.checksum: [checksum],
        },
    )
    yield Node(
        checksum,
        {
            RDF.type: [SPDX.Checksum],
            SPDX.algorithm: [SPDX.checksumAlgorithm_sha256],
            SPDX.checksumValue: [typed(file.sha256, XSD.base + "hexBinary")],
        },
    )


def _distribution(file: GraphFile, iris: Iris) -> Iri:
    return part(iris.dataset, f"distribution-{file.id}")


def _address(file: GraphFile, iris: Iris) -> Iri:
    """Return where the file stands once the publication's folder is served at the base."""
    return iri(iris.base + file.name)
