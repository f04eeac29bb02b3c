"""Turns a document of another tool into an article with its claims.

Records that do not fit into a claims file are reported as skipped; records that are kept but need a check are
flagged.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from kg.annotations.classes import AnnotationEntry, ArticleEntry, ClaimEntry, ClaimsFile, Words
from kg.corpus.decoding import TAKEN, is_moment
from kg.corpus.reader import split_header
from kg.errors import Place
from kg.files.text_files import UNSAFE
from kg.importers.core.claim_fields import (
    ArticleSpeakers,
    ClaimFields,
    day,
    read_fields,
    why_not_edtf,
    with_reviews,
)
from kg.importers.core.claim_grouping import (
    UNMAPPED,
    ClaimGroup,
    ClaimGroups,
    group_claims,
    summarize_skipped,
    unused_spans,
)
from kg.importers.core.documents import AnnotatedText, LabelledSpan, Name, Skipped, SpanLink
from kg.importers.core.mapping import Mapping as LabelMapping
from kg.importers.core.mapping import Relation, key
from kg.importers.core.names import UNDECIDED, NameRegister, clean, slug
from kg.meaning.reporter import one_or_all
from kg.text.anchors import AnchorError, find
from kg.text.spans import CollapsedText, Span, collapse_whitespace

_RETURN = re.compile("\r\n?")
UNKNOWN_DATE = "XXXX"
"""EDTF for an unknown year: an article must have a date, and none is invented."""


class ImportedArticle(Struct, frozen=True):
    """An article: its id, its text with the header, its claims file.

    `at` is the place of its document, `origins` the place of each claim, `marks` the ids of each claim's spans, the
    words first.
    """

    id: str
    text: str
    file: ClaimsFile
    at: Place
    origins: dict[str, Place]
    marks: dict[str, tuple[str, ...]]


class ImportResult(NamedTuple):
    """The article of a document, not yet checked.

    `found` counts all claims of the document, also those that could not be made. `skipped` was left out; `flagged`
    was kept, but somebody must check it.
    """

    article: ImportedArticle
    found: int
    skipped: list[Skipped]
    flagged: list[Skipped]


class ImportContext(NamedTuple):
    """One document, and the settings for making its claims."""

    document: AnnotatedText
    mapping: LabelMapping
    names: NameRegister
    text: ImportedText
    collapsed: CollapsedText
    speakers: ArticleSpeakers
    skipped: list[Skipped]
    flagged: list[Skipped]


def import_article(document: AnnotatedText, mapping: LabelMapping, names: NameRegister) -> ImportResult:
    """Return the article of a document, under the document's id, with the claims made from its spans."""
    text = read_imported_text(document.text)
    skipped: list[Skipped] = []
    flagged: list[Skipped] = []
    collapsed = collapse_whitespace(text.text)
    context = ImportContext(
        document, mapping, names, text, collapsed, ArticleSpeakers(names, collapsed, flagged), skipped, flagged
    )
    sound = replace(document, marks=tuple(_usable_spans(context)))
    groups = group_claims(sound, mapping)
    claims, grouped = _claims(groups, context)
    skipped += unused_spans(document, groups, {mark.id for group in grouped.values() for mark in group.marks})
    if text.replaced:
        why = "a control character of the text became a space"
        flagged.append(Skipped("note", document.id, why, document.at, text.replaced))
    file = ClaimsFile(
        article=read_article(document, text.header, names, skipped, flagged),
        annotation=read_annotation(document, names, skipped),
        sources=context.speakers.sources,
        claims=_related(claims, grouped, groups, context),
    )
    origins = {id: group.words.at for id, group in grouped.items()}
    marks = {id: tuple(mark.id for mark in group.marks) for id, group in grouped.items()}
    whole = f"date {text.header} {text.text}" if text.header else text.text
    article = ImportedArticle(document.id, whole, file, document.at, origins, marks)
    return ImportResult(article, len(groups.claims), list(summarize_skipped(skipped)), flagged)


class ImportedText(NamedTuple):
    """An article's text in a corpus. From offset `begins[i]` of the tool's text, it is `lost[i]` shorter.

    `header` is the date at its beginning, `replaced` how many control characters became spaces.
    """

    text: str
    header: str
    begins: tuple[int, ...]
    lost: tuple[int, ...]
    replaced: int

    def locate(self, part: Span) -> Span | None:
        """Return the offsets of a part of the tool's text, without white space at its ends; None if it is gone."""
        start, end = (self._offset(offset) for offset in part)
        words = self.text[max(start, 0) : max(end, 0)]
        blanks = len(words) - len(words.lstrip())
        start, end = max(start, 0) + blanks, max(start, 0) + len(words.rstrip())
        return Span(start, end) if part[0] < part[1] and start < end else None

    def _offset(self, offset: int) -> int:
        return offset - self.lost[bisect_right(self.begins, offset) - 1]


def read_imported_text(raw: str) -> ImportedText:
    """Convert a tool's text to an article's: line ends `\\n`, no control characters, the date separate."""
    lone = raw.lstrip("\ufeff")
    begins, lost = [0], [len(raw) - len(lone)]
    for each in _RETURN.finditer(raw):
        if each[0] == "\r\n":
            begins.append(each.end())
            lost.append(lost[-1] + 1)
    plain, replaced = UNSAFE.subn(" ", _RETURN.sub("\n", lone))
    header, text = split_header(plain)
    before = len(plain) - len(text)
    return ImportedText(text, header, tuple(begins), tuple(each + before for each in lost), replaced)


def read_article(
    document: AnnotatedText, header: str, names: NameRegister, skipped: list[Skipped], flagged: list[Skipped]
) -> ArticleEntry:
    """Return the article's metadata, with `UNKNOWN_DATE` if its date is unknown."""
    article, at = document.article, document.at
    published = day(article.published)
    if published and why_not_edtf(published):
        why = f"a date of publication must be EDTF, as 2020-02-21, not {published!r}"
        skipped.append(Skipped("attribute", "published", why, at))
        published = ""
    if not published and not header:
        why = f"its date of publication is unknown, so `published` is {UNKNOWN_DATE}: fill it in"
        flagged.append(Skipped("note", document.id, why, at))
        published = UNKNOWN_DATE
    publisher = [document.publisher] if document.publisher else []
    publishers, authors = (
        _entities(named, Skipped("attribute", field, UNDECIDED, at), names, skipped)
        for field, named in (("publisher", publisher), ("author", document.authors))
    )
    return ArticleEntry(
        headline=clean(article.headline),
        published=published,
        corrected=day(article.corrected),
        url=article.url.strip(),
        language=article.language.strip(),
        transcript=article.transcript,
        publisher="".join(publishers[:1]),
        author=authors,
    )


def read_annotation(document: AnnotatedText, names: NameRegister, skipped: list[Skipped]) -> AnnotationEntry:
    """Return who annotated, and when."""
    by = names.annotator(document.by) if document.by else ""
    on = document.on
    if on and not is_moment(on):
        on = day(on)
        if not is_moment(on):
            why = f"the day of an annotation must be YYYY-MM-DD, not {on!r}"
            skipped.append(Skipped("attribute", "annotated", why, document.at))
            on = ""
    return AnnotationEntry(by=by, on=on, status="done" if document.done else "draft")


def _entities(named: Sequence[Name], undecided: Skipped, names: NameRegister, skipped: list[Skipped]) -> list[str]:
    """Return the entities with these names; skip each undecided name, as `undecided` says."""
    ids, unknown = names.find(named, undecided.at)
    skipped += [replace(undecided, what=f"{undecided.what}: {each.name}") for each in unknown]
    return ids


def _usable_spans(context: ImportContext) -> Iterator[LabelledSpan]:
    """Yield the spans that can be used, and skip the others."""
    seen: set[str] = set()
    for mark in context.document.marks:
        if mark.id in seen:
            why = "another span of this document has the same id: give this one another id"
            context.skipped.append(Skipped("span", mark.id, why, mark.at))
        elif _has_its_words(mark, context):
            yield mark
        seen.add(mark.id)


def _has_its_words(mark: LabelledSpan, context: ImportContext) -> bool:
    """Tell whether the text has the words that the file gives for a span; skip the span if not."""
    words = " ".join(context.document.text[start:end] for start, end in mark.parts)
    if not mark.text or not mark.parts or "".join(words.split()) == "".join(mark.text.split()):
        return True
    why = f"the file says that {mark.text!r} is here, but the text has {words!r}: correct the offsets"
    context.skipped.append(Skipped("span", mark.id, why, mark.at))
    return False


def _claims(groups: ClaimGroups, context: ImportContext) -> tuple[dict[str, ClaimEntry], dict[str, ClaimGroup]]:
    """Return the claims by their new ids, and the spans of each."""
    claims: dict[str, ClaimEntry] = {}
    grouped: dict[str, ClaimGroup] = {}
    shared = _shared(groups)
    for group in groups.claims:
        words = _words(group.words, context)
        if words is None:
            why = "it has no words of the text: mark them again"
            context.skipped.append(Skipped("span", group.words.id, why, group.words.at))
            continue
        fields = read_fields(group, context.mapping, context.skipped)
        if fields.fault:
            context.skipped.append(Skipped("span", group.words.id, fields.fault, group.words.at))
            continue
        id = _id(fields.id, claims)
        grouped[id] = group
        claim = _claim(group, words, fields, shared, context)
        claims[id] = with_reviews(claim, group.words, context.names, context.skipped)
    return claims, grouped


def _shared(groups: ClaimGroups) -> frozenset[str]:
    """Return the ids of speakers' spans that belong to several claims."""
    counts: dict[str, int] = {}
    for group in groups.claims:
        for mark in group.speakers:
            counts[mark.id] = counts.get(mark.id, 0) + 1
    return frozenset(id for id, count in counts.items() if count > 1)


def _claim(
    group: ClaimGroup,
    words: list[Words | str] | Words | str,
    fields: ClaimFields,
    shared: frozenset[str],
    context: ImportContext,
) -> ClaimEntry:
    place = context.text.locate
    spans = [(mark, _slice(place(part), context)) for mark in group.speakers for part in mark.parts[:1]]
    for mark in (mark for mark in group.speakers if len(mark.parts) > 1):
        why = "only the first part of the speaker is kept: check that it names who spoke"
        context.flagged.append(Skipped("note", mark.id, why, mark.at))
    said = context.speakers.read(spans, fields, shared, group.words.at)
    cue = fields.cue or list(
        filter(None, (_slice(place(part), context) for mark in group.cues for part in mark.parts))
    )
    to, about = (
        _entities(names, Skipped("note", field, UNDECIDED, group.words.at), context.names, context.flagged)
        for names, field in ((fields.to, "to"), (fields.about, "about"))
    )
    return replace(
        fields.claim,
        speaker=said.speaker,
        speaker_words=said.words or fields.claim.speaker_words,
        words=words,
        cue=one_or_all(list(dict.fromkeys(cue))),
        to=one_or_all(list(dict.fromkeys(to))),
        about=one_or_all(list(dict.fromkeys(about))),
        note="; ".join(filter(None, (str(fields.claim.note), said.note))),
    )


def _slice(span: Span | None, context: ImportContext) -> str:
    return " ".join(context.text.text[span.start : span.end].split()) if span else ""


def _words(mark: LabelledSpan, context: ImportContext) -> list[Words | str] | Words | str | None:
    """Return a span's words as an annotator would write them; None without words."""
    spans: list[Span] = []
    for found in filter(None, map(context.text.locate, sorted(mark.parts))):
        last = spans.pop() if spans else found
        # Parts with only a line end or a comma between them are one.
        apart = context.text.text[last.end : found.start].replace(",", "").strip()
        spans += [last, found] if apart else [Span(last.start, max(last.end, found.end))]
    passages = [_passage(span, context) for span in spans]
    return one_or_all(passages) or None


def _passage(span: Span, context: ImportContext) -> Words | str:
    """Return the words of a span, with its start if they also occur elsewhere or cut a word."""
    words = _slice(span, context)
    try:
        if find(context.collapsed, words) == span:
            return words
    except AnchorError:
        pass
    return Words(words, start=span.start)


def _id(wanted: str, taken: Mapping[str, object]) -> str:
    """Return the claim's id in the file if it is valid here, else the next number: `c01`."""
    if wanted and (id := slug(wanted)) not in taken and id not in TAKEN:
        return id
    number = len(taken) + 1
    while (id := f"c{number:02}") in taken:
        number += 1
    return id


def _related(
    claims: Mapping[str, ClaimEntry], grouped: Mapping[str, ClaimGroup], groups: ClaimGroups, context: ImportContext
) -> dict[str, ClaimEntry]:
    """Return the claims with relations made from the links between their words."""
    ids = {group.words.id: id for id, group in grouped.items()}
    found: dict[str, dict[Relation, list[str]]] = {}
    for link in groups.relations:
        relation = context.mapping.relation_of_link.get(key(link.label))
        if relation is None or link.source not in ids or link.target not in ids:
            context.skipped.append(_unrelated(link, relation))
        elif ids[link.target] not in (targets := found.setdefault(ids[link.source], {}).setdefault(relation, [])):
            targets.append(ids[link.target])
    return {
        id: replace(claim, relations=replace(claim.relations, **{k: one_or_all(v) for k, v in found[id].items()}))
        if id in found
        else claim
        for id, claim in claims.items()
    }


def _unrelated(link: SpanLink, relation: Relation | None) -> Skipped:
    why = "one of its two claims was left out"
    if relation is None:
        why = f"{UNMAPPED}`relations` do not say what `{link.label}` means between two claims"
    return Skipped("link", f"{link.source} → {link.target}", why, link.at)
