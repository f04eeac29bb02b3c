"""What must be decided before two corpora become one, and what the decisions mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec

from kg.corpus import CorpusDefinition, WrittenArticle, read_article, sources
from kg.corpus.decoding import is_article_id, is_slug, suggested
from kg.corpus.editing import read_values
from kg.corpus.folder import TEXT, ArticleSource, reading_names, reading_sources
from kg.corpus.writer import flow_value
from kg.errors import CorpusError, UsageError
from kg.files.text_files import read_bytes, read_text
from kg.history.united_entities import BOTH, united
from kg.meaning.reporter import as_list
from kg.text.nearest_name import nearest

SAME = "same"
"""The decision that a thing of both corpora is one."""
FIRST, SECOND = "first", "second"
"""The decision whose value stays."""
SETTINGS = (
    *("title", "licence", "description", "text", "publisher", "version", "issued", "identifier", "temporal"),
    *("contact", "access_url"),
)
_ANSWERS = (SAME, FIRST, SECOND, BOTH, "none")
_DECISIONS_HEADER = "# Decisions for `kg merge`: replace each `?` by one of the choices above it."
_NEEDED = ("title", "licence", "text")
Both = tuple[CorpusDefinition, CorpusDefinition]


class MergeConflict(NamedTuple):
    """What must be decided before two corpora become one: by which key, why, where, and what can be chosen.

    `wrong` is an answer that was given and is none of the choices.
    """

    key: str
    why: str
    places: tuple[str, ...]
    choices: str
    wrong: str = ""


class MergePlan(NamedTuple):
    """The conflicts that are not decided, and the new ids of the second corpus's things.

    `left_out` are its articles that are equal in both, `moved` the new paths of files that are in the way, `taken`
    the ids that the first has or had; `base` is its base, `""` if it is that of the first.
    """

    conflicts: tuple[MergeConflict, ...]
    entities: dict[str, str]
    annotators: dict[str, str]
    guidelines: dict[str, str]
    articles: dict[str, str]
    left_out: frozenset[str]
    moved: dict[str, str]
    name: str
    taken: Mapping[str, frozenset[str]]
    base: str

    def former(self, kind: Literal["entity", "article"], ids: Iterable[str]) -> list[str]:
        """Return former ids of the second corpus; one that means something else in the first is a whole IRI.

        If both have the same base, that IRI leads to the thing of the first.
        """
        found = (f"{self.base}{kind}/{id}" if id in self.taken[kind] and self.base else id for id in ids)
        return [each for each in dict.fromkeys(found) if each not in self.taken[kind]]


class UndecidedMerge(UsageError):  # noqa: N818
    """Two corpora have things of which nothing says whether they are the same: nothing was written."""

    def __init__(self, conflicts: Iterable[MergeConflict]) -> None:
        self.conflicts = tuple(conflicts)
        lines = ["The two corpora differ in what only you can decide, so nothing was written:"]
        for kind in dict.fromkeys(each.key.partition(" ")[0] for each in self.conflicts):
            lines.append(f"{kind}:")
            for each in self.conflicts:
                if each.key.partition(" ")[0] == kind:
                    lines += [f"  {each.key}: {each.why}", *(f"    {place}" for place in each.places)]
                    wrong = f"`{each.wrong}` is none of the choices: " if each.wrong else ""
                    lines.append(f"    {wrong}choose {each.choices}")
        super().__init__("\n".join(lines))

    def decisions(self, written: str = "", file: str = "the decisions") -> str:
        """Return a file of decisions to be filled in: what was written stays, and what is missing is added.

        Raises `CorpusError` if what was written cannot be read, `UsageError` if nothing can be added below it.
        """
        known = read_values(written, file)
        missing = [each for each in self.conflicts if each.key not in known]
        if not missing:
            return written
        newline = "\r\n" if "\r\n" in written else "\n"
        lines = [written.removesuffix("\n").removesuffix("\r")] if written else [_DECISIONS_HEADER]
        for each in missing:
            lines += ["", f"# {each.why}", *(f"#   {place}" for place in each.places), f"# choose {each.choices}"]
            lines.append(f"{each.key}: '?'")
        text = newline.join([*lines, ""])
        try:
            read_values(text, file)
        except CorpusError:
            raise UsageError(f"{file}: nothing can be added to this: write one `key: answer` a line") from None
        return text


class MergePlanner:
    """Finds what must be decided, and what the decisions mean."""

    def __init__(self, one: CorpusDefinition, two: CorpusDefinition, decisions: Mapping[str, str]) -> None:
        self._one, self._two = one, two
        self._decisions = decisions
        self._conflicts: list[MergeConflict] = []
        self._used: set[str] = set()
        self._their_articles = list(_compared(two))
        self._given = {  # ids that the second has, or gets
            "annotator": {*two.config.annotators},
            "guideline": {*two.config.guidelines},
            "entity": {*two.entities},
            "article": {article.id for article in self._their_articles},
        }
        self._taken = {
            "annotator": frozenset(one.config.annotators),
            "guideline": frozenset({*one.config.guidelines, *two.config.guidelines}),
        }

    def plan(self) -> MergePlan:
        """Return the plan. Raises `UsageError` for a decision about nothing."""
        self._settings()
        annotators = self._by_id("annotator", self._one.config.annotators, self._two.config.annotators)
        guidelines = self._by_id("guideline", self._one.config.guidelines, self._two.config.guidelines)
        self._fields()
        entities = self._entities()
        articles, left_out = self._articles()
        if unknown := next((key for key in self._decisions if key not in self._used), ""):
            near = nearest(unknown, self._used - self._decisions.keys())
            advice = f"did you mean `{near}`?" if near else "delete it"
            raise UsageError(f"{unknown}: nothing is to be decided about this: {advice}")
        moved = _moved_paths(self._one, self._two, frozenset(left_out))
        name = _name_of(self._two)
        base = self._two.config.base if self._two.config.base != self._one.config.base else ""
        found = (entities, annotators, guidelines, articles, frozenset(left_out), moved, name, self._taken, base)
        return MergePlan(tuple(self._conflicts), *found)

    def _decided(self, key: str, why: str, places: Iterable[str], choices: Mapping[str, str], new: str = "") -> str:
        """Return a decision, `""` if there is none. `choices` say what each means, `new` what another id does."""
        self._used.add(key)
        value = self._decisions.get(key, "")
        if value in choices or (new and value and self._is_free(key, value)):
            return value
        shown = [f"`{each}` ({meaning})" for each, meaning in choices.items()] + ([new] if new else [])
        self._conflicts.append(MergeConflict(key, why, tuple(places), ", or ".join(shown), value))
        return ""

    def _is_free(self, key: str, value: str) -> bool:
        """Tell whether a value can be another id. Raises `UsageError` if something else has, or had, it."""
        if value in _ANSWERS:  # an answer to another question
            return False
        kind = key.partition(" ")[0]
        if value in self._given[kind] or value in self._taken.get(kind, ()):
            raise UsageError(f"{key}: {value} is, or was, the id of another {kind}: choose another")
        self._given[kind].add(value)
        return is_article_id(value) if kind == "article" else is_slug(value)

    def _settings(self) -> None:
        for field in SETTINGS:
            mine, theirs = getattr(self._one.config, field), getattr(self._two.config, field)
            if mine != theirs:
                shown = [f"{corpus.config_file}: {_shown(getattr(corpus.config, field))}" for corpus in self._both]
                choices = {FIRST: "that of the first", SECOND: "that of the second"}
                if field not in _NEEDED:
                    choices["none"] = "neither"
                self._decided(f"setting {field}", f"`{field}` of corpus.yaml differs", shown, choices)

    @property
    def _both(self) -> tuple[CorpusDefinition, CorpusDefinition]:
        return self._one, self._two

    def _by_id(self, kind: str, mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, str]:
        """Return the new ids of the second corpus's annotators or guidelines."""
        renamed = {}
        for id, entry in theirs.items():
            if id in mine and mine[id] != entry:
                shown = [
                    f"{corpus.config_file}: {_shown(each[id])}"
                    for corpus, each in zip(self._both, (mine, theirs), strict=True)
                ]
                choices = {SAME: "they are one, described as by the first"}
                value = self._decided(
                    f"{kind} {id}", f"both have {id}, and differ", shown, choices, "another id for the second"
                )
                if value and value != SAME:
                    renamed[id] = value
        return renamed

    def _fields(self) -> None:
        for kind in ("claims", "articles", "entities"):
            mine, theirs = (getattr(corpus.config.fields, kind) for corpus in self._both)
            for name in theirs:
                if name in mine and mine[name] != theirs[name]:
                    raise UsageError(
                        f"Both corpora declare a field `{name}` of {kind}, and differ: rename it in one of them."
                    )

    def _entities(self) -> dict[str, str]:
        """Return the new ids of the second corpus's entities; one that exists means that the two are one."""
        owners = {link: id for id, entity in self._one.entities.items() for link in entity.same_as}
        former = {each: id for id, entity in self._one.entities.items() for each in as_list(entity.formerly)}
        self._taken["entity"] = frozenset({*self._one.entities, *former})
        found: dict[str, str] = {}
        for id, entity in self._two.entities.items():
            other = next((owners[link] for link in entity.same_as if link in owners), "")
            mine = other or (id if id in self._one.entities else former.get(id, ""))
            if not mine or (not other and self._one.entities[mine] == entity and mine == id):
                continue
            shown = [self._entity_place(self._one, mine), self._entity_place(self._two, id)]
            why = "both have the same identifier" if other else "both have, or had, this id"
            new = "" if other else "another id for the second"
            value = self._decided(f"entity {id}", why, shown, {SAME: f"they are one, {mine}"}, new)
            if value == SAME:
                found[id] = mine
                self._united(mine, id)
            elif value:
                found[id] = value
        return found

    def _united(self, mine: str, theirs: str) -> None:
        """Ask for each field in which two entities that are one differ."""
        for conflict in united_entry(self._both, (mine, theirs), {}).conflicts:
            choices = {FIRST: _shown(conflict.kept), SECOND: _shown(conflict.other)}
            if BOTH in conflict.choices:
                choices[BOTH] = "both stay"
            self._decided(f"entity {theirs} {conflict.field}", f"`{conflict.field}` differs", (), choices)

    def _entity_place(self, corpus: CorpusDefinition, id: str) -> str:
        return f"{corpus.entity_files[id]}: {id}: {_shown(corpus.entities[id])}"

    def _articles(self) -> tuple[dict[str, str], list[str]]:
        """Return the new ids of the second corpus's articles, and those that are equal in both."""
        known: dict[str, _ComparedArticle] = {}
        by_text: dict[str, str] = {}
        former: dict[str, str] = {}
        for article in _compared(self._one):
            known[article.id] = article
            former |= dict.fromkeys(article.formerly, article.id)
            by_text |= dict.fromkeys(article.marks, article.id)
        self._taken["article"] = frozenset({*known, *former})
        renamed, left_out = {}, []
        for article in self._their_articles:
            mine = known.get(article.id) or known.get(former.get(article.id, ""))
            twin = next((by_text[mark] for mark in article.marks if mark in by_text), "")
            if mine and mine.id == article.id and mine.content == article.content:
                left_out.append(article.id)
            elif mine:
                if value := self._other_id(article, mine, is_same=twin == article.id):
                    renamed[article.id] = value
            elif twin:
                places = (f"{known[twin].file}: {twin}", f"{article.file}: {article.id}")
                why = "both have this text or address, under two ids"
                self._decided(f"article {article.id}", why, places, {BOTH: "both stay, each with its annotations"})
        return renamed, left_out

    def _other_id(self, article: _ComparedArticle, mine: _ComparedArticle, *, is_same: bool) -> str:
        """Return the id that is decided for an article of the second corpus whose id the first has, too."""
        why = "both have this article, annotated differently" if is_same else "both have, or had, this id"
        new = "another id for that of the second: both stay"
        return self._decided(f"article {article.id}", why, (mine.file, article.file), {}, new)


class _ComparedArticle(NamedTuple):
    """An article: what says that another is the same (`marks`), and a digest of all of it."""

    id: str
    file: str
    marks: tuple[str, ...]
    content: bytes
    formerly: tuple[str, ...] = ()


def _compared(corpus: CorpusDefinition) -> Iterator[_ComparedArticle]:
    """Yield the articles of a corpus; what has no id is no article, but a fault of the folder or of a line."""
    return (_known(article, source) for source in sources(corpus) if (article := read_article(source)).id)


def contents_of_readings(corpus: CorpusDefinition, name: str) -> dict[str, bytes]:
    """Return the digest of each reading of an annotator, by the id of its article."""
    if name not in reading_names(corpus):
        return {}
    read = ((source, read_article(source)) for source in reading_sources(corpus, name))
    return {article.id: _known(article, source).content for source, article in read if article.id}


def _known(article: WrittenArticle, source: ArticleSource) -> _ComparedArticle:
    entry = article.annotations.article if article.annotations else None
    text = sha256(article.text.encode()).hexdigest()
    written = msgspec.json.encode(article.annotations) if article.annotations else b""
    if any(each.severity == "violation" for each in article.findings):  # some of it may not have been read
        written += source.raw or (read_bytes(source.claims_file, source.folder) if source.claims_file else b"")
    marks = (*([text] if article.text else []), *([entry.url] if entry and entry.url else []))
    content = sha256(f"{article.header} {text} ".encode() + written).digest()
    return _ComparedArticle(
        article.id, article.file, marks, content, tuple(as_list(entry.formerly) if entry else ())
    )


def _raw(corpus: CorpusDefinition, id: str) -> Any:
    file = corpus.entity_files[id]
    return read_values(read_text(file, corpus.root), file)[id]


def united_entry(both: Both, ids: tuple[str, str], decisions: Mapping[str, str]) -> Any:
    """Return the entry that an entity of both corpora becomes."""
    prefix = f"entity {ids[1]} "
    chosen = {key.removeprefix(prefix): value for key, value in decisions.items() if key.startswith(prefix)}
    return united((FIRST, _raw(both[0], ids[0])), (SECOND, _raw(both[1], ids[1])), chosen)


def _moved_paths(one: CorpusDefinition, two: CorpusDefinition, left_out: frozenset[str]) -> dict[str, str]:
    """Return the new path of each article whose files are in the way of the first corpus; `""` for one left out."""
    found = {}
    for source in sources(two):
        if source.line or not source.text_file:
            continue
        if read_article(source).id in left_out:
            found[source.article] = ""
        elif (Path(one.root) / f"{source.article}{TEXT}").exists():
            found[source.article] = f"{_name_of(two)}/{source.article}"
    return found


def _shown(value: Any) -> str:
    """Return a value on one line, as people write it."""
    return flow_value(msgspec.to_builtins(value)) if value else "nothing"


def _name_of(corpus: CorpusDefinition) -> str:
    """Return the name of a corpus's folder, as a part of the names of files."""
    return suggested(Path(corpus.root).resolve().name)
