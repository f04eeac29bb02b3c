"""The reference engine: the same nodes and shapes given to pySHACL, and its report read into the same results.

Of this package, only this module and `sparql` know rdflib.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from kg.errors import FileError, KgError
from kg.rdf.terms import XSD, Iri, Node, Term, literal_value, quoted
from kg.rdf.terms import Literal as Literal_
from kg.rdf.vocab import RDF, RDFS
from kg.shacl.compiled import Shapes
from kg.shacl.compiler import TARGETS
from kg.shacl.graph import SHAPE_KINDS, ShapesGraph, sh
from kg.shacl.report import read_report
from kg.shacl.results import Result
from kg.shacl.triples import add
from kg.shacl.unit import Unit

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node as RdflibTerm

Types = Mapping[Iri, Collection[Iri]]
Triple = tuple[Term, Iri, Term]
DEPTH = 60
"""How deep shapes may refer to each other; shapes about shapes go beyond pySHACL's own 15."""
STRING = XSD + "string"


def validate_with_pyshacl(nodes: Iterable[Node], shapes: Shapes, types: Types | None = None) -> list[Result]:
    """Return what pySHACL says of the nodes of one unit, in the order of the nodes.

    Raises `FileError` for shapes that pySHACL refuses, `KgError` where it gives up.
    """
    return _validate(list(nodes), shapes, types or {}, shapes.targeting)


def validate_handed_over(nodes: Iterable[Node], shapes: Shapes, types: Types | None = None) -> list[Result]:
    """Return what pySHACL says of the nodes by those shapes only that are not compiled."""
    return _validate(list(nodes), shapes, types or {}, shapes.handed_over)


def _validate(nodes: list[Node], shapes: Shapes, types: Types, active: Container[Term]) -> list[Result]:
    import pyshacl
    from pyshacl.errors import ReportableRuntimeError

    unit = Unit(nodes, types)
    with _literals_as_written():
        data, rules = _rdflib_graph(_data(unit, shapes)), _rdflib_graph(_rules(unit, shapes, active))
        try:
            _, report, summary = pyshacl.validate(
                data, shacl_graph=rules, advanced=bool(shapes.handed_over), max_validation_depth=DEPTH
            )
        except (ReportableRuntimeError, RecursionError) as error:
            raise _refused(shapes, str(error)) from error
        # From comparing what cannot be compared, as a moment with an hour 25.
        except (TypeError, ArithmeticError) as error:
            raise KgError(f"pySHACL cannot validate this: {error}") from error
    if isinstance(report, ReportableRuntimeError):
        raise _refused(shapes, summary)
    order = {node: place for place, node in enumerate(unit.index)}
    return sorted(_results(report), key=lambda each: (order.get(each.focus, len(order)), each))


def _refused(shapes: Shapes, reason: str) -> FileError:
    """Return the error for shapes that pySHACL refuses: it does not say which, but it is hardly one of Core."""
    suspects = list(shapes.handed_over or shapes.targeting)
    files = dict.fromkeys(str(shapes.graph.files[shape]) for shape in suspects)
    which = f" {', '.join(suspects)}" if shapes.handed_over else ""
    said = reason.partition("\n")[0]
    return FileError(f"{', '.join(files)}: pySHACL cannot check the shapes{which}: {said}")


def _data(unit: Unit, shapes: Shapes) -> Iterator[Triple]:
    """Yield the triples of the nodes, what is known of others, and the sub-classes that the shapes graph states."""
    for subject, properties in unit.index.items():
        for predicate, values in properties.items():
            yield from ((subject, predicate, value) for value in values)
    for subject, kinds in unit.types.items():
        yield from ((subject, RDF.type, kind) for kind in kinds)
    yield from ((narrow, RDFS.subClassOf, wide) for narrow, wide in shapes.graph.subclasses())


def _rules(unit: Unit, shapes: Shapes, active: Container[Term]) -> Iterator[Triple]:
    """Yield the shapes graph, in which only the active shapes have targets.

    What is known of other nodes must not make them targets, so that then the focus nodes are named one by one.
    """
    named: dict[Term, list[Term]] = {}
    if unit.types:
        for node, _, layout in shapes.targets.foci(unit):
            for shape in layout.plan.shapes:
                named.setdefault(shape, []).append(node)
    for shape in shapes.graph.triples:
        if shape not in active:
            yield from _untargeted(shapes.graph, shape, TARGETS)
        elif unit.types:
            yield from _untargeted(shapes.graph, shape, TARGETS - {sh("target")})
            yield from ((shape, sh("targetNode"), node) for node in named.get(shape, ()))
        else:
            yield from _untargeted(shapes.graph, shape, set())
            if shapes.graph.is_class(shape):
                # pySHACL sees that only where its kind is a class or a sub-class of that, no further down.
                yield shape, sh("targetClass"), shape


def _untargeted(graph: ShapesGraph, shape: Term, targets: Collection[Iri]) -> Iterator[Triple]:
    """Yield the triples of a shape but for some of its targets; without them it is no class either."""
    untyped = bool(targets) and graph.is_class(shape)
    for predicate, values in graph.triples[shape].items():
        if predicate not in targets:
            for value in values:
                if not (untyped and predicate == RDF.type and value not in SHAPE_KINDS):
                    yield shape, predicate, value


def _results(report: Graph) -> Iterator[Result]:
    graph = ShapesGraph()
    for subject, predicate, value in report:
        add(graph.triples, _from_rdflib(subject), Iri(_from_rdflib(predicate)), _from_rdflib(value))
    for node, properties in graph.triples.items():
        if sh("ValidationReport") in properties.get(RDF.type, ()):
            yield from read_report(graph, node)


@contextmanager
def _literals_as_written() -> Iterator[None]:
    """Keep rdflib from rewriting "1.50" as "1.5", and its switches as they were whatever pySHACL does to them.

    It also keeps rdflib from printing a traceback for each ill-formed literal, and pySHACL from printing what it
    raises: the results, or the error, say so.
    """
    import logging  # here, because it takes longer to load than the rest of this package's imports
    import warnings

    import rdflib

    logs = [logging.getLogger(name) for name in ("rdflib.term", "pyshacl-validate")]
    normalizes, were = rdflib.NORMALIZE_LITERALS, [log.disabled for log in logs]
    rdflib.NORMALIZE_LITERALS = False
    for log in logs:
        log.disabled = True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        rdflib.NORMALIZE_LITERALS = normalizes
        for log, disabled in zip(logs, were, strict=True):
            log.disabled = disabled


def _rdflib_graph(triples: Iterable[Triple]) -> Graph:
    from rdflib import Graph

    graph = Graph(bind_namespaces="none")
    for subject, predicate, value in triples:
        graph.add((_to_rdflib(subject), _to_rdflib(predicate), _to_rdflib(value)))
    return graph


def _to_rdflib(term: Term) -> Any:  # rdflib's own types tell subjects from predicates from objects
    from rdflib import BNode, Literal, URIRef

    if term[0] == "<":
        return URIRef(term[1:-1])
    if term[0] == "_":
        return BNode(term[2:])
    lexical, datatype, language = literal_value(term)
    if language:
        return Literal(lexical, lang=language)
    return Literal(lexical, datatype=None if term[-1] == '"' else URIRef(datatype))


def _from_rdflib(term: RdflibTerm) -> Term:
    """Return a term of a report as it is: what kg itself would not write may well have been read."""
    from rdflib import BNode, Literal, URIRef

    match term:
        case URIRef():
            return Iri(f"<{term}>")
        case BNode():
            return Iri(f"_:{term}")
        case Literal() if term.language:
            return Literal_(f"{quoted(str(term))}@{term.language.lower()}")
        case Literal():
            datatype = str(term.datatype or STRING)
            return Literal_(quoted(str(term)) if datatype == STRING else f"{quoted(str(term))}^^<{datatype}>")
    raise ValueError(f"not a term of a triple: {term!r}")
