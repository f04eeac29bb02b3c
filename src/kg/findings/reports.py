"""Findings for programs: JSON, SARIF, JUnit, workflow commands and SHACL's validation report in Turtle.

A report takes findings in order, with their places, and yields text piece by piece; without findings it is valid
too. Each finding is reported, and no text has a character that XML refuses.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from kg.errors import Finding
from kg.findings.results import SH, Located, locate, rule_iri, rule_page, rule_title
from kg.findings.text_report import text_report, visible
from kg.rdf.property_paths import PropertyPath, read_property_path
from kg.rdf.terms import plain
from kg.rdf.vocab import RDFS


def json_report(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield a JSON array with one object a line, each with the same keys in the same order.

    `file`, `line` and `column` are null if they are not known; they count from 1, columns in code points. `focus`,
    `value`, `shape` and `component` of a SHACL result are terms as in N-Triples, its `path` is as in SPARQL;
    otherwise they are `""`.
    """
    before = "[\n"
    for finding in findings:
        yield f"{before}  {json.dumps(_object(locate(finding)), ensure_ascii=False)}"
        before = ",\n"
    yield "\n]\n" if before != "[\n" else "[]\n"


def _object(finding: Located) -> dict[str, str | int | None]:
    return {
        "severity": finding.severity,
        "rule": finding.rule,
        "message": finding.message,
        "detail": finding.detail,
        "file": finding.file or None,
        "line": finding.line or None,
        "column": finding.column or None,
        "focus": finding.focus,
        "path": finding.path,
        "value": finding.value,
        "shape": finding.shape,
        "component": finding.component,
    }


_SARIF = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"violation": "error", "warning": "warning", "info": "note"}
_FINGERPRINT = "kgFinding/v1"


def sarif_report(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield a log of SARIF 2.1.0 as a whole, because the rules come before the results.

    https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/sarif-v2.1.0-errata01.html
    """
    located = [locate(finding) for finding in findings]
    by_rule = {finding.rule: finding for finding in located}
    rules = {rule: number for number, rule in enumerate(sorted(by_rule))}
    seen: Counter[str] = Counter()
    results = []
    for finding in located:
        print_ = _fingerprint(finding)
        seen[print_] += 1
        results.append(_sarif_result(finding, rules[finding.rule], f"{print_}:{seen[print_]}"))
    run = {
        "tool": {"driver": {"name": "kg", "rules": [_sarif_rule(by_rule[rule]) for rule in rules]}},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    yield json.dumps({"$schema": _SARIF, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def _sarif_rule(finding: Located) -> dict[str, Any]:
    page = rule_page(finding.component)
    return {
        "id": finding.rule,
        "shortDescription": {"text": rule_title(finding.rule)},
        **({"helpUri": page} if page else {}),
    }


def _sarif_result(finding: Located, rule_index: int, fingerprint: str) -> dict[str, Any]:
    terms = {
        "focus": finding.focus,
        "path": finding.path,
        "value": finding.value,
        "shape": finding.shape,
        "component": finding.component,
    }
    properties = {name: term for name, term in terms.items() if term}
    return {
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": _LEVELS[finding.severity],
        # Braces stay single although 3.11.5 wants them doubled: the readers in use show the text as it is.
        "message": {"text": finding.whole},
        **({"locations": [_location(finding)]} if finding.file else {}),
        "partialFingerprints": {_FINGERPRINT: fingerprint},
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
    """Return a fingerprint that stays the same when lines are added above: without line or time."""
    parts = (finding.file, finding.rule, finding.message, finding.focus, finding.path, finding.value)
    return sha256("\0".join(parts).encode()).hexdigest()[:16]


def junit_report(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield JUnit XML, which CI systems show as a list of tests.

    A violation is a failed test of its file. Warnings and remarks are skipped tests: visible, but they do
    not fail a build. Without findings the report has one passed test, because CI systems reject a report without
    tests.
    """
    located = [locate(finding) for finding in findings]
    failed = sum(finding.severity == "violation" for finding in located)
    counts = f'tests="{len(located) or 1}" failures="{failed}" errors="0" skipped="{len(located) - failed}"'
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n  <testsuite name="kg" {counts}>\n'
    if not located:
        yield '    <testcase classname="kg" name="nothing to report"/>\n'
    yield from map(_case, located)
    yield "  </testsuite>\n</testsuites>\n"


def _case(finding: Located) -> str:
    from xml.sax.saxutils import escape, quoteattr  # imported here, since it also imports an HTTP client

    place = ":".join(str(number) for number in (finding.line, finding.column) if number)
    name = f"{place} {finding.rule}" if place else finding.rule
    attributes = [("classname", finding.file or "kg"), ("name", name), ("file", finding.file)]
    opening = " ".join(f"{key}={quoteattr(value)}" for key, value in attributes if value)
    line = f' line="{finding.line}"' if finding.line else ""
    message = quoteattr(finding.message)
    if finding.severity == "violation":
        body = ": ".join(filter(None, [finding.where, finding.whole]))
        outcome = f"<failure type={quoteattr(finding.rule)} message={message}>{escape(body)}</failure>"
    else:
        outcome = f"<skipped message={quoteattr(f'{finding.severity}: {finding.whole}')}/>"
    return f"    <testcase {opening}{line}>\n      {outcome}\n    </testcase>\n"


_COMMANDS = {"violation": "error", "warning": "warning", "info": "notice"}
_IN_MESSAGE = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def github_report(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield workflow commands, which GitHub shows beside the lines of a pull request.

    https://docs.github.com/actions/reference/workflow-commands-for-github-actions
    """
    for finding in map(locate, findings):
        properties = ",".join(
            f"{name}={_without_controls(str(value)).translate(_IN_PROPERTY)}"
            for name, value in _command_properties(finding)
            if value
        )
        message = _without_controls(finding.whole).translate(_IN_MESSAGE)
        yield f"::{_COMMANDS[finding.severity]} {properties}::{message}\n"


def _without_controls(text: str) -> str:
    """Return a text without what moves the cursor of a terminal, except line ends, which commands encode."""
    return "\n".join(map(visible, text.split("\n")))


def _command_properties(finding: Located) -> list[tuple[str, str | int]]:
    return [
        ("file", finding.file),
        ("line", finding.line),
        ("col", finding.column),
        ("title", finding.rule),
    ]


_SEVERITIES = {"violation": "sh:Violation", "warning": "sh:Warning", "info": "sh:Info"}
_OPERATORS = {"^": "inverse", "?": "zeroOrOne", "*": "zeroOrMore", "+": "oneOrMore"}


def turtle_report(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield SHACL's validation report in Turtle: https://www.w3.org/TR/shacl/#validation-report

    A finding that is no SHACL result has its place as focus node, a literal, and as constraint component the IRI of
    its rule. A shape without an IRI is a blank node. `rdfs:comment` has the place of every finding.
    """
    yield f"@prefix rdfs: <{RDFS.base}> .\n@prefix sh: <{SH}> .\n\n"
    results = map(_turtle_result, map(locate, findings))
    first = next(results, None)
    if first is None:
        yield "[] a sh:ValidationReport ;\n    sh:conforms true .\n"
        return
    yield "[] a sh:ValidationReport ;\n    sh:conforms false"
    for result in chain([first], results):
        yield f" ;\n    sh:result {result}"
    yield " .\n"


def _turtle_result(finding: Located) -> str:
    place = str(plain(finding.where)) if finding.file else ""
    path = _turtle_path(finding.path)
    properties = [
        ("a", "sh:ValidationResult"),
        ("sh:resultSeverity", _SEVERITIES[finding.severity]),
        ("sh:focusNode", finding.focus or place or "[]"),
        ("sh:resultPath", path),
        ("sh:value", finding.value),
        ("sh:sourceShape", "[]" if finding.shape.startswith("_") else finding.shape),
        ("sh:sourceConstraintComponent", finding.component or rule_iri(finding.rule)),
        ("sh:resultMessage", str(plain(finding.whole))),
        ("rdfs:comment", place),
    ]
    lines = [f"        {name} {value}" for name, value in properties if value]
    return "[\n" + " ;\n".join(lines) + "\n    ]"


def _turtle_path(text: str) -> str:
    """Return a path as SHACL writes it, or nothing if it cannot be parsed."""
    if not text:
        return ""
    try:
        return _in_turtle(read_property_path(text))
    except ValueError:
        return ""


def _in_turtle(path: PropertyPath) -> str:
    if not path.operator:
        return path.predicate
    parts = [_in_turtle(part) for part in path.parts]
    if path.operator == "/":
        return f"( {' '.join(parts)} )"
    if path.operator == "|":
        return f"[ sh:alternativePath ( {' '.join(parts)} ) ]"
    return f"[ sh:{_OPERATORS[path.operator]}Path {parts[0]} ]"


class ReportWriter(Protocol):
    """Writes findings. Only the text format has colours, and shortens long lists unless `every` is set."""

    def __call__(
        self, findings: Iterable[Finding], *, colour: bool = False, every: bool = False
    ) -> Iterator[str]: ...


def _whole(write: Callable[[Iterable[Finding]], Iterator[str]]) -> ReportWriter:
    def report(findings: Iterable[Finding], *, colour: bool = False, every: bool = False) -> Iterator[str]:  # noqa: ARG001
        return write(findings)

    return report


REPORTS: dict[str, ReportWriter] = {
    "text": text_report,
    "json": _whole(json_report),
    "sarif": _whole(sarif_report),
    "junit": _whole(junit_report),
    "github": _whole(github_report),
    "ttl": _whole(turtle_report),
}
