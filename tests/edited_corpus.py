"""A small corpus that is edited at random, each edit one of those that people make; nearly every one matters."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

TEXTS = (
    "date 2020-02-03 “Ja”, zei Ann B. Het moet “anders”, vond Frankrijk in München. “Nee”, zei een woordvoerder.",
    "date 2020-02-04 “Ja”, zei Ann B. Het moet “anders”, vond Frankrijk in München. “Nee”, zei een woordvoerder.",
    "date 2020-02 Zij zei “Ja”. Frankrijk: “anders”. “Nee”, zei een woordvoerder gisteren.",
    "Ja. Nee. anders.",
    "date 2020-02-03 “Nee” zei niemand.",
    "",
)
SPEAKERS = ("ann-b", "acme", "france", "nobody", "unnamed", "article", "spokesman", ["ann-b", "france"], "ann")
CLAIM: Mapping[str, tuple[Any, ...]] = {
    "speaker": SPEAKERS,
    "words": ("Ja", "Nee", "anders", "Nooit"),
    "act": (None, "states", "denies", "asks", "shouts"),
    "gist": (None, {"en": "Yes."}, {"en": "No.", "nl": "Nee."}),
    "at": (None, "munich", "talk", "paris", "acme"),
    "said": (None, "2020-01-15", "2020-01-?15", "2021", {"edtf": "2020-02-02", "words": "gisteren"}, "soon"),
    "to": (None, ["france"], ["acme", "nobody"]),
    "about": (None, ["france", "paris"]),
    "note": (None, "a note", "another note"),
    "relations": (None, {"answers": "c02"}, {"same": "b/c01"}, {"same": "x/c09"}, {"answers": "dir/d/c01"}),
}
FILE: Mapping[str, tuple[Any, ...]] = {
    "annotation": (
        {"by": "ann", "on": "2020-03-01"},
        {"by": "ann", "on": "2020-05-01", "status": "draft"},
        {"by": "bob", "on": "2020-04-01", "guideline": "1"},
        None,
    ),
    "article": (
        None,
        {"published": "2020-02-05"},
        {"publisher": "acme"},
        {"id": "b"},
        {"language": "en"},
        {"x": "y"},
    ),
    "sources": (None, {"spokesman": {"words": "woordvoerder", "for": "france"}}),
    "occasions": (None, {"talk": {"type": "talk", "date": "2020-01", "place": "paris"}}),
    "withdrawn": (None, {"c07": {"on": "2020-04-02", "why": "wrong"}}),
}
ENTITIES: Mapping[str, tuple[Any, ...]] = {
    "ann-b": (
        {"type": "Person", "name": "Ann B"},
        {"type": "Person", "name": "Ann B", "also": ["Annie"], "same_as": ["https://people.example/ann"]},
        {"type": "Person", "name": "Ann", "roles": {"chair": {"title": "chair", "organization": "acme"}}},
        {
            "type": "Person",
            "name": "Ann",
            "roles": {"chair": {"title": "head", "organization": "acme", "to": "2020-01-20"}},
        },
        {"type": "Place", "name": "Ann B"},
        {"type": "Person", "name": "Ann B", "same_as": ["people.example"]},
        None,
    ),
    "acme": (
        {"type": "Organization", "name": "Acme"},
        {"type": "Topic", "name": "Acme"},
        {"type": "Organization", "name": "A"},
    ),
    "france": ({"type": "Country", "name": {"nl": "Frankrijk"}}, {"type": "Place", "name": "Nobodies"}, None),
    "munich": (
        {"type": "Event", "name": "Munich", "date": "2020-01-14/2020-01-16", "place": "paris"},
        {"type": "Event", "name": "Munich", "date": "2020-01-15"},
        {"type": "Event", "name": "Munich", "date": "2020-13"},
        {"type": "Place", "name": "Munich"},
        None,
    ),
    "paris": ({"type": "Place", "name": "Paris"}, {"type": "Topic", "name": "Paris"}, None),
    "nobody": (None, {"type": "Person", "name": "Nobody"}, {"type": "Group", "name": "Acme"}),
    "spokesman": (None, {"type": "Person", "name": "Spokesman"}),
}
CONFIG: Mapping[str, tuple[Any, ...]] = {
    "base": ("https://kg.example/", "https://other.example/"),
    "title": ({"en": "A corpus"}, {"en": "Another"}),
    "licence": ("https://creativecommons.org/licenses/by/4.0/",),
    "language": ("nl", "en"),
    "text": (None, "full", "none"),
    "publisher": (None, "acme", "nobody"),
    "annotators": ({"ann": {"name": "Ann"}}, {"ann": {"name": "Ann"}, "bob": {"name": "Bob"}}),
    "guidelines": (None, {"1": "https://guide.example/1"}),
}
NAMES = ("a", "b", "c", "b-c", "dir/d", "dir/e", "z")

Choice = dict[str, int]
"""Which of its values each field has."""


class Article:
    """An article and its claims, as choices. `broken` is a claims file that is no YAML, `bare` has none."""

    def __init__(self) -> None:
        self.text = 0
        self.file: Choice = {}
        self.claims: dict[str, Choice] = {"c01": {}}
        self.state = "whole"

    def record(self) -> dict[str, Any]:
        """Return what its claims file says."""
        return {**chosen(FILE, self.file), "claims": {id: chosen(CLAIM, each) for id, each in self.claims.items()}}


def chosen(fields: Mapping[str, tuple[Any, ...]], choice: Choice) -> dict[str, Any]:
    """Return the fields that have a value, each the one chosen, by default the first."""
    values = {field: some[choice.get(field, 0) % len(some)] for field, some in fields.items()}
    return {field: value for field, value in values.items() if value is not None}


class EditedCorpus:
    """A corpus in memory, whose files `write` brings into step; a file whose content is the same is not touched."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config: Choice = {}
        self.entities: Choice = {}
        self.apart = False
        self.articles: dict[str, Article] = {"a": Article(), "b": Article(), "dir/d": Article()}
        self.lines: dict[str, Article] = {}
        self.blank = 0

    def files(self) -> dict[str, bytes]:
        """Return all files by their path."""
        entities = chosen(ENTITIES, self.entities)
        away = {"france": entities.pop("france")} if self.apart and "france" in entities else {}
        found = {"corpus.yaml": packed(chosen(CONFIG, self.config)), "entities.yaml": packed(entities)}
        if away:
            found["entities/more.yaml"] = packed(away)
        for name, article in self.articles.items():
            found[f"{name}.txt"] = TEXTS[article.text].encode()
            if article.state != "bare":
                found[f"{name}.claims.yaml"] = packed(article.record()) + b"]" * (article.state == "broken")
        if self.lines:
            found["dir/m.jsonl"] = b"\n" * self.blank + b"".join(map(_line, self.lines.items()))
        return found

    def write(self) -> None:
        """Write what has changed, delete what is gone."""
        files = self.files()
        there = {
            path.relative_to(self.folder).as_posix(): path for path in self.folder.rglob("*") if path.is_file()
        }
        for name, path in there.items():
            if name not in files and not name.startswith(".kg-cache"):
                path.unlink()
        for name, content in files.items():
            path = self.folder / name
            if name not in there or path.read_bytes() != content:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)

    def touch_all(self) -> None:
        """Give every file the time it has now, to the second: a copy made by a careless tool."""
        for path in self.folder.rglob("*.*"):
            os.utime(path, ns=(10**18, 10**18))


def packed(value: object) -> bytes:
    """Return YAML that is JSON."""
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def _line(named: tuple[str, Article]) -> bytes:
    name, article = named
    record = article.record()
    record["article"] = {"id": name, **record.get("article", {}), "text": TEXTS[article.text]}
    return json.dumps(record, ensure_ascii=False).encode() + (b"}" if article.state == "broken" else b"") + b"\n"
