"""Other ids for entities, claims and articles: all references follow, and the old ids stay known.

If the new id is that of another entity, the two become one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

from kg.annotations.classes import ClaimsFile
from kg.annotations.own_fields import OwnField, own_fields
from kg.corpus import CorpusDefinition, WrittenArticle, read_article, read_corpus, sources
from kg.corpus.decoding import TAKEN, is_article_id, is_slug, suggested
from kg.corpus.editing import DELETED, Edit, assigned, read_values, value_at
from kg.corpus.references import IdReference, Rewriting, references
from kg.errors import Path as ValuePath
from kg.errors import UsageError
from kg.files.text_files import read_text
from kg.findings.source_map import IN_ARTICLE
from kg.history.rewriting import ChangedFile, CorpusChange, WrittenPart, rewrite_corpus
from kg.history.shared_files import finish_changes
from kg.history.united_entities import FieldConflict, UnitedEntry, united
from kg.meaning.corpus_index import TOPICS
from kg.meaning.reporter import as_list, one_or_all
from kg.text.nearest_name import nearest

Folder = str | PathLike[str]


class Renaming(NamedTuple):
    """What was renamed, and the files that changed. `is_merged` if two entities became one."""

    old: str
    new: str
    files: tuple[ChangedFile, ...]
    is_merged: bool = False

    @property
    def references(self) -> int:
        """How many references follow."""
        return sum(file.references for file in self.files)


class UndecidedFields(UsageError):  # noqa: N818
    """Two entities contradict each other in fields for which nothing was decided: nothing was written."""

    def __init__(self, conflicts: Iterable[FieldConflict]) -> None:
        self.conflicts = tuple(conflicts)
        (kept, other, *_) = self.conflicts[0].choices
        lines = [f"{kept} and {other} become one, and differ in these fields. Say whose value stays:"]
        for field, mine, theirs, choices in self.conflicts:
            lines += [f"  {field}:", f"    {kept}: {_shown(mine)}", f"    {other}: {_shown(theirs)}"]
            lines.append(f"    --keep {field}={'|'.join(choices)}")
        super().__init__("\n".join(lines))


def rename_entity(
    folder: Folder, old: str, new: str, *, keep: Mapping[str, str] | None = None, dry_run: bool = False
) -> Renaming:
    """Give an entity another id; if that is the id of an entity, the two become one.

    `keep` has, for each field in which the two differ, the id whose value stays. With `dry_run`, nothing is
    written. Raises `UndecidedFields` if a field is missing in `keep`, `UsageError` if there is no entity `old` or
    `new` cannot be its id, and as `rewrite_corpus` does.
    """
    corpus = _opened(folder)
    if new in corpus.entities and old in as_list(corpus.entities[new].formerly):
        raise UsageError(f"{old} is {new} already.")
    _refuse_unknown(old, {id: each.formerly for id, each in corpus.entities.items()}, "entity")
    _refuse_same(old, new, "entity")
    is_merged = new in corpus.entities
    if not is_merged:
        _refuse_entity_id(corpus, old, new)
        if keep:
            raise UsageError(
                f"--keep {next(iter(keep))}: there is no entity {new} to become one with: leave it out"
            )
    task = _EntityTask(corpus, old, new, own_fields(corpus.config), keep or {})
    if is_merged and (unknown := next((field for field in task.keep if field not in _fields_of(task)), "")):
        raise UsageError(f"--keep {unknown}: {old} and {new} do not differ in this field: leave it out")
    iris = _new_iris(corpus, {f"entity/{old}": f"entity/{new}"})
    change = CorpusChange(lambda part: _entity_change(part, task), iris, (old, new))
    files = rewrite_corpus(corpus, change, dry_run=dry_run)
    return Renaming(old, new, tuple(files), is_merged)


class _EntityTask(NamedTuple):
    corpus: CorpusDefinition
    old: str
    new: str
    fields: tuple[OwnField, ...]
    keep: Mapping[str, str]


def _fields_of(task: _EntityTask) -> set[str]:
    return {conflict.field for conflict in _united(task._replace(keep={})).conflicts}


def _united(task: _EntityTask) -> UnitedEntry:
    """Return the entry that two entities become, with the references of both to the new id."""
    entries = []
    for id in (task.new, task.old):
        file = task.corpus.entity_files[id]
        values = {id: read_values(read_text(file, task.corpus.root), file)[id]}
        for reference in references(values, "entities", task.fields):
            if reference.kind == "entity" and reference.name in (task.old, task.new):
                if reference.path[1] != "roles":
                    raise UsageError(
                        f"{task.old} and {task.new} cannot become one, since `{reference.path[1]}` of {id} says "
                        f"that {reference.name} is another: correct that first"
                    )
                values = assigned(values, Edit(reference.path, task.new))
        entries.append((id, values[id]))
    found = united(entries[0], entries[1], task.keep)
    return found._replace(values={**found.values, "formerly": _formerly(found.values, task)})


def _formerly(values: Mapping[str, Any], task: _EntityTask) -> Any:
    return _with_former(values.get("formerly", []), task.old, task.new)


def _with_former(formerly: Any, old: str, new: str) -> Any:
    """Return the former ids of a thing that had the id `old` until now."""
    return one_or_all([*(each for each in as_list(formerly) if each not in (old, new)), old])


def _entity_change(part: WrittenPart, task: _EntityTask) -> Rewriting:
    """Return what changes in a file if an entity gets another id."""
    old, new = task.old, task.new
    if part.kind == "claims":
        _refuse_own_id(part, task)
    is_merged = new in task.corpus.entities
    texts = {
        each.path: new
        for each in references(part.values, part.kind, task.fields)
        if each.kind == "entity" and each.name == old
    }
    if part.kind != "entities":
        return Rewriting(texts)
    if not is_merged:
        if old not in part.values:
            return Rewriting(texts)
        formerly = _formerly(part.values[old], task)
        return Rewriting(texts, {(old,): new}, [Edit((new, "formerly"), formerly)])
    texts = {path: id for path, id in texts.items() if path[0] not in (old, new)}
    entry = _united(task)
    if entry.conflicts:
        raise UndecidedFields(entry.conflicts)
    edits = [Edit((new,), entry.values)] if new in part.values else []
    return Rewriting(texts, {}, [*edits, *([Edit((old,), DELETED)] if old in part.values else [])])


def _refuse_own_id(part: WrittenPart, task: _EntityTask) -> None:
    """Raise `UsageError` if a file has a source or an occasion with the new id of an entity."""
    for field, kind in (("sources", "source"), ("occasions", "occasion")):
        own = part.values.get(field)
        if isinstance(own, dict) and task.new in own and task.new not in task.corpus.entities:
            raise UsageError(f"{part.file}: `{task.new}` is {_a(kind)} of this file: choose another id")


def _refuse_entity_id(corpus: CorpusDefinition, old: str, new: str) -> None:
    """Raise `UsageError` if an id cannot become that of an entity."""
    if not is_slug(new) or new in TAKEN or new == TOPICS:
        hint = suggested(new.replace("/", "-"))
        hint = f", as `{hint}`" if hint not in TAKEN and hint != new else ""
        raise UsageError(f"`{new}` cannot be the id of an entity: write small letters, digits, `-` and `_`{hint}")
    for id, entity in corpus.entities.items():
        if new in as_list(entity.formerly) and id != old:
            raise UsageError(f"`{new}` was the id of `{id}` before, and is never used again: choose another")


def _refuse_unknown(id: str, known: Mapping[str, str | Sequence[str]], kind: str) -> None:
    """Raise `UsageError` if there is no thing with an id; `known` has the ids and the former ones of each."""
    if id in known:
        return
    if present := next((each for each, former in known.items() if id in as_list(former)), ""):
        raise UsageError(f"The {kind} `{id}` is `{present}` now: name that")
    near = nearest(id, known)
    advice = f": did you mean `{near}`?" if near else "."
    raise UsageError(f"There is no {kind} `{id}` in this corpus{advice}")


def _refuse_same(old: str, new: str, kind: str) -> None:
    """Raise `UsageError` if a thing would get the id that it has: it is no other thing to become one with."""
    if old == new:
        raise UsageError(f"The {kind} `{old}` has that id already: choose another")


def rename_claim(folder: Folder, claim: str, new: str, *, dry_run: bool = False) -> Renaming:
    """Give a claim, named as `ARTICLE/CLAIM`, another id in its article.

    Raises `UsageError` if there is no such claim or the article has, or had, a claim with the new id, and as
    `rewrite_corpus` does.
    """
    article, _, old = claim.rpartition("/")
    if not article:
        raise UsageError(f"Name a claim with its article, as ARTICLE/{claim}: only there is its id its own.")
    corpus = _opened(folder)
    file = _annotations(corpus, article)
    task = _ClaimTask(article, old, new)
    _refuse_claim(file, task)
    _refuse_claim_id(file, task)
    iris = _new_iris(corpus, {f"claim/{claim}": f"claim/{article}/{new}"})
    change = CorpusChange(lambda part: _claim_change(part, task), iris, (old,))
    files = rewrite_corpus(corpus, change, dry_run=dry_run)
    return Renaming(claim, f"{article}/{new}", tuple(files))


class _ClaimTask(NamedTuple):
    article: str
    old: str
    new: str


def _refuse_claim(file: ClaimsFile, task: _ClaimTask) -> None:
    """Raise `UsageError` if an article has no claim that could get another id."""
    article, old, new = task
    claim = f"{article}/{old}"
    if gone := next((id for id, each in file.withdrawn.items() if old in (id, *as_list(each.formerly))), ""):
        now = f", as {article}/{gone}," if gone != old else ""
        raise UsageError(f"{claim} was withdrawn{now} and keeps its id.")
    if new in file.claims and old in as_list(file.claims[new].formerly):
        raise UsageError(f"{claim} is {article}/{new} already.")
    former = {id: as_list(each.formerly) for id, each in file.claims.items()}
    known = {f"{article}/{id}": [f"{article}/{each}" for each in ids] for id, ids in former.items()}
    _refuse_unknown(claim, known, "claim")


def _refuse_claim_id(file: ClaimsFile, task: _ClaimTask) -> None:
    """Raise `UsageError` if an id cannot become that of a claim."""
    article, old, new = task
    _refuse_same(old, new, "claim")
    if not is_slug(new) or new in TAKEN:
        raise UsageError(f"`{new}` cannot be the id of a claim: write small letters, digits, `-` and `_`, as c05")
    if new in file.claims:
        raise UsageError(
            f"{article}/{new} is another claim. If both are the same, withdraw one: move it to `withdrawn`, with "
            f"`replaced_by: {new}`."
        )
    ids = {id: as_list(each.formerly) for id, each in file.claims.items()}
    ids |= {id: [id, *as_list(each.formerly)] for id, each in file.withdrawn.items()}
    if owner := next((id for id, former in ids.items() if new in former and id != old), ""):
        raise UsageError(f"`{new}` was the id of {article}/{owner}, and is never used again: choose another")


def _claim_change(part: WrittenPart, task: _ClaimTask) -> Rewriting:
    """Return what changes in a file if a claim gets another id. The claims of a reading have ids of their own."""
    is_here = part.kind == "claims" and part.article == task.article and not part.reading
    texts: dict[ValuePath, str] = {}
    for each in references(part.values, part.kind):
        if each.kind == "claim" and each.name == f"{task.article}/{task.old}":
            texts[each.path] = f"{task.article}/{task.new}"
        elif each.name == task.old and _is_local(each, part, task):
            texts[each.path] = task.new
    if not is_here or value_at(part.values, ("claims", task.old)) is None:
        return Rewriting(texts)
    former = value_at(part.values, ("claims", task.old, "formerly")) or []
    formerly = _with_former(former, task.old, task.new)
    return Rewriting(texts, {("claims", task.old): task.new}, [Edit(("claims", task.new, "formerly"), formerly)])


def _is_local(reference: IdReference, part: WrittenPart, task: _ClaimTask) -> bool:
    """Tell whether a reference is to a published claim of the same article."""
    return part.article == task.article and reference.kind == ("published" if part.reading else "claim")


def rename_article(folder: Folder, old: str, new: str, *, dry_run: bool = False) -> Renaming:
    """Give an article another id, which its file then has in `article`; its files keep their names.

    The IRIs of its claims, text, occasions and sources change with it, and the earlier ones stay known. Raises
    `UsageError` if there is no such article or another has, or had, the new id, and as `rewrite_corpus` does.
    """
    corpus = _opened(folder)
    known = {article.id: _former_ids(article) for article in map(read_article, sources(corpus))}
    if old not in known and old in known.get(new, ()):
        raise UsageError(f"{old} is {new} already.")
    _refuse_unknown(old, known, "article")
    _refuse_same(old, new, "article")
    if not is_article_id(new):
        raise UsageError(f"`{new}` cannot be the id of an article: write `{suggested(new)}`")
    if owner := next((id for id, former in known.items() if id != old and new in (id, *former)), ""):
        raise UsageError(f"`{new}` is, or was, the id of the article {owner}: choose another")
    parts = {f"{kind}/{old}/": f"{kind}/{new}/" for kind in IN_ARTICLE}
    moved = {f"article/{old}": f"article/{new}", **parts}
    change = CorpusChange(lambda part: _article_change(part, old, new), _new_iris(corpus, moved))
    files = rewrite_corpus(corpus, change, dry_run=dry_run)
    return Renaming(old, new, tuple(files))


def _article_change(part: WrittenPart, old: str, new: str) -> Rewriting:
    texts: dict[ValuePath, str] = {}
    for each in references(part.values, part.kind):
        article, _, claim = each.name.rpartition("/")
        if each.kind == "claim" and article == old:
            texts[each.path] = f"{new}/{claim}"
    if part.kind != "claims" or part.article != old:
        return Rewriting(texts)
    edits = [Edit(("article", "id"), new)]
    if not part.reading:
        former = value_at(part.values, ("article", "formerly")) or []
        edits.append(Edit(("article", "formerly"), _with_former(former, old, new)))
    return Rewriting(texts, {}, edits)


def _opened(folder: Folder) -> CorpusDefinition:
    """Read what all articles share, after completing a change that was stopped in the middle."""
    finish_changes(Path(folder))
    return read_corpus(Path(folder))


def _annotations(corpus: CorpusDefinition, id: str) -> ClaimsFile:
    """Return the annotations of an article. Raises `UsageError` if there is none of this id."""
    known: dict[str, list[str]] = {}
    for article in map(read_article, sources(corpus)):
        if article.id == id and article.annotations:
            return article.annotations
        known[article.id] = _former_ids(article)
    _refuse_unknown(id, known, "article")
    return ClaimsFile()


def _former_ids(article: WrittenArticle) -> list[str]:
    return as_list(article.annotations.article.formerly) if article.annotations else []


def _new_iris(corpus: CorpusDefinition, moved: Mapping[str, str]) -> Callable[[str], str]:
    """Return a function that gives the new IRI of what is at a path below the base, or of what is in a folder."""
    base = corpus.config.base

    def new_iri(iri: str) -> str:
        path, sign, fragment = iri.removeprefix(base).partition("#")
        folder, slash, name = path.rpartition("/")
        if path in moved:
            path = moved[path]
        elif folder + slash in moved:
            path = moved[folder + slash] + name
        return base + path + sign + fragment if iri.startswith(base) else iri

    return new_iri


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_shown(each)}" for key, each in value.items())
    return ", ".join(map(_shown, value)) if isinstance(value, list) else str(value)


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"
