"""kg's own shapes: each constraint finds its mistake and no other, and its message helps an annotator."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any, get_args

import msgspec
import pytest
from rdflib import Graph

from generate.shapes_page import page
from kg.annotations import classes as annotations
from kg.mappers import article, claim, dataset, entity
from kg.meaning.claim import INFERRED
from kg.meaning.words import NEEDS_GIST
from kg.rdf.terms import Iri, Term, iri
from kg.rdf.vocab import (
    ACTS,
    BASES,
    DCAT,
    DCTERMS,
    FOAF,
    FORMS,
    KG,
    PROV,
    QUALIFIERS,
    RDF,
    RELATIONS,
    SCHEMA,
    VERDICTS,
    VOID,
    Namespace,
)
from kg.shacl import Result, validate
from kg.shacl.pyshacl_engine import validate_with_pyshacl
from kg.shacl.shapes_graph import SH, sh
from support import ROOT
from support.shape_fixtures import (
    BASE,
    BESIDE,
    FIXTURES,
    KGSH,
    PARAMETERS,
    SHAPES,
    Fixture,
    changed,
    constraints,
    fixtures,
    local,
    nodes,
    one_text,
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
    assert failing(f"= c:c03 schema:author {speaker}") == []
    assert failing("= c:c03 schema:author s:diplomats") == ["claim-own-voice"]


def test_an_unnamed_source_is_no_person_and_no_organisation() -> None:
    assert failing("+ s:diplomats a schema:Organization ; schema:name 'Corps'") == ["source-unnamed"]
    assert failing("+ s:diplomats a schema:Person ; schema:name 'Dora'") == ["source-unnamed"]


def test_nothing_of_the_articles_words_is_required() -> None:
    """`text: none` drops them all."""
    changes = ["- a:a schema:headline", "- a:a schema:articleBody", "- a:b kg:dateWords"]
    changes += [f"- c:c01 {name}" for name in ("kg:words", "kg:cue", "kg:speakerWords", "kg:dateWords")]
    changes += [
        "- c01:quotation-1 schema:text",
        "- s:diplomats schema:description",
        "- c:c02 schema:text",
        "- c:c02 kg:words",
        "- c:c01 kg:condition",
    ]
    changes += ["- x:p7 oa:exact", "- x:p29 oa:exact"]

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


HTTPS = "https://schema.org/"
JARGON = re.compile(
    r"\b(triple|IRI|predicate|literal|node|RDF|SHACL|graph pattern|datatype|rdf:type)s?\b", re.IGNORECASE
)
# What `kg` works out by itself; only a graph that others changed can fail it, and the advice is to export it again.
WORKED_OUT = {
    *(
        "article-text",
        "text-article",
        "text-format",
        "text-hash",
        "text-normalisation",
        "graph-digest",
        "graph-dataset",
        "Topics",
        "topics-name",
        "Https",
    ),
    *(f"dataset-{name}" for name in ("reported", "size", "parts", "version")),
    *(f"release-{name}" for name in ("version", "issued", "previous")),
    *(f"claim-{name}" for name in ("issued", "modified", "revision")),
    *("Release", "EarlierVersion", "earlier-digest", "earlier-release"),
    *("OverruledReading", "reading-no-claim", "reading-by", "reading-text", "reading-target", "reading-dataset"),
    *("reading-instead", "reading-value"),
    *(f"distribution-{name}" for name in ("format", "size", "hash", "dataset")),
}

# What a publication adds to the data set.
DISTRIBUTED = (SCHEMA.distribution, DCAT.distribution, VOID.dataDump)


def shape(name: str) -> Iri:
    return iri(KGSH + name)


def items(name: str, parameter: str) -> list[Term]:
    """Return the values of a list that a shape has."""
    (head,) = shapes().graph.objects(shape(name), sh(parameter))
    return shapes().graph.items(head)


def all_of(terms: Namespace) -> list[Term]:
    return [terms[name] for name in terms.names]


def fields(struct: Any) -> set[str]:
    """Return the fields of a file and of all mappings in it, as they are written."""
    found: set[str] = set()
    waiting = [struct]
    while waiting:
        each = waiting.pop()
        if isinstance(each, type) and issubclass(each, msgspec.Struct):
            new = {field.encode_name for field in msgspec.structs.fields(each)}
            if not new <= found or each is struct:
                found |= new
                waiting += [field.type for field in msgspec.structs.fields(each)]
        else:
            waiting += get_args(each)
    return found


def test_the_fast_engine_checks_every_shape() -> None:
    assert shapes().for_pyshacl == {}


def test_only_shacl_core_is_used() -> None:
    used = {
        local(predicate)
        for properties in shapes().graph.triples.values()
        for predicate in properties
        if predicate.startswith(f"<{SH}")
    }

    assert used - set(PARAMETERS) - BESIDE == {"alternativePath", "inversePath"}


@pytest.mark.parametrize(
    "change",
    [
        "+ e:alison a schema:Person",
        "+ c:c00 a schema:Claim",
        '+ c:c00 schema:text "De raketten staan er al"@nl',
        "+ e:alison dcterms:isReplacedBy e:union",
        "= e:alison dcterms:isReplacedBy e:alison",
        '= e:alison dcterms:isReplacedBy "alice"',
        "+ e:al dcterms:isReplacedBy e:alison",
        "= e:alison dcterms:isReplacedBy e:nobody",
    ],
)
def test_a_former_id_only_leads_straight_to_what_is_there_now(change: str) -> None:
    assert "Replaced" in failing(change)


def test_every_shape_has_a_name_of_its_own() -> None:
    graph = shapes().graph
    kinds = {sh("NodeShape"), sh("PropertyShape")}
    typed = {subject for subject in graph.triples if kinds & set(graph.objects(subject, RDF.type))}
    asked = {
        term
        for each in graph.triples
        for name in ("property", "not", "node")
        for term in graph.objects(each, sh(name))
    }

    assert {term for term in typed if not term.startswith(f"<{KGSH}")} == set()
    assert asked - typed == set()


def test_a_shape_is_in_one_file() -> None:
    heads = [
        head
        for file in SHAPES.glob("*.ttl")
        for head in re.findall(r"^(kgsh:\S+) a ", file.read_text(encoding="utf-8"), re.MULTILINE)
    ]

    assert sorted(heads) == sorted(set(heads))


@pytest.mark.parametrize("name", sorted({each.shape for each in constraints()}))
def test_a_constraint_says_how_bad_it_is_and_what_to_do(name: str) -> None:
    assert one_text(shape(name), "severity") in ("Violation", "Warning")
    assert re.fullmatch(r"[A-Z].* .*\.", one_text(shape(name), "message"))


def test_only_what_may_be_meant_is_a_warning() -> None:
    warned = {each.shape for each in constraints() if one_text(shape(each.shape), "severity") == "Warning"}

    assert {name for name in warned if not name.startswith("closed-")} == {"annotation-signed"}


def test_messages_speak_to_annotators() -> None:
    found = {each.shape: JARGON.findall(one_text(shape(each.shape), "message")) for each in constraints()}

    assert {name: words for name, words in found.items() if words} == {}


def test_messages_name_the_field_to_change() -> None:
    known = fields(annotations.ClaimsFile) | fields(annotations.CorpusFile) | fields(annotations.EntityEntry)
    known |= {f"speaker: {name}" for name in ("article", "unnamed")} | {"date 2020-02", "text: full"}
    silent = {
        each.shape
        for each in constraints()
        if not known & set(re.findall(r"`([^`]+)`", one_text(shape(each.shape), "message")))
    }

    assert {name for name in silent if not name.startswith("closed-")} <= WORKED_OUT | {"annotation-motive"}


@pytest.mark.parametrize(
    ("name", "terms"),
    [
        ("claim-act", all_of(ACTS)),
        ("claim-form", all_of(FORMS)),
        ("date-basis", all_of(BASES)),
        ("rating-verdict", all_of(VERDICTS)),
        ("date-qualifier", all_of(QUALIFIERS)),
        ("claim-inferred", list(INFERRED.values())),
        ("an-opposing-act", [ACTS[name] for name in NEEDS_GIST]),
    ],
)
def test_a_list_has_what_kg_can_write(name: str, terms: list[Term]) -> None:
    assert sorted(items(name, "in")) == sorted(terms)


def test_the_messages_of_acts_and_forms_name_each() -> None:
    for name, terms in (("claim-act", ACTS), ("claim-form", FORMS)):
        assert set(terms.names) <= set(re.findall(r"\w+", one_text(shape(name), "message")))


def test_a_relation_of_every_kind_is_looked_at() -> None:
    (path,) = shapes().graph.objects(shape("claim-relations"), sh("path"))
    (head,) = shapes().graph.objects(path, sh("alternativePath"))

    assert shapes().graph.items(head) == [KG[name] for name in RELATIONS]


def test_every_term_of_schema_org_is_refused_with_https() -> None:
    graph = shapes().graph
    listed = {
        *graph.objects(shape("Https"), sh("targetClass")),
        *graph.objects(shape("Https"), sh("targetSubjectsOf")),
    }

    assert listed == {iri(HTTPS + name) for name in SCHEMA.names}


def test_a_graph_written_with_https_is_refused_wherever_it_is() -> None:
    changed_graph = [tuple(term.replace(SCHEMA.base, HTTPS) for term in triple) for triple in valid()]
    wrong = {subject for subject, *rest in changed_graph if any(term.startswith("<" + HTTPS) for term in rest)}
    wrong -= {term for term in wrong if term.endswith("claims>")}  # void:class names a class without using it
    found = validate(nodes(changed_graph), shapes())

    assert {each.focus for each in found if each.shape == shape("Https")} == wrong


# What only `kg release` writes.
OF_RELEASED_CLAIMS = (DCTERMS.issued, DCTERMS.modified, PROV.wasRevisionOf)
OF_RELEASED_DATASETS = (DCAT.hasVersion, DCAT.hasCurrentVersion)


@pytest.mark.parametrize(
    ("name", "tables"),
    [
        ("article", [article.ARTICLE_FIELDS]),
        ("text", [article.VERSION_FIELDS]),
        ("claim", [claim.CLAIM_FIELDS, dict.fromkeys(OF_RELEASED_CLAIMS, ())]),
        ("quotation", [claim.QUOTATION_FIELDS]),
        ("review", [claim.REVIEW_FIELDS, claim.RATING_FIELDS]),
        ("annotation", [claim.ANNOTATION_FIELDS]),
        ("passage", [article.PASSAGE_FIELDS]),
        ("role", [entity.ROLE_FIELDS]),
        ("dataset", [dataset.DATASET_FIELDS, dict.fromkeys((*DISTRIBUTED, *OF_RELEASED_DATASETS), ())]),
    ],
)
def test_what_is_closed_is_open_to_all_that_kg_writes(name: str, tables: list[dict[Iri, Any]]) -> None:
    written = {predicate for table in tables for predicate in table}

    assert set(items(f"closed-{name}", "ignoredProperties")) == written


def test_what_is_closed_is_open_to_all_of_entities_and_events() -> None:
    """Entities of one table are closed by three lists, because events and documents have what others have not."""
    closed = ("closed-entity", "closed-event", "closed-document")
    allowed = {each for name in closed for each in items(name, "ignoredProperties")}
    tables = (entity.ENTITY_FIELDS, entity.ANNOTATOR_FIELDS, article.SOURCE_FIELDS, article.OCCASION_FIELDS)

    # The description of a data set by itself gives its publisher and annotators a foaf:name.
    assert allowed == {predicate for table in tables for predicate in table} | {FOAF.name}


def test_the_page_of_shapes_is_made_from_the_files() -> None:
    """`python tests/generate shapes` makes it."""
    assert (ROOT / "docs" / "shapes.md").read_text(encoding="utf-8") == "\n".join(page()) + "\n"
