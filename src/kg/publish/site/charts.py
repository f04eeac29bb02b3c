"""Numbers for drawings: bars of months, timelines, and arcs between speakers. Templates make SVG of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from kg.dates.edtf import is_day
from kg.publish.site.claims import ClaimLine
from kg.publish.site.dataset import Response, responses_of
from kg.publish.site.entities import first_claims
from kg.publish.site.store_reader import LocalisedReader, PageLink, ResourceReader
from kg.rdf.terms import Iri, local_name
from kg.rdf.vocab import KG, RELATIONS

WIDTH = 720
_MOST_BARS = 60
_MOST_MARKS = 60
_MOST_ROWS = 16
_ROW = 34
_LABELS = 250
_WEEKS = 70
_MOST_TICKS = 12
_RELATIONS = tuple(KG[name] for name in RELATIONS)


class Bar(NamedTuple):
    """A bar: left edge, top edge, width, height, label, number of claims."""

    x: float
    y: float
    width: float
    height: float
    label: str
    claims: int


class TimelineMark(NamedTuple):
    """A claim on a timeline: a line between its bounds, and a dot at the most probable day (-1: none)."""

    x1: float
    x2: float
    y: int
    dot: float
    claim: ClaimLine


class Tick(NamedTuple):
    """A year, month or week below a timeline."""

    x: float
    label: str


class Timeline(NamedTuple):
    """Claims on a timeline; left out are `hidden` earlier claims, and `undated` ones whose days are not known."""

    height: int
    marks: tuple[TimelineMark, ...]
    ticks: tuple[Tick, ...]
    hidden: int
    undated: int


class Arc(NamedTuple):
    """An arc from one row to another: SVG paths of line and arrow head, width, kind, label, paths of both pages."""

    path: str
    head: str
    width: float
    kind: str
    label: str
    between: tuple[str, str]


class ArcDiagram(NamedTuple):
    """Speakers in rows (with their heights), with arcs between them."""

    height: int
    rows: tuple[tuple[PageLink, int], ...]
    arcs: tuple[Arc, ...]


def bars(counts: Mapping[str, int], height: int = 120) -> tuple[Bar, ...]:
    """Return a bar for each month from the first to the last, or for each year if there are many months."""
    known = {month: count for month, count in counts.items() if month}
    if not known:
        return ()
    steps = _months(min(known), max(known))
    if len(steps) > _MOST_BARS:
        by_year: dict[str, int] = {}
        for month, count in sorted(known.items()):
            by_year[month[:4]] = by_year.get(month[:4], 0) + count
        known = by_year
        steps = [f"{year:04}" for year in range(int(min(known)), int(max(known)) + 1)][-_MOST_BARS:]
    step = WIDTH / max(len(steps), 12)
    most = max(known.values())
    return tuple(
        Bar(
            round(number * step + step * 0.1, 1),
            round(height - height * known.get(each, 0) / most, 1),
            round(step * 0.8, 1),
            round(height * known.get(each, 0) / most, 1),
            each,
            known.get(each, 0),
        )
        for number, each in enumerate(steps)
    )


def timeline(claims: Iterable[ClaimLine]) -> Timeline | None:
    """Return a timeline, overlapping claims below each other; None for fewer than two claims."""
    known = list(claims)
    dated = [claim for claim in known if claim.when.first and claim.when.last]
    drawn = sorted(dated, key=lambda claim: (claim.when.probable or claim.when.first, claim.when.last))[
        -_MOST_MARKS:
    ]
    if len(drawn) < 2:
        return None
    first = min(_number(claim.when.first) for claim in drawn)
    last = max(_number(claim.when.last) for claim in drawn)
    scale = (WIDTH - 20) / max(last - first, 1)
    marks: list[TimelineMark] = []
    rows: list[float] = []
    for claim in drawn:
        x1, x2 = ((_number(each) - first) * scale + 10 for each in (claim.when.first, claim.when.last))
        row = next((number for number, taken in enumerate(rows) if taken < x1 - 4), len(rows))
        rows[row : row + 1] = [max(x2, x1 + 8)]
        dot = claim.when.probable if is_day(claim.when.probable) else ""
        at = round((_number(dot) - first) * scale + 10, 1) if dot else -1
        marks.append(TimelineMark(round(x1, 1), round(max(x2, x1 + 2), 1), 12 + 14 * row, at, claim))
    ticks = tuple(
        Tick(round((_number(day) - first) * scale + 10, 1), _tick_label(day, last - first))
        for day in _ticks(date.fromordinal(first), date.fromordinal(last))
    )
    height, hidden = 12 + 14 * len(rows) + 26, len(dated) - len(drawn)
    return Timeline(height, tuple(marks), ticks, hidden, undated=len(known) - len(dated))


def arc_diagram(exchanges: Iterable[SpeakerExchange]) -> ArcDiagram:
    """Return exchanges as arcs between the busiest speakers."""
    known = list(exchanges)
    weight: Counter[PageLink] = Counter()
    for each in known:
        for who in {each.speaker, each.other}:
            weight[who] += each.times
    busiest = sorted(weight, key=lambda who: (-weight[who], who.name, who.path))[:_MOST_ROWS]
    rows = {who: _ROW // 2 + _ROW * number for number, who in enumerate(busiest)}
    most = max((each.times for each in known), default=1)
    drawn = []
    pairs: Counter[frozenset[PageLink]] = Counter()
    for each in known:
        if each.speaker in rows and each.other in rows:
            pair = frozenset((each.speaker, each.other))
            width = 2 + 4 * (each.times - 1) / max(most - 1, 1)
            ends = rows[each.speaker], rows[each.other]
            drawn.append(_arc(ends, pairs[pair], width, each))
            pairs[pair] += 1
    return ArcDiagram(_ROW * len(rows), tuple(rows.items()), tuple(drawn))


def _arc(ends: tuple[int, int], nth: int, width: float, exchange: SpeakerExchange) -> Arc:
    """Return the `nth` arc between two rows; each runs outside the previous one."""
    start, end = ends
    reach = _LABELS + min(40 + abs(end - start) * 0.72, 560) + 22 * nth
    # Arcs from above arrive a little above the middle of the row, those from below a little below it.
    arrival = end - 5 if end > start else end + 5
    path = f"M{_LABELS} {start} C{reach:.0f} {start} {reach:.0f} {arrival} {_LABELS + 9} {arrival}"
    head = f"M{_LABELS + 2} {arrival} l9 -4.5 l0 9 z"
    return Arc(path, head, round(width, 1), exchange.kind, exchange.label, exchange.between)


def _number(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def _months(first: str, last: str) -> list[str]:
    year, month = int(first[:4]), int(first[5:])
    found = []
    while (label := f"{year:04}-{month:02}") <= last:
        found.append(label)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return found


def _ticks(first: date, last: date) -> list[str]:
    """Return the labelled days below a timeline, at most a dozen: of weeks, months or years."""
    if (last - first).days <= _WEEKS:
        return [date.fromordinal(day).isoformat() for day in range(first.toordinal(), last.toordinal(), 7)]
    months = [f"{month}-01" for month in _months(first.isoformat()[:7], last.isoformat()[:7])]
    inside = [day for day in months if first.isoformat() <= day <= last.isoformat()]
    if len(inside) > _MOST_TICKS:
        inside = [day for day in inside if day.endswith("-01-01")]
    return inside[:: len(inside) // _MOST_TICKS + 1]


def _tick_label(day: str, days: int) -> str:
    return day if days <= _WEEKS else day[:4] if day.endswith("-01-01") else day[:7]


# Acts about a person. They count only if addressed to the other speaker: an answer to one may praise another.
_OF_A_PERSON = {"criticises": "criticism", "accuses": "criticism", "praises": "praise"}
_BY_RELATION = {
    "repeats": "repeats",
    "supports": "for",
    "contradicts": "against",
    "retracts": "against",
    "reports": "other",
    "qualifies": "other",
}


class SpeakerExchange(NamedTuple):
    """One speaker's responses of one kind to another speaker, and how many there are.

    `kind` is `against` or `for` what the other claimed, `criticism` or `praise` of the other, `answers` (no side is
    annotated), `repeats` or `other`; `label` says it in words.
    """

    speaker: PageLink
    label: str
    other: PageLink
    times: int
    kind: str

    @property
    def between(self) -> tuple[str, str]:
        """The paths of the pages of both."""
        return self.speaker.path, self.other.path


def exchanges(reader: LocalisedReader, responses: Counter[Response]) -> list[SpeakerExchange]:
    """Return exchanges between different speakers, the most frequent first."""
    counted: Counter[tuple[PageLink, str, PageLink, str]] = Counter()
    for response, count in responses.items():
        speaker, other = reader.link(response.speaker), reader.link(response.other)
        if response.speaker != response.other:
            label = reader.say(f"exchange-{_wording(response)}", act=reader.label(response.act))
            counted[speaker, label, other, _kind(response)] += count
    found = [
        SpeakerExchange(speaker, label, other, count, kind)
        for (speaker, label, other, kind), count in counted.items()
    ]
    return sorted(found, key=lambda each: (-each.times, each.speaker.name, each.other.name, each))


def exchanges_around(reader: LocalisedReader, entity: Iri) -> list[SpeakerExchange]:
    """Return the exchanges in which the first claims on the page of an entity take part, on either side."""
    return exchanges(reader, reader.quads.view(_responses_around, entity))


def _responses_around(quads: ResourceReader, entity: Iri) -> Counter[Response]:
    ours = first_claims(quads, entity)
    theirs = {other for claim in ours for term in _RELATIONS for other in quads.subjects(term, claim)}
    back = responses_of(quads, theirs.difference(ours), only=set(ours))
    return responses_of(quads, ours) + back


def _kind(response: Response) -> str:
    """Return the kind of a response: what an annotator said of the two claims, or of the two speakers."""
    if response.relation != "answers":
        return _BY_RELATION[response.relation]
    return _OF_A_PERSON.get(local_name(response.act), "answers") if response.is_addressed else "answers"


def _wording(response: Response) -> str:
    """Return the end of the key of a response's label."""
    if response.relation != "answers" or not response.act:
        return response.relation
    is_of_another = local_name(response.act) in _OF_A_PERSON and not response.is_addressed
    return "answers-with-act-of-another" if is_of_another else "answers-with-act"
