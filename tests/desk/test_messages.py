"""What kg says to an annotator is in the language of the page; a sentence without a translation stays English."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

import kg
from kg.desk.messages import in_language
from kg.publish.site.localisation import LocalText, rules

PACKAGE = Path(kg.__file__).parent
DUTCH = tomllib.loads((PACKAGE / "desk" / "strings" / "messages.nl.toml").read_text(encoding="utf-8"))

MET_AT_THE_DESK = (
    "text/anchors.py",
    "text/near_match.py",
    "text/nearest_name.py",
    "dates/edtf.py",
    "corpus/messages.py",
    "meaning/article.py",
    "meaning/claim.py",
    "meaning/context.py",
    "meaning/former_ids.py",
    "meaning/reporter.py",
    "meaning/speakers.py",
    "meaning/text_versions.py",
    "meaning/words.py",
    "checks/article_checks.py",
    "checks/article_language.py",
    "checks/claim_relations.py",
    "checks/cross_references.py",
    "checks/cues.py",
    "checks/people.py",
    "checks/quotations.py",
    "desk/article_desk.py",
    "desk/article_files.py",
    "desk/article_readings.py",
    "desk/article_state.py",
    "desk/entity_edits.py",
    "history/shared_files.py",
)
"""The modules whose sentences an annotator reads on the page."""

SHORTEST = 4
"""The fewest words of a text in these modules that is taken for a sentence."""

NO_SENTENCES = re.compile(
    r"\s*(?:select|insert|create|drop|delete from|to convert it: python3) |.*\|", re.IGNORECASE
)
"""How texts begin that are no sentences but queries, a command, or alternatives of a pattern."""


def written(node: ast.expr) -> str:
    """Return the text of an expression, `{}` for each value in it."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(written(part) for part in parts)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return written(left) + written(right)
    return "{}"


def texts_in(node: ast.AST) -> Iterator[str]:
    """Yield each text below a node once as a whole, and those within its values; no docstrings."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    inner = list(ast.iter_child_nodes(node))
    if isinstance(node, ast.Constant | ast.JoinedStr | ast.BinOp):
        yield written(node)
        inner = list(within(node))
    for each in inner:
        yield from texts_in(each)


def within(node: ast.expr) -> Iterator[ast.AST]:
    """Yield what a text has as its values."""
    match node:
        case ast.JoinedStr(values=parts):
            yield from (part.value for part in parts if isinstance(part, ast.FormattedValue))
        case ast.BinOp(left=left, right=right):
            for side in (left, right):
                yield from within(side) if isinstance(side, ast.JoinedStr | ast.BinOp | ast.Constant) else (side,)


def sentences(module: str) -> set[str]:
    tree = ast.parse((PACKAGE / module).read_text(encoding="utf-8"))
    functions = [each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)]
    constants = [
        each for each in tree.body if isinstance(each, ast.Assign) and isinstance(each.value, ast.Constant)
    ]
    found = chain.from_iterable(texts_in(each) for part in functions for each in part.body)
    texts = {*found, *chain.from_iterable(map(texts_in, constants))}
    return {
        text
        for text in texts
        if len(re.findall(r"[A-Za-z]{2,}", text)) >= SHORTEST and " " in text and not NO_SENTENCES.match(text)
    }


def in_the_table(sentence: str) -> re.Pattern[str]:
    """Return how a sentence is in the table: its values may be written out there, or one be added at its end."""
    said = sentence.removeprefix("{}: ").removeprefix(": ")
    parts = map(re.escape, re.split(r"(?:\{\})+", said))
    before = r"(?:\{\w+\}: )?" if said != sentence else ""
    return re.compile(before + ".+".join(parts) + r"(?::? ?\{\w+\})?")


def test_every_sentence_that_an_annotator_reads_is_in_dutch() -> None:
    missing = {
        (module, sentence)
        for module in MET_AT_THE_DESK
        for sentence in sentences(module)
        if not any(map(in_the_table(sentence).fullmatch, DUTCH))
    }
    assert missing == set()


def test_a_translation_has_no_value_that_its_sentence_has_not() -> None:
    def values(text: str) -> set[str]:
        return set(re.findall(r"\{\w+\}", text))

    assert [said for said, dutch in DUTCH.items() if not values(dutch) <= values(said)] == []
    assert [said for said in DUTCH if "}{" in said] == []


@pytest.mark.parametrize(
    ("message", "dutch"),
    [
        (
            "`about` must name an entity, and there is no `turkije`: did you mean `turkey`?",
            "`about` moet een entiteit noemen, en er is geen `turkije`: bedoelt u `turkey`?",
        ),
        (
            "a date must be written as 2020, 2020-02, 2020-02-21 or otherwise in EDTF, not '21-2-2020': "
            "did you mean '2020-02-21'?",
            "een datum moet geschreven zijn als 2020, 2020-02, 2020-02-21 of anders in EDTF, en niet '21-2-2020': "
            "bedoelt u '2020-02-21'?",
        ),
        (
            "nearest, at characters 3-9: 'it is'\nthe article has 'is', the words have 'was'",
            "lijkt het meest, bij tekens 3-9: 'it is'\nhet artikel heeft 'is', de woorden hebben 'was'",
        ),
    ],
)
def test_values_stay_and_advice_is_translated(message: str, dutch: str) -> None:
    assert in_language(message, "nl") == LocalText(dutch, "nl")


def test_an_act_is_called_as_on_the_page() -> None:
    message = (
        "a claim that denies must have a `gist`, because its words alone say the opposite: write the claim in full"
    )
    assert in_language(message, "nl").value.startswith(
        "een uitspraak met de handeling “ontkent” moet `gist` hebben"
    )


def test_messages_of_shapes_are_those_of_the_site() -> None:
    message, dutch = next(iter(rules("nl").items()))
    assert in_language(message, "nl") == LocalText(dutch, "nl")


def test_an_id_that_is_a_word_of_kg_stays_as_the_file_has_it() -> None:
    message = "`about` must name an entity, and there is no `own`: correct it, or define it"
    assert "er is geen `own`" in in_language(message, "nl").value


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("message", ["", "somebody else's shape says so", ": " * 4000, "found: " * 1400 + "x"])
def test_what_has_no_translation_stays_as_it_is(message: str, language: str) -> None:
    found = in_language(message, language).value
    assert found == message or found.replace("gevonden", "found") == message
