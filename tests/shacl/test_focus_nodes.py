"""What the SHACL engine remembers of nodes with the same predicates, and of values, never changes what it finds."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from kg.rdf.terms import XSD, Iri, Node, Term, date, integer, plain, typed
from kg.rdf.vocab import RDF
from kg.shacl import Shapes, compile_shapes, validate
from kg.shacl.constraints import HasMinLength, text_of
from kg.shacl.datatypes import CACHE_SIZE, IsWellFormed, is_less, is_lower, order_key
from kg.shacl.engine import CHECKS_CACHED

EX = "http://example.org/"
HEAD = f"@prefix ex: <{EX}> .\n@prefix sh: <http://www.w3.org/ns/shacl#> .\n"
Compile = Callable[[str], Shapes]


def ex(name: str) -> Iri:
    return Iri(f"<{EX}{name}>")


@pytest.fixture
def shapes(tmp_path: Path) -> Compile:
    def compiled(text: str) -> Shapes:
        (tmp_path / "shapes.ttl").write_text(HEAD + text, encoding="utf-8")
        return compile_shapes([tmp_path / "shapes.ttl"])

    return compiled


def paths(node: Node, compiled: Shapes) -> list[str]:
    return [result.path for result in validate([node], compiled)]


def instance(**values: list[Term]) -> Node:
    return Node(ex("a"), {RDF.type: [ex("C")], **{ex(name): some for name, some in values.items()}})


def test_an_empty_list_makes_no_target_whatever_came_before_it(shapes: Compile) -> None:
    compiled = shapes("ex:S sh:targetSubjectsOf ex:p ; sh:property [ sh:path ex:q ; sh:minCount 1 ] .")
    nodes = [instance(p=[ex("b")]), instance(p=[]), instance(p=[ex("b")])]

    assert [paths(node, compiled) for node in nodes] == [[ex("q")], [], [ex("q")]]


def test_an_empty_list_is_no_value_that_a_shape_asks_for(shapes: Compile) -> None:
    compiled = shapes("ex:S sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:minCount 1 ] .")

    assert [paths(instance(p=values), compiled) for values in ([ex("b")], [])] == [[], [ex("p")]]


def test_a_property_that_does_not_belong_is_found_beside_any_others(shapes: Compile) -> None:
    compiled = shapes(
        "ex:S sh:targetClass ex:C ; sh:closed true ; sh:ignoredProperties ( <" + RDF.type[1:-1] + "> ) ."
    )
    nodes = [instance(), instance(p=[ex("b")]), instance(p=[]), instance()]

    assert [paths(node, compiled) for node in nodes] == [[], [ex("p")], [], []]


@pytest.mark.parametrize(
    ("constraint", "broken"),
    [
        (
            "sh:or ( [ sh:path ex:p ; sh:maxLength 1 ] [ sh:path ex:q ; sh:minCount 1 ] )",
            [False, False, True, False],
        ),
        (
            "sh:and ( [ sh:path ex:p ; sh:maxLength 1 ] [ sh:path ex:q ; sh:maxCount 0 ] )",
            [False, True, True, True],
        ),
        ("sh:not [ sh:path ex:p ; sh:minCount 1 ]", [False, False, True, True]),
        ("sh:not [ sh:path ex:p ; sh:maxLength 1 ]", [True, True, False, False]),
        ("sh:node [ sh:path ( ex:p ex:q ) ; sh:minCount 1 ]", [True, True, True, True]),
        (
            "sh:xone ( [ sh:path ex:p ; sh:minCount 1 ] [ sh:path ex:q ; sh:minCount 1 ] )",
            [True, False, False, True],
        ),
    ],
)
def test_what_predicates_alone_decide_is_decided_as_by_a_look(
    shapes: Compile, constraint: str, broken: list[bool]
) -> None:
    compiled = shapes(f"ex:S sh:targetClass ex:C ; {constraint} .")
    value = plain("long")
    nodes = [instance(), instance(q=[value]), instance(p=[value]), instance(p=[value], q=[value])]
    # An empty list is no triple, but a predicate that is there.
    emptied = [instance(p=[], q=[]), instance(p=[], q=[value]), instance(p=[value], q=[]), nodes[-1]]

    for some in (nodes, emptied, nodes):
        assert [bool(paths(node, compiled)) for node in some] == broken


def test_more_layouts_than_are_kept_are_forgotten_and_found_again(shapes: Compile) -> None:
    compiled = shapes("ex:S sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:minCount 1 ] .")
    nodes = [Node(ex(f"n{n}"), {RDF.type: [ex("C")], ex(f"p{n}"): [ex("b")]}) for n in range(CHECKS_CACHED + 9)]

    results = [*validate(nodes, compiled), *validate(nodes[:9], compiled)]

    assert [result.focus for result in results] == [node.subject for node in [*nodes, *nodes[:9]]]


def test_a_test_of_more_values_than_it_remembers_says_the_same_again() -> None:
    test = IsWellFormed(XSD + "gYear")
    years = [typed(f"{year:04}" if year % 2 else f"{year}", XSD + "gYear") for year in range(CACHE_SIZE + 9)]
    sound = [year % 2 == 1 or year > 999 for year in range(CACHE_SIZE + 9)]

    assert [[test.passes(year) for year in years] for _ in range(2)] == [sound, sound]


COMPARED = [
    *(date("2020-02-21"), date("2020-02-22"), date("2019-12-31"), date("2020-02"), plain("2020-02-21")),
    *(
        typed(day, XSD + "date")
        for day in ("2020-02-30", "-0001-01-01", "2020-02-21Z", "12020-02-21", "2020-2-001")
    ),
    *(typed(time, XSD + "dateTime") for time in ("2020-02-21T10:00:00", "2020-02-21T25:00:00")),
    *(integer(0), integer(9), integer(10), typed("09", XSD + "integer"), typed("9.0", XSD + "decimal")),
    *(typed(digits, XSD + "nonNegativeInteger") for digits in ("-3", "007", "9" * 30)),
    *(ex("a"), Iri("_:a"), plain("a"), plain("")),
]


@pytest.mark.parametrize("or_equal", [False, True])
def test_the_fast_ways_to_compare_agree_with_the_keys(or_equal: bool) -> None:
    differing = [
        (left, right)
        for left, right in product(COMPARED, repeat=2)
        if is_less(left, right, or_equal) != is_lower(order_key(left), order_key(right), or_equal)
    ]

    assert differing == []


@pytest.mark.parametrize("length", [0, 1, 3, 4])
def test_how_long_a_text_is_does_not_depend_on_its_escapes(length: int) -> None:
    written = ["", "abc", r"\n\n\n", r"\U0001F600\U0001F600\U0001F600", "a" * 50, r"\u00e9" * 3]
    texts = [Iri(f'"{each}"{tag}') for each in written for tag in ("", "@nl", f"^^<{XSD}token>")]

    assert [HasMinLength(length).passes(each) for each in texts] == [len(text_of(each)) >= length for each in texts]
