"""What a program proposes is read line by line: its own lines, and those of LangExtract."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg.errors import CorpusError, Place
from kg.importers import proposals
from kg.importers.core.documents import AnnotatedText, Item, LabelledSpan, Skipped
from kg.importers.core.mapping import Mapping
from kg.text.spans import Span
from support import ROOT

LANGEXTRACT = ROOT / "tests" / "data" / "imports" / "proposals" / "langextract.jsonl"
LONG = f'{{"article": "port", "quotation": "{"a" * 20_001}"}}'
GOOD = '{"article": "port", "quotation": "Yes"}'


def read(source: Path, mapping: Mapping | None = None) -> list[Item]:
    return list(proposals.read(source, mapping or proposals.preset(source), None))


def lines(tmp_path: Path, *written: object) -> Path:
    """Write lines, JSON for what is no text."""
    file = tmp_path / "out.jsonl"
    file.write_text(
        "".join((each if isinstance(each, str) else json.dumps(each)) + "\n" for each in written), "utf-8"
    )
    return file


def reasons(items: list[Item]) -> list[str]:
    return [each.why for each in items if isinstance(each, Skipped)]


def test_a_line_has_an_article_a_quotation_and_fields(tmp_path: Path) -> None:
    fields = {"speaker": ["Ann", "Ben"], "date": "2026-05", "start": 7, "note": None, "version": 2}
    file = lines(tmp_path, {"article": "port", "quotation": "Yes", **fields})
    at = Place(str(file), 1, 1)

    assert read(file) == [
        AnnotatedText(
            id="port",
            text="",
            at=at,
            marks=(
                LabelledSpan(
                    "line 1",
                    "Quotation",
                    (Span(7, 10),),
                    at,
                    text="Yes",
                    attributes={"speaker": ("Ann", "Ben"), "date": ("2026-05",), "version": ("2",)},
                ),
            ),
        )
    ]


def test_the_output_of_langextract_is_read_as_it_is() -> None:
    """Its group of a quotation and a cue is one claim; classes without a meaning are counted."""
    *skipped, document = read(LANGEXTRACT)
    assert isinstance(document, AnnotatedText)
    marks = [(mark.text, mark.parts, mark.attributes) for mark in document.marks]

    assert document.text.startswith("date 2026-05-02\n\nThe port stays open")
    assert marks == [
        ("The port stays open", (Span(17, 36),), {"speaker": ("Ann Bos",), "cue": ("said",), "act": ("states",)}),
        ("We will pay for the dyke", (Span(69, 93),), {"cue": ("promised",), "speaker": ("Ann Bos",)}),
        ("The state has refused to pay", (Span(141, 169),), {"speaker": ("Ravi Das",)}),
        ("The port will be closed for ever", (Span(171, 203),), {"speaker": ("Ann Bos",)}),
    ]
    assert reasons(skipped) == ["the mapping's `spans` do not say what the class `person` is"]


def test_a_mapping_says_what_a_class_of_langextract_is(tmp_path: Path) -> None:
    file = lines(tmp_path, {"extractions": [{"extraction_class": "Zitat", "extraction_text": "Ja"}], "text": "Ja"})
    (document,) = read(file, Mapping(spans={"zitat": "words"}))
    assert isinstance(document, AnnotatedText)
    assert [mark.text for mark in document.marks] == ["Ja"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("[1, 2]", "it must be an object in braces"),
        ('{"article": "port"}', "it has neither `quotation` nor `extractions`"),
        ('{"quotation": "Yes"}', "it must name its `article`: the id, or the file as port.txt"),
        ('{"article": {}, "quotation": "Yes"}', "it must name its `article`: the id, or the file as port.txt"),
        ('{"article": "port", "quotation": 7}', "a quotation must be a text of 1 to 20,000 characters"),
        ('{"article": "port", "quotation": " "}', "a quotation must be a text of 1 to 20,000 characters"),
        (LONG, "a quotation must be a text of 1 to 20,000 characters"),
        ('{"article": "port", "quotation": "Yes", "start": -4}', "an offset must be a whole number from 0"),
        ('{"article": "port", "quotation": "Yes", "start": true}', "an offset must be a whole number from 0"),
        ('{"article": "port", "quotation": "Yes", "start": "4"}', "an offset must be a whole number from 0"),
        (
            '{"article": "port", "quotation": "Yes", "speaker": {"name": "Ann"}}',
            "a value must be a text, or a list of texts, of at most 20,000 characters",
        ),
        ('{"extractions": {"a": 1}, "text": 7}', "`extractions` must be a list"),
        ('{"extractions": [7]}', "an extraction must be an object in braces"),
        (
            '{"extractions": [{"extraction_class": "quotation", "extraction_text": "a", "attributes": [1]}]}',
            "`attributes` must be an object in braces",
        ),
    ],
)  # fmt: skip
def test_a_line_of_the_wrong_type_is_left_out(tmp_path: Path, line: str, why: str) -> None:
    assert why in reasons(read(lines(tmp_path, GOOD, line)))


@pytest.mark.parametrize(
    "line",
    [
        "{",
        '{"article": "port", "quotation": "a", "quotation": "b"}',
        "[" * 100_000,
        '{"article": "port", "quotation": ' + "[" * 5000 + "]" * 5000 + "}",
        '{"article": "port", "quotation": "\\u0007"}',
        '{"article": "port", "quotation": "\\ud800"}',
        '{"article": "port", "quotation": NaN}',
    ],
)
def test_a_line_that_is_no_sound_json_is_left_out(tmp_path: Path, line: str) -> None:
    items = read(lines(tmp_path, line, GOOD))
    assert len(reasons(items)) == 1
    assert [each.id for each in items if isinstance(each, AnnotatedText)] == ["port"]


def test_a_proposal_with_thousands_of_fields_keeps_the_first(tmp_path: Path) -> None:
    fields = {f"field {number}": "x" for number in range(5000)}
    *skipped, document = read(lines(tmp_path, {"article": "port", "quotation": "Yes", **fields}))
    assert isinstance(document, AnnotatedText)
    assert len(document.marks[0].attributes) == 100
    assert reasons(skipped) == ["a proposal may have 100 fields, this one has 5,000"]


@pytest.mark.parametrize(
    ("written", "why"),
    [((), "it is empty"), (("[1]", "{}"), "line 1: it must be an object in braces")],
)
def test_a_file_without_any_proposal_is_an_error_with_the_first_reason(
    tmp_path: Path, written: tuple[str, ...], why: str
) -> None:
    with pytest.raises(CorpusError, match=f"there must be proposals.*: {why}"):
        read(lines(tmp_path, *written))


@pytest.mark.slow
def test_a_line_above_the_limit_is_an_error_and_a_long_quotation_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "out.jsonl"
    file.write_text(f'{GOOD}\n{{"article": "port", "quotation": "{"a" * 30_000_000}"}}\n', encoding="utf-8")
    assert reasons(read(file)) == ["a quotation must be a text of 1 to 20,000 characters"]

    file.write_text(f'{GOOD}\n{{"article": "port", "quotation": "{"a" * 65_000_000}"}}\n', encoding="utf-8")
    with pytest.raises(CorpusError, match="a line must have at most 64 MB"):
        read(file)
