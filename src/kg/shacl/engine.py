"""kg's own engine: finds the focus nodes in a data graph, and validates them against compiled shapes.

The checks of a node depend on its types (a `NodePlan`) and on its predicates (`RemainingChecks`). Both recur all
the time and are cached, so that few checks remain.

https://www.w3.org/TR/shacl/#targets · https://www.w3.org/TR/shacl/#validation
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from kg.rdf.terms import Iri, Node, Term
from kg.shacl.constraints import (
    Constraint,
    HasClass,
    Requirements,
    Result,
    Rows,
    ShapeRow,
    joined_requirements,
    results_of_row,
    satisfies,
    satisfies_each,
)
from kg.shacl.data_graph import NO_VALUES, NOTHING, TYPE, DataGraph, Path, Properties, Subclasses
from kg.shacl.datatypes import ValueTest
from kg.shacl.shapes_graph import ShapesGraph, sh

if TYPE_CHECKING:
    from kg.shacl.compiler import Shapes

PLANS_CACHED = 1024
"""How many plans are cached; a graph from elsewhere may have any number of combinations of types."""
CHECKS_CACHED = 1024
"""How many `RemainingChecks` are cached; of nodes with many properties, like claims, every other has its own."""
Positions = Mapping[Term, Sequence[int]]
"""Positions of shapes in the order of the shapes graph, by what they target."""
NodeKind = tuple[tuple[Term, ...], tuple[int, ...], tuple[Iri, ...]]
"""A node's types, the positions of the shapes that target it by name, and its predicates that make it a target."""
NodeForm = tuple[tuple[Term, ...], tuple[int, ...], tuple[Iri, ...]]
"""A node's types, the positions of the shapes that target it by name, and all its predicates in order."""


class PredicateRow:
    """The requirements on the values of one predicate.

    Each value must pass `tests` and be of one of `classes`, if there are any; `constraints` are on all values.
    """

    __slots__ = ("classes", "constraints", "maximum", "predicate", "required", "tests")

    def __init__(self, predicate: Iri, required: Requirements, subclasses: Subclasses) -> None:
        first = next((each for each in required.constraints if isinstance(each, HasClass)), None)
        self.predicate = predicate
        self.maximum = required.maximum
        self.required = required.needs_values
        self.classes: frozenset[Term] = first.closure(subclasses) if first else frozenset()
        self.tests: list[ValueTest] = required.tests
        self.constraints: list[Constraint] = [each for each in required.constraints if each is not first]


class OtherPathRow:
    """The requirements on the values of a longer path, or of a predicate that must have several."""

    __slots__ = ("path", "required")

    def __init__(self, path: Path, required: Requirements) -> None:
        self.path = path
        self.required = required

    def statically_satisfied(self, properties: Properties) -> bool:
        """Tell whether every node with these predicates meets it, whatever the predicates' values are."""
        return not self.required.needs_values and self.path.has_no_values(properties)


class NodePlan:
    """The requirements on nodes of certain types: `rows` in the order of their results, and the same to check fast.

    `tests` and `constraints` are for the node itself, `predicate_rows` for the values of its predicates, `required`
    are the predicates that it must have; `other_paths` are the rest.
    """

    __slots__ = ("constraints", "other_paths", "predicate_rows", "required", "rows", "shapes", "tests")

    def __init__(
        self,
        shapes: list[Term],
        rows: list[ShapeRow],
        predicate_rows: list[PredicateRow],
        constraints: list[Constraint],
        other_paths: list[OtherPathRow],
    ) -> None:
        self.shapes = shapes
        self.rows = rows
        self.tests: list[ValueTest] = list(
            dict.fromkeys(test for row in rows if not row.path.text for test in row.requirements.tests)
        )
        self.constraints = constraints
        self.predicate_rows: dict[Iri, PredicateRow] = {row.predicate: row for row in predicate_rows}
        self.required = sum(row.required for row in predicate_rows)
        self.other_paths = other_paths


class RemainingChecks:
    """The remaining checks of a plan for nodes with certain predicates.

    If `violated`, a required predicate is missing. `target_predicates` make the node a target if they have a value.
    """

    __slots__ = ("constraints", "other_paths", "plan", "predicate_rows", "target_predicates", "violated")

    def __init__(self, plan: NodePlan, properties: Properties, target_predicates: list[Iri]) -> None:
        self.plan = plan
        self.predicate_rows: list[PredicateRow] = [
            plan.predicate_rows[each] for each in properties if each in plan.predicate_rows
        ]
        self.violated = sum([row.required for row in self.predicate_rows]) < plan.required
        self.constraints: list[Constraint] = [
            each for each in plan.constraints if not each.statically_satisfied(properties)
        ]
        self.other_paths: list[OtherPathRow] = [
            row for row in plan.other_paths if not row.statically_satisfied(properties)
        ]
        self.target_predicates = target_predicates


FocusNode = tuple[Term, Properties, RemainingChecks]


class Targets:
    """Finds the focus nodes of shapes, which are given with their rows in the order of the shapes graph."""

    def __init__(self, graph: ShapesGraph, rows: Mapping[Term, Rows]) -> None:
        self.rows = list(rows.items())
        self.classes = _positions(graph, rows, "targetClass")
        self.subjects_of = _positions(graph, rows, "targetSubjectsOf")
        self._nodes = _positions(graph, rows, "targetNode")
        self._objects_of = _positions(graph, rows, "targetObjectsOf")
        self._stated_subclasses = list(graph.subclasses())
        self._named_classes = {*graph.values(sh("class")), *self.classes}
        self._plans = Plans(self, subclasses_of(self._named_classes, self._stated_subclasses))

    def focus_nodes(self, data: DataGraph) -> list[FocusNode]:
        """Return the focus nodes in the data graph, then those outside it. Sets the graph's `subclasses`."""
        found: list[FocusNode] = []
        plans = self._plans
        if data.stated_subclasses:
            pairs = [*self._stated_subclasses, *data.stated_subclasses]
            plans = Plans(self, subclasses_of(self._named_classes, pairs))
        data.subclasses = plans.subclasses
        named = self._named_nodes(data) if self._nodes or self._objects_of else {}
        for node, properties in data.index.items():
            checks = plans.checks(named.pop(node, ()) if named else (), properties)
            if checks.plan.shapes:
                found.append((node, properties, checks))
        for node, positions in named.items():
            found.append((node, NOTHING, plans.checks(positions, NOTHING)))
        return found

    def _named_nodes(self, data: DataGraph) -> dict[Term, tuple[int, ...]]:
        """Return the targets of sh:targetNode and sh:targetObjectsOf with the positions of their shapes."""
        named = {node: list(positions) for node, positions in self._nodes.items()}
        for properties in data.index.values() if self._objects_of else ():
            if properties.keys().isdisjoint(self._objects_of):
                continue  # as almost always
            for predicate, values in properties.items():
                for value in values if predicate in self._objects_of else ():
                    named.setdefault(value, []).extend(self._objects_of[predicate])
        return {node: tuple(sorted(set(positions))) for node, positions in named.items()}


class Plans:
    """The plans of nodes by their types, and the remaining checks by their predicates, made on demand."""

    def __init__(self, targets: Targets, subclasses: Subclasses) -> None:
        self.subclasses = subclasses
        self._targets = targets
        self._plans: dict[NodeKind, NodePlan] = {}
        self._checks: dict[NodeForm, RemainingChecks] = {}

    def checks(self, positions: tuple[int, ...], properties: Properties) -> RemainingChecks:
        """Return the checks for a node that the shapes at some positions target by name."""
        form = (tuple(properties.get(TYPE, NO_VALUES)), positions, tuple(properties))
        found = self._checks.get(form)
        if found is None:
            if len(self._checks) >= CHECKS_CACHED:
                self._checks.clear()
            found = self._checks[form] = self._make_checks(form, properties)
        for predicate in found.target_predicates:
            if not properties[predicate]:
                # An empty list is no triple, and makes no target.
                return self.checks(positions, {each: values for each, values in properties.items() if values})
        return found

    def _make_checks(self, form: NodeForm, properties: Properties) -> RemainingChecks:
        types, positions, predicates = form
        target_predicates = [each for each in predicates if each in self._targets.subjects_of]
        kind = (types, positions, tuple(target_predicates))
        plan = self._plans.get(kind)
        if plan is None:
            if len(self._plans) >= PLANS_CACHED:
                self._plans.clear()
            plan = self._plans[kind] = self._make_plan(kind)
        return RemainingChecks(plan, properties, target_predicates)

    def _make_plan(self, kind: NodeKind) -> NodePlan:
        types, named_by, target_predicates = kind
        positions = {*named_by, *chain.from_iterable(self._targets.subjects_of[each] for each in target_predicates)}
        for target, others in self._targets.classes.items():
            if not self.subclasses[target].isdisjoint(types):
                positions.update(others)
        shapes = [self._targets.rows[position] for position in sorted(positions)]
        rows = [row for _, some in shapes for row in some]
        by_predicate: dict[Iri, list[Requirements]] = {}
        constraints: list[Constraint] = []
        other_paths: list[OtherPathRow] = []
        for row in rows:
            if row.path.predicate and row.minimum <= 1 <= row.maximum:
                by_predicate.setdefault(row.path.predicate, []).append(row.requirements)
            elif row.path.text:
                other_paths.append(OtherPathRow(row.path, row.requirements))
            else:
                constraints += self._left_open(row, types)
        predicate_rows = [
            PredicateRow(predicate, joined_requirements(several), self.subclasses)
            for predicate, several in by_predicate.items()
        ]
        return NodePlan([shape for shape, _ in shapes], rows, predicate_rows, constraints, other_paths)

    def _left_open(self, row: ShapeRow, types: Sequence[Term]) -> list[Constraint]:
        """Return the constraints on the node itself that its types do not ensure."""
        return [
            each
            for each in row.requirements.constraints
            if not (isinstance(each, HasClass) and not each.closure(self.subclasses).isdisjoint(types))
        ]


def subclasses_of(classes: Iterable[Term], pairs: Iterable[tuple[Term, Term]]) -> dict[Term, frozenset[Term]]:
    """Return each class with itself and its sub-classes, from pairs of a class and a super-class."""
    below: dict[Term, set[Term]] = {}
    for subclass, superclass in pairs:
        below.setdefault(superclass, set()).add(subclass)
    found = {}
    for each in classes:
        reached = {each}
        waiting = [each]
        while waiting:
            new = below.get(waiting.pop(), set()) - reached
            reached |= new
            waiting.extend(new)
        found[each] = frozenset(reached)
    return found


def _positions(graph: ShapesGraph, shapes: Iterable[Term], name: str) -> dict[Term, list[int]]:
    found: dict[Term, list[int]] = {}
    for position, shape in enumerate(shapes):
        implicit = [shape] if name == "targetClass" and graph.is_class(shape) else []
        for value in dict.fromkeys(chain(graph.objects(shape, sh(name)), implicit)):
            found.setdefault(value, []).append(position)
    return found


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
    if checks.constraints and not satisfies_each(checks.constraints, data, focus, [focus]):
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
        if len(values) == 1:  # as almost always
            value = values[0]
            for test in row.tests:
                if not test.passes(value):
                    return False
            if row.classes and not data.is_instance(value, row.classes):
                return False
        elif not _satisfies_row(row, data, values):
            return False
        if row.constraints and not satisfies_each(row.constraints, data, focus, _distinct(values)):
            return False
    return True


def _satisfies_row(row: PredicateRow, data: DataGraph, values: list[Term]) -> bool:
    """Tell whether several values, or none, are as many as a row allows, and each is right by itself."""
    # A duplicate counts as another value.
    if len(values) > row.maximum or (row.required and not values):
        return False
    for value in values:
        for test in row.tests:
            if not test.passes(value):
                return False
        if row.classes and not data.is_instance(value, row.classes):
            return False
    return True


def _distinct(values: list[Term]) -> list[Term]:
    if len(values) < 2 or (len(values) == 2 and values[0] != values[1]):
        return values
    return list(dict.fromkeys(values))
