"""What changed in the data set in its last weeks, by the days in the annotations: nothing here reads a clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from kg.publish.site.claims import ClaimLine, WithdrawnView, claim_line, withdrawn
from kg.publish.site.dataset import DatasetView
from kg.publish.site.localisation import in_words
from kg.publish.site.store_reader import LocalisedReader, PageLink
from kg.rdf.terms import Iri

WINDOW = 28
"""How many days before the newest day are shown."""
_DAY = 10


class ChangedDay(NamedTuple):
    """What changed on a day.

    Claims that were added (the first, and how many in all), claims that were withdrawn and replaced or not, and
    articles that their paper corrected.
    """

    day: str
    added: tuple[ClaimLine, ...]
    total: int
    replaced: tuple[WithdrawnView, ...]
    withdrawn: tuple[WithdrawnView, ...]
    articles: tuple[PageLink, ...]


def changed_days(reader: LocalisedReader, dataset: DatasetView) -> Iterator[ChangedDay]:
    """Yield the days on which something changed in the weeks that end with the newest day, the newest first."""
    totals = dataset.summary.days
    known = {*totals, *(day for day, _ in (*dataset.withdrawn, *dataset.corrected))} - {""}
    since = _since(max(known, default=""))
    added = _by_day((on[:_DAY], claim) for on, claim in dataset.summary.new)
    gone, corrected = _by_day(dataset.withdrawn), _by_day(dataset.corrected)
    for day in sorted((each for each in known if each >= since), reverse=True):
        views = [view for claim in gone.get(day, ()) if (view := withdrawn(reader, claim))]
        yield ChangedDay(
            day=in_words(day, reader.language),
            added=tuple(line for claim in added.get(day, ()) if (line := claim_line(reader, claim))),
            total=totals[day],
            replaced=tuple(view for view in views if view.replaced_by),
            withdrawn=tuple(view for view in views if not view.replaced_by),
            articles=reader.links(corrected.get(day, ())),
        )


def _since(newest: str) -> str:
    """Return the first day of the weeks that end with a day; the day itself if it is no day."""
    try:
        return (date.fromisoformat(newest) - timedelta(WINDOW - 1)).isoformat()
    except (ValueError, OverflowError):
        return newest


def _by_day(changes: Iterable[tuple[str, Iri]]) -> dict[str, list[Iri]]:
    ordered = sorted(changes, key=itemgetter(0))
    return {day: [iri for _, iri in found] for day, found in groupby(ordered, key=itemgetter(0))}
