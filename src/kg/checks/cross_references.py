"""Checks across articles: ids that two articles share, and relations to claims that no article has.

The ids are kept in a temporary database: in memory at first, on disk from about ten thousand articles.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, NamedTuple

import msgspec

from kg.errors import Finding, Spot
from kg.files.temporary import temporary_database

_TABLES = """
create table article (id text primary key, file text, line integer, state text, claims text) without rowid;
create table unread (id text primary key) without rowid;
create table need (article text, claim text, by_draft integer, file text, line integer, path blob);
"""
_UNRESOLVED = """
select need.article, need.claim, file, line, path, state
from need
left join (select id, state, claims from article) on id = need.article and instr(claims, ' ' || claim || ' ')
where (state = 'draft' and not by_draft) or (state is null and need.article not in (select id from unread))
order by need.rowid
"""


class ClaimReference(NamedTuple):
    """A claim of another article that a relation points to, and the place of the relation."""

    article: str
    claim: str
    spot: Spot


class ArticleIds(NamedTuple):
    """The ids that one article defines and refers to; workers send them to the main process.

    An article that could not be read is `unread`: its claims are unknown. `claims` are their ids, with a blank
    before and after each.
    """

    id: str
    file: str
    line: int
    state: Literal["done", "draft", "unread"]
    claims: str = ""
    needs: tuple[ClaimReference, ...] = ()


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
        self._database.execute("pragma cache_size = -256")
        self._database.executescript(_TABLES)
        self._doubles: list[Finding] = []

    def add(self, ids: ArticleIds) -> None:
        """Add one article; the order is that of the corpus."""
        if ids.state == "unread":
            self._database.execute("insert or ignore into unread values (?)", (ids.id,))
            return
        added = self._database.execute("insert or ignore into article values (?, ?, ?, ?, ?)", ids[:5])
        if not added.rowcount:
            first = self._database.execute("select file, line from article where id = ?", (ids.id,)).fetchone()
            self._doubles.append(_double(ids, *first))
            return
        by_draft = ids.state == "draft"
        for article, claim, (file, path, line, _) in ids.needs:
            need = (article, claim, by_draft, file, line, msgspec.json.encode(path))
            self._database.execute("insert into need values (?, ?, ?, ?, ?, ?)", need)

    def findings(self) -> tuple[Finding, ...]:
        """Return the findings about ids that are defined twice or nowhere."""
        return (*self._doubles, *self._unresolved())

    def _unresolved(self) -> Iterator[Finding]:
        for article, id, file, line, path, state in self._database.execute(_UNRESOLVED):
            spot, claim = Spot(file, tuple(msgspec.json.decode(path)), line), f"{article}/{id}"
            if state == "draft":
                message = f"a relation must lead to a published claim, and `{claim}` is a draft: finish it first"
                yield Finding("violation", message, "relation-to-draft", spot)
            else:
                message = f"a relation must lead to a claim of this corpus, and there is no `{claim}`: correct it"
                yield Finding("violation", message, "unknown-reference", spot)


def _double(ids: ArticleIds, first_file: str, first_line: int) -> Finding:
    where = f"{first_file}:{first_line}" if first_line else first_file
    message = f"an article's id must be its own, and `{ids.id}` is also that of {where}: give one an `article.id`"
    return Finding("violation", message, "double-article", Spot(ids.file, ("article", "id"), ids.line))
