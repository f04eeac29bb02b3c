"""Dates as they are meant: what is certain, what is only probable, from which words, on what basis."""

from __future__ import annotations

import re

from msgspec.structs import replace

from kg.annotations.classes import Date
from kg.errors import Path
from kg.meaning.remarks import Remarks
from kg.model import NO_DATE, Dated
from kg.rdf.terms import plain, text
from kg.rdf.vocab import BASES

_YEAR = re.compile(r"[0-9]{4}")


def dated(date: str | Date, path: Path, remarks: Remarks, language: str = "und") -> Dated:
    """Return a date that someone wrote; its words are in `language`. A bad one is remarked and left empty."""
    if isinstance(date, str):
        edtf = remarks.edtf(date, path)
        return Dated(edtf, edtf.earliest, edtf.latest, basis=BASES.outside)
    edtf = remarks.edtf(date.edtf, (*path, "edtf"))
    if not date.words and not date.why:
        message = "a date must say how it is known: give `words` (what the article says) or `why`"
        remarks.violation((*path, "edtf"), "date-without-reason", message)
    return Dated(
        edtf=edtf,
        earliest=edtf.earliest,
        latest=edtf.latest,
        words=(text(date.words, language),) if date.words else (),
        why=(plain(date.why),) if date.why else (),
        basis=BASES[_basis(date)],
    )


def _basis(date: Date) -> str:
    if not date.words:
        return "outside"
    year = _YEAR.search(date.edtf)
    return "printed" if year and year.group() in date.words else "relative"


def not_later_than(date: Dated, latest: str) -> Dated:
    """Return a doubted date without bounds of its own bounded by the day the article is known to be out."""
    if date.edtf.qualifier and not date.edtf.certain and not date.latest:
        return replace(date, latest=latest)
    return date


def published_by(latest: str) -> Dated:
    """Return what is known of a claim without any date: it was not said later than the article."""
    return Dated(NO_DATE, latest=latest, basis=BASES.publication)
