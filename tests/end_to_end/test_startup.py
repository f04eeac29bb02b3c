"""What a command does not wait for: modules that it does not need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from generate.prepared_shapes import prepared_shapes
from kg.files.resources import shapes_files
from kg.rdf.vocab import RDF
from kg.shacl.shapes_graph import PREPARED, prepared_triples, read_triples
from support import SEEDS

# Each takes milliseconds to load; an export of one article from YAML to Turtle needs none.
NOT_NEEDED = (
    "asyncio backports.zstd calendar concurrent dataclasses difflib fractions gzip http json "
    "kg.pipeline.cache kg.findings.results kg.formats.jsonld kg.formats.rdfxml "
    "kg.findings.reports kg.findings.text_report "
    "kg.processes.child kg.processes.pool multiprocessing pyoxigraph pyshacl rdflib shutil ssl "
    "subprocess tempfile"
)


def test_an_export_of_one_article_loads_only_what_it_needs() -> None:
    code = (
        "import sys, kg.cli; kg.cli.run(sys.argv[1:]);"
        f"print(*sorted(sys.modules.keys() & set({NOT_NEEDED.split()})), 'nothing else', file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, "export", str(SEEDS)], text=True, capture_output=True)
    assert (done.stderr, done.returncode) == ("nothing else\n", 0)


def test_the_triples_of_our_shapes_are_at_hand() -> None:
    """`python tests/generate/prepared_shapes.py` writes them anew."""
    assert PREPARED.read_text(encoding="utf-8") == prepared_shapes()


def test_the_triples_of_other_shapes_are_parse_triples(tmp_path: Path) -> None:
    path = tmp_path / "more.ttl"
    path.write_text("<http://a.example/s> a <http://example.org/c> .")
    assert read_triples(path, prepared_triples())[1] == {
        "<http://a.example/s>": {RDF.type: ["<http://example.org/c>"]}
    }


def test_our_shapes_are_parsed_where_somebody_has_edited_them(tmp_path: Path) -> None:
    """One more triple is one more, whatever the file is called and wherever it lies."""
    ours = shapes_files()[0]
    path = tmp_path / ours.name
    path.write_bytes(ours.read_bytes() + b"\n<http://a.example/s> <http://a.example/p> <http://a.example/o> .\n")
    known = prepared_triples()
    digest, found = read_triples(path, known)

    assert digest not in known
    added = {"<http://a.example/s>": {"<http://a.example/p>": ["<http://a.example/o>"]}}
    assert found == read_triples(ours, known)[1] | added


def test_the_collector_of_garbage_is_set_for_the_command_only() -> None:
    """Who uses kg as a library keeps what they have set."""
    code = (
        "import gc, sys; before = gc.get_threshold(); import kg, kg.cli; kg.open(sys.argv[1]);"
        "kg.cli.run(['formats']); assert (gc.get_threshold(), gc.get_freeze_count()) == (before, 0)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(SEEDS)], text=True, capture_output=True)
    assert (done.stderr, done.returncode) == ("", 0)
