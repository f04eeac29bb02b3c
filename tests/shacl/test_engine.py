"""What the SHACL engine promises beyond the W3C suite: order, messages, targets, handing over, errors, literals."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.errors import FileError
from kg.rdf.terms import XSD, Iri, Node, date, integer, plain, text, typed
from kg.rdf.vocab import RDF
from kg.shacl import Result, Shapes, compile_shapes, count_focus_nodes, validate
from kg.shacl.constraints import HasLanguage, MatchesPattern
from kg.shacl.datatypes import datatype_test, is_lower, order_key
from kg.shacl.pyshacl_engine import validate_with_pyshacl
from kg.shacl.shapes_graph import sh

EX = "http://example.org/"
HEAD = f"""@prefix ex: <{EX}> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <{XSD}> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
Compile = Callable[..., Shapes]


def ex(name: str) -> Iri:
    return Iri(f"<{EX}{name}>")


@pytest.fixture
def shapes(tmp_path: Path) -> Compile:
    """Compile shapes, each text a file of its own."""

    def compiled(*texts: str) -> Shapes:
        paths = [tmp_path / f"{number}.ttl" for number in range(len(texts))]
        for path, written in zip(paths, texts, strict=True):
            path.write_text(HEAD + written, encoding="utf-8")
        return compile_shapes(paths)

    return compiled


def broken(results: list[Result]) -> list[tuple[str, str, str, str]]:
    """Return focus, path, value and component of each result, shortly."""
    names = [each.component.removeprefix(sh("")[:-1]).removesuffix("ConstraintComponent>") for each in results]
    return [
        tuple(part.replace(EX, "").strip("<>") for part in (each.focus, each.path, each.value, name))  # type: ignore[misc]
        for each, name in zip(results, names, strict=True)
    ]


def test_a_result_has_every_field(shapes: Compile) -> None:
    compiled = shapes("""ex:S sh:targetClass ex:C ; sh:property ex:P .
        ex:P sh:path ex:p ; sh:maxLength 2 ; sh:severity sh:Warning ; sh:message
            "Te lang."@nl , "Too long."@en .""")

    assert validate([Node(ex("a"), {RDF.type: [ex("C")], ex("p"): [plain("abc")]})], compiled) == [
        Result(
            focus=ex("a"),
            path=ex("p"),
            value='"abc"',
            message="Too long.",
            severity="warning",
            component=sh("MaxLengthConstraintComponent"),
            shape=ex("P"),
        )
    ]


def test_a_shape_without_a_message_still_says_what_must_hold(shapes: Compile) -> None:
    compiled = shapes("ex:S sh:targetNode ex:a ; sh:property [ sh:path ex:p ; sh:minCount 1 ] .")

    (result,) = validate([], compiled)

    assert result.message == "At least 1 must be given."


def test_results_come_in_the_order_of_the_nodes_and_then_of_the_shapes(shapes: Compile) -> None:
    compiled = shapes(
        """ex:T sh:targetClass ex:C ;
            sh:property [ sh:path ex:z ; sh:minCount 1 ] , [ sh:path ex:y ; sh:maxCount 0 ] .""",
        "ex:A sh:targetClass ex:C ; sh:property [ sh:path ex:x ; sh:nodeKind sh:Literal ] .",
    )
    unit = [Node(ex(name), {ex("x"): [ex("d")], ex("y"): [ex("d")], RDF.type: [ex("C")]}) for name in ("b", "a")]

    assert broken(validate(unit, compiled)) == [
        (name, *rest)
        for name in ("b", "a")
        for rest in (("z", "", "MinCount"), ("y", "", "MaxCount"), ("x", "d", "NodeKind"))
    ]


def test_equal_values_count_once_and_an_empty_list_is_no_triple(shapes: Compile) -> None:
    compiled = shapes("""ex:S sh:targetClass ex:C ; sh:closed true ; sh:ignoredProperties ( rdf:type ) ;
        sh:property [ sh:path ex:p ; sh:maxCount 1 ] , [ sh:path ex:q ; sh:minCount 2 ] .""")
    unit = [
        Node(ex("a"), {RDF.type: [ex("C")], ex("p"): [ex("b"), ex("b")], ex("q"): [ex("b"), ex("b")], ex("r"): []})
    ]

    assert broken(validate(unit, compiled)) == [("a", "q", "", "MinCount")]


def test_nodes_that_share_a_subject_are_one_node(shapes: Compile) -> None:
    compiled = shapes("ex:S sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:maxCount 1 ] .")
    unit = [Node(ex("a"), {ex("p"): [ex("b")]}), Node(ex("a"), {RDF.type: [ex("C")], ex("p"): [ex("c")]})]

    assert broken(validate(unit, compiled)) == [("a", "p", "", "MaxCount")]


@pytest.mark.parametrize("engine", [validate, validate_with_pyshacl])
def test_types_of_nodes_outside_count_for_classes_and_make_no_targets(
    shapes: Compile, engine: Callable[..., list[Result]]
) -> None:
    compiled = shapes("""ex:S sh:targetClass ex:C ; sh:property [ sh:path ex:by ; sh:class ex:Agent ] .
        ex:Agents sh:targetClass ex:Agent ; sh:property [ sh:path ex:name ; sh:minCount 1 ] .
        ex:Person rdfs:subClassOf ex:Agent .""")
    unit = [Node(ex("a"), {RDF.type: [ex("C")], ex("by"): [ex("ann"), ex("rome")]})]

    results = engine(unit, compiled, {ex("ann"): [ex("Person")], ex("rome"): [ex("Place")]})

    assert broken(results) == [("a", "by", "rome", "Class")]


def test_sub_classes_that_the_nodes_state_count_for_this_unit_only(shapes: Compile) -> None:
    compiled = shapes("ex:S sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:minCount 1 ] .")
    instance = Node(ex("a"), {RDF.type: [ex("D")]})
    ontology = Node(ex("D"), {Iri("<http://www.w3.org/2000/01/rdf-schema#subClassOf>"): [ex("C")]})

    assert broken(validate([instance, ontology], compiled)) == [("a", "p", "", "MinCount")]
    assert validate([instance], compiled) == []


@pytest.mark.parametrize("engine", [validate, validate_with_pyshacl])
@pytest.mark.parametrize("types", [{}, {ex("d"): [ex("C")]}])
@pytest.mark.parametrize(
    ("kind", "targeted"),
    [
        ("rdfs:Class", True),
        ("owl:Class", True),
        ("ex:Meta", True),
        ("ex:MetaMeta", True),
        ("ex:OfOwl", True),
        ("ex:Circle", False),
        ("ex:Other", False),
    ],
)
def test_a_shape_that_is_an_instance_of_class_targets_its_instances(
    shapes: Compile, engine: Callable[..., list[Result]], types: dict[Iri, list[Iri]], kind: str, targeted: bool
) -> None:
    compiled = shapes(f"""@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        @prefix owl: <http://www.w3.org/2002/07/owl#> .
        ex:C a {kind} , sh:NodeShape ; sh:property [ sh:path ex:p ; sh:minCount 1 ] .
        ex:MetaMeta rdfs:subClassOf ex:Meta . ex:Meta rdfs:subClassOf rdfs:Class .
        ex:OfOwl rdfs:subClassOf owl:Class . ex:Circle rdfs:subClassOf ex:Circle , ex:Other .""")

    results = engine([Node(ex("a"), {RDF.type: [ex("C")]})], compiled, types)

    assert broken(results) == [("a", "p", "", "MinCount")] * targeted


def test_the_nodes_in_focus_are_counted_each_once(shapes: Compile) -> None:
    compiled = shapes("""ex:S sh:targetClass ex:C ; sh:targetSubjectsOf ex:p ; sh:targetObjectsOf ex:p .
        ex:T sh:targetClass ex:C .""")
    unit = [
        Node(ex("a"), {RDF.type: [ex("C")], ex("p"): [ex("b"), ex("c")]}),
        Node(ex("b"), {ex("p"): []}),
        Node(ex("d"), {RDF.type: [ex("Other")]}),
    ]

    assert count_focus_nodes(unit, compiled) == 3
    assert count_focus_nodes([], compiled) == 0


def test_a_longer_path_is_written_as_in_sparql(shapes: Compile) -> None:
    paths = {
        "[ sh:inversePath ex:p ]": "^p",
        "( ex:p [ sh:inversePath ex:q ] )": "p/^q",
        "( [ sh:alternativePath ( ex:p ex:q ) ] ex:r )": "(p|q)/r",
        "[ sh:zeroOrMorePath [ sh:inversePath ex:p ] ]": "(^p)*",
        "[ sh:alternativePath ( [ sh:oneOrMorePath ex:p ] [ sh:zeroOrOnePath ex:q ] ) ]": "p+|q?",
        "[ sh:inversePath ( ex:p ex:q ) ]": "^(p/q)",
    }
    properties = " , ".join(f"[ sh:path {path} ; sh:minCount 9 ]" for path in paths)
    compiled = shapes(f"ex:S sh:targetNode ex:a ; sh:property {properties} .")

    written = [result.path.replace(f"<{EX}", "").replace(">", "") for result in validate([], compiled)]

    assert written == list(paths.values())


def test_the_inverse_of_a_sequence_goes_back_from_its_end(shapes: Compile) -> None:
    """pySHACL follows the inverted steps in the order of the sequence."""
    compiled = shapes("""ex:S sh:targetNode ex:c ;
        sh:property [ sh:path [ sh:inversePath ( ex:p ex:q ) ] ; sh:in ( ) ] .""")
    unit = [Node(ex("a"), {ex("p"): [ex("b")]}), Node(ex("b"), {ex("q"): [ex("c")]})]

    assert [result.value for result in validate(unit, compiled)] == [ex("a")]


def test_shapes_that_refer_to_each_other_end(shapes: Compile) -> None:
    compiled = shapes("""ex:S sh:targetClass ex:C ; sh:property ex:P .
        ex:P sh:path ex:knows ; sh:node ex:S ; sh:minCount 1 ; sh:property ex:P .""")
    unit = [Node(ex(one), {RDF.type: [ex("C")], ex("knows"): [ex(other)]}) for one, other in ("ab", "ba", "cd")]

    assert broken(validate(unit, compiled)) == [
        ("c", "knows", "d", "Node"),
        ("d", "knows", "", "MinCount"),
    ]


def test_a_shape_that_refers_to_itself_by_a_sibling_is_compiled(shapes: Compile) -> None:
    compiled = shapes("""ex:S sh:targetClass ex:C ; sh:property ex:One, ex:Other .
        ex:One sh:path ex:p ; sh:qualifiedValueShape [ sh:class ex:C ] ; sh:qualifiedMinCount 1 ;
            sh:qualifiedValueShapesDisjoint true .
        ex:Other sh:path ex:p ; sh:qualifiedValueShape ex:Y ; sh:qualifiedMaxCount 1 .
        ex:Y sh:property ex:One .""")
    unit = [Node(ex("a"), {RDF.type: [ex("C")], ex("p"): [ex("b")]}), Node(ex("b"), {ex("p"): [ex("a")]})]

    assert broken(validate(unit, compiled)) == [("a", "p", "", "QualifiedMinCount")]


def test_a_qualified_count_of_nothing_asks_for_nothing(shapes: Compile) -> None:
    compiled = shapes("ex:S sh:targetNode ex:a ; sh:property [ sh:path ex:p ; sh:qualifiedMinCount 1 ] .")

    assert validate([], compiled) == []


SPARQL = """ex:Hand sh:targetClass ex:C ; sh:sparql [ sh:message "Not its own friend." ;
    sh:select "SELECT $this WHERE { $this <http://example.org/knows> $this }" ] .
"""


def test_a_shape_that_is_not_known_is_handed_over_and_its_results_come_last(shapes: Compile) -> None:
    compiled = shapes(SPARQL + "ex:S sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:minCount 1 ] .")
    unit = [Node(ex("a"), {RDF.type: [ex("C")], ex("knows"): [ex("a")]})]

    assert list(compiled.for_pyshacl) == [ex("Hand")]
    assert "sparql" in compiled.for_pyshacl[ex("Hand")]
    assert [(each.shape.startswith("_:"), each.message) for each in validate(unit, compiled)] == [
        (True, "At least 1 must be given."),
        (False, "Not its own friend."),
    ]


def test_a_shape_that_refers_to_one_that_is_not_known_is_handed_over_too(shapes: Compile) -> None:
    compiled = shapes(SPARQL + "ex:S sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:node ex:Hand ] .")

    assert list(compiled.for_pyshacl) == [ex("Hand"), ex("S")]


@pytest.mark.parametrize(
    ("handed_over", "compiled_here", "result"),
    [
        ("sh:node ex:Next , ex:Hand", "sh:node ex:Next", ("a", "", "a", "Node")),
        (
            "sh:property ex:Next , [ sh:path ex:q ; sh:node ex:Hand ]",
            "sh:property ex:Next",
            ("a", "next", "b", "Node"),
        ),
    ],
)
def test_what_a_shape_shares_with_one_that_is_handed_over_is_compiled(
    shapes: Compile, handed_over: str, compiled_here: str, result: tuple[str, ...]
) -> None:
    compiled = shapes(f"""{SPARQL} ex:Before sh:targetClass ex:None ; {handed_over} .
        ex:S sh:targetClass ex:D ; {compiled_here} .
        ex:Next a sh:PropertyShape ; sh:path ex:next ; sh:node ex:Chain .
        ex:Chain a sh:NodeShape ; sh:property [ sh:path ex:name ; sh:minCount 1 ] .""")
    unit = [Node(ex("a"), {RDF.type: [ex("D")], ex("name"): [plain("A")], ex("next"): [ex("b")]})]

    assert list(compiled.for_pyshacl) == [ex("Hand"), ex("Before")]
    assert broken(validate(unit, compiled)) == [result]


def test_the_plans_of_one_shapes_graph_are_not_those_of_another(shapes: Compile) -> None:
    """Plans know shapes by their positions, which mean other shapes in another shapes graph."""
    shape = "ex:S sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:minCount 1 ] ."
    one = shapes(shape)
    other = shapes(shape.replace("minCount", "maxCount"))
    units = [
        [Node(ex("a"), {RDF.type: [ex("C")], ex("p"): [plain(str(n)) for n in range(size)]})] for size in (0, 2)
    ]

    found = [[broken(validate(unit, each)) for each in (one, other, one)] for unit in units]
    assert found == [
        [[("a", "p", "", "MinCount")], [], [("a", "p", "", "MinCount")]],
        [[], [("a", "p", "", "MaxCount")], []],
    ]


def test_a_constraint_component_of_the_shapes_graph_is_handed_over(shapes: Compile) -> None:
    compiled = shapes("""ex:Component a sh:ConstraintComponent ; sh:parameter [ sh:path ex:below ] ;
            sh:validator [ a sh:SPARQLAskValidator ; sh:ask "ASK { FILTER (STRLEN(STR($value)) < $below) }" ] .
        ex:S sh:targetNode "long" , "s" ; ex:below 3 .""")

    assert list(compiled.for_pyshacl) == [ex("S")]
    assert broken(validate([], compiled)) == [('"long"', "", '"long"', "Component")]


def test_a_file_that_does_not_parse_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "bad.ttl"
    path.write_text(HEAD + "ex:S sh:targetClass .", encoding="utf-8")

    with pytest.raises(FileError, match=r"bad\.ttl:6:"):
        compile_shapes([path])


def test_a_character_that_no_term_may_have_is_an_error_of_the_file(shapes: Compile) -> None:
    with pytest.raises(FileError, match=r"0\.ttl: the shapes contain a control character"):
        shapes(r'ex:S sh:message "\u0001" .')


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ("sh:nodeKind ex:Odd", "sh:nodeKind cannot be <http://example.org/Odd>"),
        ('sh:pattern "("', "sh:pattern cannot be"),
        ('sh:minLength "long"', "sh:minLength cannot be"),
        ("sh:in ex:a", "sh:in cannot be <http://example.org/a>: it must be a list"),
        ("sh:closed true ; sh:ignoredProperties ex:a", "sh:ignoredProperties cannot be"),
        ("sh:minCount 1", "must have an sh:path"),
        ("sh:property [ sh:minCount 1 ]", "must have an sh:path"),
        ("sh:property [ sh:path [ ] ]", "sh:path cannot be"),
        ("sh:property [ sh:path ex:p ; sh:minCount 1, 2 ]", "must have one value, not 2"),
        ('sh:property [ sh:path ex:p ; sh:maxCount "x" ]', "sh:maxCount cannot be"),
    ],
)
def test_a_shape_that_is_ill_formed_is_named_with_its_file(shapes: Compile, shape: str, message: str) -> None:
    with pytest.raises(FileError, match=message) as raised:
        shapes(f"ex:S sh:targetNode ex:a ; {shape} .")

    assert "0.ttl" in str(raised.value)


SCRIPT = """
import sys
from pathlib import Path
from kg.shacl import compile_shapes, validate
from kg.rdf.terms import Iri, Node
value = {Iri(f"<http://example.org/{name}>"): [Iri(f"<http://example.org/of-{name}>")] for name in "pqrst"}
for result in validate([Node(Iri("<http://example.org/a>"), value)], compile_shapes([Path(sys.argv[1])])):
    print(result.focus, result.path, result.component)
print(sorted({"rdflib", "pyshacl"} & sys.modules.keys()))
"""


def test_the_order_depends_on_no_hash_and_rdflib_is_not_loaded(tmp_path: Path) -> None:
    path = tmp_path / "shapes.ttl"
    targets = " , ".join(f"ex:{name}" for name in "pqrst")
    path.write_text(
        f"{HEAD} ex:S sh:targetObjectsOf {targets} ; sh:class ex:C ; sh:minLength 99 .", encoding="utf-8"
    )

    outputs = [
        subprocess.run(
            [sys.executable, "-c", SCRIPT, str(path)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    ]

    assert outputs[0] == outputs[1]
    assert outputs[0].splitlines()[-1] == "[]"
    assert len(outputs[0].splitlines()) == 11


def test_no_constraint_of_a_shape_or_of_one_in_it_is_lost(shapes: Compile) -> None:
    compiled = shapes("""ex:S sh:targetClass ex:C ; sh:closed true ; sh:ignoredProperties ( rdf:type ) ;
        sh:property [ sh:path ex:p ; sh:minCount 1 ; sh:maxCount 2 ;
            sh:or ( [ sh:class ex:C ] [ sh:minLength 30 ] ) ] .""")
    unit = [
        Node(ex("few"), {RDF.type: [ex("C")], ex("q"): [plain("x")]}),
        Node(ex("many"), {RDF.type: [ex("C")], ex("p"): [ex("few"), plain("long" * 8), plain("short")]}),
    ]

    assert broken(validate(unit, compiled)) == [
        ("few", "q", '"x"', "Closed"),
        ("few", "p", "", "MinCount"),
        ("many", "p", "", "MaxCount"),
        ("many", "p", '"short"', "Or"),
    ]


def test_pyshacl_leaves_rdflibs_switch_alone_and_literals_as_they_are_written(shapes: Compile) -> None:
    import rdflib

    compiled = shapes("ex:S sh:targetNode ex:a ; sh:property [ sh:path ex:p ; sh:datatype xsd:integer ] .")
    value = typed("1.50", XSD + "decimal")
    before = rdflib.NORMALIZE_LITERALS

    (result,) = validate_with_pyshacl([Node(ex("a"), {ex("p"): [value]})], compiled)

    assert result.value == value
    assert (rdflib.NORMALIZE_LITERALS, before) == (before, before)


@pytest.mark.parametrize(
    ("datatype", "well_formed", "ill_formed"),
    [
        ("date", "2020-02-29 -0001-01-01 12020-01-01 2020-02-21Z 2020-02-21+14:00", "2019-02-29 20-02-02 2020-2-1"),
        ("date", "2000-02-29 0000-02-29", "1900-02-29 2020-04-31 2020-02-21+15:00 ٢٠٢٠-02-21"),
        (
            "dateTime",
            "2020-02-21T24:00:00 2020-02-21T10:00:00.5Z",
            "2020-02-21 2020-02-21T24:00:01 2020-02-21T10:60:00",
        ),
        ("gYearMonth", "2020-12 -2020-01Z", "2020-13 2020-00 2020"),
        ("gYear", "2020 0000 12020", "02020 20"),
        ("time", "10:00:00 24:00:00", "25:00:00 10:00"),
        ("boolean", "true 0", "TRUE yes"),
        ("integer", "1 -1 +01 " + "9" * 5000, "1.0 1e0"),
        ("nonNegativeInteger", "0 -0", "-1"),
        ("positiveInteger", "1", "0"),
        ("byte", "127 -128", "128 c"),
        ("unsignedLong", str(2**64 - 1), str(2**64)),
        ("decimal", "1.50 .5 1. -1", "1e0 . NaN"),
        ("double", "1e-400 INF -INF NaN 1.5", "inf 1e"),
        ("duration", "anything", ""),
    ],
)
def test_literals_are_well_formed_as_xsd_says(datatype: str, well_formed: str, ill_formed: str) -> None:
    test = datatype_test(XSD + datatype)

    assert [form for form in well_formed.split() if not test.passes(typed(form, XSD + datatype))] == []
    assert [form for form in ill_formed.split() if test.passes(typed(form, XSD + datatype))] == []
    assert not test.passes(plain("1"))
    assert not test.passes(ex("a"))


def test_strings_with_and_without_a_language_are_different_datatypes() -> None:
    string = datatype_test(XSD + "string")
    tagged = datatype_test("http://www.w3.org/1999/02/22-rdf-syntax-ns#langString")
    terms = [plain("a"), text("a", "nl"), integer(1), ex("a"), Iri("_:a")]

    assert [bool(string.passes(term)) for term in terms] == [True, False, False, False, False]
    assert [bool(tagged.passes(term)) for term in terms] == [False, True, False, False, False]


@pytest.mark.parametrize(
    ("less", "more"),
    [
        (typed("9", XSD + "integer"), typed("1e1", XSD + "double")),
        (typed("-INF", XSD + "double"), typed("-" + "9" * 500, XSD + "decimal")),
        (date("2020-02-21"), date("2020-03-01")),
        (typed("-0001-12-31", XSD + "date"), typed("0000-01-01", XSD + "date")),
        (typed("2020-02-21T23:00:00+02:00", XSD + "dateTime"), typed("2020-02-21T22:00:00Z", XSD + "dateTime")),
        (typed("2020-02-20T24:00:00", XSD + "dateTime"), typed("2020-02-21T00:00:00.1", XSD + "dateTime")),
        (plain("Z"), plain("a")),
        (typed("0", XSD + "boolean"), typed("true", XSD + "boolean")),
    ],
)
def test_literals_are_ordered_as_sparql_orders_them(less: str, more: str) -> None:
    assert is_lower(order_key(less), order_key(more), False)
    assert not is_lower(order_key(more), order_key(less), True)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (date("2020-02-21"), typed("2020-02-21T10:00:00", XSD + "dateTime")),
        (typed("2020-02-21T10:00:00Z", XSD + "dateTime"), typed("2020-02-21T10:00:00", XSD + "dateTime")),
        (date("2020"), date("2020")),
        (date("2020-02"), date("2020-02")),
        (text("a", "nl"), text("a", "nl")),
        (typed("NaN", XSD + "double"), typed("NaN", XSD + "double")),
        (typed("2020-02-30", XSD + "date"), date("2020-02-21")),
        (plain("1"), integer(1)),
        (ex("a"), ex("a")),
    ],
)
def test_what_sparql_cannot_compare_is_not_even_equal(left: str, right: str) -> None:
    assert not is_lower(order_key(left), order_key(right), True)


def test_a_double_equals_the_decimal_of_the_same_digits() -> None:
    assert order_key(typed("0.1", XSD + "decimal")) == order_key(typed("0.1", XSD + "double"))


def test_the_end_of_a_pattern_is_the_end_of_the_text() -> None:
    """Python's own `$` also matches before a last line end, XPath's does not."""
    test = MatchesPattern("^[a-z$]+$", "")

    assert test.passes(plain("ab$"))
    assert not test.passes(plain("ab\n"))
    assert not test.passes(Iri("_:ab"))
    assert MatchesPattern("^ab$", "m").passes(plain("x\nab\n"))
    assert MatchesPattern("a.c", "q").passes(plain("A a.c"))
    assert not MatchesPattern("a.c", "q").passes(plain("abc"))


def test_a_language_range_takes_its_regions_in() -> None:
    assert HasLanguage(["nl"]).passes(text("a", "nl-be"))
    assert HasLanguage(["*"]).passes(text("a", "nl"))
    assert not HasLanguage(["nl"]).passes(text("a", "nld"))
    assert not HasLanguage(["*"]).passes(plain("a"))
