"""An article's own nodes: itself, its text, its unnamed sources, its occasions, its withdrawn claims."""

from __future__ import annotations

from collections.abc import Iterator

from kg.mappers.nodes import Passages, bounds, date_fields, day, node, string
from kg.model import NONE, Article, Occasion, TextVersion, present
from kg.rdf.terms import Iri, Node, Term, iri, plain
from kg.rdf.vocab import DCTERMS, FORMS, KG, OA, PROV, RDF, SCHEMA

NORMALISATION = iri("https://w3id.org/kg-claims/text/1")
"""The page that says how the text in which offsets count is made from an article's file."""

ARTICLE_FIELDS: dict[Iri, tuple[str, ...]] = {
    RDF.type: ("article", "type"),
    SCHEMA.identifier: ("article", "id"),
    SCHEMA.headline: ("article", "headline"),
    SCHEMA.inLanguage: ("article", "language"),
    SCHEMA.publisher: ("article", "publisher"),
    SCHEMA.author: ("article", "author"),
    SCHEMA.url: ("article", "url"),
    SCHEMA.datePublished: ("article", "published"),
    SCHEMA.dateModified: ("article", "corrected"),
    SCHEMA.mentions: ("claims",),
    SCHEMA.encoding: (),
    SCHEMA.articleBody: (),
    SCHEMA.printEdition: ("article", "edition"),
    SCHEMA.articleSection: ("article", "section"),
    SCHEMA.printPage: ("article", "page"),
    SCHEMA.archivedAt: ("article", "archived"),
    SCHEMA.sameAs: ("article", "same_as"),
    SCHEMA.license: ("article", "licence"),
    SCHEMA.copyrightHolder: ("article", "copyright", "holder"),
    SCHEMA.copyrightNotice: ("article", "copyright", "notice"),
    **date_fields(("article", "published")),
}
TEXT_FIELDS: dict[Iri, tuple[str, ...]] = {
    RDF.type: (),
    SCHEMA.encodingFormat: (),
    SCHEMA.inLanguage: ("article", "language"),
    SCHEMA.sha256: ("article", "sha256"),
    DCTERMS.conformsTo: (),
    PROV.wasRevisionOf: ("article", "version"),
}
# Not above, where they would change the order in which the site shows the properties of other things.
VERSION_FIELDS: dict[Iri, tuple[str, ...]] = {
    **TEXT_FIELDS,
    DCTERMS.issued: ("article", "earlier"),
    SCHEMA.text: ("article", "earlier"),
}
PASSAGE_FIELDS: dict[Iri, tuple[str, ...]] = {
    RDF.type: (),
    OA.hasSource: (),
    OA.start: (),
    OA.end: (),
    OA.exact: (),
    PROV.wasRevisionOf: (),
}
SOURCE_FIELDS: dict[Iri, tuple[str, ...]] = {
    RDF.type: (),
    SCHEMA.description: ("words",),
    KG.wordsAt: ("words",),
    KG.onBehalfOf: ("for",),
}
NEWSROOM_FIELDS: dict[Iri, tuple[str, ...]] = {RDF.type: ("article", "publisher")}
OCCASION_FIELDS: dict[Iri, tuple[str, ...]] = {
    RDF.type: (),
    SCHEMA.name: ("name",),
    SCHEMA.startDate: ("date",),
    SCHEMA.endDate: ("date",),
    SCHEMA.location: ("place",),
    SCHEMA.superEvent: ("part_of",),
    KG.outlet: ("outlet",),
    **date_fields(("date",)),
}
WITHDRAWN_FIELDS: dict[Iri, tuple[str, ...]] = {
    RDF.type: (),
    KG.withdrawnFrom: (),
    KG.withdrawnOn: ("on",),
    KG.withdrawnBecause: ("why",),
    DCTERMS.isReplacedBy: ("replaced_by",),
}


def article_nodes(article: Article, passages: Passages) -> Iterator[Node]:
    """Yield the article and its texts, the current one first."""
    yield _article_node(article, passages)
    yield _text_node(article.text_version, article.language)
    for each in article.earlier:
        yield _text_node(each.version, article.language)


def _article_node(article: Article, passages: Passages) -> Node:
    words = passages.words
    return node(
        article.iri,
        {
            RDF.type: [SCHEMA.NewsArticle, *article.types],
            SCHEMA.identifier: [plain(article.id)],
            SCHEMA.headline: list(article.headline) if words else [],
            SCHEMA.inLanguage: [plain(article.language)],
            SCHEMA.publisher: present(article.publisher),
            SCHEMA.author: list(article.authors),
            SCHEMA.url: present(article.url),
            SCHEMA.datePublished: day(article.published.edtf.certain),
            **bounds(article.published, words=words, words_at=passages.at(article.published.words_at)),
            SCHEMA.dateModified: day(article.corrected),
            SCHEMA.mentions: _mentions(article),
            SCHEMA.encoding: [article.text_version.iri],
            SCHEMA.printEdition: string(article.edition),
            SCHEMA.articleSection: string(article.section),
            SCHEMA.printPage: string(article.page),
            SCHEMA.archivedAt: list(article.archived),
            SCHEMA.sameAs: list(article.same_as),
            SCHEMA.license: present(article.rights.licence),
            SCHEMA.copyrightHolder: present(article.rights.holder),
            SCHEMA.copyrightNotice: list(article.rights.notices),
            **{property: list(values) for property, values in article.own},
        },
    )


def _text_node(version: TextVersion, language: str) -> Node:
    return node(
        version.iri,
        {
            RDF.type: [SCHEMA.MediaObject],
            SCHEMA.encodingFormat: [plain("text/plain")],
            SCHEMA.inLanguage: [plain(language)],
            # The digest of the text in which offsets count, so that owners of the article can check them.
            SCHEMA.sha256: [plain(version.sha256)],
            DCTERMS.conformsTo: [NORMALISATION],
            PROV.wasRevisionOf: present(version.revision_of),
            DCTERMS.issued: day(version.issued),
        },
    )


def _mentions(article: Article) -> list[Term]:
    """Return the speakers, addressees and topics of the claims, each once, in their order; none without a name.

    Left out are the paper that speaks in its own voice, without naming itself, and what an annotator inferred,
    which is not in the article's words.
    """
    unnamed = {NONE, article.newsroom, *[source.iri for source in article.sources]}
    named: dict[Iri, None] = {}
    for claim in article.claims:
        for property, iris in (
            (SCHEMA.author, () if claim.form == FORMS.own else claim.speakers),
            (KG.onBehalfOf, claim.on_behalf_of),
            (KG.addressee, claim.to),
            (SCHEMA.about, claim.about),
            (SCHEMA.firstAppearance, (claim.document,)),
        ):
            if property not in claim.inferred:
                for each in iris:
                    named[each] = None
    return [each for each in named if each not in unnamed]


def source_nodes(article: Article, passages: Passages) -> Iterator[Node]:
    """Yield each unnamed source, then the newsroom if it speaks."""
    for source in article.sources:
        yield node(
            source.iri,
            {
                RDF.type: [KG.UnnamedSource],
                SCHEMA.description: list(source.descriptions) if passages.words else [],
                KG.wordsAt: passages.in_version(source.text_version).at(source.words_at),
                KG.onBehalfOf: list(source.on_behalf_of),
            },
        )
    if article.newsroom:
        yield Node(article.newsroom, {RDF.type: [KG.Newsroom, SCHEMA.Organization]})


def occasion_nodes(occasions: tuple[Occasion, ...], passages: Passages) -> Iterator[Node]:
    """Yield each occasion."""
    for occasion in occasions:
        here = passages.in_version(occasion.text_version)
        yield node(
            occasion.iri,
            {
                RDF.type: [SCHEMA.Event],
                SCHEMA.name: list(occasion.names),
                SCHEMA.startDate: day(occasion.date.edtf.start),
                SCHEMA.endDate: day(occasion.date.edtf.end),
                **bounds(occasion.date, words=passages.words, words_at=here.at(occasion.date.words_at)),
                SCHEMA.location: present(occasion.place),
                SCHEMA.superEvent: present(occasion.part_of),
                KG.outlet: present(occasion.outlet),
            },
        )


def withdrawn_nodes(article: Article) -> Iterator[Node]:
    """Yield a tombstone for each withdrawn claim: its IRI remains, its words do not."""
    for claim in article.withdrawn:
        yield node(
            claim.iri,
            {
                RDF.type: [KG.WithdrawnClaim],
                KG.withdrawnFrom: [article.iri],
                KG.withdrawnOn: day(claim.on),
                KG.withdrawnBecause: list(claim.why),
                DCTERMS.isReplacedBy: present(claim.replaced_by),
            },
        )
