from __future__ import annotations
from collections.abc import Mapping
from kg.terms import Graph


class JsonLdWriter:
    between = tail = ""

    def __init__(self, prefixes: Mapping[str, str], base: str) -> None: ...
    def head(self) -> str:
        return ""

    def graph(self, graph: Graph) -> str:
        return ""
