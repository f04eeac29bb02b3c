"""Reads the metadata fields of a text: the article's headline, date, publisher and so on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Fields
from typing import NamedTuple

from msgspec.structs import replace

from kg.errors import Place
from kg.files.json_reader import JsonError, JsonValue
from kg.importers.core.documents import AnnotatedText, ArticleMetadata, Name, Skipped
from kg.importers.core.mapping import ArticleField, Mapping, key

# If a record has several names for one field, the first wins: `id` is often only a number that a tool gives.
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
_UNKNOWN_FIELD = "kg does not know what this field says about the article: say so under `article` in the mapping"


class ArticleFields(NamedTuple):
    """The metadata of an article and its annotation; `unused` names the fields that belong to neither."""

    id: str
    article: ArticleMetadata
    publisher: Name | None
    authors: tuple[Name, ...]
    by: str
    on: str
    unused: tuple[str, ...]

    def complete(self, document: AnnotatedText) -> AnnotatedText:
        """Return a document with these metadata; it keeps its own id, annotator and day if the fields have none."""
        return replace(
            document,
            id=self.id or document.id,
            article=self.article,
            publisher=self.publisher,
            authors=self.authors,
            by=self.by or document.by,
            on=self.on or document.on,
        )


def read_article_fields(fields: Fields[str, object], mapping: Mapping) -> ArticleFields:
    """Read the fields that the mapping's `article` names, and those with an obvious name."""
    named = {key(name): field for name, field in mapping.article.items()}
    known = {**named, **{name: field for name, field in _OBVIOUS.items() if name not in named}}
    ranks = {name: rank for rank, name in enumerate(known)}
    values: dict[ArticleField, tuple[str, ...]] = {}
    unused = []
    for name in sorted(fields, key=lambda name: ranks.get(key(name), len(ranks))):
        field, texts = known.get(key(name)), texts_of(fields[name])
        if field and texts and (field == "id" or field not in values):
            values.setdefault(field, texts)
        elif not is_empty(fields[name]):
            unused.append(name)
    one = {field: " ".join(texts) for field, texts in values.items()}
    return ArticleFields(
        one.get("id", ""),
        ArticleMetadata(
            one.get("headline", ""),
            one.get("published", ""),
            url=one.get("url", ""),
            language=one.get("language", ""),
        ),
        Name(one["publisher"]) if "publisher" in one else None,
        tuple(map(Name, values.get("author", ()))),
        one.get("annotator", ""),
        one.get("annotated", ""),
        tuple(unused),
    )


def texts_of(value: object) -> tuple[str, ...]:
    """Return a field's non-blank texts; none if its value is or contains anything but texts."""
    if isinstance(value, list):
        several = [() if isinstance(each, list) else texts_of(each) for each in value]
        return tuple(text for texts in several for text in texts) if all(several) else ()
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ()
    text = str(value).strip()
    return (text,) if text else ()


def first_text(value: object) -> str:
    """Return the first text of a field's value, `""` if there is none."""
    return "".join(texts_of(value)[:1])


def read_value(value: JsonValue | None) -> object:
    """Return the decoded value; None if it is missing or unreadable."""
    try:
        return value.read() if value else None
    except JsonError:
        return None


def is_empty(value: object) -> bool:
    """Tell whether a field is empty."""
    return value is None or (isinstance(value, str) and not value.strip()) or value == [] or value == {}


class UnusedFields:
    """Counts the fields that are not used; each name is reported once."""

    def __init__(self, why: str = _UNKNOWN_FIELD) -> None:
        self.why = why
        self._fields: dict[str, Skipped] = {}

    def add(self, names: Iterable[str], at: Place) -> Iterator[Skipped]:
        """Count fields; yield the totals so far if there are too many names to keep."""
        for name in names:
            field = self._fields.get(name) or Skipped("attribute", name, self.why, at, 0)
            self._fields[name] = replace(field, count=field.count + 1)
        if len(self._fields) > _MOST_NAMES:
            yield from self.totals()

    def totals(self) -> Iterator[Skipped]:
        """Yield each field that was counted, and reset the counts."""
        yield from self._fields.values()
        self._fields.clear()
