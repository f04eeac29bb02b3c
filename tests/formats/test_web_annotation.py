"""Claims as web annotations: what the graph says, and `kg import web-annotation` reads it back."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyld import jsonld

from kg.cli import run
from kg.formats import CLAIM_FORMATS, FORMATS, format_for
from kg.importers.core.import_report import ImportReport
from kg.pipeline.documents import Document
from kg.pipeline.publication import Publication, open_publication
from kg.pipeline.run import make_plan, write_publication
from kg.rdf.terms import Graph, literal_value
from kg.rdf.vocab import DCTERMS, KG, OA, RDF, SCHEMA
from support import ROOT, SEEDS
from support.corpora import lay
from support.reading import Read, meant
from support.round_trips import back
from support.shared_data import needs_shared, shared_file

EVERYTHING = ROOT / "tests" / "data" / "corpora" / "everything"
FRAMES = [f"web-annotation/{name}_frame.jsonld" for name in ("page", "annotation")]
# What an annotation says that the claim behind it does not.
TERMS = {
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
    context = json.loads(shared_file("web-annotation/anno.jsonld").read_text())
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


@needs_shared("web-annotation/anno.jsonld")
@pytest.mark.parametrize("folder", [SEEDS, EVERYTHING], ids=["seeds", "everything"])
def test_its_triples_are_those_of_the_graph_where_it_has_the_terms(folder: Path) -> None:
    """Its targets and the relations, which the graph has in another form, are more."""
    written, graphs = exported(folder)
    predicates = {("iri", iri[1:-1]) for iri in TERMS}

    def ours(quads: Iterator[tuple[Any, ...]]) -> set[tuple[Any, ...]]:
        return {
            quad[:3]
            for quad in quads
            if quad[1] in predicates and "/claim/" in quad[0][1] and "#annotation" in quad[0][1]
        }

    graph = ours((s, p, tuple(o)) for s, p, o, _ in meant(graphs, named=False))
    found = triples(written)
    bodies = {(s, o) for s, p, o in found if p == ("iri", OA.hasBody[1:-1]) and o[0] == "iri"}

    assert ours(iter(found)) == graph
    assert bodies == {(s, o) for s, p, o, _ in meant(graphs, named=False) if p == ("iri", OA.hasBody[1:-1])}


def test_its_targets_are_the_passages_with_the_text_around_them() -> None:
    written, graphs = exported(EVERYTHING)
    # Of claims that are kept to an earlier text only the words are known, not the text around them.
    items = [item for item in json.loads(written)["first"]["items"] if "talk/c02" not in item["id"]]
    passages = {
        (
            node.properties[OA.hasSource][0][1:].rpartition("/")[0].replace("/text/", "/article/"),
            *(int(literal_value(node.properties[each][0]).lexical) for each in (OA.start, OA.end)),
        )
        for graph in graphs
        for node in graph.nodes
        if KG.Passage in node.properties.get(RDF.type, ())
    }
    texts = {graph.iri.replace("graph/article", "article"): graph.text for graph in graphs}

    for item in items:
        targets = item["target"] if isinstance(item["target"], list) else [item["target"]]
        for target in targets:
            position, quote = target["selector"]
            source, start, end = target["source"], position["start"], position["end"]
            text = texts[f"<{source}>"]
            assert (source, start, end) in passages
            assert quote["exact"] == text[start:end]
            assert quote.get("prefix", "") == text[max(0, start - 32) : start]
            assert quote.get("suffix", "") == text[end : end + 32]


def test_the_source_of_a_claim_that_is_kept_to_an_earlier_text_is_that_text() -> None:
    written, _ = exported(EVERYTHING)
    (item,) = [item for item in json.loads(written)["first"]["items"] if "talk/c02" in item["id"]]

    assert item["target"] == {
        "type": "SpecificResource",
        "source": "https://everything.example/text/talk/2",
        "selector": [
            {"type": "TextPositionSelector", "start": 56, "end": 65},
            {"type": "TextQuoteSelector", "exact": "Thank you"},
        ],
    }


def test_w3c_s_frames_take_it_for_a_page_of_annotations() -> None:
    written, _ = exported(SEEDS)
    frames = [json.loads(shared_file(name).read_text()) for name in FRAMES]
    collection = json.loads(written)

    page, annotations = (jsonld.frame(collection, frame, {**OPTIONS, "omitGraph": False}) for frame in frames)

    (framed,) = page["@graph"]
    assert [each["id"] for each in framed["items"]] == [each["id"] for each in collection["first"]["items"]]
    assert len(annotations["@graph"]) == len(framed["items"]) == 28


def test_an_annotation_is_on_a_line_and_says_what_the_claim_is() -> None:
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
            "inferred: relations.answers",
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


def test_a_program_signs_as_software(tmp_path: Path) -> None:
    shutil.copytree(EVERYTHING, tmp_path / "corpus")
    claims = tmp_path / "corpus" / "2020" / "first.claims.yaml"
    claims.write_text(claims.read_text().replace("by: ann", "by: reader"))

    written, _ = exported(tmp_path / "corpus")

    line = next(each for each in written.decode().splitlines() if "first/c12#annotation" in each)
    assert json.loads(line.rstrip(","))["creator"] == {
        "id": "https://everything.example/annotator/reader",
        "type": "Software",
        "name": "The claim reader",
    }


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


# Where something was said, how its date was reckoned, who looked it over, by which guideline.
LOST = {
    *(
        KG[name]
        for name in ("dateBasis", "dateWords", "dateWordsAt", "dateWhy", "dateQualifier", "probably", "reviewedBy")
    ),
    *(KG.reviewedOn, SCHEMA.recordedAt, DCTERMS.conformsTo),
}


def there_and_back(corpus: Path, folder: Path) -> tuple[Publication, Publication, ImportReport]:
    """Return a corpus, what came of it, and what was said on the way."""
    before = open_publication(corpus, engine="none")
    report = back(corpus, folder / "claims.anno.jsonld", "web-annotation")
    return before, open_publication(folder / "back", engine="none"), report


def said(publication: Publication) -> dict[tuple[str, str], set[str]]:
    """Return what the graph says of each claim and of its parts, but for what is known to be lost."""
    nodes = [
        node for unit in publication.mapped_articles() if unit.graph and not unit.draft for node in unit.graph.nodes
    ]
    found: dict[tuple[str, str], set[str]] = {}
    for node in nodes:
        if "/claim/" in node.subject:
            for predicate, objects in node.properties.items():
                # That the occasion was inferred is left out with the occasion.
                if predicate not in LOST and (kept := {*objects} - {SCHEMA.recordedAt}):
                    found[node.subject, predicate] = kept
    return found


def differences(before: Publication, after: Publication) -> list[str]:
    one, other = said(before), said(after)
    return [
        f"{subject} {predicate}: {one.get((subject, predicate))} {other.get((subject, predicate))}"
        for subject, predicate in sorted(one.keys() | other.keys())
        if one.get((subject, predicate)) != other.get((subject, predicate))
    ]


def test_the_seed_corpus_comes_back(tmp_path: Path) -> None:
    before, after, report = there_and_back(SEEDS, tmp_path)

    assert differences(before, after) == []
    assert (report.written["claim"], report.skipped) == (28, {})


TOKENS = ("ja", "NAVO", "zei", "“Nee”,", "😀", "l’OTAN", "is.", "“de", "vrede”", "ja.\n", "e\u0301", "Ann")
ENTITIES = {
    "ann": {"type": "Person", "name": "Ann", "same_as": ["https://x.example/ann"]},
    "nato": {"type": "Organization", "name": {"nl": "de NAVO", "en": "NATO"}},
    "peace": {"type": "Topic", "name": "peace: a topic"},
}
CONFIG = {
    "base": "https://kg.example/",
    "title": "Test",
    "licence": "https://creativecommons.org/licenses/by/4.0/",
    "language": "nl",
    "annotators": {"bob": {"name": "Bob"}},
}
notes = st.sampled_from(["", "speaker: no", "two\nlines", "{}", "“x” … y", "null", "# no"])


@st.composite
def corpora(draw: st.DrawFn) -> dict[str, str]:
    """Draw the files of a corpus of one article."""
    tokens = draw(st.lists(st.sampled_from(TOKENS), min_size=4, max_size=25))
    starts = [sum(len(token) + 1 for token in tokens[:n]) for n in range(len(tokens))]
    ids = [f"c{n:02}" for n in range(1, draw(st.integers(1, 4)) + 1)]
    claims = {id: _claim(draw, tokens, starts, [other for other in ids if other != id]) for id in ids}
    file = {"annotation": {"by": "bob", "on": "2020-03-01"}, "claims": claims}
    return {
        "corpus.yaml": json.dumps(CONFIG),
        "entities.yaml": json.dumps(ENTITIES),
        "sub/a.txt": f"date 2020-02 {' '.join(tokens)}",
        "sub/a.claims.yaml": json.dumps(file, ensure_ascii=False),
    }


def _claim(draw: st.DrawFn, tokens: list[str], starts: list[int], others: list[str]) -> dict[str, Any]:
    bounds = sorted(draw(st.lists(st.integers(0, len(tokens)), min_size=2, max_size=4, unique=True)))
    words = [
        {"words": " ".join(tokens[first:end]).strip(), "start": str(starts[first])}
        for first, end in zip(bounds[::2], bounds[1::2], strict=False)
    ]
    entities = st.lists(st.sampled_from(sorted(ENTITIES)[:2]), max_size=2, unique=True)
    claim = {
        "speaker": draw(entities) or draw(st.sampled_from(["unnamed", "article"])),
        "words": words if len(words) > 1 else words[0],
        "act": draw(st.sampled_from(["states", "denies", "urges"])),
        "form": draw(st.sampled_from(["", "mentioned"])),
        "gist": "A gist.",
        "said": draw(st.sampled_from(["", "2020-01", "2020-02-01/2020-02-02", "[2019-10..2019-12]"])),
        "cue": draw(st.sampled_from([[], ["zei"] if "zei" in tokens else []])),
        "to": draw(entities),
        "about": draw(st.sampled_from([[], ["peace"], ["peace", "nato"]])),
        "translated": draw(st.sampled_from(["", "de"])),
        "inferred": draw(st.sampled_from([[], ["act", "gist"]])),
        "relations": {
            draw(st.sampled_from(["answers", "supports"])): draw(
                st.lists(st.sampled_from(others or ["-"]), unique=True)
            )
        },
        "note": draw(notes),
    }
    if not others:
        del claim["relations"]
    return {field: value for field, value in claim.items() if value}


@settings(max_examples=12)
@given(files=corpora())
def test_whatever_a_claim_says_comes_back(files: dict[str, str]) -> None:
    with TemporaryDirectory() as folder:
        before, after, report = there_and_back(lay(Path(folder, "corpus"), files), Path(folder))

        assert differences(before, after) == []
        assert report.skipped == {}
