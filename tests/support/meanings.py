"""One valid article as written, whose variants the tests of meaning and of the mappers read."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from kg.annotations.classes import (
    AnnotatorEntry,
    ArticleEntry,
    ClaimEntry,
    ClaimsFile,
    CorpusFile,
    EntityEntry,
    Relations,
    RoleEntry,
)
from kg.corpus import CorpusDefinition, WrittenArticle
from kg.meaning import ArticleMeaning, CorpusIndex, read_index, read_meaning
from kg.model import Article, Claim

TEXT = (
    "Een woordvoerder noemde het plan van Anna Berg gisteren onhaalbaar. “Wij doen niet mee”, zei minister Berg. "
    "Ze wil “meer geld” voor wegen, en minder voor tunnels. De regering heeft geen haast."
)
CONFIG = CorpusFile(
    base="https://kg.example/",
    title={"en": "A corpus"},
    licence="https://creativecommons.org/licenses/by/4.0/",
    language="nl",
    annotators={"ann": AnnotatorEntry("Ann"), "bob": AnnotatorEntry("Bob")},
    guidelines={"1": "https://kg.example/rules"},
)
ENTITIES = {
    "berg": EntityEntry(
        type="Person",
        name="Anna Berg",
        roles={
            "minister": RoleEntry(title={"nl": "minister"}, organization="state", since="2019", until="2021-06"),
            "mayor": RoleEntry(title={"nl": "burgemeester"}, organization="state", since="..", until="2018-12-31"),
        },
    ),
    "state": EntityEntry(type="Country", name={"nl": "het land"}),
    "paper": EntityEntry(type="NewsMediaOrganization", name="De Krant"),
    "writer": EntityEntry(type="Person", name="Jan Smit"),
    "town": EntityEntry(type="Place", name="de stad"),
    "fair": EntityEntry(type="Event", name="de beurs", date="2020-02-14/2020-02-16", place="town"),
    "roads": EntityEntry(type="Topic", name={"nl": "wegen"}),
}
CLAIM = ClaimEntry(speaker="berg", words="Wij doen niet mee", act="states")
FILE = ClaimsFile(article=ArticleEntry(published="2020-02"), claims={"c01": CLAIM})
CLAIM_IRI = "<https://kg.example/claim/one/c01>"
ARTICLE_IRI = "<https://kg.example/article/one>"


def entity(id: str) -> str:
    """Return the IRI of an entity."""
    return f"<https://kg.example/entity/{id}>"


def corpus(*, config: CorpusFile = CONFIG, **entities: EntityEntry) -> CorpusDefinition:
    """Return the corpus with more or other entities."""
    known = ENTITIES | entities
    return CorpusDefinition("seeds", "corpus.yaml", config, known, dict.fromkeys(known, "entities.yaml"))


def index(**settings: Any) -> CorpusIndex:
    """Return the index of the corpus with other settings in its corpus.yaml."""
    return read_index(corpus(config=replace(CONFIG, **settings)))


def meaning(
    file: ClaimsFile, *, text: str = TEXT, header: str = "", of: CorpusIndex | None = None
) -> ArticleMeaning:
    """Return what an article means."""
    return read_meaning(
        WrittenArticle("one", "one.claims.yaml", 0, "one.txt", text, header, file, ()), of or index()
    )


def article(file: ClaimsFile = FILE, **settings: Any) -> Article:
    """Return an article in which nothing is wrong."""
    meant = meaning(file, **settings)
    assert meant.article is not None
    assert complaints(meant) == []
    return meant.article


def file_with(**claim: Any) -> ClaimsFile:
    """Return the file with other fields in its claim."""
    return replace(FILE, claims={"c01": replace(CLAIM, **claim)})


def claim(file: ClaimsFile | None = None, **fields: Any) -> Claim:
    """Return the first claim, with other fields or of another file; nothing is wrong with it."""
    return article(file or file_with(**fields)).claims[0]


def complaints(meant: ArticleMeaning) -> list[str]:
    """Return findings as `path: severity: message [rule]`."""
    return [
        f"{'/'.join(map(str, f.at.path))}: {f.severity}: {f.message} [{f.rule}]"  # type: ignore[union-attr]
        for f in meant.findings
    ]


def wrong(**claim: Any) -> list[str]:
    """Return what is said of a claim with other fields, as `field: severity: message [rule]`."""
    return [each.removeprefix("claims/c01/") for each in complaints(meaning(file_with(**claim)))]


def relations(*targets: str, file: ClaimsFile = FILE) -> ClaimsFile:
    """Return the file in which the first claim answers the targets."""
    first = replace(file.claims["c01"], relations=Relations(answers=list(targets)))
    return replace(file, claims=file.claims | {"c01": first})
