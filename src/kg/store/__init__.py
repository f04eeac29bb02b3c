"""An embedded store of a corpus: its graphs laid out as N-Quads, and queries answered by a process of their own."""

from __future__ import annotations

from kg.store.answers import FORMATS, LIMITS, Answer, Limits, Store, open_store
from kg.store.sparql import refuse_what_is_no_query, tokens

__all__ = [
    "FORMATS",
    "LIMITS",
    "Answer",
    "Limits",
    "Store",
    "open_store",
    "refuse_what_is_no_query",
    "tokens",
]
