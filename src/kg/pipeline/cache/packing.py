"""Units as what is kept of them, and back: without the graph, the names of files relative to the corpus."""

from __future__ import annotations

from typing import Any

from kg.corpus.folder import below
from kg.errors import Finding, Place, Spot
from kg.mappers.dataset import Tally
from kg.pipeline.article import MappedArticle
from kg.pipeline.cache.records import Kept, Record
from kg.rdf.iris import Iris
from kg.rdf.terms import Iri


class Packing:
    """Takes units of one corpus apart and puts them together. A corpus may be called by another path later."""

    def __init__(self, root: str, iris: Iris) -> None:
        self.root = root
        self.iris = iris
        self.prefix = below(root, "")

    def kept(self, unit: MappedArticle) -> Kept:
        """Return what is kept of a unit."""
        return Kept(
            id=unit.id,
            file=self._relative(unit.file),
            line=unit.line,
            findings=[self._packed(finding) for finding in unit.findings],
            claims=[iri[1:-1].rpartition("/")[2] for iri in unit.defines[1:]] if unit.defines else None,
            needs=[(iri, self._packed_spot(spot)) for iri, spot in unit.needs.items()],
            draft=unit.draft,
            holds=unit.holds,
            digest=unit.digest,
        )

    def unit(self, record: Record, line: int) -> MappedArticle:
        """Return the unit of a record, whose line may have moved."""
        kept = record.kept
        file, moved = below(self.root, kept.file), line - kept.line
        return MappedArticle(
            id=kept.id,
            file=file,
            line=line,
            graph=None,
            findings=tuple(self._unpacked(each, file, moved) for each in kept.findings),
            defines=self._defined(kept),
            needs={Iri(iri): self._spot(spot, file, moved) for iri, spot in kept.needs},
            draft=kept.draft,
            holds=Tally(*kept.holds),
            extents=record.extents,
            digest=kept.digest,
        )

    def _defined(self, kept: Kept) -> tuple[Iri, ...]:
        if kept.claims is None:
            return ()
        start = f"<{self.iris.base}claim/{kept.id}/"
        return (self.iris.article(kept.id), *[Iri(f"{start}{claim}>") for claim in kept.claims])

    def _packed(self, finding: Finding) -> list[Any]:
        at: object = None
        if isinstance(finding.at, Place):
            at = [self._relative(finding.at.file), *finding.at[1:]]
        elif finding.at:
            at = self._packed_spot(finding.at)
        return [at, *finding[:3], *finding[4:]]

    def _unpacked(self, packed: list[Any], file: str, moved: int) -> Finding:
        written, severity, message, rule, *rest = packed
        at: Place | Spot | None = None
        if written and len(written) == 3:
            name, row, column = below(self.root, written[0]), written[1], written[2]
            at = Place(name, row + moved if name == file and row else row, column)
        elif written:
            at = self._spot(written, file, moved)
        return Finding(severity, message, rule, at, *rest)

    def _packed_spot(self, spot: Spot) -> list[Any]:
        return [self._relative(spot.file), list(spot.path), spot.line, spot.at_key]

    def _spot(self, packed: list[Any], file: str, moved: int) -> Spot:
        name, path, line, at_key = below(self.root, packed[0]), packed[1], packed[2], packed[3]
        return Spot(name, tuple(path), line + moved if name == file and line else line, at_key)

    def _relative(self, file: str) -> str:
        if not file.startswith(self.prefix):
            raise ValueError(f"not in the corpus: {file}")
        return file[len(self.prefix) :]
