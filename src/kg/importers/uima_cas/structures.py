"""The structures of a CAS, read from XMI with its type system or from JSON CAS 0.4.

In XMI, each element is a structure, and references are by `xmi:id`. In JSON, each object is a structure, and `@`
before a name makes it a reference.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from kg.errors import Place
from kg.files.json_reader import JsonError, JsonValue, parse_json
from kg.files.xml_reader import XmlHandlers, XmlReader
from kg.importers.core.documents import Skipped
from kg.importers.core.source_files import format_error, format_error_at

Values = dict[str, tuple[str, ...]]
References = dict[str, tuple[int, ...]]
MOST_ELEMENTS = 1_000_000
_OFFSETS = ("begin", "end")
# Shared by the many structures that have none; never written to.
_NOTHING: Values = {}
_NONE: References = {}
_HEAD, _TAIL, _ELEMENTS = "head", "tail", "elements"


@dataclass(slots=True, eq=False)
class CasStructure:
    """A feature structure: its values, and the ids of the structures that it refers to.

    An annotation has offsets in UTF-16 units (-1: not a number) into the text of its sofa.
    """

    id: int
    type: str
    at: Place
    begin: int | None = None
    end: int | None = None
    sofa: int = 0
    values: Values = field(default_factory=lambda: _NOTHING)
    references: References = field(default_factory=lambda: _NONE)

    @property
    def is_annotation(self) -> bool:
        """Whether it has a place in a text."""
        return self.begin is not None and self.end is not None and self.sofa != 0

    def value(self, feature: str) -> str:
        """Return the first value of a feature, `""` if it has none."""
        return next(iter(self.values.get(feature, ())), "")

    def set_values(self, feature: str, values: tuple[str, ...]) -> None:
        """Set the values of a feature."""
        if feature in _OFFSETS:
            setattr(self, feature, _offset(values))
        elif self.values is _NOTHING:
            self.values = {feature: values}
        else:
            self.values[feature] = values

    def set_references(self, feature: str, ids: tuple[int, ...]) -> None:
        """Set the references of a feature."""
        if feature == "sofa":
            self.sofa = next(iter(ids), 0)
        elif self.references is _NONE:
            self.references = {feature: ids}
        else:
            self.references[feature] = ids


@dataclass(slots=True)
class Sofa:
    """A text with annotations; `members` are the structures that its view shows."""

    id: int
    name: str
    text: str | None
    members: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Cas:
    """A whole CAS, and its unreadable parts."""

    file: str
    sofas: dict[int, Sofa] = field(default_factory=dict)
    structures: dict[int, CasStructure] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    elements_read: int = 0

    def add(self, structure: CasStructure) -> None:
        """Add a structure; if two have the same id, the first counts."""
        if self.structures.setdefault(structure.id, structure) is not structure:
            why = f"another structure before it has its id, {structure.id}"
            self.skipped.append(Skipped("span", structure.type, why, structure.at))

    def targets(self, structure: CasStructure, feature: str) -> Iterator[int]:
        """Yield the ids of the structures that a feature refers to, also through arrays and lists."""
        for id in structure.references.get(feature, ()):
            yield from self._elements(id)

    def strings(self, structure: CasStructure) -> Values:
        """Return the values of a structure's features, also those in arrays and lists."""
        found = {name: tuple(filter(None, values)) for name, values in structure.values.items()}
        for name, ids in structure.references.items():
            for id in ids:
                for each in self._chain(id) if self._is_collection(id) else ():
                    elements = (*each.values.get(_ELEMENTS, ()), *each.values.get(_HEAD, ()))
                    if elements:
                        found[name] = (*found.get(name, ()), *elements)
        return {name: values for name, values in found.items() if values}

    def _elements(self, id: int) -> Iterator[int]:
        if not self._is_collection(id):
            yield id
            return
        for each in self._chain(id):
            yield from each.references.get(_ELEMENTS, ())
            yield from each.references.get(_HEAD, ())

    def _count_elements(self, structure: CasStructure) -> None:
        """Count the elements read, also of shared arrays and lists: so a small file may contain billions."""
        elements = (structure.values.get(_ELEMENTS, ()), structure.references.get(_ELEMENTS, ()))
        self.elements_read += 1 + sum(map(len, elements))
        if self.elements_read > MOST_ELEMENTS:
            message = (
                f"arrays and lists must have at most {MOST_ELEMENTS:,} elements, counted wherever they are used"
            )
            raise format_error(
                f"{message}: export the documents one by one", "uima-arrays", self.file, structure.at.line
            )

    def _is_collection(self, id: int) -> bool:
        return id in self.structures and is_collection(self.structures[id])

    def _chain(self, id: int) -> Iterator[CasStructure]:
        """Yield an array, or each node of a list."""
        seen: set[int] = set()
        while id not in seen and self._is_collection(id):
            seen.add(id)
            structure = self.structures[id]
            self._count_elements(structure)
            yield structure
            id = next(iter(structure.references.get(_TAIL, ())), 0)


def is_collection(structure: CasStructure) -> bool:
    """Tell whether a type is an array or a list."""
    name = structure.type
    return name.endswith("[]") or (name.startswith("uima.cas.") and name.endswith(("Array", "List")))


def _offset(values: tuple[str, ...]) -> int:
    written = next(iter(values), "")
    return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else -1


@dataclass(slots=True)
class XmlElement:
    """An element: the namespace and the name, its attributes, and where it begins."""

    space: str
    name: str
    attributes: dict[str, str]
    depth: int
    at: Place
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text in it, whole when it has ended."""
        return "".join(self.pieces)


class CasHandlers(XmlHandlers):
    """Receives elements when they begin and when they end."""

    def __init__(self, file: str) -> None:
        self._reader = XmlReader(file, "export it again")
        self._open: list[XmlElement] = []

    def read(self, raw: bytes) -> None:
        """Read a whole file. Raises `CorpusError` if it is not XML."""
        for _ in self._reader.read([raw], self):
            pass

    def start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        element = XmlElement(space, local, attributes, len(self._open), self._reader.place())
        self._open.append(element)
        self.begin_element(element)

    def text(self, text: str) -> None:
        self._open[-1].pieces.append(text)

    def end(self, name: str) -> None:  # noqa: ARG002
        self.end_element(self._open.pop())

    def begin_element(self, element: XmlElement) -> None:
        """Receive an element that begins."""

    def end_element(self, element: XmlElement) -> None:
        """Receive an element that has ended."""


ValueKind = Literal["value", "values", "reference"]

_CAS = "uima.cas."
_MOST_PARENTS = 100
"""How many supertypes of a type are followed: a dozen is a lot."""
_VALUES = tuple(
    _CAS + name for name in ("String", "Boolean", "Byte", "Short", "Integer", "Long", "Float", "Double")
)
_COLLECTIONS = tuple(f"{name}{kind}" for name in _VALUES for kind in ("Array", "List"))


class UimaType(NamedTuple):
    """A type: its supertype, the kinds and ranges of its own features; `shared` arrays are structures."""

    parent: str
    features: dict[str, ValueKind]
    ranges: dict[str, str]
    shared: frozenset[str]


def _built_in() -> dict[str, UimaType]:
    def of(parent: str, **features: ValueKind) -> UimaType:
        return UimaType(parent, features, {}, frozenset())

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


class TypeSystem:
    """The types of one or more descriptions, and UIMA's built-in types."""

    def __init__(self, described: Iterable[tuple[bytes, str]] = ()) -> None:
        self._types = _built_in()
        self._features: dict[str, dict[str, ValueKind]] = {}
        for raw, file in described:
            TypeSystemReader(file, self._types).read(raw)

    def features(self, name: str) -> dict[str, ValueKind] | None:
        """Return the kinds of a type's features, with inherited ones; None if the type is unknown."""
        if name in self._features:
            return self._features[name]
        found: dict[str, ValueKind] = {}
        seen: set[str] = set()
        here = name
        while here in self._types and here not in seen and len(seen) < _MOST_PARENTS:
            seen.add(here)
            own = self._types[here]
            found = {each: self._kind_of(own, each) for each in {*own.features, *own.ranges}} | found
            here = own.parent
        if not seen:
            return None
        self._features[name] = found
        return found

    def _kind_of(self, own: UimaType, feature: str) -> ValueKind:
        if feature in own.features:
            return own.features[feature]
        range = own.ranges[feature]
        if range in _COLLECTIONS:
            return "reference" if feature in own.shared else "values"
        # A subtype of string is a string with an enumeration of values.
        parent = self._types[range].parent if range in self._types else ""
        return "value" if range in _VALUES or parent == "uima.cas.String" else "reference"


class TypeSystemReader(CasHandlers):
    """Adds the types of a description."""

    def __init__(self, file: str, types: dict[str, UimaType]) -> None:
        super().__init__(file)
        self._types = types
        self._ranges: dict[str, str] = {}
        self._shared: set[str] = set()
        self._type: dict[str, str] = {}
        self._feature: dict[str, str] = {}
        self._in_feature = False

    def begin_element(self, element: XmlElement) -> None:
        if element.name == "typeDescription":
            self._type, self._ranges, self._shared = {}, {}, set()
        elif element.name == "featureDescription":
            self._feature, self._in_feature = {}, True

    def end_element(self, element: XmlElement) -> None:
        if element.name == "featureDescription":
            self._in_feature = False
            if name := self._feature.get("name"):
                self._ranges[name] = self._feature.get("rangeTypeName", "")
                if self._feature.get("multipleReferencesAllowed") == "true":
                    self._shared.add(name)
        elif element.name == "typeDescription":
            name = self._type.get("name", "")
            if name and name not in self._types:
                self._types[name] = UimaType(
                    self._type.get("supertypeName", ""), {}, self._ranges, frozenset(self._shared)
                )
        else:
            (self._feature if self._in_feature else self._type).setdefault(element.name, element.text.strip())


_XMI = "http://www.omg.org/XMI"
_ID = f"{_XMI} id"
_XMI_CAS = "http:///uima/cas.ecore"
_NUMBER = re.compile("-?[0-9]{1,18}")
_UNKNOWN = "the type system does not have it: give the one that belongs to this file"


def read_xmi(raw: bytes, file: str, types: TypeSystem) -> Cas:
    """Return the CAS in an XMI file. Raises `CorpusError` if it is not XMI."""
    reader = XmiReader(Cas(file), types)
    reader.read(raw)
    return reader.finished()


class XmiReader(CasHandlers):
    """Adds the structures of an XMI file to a CAS."""

    def __init__(self, cas: Cas, types: TypeSystem) -> None:
        super().__init__(cas.file)
        self._cas, self._types = cas, types
        self._children: dict[str, list[str]] = {}
        self._views: list[tuple[int, set[int]]] = []
        self._unknown: Counter[str] = Counter()
        self._first: dict[str, Place] = {}

    def begin_element(self, element: XmlElement) -> None:
        """Check that the file is XMI."""
        if element.depth == 0 and (element.space, element.name) != (_XMI, "XMI"):
            message = "the file must be XMI, with `xmi:XMI` around all: export as UIMA CAS XMI (XML 1.0 or 1.1)"
            raise format_error_at(element.at, message, "uima-xmi")

    def end_element(self, element: XmlElement) -> None:
        """Add a structure, or an array value of the structure around it."""
        if element.depth == 2:
            self._children.setdefault(element.name, []).append(element.text)
        elif element.depth == 1:
            children, self._children = self._children, {}
            if element.space != _XMI_CAS or element.name not in ("NULL", "Sofa", "View"):
                self._structure(element, children)
            elif element.name == "Sofa":
                self._sofa(element)
            elif element.name == "View":
                members = _numbers(element.attributes.get("members", ""))
                self._views.append((self._id(element, "sofa"), set(members)))

    def finished(self) -> Cas:
        """Return the whole CAS."""
        for id, members in self._views:
            if id in self._cas.sofas:
                self._cas.sofas[id].members |= members
        for name, count in self._unknown.items():
            self._cas.skipped.append(Skipped("span", name, _UNKNOWN, self._first[name], count))
        return self._cas

    def _sofa(self, element: XmlElement) -> None:
        attributes = element.attributes
        id = self._id(element, _ID)
        name, text = attributes.get("sofaID", ""), attributes.get("sofaString")
        self._cas.sofas[id] = Sofa(id, name, text)

    def _structure(self, element: XmlElement, children: dict[str, list[str]]) -> None:
        name = _type(element)
        kinds = self._types.features(name)
        if kinds is None:
            self._unknown[name] += 1
            self._first.setdefault(name, element.at)
            return
        structure = CasStructure(self._id(element, _ID), name, element.at)
        for feature, written in element.attributes.items():
            kind = kinds.get(feature)
            if kind == "value":
                structure.set_values(feature, (written,))
            elif kind == "values":
                structure.set_values(feature, tuple(written.split()))
            elif kind == "reference":
                structure.set_references(feature, _numbers(written))
            elif feature != _ID:
                self._stray(element, f"{feature} of {name}")
        for feature, texts in children.items():
            if kinds.get(feature) in ("value", "values"):
                structure.set_values(feature, tuple(texts))
            elif kinds.get(feature) == "reference":
                structure.set_references(feature, tuple(id for text in texts for id in _numbers(text)))
            else:
                self._stray(element, f"{feature} of {name}")
        self._cas.add(structure)

    def _stray(self, element: XmlElement, what: str) -> None:
        self._cas.skipped.append(Skipped("attribute", what, _UNKNOWN, element.at))

    def _id(self, element: XmlElement, attribute: str) -> int:
        written = element.attributes.get(attribute, "")
        if not _NUMBER.fullmatch(written):
            message = f"`{attribute.rpartition(' ')[2]}` must be a number: export the file again"
            raise format_error_at(element.at, message, "uima-id")
        return int(written)


def _type(element: XmlElement) -> str:
    """Return the name of a type: `a.b.C` for the element `C` in the namespace `http:///a/b.ecore`."""
    room = element.space.removeprefix("http:///").removesuffix(".ecore").replace("/", ".")
    return element.name if room == "uima.noNamespace" else f"{room}.{element.name}"


def _numbers(written: str) -> tuple[int, ...]:
    return tuple(int(each) for each in written.split() if _NUMBER.fullmatch(each))


STRUCTURES = "%FEATURE_STRUCTURES"
_VIEWS, _MEMBERS, _SOFA = "%VIEWS", "%MEMBERS", "%SOFA"
_TYPE, _JSON_ID, _JSON_ELEMENTS = "%TYPE", "%ID", "%ELEMENTS"


def read_json_cas(raw: bytes, file: str) -> Cas:
    """Return the CAS in a JSON file. Raises `CorpusError` if it is not JSON CAS."""
    try:
        whole = parse_json(raw.removeprefix(b"\xef\xbb\xbf"), Place(file, 1, 1)).members()
        cas = Cas(file)
        structures = whole.get(STRUCTURES)
        if structures is None:
            message = f"the file must be a JSON CAS, which has `{STRUCTURES}`: export as UIMA CAS JSON 0.4.0"
            raise format_error(message, "uima-json", file, 1, 1)
        for each in structures.entries():
            _add(cas, each, "")
        for id, each in structures.members().items():  # as in drafts of the format
            _add(cas, each, id)
        if views := whole.get(_VIEWS):
            _add_views(cas, views)
    except JsonError as error:
        raise format_error(f"the file must be JSON, {error}: export it again", "not-json", file, 1, 1) from error
    return cas


def _add(cas: Cas, written: JsonValue, id: str) -> None:
    record = written.read()
    place = written.place
    number = _json_number(record.get(_JSON_ID, id)) if isinstance(record, dict) else None
    if not isinstance(record, dict) or number is None or not isinstance(record.get(_TYPE), str):
        why = f"a structure must be an object with `{_JSON_ID}`, a number, and `{_TYPE}`, a name"
        cas.skipped.append(Skipped("span", str(record)[:40], why, place))
        return
    if record[_TYPE] == "uima.cas.Sofa":
        text = record.get("sofaString")
        cas.sofas[number] = Sofa(number, str(record.get("sofaID", "")), text if isinstance(text, str) else None)
        return
    structure = CasStructure(number, record[_TYPE], place)
    for name, value in record.items():
        _set_feature(structure, name, value)
    cas.add(structure)


def _set_feature(structure: CasStructure, name: str, value: object) -> None:
    if name == _JSON_ELEMENTS and isinstance(value, list):
        if structure.type.removesuffix("[]").startswith("uima.cas.") and structure.type != "uima.cas.FSArray":
            structure.set_values("elements", tuple(filter(None, map(_json_text, value))))
        else:
            structure.set_references("elements", _json_ids(value))
    elif name.startswith("@"):
        several = value if isinstance(value, list) else [value]
        structure.set_references(name[1:], _json_ids(several))
    elif not name.startswith("%") and (text := _json_text(value)):
        structure.set_values(name.lstrip("#^"), (text,))


def _add_views(cas: Cas, views: JsonValue) -> None:
    """Add which structures each view shows."""
    for view in views.members().values():
        value = view.read()
        sofa = cas.sofas.get(_json_number(value.get(_SOFA)) or 0) if isinstance(value, dict) else None
        if sofa and isinstance(value, dict) and isinstance(value.get(_MEMBERS), list):
            sofa.members |= set(_json_ids(value[_MEMBERS]))


def _json_ids(value: list[object]) -> tuple[int, ...]:
    return tuple(id for each in value if (id := _json_number(each)) is not None)


def _json_number(value: object) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 18:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _json_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else ""
