"""Findings as SARIF 2.1.0, for code scanning and for editors.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/sarif-v2.1.0-errata01.html
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from kg.errors import Finding
from kg.findings.reports.located import Located, locate
from kg.findings.rules import rule_page, rule_title

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {"violation": "error", "warning": "warning", "info": "note"}
FINGERPRINT = "kgFinding/v1"


def sarif_report(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield the log, whole: the rules stand before the results and are known only from these."""
    located = [locate(finding) for finding in findings]
    rules = {rule: number for number, rule in enumerate(sorted({finding.rule for finding in located}))}
    seen: Counter[str] = Counter()
    results = []
    for finding in located:
        print_ = _fingerprint(finding)
        seen[print_] += 1
        results.append(_result(finding, rules[finding.rule], f"{print_}:{seen[print_]}"))
    run = {
        "tool": {"driver": {"name": "kg", "rules": [_rule(rule) for rule in rules]}},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    yield json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def _rule(rule: str) -> dict[str, Any]:
    page = rule_page(rule)
    return {"id": rule, "shortDescription": {"text": rule_title(rule)}, **({"helpUri": page} if page else {})}


def _result(finding: Located, rule_index: int, fingerprint: str) -> dict[str, Any]:
    terms = {"focus": finding.focus, "path": finding.path, "value": finding.value}
    properties = {name: term for name, term in terms.items() if term}
    return {
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": LEVELS[finding.severity],
        # Braces stay single although 3.11.5 wants them doubled: the readers in use show the text as it is.
        "message": {"text": finding.whole},
        **({"locations": [_location(finding)]} if finding.file else {}),
        "partialFingerprints": {FINGERPRINT: fingerprint},
        **({"properties": properties} if properties else {}),
    }


def _location(finding: Located) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(finding.file)}}
    if finding.line:
        region = {"startLine": finding.line, "startColumn": finding.column}
        physical["region"] = {name: number for name, number in region.items() if number}
    return {"physicalLocation": physical}


def _uri(file: str) -> str:
    path = Path(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())


def _fingerprint(finding: Located) -> str:
    """Return what stays the same when lines are added above: no line, no clock."""
    parts = (finding.file, finding.rule, finding.message, finding.focus, finding.path, finding.value)
    return sha256("\0".join(parts).encode()).hexdigest()[:16]
