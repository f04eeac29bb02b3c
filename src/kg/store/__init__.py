"""A corpus laid out for queries: for one command as N-Quads, or for good as an embedded store that was loaded.

Queries are answered by a process of their own.
"""

from __future__ import annotations

from kg.store.answers import FORMATS, LIMITS, Answer, Limits, Store, open_loaded, open_store
from kg.store.manifest import Manifest
from kg.store.sparql import refuse_what_is_no_query, tokens

__all__ = [
    "FORMATS",
    "LIMITS",
    "Answer",
    "Limits",
    "Manifest",
    "Store",
    "open_loaded",
    "open_store",
    "refuse_what_is_no_query",
    "tokens",
]
