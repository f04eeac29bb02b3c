"""A corpus written as CSV and read again: its rows are the same, byte for byte, but for what is told here."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kg.formats.claim_formats import format_for
from kg.pipeline.documents import Document
from kg.pipeline.publication import open_publication
from kg.pipeline.run import write_articles
from support import SEEDS
from support.corpora import lay
from support.round_trips import back

# Where it was said, and what is in another language than the article or the corpus.
LOST = {"occasion", "other_languages"}


def exported(corpus: Path) -> list[dict[str, str]]:
    """Return the rows that are written of a corpus."""
    publication = open_publication(corpus, engine="none")
    stream = io.BytesIO()
    document = Document(format_for("csv", publication.index), stream, publication.index.iris.base)
    write_articles(publication.mapped_articles(), [document])
    return list(csv.DictReader(io.StringIO(stream.getvalue().decode("utf-8-sig"), newline="")))


def kept(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return rows without what is lost."""
    return [{name: text for name, text in row.items() if name not in LOST} for row in rows]


def test_the_seed_corpus_comes_back(tmp_path: Path) -> None:
    report = back(SEEDS, tmp_path / "claims.csv", "csv")

    assert kept(exported(tmp_path / "back")) == kept(exported(SEEDS))
    assert report.written["claim"] == 28
    assert report.skipped == {"attribute": 32}  # the occasions, and what is in English


TOKENS = (
    "ja",
    "NAVO",
    "zei",
    "“Nee”,",
    "😀",
    "l’OTAN",
    "is.",
    "=1+1",
    "-2",
    "a;b",
    "“vrede”",
    "ja.\n",
    "e\u0301",
    "Ann",
)
TEXTS = (
    "=cmd|' /C calc'!A0",
    "-1+1",
    "a; =b\n@c",
    "twee\nregels",
    "'=x",
    'zegt "nee"',
    "a,b;c|d",
    "null",
    "1.0",
    "’t is",
    "＝x",
)
ENTITIES = {
    "ann": {"type": "Person", "name": "Ann, de =eerste"},
    "nato": {"type": "Organization", "name": {"nl": "de NAVO", "en": "NATO"}},
    "peace": {"type": "Topic", "name": "@vrede"},
    "two": {"type": "Person", "name": "de NAVO"},
    "semi": {"type": "Topic", "name": "oorlog; vrede"},
}
CONFIG = {
    "base": "https://kg.example/",
    "title": "Test",
    "licence": "https://creativecommons.org/licenses/by/4.0/",
    "language": "nl",
    "annotators": {"bob": {"name": "Bob"}},
}


@st.composite
def corpora(draw: st.DrawFn) -> dict[str, str]:
    """Draw the files of a corpus of one article."""
    tokens = draw(st.lists(st.sampled_from(TOKENS), min_size=4, max_size=25))
    ids = [f"c{n:02}" for n in range(1, draw(st.integers(1, 4)) + 1)]
    speaker = next(filter(str.isalpha, tokens), "")
    article = {
        "published": draw(st.sampled_from(["2020-02", "2020-02-21", "2020-02-?21"])),
        "headline": draw(st.sampled_from(["", "=Kop", "Kop; en staart"])),
        "url": draw(st.sampled_from(["", "https://e.org/?a=b;c"])),
        "publisher": draw(st.sampled_from(["", "nato"])),
        "author": draw(st.sampled_from([[], ["ann"]])),
    }
    file = {
        "article": {field: value for field, value in article.items() if value},
        "annotation": {"by": "bob", "on": draw(st.sampled_from(["2020-03-01", "2020-03-01T10:00:00Z"]))},
        "sources": {"s-0": {"words": speaker}} if speaker else {},
        "claims": {id: _claim(draw, tokens, [other for other in ids if other != id]) for id in ids},
    }
    return {
        "corpus.yaml": json.dumps(CONFIG),
        "entities.yaml": json.dumps(ENTITIES),
        "sub/a.txt": " ".join(tokens),
        "sub/a.claims.yaml": json.dumps(file, ensure_ascii=False),
    }


def _relations(others: list[str]) -> st.SearchStrategy[dict[str, list[str]]]:
    targets = st.lists(st.sampled_from(others or ["-"]), min_size=1, unique=True)
    return st.dictionaries(st.sampled_from(["answers", "supports"]), targets, max_size=len(others) and 2)


def _claim(draw: st.DrawFn, tokens: list[str], others: list[str]) -> dict[str, Any]:
    starts = [sum(len(token) + 1 for token in tokens[:n]) for n in range(len(tokens))]
    bounds = sorted(draw(st.lists(st.integers(0, len(tokens)), min_size=2, max_size=4, unique=True)))
    words = [
        {"words": " ".join(tokens[first:end]).strip(), "start": str(starts[first])}
        for first, end in zip(bounds[::2], bounds[1::2], strict=False)
    ]
    entities = st.lists(st.sampled_from(("ann", "nato", "two")), max_size=2, unique=True)
    claim = {
        "speaker": draw(entities | st.sampled_from(("unnamed", "article")))
        or ("s-0" if any(map(str.isalpha, tokens)) else "ann"),
        "words": words if len(words) > 1 else words[0],
        "act": draw(st.sampled_from(["states", "denies", "urges"])),
        "form": draw(st.sampled_from(["", "mentioned"])),
        "gist": draw(st.sampled_from(TEXTS)),
        "said": draw(
            st.sampled_from(["", "2020-01", "-0044-03-15", "2020-02-01/2020-02-02", "[2019-10..2019-12]"])
        ),
        "cue": draw(
            st.sampled_from(
                [
                    [],
                    ["zei"] if "zei" in tokens else [],
                    sorted({token.strip() for token in tokens[:2] if token != "a;b"}),
                ]
            )
        ),
        "to": draw(entities),
        "about": draw(st.sampled_from([[], ["peace"], ["peace", "semi"]])),
        "translated": draw(st.sampled_from(["", "de"])),
        "inferred": draw(st.sampled_from([[], ["act", "gist"]])),
        "first_appearance": draw(st.sampled_from(["", "https://e.org/1"])),
        "appearances": draw(st.sampled_from([[], ["https://e.org/a;b", "https://e.org/c"]])),
        "relations": draw(_relations(others)),
        "note": draw(st.sampled_from(("", *TEXTS))),
    }
    return {field: value for field, value in claim.items() if value}


@settings(max_examples=25)
@given(files=corpora())
def test_whatever_a_row_holds_comes_back(files: dict[str, str]) -> None:
    with TemporaryDirectory() as folder:
        corpus = lay(Path(folder, "corpus"), files)
        report = back(corpus, Path(folder, "claims.csv"), "csv")

        assert exported(Path(folder, "back")) == exported(corpus)
        assert report.skipped == {}
