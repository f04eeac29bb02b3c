"""Claims as comma-separated values: a row a claim, for spreadsheets. `kg import csv` reads the columns back.

Several values in one cell are separated by `; `. People and organisations have two columns: the name and the id.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from kg.annotations.own_fields import OwnField
from kg.files.csv_files import BOM, line
from kg.formats import GAP, Nodes, Properties, by_iri, cue_parts, in_language, instances
from kg.meaning.claim import INFERRED_VALUES
from kg.rdf.terms import Graph, Iri, Term, iri_text, literal_value, part
from kg.rdf.vocab import ACTS, BASES, DCTERMS, FORMS, KG, OA, RELATIONS, SCHEMA, SKOS

if TYPE_CHECKING:
    from kg.meaning import CorpusIndex

COLUMNS = (
    *("article", "headline", "published", "publisher", "publisher_id", "author", "author_id", "url", "language"),
    *("id", "speaker", "speaker_id", "speaker_words", "words", "start", "end", "in_full", "gist"),
    *("said", "earliest", "latest", "due", "due_by", "condition", "act", "form", "cue", "to", "to_id"),
    *("about", "about_id", "occasion", "relations"),
    *("translated", "inferred", "first_appearance", "appearances", "note", "other_languages"),
    *("annotator", "annotated", "iri"),
)
# The columns with one value, unchanged.
_PLAIN = {
    "speaker_words": KG.speakerWords,
    "words": KG.words,
    "earliest": KG.earliest,
    "latest": KG.latest,
    "due": KG.due,
    "due_by": KG.dueBy,
    "condition": KG.condition,
    "act": KG.act,
    "form": KG.form,
    "translated": KG.originalLanguage,
    "first_appearance": SCHEMA.firstAppearance,
}
_AND = "; "

Cells = dict[str, str]


class CsvWriter:
    """Writes a row for each claim of a graph, with its article, its speakers and its annotation."""

    between = ""
    tail = ""

    def __init__(self, index: CorpusIndex) -> None:
        self._index = index
        own = (*index.fields.articles, *index.fields.claims)
        self._columns = (*COLUMNS, *dict.fromkeys(map(_column, own)))
        self._entities = {entity.iri: (id, entity) for id, entity in index.entities.items()}
        self._annotators = {each.iri: literal_value(each.name).lexical for each in index.annotators.values()}

    def head(self) -> str:
        """Return a byte order mark and the names of the columns."""
        return BOM + line(self._columns)

    def graph(self, graph: Graph) -> str:
        """Return a row for each claim of a graph, in its order."""
        nodes = by_iri(graph)
        about: dict[Term, Cells] = {}
        rows = []
        for iri, claim in instances(graph, SCHEMA.Claim):
            (article,) = claim[SCHEMA.appearance]
            if article not in about:
                of_article = nodes[Iri(article)]
                about[article] = self._article(of_article) | self._own(of_article, self._index.fields.articles)
            own = self._own(claim, self._index.fields.claims)
            rows.append(about[article] | self._claim(iri, claim, nodes, about[article]) | own)
        return "".join([line([row.get(name, "") for name in self._columns]) for row in rows])

    def encoded(self, graph: Graph) -> bytes:
        """Return `graph` in UTF-8."""
        return self.graph(graph).encode()

    def _own(self, properties: Properties, fields: Sequence[OwnField]) -> Cells:
        """Return the values of the corpus's own fields; of an entity, its id."""
        found: Cells = {}
        for field in fields:
            terms = properties.get(Iri(f"<{field.property}>"), ())
            found[_column(field)] = _AND.join(map(self._own_value, terms))
        return found

    def _own_value(self, term: Term) -> str:
        if term[0] != "<":
            return literal_value(term).lexical
        known = self._entities.get(Iri(term))
        return known[0] if known else iri_text(term)

    def _article(self, article: Properties) -> Cells:
        language = _first(article, SCHEMA.inLanguage)
        return {
            "article": _first(article, SCHEMA.identifier),
            "headline": _first(article, SCHEMA.headline),
            "text": article[SCHEMA.encoding][0],
            "published": _first(article, KG.edtf),
            "url": _first(article, SCHEMA.url),
            "language": language,
            **self._named("publisher", article.get(SCHEMA.publisher, ()), {}, language),
            **self._named("author", article.get(SCHEMA.author, ()), {}, language),
        }

    def _claim(self, iri: Iri, claim: Properties, nodes: Nodes, article: Cells) -> Cells:
        language, annotation = article["language"], nodes[part(iri, "annotation")]
        return {
            **{name: _first(claim, predicate) for name, predicate in _PLAIN.items()},
            "id": iri_text(iri).rpartition("/")[2],
            "iri": iri_text(iri),
            **self._names(claim, nodes, language),
            "cue": GAP.join(cue_parts(claim, nodes)),
            **_offsets(claim, nodes, article["text"]),
            "said": _said(claim, article),
            "relations": _AND.join(self._relations(claim, article["article"])),
            "inferred": _AND.join(
                INFERRED_VALUES[iri] for each in claim.get(KG.inferred, ()) if (iri := Iri(each)) in INFERRED_VALUES
            ),
            "appearances": " ".join(map(iri_text, claim.get(SCHEMA.workExample, ()))),
            **self._texts(claim, language),
            "annotator": _AND.join(
                self._annotators.get(Iri(each), "") for each in annotation.get(DCTERMS.creator, ())
            ),
            "annotated": _first(annotation, DCTERMS.created) or _first(annotation, DCTERMS.date),
        }

    def _names(self, claim: Properties, nodes: Nodes, language: str) -> Cells:
        """Return the people and things that a claim names, and its occasion, by name."""
        own_voice = FORMS.own in claim[KG.form]
        speakers = (
            {"speaker": "article"}
            if own_voice
            else self._named("speaker", claim.get(SCHEMA.author, ()), nodes, language)
        )
        occasion = [
            self._occasion(nodes.get(Iri(each), {}), each, language) for each in claim.get(SCHEMA.recordedAt, ())
        ]
        return {
            **speakers,
            **self._named("to", claim.get(KG.addressee, ()), nodes, language),
            **self._named("about", claim.get(SCHEMA.about, ()), nodes, language),
            "occasion": _AND.join(occasion),
        }

    def _occasion(self, occasion: Properties, iri: Term, language: str) -> str:
        """Return the name of an occasion, else its id."""
        known = self._entities.get(Iri(iri))
        names = known[1].names if known else occasion.get(SCHEMA.name, ())
        return in_language(names, language) or iri_text(iri).rpartition("/")[2]

    def _named(self, field: str, iris: Iterable[Term], nodes: Nodes, language: str) -> Cells:
        """Return names and ids; a source that is no entity has the words that describe it, and no id."""
        names, ids = [], []
        for iri in iris:
            if known := self._entities.get(Iri(iri)):
                names.append(in_language(known[1].names, language))
                ids.append(known[0])
            else:
                source = nodes.get(Iri(iri), {})
                texts = source.get(SCHEMA.description) or source.get(SCHEMA.name) or ()
                names.append(in_language(texts, language) or "unnamed")
                ids.append("")
        return {field: _AND.join(names), f"{field}_id": _AND.join(ids) if any(ids) else ""}

    def _relations(self, claim: Properties, article: str) -> Iterator[str]:
        """Yield each relation with the id of the other claim, and of its article if that is another one."""
        start = f"{self._index.iris.base}claim/"
        for name in RELATIONS:
            for other in claim.get(KG[name], ()):
                yield f"{name} {iri_text(other).removeprefix(start).removeprefix(f'{article}/')}"

    def _texts(self, claim: Properties, language: str) -> Cells:
        """Return the gist in the article's language, the note in the corpus's, and both in other languages.

        `in_full` is what is claimed, in one language: the gist or, if they say it, the words.
        """
        full = claim.get(SCHEMA.text, ())
        cells = {"gist": "", "note": "", "in_full": in_language(full, self._index.dataset.language, language, "en")}
        others = []
        ours = {"gist": language, "note": self._index.dataset.language}
        for field, predicate in (("gist", SCHEMA.text), ("note", SKOS.editorialNote)):
            for term in claim.get(predicate, ()):
                text = literal_value(term)
                if term in claim.get(KG.words, ()):
                    continue  # a column of their own
                if text.language == ours[field].lower():
                    cells[field] = text.lexical
                else:
                    others.append(f"{field} ({text.language}): {text.lexical}")
        return {**cells, "other_languages": "\n".join(others)}


def _column(field: OwnField) -> str:
    """Return the column of one of the corpus's own fields: `article_` begins those of articles."""
    return f"article_{field.name}" if field.kind == "articles" else field.name


def _first(properties: Properties, predicate: Iri) -> str:
    """Return the first value of a property: the local name of an act or a form, any other IRI in full."""
    for term in properties.get(predicate, ()):
        if term[0] != "<":
            return literal_value(term).lexical
        return iri_text(term).removeprefix(ACTS.base).removeprefix(FORMS.base)
    return ""


def _said(claim: Properties, article: Cells) -> str:
    """Return the date of a claim as `said` has it; `""` if it has no date but that of the article."""
    if BASES.correction in claim.get(KG.dateBasis, ()):
        return "corrected"
    edtf = _first(claim, KG.edtf)
    return "" if FORMS.own in claim[KG.form] and edtf == article["published"] else edtf


def _offsets(claim: Properties, nodes: Nodes, text: str) -> Cells:
    """Return where the parts of the words start and end in a text; nothing for a claim kept to an earlier text."""
    passages = [nodes[Iri(each)] for each in claim.get(KG.wordsAt, ())]
    passages = [each for each in passages if text in each[OA.hasSource]]
    return {
        "start": _AND.join(_first(each, OA.start) for each in passages),
        "end": _AND.join(_first(each, OA.end) for each in passages),
    }
