"""What differs between two states of a corpus, in the words of its annotations: claims, articles, entities.

What people wrote is compared, not how: the order and layout of the files do not count, nor whether one value is in
a list. Drafts are not published, so an article that was finished is new.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import msgspec

from kg.annotations.classes import ClaimsFile
from kg.corpus import CorpusDefinition, WrittenArticle, read_article, sources
from kg.dates.edtf import read as read_edtf
from kg.errors import CorpusError, Finding, Place
from kg.files.digests import digest_of
from kg.files.temporary import temporary_database
from kg.pipeline.publication import refuse_violations

Kind = Literal["article", "claim", "entity", "corpus"]
How = Literal["added", "deleted", "withdrawn", "renamed", "reworded", "less certain", "more certain", "changed"]
_DATES = ("said", "due", "published", "date")
# What only kg reads, and nothing publishes.
_NOT_PUBLISHED = ("accept", "sha256")
Fields = Mapping[str, Any]
"""The fields of an article, a claim or an entity, or things by their ids, as plain values."""


class Change(NamedTuple):
    """What happened to an article, a claim, an entity or the corpus, or to a field of one.

    `id` is that of an article, an entity, or `ARTICLE/CLAIM`. `field` is the path of a field, `relations/answers`,
    empty if it is about all of it. `old` and `new` are values as people read them: for a claim its words, for one
    that was withdrawn the reason, for one that was renamed both ids.
    """

    kind: Kind
    id: str
    how: How
    field: str = ""
    old: str = ""
    new: str = ""


def changes(old: CorpusDefinition, new: CorpusDefinition) -> Iterator[Change]:
    """Yield what differs: the corpus, the entities, then the articles in the order of the new corpus, deleted last.

    Raises `CorpusError` if an article cannot be read, and `FileError` as `sources` does.
    """
    yield from _fields("corpus", "", _plain(old.config), _plain(new.config))
    yield from _changes_by_id("entity", "", _plain(old.entities), _plain(new.entities))
    with temporary_database() as earlier:
        earlier.execute("CREATE TABLE article (id TEXT PRIMARY KEY, content BLOB) WITHOUT ROWID")
        for article in _finished(old):
            content = msgspec.json.encode(_content(article))
            earlier.execute("INSERT INTO article VALUES (?, ?)", (article.id, content))
        for article in _finished(new):
            row = earlier.execute("DELETE FROM article WHERE id = ? RETURNING content", (article.id,)).fetchone()
            if row is None:
                yield Change("article", article.id, "added")
            yield from _article_changes(article.id, msgspec.json.decode(row[0]) if row else {}, _content(article))
        for id, content in earlier.execute("SELECT id, content FROM article ORDER BY id"):
            yield Change("article", id, "deleted")
            yield from _article_changes(id, msgspec.json.decode(content), {})


def _finished(corpus: CorpusDefinition) -> Iterator[WrittenArticle]:
    """Yield the articles that are no drafts. Raises `CorpusError` if one cannot be read, or two have one id."""
    ids: set[str] = set()
    for source in sources(corpus):
        article = read_article(source)
        refuse_violations(list(article.findings))
        if article.id in ids:
            message = f"an article must have an id of its own, `{article.id}` is also that of another: rename one"
            raise CorpusError([Finding("violation", message, "id-used-twice", Place(article.file, 1, 1))])
        ids.add(article.id)
        if article.id and article.annotations and article.annotations.annotation.status != "draft":
            yield article


def _content(article: WrittenArticle) -> Fields:
    """Return the annotations of an article, with the digest of its text."""
    text = digest_of(f"{article.header}\n{article.text}".encode()).hex()
    return {"text": text, **_plain(article.annotations or ClaimsFile())}


def _plain(value: object) -> Any:
    """Return what was written as mappings, lists and strings: a list of one as its value, a bare date as text."""
    return _simplified(msgspec.to_builtins(value))


def _simplified(value: Any) -> Any:
    if isinstance(value, list):
        return _simplified(value[0]) if len(value) == 1 else [_simplified(each) for each in value]
    if isinstance(value, dict):
        kept = {key: _simplified(each) for key, each in value.items() if key not in _NOT_PUBLISHED}
        return kept["edtf"] if kept.keys() == {"edtf"} else kept
    return value


def _article_changes(id: str, old: Fields, new: Fields) -> Iterator[Change]:
    if old and new:
        if old["text"] != new["text"]:
            yield Change("article", id, "changed", "text")
        yield from _fields("article", id, _about_article(old), _about_article(new))
    yield from _claim_changes(id, old, new)


def _about_article(content: Fields) -> Fields:
    return {key: each for key, each in content.items() if key not in ("text", "claims", "withdrawn")}


def _claim_changes(article: str, old: Fields, new: Fields) -> Iterator[Change]:
    """Yield what happened to the claims: a withdrawn claim is not deleted, and a renamed claim is not new."""
    before, after = old.get("claims", {}), new.get("claims", {})
    withdrawn = {id: each for id, each in new.get("withdrawn", {}).items() if id not in old.get("withdrawn", {})}
    renamed = _renamed(before, after, withdrawn)
    for id, each in withdrawn.items():
        yield Change("claim", f"{article}/{id}", "withdrawn", "", _words(before.get(id, {})), _shown(each["why"]))
    for id, later in renamed.items():
        yield Change("claim", f"{article}/{id}", "renamed", "", id, later)
    kept = {renamed.get(id, id): each for id, each in before.items() if id not in withdrawn}
    yield from _changes_by_id("claim", f"{article}/", kept, after)


def _renamed(before: Fields, after: Fields, withdrawn: Fields) -> dict[str, str]:
    """Return the new id of each claim whose id is gone while a new claim has its words and speaker."""
    new = {_identity(claim): id for id, claim in after.items() if id not in before}
    gone = {id: claim for id, claim in before.items() if id not in after and id not in withdrawn}
    return {id: new.pop(_identity(claim)) for id, claim in gone.items() if _identity(claim) in new}


def _identity(claim: Fields) -> tuple[str, str]:
    return msgspec.json.encode(claim["words"]).decode(), _shown(claim["speaker"])


def _changes_by_id(kind: Kind, prefix: str, old: Fields, new: Fields) -> Iterator[Change]:
    """Yield what happened to entities or claims, in the new order; those that are gone come last."""
    for id, each in new.items():
        if id not in old:
            yield Change(kind, f"{prefix}{id}", "added", new=_words(each))
        else:
            yield from _fields(kind, f"{prefix}{id}", old[id], each)
    for id, each in old.items():
        if id not in new:
            yield Change(kind, f"{prefix}{id}", "deleted", old=_words(each))


def _fields(kind: Kind, id: str, old: Any, new: Any, path: Sequence[str] = ()) -> Iterator[Change]:
    """Yield the fields that differ, each mapping key by key down to values, and a date or passage as one."""
    if old == new:
        return
    if all(_is_mapping(each, path) or not each for each in (old, new)):
        before, after = old or {}, new or {}
        for key in dict.fromkeys((*before, *after)):
            yield from _fields(kind, id, before.get(key, ""), after.get(key, ""), (*path, key))
        return
    yield Change(kind, id, _how(path[-1] if path else "", old, new), "/".join(path), _shown(old), _shown(new))


def _is_mapping(value: Any, path: Sequence[str]) -> bool:
    """Whether a value is a mapping of fields: no date and no passage, which are one value each."""
    return isinstance(value, dict) and not (path and value.keys() & {"edtf", "words"})


def _how(field: str, old: Any, new: Any) -> How:
    if field == "words":
        return "reworded"
    before, after = (_bounds(each) if field in _DATES else None for each in (old, new))
    if before and after and before != after:
        (start, end), (first, last) = before, after
        if first <= start and end <= last:
            return "less certain"
        if start <= first and last <= end:
            return "more certain"
    return "changed"


def _bounds(date: Any) -> tuple[str, str] | None:
    """Return the first and last day of a date; None if it cannot be read, or is open."""
    try:
        read = read_edtf(date["edtf"] if isinstance(date, dict) else date)
    except (ValueError, KeyError):
        return None
    return (read.earliest, read.latest) if read.earliest and read.latest else None


def _words(thing: Fields) -> str:
    """Return how people refer to it: the words of a claim, the name of an entity."""
    return _shown(thing.get("words") or thing.get("name") or "")


def _shown(value: Any) -> str:
    """Return a value as a line of text."""
    if isinstance(value, list):
        return ", ".join(map(_shown, value))
    if isinstance(value, dict):
        main = value.get("edtf") or value.get("words")
        return _shown(main) if main else ", ".join(f"{key}: {_shown(each)}" for key, each in value.items())
    return "yes" if value is True else str(value)
