"""A corpus laid out for queries: for one command as N-Quads, or for good as an embedded store that was loaded.

Queries are answered by a process of their own. Each name is imported when first used, so that such a process
starts at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.query.store.answers import FORMATS, LIMITS, Answer, Limits, Store, open_loaded, open_store
    from kg.query.store.manifest import Manifest
    from kg.query.store.sparql import refuse_what_is_no_query, tokens

_HOMES = {
    "FORMATS": "kg.query.store.answers",
    "LIMITS": "kg.query.store.answers",
    "Answer": "kg.query.store.answers",
    "Limits": "kg.query.store.answers",
    "Manifest": "kg.query.store.manifest",
    "Store": "kg.query.store.answers",
    "open_loaded": "kg.query.store.answers",
    "open_store": "kg.query.store.answers",
    "refuse_what_is_no_query": "kg.query.store.sparql",
    "tokens": "kg.query.store.sparql",
}

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


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'kg.query.store' has no attribute {name!r}")
