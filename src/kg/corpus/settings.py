"""What all articles share: `corpus.yaml` and the entities."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from kg.annotations.classes import CorpusFile, EntitiesFile, EntityEntry
from kg.corpus.decode import File, salvaged, yaml_tree
from kg.corpus.folder import CONFIG, below, entry_fault, yaml_files
from kg.corpus.positions import located
from kg.errors import CorpusError, Finding, Place, Spot, UsageError

ENTITIES = "entities"


class Corpus(Struct, frozen=True):
    """A corpus without its articles. `entity_files` says for each entity which file it stands in.

    `findings` are what is wrong with fields that all else can be read without.
    """

    root: str
    config_file: str
    config: CorpusFile
    entities: dict[str, EntityEntry]
    entity_files: dict[str, str]
    findings: tuple[Finding, ...] = ()


def read_corpus(folder: str | Path) -> Corpus:
    """Return what is in `corpus.yaml` and the entities files.

    Raises `CorpusError` with the findings of all these files where one cannot be made out, `UsageError` if the
    folder is no corpus, `FileError` for a file that cannot be read.
    """
    root = os.fspath(Path(folder))
    config_file = _config_file(root)
    findings: list[Finding] = []
    config = _read(config_file, CorpusFile, root, findings)
    misplaced: list[Finding] = []
    entities_files = _entities_files(root, misplaced)
    unread = bool(misplaced)
    findings += misplaced
    entities: dict[str, EntityEntry] = {}
    files: dict[str, str] = {}
    firsts: dict[int, Spot] = {}
    for file in entities_files:
        found = _read(file, EntitiesFile, root, findings)
        unread |= found is None
        for id, entity in (found or {}).items():
            if id in entities:
                firsts[len(findings)] = Spot(files[id], (id,), at_key=True)
                findings.append(Finding("violation", "", "duplicate-id", Spot(file, (id,), at_key=True)))
            else:
                entities[id], files[id] = entity, file
    _say_where_first(findings, firsts)
    if unread or config is None:
        raise CorpusError(findings)
    return Corpus(root, config_file, config, entities, files, tuple(findings))


def _config_file(root: str) -> str:
    file = below(root, CONFIG)
    if os.path.lexists(file):
        return file
    if not os.path.isdir(root):
        raise UsageError(f"{root}: a corpus must be a folder, there is none: give the folder with `{CONFIG}`")
    if os.path.exists(below(root, "corpus.yml")):
        raise UsageError(f"{root}: a corpus must have a `{CONFIG}`, this has a `corpus.yml`: rename it")
    raise UsageError(
        f"{root}: a corpus must have a `{CONFIG}`, there is none: give another folder, or write one with `base`, "
        "`title`, `licence` and `language`"
    )


def _entities_files(root: str, findings: list[Finding]) -> list[str]:
    """Return `entities.yaml` and `entities/*.yaml`; report those whose names end otherwise."""
    folder = below(root, ENTITIES)
    beside = [below(root, ENTITIES + suffix) for suffix in (".yaml", ".yml")]
    if os.path.lexists(folder) and (fault := entry_fault(folder, root)):
        findings.append(fault)
        found = []
    else:
        found = list(yaml_files(folder))
    files = [file for file in beside if os.path.lexists(file)] + found
    for file in files:
        if file.endswith(".yml"):
            right = os.path.basename(file).removesuffix(".yml") + ".yaml"
            message = f"this must be called `{right}` to be read: rename it"
            findings.append(Finding("violation", message, "misnamed-file", Place(file, 1, 1)))
    return [file for file in files if file.endswith(".yaml")]


def _read(file: str, of: type[File], root: str, findings: list[Finding]) -> File | None:
    """Return a file without the fields that are wrong, or None; what is wrong goes to `findings`."""
    if fault := entry_fault(file, root):
        findings.append(fault)
        return None
    try:
        value, found = salvaged(yaml_tree(file, of, root), of, file)
    except CorpusError as error:
        findings += error.findings
        return None
    findings += found
    return value


def _say_where_first(findings: list[Finding], firsts: Mapping[int, Spot]) -> None:
    """Say in findings, by their numbers, that an id stands again, where it stood first."""
    # All at once, not each by itself: a file is parsed to find places in it.
    places = located(Finding("violation", "", "", spot) for spot in firsts.values())
    for (number, spot), first in zip(firsts.items(), places, strict=True):
        stands = f"`{spot.path[0]}` stands at {first.at} already"
        message = f"an entity's id must be unique, {stands}: delete or rename one"
        findings[number] = findings[number]._replace(message=message)
