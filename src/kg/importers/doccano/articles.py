"""A line of doccano → a document, or one for each of its annotators."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kg.errors import Place
from kg.importers.core.article_fields import Left, told
from kg.importers.core.documents import AnnotatedText, Item, LabelledSpan, MarkIds, Skipped, SpanLink
from kg.importers.core.mapping import Mapping as Meanings
from kg.importers.doccano.counting import Counting
from kg.importers.doccano.records import Record

_NOWHERE = "its offsets are not in the text: mark it again"
_END_GONE = "one of its ends is no span that was read"
_GUESSED = (
    "doccano may count an emoji, or a letter with marks of its own, as one or more, and nothing here tells: it was "
    "counted as doccano's pages do; look at the spans behind it"
)


class Line(NamedTuple):
    """A line that has been read: `id` is for an article that has none, `by` for one that says nobody."""

    record: Record
    id: str
    by: str
    at: Place


class Session:
    """What is known of a source while it is read."""

    def __init__(self, mapping: Meanings) -> None:
        self.mapping = mapping
        self.counting = Counting()
        self._left = Left()
        self._guessed = 0
        self._first: Place | None = None

    def documents(self, line: Line) -> Iterator[Item]:
        """Yield a line's document, or one for each of its users, where the spans have them."""
        record = line.record
        article = told(record.fields, self.mapping)
        marks, skipped = self._marks(line)
        users = list(marks) or [""]
        links, loose = _links(record.links, marks)
        yield from (*record.skipped, *skipped, *loose)
        for name in article.left:
            yield from self._left.note(name, line.at)
        for user in users:
            yield AnnotatedText(
                id=article.id or line.id,
                text=record.text,
                at=line.at,
                marks=tuple(marks.get(user, {}).values()),
                links=tuple(links.get(user, ())),
                article=article.article,
                publisher=article.publisher,
                authors=article.authors,
                by=user or article.by or line.by,
                on=article.on,
            )

    def told(self) -> Iterator[Skipped]:
        """Yield what is told once of a whole source."""
        if self._first is not None:
            yield Skipped("note", "offsets", _GUESSED, self._first, self._guessed)
        yield from self._left.told()

    def _marks(self, line: Line) -> tuple[dict[str, dict[str, LabelledSpan]], list[Skipped]]:
        """Return the marks of each user, by their ids, and the spans that stand nowhere."""
        record = line.record
        stretches, is_guess = self.counting.stretches(record.text, [span.offsets for span in record.spans])
        if is_guess:
            self._guessed += 1
            self._first = self._first or line.at
        marks: dict[str, dict[str, LabelledSpan]] = {}
        ids: dict[str, MarkIds] = {}
        skipped = []
        for span, stretch in zip(record.spans, stretches, strict=True):
            own = marks.setdefault(span.user, {})
            if stretch is None:
                skipped.append(Skipped("span", span.id, _NOWHERE, span.at))
                continue
            id = ids.setdefault(span.user, MarkIds()).new(span.id)
            own[id] = LabelledSpan(id, span.label, (stretch,), span.at)
        return marks, skipped


def _links(
    links: tuple[SpanLink, ...], marks: dict[str, dict[str, LabelledSpan]]
) -> tuple[dict[str, list[SpanLink]], list[Skipped]]:
    """Return the links of each user, and those that lead from no span of one to another of the same."""
    owners = {id: user for user, own in reversed(marks.items()) for id in own}
    kept: dict[str, list[SpanLink]] = {}
    loose = []
    for link in links:
        owner = owners.get(link.source)
        if owner is not None and owner == owners.get(link.target):
            kept.setdefault(owner, []).append(link)
        else:
            loose.append(Skipped("link", f"{link.source} → {link.target}", _END_GONE, link.at))
    return kept, loose
