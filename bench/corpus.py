"""Writes a generated corpus: a folder of YAML files, or JSON Lines.

The same seed gives the same bytes on every machine, and article 17 is the same among 20 and among 20,000.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.articles import Record, articles
from bench.entities import cast
from bench.yaml_text import yaml_text

FORMS = ("yaml", "jsonl", "jsonl.gz", "jsonl.zst")
SEED = 20260228

CONFIG: dict[str, Any] = {
    "base": "https://kg.example/",
    "title": {"nl": "Wie zei wat, verzonnen", "en": "Who said what, made up"},
    "description": {"en": "Generated articles and claims that mean nothing, to measure software with."},
    "licence": "https://creativecommons.org/publicdomain/zero/1.0/",
    "language": "nl",
    "text": "quotes",
    "publisher": "bench",
    "creator": "desk",
    "issued": "2026-12-01",
    "identifier": "https://doi.org/10.5555/kg-bench",
    "annotators": {
        "ann": {"name": "Ann Onymous", "same_as": ["https://annotators.example/ann"]},
        "bob": {"name": "Bob"},
        "desk": {"name": "The desk", "type": "Organization"},
    },
    "guidelines": {"1": "https://guidelines.example/1", "2": "https://guidelines.example/2"},
}


def write_corpus(folder: Path, count: int, *, seed: int = SEED, form: str = "yaml") -> None:
    """Write a corpus of `count` articles into a folder that is empty or not there; `form` is one of `FORMS`."""
    folder.mkdir(parents=True, exist_ok=True)
    shared = cast(seed)
    _write(folder / "corpus.yaml", yaml_text(CONFIG))
    _write(folder / "entities.yaml", yaml_text(shared.entities))
    records = articles(seed, count, shared)
    if form == "yaml":
        for record in records:
            _write_pair(folder, record)
    else:
        _write_lines(folder / f"articles.{form}", records)


def _write_pair(folder: Path, record: Record) -> None:
    article = dict(record["article"])
    place = folder / article.pop("id")
    place.parent.mkdir(exist_ok=True)
    _write(place.with_suffix(".txt"), article.pop("text"))
    _write(place.with_suffix(".claims.yaml"), yaml_text({**record, "article": article}))


def _write_lines(path: Path, records: Iterable[Record]) -> None:
    with _opened(path) as stream:
        for record in records:
            stream.write(json.dumps(record, ensure_ascii=False).encode() + b"\n")


def _opened(path: Path) -> Any:  # a binary stream; the compressors' classes share no type
    if path.suffix == ".gz":
        return gzip.GzipFile(path, "wb", compresslevel=6, mtime=0)
    if path.suffix == ".zst":
        if sys.version_info >= (3, 14):
            from compression import zstd
        else:
            from backports import zstd
        return zstd.open(path, "wb")
    return path.open("wb")


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--articles", type=int, default=200)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--form", choices=FORMS, default="yaml")
    given = parser.parse_args()
    write_corpus(given.folder, given.articles, seed=given.seed, form=given.form)


if __name__ == "__main__":
    main()
