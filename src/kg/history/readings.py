"""The annotators' own readings, `readings/NAME/`: checked as the corpus is, compared, and never published."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from kg.annotations.classes import ReadingClaimEntry
from kg.annotations.own_fields import own_fields
from kg.corpus import ArticleSource, WrittenArticle, read_article, sources
from kg.corpus.editing import read_values, value_at
from kg.corpus.folder import CLAIMS, JSON_LINES, READINGS, TEXT, below, reading_names, reading_sources
from kg.errors import Finding, Place, Spot, UsageError
from kg.files.text_files import decode_text, read_bytes
from kg.history.agreement import Agreement, Readings, agreement_of
from kg.history.gamma import with_gamma
from kg.meaning import read_meaning
from kg.meaning.records import ArticleRecord, ClaimRecord, article_record
from kg.pipeline.publication import Publication, refuse_violations
from kg.text.nearest_name import nearest

PUBLISHED = "published"
"""The name of what is published, beside those of annotators."""
IN_JSON_LINES = (
    "articles in JSON Lines are not edited one by one, since a line has no layout to keep: write the article as "
    f"`NAME{TEXT}` with its `NAME{CLAIMS}`"
)


class CheckedReading(NamedTuple):
    """A reading of an article, its file and findings; `record` is None if it has a violation."""

    record: ArticleRecord | None
    is_draft: bool
    file: str
    findings: tuple[Finding, ...]


def reading_findings(publication: Publication) -> Iterator[Finding]:
    """Yield what is wrong with the readings, by annotator and article. Raises `FileError` as `sources` does."""
    for name in reading_names(publication.corpus):
        for article in _articles(publication, reading_sources(publication.corpus, name)):
            yield from article.findings


def read_agreement(
    publication: Publication,
    names: Collection[str] = (),
    *,
    published: bool = False,
    overlap: float = 0.5,
    gamma: bool = False,
) -> Agreement:
    """Compare the readings of the annotators named, of all by default; drafts are left out.

    With `published`, the corpus itself is compared too. `overlap` is the share of characters that make two claims
    the same (`agreement_of`). `gamma` adds γ of the passages (`with_gamma`). Raises `UsageError` if there are no
    two readings of an article, or γ needs what is not installed, and `CorpusError` with all findings if a reading
    has a violation.
    """
    names = _chosen(names, reading_names(publication.corpus), published=published)
    findings: list[Finding] = []
    readings: Readings = {}
    drafts = 0
    for name in names:
        own = sources(publication.corpus) if name == PUBLISHED else reading_sources(publication.corpus, name)
        for article in _articles(publication, own):
            findings += article.findings
            drafts += article.is_draft
            if article.record and not article.is_draft:
                findings += _add_reading(readings, name, article.record, article.file)
    refuse_violations(findings)
    found = agreement_of(readings, names, overlap)._replace(drafts=drafts)
    if not found.articles:
        raise UsageError(
            f"No article was read by two of {', '.join(names)}. Readings are compared where two have a claims file "
            f"of the same article that is no draft, such as {READINGS}/{names[0]}/ARTICLE.claims.yaml."
        )
    return with_gamma(found) if gamma else found


def _chosen(names: Collection[str], known: list[str], *, published: bool) -> list[str]:
    """Return the annotators to compare, the corpus last."""
    if unknown := next((name for name in names if name not in known), ""):
        near = nearest(unknown, known)
        advice = f"Did you mean {near}?" if near else f"There are readings of {', '.join(known) or 'nobody'}."
        raise UsageError(f"{unknown} has no readings: there is no folder {READINGS}/{unknown}/. {advice}")
    chosen = [*dict.fromkeys(names or known), *([PUBLISHED] if published else [])]
    if len(chosen) < 2:
        raise UsageError(
            "There must be two annotators to compare. Put the claims file of each into a folder of its own: "
            f"{READINGS}/NAME/ARTICLE.claims.yaml. --published compares one with what is published."
        )
    return chosen


class ArticleReading(NamedTuple):
    """An article as one annotator read it, or as it is published: its claims file, what it has, what that means."""

    file: str
    raw: bytes
    values: Mapping[str, Any]
    record: ArticleRecord

    @property
    def claims(self) -> Mapping[str, Mapping[str, Any]]:
        """The claims as they are written, by id."""
        return self.values.get("claims") or {}

    def decision(self, claim: str) -> Mapping[str, str]:
        """Return what was decided on a claim; nothing if it was not, or is not there."""
        found: Mapping[str, str] = self.claims.get(claim, {}).get("decision", {})
        return found


class ArticleReadings(NamedTuple):
    """What annotators read in an article, and what is published of it (None: nothing yet).

    Readings that are drafts are left out of `readings`; `drafts` are their annotators.
    """

    source: ArticleSource
    published: ArticleReading | None
    readings: Mapping[str, ArticleReading]
    drafts: tuple[str, ...]
    findings: tuple[Finding, ...]


def read_readings(publication: Publication, article: str) -> ArticleReadings:
    """Return the readings of an article, which is named by its path in the corpus without suffix.

    Raises `UsageError` if it is in JSON Lines or there is no such article, `CorpusError` with all findings if the
    published claims or a reading have a violation.
    """
    root = publication.corpus.root
    source = published_source(publication, article)
    is_published = os.path.lexists(source.claims_file)
    findings: list[Finding] = []
    published = _article_reading(publication, source, findings) if is_published else None
    readings: dict[str, ArticleReading] = {}
    drafts = []
    for name in reading_names(publication.corpus):
        own = source._replace(claims_file=below(root, f"{READINGS}/{name}/{article}{CLAIMS}"), is_reading=True)
        if not os.path.lexists(own.claims_file):
            continue
        found = _article_reading(publication, own, findings)
        if found and value_at(found.values, ("annotation", "status")) == "draft":
            drafts.append(name)
        elif found:
            readings[name] = found
    refuse_violations(findings)
    return ArticleReadings(source, published, readings, tuple(drafts), tuple(findings))


def articles_read(publication: Publication) -> dict[str, list[str]]:
    """Return the annotators who have a reading of each article, by its path in the corpus.

    Readings in JSON Lines, which are not decided on, are left out: `readings_in_json_lines` has them.
    """
    found: dict[str, list[str]] = {}
    for name in reading_names(publication.corpus):
        for source in reading_sources(publication.corpus, name):
            if source.claims_file:
                found.setdefault(source.article, []).append(name)
    return dict(sorted(found.items()))


def local_id(claim: ClaimRecord) -> str:
    """Return the id of a claim in its file."""
    return claim.id.rpartition("/")[2]


def readings_in_json_lines(publication: Publication, names: Iterable[str]) -> list[str]:
    """Return the files of JSON Lines that have readings by the annotators named."""
    found = (source for name in names for source in reading_sources(publication.corpus, name))
    return list(dict.fromkeys(source.text_file for source in found if source.line))


def published_source(publication: Publication, article: str) -> ArticleSource:
    """Return the source of an article, whose claims file need not exist. Raises `UsageError` if it has no text."""
    corpus = publication.corpus
    text, claims = (below(corpus.root, article + suffix) for suffix in (TEXT, CLAIMS))
    if article.endswith(JSON_LINES):
        raise UsageError(f"{below(corpus.root, article)}: {IN_JSON_LINES}")
    if not os.path.isfile(text):
        lines = (source for source in sources(corpus) if source.line and read_article(source).id == article)
        if source := next(lines, None):
            raise UsageError(f"{source.text_file}:{source.line}: {IN_JSON_LINES}")
        raise UsageError(f"{text}: there is no such article: name one by the path of its text")
    return ArticleSource(article, text, claims, folder=corpus.root, fields=own_fields(corpus.config))


def _article_reading(
    publication: Publication, source: ArticleSource, findings: list[Finding]
) -> ArticleReading | None:
    """Return an article as it is read, None if something is wrong with it, which is added to the findings."""
    raw = read_bytes(source.claims_file, source.folder)
    text = decode_text(raw, source.claims_file)
    checked = checked_reading(publication, read_article(source, {source.claims_file: text}))
    findings += checked.findings
    if checked.record is None:
        return None
    return ArticleReading(source.claims_file, raw, read_values(text, source.claims_file), checked.record)


def _articles(publication: Publication, own: Iterable[ArticleSource]) -> Iterator[CheckedReading]:
    for source in own:
        yield checked_reading(publication, read_article(source))


def checked_reading(publication: Publication, written: WrittenArticle) -> CheckedReading:
    """Return a reading, or what is published, checked as `kg validate` does."""
    index = publication.index
    findings = (
        *publication.validated(written).findings,
        *_annotator_findings(publication, written),
        *_decision_findings(publication, written),
    )
    file = written.file or written.text_file
    if any(finding.severity == "violation" for finding in findings):
        return CheckedReading(None, False, file, findings)
    meant = read_meaning(written, index).article
    is_draft = written.annotations is not None and written.annotations.annotation.status == "draft"
    return CheckedReading(article_record(meant, index.iris.base) if meant else None, is_draft, file, findings)


def _annotator_findings(publication: Publication, written: WrittenArticle) -> Iterator[Finding]:
    """Yield a violation if a reading is not in the folder of the annotator who signed it."""
    folder = below(publication.corpus.root, READINGS) + os.sep
    file = written.file or written.text_file
    if not file.startswith(folder):
        return
    name = file.removeprefix(folder).partition(os.sep)[0]
    known = publication.corpus.config.annotators
    by = written.annotations.annotation.by if written.annotations else ""
    must = f"the folder of a reading must be named after its annotator, and `{READINGS}/{name}/`"
    if name not in known:
        near = by if by in known else nearest(name, known)
        advice = f"did you mean `{READINGS}/{near}/`?" if near else "add them there, or rename the folder"
        message = f"{must} is no annotator of corpus.yaml: {advice}"
        yield Finding("violation", message, "annotator-of-reading", Spot(file, (), written.line))
    elif by in known and by != name:
        message = f"{must} has a reading by `{by}`: move the file to `{READINGS}/{by}/`, or correct `by`"
        yield Finding("violation", message, "annotator-of-reading", Spot(file, ("annotation", "by"), written.line))


def _decision_findings(publication: Publication, written: WrittenArticle) -> Iterator[Finding]:
    """Yield what is wrong with the decisions on the claims of a reading."""
    known = publication.corpus.config.annotators
    for id, claim in written.annotations.claims.items() if written.annotations else ():
        decision = claim.decision if isinstance(claim, ReadingClaimEntry) else ""
        if not decision:
            continue
        at = Spot(written.file, ("claims", id, "decision"))
        if decision.by not in known:
            near = nearest(decision.by, known)
            advice = f"did you mean `{near}`?" if near else "add them there, or correct the name"
            message = f"`by` must name an annotator of corpus.yaml, and there is no `{decision.by}`: {advice}"
            yield Finding("violation", message, "unknown-reference", at._replace(path=(*at.path, "by")))
        if (decision.outcome == "refused") == bool(decision.claim):
            message = (
                "a claim that was refused is not published: delete `claim`"
                if decision.claim
                else f"a claim that was {decision.outcome} must say which claim is published: give `claim`"
            )
            yield Finding("violation", message, "decision-without-claim", at)


def _add_reading(readings: Readings, name: str, record: ArticleRecord, file: str) -> list[Finding]:
    """Add a reading, or return a violation if it is of another text or the annotator's second of the article."""
    of_article = readings.setdefault(record.id, {})
    if name in of_article:
        message = f"an annotator has one reading of an article, {name} has a second of {record.id}: delete one"
        rule = "second-reading"
    elif any(other.text != record.text for other in of_article.values()):
        message = f"readings must be of one text, this text of {record.id} is not that of the others: copy theirs"
        rule = "text-of-reading"
    else:
        of_article[name] = record
        return []
    return [Finding("violation", message, rule, Place(file, 1, 1))]
