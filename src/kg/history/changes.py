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
from kg.corpus.editing import value_at
from kg.corpus.references import FileKind, ReferenceKind, references
from kg.dates.edtf import read as read_edtf
from kg.errors import CorpusError, Finding, Place
from kg.files.digests import digest_of
from kg.files.temporary import temporary_database
from kg.meaning.reporter import as_list
from kg.pipeline.publication import refuse_violations

Kind = Literal["article", "claim", "entity", "corpus"]
How = Literal[
    "added",
    "deleted",
    "withdrawn",
    "renamed",
    "merged",
    "reworded",
    "re-anchored",
    "kept",
    "corrected",
    "less certain",
    "more certain",
    "changed",
]
_DATES = ("said", "due", "published", "date")
# What only kg reads, and nothing publishes.
_NOT_PUBLISHED = ("accept", "sha256")
# A thing that has another id is said to be renamed, and one with words in an earlier text to be re-anchored.
_SAID_OTHERWISE = ("id", "formerly", "earlier")
Fields = Mapping[str, Any]
"""The fields of an article, a claim or an entity, or things by their ids, as plain values."""


class Change(NamedTuple):
    """What happened to an article, a claim, an entity or the corpus, or to a field of one.

    `id` is that of an article, an entity, or `ARTICLE/CLAIM`. `field` is the path of a field, `relations/answers`,
    empty if it is about all of it. `old` and `new` are values as people read them: for a claim its words, for one
    that was withdrawn the reason, for one that was renamed or merged both ids. `name` is that of an entity.
    """

    kind: Kind
    id: str
    how: How
    field: str = ""
    old: str = ""
    new: str = ""
    name: str = ""


def changes(old: CorpusDefinition, new: CorpusDefinition) -> Iterator[Change]:
    """Yield what differs: the corpus, the entities, then the articles in the order of the new corpus, deleted last.

    Raises `CorpusError` if an article cannot be read, and `FileError` as `sources` does.
    """
    names = renamed(_plain(old.entities), _plain(new.entities))
    config = with_new_names(_plain(old.config), "config", names)
    yield from field_changes("corpus", "", config, _plain(new.config))
    yield from entity_changes(_plain(old.entities), _plain(new.entities))
    with temporary_database() as earlier:
        earlier.execute("CREATE TABLE article (id TEXT PRIMARY KEY, content BLOB) WITHOUT ROWID")
        for article in _finished(old):
            content = msgspec.json.encode(_content(article))
            earlier.execute("INSERT INTO article VALUES (?, ?)", (article.id, content))
        for article in _finished(new):
            after = _content(article)
            for id in (article.id, *as_list(after.get("article", {}).get("formerly", []))):
                row = earlier.execute("DELETE FROM article WHERE id = ? RETURNING content", (id,)).fetchone()
                if row is not None:
                    break
            if row is None:
                yield Change("article", article.id, "added")
            elif id != article.id:
                yield Change("article", id, "renamed", "", id, article.id)
            before = with_new_names(msgspec.json.decode(row[0]), "claims", names) if row else {}
            yield from article_changes(article.id, before, after)
        for id, content in earlier.execute("SELECT id, content FROM article ORDER BY id"):
            yield Change("article", id, "deleted")
            yield from article_changes(id, msgspec.json.decode(content), {})


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
    return simplified(msgspec.to_builtins(value))


def simplified(value: Any) -> Any:
    """Return plain values in one of the ways in which they can be written: a list of one as its value."""
    if isinstance(value, list):
        return simplified(value[0]) if len(value) == 1 else [simplified(each) for each in value]
    if isinstance(value, dict):
        kept = {key: simplified(each) for key, each in value.items() if key not in _NOT_PUBLISHED}
        return kept["edtf"] if kept.keys() == {"edtf"} else kept
    return value


def entity_changes(old: Fields, new: Fields) -> Iterator[Change]:
    """Yield what happened to entities, each by its id, with the name that it has.

    One that has another id now, or became one with another, is not deleted.
    """
    names = renamed(old, new)
    for id, later in names.items():
        yield Change("entity", id, "merged" if later in old else "renamed", "", id, later, _name(new[later]))
    # Of two that became one, the one whose id stays is compared.
    kept = {names.get(id, id): each for id, each in old.items() if id not in names or names[id] not in old}
    for change in changes_by_id("entity", "", with_new_names(kept, "entities", names), new):
        yield change._replace(name=_name(new.get(change.id) or old[change.id]))


def _name(entity: Fields) -> str:
    name = entity.get("name", "")
    return _shown(next(iter(name.values())) if isinstance(name, dict) else name)


def renamed(old: Fields, new: Fields) -> dict[str, str]:
    """Return the new id of each thing that is known by another one now, by the id that it had."""
    former = {each: id for id, thing in new.items() for each in as_list(thing.get("formerly", []))}
    return {id: former[id] for id in old if id in former and id not in new}


def with_new_names(values: Any, file: FileKind, names: Mapping[str, str], kind: ReferenceKind = "entity") -> Any:
    """Put the new ids of entities in place of the old ones into the values of a file, and return them."""
    for reference in list(references(values, file)) if names else ():
        if reference.kind == kind and reference.name in names:
            *way, last = reference.path
            container = value_at(values, tuple(way))
            container[last] = names[reference.name]
            if isinstance(container, list):
                container[:] = dict.fromkeys(container)
    return simplified(values) if names else values


def article_changes(id: str, old: Fields, new: Fields) -> Iterator[Change]:
    """Yield what happened to an article and its claims; one that is not there has no fields."""
    if old and new:
        before, after = _text_version(old), _text_version(new)
        if before < after:
            yield Change("article", id, "corrected", "text", f"version {before}", f"version {after}")
        elif old["text"] != new["text"]:
            yield Change("article", id, "changed", "text")
        with_version = before >= after
        earlier = _about_article(old, with_version=with_version)
        yield from field_changes("article", id, earlier, _about_article(new, with_version=with_version))
    yield from _claim_changes(id, old, new)


def _text_version(content: Fields) -> int:
    return int(content.get("article", {}).get("version", 1))


def _about_article(content: Fields, *, with_version: bool) -> Fields:
    found = {key: each for key, each in content.items() if key not in ("text", "claims", "withdrawn")}
    if not with_version:
        found["article"] = {key: each for key, each in found.get("article", {}).items() if key != "version"}
    return found


def _claim_changes(article: str, old: Fields, new: Fields) -> Iterator[Change]:
    """Yield what happened to the claims: a withdrawn claim is not deleted, and a renamed claim is not new."""
    before, after = old.get("claims", {}), new.get("claims", {})
    withdrawn = {id: each for id, each in new.get("withdrawn", {}).items() if id not in old.get("withdrawn", {})}
    names = renamed(before, {**after, **withdrawn}) | _same_words(before, after, withdrawn)
    present = {names.get(id, id): each for id, each in before.items()}
    for id, each in withdrawn.items():
        yield Change(
            "claim", f"{article}/{id}", "withdrawn", "", _words(present.get(id, {})), _text(each.get("why", ""))
        )
    for id, later in names.items():
        yield Change("claim", f"{article}/{id}", "renamed", "", id, later)
    kept = {id: each for id, each in present.items() if id not in withdrawn}
    kept = with_new_names({"claims": kept}, "claims", names, "claim")["claims"]
    for change in changes_by_id("claim", f"{article}/", kept, after):
        id = change.id.rpartition("/")[2]
        earlier = [each.get(id, {}).get("earlier", {}).keys() for each in (kept, after)]
        is_reanchored = change.how == "reworded" and change.field == "words" and earlier[1] > earlier[0]
        yield change._replace(how="re-anchored") if is_reanchored else change


def _same_words(before: Fields, after: Fields, withdrawn: Fields) -> dict[str, str]:
    """Return the new id of each claim whose id is gone while a new claim has its words and speaker."""
    new = {_identity(claim): id for id, claim in after.items() if id not in before}
    gone = {id: claim for id, claim in before.items() if id not in after and id not in withdrawn}
    return {id: new.pop(_identity(claim)) for id, claim in gone.items() if _identity(claim) in new}


def _identity(claim: Fields) -> tuple[str, str]:
    return msgspec.json.encode(claim.get("words", "")).decode(), _shown(claim.get("speaker", ""))


def changes_by_id(kind: Kind, prefix: str, old: Fields, new: Fields) -> Iterator[Change]:
    """Yield what happened to entities or claims, in the new order; those that are gone come last."""
    for id, each in new.items():
        if id not in old:
            yield Change(kind, f"{prefix}{id}", "added", new=_words(each))
        else:
            yield from field_changes(kind, f"{prefix}{id}", old[id], each)
    for id, each in old.items():
        if id not in new:
            yield Change(kind, f"{prefix}{id}", "deleted", old=_words(each))


def field_changes(kind: Kind, id: str, old: Any, new: Any, path: Sequence[str] = ()) -> Iterator[Change]:
    """Yield the fields that differ, each mapping key by key down to values, and a date or passage as one."""
    if old == new:
        return
    if all(_is_mapping(each, path) or not each for each in (old, new)):
        before, after = old or {}, new or {}
        for key in dict.fromkeys((*before, *after)):
            if key in _SAID_OTHERWISE or (path and key == "text_version"):  # also which text was reviewed
                continue
            yield from field_changes(kind, id, before.get(key, ""), after.get(key, ""), (*path, key))
        return
    yield Change(kind, id, _how(path[-1] if path else "", old, new), "/".join(path), _shown(old), _shown(new))


def _is_mapping(value: Any, path: Sequence[str]) -> bool:
    """Whether a value is a mapping of fields: no date and no passage, which are one value each."""
    return isinstance(value, dict) and not (path and value.keys() & {"edtf", "words"})


def _how(field: str, old: Any, new: Any) -> How:
    if field == "words":
        return "reworded"
    if field == "text_version" and new:
        return "kept"
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


def _text(value: Any) -> str:
    """Return a text without the name of its language if that is the only one."""
    return _shown(next(iter(value.values())) if isinstance(value, dict) and len(value) == 1 else value)


def _shown(value: Any) -> str:
    """Return a value as a line of text."""
    if isinstance(value, list):
        return ", ".join(map(_shown, value))
    if isinstance(value, dict):
        main = value.get("edtf") or value.get("words")
        return _shown(main) if main else ", ".join(f"{key}: {_shown(each)}" for key, each in value.items())
    return "yes" if value is True else str(value)
