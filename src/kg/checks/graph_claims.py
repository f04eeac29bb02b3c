"""Checks of the claims in a graph: speakers, quotations, relations, order and mentions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from kg.checks.claim_relations import is_more_than_a_day_later
from kg.checks.graph_view import GraphView, fault
from kg.rdf.terms import Iri, literal_value, local_name, natural_number
from kg.rdf.vocab import DCTERMS, FORMS, KG, OA, PROV, RELATIONS, SCHEMA
from kg.shacl import Result

_RELATIONS = tuple(KG[name] for name in RELATIONS)
_LATER = (KG.answers, KG.repeats, KG.retracts)
_IN_ARTICLES_LANGUAGE = (KG.words, KG.condition, KG.cue, KG.speakerWords, KG.dateWords)
_OF_EARLIER_WORDS = (DCTERMS.date, DCTERMS.created, KG.reviewedBy, KG.reviewedOn)
_SIGNED = (DCTERMS.creator, DCTERMS.conformsTo, *_OF_EARLIER_WORDS)


def claim_faults(graph: GraphView) -> Iterator[Result]:
    """Yield what is wrong with the claims of a graph."""
    for article, claims in graph.claims_by_article.items():
        for claim in claims:
            yield from _quotations(graph, claim)
            yield from _language(graph, claim, article)
            yield from _inferred(graph, claim)
            yield from _place_in_iri(graph, claim, article)
        yield from _positions(graph, claims)
        if graph.base:
            yield from _mentions(graph, article, claims)
            yield from _signatures(graph, claims)
    yield from _without_words(graph)
    yield from _relations(graph)
    yield from _circles(graph)
    if graph.predicates.issuperset((KG.same, KG.contradicts)):
        yield from _contradictions(graph)
    yield from _annotations(graph)


def _quotations(graph: GraphView, claim: Iri) -> Iterator[Result]:
    """Yield each quotation that is not its claim's: another speaker or article, or other words."""
    speakers = set(graph.values(claim, SCHEMA.author))
    words = graph.text(claim, KG.words)
    quotations = [each for each in graph.values(claim, SCHEMA.hasPart) if Iri(each) in graph.nodes]
    for quotation in quotations:
        if set(graph.values(quotation, SCHEMA.spokenByCharacter)) != speakers:
            message = "a quotation must be spoken by the speakers of its claim: correct one of them"
            value = graph.value(quotation, SCHEMA.spokenByCharacter)
            yield fault("quotation-of-another", message, quotation, SCHEMA.spokenByCharacter, value)
        if graph.value(quotation, SCHEMA.isPartOf) != graph.value(claim, SCHEMA.appearance):
            message = "a quotation must be part of the article in which its claim appears: correct one of them"
            value = graph.value(quotation, SCHEMA.isPartOf)
            yield fault("other-article", message, quotation, SCHEMA.isPartOf, value)
        if words:
            yield from _quoted_words(graph, Iri(quotation), words)
    form = graph.value(claim, KG.form)
    if bool(quotations) != (form in (FORMS.direct, FORMS.partial)) and form and graph.base:
        needs = "must have its quotations" if not quotations else "must not have quotations"
        yield fault(
            "form-against-quotations",
            f"a claim whose form is {local_name(form)} {needs}: correct the form",
            claim,
            KG.form,
            form,
        )


def _quoted_words(graph: GraphView, quotation: Iri, words: str) -> Iterator[Result]:
    """Yield a quotation that has no words, or words that its claim does not have."""
    quoted = graph.text(quotation, SCHEMA.text)
    if graph.base and not quoted:
        message = "a quotation must have its words, as the words of its claim are published: add `schema:text`"
        yield fault("quotation-without-words", message, quotation, SCHEMA.text)
    elif quoted not in words and _squeezed(words) and _squeezed(quoted) not in _squeezed(words):
        message = "a quotation must be words of its claim, and these are not: correct one of them"
        value = graph.value(quotation, SCHEMA.text)
        yield fault("quotation-without-words", message, quotation, SCHEMA.text, value)


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _language(graph: GraphView, claim: Iri, article: str) -> Iterator[Result]:
    """Yield each text of the article that has another language than the article."""
    language = graph.text(article, SCHEMA.inLanguage).lower()
    if not language:
        return
    usual = f'"@{language}'
    texts = [(claim, predicate) for predicate in _IN_ARTICLES_LANGUAGE]
    texts += [(Iri(each), SCHEMA.text) for each in graph.values(claim, SCHEMA.hasPart)]
    for subject, predicate in texts:
        for value in graph.values(subject, predicate):
            if value.endswith(usual):
                continue
            found = literal_value(value).language if value[0] == '"' else language
            # An event's date words are in the language of the corpus.
            if found.lower() != language and not (predicate == KG.dateWords and _at_event(graph, claim)):
                message = (
                    f"words of the article must be in its language, {language}, not {found or 'none'}: correct it"
                )
                yield fault("language-of-article", message, subject, predicate, value)


def _at_event(graph: GraphView, claim: Iri) -> bool:
    return graph.kind_of(graph.value(claim, SCHEMA.recordedAt)) == "entity"


def _inferred(graph: GraphView, claim: Iri) -> Iterator[Result]:
    for predicate in graph.values(claim, KG.inferred):
        if not graph.values(claim, Iri(predicate)):
            message = "what is inferred must be a property that the claim has, and it has none of this: correct it"
            yield fault("inferred-nothing", message, claim, KG.inferred, predicate)


def _place_in_iri(graph: GraphView, claim: Iri, article: str) -> Iterator[Result]:
    """Yield a claim that appears in another article than the one in its IRI."""
    if graph.kind_of(claim) != "claim" or graph.kind_of(article) != "article":
        return
    of = claim[len(graph.base) + len("<claim/") : claim.rindex("/")]
    if article != f"<{graph.base}article/{of}>":
        message = f"a claim must appear in the article of its IRI, {of!r}: correct it"
        yield fault("other-article", message, claim, SCHEMA.appearance, article)


def _positions(graph: GraphView, claims: Sequence[Iri]) -> Iterator[Result]:
    """Yield positions that two claims have, and claims whose order is not that of their words."""
    positions: dict[int, Iri] = {}
    for claim in claims:
        position = natural_number(graph.text(claim, SCHEMA.position))
        if position < 0:
            continue
        if position in positions or (graph.base and not 1 <= position <= len(claims)):
            message = (
                f"the claims of an article are numbered from 1 to {len(claims)}, each once, and this "
                f"is wrong: {position}"
            )
            yield fault("position", message, claim, SCHEMA.position, graph.value(claim, SCHEMA.position))
        positions[position] = claim
    before: dict[str, tuple[int, Iri]] = {}  # the claim before, in each version of the text
    for position in sorted(positions):
        claim = positions[position]
        start = first_character(graph, claim)
        if start < 0:
            continue
        text = graph.value(graph.value(claim, KG.wordsAt), OA.hasSource)
        reached, other = before.get(text, (-1, claim))
        if start < reached:
            message = (
                f"claims are numbered in the order of their words, and this one begins before "
                f"{other.strip('<>')}: correct it"
            )
            yield fault("position", message, claim, SCHEMA.position, graph.value(claim, SCHEMA.position))
        before[text] = start, claim


def first_character(graph: GraphView, claim: Iri) -> int:
    """Return the offset of the first of a claim's words, -1 if it is not known."""
    starts = [natural_number(graph.text(passage, OA.start)) for passage in graph.values(claim, KG.wordsAt)]
    return min((start for start in starts if start >= 0), default=-1)


def _mentions(graph: GraphView, article: str, claims: Iterable[Iri]) -> Iterator[Result]:
    """Yield what an article's claims name and the article does not mention, and the reverse.

    What an annotator inferred and who speaks as the paper itself are not named in the article's words.
    """
    if Iri(article) not in graph.nodes:
        return
    named = {
        value
        for claim in claims
        for predicate in (SCHEMA.author, KG.onBehalfOf, KG.addressee, SCHEMA.about, SCHEMA.firstAppearance)
        if predicate not in graph.values(claim, KG.inferred)
        and (predicate != SCHEMA.author or FORMS.own not in graph.values(claim, KG.form))
        for value in graph.values(claim, predicate)
        if graph.kind_of(value) == "entity"
    }
    mentioned = set(graph.values(article, SCHEMA.mentions))
    for missing in sorted(named - mentioned):
        message = f"an article must mention all that its claims name, and {missing[1:-1]} is missing: add it"
        yield fault("mentions", message, article, SCHEMA.mentions)
    for extra in sorted(mentioned - named):
        message = (
            "an article must mention nothing but what its claims name, not who speaks as the paper itself or what "
            "is only inferred: delete this, or name it in a claim"
        )
        yield fault("mentions", message, article, SCHEMA.mentions, extra)


def _signatures(graph: GraphView, claims: Sequence[Iri]) -> Iterator[Result]:
    """Yield annotations of one article that differ in who made them, when and by which guideline."""
    annotations = [annotation for claim in claims for annotation in graph.bodies.get(claim, ())]
    if not annotations:
        return
    signatures = [[graph.values(each, predicate) for predicate in _SIGNED] for each in annotations]
    if all(each == signatures[0] for each in signatures):  # as nearly always
        return
    reworded = set(_reworded(graph, claims))
    signed = {each: tuple(tuple(graph.values(each, predicate)) for predicate in _SIGNED) for each in annotations}
    counted = Counter(signature for each, signature in signed.items() if each not in reworded)
    usual = (counted or Counter(signed.values())).most_common(1)[0][0]
    for annotation, signature in signed.items():
        for predicate, one, other in zip(_SIGNED, signature, usual, strict=True):
            # Whoever annotated or reviewed the earlier words did not have those that the claim has now.
            is_earlier = not one and annotation in reworded and predicate in _OF_EARLIER_WORDS
            if one != other and not is_earlier:
                message = (
                    "all claims of an article are annotated together, and this differs from the others: correct it"
                )
                yield fault("annotations-differ", message, annotation, predicate, next(iter(one), ""))


def _reworded(graph: GraphView, claims: Sequence[Iri]) -> Iterator[Iri]:
    """Yield the annotations of claims whose words the paper has changed since."""
    for claim in claims:
        if any(graph.values(passage, PROV.wasRevisionOf) for passage in graph.values(claim, KG.wordsAt)):
            yield from graph.bodies.get(claim, ())


def _annotations(graph: GraphView) -> Iterator[Result]:
    """Yield claims without an annotation, and annotations that name another annotator than their claim."""
    for claim in graph.instances(SCHEMA.Claim):
        annotations = graph.bodies.get(claim, ())
        if graph.base and len(annotations) != 1:
            message = f"a claim must be the body of one annotation, not of {len(annotations)}: correct `oa:hasBody`"
            yield fault("claim-without-annotation", message, claim)
        interpreters = set(graph.values(claim, SCHEMA.claimInterpreter))
        for annotation in annotations:
            creators = set(graph.values(annotation, DCTERMS.creator))
            if interpreters != creators and (interpreters or creators):
                message = "the interpreter of a claim must be the creator of its annotation: correct one of them"
                value = graph.value(claim, SCHEMA.claimInterpreter)
                yield fault("annotators-differ", message, claim, SCHEMA.claimInterpreter, value)
            if graph.kind_of(annotation) and annotation.partition("#")[0] != claim[:-1]:
                message = "an annotation's body must be the claim of its IRI: correct it"
                yield fault("other-claim", message, annotation, OA.hasBody, claim)


def _without_words(graph: GraphView) -> Iterator[Result]:
    claims = list(graph.instances(SCHEMA.Claim))
    worded = {claim for claim in claims if graph.values(claim, KG.words)}
    for claim in claims:
        if worded and claim not in worded and (graph.base or not graph.values(claim, SCHEMA.text)):
            message = "a claim must have the words of its article, as the others have: add `kg:words`"
            yield fault("claim-without-words", message, claim, KG.words)


def _relations(graph: GraphView) -> Iterator[Result]:
    """Yield relations to the claim itself or to what was said later."""
    for claim in graph.instances(SCHEMA.Claim):
        properties = graph.properties(claim)
        for predicate in _RELATIONS:
            for other in properties.get(predicate, ()):
                if other == claim:
                    message = "a claim must relate to another claim, not to itself: correct it"
                    yield fault("relation-to-itself", message, claim, predicate, other)
                elif Iri(other) in graph.nodes and SCHEMA.Claim not in graph.types(other):
                    if KG.WithdrawnClaim not in graph.types(other):
                        message = "a relation must lead to a claim, and this is none: correct it"
                        yield fault("relation-to-no-claim", message, claim, predicate, other)
                        continue
                    message = "a relation must not lead to a withdrawn claim: delete it"
                    yield fault("relation-to-withdrawn", message, claim, predicate, other)
                elif predicate in _LATER and is_more_than_a_day_later(
                    graph.day(other, KG.earliest), graph.day(claim, KG.latest)
                ):
                    name = local_name(predicate)
                    message = (
                        f"a claim can only be made after what it {name}, and that was made later: correct a date"
                    )
                    yield fault("relation-to-later-claim", message, claim, predicate, other)


def _circles(graph: GraphView) -> Iterator[Result]:
    for claim, reported in graph.circles(KG.reports, graph.instances(SCHEMA.Claim)):
        if claim != reported:
            message = "a claim must not report itself, and this leads back to it: delete the relation that is wrong"
            yield fault("circle-of-reports", message, claim, KG.reports, reported)


def _contradictions(graph: GraphView) -> Iterator[Result]:
    leader: dict[str, str] = {}

    def found(claim: str) -> str:
        while claim in leader:
            claim = leader[claim]
        return claim

    claims = list(graph.instances(SCHEMA.Claim))
    for claim in claims:
        for other in graph.values(claim, KG.same):
            if (one := found(claim)) != (two := found(other)):
                leader[one] = two
    for claim in claims:
        for other in graph.values(claim, KG.contradicts):
            if leader and claim != other and found(claim) == found(other):
                message = "a claim must not contradict itself, and this is the same statement: delete one relation"
                yield fault("same-and-contradicts", message, claim, KG.contradicts, other)
