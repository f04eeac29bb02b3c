"""What became of everything that was read: counts, and the table import.csv of what was left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kg.errors import Finding
from kg.files.csv_files import line, write_rows
from kg.importers.core.claims import ImportedArticle
from kg.importers.core.documents import Skipped

LEFT_OUT = "import.csv"
LEFT_OUT_HEADER = ("outcome", "kind", "file", "line", "column", "record", "count", "why")
SHOWN = 100


@contextmanager
def left_out(file: Path) -> Iterator[Callable[[str, Skipped], object]]:
    """Open a table of records with the outcome `skipped`, or `open` for what was kept but needs a person's eye.

    An empty table is deleted when the block ends.
    """
    with file.open("wb") as stream:
        write_rows(stream, LEFT_OUT_HEADER, ())
        empty = stream.tell()

        def tell(outcome: str, record: Skipped) -> None:
            place = (record.at.file, str(record.at.line or ""), str(record.at.column or ""))
            cells = (outcome, record.kind, *place, record.what, str(record.count), record.why)
            stream.write(line(cells).encode())

        yield tell
        is_empty = stream.tell() == empty
    if is_empty:
        file.unlink()


class ImportReport:
    """Counts of articles, spans and claims that were read, written, left out (`skipped`), or kept but `flagged`.

    Every span that is read is written or skipped. `tell` is called with the outcome and the record for each that is
    skipped or flagged. `first` are the first skipped records, as violations, `unread` the first articles and spans
    among them. `labels` are the labels of spans, `values` what a mapping could use as labels instead.
    """

    def __init__(self, tell: Callable[[str, Skipped], object]) -> None:
        self.tell = tell
        self.read: Counter[str] = Counter()
        self.written: Counter[str] = Counter()
        self.skipped: Counter[str] = Counter()
        self.flagged: Counter[str] = Counter()
        self.labels: Counter[str] = Counter()
        self.values: Counter[str] = Counter()
        self.warnings: Counter[str] = Counter()
        self.names = 0
        self.first: list[Finding] = []
        self.unread: list[Finding] = []

    def skip(self, skipped: Skipped) -> None:
        """Count and report a record that is left out."""
        self.skipped[skipped.kind] += skipped.count
        self.tell("skipped", skipped)
        for shown in (self.first, *([self.unread] if skipped.kind in ("article", "span") else [])):
            if len(shown) < SHOWN:
                shown.append(Finding("violation", f"{skipped.what}: {skipped.why}", "left-out", skipped.at))

    def keep(self, flagged: Skipped) -> None:
        """Count and report a record that was kept but needs a person's eye."""
        self.flagged[flagged.why] += flagged.count
        self.tell("open", flagged)

    def write(self, article: ImportedArticle, warnings: Iterable[Finding]) -> None:
        """Count an article that is written."""
        self.written["article"] += 1
        self.written["claim"] += len(article.file.claims)
        self.written["span"] += len(set(_marks(article)))
        self.warnings.update(each.rule for each in warnings)

    def lose_marks(self, before: ImportedArticle, after: ImportedArticle | None) -> None:
        """Skip the spans of claims that are left out, except their words, which were reported with the reason."""
        kept = set(_marks(after)) if after else set()
        told = {marks[0] for id, marks in before.marks.items() if after and id not in after.file.claims}
        for id, marks in before.marks.items():
            for mark in marks:
                if mark not in kept and mark not in told:
                    told.add(mark)
                    why = "the claim that it belongs to was left out" if after else "its article was left out"
                    self.skip(Skipped("span", mark, why, before.origins[id]))


def _marks(article: ImportedArticle) -> Iterator[str]:
    for id in article.file.claims:
        yield from article.marks[id]
