"""Writes `src/kg/shacl/prepared.json`, the triples of kg's own shapes, anew."""

from __future__ import annotations

import json
from hashlib import sha256

from kg.files.resources import shapes_files
from kg.shacl.shapes_graph import PREPARED, parse_triples


def prepared_shapes() -> str:
    """Return the triples of each file by its digest, a subject a line."""
    files = []
    for path in shapes_files():
        content = path.read_bytes()
        subjects = [
            f"{json.dumps(subject)}: {json.dumps(properties, ensure_ascii=False)}"
            for subject, properties in parse_triples(content, path).items()
        ]
        files.append(f'"{sha256(content).hexdigest()}": {{\n' + ",\n".join(subjects) + "\n}")
    text = "{\n" + ",\n".join(files) + "\n}\n"
    assert "<file:" not in text, "shapes must not depend on where they lie"
    return text


if __name__ == "__main__":
    PREPARED.write_text(prepared_shapes(), encoding="utf-8")
