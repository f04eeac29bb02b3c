"""People and organisations that a TEI file describes, and what `who` points to."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping

from kg.errors import CorpusError, Place
from kg.importers.core.documents import Name, Skipped, authority_iri
from kg.importers.core.source_files import SourceFiles
from kg.importers.tei.nodes import Node, Tree
from kg.importers.tei.parsing import Element, parse

TYPES = {"person": "Person", "persona": "Person", "org": "Organization", "personGrp": "Group"}
"""The elements that describe someone, and what each is."""
LISTS = ("listPerson", "listOrg", "particDesc", "standOff", "teiCorpus")
"""The elements that are the root of a file that others refer to for its people."""
Named = dict[str, Name]
"""Names by `xml:id`."""
_GIVEN = ("forename", "nameLink", "surname", "genName")


def read_name(node: Node) -> Name | None:
    """Return who a `person`, `org` or their like is; None where no name is given."""
    names = [*node.children("persName", "orgName"), *node.children("name", "label", "head")]
    full = [each for each in names if each.get("full") in ("", "yes")]
    name = next(filter(None, map(_written, full or names)), "")
    found = [_same_as(each) for each in node.children("idno")]
    found += [authority_iri("", each) for attribute in ("sameAs", "ref") for each in node.get(attribute).split()]
    found += [authority_iri("", each) for name_node in names for each in name_node.get("ref").split()]
    same_as = tuple(dict.fromkeys(filter(None, found)))
    return Name(name, TYPES[node.name], same_as) if name else None


def _written(node: Node) -> str:
    """Return a name as it is said: forenames first, no titles."""
    parts = [part for name in _GIVEN for part in node.below(name)]
    if any(part.name == "surname" for part in parts):
        return " ".join(filter(None, (part.text() for part in parts)))
    return node.text()


def _same_as(idno: Node) -> str:
    value = idno.text()
    return (
        authority_iri("", value)
        or authority_iri(idno.get("type"), value)
        or authority_iri(idno.get("subtype"), value)
    )


class Lookup:
    """Finds whom `who` points to in other files of the bundle, each read once; `skipped` are those unreadable."""

    def __init__(self, bundle: SourceFiles, lists: Iterable[str]) -> None:
        self.bundle = bundle
        self.lists: dict[str, list[str]] = {}
        for name in lists:
            self.lists.setdefault(posixpath.dirname(name), []).append(name)
        self.read: dict[str, Named] = {}
        self.skipped: list[Skipped] = []

    def find(self, reference: str, file: str) -> Name | None:
        """Return whom `people.xml#P1` of a file means; of `#P1` who is listed beside the file or above it."""
        other, _, id = reference.rpartition("#")
        if other:
            return self.people(joined(file, other)).get(id)
        folder = file
        while folder:
            folder = posixpath.dirname(folder)
            for name in self.lists.get(folder, ()):
                if found := self.people(name).get(id):
                    return found
        return None

    def people(self, name: str) -> Named:
        """Return the people of a file, none if the bundle has no such file."""
        if name not in self.read:
            self.read[name] = {}
            if name and self.bundle.has(name):
                self.read[name] = self._people(name)
        return self.read[name]

    def _people(self, name: str) -> Named:
        listener = _Listener()
        try:
            for _ in parse(self.bundle.pieces(name), self.bundle.file(name), listener):
                if listener.is_done:
                    break
        except CorpusError as error:
            at = error.findings[0].at
            place = at if isinstance(at, Place) else Place(self.bundle.file(name), 0, 0)
            self.skipped.append(Skipped("article", name, error.findings[0].message, place))
        return listener.people


class _Listener:
    """Gathers the people of a file, of a corpus those of its header."""

    def __init__(self) -> None:
        self.people: Named = {}
        self.is_done = False
        self._tree: Tree | None = None

    def begin(self, element: Element) -> None:
        self.is_done = self.is_done or element.name == "text"
        if self._tree:
            self._tree.begin(element)
        elif element.name in TYPES and not self.is_done:
            self._tree = Tree(element)

    def end(self, _element: Element) -> None:
        if self._tree and self._tree.end():
            add(self.people, self._tree.root)
            self._tree = None

    def text(self, text: str) -> None:
        if self._tree:
            self._tree.text(text)


def add(people: Named, node: Node) -> None:
    """Keep someone by their `xml:id`; those without id or name nobody can point to."""
    if (id := node.get("xml:id")) and (name := read_name(node)):
        people.setdefault(id, name)


def who(value: str, find: Callable[[str], Name | None]) -> tuple[Name, ...]:
    """Return whom an attribute of pointers means; who cannot be found is known by the bare id, as a name."""
    if not any(sign in value for sign in "#:/"):
        return (Name(value),) if value else ()
    return tuple(find(each) or _bare(each) for each in value.split())


def _bare(reference: str) -> Name:
    if same_as := authority_iri("", reference):
        return Name(reference, same_as=(same_as,))
    return Name(reference.rpartition("#")[2] or reference)


def finder(people: Iterable[Mapping[str, Name]], lookup: Lookup, file: str) -> Callable[[str], Name | None]:
    """Return what finds a reference of a file: among its own people first, then in other files."""

    def find(reference: str) -> Name | None:
        if reference.startswith("#"):
            for each in people:
                if reference[1:] in each:
                    return each[reference[1:]]
        return lookup.find(reference, file) if "#" in reference else None

    return find


def joined(file: str, reference: str) -> str:
    """Return the name of a file that another refers to, `""` for one that stands elsewhere."""
    if "://" in reference or "\\" in reference or reference.startswith("/"):
        return ""
    name = posixpath.normpath(posixpath.join(posixpath.dirname(file), reference))
    return "" if name.startswith("..") else name


def references(value: str) -> Iterator[str]:
    """Yield the ids of an attribute of pointers into the same file."""
    return (each[1:] for each in value.split() if each.startswith("#"))
