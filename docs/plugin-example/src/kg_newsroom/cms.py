"""Reads what our content management system exports: a JSON file for each article.

{"id": "2020-17", "title": "Storm", "day": "2020-02-20", "body": "Ann said: “Run.”",
 "quotes": [{"who": "Ann", "from": 11, "to": 14}]}
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kg.errors import Place
from kg.importers.core.documents import AnnotatedText, ArticleMetadata, Item, LabelledSpan, Name, Skipped
from kg.importers.core.mapping import Mapping
from kg.text.spans import Span

DESCRIPTION = "the newsroom's own export: a folder of .json files"


def preset(_source: Path) -> Mapping:
    """Return what labels and attributes mean: our spans are the words of claims, `who` is the speaker."""
    return Mapping(spans={"quote": "words"}, fields={"who": "speaker"})


def read(source: Path, _mapping: Mapping, _texts: Path | None) -> Iterator[Item]:
    """Yield the articles of a folder; a file that is not ours is reported."""
    for path in sorted(source.glob("*.json")):
        at = Place(str(path), 1, 1)
        try:
            story = json.loads(path.read_text(encoding="utf-8"))
            yield _article(story, at)
        except (ValueError, KeyError, TypeError) as error:
            yield Skipped("article", path.name, f"it is not an article of the newsroom's export: {error}", at)


def _article(story: dict[str, Any], at: Place) -> AnnotatedText:
    quotes = tuple(
        LabelledSpan(
            id=f"q{n}",
            label="quote",
            parts=(Span(quote["from"], quote["to"]),),
            at=at,
            attributes={"who": (quote["who"],)},
            names={"who": (Name(quote["who"], "Person"),)},
        )
        for n, quote in enumerate(story["quotes"], start=1)
    )
    about = ArticleMetadata(headline=story["title"], published=story["day"])
    return AnnotatedText(story["id"], story["body"], at, quotes, article=about)
