"""A corpus laid out for queries: for one command as N-Quads, or for good as an embedded store that was loaded.

Queries are answered by a process of their own. Each name is imported when first used, so that such a process
starts at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.store.answers import FORMATS, LIMITS, Answer, Limits, Store, open_loaded, open_store
    from kg.store.manifest import Manifest
    from kg.store.sparql import refuse_what_is_no_query, tokens

_HOMES = {
    "FORMATS": "kg.store.answers",
    "LIMITS": "kg.store.answers",
    "Answer": "kg.store.answers",
    "Limits": "kg.store.answers",
    "Manifest": "kg.store.manifest",
    "Store": "kg.store.answers",
    "open_loaded": "kg.store.answers",
    "open_store": "kg.store.answers",
    "refuse_what_is_no_query": "kg.store.sparql",
    "tokens": "kg.store.sparql",
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
    raise AttributeError(f"module 'kg.store' has no attribute {name!r}")
