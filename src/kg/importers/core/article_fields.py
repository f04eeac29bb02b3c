"""What fields beside a text say of the article: its headline, its date, who published it."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Fields
from typing import NamedTuple

from kg.errors import Place
from kg.importers.core.documents import ArticleMetadata, Name, Skipped
from kg.importers.core.mapping import ArticleField, Mapping, key

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
}
_MOST_NAMES = 1000


class Told(NamedTuple):
    """What fields say of an article and its annotation, and the names of those that say nothing of either."""

    id: str
    article: ArticleMetadata
    publisher: Name | None
    authors: tuple[Name, ...]
    by: str
    on: str
    left: tuple[str, ...]


def told(fields: Fields[str, object], mapping: Mapping) -> Told:
    """Return what fields say: those that the mapping's `article` names, else those of an obvious name."""
    named = {key(name): field for name, field in mapping.article.items()}
    meant = {**named, **{name: field for name, field in _OBVIOUS.items() if name not in named}}
    ranks = {name: rank for rank, name in enumerate(meant)}
    values: dict[ArticleField, tuple[str, ...]] = {}
    left = []
    for name in sorted(fields, key=lambda name: ranks.get(key(name), len(ranks))):
        field, texts = meant.get(key(name)), texts_of(fields[name])
        if field and texts and (field == "id" or field not in values):
            values.setdefault(field, texts)
        elif not is_empty(fields[name]):
            left.append(name)
    return _told(values, tuple(left))


def _told(values: Fields[ArticleField, tuple[str, ...]], left: tuple[str, ...]) -> Told:
    def one(field: ArticleField) -> str:
        return " ".join(values.get(field, ()))

    article = ArticleMetadata(
        headline=one("headline"), published=one("published"), url=one("url"), language=one("language")
    )
    publisher = Name(one("publisher")) if "publisher" in values else None
    authors = tuple(map(Name, values.get("author", ())))
    return Told(one("id"), article, publisher, authors, one("annotator"), one("annotated"), left)


def texts_of(value: object) -> tuple[str, ...]:
    """Return a field's value as texts that are not blank; none where it is an object or holds others than texts."""
    if isinstance(value, list):
        several = [() if isinstance(each, list) else texts_of(each) for each in value]
        return tuple(text for texts in several for text in texts) if all(several) else ()
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ()
    text = str(value).strip()
    return (text,) if text else ()


def is_empty(value: object) -> bool:
    """Tell whether a field holds nothing."""
    return value is None or (isinstance(value, str) and not value.strip()) or value == [] or value == {}


class Left:
    """Fields that nothing is made of, told once by name with how often they were met."""

    why = "it says nothing of the article that is known: name what it holds under `article` in the mapping"

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
        for name, (count, at) in self._met.items():
            yield Skipped("attribute", name, self.why, at, count)
        self._met.clear()
