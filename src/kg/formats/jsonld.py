"""JSON-LD for people who read JSON: an article is a tree that contains its claims, and keys are short names.

The file has the context, with a short name for each class and property and the kind of its values; then the writer,
which node is nested in which, and how JSON is laid out. A short name belongs to one property and one kind of value,
so that no value needs a `@type`: `dateCreatedMonth` is `schema:dateCreated` with an `xsd:gYearMonth`.
https://www.w3.org/TR/json-ld11/
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from kg.formats.turtle import Abbreviations
from kg.rdf.terms import EDTF, Graph, Iri, Node, Term, iri_text, literal_parts, quoted
from kg.rdf.vocab import RDF, XSD

_CLASSES = (
    "schema:NewsArticle schema:MediaObject schema:Claim schema:Quotation schema:Event schema:Person "
    "schema:Organization schema:OrganizationRole schema:NewsMediaOrganization schema:GovernmentOrganization "
    "schema:Country schema:Place schema:DefinedTerm schema:DefinedTermSet schema:Dataset schema:DataDownload "
    "schema:CreativeWork schema:ClaimReview schema:Rating "
    "kg:Document kg:Group kg:Newsroom kg:Passage kg:UnnamedSource kg:WithdrawnClaim "
    "oa:Annotation oa:TextualBody kg:OverruledReading "
    "skos:Concept skos:ConceptScheme dcat:Distribution spdx:Checksum "
    "schema:AnalysisNewsArticle schema:AskPublicNewsArticle schema:BackgroundNewsArticle "
    "schema:OpinionNewsArticle schema:ReportageNewsArticle schema:ReviewNewsArticle "
    "schema:Grant schema:SoftwareApplication"
)

# Kinds of values. `links` are always a list, `texts` are maps from language to text (or one text without a
# language), `terms` are concepts and terms of a vocabulary, which keep their prefix: `acts:denies`.
_LINK = (
    "schema:publisher schema:license schema:url schema:location schema:recordedAt schema:superEvent "
    "schema:containedInPlace "
    "schema:isPartOf schema:inDefinedTermSet schema:appearance schema:firstAppearance schema:claimInterpreter "
    "schema:itemReviewed schema:reviewRating org:role "
    "schema:copyrightHolder schema:funder dcterms:rights dcterms:temporal dcat:accessURL dcat:contactPoint "
    "dcat:landingPage dcat:hasCurrentVersion dcat:previousVersion vcard:hasEmail vcard:hasURL "
    "schema:encoding prov:wasRevisionOf kg:outlet kg:reviewedBy kg:overruledBy oa:hasBody oa:hasSource "
    "dcterms:creator dcterms:conformsTo dcterms:isPartOf dcterms:isReplacedBy skos:inScheme dcat:downloadURL "
    "dcat:mediaType schema:contentUrl spdx:checksum dcterms:license dcterms:publisher dcterms:language"
)
_LINKS = (
    "schema:author schema:about schema:mentions schema:hasPart schema:memberOf schema:sameAs "
    "schema:spokenByCharacter kg:addressee kg:spokenAs kg:probablySpokenAs kg:onBehalfOf kg:relatesTo "
    "kg:answers kg:reports kg:same kg:repeats kg:supports kg:qualifies kg:contradicts kg:retracts "
    "kg:wordsAt kg:cueAt kg:speakerWordsAt kg:dateWordsAt "
    "schema:archivedAt schema:creator schema:funding schema:spatialCoverage dcterms:spatial dcterms:replaces "
    "oa:hasTarget dcterms:contributor skos:broader schema:workExample schema:distribution dcat:distribution "
    "dcat:hasVersion void:dataDump void:classPartition void:vocabulary"
)
_TERM = (
    "kg:verdict kg:act kg:form kg:dateBasis kg:dateQualifier oa:motivatedBy void:class spdx:algorithm "
    "rdfs:subClassOf"
)
_TERMS = "kg:inferred"
_TEXTS = (
    "schema:headline schema:articleBody schema:text schema:name schema:alternateName "
    "schema:description schema:roleName schema:claimReviewed kg:words kg:condition kg:cue kg:speakerWords "
    "kg:dateWords kg:dateWhy kg:withdrawnBecause skos:editorialNote skos:prefLabel dcterms:title "
    "dcterms:description rdfs:label schema:copyrightNotice "
    "schema:keywords dcat:keyword"
)
_PLAIN = (
    "schema:identifier schema:inLanguage schema:sha256 kg:originalLanguage kg:digest oa:exact "
    "schema:encodingFormat void:uriSpace schema:version "
    "schema:articleSection schema:printEdition schema:printPage schema:softwareVersion schema:temporalCoverage "
    "dcat:version dcterms:identifier vcard:fn foaf:name rdf:value"
)
_NUMBER = "schema:position oa:start oa:end void:triples void:entities"
_DECIMAL = "schema:ratingValue schema:bestRating schema:worstRating"
_DATE = "schema:dateCreated schema:datePublished schema:dateModified schema:startDate schema:endDate kg:probably"
_DAY = (
    "kg:earliest kg:latest kg:dueBy kg:heldFrom kg:heldUntil kg:withdrawnOn kg:reviewedOn dcterms:date "
    "dcterms:modified "
    "dcat:startDate dcat:endDate dcterms:issued"
)
_INSTANT = {"kg:reviewedOn": "reviewedAt", "dcterms:created": "created", "dcterms:modified": "modifiedAt"}
_PRECISIONS = {"": "xsd:date", "Month": "xsd:gYearMonth", "Year": "xsd:gYear"}
# If two vocabularies share a name, schema.org has the short one.
_LONG = (
    "schema:creator dcat:startDate dcat:endDate dcat:version dcterms:identifier foaf:name dcat:distribution "
    "dcterms:description dcterms:isPartOf dcterms:license dcterms:publisher dcterms:language"
)


class Key(NamedTuple):
    """A key of the documents. `kind` is `@id`, `@vocab`, `@language`, `@reverse`, `""` (plain) or a datatype."""

    name: str
    iri: str
    kind: str
    several: bool = False


# Reverse properties: claims are nested in their article, an annotation in its claim, passages in their text.
_REVERSED = (
    Key("annotation", "oa:hasBody", "@reverse"),
    Key("reviews", "schema:itemReviewed", "@reverse", several=True),
    Key("claims", "schema:appearance", "@reverse", several=True),
    Key("passages", "oa:hasSource", "@reverse", several=True),
    Key("withdrawn", "kg:withdrawnFrom", "@reverse", several=True),
)


def classes(prefixes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the short name and the compact IRI of each class whose prefix is given."""
    for iri in _CLASSES.split():
        if _is_known(iri, prefixes):
            yield _short(iri), iri


def keys(prefixes: Mapping[str, str]) -> Iterator[Key]:
    """Yield the keys whose prefixes are given."""
    for key in (*_keys(), *_REVERSED):
        if _is_known(key.iri, prefixes) and (key.kind[:1] in ("", "@") or _is_known(key.kind, prefixes)):
            yield key


def expanded(compact: str, prefixes: Mapping[str, str]) -> str:
    """Return the term for a compact IRI; `""` and keywords are returned unchanged."""
    if compact[:1] in ("", "@"):
        return compact
    prefix, _, local = compact.partition(":")
    return f"<{prefixes[prefix]}{local}>" if prefix in prefixes else f"<{compact}>"


ALIASES = {"id": "@id", "type": "@type"}
"""The keywords that have another name."""


def context(prefixes: Mapping[str, str]) -> dict[str, object]:
    """Return the context without a base, which is the content of `context.jsonld`.

    A document's own context has the base too; one that is fetched cannot set it (section 4.1.3).
    """
    return {
        "@version": 1.1,
        **prefixes,
        **ALIASES,
        **dict(classes(prefixes)),
        **{key.name: _definition(key) for key in keys(prefixes)},
    }


def _keys() -> Iterator[Key]:
    for kind, listed, several in (
        ("@language", _TEXTS, False),
        ("", _PLAIN, False),
        ("@id", _LINK, False),
        ("@id", _LINKS, True),
        ("@vocab", _TERM, False),
        ("@vocab", _TERMS, True),
        ("xsd:integer", _NUMBER, False),
        ("xsd:nonNegativeInteger", "dcat:byteSize", False),
        ("xsd:decimal", _DECIMAL, False),
        ("xsd:date", _DAY, False),
        ("xsd:hexBinary", "spdx:checksumValue", False),
    ):
        for iri in listed.split():
            yield Key(_short(iri), iri, kind, several)
    for iri in _DATE.split():
        for ending, datatype in _PRECISIONS.items():
            yield Key(_short(iri) + ending, iri, datatype)
    for iri, name in _INSTANT.items():
        yield Key(name, iri, "xsd:dateTime")
    yield Key("edtf", "kg:edtf", EDTF)
    yield Key("due", "kg:due", EDTF)


def _definition(key: Key) -> str | dict[str, str]:
    if not key.kind:
        return key.iri
    if key.kind == "@language":
        return {"@id": key.iri, "@container": "@language"}
    definition = {"@reverse": key.iri} if key.kind == "@reverse" else {"@id": key.iri, "@type": key.kind}
    return {**definition, "@container": "@set"} if key.several else definition


def _short(iri: str) -> str:
    return iri if iri in _LONG.split() else iri.partition(":")[2]


def _is_known(iri: str, prefixes: Mapping[str, str]) -> bool:
    return iri == EDTF or iri.partition(":")[0] in prefixes


_REMEMBERED = 4096
_REMEMBERED_MEMBERS = 512
_TOP = "    "
_WIDTH = 100
# Deep enough for a rating of a review of a claim of an article.
_DEPTH = 8
# Numbers of so few digits are read back unchanged by every JSON reader.
_NATIVE_NUMBER = re.compile(r"0|[1-9][0-9]{0,14}")


class JsonLdWriter:
    """Writes graphs as JSON-LD 1.1, without the names of the graphs."""

    between = ",\n"
    tail = "\n  ]\n}\n"

    def __init__(self, prefixes: Mapping[str, str], base: str) -> None:
        self._abbreviations = Abbreviations(prefixes, base)
        self._context = context(prefixes)
        self._head = ""
        self._classes = {expanded(iri, prefixes): name for name, iri in classes(prefixes)}
        # By property: its keys, by the kind of their values.
        self._keys: dict[str, dict[str, Key]] = {}
        self._reversed: dict[Iri, Key] = {}
        for key in keys(prefixes):
            if key.kind == "@reverse":
                self._reversed[Iri(expanded(key.iri, prefixes))] = key
            else:
                kinds = self._keys.setdefault(expanded(key.iri, prefixes), {})
                kinds[expanded(key.kind, prefixes)] = key
        self._reference = lru_cache(maxsize=_REMEMBERED)(self._shortest)
        # Terms that the context does not change, and a cache of members by property and value.
        self._native: set[str] = set()
        self._members: dict[str, dict[str, str]] = {}

    def head(self) -> str:
        """Return the context and the opening of the list of nodes."""
        if not self._head:  # a site writes it with each of thousands of documents
            base = self._abbreviations.base
            entries = {**({"@base": base} if base else {}), **self._context}
            members = [(key, json.dumps(entry, ensure_ascii=False)) for key, entry in entries.items()]
            self._head = f'{{\n  "@context": {json_object(members, "  ")},\n  "@graph": [\n'
        return self._head

    def graph(self, graph: Graph) -> str:
        """Return the nodes at the top level, with the nodes nested in them."""
        if len(self._native) > _REMEMBERED:
            self._native.clear()
        foreign = [self._is_foreign(node) for node in graph.nodes]
        ours = [node for node, is_foreign in zip(graph.nodes, foreign, strict=True) if not is_foreign]
        written = [self._tree(tree, _TOP) for tree in trees_of(ours, self._reversed)]
        written += [
            _expanded_node(node, _TOP)
            for node, is_foreign in zip(graph.nodes, foreign, strict=True)
            if is_foreign and any(node.properties.values())
        ]
        return ",\n".join([_TOP + node for node in written])

    def encoded(self, graph: Graph) -> bytes:
        """Return `graph` in UTF-8."""
        return self.graph(graph).encode()

    def _tree(self, tree: NodeTree, indent: str) -> str:
        """Return a node with the nodes nested in it; `indent` is that of its first line."""
        inner = indent + "  "
        subject, properties = tree.node
        lines = [f'"id": {self._reference(subject)}']
        types = properties.get(RDF.type, ())
        if names := [quoted(self._class(term)) for term in types if term[0] == "<"]:
            lines.append(f'"type": {names[0] if len(names) == 1 else json_list(names, inner)}')
        unwritten = dict(tree.parts)
        for predicate, objects in properties.items():
            if predicate == RDF.type:
                objects = [term for term in objects if term[0] != "<"]
            if len(objects) == 1:
                term = objects[0]
                if unwritten and term in unwritten:
                    key, _ = self._link(predicate, term)
                    lines.append(self._line(key, [unwritten.pop(term)], inner))
                else:
                    known = self._members.get(predicate)
                    line = known.get(term) if known else None
                    lines.append(line or self._member(predicate, term, inner))
            elif objects:
                lines += self._property(predicate, objects, unwritten, inner)
        for predicate, inside in tree.inside.items():
            lines.append(self._line(self._reversed[predicate], [*inside], inner))
        between = f",\n{inner}"
        return f"{{{between[1:]}{between.join(lines)}\n{indent}}}"

    def _member(self, predicate: Iri, term: Term, indent: str) -> str:
        """Return the key and the value of a property with one value, which is not a node nested here."""
        if term[0] == "<":
            key, value = self._link(predicate, term)
        else:
            key, value, language = self._literal(predicate, term)
            if language:
                return f"{quoted(key.name)}: {{{quoted(language)}: {value}}}"
        line = self._line(key, [value], indent)
        # Not texts and numbers, which hardly ever recur, nor values over several lines: they depend on the indent.
        if term[-1] == ">" and value[0] == '"' and "\n" not in line:
            known = self._members.setdefault(predicate, {})
            if len(known) >= _REMEMBERED_MEMBERS:
                known.clear()
            known[term] = line
        return line

    def _property(
        self, predicate: Iri, objects: list[Term], unwritten: dict[str, NodeTree], indent: str
    ) -> Iterator[str]:
        """Yield a member for each kind of value; a part that is not written yet is nested here."""
        listed: dict[Key, list[str | NodeTree]] = {}
        texts: dict[Key, dict[str, list[str]]] = {}
        for term in objects:
            if term[0] == "<":
                key, value = self._link(predicate, term)
                listed.setdefault(key, []).append(unwritten.pop(term, value))
                continue
            key, text, language = self._literal(predicate, term)
            if language:
                texts.setdefault(key, {}).setdefault(language, []).append(text)
            else:
                listed.setdefault(key, []).append(text)
        for key, by_language in texts.items():
            alone = [value for value in listed.pop(key, ()) if isinstance(value, str)]
            every = {"@none": alone, **by_language} if alone else by_language
            yield f"{quoted(key.name)}: {json_texts(every, indent)}"
        for key, values in listed.items():
            yield self._line(key, values, indent)

    def _line(self, key: Key, values: Sequence[str | NodeTree], indent: str) -> str:
        """Return a key with its values; trees are written out."""
        if len(values) == 1 and not key.several:
            (value,) = values
            return f"{quoted(key.name)}: {value if isinstance(value, str) else self._tree(value, indent)}"
        written = [value if isinstance(value, str) else self._tree(value, indent + "  ") for value in values]
        return f"{quoted(key.name)}: {json_list(written, indent)}"

    def _link(self, predicate: Iri, term: str) -> tuple[Key, str]:
        """Return the key for an IRI, and the IRI as JSON."""
        kinds = self._keys.get(predicate, {})
        if self._reads_as_compact(term):
            reference = f'{{"@context": null, "@id": {quoted(iri_text(term))}}}'
            return kinds.get("@id") or kinds.get("@vocab") or _full(predicate), reference
        if key := kinds.get("@id"):
            return key, self._reference(term)
        if key := kinds.get("@vocab"):
            return key, quoted(self._abbreviations.prefixed(iri_text(term)) or iri_text(term))
        return _full(predicate), f'{{"id": {self._reference(term)}}}'

    def _literal(self, predicate: Iri, term: str) -> tuple[Key, str, str]:
        """Return the key for a literal, the literal as JSON, and its language if the key is a language map."""
        kinds = self._keys.get(predicate, {})
        text, language, datatype = literal_parts(term)
        if language:
            key = kinds.get("@language")
            return (key, quoted(text), language) if key else (_full(predicate), _expanded_value(term), "")
        if not datatype:
            return kinds.get("") or kinds.get("@language") or _full(predicate), quoted(text), ""
        if key := kinds.get(datatype):
            number = datatype == XSD.integer and _NATIVE_NUMBER.fullmatch(text)
            return key, text if number else quoted(text), ""
        return _full(predicate), _expanded_value(term), ""

    def _shortest(self, term: str) -> str:
        iri = iri_text(term)
        short = self._abbreviations.relative(iri)
        # As an `@id`, the alias of a keyword is that keyword (https://www.w3.org/TR/json-ld11-api/#iri-expansion).
        return quoted(iri if not short or short in ALIASES else short)

    def _class(self, term: str) -> str:
        return self._classes.get(term) or self._abbreviations.prefixed(iri_text(term)) or iri_text(term)

    def _is_foreign(self, node: Node) -> bool:
        """Tell whether our context would change a name of the node: then it is written without the context."""
        subject, properties = node
        types = properties.get(RDF.type, [])
        if properties.keys() <= self._native and self._native.issuperset(types):
            return self._reads_as_compact(subject)
        types = [term for term in types if term[0] == "<"]
        if any(map(self._reads_as_compact, (subject, *properties, *types))):
            return True
        self._native.update(properties, types)
        return False

    def _reads_as_compact(self, term: str) -> bool:
        """Tell whether an IRI's scheme is a term of the context, like `<text:…>` (section 5.2 of the API)."""
        if term.startswith(("<https://", "<http://")):
            return False
        scheme, _, rest = iri_text(term).partition(":")
        return scheme in self._context and not rest.startswith("//")


def _full(predicate: Iri) -> Key:
    return Key(iri_text(predicate), iri_text(predicate), "")


def _expanded_node(node: Node, indent: str) -> str:
    members = [("@context", "null"), ("@id", quoted(iri_text(node.subject)))]
    members += [
        (iri_text(predicate), json_list([_expanded_value(term) for term in objects], indent + "  "))
        for predicate, objects in node.properties.items()
        if objects
    ]
    return json_object(members, indent)


def _expanded_value(term: str) -> str:
    if term[0] == "<":
        return f'{{"@id": {quoted(iri_text(term))}}}'
    text, language, datatype = literal_parts(term)
    if language:
        return f'{{"@value": {quoted(text)}, "@language": {quoted(language)}}}'
    kind = f', "@type": {quoted(iri_text(datatype))}' if datatype else ""
    return f'{{"@value": {quoted(text)}{kind}}}'


class NodeTree(NamedTuple):
    """A node with the nodes written inside it.

    `parts` are written where the node refers to them; `inside` are nodes that refer to this one, by predicate.
    """

    node: Node
    parts: dict[str, NodeTree]
    inside: dict[Iri, list[NodeTree]]


class _Parent(NamedTuple):
    number: int
    predicate: Iri | None = None
    """The child's predicate whose value is the parent; None if the parent refers to the child."""


def trees_of(nodes: Iterable[Node], backwards: Iterable[Iri]) -> list[NodeTree]:
    """Return the nodes that have a triple, each in exactly one tree, in reading order.

    A node is written inside another if it is a part of it (its IRI is a fragment of the other's document and the
    other refers to it), or if it refers to the other by one of the `backwards` predicates.
    """
    present = [node for node in nodes if any(node.properties.values())]
    index: dict[str, int] = {}
    for number, node in enumerate(present):
        index.setdefault(node.subject, number)
    parents = _parents(present, index, tuple(backwards))
    _flatten_deep(parents)
    made = [NodeTree(_without_link(node, parents.get(n), present), {}, {}) for n, node in enumerate(present)]
    for child, tree in enumerate(made):
        parent = parents.get(child)
        if parent is None:
            continue
        if parent.predicate is None:
            made[parent.number].parts[tree.node.subject] = tree
        else:
            made[parent.number].inside.setdefault(parent.predicate, []).append(tree)
    return [tree for number, tree in enumerate(made) if number not in parents]


def _parents(nodes: list[Node], index: Mapping[str, int], backwards: tuple[Iri, ...]) -> dict[int, _Parent]:
    parents: dict[int, _Parent] = {}
    fragments = {subject for subject in index if "#" in subject}
    for number, (subject, properties) in enumerate(nodes):
        for predicate in backwards:
            for term in properties.get(predicate, ()):
                whole = index.get(term, number)
                if whole != number:
                    parents.setdefault(number, _Parent(whole, predicate))
        for predicate, objects in properties.items():
            if not fragments.isdisjoint(objects) and predicate != RDF.type:
                document = f"{subject[:-1].partition('#')[0]}#"
                for term in objects:
                    part = index.get(term, number)
                    if part != number and term.startswith(document):
                        parents.setdefault(part, _Parent(number))
    return parents


def _without_link(node: Node, parent: _Parent | None, nodes: list[Node]) -> Node:
    """Return the node without the link to its parent, which its place in the document expresses."""
    if parent is None or parent.predicate is None:
        return node
    whole = nodes[parent.number].subject
    others = [term for term in node.properties[parent.predicate] if term != whole]
    return Node(node.subject, {**node.properties, parent.predicate: others})


def _flatten_deep(parents: dict[int, _Parent]) -> None:
    """Write a node at the top level if it is nested too deep or in a circle."""
    for child in list(parents):
        at, steps = child, 0
        while (parent := parents.get(at)) and steps <= _DEPTH:
            at = parent.number
            steps += 1
        if steps > _DEPTH:
            del parents[child]


def json_object(members: Iterable[tuple[str, str]], indent: str) -> str:
    """Return an object of (key, written value), a member a line; `indent` is that of its first line."""
    lines = [f"\n{indent}  {quoted(key)}: {value}" for key, value in members]
    return f"{{{','.join(lines)}\n{indent}}}"


def json_list(values: list[str], indent: str) -> str:
    """Return a list of written values, on one line if it is short and has strings and numbers only."""
    if sum(map(len, values)) + 2 * len(values) <= _WIDTH:
        line = f"[{', '.join(values)}]"
        if "{" not in line:
            return line
    between = f",\n{indent}  "
    return f"[{between[1:]}{between.join(values)}\n{indent}]"


def json_texts(texts: dict[str, list[str]], indent: str) -> str:
    """Return a mapping from language to text as JSON, or to a list of several."""
    members = [
        (language, values[0] if len(values) == 1 else json_list(values, f"{indent}  "))
        for language, values in texts.items()
    ]
    line = "{" + ", ".join([f"{quoted(language)}: {value}" for language, value in members]) + "}"
    if "\n" not in line and (len(members) == 1 or len(line) <= _WIDTH):
        return line
    return json_object(members, indent)
