"""Changes values in the text of a claims or entities file, and as little else as YAML allows.

Comments, the order of keys, quotation marks, flow and block style, indents and line ends stay. A new key goes in
its documented place. After each change the text is read again: an edit that would change another value is refused.
Changes of different claims, and new claims, are made together, with one reading: the text is the same as if they
were made one after the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from copy import copy
from itertools import pairwise
from typing import Any, Final, NamedTuple

from msgspec import inspect

from kg.annotations.classes import ClaimsFile
from kg.corpus.decoding import fields_at, types_at
from kg.corpus.writer import CLAIMS_LAYOUT, ENTITIES_LAYOUT, Plain
from kg.corpus.yaml_document import Replacement, YamlDocument, is_blank, replaced
from kg.corpus.yaml_reader import MAX_DEPTH, read_yaml
from kg.errors import CorpusError, KgError, Path
from kg.files.text_files import UNSAFE, code_point

# The steps to a claim.
_ENTRY: Final = 2


class Deleted:
    """The value of an `Edit` that deletes."""


DELETED: Final = Deleted()


class Edit(NamedTuple):
    """A value to write at a path, or `DELETED`.

    Numbers and `true` are read back as texts, since a file has only texts. The mappings on the way to a new key are
    made if they are absent; the number after the last item of a list adds one. A new key goes before the key
    `before` of its mapping, or else in its documented place.
    """

    path: Path
    value: Plain | Deleted
    before: str = ""


class EditError(KgError):
    """An edit that cannot be made in a file."""


def edited(text: str, edits: Sequence[Edit], *, of: Any = ClaimsFile, file: str = "the file") -> str:
    """Return the text of a YAML file after all edits, one after the other.

    `of` is the class of the file, from `FileTypes`: it has the documented order of keys. Raises `CorpusError` if
    the text cannot be read or has a key twice, `EditError` if an edit cannot be made.
    """
    if not edits:
        return text
    mark = text[:1] if text.startswith("\ufeff") else ""
    text = text.removeprefix(mark)
    layout = CLAIMS_LAYOUT if "claims" in fields_at(of, ()) else ENTITIES_LAYOUT
    document = YamlDocument(text, read_values(text, file), layout)
    at = 0
    while at < len(edits):
        run = _independent(document.value, edits[at:])
        document = _after_run(document, run, of, file)
        at += len(run)
    return mark + document.text


def _after_run(document: YamlDocument, run: Sequence[Edit], of: Any, file: str) -> YamlDocument:
    """Make edits together if that can be, with one reading of the text, or else one after the other."""
    if len(run) > 1 and not document.is_flow(run[0].path[:1]):
        with suppress(EditError, CorpusError):
            if len(run[0].path) == _ENTRY:
                return _with_entries(document, run, of, file)
            return _with_fields(document, run, of, file)
    for edit in run:
        target = assigned(document.value, edit)
        while change := _first_change((), document.value, target, of):
            document = _changed(document, change._replace(before=edit.before), of, file)
    return document


def _independent(values: Any, edits: Sequence[Edit]) -> Sequence[Edit]:
    """Return the first edits that can be made together: of fields of old claims, or new claims; at least one."""
    first, new = edits[0], set[str | int]()
    is_new = _is_new_entry(values, first)
    for at, edit in enumerate(edits):
        if edit.path[:1] != first.path[:1]:
            return edits[: at or 1]
        if is_new:
            if not _is_new_entry(values, edit) or edit.path[1] in new or edit.before in new:
                return edits[: at or 1]
            new.add(edit.path[1])
        elif len(edit.path) <= _ENTRY or not _is_filled(value_at(values, edit.path[:_ENTRY])):
            return edits[: at or 1]
    return edits


def _is_new_entry(values: Any, edit: Edit) -> bool:
    parent = value_at(values, edit.path[:1])
    is_written = len(edit.path) == _ENTRY and not isinstance(edit.value, Deleted)
    return is_written and _is_filled(parent) and edit.path[1] != "" and edit.path[1] not in parent


def _is_filled(value: Any) -> bool:
    return isinstance(value, dict) and bool(value)


def _with_entries(document: YamlDocument, run: Sequence[Edit], of: Any, file: str) -> YamlDocument:
    """Add claims together; those for one place are there in their order."""
    changes = []
    texts: dict[int, list[str]] = {}
    for path, written, before in run:
        value = as_read(written)
        change = _ValueChange(path, value, is_new=True, before=before)
        number = _number(document.value, change, of)
        if not number or document.uncomment(path, value):
            raise EditError(f"{file}: `{shown(path)}` must be added alone, it has a place of its own")
        for place, _, text in document.insert(path, _for_writer(value, path, of), number):
            texts.setdefault(place, []).append(text)
        changes.append(change)
    replacements = [Replacement(place, place, "".join(each)) for place, each in texts.items()]
    return _changed_together(document, changes, replacements, file)


def _with_fields(document: YamlDocument, run: Sequence[Edit], of: Any, file: str) -> YamlDocument:
    """Change fields of claims together: in each round, the next of each claim."""
    waiting: dict[Path, list[Edit]] = {}
    for edit in reversed(run):
        waiting.setdefault(edit.path[:_ENTRY], []).append(edit)
    targets: dict[Path, Any] = {}
    while waiting:
        changes = []
        for way, left in list(waiting.items()):
            old = value_at(document.value, way)
            if way not in targets:
                targets[way] = assigned(old, left[-1]._replace(path=left[-1].path[_ENTRY:]))
            if change := _first_change(way, old, targets[way], of):
                changes.append(change._replace(before=left[-1].before))
                continue
            del left[-1], targets[way]
            if not left:
                del waiting[way]
        if changes:
            replacements = _in_their_claims(document, changes, of, file)
            document = _changed_together(document, changes, replacements, file)
    return document


def _in_their_claims(
    document: YamlDocument, changes: Sequence[_ValueChange], of: Any, file: str
) -> list[Replacement]:
    """Return what changes of one claim each replace. Raises `EditError` if one reaches beyond its claim."""
    parent = changes[0].path[:1]
    ids = list(value_at(document.value, parent))
    ends = {id: document.marks[*parent, after].key for id, after in pairwise(ids)}
    found = []
    for change in changes:
        id = str(change.path[1])
        here = next((each for each in _ways(document, change, of) if each), [])
        start, end = document.marks[*parent, id].key, ends.get(id, len(document.text))
        is_inside = all(start < each.start and each.end <= end for each in here)
        if len(change.path) <= _ENTRY or not here or not is_inside:
            raise EditError(f"{file}: `{shown(change.path)}` must be changed alone")
        found += here
    return found


def _changed_together(
    document: YamlDocument, changes: Sequence[_ValueChange], replacements: Sequence[Replacement], file: str
) -> YamlDocument:
    """Make changes that do not touch each other. Raises `EditError` or `CorpusError` if anything else changed."""
    wanted = document.value
    for change in changes:
        wanted = _after(wanted, change)
    text = replaced(document.text, replacements)
    if (value := read_values(text, file)) != wanted:
        raise EditError(f"{file}: the changes must be made one after the other")
    return document.with_text(text, value)


def read_values(text: str, file: str) -> dict[str, Any]:
    """Return the values of a file to be edited; a file without any is an empty mapping.

    Raises `CorpusError` if it cannot be read or has a key twice, `EditError` if it is not a mapping.
    """
    text = text.removeprefix("\ufeff")
    if is_blank(text):
        return {}
    tree = read_yaml(text, file)
    if any(finding.rule == "duplicate-key" for finding in tree.findings):
        raise CorpusError(tree.findings)
    value = {} if tree.value == "" else tree.value
    if not isinstance(value, dict):
        raise EditError(f"{file}: the file must be a mapping, it is a text or a list: correct it in an editor")
    return value


def assigned(value: Any, edit: Edit) -> Any:
    """Return the values with one changed; the values that it was given stay as they are. Raises `EditError`."""
    if not edit.path:
        raise EditError("an edit must name a key, this one names the whole file: give its path")
    root = parent = copy(value)
    for at, step in enumerate(edit.path[:-1]):
        if not _has(parent, step):
            if isinstance(edit.value, Deleted):
                return root
            _put(parent, step, {}, edit.path[: at + 1])
        # Only what is on the way is copied: a file may have a thousand claims.
        parent[step] = {} if parent[step] == "" else copy(parent[step])
        parent = parent[step]
    step = edit.path[-1]
    if not isinstance(edit.value, Deleted):
        _put(parent, step, as_read(edit.value), edit.path)
    elif _has(parent, step):
        del parent[step]
    return root


def _has(container: Any, step: str | int) -> bool:
    if isinstance(container, dict):
        return step in container
    return isinstance(container, list) and isinstance(step, int) and 0 <= step < len(container)


def _put(container: Any, step: str | int, value: Any, path: Path) -> None:
    if isinstance(container, dict) and isinstance(step, str) and step:
        container[step] = value
    elif isinstance(container, list) and isinstance(step, int) and 0 <= step <= len(container):
        container[step : step + 1] = [value]
    else:
        kind = "a mapping" if isinstance(container, dict) else "a list" if isinstance(container, list) else "a text"
        raise EditError(
            f"{shown(path)}: there must be a mapping or list that can have `{step}`, there is {kind}: "
            "write the whole value anew"
        )


def shown(path: Path) -> str:
    """Return a path as people write it: `claims/c01/act`."""
    return "/".join(map(str, path))


def value_at(values: Any, path: Path) -> Any:
    """Return the value at a path, None if there is none."""
    for step in path:
        if not _has(values, step):
            return None
        values = values[step]
    return values


def as_read(value: Any, depth: int = 0) -> Any:
    """Return a value as the reader gives it: numbers as texts. Raises `EditError` if a file cannot have it."""
    if isinstance(value, dict) and depth < MAX_DEPTH:
        return {_as_text(key): as_read(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list) and depth < MAX_DEPTH:
        return [as_read(item, depth + 1) for item in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return _as_text(value)


def _as_text(value: Any) -> str:
    if not isinstance(value, str):
        raise EditError(f"a value must be a text, number, list or mapping, this is {type(value).__name__}")
    if unsafe := UNSAFE.search(value):
        raise EditError(f"a text must be free of control characters, this has {code_point(unsafe[0])}: delete it")
    return value


class _ValueChange(NamedTuple):
    """The smallest step towards other values: one value replaced, deleted or (`is_new`) added."""

    path: Path
    value: Plain | Deleted
    is_new: bool = False
    before: str = ""


def _first_change(path: Path, old: Any, new: Any, of: Any) -> _ValueChange | None:
    """Return the first step that makes values equal; keys are added before others are deleted."""
    if old == new:
        return None
    if isinstance(old, dict) and isinstance(new, dict) and old and new:
        if added := [key for key in _in_order(new, fields_at(of, path)) if key not in old]:
            return _ValueChange((*path, added[0]), new[added[0]], is_new=True)
        for key, item in old.items():
            if key not in new:
                return _ValueChange((*path, key), DELETED)
            if change := _first_change((*path, key), item, new[key], of):
                return change
    if isinstance(old, list) and isinstance(new, list) and old and new:
        return _first_change_of_list(path, old, new, of)
    return _ValueChange(path, new)


def _first_change_of_list(path: Path, old: list[Any], new: list[Any], of: Any) -> _ValueChange | None:
    shortest = min(len(old), len(new))
    same = next((at for at in range(shortest) if old[at] != new[at]), shortest)
    same_at_end = next((at for at in range(shortest - same) if old[-1 - at] != new[-1 - at]), shortest - same)
    here = (*path, same)
    if same + same_at_end == len(new):
        return _ValueChange(here, DELETED)
    if same + same_at_end == len(old):
        return _ValueChange(here, new[same], is_new=True)
    return _first_change(here, old[same], new[same], of)


def _in_order(keys: Mapping[str, Any], fields: Sequence[str]) -> list[str]:
    return sorted(keys, key=lambda key: fields.index(key) if key in fields else len(fields))


def _changed(document: YamlDocument, change: _ValueChange, of: Any, file: str) -> YamlDocument:
    """Make one change, and read what became of the file. Raises `EditError` if anything else changed."""
    wanted = _after(document.value, change)
    for replacements in _ways(document, change, of):
        text = replaced(document.text, replacements)
        with suppress(CorpusError):
            # What was read has its keys in the order of the file.
            if replacements and (value := read_values(text, file)) == wanted:
                return document.with_text(text, value)
    raise EditError(
        f"{file}: `{shown(change.path)}` cannot be changed without changing more, as the file is written there: "
        "change it in an editor"
    )


def _ways(document: YamlDocument, change: _ValueChange, of: Any) -> Iterator[list[Replacement]]:
    """Yield the ways to make a change, the best one first."""
    if isinstance(change.value, Deleted):
        yield document.delete(change.path)
        return
    new = _for_writer(change.value, change.path, of)
    if not change.is_new:
        yield document.replace(change.path, new)
        return
    if isinstance(change.path[-1], str):
        yield document.uncomment(change.path, change.value)
    yield document.insert(change.path, new, _number(document.value, change, of))


def _after(value: Any, change: _ValueChange) -> Any:
    """Return the values that a file must have after a change."""
    if not change.path:
        return change.value
    if not change.is_new or isinstance(change.path[-1], str):
        return assigned(value, Edit(change.path, change.value))
    *way, number = change.path
    items = list(value_at(value, tuple(way)))
    items.insert(int(number), change.value)
    return assigned(value, Edit(tuple(way), items))


def _number(value: Any, change: _ValueChange, of: Any) -> int:
    """Return before which entry of its mapping or list a new one goes, by number."""
    *path, step = change.path
    if isinstance(step, int):
        return step
    for key in path:
        value = value[key]
    keys = list(value)
    if change.before in keys:
        return keys.index(change.before)
    fields = fields_at(of, tuple(path))
    if step not in fields:
        return len(keys)
    earlier = [fields.index(key) for key in keys if key in fields and fields.index(key) < fields.index(step)]
    return keys.index(fields[max(earlier)]) + 1 if earlier else 0


def _for_writer(value: Any, path: Path, of: Any) -> Any:
    """Return a value with the keys of its mappings in their documented order, and numbers in fields of numbers."""
    if isinstance(value, dict):
        return {key: _for_writer(value[key], (*path, key), of) for key in _in_order(value, fields_at(of, path))}
    if isinstance(value, list):
        return [_for_writer(item, (*path, at), of) for at, item in enumerate(value)]
    types = {type(each) for each in types_at(of, path)}
    if inspect.IntType in types and value.isascii() and value.isdigit() and str(int(value)) == value:
        return int(value)
    return value == "true" if inspect.BoolType in types and value in ("true", "false") else value
