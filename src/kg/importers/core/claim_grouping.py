"""Groups the spans of a document by claim, and explains why other spans and links belong to no claim.

The links of the document lead from a claim's words to its cues, its speakers, and records such as events. Words
that are linked to two cues or records with different speakers are said by each of them: they are two claims.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from typing import NamedTuple

from msgspec.structs import replace

from kg.importers.core.documents import AnnotatedText, LabelledSpan, Skipped, SpanLink
from kg.importers.core.mapping import Mapping as LabelMapping
from kg.importers.core.mapping import Part, key

UNMAPPED = "the mapping's "
"""The start of a reason that applies to every record with the same label or name."""
_AMBIGUOUS = "several people say the words that it is linked to, or these were left out: link it to a speaker"
_SHOWN = 3


class ClaimGroup(NamedTuple):
    """The spans of one claim: its words, its speakers, its cues, and records (as events) that connect these."""

    words: LabelledSpan
    speakers: tuple[LabelledSpan, ...]
    cues: tuple[LabelledSpan, ...]
    records: tuple[LabelledSpan, ...]

    @property
    def marks(self) -> tuple[LabelledSpan, ...]:
        """All spans, the words first."""
        return (self.words, *self.speakers, *self.cues, *self.records)


class ClaimGroups(NamedTuple):
    """The spans of a document, its claims, the links from one claim to another, and the part of each span by id.

    `refused` are the words that have a fault, from which no claim can be made, `linked_to_words` the other spans
    that are linked to words. A span's part is None if its label is not in the mapping.
    """

    marks: tuple[LabelledSpan, ...]
    claims: tuple[ClaimGroup, ...]
    refused: tuple[LabelledSpan, ...]
    relations: tuple[SpanLink, ...]
    parts: Mapping[str, Part | None]
    linked_to_words: Set[str]


class SpanPaths(NamedTuple):
    """The part of each span, and which spans can be reached from it.

    `onward` are the targets of its links. `near` are its neighbours: in both directions, but only the targets of a
    record. `words` are the claims' words that it is linked with: a speaker may have thousands.
    """

    parts: Mapping[str, Part | None]
    onward: dict[str, set[str]]
    near: dict[str, list[str]]
    words: dict[str, set[str]]

    def is_open(self, here: str, there: str, start: str) -> bool:
        """Tell whether a neighbour belongs to the claim whose words are `start`.

        A speaker of two claims has a cue or a record for each, which is reached from the words.
        """
        if self.parts[there] is None:
            return self.parts[here] != "speaker" and here in self.onward[there]
        if self.parts[here] != "speaker":
            return True
        return self.parts[there] == "cue" and (self.words[there] or self.words[here]) == {start}


def group_claims(document: AnnotatedText, mapping: LabelMapping) -> ClaimGroups:
    """Return the claims of a document, in its order."""
    marks = {mark.id: mark for mark in document.marks}
    links = [link for link in document.links if link.source in marks and link.target in marks]
    parts = _parts(document, links, mapping)
    paths = _paths(parts, links)
    words = [mark for mark in document.marks if parts[mark.id] == "words"]
    claims = [group for mark in words if not mark.fault for group in _groups(mark, marks, paths)]
    relations = [link for link in links if parts[link.source] == parts[link.target] == "words"]
    refused = tuple(mark for mark in words if mark.fault)
    linked = {id for id, words in paths.words.items() if words}
    return ClaimGroups(document.marks, tuple(claims), refused, tuple(relations), parts, linked)


def _parts(document: AnnotatedText, links: list[SpanLink], mapping: LabelMapping) -> dict[str, Part | None]:
    """Return the part of each span: by its own label, else by the label of a link to it."""
    parts = {mark.id: mapping.part_of_span.get(key(mark.label)) for mark in document.marks}
    for link in links:
        if parts[link.target] is None:
            parts[link.target] = mapping.part_of_link.get(key(link.label))
    return parts


def _paths(parts: Mapping[str, Part | None], links: list[SpanLink]) -> SpanPaths:
    paths = SpanPaths(parts, {id: set() for id in parts}, {id: [] for id in parts}, {id: set() for id in parts})
    onward = [(link.source, link.target) for link in links]
    for here, there in onward:
        paths.onward[here].add(there)
    for here, there in (*onward, *((there, here) for here, there in onward if parts[there] is not None)):
        if parts[there] not in ("words", "ignore"):
            paths.near[here].append(there)
    for here, there in (*onward, *((there, here) for here, there in onward)):
        if parts[there] == "words":
            paths.words[here].add(there)
    return paths


def _groups(words: LabelledSpan, marks: Mapping[str, LabelledSpan], paths: SpanPaths) -> Iterator[ClaimGroup]:
    """Yield the claim of these words; if several say them, a claim for each."""
    near = [id for id in paths.near[words.id] if paths.is_open(words.id, id, words.id)]
    by_speakers = _sayings(near, paths)
    if len(by_speakers) < 2:
        yield _group(words, near, frozenset(), marks, paths)
        return
    # A cue or record without a speaker does not say to which of the claims it belongs.
    sayings = {id for id in near if paths.parts[id] in ("cue", None)}
    others = [id for id in near if id not in sayings]
    for own in by_speakers.values():
        yield _group(words, [*own, *others], sayings, marks, paths)


def _sayings(near: Sequence[str], paths: SpanPaths) -> dict[frozenset[str], list[str]]:
    """Return the cues and records that words are linked to, by the speakers that these are linked to."""
    found: dict[frozenset[str], list[str]] = {}
    for id in near:
        if paths.parts[id] in ("cue", None):
            speakers = frozenset(there for there in paths.near[id] if paths.parts[there] == "speaker")
            if speakers:
                found.setdefault(speakers, []).append(id)
    return found


def _group(
    words: LabelledSpan,
    first: Sequence[str],
    closed: Set[str],
    marks: Mapping[str, LabelledSpan],
    paths: SpanPaths,
) -> ClaimGroup:
    """Return the claim of these words: its `first` spans, and those reached from these, but no `closed` one."""
    reached = [marks[id] for id in _reached(words.id, first, closed, paths)]

    def of(part: Part | None) -> tuple[LabelledSpan, ...]:
        return tuple(mark for mark in reached if paths.parts[mark.id] == part and not mark.fault)

    return ClaimGroup(words, of("speaker"), of("cue"), of(None))


def _reached(start: str, first: Sequence[str], closed: Set[str], paths: SpanPaths) -> Iterator[str]:
    """Yield the spans reached from a claim's words, without going through the words of another claim."""
    waiting = list(dict.fromkeys(first))
    seen = {start, *waiting}
    yield from waiting
    for here in waiting:
        for there in paths.near[here]:
            if there not in seen and there not in closed and paths.is_open(here, there, start):
                seen.add(there)
                waiting.append(there)
                yield there


def unused_spans(groups: ClaimGroups, used: Set[str]) -> Iterator[Skipped]:
    """Yield each span without a fault that is in none of the claims, whose spans are `used`."""
    lost = {mark.id for group in groups.claims for mark in group.marks}
    for mark in groups.marks:
        if mark.id not in used and not mark.fault:
            why = "the claim that it belongs to was left out" if mark.id in lost else _why_unused(mark, groups)
            yield Skipped("span", mark.id, why, mark.at)


def link_name(link: SpanLink) -> str:
    return f"{link.source} → {link.target}"


def why_unlinked(link: SpanLink, usable: Set[str], of_claims: Set[str]) -> str:
    """Return why a link is in no claim; `usable` are the spans without a fault, `of_claims` those of any claim."""
    if missing := [end for end in (link.source, link.target) if end not in usable]:
        return f"its end {missing[0]} is missing, or was left out"
    if {link.source, link.target} <= of_claims:
        return "the claim that it belongs to was left out, or its ends are of two claims"
    return f"{UNMAPPED}`spans` and `links` give `{link.label}` no part in a claim"


def _why_unused(mark: LabelledSpan, groups: ClaimGroups) -> str:
    """Return why a span is in no claim."""
    part = groups.parts[mark.id]
    if part == "ignore":
        return f"{UNMAPPED}`spans` leave `{mark.label}` out"
    if part is None:
        names = " or ".join(f"`{each}`" for each in (mark.label, *(mark.also if len(mark.also) == 1 else ())))
        return f"{UNMAPPED}`spans` do not say what {names} is"
    return _AMBIGUOUS if mark.id in groups.linked_to_words else "no link leads from it to the words of a claim"


def summarize_skipped(skipped: Iterable[Skipped]) -> Iterator[Skipped]:
    """Yield the records left out of an article; those with the same unknown label or name become one record.

    It has the place of the first, names the first few, and counts all: a project may have thousands.
    """
    groups: dict[tuple[str, str, str] | int, dict[Skipped | int, Skipped]] = {}
    for number, each in enumerate(skipped):
        # The attributes of a span of several claims are reported with each of them.
        groups.setdefault(_summary_key(each) or number, {})[each if each.kind == "attribute" else number] = each
    for several in groups.values():
        first = next(iter(several.values()))
        yield replace(first, what=_shown(several.values()), count=sum(each.count for each in several.values()))


def _summary_key(one: Skipped) -> tuple[str, str, str] | None:
    return (one.kind, one.why, _attribute_name(one)) if one.why.startswith(UNMAPPED) else None


def _attribute_name(one: Skipped) -> str:
    """Return `desk: ` for `desk: politics`."""
    name, colon, _ = one.what.partition(": ")
    return name + colon if one.kind == "attribute" else ""


def _shown(several: Collection[Skipped]) -> str:
    name = _attribute_name(next(iter(several)))
    values = list(dict.fromkeys(each.what.removeprefix(name) for each in several))
    return name + ", ".join([*values[:_SHOWN], "…"] if len(values) > _SHOWN else values)
