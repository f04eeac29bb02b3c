"""YAML: every scalar is what was written, and what people get wrong is said in their words, at its place."""

from __future__ import annotations

import tracemalloc
from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.corpus.yaml_reader import YAML_LOADER, read_yaml
from kg.errors import CorpusError
from kg.files.text_files import decode_text
from support.claims_files import HEAD, wrong
from support.corpora import said

BLANKS = "an indent, and the blank after `:` or `-`, must be ordinary blanks, here is a"
SYNTAX = "[yaml-syntax]"
QUOTE = "put the text in quotation marks [yaml-syntax]"
LOST = "put the text in quotation marks, or the comment on a line of its own [lost-to-comment]"


@pytest.fixture(autouse=True)
def _in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_scalar_is_the_string_that_was_written() -> None:
    text = (
        "a: no\nb: 1.10\nc: null\nd: 2020-02-21\n"
        "e: [~, 0o17, 2020-02-21?, 'it''s', \"\\u201c\"]\nf: |\n  x\n  y\ng: >\n  x\n  y\n"
    )

    assert read_yaml(text, "x").value == {
        "a": "no",
        "b": "1.10",
        "c": "null",
        "d": "2020-02-21",
        "e": ["~", "0o17", "2020-02-21?", "it's", "“"],
        "f": "x\ny\n",
        "g": "x y\n",
    }


def test_without_libyaml_the_same_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.corpus.yaml_reader.YAML_LOADER", yaml.SafeLoader)

    assert wrong(HEAD + "words: [a, 'b', \"c\"]\n    gist: {en: d}\n    act: states # e\n") == []
    assert wrong(HEAD + "words: Hij zei: ja") == [f"4:19 an unquoted text must not have `: ` in it: {QUOTE}"]


def test_the_reader_is_pyyaml_in_c() -> None:
    assert YAML_LOADER is yaml.CSafeLoader


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters="\ufeff\ufffe\uffff"))
VALUES = st.recursive(TEXTS, lambda inner: st.one_of(st.lists(inner), st.dictionaries(TEXTS, inner)), max_leaves=25)


def depth(value: object) -> int:
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if items is None else 1 + max(map(depth, items), default=0)


@given(VALUES.filter(lambda value: depth(value) <= 16), st.booleans(), st.integers(20, 200))
def test_what_is_dumped_is_read_again(value: object, flow: bool, width: int) -> None:
    text = yaml.safe_dump(value, default_style='"', default_flow_style=flow, width=width)

    assert read_yaml(text, "x").value == value


@given(st.text("{}[]:,\"'\\ \t\n#a-&*!|>%@?`\u2028\x85"))
@settings(max_examples=300)
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(CorpusError):
        read_yaml(text, "x")


@given(st.binary())
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    with suppress(CorpusError):
        read_yaml(decode_text(raw, "x"), "x")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("words: Hij zei: ja", f"4:19 an unquoted text must not have `: ` in it: {QUOTE}"),
        ("said: {edtf: 2020, why: a: b}", f"4:30 an unquoted text must not have `: ` in it: {QUOTE}"),
        ("words: @x", f"4:12 an unquoted text must not begin with `@`: {QUOTE}"),
        ("words: %x", f"4:12 an unquoted text must not begin with `%`: {QUOTE}"),
        ("words: `x", f"4:12 an unquoted text must not begin with a backtick: {QUOTE}"),
        ("words: |x", f"4:12 an unquoted text must not begin with `|`: {QUOTE}"),
        ("words: >x", f"4:12 an unquoted text must not begin with `>`: {QUOTE}"),
        ("words: ]", f"4:12 an unquoted text must not begin with `]`: {QUOTE}"),
        ("words: , x", f"4:12 an unquoted text must not begin with `,`: {QUOTE}"),
        ("words: ? x", f"4:12 an unquoted text must not begin with `?`: {QUOTE}"),
        (
            "words: - x",
            "4:12 an item of a list must begin on a line of its own: move the `- ` down, or "
            "put the text in quotation marks [yaml-syntax]",
        ),
        (
            "words: [a] b",
            "4:16 nothing may follow a closing `]`: put the text in quotation marks if it begins with a bracket "
            "[yaml-syntax]",
        ),
        (
            "cue: [a\n    words: b",
            "4:10 a `[` must be closed, the one that opens here is not: add the `]`, or put a text "
            "that begins with `[` in quotation marks [yaml-syntax]",
        ),
        (
            "said: {edtf: a",
            "4:11 a `{` must be closed, the one that opens here is not: add the `}`, or put a text "
            "that begins with `{` in quotation marks [yaml-syntax]",
        ),
        *(
            (
                f"words: {text}",
                f"4:{column} a `{opening}` must be closed, the one that opens here is not: add the `{closing}`, or "
                f"put a text that begins with `{opening}` in quotation marks [yaml-syntax]",
            )
            for text, column, opening, closing in [
                ("[", 12, "[", "]"),
                ("{\n", 12, "{", "}"),
                ("[a,", 12, "[", "]"),
                ("[a, }", 12, "[", "]"),
                ("[a, [b], {in: [", 26, "[", "]"),
            ]
        ),
        *(
            (
                f"words: {text}",
                f"4:{column} {inside} must have something before each comma, here is nothing: delete the `,` "
                f"{SYNTAX}",
            )
            for text, column, inside in [
                ("[a,, b]", 15, "a list"),
                ("[, b]", 13, "a list"),
                ("{words: a,, in: b}", 22, "a mapping between braces"),
            ]
        ),
        (
            "words: 'x\n    act: y",
            "4:12 a quoted text must be closed, the `'` that opens here is not: add the closing `'` [yaml-syntax]",
        ),
        (
            "words: 'it's'",
            "4:16 a quoted text must end its value, here more follows: if a `'` belongs to the text, "
            "write it twice; else put the whole in quotation marks [yaml-syntax]",
        ),
        (
            'words: "a" b',
            '4:16 a quoted text must end its value, here more follows: if a `"` belongs to the text, '
            'write it `\\"`; else put the whole in quotation marks [yaml-syntax]',
        ),
        (
            'words: "a\n    cue: "b"',
            '4:12 a quoted text must end its value, here more follows: if a `"` belongs to the '
            'text, write it `\\"`; else put the whole in quotation marks [yaml-syntax]',
        ),
        (
            'words: "a\\q"',
            "4:14 a backslash in double quotes must begin an escape, `\\q` is none: write `\\\\`, or use "
            "single quotes [yaml-syntax]",
        ),
        (
            'words: "\\ud800"',
            "4:13 a backslash in double quotes must begin an escape, `\\u` is none: write `\\\\`, or use "
            "single quotes [yaml-syntax]",
        ),
        ("\twords: a", "4:5 lines must be indented with blanks, here is a tab: replace it by blanks [yaml-syntax]"),
        (
            "words: a\n\tact: b",
            "5:1 lines must be indented with blanks, here is a tab: replace it by blanks [yaml-syntax]",
        ),
        (
            "words: a\n    cue:\u00a0b\n    act: c",
            f"5:9 {BLANKS} no-break space (U+00A0): write an ordinary one {SYNTAX}",
        ),
        (
            "cue: a\n\u00a0\u00a0\u00a0\u00a0words: b\n    # c\n    act: d",
            f"5:1 {BLANKS} no-break space (U+00A0): write an ordinary one {SYNTAX}",
        ),
        (
            "cue: a\n   \u202fwords: b",
            f"5:4 {BLANKS} narrow no-break space (U+202F): write an ordinary one {SYNTAX}",
        ),
        ("words:\n    -\u00a0a\n    - b", f"5:6 {BLANKS} no-break space (U+00A0): write an ordinary one {SYNTAX}"),
        (
            "gist: 'Il dit\u00a0: «\u00a0oui\u00a0»'\n    words: @x",
            f"5:12 an unquoted text must not begin with `@`: {QUOTE}",
        ),
        (
            "words: a\n   act: b",
            "5:4 the keys of a mapping must be indented alike, this line differs from those above: "
            "correct the indentation [yaml-syntax]",
        ),
        (
            "words: a\n     act: b",
            "5:6 the keys of a mapping must be indented alike, this one differs from those above: "
            "correct the indentation [yaml-syntax]",
        ),
        (
            "words: a\nb\n",
            "5:1 a line must be `key: value`, this one has no `: `: indent a text that continues from the line "
            "above [yaml-syntax]",
        ),
        (
            "words:\n      - a\n      act: b",
            "6:7 each item of this list must begin with `- `, this line does not: "
            "correct it or its indentation [yaml-syntax]",
        ),
        (
            "words: *x",
            "4:12 a value must be written out, this is an alias of YAML: quote a text that begins with `*` [alias]",
        ),
        (
            "words: &x y",
            "4:12 a value must be written out, this is an anchor of YAML: quote a text that begins with `&` "
            "[anchor]",
        ),
        (
            "words: !x y",
            "4:12 a value must be written out, this is a tag of YAML: quote a text that begins with `!` [tag]",
        ),
        (
            "words: !!str y",
            "4:12 a value must be written out, this is a tag of YAML: quote a text that begins with `!` [tag]",
        ),
        (
            "words: x\n---\na: b",
            "5:1 a file must have one YAML document, a second begins here: delete the `---` [documents]",
        ),
        (
            "? [a]\n    : b",
            "4:7 a key must be a text, not a list or mapping: put it in quotation marks [complex-key]",
        ),
        (
            'words: "\\a"',
            "4:12 a text must be free of control characters, this has U+0007: delete it [control-character]",
        ),
        (
            "words: \u0081",
            "4:12 a text must be free of control characters, this is U+0081: delete it [control-character]",
        ),
        ("words: \ud800", "4:12 the file must be UTF-8, these bytes are not: save it as UTF-8 [not-utf-8]"),
        ("words: x # y", f"4:14 an unquoted text ends at ` #`, so the rest of `words` is lost: {LOST}"),
        ("cue: a\t# y\n    words: b", f"4:12 an unquoted text ends at ` #`, so the rest of `cue` is lost: {LOST}"),
        ("words: [a, b # c\n     ]", f"4:18 an unquoted text ends at ` #`, so the rest of `words` is lost: {LOST}"),
        (
            "words: {words: a, in: b # c\n     }",
            f"4:29 an unquoted text ends at ` #`, so the rest of `in` is lost: {LOST}",
        ),
        (
            "words: a\n    gist: {en: b # c\n     }",
            f"5:18 an unquoted text ends at ` #`, so the rest of `gist` is lost: {LOST}",
        ),
    ],
)
def test_a_slip_in_yaml_is_said_at_its_place(text: str, message: str) -> None:
    assert wrong(HEAD + text) == [message]


@pytest.mark.parametrize(
    "text",
    [
        "act: states # fine\n    words: a",
        "words: 'a' # fine",
        "gist: {en: a} # fine\n    words: a#b",
        "# fine\n    words: a",
    ],
)
def test_a_comment_that_swallows_nothing_is_fine(text: str) -> None:
    assert wrong(HEAD + text) == []


def test_a_claim_may_have_the_name_of_a_field_and_comments_beside_its_keys() -> None:
    assert wrong("claims:\n  note:\n    speaker: ann # fine\n    words: a\n") == []


@pytest.mark.parametrize("text", ["", "\ufeff", "# only a comment\n", "\n\n"])
def test_an_empty_file_is_said_to_be_empty(text: str) -> None:
    assert wrong(text) == ["1:1 the file is empty: write it, or delete it [empty-file]"]


def test_windows_line_ends_and_a_byte_order_mark_change_no_place() -> None:
    assert wrong("\ufeffclaims: {}\r\nfoo: x\r\n") == [
        "2:1 unknown key `foo`: use one of `article`, `annotation`, `occasions`, `sources`, `claims`, "
        "`withdrawn` "
        "[unknown-key]"
    ]


def test_lines_are_counted_as_editors_count_them() -> None:
    """PyYAML also ends a line at U+0085, U+2028 and U+2029."""
    assert wrong('claims:\n  c01: {speaker: ann, words: "a\u2028b", act: foo}\n') == [
        "2:42 `act` must be one of accuses, admits, agrees, announces, asks, believes, confirms, criticises, "
        "demands, denies, excludes, invites, praises, promises, proposes, rejects, retracts, states, urges, warns, "
        "withholds, not `foo`: choose one [not-allowed]"
    ]


def test_all_repeated_keys_are_found_with_all_else() -> None:
    assert wrong(HEAD + "words: a\n    words: [b]\n    wrods: c\n  c01: {}\nclaims: []\n") == [
        "5:5 a key must be unique, `words` is on line 4 already: delete or rename one [duplicate-key]",
        "7:3 a key must be unique, `c01` is on line 2 already: delete or rename one [duplicate-key]",
        "8:1 a key must be unique, `claims` is on line 1 already: delete or rename one [duplicate-key]",
        "6:5 unknown key `wrods`: did you mean `words`? [unknown-key]",
    ]


def test_findings_before_a_syntax_error_are_kept() -> None:
    assert wrong(HEAD + 'cue: "\\a"\n    words: @\n') == [
        "4:10 a text must be free of control characters, this has U+0007: delete it [control-character]",
        f"5:12 an unquoted text must not begin with `@`: {QUOTE}",
    ]


@pytest.mark.parametrize(
    ("bomb", "message"),
    [
        ("[" * 400_000, "1:17 values must nest at most 16 deep: write them flatter [too-deep]"),
        ("{a: " * 100_000, "1:65 values must nest at most 16 deep: write them flatter [too-deep]"),
        ("- " * 200_000, "1:33 values must nest at most 16 deep: write them flatter [too-deep]"),
        (
            "a: &a [" + "x," * 9 + "]\n" + "".join(f"b{n}: [" + "*a," * 9 + "]\n" for n in range(5000)),
            "1:4 a value must be written out, this is an anchor of YAML: quote a text that begins with `&` "
            "[anchor]",
        ),
    ],
)
def test_a_bomb_is_refused_before_it_has_cost_anything(bomb: str, message: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(CorpusError) as caught:
            read_yaml(bomb, "x")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert said(caught.value.findings) == [f"x:{message}".replace(" ", ": violation: ", 1)]
    assert peak < 20_000_000
