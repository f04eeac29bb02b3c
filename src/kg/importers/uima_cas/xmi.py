"""A CAS as XMI (UIMA's XML): one element a structure, references by `xmi:id`."""

from __future__ import annotations

import re
from collections import Counter

from kg.errors import Place
from kg.importers.core.documents import Skipped
from kg.importers.core.source_files import format_error
from kg.importers.uima_cas.elements import Element, walk
from kg.importers.uima_cas.structures import Cas, Sofa, Structure
from kg.importers.uima_cas.type_system import Types

_XMI = "http://www.omg.org/XMI"
_ID = f"{_XMI} id"
_CAS = "http:///uima/cas.ecore"
_NUMBER = re.compile("-?[0-9]{1,18}")
_UNKNOWN = "the type system does not have it: give the one that belongs to this file"


def read_xmi(raw: bytes, file: str, types: Types) -> Cas:
    """Return what an XMI holds. Raises `CorpusError` if it is none."""
    reader = _Reader(Cas(file), types)
    walk(raw, file, reader.begin, reader.end)
    return reader.finished()


class _Reader:
    def __init__(self, cas: Cas, types: Types) -> None:
        self._cas, self._types = cas, types
        self._children: dict[str, list[str]] = {}
        self._views: list[tuple[int, set[int]]] = []
        self._unknown: Counter[str] = Counter()
        self._first: dict[str, Place] = {}

    def begin(self, element: Element) -> None:
        """See that the file is XMI."""
        if element.depth == 0 and (element.space, element.name) != (_XMI, "XMI"):
            message = "the file must be XMI, with `xmi:XMI` around all: export as UIMA CAS XMI (XML 1.0 or 1.1)"
            raise format_error(message, "uima-xmi", self._cas.file, element.line, element.column)

    def end(self, element: Element) -> None:
        """Take in a structure, or a value of an array of the structure that is around it."""
        if element.depth == 2:
            self._children.setdefault(element.name, []).append(element.text)
        elif element.depth == 1:
            children, self._children = self._children, {}
            if element.space != _CAS or element.name not in ("NULL", "Sofa", "View"):
                self._structure(element, children)
            elif element.name == "Sofa":
                self._sofa(element)
            elif element.name == "View":
                members = _numbers(element.attributes.get("members", ""))
                self._views.append((self._id(element, "sofa"), set(members)))

    def finished(self) -> Cas:
        """Return the whole."""
        for id, members in self._views:
            if id in self._cas.sofas:
                self._cas.sofas[id].members |= members
        for name, count in self._unknown.items():
            self._cas.skipped.append(Skipped("span", name, _UNKNOWN, self._first[name], count))
        return self._cas

    def _sofa(self, element: Element) -> None:
        attributes = element.attributes
        id = self._id(element, _ID)
        name, text = attributes.get("sofaID", ""), attributes.get("sofaString")
        self._cas.sofas[id] = Sofa(id, name, text)

    def _structure(self, element: Element, children: dict[str, list[str]]) -> None:
        name = _type(element)
        holds = self._types.features(name)
        if holds is None:
            self._unknown[name] += 1
            self._first.setdefault(name, Place(self._cas.file, element.line, element.column))
            return
        structure = Structure(self._id(element, _ID), name, element.line, element.column)
        for feature, written in element.attributes.items():
            kind = holds.get(feature)
            if kind == "value":
                structure.tell(feature, (written,))
            elif kind == "values":
                structure.tell(feature, tuple(written.split()))
            elif kind == "reference":
                structure.refer(feature, _numbers(written))
            elif feature != _ID:
                self._stray(element, f"{feature} of {name}")
        for feature, texts in children.items():
            if holds.get(feature) in ("value", "values"):
                structure.tell(feature, tuple(texts))
            elif holds.get(feature) == "reference":
                structure.refer(feature, tuple(id for text in texts for id in _numbers(text)))
            else:
                self._stray(element, f"{feature} of {name}")
        self._cas.add(structure)

    def _stray(self, element: Element, what: str) -> None:
        at = Place(self._cas.file, element.line, element.column)
        self._cas.skipped.append(Skipped("attribute", what, _UNKNOWN, at))

    def _id(self, element: Element, attribute: str) -> int:
        written = element.attributes.get(attribute, "")
        if not _NUMBER.fullmatch(written):
            message = f"`{attribute.rpartition(' ')[2]}` must be a number: export the file again"
            raise format_error(message, "uima-id", self._cas.file, element.line, element.column)
        return int(written)


def _type(element: Element) -> str:
    """Return the name of a type: `a.b.C` is the element `C` of the namespace `http:///a/b.ecore`."""
    room = element.space.removeprefix("http:///").removesuffix(".ecore").replace("/", ".")
    return element.name if room == "uima.noNamespace" else f"{room}.{element.name}"


def _numbers(written: str) -> tuple[int, ...]:
    return tuple(int(each) for each in written.split() if _NUMBER.fullmatch(each))
