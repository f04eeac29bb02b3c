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


@pytest.mark.parametrize(("held", "gone"), [(1, 1), (2, 2), (3, 2), (12, 10), (12, 2), (109, 11), (119, 12)])
def test_many_articles_and_all_are_removed_only_if_wanted(held: int, gone: int) -> None:
    store = Store(held)
    with pytest.raises(UsageError) as refused:
        load(store, held - gone, LoadOptions())
    assert str(refused.value) == (
        f"{gone} of the {held} articles that the store has under {BASE} are not in this corpus. If this is the "
        "right corpus and complete, give --delete to delete them; --dry-run lists what would change."
    )
    assert len(store.graphs) == held

    load(store, held - gone, LoadOptions(delete=True))
    assert len(store.graphs) == held - gone


@pytest.mark.parametrize(("held", "gone"), [(2, 1), (3, 1), (12, 1), (20, 2), (110, 11), (120, 12)])
def test_one_article_or_a_tenth_is_removed_at_once(held: int, gone: int) -> None:
    store = Store(held)
    load(store, held - gone, LoadOptions())
    assert len(store.graphs) == held - gone


def test_only_articles_count() -> None:
    """Full texts that are not published any more are no articles."""
    store = Store(3)
    store.graphs |= {Iris(BASE).text_graph(f"a{number}"): "digest" for number in range(3)}
    load(store, 3, LoadOptions())
    assert len(store.graphs) == 3
