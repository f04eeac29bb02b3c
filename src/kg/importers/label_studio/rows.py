"""Label Studio's JSON-MIN, CSV and TSV: a row for each annotation, its regions in a column → documents.

They have no ids of regions and no relations. Where a region has something of its own, as a choice, that is known by
its offsets; where it has only one such thing, Label Studio drops those too, and nobody can tell whose it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from kg.errors import Place
from kg.importers.core.article_fields import is_empty, texts_of
from kg.importers.core.documents import Item, Skipped
from kg.importers.label_studio.documents import Annotated, Session, moment
from kg.importers.label_studio.results import Region, Remark, Results, labels_of, remark_of
from kg.importers.label_studio.shown import offsets_of
from kg.importers.label_studio.tasks import annotator

SIGNS = ("annotation_id", "annotator")
"""Columns that every row has."""
_OF_THE_TOOL = frozenset((*SIGNS, "created_at", "updated_at", "lead_time", "agreement", "history"))
_NOT_ITS_OWN = "this export does not say which span it is said of: export as JSON"
_UNTIED = (
    "it is of the article, or of a span, which only the export as JSON says; if of the article, name what it holds "
    "under `article` in the mapping"
)
_NO_RELATIONS = "JSON-MIN, CSV and TSV leave out the links between spans, if there were any: export as JSON"


def begin_rows(file: str, session: Session) -> Skipped:
    """Return what is missing of a file of rows."""
    session.left.why = _UNTIED
    return Skipped("link", "relations", _NO_RELATIONS, Place(file, 1, 1))


def read_row(
    row: Mapping[str, object], at: Place, places: Callable[[str], Sequence[Place]], session: Session
) -> Iterator[Item]:
    """Yield the document of a row; `places` are those of a column's entries, where they have any of their own."""
    regions: list[Region] = []
    fields: dict[str, object] = {}
    remarks: list[tuple[str, Mapping[str, object], Place]] = []
    for name, cell in row.items():
        entries = _entries(cell)
        if entries is None:
            fields[name.removeprefix("_data_")] = _said(cell)
            continue
        where = places(name)
        for number, entry in enumerate(entries):
            place = where[number] if number < len(where) else at
            labels = labels_of(entry)
            if labels is None:
                remarks.append((name, entry, place))
            else:
                id = f"{name}-{number + 1}"
                regions.append(Region(id, name, name, labels, entry, "", place))
    tied, skipped = _tied(remarks, regions)
    data = {name: value for name, value in fields.items() if name not in _OF_THE_TOOL}
    on = moment(fields.get("updated_at")) or moment(fields.get("created_at"))
    by = annotator(fields.get("annotator"))
    id = "".join(texts_of(fields.get("id"))[:1])
    results = Results(tuple(regions), tuple(tied), (), tuple(skipped))
    done = bool(regions) or not is_empty(fields.get(SIGNS[0]))
    yield from session.documents([Annotated(id, data, results, by, on, done, at)])


def _entries(cell: object) -> list[Mapping[str, object]] | None:
    """Return the regions, or what is said of some, that a cell holds; None where it holds something else."""
    if isinstance(cell, dict):
        cell = [cell]
    if not isinstance(cell, list) or not cell or not all(isinstance(each, dict) for each in cell):
        return None
    if any("start" in each or "globalOffsets" in each or labels_of(each) is not None for each in cell):
        return cell
    return None


def _said(cell: object) -> object:
    """Return what was chosen or written of the whole task, as Label Studio wraps it; else the cell."""
    wrapped = cell if isinstance(cell, list) else [cell]
    texts = [remark_of(each) if isinstance(each, dict) else () for each in wrapped]
    return [text for each in texts for text in each] if texts and all(texts) else cell


def _tied(
    remarks: Sequence[tuple[str, Mapping[str, object], Place]], regions: Sequence[Region]
) -> tuple[list[Remark], list[Skipped]]:
    """Return what is said of the one region with the same offsets; the rest is nobody's."""
    by_offsets: dict[tuple[int, int] | None, list[str]] = {}
    for region in regions:
        by_offsets.setdefault(offsets_of(region.value), []).append(region.id)
    tied: list[Remark] = []
    skipped: list[Skipped] = []
    for name, entry, at in remarks:
        owners, texts = by_offsets.get(offsets_of(entry), []), remark_of(entry)
        if offsets_of(entry) and len(owners) == 1 and texts:
            tied.append(Remark(owners[0], name, texts, at))
        else:
            skipped.append(Skipped("attribute", f"{name}: {', '.join(texts)}", _NOT_ITS_OWN, at))
    return tied, skipped
