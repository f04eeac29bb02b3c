"""Tables beside an imported corpus: names to be decided, and every record that was left out or needs an eye."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, cast

from msgspec.structs import replace

from kg.annotations.classes import EntityEntry, EntityType
from kg.corpus.decode import salvaged, yaml_tree
from kg.corpus.ids import is_slug
from kg.corpus.wording import taken_id
from kg.errors import CorpusError, Finding, Place
from kg.files.spreadsheets import line, plain, write_rows
from kg.files.text_files import read_text
from kg.importers.core.documents import Skipped
from kg.importers.core.names import NOT_FREE, TYPES, Met, clean, is_address, slug

NAMES = "names.csv"
LEFT_OUT = "import.csv"
NAMES_HEADER = ("name", "count", "first", "entity", "type", "same_as")
LEFT_OUT_HEADER = ("outcome", "kind", "file", "line", "column", "record", "count", "why")


def name_rows(undecided: Mapping[str, Met]) -> Iterator[tuple[str, ...]]:
    """Yield a row for each name that no entity stands for, the most frequent first."""
    for name, met in sorted(undecided.items(), key=lambda each: (-each[1].count, each[0])):
        yield name, str(met.count), str(met.at), "", "", " ".join(met.same_as)


@contextmanager
def left_out(file: Path) -> Iterator[Callable[[str, Skipped], object]]:
    """Open a table of records: its outcome is `skipped`, or `open` for what was kept and needs an eye.

    A table that nothing came into is gone when the block ends.
    """
    with file.open("wb") as stream:
        write_rows(stream, LEFT_OUT_HEADER, ())
        empty = stream.tell()

        def tell(outcome: str, record: Skipped) -> None:
            place = (record.at.file, str(record.at.line or ""), str(record.at.column or ""))
            cells = (outcome, record.kind, *place, record.what, str(record.count), record.why)
            stream.write(line(cells).encode())

        yield tell
        is_empty = stream.tell() == empty
    if is_empty:
        file.unlink()


def read_entities(file: Path) -> tuple[dict[str, EntityEntry], dict[str, str]]:
    """Return the entities of an entities.yaml, or those decided in a names.csv; and whom each name there means.

    Raises `CorpusError` with all faults of the file.
    """
    if file.suffix in (".yaml", ".yml"):
        read = cast(type[dict[str, EntityEntry]], dict[str, EntityEntry])
        entities, findings = salvaged(yaml_tree(str(file), read), read, str(file))
        if findings or entities is None:
            raise CorpusError(findings)
        return entities, {}
    return _from_table(file)


class _Row(NamedTuple):
    """A row that somebody filled in: whom a name means, in which line."""

    line: int
    name: str
    id: str
    type: str
    same_as: list[str]


def _from_table(file: Path) -> tuple[dict[str, EntityEntry], dict[str, str]]:
    named: dict[str, _Row] = {}
    typed: dict[str, _Row] = {}
    entities: dict[str, EntityEntry] = {}
    owners: dict[str, _Row] = {}
    findings: list[Finding] = []
    for row in _filled_in(file):
        fault = (
            _fault(row)
            or _contradiction(row, named.get(row.name, row), typed.get(row.id, row))
            or _shared_identifier(row, owners)
        )
        if fault:
            findings.append(Finding("violation", fault, "names-table", Place(str(file), row.line, 1)))
            continue
        named.setdefault(row.name, row)
        owners.update({each: owners.get(each, row) for each in row.same_as})
        if row.type:
            typed.setdefault(row.id, row)
        if entity := _entity(row, entities.get(row.id)):
            entities[row.id] = entity
    if findings:
        raise CorpusError(findings)
    return entities, {name: row.id for name, row in named.items()}


def _entity(row: _Row, before: EntityEntry | None) -> EntityEntry | None:
    """Return what the rows up to this one say of its entity, None where none has its type."""
    if before is None:
        return EntityEntry(cast(EntityType, row.type), row.name, same_as=row.same_as) if row.type else None
    names = dict.fromkeys([before.name, *before.also, row.name])
    return replace(before, also=[*names][1:], same_as=[*dict.fromkeys([*before.same_as, *row.same_as])])


def _filled_in(file: Path) -> Iterator[_Row]:
    for number, row in _rows(file):
        name, id, type = (clean(plain(row.get(column) or "")) for column in ("name", "entity", "type"))
        if id or type:
            yield _Row(number, name, id or slug(name), type, plain(row.get("same_as") or "").split())


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str | None]]]:
    """Yield the rows with their lines, whichever sign a spreadsheet parted the cells with."""
    text = read_text(str(file))
    header = text.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    missing = [each for each in ("name", "entity", "type") if each not in (reader.fieldnames or ())]
    if missing:
        message = f"a table of names must have the columns name, entity and type; missing: {', '.join(missing)}"
        raise CorpusError([Finding("violation", message, "names-table", Place(str(file), 1, 1))])
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        message = f"a table of names must be comma-separated values: {error}"
        at = Place(str(file), reader.line_num + 1, 1)
        raise CorpusError([Finding("violation", message, "names-table", at)]) from error


def _fault(row: _Row) -> str:
    """Return why a row cannot stand, `""` where it can."""
    if not row.name:
        return "a row must have a name: fill it in"
    if not is_slug(row.id):
        return (
            f"`entity` must be an id of small letters, digits, `-` and `_`, not {row.id!r}: write {slug(row.id)!r}"
        )
    if row.id in NOT_FREE:
        return taken_id(row.id, NOT_FREE[row.id])
    if wrong := next((each for each in row.same_as if not is_address(each)), ""):
        return (
            "`same_as` must be whole web addresses with blanks between them, as https://example.org/x, not "
            f"{wrong!r}: write it in full"
        )
    if row.type and row.type not in TYPES:
        return f"`type` must be one of {', '.join(sorted(TYPES))}, not {row.type!r}: correct it"
    return ""


def _contradiction(row: _Row, named: _Row, typed: _Row) -> str:
    """Return why a row cannot stand beside the first that has its name, and the first with its entity's type."""
    if named.id != row.id:
        return (
            f"a name must mean one entity, and {row.name!r} is `{named.id}` in line {named.line}, `{row.id}` in "
            f"line {row.line}: correct one of them"
        )
    if row.type and typed.type != row.type:
        return (
            f"an entity must be of one type, and `{row.id}` is {typed.type} in line {typed.line}, {row.type} in "
            f"line {row.line}: correct one of them, or write another id"
        )
    return ""


def _shared_identifier(row: _Row, owners: Mapping[str, _Row]) -> str:
    """Return why a row cannot have an identifier that a row before has, `""` where it can."""
    for each in row.same_as:
        owner = owners.get(each, row)
        if owner.id != row.id:
            return (
                f"an identifier must stand at one entity, and {each} stands at `{owner.id}` in line {owner.line}, "
                f"at `{row.id}` in line {row.line}: merge the two"
            )
    return ""


def check_known(known: Mapping[str, str], entities: Iterable[str], file: Path) -> None:
    """Raise `CorpusError` where a table names an entity that nothing says the type of."""
    there = set(entities)
    missing = sorted({id for id in known.values() if id not in there})
    if missing:
        message = f"an entity must have a type in one of its rows; missing: {', '.join(missing)}"
        raise CorpusError([Finding("violation", message, "names-table", Place(str(file), 0, 0))])
