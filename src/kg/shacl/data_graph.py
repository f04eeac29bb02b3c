"""The data graph, and the property paths that lead from a focus node to its value nodes.

A data graph is the nodes that are validated together, such as those of an article, and the types of other nodes.
https://www.w3.org/TR/shacl/#property-paths
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Final, cast

from kg.rdf.terms import Iri, Node, Term, by_subject
from kg.rdf.vocab import RDF, RDFS
from kg.shacl.shapes_graph import LISTS, ShapesGraph, sh

Properties = dict[Iri, list[Term]]
TYPE: Final = RDF.type
SUBCLASS: Final = RDFS.subClassOf
NOTHING: Final[Properties] = {}
NO_VALUES: Final[list[Term]] = []
Subclasses = Mapping[Term, frozenset[Term]]
"""Each class that the shapes name, with itself and its sub-classes."""


class DataGraph:
    """Nodes by subject.

    `types` are the known types of nodes outside the graph. `stated_subclasses` are the pairs of a class and a
    super-class that the nodes state. `subclasses` are those of the classes that the shapes name, which set them.
    """

    __slots__ = ("_subjects", "index", "stated_subclasses", "subclasses", "types")

    def __init__(self, nodes: Iterable[Node], types: Mapping[Iri, Collection[Iri]]) -> None:
        self.index: dict[Term, Properties] = by_subject(nodes)
        self.stated_subclasses: list[tuple[Term, Term]] = []
        for subject, properties in self.index.items():
            if SUBCLASS in properties:
                self.stated_subclasses.extend((subject, superclass) for superclass in properties[SUBCLASS])
        # Not copied into a dict: a mapping that records its look-ups would record all keys.
        self.types = cast("Mapping[Term, Collection[Term]]", types)  # the keys of a Mapping are invariant
        self.subclasses: Subclasses = {}
        self._subjects: dict[Iri, dict[Term, list[Term]]] = {}

    def properties(self, subject: Term) -> Properties:
        """Return the properties of a term: none for a literal and for a node outside the graph."""
        return self.index.get(subject, NOTHING)

    def is_instance(self, term: Term, classes: frozenset[Term]) -> bool:
        """Tell whether a term has one of some classes, by its own types or by those known of nodes outside."""
        for kind in self.index.get(term, NOTHING).get(TYPE, NO_VALUES):
            if kind in classes:
                return True
        # Not `isdisjoint` or `any`: they cost more than a class or two.
        for kind in self.types.get(term, ()):  # noqa: SIM110
            if kind in classes:
                return True
        return False

    def subjects(self, predicate: Iri) -> dict[Term, list[Term]]:
        """Return the subjects that have a predicate, by its values."""
        found = self._subjects.get(predicate)
        if found is None:
            found = self._subjects[predicate] = {}
            for subject, properties in self.index.items():
                if predicate in properties:
                    values = properties[predicate]
                    for value in values if len(values) < 2 else list(dict.fromkeys(values)):
                        found.setdefault(value, []).append(subject)
        return found


MAX_NESTING = 100
"""How deep paths may be nested: Python's own limit on nested calls is not far beyond."""


class Path:
    """A property path. If `text` is empty there is no path, and the value node is the focus node.

    `text` is the path in SPARQL's syntax, `rank` the precedence of its operator (0: needs no brackets). `predicate`
    is set if the path is a single predicate. `starts` are the predicates with which the path may begin: a focus
    node without any of them has no values; None if that is not known.
    """

    __slots__ = ("predicate", "rank", "starts", "text")

    def __init__(
        self, text: str, rank: int = 0, predicate: Iri | None = None, starts: list[Iri] | None = None
    ) -> None:
        self.text = text
        self.rank = rank
        self.predicate = predicate
        self.starts = starts

    def follow(self, _data: DataGraph, focus: Term) -> list[Term]:
        """Return the value nodes of a focus node, without duplicates."""
        return [focus]

    def inverse(self) -> Path:
        """Return the path in the other direction, from a value node to its focus nodes."""
        return self

    def has_no_values(self, properties: Properties) -> bool:
        """Tell whether no node with these predicates has any value, whatever the predicates' values are."""
        if self.starts is None:
            return False
        for start in self.starts:  # noqa: SIM110 - a generator costs as much as a look-up
            if start in properties:
                return False
        return True


def read_path(graph: ShapesGraph, start: Term, outer: tuple[Term, ...] = ()) -> Path:
    """Return the path at a node of a shapes graph. Raises `ValueError` if it is ill-formed."""
    if start.startswith("<"):
        return PredicatePath(Iri(start))
    if start in outer:
        raise ValueError("a path must not contain itself")
    if len(outer) == MAX_NESTING:
        raise ValueError(f"paths must not be nested more than {MAX_NESTING} deep: write a shorter one")

    def inner(node: Term) -> Path:
        return read_path(graph, node, (*outer, start))

    if graph.objects(start, LISTS.first):
        return SequencePath([inner(step) for step in graph.items(start)])
    for name, make in _PATHS.items():
        node = graph.one(start, sh(name))
        if node is not None:
            return make(inner(node))
    node = graph.one(start, sh("alternativePath"))
    if node is None:
        raise ValueError("it must be a predicate or one of SHACL's property paths")
    return AlternativePath([inner(choice) for choice in graph.items(node)])


class PredicatePath(Path):
    """One predicate."""

    __slots__ = ("_predicate",)

    def __init__(self, predicate: Iri) -> None:
        super().__init__(predicate, predicate=predicate, starts=[predicate])
        self._predicate = predicate

    def follow(self, data: DataGraph, focus: Term) -> list[Term]:
        values = data.index.get(focus, NOTHING).get(self._predicate, NO_VALUES)
        return values if len(values) < 2 else _once(values)

    def inverse(self) -> Path:
        return InversePath(self._predicate)


class InversePath(Path):
    """sh:inversePath of one predicate."""

    __slots__ = ("_predicate",)

    def __init__(self, predicate: Iri) -> None:
        super().__init__("^" + predicate, rank=2)
        self._predicate = predicate

    def follow(self, data: DataGraph, focus: Term) -> list[Term]:
        return data.subjects(self._predicate).get(focus, NO_VALUES)

    def inverse(self) -> Path:
        return PredicatePath(self._predicate)


class LongInversePath(Path):
    """sh:inversePath of a longer path, followed as the inverse of its steps in reverse order."""

    __slots__ = ("_inverse", "_path")

    def __init__(self, path: Path) -> None:
        self._path, self._inverse = path, path.inverse()
        super().__init__("^" + _bracketed(path, 1), rank=2, starts=self._inverse.starts)

    def follow(self, data: DataGraph, focus: Term) -> list[Term]:
        return self._inverse.follow(data, focus)

    def inverse(self) -> Path:
        return self._path


class SequencePath(Path):
    """One path after the other."""

    __slots__ = ("_steps",)

    def __init__(self, steps: list[Path]) -> None:
        super().__init__("/".join(_bracketed(step, 3) for step in steps), rank=3, starts=steps[0].starts)
        self._steps = steps

    def follow(self, data: DataGraph, focus: Term) -> list[Term]:
        nodes = [focus]
        for step in self._steps:
            if len(nodes) == 1:
                nodes = step.follow(data, nodes[0])
            else:
                nodes = _once([value for node in nodes for value in step.follow(data, node)])
        return nodes

    def inverse(self) -> Path:
        return SequencePath([step.inverse() for step in reversed(self._steps)])


class AlternativePath(Path):
    """sh:alternativePath."""

    __slots__ = ("_choices",)

    def __init__(self, choices: list[Path]) -> None:
        predicates = [choice.predicate for choice in choices if choice.predicate]
        starts = predicates if len(predicates) == len(choices) else None
        super().__init__("|".join(choice.text for choice in choices), rank=4, starts=starts)
        self._choices = choices

    def follow(self, data: DataGraph, focus: Term) -> list[Term]:
        found: list[Term] = []
        for choice in self._choices:
            found.extend(choice.follow(data, focus))
        return found if len(found) < 2 else _once(found)

    def inverse(self) -> Path:
        return AlternativePath([choice.inverse() for choice in self._choices])


class OptionalPath(Path):
    """sh:zeroOrOnePath."""

    __slots__ = ("_path",)

    def __init__(self, path: Path) -> None:
        super().__init__(_bracketed(path, 0) + "?", rank=1)
        self._path = path

    def follow(self, data: DataGraph, focus: Term) -> list[Term]:
        return _once([focus, *self._path.follow(data, focus)])

    def inverse(self) -> Path:
        return OptionalPath(self._path.inverse())


class RepeatedPath(Path):
    """sh:zeroOrMorePath, which includes the focus node itself (`from_focus`), and sh:oneOrMorePath."""

    __slots__ = ("_from_focus", "_path")

    def __init__(self, path: Path, *, from_focus: bool) -> None:
        super().__init__(_bracketed(path, 0) + ("*" if from_focus else "+"), rank=1)
        self._path, self._from_focus = path, from_focus

    def follow(self, data: DataGraph, focus: Term) -> list[Term]:
        found = dict.fromkeys([focus] if self._from_focus else self._path.follow(data, focus))
        waiting = list(found)
        while waiting:
            new = [node for node in self._path.follow(data, waiting.pop()) if node not in found]
            found.update(dict.fromkeys(new))
            waiting.extend(new)
        return list(found)

    def inverse(self) -> Path:
        return RepeatedPath(self._path.inverse(), from_focus=self._from_focus)


_PATHS: dict[str, Callable[[Path], Path]] = {
    "inversePath": lambda path: InversePath(path.predicate) if path.predicate else LongInversePath(path),
    "zeroOrMorePath": lambda path: RepeatedPath(path, from_focus=True),
    "oneOrMorePath": lambda path: RepeatedPath(path, from_focus=False),
    "zeroOrOnePath": OptionalPath,
}


def _once(nodes: Iterable[Term]) -> list[Term]:
    return list(dict.fromkeys(nodes))


def _bracketed(path: Path, rank: int) -> str:
    return path.text if path.rank <= rank else f"({path.text})"
