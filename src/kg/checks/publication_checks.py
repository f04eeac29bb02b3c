"""All checks of anybody's RDF; among them those of the document as a whole: references, labels, counts, digests.

They find what shapes cannot say, because it is worked out from several nodes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain

from kg.checks.graph_claims import claim_faults
from kg.checks.graph_dates import date_faults
from kg.checks.graph_passages import passage_faults
from kg.checks.graph_view import GraphView, fault
from kg.mappers.dataset import COUNTED
from kg.mappers.graphs import digest_of_graph
from kg.meaning.corpus_index import TYPES
from kg.rdf.terms import Graph, Iri, Node, Term, has_known_scheme, iri_text, is_iri, literal_value, local_name
from kg.rdf.vocab import DCAT, DCTERMS, KG, OA, ORG, PROV, RDF, SCHEMA, SKOS, VCARD, VOID
from kg.shacl import Result

# Properties whose values pages and programs make links of; the shapes see to `schema:sameAs`.
_LINKS = dict.fromkeys(
    (
        *(SCHEMA.url, SCHEMA.license, DCTERMS.license, SCHEMA.archivedAt, SCHEMA.firstAppearance),
        *(SCHEMA.workExample, DCAT.landingPage, DCAT.accessURL, DCAT.downloadURL, VCARD.hasURL, ORG.role),
    )
)
# Properties that say the same in two vocabularies.
_EQUAL = (
    (DCTERMS.title, SCHEMA.name),
    (DCTERMS.description, SCHEMA.description),
    (DCTERMS.license, SCHEMA.license),
    (DCTERMS.publisher, SCHEMA.publisher),
    (DCTERMS.creator, SCHEMA.creator),
    (DCTERMS.identifier, SCHEMA.identifier),
    (DCTERMS.spatial, SCHEMA.spatialCoverage),
    (DCAT.keyword, SCHEMA.keywords),
    (DCAT.landingPage, SCHEMA.url),
)
_LANGUAGES = "<http://id.loc.gov/vocabulary/iso639-"
_ANNOTATED_ON = (DCTERMS.date, DCTERMS.created, KG.reviewedOn, KG.withdrawnOn)
# Parts of a resource that only the resource leads to.
_PARTS = ("quotation", "rating", "role", "speaker", "newsroom")


def graph_faults(nodes: Iterable[Node]) -> list[Result]:
    """Return what is wrong in a document, with the triple that each fault is about."""
    graph = GraphView(nodes)
    checks = (date_faults, passage_faults, claim_faults, _publication_faults)
    return [each for check in checks for each in check(graph)]


def _publication_faults(graph: GraphView) -> Iterator[Result]:
    """Yield what is wrong in the document as a whole."""
    yield from _labels(graph)
    yield from _identifiers(graph)
    yield from _addresses(graph)
    yield from _circles_of_parts(graph)
    if graph.dataset and graph.dataset != f"<{graph.text(graph.dataset, VOID.uriSpace)}dataset>":
        message = "the base must be that of the data set's own IRI, without `dataset`: correct it"
        yield fault("wrong-base", message, graph.dataset, VOID.uriSpace, graph.value(graph.dataset, VOID.uriSpace))
    if graph.base:
        yield from _references(graph)
        yield from _members(graph)
        yield from _reviewed(graph)
        yield from _entity_types(graph)
        yield from _identified_articles(graph)
        yield from _counts(graph)
        yield from _digests(graph)
        yield from _modified(graph)


def _labels(graph: GraphView) -> Iterator[Result]:
    pairs = [(each, pair) for each in ([graph.dataset] if graph.dataset else []) for pair in _EQUAL]
    pairs += [(topic, (SKOS.prefLabel, SCHEMA.name)) for topic in graph.instances(SKOS.Concept)]
    pairs += [(topic, (SKOS.inScheme, SCHEMA.inDefinedTermSet)) for topic in graph.instances(SKOS.Concept)]
    for subject, (one, other) in pairs:
        left, right = graph.values(subject, one), graph.values(subject, other)
        if set(left) != set(right) and ((left and right) or graph.base):
            message = (
                f"{local_name(one)} and {local_name(other)} must be equal, and they differ: correct one of them"
            )
            yield fault("labels-differ", message, subject, one if left else other, next(iter(left or right)))
    language = graph.text(graph.dataset, SCHEMA.inLanguage).partition("-")[0].lower()
    named = graph.value(graph.dataset, DCTERMS.language)
    if language and named.startswith(_LANGUAGES) and local_name(named) != language:
        message = (
            f"`language` and `inLanguage` must be one language, and this is not {language}: correct one of them"
        )
        yield fault("labels-differ", message, graph.dataset, DCTERMS.language, named)


def _identifiers(graph: GraphView) -> Iterator[Result]:
    """Yield each identifier elsewhere that two things have."""
    owner: dict[str, str] = {}
    for subject, properties in graph.nodes.items():
        for identifier in properties.get(SCHEMA.sameAs, ()):
            first = owner.setdefault(identifier, subject)
            if first != subject:
                message = (
                    f"an identifier must belong to one thing, and this one is also that of "
                    f"{first.strip('<>')}: merge the two"
                )
                yield fault("shared-identifier", message, subject, SCHEMA.sameAs, identifier)


def _addresses(graph: GraphView) -> Iterator[Result]:
    for subject, properties in graph.nodes.items():
        if _LINKS.keys().isdisjoint(properties):  # as most
            continue
        for predicate in _LINKS:
            for value in properties.get(predicate, ()):
                if is_iri(value) and not has_known_scheme(iri_text(value)):
                    scheme = iri_text(value).partition(":")[0]
                    message = f"an address must begin with https:// or http://, not with `{scheme}:`: correct it"
                    yield fault("unknown-scheme", message, Iri(subject), predicate, value)


def _circles_of_parts(graph: GraphView) -> Iterator[Result]:
    for predicate in (SCHEMA.superEvent, SCHEMA.containedInPlace, SKOS.broader):
        for smaller, larger in graph.circles(predicate, graph.nodes):
            message = "nothing may be part of itself, and this is, perhaps through others: correct one of them"
            yield fault("circle-of-parts", message, smaller, predicate, larger)


def _described(graph: GraphView, subject: str, predicate: Iri, value: str) -> Iri:
    """Return what must be described for a reference: of the passage of an overruled reading, only its text."""
    is_passage = predicate == OA.hasTarget and graph.kind_of(subject) == "reading"
    return Iri(f"{value.partition('#')[0]}>" if is_passage else value)


def _targets_of_readings(graph: GraphView) -> Iterator[Term]:
    for reading in graph.by_kind.get("reading", ()):
        yield from graph.values(reading, OA.hasTarget)


def _references(graph: GraphView) -> Iterator[Result]:
    """Yield each reference below the base that leads to nothing, and each part that nothing leads to."""
    # A corpus need not list its guidelines; downloads and graphs are files.
    described = graph.by_kind.keys() - {"guideline", ""}
    start = f"<{graph.base}"
    doubtful = {each for each in graph.objects - graph.nodes.keys() if graph.kind_of(each) in described}
    doubtful |= {each for each in _targets_of_readings(graph) if graph.kind_of(each) in described}
    for subject, properties in graph.nodes.items() if doubtful else ():
        for predicate, values in properties.items():
            if predicate in (PROV.wasRevisionOf, DCTERMS.replaces):
                continue  # earlier versions of a text, and the data set at an earlier base, are not described
            for value in values:
                if value in doubtful and _described(graph, subject, predicate, value) not in graph.nodes:
                    message = (
                        "what this refers to must be described in the same data set, and it is not: correct it"
                    )
                    yield fault("dangling-reference", message, subject, predicate, value)
    for subject in graph.nodes:
        if subject in graph.objects or "#" not in subject or not subject.startswith(start):
            continue
        name = subject.rpartition("#")[2].partition("-")[0].rstrip(">")
        if name in _PARTS or name.startswith("char="):
            message = "nothing refers to this part: refer to it where it belongs, or delete it"
            yield fault("unused-part", message, subject)


def _members(graph: GraphView) -> Iterator[Result]:
    """Yield each graph and annotation of no data set or another, and graphs with another licence."""
    licences = graph.values(graph.dataset, DCTERMS.license)
    graphs = graph.by_kind.get("graph", [])
    for subject in (*graph.instances(OA.Annotation), *graphs):
        if list(graph.values(subject, DCTERMS.isPartOf)) != [graph.dataset]:
            message = "each graph and annotation must be part of the data set: correct or add `dcterms:isPartOf`"
            value = graph.value(subject, DCTERMS.isPartOf)
            yield fault("of-another-dataset", message, subject, DCTERMS.isPartOf, value)
    for subject in graphs:
        # The text of an article is under the article's own licence.
        if (
            not subject.startswith(f"<{graph.base}graph/text/")
            and graph.values(subject, DCTERMS.license) != licences
        ):
            message = "a graph must have the licence of the data set: correct one of them"
            value = graph.value(subject, DCTERMS.license)
            yield fault("of-another-dataset", message, subject, DCTERMS.license, value)


def _reviewed(graph: GraphView) -> Iterator[Result]:
    """Yield each review that says another thing of its claim than the claim itself."""
    for review in graph.instances(SCHEMA.ClaimReview):
        claim, said = graph.value(review, SCHEMA.itemReviewed), graph.values(review, SCHEMA.claimReviewed)
        if Iri(claim) in graph.nodes and set(said) != set(graph.values(claim, SCHEMA.text)):
            message = "a review must say what its claim says (`schema:text`), and it differs: correct one of them"
            yield fault("labels-differ", message, review, SCHEMA.claimReviewed, next(iter(said), ""))


def _entity_types(graph: GraphView) -> Iterator[Result]:
    known = [set(types) for types in TYPES.values()]
    for subject in graph.by_kind.get("entity", ()):
        if "#" in subject or graph.is_former(subject):
            continue
        types = set(graph.types(subject))
        if SKOS.ConceptScheme not in types and types not in known:
            message = "an entity must have one of kg's types with all its base classes: correct its types"
            yield fault("entity-types", message, subject, RDF.type)


def _identified_articles(graph: GraphView) -> Iterator[Result]:
    start = len(graph.base) + 1 + len("article/")
    for article in graph.claims_by_article:
        id = article[start:-1]
        if graph.kind_of(article) == "article" and graph.text(article, SCHEMA.identifier) not in ("", id):
            message = f"an article's identifier must be that of its IRI, {id!r}: correct it"
            value = graph.value(article, SCHEMA.identifier)
            yield fault("identifier-of-another", message, article, SCHEMA.identifier, value)


def digest_faults(nodes: Iterable[Node]) -> list[Result]:
    """Return what was changed, added or removed in a whole publication since kg wrote it."""
    graph = GraphView(nodes)
    if graph.base and any(KG.digest in properties for properties in graph.nodes.values()):
        return [*_counts(graph), *_digests(graph)]
    message = "the data set must be as kg described it, and this one was changed: export it again"
    return [fault("changed-graph", message, graph.dataset)]


def _counts(graph: GraphView) -> Iterator[Result]:
    about = f"<{graph.base}graph/dataset>"
    described = {name: nodes.values() for name, nodes in graph.by_graph.items() if name != about}
    values = chain.from_iterable(map(dict.values, chain.from_iterable(described.values())))
    triples = sum(map(len, values))
    classes: Counter[str] = Counter()
    for name, nodes in described.items():
        if name:
            classes.update(chain.from_iterable([each[RDF.type] for each in nodes if RDF.type in each]))
    yield from _miscounted(graph, graph.dataset, VOID.triples, triples)
    partitioned = set()
    for partition in graph.values(graph.dataset, VOID.classPartition):
        of = graph.value(partition, VOID["class"])
        partitioned.add(of)
        yield from _miscounted(graph, Iri(partition), VOID.entities, classes[of])
    for each in COUNTED:
        if classes[each] and each not in partitioned:
            message = (
                f"the data set must count its instances of {local_name(each)}, {classes[each]}: add the partition"
            )
            yield fault("wrong-count", message, graph.dataset, VOID.classPartition)


def _miscounted(graph: GraphView, subject: Iri, predicate: Iri, count: int) -> Iterator[Result]:
    stated = graph.text(subject, predicate)
    if stated and stated != str(count):
        message = f"the count must be {count}, not {stated}: something was added or left out since it was counted"
        yield fault("wrong-count", message, subject, predicate, graph.value(subject, predicate))


def _digests(graph: GraphView) -> Iterator[Result]:
    """Yield each graph whose digest is not that of its triples; none in a document without any digest."""
    if not any(KG.digest in nodes.get(Iri(name), {}) for name, nodes in graph.by_graph.items()):
        return
    for name, nodes in graph.by_graph.items():
        if not name:
            continue
        own = dict(nodes.get(Iri(name), {}))
        stated = own.pop(KG.digest, [])
        described = {**nodes, Iri(name): own}
        actual = digest_of_graph(Graph(Iri(name), [Node(*each) for each in described.items()]))
        if stated != [f'"{actual}"']:
            message = "a graph must be as kg wrote it, and this one was changed, or is not whole: export it again"
            yield fault("changed-graph", message, name, KG.digest, next(iter(stated), ""))


def _modified(graph: GraphView) -> Iterator[Result]:
    days = [
        literal_value(value).lexical[:10]
        for name, nodes in graph.by_graph.items()
        if name != f"<{graph.base}graph/dataset>"
        for properties in nodes.values()
        for predicate in _ANNOTATED_ON
        for value in properties.get(predicate, ())
        if value[0] == '"'
    ]
    stated = graph.text(graph.dataset, DCTERMS.modified)
    if stated and days and stated != max(days):
        message = (
            f"the data set was modified on the newest day of its annotations, {max(days)}, not {stated}: correct it"
        )
        yield fault(
            "wrong-count", message, graph.dataset, DCTERMS.modified, graph.value(graph.dataset, DCTERMS.modified)
        )
