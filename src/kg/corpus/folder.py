"""The folder of a corpus: its articles, in the same order on every machine, and how to split them into ranges."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from msgspec import Struct

from kg.annotations.classes import CorpusFile, EntityEntry
from kg.annotations.own_fields import OwnField, own_fields
from kg.errors import CorpusError, Finding, Place, file_error
from kg.files.input_files import NAMED, leads_out
from kg.files.text_files import changed_while_read, read_lines

CONFIG = "corpus.yaml"
_OURS = re.compile(r"\.(?:txt|ya?ml|jsonl|ndjson)(?:\.gz|\.zst)?$", re.IGNORECASE)
READINGS = "readings"
CHANGES = ".kg-changes"
"""The folder in which files wait that replace several others together."""
# Folders of the root: what `kg build` writes, the entities, and the annotators' own readings.
_NOT_ARTICLES = ("dist", "entities", READINGS)
TEXT = ".txt"
CLAIMS = ".claims.yaml"
JSON_LINES = (".jsonl", ".jsonl.gz", ".jsonl.zst")
PACKED = JSON_LINES[1:]

# The files of a text and its claims file that exist.
ONLY = {suffix: frozenset((suffix,)) for suffix in (TEXT, CLAIMS)}
BOTH = frozenset(ONLY)

# A claims file whose real suffix an editor added: Windows shows `a.claims.yaml.txt` without it.
_HIDDEN_SUFFIXES = (".claims.yaml.txt", ".claims.yml.txt")
# The files that define a corpus, which are read from its own folder only.
_DEFINITION = (CONFIG, "entities.yaml")
# Wrong suffixes that people write (`.yml`, `.claim.yaml`, `.TXT`), each with the right one.
_NEAR_MISSES = (
    (r"(?i)\.claims\.ya?ml\.txt$", CLAIMS),
    (r"(?i)\.claims?\.ya?ml$", CLAIMS),
    (r"(?i)\.txt$", TEXT),
    (r"(?i)\.(?:jsonl|ndjson)$", ".jsonl"),
    (r"(?i)\.(?:jsonl|ndjson)\.gz$", ".jsonl.gz"),
    (r"(?i)\.(?:jsonl|ndjson)\.zst$", ".jsonl.zst"),
)
_YAML = r"(?i)\.ya?ml$"
# The path of an earlier text without its suffix: `a.1` beside `a.txt`.
_EARLIER = re.compile(r"(.*)\.([1-9][0-9]{0,3})", re.DOTALL)


class CorpusDefinition(Struct, frozen=True):
    """What all articles of a corpus share: its settings and entities. `entity_files` has the file of each entity.

    `findings` are about fields without which everything else can still be read.
    """

    root: str
    config_file: str
    config: CorpusFile
    entities: dict[str, EntityEntry]
    entity_files: dict[str, str]
    findings: tuple[Finding, ...] = ()


class ArticleSource(NamedTuple):
    """The files, or the line of JSON Lines, of one article. Can be pickled.

    `article` is its path in the corpus without suffix. `line` and `raw` are the number and bytes of a line in
    `text_file`, and `offset` is where it begins. A source without `text_file` has no article, only findings. Its
    files are opened only if they are in `folder`. `fields` are those that the corpus declares. A reading is an
    annotator's own. `earlier` are the numbers of the earlier texts that are kept beside the text.
    """

    article: str
    text_file: str = ""
    claims_file: str = ""
    line: int = 0
    raw: bytes = b""
    findings: tuple[Finding, ...] = ()
    offset: int = 0
    folder: str = NAMED
    fields: tuple[OwnField, ...] = ()
    is_reading: bool = False
    earlier: tuple[int, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """All files of the article."""
        own = (self.text_file, self.claims_file, *(earlier_text(self.text_file, each) for each in self.earlier))
        return tuple(file for file in own if file)


class SourcePosition(NamedTuple):
    """A position in the order of the sources: a path without suffix, and for JSON Lines a line and its offset."""

    article: str
    line: int = 0
    offset: int = 0


class SourceRange(NamedTuple):
    """The sources from `start` up to, but not including, `end`; None is the end of the corpus."""

    start: SourcePosition = SourcePosition("")
    end: SourcePosition | None = None

    def has(self, article: str, line: int) -> bool:
        """Tell whether the range contains a source."""
        at = (article, line)
        return self.start[:2] <= at and (self.end is None or at < self.end[:2])

    def touches(self, folder: str) -> bool:
        """Tell whether the range may contain a source in a folder, whose path ends in `/`."""
        first = self.start.article
        return (first < folder or first.startswith(folder)) and (self.end is None or folder < self.end.article)


WHOLE = SourceRange()


def earlier_text(text_file: str, number: int) -> str:
    """Return the file of an earlier text of an article: `a.1.txt` for `a.txt`."""
    return f"{text_file.removesuffix(TEXT)}.{number}{TEXT}"


def sources(corpus: CorpusDefinition, range: SourceRange = WHOLE) -> Iterator[ArticleSource]:
    """Yield the sources of all articles, sorted by path; the lines of a JSON Lines file in their order.

    A fault of the folder is a source with findings only. Raises `FileError` if a file cannot be read, or has
    changed since it was split into ranges.
    """
    none = True
    fields = own_fields(corpus.config)
    for source in _sources_in(corpus.root, range):
        none = False
        source = source._replace(fields=fields) if fields else source
        if source.text_file.endswith(JSON_LINES):
            yield from _lines(source, range)
        elif range.has(source.article, 0):
            yield source
    if none and range == WHOLE:
        yield ArticleSource("", findings=(_no_articles(corpus),))


def reading_names(corpus: CorpusDefinition) -> list[str]:
    """Return the names of the annotators who have readings of their own, sorted: the folders in `readings/`.

    Raises `FileError` if the folder cannot be read.
    """
    if not os.path.isdir(below(corpus.root, READINGS)):
        return []
    found = entries(corpus.root, f"{READINGS}/")
    return sorted(path.split("/")[1] for path, fault in found if path.endswith("/") and not fault)


def reading_sources(corpus: CorpusDefinition, name: str) -> Iterator[ArticleSource]:
    """Yield the sources of one annotator's readings, as `sources` does; their texts are those of the corpus."""
    fields = own_fields(corpus.config)
    for source in _sources_in(corpus.root, WHOLE, f"{READINGS}/{name}/"):
        source = source._replace(fields=fields)
        if source.text_file.endswith(JSON_LINES):
            yield from _lines(source, WHOLE)
        else:
            yield source


def _sources_in(root: str, range: SourceRange, folder: str = "") -> Iterator[ArticleSource]:
    """Yield the sources in a folder, each file of JSON Lines as one; only the names in it are in memory.

    Only those of its folders that the range touches are searched.
    """
    pairs: dict[str, frozenset[str]] = {}
    others: dict[str, list[Finding | None]] = {}
    for path, fault in entries(root, folder):
        suffix = "" if fault else _suffix(path)
        if suffix:
            article = path.removesuffix(suffix)
            pairs[article] = BOTH if article in pairs else ONLY[suffix]
        else:
            others.setdefault(path, []).append(fault)
    earlier = _take_earlier_texts(pairs)
    for key in sorted({*pairs, *others}):
        for fault in others.get(key, ()):
            if fault:
                yield ArticleSource(key, findings=(fault,))
            elif key.endswith("/"):
                if range.touches(key):
                    yield from _sources_in(root, range, key)
            else:
                yield from _other_file(root, key, pairs)
        if key in pairs:
            pair = _pair(root, key, pairs[key])
            yield pair._replace(earlier=earlier[key]) if key in earlier else pair


def _take_earlier_texts(pairs: dict[str, frozenset[str]]) -> dict[str, tuple[int, ...]]:
    """Take the earlier texts from the texts and claims files of a folder; return their numbers by article."""
    found: dict[str, tuple[int, ...]] = {}
    for path in [each for each in pairs if "." in each and pairs[each] == ONLY[TEXT]]:
        match = _EARLIER.fullmatch(path)
        if match and TEXT in pairs.get(match[1], ()):
            found[match[1]] = tuple(sorted((*found.get(match[1], ()), int(match[2]))))
            del pairs[path]
    return found


def _other_file(root: str, path: str, pairs: Mapping[str, frozenset[str]]) -> Iterator[ArticleSource]:
    """Yield a file of JSON Lines, or a finding about the name of another file."""
    folder, _, name = path.rpartition("/")
    if path.endswith(JSON_LINES):
        yield ArticleSource(path, below(root, path), folder=root)
    elif folder and name in _DEFINITION:
        yield ArticleSource(path, findings=(_unread_definition(root, folder, name),))
    elif right := _right_name(path, pairs):
        yield ArticleSource(path, findings=(_misnamed(below(root, path), right),))


def _suffix(path: str) -> str:
    """Return the suffix of a text or claims file, `""` for any other file."""
    if path.endswith(_HIDDEN_SUFFIXES):
        return ""
    return next((suffix for suffix in (TEXT, CLAIMS) if path.endswith(suffix)), "")


def _pair(root: str, article: str, suffixes: frozenset[str]) -> ArticleSource:
    text, claims = (below(root, article + suffix) for suffix in (TEXT, CLAIMS))
    if article.startswith(f"{READINGS}/"):
        return _reading(root, article, suffixes)
    if TEXT not in suffixes:
        return ArticleSource(article, findings=(_no_text(claims, article),))
    return ArticleSource(article, text, claims if CLAIMS in suffixes else "", folder=root)


def _reading(root: str, path: str, suffixes: frozenset[str]) -> ArticleSource:
    """Return the source of a claims file in `readings/NAME/`: its text is that of the corpus."""
    article = path.split("/", 2)[2]
    text = below(root, article + TEXT)
    if TEXT in suffixes:
        message = f"the text of a reading is the article of the corpus, `{text}`: delete this one"
        return ArticleSource(path, findings=(_violation(message, "text-of-reading", below(root, path + TEXT)),))
    if not os.path.isfile(text):
        message = f"a reading must be of an article of the corpus, there is no `{text}`: correct the name"
        return ArticleSource(path, findings=(_violation(message, "no-article", below(root, path + CLAIMS)),))
    return ArticleSource(article, text, below(root, path + CLAIMS), folder=root, is_reading=True)


def _right_name(name: str, pairs: Mapping[str, frozenset[str]]) -> str:
    """Return the right name of a misnamed file of a corpus, `""` for other files."""
    for pattern, suffix in _NEAR_MISSES:
        if re.search(pattern, name):
            return re.sub(pattern, suffix, name)
    article = re.sub(_YAML, "", name)
    if article != name and pairs.get(article) == ONLY[TEXT]:
        return article + CLAIMS
    return ""


def _lines(source: ArticleSource, range: SourceRange) -> Iterator[ArticleSource]:
    """Yield the lines of a file that are in the range; reading starts at the offset of the first."""
    file, article = source.text_file, source.article
    if range.end and range.end[:2] <= (article, 0):
        return
    _, number, offset = range.start if article == range.start.article else (article, 1, 0)
    if article < range.start.article:
        return
    empty = True
    try:
        for line in read_lines(file, source.folder, number=max(number, 1), offset=offset):
            if not range.has(article, line.number):
                return
            empty = False
            yield source._replace(line=line.number, raw=line.raw, offset=line.offset)
    except CorpusError as error:
        yield ArticleSource(article, findings=error.findings)
        return
    if (empty and offset) or (range.end and range.end.article == article):
        raise changed_while_read(file)
    if empty:
        message = "a JSON Lines file must have one article a line, this one is empty: write it, or delete it"
        yield ArticleSource(article, findings=(_violation(message, "empty-file", file),))


def _no_articles(corpus: CorpusDefinition) -> Finding:
    message = (
        "a corpus must have articles, none is here: add a `NAME.txt` with its `NAME.claims.yaml`, or a `*.jsonl`"
    )
    return _violation(message, "no-articles", corpus.config_file)


def _no_text(file: str, article: str) -> Finding:
    name = os.path.basename(article) + TEXT
    return _violation(f"a claims file must be beside its article, `{name}` is missing: add it", "no-article", file)


def _misnamed(file: str, right: str) -> Finding:
    found, right = os.path.basename(file), os.path.basename(right)
    if found.endswith(_HIDDEN_SUFFIXES):
        wrong = found[len(right) - len(CLAIMS) :]
        message = f"a claims file must end in `{CLAIMS}`, this one ends in `{wrong}`: rename it to `{right}`"
        return _violation(message, "misnamed-file", file)
    return _violation(f"this must be called `{right}` to be read, not `{found}`: rename it", "misnamed-file", file)


def _unread_definition(root: str, folder: str, name: str) -> Finding:
    message = f"this is not read: a corpus has one `{CONFIG}` and its entities in its own folder. "
    if name == CONFIG:
        advice = f"Delete it, or check the folder as a separate corpus: `kg validate {below(root, folder)}`"
    else:
        moved = f"{below(root, 'entities')}/{folder.replace('/', '-')}.yaml"
        advice = f"To join several corpora, move the entities of each into a file like `{moved}`"
    return Finding("warning", message + advice, "unread-definition", Place(below(root, f"{folder}/{name}"), 1, 1))


def _violation(message: str, rule: str, file: str) -> Finding:
    return Finding("violation", message, rule, Place(file, 1, 1))


class SizedRange(NamedTuple):
    """A range, and the number of sources in it when it was made."""

    range: SourceRange
    size: int

    @property
    def is_packed(self) -> bool:
        """Whether it begins in a compressed file, which must be decompressed up to there."""
        return self.range.start.article.endswith(PACKED)


def split_into_ranges(corpus: CorpusDefinition, most: int) -> Iterator[SizedRange]:
    """Split a corpus into ranges of at most `most` articles; yield them in order.

    Reads all files of JSON Lines to find where their lines begin. Raises `FileError` as `sources` does.
    """
    start = last = WHOLE.start
    count = 0
    for source in sources(corpus):
        here = SourcePosition(source.article, source.line, source.offset)
        # A fault at the path of an article belongs to the range of the article.
        if count >= most and here[:2] > last[:2]:
            yield SizedRange(SourceRange(start, here), count)
            start, count = here, 0
        last = max(last, here)
        count += 1
    yield SizedRange(SourceRange(start), count)


def merge_ranges(cut: Iterable[SizedRange], most: int) -> Iterator[SizedRange]:
    """Merge neighbouring ranges into ranges of about `most` articles."""
    start, size = WHOLE.start, 0
    for range, count in cut:
        size += count
        if size >= most or range.end is None:
            yield SizedRange(SourceRange(start, range.end), size)
            start, size = range.end or start, 0


class FolderEntry(NamedTuple):
    """A file or folder by its path below the root of a corpus, with `/`; the path of a folder ends in `/`."""

    path: str
    fault: Finding | None = None


def entries(root: str, folder: str = "") -> Iterator[FolderEntry]:
    """Yield the files and folders in a folder of a corpus, given by its path below the root, in no order.

    Raises `FileError` if it cannot be read.
    """
    for entry in _scanned(below(root, folder) or "."):
        path = f"{folder}{entry.name}"
        if entry.name.startswith(".") or (entry.name in _NOT_ARTICLES and not folder):
            continue
        if shown := _unless_utf8(entry.name):
            if entry.is_dir() or _OURS.search(entry.name):
                yield FolderEntry(f"{folder}{shown}", _bad_encoding(below(root, f"{folder}{shown}")))
            continue
        if not _is_plain(entry) and (fault := link_fault(below(root, path), root)):
            yield FolderEntry(path, fault)
        elif entry.is_dir():
            yield FolderEntry(path + "/")
        elif entry.is_file():
            yield FolderEntry(path)


def _unless_utf8(name: str) -> str:
    """Return a name that is not UTF-8 with signs for what is wrong in it, `""` for any other."""
    if name.isascii():
        return ""
    try:
        name.encode()
    except UnicodeEncodeError:
        return os.fsencode(name).decode(errors="replace")
    return ""


def _bad_encoding(file: str) -> Finding:
    return Finding(
        "violation",
        "a file's name must be in UTF-8, and this one is not: rename it with plain letters",
        "bad-name",
        Place(file, 1, 1),
    )


def below(root: str, path: str) -> str:
    """Return the path of a file as a user would type it: `x.txt`, not `./x.txt`."""
    return path if root == "." else os.path.join(root, path)


def root_of(file: str) -> str:
    """Return the folder of the corpus that a file is in, as the start of its path; `NAMED` if it is in none."""
    folder = file
    while folder:
        folder = os.path.dirname(folder)
        if os.path.lexists(os.path.join(folder, CONFIG)):
            return folder or os.curdir
        if os.path.dirname(folder) == folder:
            break
    return NAMED


def yaml_files(folder: str) -> Iterator[str]:
    """Yield the paths of the YAML files in a folder, sorted; none if there is no such folder."""
    if os.path.isdir(folder):
        names = sorted(entry.name for entry in _scanned(folder))
        for name in names:
            if shown := _unless_utf8(name):
                raise CorpusError([_bad_encoding(os.path.join(folder, shown))])
            if name.endswith((".yaml", ".yml")) and not name.startswith("."):
                yield os.path.join(folder, name)


def link_fault(path: str, root: str) -> Finding | None:
    """Return the fault of a file or folder that must not be opened: a link out of the corpus, a pipe, a device."""
    if not os.path.exists(path):
        return _fault(
            path, "a link must lead to a file of the corpus, this one leads nowhere: delete or correct it"
        )
    if os.path.isdir(path):
        if os.path.islink(path):
            return _fault(path, "a folder of a corpus must be a real folder, this is a link: move the files here")
        return None
    if not _OURS.search(path):
        return None
    if not os.path.isfile(path):
        return _fault(path, "a file must be a plain file, this is a pipe or device: delete it")
    if leads_out(path, root):
        return _fault(path, "a file must be in the corpus, this link leads out of it: copy the file here")
    return None


def _is_plain(entry: os.DirEntry[str]) -> bool:
    """Tell whether an entry is a file or folder and not a link; on most systems this needs no system call."""
    return not entry.is_symlink() and (entry.is_file() or entry.is_dir())


def _fault(path: str, message: str) -> Finding:
    return Finding("violation", message, "link", Place(path, 1, 1))


def _scanned(folder: str) -> Iterator[os.DirEntry[str]]:
    """Yield the entries of a folder one by one: a list of a large folder would take most of the memory."""
    try:
        with os.scandir(folder) as found:
            yield from found
    except OSError as error:
        raise file_error(folder, error) from error
