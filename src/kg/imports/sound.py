"""Drafts made sound: what kg's own checks refuse is taken out of an article, and told, before it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from typing import NamedTuple

from msgspec.structs import fields, replace

from kg.annotations import Claim, ClaimsFile, Relations
from kg.corpus import Source
from kg.corpus.writer import json_line
from kg.errors import Finding, Path, Spot
from kg.graph import Unit
from kg.imports.about import UNKNOWN_DATE
from kg.imports.documents import Skipped
from kg.imports.spool import Spooled
from kg.meaning.remarks import as_list

# Not its act: without it, who denied the words would be said to have stated them.
_OF_A_CLAIM = {each.encode_name: each for each in fields(Claim) if not each.required and each.name != "act"}
_CLEARED_OF_AN_ARTICLE: dict[str, object] = {
    **dict.fromkeys(("headline", "corrected", "publisher", "url", "language"), ""),
    "published": UNKNOWN_DATE,
    "author": [],
}


class Sound(NamedTuple):
    """An article that kg takes, None where none is left; `skipped` says what is gone.

    `left` are the claims that are, each with the reason.
    """

    article: Spooled | None
    warnings: tuple[Finding, ...]
    skipped: list[Skipped]
    left: dict[str, str]


def make_sound(article: Spooled, read: Callable[[Source], Unit]) -> Sound:
    """Return an article without what `read` finds a violation in: a field, or a whole claim, or all of it."""
    skipped: list[Skipped] = []
    left: dict[str, str] = {}
    while True:
        line = json_line(article.id, article.text, article.file)
        findings = read(Source(article.id, article.id, line=1, raw=line)).findings
        violations = [each for each in findings if each.severity == "violation"]
        if not violations:
            return Sound(article, findings, skipped, left)
        file = article.file
        for finding in violations:
            path = finding.at.path if isinstance(finding.at, Spot) else ()
            before, file = file, _without(file, path, finding, article, skipped)
            left.update(dict.fromkeys(before.claims.keys() - file.claims.keys(), finding.message))
        if file == article.file:
            why = "; ".join(dict.fromkeys(each.message for each in violations))
            return Sound(None, (), [*skipped, Skipped("article", article.id, why, article.at)], left)
        gone = article.file.sources.keys() - file.sources.keys()
        article = replace(article, file=_consistent(file, gone))


def _without(
    file: ClaimsFile, path: Path, finding: Finding, article: Spooled, skipped: list[Skipped]
) -> ClaimsFile:
    """Return a file without what a finding is about: the field, where the claim can do without it, or the claim."""
    if path[:1] == ("claims",) and (id := str(path[1])) in file.claims:
        claim, at = file.claims[id], article.origins.get(id, article.at)
        changed = _without_field(claim, str(path[2]) if len(path) > 2 else "")
        if changed != claim:
            skipped.append(Skipped("attribute", f"{id}: {path[2]}", finding.message, at))
            return replace(file, claims={**file.claims, id: changed})
        skipped.append(Skipped("span", article.marks[id][0], finding.message, at))
        return replace(file, claims={key: each for key, each in file.claims.items() if key != id})
    if path[:1] == ("sources",) and (id := str(path[1])) in file.sources:
        skipped.append(Skipped("attribute", f"source {id}", finding.message, article.at))
        return replace(file, sources={key: each for key, each in file.sources.items() if key != id})
    if path[:1] == ("article",) and len(path) > 1 and (field := str(path[1])) in _CLEARED_OF_AN_ARTICLE:
        changed_article = replace(file.article, **{field: _CLEARED_OF_AN_ARTICLE[field]})
        if changed_article != file.article:
            skipped.append(Skipped("attribute", field, finding.message, article.at))
        return replace(file, article=changed_article)
    return file


def _without_field(claim: Claim, name: str) -> Claim:
    """Return a claim as if a field had not been given; the same, where it must be given."""
    if name not in _OF_A_CLAIM:
        return claim
    field = _OF_A_CLAIM[name]
    default = field.default_factory() if callable(field.default_factory) else field.default
    return replace(claim, **{field.name: default})


def _consistent(file: ClaimsFile, gone: Set[str]) -> ClaimsFile:
    """Return a file without references to claims that are not there and sources that are gone."""
    claims = {}
    for id, claim in file.claims.items():
        speakers = [name for name in as_list(claim.speaker) if name not in gone]
        speaker = speakers[0] if len(speakers) == 1 else speakers or "unnamed"
        claims[id] = replace(claim, relations=_kept(claim.relations, file.claims), speaker=speaker)
    used = {name for claim in claims.values() for name in as_list(claim.speaker)}
    return replace(file, claims=claims, sources={id: each for id, each in file.sources.items() if id in used})


def _kept(relations: Relations, claims: Iterable[str]) -> Relations:
    there = set(claims)
    kept = {
        each.name: [id for id in as_list(getattr(relations, each.name)) if id in there or "/" in id]
        for each in fields(Relations)
    }
    return Relations(**{name: ids[0] if len(ids) == 1 else ids for name, ids in kept.items()})
