"""Writes the sample's documents into tests/golden again; look at the difference before you commit it."""

from __future__ import annotations

from kg.formats import FORMATS
from support import ROOT
from support.reading import document
from support.sample_graph import sample

GOLDEN = ("ttl", "nq", "trig", "jsonld", "rdfxml")

if __name__ == "__main__":
    for name in GOLDEN:
        (ROOT / "tests/data/golden" / f"sample{FORMATS[name].suffix}").write_bytes(
            document(name, sample()).encode()
        )
