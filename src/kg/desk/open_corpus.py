"""The corpus that the desk has open: its definition, and what it knows of every article.

An article is checked by itself and against all others, as `kg validate` does. What the others contribute to these
checks is kept in memory, so that the answer to an edit takes hardly longer in a larger corpus.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from kg.checks.cross_references import ArticleIds, open_cross_references
from kg.corpus import ArticleSource, WrittenArticle, read_article, sources
from kg.corpus.folder import CLAIMS, CONFIG, READINGS, below, yaml_files
from kg.corpus.reader import ENTITIES
from kg.desk.refused_suggestions import RefusedSuggestions
from kg.drafts.names import SpeakerNames
from kg.errors import CorpusError, FileError, Finding, Place, Spot, UsageError
from kg.pipeline.article import MappedArticle
from kg.pipeline.publication import open_publication
from kg.text.nearest_name import nearest

UNDECIDED_RULES = {"undecided": "speaker", "claim-not-in-full": "act", "reviewed-claim-not-in-full": "gist"}
"""The rules about fields that are still to be decided, each with its field if the finding is at the whole claim."""
_TITLE = 90

Watched = Callable[[Iterable[ArticleSource]], Iterable[ArticleSource]]
"""Passes sources on, and may show on the way how many there were."""


class CheckedArticle(NamedTuple):
    """What is wrong in an article, and which fields of each claim are still to be decided.

    `findings` are those of `kg validate`; `left` counts the undecided fields, and the violations that there would
    be if the article were done. `ids` is its part of the checks across articles.
    """

    findings: tuple[Finding, ...]
    undecided: Mapping[str, tuple[str, ...]]
    left: int
    ids: ArticleIds | None

    def with_more(self, findings: Iterable[Finding]) -> CheckedArticle:
        """Return it with findings across articles."""
        more = tuple(findings)
        return self._replace(findings=(*self.findings, *more), left=self.left + _violations(more))


UNCHECKED = CheckedArticle((), {}, 0, None)


def shown_findings(checked: CheckedArticle, status: str) -> list[Finding]:
    """Return the findings without those that the desk settles: it makes the file, and asks who annotated."""
    by_the_desk = {"no-claims-file"} if status == "done" else {"no-claims-file", "annotation-signed"}
    return [each for each in checked.findings if each.rule not in by_the_desk]


class ListedArticle(NamedTuple):
    """What the list of articles says of one; its status is `none` if it has no claims file."""

    source: ArticleSource
    title: str
    language: str
    status: str
    claims: int
    left: int
    findings: int


class _ScannedArticle(NamedTuple):
    """What is known of an article, read from these files with this definition of the corpus.

    `listed` is None for an article that cannot be edited here: one of JSON Lines, or not one of those to edit.
    """

    read_from: tuple[object, ...]
    file: str
    ids: ArticleIds | None
    listed: ListedArticle | None


class OpenCorpus:
    """A corpus that is being annotated; `only` are the articles to edit, all if there are none.

    With the name of an annotator in `reading`, the claims are those of their own readings.

    Raises `CorpusError` if corpus.yaml or the entities are wrong, `UsageError` for an article or an annotator that
    is not in it.
    """

    def __init__(
        self, root: str | Path, only: Collection[str] = (), watched: Watched = iter, *, reading: str = ""
    ) -> None:
        self.root = os.fspath(root)
        self.reading = reading
        self.refused = RefusedSuggestions(self.root)
        self._only = frozenset(only)
        self._known: dict[tuple[str, int], _ScannedArticle] = {}
        self._ids: dict[tuple[str, int], ArticleIds | None] = {}
        self._sources: dict[str, ArticleSource] = {}
        self._seen = self.fingerprints
        self._open()
        self._refuse_stranger()
        self.scan(watched)
        if missing := self._only - self._sources.keys():
            raise UsageError(f"{min(missing)}: this must be an article of {self.root}: name the text of one")
        if not self._sources:
            raise UsageError(
                f"{self.root}: no article here can be annotated: it must be a text `NAME.txt`, as those in JSON "
                "Lines have no layout and comments to keep"
            )

    def _refuse_stranger(self) -> None:
        """Raise `UsageError` if the readings are those of nobody in corpus.yaml."""
        known = self.publication.corpus.config.annotators
        if self.reading and self.reading not in known:
            near = nearest(self.reading, known)
            advice = f"did you mean {near}?" if near else f"there are {', '.join(known) or 'none'}: add them there"
            raise UsageError(f"{self.reading} must be an annotator of corpus.yaml: {advice}")

    def claims_file(self, id: str) -> str:
        """Return the path of the claims file of an article, or of the reading of it, which need not exist."""
        folder = f"{READINGS}/{self.reading}/" if self.reading else ""
        return below(self.root, f"{folder}{id}{CLAIMS}")

    def _open(self) -> None:
        self.publication = open_publication(self.root)
        self.names = SpeakerNames(self.publication.corpus.entities)
        self._opened_on = self._seen
        self.faults: tuple[Finding, ...] = self.publication.index.findings
        """What is wrong in corpus.yaml and the entities, as they are on disk now."""
        self.unread: tuple[Finding, ...] = ()
        """What keeps these files from being read as they are on disk now, so that the earlier ones are used."""

    def renew(self) -> None:
        """Read corpus.yaml and the entities again if they were edited; if they are wrong, keep the earlier ones."""
        seen = self.fingerprints
        if seen == self._seen:
            return
        self._seen = seen
        try:
            self._open()
        except CorpusError as error:
            self.faults = self.unread = error.findings
        except (UsageError, FileError) as error:
            wrong = Finding("violation", str(error), "no-corpus", Place(below(self.root, CONFIG), 0, 0))
            self.faults = self.unread = (wrong,)

    def scan(self, watched: Watched = iter) -> list[ListedArticle]:
        """Read all articles that changed on disk, and return those to edit in the order of the corpus.

        The cache of `kg validate` has the findings of those that did not change since it ran.
        """
        taken: deque[ArticleSource] = deque()

        def noted() -> Iterator[ArticleSource]:
            for each in watched(sources(self.publication.corpus)):
                taken.append(self._as_read(each))
                yield taken[-1]

        known: dict[tuple[str, int], _ScannedArticle] = {}
        # The cache is that of the published claims.
        with nullcontext() if self.reading else self.publication.open_cache() as cache:
            index, read = self.publication.index, self.publication.read
            mapped = cache.articles(noted(), read) if cache else (read(each, index) for each in noted())
            for article in mapped:
                source = taken.popleft()
                known[source.article, source.line] = self._scanned_article(source, article)
        self._known = known
        self._ids = {key: each.ids for key, each in known.items()}
        listed = {each.file: each.listed for each in known.values() if each.listed}
        self._sources = {each.source.article: each.source for each in listed.values()}
        for each in self._across():
            if each.at and (found := listed.get(each.at.file)):
                more = _violations([each])
                listed[each.at.file] = found._replace(findings=found.findings + 1, left=found.left + more)
        return list(listed.values())

    def _as_read(self, source: ArticleSource) -> ArticleSource:
        """Return the source of an article with the claims that are edited here."""
        if not self.reading or source.line or not source.text_file:
            return source
        file = self.claims_file(source.article)
        return source._replace(claims_file=file if os.path.lexists(file) else "", is_reading=True)

    def _scanned_article(self, source: ArticleSource, mapped: MappedArticle) -> _ScannedArticle:
        files = tuple(map(fingerprint_of, source.files))
        read_from = (*files, self._opened_on)
        is_in_files = bool(source.text_file) and not source.line
        listed = None
        if is_in_files and (not self._only or source.article in self._only):
            before = self._known.get((source.article, source.line))
            if before and before.read_from == read_from:
                return before
            article = read_article(source)
            listed = self._listed(source, article, self._counted(article, mapped))
        return _ScannedArticle(read_from, mapped.file, mapped.ids(self.publication.index.iris), listed)

    def source(self, id: str) -> ArticleSource:
        """Return the source of an article to edit, its path in the corpus. Raises `KeyError` if there is none."""
        return self._sources[id]

    @property
    def articles(self) -> Collection[str]:
        """The articles to edit, by their paths in the corpus."""
        return self._sources.keys()

    def checked(self, article: WrittenArticle, source: ArticleSource) -> CheckedArticle:
        """Return what is wrong in an article that is being edited, by itself and against all others."""
        alone = self._counted(article, self.publication.validated(article))
        key = source.article, source.line
        before, self._ids[key] = self._ids.get(key), alone.ids
        try:
            across = self._across()
        finally:
            self._ids[key] = before
        return alone.with_more(each for each in across if each.at and each.at.file == article.file)

    def keep(self, checked: CheckedArticle, source: ArticleSource) -> None:
        """Check other articles against this state of an article from now on."""
        self._ids[source.article, source.line] = checked.ids

    def _counted(self, article: WrittenArticle, mapped: MappedArticle) -> CheckedArticle:
        """Return what is wrong in an article by itself, given its findings."""
        done = mapped.findings
        file = article.annotations
        if file and file.annotation.status == "draft":
            as_done = replace(
                article, annotations=replace(file, annotation=replace(file.annotation, status="done"))
            )
            done = self.publication.validated(as_done).findings
        undecided: dict[str, tuple[str, ...]] = {}
        others: list[Finding] = []
        for each in done:
            path = each.at.path if isinstance(each.at, Spot) else ()
            if each.rule in UNDECIDED_RULES and path[:1] == ("claims",):
                claim, field = str(path[1]), str(path[2]) if len(path) > 2 else UNDECIDED_RULES[each.rule]
                undecided[claim] = tuple(dict.fromkeys((*undecided.get(claim, ()), field)))
            else:
                others.append(each)
        left = sum(map(len, undecided.values())) + _violations(others)
        return CheckedArticle(mapped.findings, undecided, left, mapped.ids(self.publication.index.iris))

    def _across(self) -> tuple[Finding, ...]:
        """Return what is wrong between articles."""
        with open_cross_references() as references:
            for ids in self._ids.values():
                if ids:
                    references.add(ids)
            return references.findings(self.publication.index.entities)

    def _listed(self, source: ArticleSource, article: WrittenArticle, checked: CheckedArticle) -> ListedArticle:
        file = article.annotations
        status = file.annotation.status if file else "draft" if source.claims_file else "none"
        return ListedArticle(
            source=source,
            title=article_title(article),
            language=article_language(article, self.publication.index.dataset.language),
            status=status,
            claims=len(file.claims) if file else 0,
            left=checked.left,
            findings=len(shown_findings(checked, status)),
        )

    @property
    def fingerprints(self) -> tuple[object, ...]:
        """The size, time and number of each file that defines the corpus."""
        files = [below(self.root, name) for name in (CONFIG, f"{ENTITIES}.yaml", f"{ENTITIES}.yml")]
        try:
            files += yaml_files(below(self.root, ENTITIES))
        except (CorpusError, FileError):
            return ()
        return tuple(fingerprint_of(each) for each in files)


def fingerprint_of(file: str) -> tuple[str, int, int, int] | None:
    """Return the size, time and number of a file, None if there is none."""
    try:
        found = os.stat(file)
    except OSError:
        return None
    return file, found.st_size, found.st_mtime_ns, found.st_ino


def _violations(findings: Iterable[Finding]) -> int:
    return sum(each.severity == "violation" for each in findings)


def article_title(article: WrittenArticle) -> str:
    """Return the headline of an article, else the beginning of its text, else its id."""
    headline = article.annotations.article.headline if article.annotations else ""
    line = next((each for each in article.text[:10_000].splitlines() if each.strip()), article.id)
    title = " ".join((headline or line).split())
    return title if len(title) <= _TITLE else f"{title[:_TITLE].rpartition(' ')[0] or title[:_TITLE]} …"


def article_language(article: WrittenArticle, default: str) -> str:
    """Return the language tag of an article, that of the corpus if it has none of its own."""
    return (article.annotations.article.language if article.annotations else "") or default
