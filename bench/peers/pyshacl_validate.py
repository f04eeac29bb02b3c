"""pySHACL, or with `turbo` pyshacl-turbo, validates a graph. Usage: GRAPH SHAPES RESULTS [turbo]."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from phases import Phases
from rdflib import RDF, Graph, Namespace, URIRef

SH = Namespace("http://www.w3.org/ns/shacl#")


def main(graph: str, shapes: str, results: str, engine: str = "") -> None:
    phases = Phases()
    with phases.phase("import"):
        if engine == "turbo":
            import pyshacl_turbo as pyshacl
        else:
            import pyshacl
    with phases.phase("read"):
        rules = Graph().parse(shapes)
        data: Any = Graph().parse(graph, format="nt")
    with phases.phase("validate"):
        conforms, report, _ = pyshacl.validate(data, shacl_graph=rules)
    Path(results).write_text(json.dumps(sorted(found(report))))
    phases.report(conforms=conforms)


def found(report: Graph) -> list[tuple[str, str, str]]:
    """Return focus node, path where it is a predicate, and component of each result."""
    some = []
    for each in report.subjects(RDF.type, SH.ValidationResult):
        path = report.value(each, SH.resultPath)
        component = report.value(each, SH.sourceConstraintComponent)
        focus = report.value(each, SH.focusNode)
        some.append((str(focus), str(path) if isinstance(path, URIRef) else "", str(component)))
    return some


main(*sys.argv[1:])
