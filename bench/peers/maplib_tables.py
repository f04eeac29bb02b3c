"""maplib maps the tables, a column at a time, and writes N-Triples or Turtle. Usage: FOLDER OUTPUT FORMAT."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import polars as pl
from maplib import Model, RDFType, SolutionMappings
from phases import Phases

TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
XSD = "http://www.w3.org/2001/XMLSchema#"
STRING = XSD + "string"
LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"


def main(folder: str, output: str, form: str) -> None:
    phases, model = Phases(), Model()
    for file, types, properties in json.loads(Path(folder, "tables.json").read_text()):
        with phases.phase("read"):
            table = pl.read_csv(Path(folder, file), infer_schema=False)
        with phases.phase("build"):
            subjects = pl.col("id").alias("subject")
            for each in types:
                add(model, table.select(subjects, pl.lit(each).alias("object")), TYPE, "iri")
            for predicate, kind in properties:
                column = f"{local(predicate)}_{local(kind).strip('@^')}"
                rows = table.select(subjects, pl.col(column).alias("object")).drop_nulls()
                add(model, rows, predicate, kind)
    with phases.phase("write"):
        model.write(output, format=form)
    phases.report()


def add(model: Model, rows: pl.DataFrame, predicate: str, kind: str) -> None:
    # maplib holds days, moments and integers as such, all else as text.
    if kind == f"^^{XSD}date":
        rows = rows.with_columns(pl.col("object").str.to_date("%Y-%m-%d"))
    elif kind == f"^^{XSD}dateTime":
        rows = rows.with_columns(pl.col("object").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_zone="UTC"))
    elif kind == f"^^{XSD}integer":
        rows = rows.with_columns(pl.col("object").cast(pl.Int64))
    if kind[0] == "@":
        value = pl.struct(pl.col("object").alias(f"<{LANG_STRING}>"), pl.lit(kind[1:]).alias("l"))
        rows, known = rows.with_columns(value.alias("object")), RDFType.Literal(LANG_STRING)
    elif kind == "iri":
        known = RDFType.IRI
    else:
        known = RDFType.Literal(STRING if kind == "plain" else kind[2:])
    types = {"subject": RDFType.IRI, "object": known}
    model.map_triples(SolutionMappings(rows, types), predicate=predicate, validate_iris=False)


def local(iri: str) -> str:
    return iri.rpartition("/")[2].rpartition("#")[2]


main(*sys.argv[1:])
