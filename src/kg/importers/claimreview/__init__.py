"""Reads fact-checkers' reviews of claims: JSON-LD in pages, files and feeds, and answers of a search.

Each document is a page of a fact-checker, with the claims that it reviews and its verdicts. Pages are not read
with `html.parser`, which a malicious page of 300 kB can keep busy for minutes. Only one element of a feed is in
memory at a time.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath
from typing import NamedTuple

from kg.errors import CorpusError, Place
from kg.files.json_reader import JsonError, JsonStream, JsonValue, parse_json
from kg.files.places import Lines, PlaceCursor
from kg.files.text_files import decode_text
from kg.importers.claimreview.reviews import (
    MENTIONED,
    FactCheck,
    FoundReview,
    JsonLdRoot,
    find_reviews,
    read_review,
)
from kg.importers.core.article_fields import UnusedFields
from kg.importers.core.documents import AnnotatedText, Item, LabelledSpan, MarkIds, Skipped
from kg.importers.core.mapping import Mapping
from kg.importers.core.source_files import SourceFile, format_error, skipped_findings, source_files
from kg.text.spans import Span

DESCRIPTION = "ClaimReview: JSON-LD in .html, .json, .jsonld and .jsonl, a file, a folder or a zip of them"
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_NO_CONTROLS = bytes(max(byte, 0x20) for byte in range(256))
_NO_REVIEW = "there must be a ClaimReview, and there is none: is this another format, or another page?"
_MOST = 1000
"""How many reviews of one page or claim are kept in memory."""
_BETWEEN = "\n\n"
_LABEL = "Claim"
_NO_FIELD = "a claim and its reviews have no field for it"
_LONGEST = 100


def read(source: Path, mapping: Mapping, texts: Path | None) -> Iterator[Item]:  # noqa: ARG001, every importer's
    """Yield a document for each page with reviews, and the records left out.

    Raises `CorpusError` if there is no review at all, or the only file is broken; `FileError` if something cannot
    be read.
    """
    is_empty = True
    for file in source_files(source, *PAGES, *FEEDS):
        if isinstance(file, Skipped):
            yield file
            continue
        reader = _FileReader(file)
        yield from _documents(reader.reviews())
        if reader.error and file.is_alone:
            raise reader.error
        yield from reader.skipped()
        is_empty = is_empty and not reader.has_reviews
    if is_empty:
        raise format_error(_NO_REVIEW, "no-review", str(source))


class _FileReader:
    """Reads one file; `error` is why it was not read to its end."""

    def __init__(self, file: SourceFile) -> None:
        self._file = file
        self.has_reviews = False
        self.error: CorpusError | None = None
        self._unreadable: list[Skipped] = []

    def reviews(self) -> Iterator[FactCheck]:
        """Yield each review."""
        try:
            if is_page(self._file):
                page = read_page(self._file.read(), self._file.path)
                for script in page.scripts:
                    yield from self._reviews(script.raw, script.at, page.canonical)
            else:
                for raw, at in json_values(self._file.pieces(), self._file.path):
                    yield from self._reviews(raw, at, "")
        except CorpusError as error:
            self.error = error

    def skipped(self) -> Iterator[Skipped]:
        """Yield the unreadable parts of the file, or a note that it has no reviews."""
        file = self._file.path
        yield from self._unreadable
        if self.error:
            yield from skipped_findings(self.error, file)
        elif not self.has_reviews:
            yield Skipped("article", file, "there is no ClaimReview in it", Place(file, 0, 0))

    def _reviews(self, raw: bytes, at: Place, canonical: str) -> Iterator[FactCheck]:
        if not MENTIONED.search(raw):
            return
        found: list[FoundReview] = []
        try:
            whole = _lenient_value(raw, at)
            found.extend(find_reviews(whole, JsonLdRoot(whole)))
        except JsonError as error:
            self.has_reviews = True
            why = f"it cannot be read as JSON: {error}"
            self._unreadable.append(Skipped("article", f"{at.file}:{at.line}", why, at))
        for each in found:
            self.has_reviews = True
            yield read_review(each, canonical)


def _lenient_value(raw: bytes, at: Place) -> JsonValue:
    """Return a value. Texts in it may contain line ends, which JSON forbids and search engines accept."""
    try:
        return parse_json(raw, at)
    except JsonError:
        return parse_json(_STRING.sub(lambda text: text[0].translate(_NO_CONTROLS), raw), at)


def _documents(reviews: Iterable[FactCheck]) -> Iterator[Item]:
    """Yield a document for consecutive reviews of one page or of one claim.

    Unused properties are reported once, with how often they occurred.
    """
    group: list[FactCheck] = []
    unused = UnusedFields(_NO_FIELD)
    for review in reviews:
        yield from review.skipped
        yield from unused.add((name[:_LONGEST] for name in review.unused), review.at)
        if not review.words:
            why = "it does not say what the claim is"
            yield Skipped("span", review.page or "ClaimReview", why, review.at, label=_LABEL)
            continue
        if group and (not _belongs_to(group, review) or len(group) >= _MOST):
            yield _document(group)
            group = []
        group.append(review)
    if group:
        yield _document(group)
    yield from unused.totals()


def _belongs_to(group: list[FactCheck], review: FactCheck) -> bool:
    """Tell whether a review is of the same page or claim as the previous ones."""
    if review.at.file != group[0].at.file:
        return False
    same_page = bool(review.page) and review.page == group[0].page
    return same_page or (bool(review.claim) and review.claim == group[-1].claim)


def _document(group: list[FactCheck]) -> AnnotatedText:
    """Return a page as a document. Only the claims of its text are known: each is a paragraph."""
    marks: list[LabelledSpan] = []
    paragraphs: list[str] = []
    start = 0
    ids = MarkIds()
    for reviews in _by_claim(group):
        first, words = reviews[0], reviews[0].words
        id = first.claim or f"{first.page or PurePath(first.at.file).name}#{len(marks) + 1}"
        marks.append(_mark(reviews, ids.new(id), Span(start, start + len(words))))
        paragraphs.append(words)
        start += len(words) + len(_BETWEEN)
    first = group[0]
    return AnnotatedText(
        id=_id(first.page, first.at),
        text=_BETWEEN.join(paragraphs),
        at=first.at,
        marks=tuple(marks),
        article=first.article,
        publisher=next((review.publisher for review in group if review.publisher), None),
        authors=tuple(dict.fromkeys(name for review in group for name in review.authors)),
    )


def _by_claim(group: list[FactCheck]) -> list[list[FactCheck]]:
    """Group the reviews by claim: by its address and its words."""
    found: dict[tuple[str, str], list[FactCheck]] = {}
    for number, review in enumerate(group):
        found.setdefault((review.claim or f" {number}", review.words), []).append(review)
    return list(found.values())


def _mark(reviews: list[FactCheck], id: str, words: Span) -> LabelledSpan:
    first = reviews[0]
    numbered = list(enumerate(reviews, start=1))
    return LabelledSpan(
        id=id,
        label=_LABEL,
        parts=(words,),
        at=first.at,
        text=first.words,
        attributes={
            # In the reviewer's words, which are the claim in full: even a quotation may not be verbatim.
            "form": ("indirect",),
            "gist": (first.words,),
            **first.of_claim,
            **{
                f"review.{n}.{part}": (value,) for n, review in numbered for part, value in review.of_review.items()
            },
        },
        names={
            "speaker": first.speakers,
            **{f"review.{n}.by": (review.by,) for n, review in numbered if review.by},
        },
    )


def _id(page: str, at: Place) -> str:
    """Return the id of an article: its address, else its file and line."""
    short = re.sub(r"^https?://(?:www\.)?", "", page).strip("/")
    if short:
        return short
    name = PurePath(at.file).name.split(".")[0] or "review"
    return f"{name}-{at.line}" if at.line > 1 else name


PAGES = (".html", ".htm", ".xhtml")
FEEDS = (".json", ".jsonld", ".jsonl", ".ndjson")
_COMPRESSED = (".gz", ".zst", ".bz2")
# The lists of a feed and of a search's answer. Not `@graph`: its objects refer to one another.
_LONG = (b'"dataFeedElement"', b'"claims"', b'"itemListElement"')
_LONGEST_GAP = 10_000
_NEXT = re.compile(r"<(?:(?P<comment>!--)|(?P<script>script)(?=[\s/>])|link(?=[\s/>]))", re.IGNORECASE)
_TAG = re.compile(r"(?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+>")
_END = re.compile(r"</script(?=[\s/>])", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([^\s=>\"'/]++)\s*+(?:=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s>\"']++)))?")
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_HEAD = 4096
# The encodings that browsers support, which excludes Python's codecs that do more than decode text.
_CHARSETS = frozenset(
    (
        *(f"iso8859-{part}" for part in (1, 2, 7, 9, 15)),
        *(f"cp{page}" for page in range(1250, 1258)),
        *("koi8-r", "koi8-u", "shift_jis", "euc_jp", "gb2312", "gbk", "gb18030", "big5", "euc_kr"),
    )
)
_AS_BROWSERS_DO = {"iso8859-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}
_OPENINGS = ("<!--", "<![CDATA[", "//", "/*", "*/")
_CLOSINGS = ("-->", "]]>", "//", "/*", "*/", ";")


class EmbeddedJson(NamedTuple):
    """The JSON in a script of a page, and where it begins."""

    raw: bytes
    at: Place


class ReviewPage(NamedTuple):
    """A page: its JSON-LD scripts, and its own canonical address."""

    scripts: list[EmbeddedJson]
    canonical: str


def is_page(file: SourceFile) -> bool:
    """Tell whether a file is a page, not JSON: by its name or, if the user named it, by its first character."""
    name = file.name.casefold()
    if not file.is_alone:
        return name.endswith(PAGES)
    for suffix in _COMPRESSED:
        name = name.removesuffix(suffix)
    return name.endswith(PAGES) or (not name.endswith(FEEDS) and _begins_as_page(file))


def _begins_as_page(file: SourceFile) -> bool:
    return next(file.pieces(), b"").lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def read_page(raw: bytes, file: str) -> ReviewPage:
    """Return the scripts of a page. Raises `CorpusError` if its bytes do not fit the character set it names."""
    text = _decoded(raw, file)
    lines = Lines(file, text)
    scripts: list[EmbeddedJson] = []
    canonical, at = "", 0
    while found := _NEXT.search(text, at):
        if found["comment"]:
            at = text.find("-->", found.end())
            if at < 0:
                break
            continue
        tag = _TAG.match(text, found.end())
        if tag is None:
            break
        attributes, at = _attributes(tag[0]), tag.end()
        if found["script"]:
            end = _END.search(text, at)
            stop = end.start() if end else len(text)
            if _is_json_ld(attributes.get("type", "")):
                start, close = _bare(text, at, stop)
                scripts.append(EmbeddedJson(text[start:close].encode("utf-8", "replace"), lines.place(start)))
            at = stop
        elif attributes.get("rel", "").casefold() == "canonical":
            canonical = canonical or attributes.get("href", "").strip()
    return ReviewPage(scripts, canonical)


def _is_json_ld(type: str) -> bool:
    return type.partition(";")[0].strip().casefold() == "application/ld+json"


def _attributes(tag: str) -> dict[str, str]:
    return {
        name.casefold(): double or single or bare
        for name, double, single, bare in reversed(_ATTRIBUTE.findall(tag[:_HEAD]))
    }


def _bare(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where JSON begins and ends in a script, without the comment signs that hid it from old browsers."""
    before = -1
    while before != start:
        before = start
        while start < end and text[start].isspace():
            start += 1
        start += next((len(sign) for sign in _OPENINGS if text.startswith(sign, start, end)), 0)
    before = -1
    while before != end:
        before = end
        while end > start and text[end - 1].isspace():
            end -= 1
        end -= next((len(sign) for sign in _CLOSINGS if text.endswith(sign, start, end)), 0)
    return start, end


def _decoded(raw: bytes, file: str) -> str:
    """Return the page as text: as UTF-8 if it is valid, else in the character set that it names."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        named = _CHARSET.search(raw[:_HEAD])
    try:
        name = codecs.lookup(named[1].decode()).name if named else ""
        if name in _CHARSETS:
            return raw.decode(_AS_BROWSERS_DO.get(name, name))
    except (LookupError, UnicodeDecodeError):
        pass
    return decode_text(raw, file)


def json_values(pieces: Iterator[bytes], file: str) -> Iterator[tuple[bytes, Place]]:
    """Yield the values of JSON or JSON Lines with their places; the elements of a long list one by one.

    Raises `CorpusError` if the file is not JSON, or ends too early.
    """
    stream = JsonStream(pieces, file)
    opening = stream.begin()
    while opening:
        if opening == b"[":
            for _ in stream.elements():
                yield stream.take()
        elif opening == b"{":
            yield from _object(stream)
        else:
            raise stream.broken("an array or an object of JSON")
        opening = stream.next()


def _object(stream: JsonStream) -> Iterator[tuple[bytes, Place]]:
    """Yield the elements of an object's long lists, then the object without them, each value at its place."""
    place = stream.cursor.place
    rest: list[bytes] = []
    cursor = PlaceCursor(place)
    for key in stream.members():
        sign, at = stream.next(), stream.cursor.place
        if key in _LONG and sign == b"[":
            for _ in stream.elements():
                yield stream.take()
            raw = b"[]"
        else:
            raw, _ = stream.take()
        start = (b"," if rest else b"{") + key + b":"
        cursor.advance(start)
        raw = _gap(cursor.place, at) + raw
        cursor.advance(raw)
        rest.append(start + raw)
    yield b"".join(rest or [b"{"]) + b"}", place


def _gap(start: Place, end: Place) -> bytes:
    """Return the white space from one place to another; a single blank if it is as long as a feed."""
    down = end.line - start.line
    aside = end.column - (1 if down else start.column)
    return b"\n" * down + b" " * aside if down + aside <= _LONGEST_GAP else b" "
