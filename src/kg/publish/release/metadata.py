"""Descriptions of a release for archives and reference managers: RO-Crate, DataCite and CITATION.cff.

They say what corpus.yaml says. A description for which something is missing that its standard demands is left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from kg.files.manifests import FileSum
from kg.formats import FORMATS, in_language
from kg.history.releases import ReleaseManifest
from kg.meaning import CorpusIndex
from kg.rdf.terms import Iri, Literal, iri_text, literal_value
from kg.rdf.vocab import SCHEMA

RO_CRATE, DATACITE, CITATION = "ro-crate-metadata.json", "datacite.json", "CITATION.cff"
_CRATE = "https://w3id.org/ro/crate/1.1"
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:)?(10\.[0-9]{4,9}/\S+)")
_MEDIA_TYPES = {
    **{form.suffix: form.media_type for form in FORMATS.values()},
    ".md": "text/markdown",
    ".html": "text/html",
    ".json": "application/json",
    ".csv": "text/csv",
    ".atom": "application/atom+xml",
    ".cff": "application/yaml",
    ".rdfp": "application/rdf-patch",
}


class Agent(NamedTuple):
    """Somebody named in corpus.yaml."""

    iri: str
    name: str
    is_person: bool


class ReleaseDescription:
    """What corpus.yaml says of a data set, for the release with a manifest."""

    def __init__(self, index: CorpusIndex, manifest: ReleaseManifest) -> None:
        dataset = index.dataset
        self.manifest = manifest
        self.base = dataset.base
        self.language = dataset.language
        self.entry = dataset.catalogue
        self.titles = dataset.titles
        self.descriptions = dataset.descriptions
        self.title = in_language(dataset.titles, dataset.language, "en")
        self.description = in_language(dataset.descriptions, dataset.language, "en")
        self.licence = iri_text(dataset.licence)
        agents = {Iri(f"<{each.iri}>"): each for each in _agents(index)}
        self.creators = [agents[each] for each in self.entry.creators if each in agents]
        self.publisher = agents.get(dataset.publisher)
        self.agents = agents
        match = _DOI.fullmatch(self.entry.identifier)
        self.doi = match[1] if match else ""

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Yield the descriptions that need no other files: their names and contents."""
        if self.creators and self.publisher:
            yield DATACITE, _json(self._datacite())
        if self.creators:
            yield CITATION, "".join(f"{line}\n" for line in self._citation()).encode()

    def missing(self) -> str:
        """Return what was left out and why, `""` for nothing."""
        fields = [
            f"`{name}`" for name, value in (("creator", self.creators), ("publisher", self.publisher)) if not value
        ]
        if not fields:
            return ""
        left_out = DATACITE if self.creators else f"{DATACITE} and {CITATION}"
        return f"{left_out} left out: they need {' and '.join(fields)} in corpus.yaml"

    def _datacite(self) -> dict[str, Any]:
        """Return the description in DataCite 4.5 (https://schema.datacite.org/meta/kernel-4.5/), as JSON."""
        assert self.publisher
        issued = self.manifest.issued
        described: dict[str, Any] = {
            "doi": self.doi,
            "creators": [_creator(each) for each in self.creators],
            "titles": [{"title": text, "lang": language} for text, language in _texts(self.titles)],
            "publisher": {"name": self.publisher.name},
            "publicationYear": issued[:4],
            "types": {"resourceType": "Annotated claims", "resourceTypeGeneral": "Dataset"},
            "subjects": [_with_language("subject", each) for each in _texts(self.entry.keywords)],
            "dates": [{"date": issued, "dateType": "Issued"}],
            "language": self.language,
            "version": self.manifest.version,
            "rightsList": [{"rightsUri": self.licence}],
            "descriptions": [
                {"description": text, "descriptionType": "Abstract", "lang": language}
                for text, language in _texts(self.descriptions)
            ],
            "formats": [form.media_type for form in FORMATS.values()],
            "fundingReferences": list(self._funding()),
            "url": iri_text(self.entry.access_url) if self.entry.access_url else "",
            "schemaVersion": "http://datacite.org/schema/kernel-4",
        }
        return {key: value for key, value in described.items() if value}

    def _funding(self) -> Iterator[dict[str, str]]:
        for grant in self.entry.funding:
            if funder := self.agents.get(grant.funder):
                known = {
                    "funderName": funder.name,
                    "awardNumber": grant.number,
                    "awardUri": iri_text(grant.url) if grant.url else "",
                    "awardTitle": in_language(grant.names, self.language, "en"),
                }
                yield {key: value for key, value in known.items() if value}

    def _citation(self) -> Iterator[str]:
        """Yield the lines of a CITATION.cff (https://citation-file-format.github.io), whose strings are JSON."""
        yield "cff-version: 1.2.0"
        yield f"message: {_quoted('If you use these claims, please cite them as below.')}"
        yield "type: dataset"
        yield f"title: {_quoted(self.title)}"
        yield "authors:"
        yield from (f"  - name: {_quoted(each.name)}" for each in self.creators)
        yield f"version: {_quoted(self.manifest.version)}"
        yield f"date-released: {self.manifest.issued}"
        if self.doi:
            yield f"doi: {_quoted(self.doi)}"
        yield f"url: {_quoted(iri_text(self.entry.access_url) if self.entry.access_url else self.base)}"
        if self.description:
            yield f"abstract: {_quoted(self.description)}"
        if keywords := list(dict.fromkeys(text for text, _ in _texts(self.entry.keywords))):
            yield "keywords:"
            yield from (f"  - {_quoted(each)}" for each in keywords)

    def crate(self, files: Sequence[FileSum]) -> bytes:
        """Return the RO-Crate 1.1 of the folder (https://www.researchobject.org/ro-crate/specification/1.1/)."""
        agents = dict.fromkeys([*self.creators, *([self.publisher] if self.publisher else [])])
        root = {
            "@id": "./",
            "@type": "Dataset",
            "name": self.title,
            "description": self.description or self.title,
            "datePublished": self.manifest.issued,
            "version": self.manifest.version,
            "identifier": self.entry.identifier or f"{self.base}dataset",
            "license": {"@id": self.licence},
            "inLanguage": self.language,
            "author": [{"@id": each.iri} for each in self.creators],
            "publisher": {"@id": self.publisher.iri} if self.publisher else None,
            "hasPart": [{"@id": file.name} for file in files],
        }
        graph = [
            {
                "@id": RO_CRATE,
                "@type": "CreativeWork",
                "about": {"@id": "./"},
                "conformsTo": {"@id": _CRATE},
            },
            {key: value for key, value in root.items() if value},
            *(_crate_file(file) for file in files),
            *({"@id": each.iri, "@type": _type(each), "name": each.name} for each in agents),
            {"@id": self.licence, "@type": "CreativeWork", "name": self.licence},
        ]
        return _json({"@context": f"{_CRATE}/context", "@graph": graph})


def _agents(index: CorpusIndex) -> Iterator[Agent]:
    for entity in index.entities.values():
        name = in_language(entity.names, index.dataset.language, "en")
        yield Agent(iri_text(entity.iri), name, SCHEMA.Person in entity.types)
    for annotator in index.annotators.values():
        yield Agent(iri_text(annotator.iri), literal_value(annotator.name).lexical, annotator.type == SCHEMA.Person)


def _type(agent: Agent) -> str:
    return "Person" if agent.is_person else "Organization"


def _creator(agent: Agent) -> dict[str, str]:
    return {"name": agent.name, "nameType": "Personal" if agent.is_person else "Organizational"}


def _crate_file(file: FileSum) -> dict[str, Any]:
    suffix = f".{file.name.rpartition('.')[2]}"
    known = {"encodingFormat": _MEDIA_TYPES[suffix]} if suffix in _MEDIA_TYPES else {}
    return {"@id": file.name, "@type": "File", **known, "contentSize": str(file.size), "sha256": file.sha256}


def _texts(texts: Iterable[Literal | Iri]) -> Iterator[tuple[str, str]]:
    """Yield texts with their languages."""
    for each in texts:
        value = literal_value(each)
        yield value.lexical, value.language


def _with_language(key: str, text: tuple[str, str]) -> dict[str, str]:
    return {key: text[0], "lang": text[1]} if text[1] else {key: text[0]}


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
