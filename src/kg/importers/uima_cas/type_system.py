"""A UIMA type system: which features hold values, and which refer to other structures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from kg.importers.uima_cas.elements import Element, walk

Holds = Literal["value", "values", "reference"]

_CAS = "uima.cas."
_DEEP = 100
"""How many kinds of kinds of a type are followed: a dozen are many."""
_VALUES = tuple(
    _CAS + name for name in ("String", "Boolean", "Byte", "Short", "Integer", "Long", "Float", "Double")
)
_COLLECTIONS = tuple(f"{name}{kind}" for name in _VALUES for kind in ("Array", "List"))


class Type(NamedTuple):
    """A type: the one it is a kind of, and what its own features hold. A shared array stands by itself."""

    parent: str
    features: dict[str, Holds]
    ranges: dict[str, str]
    shared: frozenset[str]


def _built_in() -> dict[str, Type]:
    def of(parent: str, **features: Holds) -> Type:
        return Type(parent, features, {}, frozenset())

    types = {
        "uima.cas.AnnotationBase": of("", sofa="reference"),
        "uima.tcas.Annotation": of("uima.cas.AnnotationBase", begin="value", end="value"),
        "uima.tcas.DocumentAnnotation": of("uima.tcas.Annotation", language="value"),
        "uima.cas.FSArray": of("", elements="reference"),
        "uima.cas.EmptyFSList": of(""),
        "uima.cas.NonEmptyFSList": of("", head="reference", tail="reference"),
    }
    for name in ("String", "Integer", "Float"):
        types[f"{_CAS}Empty{name}List"] = of("")
        types[f"{_CAS}NonEmpty{name}List"] = of("", head="value", tail="reference")
    return types | {f"{name}Array": of("", elements="values") for name in _VALUES}


class Types:
    """The types of one or more descriptions, over those that UIMA has itself."""

    def __init__(self, described: Iterable[tuple[bytes, str]] = ()) -> None:
        self._types = _built_in()
        self._features: dict[str, dict[str, Holds]] = {}
        for raw, file in described:
            _Reader(self._types).read(raw, file)

    def features(self, name: str) -> dict[str, Holds] | None:
        """Return what the features of a type hold, with those of the types it is a kind of; None if unknown."""
        if name in self._features:
            return self._features[name]
        found: dict[str, Holds] = {}
        seen: set[str] = set()
        here = name
        while here in self._types and here not in seen and len(seen) < _DEEP:
            seen.add(here)
            own = self._types[here]
            found = {each: self._holds(own, each) for each in {*own.features, *own.ranges}} | found
            here = own.parent
        if not seen:
            return None
        self._features[name] = found
        return found

    def _holds(self, own: Type, feature: str) -> Holds:
        if feature in own.features:
            return own.features[feature]
        range = own.ranges[feature]
        if range in _COLLECTIONS:
            return "reference" if feature in own.shared else "values"
        # A kind of string is a string of which the values are listed.
        parent = self._types[range].parent if range in self._types else ""
        return "value" if range in _VALUES or parent == "uima.cas.String" else "reference"


class _Reader:
    """Reads a description, an element at a time."""

    def __init__(self, types: dict[str, Type]) -> None:
        self._types = types
        self._ranges: dict[str, str] = {}
        self._shared: set[str] = set()
        self._type: dict[str, str] = {}
        self._feature: dict[str, str] = {}
        self._in_feature = False

    def read(self, raw: bytes, file: str) -> None:
        """Add the types of a description. Raises `CorpusError` if it is no XML."""
        walk(raw, file, self._begin, self._end)

    def _begin(self, element: Element) -> None:
        if element.name == "typeDescription":
            self._type, self._ranges, self._shared = {}, {}, set()
        elif element.name == "featureDescription":
            self._feature, self._in_feature = {}, True

    def _end(self, element: Element) -> None:
        if element.name == "featureDescription":
            self._in_feature = False
            if name := self._feature.get("name"):
                self._ranges[name] = self._feature.get("rangeTypeName", "")
                if self._feature.get("multipleReferencesAllowed") == "true":
                    self._shared.add(name)
        elif element.name == "typeDescription":
            name = self._type.get("name", "")
            if name and name not in self._types:
                self._types[name] = Type(
                    self._type.get("supertypeName", ""), {}, self._ranges, frozenset(self._shared)
                )
        else:
            (self._feature if self._in_feature else self._type).setdefault(element.name, element.text.strip())
