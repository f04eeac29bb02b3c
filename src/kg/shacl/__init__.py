"""SHACL over nodes, without rdflib: a shapes graph is compiled once into rows of small checks."""

from __future__ import annotations

from kg.shacl.compiled import Shapes, compile_shapes
from kg.shacl.engine import count_focus_nodes, validate
from kg.shacl.pyshacl_engine import validate_with_pyshacl
from kg.shacl.results import Result

__all__ = ["Result", "Shapes", "compile_shapes", "count_focus_nodes", "validate", "validate_with_pyshacl"]
