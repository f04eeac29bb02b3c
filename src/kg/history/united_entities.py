"""Two entries of one entity become one: what they say is united, and where they differ somebody decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from kg.meaning.reporter import as_list, one_or_all

BOTH = "both"
"""The decision that identifiers of one authority both stay."""
_LISTS = ("also", "broader", "formerly")
_BY_KEY = ("description", "roles", "accept")
Fields = Mapping[str, Any]
"""An entry as plain values: texts, lists and mappings."""


class FieldConflict(NamedTuple):
    """A field, as `roles/mayor`, that two entries have with different values: `kept` stays in place, `other` goes.

    `choices` are the ids of the two, and for identifiers also `both`.
    """

    field: str
    kept: Any
    other: Any
    choices: tuple[str, ...]


class UnitedEntry(NamedTuple):
    """The entry that two become, and what must be decided before."""

    values: dict[str, Any]
    conflicts: tuple[FieldConflict, ...]


class _Pair(NamedTuple):
    """The ids of two entries, and the decisions by field: the id whose value stays."""

    kept: str
    other: str
    decisions: Mapping[str, str]


def united(kept: tuple[str, Fields], other: tuple[str, Fields], decisions: Mapping[str, str]) -> UnitedEntry:
    """Unite two entries, each given by its id; the first stays where it is.

    Names, other names, identifiers, descriptions, roles and former ids are united. `decisions` have the id whose
    value stays for each field in which both differ.
    """
    (id, first), (other_id, second) = kept, other
    pair = _Pair(id, other_id, decisions)
    values = dict(first)
    conflicts: list[FieldConflict] = []
    for field, value in second.items():
        if field == "name":
            continue
        if field in _LISTS:
            values[field] = one_or_all(list(dict.fromkeys([*as_list(first.get(field, [])), *as_list(value)])))
        elif field == "same_as":
            values[field] = list(_identifiers(as_list(first.get(field, [])), as_list(value), pair, conflicts))
        elif field in _BY_KEY and isinstance(value, dict) and isinstance(first.get(field, {}), dict):
            values[field] = _by_key(field, first.get(field, {}), value, pair, conflicts)
        else:
            values[field] = _one(field, first.get(field, ""), value, pair, conflicts)
    values |= _names(first, second)
    return UnitedEntry(
        {field: value for field, value in values.items() if value not in ("", [], {})}, (*conflicts,)
    )


def _names(first: Fields, second: Fields) -> dict[str, Any]:
    """Return the name in all languages, and the other names."""
    name, more = first["name"], second["name"]
    if isinstance(name, dict) and isinstance(more, dict):
        name = {**more, **name} | name
        name = {tag: name[tag] for tag in (*first["name"], *(tag for tag in more if tag not in first["name"]))}
    known = {*(name.values() if isinstance(name, dict) else [name])}
    further = [*as_list(first.get("also", [])), *(more.values() if isinstance(more, dict) else [more])]
    also = dict.fromkeys([*further, *as_list(second.get("also", []))])
    return {"name": name, "also": [each for each in also if each not in known]}


def _identifiers(first: list[str], second: list[str], pair: _Pair, conflicts: list[FieldConflict]) -> Iterator[str]:
    """Yield the identifiers of both; two of one authority are one too many, unless it was decided so."""
    known = {_authority(each): each for each in first}
    clash = {known[_authority(each)]: each for each in second if each not in first and _authority(each) in known}
    decided = pair.decisions.get("same_as", "") if clash else ""
    if clash and decided not in (pair.kept, pair.other, BOTH):
        conflicts.append(FieldConflict("same_as", [*clash], [*clash.values()], (pair.kept, pair.other, BOTH)))
    dropped = {pair.kept: {*clash.values()}, pair.other: {*clash}}.get(decided, set())
    yield from (each for each in dict.fromkeys([*first, *second]) if each not in dropped)


def _authority(link: str) -> str:
    """Return who gives an identifier: the host, or the scheme of an IRI without one."""
    parts = urlsplit(link)
    return parts.netloc.lower().removeprefix("www.") or parts.scheme


def _by_key(
    field: str, first: Fields, second: Fields, pair: _Pair, conflicts: list[FieldConflict]
) -> dict[str, Any]:
    found = dict(first)
    for key, value in second.items():
        if key in first:
            found[key] = _one(f"{field}/{key}", first[key], value, pair, conflicts)
        elif value not in first.values() or field != "roles":
            found[key] = value
    return found


def _one(field: str, first: Any, second: Any, pair: _Pair, conflicts: list[FieldConflict]) -> Any:
    """Return the one value that a field may have."""
    if not first or first == second:
        return second
    decided = pair.decisions.get(field, "")
    if decided not in (pair.kept, pair.other):
        conflicts.append(FieldConflict(field, first, second, (pair.kept, pair.other)))
    return second if decided == pair.other else first
