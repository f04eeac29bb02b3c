"""Checks of the dates in a graph: EDTF, and everything that is worked out from it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain

from kg.checks.claim_relations import is_more_than_a_day_later
from kg.checks.graph_view import GraphView, fault, lexical
from kg.dates.edtf import Edtf, is_day, one_day_of
from kg.dates.edtf import read as read_edtf
from kg.meaning.speakers import held_roles
from kg.model import NO_DATE, OPEN_END
from kg.rdf.terms import Iri, Term, iri, local_name
from kg.rdf.vocab import BASES, DCTERMS, FORMS, KG, LOC, OA, QUALIFIERS, RDF, SCHEMA
from kg.shacl import Result

_EDTF = f'"^^{LOC.EDTF}'
# When a person died, an organisation was dissolved: kg does not write these, others may.
_ENDS = (iri(f"{SCHEMA.base}deathDate"), iri(f"{SCHEMA.base}dissolutionDate"))
_YEAR = re.compile(r"[0-9]{4}")
# The property with the certain part of a date, by the class of what has the date.
_CERTAIN = {
    SCHEMA.Claim: SCHEMA.dateCreated,
    SCHEMA.NewsArticle: SCHEMA.datePublished,
    SCHEMA.ClaimReview: SCHEMA.datePublished,
    KG.Document: SCHEMA.dateCreated,
}


def date_faults(graph: GraphView) -> Iterator[Result]:
    """Yield what is wrong in the dates of a graph."""
    misread = {each: wrong for each in graph.objects if each.endswith(_EDTF) and (wrong := _misread(lexical(each)))}
    for subject, properties in graph.nodes.items():
        for predicate, values in properties.items() if misread else ():
            for value in values:
                if value in misread:
                    yield fault("bad-edtf", misread[value], subject, predicate, value)
        if KG.edtf in properties and len(properties[KG.edtf]) == 1:
            date = _date_of(graph, subject)
            if date:
                yield from _derived(graph, Iri(subject), date)
        elif KG.dateBasis in properties or KG.earliest in properties:
            yield from _without_edtf(graph, Iri(subject))
    has_ends = not graph.predicates.isdisjoint(_ENDS)
    for claim in graph.instances(SCHEMA.Claim):
        yield from _occasion_of(graph, claim)
        yield from _document_of(graph, claim)
        yield from _due(graph, claim)
        yield from _roles_of(graph, claim)
        if has_ends:
            yield from _after_end(graph, claim)
    yield from _annotated(graph)


def _misread(text: str) -> str:
    try:
        read_edtf(text)
    except ValueError as error:
        return str(error)
    return ""


def _date_of(graph: GraphView, subject: str) -> Edtf | None:
    try:
        return read_edtf(graph.text(subject, KG.edtf))
    except ValueError:
        return None


def _derived(graph: GraphView, subject: Iri, date: Edtf) -> Iterator[Result]:
    """Yield each property of a date that is not what its EDTF says."""
    types = tuple(graph.types(subject))
    properties = graph.properties(subject)
    for predicate, day in _expected(types, date):
        values = properties.get(predicate)
        # Nearly all are right, which is tested first.
        if len(values) != 1 or not values[0].startswith(f'"{day}"') if values else day:
            yield from _unlike(graph, subject, predicate, day)
    if SCHEMA.OrganizationRole in types:
        return
    qualifier = QUALIFIERS[date.qualifier] if date.qualifier else ""
    if graph.value(subject, KG.dateQualifier) != qualifier:
        message = f"the qualifier must be that of {date.text!r}, {date.qualifier or 'none'}: correct one of them"
        value = graph.value(subject, KG.dateQualifier)
        yield fault("date-against-edtf", message, subject, KG.dateQualifier if value else KG.edtf, value)
    yield from _basis(graph, subject, date)


@lru_cache(maxsize=2048)
def _expected(types: tuple[Term, ...], date: Edtf) -> list[tuple[Iri, str]]:
    """Return the day, month or year that each property of a date must have, `""` if none."""
    if SCHEMA.OrganizationRole in types:
        return list(_expected_of_role(date).items())
    expected = {KG.earliest: date.earliest, KG.latest: date.latest, KG.probably: date.probable}
    if SCHEMA.Event in types:
        expected |= {SCHEMA.startDate: date.start, SCHEMA.endDate: date.end}
    for type, predicate in _CERTAIN.items():
        if type in types:
            expected[predicate] = date.certain
    if not date.latest and date.qualifier and not date.certain:
        del expected[KG.latest]  # at the latest when the article was out, which is checked with the claim
    return list(expected.items())


def _unlike(graph: GraphView, subject: Iri, predicate: Iri, day: str) -> Iterator[Result]:
    """Yield a fault if a property is not this day, month or year, or is there although there is none."""
    found = [lexical(each) for each in graph.values(subject, predicate)]
    if found != ([day] if day else []):
        name, written = local_name(predicate), graph.text(subject, KG.edtf)
        message = f"`{name}` must be {day or 'absent'}, as {written!r} says, not {', '.join(found) or 'absent'}"
        yield fault(
            "date-against-edtf", f"{message}: correct one of them", subject, predicate if found else KG.edtf
        )


def _expected_of_role(date: Edtf) -> dict[Iri, str]:
    since, until = _ends(date)
    held_from, held_until = since.latest, until.earliest
    if held_from and held_until and held_from > held_until:
        held_from = held_until = ""
    return {
        SCHEMA.startDate: since.certain,
        SCHEMA.endDate: until.certain,
        KG.earliest: since.earliest,
        KG.latest: until.latest,
        KG.heldFrom: held_from,
        KG.heldUntil: held_until,
    }


def _ends(interval: Edtf) -> tuple[Edtf, Edtf]:
    """Return both ends of a role's interval; `OPEN_END` for `..`, `NO_DATE` if unknown."""
    since, _, until = interval.text.partition("/")
    known = {"..": OPEN_END, "": NO_DATE}
    return known.get(since) or read_edtf(since), known.get(until) or read_edtf(until)


def _basis(graph: GraphView, subject: Iri, date: Edtf) -> Iterator[Result]:
    """Yield a fault if a date's basis is not what its words show."""
    basis, words = graph.value(subject, KG.dateBasis), graph.text(subject, KG.dateWords)
    if basis == BASES.publication:
        message = "a date that is known must not have the article's appearance as its basis: correct the basis"
        yield fault("basis-of-date", message, subject, KG.dateBasis, basis)
    elif basis == BASES.correction and date.certain != _corrected(graph, subject):
        message = "a date whose basis is the correction must be that of the article's correction: correct it"
        yield fault("basis-of-date", message, subject, KG.dateBasis, basis)
    elif words and basis in (BASES.printed, BASES.relative, BASES.outside):
        year = _YEAR.search(date.text)
        right = BASES.printed if year and year.group() in words else BASES.relative
        if basis != right:
            message = (
                f"the basis must be `{local_name(right)}`, as the words {words!r} show: correct it, or the date"
            )
            yield fault("basis-of-date", message, subject, KG.dateBasis, basis)


def _corrected(graph: GraphView, claim: Iri) -> str:
    """Return when the article of a claim was corrected."""
    return graph.text(graph.value(claim, SCHEMA.appearance), SCHEMA.dateModified)


def _due(graph: GraphView, claim: Iri) -> Iterator[Result]:
    """Yield a fault if the day until which a promise is due is not the last of its EDTF."""
    due = graph.text(claim, KG.due)
    if _misread(due) if due else not graph.values(claim, KG.dueBy):
        return
    day, found = read_edtf(due).latest if due else "", graph.text(claim, KG.dueBy)
    if found != day:
        message = f"`dueBy` must be {day or 'absent'}, as {due or 'no date'!r} says, not {found or 'absent'}"
        at = KG.dueBy if found else KG.due
        yield fault("date-against-edtf", f"{message}: correct one of them", claim, at, graph.value(claim, at))


def _without_edtf(graph: GraphView, subject: Iri) -> Iterator[Result]:
    """Yield a fault if a date has bounds although nothing says it, or not those of its article."""
    types = graph.values(subject, RDF.type)
    if SCHEMA.Claim not in types and SCHEMA.NewsArticle not in types and SCHEMA.Event not in types:
        return
    for predicate in (KG.earliest, KG.probably, KG.dateQualifier):
        if value := graph.value(subject, predicate):
            message = "a date must say in `kg:edtf` what it is read from: add it, or delete this"
            yield fault("date-without-edtf", message, subject, predicate, value)
    if SCHEMA.Claim in types and graph.value(subject, KG.dateBasis) in (BASES.publication, BASES.correction):
        yield from _latest_of_article(graph, subject)


def _latest_of_article(graph: GraphView, claim: Iri) -> Iterator[Result]:
    """Yield a fault if an undated claim has another last day than the article, or its correction."""
    article, found = graph.value(claim, SCHEMA.appearance), graph.text(claim, KG.latest)
    latest = graph.text(article, KG.latest)
    if graph.value(claim, KG.dateBasis) == BASES.correction:
        corrected = _corrected(graph, claim)
        latest = "" if _misread(corrected) else read_edtf(corrected).latest
    if found and latest and found != latest:
        message = f"an undated claim was made on the last day of its article at the latest, {latest}, not {found}"
        yield fault("date-of-article", f"{message}: correct it", claim, KG.latest, graph.value(claim, KG.latest))


def _occasion_of(graph: GraphView, claim: Iri) -> Iterator[Result]:
    """Yield a fault if a claim is dated outside its occasion, or says that it has its date and has another."""
    occasion = graph.value(claim, SCHEMA.recordedAt)
    basis = graph.value(claim, KG.dateBasis)
    if not occasion and basis != BASES.occasion:
        return
    first, last = (graph.text(occasion, each) for each in (KG.earliest, KG.latest))
    earliest, latest = (graph.text(claim, each) for each in (KG.earliest, KG.latest))
    inherits = basis == BASES.occasion and (Iri(occasion) in graph.nodes or not occasion)
    if inherits and graph.text(claim, KG.edtf) != (_as_inherited(graph, occasion) or "no date"):
        message = (
            f"a claim has the date of its occasion, {first} to {last}, or some day in it, not "
            f"{earliest} to {latest}"
        )
        yield fault("date-of-occasion", message, claim, KG.dateBasis, basis)
    elif _are_days(first, last, earliest, latest) and (
        is_more_than_a_day_later(earliest, last) or is_more_than_a_day_later(first, latest)
    ):
        message = f"a claim must be dated on the days of its occasion, {first} to {last}: correct one of them"
        yield fault("said-outside-occasion", message, claim, SCHEMA.recordedAt, occasion)


def _document_of(graph: GraphView, claim: Iri) -> Iterator[Result]:
    """Yield a fault if a claim says that it has the date of its document, and has another."""
    document, basis = graph.value(claim, SCHEMA.firstAppearance), graph.value(claim, KG.dateBasis)
    if basis != BASES.document or (document and Iri(document) not in graph.nodes):
        return
    if graph.text(claim, KG.edtf) != (_as_inherited(graph, document) or "no date"):
        message = "a claim must have the date of the document in which it was made, or some day in it: correct it"
        yield fault("date-of-occasion", message, claim, KG.dateBasis, basis)


def _as_inherited(graph: GraphView, occasion: str) -> str:
    """Return the date of an occasion or document as a claim has it, of an interval some day in it; `""` if none."""
    date = _date_of(graph, occasion)
    return one_day_of(date).text if date else ""


def _are_days(*days: str) -> bool:
    return all(not day or is_day(day) for day in days)


def _roles_of(graph: GraphView, claim: Iri) -> Iterator[Result]:
    """Yield each role in which a claim was spoken that is not its speaker's, or that was not held then."""
    authors = graph.values(claim, SCHEMA.author)
    known = [author for author in authors if Iri(author) in graph.nodes]
    if len(known) < len(authors) or _is_paper(graph, claim, authors):
        return  # only a part of the document is here, or the paper itself speaks
    roles = [role for author in known for role in graph.values(author, SCHEMA.memberOf) if "#role-" in role]
    if not roles and not graph.values(claim, KG.spokenAs) and not graph.values(claim, KG.probablySpokenAs):
        return
    certainly, probably = _held(graph, claim, roles)
    for predicate, right in ((KG.spokenAs, certainly), (KG.probablySpokenAs, probably)):
        for role in graph.values(claim, predicate):
            if role not in roles and Iri(role) in graph.nodes:
                message = "a claim can be spoken only in a role of its speaker, and this is another's: correct it"
                yield fault("role-of-another", message, claim, predicate, role)
            elif role not in right and graph.values(role, KG.edtf):
                # Without it, a role begins or ends on one of several days, which no interval in EDTF says.
                message = (
                    "the role must have been held on the day of the claim, and the dates do not say so: correct it"
                )
                yield fault("role-not-held", message, claim, predicate, role)
        missing = [role for role in right if role not in graph.values(claim, predicate)]
        if missing and graph.base:
            message = f"the speaker held {missing[0].strip('<>')} on the day of the claim: add it"
            yield fault("role-not-held", message, claim, predicate)


def _is_paper(graph: GraphView, claim: Iri, authors: Sequence[str]) -> bool:
    """Tell whether the paper itself may speak: a claim in its own voice can have another form, too."""
    article = graph.value(claim, SCHEMA.appearance)
    papers = [graph.values(article, SCHEMA.author), graph.values(article, SCHEMA.publisher)]
    return graph.value(claim, KG.form) == FORMS.own or any(list(authors) == list(each) for each in papers if each)


def _held(graph: GraphView, claim: Iri, roles: Sequence[str]) -> tuple[tuple[Iri, ...], tuple[Iri, ...]]:
    """Return the roles that were certainly held when a claim was made, and those that probably were."""
    held: list[tuple[Iri, Edtf, Edtf]] = []
    for role in roles:
        date = _date_of(graph, role)
        if date and "/" in date.text:
            held.append((Iri(role), *_ends(date)))
    said = _date_of(graph, claim) or NO_DATE
    return held_roles(held, said, graph.text(claim, KG.earliest), graph.text(claim, KG.latest))


def _after_end(graph: GraphView, claim: Iri) -> Iterator[Result]:
    """Yield a claim that its speaker can no longer have made, unless it is in a document of before."""
    said = graph.day(claim, KG.earliest)
    if not said or graph.value(claim, SCHEMA.firstAppearance):
        return
    for author in graph.values(claim, SCHEMA.author):
        for predicate in _ENDS:
            ended = graph.text(author, predicate)
            if ended and not _misread(ended) and is_more_than_a_day_later(said, read_edtf(ended).latest):
                message = f"its speaker ended on {ended}, before this was said ({said}): correct one of the dates"
                yield fault("said-after-end", message, claim, SCHEMA.author, author)


def _annotated(graph: GraphView) -> Iterator[Result]:
    """Yield an annotation of before its article, and a review of before the annotation."""
    for annotation in graph.instances(OA.Annotation):
        article = graph.value(graph.value(annotation, OA.hasBody), SCHEMA.appearance)
        published = graph.text(article, KG.earliest)
        made = [
            (predicate, value)
            for predicate in (DCTERMS.date, DCTERMS.created)
            for value in graph.values(annotation, predicate)
        ]
        reviewed = [(KG.reviewedOn, value) for value in graph.values(annotation, KG.reviewedOn)]
        for predicate, value in chain(made, reviewed):
            day = lexical(value)[:10]
            if _are_days(day, published) and is_more_than_a_day_later(published, day):
                message = (
                    f"an article can only be annotated after it appeared ({published}), not on {day}: correct one"
                )
                yield fault("annotated-before-article", message, annotation, predicate, value)
        for predicate, value in reviewed:
            if made and lexical(value)[:10] < lexical(made[0][1])[:10]:
                message = "annotations can only be reviewed after they were made: correct one of the dates"
                yield fault("reviewed-before-annotated", message, annotation, predicate, value)
