"""The data set as a whole: its description, counts over all claims, and who responds to whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from functools import cached_property
from heapq import heappush, heappushpop
from typing import Generic, NamedTuple, TypeVar

from kg.dates.edtf import is_day
from kg.mappers.dataset import base_of_dataset
from kg.publish.site.localisation import LocalText, lexical, natural, texts
from kg.publish.site.store_reader import EVERYTHING, Properties, ResourceReader, annotated_on, annotation_of
from kg.rdf.terms import Iri, Term, iri_text, is_iri
from kg.rdf.vocab import DCAT, DCTERMS, KG, SCHEMA, SKOS, VOID

T = TypeVar("T")
NEW = 200
"""How many of the claims that were annotated last are listed."""
DOSSIERS = 200
"""How many pairs of speakers have a dossier: those with the most responses."""
ENTITY = "entity/"
_MONTH, _DAY = 7, 10
RESPONSES = ("answers", "repeats", "reports", "supports", "qualifies", "contradicts", "retracts")
_RESPONSES = tuple((name, KG[name]) for name in RESPONSES)


class Response(NamedTuple):
    """A relation from one speaker's claim to another speaker's claim, with the act of the first claim.

    `is_addressed` says whether that act is directed at the other speaker.
    """

    speaker: Iri
    other: Iri
    relation: str
    act: Iri
    is_addressed: bool


class ClaimStatistics(NamedTuple):
    """Counts over all claims.

    `months` counts by `2020-02`, or `""` if the month is not known, and `days` by the day of the annotation; `new`
    are the claims that were annotated last, each with the day or time of its annotation.
    """

    by_speaker: Counter[Iri]
    by_topic: Counter[Iri]
    by_article: Counter[Iri]
    months: Counter[str]
    acts: Counter[Iri]
    responses: Counter[Response]
    days: Counter[str]
    new: tuple[tuple[str, Iri], ...]


class DatasetDescription(NamedTuple):
    """The description of the data set."""

    titles: tuple[LocalText, ...]
    descriptions: tuple[LocalText, ...]
    notes: tuple[LocalText, ...]
    licence: str
    publisher: Iri | None
    creators: tuple[Iri, ...]
    details: tuple[tuple[str, str], ...]
    modified: str
    language: str
    counts: dict[Iri, int]
    moved_from: tuple[str, ...] = ()


class DatasetIdentity(NamedTuple):
    """What does not change with each claim: the titles, the licence and the publisher."""

    titles: tuple[LocalText, ...]
    licence: str
    publisher: Iri | None


def summary(quads: ResourceReader) -> ClaimStatistics:
    """Count over all claims, in one pass."""
    by_speaker: Counter[Iri] = Counter()
    by_topic: Counter[Iri] = Counter()
    by_article: Counter[Iri] = Counter()
    months: Counter[str] = Counter()
    acts: Counter[Iri] = Counter()
    responses: Counter[Response] = Counter()
    days: Counter[str] = Counter()
    newest: list[tuple[str, Iri]] = []
    for claim in quads.instances(SCHEMA.Claim):
        properties = quads.properties(claim)
        by_speaker.update(map(Iri, properties.get(SCHEMA.author, ())))
        by_topic.update(map(Iri, properties.get(SCHEMA.about, ())))
        by_article.update(map(Iri, properties.get(SCHEMA.appearance, ())))
        acts.update(map(Iri, properties.get(KG.act, ())))
        months[month(properties)] += 1
        responses.update(_responses(quads, properties, None))
        push = heappush if len(newest) < NEW else heappushpop
        on = annotated_on(quads.properties(annotation_of(claim)))
        days[on[:_DAY]] += 1
        push(newest, (on, claim))
    new = sorted(newest, key=lambda pair: pair[1])
    new.sort(key=lambda pair: pair[0], reverse=True)
    return ClaimStatistics(by_speaker, by_topic, by_article, months, acts, responses, days, tuple(new))


def month(properties: Properties) -> str:
    """Return the most probable month of a claim; `""` if the month is not known."""
    for predicate in (KG.probably, SCHEMA.dateCreated):
        day = lexical(properties.get(predicate, ()))
        if is_day(f"{day[:_MONTH]}-01"):
            return day[:_MONTH]
    first, last = (lexical(properties.get(each, ()))[:_MONTH] for each in (KG.earliest, KG.latest))
    return first if first == last and is_day(f"{first}-01") else ""


# The end of the label's key of each further fact, in the order of the page.
_DETAILS = {
    DCAT.version: "version",
    DCTERMS.issued: "issued",
    DCTERMS.identifier: "identifier",
    DCAT.landingPage: "page",
}


def description(quads: ResourceReader) -> DatasetDescription:
    """Return the description of the data set."""
    properties = quads.properties(quads.iri("dataset"))
    partitions = [quads.properties(Iri(term)) for term in properties.get(VOID.classPartition, ())]
    return DatasetDescription(
        titles=tuple(texts(properties.get(DCTERMS.title, ()))),
        descriptions=tuple(texts(properties.get(DCTERMS.description, ()))),
        notes=tuple(texts(properties.get(SKOS.editorialNote, ()))),
        licence=_iri(properties.get(DCTERMS.license, [])),
        publisher=next((Iri(term) for term in properties.get(DCTERMS.publisher, ()) if is_iri(term)), None),
        creators=tuple(Iri(term) for term in properties.get(DCTERMS.creator, ()) if is_iri(term)),
        details=tuple(
            (key, iri_text(term) if is_iri(term) else lexical((term,)))
            for predicate, key in _DETAILS.items()
            for term in properties.get(predicate, ())
        ),
        modified=lexical(properties.get(DCTERMS.modified, ())),
        language=lexical(properties.get(SCHEMA.inLanguage, ())),
        counts={
            Iri(kind): natural(each.get(VOID.entities, ()))
            for each in partitions
            for kind in each.get(VOID["class"], ())
        },
        moved_from=tuple(filter(None, map(base_of_dataset, properties.get(DCTERMS.replaces, ())))),
    )


def responses_of(
    quads: ResourceReader, claims: Iterable[Iri], *, only: Set[Iri] | None = None
) -> Counter[Response]:
    """Count the responses that claims give; with `only`, those to these claims."""
    return Counter(response for claim in claims for response in _responses(quads, quads.properties(claim), only))


def _responses(quads: ResourceReader, properties: Properties, only: Set[Iri] | None) -> Iterator[Response]:
    for name, term in _RESPONSES:
        for other in map(Iri, properties.get(term, ())):
            heard = quads.properties(other).get(SCHEMA.author, ()) if only is None or other in only else ()
            for speaker in properties.get(SCHEMA.author, ()):
                for each in heard:
                    act = Iri(next(iter(properties.get(KG.act, ())), ""))
                    is_addressed = each in properties.get(KG.addressee, ())
                    yield Response(Iri(speaker), Iri(each), name, act, is_addressed)


def dossier_paths(quads: ResourceReader, responses: Mapping[Response, int]) -> list[str]:
    """Return the paths of all dossiers, those with the most responses first: `debate/macron/trump`.

    Only named speakers have one: nothing says that two unnamed sources are the same.
    """
    counts: Counter[str] = Counter()
    for response, count in responses.items():
        if path := dossier_path(quads.path(response.speaker), quads.path(response.other)):
            counts[path] += count
    return sorted(counts, key=lambda path: (-counts[path], path))[:DOSSIERS]


def dossier_path(one: str, other: str) -> str:
    """Return the path of the dossier of two speakers, by the paths of their pages; `""` if they cannot have one."""
    first, last = sorted((one, other))
    if first == last or not (first.startswith(ENTITY) and last.startswith(ENTITY)):
        return ""
    return f"debate/{first.removeprefix(ENTITY)}/{last.removeprefix(ENTITY)}"


def _iri(terms: list[Term]) -> str:
    return next((term[1:-1] for term in terms if is_iri(term)), "")


class of_everything(Generic[T]):  # noqa: N801  # used as `property` is
    """A property of a `DatasetView` that is computed once; a page that uses it is made of the whole data set."""

    def __init__(self, compute: Callable[[DatasetView], T]) -> None:
        self._compute = compute
        self.__doc__ = compute.__doc__

    def __set_name__(self, _owner: type, name: str) -> None:
        self._name = f"_{name}"

    def __get__(self, view: DatasetView, _owner: type) -> T:
        view.quads.note(frozenset((EVERYTHING,)))
        if self._name not in view.__dict__:
            view.__dict__[self._name] = self._compute(view)
        found: T = view.__dict__[self._name]
        return found


class DatasetView:
    """The data set as a whole: each part is computed once, when it is first needed.

    `endpoint` is the path that answers queries; `""` if the browser does.
    """

    def __init__(self, quads: ResourceReader, endpoint: str = "") -> None:
        self.quads = quads
        self.endpoint = endpoint

    @of_everything
    def summary(self) -> ClaimStatistics:
        """Counts over all claims."""
        return summary(self.quads)

    @of_everything
    def description(self) -> DatasetDescription:
        """The description of the data set. It has counts: a page that needs only the `identity` asks for that."""
        return description(self.quads)

    @cached_property
    def identity(self) -> DatasetIdentity:
        """What the pages of single resources show of the data set."""
        about = description(self.quads)
        return DatasetIdentity(about.titles, about.licence, about.publisher)

    @cached_property
    def dossiers(self) -> list[str]:
        """The paths of all dossiers, those with the most responses first."""
        return self.quads.unnoted(lambda: dossier_paths(self.quads, self.summary.responses))

    def dossier_of(self, one: str, other: str) -> str:
        """Return the path of the dossier of two speakers by the paths of their pages; `""` if they have none.

        A page that asks is made of nothing but the answer, whose unit is the path of the dossier.
        """
        path = dossier_path(one, other)
        self.quads.note(frozenset((path,)))
        return path if path in self._known_dossiers else ""

    def dossiers_between(self, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """Return the paths of the dossiers that pairs of speakers have, by the paths of their pages."""
        return {pair: path for pair in set(pairs) if (path := self.dossier_of(*pair))}

    @cached_property
    def _known_dossiers(self) -> frozenset[str]:
        return frozenset(self.dossiers)

    @of_everything
    def withdrawn(self) -> list[tuple[str, Iri]]:
        """The claims that were withdrawn, each after the day; the newest first."""
        found = self.quads.instances(KG.WithdrawnClaim)
        days = ((lexical(self.quads.values(claim, KG.withdrawnOn)), claim) for claim in found)
        return sorted(days, reverse=True)

    @of_everything
    def modified(self) -> list[tuple[str, Iri]]:
        """The claims that a release changed, each after the day of the last one that did; the newest first."""
        return sorted(self._released(DCTERMS.modified, "claim/"), reverse=True)

    @of_everything
    def releases(self) -> list[tuple[str, str]]:
        """The releases: the day of each, and its version; the newest first."""
        versions = self._released(DCTERMS.issued, "dataset#")
        return sorted(
            ((day, lexical(self.quads.values(each, DCAT.version))) for day, each in versions), reverse=True
        )

    def _released(self, predicate: Iri, kind: str) -> Iterator[tuple[str, Iri]]:
        """Yield the day that the graph of releases gives of things of a kind."""
        for each in self.quads.graph(self.quads.iri("graph/releases")):
            is_whole = kind.endswith("#") or "#" not in each
            if is_whole and self.quads.path(each).startswith(kind) and (days := self.quads.values(each, predicate)):
                yield lexical(days), each

    @of_everything
    def corrected(self) -> list[tuple[str, Iri]]:
        """The articles that their paper corrected, each after the day; the newest first."""
        days = ((lexical(self.quads.values(article, SCHEMA.dateModified)), article) for article in self.articles)
        return sorted((pair for pair in days if pair[0]), reverse=True)

    @of_everything
    def articles(self) -> list[Iri]:
        """All articles, the newest first."""
        found = self.quads.instances(SCHEMA.NewsArticle)
        return sorted(found, key=lambda article: (last_day(self.quads, article), article), reverse=True)

    def title(self, language: str) -> LocalText:
        """Return the title of the data set."""
        titles = self.identity.titles
        return next(
            (text for text in titles if text.language == language), titles[0] if titles else LocalText("kg")
        )


def last_day(quads: ResourceReader, thing: Iri) -> str:
    """Return the latest possible day of an event or article."""
    return lexical(quads.properties(thing).get(KG.latest, ()))
