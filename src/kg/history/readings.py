"""The annotators' own readings, `readings/NAME/`: checked as the corpus is, compared, and never published."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from kg.corpus import ArticleSource, read_article, sources
from kg.corpus.folder import READINGS, reading_names, reading_sources
from kg.errors import Finding, Place, UsageError
from kg.history.agreement import Agreement, Readings, agreement_of
from kg.meaning import read_meaning
from kg.meaning.records import ArticleRecord, article_record
from kg.pipeline.publication import Publication, refuse_violations
from kg.text.nearest_name import nearest

PUBLISHED = "published"
"""The name under which the corpus itself is compared with the readings."""


class CheckedReading(NamedTuple):
    """A reading of an article, its file and findings; `record` is None if it has a violation or is a draft."""

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
    publication: Publication, names: Collection[str] = (), *, published: bool = False, overlap: float = 0.5
) -> Agreement:
    """Compare the readings of the annotators named, of all by default; drafts are left out.

    With `published`, the corpus itself is compared too. `overlap` is the share of characters that make two claims
    the same (`agreement_of`). Raises `UsageError` if there are no two readings of an article, and `CorpusError`
    with all findings if a reading has a violation.
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
            if article.record:
                findings += _add_reading(readings, name, article.record, article.file)
    refuse_violations(findings)
    found = agreement_of(readings, names, overlap)._replace(drafts=drafts)
    if not found.articles:
        raise UsageError(
            f"No article was read by two of {', '.join(names)}. Readings are compared where two have a claims file "
            f"of the same article that is no draft, such as {READINGS}/{names[0]}/ARTICLE.claims.yaml."
        )
    return found


def _chosen(names: Collection[str], known: list[str], *, published: bool) -> list[str]:
    """Return the annotators to compare, the corpus last."""
    if unknown := next((name for name in names if name not in known), ""):
        near = nearest(unknown, known)
        advice = f"Did you mean {near}?" if near else f"There are readings of {', '.join(known) or 'nobody'}."
        raise UsageError(f"{unknown} has no readings: there is no folder {READINGS}/{unknown}/. {advice}")
    chosen = [*(names or known), *([PUBLISHED] if published else [])]
    if len(chosen) < 2:
        raise UsageError(
            "There must be two annotators to compare. Put the claims file of each into a folder of its own: "
            f"{READINGS}/NAME/ARTICLE.claims.yaml. --published compares one with what is published."
        )
    return chosen


def _articles(publication: Publication, own: Iterable[ArticleSource]) -> Iterator[CheckedReading]:
    index = publication.index
    for source in own:
        written = read_article(source)
        findings = publication.validated(written).findings
        file = source.claims_file or source.text_file
        if any(finding.severity == "violation" for finding in findings):
            yield CheckedReading(None, False, file, findings)
            continue
        meant = read_meaning(written, index).article
        is_draft = written.annotations is not None and written.annotations.annotation.status == "draft"
        record = None if is_draft or meant is None else article_record(meant, index.iris.base)
        yield CheckedReading(record, is_draft, file, findings)


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
