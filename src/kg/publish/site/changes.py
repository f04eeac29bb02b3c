"""What changed in the data set in its last weeks, by the days in the annotations: nothing here reads a clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple, TypeVar

from kg.publish.site.claims import ClaimLine, WithdrawnView, claim_line, withdrawn
from kg.publish.site.corrections import CorrectedArticle, corrected_article
from kg.publish.site.dataset import NEW, DatasetView
from kg.publish.site.localisation import in_words
from kg.publish.site.store_reader import LocalisedReader
from kg.rdf.terms import Iri

T = TypeVar("T")
WINDOW = 28
"""How many days before the newest day are shown."""
_DAY = 10


class ChangedDay(NamedTuple):
    """What changed on a day.

    Releases that were issued, claims that they changed, claims that were added (the first, and how many in all),
    claims that were withdrawn and replaced or not, and articles that their paper corrected.
    """

    day: str
    releases: tuple[str, ...]
    changed: tuple[ClaimLine, ...]
    added: tuple[ClaimLine, ...]
    total: int
    replaced: tuple[WithdrawnView, ...]
    withdrawn: tuple[WithdrawnView, ...]
    articles: tuple[CorrectedArticle, ...]


def changed_days(reader: LocalisedReader, dataset: DatasetView) -> Iterator[ChangedDay]:
    """Yield the days on which something changed in the weeks that end with the newest day, the newest first."""
    totals = dataset.summary.days
    released = (*dataset.releases, *dataset.modified)
    known = {*totals, *(day for day, _ in (*dataset.withdrawn, *dataset.corrected, *released))} - {""}
    since = _since(max(known, default=""))
    added = _by_day((on[:_DAY], claim) for on, claim in dataset.summary.new)
    gone, corrected = _by_day(dataset.withdrawn), _by_day(dataset.corrected)
    releases, changed = _by_day(dataset.releases), _by_day(dataset.modified)
    for day in sorted((each for each in known if each >= since), reverse=True):
        views = [view for claim in gone.get(day, ()) if (view := withdrawn(reader, claim))]
        yield ChangedDay(
            day=in_words(day, reader.language),
            releases=tuple(releases.get(day, ())),
            changed=tuple(_lines(reader, changed.get(day, ())[:NEW])),
            added=tuple(_lines(reader, added.get(day, ()))),
            total=totals[day],
            replaced=tuple(view for view in views if view.replaced_by),
            withdrawn=tuple(view for view in views if not view.replaced_by),
            articles=tuple(corrected_article(reader, article) for article in corrected.get(day, ())),
        )


def _since(newest: str) -> str:
    """Return the first day of the weeks that end with a day; the day itself if it is no day."""
    try:
        return (date.fromisoformat(newest) - timedelta(WINDOW - 1)).isoformat()
    except (ValueError, OverflowError):
        return newest


def _lines(reader: LocalisedReader, claims: Iterable[Iri]) -> Iterator[ClaimLine]:
    return (line for claim in claims if (line := claim_line(reader, claim)))


def _by_day(changes: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    ordered = sorted(changes, key=itemgetter(0))
    return {day: [each for _, each in found] for day, found in groupby(ordered, key=itemgetter(0))}
