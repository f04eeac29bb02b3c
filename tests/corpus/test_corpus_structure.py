"""A file that does not have the form of its kind: every innermost mismatch is said, each with what to do."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.annotations.classes import ClaimEntry, ClaimsFile, CorpusFile, EntitiesFile, LineFile
from kg.corpus.decoding import are_valid, decode_values, is_article_id, is_moment, mismatches, suggested
from kg.corpus.yaml_reader import ParsedFile
from support.claims_files import HEAD, wrong


@pytest.fixture(autouse=True)
def _in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


CLAIM_KEYS = (
    "`speaker`, `words`, `text_version`, `earlier`, `speaker_words`, `for`, `cue`, `act`, `form`, `gist`, `said`, "
    "`at`, `due`, `condition`, "
    "`to`, `about`, `translated`, `relations`, `in`, `first_appearance`, `appearances`, "
    "`reviews`, `inferred`, `note`, `contributors`, `formerly`, `accept`"
)
ID = "an id must be small letters, digits, `-` and `_` and begin with a letter or digit, not"


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("words: a\n    speeker: b", ["5:5 unknown key `speeker`: did you mean `speaker`? [unknown-key]"]),
        (
            "words: a\n    cue\u00a0: b",
            ["5:5 unknown key `cue[no-break space U+00A0]`: did you mean `cue`? [unknown-key]"],
        ),
        (
            "words: a\n  c\u00a0: {speaker: a, words: b}",
            [f"5:3 {ID} `c[no-break space U+00A0]`: write `c` [bad-id]"],
        ),
        (
            "words: a\n  c\u200b: {speaker: a, words: b}",
            [f"5:3 {ID} `c[zero-width space U+200B]`: write `c` [bad-id]"],
        ),
        ("words: a\n    <<: b", [f"5:5 unknown key `<<`: use one of {CLAIM_KEYS} [unknown-key]"]),
        (
            "wrods: a",
            [
                "4:5 unknown key `wrods`: did you mean `words`? [unknown-key]",
                "2:3 a claim must have `words`: add it [missing-key]",
            ],
        ),
        ("words:", ["4:5 `words` is empty: give a value or delete the key [empty-value]"]),
        ('words: ""', ["4:5 `words` is empty: give a value or delete the key [empty-value]"]),
        ("words: [a, '']", ["4:16 item 2 of `words` is empty: give a value or delete the item [empty-value]"]),
        ("words: a\n    at:", ["5:5 `at` is empty: give a value or delete the key [empty-value]"]),
        ("words: a\n    gist: {en: , nl: a}", ["5:12 `en` is empty: give a value or delete the key [empty-value]"]),
        (
            "words: a\n    gist: {en: The port, he said}",
            [
                "5:26 `he said` is empty: a comma ends an unquoted text between braces: put the whole text in "
                "quotation marks [empty-value]"
            ],
        ),
        (
            "words: {a: b}",
            [
                "4:12 `words` must be one text, its `: ` makes it a mapping: put the text in quotation marks "
                "[wrong-kind]"
            ],
        ),
        (
            "words:\n    - Hij zei: ja",
            [
                "5:7 item 1 of `words` must be one text, its `: ` makes it a mapping: put the text in quotation "
                "marks "
                "[wrong-kind]"
            ],
        ),
        (
            "words: {wrods: a}",
            [
                "4:13 unknown key `wrods`: did you mean `words`? [unknown-key]",
                "4:5 a passage that is a mapping must have `words`: add it [missing-key]",
            ],
        ),
        (
            "words: {words: a, within: b}",
            ["4:23 unknown key `within`: use one of `words`, `in`, `start` [unknown-key]"],
        ),
        (
            "words: {words: a, start: b}",
            ["4:30 `start` must be a whole number, not `b`: write digits only [not-a-number]"],
        ),
        (
            "words: {words: a, start: -1}",
            ["4:30 `start` must be a whole number, not `-1`: write digits only [not-a-number]"],
        ),
        (
            "words: a\n    said: {edtf: 2020, why: Munich, the Friday after}",
            [
                "5:37 unknown key `the Friday after`: a comma ends an unquoted text between braces: put the "
                "whole text in "
                "quotation marks [unknown-key]"
            ],
        ),
        (
            "words: a\n    said: {words: vrijdag}",
            ["5:5 a date that is a mapping must have `edtf`: add it [missing-key]"],
        ),
        (
            "words: a\n    said: [2020]",
            [
                "5:11 `said` must be a text or a mapping, not a list: give one value, or put a text that begins "
                "with a bracket "
                "in quotation marks [wrong-kind]"
            ],
        ),
        (
            "words: a\n    to: {a: b}",
            [
                "5:9 `to` must be a text or a list, not a mapping: a text that has `: ` or begins with a brace "
                "must be in quotation marks [wrong-kind]"
            ],
        ),
        (
            "words: a\n    speaker_words: [b]",
            [
                "5:20 `speaker_words` must be a text or a mapping, not a list: give one value, or put a text "
                "that begins with a bracket in quotation marks [wrong-kind]"
            ],
        ),
        (
            "words: a\n    relations: c02",
            [
                "5:16 `relations` must be a mapping, not a text: write `key: value` on indented lines, or {key: "
                "value} "
                "[wrong-kind]"
            ],
        ),
        (
            "words: a\n    relations: {answrs: c02}",
            ["5:17 unknown key `answrs`: did you mean `answers`? [unknown-key]"],
        ),
        (
            "words: a\n    form: Direct",
            [
                "5:11 `form` must be one of direct, indirect, mentioned, own, partial, not `Direct`: did you "
                "mean `direct`? "
                "[not-allowed]"
            ],
        ),
        (
            "words: a\n    inferred: [act, foo]",
            [
                "5:21 item 2 of `inferred` must be one of about, act, at, due, for, form, gist, in, relations, "
                "relations.answers, relations.contradicts, relations.qualifies, relations.repeats, "
                "relations.reports, relations.retracts, relations.same, relations.supports, said, speaker, to, "
                "translated, words, not `foo`: did you mean `for`? [not-allowed]"
            ],
        ),
        (
            "words: a\n    translated: n",
            ["5:17 `translated` must be a language tag, not `n`: write one as `nl` or `fr-BE` [too-short]"],
        ),
        ("words: a\n  C02: {speaker: b, words: c}", [f"5:3 {ID} `C02`: write `c02` [bad-id]"]),
        ("words: a\n  a/b: {speaker: b, words: c}", [f"5:3 {ID} `a/b`: write `a-b` [bad-id]"]),
        ("words: a\n  '': {speaker: b, words: c}", [f"5:3 {ID} ``: write `x` [bad-id]"]),
        (
            "words: a\n  article: {speaker: b, words: c}",
            ["5:3 an id must not be `article`, which means the paper's own voice: give another [taken-id]"],
        ),
        (
            "words: a\nsources: {unnamed: {words: b}}",
            [
                "5:11 an id must not be `unnamed`, which means a source that the text does not name: give "
                "another [taken-id]"
            ],
        ),
        (
            "words: a\noccasions: {A: {}}\nwithdrawn: {c07: {on: 2026-02-30, why: b}, C8: {on: 2026-02-28}}",
            [
                f"5:13 {ID} `A`: write `a` [bad-id]",
                "6:23 `on` must be a day of the calendar, not `2026-02-30`: write it as YYYY-MM-DD [bad-day]",
                f"6:44 {ID} `C8`: write `c8` [bad-id]",
                "6:44 a withdrawn claim must have `why`: add it [missing-key]",
            ],
        ),
        (
            "words: a\narticle: {id: a/aux, transcript: yes}",
            [
                "5:15 an article's id must be small letters, digits, `-` and `_`, with `/` between folders and "
                "no name that "
                "Windows keeps for itself, not `a/aux`: write `a/aux-1` [bad-id]",
                "5:34 `transcript` must be true or false, not `yes`: write one of the two [not-true-or-false]",
            ],
        ),
        (
            "words: a\nannotation: {on: today, reviewed: {by: b, on: '2026-01-01T25:00:00Z'}}",
            [
                "5:18 `on` must be a day of the calendar or a UTC time, not `today`: write it as YYYY-MM-DD or "
                "YYYY-MM-DDThh:mm:ssZ [bad-day]",
                "5:47 `on` must be a day of the calendar or a UTC time, not `2026-01-01T25:00:00Z`: write it as "
                "YYYY-MM-DD or "
                "YYYY-MM-DDThh:mm:ssZ [bad-day]",
            ],
        ),
    ],
)
def test_what_has_not_the_form_of_a_claims_file_is_said_at_its_place(text: str, messages: list[str]) -> None:
    assert wrong(HEAD + text) == messages


def test_a_file_that_is_no_mapping_is_said_to_be_none() -> None:
    assert wrong("abc\n") == [
        "1:1 the file must be a mapping, not a text: write `key: value` on indented lines, or {key: value} "
        "[wrong-kind]"
    ]


def test_a_long_value_is_cut_in_a_message() -> None:
    assert wrong(f"{HEAD}words: a\n    {'long ' * 100}: b\n") == [
        f"5:5 unknown key `{('long ' * 12)[:59]}…`: use one of {CLAIM_KEYS} [unknown-key]"
    ]


def test_what_is_right_is_taken_at_its_value() -> None:
    value = {
        "article": {"transcript": "true"},
        "claims": {"c01": {"speaker": ["a", "b"], "words": [{"words": "x", "start": "214"}, "y"]}},
    }
    read, findings = decode_values(ParsedFile(value), ClaimsFile, "x")

    assert findings == []
    assert read is not None
    assert read.article.transcript is True
    assert msgspec.to_builtins(read.claims["c01"].words) == [{"words": "x", "start": 214}, "y"]


NAMES = st.sampled_from(
    [
        "claims",
        "c01",
        "C1",
        "speaker",
        "words",
        "said",
        "edtf",
        "article",
        "id",
        "text",
        "type",
        "on",
        "annotation",
        "reviewed",
        "by",
        "start",
        "base",
        "title",
        "roles",
        "withdrawn",
        "unnamed",
        "why",
    ]
)
LEAVES = st.sampled_from(["", "x", "yes", "2020-02-21", "12", "states", 5, -1, 2.5, True, None, "A b"])
TREES = st.recursive(LEAVES, lambda inner: st.one_of(st.lists(inner), st.dictionaries(NAMES, inner)), max_leaves=15)


@given(TREES, st.sampled_from([ClaimsFile, CorpusFile, EntitiesFile, LineFile]))
def test_the_walk_finds_something_wherever_msgspec_does_and_nothing_where_all_is_well(
    value: object, of: type
) -> None:
    try:
        sound = are_valid(msgspec.convert(value, of, strict=False))
    except msgspec.ValidationError:
        sound = False
    found = mismatches(ParsedFile(value), of, "x")

    if sound:
        assert {finding.rule for finding in found} <= {"empty-value"}
    else:
        rules = {finding.rule for finding in decode_values(ParsedFile(value), of, "x")[1]}
        assert rules
        assert "schema" not in rules


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("2026-11-24", True),
        ("2026-11-24T23:59:59Z", True),
        ("2026-11-24T24:00:00Z", False),
        ("2026-11-24T10:60:00Z", False),
        ("2026-11-24T10:00:00", False),
        ("2026-11-31", False),
        ("2026-11-24\n", False),
        ("２０２６-11-24", False),
    ],
)
def test_a_moment_is_a_day_or_a_utc_time(text: str, right: bool) -> None:
    assert is_moment(text) is right


@given(st.text())
def test_a_suggested_id_can_be_one(text: str) -> None:
    assert is_article_id(suggested(text))


def test_every_field_of_a_claim_has_been_given_a_wrong_kind() -> None:
    """A mapping of numbers suits no field of a claim but names, where the languages are looked at."""
    wrong_everywhere = dict.fromkeys(ClaimEntry.__struct_encode_fields__, 1.5)

    found = mismatches(ParsedFile({"claims": {"c01": wrong_everywhere}}), ClaimsFile, "x")
    assert [finding.at.path[-1] for finding in found] == list(wrong_everywhere)


def test_a_wrong_field_does_not_hide_what_else_is_wrong():
    """Where only fields are wrong, the rest of the file is read on, so that one run reports everything."""
    value = {"claims": {"c01": {"speaker": "x", "words": "y", "act": "demand", "notes": "z"}}}

    read, findings = decode_values(ParsedFile(value), ClaimsFile, "x")

    assert read == ClaimsFile(claims={"c01": ClaimEntry("x", "y")})
    assert [finding.rule for finding in findings] == ["not-allowed", "unknown-key"]


@pytest.mark.parametrize(
    "value", [{"claims": {"c01": {"speaker": "x"}}}, {"claims": {"C 1": {"speaker": "x"}}}, []]
)
def test_a_file_without_an_entry_that_was_meant_is_not_read_on(value):
    """A claim left out would make every relation to it look wrong."""
    read, findings = decode_values(ParsedFile(value), ClaimsFile, "x")

    assert read is None
    assert findings
