"""Extra triples: reads the files `extra/*.ttl` of a corpus, which become one separate graph.

They may say anything but what kg says: no property or class of kg's on an IRI under the base of the corpus, and no
blank nodes, so that the files of a publication can still be compared as sets of lines.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from kg.corpus import CorpusDefinition
from kg.corpus.folder import below, link_fault
from kg.errors import CorpusError, Finding, Place
from kg.files.compression import open_decompressed
from kg.rdf.terms import Iri, Node, Term, by_subject, iri_text
from kg.rdf.vocab import RDF, WRITTEN_TERMS

if TYPE_CHECKING:
    from kg.pipeline.article import Check

FOLDER = "extra"
_SUFFIX = ".ttl"
_MEDIA = "text/turtle"


class ExtraTriples(NamedTuple):
    """The nodes of all files, in the order of their subjects, and the findings about them."""

    nodes: list[Node]
    findings: list[Finding]


def read_extra(corpus: CorpusDefinition, check: Check) -> ExtraTriples | None:
    """Return the triples in `extra/*.ttl`, validated; None if there is no such file."""
    files = list(extra_files(corpus.root))
    if not files:
        return None
    nodes: list[Node] = []
    findings: list[Finding] = []
    for file in files:
        if fault := link_fault(file, corpus.root):
            findings.append(fault)
            continue
        try:
            found = _read(file, corpus, check)
        except CorpusError as error:
            findings += error.findings
            continue
        nodes += found.nodes
        findings += found.findings
    return ExtraTriples(list(_in_order(nodes)), findings)


def extra_files(root: str) -> Iterator[str]:
    """Yield the files with extra triples of a corpus, sorted."""
    folder = below(root, FOLDER)
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
        if name.endswith(_SUFFIX):
            yield below(folder, name)


def _read(file: str, corpus: CorpusDefinition, check: Check) -> ExtraTriples:
    # Only here, as most corpora have no such files.
    from kg.findings.results import RdfDocument, from_rdf_results, with_places
    from kg.formats.rdf_reader import read_nodes

    with open_decompressed(file, corpus.root) as stream:
        nodes = read_nodes(file, stream, _MEDIA)
    faults = list(_faults(nodes, file, corpus.config.base))
    # What follows from a fault is not reported again.
    faults = faults or from_rdf_results(check(nodes, {}), file)
    document = RdfDocument(file, _MEDIA, partial(open_decompressed, file, corpus.root))
    return ExtraTriples(nodes, with_places(faults, nodes, document))


def _faults(nodes: Iterable[Node], file: str, base: str) -> Iterator[Finding]:
    whole = Place(file, 0, 0)
    for subject, properties in nodes:
        for predicate, objects in properties.items():
            for term in objects:
                if "_" in (subject[0], term[0]):
                    message = "extra triples must be without blank nodes: give the node an IRI"
                    yield Finding("violation", message, "extra-blank-node", whole, "", subject, predicate, term)
                elif subject.startswith(f"<{base}") and _is_ours(predicate, term):
                    ours = iri_text(term if predicate == RDF.type else predicate)
                    message = f"extra triples must not say what kg says, and {ours} is kg's: use a term of your own"
                    yield Finding("violation", message, "extra-kg-term", whole, "", subject, predicate, term)


def _is_ours(predicate: Iri, term: Term) -> bool:
    return term in WRITTEN_TERMS if predicate == RDF.type else predicate in WRITTEN_TERMS


def _in_order(nodes: list[Node]) -> Iterator[Node]:
    """Yield the nodes merged and sorted, so that the same triples give the same bytes, also back from a store."""
    from kg.rdf.term_conversion import stored_literals

    described = by_subject(nodes)
    objects = (term for properties in described.values() for terms in properties.values() for term in terms)
    stored = stored_literals(objects)
    for subject in sorted(described):
        properties = {
            predicate: sorted({stored.get(term, term) for term in terms})
            for predicate, terms in sorted(described[subject].items())
        }
        yield Node(Iri(subject), properties)
