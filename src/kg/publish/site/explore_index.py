"""The index of the page Explore: a column for each facet, and the names of their values in each language.

Two small scripts, so that they also load from a disk: `explore/claims.js`, and `explore/names-nl.js` and such. The
claims come in the order of the search index, whose portions have their texts.
"""

from __future__ import annotations

import json
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple

from kg.publish.site.localisation import in_words, lexical, natural, strings
from kg.publish.site.machine_files import SiteFile
from kg.publish.site.search_index import PORTION
from kg.publish.site.store_reader import LocalisedReader, ResourceReader
from kg.rdf.terms import Iri, Literal, iri_text, is_iri, local_name
from kg.rdf.vocab import ACTS, KG, RDF, SCHEMA

FACETS = ("speaker", "about", "act", "date", "to", "outlet", "form", "certainty", "reading")
"""The facets by the names that they have in addresses, in the order of the page."""
EXPLORE_WORDS = (
    *("one", "many", "of", "show", "all", "fewer", "remove", "clear", "page", "table", "bars", "marks", "marked"),
    *("unmarked", "undated", "period", "claims", "web", "webbed", "unlinked", "cut", "speakers", "abouts", "acts"),
    *("busy", "saved", "failed", "many_files"),
)
"""The ends of the keys of the strings that `explore.js` shows."""
UNNAMED, NEWSROOM, UNKNOWN, NONE = "unnamed", "newsroom", "unknown", "none"
"""Values that are no resources: unnamed sources, newsrooms, unknown dates, no reading of the annotator."""
_DAYS = (KG.earliest, KG.latest, KG.probably, SCHEMA.dateCreated)
_PREDICATES = {
    "speaker": SCHEMA.author,
    "about": SCHEMA.about,
    "act": KG.act,
    "to": KG.addressee,
    "form": KG.form,
    "reading": KG.inferred,
}
_RESOURCES = ("speaker", "about", "to", "outlet")
_YEAR, _MONTH = 4, 7
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # `json.dumps` makes one each time


class ClaimDays(NamedTuple):
    """The first and last possible day of a claim and the probable day, month or year; `""` if there is none."""

    first: str
    last: str
    probable: str

    @property
    def periods(self) -> tuple[str, ...]:
        """The year and the month in which the claim was most probably said, as far as both are known."""
        if self.probable:
            return tuple(dict.fromkeys((self.probable[:_YEAR], self.probable[:_MONTH])))
        found = tuple(
            self.first[:size] for size in (_YEAR, _MONTH) if self.first and self.first[:size] == self.last[:size]
        )
        return found or (UNKNOWN,)


class Column:
    """A facet of all claims: the different sets of values, and for each claim the number of its set."""

    def __init__(self) -> None:
        self.sets: dict[tuple[str, ...], int] = {}
        self.rows = array("I")

    def add(self, values: tuple[str, ...]) -> None:
        """Add the values of the next claim."""
        self.rows.append(self.sets.setdefault(values, len(self.sets)))

    def mapped(self, function: Callable[[tuple[str, ...]], tuple[str, ...]]) -> Column:
        """Return a column with other values, which a function makes of each set."""
        column = Column()
        numbers = [column.sets.setdefault(function(each), len(column.sets)) for each in self.sets]
        column.rows.extend(numbers[row] for row in self.rows)
        return column

    def values(self) -> list[str]:
        """Return all values, sorted."""
        return sorted({value for values in self.sets for value in values})


class ExploreEntries(NamedTuple):
    """What the index has of an article: its path and the ids of its claims, as JSON; the terms of each claim."""

    article: str
    claims: Sequence[Mapping[str, tuple[str, ...]]]


def explore_entries(quads: ResourceReader, article: Iri) -> ExploreEntries:
    """Return what the index has of an article, its claims in the order of the search index."""
    path = quads.path(article)
    start = f"claim/{path.removeprefix('article/')}/"
    claims = [
        (natural(claim.get(SCHEMA.position, ())), quads.path(iri).removeprefix(start), claim)
        for iri in quads.subjects(SCHEMA.appearance, article)
        if (claim := quads.properties(iri))
    ]
    claims.sort(key=itemgetter(0, 1))
    outlet = tuple(quads.properties(article).get(SCHEMA.publisher, ()))
    terms = [
        {
            **{facet: tuple(claim.get(predicate, ())) for facet, predicate in _PREDICATES.items()},
            "outlet": outlet,
            "date": tuple(next(iter(claim.get(each, ())), "") for each in _DAYS),
        }
        for _, _, claim in claims
    ]
    return ExploreEntries(_json([path, " ".join(id for _, id, _ in claims)]), terms)


class ExploreIndex:
    """The index of the claims of the articles that were added, in that order."""

    def __init__(self, quads: ResourceReader) -> None:
        self._quads = quads
        # Terms as in the store. What they mean is worked out once for each set, as claims have few different ones.
        self._terms = {facet: Column() for facet in (*_PREDICATES, "outlet", "date")}
        self._articles: list[str] = []

    def following(self, articles: Iterable[Iri]) -> Iterator[Iri]:
        """Yield articles, and add the claims of each: what else reads an article then finds it in the cache."""
        for article in articles:
            self.add(article)
            yield article

    def add(self, article: Iri) -> None:
        """Add the claims of an article."""
        self.add_entries(explore_entries(self._quads, article))

    def add_entries(self, entries: ExploreEntries) -> None:
        """Add the claims of an article, from its entries."""
        for claim in entries.claims:
            for facet, terms in claim.items():
                self._terms[facet].add(terms)
        self._articles.append(entries.article)

    def files(self, readers: Iterable[LocalisedReader]) -> Iterator[SiteFile]:
        """Yield the files of the index. Call it when all articles were added."""
        days = self._terms["date"].mapped(_claim_days)
        columns = {
            **{facet: self._terms[facet].mapped(self._values) for facet in _RESOURCES},
            "act": self._terms["act"].mapped(_local_names),
            "form": self._terms["form"].mapped(_local_names),
            "reading": self._terms["reading"].mapped(lambda terms: _local_names(terms) or (NONE,)),
            "certainty": self._terms["date"].mapped(_certainty),
            "date": days.mapped(lambda each: ClaimDays(*each).periods),
        }
        values = {facet: columns[facet].values() for facet in FACETS}
        yield SiteFile("explore/claims.js", _script("claims", "".join(self._written(columns, values, days))))
        for reader in readers:
            names = {facet: _names(reader, facet, each) for facet, each in values.items()}
            content = "{" + ",\n".join(f"{_json(facet)}:{_json(each)}" for facet, each in names.items()) + "}"
            yield SiteFile(f"explore/names-{reader.language}.js", _script(f"names-{reader.language}", content))

    def _written(self, columns: dict[str, Column], values: dict[str, list[str]], days: Column) -> Iterator[str]:
        """Yield the columns as JSON. The values of a facet are numbers; `days` has the days themselves."""
        yield f'{{"base":{_json(self._quads.base)},"portion":{PORTION},\n"articles":['
        yield ",\n".join(self._articles)
        yield '],\n"facets":{'
        for number, (facet, known) in enumerate(values.items()):
            places = {value: place for place, value in enumerate(known)}
            sets = [[places[value] for value in each] for each in columns[facet].sets]
            yield f'{"," if number else ""}\n"{facet}":{{"values":{_json(known)},"sets":{_json(sets)},'
            yield f'"rows":{_numbers(columns[facet].rows)}}}'
        yield f'}},\n"days":{{"sets":{_json(list(days.sets))},"rows":{_numbers(days.rows)}}}}}'

    def _values(self, terms: tuple[str, ...]) -> tuple[str, ...]:
        """Return the values for resources, sorted. An unnamed source is nobody: all of them have one value."""
        return tuple(sorted({self._value(Iri(term)) for term in terms if is_iri(term)}))

    def _value(self, iri: Iri) -> str:
        path = self._quads.path(iri)
        if path.startswith("entity/"):
            return path
        types = self._quads.properties(iri).get(RDF.type, ())
        if KG.UnnamedSource in types:
            return UNNAMED
        return NEWSROOM if KG.Newsroom in types else path or iri_text(iri)


def _local_names(terms: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(local_name, terms))


def _claim_days(terms: tuple[str, ...]) -> ClaimDays:
    """Return the days of a claim, from its terms for `_DAYS`."""
    first, last, probable, day = (lexical([Literal(term)]) if term else "" for term in terms)
    return ClaimDays(first, last, probable or day[:10])


def _certainty(terms: tuple[str, ...]) -> tuple[str]:
    """Return how certain the date of a claim is, from its terms for `_DAYS`."""
    first, last, probable, day = terms
    if probable:
        return ("probable",)
    if day:
        return ("certain",)
    return ("between" if first and last else "bound" if first or last else UNKNOWN,)


def _names(reader: LocalisedReader, facet: str, values: list[str]) -> list[str]:
    """Return the names of the values of a facet. Resources with the same name get their ids too."""
    name = _NAMES.get(facet, _resource_name)
    names = [name(reader, value) for value in values]
    counts = Counter(names)
    return [
        f"{each} ({value.rpartition('/')[2]})" if counts[each] > 1 else each
        for value, each in zip(values, names, strict=True)
    ]


def _resource_name(reader: LocalisedReader, value: str) -> str:
    if value in (UNNAMED, NEWSROOM):
        return reader.say(f"explore-{value}")
    return reader.link(Iri(f"<{value}>") if "://" in value else reader.quads.iri(value)).name


def _act(reader: LocalisedReader, value: str) -> str:
    return reader.label(f"<{ACTS.base}{value}>")


def _reading(reader: LocalisedReader, value: str) -> str:
    if value == NONE:
        return reader.say("explore-no-reading")
    known = strings(reader.language).get(f"field-{value}")
    return known or (reader.label(KG[value]) if value in KG.names else value)


def _period(reader: LocalisedReader, value: str) -> str:
    return reader.say("date-unknown") if value == UNKNOWN else in_words(value, reader.language)


_NAMES: dict[str, Callable[[LocalisedReader, str], str]] = {
    "act": _act,
    "form": lambda reader, value: reader.say(f"form-{value}"),
    "certainty": lambda reader, value: reader.say(f"explore-certainty-{value}"),
    "reading": _reading,
    "date": _period,
}


def _numbers(rows: array[int]) -> str:
    return "[" + ",".join(map(str, rows)) + "]"


def _script(name: str, content: str) -> bytes:
    return f'kgExplore("{name}",{content});\n'.encode()
