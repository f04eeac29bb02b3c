"""The units of a corpus, mapped and validated one by one, and what only the whole can tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from kg.checks.cross_references import open_whole, share
from kg.corpus import Corpus, Source, Written, read_article, sources
from kg.errors import Finding, Path, Place, Spot
from kg.findings.source_map import Origins
from kg.mappers.dataset import Tally, tally
from kg.mappers.graphs import Unit, dataset_graph, entities_graph, map_article, with_digest
from kg.meaning import Index
from kg.meaning.headers import WITHOUT_DATE
from kg.rdf.terms import Iri, Node
from kg.shacl import Result

Check = Callable[[Iterable[Node], Mapping[Iri, tuple[Iri, ...]]], list[Result]]
"""Validates nodes, knowing the classes of things that other graphs describe."""


def read_units(
    corpus: Corpus, index: Index, check: Check, articles: Iterable[Unit] | None = None
) -> Iterator[Unit]:
    """Yield each article in the order of their paths, then the entities, then the data set.

    `articles` are their units, where some need not be read. The last unit's findings are those of the whole: ids
    that two articles have, claims that are not there.
    """
    total = Tally()
    with open_whole() as whole:
        for unit in article_units(sources(corpus), corpus, index, check) if articles is None else articles:
            if of_whole := share(unit, index.iris):
                whole.add(of_whole)
            total += published_tally(unit)
            yield unit
        yield from shared_units(corpus, index, check, Summed(total, whole.findings()))


def article_units(found: Iterable[Source], corpus: Corpus, index: Index, check: Check) -> Iterator[Unit]:
    """Yield the article of each source, mapped and validated."""
    for source in found:
        yield read_unit(source, corpus, index, check)


def read_unit(source: Source, corpus: Corpus, index: Index, check: Check) -> Unit:
    """Return the article of a source, mapped and validated."""
    article = read_article(source)
    origins = Origins(
        base=index.iris.base,
        file=article.file,
        line=article.line,
        text_file=article.text_file,
        corpus=corpus,
        dated_in_text=_dated_in_text(article),
    )
    return _checked(map_article(article, index), origins, check, index)


class Summed(NamedTuple):
    """The sum of all articles: the tally of those that are published, and what is wrong with them together."""

    total: Tally
    findings: tuple[Finding, ...]


def shared_units(corpus: Corpus, index: Index, check: Check, articles: Summed) -> Iterator[Unit]:
    """Yield the entities, then the data set; the findings of the articles together are the last unit's."""
    origins = Origins(index.iris.base, corpus.config_file, 0, "", corpus)
    graph = with_digest(entities_graph(index))
    entities = Unit("entities", corpus.config_file, 0, graph, index.findings, holds=tally(graph))
    yield _checked(entities, origins, check, index)
    graph = with_digest(dataset_graph(index, articles.total + entities.holds))
    about = Unit("dataset", corpus.config_file, 0, graph, articles.findings, holds=tally(graph))
    yield _checked(about, origins, check, index)


def published_tally(unit: Unit) -> Tally:
    """Return what a unit holds that is published: of a draft nothing."""
    return Tally() if unit.draft else unit.holds


def _checked(unit: Unit, origins: Origins, check: Check, index: Index) -> Unit:
    if unit.graph is None:
        return unit
    results = check(unit.graph.nodes, index.types)
    if not results:
        return unit
    from kg.findings.results import from_results  # here, not above: where all is well, nobody need wait for it

    # What is known to be wrong already need not be told again by what follows from it.
    findings = (*unit.findings, *index.findings)
    known = {_field(finding, origins) for finding in findings if finding.severity == "violation"}
    more = [
        found for found in from_results(results, unit.graph.nodes, origins) if _field(found, origins) not in known
    ]
    return unit._replace(findings=(*unit.findings, *more))


def _field(finding: Finding, origins: Origins) -> Spot | Place | None:
    """Return where a finding stands, of a part of a field the field: `claims/c01/said` of `…/said/edtf`.

    Of what an article's text or its name has in place of a field, that field.
    """
    at = finding.at
    if at and at.file == origins.text_file and finding.rule in IN_TEXT:
        return Spot(origins.file, IN_TEXT[finding.rule], origins.line)
    if not isinstance(at, Spot):
        return at
    return Spot(at.file, at.path[: DEPTHS.get(at.path[:1], 2)], at.line)


def _dated_in_text(article: Written) -> bool:
    return bool(article.header and article.annotations and not article.annotations.article.published)


# What is said at an article's text, or its name, of a field that its annotations might have instead.
IN_TEXT: dict[str, Path] = {WITHOUT_DATE: ("article", "published"), "bad-id": ("article", "id")}

# How deep the fields of what people write lie; of all else 2: `article/published`, `stoltenberg/name`.
DEPTHS: dict[Path, int] = {(key,): 3 for key in ("annotators", "claims", "occasions", "sources", "withdrawn")}
