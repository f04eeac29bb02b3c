"""A line of Quotebank: its record, and what stands in it of who may have said something."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec
from msgspec import Struct

from kg.errors import Place
from kg.importers.json_values import value

QID = re.compile(r"\bQ[1-9][0-9]*\b")


class Told(Struct, frozen=True):
    """Somebody who may have said it, and how likely that is."""

    speaker: str
    proba: str | float = ""
    qids: msgspec.Raw = msgspec.Raw()


Candidate = list[str | float | list[str]] | Told


class Named(Struct, frozen=True):
    """Somebody whom an article names."""

    name: str
    ids: msgspec.Raw = msgspec.Raw()


_QUOTED = {
    "quote_id": "quoteID",
    "left": "leftContext",
    "right": "rightContext",
    "speaker": "globalTopSpeaker",
    "probas": "globalProbas",
    "speaker_here": "localTopSpeaker",
}


class Quoted(Struct, frozen=True, rename=_QUOTED):
    """A quotation in its article: its speaker by all articles that have it, and by this one alone."""

    quotation: str
    quote_id: str = ""
    left: str = ""
    right: str = ""
    speaker: str = ""
    probas: list[Candidate] = []
    speaker_here: str = ""


class Record(Struct, frozen=True, rename={"quote_id": "quoteID", "article_id": "articleID"}):
    """A line: a quotation with all articles that have it, or an article with its quotations."""

    quote_id: str = ""
    quotation: str | None = None
    speaker: str | None = None
    qids: list[str] = []
    probas: list[Candidate] = []
    urls: list[str] = []
    article_id: str = ""
    quotations: list[Quoted] | None = None
    names: list[Named] = []
    title: str | None = None
    url: str | None = None
    date: str | None = None


_RECORD = msgspec.json.Decoder(Record)


def read_record(raw: bytes, at: Place) -> Record:
    """Return a line's record. Raises what msgspec does, and `Unreadable`, for what is none."""
    try:
        return _RECORD.decode(raw)
    except msgspec.ValidationError:
        raise
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _RECORD.decode(value(raw, at).raw)


def likelihood(speaker: str, candidates: Sequence[Candidate]) -> str:
    """Return how likely a speaker is, as the file has it."""
    for each in candidates:
        told = [each.speaker, each.proba] if isinstance(each, Told) else each
        if len(told) > 1 and told[0] == (speaker or "None") and not isinstance(told[1], list):
            return str(told[1])
    return ""


def qids_of(speaker: str, candidates: Sequence[Candidate]) -> list[str]:
    """Return whom the name of a speaker may mean, where the candidates tell."""
    for each in candidates:
        if isinstance(each, Told) and each.speaker == speaker:
            return ids(each.qids)
        if isinstance(each, list) and len(each) > 2 and each[0] == speaker and isinstance(each[2], list):
            return each[2]
    return []


def ids(raw: msgspec.Raw) -> list[str]:
    """Return identifiers of a list, or of a text that looks like one: both occur."""
    return QID.findall(bytes(raw).decode("utf-8", "replace"))
