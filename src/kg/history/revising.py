"""Gives an article the text that its paper corrected, and decides what becomes of the claims whose words changed.

The new text, the earlier one and all claims files of the article, published and readings, are written together, or
none is. Nothing is asked about readings: what an annotator read in words that changed stays anchored in the earlier
text.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from kg.annotations.own_fields import file_types
from kg.corpus import ArticleSource, WrittenArticle, read_article
from kg.corpus.decoding import is_day
from kg.corpus.editing import DELETED, Edit, edited, read_values, value_at
from kg.corpus.folder import CLAIMS, READINGS, below, earlier_text, reading_names
from kg.corpus.reader import located_unwritten, split_header
from kg.corpus.writer import Plain
from kg.dates.edtf import read as read_edtf
from kg.errors import CorpusError, Finding, UsageError
from kg.errors import Path as ValuePath
from kg.files.text_files import control_characters, decode_text, read_bytes, read_text
from kg.history.anchor_decisions import DATES, AnchorDecision, Decisions, has_edtf
from kg.history.readings import published_source
from kg.history.shared_files import FileChange, file_bytes, one_writer, write_changes
from kg.history.text_revision import (
    AnchoredFile,
    ChangedAnchor,
    TextRevision,
    is_current,
    passage_at,
    things_of,
    used_by,
)
from kg.meaning import read_meaning
from kg.meaning.reporter import as_list
from kg.model import Article, Claim
from kg.pipeline.publication import Publication
from kg.rdf.terms import local_name
from kg.text.anchors import AnchorError, find, first_occurrences

_USED_IN = {"sources": "speaker", "occasions": "at"}
"""The field of a claim in which it has a source or an occasion of its file."""


class ChangedThing(NamedTuple):
    """A claim, a source, an occasion or the date of an article whose words changed, by what it is decided under."""

    id: str
    kind: str
    anchors: tuple[ChangedAnchor, ...]
    fact_checks: int = 0

    @property
    def is_claim(self) -> bool:
        """Whether it can be kept to the earlier text, or withdrawn."""
        return self.kind == "claim"

    @property
    def is_near(self) -> bool:
        """Whether the new text has a passage that is like each of its words."""
        return all(each.nearest for each in self.anchors)


class RevisedFile(NamedTuple):
    """What became of the claims of one file: how many stay as they are, and the ids of the others.

    `annotator` is the one whose reading it is, `""` for the published file.
    """

    annotator: str
    unchanged: int
    reanchored: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()


class Revised(NamedTuple):
    """A revision of a text: the number of the new version, what became of each file, and what is not decided yet.

    `notes` are about claims whose words stay, and whose form changes. `files` are those that were written.
    """

    article: str
    version: int
    published: RevisedFile
    readings: tuple[RevisedFile, ...]
    undecided: tuple[ChangedThing, ...]
    notes: tuple[str, ...]
    files: tuple[str, ...]


class ArticleRevision:
    """An article and a new text for it: which anchors changed, and the files once all is decided.

    `issued` is when the paper published the new text (EDTF), `""` if that is not known. Raises `UsageError` if
    there is no such article, the text is the same or dated otherwise, and `CorpusError` if the article has a
    violation.
    """

    def __init__(self, publication: Publication, article: str, new: Path, issued: str = "") -> None:
        if issued:
            _refuse_date(issued)
        self._publication, self.issued = publication, issued
        self._source = published_source(publication, article)
        if not os.path.lexists(self._source.claims_file):
            raise UsageError(f"{self._source.text_file}: it has no claims file yet: just replace the text")
        self._old_raw = read_bytes(self._source.text_file, self._source.folder)
        self._new_raw = self._new_content(new)
        self._files: list[_ClaimsFile] = []
        self._files.append(_ClaimsFile(self, self._source))
        self.version: int = self._files[0].file.version + 1
        self._files += self._readings()

    @property
    def article(self) -> str:
        """The article, by its path in the corpus."""
        return self._source.article

    def changed(self, decisions: Decisions) -> tuple[ChangedThing, ...]:
        """Return what is not decided yet: claims, then sources and occasions that others still need."""
        published = self._files[0]
        return tuple(each for each in published.things(decisions) if each.id not in decisions)

    def revise(self, decisions: Decisions, *, dry_run: bool = False) -> Revised:
        """Write all files of the article, unless something is undecided or with `dry_run`.

        Raises `UsageError` for a decision that cannot be carried out, `CorpusError` if the result has a violation,
        and `FileError` if a file was changed meanwhile or cannot be written; then nothing is written.
        """
        published = self._files[0]
        undecided = self.changed(decisions)
        if unknown := [id for id in decisions if id not in {each.id for each in published.things({})}]:
            raise UsageError(
                f"{unknown[0]}: nothing is to be decided on it: its words did not change, or it is not there."
            )
        for thing in published.things(decisions):
            if thing.id in decisions:
                published.edits_of(thing, decisions[thing.id])
        if undecided:
            became = published.outcome(decisions)
            return Revised(self.article, self.version, became, (), undecided, (), ())
        texts: dict[str, bytes] = {
            earlier_text(self._source.text_file, self.version - 1): self._old_raw,
            self._source.text_file: self._new_raw,
        }
        outcomes, notes = [], []
        for each in self._files:
            own = decisions if each is published else each.kept(decisions)
            content, found = each.revised(own)
            texts[each.source.claims_file] = content
            outcomes.append(each.outcome(own))
            notes += found if each is published else []
        if not dry_run:
            self._write(texts)
        return Revised(self.article, self.version, outcomes[0], tuple(outcomes[1:]), (), tuple(notes), tuple(texts))

    def _write(self, texts: Mapping[str, bytes]) -> None:
        root = Path(self._source.folder)
        before = {self._source.text_file: self._old_raw} | {
            each.source.claims_file: each.raw for each in self._files
        }
        with one_writer(root):
            changes = [FileChange(file, before.get(file), after) for file, after in texts.items()]
            write_changes(root, changes, mode_of_new=self._source.text_file)

    def _new_content(self, new: Path) -> bytes:
        """Return the new text with the date of the old one above it."""
        whole = read_text(str(new))
        if found := control_characters(whole, str(new)):
            raise CorpusError(found)
        header, text = split_header(whole)
        old_header, old_text = split_header(decode_text(self._old_raw, self._source.text_file))
        if not text.strip():
            raise UsageError(f"{new}: the new text must have words, this has none: name another file")
        if text == old_text:
            raise UsageError(f"{new}: this is the text that the article has: there is nothing to revise")
        if header and header != old_header and not self.issued:
            raise UsageError(
                f"{new}: it begins with `date {header}`, and the article with {_date_of(old_header)}: delete that "
                f"date, or, if the paper corrected its text then, give it as --issued {header}"
            )
        if header == old_header:
            return whole.encode()
        body = whole if not header else re.sub(r"\A\s*date\s+\S+\s*", "", whole)
        return (f"date {old_header}\n\n{body}" if old_header else body).encode()

    def _readings(self) -> list[_ClaimsFile]:
        found = []
        for name in reading_names(self._publication.corpus):
            file = below(self._source.folder, f"{READINGS}/{name}/{self.article}{CLAIMS}")
            if os.path.lexists(file):
                found.append(_ClaimsFile(self, self._source._replace(claims_file=file, is_reading=True), name))
        return found


def _date_of(header: str) -> str:
    return f"`date {header}`" if header else "no date"


def _refuse_date(issued: str) -> None:
    try:
        is_certain = bool(read_edtf(issued).certain)
    except ValueError:
        is_certain = False
    if not is_certain:
        raise UsageError(f"The date of a correction must be a year, month or day that is certain, not {issued!r}.")


class _ClaimsFile:
    """A claims file of an article while its text is revised."""

    def __init__(self, revision: ArticleRevision, source: ArticleSource, annotator: str = "") -> None:
        self.source, self.annotator = source, annotator
        self._revision, self._publication = revision, revision._publication
        self.raw = read_bytes(source.claims_file, source.folder)
        self._text = decode_text(self.raw, source.claims_file)
        self._values: Mapping[str, Any] = read_values(self._text, source.claims_file)
        self._before = self._meant(read_article(source))
        published = revision._files[0].file if annotator else None
        version = published.version if published else int(value_at(self._values, ("article", "version")) or 1)
        self.file: AnchoredFile = AnchoredFile(self._before[0], self._values, self._before[1], version)
        self._texts: TextRevision = TextRevision(
            self.file.article.text, split_header(revision._new_raw.decode())[1]
        )
        self._moved, changed = self._texts.anchors(self.file)
        self._changed = things_of(changed)

    def things(self, decisions: Decisions) -> list[ChangedThing]:
        """Return what changed and must be decided, after some decisions: claims first."""
        claims = self._values.get("claims") or {}
        left = {id: claim for id, claim in claims.items() if self._stays(id, claim, decisions)}
        found = [
            ChangedThing(id, "claim", tuple(self._changed[id]), len(claims[id].get("reviews") or ()))
            for id in claims
            if id in self._changed
        ]
        for id, anchors in self._changed.items():
            kind, _, name = id.partition("/")
            field = _USED_IN.get(kind, "")
            if id == "article" or (field and name and used_by(left, field, name)):
                found.append(ChangedThing(id, kind.removesuffix("s"), tuple(anchors)))
        return found

    def _stays(self, id: str, claim: Mapping[str, Any], decisions: Decisions) -> bool:
        how = decisions[id].how if id in decisions else "reanchor"
        return is_current(claim, self.file.version) and how == "reanchor"

    def kept(self, decisions: Decisions) -> dict[str, AnchorDecision]:
        """Return the decisions for a reading: what it has in words that changed is kept to the earlier text."""
        found: dict[str, AnchorDecision] = {}
        for each in self.things({}):
            if each.is_claim:
                found[each.id] = AnchorDecision("keep")
        for each in self.things(found):
            if not each.is_claim:
                found[each.id] = decisions.get(each.id, AnchorDecision("reanchor"))
        return found

    def outcome(self, decisions: Decisions) -> RevisedFile:
        """Return what becomes of the claims."""
        claims = [each.id for each in self.things({}) if each.is_claim]
        current = [
            id for id, claim in (self._values.get("claims") or {}).items() if is_current(claim, self.file.version)
        ]
        by_how = {
            how: tuple(id for id in claims if id in decisions and decisions[id].how == how)
            for how in ("reanchor", "keep", "withdraw")
        }
        unchanged = len([id for id in current if id not in self._changed])
        return RevisedFile(self.annotator, unchanged, by_how["reanchor"], by_how["keep"], by_how["withdraw"])

    def revised(self, decisions: Decisions) -> tuple[bytes, list[str]]:
        """Return the new content, and notes on claims that are quoted in another way now."""
        edits = self._edits_of_article()
        gone = {id for id, each in decisions.items() if each.how != "reanchor"}
        for anchor in self._moved:
            written = self._texts.written(anchor)
            if written is not None and anchor.anchor.thing not in gone:
                edits.append(Edit(anchor.anchor.path, written))
        for thing in self.things(decisions):
            edits += self.edits_of(thing, decisions[thing.id])
        edits += self._edits_of_review(decisions)
        unused = self._unused(decisions)
        edits += [Edit(path, DELETED) for path in unused]
        text, meant = self._after(edits)
        if more := self._lost_places(meant, gone):
            text, meant = self._after([*edits, *more])
        deleted = [f"{'/'.join(map(str, path))} is deleted: only a withdrawn claim had it" for path in unused]
        return file_bytes(text, self.raw, self.source.claims_file), [*self._notes(meant, decisions), *deleted]

    def _unused(self, decisions: Decisions) -> list[ValuePath]:
        """Return the sources and occasions whose words changed, and which only withdrawn claims have."""
        gone = {id for id, each in decisions.items() if each.how == "withdraw"}
        left = {id: claim for id, claim in (self._values.get("claims") or {}).items() if id not in gone}
        return [
            (kind, name)
            for kind, _, name in (id.partition("/") for id in self._changed)
            if kind in _USED_IN and not used_by(left, _USED_IN[kind], name)
        ]

    def _after(self, edits: Sequence[Edit]) -> tuple[str, Article]:
        """Return the text after edits, and what it means with the new text of the article."""
        file, source, revision = self.source.claims_file, self.source, self._revision
        types = file_types(source.fields)
        of = types.reading if source.is_reading else types.claims
        text = edited(self._text, edits, of=of, file=file)
        opened = {
            file: text,
            source.text_file: revision._new_raw.decode(),
            earlier_text(source.text_file, revision.version - 1): decode_text(revision._old_raw, source.text_file),
        }
        written = read_article(source, opened)
        return text, self._meant(written, text)[1]

    def _meant(self, written: WrittenArticle, text: str = "") -> tuple[WrittenArticle, Article]:
        """Return an article and what it means. Raises `CorpusError` if it has a violation."""
        meant = read_meaning(written, self._publication.index)
        findings: list[Finding] = [*self._publication.validated(written).findings]
        if any(each.severity == "violation" for each in findings) or meant.article is None:
            raise CorpusError(located_unwritten(findings, {self.source.claims_file: text} if text else {}))
        return written, meant.article

    def _edits_of_article(self) -> list[Edit]:
        version, issued = self.file.version, self._revision.issued
        article = self._values.get("article") or {}
        corrected = article.get("corrected", "")
        earlier: dict[str, Plain | None] = {"sha256": _digest(self.file.article.text)}
        if version > 1 and corrected:
            earlier["corrected"] = corrected
        edits = [
            Edit(("article", "version"), version + 1),
            Edit(("article", "sha256"), _digest(self._texts.new.text)),
            Edit(("article", "earlier", str(version)), earlier),
        ]
        if self.annotator:
            listed = value_at(self._revision._files[0]._values, ("article", "earlier")) or {}
            edits += [Edit(("article", "earlier", number), each) for number, each in listed.items()]
        if issued:
            edits.append(Edit(("article", "corrected"), issued))
        elif version > 1 and corrected:
            edits.append(Edit(("article", "corrected"), DELETED))
        return edits

    def edits_of(self, thing: ChangedThing, decision: AnchorDecision) -> list[Edit]:
        """Return the edits that carry out a decision. Raises `UsageError` if it cannot be."""
        path = thing.anchors[0].anchor.path[:2]
        if not thing.is_claim and decision.how != "reanchor":
            raise UsageError(
                f"{thing.id}: only claims are kept to an earlier text or withdrawn: re-anchor it, or its claims."
            )
        if decision.how == "keep":
            return [Edit((*path, "text_version"), self.file.version)]
        if decision.how == "withdraw":
            return _withdrawal(thing.id, decision)
        if thing.fact_checks and not decision.reviews_hold:
            raise UsageError(
                f"{thing.id}: it has fact-checks, which are of its old words: keep it to version "
                f"{self.file.version} and make the new words a claim of their own, or say that they hold for "
                f"the new words, too (--reviews-hold {thing.id})."
            )
        return self._edits_of_reanchored(thing, decision)

    def _edits_of_reanchored(self, thing: ChangedThing, decision: AnchorDecision) -> list[Edit]:
        """Return the edits that give a thing other words. Raises `UsageError` if there are none."""
        path = thing.anchors[0].anchor.path[:2]
        edits = [self._edit_of_words(thing.id, (*path, field), new) for field, new in decision.words.items()]
        for each in thing.anchors:
            if each.anchor.field in decision.words:
                continue
            if each.nearest is None:
                raise UsageError(
                    f"{thing.id}: nothing in the new text is like {each.anchor.words!r}: give other words, or keep "
                    "or withdraw the claim."
                )
            edits.append(Edit(each.anchor.path, passage_at(self._texts.new, each.nearest.span)))
        claim = value_at(self._values, path) or {}
        if thing.is_claim and any(each.anchor.field == "words" for each in thing.anchors):
            edits.append(Edit((*path, "earlier", str(self.file.version)), claim["words"]))
        if "text_version" in claim:
            edits.append(Edit((*path, "text_version"), DELETED))
        return edits

    def _edit_of_words(self, id: str, path: ValuePath, new: Plain | None) -> Edit:
        """Return the edit that gives a field other words. Raises `UsageError` if the new text does not have them.

        Of a date only the words change, unless it is given with its `edtf`.
        """
        field = str(path[-1])
        if new is None:
            return Edit(path, DELETED)
        if field in DATES and not has_edtf(new):
            path = (*path, "words")
        self._refuse_words(id, field, new)
        return Edit(path, new)

    def _refuse_words(self, id: str, field: str, new: Plain) -> None:
        """Raise `UsageError` if the new text does not have other words for a field."""
        words: Any = new.get("words", []) if isinstance(new, dict) and has_edtf(new) else new
        for each in as_list(words):
            try:
                if isinstance(each, dict):
                    within, start = str(each.get("in", "")), int(str(each.get("start", -1)))
                    find(self._texts.new, str(each["words"]), within=within, start=start)
                elif field == "words":
                    find(self._texts.new, str(each))
                else:
                    first_occurrences(self._texts.new, str(each))
            except AnchorError as error:
                raise UsageError("\n    ".join([f"{id} {field}: {error}", *error.detail.splitlines()])) from error

    def _edits_of_review(self, decisions: Decisions) -> list[Edit]:
        """Say which text was reviewed, if claims have other words from now on."""
        reviewed = value_at(self._values, ("annotation", "reviewed"))
        reworded = any(each.how == "reanchor" and "/" not in id for id, each in decisions.items())
        if not reviewed or not reworded or "text_version" in reviewed:
            return []
        return [Edit(("annotation", "reviewed", "text_version"), self.file.version)]

    def _lost_places(self, meant: Article, gone: set[str]) -> list[Edit]:
        """Return edits for cues, names and dates that are taken for others in the new text, or for none."""
        chosen = {claim.id: _chosen(claim) for claim in meant.claims if not claim.text_version}
        return [
            Edit(each.anchor.path, passage_at(self._texts.new, each.span))
            for each in self._moved
            if each.span
            and each.anchor.is_chosen
            and str(each.anchor.thing) not in gone
            and each.span not in chosen.get(each.anchor.thing, {each.span})
        ]

    def _notes(self, meant: Article, decisions: Decisions) -> list[str]:
        before = {claim.id: claim for claim in self.file.meant.claims}
        found = []
        for claim in meant.claims:
            old = before[claim.id]
            if claim.form != old.form and claim.id not in decisions:
                found.append(
                    f"{claim.id} was {local_name(old.form)} and is {local_name(claim.form)} now: its words stay, "
                    "and the quotation marks around them do not"
                )
        return found


def _withdrawal(id: str, decision: AnchorDecision) -> list[Edit]:
    if not decision.why:
        raise UsageError(f"{id}: a claim is withdrawn for a reason, which is published: say why.")
    if not is_day(decision.on):
        raise UsageError(f"The day of a withdrawal must be written as 2026-11-24, not {decision.on!r}.")
    return [Edit(("claims", id), DELETED), Edit(("withdrawn", id), {"on": decision.on, "why": decision.why})]


def _chosen(claim: Claim) -> set[Any]:
    return {*claim.cue_at, *claim.speaker_words_at, *claim.said.words_at}


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
