"""`shacl` or `shacl-rust`, both in Rust, validate a graph. Usage: GRAPH SHAPES RESULTS shacl|shacl_rust."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from phases import Phases

Found = tuple[str, str, str]


def main(graph: str, shapes: str, results: str, package: str) -> None:
    phases = Phases()
    engine = importlib.import_module(package)
    with phases.phase("read and validate"):
        if package == "shacl":
            report = engine.Shapes.from_file(shapes).validate_file(graph)
            conforms, some = report.conforms, list(of_shacl(report))
        else:
            report = engine.validate_file(graph, shapes)
            conforms, some = report["conforms"], list(of_shacl_rust(report))
    Path(results).write_text(json.dumps(sorted(some)))
    phases.report(conforms=conforms)


def of_shacl(report: object) -> Iterator[Found]:
    """Yield focus node, path where it is a predicate, and component of each result."""
    for each in report.results:  # type: ignore[attr-defined]
        yield bare(each.focus_node), predicate(each.path), each.component_iri.strip("<>")


def of_shacl_rust(report: dict[str, list[dict[str, str]]]) -> Iterator[Found]:
    for each in report["results"]:
        yield bare(each["focusNode"]), predicate(each.get("resultPath")), bare(each["sourceConstraintComponent"])


def bare(term: str) -> str:
    return term[1:-1] if term.startswith("<") else term


def predicate(path: str | None) -> str:
    return bare(path) if path and path.startswith("<") and path.find(">") == len(path) - 1 else ""


main(*sys.argv[1:])
