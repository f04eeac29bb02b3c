"""The units of a corpus, mapped and validated one by one, and what only the whole can tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from kg.corpus import Corpus, Written, read_article, sources
from kg.errors import Finding, Path, Place, Spot
from kg.findings import Origins, from_results
from kg.graph import Unit, dataset_graph, entities_graph, map_article, with_digest
from kg.mappers.dataset import Tally, tally
from kg.meaning import Index
from kg.shapes import Result
from kg.terms import Iri, Node

Check = Callable[[Iterable[Node], dict[Iri, tuple[Iri, ...]]], list[Result]]
"""Validates nodes, knowing the classes of things that other graphs describe."""


def read_units(corpus: Corpus, index: Index, check: Check) -> Iterator[Unit]:
    """Yield each article in the order of their ids, then the entities, then the data set.

    The last unit's findings are those of the whole: ids that two articles have, claims that are not there.
    """
    whole = _Whole(index.iris.base)
    for source in sources(corpus):
        article = read_article(source)
        unit = map_article(article, index)
        origins = Origins(
            base=index.iris.base,
            file=article.file,
            line=article.line,
            text_file=article.text_file,
            corpus=corpus,
            dated_in_text=_dated_in_text(article),
        )
        unit = _checked(unit, origins, check, index)
        whole.add(unit)
        yield unit
    origins = Origins(index.iris.base, corpus.config_file, 0, "", corpus)
    entities = Unit("entities", corpus.config_file, 0, with_digest(entities_graph(index)), index.findings)
    entities = _checked(entities, origins, check, index)
    whole.add(entities)
    yield entities
    about = with_digest(dataset_graph(index, whole.total))
    yield _checked(Unit("dataset", corpus.config_file, 0, about, whole.findings()), origins, check, index)


def _checked(unit: Unit, origins: Origins, check: Check, index: Index) -> Unit:
    if unit.graph is None:
        return unit
    results = check(unit.graph.nodes, index.types)
    if not results:
        return unit
    # What is known to be wrong already need not be told again by what follows from it.
    findings = (*unit.findings, *index.findings)
    known = {_field(finding) for finding in findings if finding.severity == "violation"}
    more = [found for found in from_results(results, unit.graph.nodes, origins) if _field(found) not in known]
    return unit._replace(findings=(*unit.findings, *more))


def _field(finding: Finding) -> Spot | Place | None:
    """Return where a finding stands, of a part of a field the field: `claims/c01/said` of `…/said/edtf`."""
    at = finding.at
    if not isinstance(at, Spot):
        return at
    return Spot(at.file, at.path[: DEPTHS.get(at.path[:1], 2)], at.line)


def _dated_in_text(article: Written) -> bool:
    return bool(article.header and article.annotations and not article.annotations.article.published)


# How deep the fields of what people write lie; of all else 2: `article/published`, `stoltenberg/name`.
DEPTHS: dict[Path, int] = {(key,): 3 for key in ("annotators", "claims", "occasions", "sources", "withdrawn")}


class _Need(NamedTuple):
    """A claim of another article that a relation points to, where the relation stands, and whether in a draft."""

    iri: Iri
    spot: Spot
    by_draft: bool


class _Whole:
    """What has been defined and what is needed so far; the tally of the published graphs."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.total = Tally()
        self.articles: dict[str, Spot] = {}
        self.drafts: set[Iri] = set()
        self.defined: set[Iri] = set()
        self.unread: set[str] = set()
        self.needs: list[_Need] = []
        self.doubles: list[Finding] = []

    def add(self, unit: Unit) -> None:
        if unit.graph is None:
            if any(finding.severity == "violation" for finding in unit.findings):
                self.unread.add(unit.id)
            return
        if unit.id in self.articles:
            self.doubles.append(_double(unit, self.articles[unit.id]))
            return
        self.articles[unit.id] = Spot(unit.file, line=unit.line)
        (self.drafts if unit.draft else self.defined).update(unit.defines)
        self.needs.extend(_Need(iri, spot, unit.draft) for iri, spot in unit.needs.items())
        if not unit.draft:
            self.total += tally(unit.graph, unit.annotated)

    def findings(self) -> tuple[Finding, ...]:
        return (*self.doubles, *self._unmet())

    def _unmet(self) -> Iterator[Finding]:
        for iri, spot, by_draft in self.needs:
            claim = iri[1:-1].removeprefix(f"{self.base}claim/")
            article = claim.rpartition("/")[0]
            if iri in self.drafts and not by_draft:
                message = f"a relation must lead to a published claim, and `{claim}` is a draft: finish it first"
                yield Finding("violation", message, "relation-to-draft", spot)
            elif iri not in self.defined and iri not in self.drafts and article not in self.unread:
                message = f"a relation must lead to a claim of this corpus, and there is no `{claim}`: correct it"
                yield Finding("violation", message, "unknown-reference", spot)


def _double(unit: Unit, first: Spot) -> Finding:
    where = f"{first.file}:{first.line}" if first.line else first.file
    message = f"an article's id must be its own, and `{unit.id}` is also that of {where}: give one an `article.id`"
    return Finding("violation", message, "double-article", Spot(unit.file, ("article", "id"), unit.line))
