"""Which claims of the readings of an article are still to be decided on, and where annotators differ about them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from msgspec import Struct, convert

from kg.corpus import read_article
from kg.corpus.decoding import mismatches
from kg.corpus.editing import value_at
from kg.corpus.reader import located
from kg.corpus.yaml_reader import read_yaml
from kg.drafts.sentences import overlapping, split_sentences
from kg.errors import CorpusError, UsageError
from kg.files.text_files import read_text
from kg.history.agreement import READERS, Values, same_claims
from kg.history.decisions import FILLED, Adjudicator, Decision
from kg.history.published_claims import Decided, decide, undo
from kg.history.readings import PUBLISHED, ArticleReadings, local_id, read_readings
from kg.meaning.records import ClaimRecord
from kg.meaning.reporter import as_list
from kg.pipeline.publication import Publication
from kg.text.spans import MARKS, SENTENCE_END, Span

_AROUND = f"{MARKS}{SENTENCE_END} \t\n\u00a0\u202f,;:"
"""What may surround the words of a claim in one reading and not in another, without a difference."""
_COMPARED = {"speaker": "speaker", "act": "act", "form": "form", "said": "date", "to": "to", "about": "about"}
"""Fields that are compared as `kg agree` compares them, by their names in the files."""
FIELDS = (
    *("words", "speaker", "for", "act", "form", "gist", "said", "at", "due", "condition", "to", "about"),
    *("relations", "translated", "in"),
)
"""The fields that say what is claimed, by whom and when: annotators agree on a claim if none of them differs."""


class OpenClaim(NamedTuple):
    """A claim that is to be decided on: what each annotator gives in each field.

    `claims` are the ids in the readings, by annotator; those in `earlier` were decided before, as the claim that is
    `published`. `values` are by field and by annotator, `PUBLISHED` last. `absent` are the people who read the
    article without finding this claim, `people` the annotators of the claim that are no programs. `sentence` is
    where the `text`, an earlier one if the claim is kept to that, has the `words`.
    """

    words: Span
    sentence: Span
    claims: Mapping[str, str]
    values: Mapping[str, Mapping[str, Values]]
    published: str = ""
    earlier: frozenset[str] = frozenset()
    absent: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    text: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Who read the claim, and `PUBLISHED` if it is."""
        return (*self.claims, *([PUBLISHED] if self.published else []))

    @property
    def differing(self) -> tuple[str, ...]:
        """The fields in which readings of the claim differ."""
        return tuple(field for field in self.values if len(set(self._given(field))) > 1)

    @property
    def is_agreed(self) -> bool:
        """Whether it can be published without a question.

        That is so if nothing differs, and it is published already, or several annotators, among them a person,
        found it and no person missed it.
        """
        agreed = len(self.claims) > 1 and self.people and not self.absent
        return not self.differing and bool(self.published or agreed)

    def decision(self, take: str = "", fields: Mapping[str, str] | None = None, why: str = "") -> Decision:
        """Return the decision to publish the claim as somebody read it, with fields of others; or to refuse it."""
        fields = fields or {}
        claims = {
            name: id for name, id in self.claims.items() if name not in self.earlier or take not in ("", PUBLISHED)
        }
        accepted = [name for name in claims if take and self._is_read(name, take, fields)]
        return Decision(claims, take, fields, {}, accepted, self.published, why)

    def agreed(self) -> Decision:
        """Return the decision to publish what all agree on."""
        return self.decision(PUBLISHED if self.published else self.people[0])

    def _given(self, field: str) -> list[Values]:
        """Return what each gives in a field; without those who leave out what says the same as the words do."""
        values = self.values[field]
        return [values[name] for name in self.names if values[name] or field not in FILLED]

    def _is_read(self, name: str, take: str, fields: Mapping[str, str]) -> bool:
        """Tell whether somebody read the claim as it is published."""
        return all(
            values[name] == values[fields.get(field, take)] or (field in FILLED and not values[name])
            for field, values in self.values.items()
        )


class ReadingChoice(Struct, frozen=True, forbid_unknown_fields=True):
    """What a file of decisions says of a claim: whose reading is published, with which fields of others."""

    take: str = ""
    fields: dict[str, str] = {}
    refuse: bool = False
    why: str = ""


ArticleChoices = dict[str, str | ReadingChoice]
"""The choices of an article, by `NAME/CLAIM`; a text is the name of whose reading is published."""
Choices = dict[str, ArticleChoices]
"""The choices of each article."""


def read_choices(file: str) -> Choices:
    """Return the choices in a YAML file.

    Raises `CorpusError` with all findings if something in it is wrong, `FileError` if it cannot be read.
    """
    text = read_text(file)
    tree = read_yaml(text, file)
    if found := [*tree.findings, *mismatches(tree, Choices, file)]:
        raise CorpusError(located(found, {(file, 0): text}))
    return convert(tree.value, Choices, strict=False)


def chosen(
    claims: Sequence[OpenClaim], choices: Mapping[str, str | ReadingChoice]
) -> tuple[list[Decision], list[str]]:
    """Return the decisions that choices make, and the choices of which nothing is left to decide.

    Raises `UsageError` if one names an annotator who did not read the claim, or a field that is none, or if two are
    about one claim.
    """
    by_claim = {f"{name}/{id}": claim for claim in claims for name, id in claim.claims.items()}
    for claim in claims:
        keys = [key for key in choices if by_claim.get(key) is claim]
        if len(keys) > 1:
            named = " and ".join(keys)
            raise UsageError(f"{named} are one claim, so there must be one decision: delete the others.")
    made = {
        key: _chosen(key, by_claim[key], ReadingChoice(choice) if isinstance(choice, str) else choice)
        for key, choice in choices.items()
        if key in by_claim
    }
    return list(made.values()), [key for key in choices if key not in by_claim]


def _chosen(key: str, claim: OpenClaim, choice: ReadingChoice) -> Decision:
    for name in (*([choice.take] if not choice.refuse else []), *choice.fields.values()):
        if name not in claim.names:
            found = ", ".join(claim.names)
            raise UsageError(
                f"The decision on {key} must take the claim from {found}, not from {name or 'nobody'!r}."
            )
    if unknown := choice.fields.keys() - claim.values.keys():
        raise UsageError(f"The decision on {key} must name fields of a claim, and {min(unknown)!r} is none.")
    if choice.refuse and claim.published:
        raise UsageError(f"{key} is published as {claim.published}: withdraw it there, and take `published` here.")
    return claim.decision("" if choice.refuse else choice.take, choice.fields, choice.why)


def preferred(claims: Sequence[OpenClaim], names: Sequence[str]) -> list[Decision]:
    """Return the decisions to publish each claim as the first of some annotators read it who read it."""
    found = ((claim, next((name for name in names if name in claim.names), "")) for claim in claims)
    return [claim.decision(name) for claim, name in found if name]


def open_claims(publication: Publication, readings: ArticleReadings, overlap: float = 0.5) -> list[OpenClaim]:
    """Return the claims of readings that are to be decided on, in the order of the text.

    Two claims are the same if at least `overlap` of the characters that either has are in both (`agreement_of`).
    """
    return list(_Comparison(publication, readings, overlap).open_claims())


class Adjudication:
    """The readings of one article, which are decided on claim by claim.

    Every decision is written at once, and `claims` are those that are still open, in the order of the text.
    """

    def __init__(self, publication: Publication, article: str, overlap: float = 0.5) -> None:
        self._publication, self._overlap = publication, overlap
        self.article = article
        self._read()

    def _read(self) -> None:
        self.readings = read_readings(self._publication, self.article)
        self.claims = open_claims(self._publication, self.readings, self._overlap)

    @property
    def signed_by(self) -> str:
        """Who signed what is published, `""` if nobody did."""
        published = self.readings.published
        return str(value_at(published.values, ("annotation", "by")) or "") if published else ""

    def decide(self, decisions: Sequence[Decision], *, by: str, on: str, dry_run: bool = False) -> Decided:
        """Publish or refuse claims, and write what was decided into the readings.

        `OpenClaim.decision` makes a decision. `by` is an annotator of corpus.yaml, `on` a day. With `dry_run`,
        nothing is written. Raises `UsageError` for an unknown annotator or claim, `CorpusError` if what would be
        published has a violation, `FileError` if a file cannot be written; then nothing is written.
        """
        decided = decide(self._publication, self.article, decisions, Adjudicator(by, on), dry_run=dry_run)
        self._read()
        return decided

    def undo(self, decided: Decided) -> None:
        """Put back the files that a decision changed. Raises `FileError` if one has changed since."""
        undo(self._publication, decided)
        self._read()


class _Comparison:
    """The readings of an article beside each other; `groups` are the claims that are the same, by annotator."""

    def __init__(self, publication: Publication, read: ArticleReadings, overlap: float) -> None:
        self._read = read
        annotators = publication.corpus.config.annotators
        self._people = {
            name
            for name in read.readings
            if name not in annotators or annotators[name].type != "SoftwareApplication"
        }
        self._fields = (*FIELDS, *(field.name for field in read.source.fields if field.kind == "claims"))
        self._all = dict(read.readings) | ({PUBLISHED: read.published} if read.published else {})
        self._records = {
            (name, local_id(claim)): claim for name, reading in self._all.items() for claim in reading.record.claims
        }
        self._decided = {
            (name, id): decision.get("claim", "")
            for name, reading in read.readings.items()
            for id in reading.claims
            if (decision := reading.decision(id))
        }
        self._sentences: dict[str, list[Span]] = {}
        self._groups = list(self._grouped(overlap))
        self._numbers = {each: n for n, group in enumerate(self._groups) for each in group.items()}

    def open_claims(self) -> Iterator[OpenClaim]:
        for group in self._groups:
            if any(name != PUBLISHED and (name, id) not in self._decided for name, id in group.items()):
                yield self._open_claim(group)

    def _grouped(self, overlap: float) -> Iterator[dict[str, str]]:
        """Yield the ids of the same claims, by annotator: those that were decided on go with what is published."""
        earlier: dict[str, dict[str, str]] = {}
        for (name, id), published in self._decided.items():
            if published:
                earlier.setdefault(published, {})[name] = id
        claims = {
            name: [each for each in reading.record.claims if (name, local_id(each)) not in self._decided]
            for name, reading in self._all.items()
        }
        for unit in same_claims(claims, overlap):
            ids = {name: local_id(claim) for name, claim in unit.items()}
            before = earlier.get(ids.get(PUBLISHED, ""), {})
            for name in before.keys() & ids.keys():  # a second claim of somebody who has one that is published
                yield {name: ids.pop(name)}
            yield {name: {**ids, **before}[name] for name in self._all if name in ids or name in before}

    def _open_claim(self, group: Mapping[str, str]) -> OpenClaim:
        published = group.get(PUBLISHED, "")
        claims = {name: id for name, id in group.items() if name != PUBLISHED}
        version = max(self._records[each].text_version for each in group.items())
        found = [each for each in group.items() if self._records[each].text_version == version]
        parts = [part for each in found for part in self._records[each].parts]
        words = Span(min(part.start for part in parts), max(part.end for part in parts))
        text = self._text(found[0][0], version)
        if text not in self._sentences:
            self._sentences[text] = split_sentences(text, ())
        around = overlapping(self._sentences[text], words) or [words]
        return OpenClaim(
            words,
            Span(min(words.start, around[0].start), max(words.end, around[-1].end)),
            claims,
            self._all_values(group),
            published,
            frozenset(name for name, id in claims.items() if (name, id) in self._decided),
            tuple(name for name in self._read.readings if name in self._people and name not in claims),
            tuple(name for name in claims if name in self._people),
            text,
        )

    def _text(self, name: str, version: int) -> str:
        """Return a version of the text that somebody read."""
        reading = self._all[name]
        if version == reading.record.text_version:
            return reading.record.text
        source = self._read.source._replace(claims_file=reading.file, is_reading=name != PUBLISHED)
        return next(each.text for each in read_article(source).earlier if each.version == version)

    def _all_values(self, group: Mapping[str, str]) -> dict[str, dict[str, Values]]:
        """Return what each gives in each field; a form that nobody wrote is that of the words."""
        values = {
            field: {name: self._values(field, name, id) for name, id in group.items()} for field in self._fields
        }
        if not any("form" in self._all[name].claims[id] for name, id in group.items()):
            forms = values.pop("form")
            if len(set(forms.values())) > 1:
                for name, id in group.items():
                    values["words"][name] = frozenset((self._records[name, id].words, *forms[name]))
        return values

    def _values(self, field: str, name: str, id: str) -> Values:
        """Return what somebody gives in a field; nothing if it is not given."""
        record, written = self._records[name, id], self._all[name].claims[id]
        if field in _COMPARED:
            return READERS[_COMPARED[field]](record)
        if field == "words":
            return frozenset((" … ".join(part.exact.strip(_AROUND) for part in record.parts),))
        if field == "gist":
            return frozenset(record.gist.values())
        if field == "relations":
            return frozenset(self._relations(name, record))
        value = written.get(field, "")
        if field == "at":
            value = value_at(self._all[name].values, ("occasions", value)) or value
        return frozenset(_as_text(each) for each in as_list(value))

    def _relations(self, name: str, record: ClaimRecord) -> Iterator[str]:
        """Yield the relations of a claim, each with the words of the other; none to a claim that was refused."""
        for kind, other in record.relations:
            article, _, id = other.rpartition("/")
            if article != record.article:
                yield f"{kind} {other if name == PUBLISHED else article}"
            elif (name, id) in self._numbers:
                group = self._groups[self._numbers[name, id]]
                words = self._records[next(iter(group.items()))].words
                yield f"{kind} “{words}” ({self._numbers[name, id] + 1})"


def _as_text(value: Any) -> str:
    """Return a value of a file as text: the date of a dated one, and a mapping with its keys in order."""
    if isinstance(value, dict):
        return str(value.get("edtf") or ", ".join(f"{key}: {_as_text(value[key])}" for key in sorted(value)))
    return str(value)
