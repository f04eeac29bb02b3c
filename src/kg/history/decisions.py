"""Decisions about the claims in annotators' readings: which are published, whose fields they have, who decided.

`kg.history.published_claims` carries a decision out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from kg.corpus.decoding import is_day
from kg.corpus.editing import value_at
from kg.corpus.writer import Plain
from kg.errors import UsageError
from kg.history.readings import PUBLISHED
from kg.meaning.reporter import as_list
from kg.pipeline.publication import Publication
from kg.text.nearest_name import nearest

COMPANIONS = {"speaker_words": "speaker", "cue": "act"}
"""Fields that are taken from whoever another field is taken from: the words that it was read from."""
FILLED = ("gist", "cue", "speaker_words")
"""Fields that are taken from others who read the claim in the same way, if the one it is taken from gives none."""
_KEPT = ("formerly", "note", "first_appearance", "appearances", "reviews", "accept")
"""Fields of a published claim that stay if another reading of it is published, which does not give them."""


class Decision(NamedTuple):
    """What is to be published of one claim that some annotators read.

    `claims` are its ids in their readings, by annotator. The claim of the one in `take` is published, with the
    `fields` that are taken from others, by field, and `changes` by whoever decides (None: without that field); no
    `take` refuses the claim. `published` is the published claim that it is, if there is one already; to take
    `PUBLISHED` lets it stand. `accepted` are those who read it as it is published.
    """

    claims: Mapping[str, str]
    take: str = ""
    fields: Mapping[str, str] = {}
    changes: Mapping[str, Plain | None] = {}
    accepted: Collection[str] = ()
    published: str = ""
    why: str = ""

    def outcome(self, name: str) -> str:
        """Return what becomes of the claim of an annotator."""
        if not self.take:
            return "refused"
        alone = not self.accepted and not self.fields and not self.changes and name == self.take
        return "accepted" if alone or name in self.accepted else "overruled"

    @property
    def contributors(self) -> list[str]:
        """The annotators who read what is published, or part of it."""
        named = {self.take, *self.fields.values(), *self.accepted}
        return [name for name in self.claims if self.take and name in named]

    def owner(self, field: str) -> str:
        """Return the annotator who gives a field."""
        return self.fields.get(COMPANIONS.get(field, field), self.take)

    def others(self, field: str) -> Sequence[str]:
        """Return the annotators who may give a field that its owner leaves out."""
        if field in FILLED:
            return [name for name in self.claims if name in self.accepted]
        return [PUBLISHED] if field in _KEPT and self.published else []

    def inferred(self, claim: Mapping[str, Any], written: Mapping[str, Mapping[str, Any]]) -> list[str]:
        """Return the fields that are the reading of whoever they are taken from; `written` is what each wrote."""
        found = [
            entry
            for name, fields in written.items()
            for entry in as_list(fields.get("inferred", []))
            if self.owner(entry.partition(".")[0]) == name and value_at(claim, tuple(entry.split("."))) is not None
        ]
        return list(dict.fromkeys(found))


class Adjudicator(NamedTuple):
    """Who decides, an annotator of corpus.yaml, and the day."""

    by: str
    on: str


def refuse_stranger(publication: Publication, adjudicator: Adjudicator) -> None:
    """Raise `UsageError` unless a person, or a desk, among the annotators decides, and on a day."""
    by, on = adjudicator
    known = publication.corpus.config.annotators
    people = [id for id, each in known.items() if each.type != "SoftwareApplication"]
    if by not in known:
        near = nearest(by, people)
        advice = f"did you mean {near}?" if near else f"there are {', '.join(people) or 'none'}: add them there"
        raise UsageError(f"Whoever decides must be an annotator of corpus.yaml, and there is no {by!r}: {advice}")
    if by not in people:
        named = ", ".join(people) or "add one"
        raise UsageError(f"{by} is a program, and a program decides nothing: name a person ({named})")
    if not is_day(on):
        raise UsageError(f"The day of a decision must be written as 2026-11-24, not {on!r}.")
