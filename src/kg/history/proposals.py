"""The claims that programs propose, and a person's decisions on them.

A proposal is a claim in the reading of a program that nobody has decided on. A person accepts it, perhaps with
other fields, or refuses it; `kg.history.published_claims` writes that at once. A program decides nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from kg.annotations.classes import ClaimEntry
from kg.corpus import read_article
from kg.corpus.decoding import fields_at
from kg.corpus.folder import reading_names, reading_sources
from kg.corpus.reader import located
from kg.corpus.writer import Plain
from kg.errors import Finding, Spot, UsageError
from kg.history.decisions import Adjudicator, Decision
from kg.history.proposals_import import PROGRAM
from kg.history.proposed_claims import to_decide
from kg.history.published_claims import Decided, decide
from kg.history.readings import PUBLISHED, ArticleReadings, local_id, read_readings
from kg.meaning.records import ClaimRecord
from kg.meaning.reporter import as_list
from kg.pipeline.publication import Publication
from kg.text.nearest_name import nearest
from kg.text.spans import Span, common_length


class Proposal(NamedTuple):
    """A claim that a program proposes, and what the corpus has there already.

    `article` is the path of the article in the corpus, `by` the program, `claim` the id in its reading. `fields`
    are as written, `record` is what they mean, `text` is the version of the article that the words are in.
    `same_words` are the published claims with the same words, by their speakers, `overlapping` are others with some
    of them. `open_fields` must be decided before it can be accepted.
    """

    article: str
    by: str
    claim: str
    fields: Mapping[str, Any]
    record: ClaimRecord
    text: str
    same_words: Mapping[tuple[str, ...], str]
    overlapping: tuple[str, ...]
    open_fields: tuple[str, ...]

    @property
    def id(self) -> str:
        """The name of the proposal: `port/spotter/c01`."""
        return f"{self.article}/{self.by}/{self.claim}"

    def known_as(self, changes: Mapping[str, Plain | None] = MappingProxyType({})) -> str:
        """Return the published claim that has the same words and speaker, with these changes; `""` if none has."""
        speaker: Any = changes.get("speaker") or self.fields["speaker"]
        return self.same_words.get(tuple(map(str, as_list(speaker))), "")


class Choice(NamedTuple):
    """A decision on a proposal: accepted, with other values of some fields (None: without them), or refused."""

    accepted: bool
    changes: Mapping[str, Plain | None] = {}  # never changed
    why: str = ""


def programs(publication: Publication) -> list[str]:
    """Return the annotators with readings that are programs."""
    known = publication.corpus.config.annotators
    return [name for name in reading_names(publication.corpus) if name in known and known[name].type == PROGRAM]


def open_proposals(publication: Publication, articles: Collection[str] = ()) -> Iterator[Proposal]:
    """Yield the proposals that nobody has decided on, by article and place; of all articles by default.

    Readings in JSON Lines are not decided on; by default they are left out. Raises `CorpusError` if the published
    claims or a reading of one of these articles have a violation, `UsageError` for an article that the corpus does
    not have.
    """
    names = programs(publication)
    if not articles:
        read = (source for name in names for source in reading_sources(publication.corpus, name))
        articles = [source.article for source in read if source.claims_file]
    for article in sorted(set(articles)):
        readings = read_readings(publication, article)
        found = [
            _proposal(readings, name, claim)
            for name in names
            for claim in (readings.readings[name].record.claims if name in readings.readings else ())
            if not readings.readings[name].decision(local_id(claim))
        ]
        yield from sorted(found, key=lambda each: (_spans(each.record), each.by, each.claim))


def find_proposal(publication: Publication, id: str) -> Proposal:
    """Return a proposal by its name, `port/spotter/c01`. Raises `UsageError` if there is none to decide on."""
    article, by, claim = [*id.rsplit("/", 2), "", ""][:3]
    if not claim:
        raise UsageError(f"{id}: a proposal is named by its article, program and claim, as port/spotter/c01")
    found = {each.id: each for each in open_proposals(publication, [article])}
    if id not in found:
        near = nearest(id, found)
        raise UsageError(
            f"{id}: {by} proposes no such claim, or it is decided already"
            + (f": did you mean {near}?" if near else "")
        )
    return found[id]


def settle(
    publication: Publication, proposal: Proposal, choice: Choice, person: Adjudicator, *, dry_run: bool = False
) -> Decided:
    """Accept or refuse a proposal, and write that into the published claims and the program's reading.

    Raises `UsageError` if a program decides, or something is left to decide, `CorpusError` if the claim would have
    a violation, `FileError` if a file cannot be written: then nothing is written.
    """
    for field in choice.changes:
        refuse_unknown_field(field)
    claims = {proposal.by: proposal.claim}
    if not choice.accepted:
        decision = Decision(claims, why=choice.why)
    elif known := proposal.known_as(choice.changes):
        changes = {field: value for field, value in choice.changes.items() if field != "speaker"}
        decision = Decision(claims, PUBLISHED, {}, changes, (proposal.by,), known, choice.why)
    else:
        decision = Decision(claims, proposal.by, changes=_changes(proposal, choice), why=choice.why)
    return decide(publication, proposal.article, [decision], person, dry_run=dry_run)


def outlook(publication: Publication, proposal: Proposal, choice: Choice, person: Adjudicator) -> list[Finding]:
    """Return what `kg validate` would say of the claim once it is accepted.

    Raises as `settle` does, with the violations in a `CorpusError`.
    """
    decided = settle(publication, proposal, choice, person, dry_run=True)
    source = read_readings(publication, proposal.article).source
    texts = {each.file: (each.after or b"").decode() for each in decided.files if each.file == source.claims_file}
    if not texts:
        return []
    checked = publication.validated(read_article(source, texts))
    about = [
        each
        for each in checked.findings
        if isinstance(each.at, Spot) and each.at.path[:1] == ("claims",) and each.at.path[1:2] == decided.claims[:1]
    ]
    return located(about, {(file, 0): text for file, text in texts.items()})


def refuse_unknown_field(field: str) -> None:
    """Raise `UsageError` if a claim has no such field, or it follows from who decides what."""
    if field in ("contributors", "inferred"):
        raise UsageError(f"`{field}` follows from who read and decided what: leave it out")
    fields = fields_at(ClaimEntry, ())
    if field not in fields:
        near = nearest(field, fields)
        raise UsageError(f"`{field}` is no field of a claim" + (f": did you mean `{near}`?" if near else ""))


def _changes(proposal: Proposal, choice: Choice) -> dict[str, Plain | None]:
    """Return the changes of a choice; the note loses what it said was to be decided. Raises `UsageError`."""
    undecided, others = to_decide(proposal.fields.get("note"))
    if left := [field for field in proposal.open_fields if field not in choice.changes]:
        named = " and ".join(f"`{each}`" for each in left)
        raise UsageError(f"{proposal.id} cannot be accepted before {named} is decided ({'; '.join(undecided)})")
    changes = dict(choice.changes)
    if undecided and "note" not in changes:
        changes["note"] = others or None
    return changes


def _proposal(readings: ArticleReadings, by: str, record: ClaimRecord) -> Proposal:
    claim = local_id(record)
    every = readings.published.record.claims if readings.published else ()
    published = [each for each in every if each.text_version == record.text_version]
    fields = readings.readings[by].claims[claim]
    undecided, _ = to_decide(fields.get("note"))
    same = {each.speakers: local_id(each) for each in published if _spans(each) == _spans(record)}
    overlapping = [local_id(each) for each in published if common_length(_spans(each), _spans(record))]
    return Proposal(
        readings.source.article,
        by,
        claim,
        fields,
        record,
        _text_of(readings, by, record),
        same,
        tuple(each for each in overlapping if each not in same.values()),
        tuple(each.partition(" ")[0] for each in undecided),
    )


def _text_of(readings: ArticleReadings, by: str, claim: ClaimRecord) -> str:
    """Return the text that the words of a claim are in: an earlier one, if it is kept to that."""
    reading = readings.readings[by]
    if claim.text_version == reading.record.text_version:
        return reading.record.text
    written = read_article(readings.source._replace(claims_file=reading.file, is_reading=True))
    return next(each.text for each in written.earlier if each.version == claim.text_version)


def _spans(claim: ClaimRecord) -> tuple[Span, ...]:
    return tuple(sorted(Span(part.start, part.end) for part in claim.parts))
