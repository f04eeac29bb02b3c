"""Claims files in the current folder, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

from kg.annotations.classes import ClaimsFile
from kg.corpus.decoding import decode_values, parse_yaml_file
from kg.errors import CorpusError
from support.corpora import said

HEAD = "claims:\n  c01:\n    speaker: ann\n    "


def wrong(text: str) -> list[str]:
    """Return what is wrong with a claims file, as `line:column message [rule]`."""
    Path("x.yaml").write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        findings = decode_values(parse_yaml_file("x.yaml", ClaimsFile), ClaimsFile, "x.yaml")[1]
    except CorpusError as error:
        findings = error.findings
    return [line.removeprefix("x.yaml:").replace(": violation:", "", 1) for line in said(findings)]
