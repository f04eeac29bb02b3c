"""What corpus.yaml says for archives and catalogues: fields that are wrong, and fields that are missing."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from kg.annotations.classes import AnnotatorEntry, ContactEntry, FundingEntry
from kg.meaning import read_index
from support.meanings import CONFIG, corpus

WHOLE: dict[str, Any] = {
    "publisher": "paper",
    "creator": ["ann", "writer"],
    "version": "1.0",
    "issued": "2026-11-30",
    "identifier": "https://doi.org/10.5281/zenodo.1",
    "description": "Who said what.",
    "keywords": ["nieuws", {"en": "news"}],
    "temporal": "2020-02/2020-03",
    "spatial": "town",
    "contact": ContactEntry("Ann", email="ann@example.org"),
    "access_url": "https://example.org/claims",
    "funding": [FundingEntry(funder="state", number="1")],
}


def said(**settings: Any) -> list[str]:
    """Return the findings about corpus.yaml as `field: severity: message [rule]`."""
    index = read_index(corpus(config=replace(CONFIG, **settings)))
    return [
        f"{'/'.join(map(str, f.at.path))}: {f.severity}: {f.message} [{f.rule}]"  # type: ignore[union-attr]
        for f in index.findings
    ]


def test_a_whole_description_has_no_findings_and_keeps_what_was_written() -> None:
    assert said(**WHOLE) == []
    entry = read_index(corpus(config=replace(CONFIG, **WHOLE))).dataset.catalogue
    assert entry.creators == ("<https://kg.example/annotator/ann>", "<https://kg.example/entity/writer>")
    assert entry.keywords == ('"nieuws"@nl', '"news"@en')
    assert (entry.temporal.earliest, entry.temporal.latest) == ("2020-02-01", "2020-03-31")
    assert entry.contact
    assert entry.contact.email == "<mailto:ann@example.org>"


def test_what_archives_demand_is_named_once_it_is_clear_that_there_is_a_publisher() -> None:
    """Nothing is invented, and a corpus for oneself is left alone."""
    assert said() == []
    assert said(publisher="paper", creator="ann") == [
        ": info: archives and catalogues also demand `identifier`, `issued` (DataCite), `description` (DCAT-AP): "
        "give them before you deposit the data [missing-metadata]"
    ]


@pytest.mark.parametrize(
    ("settings", "finding"),
    [
        (
            {"creator": "nobody"},
            "creator/0: violation: `creator` must name an entity or an annotator, and there is no `nobody`: "
            "correct it, or define it [unknown-reference]",
        ),
        (
            {"identifier": "10.5281/zenodo.1"},
            "identifier: violation: a DOI must be an address: write https://doi.org/10.5281/zenodo.1 [bad-iri]",
        ),
        (
            {"moved_from": "https://old.example"},
            "moved_from: violation: `moved_from` must end in /: write 'https://old.example/' [bad-base]",
        ),
        (
            {"moved_from": ["https://old.example/", "ftp://old.example/"]},
            "moved_from/1: violation: `moved_from` must be an http or https IRI without ? and #, not "
            "'ftp://old.example/' [bad-base]",
        ),
        (
            {"moved_from": [CONFIG.base]},
            f"moved_from/0: violation: `moved_from` must be a base that the corpus had before, and {CONFIG.base} "
            "is its `base`: delete it [bad-base]",
        ),
        (
            {"spatial": "berg"},
            "spatial/0: violation: `spatial` must name a Place or a Country, and `berg` is neither: "
            "name another entity [no-place]",
        ),
        (
            {"contact": ContactEntry("Ann")},
            "contact: violation: a contact must be reachable: give `email` or `url` [contact-without-address]",
        ),
        (
            {"contact": ContactEntry("Ann", email="ann at example.org")},
            "contact/email: violation: `email` must be an address, as data@example.org, not 'ann at example.org': "
            "correct it [bad-email]",
        ),
        (
            {"funding": [FundingEntry()]},
            "funding/0: violation: a grant must say whose or which it is: give `funder`, `name`, `number` or `url` "
            "[empty-grant]",
        ),
        (
            {"annotators": {"ann": AnnotatorEntry("Ann", version="2")}},
            "annotators/ann/version: violation: only a program has a version: write `type: SoftwareApplication`, "
            "or delete it [version-of-no-program]",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_field(settings: dict[str, Any], finding: str) -> None:
    (found,) = said(**{**WHOLE, "creator": "writer", **settings})
    assert found == finding
