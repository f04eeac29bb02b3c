"""An open article as JSON for the page: its text, its claims with their places and findings, proposals.

Every place, form and finding is kg's own: what is only proposed is read as if it were in the file. Offsets are code
points of the text without its header.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, get_args

import msgspec
from msgspec.structs import replace

from kg.annotations.classes import Act, ClaimEntry, ClaimsFile, EntityType, Form, Inferable, Verdict
from kg.annotations.own_fields import file_types, own_fields
from kg.checks.article_language import other_language
from kg.corpus import ArticleSource, WrittenArticle, read_article
from kg.corpus.editing import EditError, read_values
from kg.corpus.reader import located
from kg.corpus.yaml_reader import read_yaml
from kg.desk.messages import in_language
from kg.desk.open_corpus import (
    UNCHECKED,
    CheckedArticle,
    OpenCorpus,
    article_language,
    article_title,
    shown_findings,
)
from kg.drafts.cues import cues_by_language
from kg.errors import CorpusError, Finding, Place, Spot, UsageError
from kg.meaning import read_meaning
from kg.meaning.speakers import UNDECIDED
from kg.model import Article, Claim
from kg.publish.site.localisation import best, label, ontology_terms, strings
from kg.rdf.terms import Iri, literal_value, local_name
from kg.rdf.vocab import ACTS, FORMS, KG, RELATIONS, SCHEMA, SKOS, VERDICTS

Json = dict[str, Any]
MOST_CLAIMS = 5_000
"""How many claims an article may have on a page: they are all checked with each edit."""
_TERMS = {"Group": KG.Group, "Document": KG.Document, "Topic": SKOS.Concept}
_KINDS = {
    "Organization": "organisation",
    "NewsMediaOrganization": "outlet",
    "GovernmentOrganization": "government",
}
"""What the site calls types of entities whose names are others in its strings."""


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
    def details(self) -> Json:
        """What the file says of the article."""
        details = self.values.get("article")
        return details if isinstance(details, dict) else {}

    @property
    def status(self) -> str:
        """Whether it is a `draft` or `done`, as a file without status is; it is a draft if nothing can be read."""
        is_written = self.is_readable and self.texts.claims and self.texts.claims.strip()
        return str(self.annotation.get("status", "done")) if is_written else "draft"


def checked_article(corpus: OpenCorpus, article: OpenArticle) -> OpenArticle:
    """Return an article with what is wrong in it."""
    return article._replace(checked=corpus.checked(article.written, article.source))


def open_article(corpus: OpenCorpus, source: ArticleSource, texts: ArticleTexts) -> OpenArticle:
    """Return what the texts of an article mean; what is wrong in them is not checked yet.

    Raises `UsageError` if there are more claims than a page can have.
    """
    claims_file = corpus.claims_file(source.article)
    values, is_readable = _values(texts.claims or "", claims_file)
    if isinstance(claims := values.get("claims"), dict) and len(claims) > MOST_CLAIMS:
        raise UsageError(
            f"{claims_file}: an article must have at most {MOST_CLAIMS:,} claims to be annotated here, this has "
            f"{len(claims):,}: split it, or change the file in an editor"
        )
    source = source._replace(claims_file=claims_file if texts.claims is not None else "")
    opened = {source.text_file: texts.text, claims_file: texts.claims or ""}
    written = read_article(source, opened)
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
    if not entries:
        return {}
    file = article.written.annotations or ClaimsFile()
    types = file_types(article.source.fields)
    of = types.reading if article.source.is_reading else types.claims
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
    """Return where the words, the cue, the name of the speaker and the words of the date of a claim are.

    A claim that is kept to an earlier text is nowhere in this one.
    """
    if claim.text_version:
        return {}
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


def findings_of(article: OpenArticle, findings: Iterable[Finding], language: str) -> list[Json]:
    """Return findings as JSON in a language, each with its claim and field, if it is about one, and its line."""
    findings = list(findings)
    texts = {(article.written.file, 0): article.texts.claims or ""}
    places = located(findings, texts)
    return [
        finding_state(each, place, language) | _subject(each, article)
        for each, place in zip(findings, places, strict=True)
    ]


def general_findings(findings: Iterable[Finding], language: str) -> list[Json]:
    """Return findings that are about no claim of the article."""
    of_no_claim: Json = {"claim": None, "field": "", "path": []}
    return [finding_state(each, each, language) | of_no_claim for each in located(findings)]


def finding_state(finding: Finding, located: Finding, language: str) -> Json:
    """Return a finding, in a language if kg has its message in it.

    `fix` are further lines of `kg validate`: the nearest passage, how to accept a warning.
    """
    message = in_language(finding.message, language)
    at = located.at
    line, column = (at.line, at.column) if isinstance(at, Place) and at.line else (None, None)
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "message": message.value,
        "language": message.language,
        "fix": in_language(finding.detail, language).value,
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
    for each in findings_of(article, article.checked.findings, language):
        findings.setdefault(each["claim"] or "", []).append(each)
    claims: list[tuple[int, Json]] = []
    at = 0
    for id, fields in article.claims.items():
        claim = found.get(id)
        at = claim.parts[0].start if claim and not claim.text_version else at
        undecided = article.checked.undecided.get(id, ())
        state = {
            "id": id,
            "text_version": claim.text_version if claim else 0,
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
    findings = findings_of(article, shown_findings(article.checked, article.status), language)
    return {
        "id": article.source.article,
        "title": article_title(article.written),
        "language": tag,
        "seems": other_language(article.written.text, tag.partition("-")[0].lower()),
        "reading": reader_name(corpus),
        "direction": direction_of(article.written.text),
        "version": article.texts.version,
        "editable": article.is_readable,
        "status": article.status,
        "reviewed": article.annotation.get("reviewed"),
        "article": article.details,
        "annotation": article.annotation,
        "left": article.checked.left,
        "text": article.written.text,
        "claims": claims,
        "proposals": list(proposals),
        "findings": [each for each in findings if each["claim"] not in known],
        "entities": entities_state(corpus, language),
        "occasions": _occasions(article, language),
        "sources": _sources(article),
        "choices": choices(corpus, language, tag),
    }


def reader_name(corpus: OpenCorpus) -> str:
    """Return the name of whoever's own readings are edited, `""` if it is what is published."""
    return corpus.publication.corpus.config.annotators[corpus.reading].name if corpus.reading else ""


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
            name = name_in(fields.get("name") or "", language, "")
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


def choices(corpus: OpenCorpus, language: str, article_language: str) -> Json:
    """Return the values that fields may have, with their labels and definitions in a language.

    Acts are also found by the verbs that express them in the language of the article.
    """
    topics = [id for id, each in corpus.publication.corpus.entities.items() if each.type == "Topic"]
    return {
        **_fixed_choices(language),
        "act": _acts(language, article_language.partition("-")[0].lower()),
        "topics": [{"value": id, "label": entity_name(corpus, id, language)} for id in topics],
        "annotators": [
            {"value": id, "label": each.name, "program": each.type == "SoftwareApplication"}
            for id, each in corpus.publication.corpus.config.annotators.items()
        ],
        "own": own_claim_fields(corpus, language),
        "languages": name_languages(corpus),
    }


def own_claim_fields(corpus: OpenCorpus, language: str) -> list[Json]:
    """Return the fields that corpus.yaml declares for claims, with their labels in a language."""
    config = corpus.publication.corpus.config
    return [
        {
            "name": each.name,
            "label": name_in(config.fields.claims[each.name].label, language, config.language) or each.name,
            "about": each.description,
            "type": each.type,
            "values": list(each.values),
            "several": each.several,
        }
        for each in own_fields(config)
        if each.kind == "claims"
    ]


def name_languages(corpus: OpenCorpus) -> list[str]:
    """Return the languages in which the corpus names things, its own language first."""
    names = (each.name for each in corpus.publication.corpus.entities.values())
    tags = {tag for name in names if isinstance(name, dict) for tag in name}
    own = corpus.publication.index.dataset.language
    return [own, *sorted(tags - {own})]


def name_in(names: str | dict[str, str], language: str, default: str) -> str:
    """Return a text in a language, else in the default, else in the first that there is."""
    if isinstance(names, str):
        return names
    return names.get(language) or names.get(default) or next(iter(names.values()), "")


@cache
def _fixed_choices(language: str) -> Json:
    return {
        "form": [_choice(each, FORMS[each], language) for each in get_args(Form)],
        "relations": [_choice(each, KG[each], language) for each in RELATIONS],
        "type": [_type_choice(each, language) for each in get_args(EntityType)],
        "verdict": [_choice(each, VERDICTS[each], language) for each in get_args(Verdict)],
        "inferred": [{"value": each, "label": each} for each in get_args(Inferable)],
    }


def _type_choice(type: EntityType, language: str) -> Json:
    choice = _choice(type, _TERMS.get(type) or SCHEMA[type], language)
    return choice | {"label": strings(language)[f"kind-{_KINDS.get(type, type.lower())}"]}


@cache
def _acts(language: str, article_language: str) -> list[Json]:
    verbs: dict[Act, list[str]] = {each: [] for each in get_args(Act)}
    for cues in cues_by_language().get(article_language, {}).values():
        for words, acts in cues:
            for act in acts:
                verbs[act].append(" ".join(words))
    return [_choice(each, ACTS[each], language) | {"also": also} for each, also in verbs.items()]


def _choice(value: str, term: Iri, language: str) -> Json:
    return {"value": value, "label": label(term, language), "about": _definitions(language).get(term, "")}


@cache
def _definitions(language: str) -> dict[Iri, str]:
    return {
        each.iri: _TERM.sub(lambda found: f"“{label(_NAMED[found[1]][found[2]], language)}”", each.definition.value)
        for each in ontology_terms(language)
        if each.definition
    }


_NAMED = {"acts": ACTS, "kg": KG}
_TERM = re.compile(r"\b(acts|kg):(\w+)")
"""A term in a definition, which the desk calls as in its lists: `acts:denies`."""
