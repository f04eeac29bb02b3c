"""`kg load URL` removes many graphs from a store only if that is wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast

import pytest

from kg.errors import UsageError
from kg.mappers.dataset import Tally
from kg.pipeline.article import MappedArticle
from kg.query.remote_load import LoadOptions, load_remote
from kg.query.remote_store import TripleStore
from kg.rdf.terms import Iri, Iris

BASE = "https://kg.example/"


class Store:
    """A store with graphs of one triple."""

    def __init__(self, held: int) -> None:
        self.graphs = {Iris(BASE).article_graph(f"a{number}"): "digest" for number in range(held)}

    def graph_sizes(self, prefix: str) -> Iterator[tuple[Iri, int]]:
        assert prefix == f"{BASE}graph/"
        return ((graph, 1) for graph in self.graphs)

    def graph_digests(self, prefix: str) -> Iterator[tuple[Iri, str]]:
        assert prefix == f"{BASE}graph/"
        return iter(self.graphs.items())

    def log_in(self) -> None:
        pass

    def remove(self, graph: Iri) -> None:
        del self.graphs[graph]


@contextmanager
def unseen(_label: str, _count: int) -> Iterator[Callable[[int, int], object]]:
    yield lambda _done, _more: None


def load(store: Store, wanted: int, way: LoadOptions) -> None:
    """Make a store equal to a corpus that has the first of its articles, unchanged."""
    units = [
        MappedArticle(f"a{number}", "", 0, None, (), (Iri(f"<urn:{number}>"),), holds=Tally(1), digest="digest")
        for number in range(wanted)
    ]
    load_remote(cast(TripleStore, store), lambda _may_remember: units, BASE, unseen, way)


@pytest.mark.parametrize(("held", "gone"), [(11, 11), (12, 11), (109, 11), (119, 12)])
def test_more_than_ten_graphs_and_a_tenth_are_removed_only_if_wanted(held: int, gone: int) -> None:
    store = Store(held)
    with pytest.raises(UsageError, match=f"^{gone} of the {held} graphs .*--delete"):
        load(store, held - gone, LoadOptions())
    assert len(store.graphs) == held

    load(store, held - gone, LoadOptions(delete=True))
    assert len(store.graphs) == held - gone


@pytest.mark.parametrize(("held", "gone"), [(10, 10), (11, 10), (110, 11), (120, 12)])
def test_ten_graphs_or_a_tenth_are_removed_at_once(held: int, gone: int) -> None:
    store = Store(held)
    load(store, held - gone, LoadOptions())
    assert len(store.graphs) == held - gone
