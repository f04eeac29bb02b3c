"""The files of one article and of entities, which the desk and an editor may change at the same time.

Every edit says which value the page showed. If the file has another one by now, nobody's work is overwritten: the
edit is refused with both values. Files are replaced whole, after they were written to the disk.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from hashlib import sha256
from itertools import takewhile
from pathlib import Path
from typing import Any, NamedTuple, get_args

from kg.annotations.classes import AnnotationEntry, ArticleEntry, ClaimsFile, EntityType
from kg.annotations.own_fields import FileTypes
from kg.corpus import read_corpus
from kg.corpus.decoding import TAKEN, is_article_id, is_slug, suggested
from kg.corpus.editing import (
    DELETED,
    Deleted,
    Edit,
    EditError,
    as_read,
    assigned,
    edited,
    read_values,
    shown,
    value_at,
)
from kg.corpus.folder import CLAIMS, JSON_LINES, READINGS, TEXT, below
from kg.corpus.reader import ENTITIES, split_header
from kg.corpus.writer import Plain, claims_yaml
from kg.errors import CorpusError, FileError, KgError, UsageError
from kg.errors import Path as ValuePath
from kg.files.digests import digest_of
from kg.files.text_files import decode_text
from kg.history.shared_files import SharedFile, file_bytes, one_writer

_CONTEXT = 2
_BY_ID = ("claims", "occasions", "sources", "withdrawn")
_TYPES = FileTypes()


class EditRequest(NamedTuple):
    """A value to write at a path, where the page showed `was`; None for no value: then it is added, or deleted.

    A new key goes before the key `before` of its mapping, or else in its documented place. A claim, an occasion or
    a source is added whole: a field of one that is not there is a conflict, since somebody else deleted it.
    """

    path: ValuePath
    value: Plain | None
    was: Plain | None
    before: str = ""


class Conflict(NamedTuple):
    """A value that both sides changed; None for no value. `theirs` is in the file, `mine` was to be written."""

    path: ValuePath
    mine: Plain | None
    theirs: Plain | None
    was: Plain | None


class EditConflict(KgError):  # noqa: N818
    """Somebody else changed the same values: nothing was written."""

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        self.conflicts = tuple(conflicts)
        where = ", ".join(f"`{shown(conflict.path)}`" for conflict in conflicts)
        super().__init__(f"{where} was changed in the file at the same time: choose which value stays")


class _Step(NamedTuple):
    """One `apply`: the file before and after (None: there was none), and the paths that were changed."""

    file: _EditedFile
    before: bytes | None
    after: bytes | None
    paths: tuple[ValuePath, ...]


class _EditedFile:
    """A YAML file of a corpus, and how edits are made in it; `of` is its class.

    The paths of requests begin with `top`, which the file does not have.
    """

    def __init__(self, root: Path, file: str, of: Any, top: ValuePath = ()) -> None:
        self.file, self.of, self._top = file, of, top
        self.shared = SharedFile(root, file)

    def decoded(self, raw: bytes | None) -> str:
        """Return the content as text, `""` if there is no file."""
        return decode_text(raw or b"", self.file)

    def change(self, edits: Sequence[EditRequest], new_text: Callable[[], str]) -> _Step | None:
        """Make all edits, and return the step; None if nothing is another. Raises as `ArticleFiles.apply`."""
        below_top = [edit._replace(path=edit.path[len(self._top) :]) for edit in edits]

        def with_edits(before: bytes | None) -> bytes:
            text = self.decoded(before) or new_text()
            self._refuse_conflicts(read_values(text, self.file), below_top)
            wanted = [Edit(edit.path, _written(edit.value), edit.before) for edit in below_top]
            return file_bytes(edited(text, wanted, of=self.of, file=self.file), before, self.file)

        before, after = self.shared.change(with_edits)
        return None if after == before else _Step(self, before, after, tuple(edit.path for edit in below_top))

    def take_back(self, step: _Step) -> None:
        """Take back a step; what somebody else changed stays. Raises as `ArticleFiles.undo`."""
        self.shared.change(lambda now: step.before if now == step.after else self._undone(step, now))

    def _undone(self, step: _Step, now: bytes | None) -> bytes:
        """Return the file as it is now without a step."""
        old, new, text = (self.decoded(each) for each in (step.before, step.after, now))
        before, after, values = (read_values(each, self.file) for each in (old, new, text))
        paths = [path for path in dict.fromkeys(step.paths) if not _has_ancestor(path, step.paths)]
        back = [
            EditRequest(path, value_at(before, path), value_at(after, path), _next_key(before, path))
            for path in reversed(paths)
        ]
        self._refuse_conflicts(values, back)
        wanted = [Edit(each.path, _written(each.value), each.before) for each in back]
        expected = values
        for edit in wanted:
            expected = assigned(expected, edit)
        undone = ""
        with suppress(CorpusError):
            # With its comments, if the lines around it are still the same.
            undone = _patched(text, new, old)
            undone = undone if read_values(undone, self.file) == expected else ""
        undone = undone or edited(text, wanted, of=self.of, file=self.file)
        return file_bytes(undone, now, self.file)

    def _refuse_conflicts(self, values: Any, edits: Sequence[EditRequest]) -> None:
        """Raise `EditConflict` if a value is neither what the page showed nor what it wants."""
        conflicts = []
        for path, value, was, _ in edits:
            theirs = value_at(values, path)
            mine, was = (None if each is None else as_read(each) for each in (value, was))
            entry = path[: 1 if self._top else 2]
            is_in_entry = bool(self._top or path[0] in _BY_ID) and len(path) > len(entry)
            is_gone = is_in_entry and value_at(values, entry) is None
            if theirs != mine and (theirs != was or is_gone):
                conflicts.append(Conflict((*self._top, *path), mine, theirs, was))
            else:
                values = assigned(values, Edit(path, _written(mine)))
        if conflicts:
            raise EditConflict(conflicts)


def _written(value: Plain | None) -> Plain | Deleted:
    return DELETED if value is None else value


class ArticleFiles:
    """The text and the claims file of an article, as they are on the disk now.

    `root` is the folder of the corpus, `article` the path of the files in it without suffix. One instance has one
    history of edits to undo; its methods may be called from several threads. Other processes that use this class
    wait for each other; an editor need not know of it.
    """

    def __init__(self, root: Path, article: str, types: FileTypes = _TYPES, *, reading: str = "") -> None:
        """With the name of an annotator in `reading`, the claims are those of their own reading.

        Raises `UsageError` for an article of JSON Lines or outside the corpus, `FileError` for a link."""
        if article.endswith(JSON_LINES):
            raise UsageError(
                f"{below(str(root), article)}: articles in JSON Lines cannot be annotated here, since they have no "
                f"comments or layout to keep: write the article as `NAME{TEXT}` with its `NAME{CLAIMS}`"
            )
        if not all(part not in ("", ".", "..") and "\\" not in part for part in article.split("/")):
            raise UsageError(f"{article}: an article must be in its corpus: give its path below {root}")
        self.root, self.article, self.reading = root, article, reading
        self.type, self._types = types.reading if reading else types.claims, types
        self.text_file = below(str(root), article + TEXT)
        self.claims_file = below(str(root), f"{f'{READINGS}/{reading}/' if reading else ''}{article}{CLAIMS}")
        self._text, self._claims = SharedFile(root, self.text_file), _EditedFile(root, self.claims_file, self.type)
        self._steps: list[_Step] = []

    @property
    def version(self) -> str:
        """What is on the disk now: the same text for the same content of both files."""
        parts = [self._text.read(), self._claims.shared.read()]
        return digest_of(b"".join(b"-" if part is None else sha256(part).digest() for part in parts)).hex()

    @property
    def text(self) -> str:
        """The article with its header, as it is in its file. Raises as `read_text` does."""
        raw = self._text.read()
        if raw is None:
            raise FileError(f"{self.text_file}: the article is not there any more: put it back, or choose another")
        return decode_text(raw, self.text_file)

    @property
    def claims_text(self) -> str:
        """The text of the claims file, `""` if there is none. Raises as `read_text` does."""
        return self._claims.decoded(self._claims.shared.read())

    @property
    def undo_depth(self) -> int:
        """How many times `undo` can go back."""
        return len(self._steps)

    def apply(self, edits: Sequence[EditRequest]) -> None:
        """Make all edits in the claims file, or none.

        Raises `EditConflict` if somebody else changed one of the values, `EditError` if one cannot be written,
        `CorpusError` if the claims file cannot be read, `FileError` if it cannot be written.
        """
        self._apply(self._claims, edits, self._new_text)

    def apply_to_entities(self, file: str, edits: Sequence[EditRequest]) -> None:
        """Make all edits in a file of entities, or none; their paths are `entities`, an id, and so on.

        `undo` takes them back as it does those of the claims. Raises as `apply` does.
        """
        self._apply(_EditedFile(self.root, file, self._types.entities, (ENTITIES,)), edits, str)

    def _apply(self, file: _EditedFile, edits: Sequence[EditRequest], new_text: Callable[[], str]) -> None:
        with one_writer(self.root):
            # It is in the corpus: a link on the way was refused when the file was read.
            Path(file.file).parent.mkdir(parents=True, exist_ok=True)
            if step := file.change(edits, new_text):
                self._steps.append(step)

    def undo(self) -> None:
        """Take back the last `apply`, to the same bytes if nobody else wrote since.

        What somebody else changed stays. Raises `EditConflict` if it is one of the values to take back, `EditError`
        if there is nothing to undo, and as `apply` does.
        """
        with one_writer(self.root):
            if not self._steps:
                raise EditError("nothing is left to undo: the file is as it was when the page was opened")
            self._steps[-1].file.take_back(self._steps[-1])
            self._steps.pop()

    def _new_text(self) -> str:
        """Return a claims file without claims, as `kg new` begins it."""
        body = split_header(self.text)[1]
        entry = ArticleEntry(
            id="" if is_article_id(self.article) else suggested(self.article),
            sha256=sha256(body.encode()).hexdigest(),
        )
        file = ClaimsFile(article=entry, annotation=AnnotationEntry(by=self.reading, status="draft"))
        return claims_yaml(file).removesuffix("claims: {}\n")


def add_entity(root: Path, id: str, name: Plain, type: str, types: FileTypes = _TYPES) -> None:
    """Add an entity at the end of `entities.yaml`, which is made if the corpus has none.

    `name` is a text, or one text for each language. Raises `UsageError` if the id cannot be used, `CorpusError` if
    the corpus cannot be read, `FileError` if the file cannot be written.
    """
    if not is_slug(id) or id in TAKEN:
        raise UsageError(f"`{id}` cannot be the id of an entity: write small letters, digits, `-` and `_`")
    if type not in get_args(EntityType):
        raise UsageError(f"`{type}` is no type of an entity: choose one of {', '.join(get_args(EntityType))}")
    file = below(str(root), f"{ENTITIES}.yaml")
    with one_writer(root):
        if id in read_corpus(root).entities:
            raise UsageError(f"`{id}` is an entity already: choose it, or give the new one another id")
        entry = Edit((id,), {"type": type, "name": name})

        def with_entity(content: bytes | None) -> bytes:
            text = edited(decode_text(content or b"", file), [entry], of=types.entities, file=file)
            return file_bytes(text, content, file)

        SharedFile(root, file).change(with_entity)


def _has_ancestor(path: ValuePath, paths: Sequence[ValuePath]) -> bool:
    return any(path[: len(other)] == other and len(other) < len(path) for other in paths)


def _next_key(values: Any, path: ValuePath) -> str:
    """Return the key that follows a path in its mapping, `""` if it is the last."""
    parent = value_at(values, path[:-1])
    keys = list(parent) if isinstance(parent, dict) and path[-1] in parent else []
    return "".join(keys[keys.index(path[-1]) + 1 :][:1]) if keys else ""


def _patched(text: str, old: str, new: str) -> str:
    """Return a text with what was changed from `old` to `new`, `""` if the lines around it are not there once."""
    before, after, lines = (each.splitlines(keepends=True) for each in (old, new, text))
    start = _same(before, after)
    end = _same(before[start:][::-1], after[start:][::-1])
    above = before[max(start - _CONTEXT, 0) : start]
    wanted = above + before[start : len(before) - end + _CONTEXT if end > _CONTEXT else len(before)]
    found = [at for at in range(len(lines)) if lines[at : at + len(wanted)] == wanted]
    if len(found) != 1 or not wanted:
        return ""
    first = found[0] + len(above)
    rest = first + len(before) - end - start
    return "".join([*lines[:first], *after[start : len(after) - end], *lines[rest:]])


def _same(first: Sequence[str], second: Sequence[str]) -> int:
    """Return how many lines are the same at the beginning."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, second, strict=False)))
