"""Decodes plain values into the classes of `kg.annotations` with msgspec; if that fails, finds every mismatch.

The values are then compared with the types one by one, so that every innermost mismatch is found, not only the
first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from datetime import date
from functools import lru_cache
from typing import Any, TypeVar, get_origin

import msgspec
from msgspec import inspect

from kg.annotations.classes import (
    ARTICLE_ID,
    DAY,
    MOMENT,
    SLUG,
    VERSION_NUMBER,
    ClaimsFile,
    CorpusFile,
    LineFile,
    ReadingClaimEntry,
    ReadingFile,
)
from kg.corpus import messages
from kg.corpus.yaml_reader import ParsedFile, read_yaml
from kg.errors import Finding, Path, Spot
from kg.files.input_files import NAMED
from kg.files.places import Lines
from kg.files.text_files import read_text
from kg.text.nearest_name import nearest

File = TypeVar("File")
"""`ClaimsFile`, `CorpusFile`, `EntitiesFile`, `LineFile`."""

# Faults of a single field; the entry is usable without it: `claims/c01/act`, `stoltenberg/also`.
_OF_A_FIELD = frozenset(("unknown-key", "not-allowed", "wrong-kind", "empty-value", "not-true-or-false", "bad-day"))
_FIELD_DEPTHS: dict[object, int] = {CorpusFile: 1}
_FIELD_DEPTH = 3

# Fields whose text is read by people, so that no later check would notice a part lost to a comment.
_FREE_TEXT = frozenset(
    [
        "words",
        "gist",
        "in",
        "speaker_words",
        "cue",
        "condition",
        "why",
        "note",
        "name",
        "also",
        "title",
        "headline",
        "description",
    ]
)
MOST_COMPARED = 200_000
"""How many comparisons with allowed words are made for one file, to suggest the word that may be meant."""
_MOST_DIGITS = 18
_ABSENT = ("", -1, 0)  # defaults that mean "absent", which nobody writes
_TRUE_OR_FALSE = ("true", "false", "1", "0")  # as msgspec decodes them


def parse_yaml_file(file: str, of: object, folder: str = NAMED) -> ParsedFile:
    """Return the values of a YAML file. Raises `CorpusError` if it is not YAML, `FileError` if it is unreadable."""
    return parse_yaml(read_text(file, folder), file, of)


def parse_yaml(text: str, file: str, of: object) -> ParsedFile:
    """Return the values of the text of a YAML file. Raises `CorpusError` if it is not YAML."""
    tree = read_yaml(text, file)
    return tree._replace(findings=(*tree.findings, *_lost_to_comments(tree, of, text, file)))


def decode_values(
    tree: ParsedFile, of: type[File], file: str, *, line: int = 0
) -> tuple[File | None, list[Finding]]:
    """Return the values as a Struct, and all findings.

    If only fields are wrong, the Struct is made without them, so that the rest of the file can still be checked; if
    more is wrong, it is None.
    """
    try:
        value = msgspec.convert(tree.value, of, strict=False)
    except msgspec.ValidationError as error:
        found = mismatches(tree, of, file, line=line)
        # If the comparison ever misses what msgspec found, report msgspec's own message.
        odd = Finding("violation", f"the file must be as its schema says: {error}", "schema", Spot(file, (), line))
        return _without(found, tree, of), [*tree.findings, *(found or [odd])]
    found = mismatches(tree, of, file, line=line) if tree.suspect or not are_valid(value) else []
    return None if found or not _is_safe(tree) else value, [*tree.findings, *found]


def _without(findings: list[Finding], tree: ParsedFile, of: type[File]) -> File | None:
    """Return the values without the wrong fields; None if a finding is about more than a field of an entry."""
    if not findings or not _is_safe(tree):
        return None
    depth = 2 if get_origin(of) is dict else _FIELD_DEPTHS.get(of, _FIELD_DEPTH)
    values = deepcopy(tree.value)
    for finding in findings:
        path = finding.at.path if isinstance(finding.at, Spot) else ()
        if finding.rule not in _OF_A_FIELD or len(path) < depth:
            return None
        _remove(values, path)
    try:
        value = msgspec.convert(values, of, strict=False)
    except msgspec.ValidationError:
        return None
    return value if are_valid(value) else None


def _is_safe(tree: ParsedFile) -> bool:
    """Tell whether the values are as written, except perhaps for ends lost to comments."""
    return all(finding.rule == "lost-to-comment" for finding in tree.findings)


def _remove(values: Any, path: Path) -> None:
    for step in path[:-1]:
        values = values[step]
    if isinstance(values, dict):
        values.pop(path[-1], None)


def _lost_to_comments(tree: ParsedFile, of: object, text: str, file: str) -> list[Finding]:
    """Return a finding for each unquoted text whose end became a comment because of a ` #`."""
    if not tree.comments:
        return []
    lines = Lines(file, text)
    fields = [(field_at(of, comment.path), comment.offset) for comment in tree.comments]
    return [
        Finding("violation", _lost(field), "lost-to-comment", lines.place(offset))
        for field, offset in fields
        if field in _FREE_TEXT
    ]


def _lost(field: str) -> str:
    return (
        f"an unquoted text ends at ` #`, so the rest of `{field}` is lost: put the text in quotation marks, "
        "or the comment on a line of its own"
    )


# It takes milliseconds, and a file may have a mistake in each of its claims.
_type_info = lru_cache(maxsize=16)(inspect.type_info)


def mismatches(tree: ParsedFile, of: object, file: str, *, line: int = 0) -> list[Finding]:
    """Return a finding for each value of a file that does not fit its type."""
    return list(_Walk(tree, file, line).value(tree.value, _type_info(of), ()))


def field_at(of: object, path: Path) -> str:
    """Return the field at the end of a path, as it is written: `gist` for `claims/c01/gist/en`."""
    return _field_and_type(of, path)[0]


def types_at(of: object, path: Path) -> list[inspect.Type]:
    """Return the types that the value at a path may have; none if the path leads to no field."""
    kind = _field_and_type(of, path)[1]
    return alternatives(kind) if kind else []


def fields_at(of: object, path: Path) -> list[str]:
    """Return the names of the fields that the mapping at a path may have, in the order of the documentation.

    None for a mapping from ids or languages, which are in no order.
    """
    structs = (choice for choice in types_at(of, path) if isinstance(choice, inspect.StructType))
    return [field.encode_name for struct in structs for field in struct.fields]


def _field_and_type(of: object, path: Path) -> tuple[str, inspect.Type | None]:
    name, kind = "", _type_info(of)
    for step in path:
        for choice in alternatives(kind):
            fields = {field.encode_name: field for field in getattr(choice, "fields", ())}
            if step in fields:
                name, kind = str(step), fields[str(step)].type
                break
            if isinstance(choice, inspect.DictType if isinstance(step, str) else inspect.ListType):
                kind = choice.value_type if isinstance(choice, inspect.DictType) else choice.item_type
                break
        else:
            return "", None
    return name, kind


def alternatives(kind: inspect.Type) -> list[inspect.Type]:
    """Return the types that a value may have, without the one that means "absent"."""
    if isinstance(kind, inspect.Metadata):
        return alternatives(kind.type)
    if isinstance(kind, inspect.UnionType):
        return [choice for member in kind.types for choice in alternatives(member)]
    if isinstance(kind, inspect.LiteralType) and kind.values and kind.values[0] in _ABSENT:
        return []
    return [kind]


def patterns(kind: inspect.Type) -> set[str]:
    """Return the patterns in the JSON Schema of a type that its texts must match."""
    if isinstance(kind, inspect.Metadata):
        return patterns(kind.type) | ({(kind.extra_json_schema or {}).get("pattern", "")} - {""})
    if isinstance(kind, inspect.UnionType):
        return {pattern for member in kind.types for pattern in patterns(member)}
    return set()


def _is_split_text(value: dict[str, Any], struct: inspect.StructType, choices: list[inspect.Type]) -> bool:
    """Tell whether a mapping is an unquoted text that has a `: ` in it: `- Hij zei: ja`."""
    if len(value) != 1 or not any(isinstance(choice, inspect.StrType) for choice in choices):
        return False
    (key,) = value
    return not nearest(key, [field.encode_name for field in struct.fields])


def _fields_with(key: str, struct: inspect.StructType) -> str:
    """Return the field of a mapping whose own mapping has a key, `""` if there is none, or several."""
    found = [
        field.encode_name
        for field in struct.fields
        for choice in alternatives(field.type)
        if isinstance(choice, inspect.StructType) and any(each.encode_name == key for each in choice.fields)
    ]
    return found[0] if len(found) == 1 else ""


class _Walk:
    """Compares the values of one file with their types; each method yields the findings about a value."""

    def __init__(self, tree: ParsedFile, file: str, line: int) -> None:
        self.cut, self.file, self.line = tree.cut, file, line
        self.compared = 0

    def value(self, value: Any, kind: inspect.Type, path: Path) -> Iterator[Finding]:
        choices = alternatives(kind)
        if value == "":
            yield self.finding("empty-value", messages.empty(path, cut=path in self.cut), path, at_key=True)
        elif isinstance(value, dict):
            yield from self.mapping(value, choices, path)
        elif isinstance(value, list):
            yield from self.items(value, choices, path)
        elif isinstance(value, str):
            yield from self.text(value, kind, path)
        else:
            yield from self.other(value, choices, path)

    def mapping(self, value: dict[str, Any], choices: list[inspect.Type], path: Path) -> Iterator[Finding]:
        for choice in choices:
            if isinstance(choice, inspect.StructType):
                if _is_split_text(value, choice, choices):
                    yield self.finding("wrong-kind", messages.split_text(path), path)
                else:
                    yield from self.struct(value, choice, path)
                return
            if isinstance(choice, inspect.DictType):
                yield from self.entries(value, choice, path)
                return
        yield self.wrong_kind(value, choices, path)

    def items(self, value: list[Any], choices: list[inspect.Type], path: Path) -> Iterator[Finding]:
        for choice in choices:
            if isinstance(choice, inspect.ListType):
                for at, item in enumerate(value):
                    yield from self.value(item, choice.item_type, (*path, at))
                return
        yield self.wrong_kind(value, choices, path)

    def struct(self, value: dict[str, Any], struct: inspect.StructType, path: Path) -> Iterator[Finding]:
        fields = {field.encode_name: field for field in struct.fields}
        for key, item in value.items():
            if key in fields:
                yield from self.value(item, fields[key].type, (*path, key))
            else:
                yield self.unknown_key(key, item, struct, path)
        for name, field in fields.items():
            if field.required and name not in value:
                message = messages.missing_key(name, struct.cls)
                yield self.finding("missing-key", message, path, at_key=True)

    def unknown_key(self, key: str, item: Any, struct: inspect.StructType, path: Path) -> Finding:
        here = (*path, key)
        known = [field.encode_name for field in struct.fields]
        if not path and "claims" in known and isinstance(item, dict) and "words" in item:
            message = messages.misplaced_claim(key)
        else:
            within = _fields_with(key, struct)
            message = messages.unknown_key(key, known, cut=here in self.cut, within=within)
        return self.finding("unknown-key", message, here, at_key=True)

    def entries(self, value: dict[str, Any], kind: inspect.DictType, path: Path) -> Iterator[Finding]:
        ids = bool(patterns(kind.key_type))
        for key, item in value.items():
            here = (*path, key)
            if ids and not is_slug(key):
                yield self.finding(
                    "bad-id", messages.bad_id(key, suggested(key.replace("/", "-"))), here, at_key=True
                )
            elif key in TAKEN and path in ((), ("claims",), ("sources",)):
                yield self.finding("taken-id", messages.taken_id(key, TAKEN[key]), here, at_key=True)
            elif not key:
                yield self.finding("empty-key", messages.EMPTY_KEY, here, at_key=True)
            yield from self.value(item, kind.value_type, here)

    def text(self, value: str, kind: inspect.Type, path: Path) -> Iterator[Finding]:
        choices = alternatives(kind)
        allowed = [str(word) for choice in choices for word in getattr(choice, "values", ())]
        kinds = {type(choice) for choice in choices}
        if inspect.StrType in kinds:
            yield from self.plain(value, kind, path)
        elif allowed:
            if value not in allowed:
                self.compared += len(allowed)
                guessing = self.compared < MOST_COMPARED
                message = messages.not_allowed(value, allowed, path, guessing=guessing)
                yield self.finding("not-allowed", message, path)
        elif inspect.IntType in kinds:
            if not (value.isascii() and value.isdigit() and len(value) <= _MOST_DIGITS):
                yield self.finding("not-a-number", messages.not_a_number(value, path), path)
            elif int(value) < (least := _least(choices)):
                yield self.finding("not-allowed", messages.too_small(value, least, path), path)
        elif inspect.BoolType in kinds:
            if value.lower() not in _TRUE_OR_FALSE:
                yield self.finding("not-true-or-false", messages.not_true_or_false(value, path), path)
        else:
            yield self.wrong_kind(value, choices, path)

    def plain(self, value: str, kind: inspect.Type, path: Path) -> Iterator[Finding]:
        """A free text, which may have a least length, or be a day or the id of an article."""
        wanted = patterns(kind)
        shortest = max((getattr(choice, "min_length", 0) or 0 for choice in alternatives(kind)), default=0)
        if len(value) < shortest:
            yield self.finding("too-short", messages.too_short(value, path), path)
        elif DAY in wanted and not is_day(value):
            yield self.finding("bad-day", messages.bad_day(value, path), path)
        elif MOMENT in wanted and not is_moment(value):
            yield self.finding("bad-day", messages.bad_moment(value, path), path)
        elif ARTICLE_ID in wanted and not is_article_id(value):
            yield self.finding("bad-id", messages.bad_article_id(value, suggested(value)), path)

    def other(self, value: object, choices: list[inspect.Type], path: Path) -> Iterator[Finding]:
        """A number, true, false or null, as only JSON has them."""
        kinds = {type(choice) for choice in choices}
        if isinstance(value, bool):
            right = inspect.BoolType in kinds
        else:
            right = isinstance(value, int) and inspect.IntType in kinds and value >= _least(choices)
        if not right:
            yield self.wrong_kind(value, choices, path)

    def wrong_kind(self, value: object, choices: list[inspect.Type], path: Path) -> Finding:
        return self.finding("wrong-kind", messages.wrong_kind(value, choices, path), path)

    def finding(self, rule: str, message: str, path: Path, *, at_key: bool = False) -> Finding:
        return Finding("violation", message, rule, Spot(self.file, path, self.line, at_key))


def _least(choices: list[inspect.Type]) -> int:
    """Return the least whole number that is allowed."""
    return max((choice.ge or 0 for choice in choices if isinstance(choice, inspect.IntType)), default=0)


TAKEN = {
    "article": "the paper's own voice",
    "unnamed": "a source that the text does not name",
    "undecided": "that the speaker is not decided yet",
}
"""Reserved ids of speakers, with their meanings."""

_SLUG = re.compile(SLUG)
_ARTICLE_ID = re.compile(ARTICLE_ID)
_VERSION_NUMBER = re.compile(VERSION_NUMBER)
# Windows has no files with these names: an article published under such an id could not be checked out there.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])")
_NO_SLUG = re.compile(r"[^a-z0-9_-]+")
# Letters that Unicode does not decompose, as people write them in plain Latin.
_PLAIN = str.maketrans(dict(zip("øđðłħı‐‑‒–—", "oddlhi-----", strict=True)))
_PLAIN |= str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"})


def is_slug(text: str) -> bool:
    """Tell whether a text can be an id."""
    return _SLUG.fullmatch(text) is not None


def is_article_id(text: str) -> bool:
    """Tell whether a text can be the id of an article: none of its parts is a device of Windows."""
    return _ARTICLE_ID.fullmatch(text) is not None and not any(map(_DEVICE.fullmatch, text.split("/")))


def is_version_number(text: str) -> bool:
    """Tell whether a text is the number of a version, from 1."""
    return _VERSION_NUMBER.fullmatch(text) is not None


def is_day(text: str) -> bool:
    """Tell whether a text is a day of the calendar."""
    return re.fullmatch(DAY, text) is not None and _is_date(text)


def is_moment(text: str) -> bool:
    """Tell whether a text is a day of the calendar, or such a day with a UTC time."""
    return re.fullmatch(MOMENT, text) is not None and _is_date(text[:10]) and _is_time(text[10:])


def suggested(text: str) -> str:
    """Return the id of an article that is most similar to a text."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(_PLAIN))
    letters = plain.encode("ascii", "ignore").decode().lower()
    parts = [_NO_SLUG.sub("-", part).strip("-_") or "x" for part in letters.split("/")]
    return "/".join(part + "-1" if _DEVICE.fullmatch(part) else part for part in parts)


def are_valid(value: object) -> bool:
    """Tell whether all ids and days are valid; `mismatches` explains what is wrong with invalid ones."""
    if isinstance(value, CorpusFile):
        return _slugs(value.annotators)
    if isinstance(value, dict):
        return _free(value) and all(_slugs(entity.roles) for entity in value.values() if entity.roles)
    if not isinstance(value, ClaimsFile | LineFile):
        raise TypeError(f"no file of a corpus: {type(value)}")
    return (
        _free(value.claims)
        and _free(value.sources)
        and _slugs(value.occasions)
        and _slugs(value.withdrawn)
        and (not value.article.id or is_article_id(value.article.id))
        and _days(value)
    )


def _days(value: ClaimsFile | LineFile) -> bool:
    annotation = value.annotation
    return (
        (not annotation.on or is_moment(annotation.on))
        and (not annotation.reviewed or is_moment(annotation.reviewed.on))
        and all(is_day(withdrawn.on) for withdrawn in value.withdrawn.values())
        and all(is_day(each.decision.on) for each in _reading(value) if each.decision)
    )


def _reading(value: ClaimsFile | LineFile) -> Iterable[ReadingClaimEntry]:
    return value.claims.values() if isinstance(value, ReadingFile) else ()


def _slugs(keys: Iterable[str]) -> bool:
    return all(map(_SLUG.fullmatch, keys))


def _free(keys: Mapping[str, object]) -> bool:
    return _slugs(keys) and not (keys.keys() & TAKEN.keys())


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_time(text: str) -> bool:
    return not text or (text[1:3] < "24" and text[4:6] < "60" and text[7:9] < "60")
