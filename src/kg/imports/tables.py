"""Tables beside an imported corpus: names to be decided, and every record that was left out or needs an eye."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from msgspec.structs import replace

from kg.annotations import Entity, EntityType
from kg.corpus.decode import salvaged, yaml_tree
from kg.corpus.ids import is_slug
from kg.errors import CorpusError, Finding, Place
from kg.files import read_text
from kg.imports.documents import Skipped
from kg.imports.names import TYPES, Met, slug
from kg.spreadsheets import line, plain, write_rows

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


def read_entities(file: Path) -> tuple[dict[str, Entity], dict[str, str]]:
    """Return the entities of an entities.yaml, or those decided in a names.csv; and whom each name there means.

    Raises `CorpusError` with all faults of the file.
    """
    if file.suffix in (".yaml", ".yml"):
        read = cast(type[dict[str, Entity]], dict[str, Entity])
        entities, findings = salvaged(yaml_tree(str(file), read), read, str(file))
        if findings or entities is None:
            raise CorpusError(findings)
        return entities, {}
    return _from_table(file)


def _from_table(file: Path) -> tuple[dict[str, Entity], dict[str, str]]:
    entities: dict[str, Entity] = {}
    known: dict[str, str] = {}
    findings: list[Finding] = []
    for number, row in _rows(file):
        name, id, type = (plain(row.get(column) or "").strip() for column in ("name", "entity", "type"))
        if not id and not type:
            continue
        same_as = plain(row.get("same_as") or "").split()
        id = id or slug(name)
        if fault := _fault(name, id, type):
            findings.append(Finding("violation", fault, "names-table", Place(str(file), number, 1)))
        known[name] = id
        if id in entities:
            entity = entities[id]
            also = entity.also if name == entity.name else [*entity.also, name]
            entities[id] = replace(entity, also=also, same_as=list(dict.fromkeys([*entity.same_as, *same_as])))
        elif type:
            entities[id] = Entity(cast(EntityType, type), name, same_as=same_as)
    if findings:
        raise CorpusError(findings)
    return entities, known


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


def _fault(name: str, id: str, type: str) -> str:
    if not name:
        return "a row must have a name: fill it in"
    if not is_slug(id):
        return f"`entity` must be an id of small letters, digits, `-` and `_`, not {id!r}: write {slug(id)!r}"
    if type and type not in TYPES:
        return f"`type` must be one of {', '.join(sorted(TYPES))}, not {type!r}: correct it"
    return ""


def check_known(known: Mapping[str, str], entities: Iterable[str], file: Path) -> None:
    """Raise `CorpusError` where a table names an entity that nothing says the type of."""
    there = set(entities)
    missing = sorted({id for id in known.values() if id not in there})
    if missing:
        message = f"an entity must have a type in one of its rows; missing: {', '.join(missing)}"
        raise CorpusError([Finding("violation", message, "names-table", Place(str(file), 0, 0))])
