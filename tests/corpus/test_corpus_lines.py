"""JSON Lines: one article a line, plain or packed, in bounded memory, and nothing lost in silence."""

from __future__ import annotations

import gzip
import json
import os
import sys
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.annotations.classes import ArticleEntry, ClaimEntry, ClaimsFile
from kg.corpus import ArticleSource, WrittenArticle, read_article, read_corpus, sources
from kg.corpus.reader import read_json
from support.corpora import CLAIMS, articles, complaints, lay, said

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LINE = {
    "article": {"id": "a/x", "text": " date 2020-02 Ja,\r\nzei “Ann”.", "headline": "Ja"},
    "claims": {"c01": {"speaker": "ann-b", "words": "Ja"}},
}

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cn"]) | st.sampled_from('\\":'))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda values: st.lists(values) | st.dictionaries(TEXTS, values),
    max_leaves=12,
)


@pytest.fixture(autouse=True)
def _in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def line(**article: object) -> bytes:
    """Return a line of JSON Lines."""
    return json.dumps(LINE | {"article": LINE["article"] | article}).encode() + b"\n"  # type: ignore[operator]


def wrong(raw: bytes) -> list[str]:
    """Return what is wrong with a line, as `line:column message [rule]`."""
    article = read_article(ArticleSource("x", "x.jsonl", "", 1, raw))
    assert article.annotations is None or not article.findings
    Path("x.jsonl").write_bytes(raw)
    return [line.removeprefix("x.jsonl:").replace(": violation:", "", 1) for line in said(article.findings)]


def test_a_line_is_an_article_with_its_annotations() -> None:
    lay(Path(), {"x.jsonl": line()})

    assert articles(Path()) == [
        WrittenArticle(
            id="a/x",
            file="x.jsonl",
            line=1,
            text_file="x.jsonl",
            text="Ja,\nzei “Ann”.",
            header="2020-02",
            annotations=ClaimsFile(
                article=ArticleEntry(id="a/x", headline="Ja"),
                claims={"c01": ClaimEntry(speaker="ann-b", words="Ja")},
            ),
            findings=(),
        )
    ]


def test_lines_come_in_their_order_among_the_other_articles_and_blank_lines_are_skipped() -> None:
    raw = b"\xef\xbb\xbf" + line(id="z") + b"\n \r\n" + line(id="y").rstrip()
    lay(Path(), {"a.txt": "Ja", "c.txt": "Ja", "b.jsonl": raw, "b.jsonl.gz": gzip.compress(raw)})
    lay(Path(), {"b.jsonl.zst": zstd.compress(raw), "a.claims.yaml": CLAIMS, "c.claims.yaml": CLAIMS})

    assert [(article.id, article.file, article.line, article.findings) for article in articles(Path())] == [
        ("a", "a.claims.yaml", 0, ()),
        ("z", "b.jsonl", 1, ()),
        ("y", "b.jsonl", 4, ()),
        ("z", "b.jsonl.gz", 1, ()),
        ("y", "b.jsonl.gz", 4, ()),
        ("z", "b.jsonl.zst", 1, ()),
        ("y", "b.jsonl.zst", 4, ()),
        ("c", "c.claims.yaml", 0, ()),
    ]


ID_AND_TEXT = '"id": "a", "text": "b"'


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        (
            f'{{"article": {{{ID_AND_TEXT}',
            ["1:36 a line must be one JSON object, whole: expecting ',' delimiter here [json-syntax]"],
        ),
        (
            '{"article": {"id": "a',
            ["1:20 a line must be one JSON object, whole: unterminated string starting at here [json-syntax]"],
        ),
        ("x", ["1:1 a line must be one JSON object, whole: expecting value here [json-syntax]"]),
        ('{"article": NaN}', ["1:1 a number must be a whole number of a few digits: correct it [json-syntax]"]),
        (
            f'{{"article": {"9" * 5000}}}',
            ["1:1 a number must be a whole number of a few digits: correct it [json-syntax]"],
        ),
        (
            "[]",
            [
                "1:1 the file must be a mapping, not a list: write `key: value` on indented lines, or {key: "
                "value} [wrong-kind]"
            ],
        ),
        ("[" * 500_000, ["1:1 values must nest at most 16 deep: write them flatter [too-deep]"]),
        ('{"claims": {}}', ["1:1 a line must have `article`: add it [missing-key]"]),
        (
            '{"article": {"headline": "x"}}',
            [
                "1:2 an article of JSON Lines must have `id`: add it [missing-key]",
                "1:2 an article of JSON Lines must have `text`: add it [missing-key]",
            ],
        ),
        (
            '{"article": {"id": "A", "text": " "}}',
            [
                "1:33 an article must have a text, this one has none: add it [empty-text]",
                "1:20 an article's id must be small letters, digits, `-` and `_`, with `/` between folders and "
                "no name that "
                "Windows keeps for itself, not `A`: write `a` [bad-id]",
            ],
        ),
        (
            f'{{"article": {{{ID_AND_TEXT}}}, "claims": {{"c01": {{"speeker": "a", "words": null, "speaker": '
            f"5}}}}}}",
            [
                "1:58 unknown key `speeker`: did you mean `speaker`? [unknown-key]",
                "1:83 `words` must be a text or a list or a mapping, not null: leave the key out [wrong-kind]",
                "1:100 `speaker` must be a text or a list, not a number: put it in quotation marks [wrong-kind]",
            ],
        ),
        (
            f'{{"article": {{{ID_AND_TEXT}, "author": "", "url": ""}}}}',
            [
                "1:38 `author` is empty: give a value or delete the key [empty-value]",
                "1:52 `url` is empty: give a value or delete the key [empty-value]",
            ],
        ),
        (
            f'{{"article": {{{ID_AND_TEXT}, "id": "c"}}, "claims": {{"c01": {{}}, "c01": {{}}}}}}',
            [
                "1:38 a key must be unique, `id` is on line 1 already: delete or rename one [duplicate-key]",
                "1:72 a key must be unique, `c01` is on line 1 already: delete or rename one [duplicate-key]",
                "1:61 a claim must have `speaker`: add it [missing-key]",
                "1:61 a claim must have `words`: add it [missing-key]",
            ],
        ),
        (
            f'{{"article": {{{ID_AND_TEXT}, "headline": "a\\ud83d\\u0007", "url": "\\b"}}}}',
            [
                "1:50 a text must be free of control characters, this has U+D83D, U+0007: delete it "
                "[control-character]",
                "1:74 a text must be free of control characters, this has U+0008: delete it [control-character]",
            ],
        ),
        (
            f'{{"article": {{{ID_AND_TEXT}, "\\uffff": "x"}}}}',
            [
                "1:38 a text must be free of control characters, this has U+FFFF: delete it [control-character]",
                "1:38 unknown key `U+FFFF`: use one of `id`, `formerly`, `type`, `headline`, `published`, "
                "`corrected`, `publisher`, `author`, "
                "`edition`, `section`, `page`, "
                "`url`, `archived`, `same_as`, `licence`, `copyright`, "
                "`language`, `version`, `sha256`, `earlier`, `transcript`, `accept`, `text` [unknown-key]",
            ],
        ),
        (
            '{"article": "\x7f"}',
            ["1:14 a text must be free of control characters, this is U+007F: delete it [control-character]"],
        ),
        (
            '{"article": "\x07"}',
            ["1:14 a text must be free of control characters, this is U+0007: delete it [control-character]"],
        ),
    ],
)
def test_what_is_wrong_with_a_line_is_said_at_its_place(text: str, messages: list[str]) -> None:
    assert wrong(text.encode()) == messages


def test_escapes_that_make_good_characters_are_fine() -> None:
    raw = json.dumps({"article": {"id": "a", "text": "😀 \\ud800 \\b “”\t\n"}}).encode()

    assert wrong(raw) == []


@pytest.mark.parametrize("colon", [":", " :", "\t:", "\r:", " \t :"])
def test_no_blank_before_its_colon_hides_a_repeated_key(colon: str) -> None:
    tree = read_json(f'{{"a"{colon} "x", "a" : "y:"}}'.encode(), "a.jsonl", 1)

    assert [finding.rule for finding in tree.findings] == ["duplicate-key"]


@given(JSON, st.sampled_from([":", " :", "\t:", ": ", "\r : "]), st.booleans())
def test_a_line_is_read_as_python_reads_json_however_it_is_laid_out(value: object, colon: str, ascii: bool) -> None:
    raw = json.dumps(value, separators=(",", colon), ensure_ascii=ascii).encode()

    tree = read_json(raw, "a.jsonl", 1)

    assert (tree.value, tree.findings) == (json.loads(raw), ())


def test_a_text_that_ends_in_a_quotation_mark_is_not_empty() -> None:
    assert not read_json(b'{"a": "\\"ja\\""}', "a.jsonl", 1).suspect
    assert read_json(b'{"a": "\\"ja\\"", "b":""}', "a.jsonl", 1).suspect


def test_bytes_that_are_not_utf_8_are_said_at_the_first() -> None:
    lay(Path(), {"x.jsonl": line() + b'{"article": "\xc3\xa9\xe9"}'})

    assert complaints(Path()) == [
        "x.jsonl:2:15: violation: the file must be UTF-8, these bytes are not: save it as UTF-8 [not-utf-8]"
    ]


@given(st.binary())
def test_no_line_is_too_broken(raw: bytes) -> None:
    assert read_article(ArticleSource("x", "x.jsonl", "", 1, raw)).findings


@pytest.mark.parametrize("name", ["x.jsonl.gz", "x.jsonl.zst"])
def test_a_packed_file_cut_short_is_a_violation_after_the_lines_it_still_has(name: str) -> None:
    raw = b"".join(line(id=f"a{n}", url=os.urandom(9000).hex()) for n in range(30))
    packed = gzip.compress(raw) if name.endswith(".gz") else zstd.compress(raw)
    lay(Path(), {name: packed[: len(packed) // 2]})

    *read, last = articles(Path())
    assert [article.id for article in read] == [f"a{n}" for n in range(len(read))]
    assert 0 < len(read) < 30
    assert said(last.findings) == [
        f"{name}:{len(read) + 1}:1: violation: a compressed file must be whole, this one ends after line "
        f"{len(read)}: "
        "copy or pack it again [cut-off]"
    ]


@pytest.mark.parametrize("name", ["x.jsonl.gz", "x.jsonl.zst"])
def test_a_file_that_is_not_packed_as_its_name_says_is_a_violation(name: str) -> None:
    lay(Path(), {name: line()})

    assert complaints(Path()) == [
        f"{name}:1:1: violation: a compressed file must unpack, this one does not after line 0: copy or pack it "
        f"again "
        "[damaged]"
    ]


@pytest.mark.parametrize("name", ["x.jsonl", "x.jsonl.gz"])
def test_an_empty_file_is_a_violation(name: str) -> None:
    lay(Path(), {name: b""})

    message = (
        "a JSON Lines file must have one article a line, this one is empty: write it, or delete it [empty-file]"
    )
    assert complaints(Path()) == [f"{name}:1:1: violation: {message}"]


def test_a_line_of_a_gigabyte_is_refused_without_reading_it() -> None:
    lay(Path(), {"x.jsonl": line()})
    os.truncate("x.jsonl", 1_000_000_000)
    corpus = read_corpus(Path())

    tracemalloc.start()
    try:
        good, bad = (read_article(source) for source in sources(corpus))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert (good.id, good.findings) == ("a/x", ())
    assert said(bad.findings) == [
        "x.jsonl:2:1: violation: a line must have at most 64 MB, this one has more: write one article a line "
        "(the rest "
        "of the file was not read) [line-too-long]"
    ]
    assert peak < 300_000_000


def test_a_long_file_is_read_a_line_at_a_time() -> None:
    lay(Path(), {"x.jsonl.zst": zstd.compress(line(text="Ja " * 10_000) * 2000)})
    corpus = read_corpus(Path())

    tracemalloc.start()
    try:
        count = sum(1 for _ in sources(corpus))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert (count, peak < 3_000_000) == (2000, True)
