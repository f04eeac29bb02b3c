"""The files of one article, which the desk and an editor may change at the same time.

Every edit says which value the page showed. If the file has another one by now, nobody's work is overwritten: the
edit is refused with both values. Files are replaced whole, after they were written to the disk.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from hashlib import sha256
from itertools import takewhile
from pathlib import Path
from typing import Any, NamedTuple, get_args

from kg.annotations.classes import AnnotationEntry, ArticleEntry, ClaimsFile, EntityType
from kg.annotations.own_fields import FileTypes
from kg.corpus import read_corpus
from kg.corpus.decoding import TAKEN, is_article_id, is_slug, suggested
from kg.corpus.editing import DELETED, Edit, EditError, as_read, assigned, edited, read_values, shown, value_at
from kg.corpus.folder import CLAIMS, JSON_LINES, TEXT, below
from kg.corpus.reader import ENTITIES, split_header
from kg.corpus.writer import Plain, claims_yaml
from kg.errors import CorpusError, FileError, KgError, UsageError
from kg.errors import Path as ValuePath
from kg.files.atomic_writes import replace_if_same
from kg.files.digests import digest_of
from kg.files.locks import locked
from kg.files.text_files import BOM, LIMIT, decode_text, read_bytes

LOCK = ".kg-annotate.lock"
"""The file in the folder of a corpus that is locked while one of its files is written."""
_LONGEST_LOCK = 10.0
_SETTLED_AFTER = 0.02
"""How many seconds a file that somebody else writes must stay the same before it is used."""
_PATIENCE = 25
"""How many times as long an empty or missing file must stay so."""
_TRIES = 50
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
    """One `apply`: the claims file before and after (None: there was none), and the paths that were changed."""

    before: bytes | None
    after: bytes | None
    paths: tuple[ValuePath, ...]


class ArticleFiles:
    """The text and the claims file of an article, as they are on the disk now.

    `root` is the folder of the corpus, `article` the path of the files in it without suffix. One instance has one
    history of edits to undo; its methods may be called from several threads. Other processes that use this class
    wait for each other; an editor need not know of it.
    """

    def __init__(self, root: Path, article: str, types: FileTypes = _TYPES) -> None:
        """Raises `UsageError` for an article of JSON Lines or outside the corpus, `FileError` for a link."""
        if article.endswith(JSON_LINES):
            raise UsageError(
                f"{below(str(root), article)}: articles in JSON Lines cannot be annotated here, since they have no "
                f"comments or layout to keep: write the article as `NAME{TEXT}` with its `NAME{CLAIMS}`"
            )
        if not all(part not in ("", ".", "..") and "\\" not in part for part in article.split("/")):
            raise UsageError(f"{article}: an article must be in its corpus: give its path below {root}")
        self.root, self.article, self.types = root, article, types
        self.text_file = below(str(root), article + TEXT)
        self.claims_file = below(str(root), article + CLAIMS)
        self._text, self._claims = SharedFile(root, self.text_file), SharedFile(root, self.claims_file)
        self._steps: list[_Step] = []

    @property
    def version(self) -> str:
        """What is on the disk now: the same text for the same content of both files."""
        parts = [self._text.read(), self._claims.read()]
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
        return self._decoded(self._claims.read())

    @property
    def undo_depth(self) -> int:
        """How many times `undo` can go back."""
        return len(self._steps)

    def apply(self, edits: Sequence[EditRequest]) -> None:
        """Make all edits, or none.

        Raises `EditConflict` if somebody else changed one of the values, `EditError` if one cannot be written,
        `CorpusError` if the claims file cannot be read, `FileError` if it cannot be written.
        """
        with _exclusive(self.root):
            before, after = self._claims.change(lambda content: self._edited(content, edits))
            if after != before:
                self._steps.append(_Step(before, after, tuple(edit.path for edit in edits)))

    def undo(self) -> None:
        """Take back the last `apply`, to the same bytes if nobody else wrote since.

        What somebody else changed stays. Raises `EditConflict` if it is one of the values to take back, `EditError`
        if there is nothing to undo, and as `apply` does.
        """
        with _exclusive(self.root):
            if not self._steps:
                raise EditError("nothing is left to undo: the file is as it was when the page was opened")
            step = self._steps[-1]
            self._claims.change(lambda now: step.before if now == step.after else self._undone(step, now))
            self._steps.pop()

    def _edited(self, before: bytes | None, edits: Sequence[EditRequest]) -> bytes:
        text = self._decoded(before) or self._new_text()
        _refuse_conflicts(read_values(text, self.claims_file), edits)
        wanted = [Edit(edit.path, DELETED if edit.value is None else edit.value, edit.before) for edit in edits]
        return _encoded(edited(text, wanted, of=self.types.claims, file=self.claims_file), before, self.claims_file)

    def _undone(self, step: _Step, now: bytes | None) -> bytes:
        """Return the file as it is now without a step."""
        old, new, text = (self._decoded(each) for each in (step.before, step.after, now))
        before, after, values = (read_values(each, self.claims_file) for each in (old, new, text))
        paths = [path for path in dict.fromkeys(step.paths) if not _has_ancestor(path, step.paths)]
        back = [
            EditRequest(path, value_at(before, path), value_at(after, path), _next_key(before, path))
            for path in reversed(paths)
        ]
        _refuse_conflicts(values, back)
        wanted = [Edit(each.path, DELETED if each.value is None else each.value, each.before) for each in back]
        expected = values
        for edit in wanted:
            expected = assigned(expected, edit)
        undone = ""
        with suppress(CorpusError):
            # With its comments, if the lines around it are still the same.
            undone = _patched(text, new, old)
            undone = undone if read_values(undone, self.claims_file) == expected else ""
        undone = undone or edited(text, wanted, of=self.types.claims, file=self.claims_file)
        return _encoded(undone, now, self.claims_file)

    def _new_text(self) -> str:
        """Return a claims file without claims, as `kg new` begins it."""
        body = split_header(self.text)[1]
        entry = ArticleEntry(
            id="" if is_article_id(self.article) else suggested(self.article),
            sha256=sha256(body.encode()).hexdigest(),
        )
        file = ClaimsFile(article=entry, annotation=AnnotationEntry(status="draft"))
        return claims_yaml(file).removesuffix("claims: {}\n")

    def _decoded(self, raw: bytes | None) -> str:
        return decode_text(raw or b"", self.claims_file)


class SharedFile:
    """A file of a corpus that others may write at any time. Its methods raise `FileError`, also for a link."""

    def __init__(self, root: Path, file: str) -> None:
        self.root, self.file = root, file
        self._known = self.read()

    def read(self) -> bytes | None:
        """Return the content, None if there is no such file."""
        if not os.path.lexists(self._checked()):
            return None
        return read_bytes(self.file, str(self.root))

    def settled(self) -> bytes | None:
        """Return the content once nobody is in the middle of writing it.

        Some editors empty the old file, or move it away, before they write the new one.
        """
        content = self.read()
        if content == self._known:
            return self._known
        for number in range(_TRIES):
            time.sleep(_SETTLED_AFTER)
            again = self.read()
            if again == content and (content or number >= _PATIENCE):
                self._known = content
                return content
            content = again
        raise self._restless()

    def change(self, new_content: Callable[[bytes | None], bytes | None]) -> tuple[bytes | None, bytes | None]:
        """Replace the content by what a function makes of it (None: no file), and return both.

        The function is called again if somebody writes the file meanwhile.
        """
        for _ in range(_TRIES):
            before = self.settled()
            after = new_content(before)
            if after == before or self._write(after, before):
                return before, after
        raise self._restless()

    def _write(self, new: bytes | None, before: bytes | None) -> bool:
        """Write, unless the file is no longer as it was before: then return False."""
        try:
            is_written = replace_if_same(Path(self._checked()), new, before)
        except OSError as error:
            raise FileError(f"{self.file}: it could not be written: {error.strerror or error}") from error
        if is_written:
            self._known = new
        return is_written

    def _checked(self) -> str:
        """Return the path. Raises `FileError` if the file, or a folder that it is in, is a link."""
        inner = os.path.relpath(self.file, self.root)
        if os.path.realpath(self.file) != os.path.join(os.path.realpath(self.root), inner):
            raise FileError(f"{self.file}: a link is not followed here: open the file that it leads to")
        return self.file

    def _restless(self) -> FileError:
        return FileError(f"{self.file}: another program keeps changing this file: try again when it stops")


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
    with _exclusive(root):
        if id in read_corpus(root).entities:
            raise UsageError(f"`{id}` is an entity already: choose it, or give the new one another id")
        entry = Edit((id,), {"type": type, "name": name})

        def with_entity(content: bytes | None) -> bytes:
            text = edited(decode_text(content or b"", file), [entry], of=types.entities, file=file)
            return _encoded(text, content, file)

        SharedFile(root, file).change(with_entity)


def _encoded(text: str, before: bytes | None, file: str) -> bytes:
    """Return the bytes of a file, with a byte order mark if it had one."""
    raw = (BOM if before and before.startswith(BOM) else b"") + text.encode()
    if len(raw) > LIMIT:
        raise EditError(f"{file}: a file must have at most {LIMIT // 1_000_000} MB: write less")
    return raw


@contextmanager
def _exclusive(root: Path) -> Iterator[None]:
    """Keep out other processes and threads that write to a corpus. Raises `FileError` after ten seconds."""
    busy = f"{root}: another `kg annotate` is writing here: try again, or stop it"
    ends = time.monotonic() + _LONGEST_LOCK
    if not root.is_dir():
        raise FileError(f"{root}: the corpus is not there any more: put it back, or open another")
    with ExitStack() as held:
        while True:
            try:
                held.enter_context(locked(root / LOCK, busy))
                break
            except FileError:
                if time.monotonic() > ends:
                    raise
                time.sleep(0.005)
            except OSError as error:
                raise FileError(f"{root}: nothing can be written here: {error.strerror or error}") from error
        yield


def _refuse_conflicts(values: Any, edits: Sequence[EditRequest]) -> None:
    """Raise `EditConflict` if a value is neither what the page showed nor what it wants."""
    conflicts = []
    for path, value, was, _ in edits:
        theirs = value_at(values, path)
        mine, was = (None if each is None else as_read(each) for each in (value, was))
        is_gone = len(path) > 2 and path[0] in _BY_ID and value_at(values, path[:2]) is None
        if theirs != mine and (theirs != was or is_gone):
            conflicts.append(Conflict(path, mine, theirs, was))
        else:
            values = assigned(values, Edit(path, DELETED if mine is None else mine))
    if conflicts:
        raise EditConflict(conflicts)


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
