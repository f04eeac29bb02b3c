"""Where the articles of a corpus stand: pairs of files, and lines of JSON Lines."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import NamedTuple

from kg.corpus.folder import below, listed
from kg.corpus.settings import Corpus
from kg.errors import CorpusError, Finding, Place
from kg.files import lines

TEXT = ".txt"
CLAIMS = ".claims.yaml"
JSON_LINES = (".jsonl", ".jsonl.gz", ".jsonl.zst")

# What people write for these, with the right suffix: `.yml`, `.claim.yaml`, `.TXT`.
_NEAR_MISSES = (
    (re.compile(r"\.claims?\.ya?ml$", re.IGNORECASE), CLAIMS),
    (re.compile(r"\.txt$", re.IGNORECASE), TEXT),
    (re.compile(r"\.(?:jsonl|ndjson)$", re.IGNORECASE), ".jsonl"),
    (re.compile(r"\.(?:jsonl|ndjson)\.gz$", re.IGNORECASE), ".jsonl.gz"),
    (re.compile(r"\.(?:jsonl|ndjson)\.zst$", re.IGNORECASE), ".jsonl.zst"),
)
_YAML = re.compile(r"\.ya?ml$", re.IGNORECASE)


class Source(NamedTuple):
    """Where one article stands; goes to another process as it is.

    `article` is its path in the corpus without suffix. `line` and `raw` are those of a line of JSON Lines, whose
    file is `text_file`. A source without `text_file` has no article, only findings.
    """

    article: str
    text_file: str = ""
    claims_file: str = ""
    line: int = 0
    raw: bytes = b""
    findings: tuple[Finding, ...] = ()


def sources(corpus: Corpus) -> Iterator[Source]:
    """Yield where the articles stand, sorted by path, the lines of a JSON Lines file in its order.

    What is wrong with the folder comes as sources that have only findings. Raises `FileError` for what cannot be
    read.
    """
    listing = listed(corpus.root)
    found = [Source(path, findings=(finding,)) for path, finding in listing.findings]
    found += _pairs(corpus.root, listing.files)
    found += [Source(path, below(corpus.root, path)) for path in listing.files if path.endswith(JSON_LINES)]
    if not found:
        yield Source("", findings=(_no_articles(corpus),))
    for source in sorted(found):
        if source.text_file.endswith(JSON_LINES):
            yield from _lines(source)
        else:
            yield source


def _pairs(root: str, files: list[str]) -> Iterator[Source]:
    names = set(files)
    texts = {name.removesuffix(TEXT) for name in files if name.endswith(TEXT)}
    for article in texts:
        claims = article + CLAIMS
        if claims in names:
            yield Source(article, below(root, article + TEXT), below(root, claims))
        else:
            yield Source(article, below(root, article + TEXT))
    for name in files:
        if name.endswith(CLAIMS) and (article := name.removesuffix(CLAIMS)) not in texts:
            yield Source(article, findings=(_no_text(below(root, name), article),))
        elif right := _right_name(name, texts, names):
            yield Source(name, findings=(_misnamed(below(root, name), right),))


def _right_name(name: str, texts: set[str], names: set[str]) -> str:
    """Return what a file should be called that is none of ours by its name but seems to be meant so."""
    if name.endswith((TEXT, CLAIMS, *JSON_LINES)):
        return ""
    for pattern, suffix in _NEAR_MISSES:
        if pattern.search(name):
            return pattern.sub(suffix, name)
    article = _YAML.sub("", name)
    if article != name and article in texts and article + CLAIMS not in names:
        return article + CLAIMS
    return ""


def _lines(source: Source) -> Iterator[Source]:
    file, empty = source.text_file, True
    try:
        for number, raw in lines(file):
            empty = False
            yield source._replace(line=number, raw=raw)
    except CorpusError as error:
        yield Source(source.article, findings=error.findings)
        return
    if empty:
        message = "a JSON Lines file must have one article a line, this one is empty: write it, or delete it"
        yield Source(source.article, findings=(_violation(message, "empty-file", file),))


def _no_articles(corpus: Corpus) -> Finding:
    message = (
        "a corpus must have articles, none is here: add a `NAME.txt` with its `NAME.claims.yaml`, or a `*.jsonl`"
    )
    return _violation(message, "no-articles", corpus.config_file)


def _no_text(file: str, article: str) -> Finding:
    name = os.path.basename(article) + TEXT
    return _violation(
        f"a claims file must stand beside its article, `{name}` is missing: add it", "no-article", file
    )


def _misnamed(file: str, right: str) -> Finding:
    found, right = os.path.basename(file), os.path.basename(right)
    return _violation(f"this must be called `{right}` to be read, not `{found}`: rename it", "misnamed-file", file)


def _violation(message: str, rule: str, file: str) -> Finding:
    return Finding("violation", message, rule, Place(file, 1, 1))
