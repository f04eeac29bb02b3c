"""Triple stores that run elsewhere and speak HTTP: loaded with what differs, and asked.

SPARQL 1.1 Protocol, Graph Store HTTP Protocol and Update. This package alone opens connections.
"""

from __future__ import annotations

from kg.query.remote.answers import RemoteStore, open_remote
from kg.query.remote.credentials import Prompt
from kg.query.remote.endpoint import Wanted
from kg.query.remote.load import Way, load_remote
from kg.query.remote.triple_store import TripleStore, connected

__all__ = [
    "Prompt",
    "RemoteStore",
    "TripleStore",
    "Wanted",
    "Way",
    "connected",
    "load_remote",
    "open_remote",
]
