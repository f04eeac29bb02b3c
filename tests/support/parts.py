"""Exports in parts, as a cluster writes them."""

from __future__ import annotations

import gzip
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

HOW = {"nq": ("application/n-quads", "none", ".nq"), "gz": ("application/n-quads", "gzip", ".nq.gz")}


def parts(folder: Path, lines: list[bytes], how: str = "nq") -> Path:
    """Lay out lines in three parts with their manifest, as a cluster does."""
    media, compression, suffix = HOW[how]
    run_folder = folder / "run-1"
    run_folder.mkdir(parents=True)
    said: list[dict[str, Any]] = []
    for number in range(3):
        text = b"".join(lines[number::3])
        file = f"run-1/part-{number:05}{suffix}"
        (folder / file).write_bytes(gzip.compress(text) if how == "gz" else text)
        counts = {"articles": 0, "claims": 0, "triples": len(lines[number::3])}
        said.append({"file": file, **counts, "bytes": len(text), "sha256": sha256(text).hexdigest()})
    rewrite(folder, kg="0", format="nq", media_type=media, compression=compression, base="https://kg.example/")
    return rewrite(folder, articles=1, claims=28, triples=len(lines), findings={}, findings_files=[], parts=said)


def rewrite(folder: Path, **fields: Any) -> Path:
    manifest = folder / "manifest.json"
    before = json.loads(manifest.read_text()) if manifest.exists() else {}
    manifest.write_text(json.dumps(before | fields))
    return folder
