"""SHACL: kg's own engine for SHACL Core, without rdflib, and pySHACL as reference and for all other shapes."""

from __future__ import annotations

from kg.shacl.compiler import Shapes, compile_shapes
from kg.shacl.constraints import Result
from kg.shacl.engine import count_focus_nodes, validate

__all__ = ["Result", "Shapes", "compile_shapes", "count_focus_nodes", "validate"]
