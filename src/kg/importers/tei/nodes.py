"""Small parts of a TEI file as trees: its header, a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from kg.importers.tei.parsing import Element


@dataclass
class Node:
    """An element with all that is in it, in order."""

    element: Element
    inside: list[Node | str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.element.name

    def get(self, attribute: str) -> str:
        return self.element.get(attribute)

    def children(self, *names: str) -> Iterator[Node]:
        """Yield the children of these names, in order."""
        return (each for each in self.inside if isinstance(each, Node) and each.name in names)

    def find(self, *path: str) -> Iterator[Node]:
        """Yield what is reached over children of these names, one after another."""
        if not path:
            yield self
        else:
            for child in self.children(path[0]):
                yield from child.find(*path[1:])

    def below(self, *names: str) -> Iterator[Node]:
        """Yield all of these names at any depth, in order."""
        for each in self.inside:
            if isinstance(each, Node):
                if each.name in names:
                    yield each
                yield from each.below(*names)

    def text(self) -> str:
        """Return the words inside, with single blanks."""
        return " ".join("".join(self._texts()).split())

    def _texts(self) -> Iterator[str]:
        for each in self.inside:
            if isinstance(each, str):
                yield each
            else:
                yield from each._texts()


class Tree:
    """A tree that grows as its elements begin and end; it is whole when `end` says so."""

    def __init__(self, element: Element) -> None:
        self.root = Node(element)
        self._open = [self.root]

    def begin(self, element: Element) -> None:
        node = Node(element)
        self._open[-1].inside.append(node)
        self._open.append(node)

    def text(self, text: str) -> None:
        self._open[-1].inside.append(text)

    def end(self) -> bool:
        self._open.pop()
        return not self._open
