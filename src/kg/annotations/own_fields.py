"""A corpus's own fields: corpus.yaml declares them, and the classes of its files get them beside kg's fields."""

from __future__ import annotations

from functools import cache
from itertools import islice
from typing import Annotated, Any, Literal, NamedTuple

from msgspec import Meta, Struct, defstruct, structs

from kg.annotations.classes import (
    ArticleEntry,
    ClaimEntry,
    ClaimsFile,
    CorpusFile,
    EntitiesFile,
    EntityEntry,
    Id,
    LineArticle,
    LineFile,
    Link,
    ReadingClaimEntry,
    ReadingFile,
    Some,
)

KINDS: dict[str, tuple[type[Struct], ...]] = {
    "claims": (ClaimEntry, ReadingClaimEntry),
    "articles": (ArticleEntry, LineArticle),
    "entities": (EntityEntry,),
}
"""The classes that get the fields declared for each kind."""
YES, NO = ("yes", "true"), ("no", "false")


class OwnField(NamedTuple):
    """A declared field: where it is, its name in the files, its attribute in the class, and what it may contain."""

    kind: str
    name: str
    attribute: str
    property: str
    type: str = "text"
    values: tuple[str, ...] = ()
    several: bool = False
    description: str = ""


class FileTypes(NamedTuple):
    """What the files of a corpus are decoded into."""

    claims: Any = ClaimsFile
    line: Any = LineFile
    entities: Any = EntitiesFile
    article: Any = ArticleEntry
    reading: Any = ReadingFile


MOST_FIELDS = 1000
"""How many fields of a kind a corpus may declare, and how many values to choose from one of them may have."""


def own_fields(config: CorpusFile) -> tuple[OwnField, ...]:
    """Return the declared fields whose names are not kg's own; at most `MOST_FIELDS` of a kind."""
    return tuple(
        OwnField(
            kind,
            name,
            f"own{number}",
            entry.property,
            entry.type,
            tuple(entry.values[:MOST_FIELDS]),
            entry.several,
            entry.description,
        )
        for kind in KINDS
        for number, (name, entry) in enumerate(islice(getattr(config.fields, kind).items(), MOST_FIELDS))
        if name not in taken_names(kind)
    )


@cache
def taken_names(kind: str) -> frozenset[str]:
    """Return the names of kg's own fields of a kind."""
    return frozenset(field.encode_name for each in KINDS[kind] for field in structs.fields(each))


@cache
def file_types(fields: tuple[OwnField, ...]) -> FileTypes:
    """Return the classes of the files of a corpus with these fields of its own."""
    if not fields:
        return FileTypes()
    claim, reading, article, line_article, entity = (
        _with_fields(each, tuple(field for field in fields if each in KINDS[field.kind]))
        for each in (ClaimEntry, ReadingClaimEntry, ArticleEntry, LineArticle, EntityEntry)
    )

    def reduce(file: Any) -> Any:
        return _unpickled_claims, (fields, [getattr(file, name) for name in type(file).__struct_fields__])

    claims, of_reading = (
        _described(_by_id(each), "The claims; an id is never used for another claim.") for each in (claim, reading)
    )
    members = [("article", article, article()), ("claims", claims, {})]
    return FileTypes(
        _extended(ClaimsFile, members, {}, {"__reduce__": reduce}),
        _extended(LineFile, [("article", line_article), ("claims", claims, {})], {}),
        _by_id(entity),
        article,
        _extended(ReadingFile, [("article", article, article()), ("claims", of_reading, {})], {}),
    )


def _unpickled_claims(fields: tuple[OwnField, ...], values: list[Any]) -> Any:
    return file_types(fields).claims(*values)


def _by_id(entry: Any) -> Any:
    return dict[Id, entry]


@cache
def _with_fields(of: type[Struct], fields: tuple[OwnField, ...]) -> Any:
    """Return a class with more fields, whose instances can be pickled."""
    if not fields:
        return of

    def reduce(entry: Any) -> Any:
        return _unpickled, (of, fields, [getattr(entry, name) for name in type(entry).__struct_fields__])

    members = [_member(field) for field in fields]
    return _extended(of, members, {field.attribute: field.name for field in fields}, {"__reduce__": reduce})


def _member(field: OwnField) -> tuple[str, Any, Any]:
    type = _described(_type(field), field.description or f"Of this corpus: {field.property}.")
    return (field.attribute, type, [] if field.several else "")


def _unpickled(of: type[Struct], fields: tuple[OwnField, ...], values: list[Any]) -> Any:
    return _with_fields(of, fields)(*values)


def _extended(
    of: type[Struct], members: list[Any], rename: dict[str, str], namespace: dict[str, Any] | None = None
) -> Any:
    inherited = {field.name: field.encode_name for field in structs.fields(of) if field.name != field.encode_name}
    return defstruct(
        of.__name__,
        members,
        bases=(of,),
        namespace=namespace,
        frozen=True,
        forbid_unknown_fields=True,
        omit_defaults=True,
        rename={**inherited, **rename},
    )


def _type(field: OwnField) -> Any:
    """Return the type of a field's value, with `""` for a value that is absent."""
    if field.values:
        one: Any = Literal[field.values]
    elif field.type == "yes-no":
        one = Literal[(*YES, *NO)]
    else:
        one = {"link": Link, "entity": Id}.get(field.type, Some)
    if field.several:
        return list[one] | one
    return one | Literal[""]


def _described(type: Any, description: str) -> Any:
    return Annotated[type, Meta(description=description)]
