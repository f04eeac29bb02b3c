"""Findings as JUnit XML, which CI systems show as a list of tests.

Each finding is a test of its file: a violation has failed, the others are skipped with their message, so that they
are seen and do not turn a build red. Where there is nothing to report, one test has passed, because CI systems
take a report without tests for a mistake.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.errors import Finding
from kg.findings.reports.located import Located, locate


def junit_report(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield the document: one suite."""
    located = [locate(finding) for finding in findings]
    failed = sum(finding.severity == "violation" for finding in located)
    counts = f'tests="{len(located) or 1}" failures="{failed}" errors="0" skipped="{len(located) - failed}"'
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n  <testsuite name="kg" {counts}>\n'
    if not located:
        yield '    <testcase classname="kg" name="nothing to report"/>\n'
    yield from map(_case, located)
    yield "  </testsuite>\n</testsuites>\n"


def _case(finding: Located) -> str:
    # Here, not above: it brings an HTTP client with it, for which every other report would wait.
    from xml.sax.saxutils import escape, quoteattr

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
