"""What is left out of a document: one by one, or counted where much is left out for one reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.errors import Place
from kg.importers.core.documents import Kind, Skipped


class Tally:
    """Records of what was left out, in the order in which they were met, those that are counted at the end."""

    def __init__(self, skipped: Iterable[Skipped] = ()) -> None:
        self._skipped = list(skipped)
        self._counted: dict[tuple[str, str], Skipped] = {}

    def __iter__(self) -> Iterator[Skipped]:
        yield from self._skipped
        yield from self._counted.values()

    def note(self, kind: Kind, what: str, why: str, at: Place) -> None:
        """Add a record of its own."""
        self._skipped.append(Skipped(kind, what, why, at))

    def count(self, kind: Kind, what: str, why: str, at: Place, count: int = 1) -> None:
        """Add to a record for all of a kind, which stands where the first of them does."""
        if known := self._counted.get((kind, what)):
            at, count = known.at, known.count + count
        self._counted[(kind, what)] = Skipped(kind, what, why, at, count)
