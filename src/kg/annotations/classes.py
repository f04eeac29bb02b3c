"""The content of the annotation files as written: one frozen Struct for each file and each mapping in it.

`""`, an empty list and an empty mapping mean that a field is absent; nothing here is null. The JSON Schemas that
`kg schema` prints are made from these classes, so a field's description is its help in an editor.
"""

# No `from __future__ import annotations`: msgspec would have to read each annotation out of a string at start.
from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Meta, Struct

SLUG = r"^[a-z0-9][a-z0-9_-]*$"
DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?$"
VERSION_NUMBER = r"^[1-9][0-9]{0,3}$"
ARTICLE_ID = r"^[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*)*$"

# Patterns go into the JSON Schema only: `kg.corpus` checks them, with the place of what is wrong
# (and msgspec's own `Meta(pattern=...)` crashes at exit, https://github.com/msgspec/msgspec/issues/717).
Some = Annotated[str, Meta(min_length=1)]
Day = Annotated[str, Meta(extra_json_schema={"pattern": DAY}, description="A day: YYYY-MM-DD.")]
Moment = Annotated[str, Meta(extra_json_schema={"pattern": MOMENT}, description="A day, or a UTC time with a Z.")]
Id = Annotated[str, Meta(extra_json_schema={"pattern": SLUG}, description="Small letters, digits, `-`, `_`.")]
VersionNumber = Annotated[
    str, Meta(extra_json_schema={"pattern": VERSION_NUMBER}, description="The number of a version, from 1.")
]
ArticleId = Annotated[
    str, Meta(extra_json_schema={"pattern": ARTICLE_ID}, description="An id, with `/` between folders.")
]
Link = Annotated[str, Meta(min_length=1, description="An absolute IRI, as https://orcid.org/….")]
Language = Annotated[str, Meta(min_length=2, description="A BCP 47 language tag, as nl, fr-BE.")]
Names = Annotated[
    Some | dict[str, Some],
    Meta(description="A text, or one text for each language: {nl: …, en: …}."),
]

ArticleType = Literal[
    "AnalysisNewsArticle",
    "AskPublicNewsArticle",
    "BackgroundNewsArticle",
    "OpinionNewsArticle",
    "ReportageNewsArticle",
    "ReviewNewsArticle",
]
EntityType = Literal[
    "Person",
    "Organization",
    "NewsMediaOrganization",
    "GovernmentOrganization",
    "Group",
    "Country",
    "Place",
    "Event",
    "Document",
    "Topic",
]
Act = Literal[
    "states",
    "believes",
    "asks",
    "proposes",
    "urges",
    "demands",
    "invites",
    "promises",
    "announces",
    "warns",
    "agrees",
    "rejects",
    "excludes",
    "denies",
    "confirms",
    "admits",
    "accuses",
    "criticises",
    "praises",
    "retracts",
    "withholds",
]
Verdict = Literal["true", "mixture", "false", "other"]
Form = Literal["direct", "partial", "indirect", "own", "mentioned"]
Inferable = Literal[
    "speaker",
    "words",
    "gist",
    "act",
    "at",
    "said",
    "due",
    "to",
    "about",
    "relations",
    "relations.answers",
    "relations.reports",
    "relations.same",
    "relations.repeats",
    "relations.supports",
    "relations.qualifies",
    "relations.contradicts",
    "relations.retracts",
    "form",
    "for",
    "in",
    "translated",
]


class Entry(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A mapping in a file: a key that is no field is an error."""


class Words(Entry, frozen=True, rename={"within": "in"}):
    """Words that occur more than once in the article, with a context or offset that picks one occurrence."""

    words: Annotated[Some, Meta(description="The words, exactly as the article has them.")]
    within: Annotated[str, Meta(min_length=1, description="A longer passage that contains the words once.")] = ""
    start: (
        Annotated[int, Meta(ge=0, description="The offset of the first character, in code points.")] | Literal[-1]
    ) = -1


Passage = Annotated[
    Some | Words,
    Meta(description="Words exactly as the article has them, or {words, in} if they occur there twice."),
]

Formerly = Annotated[
    list[Some] | Some,
    Meta(
        description="The ids that it had before, or that what was merged into it had; none is ever used again. "
        "An id under another base, which is in `moved_from`, is written as an IRI."
    ),
]

Accepted = Annotated[
    dict[str, Some],
    Meta(description="Warnings that are right as they are: the rule, and why. Not published."),
]


class Date(Entry, frozen=True):
    """A date with the words it was read from."""

    edtf: Annotated[Some, Meta(description="The date in EDTF: 2020-02, 2020-02-?21, [2019-10..2019-12].")]
    words: Annotated[Passage | Literal[""], Meta(description="What the article says: vrijdag.")] = ""
    why: Annotated[str, Meta(min_length=1, description="How the date was reckoned; required without `words`.")] = ""


Dated = Annotated[Some | Date, Meta(description="An EDTF date, or {edtf, words, why}.")]


AnnotatorType = Literal["Person", "Organization", "SoftwareApplication"]


class AnnotatorEntry(Entry, frozen=True):
    """Someone who annotates: a person, a desk that signs as one, or a program."""

    name: Annotated[Some, Meta(description="The name that is published.")]
    type: Annotated[AnnotatorType, Meta(description="Whether it is a desk, or a program.")] = "Person"
    version: Annotated[str, Meta(min_length=1, description="Of a program: its version.")] = ""
    same_as: Annotated[list[Link], Meta(description="The same annotator elsewhere, as https://orcid.org/….")] = []


class ContactEntry(Entry, frozen=True):
    """The contact for questions about the data set, with an `email`, a `url`, or both."""

    name: Annotated[Some, Meta(description="Who answers: a person or a desk.")]
    email: Annotated[str, Meta(min_length=3, description="An address, as data@example.org.")] = ""
    url: Annotated[str, Meta(min_length=1, description="A page with a form or an address.")] = ""


class FundingEntry(Entry, frozen=True):
    """A grant that paid for the data set."""

    funder: Annotated[Id | Literal[""], Meta(description="Who gave it: an entity.")] = ""
    name: Annotated[Names | Literal[""], Meta(description="The title of the grant or project.")] = ""
    number: Annotated[str, Meta(min_length=1, description="The number that the funder gave it.")] = ""
    url: Annotated[str, Meta(min_length=1, description="The address of its page.")] = ""


class FieldEntry(Entry, frozen=True):
    """A field of the corpus's own."""

    property: Annotated[str, Meta(min_length=1, description="The property in the graph: an IRI, none of kg's.")]
    type: Annotated[
        Literal["text", "number", "date", "yes-no", "link", "entity"],
        Meta(description="What its values are; a date is in EDTF, a link an IRI, an entity an id."),
    ] = "text"
    values: Annotated[list[Some], Meta(description="The values that it may have: [for, against].")] = []
    several: Annotated[bool, Meta(description="Whether it may have a list of values.")] = False
    label: Annotated[Names | Literal[""], Meta(description="Its name on pages: {nl: …, en: …}.")] = ""
    description: Annotated[str, Meta(min_length=1, description="The help that editors show.")] = ""


Fields = Annotated[dict[Id, FieldEntry], Meta(description="Fields by name: lower-case letters, digits, `-`, `_`.")]


class FieldsEntry(Entry, frozen=True):
    """The fields that this corpus has beside kg's."""

    claims: Fields = {}
    articles: Fields = {}
    entities: Fields = {}


class CorpusFile(Entry, frozen=True):
    """`corpus.yaml`: what the data set is."""

    base: Annotated[str, Meta(min_length=1, description="Where your IRIs start: absolute, ends in /.")]
    title: Names
    licence: Annotated[str, Meta(min_length=1, description="The licence of the annotations, as an IRI.")]
    language: Annotated[str, Meta(min_length=2, description="The language of the articles (BCP 47).")]
    description: Names | Literal[""] = ""
    text: Annotated[
        Literal["full", "quotes", "none"],
        Meta(description="How much of the articles' own words is published."),
    ] = "quotes"
    text_licence: Annotated[
        str,
        Meta(
            min_length=1,
            description="The licence of the articles' own text, as an IRI, if an article gives no `licence`.",
        ),
    ] = ""
    moved_from: Annotated[
        list[Link] | Link, Meta(description="Bases that the corpus had before, whose IRIs lead to the new ones.")
    ] = []
    publisher: Annotated[Id | Literal[""], Meta(description="Who publishes the data set: an entity.")] = ""
    creator: Annotated[
        list[Id] | Id, Meta(description="Who made the data set: entities, or annotators of this file.")
    ] = []
    version: Annotated[str, Meta(min_length=1, description="The version of the data set: 1.0, 2026-11.")] = ""
    issued: Annotated[Day | Literal[""], Meta(description="The day on which this version was published.")] = ""
    identifier: Annotated[
        str, Meta(min_length=1, description="The data set's DOI or other identifier: https://doi.org/10.…")
    ] = ""
    keywords: Annotated[
        list[Names], Meta(description="What the data set is about, for catalogues: [news, {nl: …, en: …}].")
    ] = []
    temporal: Annotated[
        str, Meta(min_length=1, description="The time that the articles cover, in EDTF: 2019/2020.")
    ] = ""
    spatial: Annotated[
        list[Id] | Id, Meta(description="The places that the articles cover: entities (Country, Place).")
    ] = []
    contact: Annotated[
        ContactEntry | Literal[""], Meta(description="The contact for questions about the data set.")
    ] = ""
    access_url: Annotated[str, Meta(min_length=1, description="The page where people find the data set.")] = ""
    funding: Annotated[list[FundingEntry], Meta(description="The grants that paid for the data set.")] = []
    annotators: Annotated[dict[Id, AnnotatorEntry], Meta(description="Who annotates, by id.")] = {}
    plugins: Annotated[
        list[Some], Meta(description="Plug-ins whose shapes and further properties this corpus uses.")
    ] = []
    guidelines: Annotated[dict[str, Link], Meta(description="The address of each version of the guideline.")] = {}
    fields: Annotated[FieldsEntry, Meta(description="Further fields of claims, articles and entities.")] = (
        FieldsEntry()
    )


class RoleEntry(Entry, frozen=True, rename={"since": "from", "until": "to"}):
    """A role that a person held in an organisation."""

    title: Names
    organization: Annotated[Id | Literal[""], Meta(description="An entity.")] = ""
    office: Annotated[str, Meta(min_length=1, description="The office elsewhere: an absolute IRI.")] = ""
    since: Annotated[
        str,
        Meta(min_length=1, description="From when: an EDTF date, or `..` (always, as far as it matters)."),
    ] = ""
    until: Annotated[
        str, Meta(min_length=1, description="Until when: an EDTF date, or `unknown`; it goes on if absent.")
    ] = ""
    accept: Accepted = {}


class EntityEntry(Entry, frozen=True):
    """A person, organisation, place, event, document or topic."""

    type: Annotated[EntityType, Meta(description="What it is; a state is a Country, which may speak.")]
    name: Names
    also: Annotated[list[Some], Meta(description="Other names that texts use.")] = []
    same_as: Annotated[list[Link], Meta(description="The same thing elsewhere: absolute IRIs.")] = []
    description: Names | Literal[""] = ""
    roles: Annotated[dict[Id, RoleEntry], Meta(description="Of a Person: roles held.")] = {}
    date: Annotated[
        Some | Date | Literal[""],
        Meta(description="Of an Event or a Document: an EDTF date, or {edtf, words, why}."),
    ] = ""
    place: Annotated[Id | Literal[""], Meta(description="Of an Event: its place, an entity.")] = ""
    part_of: Annotated[
        Id | Literal[""], Meta(description="Of an Event: the larger event; of a Place or Country: where it lies.")
    ] = ""
    broader: Annotated[list[Id] | Id, Meta(description="Of a Topic: broader topics, entities.")] = []
    formerly: Formerly = []
    accept: Accepted = {}


EntitiesFile = dict[Id, EntityEntry]


class Copyright(Entry, frozen=True):
    """Whose an article is."""

    holder: Annotated[Id | Literal[""], Meta(description="Who has the copyright: an entity.")] = ""
    notice: Annotated[str, Meta(min_length=1, description="The notice, as printed: © 2020 De Krant.")] = ""


class EarlierTextEntry(Entry, frozen=True):
    """A text of the article that the paper has corrected since; of files it is `NAME.1.txt`, with its number."""

    sha256: Annotated[Some, Meta(description="The SHA-256 of that text.")]
    corrected: Annotated[
        str, Meta(min_length=1, description="When the paper published it, if it is itself a correction.")
    ] = ""


class EarlierTextOfLine(EarlierTextEntry, frozen=True, kw_only=True):
    """An earlier text of the article of a JSON line."""

    text: Annotated[Some, Meta(description="The whole text, as `text` of the article.")]


class ArticleEntry(Entry, frozen=True):
    """The metadata of the article; all optional."""

    id: ArticleId | Literal[""] = ""
    formerly: Formerly = []
    type: Annotated[
        ArticleType | Literal[""], Meta(description="What kind of article it is, if it is not plain news.")
    ] = ""
    headline: Annotated[str, Meta(min_length=1, description="The headline, as printed.")] = ""
    published: Dated | Literal[""] = ""
    corrected: Annotated[str, Meta(min_length=1, description="A later correction by the paper.")] = ""
    publisher: Annotated[Id | Literal[""], Meta(description="The paper: an entity.")] = ""
    author: Annotated[list[Id] | Id, Meta(description="Who wrote it: entities.")] = []
    edition: Annotated[str, Meta(min_length=1, description="The edition of the paper: Evening, Gelderland.")] = ""
    section: Annotated[str, Meta(min_length=1, description="The part of the paper: Politics, Sport.")] = ""
    page: Annotated[str, Meta(min_length=1, description="The page or pages in print: 1, A12, 4-5.")] = ""
    url: Annotated[str, Meta(min_length=1, description="The address of the article.")] = ""
    archived: Annotated[list[Link] | Link, Meta(description="Addresses of copies in web archives.")] = []
    same_as: Annotated[list[Link], Meta(description="The same article elsewhere: absolute IRIs.")] = []
    licence: Annotated[
        str, Meta(min_length=1, description="The licence of the article itself, as an IRI; not of the annotations.")
    ] = ""
    copyright: Annotated[Copyright | Literal[""], Meta(description="Whose the article is.")] = ""
    language: Annotated[str, Meta(min_length=2, description="BCP 47, if it is not the corpus's.")] = ""
    version: Annotated[int, Meta(ge=1, description="The number of the text's version, from 1.")] = 1
    sha256: Annotated[str, Meta(min_length=1, description="The SHA-256 of the text that was annotated.")] = ""
    earlier: Annotated[
        Mapping[VersionNumber, EarlierTextEntry],
        Meta(description="The earlier texts that are kept, by number; `kg revise` writes them."),
    ] = {}
    transcript: Annotated[bool, Meta(description="Words of a transcript are direct without quotation marks.")] = (
        False
    )
    accept: Accepted = {}


class LineArticle(ArticleEntry, frozen=True):
    """The article of a JSON line, with its text."""

    text: Annotated[str, Meta(description="The whole article; may begin with `date YYYY-MM-DD`.")] = ""
    earlier: Annotated[
        Mapping[VersionNumber, EarlierTextOfLine], Meta(description="The earlier texts that are kept, by number.")
    ] = {}


class ReviewEntry(Entry, frozen=True):
    """Who looked over the annotations, and when."""

    by: Id
    on: Moment
    text_version: (
        Annotated[int, Meta(ge=1, description="The text that was reviewed, if claims were reworded since.")]
        | Literal[0]
    ) = 0


class AnnotationEntry(Entry, frozen=True):
    """Who annotated, when, by which guideline."""

    by: Annotated[Id | Literal[""], Meta(description="An annotator of corpus.yaml.")] = ""
    on: Moment | Literal[""] = ""
    guideline: Annotated[str, Meta(min_length=1, description="A version of corpus.yaml's guidelines.")] = ""
    status: Annotated[Literal["draft", "done"], Meta(description="Drafts are checked, not exported.")] = "done"
    reviewed: ReviewEntry | Literal[""] = ""


class OccasionEntry(Entry, frozen=True):
    """Where and when something was said."""

    type: Annotated[
        str, Meta(min_length=1, description="What it is, in English: interview, speech, press conference, …")
    ] = ""
    name: Names | Literal[""] = ""
    outlet: Annotated[Id | Literal[""], Meta(description="The medium it was said to: an entity.")] = ""
    place: Annotated[Id | Literal[""], Meta(description="An entity.")] = ""
    part_of: Annotated[Id | Literal[""], Meta(description="The event it belongs to: an entity.")] = ""
    date: Dated | Literal[""] = ""
    accept: Accepted = {}


class SourceEntry(Entry, frozen=True, rename={"on_behalf_of": "for"}):
    """An unnamed source that several claims have."""

    words: Annotated[Passage, Meta(description="How the article names the source.")]
    on_behalf_of: Annotated[list[Id] | Id, Meta(description="The entities it speaks for.")] = []


class Relations(Entry, frozen=True):
    """Claims that this claim relates to: `c02`, or `article-id/c02`."""

    answers: Annotated[list[Some] | Some, Meta(description="It responds to that claim; how, the act says.")] = []
    reports: Annotated[list[Some] | Some, Meta(description="It says that the other was said.")] = []
    same: Annotated[list[Some] | Some, Meta(description="The same statement, reported again; it counts once.")] = []
    repeats: Annotated[list[Some] | Some, Meta(description="Said again, on another occasion.")] = []
    supports: Annotated[list[Some] | Some, Meta(description="It is a ground for the other.")] = []
    qualifies: Annotated[list[Some] | Some, Meta(description="It limits the other.")] = []
    contradicts: Annotated[list[Some] | Some, Meta(description="Both cannot be true.")] = []
    retracts: Annotated[list[Some] | Some, Meta(description="It takes the other back.")] = []


NO_RELATIONS = Relations()


class Rating(Entry, frozen=True):
    """How a fact-checker rates a claim: a number on a scale, a verdict in words, or both."""

    value: Annotated[str, Meta(min_length=1, description="The rating as a number: 1, 4.5.")] = ""
    best: Annotated[str, Meta(min_length=1, description="The best number of the scale.")] = ""
    worst: Annotated[str, Meta(min_length=1, description="The worst number of the scale.")] = ""
    name: Annotated[Names | Literal[""], Meta(description="The verdict in words: Mostly false.")] = ""
    verdict: Annotated[
        Verdict | Literal[""],
        Meta(description="The verdict in one of four words, so that reviews of several papers can be compared."),
    ] = ""


class ClaimReview(Entry, frozen=True):
    """A fact-checker's review of a claim."""

    url: Annotated[str, Meta(min_length=1, description="The address of the review.")] = ""
    by: Annotated[Id | Literal[""], Meta(description="Who checked the claim: an entity.")] = ""
    published: Dated | Literal[""] = ""
    rating: Annotated[Rating | Literal[""], Meta(description="How it was rated.")] = ""


class ClaimEntry(Entry, frozen=True, rename={"on_behalf_of": "for", "made_in": "in"}):
    """One claim: who said what, when, and where the article says so."""

    speaker: Annotated[
        list[Id] | Id,
        Meta(
            description="An entity, a source of this file, `unnamed`, or `article` (the paper's own voice); "
            "`undecided` in a draft."
        ),
    ]
    words: Annotated[list[Passage] | Passage, Meta(description="The words of the article, verbatim.")]
    text_version: (
        Annotated[
            int, Meta(ge=1, description="The earlier text that has the words, if the current one has not: 1.")
        ]
        | Literal[0]
    ) = 0
    earlier: Annotated[
        dict[VersionNumber, list[Passage] | Passage],
        Meta(description="Its words in earlier texts, by number, if the paper has reworded them since."),
    ] = {}
    speaker_words: Annotated[Passage | Literal[""], Meta(description="How the article names the speaker here.")] = (
        ""
    )
    on_behalf_of: Annotated[
        list[Id] | Id, Meta(description="The entities that the speaker speaks for: a lawyer's client.")
    ] = []
    cue: Annotated[list[Passage] | Passage, Meta(description="The words that say that it was said: zei.")] = []
    act: Annotated[Act | Literal[""], Meta(description="What the speaker does in saying it, by the cue.")] = ""
    form: Annotated[
        Form | Literal[""],
        Meta(description="Derived from the quotation marks; give it only to overrule them, or for `mentioned`."),
    ] = ""
    gist: Annotated[
        Names | Literal[""],
        Meta(description="The claim in full; required if the words alone would say the opposite."),
    ] = ""
    said: Annotated[
        Some | Date | Literal[""],
        Meta(description="An EDTF date, {edtf, words, why}, or `corrected` if the correction added it."),
    ] = ""
    at: Annotated[Id | Literal[""], Meta(description="An occasion of this file, or an Event.")] = ""
    due: Annotated[
        Some | Date | Literal[""],
        Meta(description="When what is promised is due: an EDTF date, or {edtf, words, why}."),
    ] = ""
    condition: Annotated[
        list[Some] | Some, Meta(description="The words that the claim depends on, verbatim: als de Fransen willen.")
    ] = []
    to: Annotated[
        list[Id] | Id, Meta(description="Addressees, or the accused, praised, criticised: entities.")
    ] = []
    about: Annotated[list[Id] | Id, Meta(description="Entities, usually topics.")] = []
    translated: Annotated[
        str, Meta(min_length=2, description="The language it was said in, if the words are a translation.")
    ] = ""
    relations: Relations = NO_RELATIONS
    made_in: Annotated[Id | Literal[""], Meta(description="A Document in which it was made: a report.")] = ""
    first_appearance: Annotated[
        str, Meta(min_length=1, description="Where the claim was first made: the address of a page.")
    ] = ""
    appearances: Annotated[list[Link], Meta(description="Where else it was made: addresses of pages.")] = []
    reviews: Annotated[list[ClaimReview], Meta(description="Reviews by fact-checkers.")] = []
    inferred: Annotated[
        list[Inferable] | Inferable,
        Meta(description="Fields that are the annotator's reading, not the article's words."),
    ] = []
    note: Names | Literal[""] = ""
    contributors: Annotated[
        list[Id] | Id,
        Meta(description="Annotators of corpus.yaml who found the claim too, beside `by` of `annotation`."),
    ] = []
    formerly: Formerly = []
    accept: Accepted = {}


class DecisionEntry(Entry, frozen=True):
    """What became of a claim of a reading when the published claims were decided on."""

    outcome: Annotated[
        Literal["accepted", "overruled", "refused"],
        Meta(description="Whether it was published as read, as others read it, or not at all."),
    ]
    by: Annotated[Id, Meta(description="Who decided: an annotator of corpus.yaml.")]
    on: Annotated[Day, Meta(description="The day of the decision.")]
    claim: Annotated[Id | Literal[""], Meta(description="The published claim; none if it was refused.")] = ""
    why: Annotated[str, Meta(min_length=1, description="The reason.")] = ""


class ReadingClaimEntry(ClaimEntry, frozen=True, rename={"on_behalf_of": "for", "made_in": "in"}):
    """A claim of an annotator's own reading: the fields of a claim, and what became of it."""

    decision: Annotated[
        DecisionEntry | Literal[""], Meta(description="What became of it; `kg adjudicate` writes this.")
    ] = ""


class WithdrawnEntry(Entry, frozen=True):
    """A claim that was withdrawn; its id is never used again."""

    on: Day
    why: Names
    replaced_by: Annotated[Some | Literal[""], Meta(description="The claim of this file that replaces it.")] = ""
    formerly: Formerly = []


Occasions = Annotated[
    dict[Id, OccasionEntry],
    Meta(description="Where and when things were said, each written once for several claims."),
]
Sources = Annotated[dict[Id, SourceEntry], Meta(description="Unnamed sources that several claims have.")]
Claims = Annotated[dict[Id, ClaimEntry], Meta(description="The claims; an id is never used for another claim.")]
WithdrawnClaims = Annotated[dict[Id, WithdrawnEntry], Meta(description="Claims that were withdrawn.")]


class ClaimsFile(Entry, frozen=True):
    """`*.claims.yaml`: the annotations of one article."""

    article: ArticleEntry = ArticleEntry()
    annotation: AnnotationEntry = AnnotationEntry()
    occasions: Occasions = {}
    sources: Sources = {}
    claims: Claims = {}
    withdrawn: WithdrawnClaims = {}


class ReadingFile(ClaimsFile, frozen=True):
    """`readings/NAME/*.claims.yaml`: one annotator's own reading of an article."""

    claims: Annotated[
        dict[Id, ReadingClaimEntry], Meta(description="The claims; an id is never used for another claim.")
    ] = {}  # type: ignore[assignment]


class LineFile(Entry, frozen=True):
    """One line of a `*.jsonl`: an article with its text and its annotations."""

    article: LineArticle
    annotation: AnnotationEntry = AnnotationEntry()
    occasions: Occasions = {}
    sources: Sources = {}
    claims: Claims = {}
    withdrawn: WithdrawnClaims = {}
