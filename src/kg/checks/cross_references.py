"""What only a corpus as a whole can tell: ids that two articles have, relations to claims that are not there.

The ids stand in a temporary database: in memory while they are few, on disk beyond some ten thousand articles.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, NamedTuple

import msgspec

from kg.errors import Finding, Spot
from kg.files.temporary import temporary_database
from kg.mappers.graphs import Unit
from kg.rdf.iris import Iris

_TABLES = """
create table article (id text primary key, file text, line integer, state text, claims text) without rowid;
create table unread (id text primary key) without rowid;
create table need (article text, claim text, by_draft integer, file text, line integer, path blob);
"""
_UNMET = """
select need.article, need.claim, file, line, path, state
from need
left join (select id, state, claims from article) on id = need.article and instr(claims, ' ' || claim || ' ')
where (state = 'draft' and not by_draft) or (state is null and need.article not in (select id from unread))
order by need.rowid
"""


class Need(NamedTuple):
    """A claim of another article that a relation points to, and where the relation stands."""

    article: str
    claim: str
    spot: Spot


class Share(NamedTuple):
    """What one article is to the whole; goes from one process to another.

    `unread` is an article that could not be made out, of whose claims nothing is known. `claims` are their ids,
    with a blank before and after each.
    """

    id: str
    file: str
    line: int
    state: Literal["done", "draft", "unread"]
    claims: str = ""
    needs: tuple[Need, ...] = ()


def share(unit: Unit, iris: Iris) -> Share | None:
    """Return what the unit of an article is to the whole; nothing, where there is no article and nothing wrong."""
    if not unit.defines:
        wrong = any(finding.severity == "violation" for finding in unit.findings)
        return Share(unit.id, unit.file, unit.line, "unread") if wrong else None
    claims = "".join(f" {_claim_id(iri)}" for iri in unit.defines[1:])
    needs = tuple(_need(iri[len(f"<{iris.base}claim/") : -1], spot) for iri, spot in unit.needs.items())
    return Share(unit.id, unit.file, unit.line, "draft" if unit.draft else "done", f"{claims} ", needs)


def _need(claim: str, spot: Spot) -> Need:
    article, _, id = claim.rpartition("/")
    return Need(article, id, spot)


def _claim_id(iri: str) -> str:
    return iri[iri.rindex("/") + 1 : -1]


@contextmanager
def open_whole() -> Iterator[Whole]:
    """Open the whole of no articles, which is forgotten when the block ends. Raises `FileError` for a full disk."""
    with temporary_database() as ids:
        yield Whole(ids)


class Whole:
    """What the articles so far have and need."""

    def __init__(self, ids: sqlite3.Connection) -> None:
        self._ids = ids
        # Ids come in order, and are looked up at the end: of SQLite's own 2 MB in memory nearly all would lie idle.
        self._ids.execute("pragma cache_size = -256")
        self._ids.executescript(_TABLES)
        self._doubles: list[Finding] = []

    def add(self, share: Share) -> None:
        """Take in one article, in the order of the corpus."""
        if share.state == "unread":
            self._ids.execute("insert or ignore into unread values (?)", (share.id,))
            return
        added = self._ids.execute("insert or ignore into article values (?, ?, ?, ?, ?)", share[:5])
        if not added.rowcount:
            first = self._ids.execute("select file, line from article where id = ?", (share.id,)).fetchone()
            self._doubles.append(_double(share, *first))
            return
        by_draft = share.state == "draft"
        for article, claim, (file, path, line, _) in share.needs:
            need = (article, claim, by_draft, file, line, msgspec.json.encode(path))
            self._ids.execute("insert into need values (?, ?, ?, ?, ?, ?)", need)

    def findings(self) -> tuple[Finding, ...]:
        """Return what is wrong with the articles together."""
        return (*self._doubles, *self._unmet())

    def _unmet(self) -> Iterator[Finding]:
        for article, id, file, line, path, state in self._ids.execute(_UNMET):
            spot, claim = Spot(file, tuple(msgspec.json.decode(path)), line), f"{article}/{id}"
            if state == "draft":
                message = f"a relation must lead to a published claim, and `{claim}` is a draft: finish it first"
                yield Finding("violation", message, "relation-to-draft", spot)
            else:
                message = f"a relation must lead to a claim of this corpus, and there is no `{claim}`: correct it"
                yield Finding("violation", message, "unknown-reference", spot)


def _double(share: Share, first_file: str, first_line: int) -> Finding:
    where = f"{first_file}:{first_line}" if first_line else first_file
    message = f"an article's id must be its own, and `{share.id}` is also that of {where}: give one an `article.id`"
    return Finding("violation", message, "double-article", Spot(share.file, ("article", "id"), share.line))
