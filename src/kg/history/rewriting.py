"""All files of a corpus with other ids in them: what changes in each, and the files written together, or none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import file_digest, sha256
from io import BufferedReader
from pathlib import Path
from typing import IO, Any, NamedTuple

from kg.annotations.classes import CorpusFile
from kg.annotations.own_fields import FileTypes, file_types, own_fields
from kg.corpus import ArticleSource, CorpusDefinition, sources
from kg.corpus.editing import read_values
from kg.corpus.folder import PACKED, reading_names, reading_sources
from kg.corpus.reader import read_json
from kg.corpus.references import FileKind, Rewriting, rewritten_json, rewritten_yaml
from kg.corpus.turtle_iris import with_new_iris
from kg.errors import CorpusError, UsageError
from kg.files.file_sets import Staging, replace_files
from kg.files.temporary import temporary_folder
from kg.files.text_files import decode_text, read_bytes, read_lines
from kg.history.shared_files import CORPUS_FILES, file_bytes, one_writer
from kg.pipeline.extra_graph import extra_files


class WrittenPart(NamedTuple):
    """A YAML file of a corpus, or a line of JSON Lines: its values, and for claims the id of their article.

    `reading` is the annotator whose reading it is, `""` for what is published.
    """

    kind: FileKind
    file: str
    values: Any
    article: str = ""
    reading: str = ""


Change = Callable[[WrittenPart], Rewriting]
"""Returns what changes in a part of a corpus."""


def same_iri(iri: str) -> str:
    """Return an IRI as it is."""
    return iri


class CorpusChange(NamedTuple):
    """What changes in the parts of a corpus, and the new IRI of each in its extra triples.

    `ids` are in every file that changes; without any, all files are read.
    """

    part: Change
    new_iri: Callable[[str], str] = same_iri
    ids: Sequence[str] = ()


class ChangedFile(NamedTuple):
    """A file that changes, by its path in the corpus, and how many references in it do."""

    file: str
    references: int


class CorpusRewriter:
    """Reads the files of a corpus, and writes those that change into a staging folder.

    A file that has none of the ids of the change in it is not parsed.
    """

    def __init__(self, corpus: CorpusDefinition, change: CorpusChange) -> None:
        self._corpus = corpus
        self._change = change
        self._ids = [id.encode() for id in change.ids]
        self._types: FileTypes = file_types(own_fields(corpus.config))

    def stage(self, staging: Staging) -> list[ChangedFile]:
        """Write the files that change, and return them. Raises `CorpusError` if one cannot be read."""
        corpus = self._corpus
        found = [self._yaml(WrittenPart("config", corpus.config_file, None), CorpusFile, staging)]
        for file in dict.fromkeys(corpus.entity_files.values()):
            found.append(self._yaml(WrittenPart("entities", file, None), self._types.entities, staging))
        for name, source in self._sources():
            if source.line:
                continue
            if source.claims_file:
                part = WrittenPart("claims", source.claims_file, None, source.article, name)
                found.append(self._yaml(part, self._types.reading if name else self._types.claims, staging))
            elif source.findings and source.findings[0].rule != "no-articles":
                raise CorpusError(source.findings)
        found += [self._lines(file, reading, staging) for file, reading in self._line_files().items()]
        found += [self._turtle(file, staging) for file in extra_files(corpus.root)]
        return [each for each in found if each]

    def _sources(self) -> Iterator[tuple[str, ArticleSource]]:
        yield from (("", source) for source in sources(self._corpus))
        for name in reading_names(self._corpus):
            yield from ((name, source) for source in reading_sources(self._corpus, name))

    def _line_files(self) -> dict[str, str]:
        """Return the files of JSON Lines, each with the annotator whose readings it has."""
        return {source.text_file: reading for reading, source in self._sources() if source.line}

    def _yaml(self, part: WrittenPart, of: Any, staging: Staging) -> ChangedFile | None:
        raw = read_bytes(part.file, self._corpus.root)
        if not self._may_have_ids(raw):
            return None
        text = decode_text(raw, part.file)
        values = read_values(text, part.file)
        rewriting = self._change.part(part._replace(values=values, article=_article(values) or part.article))
        if not rewriting:
            return None
        new = rewritten_yaml(text, rewriting, of=of, file=part.file)
        with self._staged(part.file, staging, sha256(raw).hexdigest()) as stream:
            stream.write(file_bytes(new, raw, part.file))
        return self._changed(part.file, len(rewriting.texts))

    def _turtle(self, file: str, staging: Staging) -> ChangedFile | None:
        raw = read_bytes(file, self._corpus.root)
        text, count = with_new_iris(decode_text(raw, file), self._change.new_iri)
        if not count:
            return None
        with self._staged(file, staging, sha256(raw).hexdigest()) as stream:
            stream.write(file_bytes(text, raw, file))
        return self._changed(file, count)

    def _lines(self, file: str, reading: str, staging: Staging) -> ChangedFile | None:
        """Rewrite a file of JSON Lines with one line in memory at a time; other lines stay as they are."""
        if file.endswith(PACKED):
            self._refuse_packed(file, reading)
            return None
        name, count, is_changed = self._name(file), 0, False
        with Path(file).open("rb") as old, self._staged(file, staging, _sha256_of(old)) as new:
            for line in read_lines(file, self._corpus.root):
                new.write(old.read(line.offset - old.tell()))  # blank lines
                written = raw = old.read(len(line.raw))
                if self._may_have_ids(raw):
                    values = read_json(raw, file, line.number).value
                    rewriting = self._change.part(WrittenPart("claims", file, values, _article(values), reading))
                    if rewriting:
                        written = rewritten_json(decode_text(raw, file), values, rewriting).encode()
                        count += len(rewriting.texts)
                        is_changed = True
                new.write(written)
            new.write(old.read())
        if not is_changed:
            (staging.folder / name).unlink()
            del staging.files[name], staging.expected[name]
            return None
        return self._changed(file, count)

    def _refuse_packed(self, file: str, reading: str) -> None:
        for line in read_lines(file, self._corpus.root):
            if self._may_have_ids(line.raw):
                values = read_json(line.raw, file, line.number).value
                if self._change.part(WrittenPart("claims", file, values, _article(values), reading)):
                    message = f"{file}:{line.number}: a compressed file cannot be changed: decompress it first"
                    raise UsageError(message)

    def _may_have_ids(self, raw: bytes) -> bool:
        # An id may be written with escapes.
        return not self._ids or b"\\" in raw or any(id in raw for id in self._ids)

    @contextmanager
    def _staged(self, file: str, staging: Staging, before: str) -> Iterator[IO[bytes]]:
        """Open the new version of a file whose SHA-256 was `before` when it was read."""
        name = self._name(file)
        staging.expected[name] = before
        with staging.file(name) as stream:
            shutil.copymode(file, staging.folder / name)
            yield stream

    def _name(self, file: str) -> str:
        return Path(os.path.relpath(file, self._corpus.root)).as_posix()

    def _changed(self, file: str, references: int) -> ChangedFile:
        return ChangedFile(self._name(file), references)


def _sha256_of(stream: BufferedReader) -> str:
    """Return the SHA-256 of an open file, which is then read from its beginning.

    Not of the file at its path: an editor may just have put another one there.
    """
    digest = file_digest(stream, "sha256").hexdigest()
    stream.seek(0)
    return digest


def _article(values: Any) -> str:
    """Return the id that a file gives its article, `""` if it gives none."""
    article = values.get("article") if isinstance(values, dict) else None
    id = article.get("id") if isinstance(article, dict) else None
    return id if isinstance(id, str) else ""


def rewrite_corpus(corpus: CorpusDefinition, change: CorpusChange, *, dry_run: bool = False) -> list[ChangedFile]:
    """Change files of a corpus, all or none, and return them.

    With `dry_run`, nothing is written. Raises `CorpusError` if a file cannot be read, `EditError` if one cannot be
    changed, `UsageError` if it is compressed, `FileError` if it cannot be written or somebody else changed it.
    """
    rewriter = CorpusRewriter(corpus, change)
    if dry_run:
        with temporary_folder("kg-rename-") as folder:
            return rewriter.stage(Staging(folder))
    root = Path(corpus.root)
    with one_writer(root), replace_files(root, CORPUS_FILES) as staging:
        return rewriter.stage(staging)
