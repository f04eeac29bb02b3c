"""What a graph says of claims, articles and entities, in the fields in which annotators write it.

So that two graphs are compared in the same words as two corpora. What kg works out from the fields is left out:
where words are, the bounds of a date, the order of the claims.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from kg.history.changes import (
    Change,
    Fields,
    article_changes,
    entity_changes,
    field_changes,
    renamed,
    simplified,
    with_new_names,
)
from kg.history.quad_comparison import (
    DATASET,
    ENTITIES,
    IN_ARTICLE,
    QuadComparison,
    is_only_replaced,
    parsed_quad,
    present_iris,
)
from kg.mappers.article import ARTICLE_FIELDS, OCCASION_FIELDS, SOURCE_FIELDS, WITHDRAWN_FIELDS
from kg.mappers.claim import ANNOTATION_FIELDS, CLAIM_FIELDS, RATING_FIELDS, REVIEW_FIELDS
from kg.mappers.dataset import DATASET_FIELDS, PART_FIELDS
from kg.mappers.entity import ANNOTATOR_FIELDS, ENTITY_FIELDS, ROLE_FIELDS
from kg.mappers.nodes import DATE_FIELDS
from kg.rdf.terms import iri_text, literal_value, local_name
from kg.rdf.vocab import BASES, DCAT, DCTERMS, KG, OA, PROV, RDF, SCHEMA, SKOS, WRITTEN_TERMS

Properties = Mapping[str, Sequence[str]]
FieldTable = Mapping[Any, tuple[str, ...]]
_DERIVED = {
    *(RDF.type, SKOS.prefLabel, SKOS.inScheme, SCHEMA.inDefinedTermSet, SCHEMA.identifier, SCHEMA.mentions),
    *(SCHEMA.dateCreated, SCHEMA.datePublished, SCHEMA.startDate, SCHEMA.endDate, KG.dueBy),
    *(KG.wordsAt, KG.cueAt, KG.speakerWordsAt, KG.spokenAs, KG.probablySpokenAs),
    *(SCHEMA.position, SCHEMA.hasPart, SCHEMA.appearance, SCHEMA.claimInterpreter, SCHEMA.memberOf),
    *(SCHEMA.reviewRating, SCHEMA.itemReviewed, SCHEMA.claimReviewed),
    *(OA.hasBody, OA.hasTarget, OA.motivatedBy, DCTERMS.isPartOf, DCTERMS.language),
    *(DCTERMS.modified, PROV.wasRevisionOf),
    *(DATE_FIELDS.keys() - {KG.edtf}),
}
# Each release has its own version and day, which are no change of the data set.
_SETTINGS = DATASET_FIELDS.keys() - {DCAT.version, DCTERMS.issued}
_INHERITED = {BASES.publication, BASES.occasion, BASES.document, BASES.correction}


def graph_changes(comparison: QuadComparison) -> Iterator[Change]:
    """Yield what differs between two graphs of kg's: the corpus, the entities, then the articles by their ids."""
    names: dict[str, str] = {}
    articles = _renamed_articles(comparison)
    earlier_ids = {each.id for each in articles.values()}
    for name, old, new in comparison.differing():
        before, after = _content(comparison, name, old, new)
        if name == DATASET:
            yield from field_changes("corpus", "", before.settings(), after.settings())
        elif name == ENTITIES:
            names = renamed(before.entities(), after.entities())
            yield from field_changes("corpus", "", before.annotators(), after.annotators())
            yield from entity_changes(before.entities(), after.entities())
        elif name.startswith(IN_ARTICLE):
            id = name.removeprefix(IN_ARTICLE)
            was, is_now = (not is_only_replaced(lines) for lines in (old, new))
            earlier = articles.get(id)
            if not is_now and (not was or id in earlier_ids):
                continue
            if earlier and not was:
                yield Change("article", earlier.id, "renamed", "", earlier.id, id)
                before = earlier
            elif not (was and is_now):
                yield Change("article", id, "added" if is_now else "deleted")
            fields = with_new_names(before.article() if was or earlier else {}, "claims", names)
            yield from article_changes(id, *_comparable(fields, after.article() if is_now else {}))


def _content(
    comparison: QuadComparison, name: str, old: list[bytes], new: list[bytes]
) -> tuple[GraphContent, GraphContent]:
    id = name.removeprefix(IN_ARTICLE)
    return GraphContent(old, comparison.old.base, id), GraphContent(new, comparison.new.base, id)


def _renamed_articles(comparison: QuadComparison) -> dict[str, GraphContent]:
    """Return what was said of each article that has another id now, by that id."""
    start = f"<{comparison.new.base}article/"
    ids = {
        old[len(start) : -1]: new[len(start) : -1]
        for old, new in present_iris(comparison).items()
        if old.startswith(start)
    }
    found: dict[str, GraphContent] = {}
    for name, old, _ in comparison.differing() if ids else ():
        if (id := name.removeprefix(IN_ARTICLE)) in ids and not is_only_replaced(old):
            found[ids[id]] = GraphContent(old, comparison.old.base, id)
    return found


def _comparable(old: Fields, new: Fields) -> tuple[Fields, Fields]:
    """Return the content of an article without its annotation if one has no claim that would say it."""
    if old.get("annotation") and new.get("annotation"):
        return old, new
    before, after = ({key: each for key, each in side.items() if key != "annotation"} for side in (old, new))
    return before, after


class GraphContent:
    """The fields that lines of N-Quads say; IRIs below the base are shown as ids."""

    def __init__(self, lines: Iterable[bytes], base: str, article: str = "") -> None:
        self.id = article
        self._base = base
        self._article = f"{article}/"
        self._nodes: dict[str, dict[str, list[str]]] = {}
        for line in lines:
            match = parsed_quad(line)
            subject, predicate, value = (match[name].decode() for name in ("subject", "predicate", "value"))
            self._nodes.setdefault(subject, {}).setdefault(predicate, []).append(value)

    def article(self) -> Fields:
        """Return what is said of an article, as `ClaimsFile` has it; nothing if there is none."""
        found: dict[str, Any] = {}
        claims: dict[str, Any] = {}
        texts: dict[int, str] = {}
        former: dict[str, list[str]] = {}
        for kind, id, fragment, properties in self._things():
            name = id.rpartition("/")[2]
            if later := _replacement(properties):
                if kind == "claim" and id == f"{self._article}{name}":
                    former.setdefault(self._value(later), []).append(name)
            elif kind == "claim":
                self._add_claim(found, claims, (name, fragment), properties)
            elif kind == "article" and not fragment:
                found |= self._read(properties, ARTICLE_FIELDS)
            elif kind == "text" and not fragment:
                texts[_number(name)] = "".join(properties.get(SCHEMA.sha256, ()))
            elif kind in ("occasion", "source"):
                fields = OCCASION_FIELDS if kind == "occasion" else SOURCE_FIELDS
                found.setdefault(f"{kind}s", {})[name] = self._read(properties, fields)
        for id, names in former.items():
            (claims if id in claims else found.get("withdrawn", {})).setdefault(id, {})["formerly"] = names
        self._add_versions(found, claims, max(texts, default=1))
        text = texts[max(texts)] if texts else ""
        return simplified({"text": text, **found, "claims": claims}) if self._nodes else {}

    def _add_versions(self, found: dict[str, Any], claims: dict[str, Any], current: int) -> None:
        """Add the number of the current text, and of each claim the earlier texts that it is kept to or was in."""
        if current > 1:
            found.setdefault("article", {})["version"] = current
        for kind, id, fragment, properties in self._things():
            if kind == "claim" and not fragment:
                claim = claims.get(id.rpartition("/")[2], {})
                for passage in properties.get(KG.wordsAt, ()):
                    if (number := _text_number(passage)) not in (0, current):
                        claim["text_version"] = number
                    for earlier in self._nodes.get(passage, {}).get(PROV.wasRevisionOf, ()):
                        claim.setdefault("earlier", {})[str(_text_number(earlier))] = ""

    def _add_claim(
        self, found: dict[str, Any], claims: dict[str, Any], place: tuple[str, str], properties: Properties
    ) -> None:
        id, fragment = place
        part, _, number = fragment.partition("-")
        if part == "annotation":
            if contributors := properties.get(DCTERMS.contributor):
                claims.setdefault(id, {})["contributors"] = self._shown(contributors)
            found["annotation"] = {**self._read(properties, ANNOTATION_FIELDS), **found.get("annotation", {})}
        elif part in ("review", "rating"):
            fields = REVIEW_FIELDS if part == "review" else RATING_FIELDS
            review = claims.setdefault(id, {}).setdefault("reviews", {}).setdefault(number, {})
            review |= self._read(properties, fields)
        elif not part and KG.WithdrawnClaim in properties.get(RDF.type, ()):
            found.setdefault("withdrawn", {})[id] = self._read(properties, WITHDRAWN_FIELDS)
        elif not part:
            claims.setdefault(id, {}).update(self._read(properties, CLAIM_FIELDS))

    def entities(self) -> Fields:
        """Return the entities by their ids, with their roles."""
        found: dict[str, Any] = {}
        for kind, id, fragment, properties in self._things():
            if later := _replacement(properties):
                found.setdefault(self._value(later), {}).setdefault("formerly", []).append(id)
            elif kind == "entity" and SKOS.ConceptScheme not in properties.get(RDF.type, ()):
                entity = found.setdefault(id, {})
                if fragment.startswith("role-"):
                    entity.setdefault("roles", {})[fragment.removeprefix("role-")] = self._role(properties)
                else:
                    type = sorted(map(local_name, properties.get(RDF.type, ())))
                    entity.update({"type": type, **self._read(properties, ENTITY_FIELDS)})
        return simplified(found)  # type: ignore[no-any-return]

    def _role(self, properties: Properties) -> dict[str, Any]:
        role = self._read(properties, ROLE_FIELDS)
        start, _, end = str(role.pop("from", "")).partition("/")
        return role | ({"from": start} if start else {}) | ({"to": end} if end.strip(".") else {})

    def annotators(self) -> Fields:
        """Return the annotators, as corpus.yaml has them."""
        found = {
            id: self._read(properties, ANNOTATOR_FIELDS)
            for kind, id, _, properties in self._things()
            if kind == "annotator"
        }
        return simplified({"annotators": found})  # type: ignore[no-any-return]

    def settings(self) -> Fields:
        """Return what corpus.yaml says of the data set."""
        found: dict[str, Any] = {}
        for kind, id, fragment, properties in self._things():
            if kind == "dataset" and not fragment:
                known = {each: terms for each, terms in properties.items() if each in _SETTINGS}
                found |= self._read(known, DATASET_FIELDS)
            elif kind == "dataset" and fragment.partition("-")[0] in PART_FIELDS:
                field, fields = PART_FIELDS[fragment.partition("-")[0]]
                if field not in ("temporal", "text"):  # these are one value of the data set
                    found[field] = self._read(properties, fields)
            elif kind == "guideline":
                found.setdefault("guidelines", {})[id] = self._shown(properties.get(SCHEMA.url, ()))
        return simplified(found)  # type: ignore[no-any-return]

    def _things(self) -> Iterator[tuple[str, str, str, Properties]]:
        """Yield each thing below the base: its kind, its id, its fragment and its properties."""
        for subject, properties in self._nodes.items():
            if subject.startswith(f"<{self._base}"):
                path, _, fragment = subject[len(self._base) + 1 : -1].partition("#")
                kind, _, id = path.partition("/")
                yield kind, id, fragment, properties

    def _read(self, properties: Properties, table: FieldTable) -> dict[str, Any]:
        """Return the values of properties by the fields that they come from."""
        found: dict[str, Any] = {}
        words = properties.get(KG.words, ())
        order = {predicate: place for place, predicate in enumerate(table)}
        for predicate in sorted(properties, key=lambda each: (order.get(each, len(order)), each)):
            terms = properties[predicate]
            path = table.get(predicate, (local_name(predicate),))
            if predicate in _DERIVED or not path:
                continue
            if predicate == KG.edtf:
                if not _INHERITED.isdisjoint(properties.get(KG.dateBasis, ())):
                    continue
                path = path[:-1] if path[-1] == "edtf" else path
            own = [term for term in terms if not (predicate == SCHEMA.text and term in words)]
            own = [term for term in own if not term.startswith(f"<{self._base}dataset#")]
            if own:
                fields = found
                for key in path[:-1]:
                    fields = fields.setdefault(key, {})
                fields[path[-1]] = self._shown(own)
        return found

    def _shown(self, terms: Sequence[str]) -> Any:
        """Return terms as people write them: one value, texts by their languages, or a list."""
        if len(terms) > 1 and all(term[0] == '"' for term in terms):
            texts = [literal_value(term) for term in terms]
            by_language = {text.language: text.lexical for text in texts if text.language}
            if len(by_language) == len(terms):
                return by_language
        values = [self._value(term) for term in terms]
        return values[0] if len(values) == 1 else values

    def _value(self, term: str) -> str:
        if term[0] == '"':
            return literal_value(term).lexical
        if term in WRITTEN_TERMS or term[0] != "<":
            return local_name(term)
        if term.startswith(f"<{self._base}"):
            path, _, fragment = term[len(self._base) + 1 : -1].partition("#")
            kind, _, id = path.partition("/")
            if fragment.startswith("speaker"):
                return "unnamed"
            return id.rpartition("/")[2] if kind in ("occasion", "source") else id.removeprefix(self._article)
        return iri_text(term)


def _replacement(properties: Properties) -> str:
    """Return the IRI that a thing has now, `""` if the properties say anything else of it."""
    found = properties.get(DCTERMS.isReplacedBy, ())
    return found[0] if found and len(properties) == 1 else ""


def _text_number(passage: str) -> int:
    """Return the number of the text that a passage is in; 0 if its IRI is not as kg writes it."""
    return _number(passage.partition("#")[0].rpartition("/")[2])


def _number(written: str) -> int:
    return int(written) if re.fullmatch("[0-9]{1,9}", written) else 0
