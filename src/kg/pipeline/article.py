"""One article: read, mapped to a graph and validated. Then the graphs of the entities and of the data set."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple

from msgspec.structs import replace

from kg.annotations.classes import ClaimsFile
from kg.checks.article_checks import article_findings, without_accepted_in
from kg.checks.cross_references import ArticleIds, ClaimReference, open_cross_references
from kg.checks.facts import CrossFacts, encode_facts
from kg.checks.people import accepted_by_entities, entity_findings
from kg.corpus import ArticleSource, CorpusDefinition, WrittenArticle, read_article
from kg.errors import Finding, Path, Place, Spot
from kg.findings.source_map import SourceMap
from kg.mappers.dataset import Tally, tally
from kg.mappers.graphs import article_graph, dataset_graph, digest_in, entities_graph, in_dataset, text_graph
from kg.meaning import CorpusIndex, read_meaning
from kg.meaning.article import WITHOUT_DATE
from kg.model import Article
from kg.pipeline.extra_graph import read_extra
from kg.rdf.terms import Graph, Iri, Iris, Node
from kg.shacl import Result

if TYPE_CHECKING:
    from kg.plugins import ActivePlugins

Check = Callable[[Iterable[Node], Mapping[Iri, tuple[Iri, ...]]], list[Result]]
"""Validates nodes, given the classes of resources that other graphs describe."""


class MappedArticle(NamedTuple):
    """One article, mapped and validated; the entities and the data set take the same form.

    `graph` is None if the article could not be read, which then `defines` nothing, or if an earlier run mapped
    it. `text` is the graph of the full text, if that is published. `defines` are the IRIs of the article and its
    claims. `needs` are the claims of other articles that its relations point to, with the place of each relation;
    they are checked once all articles are known. Drafts are validated and not published. `holds` counts the graphs,
    and `digest` is the digest that `graph` states. `facts` are for the checks across articles.
    """

    id: str
    file: str
    line: int
    graph: Graph | None
    findings: tuple[Finding, ...]
    defines: tuple[Iri, ...] = ()
    text: Graph | None = None
    needs: dict[Iri, Spot] = {}  # noqa: RUF012  # never changed
    draft: bool = False
    holds: Tally = Tally()
    digest: str = ""
    facts: CrossFacts = CrossFacts()

    @property
    def graphs(self) -> tuple[Graph, ...]:
        """The graphs that are published."""
        return tuple([each for each in (self.graph, self.text) if each and not self.draft])

    @property
    def published_tally(self) -> Tally:
        """The counts of the published graphs; zero for a draft."""
        return Tally() if self.draft else self.holds

    def ids(self, iris: Iris) -> ArticleIds | None:
        """Return the ids for checks across articles; None if there is no article and nothing is wrong."""
        if not self.defines:
            wrong = any(finding.severity == "violation" for finding in self.findings)
            return ArticleIds(self.id, self.file, self.line, "unread") if wrong else None
        claims = "".join(f" {_last_segment(iri)}" for iri in self.defines[1:])
        references = tuple(
            _reference(iri[len(f"<{iris.base}claim/") : -1], spot) for iri, spot in self.needs.items()
        )
        state: Literal["done", "draft"] = "draft" if self.draft else "done"
        facts = encode_facts(self.facts)
        return ArticleIds(self.id, self.file, self.line, state, f"{claims} ", references, facts)


def _reference(claim: str, spot: Spot) -> ClaimReference:
    article, _, id = claim.rpartition("/")
    return ClaimReference(article, id, spot)


def _last_segment(iri: str) -> str:
    return iri[iri.rindex("/") + 1 : -1]


def map_article(article: WrittenArticle, index: CorpusIndex, plugins: ActivePlugins | None = None) -> MappedArticle:
    """Map one article: a pure function of the written article, the index and the plug-ins."""
    meant, findings, needs = read_meaning(article, index)
    if meant is None:
        return MappedArticle(article.id, article.file, article.line, None, findings)
    inconsistent, facts = article_findings(article, meant, index)
    # All claims, also those whose words were not found: a relation to one of them is not wrong.
    claims = article.annotations.claims if article.annotations else ()
    nodes = article_graph(meant, index.dataset)
    if plugins:
        nodes += plugins.nodes_of(meant)
    quotable = meant.text if index.dataset.text != "none" else ""
    graph = in_dataset(Graph(meant.graph, nodes, quotable), index.dataset, index.dataset.licence)
    of_text = text_graph(meant, index)
    return MappedArticle(
        id=article.id,
        file=article.file,
        line=article.line,
        graph=graph,
        text=of_text,
        findings=(*findings, *_unless_known(inconsistent, findings)),
        defines=(meant.iri, *[index.iris.claim(article.id, id) for id in claims]),
        needs=needs,
        draft=article.annotations is not None and article.annotations.annotation.status == "draft",
        holds=tally(graph, _changed_on(meant)) + (tally(of_text) if of_text else Tally()),
        digest=digest_in(graph),
        facts=facts,
    )


def _unless_known(inconsistent: list[Finding], findings: tuple[Finding, ...]) -> list[Finding]:
    """Return what is inconsistent, except in fields that are known to be wrong."""
    if not inconsistent:
        return inconsistent
    wrong = {_entry_field(each) for each in findings if each.severity == "violation"}
    return [each for each in inconsistent if _entry_field(each) not in wrong]


def _entry_field(finding: Finding) -> Path:
    path = finding.at.path if isinstance(finding.at, Spot) else ()
    return path[: DEPTHS.get(path[:1], 2)]


def _changed_on(article: Article) -> str:
    """Return the last day or moment at which somebody annotated, reviewed or withdrew something."""
    annotation = article.annotation
    return max(annotation.on, annotation.reviewed_on, *[claim.on for claim in article.withdrawn])


def validated_article(
    source: ArticleSource,
    corpus: CorpusDefinition,
    index: CorpusIndex,
    check: Check,
    plugins: ActivePlugins | None = None,
) -> MappedArticle:
    """Return the article of a source, read, mapped and validated."""
    return validated_writing(read_article(source), corpus, index, check, plugins)


def validated_writing(
    article: WrittenArticle,
    corpus: CorpusDefinition,
    index: CorpusIndex,
    check: Check,
    plugins: ActivePlugins | None = None,
) -> MappedArticle:
    """Return an article that was read, mapped and validated."""
    source_map = SourceMap(
        base=index.iris.base,
        file=article.file,
        line=article.line,
        text_file=article.text_file,
        corpus=corpus,
        dated_in_text=_dated_in_text(article),
    )
    mapped = _validated(map_article(article, index, plugins), source_map, check, index)
    return _without_accepted(mapped, article.annotations)


def _without_accepted(mapped: MappedArticle, file: ClaimsFile | None) -> MappedArticle:
    """Return an article without the warnings that its annotators accept."""
    if file is None or mapped.graph is None:
        return mapped
    findings, later = without_accepted_in(mapped.findings, file, Spot(mapped.file, (), mapped.line))
    if later:
        mapped = mapped._replace(facts=replace(mapped.facts, accepted=later))
    return mapped if findings is mapped.findings else mapped._replace(findings=findings)


def validated_corpus(
    corpus: CorpusDefinition, index: CorpusIndex, check: Check, articles: Iterable[MappedArticle]
) -> Iterator[MappedArticle]:
    """Yield the articles, then the graphs of `shared_graphs`: the last has the findings across articles."""
    total = Tally()
    with open_cross_references() as references:
        for article in articles:
            if ids := article.ids(index.iris):
                references.add(ids)
            total += article.published_tally
            yield article
        yield from shared_graphs(corpus, index, check, Totals(total, references.findings(index.entities)))


class Totals(NamedTuple):
    """The counts of all published articles, and the findings across articles."""

    tally: Tally
    findings: tuple[Finding, ...]


NO_TOTALS = Totals(Tally(), ())


def shared_graphs(
    corpus: CorpusDefinition, index: CorpusIndex, check: Check, totals: Totals
) -> Iterator[MappedArticle]:
    """Yield the entities, any extra triples, releases and readings, and the data set with all other findings."""
    source_map = SourceMap(index.iris.base, corpus.config_file, 0, "", corpus)
    dataset = index.dataset
    graph = in_dataset(entities_graph(index), dataset, dataset.licence)
    findings = (*index.findings, *entity_findings(corpus, index))
    entities = MappedArticle("entities", corpus.config_file, 0, graph, findings, holds=tally(graph))
    validated = _validated(entities, source_map, check, index)
    yield validated._replace(findings=accepted_by_entities(validated.findings, corpus))
    total = totals.tally + entities.holds
    if extra := read_extra(corpus, check):
        graph = in_dataset(Graph(index.iris.extra_graph, extra.nodes), dataset, dataset.licence)
        yield MappedArticle("extra", corpus.config_file, 0, graph, tuple(extra.findings), holds=tally(graph))
        total += tally(graph)
    for name, iri, nodes in (
        ("releases", index.iris.releases_graph, index.releases),
        ("readings", index.iris.readings_graph, index.readings),
    ):
        if nodes:
            graph = in_dataset(Graph(iri, list(nodes)), dataset, dataset.licence)
            more = MappedArticle(name, corpus.config_file, 0, graph, (), holds=tally(graph))
            yield _validated(more, source_map, check, index)
            total += tally(graph)
    graph = in_dataset(dataset_graph(index, total), dataset, dataset.licence)
    about = MappedArticle("dataset", corpus.config_file, 0, graph, totals.findings, holds=tally(graph))
    yield _validated(about, source_map, check, index)


def _validated(article: MappedArticle, source_map: SourceMap, check: Check, index: CorpusIndex) -> MappedArticle:
    if article.graph is None:
        return article
    nodes = [*article.graph.nodes, *article.text.nodes] if article.text else article.graph.nodes
    results = check(nodes, index.types)
    if not results:
        return article
    from kg.findings.results import from_results  # only here: a valid corpus need not wait for the import

    # A field that is known to be wrong is not reported again for what follows from it.
    findings = (*article.findings, *index.findings)
    known = {_field(finding, source_map) for finding in findings if finding.severity == "violation"}
    more = [found for found in from_results(results, nodes, source_map) if _field(found, source_map) not in known]
    return article._replace(findings=(*article.findings, *more))


def _field(finding: Finding, source_map: SourceMap) -> Spot | Place | None:
    """Return the field that a finding is about: `claims/c01/said` for a finding at `claims/c01/said/edtf`.

    A finding at the article's text or file name is about the field that could replace the date in the text or the
    name.
    """
    at = finding.at
    if at and at.file == source_map.text_file and finding.rule in IN_TEXT:
        return Spot(source_map.file, IN_TEXT[finding.rule], source_map.line)
    if not isinstance(at, Spot):
        return at
    return Spot(at.file, at.path[: DEPTHS.get(at.path[:1], 2)], at.line)


def _dated_in_text(article: WrittenArticle) -> bool:
    return bool(article.header and article.annotations and not article.annotations.article.published)


# The fields of the annotations that could replace what an article's text, or its name, says.
IN_TEXT: dict[str, Path] = {WITHOUT_DATE: ("article", "published"), "bad-id": ("article", "id")}

# How many keys lead to a field; 2 for all others: `article/published`, `stoltenberg/name`.
DEPTHS: dict[Path, int] = {(key,): 3 for key in ("annotators", "claims", "occasions", "sources", "withdrawn")}
