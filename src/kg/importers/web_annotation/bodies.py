"""What an annotation says of its words: tags, comments, identities → a label, attributes, names, a note.

A tag `speaker: Macron` is the attribute `speaker`, where the mapping knows a field of this name; `answers: c02` is
a relation to the claim of that id.
https://www.w3.org/TR/annotation-model/#bodies-and-targets
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import NamedTuple

from kg.importers.core.documents import Name
from kg.importers.core.mapping import Field, Mapping, key
from kg.importers.core.names import TYPES
from kg.importers.web_annotation.loose import Object, iri, last, objects, several, text, types, unpacked

_TAGGING = ("tagging", "classifying")
_COMMENTING = ("commenting", "replying")
_NAMING = frozenset(("speaker", "to", "about"))
# What kg itself, schema.org and FOAF call what an entity may be.
_KINDS = {**{name: name for name in TYPES}, "Concept": "Topic", "DefinedTerm": "Topic", "NGO": "Organization"}


class Said(NamedTuple):
    """What an annotation says of its words, as a mark has it; and its relations, each with the id of a claim."""

    label: str
    attributes: dict[str, tuple[str, ...]]
    names: dict[str, tuple[Name, ...]]
    note: str
    relations: tuple[tuple[str, str], ...]


class Known(NamedTuple):
    """What a mapping knows: fields by the names of attributes, and labels, each as they are compared."""

    fields: dict[str, Field]
    labels: frozenset[str]
    relations: frozenset[str]


def known(mapping: Mapping) -> Known:
    """Return what the tags of annotations are read with."""
    fields = {key(name): field for name, field in mapping.fields.items()}
    labels, relations = (frozenset(map(key, names)) for names in (mapping.spans, mapping.relations))
    return Known(fields, labels, relations)


class _Body(NamedTuple):
    """One body: what it is for, and its text."""

    purpose: str
    value: str


class _Sorted:
    """Bodies sorted by what they are in a mark."""

    def __init__(self, meanings: Known, identities: dict[str, Name]) -> None:
        self._meanings = meanings
        self._identities = identities
        self.attributes: dict[str, list[str]] = {}
        self.names: dict[str, list[Name]] = {}
        self.tags: list[str] = []
        self.notes: list[str] = []
        self.relations: list[tuple[str, str]] = []

    def add(self, body: _Body) -> None:
        if body.purpose in _TAGGING:
            self._add_tag(body.value)
        elif body.purpose in _COMMENTING:
            self.notes.append(body.value)
        else:
            self.attributes.setdefault(body.purpose, []).append(body.value)

    def _add_tag(self, tag: str) -> None:
        name, _, value = (part.strip() for part in tag.partition(":"))
        field = self._meanings.fields.get(key(name)) if value else None
        if value and key(name) in self._meanings.relations:
            self.relations.append((name, value))
        elif field is None:
            self.tags.append(tag)
        elif value in self._identities and field in _NAMING:
            self.names.setdefault(name, []).append(self._identities[value])
        else:
            self.attributes.setdefault(name, []).append(value)


def read_bodies(found: Object, meanings: Known) -> Said:
    """Return what an annotation says. Its label is a tag that is known, else its first tag, else its motivation."""
    identities = _identities(found)
    bodies = _Sorted(meanings, identities)
    for body in _bodies(found):
        bodies.add(body)
    met = {name.name for each in bodies.names.values() for name in each}
    label, others = _label(bodies.tags, meanings.labels, found)
    more = {"identifying": [name for name in identities if name not in met], "tag": others}
    for attribute, values in more.items():
        if values:
            bodies.attributes.setdefault(attribute, []).extend(values)
    return Said(
        label,
        {name: tuple(dict.fromkeys(values)) for name, values in bodies.attributes.items()},
        {name: tuple(dict.fromkeys(values)) for name, values in bodies.names.items()},
        "\n".join(bodies.notes),
        tuple(dict.fromkeys(bodies.relations)),
    )


def _label(tags: list[str], labels: Set[str], found: Object) -> tuple[str, list[str]]:
    """Return the label of a mark, and the tags that are not."""
    label = next((tag for tag in tags if key(tag) in labels), tags[0] if tags else "")
    if not label:
        return motivation(found), []
    return label, [tag for tag in tags if tag != label]


def motivation(found: Object) -> str:
    """Return what an annotation was made for; where it is not told, whether it comments or only highlights."""
    told = next((last(each) for each in several(found.get("motivation")) if isinstance(each, str)), "")
    return told or ("commenting" if any(_bodies(found)) else "highlighting")


def _bodies(found: Object) -> Iterator[_Body]:
    """Yield the bodies of an annotation that have a text, or an IRI for one."""
    told = next((last(each) for each in several(found.get("motivation")) if isinstance(each, str)), "")
    # Hypothesis
    for tag in several(found.get("tags")):
        if text(tag):
            yield _Body("tagging", text(tag))
    for comment in (found.get("text"), found.get("bodyValue")):
        if text(comment).strip():
            yield _Body("commenting", text(comment).strip())
    for body in unpacked(found.get("body")):
        if isinstance(body, dict) and "identifying" in several(body.get("purpose")):
            continue
        yield from _read(body, told)


def _read(body: object, told: str) -> Iterator[_Body]:
    """Yield what a body says. Without a purpose of its own, it has that of the annotation."""
    if not isinstance(body, dict):
        if text(body):
            yield _Body("body", text(body))
        return
    purpose = last(text(body.get("purpose"))) or told
    if "Claim" in types(body):
        # Of a claim of ours, the id stays.
        yield _Body("id", last(iri(body)))
    elif value := text(body.get("value", body.get("chars"))).strip():
        yield _Body(purpose if purpose not in ("", "linking") else "commenting", value)
    elif purpose in _TAGGING:
        # A semantic tag is a thing, which may have a name.
        source = objects(body.get("source"))
        names = (text(each.get(name)) for each in (*source, body) for name in ("label", "name", "title"))
        yield _Body(purpose, next(filter(None, names), "") or last(iri(body.get("source")) or iri(body)) or "tag")
    elif thing := iri(body.get("source")) or iri(body):
        yield _Body("body", thing)


def _identities(found: Object) -> dict[str, Name]:
    """Return those whom the bodies identify, by the names that tags have for them."""
    identities: dict[str, Name] = {}
    for body in objects(found.get("body")):
        if "identifying" not in several(body.get("purpose")):
            continue
        for thing in (each if isinstance(each, dict) else {"id": each} for each in several(body.get("source"))):
            name = text(thing.get("name"))
            same = [iri(thing), *(iri(each) for each in several(thing.get("schema:sameAs")))]
            kind = next((_KINDS[each] for each in types(thing) if each in _KINDS), "")
            if name := name or last(iri(thing)):
                identities.setdefault(name, Name(name, kind, tuple(each for each in same if ":" in each)))
    return identities
