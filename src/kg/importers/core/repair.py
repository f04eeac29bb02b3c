"""Keeps imported articles on disk, and repairs them: removes and reports the parts that `kg validate` would refuse.

Articles wait in a spool until all names are known, so that memory does not grow with their number.
"""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Callable, Iterator, Set
from typing import IO, NamedTuple

from msgspec.structs import fields, replace

from kg.annotations.classes import ClaimEntry, ClaimsFile, Relations
from kg.corpus import ArticleSource
from kg.corpus.writer import json_line
from kg.errors import Finding, Path, Place, Spot
from kg.importers.core.claim_fields import UNNAMED
from kg.importers.core.claims import UNKNOWN_DATE, ImportedArticle
from kg.importers.core.documents import Kind, Skipped
from kg.meaning.reporter import as_list, one_or_all
from kg.pipeline.article import MappedArticle
from kg.rdf.vocab import RELATIONS

MOST_ARTICLES, MOST_BYTES = 250, 4_000_000
"""The size of a range, which one process works on at a time."""
# Not its act: without it, a denial would be published as a statement.
_OF_A_CLAIM = {each.encode_name: each for each in fields(ClaimEntry) if not each.required and each.name != "act"}
_CLEARED_OF_AN_ARTICLE: dict[str, object] = {
    **dict.fromkeys(("headline", "corrected", "publisher", "url", "language"), ""),
    "published": UNKNOWN_DATE,
    "author": [],
}


class SpoolRange(NamedTuple):
    """Consecutive articles in a spool: the offset of the first, and how many there are."""

    start: int
    size: int


class ArticleSpool:
    """Appends articles to a file; `ranges` covers them all, in order."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.ranges: list[SpoolRange] = []
        self._stream = stream

    def put(self, article: ImportedArticle) -> None:
        """Write an article."""
        at = self._stream.tell()
        last = self.ranges.pop() if self.ranges else SpoolRange(at, 0)
        if last.size == MOST_ARTICLES or at - last.start > MOST_BYTES:
            self.ranges.append(last)
            last = SpoolRange(at, 0)
        self.ranges.append(SpoolRange(last.start, last.size + 1))
        pickle.dump(article, self._stream, protocol=pickle.HIGHEST_PROTOCOL)


def read_range(stream: IO[bytes], range: SpoolRange) -> Iterator[ImportedArticle]:
    """Yield the articles of a range of a spool, in order."""
    stream.seek(range.start)
    for _ in [None] * range.size:
        # Not msgspec, which would refuse values that the checks report with a reason. Only kg writes this file.
        article = pickle.load(stream)
        assert isinstance(article, ImportedArticle)
        yield article


class RepairedArticle(NamedTuple):
    """An article without violations, None if nothing is left; `skipped` are the removed parts.

    `left` are the claims that were taken out, each with the reason.
    """

    article: ImportedArticle | None
    warnings: tuple[Finding, ...]
    skipped: list[Skipped]
    left: dict[str, str]


def repair_article(article: ImportedArticle, read: Callable[[ArticleSource], MappedArticle]) -> RepairedArticle:
    """Return an article without the fields or claims in which `read` finds a violation.

    The article is read again until nothing more is taken out.
    """
    skipped: list[Skipped] = []
    left: dict[str, str] = {}
    while True:
        line = json_line(article.id, article.text, article.file)
        findings = read(ArticleSource(article.id, article.id, line=1, raw=line)).findings
        violations = [each for each in findings if each.severity == "violation"]
        if not violations:
            return RepairedArticle(article, findings, skipped, left)
        cut = _Repair(article, skipped, left)
        for finding in violations:
            cut.take_out(finding)
        if not cut.is_changed:
            why = "; ".join(dict.fromkeys(each.message for each in violations))
            return RepairedArticle(None, (), [*skipped, Skipped("article", article.id, why, article.at)], left)
        article = replace(article, file=cut.file())


class _Repair:
    """Removes from an article the parts that findings are about; adds them to `skipped` and `left`."""

    def __init__(self, article: ImportedArticle, skipped: list[Skipped], left: dict[str, str]) -> None:
        self.is_changed = False
        self._whole = article
        self._article = article.file.article
        self._claims = dict(article.file.claims)
        self._sources = dict(article.file.sources)
        # How many claims have the same words: these are left out with the last of them.
        self._sayings = Counter(article.marks[id][0] for id in self._claims)
        self._cleared: set[tuple[str, str]] = set()
        self._skipped = skipped
        self._left = left

    def take_out(self, finding: Finding) -> None:
        """Remove the field that a finding is about, or the whole claim if the field is required."""
        path = finding.at.path if isinstance(finding.at, Spot) else ()
        section, id, field = [*map(str, path), "", "", ""][:3]
        if section == "claims" and id in self._claims:
            self._take_from_claim(id, field, finding.message, path[3:])
        elif section == "sources" and id in self._sources:
            del self._sources[id]
            self._note("attribute", f"source {id}", finding.message, self._whole.at)
        elif section == "article" and id in _CLEARED_OF_AN_ARTICLE:
            cleared = replace(self._article, **{id: _CLEARED_OF_AN_ARTICLE[id]})
            if cleared != self._article:
                self._article = cleared
                self._note("attribute", id, finding.message, self._whole.at)

    def file(self) -> ClaimsFile:
        """Return the remaining file, without unused sources and references to removed claims."""
        gone = self._whole.file.sources.keys() - self._sources.keys()
        claims = {id: self._without_references(id, claim, gone) for id, claim in self._claims.items()}
        used = {name for claim in claims.values() for name in as_list(claim.speaker)}
        sources = {id: source for id, source in self._sources.items() if id in used}
        return replace(self._whole.file, article=self._article, claims=claims, sources=sources)

    def _without_references(self, id: str, claim: ClaimEntry, gone: Set[str]) -> ClaimEntry:
        speakers = [name for name in as_list(claim.speaker) if name not in gone]
        kept: dict[str, list[str] | str] = {}
        for relation in RELATIONS:
            others = as_list(getattr(claim.relations, relation))
            kept[relation] = one_or_all([other for other in others if other in self._claims or "/" in other])
            for other in others:
                if other not in self._claims and "/" not in other:
                    why = "the claim that it leads to was left out"
                    self._note(
                        "link", f"{id}: {relation} {other}", why, self._whole.origins.get(id, self._whole.at)
                    )
        return replace(claim, relations=Relations(**kept), speaker=one_or_all(speakers) or UNNAMED)

    def _take_from_claim(self, id: str, field: str, why: str, below: Path) -> None:
        at = self._whole.origins.get(id, self._whole.at)
        if (id, field) in self._cleared:
            return
        claim = self._claims[id]
        changed = _without_field(claim, field, below)
        if changed != claim:
            self._claims[id] = changed
            self._cleared.add((id, field))
            listed = claim.inferred if isinstance(claim.inferred, list) else []
            gone = [each for each in listed if each not in changed.inferred]
            self._note("attribute", " ".join([f"{id}: {field}", *gone]), why, at)
        else:
            del self._claims[id]
            self._left[id] = why
            words = self._whole.marks[id][0]
            self._sayings[words] -= 1
            self._note("claim" if self._sayings[words] else "span", words, why, at)

    def _note(self, kind: Kind, what: str, why: str, at: Place) -> None:
        self.is_changed = True
        self._skipped.append(Skipped(kind, what, why, at))


def _without_field(claim: ClaimEntry, name: str, below: Path) -> ClaimEntry:
    """Return a claim without a field; the same claim if it must have that field.

    Of `inferred` only the item that `below` leads to: the others are still the annotator's reading.
    """
    if name not in _OF_A_CLAIM:
        return claim
    if name == "inferred" and below and isinstance(claim.inferred, list):
        return replace(claim, inferred=[each for n, each in enumerate(claim.inferred) if n != below[0]])
    field = _OF_A_CLAIM[name]
    default = field.default_factory() if callable(field.default_factory) else field.default
    return replace(claim, **{field.name: default})
