"""A report graph, as the specification has it, read into results.

https://www.w3.org/TR/shacl/#validation-report
"""

from __future__ import annotations

from collections.abc import Iterator

from kg.rdf.terms import Iri, Term
from kg.shacl.graph import ShapesGraph, sh
from kg.shacl.paths import read_path
from kg.shacl.results import Result, message_of, severity_of


def read_report(graph: ShapesGraph, report: Term) -> Iterator[Result]:
    """Yield the results of a report that stands in a graph. Raises `FileError` for a result that is incomplete."""
    for result in graph.objects(report, sh("result")):
        focus, path, value, severity, component, shape = (
            graph.one(result, sh(name))
            for name in (
                *("focusNode", "resultPath", "value", "resultSeverity"),
                *("sourceConstraintComponent", "sourceShape"),
            )
        )
        if focus is None or component is None or shape is None:
            raise graph.fault(result, "a result must have a focus node, a component and a shape")
        yield Result(
            focus,
            read_path(graph, path).text if path else "",
            value or "",
            message_of(graph.objects(result, sh("resultMessage"))),
            severity_of(severity),
            Iri(component),
            shape,
        )
