"""What an import read, wrote and left out, and why: counts by the reason with the first places, and import.csv."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, get_args

from kg.errors import Finding
from kg.files.csv_files import line, write_rows
from kg.importers.core.claims import ImportedArticle, ImportedLink
from kg.importers.core.documents import Kind, Skipped
from kg.importers.core.repair import RepairedArticle
from kg.meaning.reporter import as_list

LEFT_OUT = "import.csv"
LEFT_OUT_HEADER = ("outcome", "kind", "file", "line", "column", "record", "count", "why")
SHOWN = 100
FIRST = 3
"""How many places are kept for each reason."""
_LONGEST_EXAMPLE = 300
# A date without quotation marks is an example of how dates are written.
_VALUE = re.compile(r"(?P<date>\b[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?\b)|'(?:[^']|(?<=\w)'(?=\w))*'|\"[^\"]*\"|[0-9]+")
_DETAIL = re.compile(r" \([^()]*(?:\([^()]*\)[^()]*)*\)$")


class Reason(NamedTuple):
    """Why `times` records were left out or must be checked, and the places of the first.

    In `why`, what varies between the records is `…`. If `more`, there are further places.
    """

    why: str
    times: int
    places: tuple[str, ...]
    more: bool = False

    def __str__(self) -> str:
        shown = ", ".join([*self.places, *(["…"] if self.more else [])])
        return f"{self.times} ×: {self.why} ({shown})"

    def plus(self, other: Reason, alike: str) -> Reason:
        """Return the reason for the records of both; `alike` is what they have in common."""
        places = self.places if self.more else tuple(dict.fromkeys(self.places + other.places))
        why = self.why if self.why == other.why else alike
        more = self.more or other.more or len(places) > FIRST
        return Reason(why, self.times + other.times, places[:FIRST], more)


class Reasons:
    """Counts records by the reason; reasons that differ only in values, such as quoted words, are one."""

    def __init__(self) -> None:
        self._found: dict[str, Reason] = {}

    def add(self, record: Skipped) -> None:
        """Count a record."""
        alike = _without_values(record.why)
        example = _DETAIL.sub("", record.why)
        why = example if len(example) <= _LONGEST_EXAMPLE else alike
        self._add(alike, Reason(why, record.count, (_where(record),)))

    def merge(self, others: Reasons) -> None:
        """Add the counts of records that came later."""
        for alike, reason in others._found.items():
            self._add(alike, reason)

    def _add(self, alike: str, reason: Reason) -> None:
        known = self._found.get(alike)
        self._found[alike] = known.plus(reason, alike) if known else reason

    def total(self) -> int:
        """Return how many records there are."""
        return sum(each.times for each in self._found.values())

    def most_common(self, most: int) -> list[Reason]:
        """Return the most frequent reasons, those of the same frequency in order."""
        return sorted(self._found.values(), key=lambda each: -each.times)[:most]


def _where(record: Skipped) -> str:
    """Return the place of a record; if that is only a file, with the record's name there."""
    at = record.at
    return str(at) if at.line or at.file.endswith(record.what) else f"{at.file}, {record.what}"


class ImportReport:
    """Counts of articles, claims, spans and links that were read, written, left out, or kept but `flagged`.

    Each that is read is written or left out: `reasons` has the reasons of each kind. `skipped` counts the records
    that were left out. `tell` is called with the outcome and the record for each that is skipped or flagged.
    `first` are the first skipped records, as violations, `unread` the first articles and spans among them.
    `damaged` is how many files could not be read to their end. `labels` are the labels of spans, `values` what a
    mapping could use as labels instead.
    """

    def __init__(self, tell: Callable[[str, Skipped], object]) -> None:
        self.tell = tell
        self.read: Counter[str] = Counter()
        self.written: Counter[str] = Counter()
        self.skipped: Counter[str] = Counter()
        self.reasons = {kind: Reasons() for kind in get_args(Kind)}
        self.flagged = Reasons()
        self.labels: Counter[str] = Counter()
        self.values: Counter[str] = Counter()
        self.warnings: Counter[str] = Counter()
        self.names = 0
        self.damaged = 0
        self.first: list[Finding] = []
        self.unread: list[Finding] = []

    def lost(self, kind: str) -> int:
        """Return how many of a kind were left out."""
        return self.reasons[kind].total()

    def lose_claim(self, record: Skipped) -> None:
        """Count a claim that is left out, or several; their spans are reported one by one."""
        self.reasons["claim"].add(record)

    def skip(self, skipped: Skipped) -> None:
        """Count and report a record that is left out."""
        self.skipped[skipped.kind] += skipped.count
        self.damaged += skipped.is_damage
        if skipped.kind != "claim":
            self.reasons[skipped.kind].add(skipped)
        self.tell("skipped", skipped)
        for shown in (self.first, *([self.unread] if skipped.kind in ("article", "span") else [])):
            if len(shown) < SHOWN:
                shown.append(Finding("violation", f"{skipped.what}: {skipped.why}", "left-out", skipped.at))

    def keep(self, flagged: Skipped) -> None:
        """Count and report a record that was kept but must be checked."""
        self.flagged.add(flagged)
        self.tell("open", flagged)

    def write(self, article: ImportedArticle, warnings: Iterable[Finding]) -> None:
        """Count an article that is written."""
        self.written["article"] += 1
        self.written["claim"] += len(article.file.claims)
        self.written["span"] += len(set(_marks(article)))
        self.written["link"] += sum(_is_written(link, article) for link in article.links)
        self.warnings.update(each.rule for each in warnings)

    def lose_claims_of(self, before: ImportedArticle, repaired: RepairedArticle) -> None:
        """Count the claims that are left out; skip their links, and their spans except words that were reported."""
        after = repaired.article
        why = "the claim that it belongs to was left out" if after else "its article was left out"
        for id in before.file.claims:
            if not after or id not in after.file.claims:
                reason = repaired.left.get(id, "its article was left out")
                self.lose_claim(Skipped("claim", id, reason, before.origins[id]))
        kept = set(_marks(after)) if after else set()
        reported = {before.marks[id][0] for id in repaired.left}
        for id, marks in before.marks.items():
            for mark in marks:
                if mark not in kept and mark not in reported:
                    reported.add(mark)
                    self.skip(Skipped("span", mark, why, before.origins[id]))
        self._lose_links(before, after, why)

    def _lose_links(self, before: ImportedArticle, after: ImportedArticle | None, why: str) -> None:
        """Skip the links of claims that are left out, except relations to such claims, which were reported."""
        for link in before.links:
            if after and _is_written(link, after):
                continue
            if not after or link.claims[0] not in after.file.claims:
                self.skip(Skipped("link", link.name, why, link.at))
            elif link.target in after.file.claims:
                what = f"the relations of its claim were left out: see {link.claims[0]}"
                self.skip(Skipped("link", link.name, what, link.at))


@contextmanager
def left_out(file: Path) -> Iterator[Callable[[str, Skipped], object]]:
    """Open a table of records with the outcome `skipped`, or `open` for those that were kept but must be checked.

    An empty table is deleted when the block ends.
    """
    with file.open("wb") as stream:
        write_rows(stream, LEFT_OUT_HEADER, ())
        empty = stream.tell()

        def tell(outcome: str, record: Skipped) -> None:
            file, row, column, cell = record.at
            place = (file, str(row or ""), str(column or ""))
            what = record.what if cell in record.what else f"{cell}: {record.what}"
            cells = (outcome, record.kind, *place, what, str(record.count), record.why)
            stream.write(line(cells).encode())

        yield tell
        is_empty = stream.tell() == empty
    if is_empty:
        file.unlink()


def _is_written(link: ImportedLink, article: ImportedArticle) -> bool:
    """Tell whether an article has a claim with both spans of a link, or the relation that the link became."""
    claims = article.file.claims
    if not link.relation:
        return any(id in claims for id in link.claims)
    (source,) = link.claims
    return source in claims and link.target in as_list(getattr(claims[source].relations, link.relation))


def _without_values(why: str) -> str:
    """Return a reason without its details, what it quotes and numbers, to count those alike."""
    return _DETAIL.sub("", _VALUE.sub(lambda found: found["date"] or "…", why))


def _marks(article: ImportedArticle) -> Iterator[str]:
    for id in article.file.claims:
        yield from article.marks[id]
