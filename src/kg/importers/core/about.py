"""What a document says of its article and of who annotated it → `article` and `annotation` of a claims file."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.annotations.classes import AnnotationEntry, ArticleEntry
from kg.corpus.ids import is_moment
from kg.dates import edtf as dates
from kg.errors import Place
from kg.importers.core.documents import Document, Name, Skipped
from kg.importers.core.names import Names, clean

UNKNOWN_DATE = "XXXX"
"""EDTF for a year that nobody knows: an article must have a date, and none is invented."""
_MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ][0-9]{2}:[0-9]{2}.*")
_NOT_DECIDED = "no entity stands for this name yet: decide it in names.csv"


def day(written: str) -> str:
    """Return the day of a date with a time of day, as written; any other text as it is."""
    moment = _MOMENT.fullmatch(written.strip())
    return moment[1] if moment else written.strip()


def read_article(
    document: Document, header: str, names: Names, skipped: list[Skipped], opened: list[Skipped]
) -> ArticleEntry:
    """Return what is known of the article, with a date that says so where none is."""
    article, at = document.article, document.at
    published = day(article.published)
    if published and not _is_edtf(published):
        why = f"a date of publication must be EDTF, as 2020-02-21, not {published!r}"
        skipped.append(Skipped("attribute", "published", why, at))
        published = ""
    if not published and not header:
        why = f"when it was published is not known, which `published: {UNKNOWN_DATE}` says: fill it in"
        opened.append(Skipped("note", document.id, why, at))
        published = UNKNOWN_DATE
    publishers = _entities([document.publisher] if document.publisher else [], "publisher", names, at, skipped)
    return ArticleEntry(
        headline=clean(article.headline),
        published=published,
        corrected=day(article.corrected),
        url=article.url.strip(),
        language=article.language.strip(),
        transcript=article.transcript,
        publisher="".join(publishers[:1]),
        author=_entities(document.authors, "author", names, at, skipped),
    )


def read_annotation(document: Document, names: Names, skipped: list[Skipped]) -> AnnotationEntry:
    """Return who annotated, and when."""
    by = names.annotator(document.by) if document.by else ""
    on = document.on
    if on and not is_moment(on):
        on = day(on)
        if not is_moment(on):
            why = f"the day of an annotation must be YYYY-MM-DD, not {on!r}"
            skipped.append(Skipped("attribute", "annotated", why, document.at))
            on = ""
    return AnnotationEntry(by=by, on=on, status="done" if document.done else "draft")


def _entities(named: Sequence[Name], field: str, names: Names, at: Place, skipped: list[Skipped]) -> list[str]:
    found = []
    for name in named:
        if id := names.entity(name, at):
            found.append(id)
        else:
            skipped.append(Skipped("attribute", f"{field}: {name.name}", _NOT_DECIDED, at))
    return found


def _is_edtf(text: str) -> bool:
    try:
        dates.read(text)
    except ValueError:
        return False
    return True
