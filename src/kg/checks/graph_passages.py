"""Checks of the passages of articles in a graph, and of what is anchored in them.

A passage has offsets, characters and the text that it is of; claims, occasions and sources are anchored in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from operator import itemgetter
from typing import NamedTuple

from kg.checks.graph_view import GraphView, fault
from kg.rdf.terms import Iri, natural_number
from kg.rdf.vocab import KG, OA, SCHEMA
from kg.shacl import Result

_CHARACTERS = re.compile(r"<(.*)#char=([0-9]+),([0-9]+)>")
_GAPS = (" … ", " ")
# The words that are also given as text, by the property that anchors them.
_ANCHORED = ((KG.cueAt, KG.cue), (KG.speakerWordsAt, KG.speakerWords), (KG.dateWordsAt, KG.dateWords))
_ANCHORED_OF_SOURCE = ((KG.wordsAt, SCHEMA.description),)


class Passage(NamedTuple):
    """A passage of a text: its offsets, end exclusive, and its characters, `""` if they are not published."""

    iri: Iri
    start: int
    end: int
    exact: str


def passage_faults(graph: GraphView) -> Iterator[Result]:
    """Yield what is wrong with passages and with what is anchored in them."""
    by_text: dict[str, list[Passage]] = {}
    known: dict[str, Passage] = {}
    for iri in graph.instances(KG.Passage):
        start, end, source = graph.text(iri, OA.start), graph.text(iri, OA.end), graph.value(iri, OA.hasSource)
        if iri != f"{source[:-1]}#char={start},{end}>":
            yield from _name(graph, iri, start, end)
        first, last = natural_number(start), natural_number(end)
        if first >= 0 and last >= 0:
            known[iri] = passage = Passage(iri, first, last, graph.text(iri, OA.exact))
            by_text.setdefault(source, []).append(passage)
    for text, passages in by_text.items():
        yield from _characters(graph, text, passages)
    yield from _bodies(graph)
    for claim in graph.instances(SCHEMA.Claim):
        spans = _passages(graph, claim, KG.wordsAt, known)
        yield from _words(graph, claim, spans, known)
        yield from _target(graph, claim, spans, known)
        yield from _text_of(graph, claim, known)
    for subject, properties in graph.nodes.items():
        if KG.cueAt in properties or KG.speakerWordsAt in properties or KG.dateWordsAt in properties:
            yield from _anchored(graph, Iri(subject), _ANCHORED, known)
    for source in graph.instances(KG.UnnamedSource):
        yield from _anchored(graph, source, _ANCHORED_OF_SOURCE, known)


def _name(graph: GraphView, iri: Iri, start: str, end: str) -> Iterator[Result]:
    """Yield a fault if the IRI of a passage names other characters or another text than its properties."""
    named = _CHARACTERS.fullmatch(iri)
    if not named:
        return
    for predicate, found, right in ((OA.start, start, named[2]), (OA.end, end, named[3])):
        if found and found != right:
            message = (
                f"the offset must be {right}, as the IRI of the passage says, not {found}: correct one of them"
            )
            yield fault("passage-offsets", message, iri, predicate, graph.value(iri, predicate))
    source = graph.value(iri, OA.hasSource)
    if source and source != f"<{named[1]}>":
        message = "a passage must have the text of its IRI as its source: correct one of them"
        yield fault("passage-offsets", message, iri, OA.hasSource, source)


def _characters(graph: GraphView, text: str, passages: Sequence[Passage]) -> Iterator[Result]:
    """Yield passages whose characters contradict their offsets, their text or another passage."""
    body = graph.body(text)
    if not body and _all_agree(passages):  # as nearly always
        return
    characters: dict[int, str] = {}
    for each in passages:
        if body and each.end > len(body):
            message = f"a passage must end in its text, which has {len(body)} characters, not at {each.end}"
            yield fault("passage-offsets", message, each.iri, OA.end, graph.value(each.iri, OA.end))
        elif each.exact and len(each.exact) != each.end - each.start:
            message = (
                f"from {each.start} to {each.end} there are {each.end - each.start} characters, not "
                f"{len(each.exact)}"
            )
            yield fault("passage-length", message, each.iri, OA.exact, graph.value(each.iri, OA.exact))
        elif each.exact and not _agrees(each, body, characters):
            message = "the characters of a passage must be those of its text and of other passages: correct them"
            yield fault("passage-characters", message, each.iri, OA.exact, graph.value(each.iri, OA.exact))


def _all_agree(passages: Iterable[Passage]) -> bool:
    """Tell whether each passage has as many characters as its offsets say, and those of all that overlap it."""
    known, begin, reached = "", 0, 0
    for _, start, end, exact in sorted(passages, key=itemgetter(1)):
        if not exact:
            continue
        if len(exact) != end - start:
            return False
        if start < reached and not exact.startswith(known[start - begin : end - begin]):
            return False
        if end > reached:
            known, begin, reached = exact, start, end
    return True


def _agrees(passage: Passage, body: str, characters: dict[int, str]) -> bool:
    """Tell whether a passage has the characters of the text, or those that others have; add its own."""
    if body:
        return body[passage.start : passage.end] == passage.exact
    here = dict(enumerate(passage.exact, start=passage.start))
    if characters.keys().isdisjoint(here):  # as most are
        characters.update(here)
        return True
    return all(characters.setdefault(offset, character) == character for offset, character in here.items())


def _bodies(graph: GraphView) -> Iterator[Result]:
    """Yield each text whose digest is not that of the article's body."""
    for text, article in graph.article_of.items():
        body, digest = graph.body(text), graph.text(text, SCHEMA.sha256)
        if body and digest and sha256(body.encode()).hexdigest() != digest:
            message = "the digest must be that of the article's text: the text was changed, or is another version"
            yield fault("text-digest", message, text, SCHEMA.sha256, graph.value(text, SCHEMA.sha256))
        language, other = graph.text(text, SCHEMA.inLanguage), graph.text(article, SCHEMA.inLanguage)
        if language and other and language != other:
            message = f"a text must have the language of its article, {other}, not {language}: correct one of them"
            yield fault(
                "language-of-article", message, text, SCHEMA.inLanguage, graph.value(text, SCHEMA.inLanguage)
            )


def _words(
    graph: GraphView, claim: Iri, spans: Sequence[Passage], known: Mapping[str, Passage]
) -> Iterator[Result]:
    """Yield a fault if a claim's words, or those of a quotation, are not those of its passages."""
    words = graph.text(claim, KG.words)
    if graph.base and known and not graph.values(claim, KG.wordsAt):
        message = "a claim must say where its words are, as the others do: add `kg:wordsAt`"
        yield fault("claim-without-words", message, claim, KG.wordsAt)
    elif words and (bare := next((each.iri for each in spans if not each.exact), None)):
        message = "a passage must have its characters where the words of its claim are published: add `oa:exact`"
        yield fault("words-of-passage", message, bare, OA.exact)
    elif words and spans and not _is_joined(words, spans):
        message = "a claim's words must be those of its passages, in the order of the text: correct one of them"
        yield fault("words-of-passage", message, claim, KG.words, graph.value(claim, KG.words))
    for quotation in graph.values(claim, SCHEMA.hasPart):
        for each in _passages(graph, Iri(quotation), KG.wordsAt, known):
            quoted = graph.text(quotation, SCHEMA.text)
            if quoted and each.exact and quoted != each.exact:
                message = "the words of a quotation must be those of its passage: correct one of them"
                yield fault(
                    "words-of-passage", message, quotation, SCHEMA.text, graph.value(quotation, SCHEMA.text)
                )
            if spans and not any(span.start <= each.start and each.end <= span.end for span in spans):
                message = "a quotation must lie in the words of its claim: correct where one of them is"
                yield fault("quotation-without-words", message, quotation, KG.wordsAt, each.iri)


def _passages(graph: GraphView, subject: Iri, predicate: Iri, known: Mapping[str, Passage]) -> list[Passage]:
    """Return the passages of a property in the order of the text."""
    found = [known[each] for each in graph.values(subject, predicate) if each in known]
    return found if len(found) < 2 else sorted(found, key=lambda each: (each.start, each.end))


def _is_joined(words: str, spans: Sequence[Passage]) -> bool:
    """Tell whether words are passages joined with a blank or an omission."""
    rest = words
    for number, each in enumerate(spans):
        if number:
            gap = next((gap for gap in _GAPS if rest.startswith(gap)), "")
            rest = rest[len(gap) :] if gap else "\0"
        if not rest.startswith(each.exact):
            return False
        rest = rest[len(each.exact) :]
    return not rest


def _target(
    graph: GraphView, claim: Iri, spans: Sequence[Passage], known: Mapping[str, Passage]
) -> Iterator[Result]:
    """Yield a fault if the annotation's target is not the shortest passage with all of the claim's words."""
    for annotation in graph.bodies.get(claim, ()):
        for target in graph.values(annotation, OA.hasTarget):
            if not spans or target not in known:
                continue
            whole = min(each.start for each in spans), max(each.end for each in spans)
            if (known[target].start, known[target].end) != whole:
                message = (
                    f"an annotation's target must be the passage of the claim's words, {whole[0]} to {whole[1]}"
                )
                yield fault("target-of-another", f"{message}: correct it", annotation, OA.hasTarget, target)


def _text_of(graph: GraphView, claim: Iri, known: Mapping[str, Passage]) -> Iterator[Result]:
    """Yield a fault if a claim is anchored in the text of another article than the one in which it appears."""
    article = graph.value(claim, SCHEMA.appearance)
    for predicate in (KG.wordsAt, KG.cueAt, KG.speakerWordsAt, KG.dateWordsAt):
        for passage in graph.values(claim, predicate):
            of = graph.article_of.get(graph.value(passage, OA.hasSource), article)
            if passage in known and article and of != article:
                message = (
                    "a claim must be anchored in the text of the article in which it appears: correct one of them"
                )
                yield fault("passage-of-another-article", message, claim, predicate, passage)


def _anchored(
    graph: GraphView, subject: Iri, pairs: Sequence[tuple[Iri, Iri]], known: Mapping[str, Passage]
) -> Iterator[Result]:
    """Yield a fault if a cue, a name or the words of a date are not those of their passages, or missing."""
    for at, predicate in pairs:
        spans, words = _passages(graph, subject, at, known), graph.text(subject, predicate)
        if not spans or (len(spans) == 1 and words == spans[0].exact) or not all(each.exact for each in spans):
            continue
        if not words:
            if graph.base:
                message = "words whose passages are published must be given too: add them, or delete this"
                yield fault("words-of-passage", message, subject, at, spans[0].iri)
            continue
        found = sorted(word for word in words.split() if word != "…")
        if found != sorted(word for each in spans for word in each.exact.split() if word != "…"):
            message = "these words must be those of their passages: correct one of them"
            yield fault("words-of-passage", message, subject, predicate, graph.value(subject, predicate))
