"""Checks across articles: ids that two articles share, relations to claims that no article has, and what related
claims say of each other.

The ids and facts are kept in a temporary database: in memory at first, on disk from about ten thousand articles.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from operator import itemgetter
from typing import Literal, NamedTuple

import msgspec

from kg.checks.claim_relations import circle_message, closing_circles, contradiction_message, pair_findings
from kg.checks.facts import ClaimFacts, CrossFacts, Relation, decode_claims, decode_facts
from kg.checks.rules import Acceptance, finding, unused_acceptances, without_accepted
from kg.dates.edtf import is_day
from kg.errors import Finding, Path, Spot
from kg.files.temporary import temporary_database
from kg.model import Entity

_TABLES = """
create table article (id text primary key, file text, line integer, state text, claims text, facts blob)
    without rowid;
create table unread (id text primary key) without rowid;
create table need (article text, claim text, by_draft integer, file text, line integer, path blob);
create table relation (name text, article text, claim text, other text, target text, item integer);
create table signed (day text, article text, path blob);
create table former (id text, article text);
create table accepted (article text, rule text, owner blob);
"""
_NEEDS = """
select need.rowid, article, claim, by_draft, file, line, path
from need order by article, need.rowid
"""
_FORMER = """
select former.id, former.article, article.id
from former left join article on article.id = former.id order by former.rowid
"""
_ACROSS = """
select name, article, claim, other, target, item, rowid from relation
where article != other and other in (select id from article where state = 'done') order by other, article, rowid
"""
_REPORTS = """
create temp table report as
    select article || '/' || claim as one, other || '/' || target as other, rowid as number
    from relation where name = 'reports';
create unique index temp.report_number on report (number);
create index temp.report_one on report (one);
create index temp.report_other on report (other);
"""
# Removing again and again the relations to claims that report nothing, and those of claims that nothing reports,
# leaves circles and what connects two circles. After the first round, only neighbours of removed ones can follow.
_ENDS = """
create temp table gone as select number, one, other from temp.report
where one not in (select other from temp.report) or other not in (select one from temp.report)
"""
_NEXT_ENDS = """
create temp table next as
    select report.number, report.one, report.other from temp.gone join temp.report on report.one = gone.other
    where not exists (select 1 from temp.report as before where before.other = report.one)
    union
    select report.number, report.one, report.other from temp.gone join temp.report on report.other = gone.one
    where not exists (select 1 from temp.report as after where after.one = report.other)
"""
_REMOVE = "delete from temp.report where number in (select number from temp.gone)"
_ADVANCE = "drop table temp.gone; alter table temp.next rename to gone"
_SAME = """
create temp table same as
    select article || '/' || claim as one, other || '/' || target as other from relation where name = 'same'
    union select other || '/' || target, article || '/' || claim from relation where name = 'same';
create index temp.same_one on same (one);
"""
_CONTRADICTIONS = """
select name, article, claim, other, target, item from relation where name = 'contradicts' order by rowid
"""
_MARGIN = timedelta(days=366)
_path = msgspec.json.Decoder(tuple[str | int, ...]).decode


class ClaimReference(NamedTuple):
    """A claim of another article that a relation points to, and the place of the relation."""

    article: str
    claim: str
    spot: Spot


class ArticleIds(NamedTuple):
    """The ids that one article defines and refers to; workers send them to the main process.

    An article that could not be read is `unread`: its claims are unknown. `claims` are their ids, with a blank
    before and after each. `facts` are packed `CrossFacts`.
    """

    id: str
    file: str
    line: int
    state: Literal["done", "draft", "unread"]
    claims: str = ""
    needs: tuple[ClaimReference, ...] = ()
    facts: bytes = b""


@contextmanager
def open_cross_references() -> Iterator[CrossReferences]:
    """Open an empty set of ids, which is deleted when the block ends. Raises `FileError` if the disk is full."""
    with temporary_database() as database:
        yield CrossReferences(database)


class CrossReferences:
    """The ids that the articles so far define and refer to."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        # Ids arrive in order and are looked up only at the end, so SQLite's default cache of 2 MB would be wasted.
        for schema in ("main", "temp"):
            self._database.execute(f"pragma {schema}.cache_size = -256")
        self._database.executescript(_TABLES)
        self._doubles: list[Finding] = []
        self._newest = ""

    def add(self, ids: ArticleIds) -> None:
        """Add one article; the order is that of the corpus."""
        if ids.state == "unread":
            self._database.execute("insert or ignore into unread values (?)", (ids.id,))
            return
        facts = decode_facts(ids.facts) if ids.facts else CrossFacts()
        row = (*ids[:5], facts.claims)
        added = self._database.execute("insert or ignore into article values (?, ?, ?, ?, ?, ?)", row)
        if not added.rowcount:
            first = self._database.execute("select file, line from article where id = ?", (ids.id,)).fetchone()
            self._doubles.append(_double(ids, *first))
            return
        by_draft = ids.state == "draft"
        for article, claim, (file, path, line, _) in ids.needs:
            need = (article, claim, by_draft, file, line, msgspec.json.encode(path))
            self._database.execute("insert into need values (?, ?, ?, ?, ?, ?)", need)
        self._add_facts(ids.id, facts)

    def _add_facts(self, id: str, facts: CrossFacts) -> None:
        run = self._database.executemany
        self._newest = max(self._newest, facts.newest)
        if facts.relations:
            rows = [
                (each.name, id, each.claim, each.article or id, each.target, each.item) for each in facts.relations
            ]
            run("insert into relation values (?, ?, ?, ?, ?, ?)", rows)
        if facts.signed:
            run("insert into signed values (?, ?, ?)", [(day, id, _packed(path)) for day, path in facts.signed])
        if facts.formerly:
            run("insert into former values (?, ?)", [(each, id) for each in facts.formerly])
        if facts.accepted:
            run(
                "insert into accepted values (?, ?, ?)",
                [(id, rule, _packed(owner)) for owner, rule in facts.accepted],
            )

    def findings(self, entities: Mapping[str, Entity]) -> tuple[Finding, ...]:
        """Return what is wrong between articles; `entities` say who belongs to which organisation."""
        found = [*self._related(entities), *self._late_signing()]
        return (
            *self._doubles,
            *self._used_again(),
            *self._unresolved(),
            *self._circles(),
            *self._contradictions(),
            *self._without_accepted(found),
        )

    def _used_again(self) -> Iterator[Finding]:
        """Yield the former ids of articles that another article has, or had before."""
        first: dict[str, str] = {}
        for former, article, other in self._database.execute(_FORMER):
            owner = other or first.setdefault(former, article)
            if owner != article:
                message = (
                    f"a former id must be that of one article, and `{former}` is also at `{owner}`: give that "
                    "article another id, or delete it here"
                )
                spot = self._spot(article, ("article", "formerly"))
                yield Finding("violation", message, "former-id-used-again", spot)

    def _related(self, entities: Mapping[str, Entity]) -> Iterator[Finding]:
        """Yield what is odd about the relations between two articles."""
        found: list[tuple[int, Finding]] = []
        here: dict[str, dict[str, ClaimFacts]] = {}
        there: dict[str, dict[str, ClaimFacts]] = {}
        for *row, number in self._database.execute(_ACROSS):
            relation, article = _relation(row)
            # The relations to one article come together, and of these those from one.
            if article not in here:
                here = {article: self._facts(article)}
            if relation.article not in there:
                there = {relation.article: self._facts(relation.article)}
            claim, other = here[article].get(relation.claim), there[relation.article].get(relation.target)
            if claim and other:
                spot = self._spot(article, relation.path())
                found += [(number, each) for each in pair_findings(relation, claim, other, entities, spot)]
        yield from (each for _, each in sorted(found, key=itemgetter(0)))

    def _facts(self, article: str) -> dict[str, ClaimFacts]:
        row = self._database.execute("select facts from article where id = ?", (article,)).fetchone()
        return {each.id: each for each in decode_claims(row[0])} if row and row[0] else {}

    def _spot(self, article: str, path: Path) -> Spot:
        file, line = self._database.execute("select file, line from article where id = ?", (article,)).fetchone()
        return Spot(file, path, line)

    def _circles(self) -> Iterator[Finding]:
        """Yield the relations that close a circle of reports."""
        self._database.executescript(_REPORTS)
        self._database.execute(_ENDS)
        while self._database.execute(_REMOVE).rowcount:
            self._database.execute(_NEXT_ENDS)
            self._database.executescript(_ADVANCE)
        edges: dict[str, list[tuple[str, int]]] = {}
        for one, other, number in self._database.execute(
            "select one, other, number from temp.report order by number"
        ):
            edges.setdefault(one, []).append((other, number))
        for number in closing_circles(edges):
            query = "select name, article, claim, other, target, item from relation where rowid = ?"
            relation, article = _relation(self._database.execute(query, (number,)).fetchone())
            yield finding("circle-of-reports", circle_message(relation), self._spot(article, relation.path()))

    def _contradictions(self) -> Iterator[Finding]:
        """Yield the relations `contradicts` between claims that are the same, directly or through others."""
        self._database.executescript(_SAME)
        statement: dict[str, int] = {}
        for row in self._database.execute(_CONTRADICTIONS):
            relation, article = _relation(row)
            one, other = f"{article}/{relation.claim}", f"{relation.article or article}/{relation.target}"
            if one not in statement:
                self._number_the_same(one, statement)
            if statement[one] == statement.get(other):
                spot = self._spot(article, relation.path())
                yield finding("same-and-contradicts", contradiction_message(relation), spot)

    def _number_the_same(self, claim: str, statement: dict[str, int]) -> None:
        """Give a claim, and those that are the same through others, the next number."""
        number = len(statement)
        statement[claim] = number
        waiting = [claim]
        while waiting:
            for (other,) in self._database.execute("select other from temp.same where one = ?", (waiting.pop(),)):
                if other not in statement:
                    statement[other] = number
                    waiting.append(other)

    def _late_signing(self) -> Iterator[Finding]:
        """Yield the newest day of annotating if it is more than a year after every other day."""
        days = self._database.execute("select distinct day from signed order by day desc limit 2").fetchall()
        if len(days) < 2:
            return  # nothing else says when the corpus was annotated
        (newest,), (second,) = days
        latest = max(second, self._newest)
        if not is_day(newest) or not is_day(latest):
            return
        # Not the sum of a day and a year, which Python does not know after 9999.
        if date.fromisoformat(newest) - date.fromisoformat(latest) <= _MARGIN:
            return
        rows = self._database.execute("select article, path from signed where day = ? order by rowid", (newest,))
        for article, path in rows.fetchall():
            message = (
                f"nothing else in this corpus is later than {latest}, and this is {newest}, more than a year "
                "later: is the year right?"
            )
            yield finding("annotated-long-after", message, self._spot(article, _path(path)))

    def _without_accepted(self, findings: list[Finding]) -> Iterator[Finding]:
        """Yield the findings that their articles do not accept, and the acceptances that silence nothing."""
        rows = self._database.execute(
            "select file, line, owner, rule from accepted join article on article = id order by accepted.rowid"
        )
        accepted: dict[tuple[str, int], list[Acceptance]] = {}
        for file, line, owner, rule in rows:
            accepted.setdefault((file, line), []).append((_path(owner), rule))
        if not accepted:
            yield from findings
            return
        for each in findings:
            if not isinstance(each.at, Spot) or (each.at.file, each.at.line) not in accepted:
                yield each
        own: dict[tuple[str, int], list[Finding]] = {}
        for each in findings:
            if isinstance(each.at, Spot):
                own.setdefault((each.at.file, each.at.line), []).append(each)
        for (file, line), theirs in accepted.items():
            spot = Spot(file, (), line)
            left, unused = without_accepted(own.get((file, line), []), theirs)
            yield from (*left, *unused_acceptances(unused, spot))

    def _unresolved(self) -> Iterator[Finding]:
        found: list[tuple[int, Finding]] = []
        read, known = "", _KnownArticle()
        for number, article, id, by_draft, file, line, path in self._database.execute(_NEEDS):
            if article != read:
                read, known = article, self._known(article)
            spot, claim = Spot(file, tuple(msgspec.json.decode(path)), line), f"{article}/{id}"
            if id in known.claims and known.state == "draft" and not by_draft:
                message = f"a relation must lead to a published claim, and `{claim}` is a draft: finish it first"
                found.append((number, Finding("violation", message, "relation-to-draft", spot)))
            elif id not in known.claims and not known.is_partly_unread:
                message = f"a relation must lead to a claim of this corpus, and there is no `{claim}`: correct it"
                found.append((number, Finding("violation", message, "unknown-reference", spot)))
        yield from (each for _, each in sorted(found, key=itemgetter(0)))

    def _known(self, article: str) -> _KnownArticle:
        row = self._database.execute("select state, claims from article where id = ?", (article,)).fetchone()
        unread = self._database.execute("select 1 from unread where id = ?", (article,)).fetchone()
        state, claims = row or ("", "")
        return _KnownArticle(state, frozenset(claims.split()), bool(unread))


class _KnownArticle(NamedTuple):
    """What is known of the articles of one id: the state of the first, its claims, and whether one was unread."""

    state: str = ""
    claims: frozenset[str] = frozenset()
    is_partly_unread: bool = False


def _packed(path: Path) -> bytes:
    return msgspec.json.encode(path)


def _relation(row: tuple[str, str, str, str, str, int]) -> tuple[Relation, str]:
    """Return a relation, and the article that has it."""
    name, article, claim, other, target, item = row
    return Relation(name, claim, "" if other == article else other, target, item), article


def _double(ids: ArticleIds, first_file: str, first_line: int) -> Finding:
    where = f"{first_file}:{first_line}" if first_line else first_file
    message = f"an article's id must be its own, and `{ids.id}` is also that of {where}: give one an `article.id`"
    return Finding("violation", message, "double-article", Spot(ids.file, ("article", "id"), ids.line))
