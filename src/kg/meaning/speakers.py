"""Who made a claim, as it is meant."""

from __future__ import annotations

from kg.annotations.classes import ClaimEntry
from kg.errors import Path
from kg.meaning.reading import Reading
from kg.rdf.iris import part
from kg.rdf.terms import Iri

UNDECIDED = "undecided"
"""What a draft has for a speaker that nobody has chosen yet."""
UNNAMED = ("unnamed", UNDECIDED)
"""Speakers that are a source of the one claim alone."""


def speakers(id: str, claim: ClaimEntry, path: Path, reading: Reading) -> tuple[Iri, ...]:
    """Return who made a claim, each once, without those who are remarked: it is not known whom they name."""
    names, path = claim.speaker, (*path, "speaker")
    if not isinstance(names, list):
        return _speaker(names, id, path, reading)
    reading.remarks.no_repeats(names, path)
    if "article" in names and set(names) != {"article"}:
        message = "`article` must stand alone, as it is the paper's own voice: write a claim of its own for it"
        reading.remarks.violation((*path, names.index("article")), "own-voice-with-others", message)
    found = [_speaker(name, id, (*path, n), reading) for n, name in enumerate(names)]
    return tuple(dict.fromkeys([speaker for speakers in found for speaker in speakers]))


def _speaker(name: str, id: str, path: Path, reading: Reading) -> tuple[Iri, ...]:
    """Return whom a name means, several where it is the article's own voice; nobody, if it is remarked."""
    if name == "article":
        return reading.own_voice
    if name == UNDECIDED:
        _undecided(path, reading)
    if name in UNNAMED:
        return (part(reading.iris.claim(reading.article.id, id), "speaker"),)
    if name in reading.sources:
        return (reading.sources[name].iri,)
    entity = reading.index.entities.get(name)
    if entity is not None:
        return (entity.iri,)
    _nobody(name, path, reading)
    return ()


def _nobody(name: str, path: Path, reading: Reading) -> None:
    """Remark that a speaker is nobody who is known, and who of those that can speak was meant."""
    several = [each.strip() for each in name.split(",")]
    if len(several) > 1 and any(each in reading.index.entities or each in reading.sources for each in several):
        message = f"`speaker` must name one speaker, or several as a list, not {name!r}: write "
        write = f"`[{', '.join(several)}]`" if path[-1] == "speaker" else "each as an item of its own"
        reading.remarks.violation(path, "unknown-reference", message + write)
        return
    advice = reading.index.speakers.advice(name, (*reading.sources, "unnamed", "article"))
    reading.remarks.unknown(name, path, "an entity, a source of this file, `unnamed` or `article`", advice)


def _undecided(path: Path, reading: Reading) -> None:
    """Remark that a speaker is yet to be chosen: of a draft a warning, as nothing of it is published."""
    message = (
        "a claim must say who made it, and here it is undecided: give an entity, a source of this file, `unnamed` "
        "or `article`, or delete the claim"
    )
    remark = reading.remarks.warning if reading.file.annotation.status == "draft" else reading.remarks.violation
    remark(path, "undecided", message)
