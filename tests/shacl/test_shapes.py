"""The shapes: each constraint bites, says what to do, and bites nothing else."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import pytest
from rdflib import Graph

from kg.shacl import Result, validate
from kg.shacl.pyshacl_engine import validate_with_pyshacl
from support.shape_fixtures import (
    BASE,
    FIXTURES,
    SHAPES,
    Fixture,
    changed,
    constraints,
    fixtures,
    local,
    nodes,
    shapes,
    valid,
)


def named(results: list[Result]) -> list[tuple[str, str]]:
    """Return the shape and the component of each result, by their local names."""
    return [(local(each.shape), local(each.component)) for each in results]


def expected(fixture: Fixture) -> list[tuple[str, str]]:
    return [(fixture.constraint.shape, fixture.constraint.component)]


def failing(*changes: str) -> list[str]:
    """Return the shapes that the valid graph fails after some changes."""
    return [local(each.shape) for each in validate(nodes(changed(changes)), shapes())]


def test_every_constraint_has_one_fixture() -> None:
    assert sorted(fixture.constraint for fixture in fixtures()) == sorted(constraints())


def test_the_valid_graph_conforms() -> None:
    assert validate(nodes(valid()), shapes()) == []


@pytest.mark.parametrize("fixture", fixtures(), ids=lambda fixture: "-".join(fixture.constraint))
def test_a_fixture_fails_its_constraint_and_only_it(fixture: Fixture) -> None:
    assert named(validate(nodes(changed(fixture.changes)), shapes())) == expected(fixture)


@pytest.mark.slow
def test_pyshacl_says_the_same_of_every_fixture() -> None:
    """All fixtures in one graph, each under a base of its own: pySHACL takes long to start."""
    bases = {f"{BASE}{number}/": fixture for number, fixture in enumerate(fixtures())}
    copies = [node for base, fixture in bases.items() for node in nodes(changed(fixture.changes), base)]

    found = {base: named(validate(nodes(changed(each.changes), base), shapes())) for base, each in bases.items()}
    by_pyshacl: dict[str, list[tuple[str, str]]] = {base: [] for base in bases}
    marks = {re.sub(r"\W", "", base): base for base in bases}
    for result in validate_with_pyshacl(copies, shapes()):
        mark = re.match(r"<(https://example\.org/\d+/)|_:nameless(\w+)", result.focus)
        assert mark is not None
        by_pyshacl[mark[1] or marks[mark[2]]] += named([result])

    assert by_pyshacl == found


@pytest.mark.slow
def test_the_shapes_are_shapes() -> None:
    """The shapes of SHACL itself, as pySHACL has them, find nothing wrong with ours."""
    from pyshacl import validate as by_pyshacl

    graph = Graph()
    for file in SHAPES.glob("*.ttl"):
        graph.parse(file)
    conforms, _, report = by_pyshacl(Graph(), shacl_graph=graph, meta_shacl=True)

    assert conforms, report


def test_pyshacl_on_its_own_command_line_finds_nothing_wrong(tmp_path: Any) -> None:
    merged = tmp_path / "shapes.ttl"
    merged.write_text("".join(file.read_text(encoding="utf-8") for file in sorted(SHAPES.glob("*.ttl"))), "utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "pyshacl", "-s", merged, FIXTURES / "valid.ttl"],
        capture_output=True,
        check=False,
        text=True,
    )

    assert (done.returncode, done.stdout) == (0, "Validation Report\nConforms: True\n")


# What a fixture alone does not show: where a constraint must let something pass, and its other ways to fail.


def test_a_claim_may_be_as_late_as_the_correction_of_its_article() -> None:
    late = '= c:c02 kg:earliest "2020-03-01"^^xsd:date'

    assert failing(late, '+ a:a schema:dateModified "2020-03-01"^^xsd:date') == []
    assert failing(late, '+ a:a schema:dateModified "2020-03"^^xsd:gYearMonth') == []
    assert failing(late, '+ a:a schema:dateModified "2020-02-29"^^xsd:date') == ["claim-in-time"]


def test_a_claim_of_an_article_without_a_last_day_is_never_too_late() -> None:
    assert failing('= c:c02 kg:earliest "2020-03-01"^^xsd:date', "- a:a kg:latest") == ["certain-latest"]


@pytest.mark.parametrize("speaker", ["s:newsroom", "e:paper", "e:writer"])
def test_the_papers_own_voice_is_its_author_its_publisher_or_its_newsroom(speaker: str) -> None:
    assert failing(f"= c:c03 schema:author {speaker}", "+ s:newsroom a kg:UnnamedSource") == []


def test_an_unnamed_source_is_no_person_and_no_organisation() -> None:
    assert failing("+ s:diplomats a schema:Organization ; schema:name 'Corps'") == ["source-unnamed"]
    assert failing("+ s:diplomats a schema:Person ; schema:name 'Dora'") == ["source-unnamed"]


def test_nothing_of_the_articles_words_is_required() -> None:
    """`text: none` drops them all."""
    changes = ["- a:a schema:headline", "- a:a schema:articleBody", "- a:b kg:dateWords"]
    changes += [f"- c:c01 {name}" for name in ("schema:text", "kg:cue", "kg:speakerWords", "kg:dateWords")]
    changes += ["- c01:quotation-1 schema:text", "- s:diplomats schema:description", "- c:c02 schema:text"]
    changes += ["- c01:target-1 oa:hasSelector c01:quote-1", "- c01:quote-1"]

    assert failing(*changes) == []


@pytest.mark.parametrize(
    "date",
    [
        "2020-00",
        "2020-13",
        "2020-1",
        "20-01",
        "2020-02-30",
        "2020-04-31",
        "2020-2-1",
        "2020-02-20Z",
        "20200220",
        "",
    ],
)
@pytest.mark.parametrize("kind", ["date", "gYearMonth", "gYear"])
def test_a_date_that_is_none_is_a_violation_whatever_its_type(date: str, kind: str) -> None:
    """Whatever the engine thinks of lexical forms."""
    assert failing(f'= c:c03 schema:dateCreated "{date}"^^xsd:{kind}') == ["date-said"]
