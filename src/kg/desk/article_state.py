"""An open article as JSON for the page: its text, its claims with their places and findings, proposals.

Every place, form and finding is kg's own: what is only proposed is read as if it were in the file. Offsets are code
points of the text without its header.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, get_args

import msgspec
from msgspec.structs import replace

from kg.annotations.classes import Act, ClaimEntry, ClaimsFile, EntityType, Form, Inferable
from kg.annotations.own_fields import file_types
from kg.corpus import ArticleSource, WrittenArticle, read_article
from kg.corpus.editing import EditError, read_values
from kg.corpus.folder import CLAIMS, TEXT
from kg.corpus.reader import located
from kg.corpus.yaml_reader import read_yaml
from kg.desk.open_corpus import UNCHECKED, CheckedArticle, OpenCorpus, article_language, article_title
from kg.errors import CorpusError, Finding, Place, Spot
from kg.meaning import read_meaning
from kg.meaning.speakers import UNDECIDED
from kg.model import Article, Claim
from kg.publish.site.localisation import best, label, ontology_terms
from kg.rdf.terms import Iri, literal_value, local_name
from kg.rdf.vocab import ACTS, FORMS, KG, RELATIONS, SCHEMA, SKOS

Json = dict[str, Any]
_TYPES = {"Group": KG.Group, "Document": KG.Document, "Topic": SKOS.Concept}


class ArticleTexts(NamedTuple):
    """What the files of an article have at one moment; `claims` is None if there is no claims file."""

    version: str
    text: str
    claims: str | None


class OpenArticle(NamedTuple):
    """An article at one moment: as written, as plain values, what it means, and what is wrong in it.

    `values` are empty if the claims file is no YAML. `is_readable` tells whether it can be edited here.
    """

    texts: ArticleTexts
    source: ArticleSource
    written: WrittenArticle
    values: Json
    is_readable: bool
    meant: Article | None
    checked: CheckedArticle = UNCHECKED

    @property
    def claims(self) -> dict[str, Json]:
        """The claims as the YAML has them, in the order of the file, without what is no mapping."""
        claims = self.values.get("claims")
        return (
            {id: each for id, each in claims.items() if isinstance(each, dict)} if isinstance(claims, dict) else {}
        )

    @property
    def annotation(self) -> Json:
        """Who annotated, when and how, as the YAML has it."""
        annotation = self.values.get("annotation")
        return annotation if isinstance(annotation, dict) else {}

    @property
    def status(self) -> str:
        """Whether it is a `draft` or `done`, as a file without status is; it is a draft if nothing can be read."""
        is_written = self.is_readable and self.texts.claims and self.texts.claims.strip()
        return str(self.annotation.get("status", "done")) if is_written else "draft"


def checked_article(corpus: OpenCorpus, article: OpenArticle) -> OpenArticle:
    """Return an article with what is wrong in it."""
    return article._replace(checked=corpus.checked(article.written, article.source))


def open_article(corpus: OpenCorpus, source: ArticleSource, texts: ArticleTexts) -> OpenArticle:
    """Return what the texts of an article mean; what is wrong in them is not checked yet."""
    claims_file = source.text_file.removesuffix(TEXT) + CLAIMS
    source = source._replace(claims_file=claims_file if texts.claims is not None else "")
    opened = {source.text_file: texts.text, claims_file: texts.claims or ""}
    written = read_article(source, opened)
    values, is_readable = _values(texts.claims or "", claims_file)
    return OpenArticle(
        texts,
        source,
        written,
        values,
        is_readable,
        read_meaning(written, corpus.publication.index).article,
    )


def _values(claims: str, file: str) -> tuple[Json, bool]:
    """Return the plain values of a claims file, and whether it can be edited; with a key twice, it cannot."""
    try:
        return read_values(claims, file), True
    except (CorpusError, EditError):
        pass
    try:
        values = read_yaml(claims, file).value
    except CorpusError:
        return {}, False
    return values if isinstance(values, dict) else {}, False


def meaning_of(corpus: OpenCorpus, article: OpenArticle, entries: Mapping[str, Json]) -> dict[str, Claim]:
    """Return what claims would mean if they were in the file, by id; without those that cannot be read."""
    file = article.written.annotations or ClaimsFile()
    of = file_types(article.source.fields).claims
    more: dict[str, ClaimEntry] = {}
    for id, each in entries.items():
        try:
            more |= msgspec.convert({"claims": {id: each}}, of, strict=False).claims
        except msgspec.ValidationError:
            continue
    written = replace(article.written, annotations=replace(file, claims={**file.claims, **more}))
    meant = read_meaning(written, corpus.publication.index).article
    return {each.id: each for each in meant.claims if each.id in more} if meant else {}


def anchors_of(claim: Claim) -> dict[str, list[list[int]]]:
    """Return where the words, the cue, the name of the speaker and the words of the date of a claim are."""
    places: dict[str, Iterable[tuple[int, ...]]] = {
        "words": [(each.start, each.end) for each in claim.parts],
        "cue": claim.cue_at,
        "speaker_words": claim.speaker_words_at,
        "date": claim.said.words_at,
    }
    return {role: [list(span) for span in spans] for role, spans in places.items() if spans}


def direction_of(text: str) -> str:
    """Return `rtl` if most of the first letters of a text are written from right to left, else `ltr`."""
    kinds = [unicodedata.bidirectional(sign) for sign in text[:2000]]
    return "rtl" if sum(kind in ("R", "AL") for kind in kinds) > kinds.count("L") else "ltr"


def findings_of(article: OpenArticle, findings: Iterable[Finding]) -> list[Json]:
    """Return findings as JSON, each with its claim and field, if it is about one, and its line."""
    findings = list(findings)
    texts = {(article.written.file, 0): article.texts.claims or ""}
    places = located(findings, texts)
    return [_finding(each, place) | _subject(each, article) for each, place in zip(findings, places, strict=True)]


def corpus_findings(corpus: OpenCorpus) -> list[Json]:
    """Return what is wrong in corpus.yaml and the entities as they are on disk now."""
    return [_finding(each, each) for each in located(corpus.faults)]


def _finding(finding: Finding, located: Finding) -> Json:
    """Return a finding; `fix` are further lines of `kg validate`: the nearest passage, how to accept a warning."""
    at = located.at
    line, column = (at.line, at.column) if isinstance(at, Place) and at.line else (None, None)
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "message": finding.message,
        "fix": finding.detail,
        "file": at.file.rpartition("/")[2] if at else "",
        "line": line,
        "column": column,
    }


def _subject(finding: Finding, article: OpenArticle) -> Json:
    path = finding.at.path if isinstance(finding.at, Spot) and finding.at.file == article.written.file else ()
    if path[:1] == ("claims",) and len(path) > 1:
        return {"claim": str(path[1]), "field": str(path[2]) if len(path) > 2 else "", "path": list(path)}
    return {"claim": None, "field": "/".join(map(str, path[:2])), "path": list(path)}


def claims_state(corpus: OpenCorpus, article: OpenArticle, language: str) -> list[Json]:
    """Return the claims in the order of the article; one whose words are not found stays after the one before."""
    found = {each.id: each for each in article.meant.claims} if article.meant else {}
    findings: dict[str, list[Json]] = {}
    for each in findings_of(article, article.checked.findings):
        findings.setdefault(each["claim"] or "", []).append(each)
    claims: list[tuple[int, Json]] = []
    at = 0
    for id, fields in article.claims.items():
        claim = found.get(id)
        at = claim.parts[0].start if claim else at
        undecided = article.checked.undecided.get(id, ())
        state = {
            "id": id,
            "draft": fields.get("speaker") in (UNDECIDED, None),
            "fields": fields,
            **meaning_state(claim, fields),
            "speakers": _speakers(corpus, article, fields, language),
            "undecided": list(undecided),
            "findings": findings.get(id, []),
        }
        claims.append((at, state))
    return [state for _, state in sorted(claims, key=lambda each: each[0])]


def meaning_state(claim: Claim | None, fields: Json) -> Json:
    """Return the words of a claim on one line, their form and where they are."""
    if claim is None:
        return {"quoted": " … ".join(_plain_words(fields.get("words"))), "form": "", "anchors": {}}
    quoted = " ".join(literal_value(claim.words).lexical.split())
    return {"quoted": quoted, "form": local_name(claim.form), "anchors": anchors_of(claim)}


def _plain_words(written: object) -> Iterator[str]:
    for each in written if isinstance(written, list) else [written]:
        words = each.get("words") if isinstance(each, dict) else each
        if isinstance(words, str):
            yield " ".join(words.split())


def _speakers(corpus: OpenCorpus, article: OpenArticle, fields: Json, language: str) -> list[str]:
    """Return the names of the speakers, as the corpus, else as the article names them, else the id as written."""
    given = fields.get("speaker")
    entities = corpus.publication.index.entities
    sources = article.values.get("sources")
    names = []
    for id in given if isinstance(given, list) else [given]:
        if not isinstance(id, str):
            continue
        if id in entities:
            names.append(entity_name(corpus, id, language))
        else:
            names.append(source_name(id, sources.get(id)) if isinstance(sources, dict) else id)
    return names


def entity_name(corpus: OpenCorpus, id: str, language: str) -> str:
    """Return the name of an entity in a language, else in that of the corpus."""
    index = corpus.publication.index
    named = best(index.entities[id].names, language, index.dataset.language)
    return named.value if named else id


def article_state(corpus: OpenCorpus, article: OpenArticle, proposals: Sequence[Json], language: str) -> Json:
    """Return the state of an article, in a language as far as kg has its words; without `undo`."""
    claims = claims_state(corpus, article, language)
    tag = article_language(article.written, corpus.publication.index.dataset.language)
    known = {each["id"] for each in claims}
    # The desk makes the file with the first claim: nobody has to write it.
    found = [each for each in article.checked.findings if each.rule != "no-claims-file"]
    findings = findings_of(article, found)
    return {
        "id": article.source.article,
        "title": article_title(article.written),
        "language": tag,
        "direction": direction_of(article.written.text),
        "version": article.texts.version,
        "editable": article.is_readable,
        "status": article.status,
        "reviewed": article.annotation.get("reviewed"),
        "annotation": article.annotation,
        "left": article.checked.left,
        "text": article.written.text,
        "claims": claims,
        "proposals": list(proposals),
        "findings": [each for each in findings if each["claim"] not in known],
        "entities": entities_state(corpus, language),
        "occasions": _occasions(article, language),
        "sources": _sources(article),
        "choices": choices(corpus, language),
    }


def entities_state(corpus: OpenCorpus, language: str) -> list[Json]:
    """Return the entities by name."""
    entities = corpus.publication.corpus.entities
    found = [entity_state(corpus, id, language) for id in entities if id in corpus.publication.index.entities]
    return sorted(found, key=lambda each: (str(each["name"]).casefold(), str(each["id"])))


def entity_state(corpus: OpenCorpus, id: str, language: str) -> Json:
    """Return an entity with its name in a language, and the other names that texts use."""
    entity = corpus.publication.corpus.entities[id]
    return {"id": id, "name": entity_name(corpus, id, language), "type": entity.type, "also": list(entity.also)}


def _occasions(article: OpenArticle, language: str) -> list[Json]:
    occasions = article.values.get("occasions")
    found = []
    for id, fields in occasions.items() if isinstance(occasions, dict) else ():
        if isinstance(fields, dict):
            name = fields.get("name")
            if isinstance(name, dict):
                name = name.get(language) or next(iter(name.values()), "")
            found.append({"id": id, "name": name or fields.get("type") or id, "fields": fields})
    return found


def _sources(article: OpenArticle) -> list[Json]:
    """Return the unnamed sources of the file, each named by its words."""
    sources = article.values.get("sources")
    found = sources.items() if isinstance(sources, dict) else ()
    return [{"id": id, "name": source_name(id, fields)} for id, fields in found]


def source_name(id: str, fields: object) -> str:
    """Return the words of an unnamed source, its id if it has none."""
    return next(_plain_words(fields.get("words")), id) if isinstance(fields, dict) else id


def choices(corpus: OpenCorpus, language: str) -> Json:
    """Return the values that fields may have, with their labels and definitions in a language."""
    topics = [id for id, each in corpus.publication.corpus.entities.items() if each.type == "Topic"]
    return {
        **_fixed_choices(language),
        "topics": [{"value": id, "label": entity_name(corpus, id, language)} for id in topics],
        "annotators": [
            {"value": id, "label": each.name} for id, each in corpus.publication.corpus.config.annotators.items()
        ],
    }


@cache
def _fixed_choices(language: str) -> Json:
    return {
        "act": [_choice(each, ACTS[each], language) for each in get_args(Act)],
        "form": [_choice(each, FORMS[each], language) for each in get_args(Form)],
        "relations": [_choice(each, KG[each], language) for each in RELATIONS],
        "type": [_choice(each, _TYPES.get(each) or SCHEMA[each], language) for each in get_args(EntityType)],
        "inferred": [{"value": each, "label": each} for each in get_args(Inferable)],
    }


def _choice(value: str, term: Iri, language: str) -> Json:
    return {"value": value, "label": label(term, language), "about": _definitions(language).get(term, "")}


@cache
def _definitions(language: str) -> dict[Iri, str]:
    return {each.iri: each.definition.value for each in ontology_terms(language) if each.definition}
