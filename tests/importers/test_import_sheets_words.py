"""The words of a cell: found in the article's text as people quote them, or told why they are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.sheets import TEXT, documents, left_out, words_of
from support.sheets import read_table as read


@pytest.mark.parametrize(
    ("quote", "context", "found"),
    [
        ("We gaan niet", "", ["We gaan niet"]),
        ('"We gaan niet"', "", ['"We gaan niet"']),
        ("“We gaan niet”", "", ["We gaan niet"]),
        ("De  minister, Piet", "", ["De minister, Piet"]),
        ("goed … plan", "", ["goed", "plan"]),
        ("goed [...] plan", "", ["goed", "plan"]),
        ("We gaan (…) plan", "", ["We gaan", "plan"]),
        ("…een goed...", "", ["een goed"]),
        ("Jan", "Zei Jan", ["Jan"]),
        ("Jan … gaan", 'Jan zei: "We gaan', ["Jan", "gaan"]),
    ],
)
def test_words_are_found_in_the_text_as_people_quote_them(
    tmp_path: Path, quote: str, context: str, found: list[str]
) -> None:
    quoted = [f'"{each.replace(chr(34), chr(34) * 2)}"' for each in (quote, context, TEXT)]
    assert words_of(read(tmp_path, "quote|context|text", "|".join(quoted))) == [[found]]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("|||", "a row must have the claim's words: fill them in"),
        (
            "Jan|||",
            "words must be in the article once, and 'Jan' is there 2 times: "
            "take more of the words around them, or give a longer passage in a column `context` "
            "(at characters 0-3: 'Jan zei: \"We gaan niet\". De'; "
            "at characters 92-95: 'eerlijk en moedig plan. Zei Jan.')",
        ),
        (
            "goed … nooit|||",
            "words must be in the article exactly as written, and 'goed … nooit' is not: "
            "copy them from the article",
        ),
        (
            "plan … goed|||",
            "words must be in the article exactly as written, and 'plan … goed' is not: "
            "copy them from the article (nearest, at characters 50-62: 'van een goed'; "
            "the article has 'van', the words have 'plan'; the article has 'een', the words have '…')",
        ),
        (
            "Piet|x|9|",
            "`start` and `end` must be offsets into the article's text, not 'x' and '9': "
            "correct them, or leave them empty",
        ),
        (
            "Piet|9|1000|",
            "`start` and `end` must be offsets into the article's text, not '9' and '1000': "
            "correct them, or leave them empty",
        ),
        (
            "Piet|||x",
            "`context` must be a passage of the article exactly as written, and 'x' is not: "
            "copy it from the article",
        ),
    ],
)
def test_words_that_cannot_be_had_are_told_with_what_to_do(tmp_path: Path, row: str, why: str) -> None:
    quoted = TEXT.replace('"', '""')
    items = read(tmp_path, "quote|start|end|context|article|text", f'{row}|a1|"{quoted}"')
    assert words_of(items) == [[]]
    (told,) = left_out(items)
    assert told.partition(": ")[2] == why


def test_offsets_are_taken_with_what_the_cell_says_stands_there(tmp_path: Path) -> None:
    items = read(
        tmp_path, "quote|start|end|text", f"Jan … Piet|0; 38|3; 42|{TEXT}", f"Jan en Piet|0;38|3;42|{TEXT}"
    )
    (found,) = documents(items)
    assert [(each.parts, each.text) for each in found.marks] == [
        (((0, 3), (38, 42)), "Jan Piet"),
        (((0, 3), (38, 42)), "Jan en Piet"),
    ]
