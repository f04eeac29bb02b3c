"""Turns SHACL results into findings: their places, their order, and the rule that each breaks.

The findings about an RDF document say which triple each is about; its line is found in a second pass.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from functools import cached_property
from typing import IO, NamedTuple

from kg.errors import SEVERITIES, Finding, Place, Severity, Spot, numbered
from kg.files.text_files import UNSAFE
from kg.findings.source_map import SourceMap, spot_of, subject_source
from kg.formats.rdf_nodes import ANONYMOUS
from kg.formats.rdf_reader import ANY, TriplePlaces, WantedTriple, anonymous, find_places
from kg.rdf.property_paths import Nodes, PropertyPath, edges, predicates, read_property_path
from kg.rdf.terms import XSD, Iri, Node, Term, iri, iri_text, is_iri, literal_value
from kg.rdf.vocab import KG, NAMESPACES, SCHEMA
from kg.shacl import Result
from kg.text.near_match import shortened

NAMES: dict[Severity, str] = {"violation": "violation", "warning": "warning", "info": "remark"}
# Vocabularies whose terms are shown to annotators by their local names.
_BY_NAME = ("acts", "forms", "bases", "qualifiers", "verdicts")
# Values that are derived, not written by annotators.
_WORKED_OUT = {KG.earliest: "earliest day", KG.latest: "latest day", KG.probably: "probable date"}
SHAPES = "https://w3id.org/kg-claims/shapes#"
# Results of node shapes have no path; kg's own are about these properties.
ABOUT = {
    "article-corrected-later": SCHEMA.dateModified,
    "claim-in-full": KG.act,
    "claim-in-time": KG.earliest,
    "claim-own-voice": SCHEMA.author,
    "claim-quoted": KG.words,
    "entity-name": SCHEMA.name,
    "event-order": SCHEMA.endDate,
    "role-order": SCHEMA.endDate,
}
_IRI = re.compile(r"<[^<>]*>")
_LAST_SEGMENT = ("claim", "occasion", "source")


def from_results(results: Iterable[Result], nodes: Iterable[Node], source_map: SourceMap) -> list[Finding]:
    """Return a finding for each place that caused a result; what has one message at one place is one finding."""
    by_subject: Nodes = {node.subject: node.properties for node in nodes}
    found: dict[tuple[Spot, str], Finding] = {}
    for result in results:
        seen = _pointed(result, by_subject)
        detail = _found(seen, source_map.base)
        for spot in _spots(seen, by_subject, source_map):
            finding = finding_of(result, spot, detail)
            first = found.setdefault((spot, finding.message), finding)
            if finding.rule < first.rule:
                found[spot, finding.message] = finding
    return list(found.values())


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings by file, line and column, then the worst first, without repetitions.

    Findings with the same place and message are repetitions, even of another rule, as of a claim and its quotation;
    if the place is only a file, they must agree in everything.
    """
    once: dict[tuple[object, ...], Finding] = {}
    for finding in sorted(findings, key=_order):
        at = finding.at
        known = isinstance(at, Spot) or (isinstance(at, Place) and at.line > 0)
        once.setdefault((at, finding.message) if known else finding, finding)
    return list(once.values())


def counted(findings: Iterable[Finding]) -> str:
    """Return `3 violations, 1 warning in 2 files`."""
    findings = list(findings)
    counts = Counter(finding.severity for finding in findings)
    files = len({finding.at.file for finding in findings if finding.at})
    parts = [numbered(counts[severity], NAMES[severity]) for severity in SEVERITIES if counts[severity]]
    if not parts:
        return "nothing to report"
    return ", ".join(parts) + (f" in {numbered(files, 'file')}" if files else "")


def fails(findings: Iterable[Finding], threshold: Severity) -> bool:
    """Return whether a finding is as bad as the threshold, or worse."""
    allowed = SEVERITIES[SEVERITIES.index(threshold) + 1 :]
    return any(finding.severity not in allowed for finding in findings)


def _order(finding: Finding) -> tuple[object, ...]:
    severity = SEVERITIES.index(finding.severity)
    match finding.at:
        case Place(file, line, column, cell):
            place: tuple[bool, str, int, int, str] = (False, file, line, column, cell)
        case Spot(file, path, line, at_key):
            place = (False, file, line, 0, repr((path, at_key)))
        case None:
            place = (True, "", 0, 0, "")
    return *place, severity, finding.message, finding.rule, *finding[4:]


def finding_of(result: Result, at: Place | Spot, detail: str) -> Finding:
    """Return the finding of a result."""
    return Finding(
        severity=result.severity,
        message=result.message,
        rule=rule_of(result.named or result.shape, result.component),
        at=at,
        detail=detail,
        focus=result.focus,
        path=result.path,
        value=result.value,
        shape=result.shape,
        component=result.component,
    )


def _pointed(result: Result, nodes: Nodes) -> Result:
    """Return a result of one of kg's node shapes with the path and the value that it concerns."""
    about = ABOUT.get(iri_text(result.shape).removeprefix(SHAPES)) if is_iri(result.shape) else None
    if about is None or result.path:
        return result
    values = nodes.get(result.focus, {}).get(about, ())
    return result._replace(path=about, value=next(iter(values), ""))


def _spots(result: Result, nodes: Nodes, source_map: SourceMap) -> list[Spot]:
    """Return where the value of a result was written, or the key of the mapping that lacks it."""
    path = path_of(result.path)
    if path and result.value:
        matching = [edge for edge in edges(path, [result.focus], nodes) if edge.end == result.value]
        spots = [spot_of(edge.subject, edge.predicate, edge.object, nodes, source_map) for edge in matching]
        known = [spot for spot in spots if spot]
        if known:
            return list(dict.fromkeys(known))
    return [_at_focus(result, path, nodes, source_map)]


def _at_focus(result: Result, path: PropertyPath | None, nodes: Nodes, source_map: SourceMap) -> Spot:
    """Return the field that a path begins with at the focus node, or the key of the focus node."""
    written = subject_source(result.focus, nodes, source_map)
    if written is None:
        # A user's shapes may target any node, also one that was only referred to in this file.
        for subject, properties in nodes.items():
            for predicate, objects in properties.items():
                if result.focus in objects and (
                    spot := spot_of(subject, predicate, result.focus, nodes, source_map)
                ):
                    return spot
        return Spot(source_map.file, line=source_map.line)
    if path is None or path.operator == "^" or (path.operator == "/" and path.parts[0].operator == "^"):
        return written.key
    spot = spot_of(result.focus, predicates(path)[0], result.value, nodes, source_map) or written.key
    return spot if result.value else spot._replace(at_key=True)


def path_of(text: str) -> PropertyPath | None:
    """Return the path of a result; None if it has none that kg can read."""
    if not text:
        return None
    try:
        return read_property_path(text)
    except ValueError:
        return None  # another engine may use another syntax for paths; the focus node still has a place


def _found(result: Result, base: str) -> str:
    if result.value in ("", result.focus):
        return ""
    path = path_of(result.path)
    name = _WORKED_OUT.get(predicates(path)[-1], "found") if path else "found"
    return f"{name}: {_short(result.value, base)}"


def shown_terms(result: Result) -> str:
    """Return the node, the path and the value of a result for people, a line each."""
    lines = [("node", result.focus), ("path", result.path), ("value", result.value)]
    return "\n".join(f"{name:<6}{_short(term, '')}" for name, term in lines if term)


def _short(term: str, base: str) -> str:
    """Return a term as its author wrote it: an id, a date, quoted words, or a prefixed name.

    Without a `base` it is a term or a path of other people's RDF.
    """
    if term.startswith('"'):
        lexical, datatype, language = literal_value(term)
        if language:
            return f"{_quoted(lexical)} ({language})"
        return _quoted(lexical) if datatype == XSD + "string" else lexical
    if base and term.startswith(f"<{base}"):
        kind, _, id = term[len(base) + 1 : -1].partition("/")
        return id.rpartition("/")[2] if kind in _LAST_SEGMENT else id or kind
    if base and term.startswith("<"):
        return _prefixed(term).removeprefix("<").removesuffix(">")
    return _IRI.sub(lambda match: _prefixed(match[0]), term)


def _quoted(text: str) -> str:
    return shortened(" ".join(text.split()))


def _prefixed(iri: str) -> str:
    text = iri[1:-1]
    for prefix, namespace in NAMESPACES.items():
        local = text.removeprefix(namespace.base)
        if local in namespace.names:
            return local if prefix in _BY_NAME else f"{prefix}:{local}"
    return iri


REPLACEMENT = "\ufffd"


class Located(NamedTuple):
    """A finding for programs: `file` is empty and `line` and `column` are 0 if they are not known.

    No text has a character that XML refuses.
    """

    file: str
    line: int
    column: int
    severity: Severity
    rule: str
    message: str
    detail: str
    focus: str
    path: str
    value: str
    shape: str
    component: str

    @property
    def whole(self) -> str:
        """The message with its detail on the next lines."""
        return f"{self.message}\n{self.detail}" if self.detail else self.message

    @property
    def where(self) -> str:
        """As much of `file:line:column` as is known."""
        return ":".join([self.file, *(str(number) for number in (self.line, self.column) if number)])


def locate(finding: Finding) -> Located:
    """Return a finding with its place in numbers."""
    place = _place(finding.at)
    texts = (finding.rule, finding.message, *finding[4:])
    return Located(safe(place.file), place.line, place.column, finding.severity, *map(safe, texts))


def safe(text: str) -> str:
    """Return a text in which control characters are replaced."""
    return UNSAFE.sub(REPLACEMENT, text)


def _place(at: Place | Spot | None) -> Place:
    match at:
        case Place():
            return Place(str(at), 0, 0) if at.cell else at
        case Spot(file, line=line):
            return Place(file, line, 0)
    return Place("", 0, 0)


SH = "http://www.w3.org/ns/shacl#"
OURS = "https://w3id.org/kg-claims/rules#"
_END = "ConstraintComponent"
_ACRONYMS = {"SPARQL": "sparql", "JS": "js"}
_LAST_PART = re.compile(r"[#/:]([^#/:<>]+)>$")


def rule_of(shape: Term, component: Iri) -> str:
    """Return the rule of a SHACL result: the last part of the shape's IRI, else what names the component."""
    name = _LAST_PART.search(shape)
    return name[1] if name else component_name(component)


def component_name(component: Iri) -> str:
    """Return the name of a constraint component: `sh:minCount` of `sh:MinCountConstraintComponent`."""
    text = iri_text(component)
    if not (text.startswith(SH) and text.endswith(_END)):
        return text
    name = text[len(SH) : -len(_END)]
    return "sh:" + (_ACRONYMS.get(name) or name[:1].lower() + name[1:])


def rule_iri(rule: str) -> Iri:
    """Return the IRI of a rule that is not from SHACL."""
    return iri(rule if ":" in rule else OURS + rule)


def rule_title(rule: str) -> str:
    """Return the title of a rule in a list for people."""
    return rule if ":" in rule else rule.replace("-", " ").capitalize()


def rule_page(component: str) -> str:
    """Return the page that explains a constraint component of SHACL Core; `""` for others."""
    name = component[1:-1].removeprefix(SH)
    if not name.endswith(_END) or name[: -len(_END)] in _ACRONYMS or name == component[1:-1]:
        return ""
    return f"https://www.w3.org/TR/shacl/#{name}"


class RdfDocument(NamedTuple):
    """A document that can be read more than once: its name, its media type, and how it is opened."""

    name: str
    media: str
    open: Callable[[], AbstractContextManager[IO[bytes]]]


def from_rdf_results(results: Iterable[Result], name: str) -> list[Finding]:
    """Return a finding for each result about an RDF document; its detail names the node."""
    return [finding_of(result, Place(name, 0, 0), shown_terms(result)) for result in results]


def with_places(findings: Iterable[Finding], nodes: Iterable[Node], document: RdfDocument) -> list[Finding]:
    """Return the findings with the places of the triples that they are about.

    Nothing is read if no finding is about a node. Where a triple is not found, its place is that of the subject and
    the predicate, else of the subject, else the document.
    """
    findings = list(findings)
    whole = Place(document.name, 0, 0)
    if not any(each.at == whole and each.focus for each in findings):
        return findings
    triples = _FindingTriples(nodes)
    wanted = {each: triples.of(each) for each in findings if each.at == whole and each.focus}
    places = TriplePlaces(wanted.values(), triples.ways)
    with document.open() as stream:
        find_places(places, document.name, stream, document.media)
    return [
        finding._replace(at=places.place(wanted[finding]) or whole) if finding in wanted else finding
        for finding in findings
    ]


class _Way(NamedTuple):
    """How a document leads to an anonymous blank node: as the number-th such value of a subject and a predicate."""

    subject: str
    predicate: str
    number: int


class _FindingTriples:
    """Works out the triples that findings are about. `ways` are the nodes that lead to anonymous blank nodes."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self.ways: set[str] = set()
        self._nodes: Nodes = {node.subject: node.properties for node in nodes}
        self._names: dict[str, str] = {}

    def of(self, finding: Finding) -> WantedTriple:
        """Return the triple of a finding, with `ANY` for what a document lacks or the finding leaves open."""
        subject, predicate, value = self._triple(finding)
        return WantedTriple(self._name(subject), predicate, self._name(value))

    def _triple(self, finding: Finding) -> WantedTriple:
        path = path_of(finding.path)
        if path and finding.value:
            for edge in edges(path, [finding.focus], self._nodes):
                if edge.end == finding.value:
                    return WantedTriple(edge.subject, edge.predicate, edge.object)
        if finding.focus not in self._nodes:
            return self._mention(finding.focus)
        first = predicates(path)[0] if path else ANY
        value = finding.value if path and finding.value in self._nodes[finding.focus].get(first, ()) else ANY  # type: ignore[call-overload]
        return WantedTriple(finding.focus, first, value)

    def _mention(self, term: str) -> WantedTriple:
        """Return the first triple whose object is a node that is no subject."""
        return self._mentions.get(term, WantedTriple(term))

    @cached_property
    def _mentions(self) -> dict[str, WantedTriple]:
        """The first triple of each object that is no subject."""
        found: dict[str, WantedTriple] = {}
        for subject, properties in self._nodes.items():
            for predicate, values in properties.items():
                for value in values:
                    if value not in self._nodes:
                        found.setdefault(value, WantedTriple(subject, predicate, value))
        return found

    def _name(self, term: str) -> str:
        """Return a term; of an anonymous blank node the name by the way to it."""
        if not term.startswith(ANONYMOUS):
            return term
        way = [term]
        while way[-1] not in self._names and (parent := self._parents.get(way[-1])):
            way.append(parent.subject)
        for each in reversed(way):
            if each.startswith(ANONYMOUS) and each not in self._names:
                subject, predicate, number = self._parents.get(each) or (ANY, ANY, self._roots.get(each, 0))
                self._names[each] = anonymous(self._names.get(subject, subject), predicate, number)
            self.ways.add(self._names.get(each, each))
        return self._names[term]

    @cached_property
    def _parents(self) -> dict[str, _Way]:
        """The way to each anonymous blank node that is an object."""
        found: dict[str, _Way] = {}
        for subject, properties in self._nodes.items():
            for predicate, values in properties.items():
                nameless = [value for value in values if value.startswith(ANONYMOUS)]
                found.update({value: _Way(subject, predicate, number) for number, value in enumerate(nameless)})
        return found

    @cached_property
    def _roots(self) -> dict[str, int]:
        """The number of each anonymous blank node that is no object."""
        nameless = (each for each in self._nodes if each.startswith(ANONYMOUS) and each not in self._parents)
        return {each: number for number, each in enumerate(nameless)}
