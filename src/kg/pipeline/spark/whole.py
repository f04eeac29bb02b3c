"""What only the corpus as a whole can tell, worked out by Spark: no machine holds all ids.

Spark finds the few articles of which something is wrong; `cross_references` says what it is, as of any corpus.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from kg.checks.cross_references import ArticleIds, ClaimReference, open_cross_references
from kg.errors import Finding, Spot

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, Row, SparkSession

_SCHEMA = (
    "id string, file string, line long, state string, claims string, "
    "needs array<struct<article: string, claim: string, path: string>>"
)
MOST = 1000
"""How many articles of which something is wrong are told of."""
_MOST_ROWS = 10 * MOST  # should all articles have one id


def share_line(share: ArticleIds) -> str:
    """Return what an article is to the whole as a JSON line."""
    needs = [
        {"article": need.article, "claim": need.claim, "path": json.dumps(need.spot.path)} for need in share.needs
    ]
    return json.dumps({**share._asdict(), "needs": needs})


def whole_findings(session: SparkSession, address: str) -> list[Finding]:
    """Return what is wrong with the articles together, of at most `MOST`. Their shares are at the address."""
    shares = session.read.schema(_SCHEMA).json(address).cache()
    try:
        return _findings(shares)
    finally:
        shares.unpersist()


def _findings(shares: DataFrame) -> list[Finding]:
    unmet = _unmet(shares)
    wrong = unmet.select("id", "file", "line").union(_doubled(shares)).distinct()
    ids = {row.id for row in wrong.orderBy("file", "line").limit(MOST).collect()}
    if not ids:
        return []
    needs = [tuple(row) for row in unmet.where(unmet.id.isin(ids)).select("id", "article", "claim").collect()]
    # Where an article could not be read, or is a draft, that is why its claims are not found.
    causes = {article for _, article, _ in needs}
    told = shares.where(shares.id.isin(ids | causes)).orderBy("file", "line").limit(_MOST_ROWS)
    with open_cross_references() as references:
        for row in told.collect():
            references.add(_share(row, set(needs)))
        return list(references.findings())


def _unmet(shares: DataFrame) -> DataFrame:
    """Return the needs that no article meets: `id`, `file`, `line` of who needs, `article`, `claim`, `path`."""
    from pyspark.sql import functions as F  # noqa: N812  # as everybody calls it

    readers = shares.where("state != 'unread'").select(
        "id", "file", "line", "state", F.explode("needs").alias("need")
    )
    needs = readers.select("id", "file", "line", "state", "need.*")
    others = shares.where("state != 'unread'").select(
        F.col("id").alias("other"), F.col("state").alias("other_state"), "claims"
    )
    has = F.expr("instr(claims, concat(' ', claim, ' ')) > 0")
    met = (F.col("article") == F.col("other")) & has & F.expr("other_state = 'done' or state = 'draft'")
    return needs.join(others, met, "left_anti")


def _doubled(shares: DataFrame) -> DataFrame:
    """Return the articles whose id another has too: `id`, `file`, `line`."""
    read = shares.where("state != 'unread'").select("id", "file", "line")
    twice = read.groupBy("id").count().where("count > 1").select("id")
    return read.join(twice, "id", "left_semi")


def _share(row: Row, unmet: set[tuple[str, ...]]) -> ArticleIds:
    """Return a share with those of its needs that are unmet."""
    id, file, line, state, claims, needs = row
    kept = (need for need in needs or () if (id, need.article, need.claim) in unmet)
    spots = (
        ClaimReference(need.article, need.claim, Spot(file, tuple(json.loads(need.path)), line)) for need in kept
    )
    return ArticleIds(id, file, line, state, claims or "", tuple(spots))
