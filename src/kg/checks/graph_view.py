"""A graph of claims for the checks of RDF: properties by subject, the base IRI, and the graph of each triple."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain
from typing import cast

from kg.checks.claim_relations import closing_circles
from kg.checks.rules import RULES
from kg.dates.edtf import is_day
from kg.rdf.terms import Iri, Node, Term, by_subject, iri, literal_value
from kg.rdf.vocab import DCAT, DCTERMS, NAMESPACES, OA, PROV, RDF, SCHEMA, VOID
from kg.shacl import Result

_RULES = "https://w3id.org/kg-claims/rules#"
Properties = dict[Iri, list[Term]]
_NOTHING: Sequence[Term] = ()
_NO_PROPERTIES: Properties = {}
_OURS = frozenset(namespace[name] for namespace in NAMESPACES.values() for name in namespace.names)


def fault(rule: str, message: str, focus: str, path: str = "", value: str = "") -> Result:
    """Return a result of a rule, with the triple that is wrong."""
    name = iri(_RULES + rule)
    return Result(Iri(focus), path, value, message, RULES[rule].severity, name, name, name)


def lexical(term: str) -> str:
    """Return the text of a literal, `""` for an IRI."""
    if term[:1] != '"':
        return ""
    # Neither a language nor a datatype has a quotation mark.
    return literal_value(term).lexical if "\\" in term else term[1 : term.rindex('"')]


# What only the graph of the releases says of a kind of thing.
_OF_RELEASES = {
    "dataset": (DCAT.hasVersion, DCAT.hasCurrentVersion),
    "claim": (DCTERMS.issued, DCTERMS.modified, PROV.wasRevisionOf),
}


class GraphView:
    """The nodes of a document, all its graphs merged."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self.nodes = by_subject(nodes)
        self._properties = cast("dict[str, Properties]", self.nodes)

    def properties(self, subject: str) -> Properties:
        """Return the objects of a subject by their predicates."""
        return self._properties.get(subject, _NO_PROPERTIES)

    # These four are called a few times for each triple: one that calls another would take twice as long.

    def values(self, subject: str, predicate: Iri) -> Sequence[Term]:
        """Return the objects of a subject and a predicate."""
        properties = self._properties.get(subject)
        return properties.get(predicate, _NOTHING) if properties else _NOTHING

    def value(self, subject: str, predicate: Iri) -> str:
        """Return the first object of a subject and a predicate, `""` if there is none."""
        properties = self._properties.get(subject)
        values = properties.get(predicate) if properties else None
        return values[0] if values else ""

    def text(self, subject: str, predicate: Iri) -> str:
        """Return the text of the first object, `""` if there is none."""
        properties = self._properties.get(subject)
        values = properties.get(predicate) if properties else None
        return lexical(values[0]) if values else ""

    @cached_property
    def objects(self) -> set[Term]:
        """All objects: what is wrong in itself is looked for once, not wherever it occurs."""
        values = chain.from_iterable(map(dict.values, self._properties.values()))
        return set(chain.from_iterable(values))

    def day(self, subject: str, predicate: Iri) -> str:
        """Return the day that is the first object, `""` if there is none or it does not exist."""
        text = self.text(subject, predicate)
        return text if is_day(text) else ""

    def types(self, subject: str) -> Sequence[Term]:
        """Return the classes of a subject."""
        return self.values(subject, RDF.type)

    def instances(self, *classes: Iri) -> Iterator[Iri]:
        """Yield the subjects of one of the classes, in order."""
        if len(classes) == 1:
            yield from self._instances.get(classes[0], {})
            return
        found = {subject: place for each in classes for subject, place in self._instances.get(each, {}).items()}
        yield from sorted(found, key=found.__getitem__)

    @cached_property
    def _instances(self) -> dict[Term, dict[Iri, int]]:
        """The subjects of each class, with their places in the order of the document."""
        found: dict[Term, dict[Iri, int]] = {}
        for place, (subject, properties) in enumerate(self.nodes.items()):
            for kind in properties.get(RDF.type, _NOTHING):
                if kind not in found:
                    found[kind] = {}
                found[kind][Iri(subject)] = place
        return found

    @cached_property
    def predicates(self) -> set[Iri]:
        """All predicates: what needs one that is not there need not be looked for."""
        return set(chain.from_iterable(self._properties.values()))

    def circles(self, predicate: Iri, subjects: Iterable[str]) -> Iterator[tuple[Iri, Term]]:
        """Yield the subject and the object of each triple that closes a circle of a predicate."""
        if predicate not in self.predicates:
            return iter(())
        edges: dict[str, list[tuple[str, tuple[Iri, Term]]]] = {}
        nodes = self._properties
        for subject in [each for each in subjects if predicate in nodes[each]]:
            for value in nodes[subject][predicate]:
                edges.setdefault(subject, []).append((value, (Iri(subject), value)))
        return closing_circles(edges)

    @cached_property
    def dataset(self) -> Iri:
        """The data set, `""` if the document does not describe it: then it may be a part of one."""
        found = [each for each in self.instances(DCAT.Dataset) if self.value(each, VOID.uriSpace)]
        return found[0] if len(found) == 1 else Iri("")

    @cached_property
    def base(self) -> str:
        """The base IRI of a whole publication; `""` for a part, as a description of the data set by itself."""
        base = self.text(self.dataset, VOID.uriSpace) if self.dataset else ""
        is_whole = self.dataset == f"<{base}dataset>" and Iri(f"<{base}graph/entities>") in self.nodes
        return base if is_whole else ""

    @cached_property
    def claims_by_article(self) -> dict[str, list[Iri]]:
        """The claims of each article, in the order of the document."""
        found: dict[str, list[Iri]] = {}
        for claim in self.instances(SCHEMA.Claim):
            found.setdefault(self.value(claim, SCHEMA.appearance), []).append(claim)
        return found

    @cached_property
    def article_of(self) -> dict[str, str]:
        """The article of each text, also of those that were revised since."""
        articles = self.instances(SCHEMA.NewsArticle)
        found: dict[str, str] = {}
        for article in articles:
            found.update(dict.fromkeys(self.values(article, SCHEMA.encoding), article))
        later = list(found)
        for text in later:  # grows by the text that each one revises
            for earlier in self.values(text, PROV.wasRevisionOf):
                if earlier not in found:
                    found[earlier] = found[text]
                    later.append(earlier)
        return found

    def body(self, text: str) -> str:
        """Return the characters of a text: those of its article, or its own if it was revised; `""` if unknown."""
        article = self.article_of.get(text, "")
        is_current = text in self.values(article, SCHEMA.encoding)
        return self.text(article, SCHEMA.articleBody) if is_current else self.text(text, SCHEMA.text)

    @cached_property
    def bodies(self) -> dict[str, list[Iri]]:
        """The annotations of each body."""
        found: dict[str, list[Iri]] = {}
        for annotation in self.instances(OA.Annotation):
            for body in self.values(annotation, OA.hasBody):
                found.setdefault(body, []).append(annotation)
        return found

    def kind_of(self, subject: str) -> str:
        """Return the first segment of an IRI below the base: `claim`; `""` for other IRIs."""
        if not self.base or not subject.startswith(f"<{self.base}"):
            return ""
        return subject[len(self.base) + 1 : -1].partition("#")[0].partition("/")[0]

    @cached_property
    def by_kind(self) -> dict[str, list[Iri]]:
        """The subjects of each kind, in the order of the document."""
        found: dict[str, list[Iri]] = {}
        for subject in self._properties:
            found.setdefault(self.kind_of(subject), []).append(Iri(subject))
        return found

    @cached_property
    def by_graph(self) -> dict[str, dict[Iri, Properties]]:
        """The nodes of each named graph into which kg writes their triples; of `""` those that are not kg's."""
        found: dict[str, dict[Iri, Properties]] = {}
        for subject, properties in self._properties.items():
            home = self._graph_of(subject)
            if not self._may_be_apart(subject, properties):
                found.setdefault(home, {})[Iri(subject)] = properties
                continue
            apart = {each: name for each in properties if (name := self._graph_apart(subject, each, home)) != home}
            for predicate, values in properties.items():
                nodes = found.setdefault(apart.get(predicate, home), {})
                nodes.setdefault(Iri(subject), {})[predicate] = values
        return found

    def _may_be_apart(self, subject: str, properties: Properties) -> bool:
        """Tell whether `_graph_apart` may name another graph than the subject's for one of its triples."""
        if self._extra or self._releases or SCHEMA.articleBody in properties:
            return True
        return SCHEMA.text in properties and self.kind_of(subject) == "text"

    @cached_property
    def _extra(self) -> str:
        """The graph with what a corpus adds to its annotations, `""` if there is none."""
        name = f"<{self.base}graph/extra>"
        return name if self.base and Iri(name) in self.nodes else ""

    @cached_property
    def _releases(self) -> str:
        """The graph of the releases, `""` if there is none."""
        name = f"<{self.base}graph/releases>"
        return name if self.base and Iri(name) in self.nodes else ""

    def is_former(self, subject: str) -> bool:
        """Tell whether a subject is an IRI that something had before: all that is said is which one it has now."""
        properties = self.properties(subject)
        return len(properties) == 1 and DCTERMS.isReplacedBy in properties

    def _graph_of(self, subject: str) -> str:
        """Return the named graph in which kg writes about a subject, `""` if it is not one of kg's."""
        return self._home(self.value(subject, DCTERMS.isReplacedBy) if self.is_former(subject) else subject)

    def _home(self, subject: str) -> str:
        """Return the graph of what is there now."""
        if not self.base:
            return ""
        graphs = f"<{self.base}graph/"
        if RDF.Property in self.types(subject):
            return f"{graphs}dataset>"  # a field of the corpus's own, as the data set declares it
        if not subject.startswith(f"<{self.base}"):
            return self._extra
        kind, _, rest = subject[len(self.base) + 1 : -1].partition("#")[0].partition("/")
        if kind == "graph":
            return subject
        if kind == "article":
            return f"{graphs}article/{rest}>"
        if kind == "reading":
            return f"{graphs}readings>"
        if kind in ("claim", "occasion", "source", "text"):
            return f"{graphs}article/{rest.rpartition('/')[0]}>"
        return f"{graphs}entities>" if kind in ("entity", "annotator") else f"{graphs}dataset>"

    def _graph_apart(self, subject: str, predicate: Iri, home: str) -> str:
        """Return the graph of a triple: its subject's, unless it has a whole text or was added to kg's own."""
        if predicate == SCHEMA.articleBody or (predicate == SCHEMA.text and self.kind_of(subject) == "text"):
            body = home.replace("/graph/article/", "/graph/text/", 1)
            return body if Iri(body) in self.nodes else home
        if self._releases and ("#release-" in subject or predicate in _OF_RELEASES.get(self.kind_of(subject), ())):
            return self._releases
        if not self._extra or predicate in _OURS or RDF.Property in self.types(subject):
            return home
        return home if RDF.Property in self.types(predicate) else self._extra
