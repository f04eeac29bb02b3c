"""Who made a claim, and in which roles."""

from __future__ import annotations

from collections.abc import Sequence

from kg.annotations.classes import ClaimEntry, ReadingFile
from kg.dates.edtf import Edtf, without_marks
from kg.errors import Path
from kg.meaning.context import ArticleContext
from kg.meaning.reporter import as_list
from kg.model import NONE, OPEN_END, Dated
from kg.rdf.terms import Iri, part
from kg.rdf.vocab import KG

UNDECIDED = "undecided"
"""The speaker of a drafted claim until somebody chooses one."""
UNNAMED = ("unnamed", UNDECIDED)
"""Speakers that mean a source of this one claim."""


def speakers(id: str, claim: ClaimEntry, path: Path, context: ArticleContext) -> tuple[Iri, ...]:
    """Return who made a claim, each once. Names that mean nobody are reported and left out."""
    names, path = claim.speaker, (*path, "speaker")
    if not isinstance(names, list):
        return _speaker(names, id, path, context)
    context.report.no_repeats(names, path)
    if "article" in names and set(names) != {"article"}:
        message = (
            "`article` must be the only speaker, as it is the paper's own voice: write a separate claim for it"
        )
        context.report.violation((*path, names.index("article")), "own-voice-with-others", message)
    found = [_speaker(name, id, (*path, n), context) for n, name in enumerate(names)]
    return tuple(dict.fromkeys([speaker for speakers in found for speaker in speakers]))


def _speaker(name: str, id: str, path: Path, context: ArticleContext) -> tuple[Iri, ...]:
    """Return the speakers that a name means: several for the article's own voice, none if it is reported."""
    if name == "article":
        return context.own_voice
    if name == UNDECIDED:
        _report_undecided(path, context)
    if name in UNNAMED:
        return (part(context.iris.claim(context.article.id, id), "speaker"),)
    if name in context.sources:
        return (context.sources[name].iri,)
    entity = context.index.entities.get(name)
    if entity is not None:
        if KG.Document in entity.types:
            _report_document(name, path, context)
        return (entity.iri,)
    _report_unknown(name, path, context)
    return ()


def _report_unknown(name: str, path: Path, context: ArticleContext) -> None:
    """Report a speaker that is not known, with the nearest name of somebody who can speak."""
    several = [each.strip() for each in name.split(",")]
    if len(several) > 1 and any(each in context.index.entities or each in context.sources for each in several):
        message = f"`speaker` must name one speaker, or several as a list, not {name!r}: write "
        write = f"`[{', '.join(several)}]`" if path[-1] == "speaker" else "each as an item of its own"
        context.report.violation(path, "unknown-reference", message + write)
        return
    _, here = context.known("speaker", lambda: dict.fromkeys((*context.sources, "unnamed", "article"), NONE))
    advice = context.report.advice(name, context.index.speakers, here)
    context.report.unknown(name, path, "an entity, a source of this file, `unnamed` or `article`", advice)


def _report_document(name: str, path: Path, context: ArticleContext) -> None:
    message = (
        f"a document does not speak, and `{name}` is one: give as `speaker` who wrote or published it, and "
        f"`in: {name}`"
    )
    context.report.violation(path, "document-as-speaker", message)


def _report_undecided(path: Path, context: ArticleContext) -> None:
    """Report a speaker that nobody has chosen: a warning in drafts and readings, which are not published."""
    message = (
        "a claim must say who made it, and here it is undecided: give an entity, a source of this file, `unnamed` "
        "or `article`, or delete the claim"
    )
    is_open = context.file.annotation.status == "draft" or isinstance(context.file, ReadingFile)
    report = context.report.warning if is_open else context.report.violation
    report(path, "undecided", message)


def spoken_as(claim: ClaimEntry, said: Dated, context: ArticleContext) -> tuple[tuple[Iri, ...], tuple[Iri, ...]]:
    """Return the roles in which the speakers certainly spoke, and those that only a mark makes uncertain."""
    known = context.index.entities
    roles = [
        (role.iri, role.since, role.until)
        for name in as_list(claim.speaker)
        if name in known
        for role in known[name].roles
    ]
    if not roles:
        return (), ()
    return held_roles(roles, said.edtf, said.earliest, said.latest)


def held_roles(
    roles: Sequence[tuple[Iri, Edtf, Edtf]], said: Edtf, first: str, last: str
) -> tuple[tuple[Iri, ...], tuple[Iri, ...]]:
    """Return the roles that were certainly held from the first day to the last, and those that probably were.

    `roles` are their IRIs, each with its beginning and end; the days are the bounds of `said`.
    """
    certainly = tuple([iri for iri, since, until in roles if _was_held(since, until, first, last)])
    if said.qualifier:
        likely = without_marks(said)
        first, last = likely.earliest, likely.latest
    probably = [
        iri
        for iri, since, until in roles
        if iri not in certainly and _was_held(without_marks(since), without_marks(until), first, last)
    ]
    return certainly, tuple(probably)


def _was_held(since: Edtf, until: Edtf, first: str, last: str) -> bool:
    """Return whether a role was certainly held on every day from the first to the last; `""` is an unknown day."""
    if not first or not last:
        return False
    begun = since.text == OPEN_END.text or (bool(since.latest) and since.latest <= first)
    return begun and (until.text == OPEN_END.text or (bool(until.earliest) and last <= until.earliest))
