"""What archives and catalogues ask for about a data set: read from corpus.yaml, and what of it is missing.

DataCite's mandatory properties: https://datacite-metadata-schema.readthedocs.io/en/4.6/properties/overview/;
DCAT-AP's: https://semiceu.github.io/DCAT-AP/releases/3.0.1/#Dataset.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from kg.annotations.classes import CorpusFile
from kg.errors import Finding, Spot
from kg.meaning.reporter import Reporter, as_list
from kg.model import NO_DATE, NONE, CatalogueEntry, Contact, Entity, Grant
from kg.rdf.terms import Iri, Iris, Literal, iri, part, plain
from kg.rdf.vocab import SCHEMA

# Fields of corpus.yaml by who demands them; a title, a type and a licence are always there.
DEMANDED = {"DataCite": ("creator", "identifier", "issued", "publisher"), "DCAT-AP": ("description",)}
_FOR_CATALOGUES = (
    *("creator", "version", "issued", "identifier", "keywords", "temporal", "spatial", "contact"),
    *("access_url", "funding"),
)


class CatalogueContext(NamedTuple):
    """What the fields are read with; `annotators` are the IRIs of the annotators."""

    config: CorpusFile
    language: str
    iris: Iris
    entities: Mapping[str, Entity]
    report: Reporter


def read_catalogue_entry(context: CatalogueContext) -> CatalogueEntry:
    """Return what corpus.yaml says for archives and catalogues."""
    config, report = context.config, context.report
    keywords = (report.texts(each, ("keywords", n), context.language) for n, each in enumerate(config.keywords))
    return CatalogueEntry(
        creators=tuple(_creators(context)),
        version=config.version,
        issued=config.issued,
        identifier=_identifier(context),
        keywords=tuple(dict.fromkeys(literal for each in keywords for literal in each)),
        temporal=report.edtf(config.temporal, ("temporal",)) if config.temporal else NO_DATE,
        spatial=tuple(_places(context)),
        contact=_contact(context),
        access_url=_address(config.access_url, ("access_url",), report),
        funding=tuple(_grant(n, context) for n in range(len(config.funding))),
    )


def missing_fields(config: CorpusFile, file: str) -> Iterator[Finding]:
    """Yield a note that names the fields which archives demand and corpus.yaml does not give.

    A corpus that gives none of the fields for catalogues is not about to be deposited.
    """
    if not any(getattr(config, name) for name in _FOR_CATALOGUES):
        return
    missing = {who: [name for name in names if not getattr(config, name)] for who, names in DEMANDED.items()}
    wanted = [f"{', '.join(f'`{each}`' for each in names)} ({who})" for who, names in missing.items() if names]
    if wanted:
        message = f"archives and catalogues also demand {', '.join(wanted)}: give them before you deposit the data"
        yield Finding("info", message, "missing-metadata", Spot(file))


def _creators(context: CatalogueContext) -> Iterator[Iri]:
    known = {id: context.iris.annotator(id) for id in context.config.annotators}
    known |= {id: entity.iri for id, entity in context.entities.items()}
    for n, id in enumerate(as_list(context.config.creator)):
        found = context.report.reference(id, known, ("creator", n), "an entity or an annotator")
        if found:
            yield found


def _identifier(context: CatalogueContext) -> str:
    written = context.config.identifier
    if written.startswith("10."):
        message = f"a DOI must be an address: write https://doi.org/{written}"
        context.report.violation(("identifier",), "bad-iri", message)
    elif written:
        context.report.iri(written, ("identifier",))
    return written


def _places(context: CatalogueContext) -> Iterator[Iri]:
    for n, id in enumerate(as_list(context.config.spatial)):
        path = ("spatial", n)
        entity = context.report.reference(id, context.entities, path, "an entity")
        if entity and not {SCHEMA.Place, SCHEMA.Country} & set(entity.types):
            message = f"`spatial` must name a Place or a Country, and `{id}` is neither: name another entity"
            context.report.violation(path, "no-place", message)
        elif entity:
            yield entity.iri


def _contact(context: CatalogueContext) -> Contact | None:
    written, report = context.config.contact, context.report
    if not written:
        return None
    email = NONE
    if written.email:
        email = _mailto(written.email)
        if not email:
            message = f"`email` must be an address, as data@example.org, not {written.email!r}: correct it"
            report.violation(("contact", "email"), "bad-email", message)
    elif not written.url:
        message = "a contact must be reachable: give `email` or `url`"
        report.violation(("contact",), "contact-without-address", message, at_key=True)
    url = _address(written.url, ("contact", "url"), report)
    return Contact(part(context.iris.dataset, "contact"), plain(written.name), email, url)


def _mailto(address: str) -> Iri:
    """Return the IRI of an e-mail address, `NONE` if it is not one."""
    name, _, host = address.partition("@")
    if not name or "." not in host or "@" in host:
        return NONE
    try:
        return iri(f"mailto:{address}")
    except ValueError:
        return NONE


def _grant(n: int, context: CatalogueContext) -> Grant:
    written, report = context.config.funding[n], context.report
    path = ("funding", n)
    if not (written.funder or written.name or written.number or written.url):
        message = "a grant must say whose or which it is: give `funder`, `name`, `number` or `url`"
        report.violation(path, "empty-grant", message, at_key=True)
    funder = None
    if written.funder:
        funder = report.reference(written.funder, context.entities, (*path, "funder"), "an entity")
    names: tuple[Literal, ...] = ()
    if written.name:
        names = report.texts(written.name, (*path, "name"), context.language)
    return Grant(
        iri=part(context.iris.dataset, f"grant-{n + 1}"),
        funder=funder.iri if funder else NONE,
        names=names,
        number=written.number,
        url=_address(written.url, (*path, "url"), report),
    )


def _address(written: str, path: tuple[str | int, ...], report: Reporter) -> Iri:
    return report.iri(written, path) if written else NONE
