"""Which spans belong to which claim: what is reached from a claim's words over the links of a document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from typing import NamedTuple

from msgspec.structs import replace

from kg.importers.core.documents import AnnotatedText, LabelledSpan, Skipped, SpanLink
from kg.importers.core.mapping import Mapping as Meanings
from kg.importers.core.mapping import Part, key


class ClaimGroup(NamedTuple):
    """A claim's own marks: its words, who says it, the cues, and records that only hold these together."""

    words: LabelledSpan
    speakers: tuple[LabelledSpan, ...]
    cues: tuple[LabelledSpan, ...]
    records: tuple[LabelledSpan, ...]

    @property
    def marks(self) -> tuple[LabelledSpan, ...]:
        """All of them, the words first."""
        return (self.words, *self.speakers, *self.cues, *self.records)


class SpanPaths(NamedTuple):
    """What each mark is, and where one may go from it.

    `onward` are the marks that its links lead to; `near` those that may be reached, of a record, as an event, only
    the ones that it points to; `words` the claims' words that it is linked with: a speaker may have thousands.
    """

    parts: Mapping[str, Part | None]
    onward: dict[str, set[str]]
    near: dict[str, list[str]]
    words: dict[str, set[str]]

    def is_open(self, here: str, there: str, start: str) -> bool:
        """Tell whether a neighbour belongs to the claim whose words are `start`.

        One who speaks twice says each with a cue or a record of its own, which is reached from the words.
        """
        if self.parts[there] is None:
            return self.parts[here] != "speaker" and here in self.onward[there]
        if self.parts[here] != "speaker":
            return True
        return self.parts[there] == "cue" and self.words[there] <= {start}


class ClaimGroups(NamedTuple):
    """The claims of a document, each link from one claim to another, and what each mark is, by its id.

    A mark without part is one whose label the mapping does not know.
    """

    claims: tuple[ClaimGroup, ...]
    relations: tuple[SpanLink, ...]
    parts: Mapping[str, Part | None]


def group_claims(document: AnnotatedText, meanings: Meanings) -> ClaimGroups:
    """Return the claims of a document, in its order."""
    marks = {mark.id: mark for mark in document.marks}
    links = [link for link in document.links if link.source in marks and link.target in marks]
    parts = _parts(document, links, meanings)
    ways = _ways(parts, links)
    claims = [_bond(mark, marks, ways) for mark in document.marks if parts[mark.id] == "words"]
    relations = [link for link in links if parts[link.source] == parts[link.target] == "words"]
    return ClaimGroups(tuple(claims), tuple(relations), parts)


def _parts(document: AnnotatedText, links: list[SpanLink], meanings: Meanings) -> dict[str, Part | None]:
    """Return what each mark is: by its own label, else by that of a link to it."""
    parts = {mark.id: meanings.part_of_span.get(key(mark.label)) for mark in document.marks}
    for link in links:
        if parts[link.target] is None:
            parts[link.target] = meanings.part_of_link.get(key(link.label))
    return parts


def _ways(parts: Mapping[str, Part | None], links: list[SpanLink]) -> SpanPaths:
    ways = SpanPaths(parts, {id: set() for id in parts}, {id: [] for id in parts}, {id: set() for id in parts})
    onward = [(link.source, link.target) for link in links]
    for here, there in onward:
        ways.onward[here].add(there)
    for here, there in (*onward, *((there, here) for here, there in onward if parts[there] is not None)):
        if parts[there] not in ("words", "ignore"):
            ways.near[here].append(there)
    for here, there in (*onward, *((there, here) for here, there in onward)):
        if parts[there] == "words":
            ways.words[here].add(there)
    return ways


def _bond(words: LabelledSpan, marks: Mapping[str, LabelledSpan], ways: SpanPaths) -> ClaimGroup:
    reached = [marks[id] for id in _reached(words.id, ways)]

    def of(part: Part | None) -> tuple[LabelledSpan, ...]:
        return tuple(mark for mark in reached if ways.parts[mark.id] == part)

    return ClaimGroup(words, of("speaker"), of("cue"), of(None))


def _reached(start: str, ways: SpanPaths) -> Iterator[str]:
    """Yield the marks reached from a claim's words: over cues and records, and from a speaker to cues of its own.

    Other claims' words end the way.
    """
    seen = {start}
    waiting = [start]
    for here in waiting:
        for there in ways.near[here]:
            if there not in seen and ways.is_open(here, there, start):
                seen.add(there)
                waiting.append(there)
                yield there


UNMAPPED = "the mapping's "
"""How a reason begins that is of a label or a name, and not of the one record that has it."""
_SHOWN = 3


def why_unused(mark: LabelledSpan, part: Part | None) -> str:
    """Return why a span is in no claim, which is to the mapping what `part` says (None: it does not know)."""
    if part == "ignore":
        return f"{UNMAPPED}`spans` leave `{mark.label}` out"
    if part is None:
        names = " or ".join(f"`{each}`" for each in (mark.label, *(mark.also if len(mark.also) == 1 else ())))
        return f"{UNMAPPED}`spans` do not say what {names} is"
    return "no link leads from it to the words of a claim"


def summarize_skipped(skipped: Iterable[Skipped]) -> Iterator[Skipped]:
    """Yield what was left out of an article, of records that are left out for their label or name the first.

    It has the place where the first stands, what the first few are, and how many there are.
    """
    alike: dict[tuple[str, str, str] | int, dict[Skipped, None]] = {}
    for number, each in enumerate(skipped):
        # A span that belongs to several claims is met with each of them, and its attributes with it.
        alike.setdefault(_group(each) or number, {})[each] = None
    for several in alike.values():
        first = next(iter(several))
        yield replace(first, what=_shown(several), count=sum(each.count for each in several))


def _group(one: Skipped) -> tuple[str, str, str] | None:
    return (one.kind, one.why, _name(one)) if one.why.startswith(UNMAPPED) else None


def _name(one: Skipped) -> str:
    """Return the name of an attribute, as `desk: ` of `desk: politics`."""
    name, colon, _ = one.what.partition(": ")
    return name + colon if one.kind == "attribute" else ""


def _shown(several: Iterable[Skipped]) -> str:
    name = _name(next(iter(several)))
    values = list(dict.fromkeys(each.what.removeprefix(name) for each in several))
    return name + ", ".join([*values[:_SHOWN], "…"] if len(values) > _SHOWN else values)


def unused_spans(document: AnnotatedText, bonds: ClaimGroups, used: Set[str]) -> Iterator[Skipped]:
    """Yield each mark that is not among the used and was not told before, and each link without one of its ends."""
    for mark in document.marks:
        part = bonds.parts.get(mark.id)
        if mark.id in used or mark.id not in bonds.parts or part == "words":
            continue
        yield Skipped("span", mark.id, why_unused(mark, part), mark.at)
    for link in document.links:
        if missing := [end for end in (link.source, link.target) if end not in bonds.parts]:
            why = f"its end {missing[0]} is not there, or was left out"
            yield Skipped("link", f"{link.source} → {link.target}", why, link.at)
