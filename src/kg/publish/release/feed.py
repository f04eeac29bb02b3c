"""The Atom feed of a release (RFC 4287): which claims were withdrawn, corrected and added, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from xml.sax.saxutils import escape, quoteattr

from kg.history.changes import Change
from kg.history.diff_report import sentence, summary
from kg.history.releases import ReleaseManifest

FEED = "feed.atom"
MOST = 500
"""How many claims a feed names, those first that were withdrawn, then corrected, then added."""
_NO_CHANGE = ("deleted", "renamed", "kept")
_ORDER = ("withdrawn", "corrected", "added")


def feed(changes: Sequence[Change], manifest: ReleaseManifest, title: str) -> Iterator[str]:
    """Yield the feed: an entry for the release, then one for each claim that changed, under its IRI."""
    stamp = f"{manifest.issued}T00:00:00Z"
    address = f"{manifest.base}feed/{manifest.version}.atom"
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
    yield f"<id>{escape(address)}</id>\n<title>{escape(f'{title}: release {manifest.version}')}</title>\n"
    yield f"<updated>{stamp}</updated>\n<link href={quoteattr(manifest.base)}/>\n"
    yield f"<author><name>{escape(title)}</name></author>\n"
    release = f"{manifest.base}dataset#release-{manifest.version}"
    what = summary(changes) if manifest.previous else "the first release"
    yield _entry(release, f"Release {manifest.version}: {what}", stamp, [])
    claims: dict[str, list[Change]] = {}
    for change in changes:
        if change.kind == "claim" and change.how not in _NO_CHANGE:
            claims.setdefault(change.id, []).append(change)
    order = sorted(claims.items(), key=lambda each: (_ORDER.index(_category(each[1])), each[0]))
    for id, found in islice(order, MOST):
        heading = f"{_category(found).capitalize()}: {id}"
        yield _entry(f"{manifest.base}claim/{id}", heading, stamp, [sentence(change) for change in found])
    yield "</feed>\n"


def _category(changes: Sequence[Change]) -> str:
    return next((each.how for each in changes if each.how in ("withdrawn", "added")), "corrected")


def _entry(iri: str, heading: str, stamp: str, lines: Sequence[str]) -> str:
    summary_ = f"<summary>{escape('; '.join(lines))}</summary>\n" if lines else ""
    return (
        f"<entry>\n<id>{escape(iri)}</id>\n<title>{escape(heading)}</title>\n<updated>{stamp}</updated>\n"
        f"<link href={quoteattr(iri)}/>\n{summary_}</entry>\n"
    )
