"""Two corpora become one: what both have is decided, everything else is united, and all IRIs live on.

The first corpus gives the base. The other's base is in `moved_from`, and what gets another id keeps its former one.
`extra/` says which articles the other contributed, and what it said of itself: its title, licence and creators.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from hashlib import sha256
from os import PathLike
from pathlib import Path
from typing import Any

import msgspec

from kg.annotations.classes import CorpusFile
from kg.annotations.own_fields import file_types, own_fields
from kg.corpus import CorpusDefinition, read_article, read_corpus, sources
from kg.corpus.editing import DELETED, Edit, edited, read_values, value_at
from kg.corpus.folder import CHANGES, CLAIMS, CONFIG, JSON_LINES, READINGS, TEXT
from kg.corpus.reader import ENTITIES, read_json
from kg.corpus.references import Rewriting, references
from kg.corpus.writer import flow_value
from kg.errors import FileError, UsageError, errors_about
from kg.errors import Path as ValuePath
from kg.files.atomic_writes import atomic_folder
from kg.files.temporary import temporary_folder
from kg.files.text_files import decode_text, read_bytes, read_lines, read_text
from kg.formats import format_named, write
from kg.history.merge_plan import (
    FIRST,
    SECOND,
    SETTINGS,
    Both,
    MergePlan,
    MergePlanner,
    UndecidedMerge,
    contents_of_readings,
    united_entry,
)
from kg.history.rewriting import CorpusChange, WrittenPart, rewrite_corpus
from kg.history.shared_files import file_bytes
from kg.mappers.nodes import node
from kg.meaning.reporter import as_list, one_or_all
from kg.pipeline.extra_graph import FOLDER
from kg.rdf.terms import Graph, Iri, Iris, Term, iri, plain, text
from kg.rdf.vocab import DCAT, DCTERMS, PREFIXES

_UNITED = ("creator", "keywords", "spatial", "funding", "plugins")
_LEFT = ("dist", CHANGES)
# Said of other people's data sets only, so it is no term of the graph's own.
_HAS_PART = iri(f"{DCTERMS.base}hasPart")
_ARTICLE_FILE = re.compile(
    rf"(?P<reading>{READINGS}/[^/]+/)?(?P<stem>.+?)(?P<suffix>{re.escape(CLAIMS)}|{re.escape(TEXT)})"
)


def read_decisions(file: str) -> dict[str, str]:
    """Return the decisions in a file, without those that are not filled in; none if there is no such file.

    An answer that is a list or a mapping is returned as it can be written on one line.
    """
    if not os.path.exists(file):
        return {}
    values = read_values(read_text(file), file)
    answers = {key: value if isinstance(value, str) else flow_value(value) for key, value in values.items()}
    return {key: answer for key, answer in answers.items() if answer not in ("", "?")}


def merge_corpora(
    first: str | PathLike[str],
    second: str | PathLike[str],
    target: str | PathLike[str],
    decisions: Mapping[str, str],
) -> MergePlan:
    """Write a corpus that has everything of two others into a new folder, or nothing; return what was renamed.

    Raises `UndecidedMerge` if a decision is missing, `UsageError` if one is about nothing or the folder is there,
    `CorpusError` if one of the corpora cannot be read, `FileError` if a link is among their files.
    """
    if os.path.lexists(target):
        raise UsageError(
            f"{target}: two corpora become one in a new folder, and this is there already: name another"
        )
    one, two = read_corpus(Path(first)), read_corpus(Path(second))
    plan = MergePlanner(one, two, decisions).plan()
    if plan.conflicts:
        raise UndecidedMerge(plan.conflicts)
    with temporary_folder("kg-merge-") as work, atomic_folder(Path(target)) as staged:
        _copy(Path(one.root), staged)
        _copy(Path(two.root), work / "second")
        with errors_about(two.root, copy=str(work / "second")):
            _rewrite_second(read_corpus(work / "second"), one, plan)
            left = (plan.articles.get(id, id) for id in _article_ids(two) if id not in plan.left_out)
            articles = list(left)
            _write_shared(staged, work / "second", (one, two), plan, decisions)
            _move_files(work / "second", staged, one, plan)
        if articles:
            _write_contribution(staged, (one, two), plan, articles)
    return plan


def _copy(root: Path, target: Path) -> None:
    """Copy the files of a corpus that are not hidden and not a publication. Raises `FileError` for a link."""

    def ignored(folder: str, names: list[str]) -> list[str]:
        top = Path(folder) == root
        left = [name for name in names if name.startswith(".") or (top and name in _LEFT)]
        for path in sorted(Path(folder, name) for name in names if name not in left):
            if path.is_symlink():
                raise FileError(
                    f"{path}: a link is not followed here: put the file itself there, or delete the link"
                )
        return left

    shutil.copytree(root, target, ignore=ignored, dirs_exist_ok=True)


def _rewrite_second(corpus: CorpusDefinition, one: CorpusDefinition, plan: MergePlan) -> None:
    """Give the things of the second corpus, in a copy of it, their new ids and their former ones."""
    new = {"entity": plan.entities, "annotator": plan.annotators, "guideline": plan.guidelines}
    fields = own_fields(corpus.config)
    language = corpus.config.language if corpus.config.language != one.config.language else ""

    def change(part: WrittenPart) -> Rewriting:
        texts: dict[ValuePath, str] = {}
        for each in references(part.values, part.kind, fields):
            article, slash, claim = each.name.rpartition("/")
            if each.kind == "claim" and article in plan.articles:
                texts[each.path] = f"{plan.articles[article]}{slash}{claim}"
            elif each.name in new.get(each.kind, {}):
                texts[each.path] = new[each.kind][each.name]
        if part.kind == "entities":
            return _entities_change(part, texts, one, plan)
        edits = list(_claims_edits(part, plan, corpus.root, language)) if part.kind == "claims" else []
        return Rewriting(texts, {}, edits)

    rewrite_corpus(corpus, CorpusChange(change, _new_iri(corpus, one, plan)))


def _entities_change(
    part: WrittenPart, texts: dict[ValuePath, str], one: CorpusDefinition, plan: MergePlan
) -> Rewriting:
    keys: dict[ValuePath, str] = {}
    edits: list[Edit] = []
    gone = {id for id in part.values if id in one.entities and plan.entities.get(id, id) in one.entities}
    gone |= {id for id in part.values if plan.entities.get(id, "") in one.entities}
    for id in part.values:
        if id in gone:
            edits.append(Edit((id,), DELETED))
            continue
        if id in plan.entities:
            keys[id,] = plan.entities[id]
        written = as_list(part.values[id].get("formerly", []))
        former = plan.former("entity", [*written, *([id] if id in plan.entities else [])])
        if former != written:
            edits.append(
                Edit((plan.entities.get(id, id), "formerly"), one_or_all([*former]) if former else DELETED)
            )
    return Rewriting({path: new for path, new in texts.items() if path[0] not in gone}, keys, edits)


def _claims_edits(part: WrittenPart, plan: MergePlan, root: str, language: str) -> Iterator[Edit]:
    path = os.path.relpath(part.file, root).removesuffix(CLAIMS).removeprefix(f"{READINGS}/{part.reading}/")
    new = plan.articles.get(part.article, "")
    if new or (plan.moved.get(path) and not value_at(part.values, ("article", "id"))):
        yield Edit(("article", "id"), new or part.article)
    written = as_list(value_at(part.values, ("article", "formerly")) or [])
    former = plan.former("article", [*written, *([part.article] if new else [])])
    if former != written and not part.reading:
        yield Edit(("article", "formerly"), one_or_all([*former]) if former else DELETED)
    if language and not value_at(part.values, ("article", "language")):
        yield Edit(("article", "language"), language)
    for field, name in (("claims", "note"), ("withdrawn", "why")) if language else ():
        for id, entry in (part.values.get(field) or {}).items():
            if isinstance(entry, dict) and isinstance(entry.get(name), str):
                yield Edit((field, id, name), {language: entry[name]})


def _new_iri(corpus: CorpusDefinition, one: CorpusDefinition, plan: MergePlan) -> Any:
    before, after = corpus.config.base, one.config.base

    def new_iri(iri: str) -> str:
        if not iri.startswith(before):
            return iri
        kind, _, rest = iri.removeprefix(before).partition("/")
        id, sign, fragment = rest.partition("#")
        names = {"entity": plan.entities, "annotator": plan.annotators, "article": plan.articles}.get(kind, {})
        folder, slash, name = id.rpartition("/")
        if kind in ("claim", "text", "occasion", "source"):
            id = f"{plan.articles.get(folder, folder)}{slash}{name}"
        return f"{after}{kind}{'/' if rest else ''}{names.get(id, id)}{sign}{fragment}"

    return new_iri


def _article_ids(corpus: CorpusDefinition) -> Iterator[str]:
    return (article.id for source in sources(corpus) if (article := read_article(source)).id)


def _write_shared(
    staged: Path,
    second: Path,
    both: Both,
    plan: MergePlan,
    decisions: Mapping[str, str],
) -> None:
    """Write corpus.yaml and the entities."""
    one, two = both
    _edit(staged / CONFIG, list(_config_edits(both, second, plan, decisions)), CorpusFile)
    types = file_types(own_fields(one.config))
    for id, mine in plan.entities.items():
        if mine not in one.entities:
            continue
        entry = dict(united_entry(both, (mine, id), decisions).values)
        former = plan.former("entity", [*as_list(two.entities[id].formerly), *([id] if id != mine else [])])
        if all_former := list(dict.fromkeys([*as_list(one.entities[mine].formerly), *former])):
            entry["formerly"] = one_or_all([*all_former])
        entry = _with_present_ids(entry, mine, plan, own_fields(two.config))
        file = staged / os.path.relpath(one.entity_files[mine], one.root)
        _edit(file, [Edit((mine,), entry)], types.entities)
    for file in sorted({*map(Path, read_corpus(second).entity_files.values())}):
        inner = "-".join([plan.name, *([] if file.parent == second else [file.name.removesuffix(".yaml")])])
        place = staged / _free_name(staged, f"{ENTITIES}/{inner}.yaml", plan.name)
        place.parent.mkdir(exist_ok=True)
        shutil.copyfile(file, place)


def _edit(file: Path, edits: list[Edit], of: Any) -> None:
    """Change values of a file; its other characters stay, also a byte order mark."""
    raw = read_bytes(str(file))
    text = edited(decode_text(raw, str(file)), edits, of=of, file=str(file))
    file.write_bytes(file_bytes(text, raw, str(file)))


def _with_present_ids(entry: Any, id: str, plan: MergePlan, fields: Any) -> Any:
    values = {id: entry}
    for each in list(references(values, "entities", fields)):
        if each.kind == "entity" and each.name in plan.entities:
            *way, last = each.path
            value_at(values, tuple(way))[last] = plan.entities[each.name]
    return values[id]


def _config_edits(both: Both, second: Path, plan: MergePlan, decisions: Mapping[str, str]) -> Iterator[Edit]:
    """Yield what changes in the corpus.yaml of the first corpus."""
    one, two = both
    mine, theirs = (read_values(read_text(str(file)), CONFIG) for file in (Path(one.config_file), second / CONFIG))
    for field in SETTINGS:
        value = decisions.get(f"setting {field}", FIRST)
        if value == SECOND and field in theirs:
            yield Edit((field,), theirs[field])
        elif value != FIRST and field in mine:
            yield Edit((field,), DELETED)
    for field in _UNITED:
        if wanted := [each for each in as_list(theirs.get(field, [])) if each not in as_list(mine.get(field, []))]:
            yield Edit((field,), [*as_list(mine.get(field, [])), *wanted])
    known = as_list(one.config.moved_from)
    bases = dict.fromkeys([*known, two.config.base, *as_list(two.config.moved_from)])
    if (moved := [base for base in bases if base != one.config.base]) != known:
        yield Edit(("moved_from",), moved[0] if len(moved) == 1 else [*moved])
    yield from _added(mine, theirs, plan)


def _added(mine: Mapping[str, Any], theirs: Mapping[str, Any], plan: MergePlan) -> Iterator[Edit]:
    """Yield the annotators, guidelines and fields of its own that only the second corpus has."""
    for field, names in (("annotators", plan.annotators), ("guidelines", plan.guidelines)):
        for id, entry in theirs.get(field, {}).items():
            if names.get(id, id) not in mine.get(field, {}):
                yield Edit((field, names.get(id, id)), entry)
    for kind, declared in theirs.get("fields", {}).items():
        for name, entry in declared.items():
            if name not in mine.get("fields", {}).get(kind, {}):
                yield Edit(("fields", kind, name), entry)


def _move_files(second: Path, staged: Path, one: CorpusDefinition, plan: MergePlan) -> None:
    """Copy the articles, readings, extra triples and other files of the second corpus to free places."""
    corpus = read_corpus(second)
    shared = {Path(corpus.config_file), *map(Path, corpus.entity_files.values())}
    prefix = plan.name
    of_earlier = {f"{each.article}.{number}": each.article for each in sources(corpus) for number in each.earlier}
    for path in sorted(path for path in second.rglob("*") if path.is_file() and path not in shared):
        inner = _of_annotator(path.relative_to(second).as_posix(), plan.annotators)
        article = _ARTICLE_FILE.fullmatch(inner)
        if inner.endswith(JSON_LINES):
            left_out = _readings_of_both(one, corpus, inner, path) if _is_reading(inner) else plan.left_out
            if left_out:  # the lines that stay are written without compression
                inner = f"{inner.rpartition('.jsonl')[0]}.jsonl"
            _copy_lines(path, staged / _free_name(staged, inner, prefix), left_out)
            continue
        if article and (id := of_earlier.get(article["stem"], article["stem"])) in plan.moved:
            moved = plan.moved[id]
            if not moved and not article["reading"]:
                continue
            number = article["stem"].removeprefix(id)
            inner = f"{article['reading'] or ''}{moved or id}{number}{article['suffix']}"
        place = staged / inner
        if place.exists() and place.read_bytes() == path.read_bytes():
            continue
        if place.exists() and _is_reading(inner):
            raise _two_readings(inner)
        place = staged / _free_name(staged, inner, prefix)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)


def _is_reading(inner: str) -> bool:
    return inner.startswith(f"{READINGS}/")


def _readings_of_both(one: CorpusDefinition, two: CorpusDefinition, inner: str, path: Path) -> frozenset[str]:
    """Return the articles that have the same reading by one annotator in both corpora.

    `inner` is the new place of a file of readings in JSON Lines. Raises `UsageError` for two that differ.
    """
    theirs = contents_of_readings(two, path.relative_to(two.root).parts[1])
    mine = contents_of_readings(one, inner.split("/")[1])
    both = mine.keys() & theirs.keys()
    if differing := sorted(article for article in both if mine[article] != theirs[article]):
        raise _two_readings(f"{inner}: {differing[0]}")
    return frozenset(both)


def _two_readings(where: str) -> UsageError:
    return UsageError(
        f"{where}: both corpora have this reading, and they differ: delete one, or rename its annotator"
    )


def _of_annotator(inner: str, annotators: Mapping[str, str]) -> str:
    """Return the place of a file, in the folder of the new id of its annotator if it is a reading."""
    folder, _, rest = inner.partition("/")
    name, slash, file = rest.partition("/")
    return f"{READINGS}/{annotators.get(name, name)}/{file}" if folder == READINGS and slash else inner


def _free_name(staged: Path, inner: str, prefix: str) -> str:
    """Return the place of a file, with the name of its corpus if another file is there."""
    folder, _, name = inner.rpartition("/")
    while (staged / inner).exists():
        name = f"{prefix}-{name}"
        inner = f"{folder}/{name}" if folder else name
    return inner


def _copy_lines(file: Path, place: Path, left_out: frozenset[str]) -> None:
    """Copy a file of JSON Lines without the articles that are left out; nothing if none is left."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if not left_out:
        shutil.copyfile(file, place)
        return
    with place.open("wb") as stream:
        for line in read_lines(str(file), str(file.parent)):
            values = read_json(line.raw, str(file), line.number).value
            if value_at(values, ("article", "id")) not in left_out:
                stream.write(line.raw)
    if not place.stat().st_size:
        place.unlink()


def _write_contribution(staged: Path, both: Both, plan: MergePlan, articles: list[str]) -> None:
    """Write which articles the second corpus contributed, and what it says of itself, as extra triples."""
    one, two = both
    iris, config = Iris(one.config.base), two.config
    dataset = Iris(config.base).dataset
    if config.base == one.config.base:  # the same IRI is the data set's own
        dataset = iri(f"urn:sha256:{sha256(msgspec.json.encode(config)).hexdigest()}")
    creators = []
    for id in dict.fromkeys([*as_list(config.creator), *([config.publisher] if config.publisher else [])]):
        is_entity = id in two.entities
        names = plan.entities if is_entity else plan.annotators
        creators.append((iris.entity if is_entity else iris.annotator)(names.get(id, id)))
    titles = (
        [text(each, tag) for tag, each in config.title.items()]
        if isinstance(config.title, dict)
        else [text(config.title, config.language)]
    )
    properties: dict[Iri, list[Term]] = {
        DCTERMS.title: [*titles],
        DCTERMS.license: [iri(config.licence)],
        DCTERMS.creator: [*creators],
        _HAS_PART: [iris.article(article) for article in articles],
        DCTERMS.isPartOf: [iris.dataset],
        DCTERMS.identifier: [plain(config.identifier)] if config.identifier else [],
        DCAT.version: [plain(config.version)] if config.version else [],
    }
    writer = format_named("ttl").writer(PREFIXES, one.config.base)
    file = staged / _free_name(staged, f"{FOLDER}/contributed.ttl", plan.name)
    file.parent.mkdir(exist_ok=True)
    graph = Graph(iris.extra_graph, [node(dataset, properties)])
    file.write_text("".join(write([graph], writer)), encoding="utf-8", newline="")
