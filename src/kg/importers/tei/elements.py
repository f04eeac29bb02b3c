"""The elements of a TEI file, one by one or as trees. Entities are refused, and nothing is fetched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from kg.errors import Place
from kg.files.xml_reader import XmlHandlers, XmlReader

INCLUDE = "xi:include"
_TEI = "http://www.tei-c.org/ns/1.0 "
_NAMES = {"http://www.w3.org/2001/XInclude include": INCLUDE}
_XML = "http://www.w3.org/XML/1998/namespace "


class TeiElement(NamedTuple):
    """An element: its name in TEI (`""`: another vocabulary), its attributes, as `xml:id`, and its place."""

    name: str
    attributes: dict[str, str]
    at: Place

    def get(self, name: str) -> str:
        return " ".join(self.attributes.get(name, "").split())


class TeiListener(Protocol):
    """Receives elements as they begin and end, and the text between them."""

    def begin(self, element: TeiElement) -> None: ...

    def end(self, element: TeiElement) -> None: ...

    def text(self, text: str) -> None: ...


def parse(pieces: Iterable[bytes], file: str, listener: TeiListener) -> Iterator[None]:
    """Pass a file's elements to a listener; yield after each piece. Raises `CorpusError` if it is not XML."""
    reader = XmlReader(file)
    yield from reader.read(pieces, _TeiHandlers(reader, listener))


class _TeiHandlers(XmlHandlers):
    """Makes elements of tags."""

    def __init__(self, reader: XmlReader, listener: TeiListener) -> None:
        self._place = reader.place
        self._listener = listener
        self._open: list[TeiElement] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        plain = {_plain(each): value for each, value in attributes.items()}
        self._open.append(TeiElement(_local(name), plain, self._place()))
        self._listener.begin(self._open[-1])

    def text(self, text: str) -> None:
        self._listener.text(text)

    def end(self, name: str) -> None:  # noqa: ARG002
        self._listener.end(self._open.pop())


def _local(name: str) -> str:
    """Return the name of an element of TEI; old files have no namespace."""
    if name.startswith(_TEI):
        return name.removeprefix(_TEI)
    return _NAMES.get(name, "" if " " in name else name)


def _plain(name: str) -> str:
    return f"xml:{name.removeprefix(_XML)}" if name.startswith(_XML) else name


@dataclass
class TeiNode:
    """An element with its content, in order."""

    element: TeiElement
    inside: list[TeiNode | str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.element.name

    def get(self, attribute: str) -> str:
        return self.element.get(attribute)

    def children(self, *names: str) -> Iterator[TeiNode]:
        """Yield the children of these names, in order."""
        return (each for each in self.inside if isinstance(each, TeiNode) and each.name in names)

    def find(self, *path: str) -> Iterator[TeiNode]:
        """Yield the descendants on a path of child names."""
        if not path:
            yield self
        else:
            for child in self.children(path[0]):
                yield from child.find(*path[1:])

    def below(self, *names: str) -> Iterator[TeiNode]:
        """Yield the descendants with these names, in order."""
        for each in self.inside:
            if isinstance(each, TeiNode):
                if each.name in names:
                    yield each
                yield from each.below(*names)

    def text(self) -> str:
        """Return the text inside, with single spaces."""
        return " ".join("".join(self._texts()).split())

    def _texts(self) -> Iterator[str]:
        for each in self.inside:
            if isinstance(each, str):
                yield each
            else:
                yield from each._texts()


class TreeBuilder:
    """Builds a tree as its elements begin and end; it is complete when `end` returns true."""

    def __init__(self, element: TeiElement) -> None:
        self.root = TeiNode(element)
        self._open = [self.root]

    def begin(self, element: TeiElement) -> None:
        node = TeiNode(element)
        self._open[-1].inside.append(node)
        self._open.append(node)

    def text(self, text: str) -> None:
        self._open[-1].inside.append(text)

    def end(self) -> bool:
        self._open.pop()
        return not self._open
