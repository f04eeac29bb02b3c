"""The corpus of everything uses everything, and every corpus conforms to the shapes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args

import msgspec
import pytest

from kg.annotations import classes as annotations
from kg.annotations.classes import Act, EntityType, Form, Inferable
from kg.corpus import read_article, read_corpus, sources
from kg.pipeline.publication import open_publication
from kg.rdf.vocab import FORMS, KG, OA, RDF, SCHEMA
from kg.shacl import compile_shapes, validate
from kg.shacl.pyshacl_engine import validate_with_pyshacl
from support import ROOT
from support.mapped_corpora import CORPORA, EVERYTHING, corpus, emitted, mapped


def written_structs(value: Any) -> Iterator[Any]:
    """Yield a struct and those in it."""
    if isinstance(value, msgspec.Struct):
        yield value
        value = [getattr(value, field) for field in value.__struct_fields__]
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for each in value:
            yield from written_structs(each)


def test_the_corpus_of_everything_has_nothing_wrong_with_it() -> None:
    assert [each for article in open_publication(EVERYTHING).mapped_articles() for each in article.findings] == []


def test_the_corpus_of_everything_uses_every_field() -> None:
    read = read_corpus(EVERYTHING)
    files = [read.config, read.entities, *(read_article(source).annotations for source in sources(read))]
    structs = [each for file in files for each in written_structs(file)]
    used = {
        (type(each), field.name)
        for each in structs
        for field in msgspec.structs.fields(each)
        if getattr(each, field.name) not in ("", [], {}, False, -1, 0)
    }
    kinds_of_files = {kind for kind, _ in used} - {annotations.ClaimsFile}
    missing = {
        f"{kind.__name__}.{field.name}"
        for kind in kinds_of_files
        for field in msgspec.structs.fields(kind)
        if (kind, field.name) not in used
    }

    # A corpus that lists a plug-in needs it installed: tests/plugins has such corpora.
    assert missing == {"CorpusFile.plugins"}


def test_the_corpus_of_everything_uses_every_choice() -> None:
    read = read_corpus(EVERYTHING)
    written = [each for source in sources(read) for each in written_structs(read_article(source).annotations)]
    claims = [each for each in written if isinstance(each, annotations.ClaimEntry)]
    inferred = {
        name for each in claims for name in ([each.inferred] if isinstance(each.inferred, str) else each.inferred)
    }
    forms = {form for node in emitted() for form in node.properties.get(KG.form, ())}

    assert {each.type for each in read.entities.values()} == set(get_args(EntityType))
    assert {each.act for each in claims} == {*get_args(Act), ""}
    assert forms == {FORMS[name] for name in get_args(Form)}
    assert inferred == set(get_args(Inferable))


@pytest.mark.parametrize("text", ["full", "quotes", "none"])
@pytest.mark.parametrize("name", CORPORA)
def test_a_corpus_conforms_however_much_of_its_words_is_published(name: str, text: str) -> None:
    """By article, with the classes of the entities that it names, as `kg` validates."""
    shapes = compile_shapes(sorted((ROOT / "shapes").glob("*.ttl")))
    given = mapped(CORPORA[name], text)

    assert [result for each in given.graphs for result in validate(each.nodes, shapes, given.index.types)] == []


@pytest.mark.parametrize("name", CORPORA)
def test_a_whole_corpus_conforms_by_pyshacl_too(name: str) -> None:
    shapes = compile_shapes(sorted((ROOT / "shapes").glob("*.ttl")))
    nodes = [node for each in corpus(name).graphs for node in each.nodes]

    assert validate_with_pyshacl(nodes, shapes) == []


def test_without_words_no_word_of_the_article_is_left() -> None:
    words = {KG.words, KG.condition, SCHEMA.headline, SCHEMA.articleBody, KG.cue, KG.speakerWords, KG.dateWords}
    words |= {OA.exact}
    without = [node for each in mapped(EVERYTHING, "none").graphs for node in each.nodes]

    assert {
        predicate for node in without for predicate, values in node.properties.items() if values
    } & words == set()
    quotations = [node.properties for node in without if SCHEMA.Quotation in node.properties.get(RDF.type, ())]
    assert [each for each in quotations if SCHEMA.text in each] == []
