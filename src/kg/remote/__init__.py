"""Triple stores that run elsewhere and speak HTTP: loaded with what differs, and asked.

SPARQL 1.1 Protocol, Graph Store HTTP Protocol and Update. This package alone opens connections.
"""

from __future__ import annotations

from kg.remote.answers import RemoteStore, open_remote
from kg.remote.credentials import Prompt
from kg.remote.endpoint import Wanted
from kg.remote.load import Way, load_remote
from kg.remote.triple_store import TripleStore, connected

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
