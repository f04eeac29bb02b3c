"""The corpus to start from: a file of each kind, small, with comments that say what to change."""

from __future__ import annotations

from kg.annotations.classes import (
    AnnotationEntry,
    AnnotatorEntry,
    ClaimEntry,
    ClaimsFile,
    CorpusFile,
    Date,
    EntityEntry,
    OccasionEntry,
    RoleEntry,
)
from kg.corpus.writer import claims_yaml, config_yaml, entities_yaml

_TEXT = """\
date 2024-03-05

The mayor of Springfield, Jane Doe, announced that the new bridge will open in June. “We are almost there”, she \
said in an interview with the Springfield Times on Monday.
"""
_README = """\
# A corpus of claims

- `corpus.yaml`: what the data set is
- `entities.yaml`: who speaks, and what is spoken of
- `NAME.txt`: an article; `NAME.claims.yaml`: who said what in it, and when

Change the first two, put your articles here, and delete `example.txt` and `example.claims.yaml`. Then:

    kg new NAME.txt            the claims file to start from
    kg validate --watch        what is left to decide, each time that you save
    kg export --format ttl     the graph
    kg schema -o schemas       for editors that complete and check as you type
"""


def files() -> dict[str, str]:
    """Return the files by their names."""
    return {
        "README.md": _README,
        "corpus.yaml": _config(),
        "entities.yaml": _entities(),
        "example.txt": _TEXT,
        "example.claims.yaml": _claims(),
    }


def _config() -> str:
    return config_yaml(
        CorpusFile(
            base="https://example.org/claims/",
            title="Claims in the news",
            licence="https://creativecommons.org/licenses/by/4.0/",
            language="en",
            annotators={"me": AnnotatorEntry("Your Name")},
        ),
        {
            (): [
                "# What the data set is. A line with ## explains, one with # is an example.",
                "",
            ],
            ("base",): ["# Where the addresses of your claims begin: a web address of your own that ends in /."],
            ("title",): ["# In more languages: {en: Claims in the news, nl: Uitspraken in het nieuws}."],
            ("licence",): ["# Of your annotations, not of the articles."],
            ("language",): ["# Of the articles; one that is in another says so itself."],
            ("text",): [
                "# How much of the articles' own words is published: full, quotes or none.",
                "text: quotes",
            ],
            ("publisher",): ["# Who publishes the data set: an entity.", "publisher: springfield-times"],
            ("annotators", "me"): ["# Whoever annotates, by a short name."],
        },
    )


def _entities() -> str:
    return entities_yaml(
        {
            "jane-doe": EntityEntry(
                type="Person",
                name="Jane Doe",
                also=["the mayor"],
                roles={"mayor": RoleEntry(title="Mayor of Springfield", organization="springfield", since="2022")},
            ),
            "springfield": EntityEntry(type="GovernmentOrganization", name="City of Springfield"),
            "springfield-times": EntityEntry(type="NewsMediaOrganization", name="The Springfield Times"),
            "bridge": EntityEntry(type="Topic", name="The new bridge"),
        },
        {
            (): [
                "# Who speaks and what is spoken of, in all articles. A type is Person, Organization,",
                "# NewsMediaOrganization, GovernmentOrganization, Group, Country, Place, Event or Topic.",
                "",
            ],
            ("jane-doe", "also"): ["# Other names that articles use: `kg new` looks for them beside the verbs."],
            ("jane-doe", "same_as"): ["same_as: [https://www.wikidata.org/entity/Q4115189]"],
        },
    )


def _claims() -> str:
    return claims_yaml(
        ClaimsFile(
            annotation=AnnotationEntry(by="me", on="2024-03-06"),
            occasions={
                "interview": OccasionEntry(
                    type="interview", outlet="springfield-times", date=Date("2024-03-04", words="Monday")
                )
            },
            claims={
                "c01": ClaimEntry(
                    "jane-doe",
                    "the new bridge will open in June",
                    speaker_words="Jane Doe",
                    cue="announced",
                    act="announces",
                    about="bridge",
                ),
                "c02": ClaimEntry(
                    "jane-doe", "We are almost there", speaker_words="she", cue="said", at="interview"
                ),
            },
        ),
        {
            ("occasions", "interview"): ["# 5 March 2024 was a Tuesday, so this Monday is the day before."],
            ("claims", "c01", "words"): ["# Exactly as the article has them."],
            ("claims", "c01", "act"): ["# What she does in saying it; left out, she states it."],
        },
    )
