"""One article with its claims, the entities it names and hostile terms: what the writers' tests write."""

from __future__ import annotations

from kg.rdf.terms import Graph, Iri, Node, Term, date, edtf, integer, iri, plain, text
from kg.rdf.vocab import ACTS, BASES, DCTERMS, FORMS, KG, OA, PREFIXES, QUALIFIERS, RDF, SCHEMA, SKOS

BASE = "https://kg.example/"
ARTICLE = iri(f"{BASE}article/nuclear")
TEXT = iri(f"{BASE}text/nuclear/1")
STOLTENBERG = iri(f"{BASE}entity/stoltenberg")
NATO = iri(f"{BASE}entity/nato")
FRANCE = iri(f"{BASE}entity/france")
DETERRENCE = iri(f"{BASE}entity/nuclear-deterrence")
SPIEGEL = iri(f"{BASE}occasion/nuclear/spiegel")
SPOKESMAN = iri(f"{BASE}source/nuclear/spokesman")
ANN = iri(f"{BASE}annotator/ann")
FIRST = iri(f"{BASE}claim/nuclear/c01")
SECOND = iri(f"{BASE}claim/nuclear/c02")
WITHDRAWN = iri(f"{BASE}claim/nuclear/c03")
ROLE = iri(f"{BASE}entity/stoltenberg#role-secretary-general")


def article_sample() -> Graph:
    """Return the graph of an article with two claims, one of them in two parts, and a withdrawn one."""
    return Graph(
        iri(f"{BASE}graph/article/nuclear"),
        [
            *_article(),
            *_claim(
                FIRST,
                {
                    SCHEMA.author: [STOLTENBERG],
                    SCHEMA.text: [text("We hebben al een nucleaire afschrikking in Europa, die van de NAVO", "nl")],
                    KG.words: [text("We hebben al een nucleaire afschrikking in Europa, die van de NAVO", "nl")],
                    SCHEMA.dateCreated: [date("2020-02")],
                    KG.earliest: [date("2020-02-01")],
                    KG.latest: [date("2020-02-29")],
                    KG.probably: [date("2020-02-21")],
                    KG.edtf: [edtf("2020-02-?21")],
                    KG.dateWords: [text("vrijdag", "nl")],
                    KG.dateWhy: [text('Munich was "vorige week"; the Friday after it.', "en")],
                    KG.dateBasis: [BASES.relative],
                    KG.dateQualifier: [QUALIFIERS.uncertain],
                    KG.act: [ACTS.states],
                    KG.form: [FORMS.direct],
                    KG.cue: [text("zei", "nl")],
                    KG.spokenAs: [ROLE],
                    SCHEMA.about: [DETERRENCE, FRANCE],
                    SCHEMA.recordedAt: [SPIEGEL],
                    SCHEMA.position: [integer(1)],
                    SCHEMA.hasPart: [_part(FIRST, "quotation-1")],
                },
                [(159, 225, "We hebben al een nucleaire afschrikking in Europa, die van de NAVO")],
            ),
            Node(
                _part(FIRST, "quotation-1"),
                {
                    RDF.type: [SCHEMA.Quotation],
                    SCHEMA.text: [text("We hebben al een nucleaire afschrikking in Europa, die van de NAVO", "nl")],
                    SCHEMA.spokenByCharacter: [STOLTENBERG],
                    SCHEMA.isPartOf: [ARTICLE],
                },
            ),
            *_claim(
                SECOND,
                {
                    SCHEMA.author: [SPOKESMAN],
                    SCHEMA.text: [
                        text("Russian missiles lower the threshold for nuclear weapons.", "en"),
                        text("Russische raketten verlagen de drempel voor kernwapens.", "nl"),
                    ],
                    KG.words: [text("de drempel … verlagen", "nl")],
                    SCHEMA.dateCreated: [],
                    KG.latest: [date("2020-02-29")],
                    KG.dateBasis: [BASES.publication],
                    KG.act: [ACTS.warns],
                    KG.form: [FORMS.indirect],
                    KG.cue: [text("nodigde", "nl"), text("uit", "nl")],
                    KG.answers: [FIRST],
                    KG.inferred: [KG.act, SCHEMA.about],
                    SCHEMA.position: [integer(2)],
                },
                [(640, 650, "de drempel"), (690, 698, "verlagen")],
            ),
            Node(
                WITHDRAWN,
                {
                    RDF.type: [KG.WithdrawnClaim],
                    KG.withdrawnFrom: [ARTICLE],
                    KG.withdrawnOn: [date("2026-12-01")],
                    KG.withdrawnBecause: [text("Told twice.", "en")],
                    DCTERMS.isReplacedBy: [FIRST],
                },
            ),
            *_passages(
                (159, 225, "We hebben al een nucleaire afschrikking in Europa, die van de NAVO"),
                (640, 650, "de drempel"),
                (640, 698, ""),
                (690, 698, "verlagen"),
            ),
            Node(iri(f"{BASE}graph/article/nuclear"), {KG.digest: [plain("9f86d081884c7d659a2feaa0c55ad015")]}),
        ],
    )


def entities_sample() -> Graph:
    """Return the graph of the entities."""
    return Graph(
        iri(f"{BASE}graph/entities"),
        [
            Node(
                STOLTENBERG,
                {
                    RDF.type: [SCHEMA.Person],
                    SCHEMA.name: [plain("Jens Stoltenberg")],
                    SCHEMA.alternateName: [plain("Stoltenberg"), plain("de NAVO-baas")],
                    SCHEMA.memberOf: [ROLE],
                    SCHEMA.sameAs: [iri("http://dbpedia.org/resource/Jens_Stoltenberg")],
                },
            ),
            Node(
                ROLE,
                {
                    RDF.type: [SCHEMA.OrganizationRole],
                    SCHEMA.roleName: [text("secretaris-generaal van de NAVO", "nl")],
                    SCHEMA.startDate: [date("2014-10-01")],
                    SCHEMA.endDate: [date("2024")],
                    SCHEMA.memberOf: [NATO],
                },
            ),
            Node(NATO, {RDF.type: [SCHEMA.Organization], SCHEMA.name: [text("NAVO", "nl"), text("NATO", "en")]}),
            Node(
                FRANCE,
                {
                    RDF.type: [SCHEMA.Country, SCHEMA.Organization],
                    SCHEMA.name: [text("Frankrijk", "nl")],
                    SCHEMA.sameAs: [iri("http://www.wikidata.org/entity/Q142")],
                },
            ),
            Node(
                DETERRENCE,
                {
                    RDF.type: [SKOS.Concept, SCHEMA.DefinedTerm],
                    SKOS.prefLabel: [text("nucleaire afschrikking", "nl"), text("nuclear deterrence", "en")],
                    SKOS.inScheme: [iri(f"{BASE}entity/topics")],
                },
            ),
        ],
    )


def sample() -> list[Graph]:
    """Return both graphs."""
    return [article_sample(), entities_sample()]


def sample_prefixes() -> dict[str, str]:
    """Return the prefixes that documents declare."""
    return dict(PREFIXES)


def _article() -> list[Node]:
    return [
        Node(
            ARTICLE,
            {
                RDF.type: [SCHEMA.NewsArticle],
                SCHEMA.identifier: [plain("nuclear")],
                SCHEMA.headline: [text("NAVO-baas: “Europa heeft al een nucleaire afschrikking”", "nl")],
                SCHEMA.inLanguage: [plain("nl")],
                SCHEMA.datePublished: [date("2020-02")],
                KG.earliest: [date("2020-02-01")],
                KG.latest: [date("2020-02-29")],
                KG.edtf: [edtf("2020-02")],
                SCHEMA.mentions: [STOLTENBERG, NATO, FRANCE, DETERRENCE],
                SCHEMA.encoding: [TEXT],
            },
        ),
        Node(
            TEXT,
            {RDF.type: [SCHEMA.MediaObject], SCHEMA.sha256: [plain("411f4785dd135aae411f4785dd135aae")]},
        ),
        Node(
            SPOKESMAN,
            {
                RDF.type: [KG.UnnamedSource],
                SCHEMA.description: [text("een woordvoerder", "nl")],
                KG.onBehalfOf: [NATO],
            },
        ),
        Node(
            SPIEGEL,
            {
                RDF.type: [SCHEMA.Event],
                SCHEMA.name: [text("interview", "en")],
                KG.outlet: [iri(f"{BASE}entity/der-spiegel")],
            },
        ),
    ]


def _claim(claim: Iri, properties: dict[Iri, list[Term]], parts: list[tuple[int, int, str]]) -> list[Node]:
    node = Node(
        claim,
        {
            RDF.type: [SCHEMA.Claim],
            **properties,
            KG.wordsAt: [_passage(start, end) for start, end, _ in parts],
            SCHEMA.appearance: [ARTICLE],
            SCHEMA.claimInterpreter: [ANN],
        },
    )
    annotation = Node(
        _part(claim, "annotation"),
        {
            RDF.type: [OA.Annotation],
            OA.motivatedBy: [OA.linking],
            OA.hasBody: [claim],
            OA.hasTarget: [_passage(parts[0][0], parts[-1][1])],
            DCTERMS.creator: [ANN],
            DCTERMS.date: [date("2026-11-24")],
        },
    )
    return [node, annotation]


def _passage(start: int, end: int) -> Iri:
    return _part(TEXT, f"char={start},{end}")


def _passages(*passages: tuple[int, int, str]) -> list[Node]:
    """Return the node of each passage; without its characters if there are none."""
    return [
        Node(
            _passage(start, end),
            {
                RDF.type: [KG.Passage],
                OA.hasSource: [TEXT],
                OA.start: [integer(start)],
                OA.end: [integer(end)],
                OA.exact: [plain(exact)] if exact else [],
            },
        )
        for start, end, exact in passages
    ]


def _part(whole: Iri, fragment: str) -> Iri:
    return Iri(f"{whole[:-1]}#{fragment}>")
