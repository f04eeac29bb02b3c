"""Ids for the marks of a document, where a file may give one twice, or none."""

from __future__ import annotations


class MarkIds:
    """Gives each mark an id of its own."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._met: dict[str, int] = {}

    def new(self, id: str) -> str:
        """Return an id, with a number behind it where it is taken: `r1`, `r1+2`, `r1+3`."""
        number = self._met.get(id, 0) + 1
        while (wanted := id if number == 1 else f"{id}+{number}") in self._taken:
            number += 1
        self._met[id] = number
        self._taken.add(wanted)
        return wanted
