"""What a CAS holds, whether it was written as XMI or as JSON: feature structures, and the texts they are about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from kg.errors import Place
from kg.importers.core.documents import Skipped
from kg.importers.core.source_files import format_error

Values = dict[str, tuple[str, ...]]
References = dict[str, tuple[int, ...]]
MOST_FOLLOWED = 1_000_000
_OFFSETS = ("begin", "end")
# Most structures have none: these are never written to.
_NOTHING: Values = {}
_NONE: References = {}
_HEAD, _TAIL, _ELEMENTS = "head", "tail", "elements"


@dataclass(slots=True, eq=False)
class Structure:
    """A feature structure: its values, and the ids of those that it refers to.

    An annotation has offsets, in UTF-16 units (-1: no number), and a sofa, whose text these are of.
    """

    id: int
    type: str
    line: int
    column: int
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
        """Return the first value of a feature, `""` for none."""
        return next(iter(self.values.get(feature, ())), "")

    def tell(self, feature: str, values: tuple[str, ...]) -> None:
        """Give a feature its values."""
        if feature in _OFFSETS:
            setattr(self, feature, _offset(values))
        elif self.values is _NOTHING:
            self.values = {feature: values}
        else:
            self.values[feature] = values

    def refer(self, feature: str, ids: tuple[int, ...]) -> None:
        """Let a feature refer to other structures."""
        if feature == "sofa":
            self.sofa = next(iter(ids), 0)
        elif self.references is _NONE:
            self.references = {feature: ids}
        else:
            self.references[feature] = ids


@dataclass(slots=True)
class Sofa:
    """A text that annotations are about; `members` are the structures that its view shows."""

    id: int
    name: str
    text: str | None
    members: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Cas:
    """A whole CAS, and what of it could not be read."""

    file: str
    sofas: dict[int, Sofa] = field(default_factory=dict)
    structures: dict[int, Structure] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    followed: int = 0

    def add(self, structure: Structure) -> None:
        """Take in a structure; of two of one id the first."""
        if self.structures.setdefault(structure.id, structure) is not structure:
            why = f"its id, {structure.id}, is that of another one before it"
            self.skipped.append(Skipped("span", structure.type, why, self.place(structure)))

    def place(self, structure: Structure) -> Place:
        """Return where a structure stands."""
        return Place(self.file, structure.line, structure.column)

    def targets(self, structure: Structure, feature: str) -> Iterator[int]:
        """Yield the ids of what a feature refers to, those in an array or a list one by one."""
        for id in structure.references.get(feature, ()):
            yield from self._elements(id)

    def strings(self, structure: Structure) -> Values:
        """Return the values of a structure, those in arrays and lists too."""
        found = {name: tuple(filter(None, values)) for name, values in structure.values.items()}
        for name, ids in structure.references.items():
            for id in ids:
                for each in self._chain(id) if self._is_collection(id) else ():
                    told = (*each.values.get(_ELEMENTS, ()), *each.values.get(_HEAD, ()))
                    if told:
                        found[name] = (*found.get(name, ()), *told)
        return {name: values for name, values in found.items() if values}

    def _elements(self, id: int) -> Iterator[int]:
        if not self._is_collection(id):
            yield id
            return
        for each in self._chain(id):
            yield from each.references.get(_ELEMENTS, ())
            yield from each.references.get(_HEAD, ())

    def _follow(self, structure: Structure) -> None:
        """Count what is read of arrays and lists: many may share one, and would hold more than any file."""
        held = (structure.values.get(_ELEMENTS, ()), structure.references.get(_ELEMENTS, ()))
        self.followed += 1 + sum(map(len, held))
        if self.followed > MOST_FOLLOWED:
            message = (
                f"arrays and lists must hold at most {MOST_FOLLOWED:,} elements, counted wherever they are used"
            )
            raise format_error(
                f"{message}: export the documents one by one", "uima-arrays", self.file, structure.line
            )

    def _is_collection(self, id: int) -> bool:
        return id in self.structures and is_collection(self.structures[id])

    def _chain(self, id: int) -> Iterator[Structure]:
        """Yield an array, or each link of a list."""
        seen: set[int] = set()
        while id not in seen and self._is_collection(id):
            seen.add(id)
            structure = self.structures[id]
            self._follow(structure)
            yield structure
            id = next(iter(structure.references.get(_TAIL, ())), 0)


def is_collection(structure: Structure) -> bool:
    """Whether it is an array or a list, which is only what it holds."""
    name = structure.type
    return name.endswith("[]") or (name.startswith("uima.cas.") and name.endswith(("Array", "List")))


def _offset(values: tuple[str, ...]) -> int:
    written = next(iter(values), "")
    return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else -1
