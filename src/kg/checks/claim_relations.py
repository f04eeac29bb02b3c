"""Checks of two related claims: what each relation requires of the other claim.

The claims of one article are compared where the article is mapped. Relations between articles are compared at the
end, from the facts that each article packs here.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import TypeVar
from zlib import crc32

from kg.annotations.classes import Relations
from kg.checks.facts import ClaimFacts, Relation
from kg.checks.rules import finding
from kg.errors import Finding, Spot
from kg.model import Article, Claim, Entity
from kg.rdf.terms import Iri, Literal
from kg.rdf.vocab import KG

_DENIALS = ("denies", "rejects", "excludes")
_NAMES: Mapping[Iri, str] = {KG[name]: name for name in Relations.__struct_fields__}
_LATER = ("answers", "repeats", "retracts")
_TOLERANCE = timedelta(days=1)


def facts_of(claim: Claim, base: int) -> ClaimFacts:
    """Return the facts of a claim; `base` is the length of the base IRI with its angle bracket."""
    said = claim.said
    return ClaimFacts(
        id=claim.id,
        speakers=[iri[base:-1] for iri in (*claim.speakers, *claim.on_behalf_of)],
        earliest=said.earliest,
        latest=said.latest,
        act=claim.act[claim.act.rfind("#") + 1 : -1],
        texts=[_text_sum(text) for text in claim.text],
    )


def _text_sum(text: Literal) -> int:
    """Return a check sum of a text and its language, for which case and the full stop do not count."""
    return crc32(text.replace('."', '"').casefold().encode())


def relations_of(article: Article, base: int) -> list[Relation]:
    """Return the relations of all claims of an article."""
    found: list[Relation] = []
    here = f"{article.id}/"
    start = base + len("claim/")
    for claim in article.claims:
        if not claim.relations:
            continue
        counts: dict[Iri, int] = {}
        for name, _ in claim.relations:
            counts[name] = counts.get(name, 0) + 1
        item: dict[Iri, int] = {}
        for name, iri in claim.relations:
            target = iri[start:-1]
            other, _, id = target.rpartition("/")
            n = item[name] = item.get(name, -1) + 1
            found.append(
                Relation(
                    _NAMES[name],
                    claim.id,
                    "" if target.startswith(here) and other == article.id else other,
                    id,
                    n if counts[name] > 1 else -1,
                )
            )
    return found


def pair_findings(
    relation: Relation, claim: ClaimFacts, other: ClaimFacts, entities: Mapping[str, Entity], spot: Spot
) -> Iterator[Finding]:
    """Yield what is odd about one relation of a claim to another."""
    name, shown = relation.name, relation.shown()
    if name in ("same", "retracts") and not _may_agree(claim.speakers, other.speakers, entities):
        yield _other_speakers(name, shown, other, spot)
    if name == "same" and (_is_later(claim, other) or _is_later(other, claim)):
        message = (
            f"`same` must join reports of one statement, and `{shown}` was made on another day ({_days(other)}, "
            f"not {_days(claim)}): write `repeats`, or correct a date"
        )
        yield finding("same-other-date", message, spot)
    elif name in _LATER and _is_later(other, claim):
        message = (
            f"a claim can only be made after what it {name}, and `{shown}` was made later ({_days(other)}, this "
            f"one {_days(claim)}): turn the relation round, or correct a date"
        )
        yield finding("relation-to-later-claim", message, spot)
    if name == "answers" and _denies_its_own_text(claim, other):
        message = (
            f"the `gist` of a claim that {claim.act} must say what its speaker maintains, and this one is that of "
            f"`{shown}`, which it answers: write what the denial amounts to"
        )
        yield finding("denial-of-nothing", message, spot)


def _other_speakers(name: str, shown: str, other: ClaimFacts, spot: Spot) -> Finding:
    speakers = ", ".join(f"`{speaker.rpartition('/')[2]}`" for speaker in other.speakers)
    if name == "same":
        message = (
            f"`same` must join reports of one statement, and `{shown}` was made by {speakers}: write `repeats`, or "
            "correct a speaker"
        )
        return finding("same-other-speakers", message, spot)
    message = f"only its speaker can take a claim back, and `{shown}` was made by {speakers}: correct one of them"
    return finding("retracts-another-speaker", message, spot)


def _may_agree(speakers: Sequence[str], others: Sequence[str], entities: Mapping[str, Entity]) -> bool:
    """Tell whether two claims may have one speaker: unnamed here, named there; a person and their organisation."""
    if not speakers or not others or not set(speakers).isdisjoint(others):
        return True
    if any(not each.startswith("entity/") for each in (*speakers, *others)):
        return True
    return any(_belongs(one, other, entities) for one in speakers for other in others)


def _belongs(one: str, other: str, entities: Mapping[str, Entity]) -> bool:
    for member, whole in ((one, other), (other, one)):
        entity = entities.get(member[len("entity/") :])
        if entity and any(role.organization.endswith(f"/{whole}>") for role in entity.roles):
            return True
    return False


def _is_later(claim: ClaimFacts, other: ClaimFacts) -> bool:
    """Tell whether a claim was certainly made more than a day after another."""
    return is_more_than_a_day_later(claim.earliest, other.latest)


def is_more_than_a_day_later(later: str, earlier: str) -> bool:
    """Tell whether one day is later than another by more than a day; False if one of them is open (`""`)."""
    if not later or not earlier or later <= earlier:
        return False
    return date.fromisoformat(later) - date.fromisoformat(earlier) > _TOLERANCE


def _days(claim: ClaimFacts) -> str:
    if claim.earliest == claim.latest:
        return claim.earliest
    return f"{claim.earliest or '…'} to {claim.latest or '…'}"


def _denies_its_own_text(claim: ClaimFacts, other: ClaimFacts) -> bool:
    if not claim.texts or not other.texts or claim.act not in _DENIALS:
        return False
    if other.act == "asks" or other.act in _DENIALS:
        return False
    return not set(claim.texts).isdisjoint(other.texts)


def relation_findings(
    facts: Iterable[ClaimFacts], relations: Iterable[Relation], entities: Mapping[str, Entity], file: Spot
) -> list[Finding]:
    """Return what is odd about the relations within an article; `file` is any place in its file."""
    here = [each for each in relations if not each.article]
    if not here:
        return []
    claims = {each.id: each for each in facts}
    found: list[Finding] = []
    for each in here:
        one, other = claims.get(each.claim), claims.get(each.target)
        if one and other:
            found += pair_findings(each, one, other, entities, file._replace(path=each.path()))
    return found


T = TypeVar("T")


def closing_circles(edges: Mapping[str, list[tuple[str, T]]]) -> Iterator[T]:
    """Yield the value of each edge that closes a circle; edges lead from each key to others."""
    done: set[str] = set()
    for start in edges:
        if start not in done:
            yield from _closing(start, edges, done)


def _closing(start: str, edges: Mapping[str, list[tuple[str, T]]], done: set[str]) -> Iterator[T]:
    """Yield the edges that lead back into the chain that is being followed."""
    chain = {start}
    waiting = [(start, iter(edges[start]))]
    while waiting:
        node, more = waiting[-1]
        target, value = next(more, (None, None))
        if target is None:
            waiting.pop()
            done.add(node)
            chain.discard(node)
        elif target in chain:
            yield value  # type: ignore[misc]  # not None: the edge exists
        elif target in edges and target not in done:
            chain.add(target)
            waiting.append((target, iter(edges[target])))


N = TypeVar("N", bound=Hashable)


def members_of_circles(edges: Mapping[N, Sequence[N]]) -> set[N]:
    """Return the nodes from which edges lead back to themselves (Kosaraju's strongly connected components)."""
    backwards: dict[N, list[N]] = {}
    for node, others in edges.items():
        for other in others:
            backwards.setdefault(other, []).append(node)
    found = {node for node, others in edges.items() if node in others}
    done: set[N] = set()
    for start in reversed(list(_in_order_of_leaving(edges, edges, set()))):
        component = list(_in_order_of_leaving([start], backwards, done))
        if len(component) > 1:
            found.update(component)
    return found


def _in_order_of_leaving(starts: Iterable[N], edges: Mapping[N, Sequence[N]], done: set[N]) -> Iterator[N]:
    """Yield each node that is reached and not done after all that are reached from it."""
    for start in starts:
        waiting = [] if start in done else [(start, iter(edges.get(start, ())))]
        done.add(start)
        while waiting:
            node, others = waiting[-1]
            other = next((each for each in others if each not in done), None)
            if other is None:
                waiting.pop()
                yield node
            else:
                done.add(other)
                waiting.append((other, iter(edges.get(other, ()))))


def circle_message(relation: Relation) -> str:
    """Return the message for a relation that closes a circle."""
    return (
        f"a claim must not report itself, and `{relation.shown()}` leads back to this claim by `reports`: delete "
        "the relation that is wrong"
    )


def contradiction_message(relation: Relation) -> str:
    """Return the message for claims that are the same and contradict each other."""
    return (
        f"a claim must not contradict itself, and `{relation.shown()}` is the same statement by `same`: delete one "
        "of the relations"
    )
