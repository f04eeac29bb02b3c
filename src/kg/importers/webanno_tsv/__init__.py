"""WebAnno TSV 3, as INCEpTION and WebAnno export it → documents.

Reads what INCEpTION's user guide describes as WebAnno TSV 3.3, and 3.0 to 3.2 before it. Offsets are UTF-16 units.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from kg.files.text_files import decoded
from kg.importers.core.documents import Item, Skipped
from kg.importers.core.inception import DocumentCopy, LayerLabels, export_files
from kg.importers.core.mapping import Mapping
from kg.importers.webanno_tsv.annotations import Annotations
from kg.importers.webanno_tsv.columns import read_header
from kg.importers.webanno_tsv.marks import Marks
from kg.importers.webanno_tsv.rows import Body

DESCRIPTION = "WebAnno TSV 3 of INCEpTION and WebAnno: a file, a folder, or the zip of a project"
# A line ends as in Java; U+2028 and its like are text.
_LINE_END = re.compile("\r\n|\r|\n")


def read(source: Path, mapping: Mapping, _texts: Path | None) -> Iterator[Item]:
    """Yield the document of each file and annotator, and what is left out of it."""
    labels = LayerLabels(mapping)
    for each in export_files(source, ".tsv"):
        if isinstance(each, Skipped):
            yield each
        else:
            yield from _items(each.read(), each.place, each.copy, labels)


def _items(raw: bytes, file: str, whose: DocumentCopy, labels: LayerLabels) -> Iterator[Item]:
    lines = _LINE_END.split(decoded(raw, file))
    header = read_header(lines, file)
    body = Body(lines, header, file)
    annotations = Annotations(header, labels)
    for row in body.rows():
        annotations.add(row)
    yield from Marks(annotations, body, labels, file).items(whose)
