"""Writes `src/kg/shapes/prepared.nt`, the triples of kg's own shapes, anew: `python tests/prepared_shapes.py`."""

from __future__ import annotations

import re
from hashlib import sha256

from kg.resources import shapes_files
from kg.shapes.triples import END, HEAD, PREPARED, parsed

NOTE = "# Made from shapes/ by tests/prepared_shapes.py: the digest of a file, then its triples.\n"


def prepared_shapes() -> str:
    """Return the triples of each file, its blank nodes named in the order in which they come."""
    sections = [NOTE]
    for path in shapes_files():
        content = path.read_bytes()
        names: dict[str, str] = {}
        sections.append(f"{HEAD}{sha256(content).hexdigest()}\n")
        for triple in parsed(content, path):
            words = triple.split(" ", 2)
            named = (names.setdefault(each, f"_:b{len(names) + 1}") if each[0] == "_" else each for each in words)
            sections.append(" ".join(named) + END)
    text = "".join(sections)
    assert not re.search("<file:", text), "shapes must not depend on where they lie"
    return text


if __name__ == "__main__":
    PREPARED.write_text(prepared_shapes(), encoding="utf-8")
