"""Checks of speakers, reviewers and entities: names, titles, and what entities are part of."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from kg.annotations.classes import ClaimEntry, ClaimsFile
from kg.checks.claim_relations import is_more_than_a_day_later, members_of_circles
from kg.checks.rules import entity_acceptances, finding, unused_acceptances, without_accepted
from kg.corpus import CorpusDefinition
from kg.errors import Finding, Spot
from kg.meaning import CorpusIndex
from kg.meaning.reporter import as_list, as_text
from kg.model import Claim, Entity, Role
from kg.rdf.terms import Iri, Literal, literal_value
from kg.rdf.vocab import SCHEMA

# "Former", "then", "designate", "candidate": whoever is called so did not hold the title on that day.
_NOT_NOW = (
    *("voormalig", "oud-", "ex-", "ex ", "toenmalig", "gewezen", "aanstaand", "toekomstig", "beoogd", "kandidaat"),
    *("former", "then-", "then ", "designate", "-elect", "incoming", "future", "candidate", "late "),
    *("ancien", "futur", "candidat", "ehemalig", "früher", "damalig", "künftig", "designiert", "kandidat", "alt"),
)


def name_finding(claim: Claim, entry: ClaimEntry, index: CorpusIndex, file: Spot) -> Finding | None:
    """Return a finding if the words for the speaker are the whole name of another person."""
    words = as_text(entry.speaker_words)
    if " " not in words:
        return None
    owners = index.full_names.get(f"={words.casefold()}")
    if not owners or not set(owners).isdisjoint(as_list(entry.speaker)):
        return None
    message = (
        f"`speaker_words` must name the speaker, and {words!r} is the name of `{owners[0]}`: correct the speaker"
    )
    return finding("speaker-words-of-another", message, file._replace(path=("claims", claim.id, "speaker_words")))


def title_finding(claim: Claim, entry: ClaimEntry, index: CorpusIndex, file: Spot) -> Finding | None:
    """Return a finding if the words for the speaker have a title that the speaker did not hold on that day."""
    for id in as_list(entry.speaker):
        entity = index.entities.get(id)
        if (
            entity
            and entity.roles
            and (title := _title_not_held(entity, as_text(entry.speaker_words).casefold(), claim))
        ):
            message = (
                f"the speaker must have held the title on the day of the claim, and `{id}` did not hold {title!r} "
                "then: correct the date, the speaker or the role"
            )
            return finding("title-not-held", message, file._replace(path=("claims", claim.id, "speaker_words")))
    return None


def _title_not_held(entity: Entity, called: str, claim: Claim) -> str:
    """Return the title that the words have and the speaker did not hold, `""` if there is none."""
    for role in entity.roles:
        for title in _titles(role.titles):
            if (
                title in called
                and _has_word(called, title)
                and not any(word in called for word in _NOT_NOW)
                and not any(_may_hold(each, claim) for each in entity.roles if title in _titles(each.titles))
            ):
                return title
    return ""


@lru_cache(maxsize=1024)
def _titles(titles: tuple[Literal, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(literal_value(title).lexical.casefold() for title in titles))


def _has_word(text: str, word: str) -> bool:
    at = text.find(word)
    if at < 0:
        return False
    before, after = text[at - 1 : at], text[at + len(word) : at + len(word) + 1]
    return not (before.isalnum() or before == "-" or after.isalnum() or after == "-")


def _may_hold(role: Role, claim: Claim) -> bool:
    """Tell whether a role may have been held when a claim was made, give or take a day."""
    said = claim.said
    if role.until.latest and role.until.latest < role.since.earliest:
        return True  # one of the two is wrong
    return not (
        is_more_than_a_day_later(said.earliest, role.until.latest)
        or is_more_than_a_day_later(role.since.earliest, said.latest)
    )


def review_findings(file: ClaimsFile, index: CorpusIndex, at: Spot) -> Iterator[Finding]:
    """Yield a finding if a person reviewed their own annotations."""
    annotation = file.annotation
    if not annotation.reviewed or annotation.reviewed.by != annotation.by:
        return
    annotator = index.annotators.get(annotation.by)
    if annotator and annotator.type == SCHEMA.Person:
        message = (
            f"annotations must be reviewed by somebody else, and `{annotation.by}` made them: write who reviewed "
            "them, or leave `reviewed` out"
        )
        yield finding("reviewed-by-annotator", message, at._replace(path=("annotation", "reviewed", "by")))


def entity_findings(corpus: CorpusDefinition, index: CorpusIndex) -> Iterator[Finding]:
    """Yield an event, place or topic that is part of itself, at each entity of the circle."""
    parents = {entity.iri: _parents(entity) for entity in index.entities.values()}
    in_circles = members_of_circles(parents)
    for id, entity in index.entities.items():
        if entity.iri in in_circles:
            field = "broader" if entity.broader else "part_of"
            message = (
                f"nothing may be part of itself, and `{id}` is, by `{field}`: correct or delete it "
                "here or at the others"
            )
            yield finding("circle-of-parts", message, Spot(corpus.entity_files[id], (id, field)))


def _parents(entity: Entity) -> tuple[Iri, ...]:
    """Return what an entity is part of: an event or a place in another, a topic in broader ones."""
    return (entity.part_of, *entity.broader) if entity.part_of else entity.broader


def accepted_by_entities(findings: tuple[Finding, ...], corpus: CorpusDefinition) -> tuple[Finding, ...]:
    """Return the findings about entities without those that are accepted, and which acceptances silence none."""
    accepted = entity_acceptances(corpus.entities)
    if not accepted:
        return findings
    files = set(corpus.entity_files.values())
    theirs = [each for each in findings if each.at and each.at.file in files]
    others = [each for each in findings if not each.at or each.at.file not in files]
    left, unused = without_accepted(theirs, accepted)
    for acceptance in unused:
        file = corpus.entity_files[str(acceptance[0][0])]
        left += unused_acceptances([acceptance], Spot(file))
    return (*others, *left)
