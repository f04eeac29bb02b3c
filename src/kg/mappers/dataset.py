"""Maps the data set: its description, its publisher, its counts, and its downloads.

Described for catalogues in DCAT 3 (https://www.w3.org/TR/vocab-dcat-3/#Class:Distribution), VoID and schema.org
(https://schema.org/DataDownload).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from kg.mappers.nodes import Properties, day, node, string
from kg.model import Dataset, present
from kg.rdf.terms import Graph, Iri, Iris, Node, Term, integer, iri, local_name, part, plain, text, typed
from kg.rdf.vocab import DCAT, DCTERMS, FOAF, KG, NAMESPACES, RDF, RDFS, SCHEMA, SKOS, SPDX, VCARD, VOID, XSD

DATASET_FIELDS: dict[Iri, tuple[str, ...]] = {
    RDF.type: (),
    DCTERMS.title: ("title",),
    SCHEMA.name: ("title",),
    DCTERMS.description: ("description",),
    SCHEMA.description: ("description",),
    DCTERMS.license: ("licence",),
    SCHEMA.license: ("licence",),
    DCTERMS.rights: ("text",),
    DCTERMS.publisher: ("publisher",),
    SCHEMA.publisher: ("publisher",),
    DCTERMS.modified: (),
    SCHEMA.inLanguage: ("language",),
    DCTERMS.language: ("language",),
    SKOS.editorialNote: (),
    DCTERMS.conformsTo: (),
    VOID.uriSpace: ("base",),
    DCTERMS.replaces: ("moved_from",),
    DCTERMS.creator: ("creator",),
    SCHEMA.creator: ("creator",),
    DCAT.version: ("version",),
    DCTERMS.issued: ("issued",),
    DCTERMS.identifier: ("identifier",),
    SCHEMA.identifier: ("identifier",),
    DCAT.keyword: ("keywords",),
    SCHEMA.keywords: ("keywords",),
    DCTERMS.temporal: ("temporal",),
    SCHEMA.temporalCoverage: ("temporal",),
    DCTERMS.spatial: ("spatial",),
    SCHEMA.spatialCoverage: ("spatial",),
    DCAT.contactPoint: ("contact",),
    DCAT.landingPage: ("access_url",),
    SCHEMA.url: ("access_url",),
    SCHEMA.funding: ("funding",),
    VOID.triples: (),
    VOID.classPartition: (),
    VOID.vocabulary: (),
}
# By the fragment of a part of the data set, the field of corpus.yaml that it comes from, and those below it.
PART_FIELDS: dict[str, tuple[str, dict[Iri, tuple[str, ...]]]] = {
    "temporal": ("temporal", {RDF.type: (), DCAT.startDate: (), DCAT.endDate: ()}),
    "contact": (
        "contact",
        {RDF.type: (), VCARD.fn: ("name",), VCARD.hasEmail: ("email",), VCARD.hasURL: ("url",)},
    ),
    "grant": (
        "funding",
        {
            RDF.type: (),
            SCHEMA.name: ("name",),
            SCHEMA.identifier: ("number",),
            SCHEMA.funder: ("funder",),
            SCHEMA.url: ("url",),
        },
    ),
    "rights": ("text", {RDF.type: (), RDFS.label: ()}),
}
REPORTED = {
    "en": "The claims are reported, not asserted, by the publisher of this data set: each is what somebody said, "
    "as an article reports it and an annotator read it.",
    "nl": "De uitspraken worden door de uitgever van deze dataset weergegeven, niet beweerd: elk is "
    "wat iemand zei, zoals een artikel het meldt en een annotator het las.",
}
OWN_LICENCES = {
    "en": "The licence is that of the annotations. The full text of an article is under the article's own licence "
    "(schema:license), in a named graph of its own; an article without one keeps all its rights.",
    "nl": "De licentie is die van de annotaties. De volledige tekst van een artikel valt onder de eigen licentie "
    "van het artikel (schema:license), in een eigen benoemde graaf; een artikel zonder licentie behoudt al zijn "
    "rechten.",
}
COUNTED = (
    *(SCHEMA.NewsArticle, SCHEMA.Claim, SCHEMA.Quotation, SCHEMA.Person, SCHEMA.Organization, SCHEMA.Event),
    KG.Newsroom,
)
PERIOD = "temporal"
"""The fragment of the period that the articles cover."""
ONTOLOGY_VERSION = iri("https://w3id.org/kg-claims/2")
"""The version of the ontology, and so of the graph: its `owl:versionIRI`."""
VOCABULARIES = ("schema", "kg", "oa", "skos", "dcterms")
_TYPE: Final = RDF.type
_NONE: Final[list[Term]] = []


class Tally(NamedTuple):
    """Counts of graphs: their triples, their instances of each of `COUNTED`, the newest day of a change."""

    triples: int = 0
    instances: tuple[int, ...] = (0,) * len(COUNTED)
    newest: str = ""

    def __add__(self, other: Tally) -> Tally:  # type: ignore[override]  # a tally is a tuple only for its speed
        return Tally(
            self.triples + other.triples,
            tuple(map(int.__add__, self.instances, other.instances)),
            max(self.newest, other.newest),
        )


def tally(graph: Graph, newest: str = "") -> Tally:
    """Count one graph, last changed on the day, or at the moment, `newest`."""
    triples = 0
    classes: list[Term] = []
    for _, properties in graph.nodes:
        for objects in properties.values():
            triples += len(objects)
        classes += properties.get(_TYPE, _NONE)
    return Tally(triples, tuple([classes.count(each) for each in COUNTED]), newest[:10])


def dataset_nodes(
    dataset: Dataset, iris: Iris, total: Tally, guidelines: Iterable[tuple[str, Iri]]
) -> Iterator[Node]:
    """Yield the data set with the counts of all other graphs, then the guidelines it was annotated by."""
    partitions = _partitions(iris, total)
    yield node(
        iris.dataset,
        {
            RDF.type: [SCHEMA.Dataset, DCAT.Dataset, VOID.Dataset],
            **_described(dataset),
            **_catalogued(dataset),
            DCTERMS.modified: day(total.newest),
            DCTERMS.conformsTo: [ONTOLOGY_VERSION],
            SKOS.editorialNote: [text(note, language) for language, note in REPORTED.items()],
            VOID.uriSpace: [plain(dataset.base)],
            # One statement for all IRIs: each is the same below both bases. See docs/metadata.md.
            DCTERMS.replaces: [Iris(each).dataset for each in dataset.moved_from],
            VOID.vocabulary: [iri(NAMESPACES[prefix].base) for prefix in VOCABULARIES],
            VOID.triples: [integer(total.triples)],
            VOID.classPartition: [partition.subject for partition in partitions],
        },
    )
    yield from _catalogue_nodes(dataset)
    for property in dataset.own:
        yield Node(property.iri, {RDF.type: [RDF.Property], RDFS.label: list(property.labels)})
    yield from partitions
    for version, link in guidelines:
        yield node(
            iris.guideline(version),
            {RDF.type: [SCHEMA.CreativeWork], SCHEMA.version: [plain(version)], SCHEMA.url: present(link)},
        )


def base_of_dataset(dataset: str) -> str:
    """Return the base of a data set of kg's by its IRI, `""` if it has another form."""
    base, _, name = dataset.strip("<>").rpartition("/")
    return f"{base}/" if name == "dataset" else ""


def _partitions(iris: Iris, total: Tally) -> list[Node]:
    """Return a node for each class that has instances, with their number."""
    return [
        Node(
            part(iris.dataset, local_name(each)),
            {VOID["class"]: [each], VOID.entities: [integer(count)]},
        )
        for each, count in zip(COUNTED, total.instances, strict=True)
        if count
    ]


def _described(dataset: Dataset) -> dict[Iri, list[Term]]:
    """Return what the data set is, once for DCAT's readers and once for schema.org's."""
    titles: list[Term] = list(dataset.titles)
    descriptions: list[Term] = list(dataset.descriptions)
    return {
        DCTERMS.title: titles,
        SCHEMA.name: titles,
        DCTERMS.description: descriptions,
        SCHEMA.description: descriptions,
        DCTERMS.license: present(dataset.licence),
        SCHEMA.license: present(dataset.licence),
        DCTERMS.rights: _rights(dataset),
        DCTERMS.publisher: present(dataset.publisher),
        SCHEMA.publisher: present(dataset.publisher),
        DCTERMS.language: _linguistic_system(dataset.language),
        SCHEMA.inLanguage: [plain(dataset.language)],
    }


def _catalogued(dataset: Dataset) -> dict[Iri, list[Term]]:
    """Return what archives and catalogues ask for, as far as corpus.yaml says it."""
    entry = dataset.catalogue
    identifier, period = string(entry.identifier), entry.temporal.text
    return {
        DCTERMS.creator: list(entry.creators),
        SCHEMA.creator: list(entry.creators),
        DCAT.version: string(entry.version),
        DCTERMS.issued: day(entry.issued),
        DCTERMS.identifier: identifier,
        SCHEMA.identifier: identifier,
        DCAT.keyword: list(entry.keywords),
        SCHEMA.keywords: list(entry.keywords),
        DCTERMS.temporal: [part(dataset.iri, PERIOD)] if period else [],
        SCHEMA.temporalCoverage: string(period),
        DCTERMS.spatial: list(entry.spatial),
        SCHEMA.spatialCoverage: list(entry.spatial),
        DCAT.contactPoint: [entry.contact.iri] if entry.contact else [],
        DCAT.landingPage: present(entry.access_url),
        SCHEMA.url: present(entry.access_url),
        SCHEMA.funding: [grant.iri for grant in entry.funding],
    }


def _catalogue_nodes(dataset: Dataset) -> Iterator[Node]:
    """Yield the rights in full texts, the period that the articles cover, the contact and the grants."""
    entry = dataset.catalogue
    for rights in _rights(dataset):
        labels: list[Term] = [text(words, language) for language, words in OWN_LICENCES.items()]
        yield Node(Iri(rights), {RDF.type: [DCTERMS.RightsStatement], RDFS.label: labels})
    if entry.temporal.text:
        period: Properties = {
            RDF.type: [DCTERMS.PeriodOfTime],
            DCAT.startDate: day(entry.temporal.earliest),
            DCAT.endDate: day(entry.temporal.latest),
        }
        yield node(part(dataset.iri, PERIOD), period)
    if contact := entry.contact:
        card: Properties = {
            RDF.type: [VCARD.Kind],
            VCARD.fn: [contact.name],
            VCARD.hasEmail: present(contact.email),
            VCARD.hasURL: present(contact.url),
        }
        yield node(contact.iri, card)
    for grant in entry.funding:
        described: Properties = {
            RDF.type: [SCHEMA.Grant],
            SCHEMA.name: list(grant.names),
            SCHEMA.identifier: string(grant.number),
            SCHEMA.funder: present(grant.funder),
            SCHEMA.url: present(grant.url),
        }
        yield node(grant.iri, described)


def _rights(dataset: Dataset) -> list[Term]:
    """Return what is said of full texts: the licence of the data set is not theirs."""
    return [part(dataset.iri, "rights")] if dataset.text == "full" else []


def _linguistic_system(tag: str) -> list[Term]:
    """Return the language of a tag as the Library of Congress names it, as DCAT recommends.

    https://www.w3.org/TR/vocab-dcat-3/#Property:resource_language
    """
    subtag = tag.partition("-")[0].lower()
    lists = {2: "iso639-1", 3: "iso639-2"}
    if len(subtag) not in lists:
        return []
    return [iri(f"http://id.loc.gov/vocabulary/{lists[len(subtag)]}/{subtag}")]


MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
SHAPES = iri(KG.base.removesuffix("#") + "/shapes")


class GraphFile(NamedTuple):
    """A file with the whole graph. `id` is its format's name, `name` its path below the base."""

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
    yield from _kinds(files, dataset, iris)


def _kinds(files: Sequence[GraphFile], dataset: Dataset, iris: Iris) -> Iterator[Node]:
    """Yield the classes of what others describe, which DCAT-AP asks catalogues to know.

    Only in the description: the graph says nothing about others' resources.
    """
    entry = dataset.catalogue
    kinds: dict[Iri, list[Term]] = {
        FOAF.Document: present(entry.access_url),
        DCTERMS.LicenseDocument: present(dataset.licence),
        DCTERMS.LinguisticSystem: _linguistic_system(dataset.language),
        DCTERMS.Location: list(entry.spatial),
        DCTERMS.MediaType: [iri(MEDIA_TYPES + file.media_type) for file in files],
        DCTERMS.Standard: [ONTOLOGY_VERSION, SHAPES],
        RDFS.Resource: [*present(entry.access_url), *(_address(file, iris) for file in files)],
        SPDX.ChecksumAlgorithm: [SPDX.checksumAlgorithm_sha256],
    }
    found: dict[Iri, list[Term]] = {}
    for kind, resources in kinds.items():
        for resource in dict.fromkeys(resources):
            found.setdefault(Iri(resource), []).append(kind)
    for resource, classes in found.items():
        yield Node(resource, {RDF.type: classes})


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
            DCAT.accessURL: [dataset.catalogue.access_url or _address(file, iris)],
            DCAT.downloadURL: [_address(file, iris)],
            SCHEMA.contentUrl: [_address(file, iris)],
            DCAT.mediaType: [iri(MEDIA_TYPES + file.media_type)],
            SCHEMA.encodingFormat: [plain(file.media_type)],
            DCAT.byteSize: [typed(str(file.size), XSD.base + "nonNegativeInteger")],
            SCHEMA.sha256: [plain(file.sha256)],
            DCTERMS.license: present(dataset.licence),
            SCHEMA.license: present(dataset.licence),
            DCTERMS.rights: _rights(dataset),
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
    """Return the address of the file once the publication's folder is served at the base."""
    return iri(iris.base + file.name)
