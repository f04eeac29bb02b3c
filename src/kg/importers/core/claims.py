"""Turns a document of another tool into an article with its claims.

Records that do not fit into a claims file are reported as skipped; records that are kept but need a check are
flagged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Literal, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from kg.annotations.classes import AnnotationEntry, ArticleEntry, ClaimEntry, ClaimsFile, Inferable, Words
from kg.corpus.decoding import TAKEN, is_moment
from kg.errors import Place
from kg.importers.core.claim_fields import (
    ArticleSpeakers,
    ClaimFields,
    CueReader,
    CueWords,
    PlainLanguages,
    SpeakerSpan,
    day,
    nearest,
    read_fields,
    why_not_edtf,
    with_reviews,
)
from kg.importers.core.claim_grouping import (
    UNMAPPED,
    ClaimGroup,
    ClaimGroups,
    group_claims,
    link_name,
    summarize_skipped,
    unused_spans,
    why_unlinked,
)
from kg.importers.core.documents import AnnotatedText, LabelledSpan, Name, Skipped, SpanLink
from kg.importers.core.mapping import Mapping as LabelMapping
from kg.importers.core.mapping import Relation, key
from kg.importers.core.names import UNDECIDED, NameRegister, clean, slug
from kg.importers.core.offsets import ImportedText, read_imported_text
from kg.meaning.article import MOST_SEARCHED
from kg.meaning.reporter import as_text, one_or_all
from kg.meaning.words import NEEDS_GIST
from kg.text.anchors import AnchorError, find
from kg.text.spans import CollapsedText, Span, collapse_whitespace

_DENIES = (
    "its cue says that somebody denies, rejects, excludes or retracts what the words say: write the claim in full "
    "as `gist`, and give its `act`"
)
UNKNOWN_DATE = "XXXX"
"""EDTF for an unknown year: an article must have a date, and none is invented."""


class ImportedLink(NamedTuple):
    """A link, and the claims that it connects the spans of; or the relation between two claims that it became."""

    name: str
    at: Place
    claims: tuple[str, ...]
    relation: Relation | Literal[""] = ""
    target: str = ""


class ImportedArticle(Struct, frozen=True):
    """An article: its id, its text with the header, its claims file.

    `at` is the place of its document, `origins` the place of each claim, `marks` the ids of each claim's spans, the
    words first. `links` are the links in these claims.
    """

    id: str
    text: str
    file: ClaimsFile
    at: Place
    origins: dict[str, Place]
    marks: dict[str, tuple[str, ...]]
    links: tuple[ImportedLink, ...] = ()


class ImportResult(NamedTuple):
    """The article of a document, not yet checked.

    `lost` are the claims of the document that could not be made, each with the reason. `skipped` was left out;
    `flagged` was kept, but somebody must check it.
    """

    article: ImportedArticle
    lost: list[Skipped]
    skipped: list[Skipped]
    flagged: list[Skipped]

    @property
    def found(self) -> int:
        """How many claims the document has."""
        return len(self.article.file.claims) + len(self.lost)


class ImportContext(NamedTuple):
    """One document, and the settings for making its claims.

    `languages` are those of texts for which the file gives none. `only_places` has words and where the text has
    them if that is only once.
    """

    document: AnnotatedText
    mapping: LabelMapping
    names: NameRegister
    text: ImportedText
    collapsed: CollapsedText
    speakers: ArticleSpeakers
    cues: CueReader
    languages: PlainLanguages
    only_places: dict[str, Span | None]
    skipped: list[Skipped]
    flagged: list[Skipped]


def import_article(
    document: AnnotatedText, mapping: LabelMapping, names: NameRegister, language: str = ""
) -> ImportResult:
    """Return the article of a document, under the document's id, with the claims made from its spans.

    `language` is that of articles without their own.
    """
    context = _context(document, mapping, names, language)
    text, skipped, flagged = context.text, context.skipped, context.flagged
    skipped.extend(each for person in document.people for each in names.describe(person, document.at))
    checked = replace(document, marks=tuple(_checked_spans(context)))
    lost = [each for each in skipped if mapping.is_words(each.label)]
    groups = group_claims(checked, mapping)
    lost += [Skipped("claim", mark.id, mark.fault, mark.at) for mark in groups.refused]
    made = _claims(groups, context)
    lost += made.lost
    links = list(_links(checked, groups, made.grouped, skipped))
    claims = _related(made, groups, links, context)
    if text.replaced:
        why = "a control character of the text became a space"
        flagged.append(Skipped("note", document.id, why, document.at, text.replaced))
    file = ClaimsFile(
        article=read_article(document, text, names, skipped, flagged),
        annotation=read_annotation(document, names, skipped),
        sources=context.speakers.sources,
        claims=claims,
    )
    article = _article(context, file, made.grouped, links)
    return ImportResult(article, lost, list(summarize_skipped(skipped)), flagged)


def _context(document: AnnotatedText, mapping: LabelMapping, names: NameRegister, language: str) -> ImportContext:
    text = read_imported_text(document.text)
    collapsed = collapse_whitespace(text.text)
    flagged: list[Skipped] = []
    speakers = ArticleSpeakers(names, collapsed, flagged)
    languages = PlainLanguages(document.article.language.strip() or language, language)
    cues = CueReader(text.text, languages.gist, mapping)
    return ImportContext(document, mapping, names, text, collapsed, speakers, cues, languages, {}, [], flagged)


def _article(
    context: ImportContext, file: ClaimsFile, grouped: Mapping[str, ClaimGroup], links: Sequence[ImportedLink]
) -> ImportedArticle:
    document, text = context.document, context.text
    origins = {id: group.words.at for id, group in grouped.items()}
    marks = {id: tuple(mark.id for mark in group.marks) for id, group in grouped.items()}
    whole = f"date {text.header} {text.text}" if text.header else text.text
    return ImportedArticle(document.id, whole, file, document.at, origins, marks, tuple(links))


def read_article(
    document: AnnotatedText, text: ImportedText, names: NameRegister, skipped: list[Skipped], flagged: list[Skipped]
) -> ArticleEntry:
    """Return the article's metadata, with `UNKNOWN_DATE` if its date is unknown."""
    article, at = document.article, document.at
    published = day(article.published)
    if published and why_not_edtf(published):
        why = f"a date of publication must be EDTF, as 2020-02-21, not {published!r}"
        skipped.append(Skipped("attribute", "published", why, at))
        published = ""
    if not published and not text.header:
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
        sha256=sha256(text.text.encode()).hexdigest(),
        transcript=article.transcript,
        publisher="".join(publishers[:1]),
        author=authors,
    )


def read_annotation(document: AnnotatedText, names: NameRegister, skipped: list[Skipped]) -> AnnotationEntry:
    """Return who annotated, and when."""
    by = names.annotator(document.by, document.by_type) if document.by else ""
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


def _checked_spans(context: ImportContext) -> Iterator[LabelledSpan]:
    """Yield the spans with their parts in text order; skip those that cannot be used, which have a fault.

    A span whose id another span has is left out.
    """
    seen: set[str] = set()
    for mark in context.document.marks:
        if mark.id in seen:
            why = "another span of this document has the same id: give this one another id"
            context.skipped.append(Skipped("span", mark.id, why, mark.at, label=mark.label))
        else:
            fault = mark.fault or _why_not_its_words(mark, context.document.text)
            if fault:
                context.skipped.append(Skipped("span", mark.id, fault, mark.at))
            yield replace(mark, parts=tuple(sorted(mark.parts)), fault=fault)
        seen.add(mark.id)


def _why_not_its_words(mark: LabelledSpan, text: str) -> str:
    """Return that the text has other words than the file gives for a span, `""` if it has these.

    The file may give the words of several parts in the order of the parts or in that of the text.
    """
    orders = [" ".join(text[start:end] for start, end in parts) for parts in (mark.parts, sorted(mark.parts))]
    words = orders[0]
    if not mark.text or not mark.parts or "".join(mark.text.split()) in ["".join(each.split()) for each in orders]:
        return ""
    return f"the file says that {mark.text!r} is here, but the text has {words!r}: correct the offsets"


class MadeClaims(NamedTuple):
    """The claims by their new ids, the spans of each, and those that could not be made, each with the reason."""

    claims: dict[str, ClaimEntry]
    grouped: dict[str, ClaimGroup]
    lost: list[Skipped]


def _claims(groups: ClaimGroups, context: ImportContext) -> MadeClaims:
    """Return the claims; skip words from which no claim can be made, and spans that belong to no claim."""
    made = MadeClaims({}, {}, [])
    shared = _shared(groups)
    lost: dict[str, Skipped] = {}
    for group in groups.claims:
        words = _words(group.words, context)
        fields = read_fields(group, context.mapping, context.languages, context.skipped) if words else None
        if words is None or fields is None or fields.fault:
            why = fields.fault if fields else "it has no words of the text: mark them again"
            lost[group.words.id] = Skipped("span", group.words.id, why, group.words.at)
            made.lost.append(lost[group.words.id])
            continue
        id = _id(fields.id, made.claims)
        made.grouped[id] = group
        claim = _claim(group, words, fields, shared, context)
        made.claims[id] = with_reviews(claim, group.words, context.names, context.skipped)
    used = {mark.id for group in made.grouped.values() for mark in group.marks}
    context.skipped.extend(replace(each, kind="claim") if id in used else each for id, each in lost.items())
    context.skipped.extend(unused_spans(groups, used | lost.keys()))
    return made


def _links(
    document: AnnotatedText, groups: ClaimGroups, grouped: Mapping[str, ClaimGroup], skipped: list[Skipped]
) -> Iterator[ImportedLink]:
    """Yield each link between two spans of a claim; skip the others, but for those between two claims' words."""
    claims: dict[str, dict[str, None]] = {mark.id: {} for mark in document.marks if not mark.fault}
    for id, group in grouped.items():
        for mark in group.marks:
            claims[mark.id][id] = None
    of_claims = {mark.id for group in groups.claims for mark in group.marks}
    for link in document.links:
        if groups.parts.get(link.source) == groups.parts.get(link.target) == "words":
            continue
        fewer, more = sorted((claims.get(end, {}) for end in (link.source, link.target)), key=len)
        if common := tuple(each for each in fewer if each in more):
            yield ImportedLink(link_name(link), link.at, common)
        else:
            why = why_unlinked(link, claims.keys(), of_claims)
            skipped.append(Skipped("link", link_name(link), why, link.at))


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
    spoken = context.speakers.read(_speaker_spans(group, fields, context), fields, shared, group.words.at)
    cues = _cues(group, fields, context)
    cue = [_passage(each.at, context) if each.at and group.cues else each.words for each in cues]
    to, about = (
        _entities(names, Skipped("note", field, UNDECIDED, group.words.at), context.names, context.flagged)
        for names, field in ((fields.to, "to"), (fields.about, "about"))
    )
    claim = replace(
        fields.claim,
        speaker=spoken.speaker,
        speaker_words=spoken.words or fields.claim.speaker_words,
        words=words,
        cue=one_or_all(list(dict.fromkeys(cue))),
        to=one_or_all(list(dict.fromkeys(to))),
        about=one_or_all(list(dict.fromkeys(about))),
        note=_with_note(fields.claim.note, spoken.note, context.languages.note),
    )
    return claim if fields.has_act else _with_act(claim, cues, group.words.at, context)


def _with_note(note: str | dict[str, str], more: str, language: str) -> str | dict[str, str]:
    """Return a claim's note with one more in a language: that of the corpus."""
    if isinstance(note, str):
        return "; ".join(filter(None, (note, more)))
    return {**note, language: "; ".join(filter(None, (note.get(language), more)))} if more else note


def _speaker_spans(group: ClaimGroup, fields: ClaimFields, context: ImportContext) -> list[SpeakerSpan]:
    """Return the spans of a claim's speakers with their words; report further parts and other words for them."""
    firsts = [(mark, context.text.locate(part)) for mark in group.speakers for part in mark.parts[:1]]
    spans = [(mark, _passage(span, context)) for mark, span in firsts if span]
    for mark in group.speakers:
        if len(mark.parts) > 1:
            why = "only the first part of the speaker is kept: check that it names who spoke"
            context.flagged.append(Skipped("note", mark.id, why, mark.at))
    given = as_text(fields.claim.speaker_words)
    if given and spans and given != as_text(spans[0][1]):
        why = "the speaker is marked in the text, and is called something else there"
        context.skipped.append(Skipped("attribute", f"speaker words: {given}", why, group.words.at))
    return spans


def _cues(group: ClaimGroup, fields: ClaimFields, context: ImportContext) -> list[CueWords]:
    """Return the cues that are marked in the text, else those in attributes, where the text has them nearest."""
    place = context.text.locate
    marked = [span for mark in group.cues for part in mark.parts if (span := place(part))]
    found = [CueWords(_slice(span, context), span) for span in marked]
    if not found:
        claimed = next(filter(None, map(place, group.words.parts)), Span(0, 0))
        return [CueWords(each, nearest(context.text.text, each, claimed)) for each in fields.cue]
    for other in set(fields.cue) - {each.words for each in found}:
        why = "the cue is marked in the text, and is another there"
        context.skipped.append(Skipped("attribute", f"cue: {other}", why, group.words.at))
    return found


def _with_act(claim: ClaimEntry, cues: list[CueWords], at: Place, context: ImportContext) -> ClaimEntry:
    """Return a claim with the act of its cues if the mapping asks for that; report a cue that needs a gist.

    An act whose words alone say the opposite of the claim is not added without a gist.
    """
    act = context.cues.act(cues)
    if not claim.gist and (act in NEEDS_GIST or context.cues.denies(cues)):
        context.flagged.append(Skipped("note", f"cue: {' … '.join(each.words for each in cues)}", _DENIES, at))
    if act is None or (act in NEEDS_GIST and not claim.gist):
        return claim
    return replace(claim, act=act, inferred=_with_inferred_act(claim.inferred))


def _with_inferred_act(inferred: Sequence[Inferable] | Inferable) -> list[Inferable] | Inferable:
    fields = [inferred] if isinstance(inferred, str) else [*inferred]
    return [*fields, "act"] if fields else "act"


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
    if words not in context.only_places and len(context.only_places) * len(context.text.text) < MOST_SEARCHED:
        try:
            context.only_places[words] = find(context.collapsed, words)
        except AnchorError:
            context.only_places[words] = None
    return words if context.only_places.get(words) == span else Words(words, start=span.start)


def _id(wanted: str, taken: Mapping[str, object]) -> str:
    """Return the claim's id in the file if it is valid here, else the next number: `c01`."""
    if wanted and (id := slug(wanted)) not in taken and id not in TAKEN:
        return id
    number = len(taken) + 1
    while (id := f"c{number:02}") in taken:
        number += 1
    return id


def _related(
    made: MadeClaims, groups: ClaimGroups, links: list[ImportedLink], context: ImportContext
) -> dict[str, ClaimEntry]:
    """Return the claims with relations made from the links between their words; add these to `links`."""
    ids: dict[str, list[str]] = {}
    for id, group in made.grouped.items():
        ids.setdefault(group.words.id, []).append(id)
    found: dict[str, dict[Relation, dict[str, None]]] = {}
    for link in groups.relations:
        relation = context.mapping.relation_of_link.get(key(link.label))
        ends = [ids.get(end, []) for end in (link.source, link.target)]
        if relation is None or [len(each) for each in ends] != [1, 1]:
            context.skipped.append(_unrelated(link, relation, are_there=all(ends)))
            continue
        (source,), (target,) = ends
        links.append(ImportedLink(link_name(link), link.at, (source,), relation, target))
        found.setdefault(source, {}).setdefault(relation, {})[target] = None
    return {
        id: replace(
            claim, relations=replace(claim.relations, **{k: one_or_all(list(v)) for k, v in found[id].items()})
        )
        if id in found
        else claim
        for id, claim in made.claims.items()
    }


def _unrelated(link: SpanLink, relation: Relation | None, *, are_there: bool) -> Skipped:
    why = "one of its two claims was left out"
    if relation is None:
        why = f"{UNMAPPED}`relations` do not say what `{link.label}` means between two claims"
    elif are_there:
        why = "several people say the words at one of its ends: mark these words once for each of them"
    return Skipped("link", link_name(link), why, link.at)
