"""Where files refer to other things by their ids."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyoxigraph
import pytest
from msgspec import inspect

from kg.annotations.classes import SLUG, ClaimsFile, CorpusFile, EntitiesFile, LineFile, ReadingFile
from kg.corpus.decoding import alternatives, patterns
from kg.corpus.references import REFERENCE_FIELDS, FileKind, references
from kg.corpus.turtle_iris import with_new_iris
from support.calls import must_end

IDS_OF_NOTHING_ELSE = {"on", "version"}


def id_fields(kind: inspect.Type, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the path of each field of a file that has ids, with `*` for keys and numbers."""
    for choice in alternatives(kind):
        if isinstance(choice, inspect.StructType):
            for field in choice.fields:
                yield from id_fields(field.type, (*path, field.encode_name))
        elif isinstance(choice, inspect.DictType):
            yield from id_fields(choice.value_type, (*path, "*"))
        elif isinstance(choice, inspect.ListType) and any(
            isinstance(each, inspect.StructType) for each in alternatives(choice.item_type)
        ):
            yield from id_fields(choice.item_type, (*path, "*"))
        elif SLUG in patterns(choice.item_type if isinstance(choice, inspect.ListType) else kind):
            yield "/".join(path)


@pytest.mark.parametrize(
    ("file", "classes"),
    [
        ("claims", (ClaimsFile, ReadingFile, LineFile)),
        ("entities", (EntitiesFile,)),
        ("config", (CorpusFile,)),
    ],
)
def test_every_field_that_has_ids_is_known(file: FileKind, classes: tuple[Any, ...]) -> None:
    known = {pattern for patterns in REFERENCE_FIELDS[file].values() for pattern in patterns}
    found = {path for each in classes for path in id_fields(inspect.type_info(each))}

    assert found - known == set()


def test_an_id_of_the_file_comes_before_an_entity() -> None:
    values = {
        "sources": {"bos": {"words": "x"}},
        "occasions": {"fair": {}},
        "claims": {"c01": {"speaker": ["bos", "das"], "at": "fair", "to": "bos"}, "c02": {"at": "talk"}},
    }

    assert [(each.path, each.name) for each in references(values, "claims") if each.kind == "entity"] == [
        (("claims", "c01", "speaker", 1), "das"),
        (("claims", "c02", "at"), "talk"),
        (("claims", "c01", "to"), "bos"),
    ]


def test_only_the_characters_of_iris_change_in_turtle() -> None:
    text = '''\
# <https://a/x> stays
@prefix : <https://a/> .
PREFIX b: <https://a/x>
:x b: "<https://a/x>", """ :x "quoted" ' """@en, 'it\\'s :x', "a\\"b :x" ; b:y <https://a/x> .
:xy :x.z :x\\-1 , <https://a/x#part>.
'''

    new, count = with_new_iris(text, lambda iri: iri.replace("/x", "/y") if iri == "https://a/x" else iri)

    assert count == 3
    assert new == text.replace("\n:x b: ", "\n<https://a/y> <https://a/y> ").replace(
        "b:y <https://a/x>", "b:y <https://a/y>"
    )


def test_relative_iris_and_escapes_are_followed_in_turtle() -> None:
    text = """\
BASE <https://a/b/>
@prefix p: <../> .
prefix base: <e#>
<../x> a <x> , p:x , <https://a/\\u0078> .
@base <../c/> .
<../x#part> base:x <../../x> ; p:y "<../x>" .
"""

    new, count = with_new_iris(text, lambda iri: {"https://a/x": "https://a/y"}.get(iri, iri))

    assert count == 4
    assert new == (
        text.replace("\n<../x> a <x> , p:x , <https://a/\\u0078>", "\n<https://a/y> a <x> , p:x , <https://a/y>")
        .replace(", p:x ,", ", <https://a/y> ,")
        .replace("<../../x>", "<https://a/y>")
    )
    store = pyoxigraph.Store()
    store.load(new.encode(), format=pyoxigraph.RdfFormat.TURTLE)
    assert {each.value for quad in store for each in (quad.subject, quad.object)} >= {"https://a/y"}
    assert "https://a/x" not in {each.value for quad in store for each in (quad.subject, quad.object)}


@pytest.mark.parametrize("namespace", ["https://a/x#", "x#"])
def test_a_namespace_that_ends_in_a_number_sign_keeps_it_below_a_base(namespace: str) -> None:
    text = f"@base <https://a/> .\n@prefix p: <{namespace}> .\np:part a p:C .\n"

    new, count = with_new_iris(text, lambda iri: iri.replace("https://a/x#part", "https://a/y#part"))

    assert (new, count) == (text.replace("p:part", "<https://a/y#part>"), 1)


@pytest.mark.parametrize(
    "text", ['<s> <p> "' + r"\"" * 1_000_000, '<s> <p> "x"@en-x' + "-abcdefgh" * 500_000 + " ."]
)
def test_a_long_string_or_word_takes_no_time_with_the_square_of_its_length(text: str) -> None:
    def unchanged() -> None:
        assert with_new_iris(text, str) == (text, 0)

    must_end(unchanged)
