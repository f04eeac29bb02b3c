"""Annotations → files: what is written is read as the same, by our reader and by others."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kg.annotations.classes import (
    AnnotationEntry,
    ArticleEntry,
    ClaimEntry,
    ClaimsFile,
    CorpusFile,
    EntitiesFile,
    Words,
)
from kg.corpus import WrittenArticle, read_article, read_corpus, sources
from kg.corpus.decoding import decode_values, parse_yaml_file
from kg.corpus.folder import ArticleSource
from kg.corpus.reader import split_header
from kg.corpus.writer import claims_yaml, config_yaml, entities_yaml, json_line
from kg.errors import Finding
from kg.errors import Path as Way
from support import SEEDS
from support.annotated import TRAPS, drawn, slugs, texts


@pytest.fixture(scope="module", autouse=True)
def _in_folder() -> Iterator[None]:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield


def read(text: str, of: Any) -> tuple[object, list[Finding]]:
    """Return what our reader makes of a YAML text, and its findings."""
    Path("x.yaml").write_bytes(text.encode())
    return decode_values(parse_yaml_file("x.yaml", of), of, "x.yaml")


def paths(value: object, path: Way = ()) -> Iterator[Way]:
    yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from paths(item, (*path, key))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from paths(item, (*path, at))


def claim(words: str) -> ClaimsFile:
    return ClaimsFile(claims={"c01": ClaimEntry("ann", words)})


@settings(max_examples=100)
@given(drawn(ClaimsFile))
def test_claims_that_were_written_are_read_as_they_were(file: ClaimsFile) -> None:
    assert read(claims_yaml(file), ClaimsFile) == (file, [])


@settings(max_examples=50)
@given(drawn(ClaimsFile), st.data())
def test_comments_and_blocks_change_nothing_that_is_read(file: ClaimsFile, data: st.DataObject) -> None:
    yaml_tree_of = yaml.load(claims_yaml(file), yaml.BaseLoader)
    places = st.sampled_from([*paths(yaml_tree_of), ("claims", "zz"), ("claims", "zz", "words", 7)])
    comments = data.draw(st.dictionaries(places, st.lists(texts, max_size=2), max_size=6))
    blocks = data.draw(st.frozensets(st.sampled_from(["words", "in", "gist", "name", "note"])))

    assert read(claims_yaml(file, comments, blocks=blocks), ClaimsFile) == (file, [])


@settings(max_examples=50)
@given(drawn(EntitiesFile))
def test_entities_that_were_written_are_read_as_they_were(entities: EntitiesFile) -> None:
    assert read(entities_yaml(entities), EntitiesFile) == (entities, [])


@settings(max_examples=50)
@given(drawn(CorpusFile))
def test_a_configuration_that_was_written_is_read_as_it_was(config: CorpusFile) -> None:
    assert read(config_yaml(config), CorpusFile) == (config, [])


@settings(max_examples=50)
@given(slugs, texts.filter(lambda text: bool(split_header(text)[1].strip())), drawn(ClaimsFile))
def test_a_line_that_was_written_is_read_as_it_was(id: str, text: str, file: ClaimsFile) -> None:
    file = replace(file, article=replace(file.article, earlier={}))  # a claims file does not have these texts
    line = json_line(id, text, file)
    header, body = split_header(text)
    article = ArticleEntry(id, *(getattr(file.article, name) for name in ArticleEntry.__struct_fields__[1:]))
    whole = ClaimsFile(article, file.annotation, file.occasions, file.sources, file.claims, file.withdrawn)

    assert (line[-1:], line.count(b"\n")) == (b"\n", 1)
    assert read_article(ArticleSource("x", "x.jsonl", "", 1, line)) == WrittenArticle(
        id, "x.jsonl", 1, "x.jsonl", body, header, whole, ()
    )


@given(texts)
@example("x" * 3000)
@example(" : # ".join(TRAPS))
def test_a_text_is_a_text_to_every_reader_of_yaml(text: str) -> None:
    written = claims_yaml(claim(text))
    both = [yaml.load(written, loader)["claims"]["c01"]["words"] for loader in (yaml.SafeLoader, yaml.CSafeLoader)]

    is_date = re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?", text)
    assert is_date or both == [text, text]


def test_the_seeds_are_read_as_they_were_when_written_anew() -> None:
    corpus = read_corpus(SEEDS)
    files = [read_article(source).annotations for source in sources(corpus)]

    assert read(config_yaml(corpus.config), CorpusFile) == (corpus.config, [])
    assert read(entities_yaml(corpus.entities), EntitiesFile) == (corpus.entities, [])
    assert [read(claims_yaml(file), ClaimsFile) for file in files if file] == [(file, []) for file in files]


def test_a_text_is_plain_quoted_or_in_a_block() -> None:
    long = "She said: “we go home, all of us, and we shall not come back until it is over”"
    file = ClaimsFile(
        claims={
            "c01": ClaimEntry(["ann", "bob"], "Ja, dat is zo"),
            "c02": ClaimEntry("ann", "zei: ja", said="2020-02", gist={"no": "Nei", "nl": "a, b"}),
            "c03": ClaimEntry("ann", [Words('"NAVO"', start=214), long]),
            "c04": ClaimEntry("ann", "one\n\n  two", note='it\'s "so"\u2028'),
        }
    )

    assert claims_yaml(file) == (
        "claims:\n"
        "  c01:\n"
        "    speaker: [ann, bob]\n"
        "    words: Ja, dat is zo\n"
        "  c02:\n"
        "    speaker: ann\n"
        '    words: "zei: ja"\n'
        '    gist: {"no": Nei, nl: "a, b"}\n'
        "    said: 2020-02\n"
        "  c03:\n"
        "    speaker: ann\n"
        "    words:\n"
        "      - {words: '\"NAVO\"', start: 214}\n"
        "      - |-\n"
        f"        {long}\n"
        "  c04:\n"
        "    speaker: ann\n"
        "    words: |-\n"
        "      one\n"
        "\n"
        "        two\n"
        '    note: "it\'s \\"so\\"\\u2028"\n'
    )


def test_a_comment_is_above_its_key_and_where_the_key_would_be() -> None:
    file = ClaimsFile(
        annotation=AnnotationEntry(by="ann", on="2026-11-24"),
        claims={"c01": ClaimEntry("ann", "ja", cue=["zei", "hij"], to="bob")},
    )
    comments = {
        (): ["A file", ""],
        ("annotation", "on"): ["a day"],
        ("claims", "c01", "cue", 1): ["who?"],
        ("claims", "c01", "at"): ["where?\n: # when?"],
        ("claims", "c02", "words"): ["c02: perhaps", "", "or not"],
    }

    assert claims_yaml(file, comments, blocks=frozenset(["words"])) == (
        "# A file\n"
        "\n"
        "annotation:\n"
        "  by: ann\n"
        "  # a day\n"
        "  on: 2026-11-24\n"
        "\n"
        "claims:\n"
        "  c01:\n"
        "    speaker: ann\n"
        "    words: |-\n"
        "      ja\n"
        "    cue:\n"
        "      - zei\n"
        "      # who?\n"
        "      - hij\n"
        "    # where?\n"
        "    # : # when?\n"
        "    to: bob\n"
        "  # c02: perhaps\n"
        "\n"
        "  # or not\n"
    )


def test_no_claims_are_an_empty_mapping() -> None:
    assert (claims_yaml(ClaimsFile()), entities_yaml({})) == ("claims: {}\n", "{}\n")
