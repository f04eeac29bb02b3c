"""What fields beside a text say of the article: its headline, its date, who published it."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Fields
from typing import NamedTuple

from kg.annotations import Article
from kg.errors import Place
from kg.imports.documents import Name, Skipped
from kg.imports.mapping import ArticleField, Mapping, key

# Of names for one field the first wins that is there: `id` is often only a number that a tool gives.
_OBVIOUS: dict[str, ArticleField] = {
    **dict.fromkeys(("articleid", "docid", "documentid", "doc", "id"), "id"),
    **dict.fromkeys(("headline", "title"), "headline"),
    **dict.fromkeys(
        ("published", "datepublished", "publicationdate", "publishedat", "pubdate", "date"), "published"
    ),
    **dict.fromkeys(("publisher", "newspaper", "outlet"), "publisher"),
    **dict.fromkeys(("author", "authors", "byline"), "author"),
    **dict.fromkeys(("url", "link", "sourceurl"), "url"),
    **dict.fromkeys(("language", "lang"), "language"),
    **dict.fromkeys(("annotator", "annotatedby"), "annotator"),
    **dict.fromkeys(("annotated", "annotatedat"), "annotated"),
}
_MOST_NAMES = 1000


class Told(NamedTuple):
    """What fields say of an article and its annotation, and the names of those that say nothing of either."""

    id: str
    article: Article
    publisher: Name | None
    authors: tuple[Name, ...]
    by: str
    on: str
    left: tuple[str, ...]


def told(fields: Fields[str, object], mapping: Mapping) -> Told:
    """Return what fields say: those that the mapping's `article` names, else those of an obvious name."""
    named = {key(name): field for name, field in mapping.article.items()}
    values: dict[ArticleField, tuple[str, ...]] = {}
    used: set[str] = set()
    for wanted in (named, {name: field for name, field in _OBVIOUS.items() if name not in named}):
        by_key = {key(name): name for name in reversed(fields)}
        for known, field in wanted.items():
            name = by_key.get(known)
            if name is None or not (texts := texts_of(fields[name])):
                continue
            if field not in values:
                values[field] = texts
                used.add(name)
            elif field == "id":
                used.add(name)
    one = {field: " ".join(texts) for field, texts in values.items() if field != "author"}
    left = tuple(name for name, each in fields.items() if name not in used and not is_empty(each))
    return Told(
        one.get("id", ""),
        Article(
            headline=one.get("headline", ""),
            published=one.get("published", ""),
            url=one.get("url", ""),
            language=one.get("language", ""),
        ),
        Name(one["publisher"]) if "publisher" in one else None,
        tuple(map(Name, values.get("author", ()))),
        one.get("annotator", ""),
        one.get("annotated", ""),
        left,
    )


def texts_of(value: object) -> tuple[str, ...]:
    """Return a field's value as texts that are not blank; none where it is an object or holds others than texts."""
    if isinstance(value, list):
        several = [texts_of(each) if not isinstance(each, list) else () for each in value]
        return tuple(text for texts in several for text in texts) if all(several) else ()
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ()
    text = str(value).strip() if isinstance(value, str) else format(value, "")
    return (text,) if text else ()


def is_empty(value: object) -> bool:
    """Tell whether a field holds nothing."""
    return value is None or (isinstance(value, str) and not value.strip()) or value == [] or value == {}


class Left:
    """Fields that nothing is made of, told once by name with how often they were met."""

    def __init__(self) -> None:
        self._met: dict[str, tuple[int, Place]] = {}

    def note(self, name: str, at: Place) -> Iterator[Skipped]:
        """Take note of a field; yield what was noted where that is too much to keep."""
        count, first = self._met.get(name, (0, at))
        self._met[name] = (count + 1, first)
        if len(self._met) > _MOST_NAMES:
            yield from self.told()

    def told(self) -> Iterator[Skipped]:
        """Yield each field that was met."""
        why = "it says nothing of the article that is known: name what it holds under `article` in the mapping"
        for name, (count, at) in self._met.items():
            yield Skipped("attribute", name, why, at, count)
        self._met.clear()
