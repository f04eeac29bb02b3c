"""kg's own engine: validates a data graph against compiled shapes, and leaves the others to pySHACL."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from kg.rdf.terms import Iri, Node, Term
from kg.shacl.compiler import Shapes
from kg.shacl.constraints import Result, results_of_row, satisfies, satisfies_each
from kg.shacl.data_graph import DataGraph, Properties
from kg.shacl.focus_nodes import NodePlan, PredicateRow, RemainingChecks


def validate(
    nodes: Iterable[Node], shapes: Shapes, types: Mapping[Iri, Collection[Iri]] | None = None
) -> list[Result]:
    """Return the results for a data graph, in the order of the nodes and then of the shapes.

    `types` are those of nodes outside the data graph: they count for sh:class, and never make a target.
    The results of the shapes that only pySHACL can check come last.
    """
    nodes = list(nodes)
    data = DataGraph(nodes, types or {})
    found: list[Result] = []
    for node, properties, checks in shapes.targets.focus_nodes(data):
        if not satisfies_checks(checks, data, node, properties):
            found.extend(results_of(checks.plan, data, node))
    if shapes.for_pyshacl:
        from kg.shacl.pyshacl_engine import validate_rest  # imported here: kg's own shapes need no pySHACL

        found.extend(validate_rest(nodes, shapes, types or {}))
    return found


def count_focus_nodes(nodes: Iterable[Node], shapes: Shapes) -> int:
    """Return how many nodes the shapes target: without any, validation says nothing about a graph."""
    return len(shapes.targets.focus_nodes(DataGraph(nodes, {})))


def results_of(plan: NodePlan, data: DataGraph, focus: Term) -> list[Result]:
    """Return the results of one focus node, in the order of the plan's rows."""
    found = []
    for row in plan.rows:
        values = row.path.follow(data, focus)
        if not satisfies(row.requirements, data, focus, values):
            found.extend(results_of_row(row, data, focus, values))
    return found


def satisfies_checks(checks: RemainingChecks, data: DataGraph, focus: Term, properties: Properties) -> bool:
    """Tell whether a node passes its checks. If not, it may still conform: `results_of` is exact."""
    if checks.violated:
        return False
    for test in checks.plan.tests:
        if not test.passes(focus):
            return False
    if not _satisfies_predicate_rows(checks.predicate_rows, data, focus, properties):
        return False
    for row in checks.other_paths:  # noqa: SIM110 - a generator costs as much as a row
        if not satisfies(row.required, data, focus, row.path.follow(data, focus)):
            return False
    return True


def _satisfies_predicate_rows(
    rows: list[PredicateRow], data: DataGraph, focus: Term, properties: Properties
) -> bool:
    """Tell whether the values of a node's predicates are right. Validation spends most of its time here."""
    for row in rows:
        values = properties[row.predicate]
        # A duplicate counts as another value.
        if len(values) != 1 and (len(values) > row.maximum or (row.required and not values)):
            return False
        for value in values:
            for test in row.tests:
                if not test.passes(value):
                    return False
            if row.classes and not data.is_instance(value, row.classes):
                return False
        if row.constraints and not satisfies_each(row.constraints, data, focus, _distinct(values)):
            return False
    return True


def _distinct(values: list[Term]) -> list[Term]:
    if len(values) < 2 or (len(values) == 2 and values[0] != values[1]):
        return values
    return list(dict.fromkeys(values))
