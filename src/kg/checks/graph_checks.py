"""All checks of anybody's RDF: what shapes cannot say, since it is worked out from several nodes."""

from __future__ import annotations

from collections.abc import Iterable

from kg.checks.graph_claims import claim_faults
from kg.checks.graph_dates import date_faults
from kg.checks.graph_passages import passage_faults
from kg.checks.graph_view import GraphView
from kg.checks.publication_checks import publication_faults
from kg.rdf.terms import Node
from kg.shacl import Result


def graph_faults(nodes: Iterable[Node]) -> list[Result]:
    """Return what is wrong in a document, with the triple that each fault is about."""
    graph = GraphView(nodes)
    checks = (date_faults, passage_faults, claim_faults, publication_faults)
    return [each for check in checks for each in check(graph)]
