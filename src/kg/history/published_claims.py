"""Takes claims of the annotators' readings over into the published claims of an article, or refuses them.

What was decided stays with the claim in its reading, so that nobody is asked again. The published file and the
readings are written together, or none is.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import nullcontext
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from kg.annotations.own_fields import file_types
from kg.corpus import read_article
from kg.corpus.decoding import TAKEN
from kg.corpus.editing import DELETED, Deleted, Edit, assigned, edited, read_values, value_at
from kg.corpus.folder import CLAIMS, READINGS, below, reading_sources
from kg.corpus.reader import located_unwritten, split_header
from kg.corpus.writer import Plain
from kg.errors import CorpusError, Finding, Spot, UsageError
from kg.errors import Path as ValuePath
from kg.files.text_files import decode_text, read_text
from kg.history.decisions import Adjudicator, Decision, refuse_stranger
from kg.history.proposed_claims import to_decide
from kg.history.readings import PUBLISHED, ArticleReadings, local_id, read_readings
from kg.history.shared_files import FileChange, file_bytes, one_writer, write_changes
from kg.meaning.records import ClaimRecord
from kg.meaning.reporter import as_list, one_or_all
from kg.pipeline.publication import Publication

_OWN = ("decision", "contributors", "inferred")
_STATUS = ("annotation", "status")
_NUMBERED = re.compile(r"c([0-9]{1,9})")
Mapped = dict[str, Plain | None]
"""A mapping in a file."""


class Decided(NamedTuple):
    """What was written: the published claims by id, each with its decision, and each file that changed.

    `notes` say what could not be taken over. `is_done` tells whether all claims of all readings are decided.
    """

    published: Mapping[str, Decision]
    notes: tuple[str, ...]
    files: tuple[FileChange, ...]
    is_done: bool

    @property
    def claims(self) -> tuple[str, ...]:
        """The ids of the published claims, in the order of the text."""
        return tuple(self.published)


def decide(
    publication: Publication,
    article: str,
    decisions: Sequence[Decision],
    adjudicator: Adjudicator,
    *,
    dry_run: bool = False,
) -> Decided:
    """Publish or refuse claims of the readings of an article, and write what was decided into the readings.

    A new claims file is a draft until all claims of all readings are decided. With `dry_run`, nothing is written.
    Raises `UsageError` for an unknown annotator or claim,
    `CorpusError` if what would be published has a violation, `FileError` if a file cannot be written; then nothing
    is written.
    """
    refuse_stranger(publication, adjudicator)
    root = Path(publication.corpus.root)
    with nullcontext() if dry_run else one_writer(root):
        read = read_readings(publication, article)
        target = _PublishedClaims(read, publication, adjudicator)
        target.decide(decisions)
        changes = target.changes()
        if not dry_run:
            write_changes(root, changes)
    return Decided(target.decided, tuple(target.notes), tuple(changes), target.is_done)


def undo(publication: Publication, decided: Decided) -> None:
    """Put back the files that a decision changed. Raises `FileError` if one has changed since."""
    root = Path(publication.corpus.root)
    with one_writer(root):
        write_changes(root, [FileChange(file, after, before) for file, before, after in decided.files])


class _PublishedClaims:
    """The claims file of an article while claims of readings are taken over into it."""

    def __init__(self, read: ArticleReadings, publication: Publication, adjudicator: Adjudicator) -> None:
        self.decided: dict[str, Decision] = {}
        self.notes: list[str] = []
        self.is_done = False
        self._read, self._publication = read, publication
        self._by, self._on = adjudicator
        self._edits: list[Edit] = []
        self._outcomes: dict[tuple[str, str], Mapped] = {}
        published = read.published
        self._values: dict[str, Any] = dict(published.values) if published else {}
        starts = {local_id(each): each.parts[0].start for each in published.record.claims} if published else {}
        self._starts = {id: starts[id] for id in (published.claims if published else ())}
        """Where in the text each claim begins, in the order of the file."""
        self._former: dict[str, str] = {
            former: id
            for kind in ("claims", "withdrawn")
            for id, fields in (self._values.get(kind) or {}).items()
            for former in as_list(fields.get("formerly", []))
        }
        self._ids = {
            (name, id): self._former.get(published_id, published_id)
            for name, reading in read.readings.items()
            for id in reading.claims
            if (published_id := reading.decision(id).get("claim", ""))
        }

    def decide(self, decisions: Sequence[Decision]) -> None:
        """Take claims over or refuse them, in the order of the text."""
        earlier = frozenset(self._ids)
        for decision in decisions:
            self._refuse_unknown_claims(decision)
        in_order = sorted(decisions, key=self._start)
        for decision in in_order:
            if decision.take:
                id = decision.published or self._free_id(decision)
                self._ids |= dict.fromkeys(decision.claims.items(), id)
        for decision in in_order:
            if decision.take:
                self._take(decision, self._ids[next(iter(decision.claims.items()))])
            for name, claim in decision.claims.items():
                self._outcomes[name, claim] = self._outcome(decision, name, claim)
        self._complete_relations(self._ids.keys() - earlier)
        self._finish()

    def changes(self) -> list[FileChange]:
        """Return the files to write, the published one first. Raises `CorpusError` if it would have a violation."""
        found = []
        published, file = self._read.published, self._read.source.claims_file
        if self._edits:
            before = published.raw if published else None
            found.append(FileChange(file, before, file_bytes(self._checked_text(), before, file)))
        of = file_types(self._read.source.fields).reading
        for name, reading in self._read.readings.items():
            edits = [
                Edit(("claims", claim, "decision"), outcome)
                for (annotator, claim), outcome in self._outcomes.items()
                if annotator == name
            ]
            text = edited(decode_text(reading.raw, reading.file), edits, of=of, file=reading.file)
            found.append(FileChange(reading.file, reading.raw, file_bytes(text, reading.raw, reading.file)))
        return [change for change in found if change.after != change.before]

    def _checked_text(self) -> str:
        text = self._text()
        if wrong := self._violations(text):
            raise CorpusError(located_unwritten(wrong, {self._read.source.claims_file: text}))
        return text

    def _text(self) -> str:
        """Return the new text of the published file."""
        source, published = self._read.source, self._read.published
        of = file_types(source.fields).claims
        if published:
            return edited(decode_text(published.raw, published.file), self._edits, of=of, file=published.file)
        return edited("", [Edit((key,), value) for key, value in self._values.items()], of=of)

    def _violations(self, text: str) -> list[Finding]:
        source = self._read.source
        checked = self._publication.validated(read_article(source, {source.claims_file: text}))
        findings = (*checked.findings, *self._undecided())
        return [each for each in findings if each.severity == "violation"]

    def _undecided(self) -> Iterator[Finding]:
        """Yield a violation for each claim whose note says that a program left something to decide."""
        for id in self.decided:
            undecided, _ = to_decide(value_at(self._values, ("claims", id, "note")))
            if undecided:
                message = f"a program left something to decide, {'; '.join(undecided)}: `kg proposals` asks for it"
                at = Spot(self._read.source.claims_file, ("claims", id, "note"))
                yield Finding("violation", message, "undecided", at)

    def _refuse_unknown_claims(self, decision: Decision) -> None:
        """Raise `UsageError` if a decision names a claim, or an annotator, that is not there."""
        for name, claim in decision.claims.items():
            reading = self._read.readings.get(name)
            if reading is None or claim not in reading.claims:
                raise UsageError(f"There is no claim {name}/{claim} in a finished reading of {self._article}.")
        if unknown := {decision.take, *decision.fields.values()} - {"", PUBLISHED, *decision.claims}:
            claims = " and ".join("/".join(each) for each in decision.claims.items())
            raise UsageError(f"{min(unknown)} has no reading of {claims}: take it from another.")
        if decision.published and decision.published not in self._starts:
            raise UsageError(f"There is no claim {decision.published} in {self._read.source.claims_file}.")

    @property
    def _article(self) -> str:
        return self._read.source.article

    def _start(self, decision: Decision) -> int:
        """Return where in the text the claim begins that is published or refused."""
        owner = decision.fields.get("words", decision.take) or next(iter(decision.claims))
        return self._record(decision, owner).parts[0].start

    def _record(self, decision: Decision, name: str) -> ClaimRecord:
        id = decision.published if name == PUBLISHED else decision.claims[name]
        reading = self._read.published if name == PUBLISHED else self._read.readings[name]
        assert reading is not None
        return next(each for each in reading.record.claims if local_id(each) == id)

    def _outcome(self, decision: Decision, name: str, claim: str) -> Mapped:
        published = {"claim": self._ids[name, claim]} if decision.take else {}
        why = {"why": decision.why} if decision.why else {}
        return {"outcome": decision.outcome(name), "by": self._by, "on": self._on, **published, **why}

    def _free_id(self, decision: Decision) -> str:
        """Return the id that the claim has in its reading, or the next number if that is taken."""
        withdrawn = value_at(self._values, ("withdrawn",)) or ()
        taken = {*self._starts, *withdrawn, *self._former, *self._ids.values(), *TAKEN}
        own = decision.claims[decision.take]
        if own not in taken:
            return own
        numbers = [int(found[1]) for id in taken if (found := _NUMBERED.fullmatch(id))]
        return f"c{max(numbers, default=0) + 1:02}"

    def _take(self, decision: Decision, id: str) -> None:
        """Write the claim of a decision under an id; a new one before the claim that follows it in the text."""
        self.decided[id] = decision
        if not self._values:
            self._begin()
        claim, start = self._claim(decision), self._start(decision)
        if id in self._starts:
            self._put(("claims", id), claim)
            return
        after = next((other for other, at in self._starts.items() if at > start), "")
        self._put(("claims", id), claim, after)
        number = list(self._starts).index(after) if after else len(self._starts)
        starts = list(self._starts.items())
        self._starts = dict([*starts[:number], (id, start), *starts[number:]])

    def _begin(self) -> None:
        """Begin a claims file: what the readings say of the article, signed by whoever decides."""
        body = split_header(read_text(self._read.source.text_file, self._read.source.folder))[1]
        self._put(("article", "sha256"), sha256(body.encode()).hexdigest())
        guidelines = set()
        for name, reading in self._read.readings.items():
            guidelines.add(value_at(reading.values, ("annotation", "guideline")) or "")
            for field, value in (value_at(reading.values, ("article",)) or {}).items():
                first = value_at(self._values, ("article", field))
                if first is None:
                    self._put(("article", field), value)
                elif first != value:
                    self.notes.append(f"{name} gives another `{field}` of the article, which is not taken over")
        guideline = "".join(guidelines) if len(guidelines) == 1 else ""
        given: Mapped = {"guideline": guideline} if guideline else {}
        self._put(("annotation",), {"by": self._by, "on": self._on, **given, "status": "draft"})

    def _claim(self, decision: Decision) -> Mapped:
        """Return the fields of the claim that a decision publishes, each as its owner wrote it."""
        names = [*decision.claims, *([PUBLISHED] if decision.published else [])]
        written = {name: self._written(decision, name) for name in names}
        claim: dict[str, Any] = {}
        for field in dict.fromkeys(field for fields in written.values() for field in fields if field not in _OWN):
            owner = decision.owner(field)
            if field not in written[owner]:
                owner = next((each for each in decision.others(field) if field in written[each]), "")
            if owner and (value := self._carried(decision, field, written[owner][field], owner)):
                claim[field] = value
        form = decision.fields.get("form", "")
        if form and form != decision.owner("words") and "form" not in claim:
            claim["form"] = self._record(decision, form).form
        claim |= {field: value for field, value in decision.changes.items() if value is not None}
        for field in [each for each, value in decision.changes.items() if value is None]:
            claim.pop(field, None)
        inferred = decision.inferred(claim, written)
        earlier = as_list(written.get(PUBLISHED, {}).get("contributors", []))
        contributors = [*(each for each in earlier if each not in names), *decision.contributors]
        if self._by not in (*contributors, value_at(self._values, ("annotation", "by"))):
            # Whoever decides works on the claim too, and only the annotator of the whole file is named otherwise.
            contributors.append(self._by)
        return {
            **claim,
            **({"inferred": one_or_all(inferred)} if inferred else {}),
            **({"contributors": contributors} if contributors else {}),
        }

    def _written(self, decision: Decision, name: str) -> Mapping[str, Any]:
        """Return a claim as it is written."""
        if name == PUBLISHED:
            found: Mapping[str, Any] = self._values["claims"][decision.published]
            return found
        return self._read.readings[name].claims[decision.claims[name]]

    def _carried(self, decision: Decision, field: str, value: Any, name: str) -> Any:
        """Return a value of a reading with the ids that the published file has; `""` if nothing is left of it."""
        if name == PUBLISHED:
            return value
        if field == "relations":
            return self._relations(decision, value, name)
        if field == "at":
            return self._entry("occasions", value, name)
        if field == "speaker":
            return one_or_all([self._entry("sources", each, name) for each in as_list(value)])
        return value

    def _relations(self, decision: Decision, relations: Mapping[str, Any], name: str) -> dict[str, Any]:
        """Return the relations to claims that are published; others are noted."""
        found = {}
        for kind, targets in relations.items():
            ids = {target: self._target(name, target) for target in as_list(targets)}
            for target in [target for target, id in ids.items() if not id]:
                claim = f"{name}/{decision.claims[name]}"
                self.notes.append(f"{claim} {kind} {target}, which is not published (yet): that is left out")
            if known := [id for id in ids.values() if id]:
                found[kind] = one_or_all(known)
        return found

    def _target(self, name: str, target: str) -> str:
        """Return the published id of a claim that a reading refers to, `""` if it is not published."""
        claim = self._own_claim(name, target)
        if claim:
            return self._ids.get((name, claim), "")
        article, _, claim = target.rpartition("/")
        values = self._reading_of(name, article)
        if values is None:
            return target
        id = value_at(values, ("claims", claim, "decision", "claim"))
        return f"{article}/{id}" if id else ""

    def _own_claim(self, name: str, target: str) -> str:
        """Return the claim that a relation leads to if it is of this article, else `""`."""
        article, _, claim = target.rpartition("/")
        return claim if article in ("", self._read.readings[name].record.id) else ""

    def _reading_of(self, name: str, article: str) -> Any:
        """Return the values of somebody's reading of an article, by its id: a renamed one keeps its files.

        None if there is no such reading.
        """
        if not article:
            return None
        root = self._publication.corpus.root
        likely = below(root, f"{READINGS}/{name}/{article}{CLAIMS}")
        others = (each.claims_file for each in reading_sources(self._publication.corpus, name))
        for file in chain([likely] if os.path.isfile(likely) else [], others):
            text = read_text(file, root) if file else ""
            if file == likely or article in text:
                values = read_values(text, file)
                own = os.path.relpath(file, below(root, f"{READINGS}/{name}")).removesuffix(CLAIMS)
                if (value_at(values, ("article", "id")) or Path(own).as_posix()) == article:
                    return values
        return None

    def _entry(self, kind: str, id: str, name: str) -> str:
        """Return the published id of an occasion or a source of a reading, which is added if it is new."""
        entry = value_at(self._read.readings[name].values, (kind, id))
        if entry is None:
            return id
        known = value_at(self._values, (kind,)) or {}
        if same := next((each for each in (id, *known) if known.get(each) == entry), ""):
            return same
        free = next(each for each in (id, *(f"{id}-{n}" for n in range(2, len(known) + 3))) if each not in known)
        self._put((kind, free), entry)
        return free

    def _complete_relations(self, added: Collection[tuple[str, str]]) -> None:
        """Give claims that were taken over earlier their relations to those that were only taken over now."""
        for name, reading in self._read.readings.items():
            for claim, fields in reading.claims.items():
                if reading.decision(claim).get("outcome") != "accepted" or (name, claim) in self._outcomes:
                    continue
                for kind, targets in (fields.get("relations") or {}).items():
                    new = [each for each in as_list(targets) if (name, self._own_claim(name, each)) in added]
                    self._add_relations(self._ids[name, claim], kind, [self._target(name, each) for each in new])

    def _add_relations(self, claim: str, kind: str, targets: Sequence[str]) -> None:
        path = ("claims", claim, "relations", kind)
        if targets and claim in self._starts:
            known = as_list(value_at(self._values, path) or [])
            self._put(path, one_or_all(list(dict.fromkeys([*known, *targets]))))

    def _finish(self) -> None:
        """End the draft if all claims of all readings are decided, and nothing else is in it."""
        left = [
            f"{name}/{claim}"
            for name, reading in self._read.readings.items()
            for claim in reading.claims
            if not reading.decision(claim) and (name, claim) not in self._outcomes
        ]
        self.is_done = not left
        if left or value_at(self._values, _STATUS) != "draft":
            return
        if others := self._starts.keys() - set(self._ids.values()):
            self.notes.append(f"{self._article} stays a draft: no reading has {', '.join(sorted(others))}")
            return
        self._put(_STATUS, DELETED)
        if self._violations(self._text()):
            self.notes.append(f"{self._article} stays a draft: `kg validate` lists what is left to decide")
            self._put(_STATUS, "draft")

    def _put(self, path: ValuePath, value: Plain | Deleted, before: str = "") -> None:
        edit = Edit(path, value, before)
        self._edits.append(edit)
        self._values = _in_place(assigned(self._values, edit), path, before)


def _in_place(values: Any, path: ValuePath, before: str) -> Any:
    """Return the values with a new claim before another in their order, as it is in the file."""
    if not before:
        return values
    claims = dict(values["claims"])
    new = claims.pop(path[-1])
    at = list(claims).index(before)
    entries = list(claims.items())
    return {**values, "claims": dict([*entries[:at], (path[-1], new), *entries[at:]])}
