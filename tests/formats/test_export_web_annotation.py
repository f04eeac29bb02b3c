"""`kg export -f web-annotation`: what it says is what the graph says, and it comes back as the same claims."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pyld import jsonld

from kg.cli import run
from kg.formats import FORMATS
from kg.formats.claim_formats import CLAIM_FORMATS, format_for
from kg.pipeline.documents import Document
from kg.pipeline.publication import open_publication
from kg.pipeline.run import make_plan, write_publication
from kg.rdf.terms import Graph
from kg.rdf.vocab import DCTERMS, OA, RDF
from support import ROOT, SEEDS, SHARED
from support.reading import Read, meant

EVERYTHING = ROOT / "tests" / "data" / "corpora" / "everything"
CONTEXTS = SHARED / "web-annotation"
# What an annotation says that the claim behind it does not.
TERMS = {
    *(OA[name] for name in ("hasTarget", "hasSource", "hasSelector", "start", "end", "exact", "prefix", "suffix")),
    *(RDF.type, OA.motivatedBy, DCTERMS.creator, DCTERMS.created, DCTERMS.date, DCTERMS.conformsTo),
}


def exported(folder: Path, *, jobs: int = 1, beside: Path | None = None) -> tuple[bytes, list[Graph]]:
    """Return what is written of a corpus, and the graphs of it."""
    publication = open_publication(folder)
    stream = BytesIO()
    index = publication.index
    document = Document(format_for("web-annotation", index), stream, index.iris.base)
    plan = make_plan(publication.corpus, jobs, beside=beside)
    outcome = write_publication(publication, [document], plan, lambda _done, _found: None)
    assert [each for each in outcome.findings if each.severity == "violation"] == []
    return stream.getvalue(), [
        unit.graph for unit in publication.mapped_articles() if unit.graph and not unit.draft
    ]


def load(url: str, _options: object) -> dict[str, Any]:
    """Return the one context that is named, without the network."""
    assert url == "http://www.w3.org/ns/anno.jsonld"
    context = json.loads((CONTEXTS / "anno.jsonld").read_text())
    return {"contextUrl": None, "documentUrl": url, "document": context}


OPTIONS = {"documentLoader": load}


def triples(written: bytes) -> set[tuple[Read, Read, Read]]:
    """Return what PyLD reads, without the blank nodes that tags are."""
    read: list[dict[str, Any]] = jsonld.to_rdf(json.loads(written), OPTIONS)["@default"]
    return {(term(each["subject"]), term(each["predicate"]), term(each["object"])) for each in read}


def term(of: dict[str, str]) -> Any:
    if of["type"] == "literal":
        return (of["value"], of["datatype"], of.get("language", ""))
    return ("iri" if of["type"] == "IRI" else "blank", of["value"])


@pytest.mark.parametrize("folder", [SEEDS, EVERYTHING], ids=["seeds", "everything"])
def test_its_triples_are_those_of_the_graph_where_it_has_the_terms(folder: Path) -> None:
    """Of annotations, their targets and selectors; the relations, which the graph has as such, are more."""
    written, graphs = exported(folder)
    predicates = {("iri", iri[1:-1]) for iri in TERMS}
    of_annotations = ("#annotation", "#target-", "#position-", "#quote-")

    def ours(quads: Iterator[tuple[Any, ...]]) -> set[tuple[Any, ...]]:
        return {
            quad[:3]
            for quad in quads
            if quad[1] in predicates
            and "/claim/" in quad[0][1]
            and any(each in quad[0][1] for each in of_annotations)
        }

    graph = ours((s, p, tuple(o)) for s, p, o, _ in meant(graphs, named=False))
    found = triples(written)
    bodies = {(s, o) for s, p, o in found if p == ("iri", OA.hasBody[1:-1]) and o[0] == "iri"}

    assert ours(iter(found)) == graph
    assert bodies == {(s, o) for s, p, o, _ in meant(graphs, named=False) if p == ("iri", OA.hasBody[1:-1])}


def test_w3c_s_frames_take_it_for_a_page_of_annotations() -> None:
    written, _ = exported(SEEDS)
    frames = [json.loads((CONTEXTS / f"{name}_frame.jsonld").read_text()) for name in ("page", "annotation")]
    collection = json.loads(written)

    page, annotations = (jsonld.frame(collection, frame, {**OPTIONS, "omitGraph": False}) for frame in frames)

    (framed,) = page["@graph"]
    assert [each["id"] for each in framed["items"]] == [each["id"] for each in collection["first"]["items"]]
    assert len(annotations["@graph"]) == len(framed["items"]) == 28


def test_an_annotation_stands_on_a_line_and_says_what_the_claim_is() -> None:
    written, _ = exported(EVERYTHING)
    lines = written.decode().splitlines()
    claim = next(json.loads(line.rstrip(",")) for line in lines if "first/c12#annotation" in line)

    base = "https://everything.example/"
    assert lines[0] == (
        '{"@context": "http://www.w3.org/ns/anno.jsonld", "id": "https://everything.example/dataset#annotations", '
        '"type": "AnnotationCollection", "label": "Everything", '
        '"rights": "https://creativecommons.org/licenses/by/4.0/", '
        '"last": "https://everything.example/dataset#annotations-1", '
        '"first": {"id": "https://everything.example/dataset#annotations-1", "type": "AnnotationPage", '
        '"partOf": "https://everything.example/dataset#annotations", "startIndex": 0, "items": ['
    )
    assert claim["id"] == f"{base}claim/2020/first/c12#annotation"
    assert claim["creator"] == {"id": f"{base}annotator/ann", "type": "Person", "name": "Ann Annotator"}
    assert claim["created"] == "2026-11-24T09:30:00Z"
    assert [body.get("value") for body in claim["body"]] == [
        *(
            None,
            "claim",
            "speaker: Bob Birch",
            "cue: agreed",
            "act: agrees",
            "form: indirect",
            "answers: c05",
            None,
        ),
    ]
    assert claim["body"][0] == {"id": f"{base}claim/2020/first/c12", "type": "schema:Claim"}
    assert claim["body"][-1] == {
        "type": "SpecificResource",
        "purpose": "identifying",
        "source": {"id": f"{base}entity/bob", "type": "schema:Person", "name": "Bob Birch"},
    }
    assert [target["scope"] for target in claim["target"]] == ["https://gazette.example/first"] * 2
    assert [target["selector"][1]["exact"] for target in claim["target"]] == ["agreed to", "second meeting"]


@pytest.mark.parametrize("text", ["none", "quotes"])
def test_no_more_words_are_published_than_the_corpus_allows(text: str, tmp_path: Path) -> None:
    shutil.copytree(EVERYTHING, tmp_path / "corpus")
    config = tmp_path / "corpus" / "corpus.yaml"
    config.write_text(config.read_text().replace("text: full", f"text: {text}"))

    written, _ = exported(tmp_path / "corpus")

    for words in (b'"exact"', b"cue: ", b"speaker words: ", b"speaker: Diplomats"):
        assert (words in written) == (text == "quotes")
    assert b"TextPositionSelector" in written


def test_not_one_byte_depends_on_the_number_of_processes(tmp_path: Path) -> None:
    one, _ = exported(EVERYTHING)

    assert exported(EVERYTHING, jobs=2, beside=tmp_path)[0] == one


@pytest.mark.usefixtures("seeds")
def test_the_command_writes_it_by_its_name_and_by_its_suffix() -> None:
    assert run(["export", "-f", "Web-Annotation", "-o", "x.txt"]) == 0
    assert run(["export", "-o", "y.anno.jsonld.gz"]) == 0
    assert run(["export", "-o", "z.jsonld"]) == 0

    written = Path("x.txt").read_bytes()
    assert gzip.decompress(Path("y.anno.jsonld.gz").read_bytes()) == written
    assert b"AnnotationCollection" in written
    assert b"AnnotationCollection" not in Path("z.jsonld").read_bytes()


@pytest.mark.usefixtures("seeds")
def test_the_other_namespace_of_schema_org_is_for_rdf(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["export", "-f", "web-annotation", "--schema-org", "https"]) == 2
    assert capsys.readouterr().err == (
        "kg: `--schema-org` is for RDF, and web-annotation is always the same: leave it out.\n"
    )


def test_no_format_has_the_name_or_suffix_of_another() -> None:
    forms = [*FORMATS.values(), *CLAIM_FORMATS.values()]
    names = [name for form in forms for name in {form.name, *form.aliases, form.suffix[1:], form.media_type}]

    assert len(names) == len(set(names))
