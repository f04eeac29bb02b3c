"""pySHACL, as a reference for kg's own engine and for the shapes that only pySHACL can check.

It gets the same nodes and shapes, and its report is read into the same results.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kg.errors import FileError, KgError
from kg.rdf.term_conversion import from_rdflib, to_rdflib
from kg.rdf.terms import Iri, Node, Term
from kg.rdf.vocab import RDF, RDFS
from kg.shacl.compiler import TARGETS, Shapes
from kg.shacl.constraints import Result
from kg.shacl.data_graph import DataGraph, read_path
from kg.shacl.shapes_graph import SHAPE_KINDS, ShapesGraph, add_triple, message_of, severity_of, sh

if TYPE_CHECKING:
    from rdflib import Graph

Types = Mapping[Iri, Collection[Iri]]
Triple = tuple[Term, Iri, Term]
MAX_DEPTH = 60
"""How deep shapes may refer to each other; shapes about shapes need more than pySHACL's default of 15."""


def validate_with_pyshacl(nodes: Iterable[Node], shapes: Shapes, types: Types | None = None) -> list[Result]:
    """Return pySHACL's results for a data graph, in the order of the nodes.

    Raises `FileError` for shapes that pySHACL refuses, `KgError` if it fails on the data.
    """
    return _validate(list(nodes), shapes, types or {}, shapes.targeting)


def validate_rest(nodes: Iterable[Node], shapes: Shapes, types: Types | None = None) -> list[Result]:
    """Return pySHACL's results for the shapes that kg's own engine cannot check."""
    return _validate(list(nodes), shapes, types or {}, shapes.for_pyshacl)


def _validate(nodes: list[Node], shapes: Shapes, types: Types, active: Container[Term]) -> list[Result]:
    import pyshacl
    from pyshacl.errors import ReportableRuntimeError

    data = DataGraph(nodes, types)
    with _literals_unchanged():
        data_graph = _rdflib_graph(_data_triples(data, shapes))
        shapes_graph = _rdflib_graph(_shapes_triples(data, shapes, active))
        try:
            _, report, summary = pyshacl.validate(
                data_graph,
                shacl_graph=shapes_graph,
                advanced=bool(shapes.for_pyshacl),
                max_validation_depth=MAX_DEPTH,
            )
        except (ReportableRuntimeError, RecursionError) as error:
            raise _refused(shapes, str(error)) from error
        # Raised when it compares incomparable values, such as a time with an hour 25.
        except (TypeError, ArithmeticError) as error:
            raise KgError(f"pySHACL cannot validate this: {error}") from error
    if isinstance(report, ReportableRuntimeError):
        raise _refused(shapes, summary)
    order = {node: place for place, node in enumerate(data.index)}
    return sorted(_results(report), key=lambda each: (order.get(each.focus, len(order)), each))


def _refused(shapes: Shapes, reason: str) -> FileError:
    """Return the error for shapes that pySHACL refuses: it does not say which, but it is hardly one of Core."""
    suspects = list(shapes.for_pyshacl or shapes.targeting)
    files = dict.fromkeys(str(shapes.graph.files[shape]) for shape in suspects)
    which = f" {', '.join(suspects)}" if shapes.for_pyshacl else ""
    first_line = reason.partition("\n")[0]
    return FileError(f"{', '.join(files)}: pySHACL cannot check the shapes{which}: {first_line}")


def _data_triples(data: DataGraph, shapes: Shapes) -> Iterator[Triple]:
    """Yield the triples of the nodes, the types of other nodes, and the sub-classes of the shapes graph."""
    for subject, properties in data.index.items():
        for predicate, values in properties.items():
            yield from ((subject, predicate, value) for value in values)
    for subject, kinds in data.types.items():
        yield from ((subject, RDF.type, kind) for kind in kinds)
    yield from ((subclass, RDFS.subClassOf, superclass) for subclass, superclass in shapes.graph.subclasses())


def _shapes_triples(data: DataGraph, shapes: Shapes, active: Container[Term]) -> Iterator[Triple]:
    """Yield the shapes graph, in which only the active shapes have targets.

    If types of other nodes are known, these must not become targets: then each focus node is a sh:targetNode.
    """
    focus_nodes: dict[Term, list[Term]] = {}
    if data.types:
        for node, _, checks in shapes.targets.focus_nodes(data):
            for shape in checks.plan.shapes:
                focus_nodes.setdefault(shape, []).append(node)
    for shape in shapes.graph.triples:
        if shape not in active:
            yield from _without_targets(shapes.graph, shape, TARGETS)
        elif data.types:
            yield from _without_targets(shapes.graph, shape, TARGETS - {sh("target")})
            yield from ((shape, sh("targetNode"), node) for node in focus_nodes.get(shape, ()))
        else:
            yield from _without_targets(shapes.graph, shape, set())
            if shapes.graph.is_class(shape):
                # pySHACL targets implicitly only instances of rdfs:Class and of its direct sub-classes.
                yield shape, sh("targetClass"), shape


def _without_targets(graph: ShapesGraph, shape: Term, targets: Collection[Iri]) -> Iterator[Triple]:
    """Yield the triples of a shape without some of its targets, and then without its being a class."""
    untyped = bool(targets) and graph.is_class(shape)
    for predicate, values in graph.triples[shape].items():
        if predicate not in targets:
            for value in values:
                if not (untyped and predicate == RDF.type and value not in SHAPE_KINDS):
                    yield shape, predicate, value


def _rdflib_graph(triples: Iterable[Triple]) -> Graph:
    from rdflib import Graph

    graph = Graph(bind_namespaces="none")
    for subject, predicate, value in triples:
        graph.add((to_rdflib(subject), to_rdflib(predicate), to_rdflib(value)))
    return graph


def _results(report: Graph) -> Iterator[Result]:
    graph = ShapesGraph()
    for subject, predicate, value in report:
        add_triple(graph.triples, from_rdflib(subject), Iri(from_rdflib(predicate)), from_rdflib(value))
    for node, properties in graph.triples.items():
        if sh("ValidationReport") in properties.get(RDF.type, ()):
            yield from read_report(graph, node)


def read_report(graph: ShapesGraph, report: Term) -> Iterator[Result]:
    """Yield the results of a sh:ValidationReport in a graph. Raises `FileError` for an incomplete result.

    https://www.w3.org/TR/shacl/#validation-report
    """
    for result in graph.objects(report, sh("result")):
        focus, path, value, severity, component, shape = (
            graph.one(result, sh(name))
            for name in (
                *("focusNode", "resultPath", "value", "resultSeverity"),
                *("sourceConstraintComponent", "sourceShape"),
            )
        )
        if focus is None or component is None or shape is None:
            raise graph.error(result, "a result must have a focus node, a component and a shape")
        yield Result(
            focus,
            read_path(graph, path).text if path else "",
            value or "",
            message_of(graph.objects(result, sh("resultMessage"))),
            severity_of(severity),
            Iri(component),
            shape,
        )


@contextmanager
def _literals_unchanged() -> Iterator[None]:
    """Keep rdflib from rewriting "1.50" as "1.5", and restore its switches, which pySHACL may leave changed.

    It also silences what rdflib logs about each ill-formed literal, and pySHACL about what it raises: the results,
    or the error, say so.
    """
    import logging  # imported here: it takes longer to load than the rest of this room's imports
    import warnings

    import rdflib

    logs = [logging.getLogger(name) for name in ("rdflib.term", "pyshacl-validate")]
    normalizes, disabled = rdflib.NORMALIZE_LITERALS, [log.disabled for log in logs]
    rdflib.NORMALIZE_LITERALS = False
    for log in logs:
        log.disabled = True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        rdflib.NORMALIZE_LITERALS = normalizes
        for log, was_disabled in zip(logs, disabled, strict=True):
            log.disabled = was_disabled
