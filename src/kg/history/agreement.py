"""How far annotators agree: which claims they both found, and what they say of those.

Claims are compared by their passages, then by field with Krippendorff's alpha (K. Krippendorff, "Computing
Krippendorff's Alpha-Reliability", 2011). A field of several values, such as topics, is a set, whose distance to
another is the share of the values that only one of them has (Jaccard); for single values that is 0 or 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from kg.meaning.records import ArticleRecord, ClaimRecord
from kg.text.spans import Span, overlap_share

Readings = dict[str, dict[str, ArticleRecord]]
"""Each article by its id, as each annotator read it."""
Values = frozenset[str]
UNNAMED, NEWSROOM = "unnamed", "article"
_BASES_WITHOUT_DATE = ("", "publication")
"""Bases of a date that do not say when the claim was made."""


class Unit(NamedTuple):
    """One claim as several annotators read it: the claim of each who found it, in their order.

    `relations` are those of each claim, with the number of the unit that they point to in place of a claim's id.
    """

    claims: Mapping[str, ClaimRecord]
    relations: Mapping[str, Values] = {}  # never changed

    def values(self, field: str, annotator: str) -> Values:
        """Return what an annotator gives in a field; nothing if it is not given, or the annotator has no claim."""
        claim = self.claims.get(annotator)
        if claim is None:
            return frozenset()
        return self.relations[annotator] if field == "relations" else READERS[field](claim)


class ComparedArticle(NamedTuple):
    """An article that several annotators read, and its units in the order of the text."""

    article: ArticleRecord
    annotators: tuple[str, ...]
    units: tuple[Unit, ...]

    def claims(self, annotator: str) -> list[ClaimRecord]:
        """Return the claims of one annotator."""
        return [unit.claims[annotator] for unit in self.units if annotator in unit.claims]


class PassageFigures(NamedTuple):
    """How far two annotators claim the same passages, in the articles that both read.

    `claims` counts the claims of each, `both` those that count as the same (`agreement_of`), and `same_words` those
    that begin and end at the same characters.
    """

    pair: tuple[str, str]
    claims: tuple[int, int]
    both: int
    same_words: int

    @property
    def precision(self) -> float | None:
        """The share of the second annotator's claims that the first has too; None if there are none."""
        return self.both / self.claims[1] if self.claims[1] else None

    @property
    def recall(self) -> float | None:
        """The share of the first annotator's claims that the second has too; None if there are none."""
        return self.both / self.claims[0] if self.claims[0] else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall; None if neither has claims."""
        return 2 * self.both / sum(self.claims) if sum(self.claims) else None


class FieldFigures(NamedTuple):
    """How far annotators agree in a field, over the claims for which at least two of them give it.

    `alpha` is None if all values are the same, so that agreement by chance is certain. `compared` counts the
    claims, `equal` those where all values are the same, and `one_sided` those where only some give the field.
    """

    field: str
    alpha: float | None
    compared: int
    equal: int
    one_sided: int


class GammaFigures(NamedTuple):
    """How far all annotators claim the same passages, by γ (`kg.history.gamma`).

    `disorders` has by article how far the passages differ, and how far they would by chance. `left_out` has the
    articles that were not computed, and why.
    """

    disorders: Mapping[str, tuple[float, float]]
    left_out: Mapping[str, str]

    @property
    def value(self) -> float | None:
        """γ over all articles: 1 if passages are the same, 0 if as by chance; None if no article was computed."""
        observed = sum(found for found, _ in self.disorders.values())
        expected = sum(chance for _, chance in self.disorders.values())
        return 1 - observed / expected if expected else None

    def of_article(self, id: str) -> GammaFigures:
        """Return γ of one article."""
        return GammaFigures(
            {name: found for name, found in self.disorders.items() if name == id},
            {name: why for name, why in self.left_out.items() if name == id},
        )


class Agreement(NamedTuple):
    """The agreement of annotators. `drafts` counts the unfinished readings that were left out.

    `gamma` is None unless it was asked for.
    """

    annotators: tuple[str, ...]
    articles: tuple[ComparedArticle, ...]
    overlap: float
    drafts: int = 0
    gamma: GammaFigures | None = None

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The pairs of annotators who both read some article, in their order."""
        return [
            pair
            for pair in combinations(self.annotators, 2)
            if any(set(pair) <= set(each.annotators) for each in self.articles)
        ]

    def of_article(self, id: str) -> Agreement:
        """Return the agreement in one article."""
        gamma = self.gamma and self.gamma.of_article(id)
        return self._replace(articles=tuple(each for each in self.articles if each.article.id == id), gamma=gamma)

    def passages(self, pair: tuple[str, str]) -> PassageFigures:
        """Return how far two annotators claim the same passages."""
        units = [unit for each in self.articles if set(pair) <= set(each.annotators) for unit in each.units]
        first, second = (sum(name in unit.claims for unit in units) for name in pair)
        both = [[unit.claims[name] for name in pair] for unit in units if set(pair) <= unit.claims.keys()]
        same = sum(_spans(one) == _spans(other) for one, other in both)
        return PassageFigures(pair, (first, second), len(both), same)

    def field(self, field: str, annotators: Sequence[str] = ()) -> FieldFigures:
        """Return how far annotators agree in a field of `FIELDS`; all of them by default."""
        compared, one_sided = [], 0
        for unit in [unit for each in self.articles for unit in each.units]:
            found = [unit.values(field, name) for name in annotators or self.annotators if name in unit.claims]
            given = [values for values in found if values]
            one_sided += 0 < len(given) < len(found)
            if len(given) > 1:
                compared.append(given)
        equal = sum(len(set(values)) == 1 for values in compared)
        return FieldFigures(field, krippendorff_alpha(compared), len(compared), equal, one_sided)


def krippendorff_alpha(units: Iterable[Sequence[Values]]) -> float | None:
    """Return Krippendorff's alpha of sets of values: 1 if they are always equal, 0 if as often as by chance.

    A unit is what each annotator gives for one thing; one with fewer than two is not counted. None if there is
    nothing to compare, or all values are equal.
    """
    pairable = [values for values in units if len(values) > 1]
    total = sum(map(len, pairable))
    counts = Counter(value for values in pairable for value in values)
    observed = sum(
        sum(_distance(one, other) for one, other in combinations(values, 2)) / (len(values) - 1)
        for values in pairable
    )
    chance = sum(counts[one] * counts[other] * _distance(one, other) for one, other in combinations(counts, 2))
    return 1 - (total - 1) * observed / chance if chance else None


def _distance(one: Values, other: Values) -> float:
    return 1 - len(one & other) / len(one | other)


def agreement_of(readings: Readings, annotators: Sequence[str], overlap: float = 0.5) -> Agreement:
    """Return the agreement of annotators in the articles that at least two of them read.

    Two claims are the same if at least `overlap` of the characters that either has are in both. The pair with the
    largest share comes first; of pairs with equal shares one with equal speakers, then one earlier in the text. A
    unit has at most one claim of each annotator.
    """
    compared = []
    for _, by_annotator in sorted(readings.items()):
        if len(by_annotator) > 1:
            read = {name: by_annotator[name] for name in annotators if name in by_annotator}
            groups = same_claims({name: article.claims for name, article in read.items()}, overlap)
            units = tuple(Unit(each, _relations(each, groups)) for each in groups)
            compared.append(ComparedArticle(next(iter(read.values())), tuple(read), units))
    return Agreement(tuple(annotators), tuple(compared), overlap)


def same_claims(claims: Mapping[str, Sequence[ClaimRecord]], overlap: float = 0.5) -> list[dict[str, ClaimRecord]]:
    """Group the claims of an article that are the same, by annotator, in the order of the text (`agreement_of`)."""
    found = sorted(
        ((_spans(claim), name, claim) for name, own in claims.items() for claim in own), key=lambda each: each[0]
    )
    groups: list[dict[str, int]] = [{name: number} for number, (_, name, _) in enumerate(found)]
    for one, other in _same_passages(found, overlap):
        first, second = groups[one], groups[other]
        if first is not second and first.keys().isdisjoint(second):
            first |= second
            for member in second.values():
                groups[member] = first
    distinct = [group for number, group in enumerate(groups) if number == min(group.values())]
    return [{name: found[group[name]][2] for name in claims if name in group} for group in distinct]


def _same_passages(
    found: Sequence[tuple[tuple[Span, ...], str, ClaimRecord]], overlap: float
) -> list[tuple[int, int]]:
    """Return the pairs of claims that are the same passage, by their numbers, the largest share first."""
    pairs = []
    for one, (spans, name, claim) in enumerate(found):
        end = max(last for _, last in spans)
        for other in range(one + 1, len(found)):
            other_spans, other_name, other_claim = found[other]
            if other_spans[0][0] >= end:
                break
            in_one_text = name != other_name and claim.text_version == other_claim.text_version
            share = overlap_share(spans, other_spans) if in_one_text else 0
            if share >= overlap > 0:
                differ = _speakers(claim) != _speakers(other_claim)
                pairs.append((-share, differ, one, other))
    return [(one, other) for _, _, one, other in sorted(pairs)]


def _spans(claim: ClaimRecord) -> tuple[Span, ...]:
    return tuple(sorted(Span(part.start, part.end) for part in claim.parts))


def _relations(unit: Mapping[str, ClaimRecord], units: Sequence[Mapping[str, ClaimRecord]]) -> dict[str, Values]:
    """Return the relations of each claim of a unit, to units of the article or to other articles."""
    numbers = {
        (name, claim.id): f"claim {number}" for number, each in enumerate(units, 1) for name, claim in each.items()
    }
    return {
        name: frozenset(
            f"{kind} {numbers.get((name, other), other.rpartition('/')[0])}" for kind, other in claim.relations
        )
        for name, claim in unit.items()
    }


def _speakers(claim: ClaimRecord) -> Values:
    """Return the speakers; unnamed sources have an id of their own in each reading, and count as one."""
    return frozenset(
        NEWSROOM if speaker.endswith("#newsroom") else UNNAMED if "#" in speaker else speaker
        for speaker in claim.speakers
    )


def _one(value: str) -> Values:
    return frozenset((value,)) if value else frozenset()


READERS: dict[str, Callable[[ClaimRecord], Values]] = {
    "speaker": _speakers,
    "act": lambda claim: _one(claim.act),
    "form": lambda claim: _one(claim.form),
    "date": lambda claim: _one("" if claim.said.basis in _BASES_WITHOUT_DATE else claim.said.edtf),
    "to": lambda claim: frozenset(claim.to),
    "about": lambda claim: frozenset(claim.about),
}
"""What a claim gives in each field that can be compared without the other claims."""
FIELDS = (*READERS, "relations")
"""The fields of a claim that are compared, each as a set of values; an empty set means that it is not given."""
