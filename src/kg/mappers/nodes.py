"""Nodes with their properties: values that are missing are left out, a date has all its properties.

A passage, which several claims may share, has one node.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kg.model import Article, Dated, Replaced
from kg.rdf.terms import Iri, Node, Term, date, edtf, integer, plain
from kg.rdf.vocab import DCTERMS, KG, OA, PROV, QUALIFIERS, RDF

Span = tuple[int, int]
"""Offsets in code points of a text, end exclusive."""

Properties = dict[Iri, list[Term]]


def node(subject: Iri, properties: Mapping[Iri, list[Term]]) -> Node:
    """Return a node with the properties that have a value."""
    return Node(subject, {predicate: objects for predicate, objects in properties.items() if objects})


def put(properties: Properties, predicate: Iri, value: Term) -> None:
    """Add a property, if it has a value."""
    if value:
        properties[predicate] = [value]


def put_all(properties: Properties, predicate: Iri, values: Sequence[Term]) -> None:
    """Add a property with all its values, if it has any."""
    if values:
        properties[predicate] = list(values)


def replaced_node(replaced: Replaced) -> Node:
    """Return all that is said of an IRI that a thing had before: which one it has now."""
    return Node(replaced.old, {DCTERMS.isReplacedBy: [replaced.new]})


# The field that each property of a date comes from, below the field of the date.
DATE_FIELDS: dict[Iri, tuple[str, ...]] = {
    KG.earliest: (),
    KG.latest: (),
    KG.probably: (),
    KG.edtf: ("edtf",),
    KG.dateWords: ("words",),
    KG.dateWordsAt: ("words",),
    KG.dateWhy: ("why",),
    KG.dateBasis: (),
    KG.dateQualifier: (),
}


def day(value: str) -> list[Term]:
    """Return a date typed at its precision, nothing for `""`."""
    return [date(value)] if value else []


def string(value: str) -> list[Term]:
    """Return a plain literal, nothing for `""`."""
    return [plain(value)] if value else []


def put_day(properties: Properties, predicate: Iri, value: str) -> None:
    """Add a date typed at its precision, nothing for `""`."""
    if value:
        properties[predicate] = [date(value)]


class Passages:
    """The passages of one text that its graph refers to. Characters are published only if `words` are."""

    def __init__(self, article: Article, *, words: bool, version: int = 0) -> None:
        self.words = words
        self._article = article
        text_version, self._text = article.in_version(version)
        self._source = text_version.iri
        # RFC 5147, whose fragments count code points as we do.
        self._start = f"{self._source[:-1]}#char="
        # Whether its characters are published, for each span that was referred to.
        self._quoted: dict[Span, bool] = {}
        self._earlier: dict[int, Passages] = {}
        # The passages of earlier texts that a passage revises.
        self._revised: dict[Span, list[Term]] = {}

    def in_version(self, number: int) -> Passages:
        """Return the passages of an earlier text; these for 0."""
        if not number:
            return self
        if number not in self._earlier:
            self._earlier[number] = Passages(self._article, words=self.words, version=number)
            self._earlier[number]._earlier = self._earlier
        return self._earlier[number]

    def revise(self, spans: Sequence[Span], number: int, earlier: Sequence[Span]) -> None:
        """Say that passages revise those of an earlier text."""
        before = self.in_version(number).at(earlier)
        for span in spans:
            known = self._revised.setdefault(span, [])
            known += [each for each in before if each not in known]

    def at(self, spans: Sequence[Span]) -> list[Term]:
        """Return the passage of each span in this text."""
        found: list[Term] = []
        for span in spans:
            self._quoted[span] = True
            found.append(Iri(f"{self._start}{span[0]},{span[1]}>"))
        return found

    def around(self, spans: Sequence[Span]) -> list[Term]:
        """Return the shortest passage with all spans, whose characters are published if there is one span."""
        if len(spans) == 1:
            return self.at(spans)
        start, end = min(spans)[0], max([end for _, end in spans])
        self._quoted.setdefault((start, end), False)
        return [Iri(f"{self._start}{start},{end}>")]

    def nodes(self) -> Iterator[Node]:
        """Yield a node for each passage that was referred to, in text order."""
        # Articles have dozens of passages, so what they share is looked up once.
        kind, source, begin, words, whole = KG.Passage, self._source, self._start, self.words, self._text
        for (start, end), is_quoted in sorted(self._quoted.items()):
            properties: Properties = {
                RDF.type: [kind],
                OA.hasSource: [source],
                OA.start: [integer(start)],
                OA.end: [integer(end)],
            }
            if is_quoted and words:
                properties[OA.exact] = [plain(whole[start:end])]
            if (start, end) in self._revised:
                properties[PROV.wasRevisionOf] = self._revised[start, end]
            yield Node(Iri(f"{begin}{start},{end}>"), properties)


def put_date(properties: Properties, predicate: Iri, when: Dated, passages: Passages) -> None:
    """Add a date under a separate property with its bounds; its words only if words are published."""
    put_day(properties, predicate, when.edtf.certain)
    put_bounds(properties, when, words=passages.words, words_at=passages.at(when.words_at))


def put_bounds(properties: Properties, when: Dated, *, words: bool, words_at: Sequence[Term] = ()) -> None:
    """Add the bounds, EDTF, words and basis that every date has."""
    known = when.edtf
    put_day(properties, KG.earliest, when.earliest)
    put_day(properties, KG.latest, when.latest)
    put_day(properties, KG.probably, known.probable)
    if known.text:
        properties[KG.edtf] = [edtf(known.text)]
    if words:
        put_all(properties, KG.dateWords, when.words)
    put_all(properties, KG.dateWordsAt, words_at)
    put_all(properties, KG.dateWhy, when.why)
    put(properties, KG.dateBasis, when.basis)
    if known.qualifier:
        properties[KG.dateQualifier] = [QUALIFIERS[known.qualifier]]


def bounds(when: Dated, *, words: bool, words_at: Sequence[Term] = ()) -> Properties:
    """Return the bounds, EDTF, words and basis that every date has."""
    properties: Properties = {}
    put_bounds(properties, when, words=words, words_at=words_at)
    return properties


def date_fields(field: tuple[str, ...]) -> dict[Iri, tuple[str, ...]]:
    """Return `DATE_FIELDS` below the field of the date."""
    return {predicate: field + below for predicate, below in DATE_FIELDS.items()}
