"""A store made equal to a corpus: graphs that differ are put, those that vanished are removed, no other is touched.

No store replaces a graph at one stroke for its readers, so the promise is: after a load that ends well, the store
holds the graphs of the corpus, whatever was killed before. To see that, each graph says its digest, in itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import NamedTuple

from kg.errors import FileError, UsageError
from kg.pipeline.article import MappedArticle
from kg.query.remote.inventory import Inventory, Plan, open_inventory
from kg.query.remote.triple_store import TripleStore
from kg.rdf.iris import Iris
from kg.rdf.terms import Iri, iri_text

ROUNDS = 5
"""How often the store is asked whether it holds what it was given, and given it again."""
FEW, MANY = 10, 10
"""More graphs than these few, and more than one in so many, are not removed unless that is wanted."""
_NAMED = 5
Progress = Callable[[str, int], AbstractContextManager[Callable[[int, int], object]]]
"""Shows what is done with how many graphs; what it opens is told how many are newly done, and 0."""
Units = Callable[[bool], Iterable[MappedArticle]]
"""Reads the corpus; told whether units that an earlier run mapped may come without their graph."""


class Way(NamedTuple):
    """How a corpus is loaded: whether many graphs may be removed, whether nothing is done but to plan."""

    delete: bool = False
    dry: bool = False


class Outcome(NamedTuple):
    """What was to be done when the store was first asked, and how many triples it holds in the end.

    `put` and `delete` are the graphs, where nothing was done.
    """

    plan: Plan
    triples: int
    put: tuple[Iri, ...] = ()
    delete: tuple[Iri, ...] = ()


def load_remote(store: TripleStore, units: Units, base: str, progress: Progress, way: Way) -> Outcome:
    """Have a store hold the graphs of a corpus and, of those under its base, no others.

    Nothing is sent before the last of the units, which are asked for again where a graph is needed that was not
    there, or somebody else loads meanwhile.
    Raises `UsageError` where too much would vanish, `FileError` where the store does not keep what it is given.
    """
    with open_inventory() as inventory:
        _take_stock(store, inventory, base)
        _take_in(inventory, units(inventory.plan().held > 0), base)
        outcome = Outcome(inventory.plan(), inventory.total())
        if way.dry:
            put, delete = inventory.named("differing"), inventory.named("vanished")
            return outcome._replace(put=tuple(put), delete=tuple(delete))
        if not way.delete:
            _refuse_to_empty(outcome.plan)
        for _ in range(ROUNDS):
            if inventory.plan().is_done:
                return outcome
            if inventory.lacks_text():
                _take_in(inventory, units(False), base)
            _send(store, inventory, progress)
            _take_stock(store, inventory, base)
        if inventory.plan().is_done:
            return outcome
        raise _unkept(store, inventory)


def _take_stock(store: TripleStore, inventory: Inventory, base: str) -> None:
    prefix = f"{base}graph/"
    inventory.hold(store.counts(prefix), store.digests(prefix))


def _take_in(inventory: Inventory, units: Iterable[MappedArticle], base: str) -> None:
    for unit in units:
        if unit.draft:
            continue
        if unit.graph:
            inventory.want(unit.graph)
        elif unit.defines:
            inventory.want_unread(Iris(base).article_graph(unit.id), unit.digest, unit.holds.triples)


def _send(store: TripleStore, inventory: Inventory, progress: Progress) -> None:
    plan = inventory.plan()
    store.introduce()
    with progress("Sending", plan.put + plan.delete) as advance:
        for graph, text in inventory.texts():
            store.replace(graph, text)
            advance(1, 0)
        for graph in inventory.named("vanished"):
            store.remove(graph)
            advance(1, 0)


def _refuse_to_empty(plan: Plan) -> None:
    """Raise `UsageError` where much of what is there would vanish: it may be the wrong corpus, or half of one."""
    if plan.delete > FEW and plan.delete * MANY > plan.held:
        raise UsageError(
            f"{plan.delete} of the {plan.held} graphs that the store holds under this base are not in the corpus: "
            "give --delete to have them removed."
        )


def _unkept(store: TripleStore, inventory: Inventory) -> FileError:
    graphs = [*inventory.named("differing"), *inventory.named("vanished")]
    named = ", ".join(map(iri_text, graphs[:_NAMED])) + (" and others" if len(graphs) > _NAMED else "")
    return FileError(
        f"{store.endpoint.update}: the store took {len(graphs)} graphs {ROUNDS} times and does not hold them as "
        f"they are, by their number of triples or their digest: {named}. Does somebody else change them?"
    )
