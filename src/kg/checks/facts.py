"""The facts of an article that the checks across articles need, packed for the cache and for other processes."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from kg.checks.rules import Acceptance
from kg.errors import Path


class ClaimFacts(Struct, array_like=True, frozen=True):
    """What a relation is checked against.

    Speakers are IRIs below the base; texts are check sums of the claim in full.
    """

    id: str
    speakers: list[str]
    earliest: str
    latest: str
    act: str
    texts: list[int]


class Relation(Struct, array_like=True, frozen=True):
    """A relation of a claim; `article` is empty if both are in one. `item` is its place in a list, -1 without."""

    name: str
    claim: str
    article: str
    target: str
    item: int

    def path(self) -> Path:
        """Return where the relation is written in its file."""
        path: Path = ("claims", self.claim, "relations", self.name)
        return path if self.item < 0 else (*path, self.item)

    def shown(self) -> str:
        """Return the other claim as its file names it."""
        return f"{self.article}/{self.target}" if self.article else self.target


class CrossFacts(Struct, array_like=True, frozen=True):
    """What an article contributes to the checks across articles, packed for the cache and for other processes.

    `claims` are the facts of its claims, packed. `relations` are those to other articles, and those within it that
    may be part of a chain through other articles. `newest` is the newest day that it gives for anything but
    annotating, `signed` the days of annotating with their places. `accepted` are acceptances that silenced nothing
    within the article, of rules that other articles may set off. `formerly` are the ids that it had before.
    """

    claims: bytes = b""
    relations: list[Relation] = []
    newest: str = ""
    signed: list[tuple[str, Path]] = []
    accepted: list[Acceptance] = []
    formerly: list[str] = []


encode_facts = msgspec.msgpack.Encoder().encode
decode_claims = msgspec.msgpack.Decoder(list[ClaimFacts]).decode
decode_facts = msgspec.msgpack.Decoder(CrossFacts).decode
