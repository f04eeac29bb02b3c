"""A small corpus that is edited at random, each edit one of those that people make; nearly every one matters."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any

from support.edited_values import CLAIM, CONFIG, ENTITIES, FILE, NAMES, TEXT, WRONG, Values

Fields = dict[str, Any]


class Article:
    """An article and its claims. A claims file may be `broken`, so that it is no YAML, or missing: `bare`."""

    def __init__(self, chance: Random) -> None:
        self.text = picked(TEXT, chance, 0)
        self.file = filled(FILE, chance)
        self.claims = {f"c0{number}": filled(CLAIM, chance) for number in range(1, chance.randint(2, 4))}
        self.state = "whole"

    def record(self) -> Fields:
        """Return what its claims file says."""
        return {**given(self.file), "claims": {id: given(claim) for id, claim in self.claims.items()}}


def picked(values: Values, chance: Random, wrong: float = WRONG) -> Any:
    return chance.choice(values.wrong if values.wrong and chance.random() < wrong else values.right)


def filled(fields: Mapping[str, Values], chance: Random) -> Fields:
    """Return a right value for each field."""
    return {field: picked(values, chance, 0) for field, values in fields.items()}


def given(fields: Fields) -> Fields:
    """Return the fields that are not left out."""
    return {field: value for field, value in fields.items() if value is not None}


class EditedCorpus:
    """A corpus in memory, whose files `write` brings into step; a file whose content is the same is not touched."""

    def __init__(self, folder: Path, chance: Random) -> None:
        self.folder = folder
        self.chance = chance
        self.config = filled(CONFIG, chance)
        self.entities = filled(ENTITIES, chance)
        self.apart = False
        self.articles = {name: Article(chance) for name in ("a", "b", "dir/d")}
        self.lines = {name: Article(chance) for name in ("m1", "m2")}
        self.blank = 0
        self.log: list[str] = []

    def edit(self) -> None:
        """Do one edit at random."""
        edits: list[Callable[[], None]] = [
            *[self._mend] * 9,
            *[self._edit_claim] * 5,
            *[self._edit_entity] * 4,
            *[self._edit_file] * 2,
            *[self._edit_text, self._break_or_mend, self._edit_config, self._add, self._delete, self._rename],
            *[self._move_entity, self._move_lines, self._set_times],
        ]
        edit = self.chance.choice(edits)
        self.log.append(edit.__name__)
        edit()

    def _article(self) -> Article:
        return self.chance.choice([*self.articles.values(), *self.lines.values()] or [Article(self.chance)])

    def _edit_claim(self) -> None:
        article = self._article()
        field = self.chance.choice(list(CLAIM))
        claim = article.claims.setdefault(f"c0{self.chance.randint(1, 3)}", filled(CLAIM, self.chance))
        claim[field] = picked(CLAIM[field], self.chance)
        if self.chance.random() < WRONG:
            article.claims.popitem()

    def _edit_file(self) -> None:
        field = self.chance.choice(list(FILE))
        self._article().file[field] = picked(FILE[field], self.chance)

    def _edit_text(self) -> None:
        self._article().text = picked(TEXT, self.chance)

    def _break_or_mend(self) -> None:
        article = self._article()
        article.state = self.chance.choice(["bare", "broken"]) if article.state == "whole" else "whole"

    def _edit_entity(self) -> None:
        # What more of an article depends on is edited more often.
        id = self.chance.choice([*ENTITIES, "ann-b", "ann-b", "ann-b", "munich", "munich"])
        self.entities[id] = picked(ENTITIES[id], self.chance, 0.3)

    def _mend(self) -> None:
        """Put right all that is wrong of itself, if not with the rest."""
        places = [(self.config, CONFIG), (self.entities, ENTITIES)]
        for article in (*self.articles.values(), *self.lines.values()):
            article.state = "whole"
            article.text = article.text if article.text in TEXT.right else picked(TEXT, self.chance, 0)
            places += [(article.file, FILE), *((claim, CLAIM) for claim in article.claims.values())]
        for fields, values in places:
            for field, value in fields.items():
                if value not in values[field].right:
                    fields[field] = picked(values[field], self.chance, 0)

    def _move_entity(self) -> None:
        self.apart = not self.apart

    def _edit_config(self) -> None:
        field = self.chance.choice(list(CONFIG))
        self.config[field] = picked(CONFIG[field], self.chance)

    def _add(self) -> None:
        if self.chance.random() < 0.5:
            self.articles.setdefault(self.chance.choice(NAMES), Article(self.chance))
        else:
            self.lines.setdefault(f"m{self.chance.randint(1, 5)}", Article(self.chance))

    def _delete(self) -> None:
        articles = self.chance.choice([self.articles, self.lines])
        if articles:
            articles.pop(self.chance.choice(list(articles)))

    def _rename(self) -> None:
        if self.articles:
            article = self.articles.pop(self.chance.choice(list(self.articles)))
            self.articles[self.chance.choice(NAMES)] = article

    def _move_lines(self) -> None:
        items = list(self.lines.items())
        self.chance.shuffle(items)
        self.lines = dict(items)
        self.blank = self.chance.randint(0, 2)

    def _set_times(self) -> None:
        """Give all files one time: what a careless copy does."""
        self.write()
        for path in self.folder.rglob("*.*"):
            os.utime(path, ns=(10**18, 10**18))

    def files(self) -> dict[str, bytes]:
        """Return all files by their path."""
        entities = given(self.entities)
        away = {"france": entities.pop("france")} if self.apart and "france" in entities else {}
        found = {"corpus.yaml": packed(given(self.config)), "entities.yaml": packed(entities)}
        if away:
            found["entities/more.yaml"] = packed(away)
        for name, article in self.articles.items():
            found[f"{name}.txt"] = article.text.encode()
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
            if name not in files and not name.startswith("."):
                path.unlink()
        for name, content in files.items():
            path = self.folder / name
            if name not in there or path.read_bytes() != content:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        if "entities/more.yaml" not in files:
            shutil.rmtree(self.folder / "entities", ignore_errors=True)


def packed(value: object) -> bytes:
    """Return YAML that is JSON."""
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def _line(named: tuple[str, Article]) -> bytes:
    name, article = named
    record = article.record()
    record["article"] = {"id": name, **record.get("article", {}), "text": article.text}
    return json.dumps(record, ensure_ascii=False).encode() + (b"}" if article.state == "broken" else b"") + b"\n"
