"""The named questions with examples that the data set can answer."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from kg.publish.site.whole import Whole
from kg.query.questions import Parameter, Question, grouped, with_values
from kg.rdf.terms import Iri, Term, is_iri
from kg.rdf.vocab import SCHEMA


def questions_about(whole: Whole) -> dict[str, list[Question]]:
    """Return the questions by their group, each with values of this data set where its own are of another."""
    return {
        group: [question._replace(query=_query(question, whole)) for question in questions]
        for group, questions in grouped().items()
    }


def _query(question: Question, whole: Whole) -> str:
    given = {each.name: Iri(each.example) for each in question.parameters if is_iri(each.example)}
    if all(map(whole.quads.has, given.values())):
        return question.query
    known: dict[str, Term] = {}
    for each in question.parameters:
        # Days and words are those of the other data set, too: who may leave them out, does.
        if each.name in given:
            known[each.name] = next(_things(each, whole, but=list(known.values())), given[each.name])
        elif not each.optional:
            known[each.name] = Iri(each.example)
    return with_values(question, known)


def _things(parameter: Parameter, whole: Whole, but: Container[Term]) -> Iterator[Iri]:
    """Yield things of the kind that a parameter takes, first those of which much is said."""
    counts = whole.summary
    heard = counts.about if parameter.name == "about" else counts.said
    entities = sorted(heard, key=lambda iri: ("/entity/" not in iri, -heard[iri], iri))
    kinds: dict[str, Iterable[Iri]] = {
        "entity": entities,
        "event": sorted(whole.quads.instances(SCHEMA.Event)),
        "article": whole.articles,
        "claim": [claim for _, claim in counts.new],
    }
    yield from (iri for iri in kinds[parameter.type] if iri not in but)
