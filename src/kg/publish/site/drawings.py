"""Drawings as numbers: bars of months, a line of time, arcs between speakers. Templates make SVG of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from kg.publish.site.claims import ClaimLine

WIDTH = 720
_MOST_BARS = 60
_MOST_MARKS = 60
_MOST_ROWS = 16
_ROW = 34
_LABELS = 250
_WEEKS = 70
_MOST_TICKS = 12


class Bar(NamedTuple):
    """A bar: left edge, top edge, width, height, what it stands for, how many claims."""

    x: float
    y: float
    width: float
    height: float
    label: str
    claims: int


class Mark(NamedTuple):
    """A claim on the line of time: the line of its bounds, and the dot of the most probable day (-1: none)."""

    x1: float
    x2: float
    y: int
    dot: float
    claim: ClaimLine


class Tick(NamedTuple):
    """A year or month below the line of time."""

    x: float
    label: str


class Timeline(NamedTuple):
    """Claims on a line of time; `hidden` counts those that are not drawn."""

    height: int
    marks: tuple[Mark, ...]
    ticks: tuple[Tick, ...]
    hidden: int


class Arc(NamedTuple):
    """An arc from one row to another (`path` of SVG), how wide, what it says."""

    path: str
    head: str
    width: float
    kind: str
    label: str


class Arcs(NamedTuple):
    """Speakers in rows, with arcs between them."""

    height: int
    rows: tuple[tuple[str, int], ...]
    arcs: tuple[Arc, ...]


def bars(counts: Mapping[str, int], height: int = 120) -> tuple[Bar, ...]:
    """Return a bar for each month that has one, and for the empty months between; by years where they are many."""
    known = {month: count for month, count in counts.items() if month}
    if not known:
        return ()
    steps = _months(min(known), max(known))
    if len(steps) > _MOST_BARS:
        by_year: dict[str, int] = {}
        for month, count in sorted(known.items()):
            by_year[month[:4]] = by_year.get(month[:4], 0) + count
        known, steps = (
            by_year,
            [f"{year:04}" for year in range(int(min(by_year)), int(max(by_year)) + 1)][-_MOST_BARS:],
        )
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
    """Return claims on a line of time, those that lie on one another below each other; None for fewer than two."""
    dated = [claim for claim in claims if claim.when.first and claim.when.last]
    drawn = sorted(dated, key=lambda claim: (claim.when.dot or claim.when.first, claim.when.last))[-_MOST_MARKS:]
    if len(drawn) < 2:
        return None
    first = min(_number(claim.when.first) for claim in drawn)
    last = max(_number(claim.when.last) for claim in drawn)
    scale = (WIDTH - 20) / max(last - first, 1)
    marks: list[Mark] = []
    rows: list[float] = []
    for claim in drawn:
        x1, x2 = ((_number(each) - first) * scale + 10 for each in (claim.when.first, claim.when.last))
        row = next((number for number, taken in enumerate(rows) if taken < x1 - 4), len(rows))
        rows[row : row + 1] = [max(x2, x1 + 8)]
        dot = claim.when.dot if len(claim.when.dot) == 10 else ""
        at = round((_number(dot) - first) * scale + 10, 1) if dot else -1
        marks.append(Mark(round(x1, 1), round(max(x2, x1 + 2), 1), 12 + 14 * row, at, claim))
    ticks = tuple(
        Tick(round((_number(day) - first) * scale + 10, 1), _tick_label(day, last - first))
        for day in _ticks(date.fromordinal(first), date.fromordinal(last))
    )
    return Timeline(12 + 14 * len(rows) + 26, tuple(marks), ticks, len(dated) - len(drawn))


def arcs(exchanges: Iterable[tuple[str, str, str, str, int]]) -> Arcs:
    """Return arcs for exchanges, each a speaker, another, a kind, words for it, how often.

    Only the busiest speakers are drawn.
    """
    known = list(exchanges)
    weight: dict[str, int] = {}
    for speaker, other, _, _, count in known:
        for name in dict.fromkeys((speaker, other)):
            weight[name] = weight.get(name, 0) + count
    names = sorted(sorted(weight), key=lambda name: -weight[name])[:_MOST_ROWS]
    rows = {name: _ROW // 2 + _ROW * number for number, name in enumerate(names)}
    most = max((count for *_, count in known), default=1)
    drawn = []
    pairs: dict[frozenset[str], int] = {}
    for speaker, other, kind, label, count in known:
        if speaker in rows and other in rows and speaker != other:
            pair = frozenset((speaker, other))
            nth = pairs[pair] = pairs.get(pair, -1) + 1
            width = 2 + 4 * (count - 1) / max(most - 1, 1)
            drawn.append(_arc((rows[speaker], rows[other]), nth, width, kind, label))
    return Arcs(_ROW * len(rows), tuple(rows.items()), tuple(drawn))


def _arc(ends: tuple[int, int], nth: int, width: float, kind: str, label: str) -> Arc:
    """Return an arc; the second between the same two runs outside the first."""
    start, end = ends
    reach = _LABELS + min(40 + abs(end - start) * 0.72, 560) + 22 * nth
    # Arcs from above arrive a little above the middle of the row, those from below a little below it.
    arrival = end - 5 if end > start else end + 5
    path = f"M{_LABELS} {start} C{reach:.0f} {start} {reach:.0f} {arrival} {_LABELS + 9} {arrival}"
    head = f"M{_LABELS + 2} {arrival} l9 -4.5 l0 9 z"
    return Arc(path, head, round(width, 1), kind, label)


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
    """Return the days that are named below a line of time, not more than a dozen: of weeks, months or years."""
    if (last - first).days <= _WEEKS:
        return [date.fromordinal(day).isoformat() for day in range(first.toordinal(), last.toordinal(), 7)]
    months = [f"{month}-01" for month in _months(first.isoformat()[:7], last.isoformat()[:7])]
    inside = [day for day in months if first.isoformat() <= day <= last.isoformat()]
    if len(inside) > _MOST_TICKS:
        inside = [day for day in inside if day.endswith("-01-01")]
    return inside[:: len(inside) // _MOST_TICKS + 1]


def _tick_label(day: str, days: int) -> str:
    return day if days <= _WEEKS else day[:4] if day.endswith("-01-01") else day[:7]
