"""What annotators, persons and programs, read in an article, as far as nobody has decided on it yet.

A claim that several of them found is one entry, with what each of them says of it. What is decided on it is
published and noted in the readings as by `kg adjudicate`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from msgspec import Struct

from kg.corpus import read_article
from kg.corpus.editing import read_values
from kg.corpus.folder import CLAIMS, READINGS, below, reading_names
from kg.desk.article_state import Json, OpenArticle, general_findings, meaning_state
from kg.desk.open_corpus import OpenCorpus, fingerprint_of
from kg.errors import Finding, UsageError
from kg.files.text_files import decode_text, read_bytes
from kg.history.adjudication import OpenClaim, open_claims
from kg.history.decisions import Decision
from kg.history.proposed_claims import to_decide
from kg.history.readings import PUBLISHED, ArticleReading, ArticleReadings, checked_reading
from kg.meaning import read_meaning
from kg.meaning.records import article_record
from kg.meaning.speakers import UNDECIDED
from kg.model import Claim
from kg.pipeline.publication import Publication


class DecideRequest(Struct, forbid_unknown_fields=True):
    """What becomes of a claim of readings, by whom, and on which day (`Decision`); without `take` it is refused."""

    claims: dict[str, str]
    by: str
    on: str
    take: str = ""
    fields: dict[str, str] = {}
    changes: dict[str, Any] = {}
    published: str = ""
    why: str = ""


class _KnownReading(NamedTuple):
    """A reading as it is in its file, and what its claims mean; `reading` is None if it has a violation."""

    raw: bytes
    publication: Publication
    reading: ArticleReading | None
    meant: Mapping[str, Claim]
    is_draft: bool
    findings: tuple[Finding, ...]


def undecided_fields(fields: Json) -> list[str]:
    """Return the fields of a claim of a reading that must be decided before it is published."""
    noted, _ = to_decide(fields.get("note"))
    named = [each.partition(" ")[0] for each in noted]
    speaker = ["speaker"] if fields.get("speaker") == UNDECIDED else []
    return list(dict.fromkeys((*speaker, *named)))


class UndecidedReadings:
    """The readings of one article. They are read again only when their files change."""

    def __init__(self, corpus: OpenCorpus, article: str) -> None:
        self._corpus, self._article = corpus, article
        self._known: dict[str, _KnownReading] = {}

    @property
    def fingerprints(self) -> tuple[object, ...]:
        """The size, time and number of each file."""
        return tuple(map(fingerprint_of, self._files().values()))

    def claims(self, article: OpenArticle) -> list[OpenClaim]:
        """Return the undecided claims in the order of the text."""
        readings = {name: each.reading for name, each in self._read(article).items() if each.reading}
        finished = {name: each for name, each in readings.items() if not self._known[name].is_draft}
        if not finished:
            return []
        publication = self._corpus.publication
        read = ArticleReadings(article.source, _published(article, publication), finished, (), ())
        return open_claims(publication, read)

    def meant(self, article: OpenArticle) -> list[Claim]:
        """Return all claims of the readings that are finished, decided or not."""
        finished = (each for each in self._read(article).values() if each.reading and not each.is_draft)
        return [claim for each in finished for claim in each.meant.values()]

    def state(self, article: OpenArticle) -> list[Json]:
        """Return the undecided claims for the page."""
        return [self._claim_state(claim, article) for claim in self.claims(article)]

    def _claim_state(self, claim: OpenClaim, article: OpenArticle) -> Json:
        versions = [self._version(name, claim, article) for name in claim.names]
        first = versions[0]
        return {
            "id": " ".join(f"{name}/{id}" for name, id in claim.claims.items()),
            "claims": claim.claims,
            "published": claim.published,
            "different": list(claim.differing),
            "versions": versions,
            **{key: first[key] for key in ("quoted", "form", "anchors")},
        }

    def _version(self, name: str, claim: OpenClaim, article: OpenArticle) -> Json:
        """Return what somebody says of a claim."""
        annotators = self._corpus.publication.corpus.config.annotators
        if name == PUBLISHED:
            claims = article.meant.claims if article.meant else ()
            meant = next((each for each in claims if each.id == claim.published), None)
        else:
            meant = self._known[name].meant.get(claim.claims[name])
        fields = self._fields(name, claim, article)
        return {
            "by": name,
            "name": annotators[name].name if name in annotators else name,
            "version": annotators[name].version if name in annotators else "",
            "fields": fields,
            "undecided": [] if name == PUBLISHED else undecided_fields(fields),
            **meaning_state(meant, fields),
        }

    def _fields(self, name: str, claim: OpenClaim, article: OpenArticle) -> Json:
        """Return the fields of a claim as somebody wrote them."""
        reading = self._known[name].reading if name != PUBLISHED else None
        return dict(reading.claims[claim.claims[name]]) if reading else article.claims[claim.published]

    def findings(self, article: OpenArticle, language: str) -> Iterator[Json]:
        """Yield what keeps readings from being decided on: violations, and that somebody has not finished."""
        for name, each in self._read(article).items():
            for finding in each.findings:
                if finding.severity == "violation":
                    (state,) = general_findings([finding], language)
                    yield state | {"message": f"{READINGS}/{name}: {state['message']}"}
        drafts = [name for name, each in self._read(article).items() if each.is_draft]
        if drafts:
            message = f"not finished, so that its claims are not shown here: the reading of {', '.join(drafts)}"
            yield from general_findings([Finding("warning", message, "draft-reading")], language)

    def decision(self, article: OpenArticle, request: DecideRequest) -> Decision:
        """Return a decision.

        Raises `UsageError` if the readings have no such claim any more, if something is taken from somebody who
        did not read it, or a field is not decided.
        """
        for claim in self.claims(article):
            if claim.claims == request.claims and claim.published == request.published:
                break
        else:
            raise UsageError("the readings were changed, or somebody has decided on this claim: look at it again")
        if strangers := {request.take, *request.fields.values()} - {"", *claim.names}:
            raise UsageError(f"{min(strangers)} has not read this claim: take it from {', '.join(claim.names)}")
        if claim.published and not request.take:
            raise UsageError(
                f"{claim.published} is published: withdraw it there, or let it stand: take `{PUBLISHED}`"
            )
        decision = claim.decision(request.take, request.fields, request.why)
        changes = _changes(request, self._fields(request.take, claim, article)) if request.take else {}
        return decision._replace(changes=changes, accepted=()) if changes else decision

    def _files(self) -> dict[str, str]:
        """Return the files of the readings that there are, by annotator; none while one of them is edited."""
        corpus = self._corpus.publication.corpus
        if self._corpus.reading:
            return {}
        files = {
            name: below(corpus.root, f"{READINGS}/{name}/{self._article}{CLAIMS}") for name in reading_names(corpus)
        }
        return {name: file for name, file in files.items() if os.path.lexists(file)}

    def _read(self, article: OpenArticle) -> Mapping[str, _KnownReading]:
        publication = self._corpus.publication
        found: dict[str, _KnownReading] = {}
        for name, file in self._files().items():
            raw = read_bytes(file, publication.corpus.root)
            known = self._known.get(name)
            if known is None or known.raw != raw or known.publication is not publication:
                known = _known_reading(publication, article, file, raw)
            found[name] = known
        self._known = found
        return found


def _changes(request: DecideRequest, taken: Json) -> dict[str, Any]:
    """Return the changes; the note loses what it said was to be decided. Raises `UsageError` if it was not."""
    decided = {*request.changes, *request.fields}
    if left := [field for field in undecided_fields(taken) if field not in decided]:
        raise UsageError(f"`{left[0]}` is not decided yet: choose it, or refuse the claim")
    undecided, others = to_decide(taken.get("note"))
    if undecided and "note" not in request.changes:
        return {**request.changes, "note": others or None}
    return request.changes


def _published(article: OpenArticle, publication: Publication) -> ArticleReading | None:
    """Return what the file has of the article, None if nothing can be read."""
    if article.texts.claims is None or article.meant is None:
        return None
    record = article_record(article.meant, publication.index.iris.base)
    return ArticleReading(article.written.file, article.texts.claims.encode(), article.values, record)


def _known_reading(publication: Publication, article: OpenArticle, file: str, raw: bytes) -> _KnownReading:
    text = decode_text(raw, file)
    source = article.source._replace(claims_file=file, is_reading=True)
    written = read_article(source, {source.text_file: article.texts.text, file: text})
    record, is_draft, _, findings = checked_reading(publication, written)
    if record is None:
        return _KnownReading(raw, publication, None, {}, is_draft, findings)
    meant = read_meaning(written, publication.index).article
    by_id = {each.id: each for each in meant.claims} if meant else {}
    reading = ArticleReading(file, raw, read_values(text, file), record)
    return _KnownReading(raw, publication, reading, by_id, is_draft, findings)
