"""Mappings of the tables for the tools that want them in RML, and the settings those tools are run with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.tables import SUBJECT, Property, Table

PREFIXES = """\
@prefix rr: <http://www.w3.org/ns/r2rml#> .
@prefix rml: <http://semweb.mmlab.be/ns/rml#> .
@prefix ql: <http://semweb.mmlab.be/ns/ql#> .
"""


def rml(tables: Iterable[Table], folder: Path) -> str:
    """Return an RML mapping: one triples map for each table, all terms by reference, so that nothing is joined."""
    return PREFIXES + "".join(_triples_map(n, table, folder) for n, table in enumerate(tables))


def _triples_map(number: int, table: Table, folder: Path) -> str:
    classes = "".join(f" ; rr:class <{each}>" for each in table.types)
    properties = "".join(
        f" ;\n    rr:predicateObjectMap [ rr:predicate <{each.predicate}> ; rr:objectMap [ {_value(each)} ] ]"
        for each in table.properties
    )
    return f"""
<#map{number}> a rr:TriplesMap ;
    rml:logicalSource [ rml:source "{folder / table.file}" ; rml:referenceFormulation ql:CSV ] ;
    rr:subjectMap [ {_iri(SUBJECT)}{classes} ]{properties} .
"""


def _value(each: Property) -> str:
    if each.kind == "iri":
        return _iri(each.column)
    value = f'rml:reference "{each.column}"'
    if each.kind.startswith("@"):
        return f'{value} ; rr:language "{each.kind[1:]}"'
    return value if each.kind == "plain" else f"{value} ; rr:datatype <{each.kind[2:]}>"


def _iri(column: str) -> str:
    return f'rml:reference "{column}" ; rr:termType rr:IRI'


def morph_kgc_settings(mapping: Path, output: Path, *, processes: int) -> str:
    """Return a configuration of Morph-KGC. Only empty cells are nulls: by default it also drops the text "nan"."""
    return f"""\
[CONFIGURATION]
output_file: {output}
output_format: N-TRIPLES
na_values:
number_of_processes: {processes}
logging_level: ERROR

[CORPUS]
mappings: {mapping}
"""


def rdfizer_settings(mappings: Sequence[Path], output: Path) -> str:
    """Return a configuration of SDM-RDFizer; `output` ends in `.nt`.

    A mapping for each table: of one mapping with all of them it spends minutes on reading the mapping.
    """
    datasets = "".join(
        f"\n[dataset{n}]\nname: {output.stem}\nmapping: {mapping}\n" for n, mapping in enumerate(mappings, start=1)
    )
    return f"""\
[datasets]
number_of_datasets: {len(mappings)}
output_folder: {output.parent}
all_in_one_file: yes
remove_duplicate: yes
enrichment: yes
name: {output.stem}
ordered: yes
output_format: n-triples
{datasets}"""
