"""Entities on the desk: added, shown as their file has them, and changed there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from msgspec import Struct

from kg.annotations.own_fields import file_types, own_fields
from kg.corpus import read_corpus
from kg.corpus.decoding import TAKEN, suggested
from kg.corpus.editing import DELETED, Edit, edited, read_values, shown, value_at
from kg.corpus.reader import ENTITIES, located
from kg.corpus.writer import Plain
from kg.desk.article_files import EditRequest, add_entity
from kg.desk.article_state import Json, entity_state, finding_state
from kg.desk.open_corpus import OpenCorpus
from kg.errors import CorpusError, Finding, Spot, UsageError
from kg.errors import Path as ValuePath
from kg.files.text_files import read_text
from kg.meaning import read_index
from kg.pipeline.article import NO_TOTALS, shared_graphs

_LONGEST_ID = 60
LONGEST_PATH = 8
"""The most keys and places that lead to a value which the page edits."""


class FieldEdit(Struct, forbid_unknown_fields=True):
    """A value to write (null: to delete) where the page showed `was`."""

    path: list[str | int]
    value: Any = None
    was: Any = None


class EntityRequest(Struct, forbid_unknown_fields=True):
    """A new entity: without an `id`, its name gives it one. The name is a text, or one for each language."""

    name: str | dict[str, str]
    type: str
    id: str = ""


def add_named(corpus: OpenCorpus, request: EntityRequest, language: str) -> Json:
    """Add an entity to `entities.yaml`, and return it. Raises as `add_entity` does."""
    corpus.renew()
    known = corpus.publication.corpus.entities
    given = request.name if isinstance(request.name, dict) else {"": request.name}
    names = {tag: written for tag, each in given.items() if (written := " ".join(each.split()))}
    if not names:
        raise UsageError("an entity must have a name, this one has none: write it")
    first = next(iter(names.values()))
    id = request.id or _free_id(suggested(first.replace("/", "-"))[:_LONGEST_ID].strip("-_"), known)
    name: Plain = {**names} if isinstance(request.name, dict) else first
    add_entity(Path(corpus.root), id, name, request.type, file_types(own_fields(corpus.publication.corpus.config)))
    corpus.renew()
    return {"entity": entity_state(corpus, id, language)}


def _free_id(wanted: str, known: Mapping[str, object]) -> str:
    taken = known.keys() | TAKEN.keys()
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return next(each for each in (wanted, *numbered) if each not in taken)


def entity_fields(corpus: OpenCorpus, id: str, language: str) -> Json:
    """Return the fields of an entity as its file has them now, and what is wrong with them in a language.

    Raises `UsageError` if there is no such entity, `CorpusError` or `FileError` if its file cannot be read.
    """
    corpus.renew()
    file = _file_of(corpus, id)
    text = read_text(file, corpus.root)
    fields = value_at(read_values(text, file), (id,))
    return {"id": id, "fields": fields, "findings": _findings_about(corpus, id, file, text, language)}


class EntityChange(NamedTuple):
    """Edits of one entity in its file; the paths of `edits` are `entities`, its id, and so on."""

    corpus: OpenCorpus
    id: str
    file: str
    edits: Sequence[EditRequest]

    @classmethod
    def of(cls, edits: Sequence[FieldEdit], corpus: OpenCorpus) -> EntityChange | None:
        """Return the change if edits are of an entity. Raises `UsageError` if they are of more than one thing."""
        paths = [tuple(each.path) for each in edits]
        if not any(path[:1] == (ENTITIES,) for path in paths):
            return None
        corpus.renew()
        for path in paths:
            if path[:2] != paths[0][:2] or not 3 <= len(path) <= LONGEST_PATH or "" in path:
                raise UsageError(f"`{shown(path)}` is no field of the entity: change one entity at a time")
        id = str(paths[0][1])
        requests = [EditRequest(path, each.value, each.was) for path, each in zip(paths, edits, strict=True)]
        return cls(corpus, id, _file_of(corpus, id), requests)

    def findings(self, language: str) -> list[Json]:
        """Return what would be wrong with the entity after the edits; nothing is written."""
        return _findings_about(self.corpus, self.id, self.file, self._edited(), language)

    def refuse_invalid(self) -> None:
        """Raise `CorpusError` if a value does not have the form of its field; other faults are only findings."""
        known = {(each.rule, each.message) for each in self.corpus.publication.corpus.findings}
        found = read_corpus(self.corpus.root, {self.file: self._edited()}).findings
        if wrong := [each for each in found if (each.rule, each.message) not in known]:
            raise CorpusError(wrong)

    def _edited(self) -> str:
        types = file_types(own_fields(self.corpus.publication.corpus.config))
        text = read_text(self.file, self.corpus.root)
        made = [Edit(each.path[1:], DELETED if each.value is None else each.value) for each in self.edits]
        return edited(text, made, of=types.entities, file=self.file)


def _file_of(corpus: OpenCorpus, id: str) -> str:
    file = corpus.publication.corpus.entity_files.get(id)
    if file is None:
        raise UsageError(f"there is no entity `{id}`: it was removed or renamed meanwhile")
    return file


def _findings_about(corpus: OpenCorpus, id: str, file: str, text: str, language: str) -> list[Json]:
    """Return what is wrong with an entity if its file has this text, each with the path of its field."""
    opened = {file: text}
    try:
        definition = read_corpus(corpus.root, opened)
    except CorpusError as error:
        findings: Sequence[Finding] = error.findings
    else:
        entities = next(shared_graphs(definition, read_index(definition), corpus.publication.check, NO_TOTALS))
        findings = entities.findings
    about = [each for each in findings if _path_in(each, file)[:1] == (id,)]
    return [
        finding_state(each, place, language) | {"path": list(_path_in(each, file)[1:]), "entity": id}
        for each, place in zip(about, located(about, {(file, 0): text}), strict=True)
    ]


def _path_in(finding: Finding, file: str) -> ValuePath:
    return finding.at.path if isinstance(finding.at, Spot) and finding.at.file == file else ()
