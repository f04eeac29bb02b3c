"""JSON-LD for people who read JSON: an article is a tree with its claims in it, keys are short names.

https://www.w3.org/TR/json-ld11/
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from json.encoder import encode_basestring as quoted

from kg.formats.abbreviations import Abbreviations
from kg.formats.context import Key, classes, context, expanded, keys
from kg.formats.json_layout import json_list, json_object, json_texts
from kg.formats.literals import parts
from kg.formats.nesting import Tree, trees
from kg.terms import Graph, Iri, Node, Term, iri_text
from kg.vocab import KG, RDF, XSD

_REMEMBERED = 4096
_TOP = "    "
# As a JSON number these come back digit for digit.
_NUMBER = re.compile(r"0|[1-9][0-9]{0,14}")


class JsonLdWriter:
    """Writes graphs as JSON-LD 1.1; which graph a triple is in gets lost."""

    between = ",\n"
    tail = "\n  ]\n}\n"

    def __init__(self, prefixes: Mapping[str, str], base: str) -> None:
        self._abbreviations = Abbreviations(prefixes, base)
        self._context = context(prefixes)
        self._classes = {expanded(iri, prefixes): name for name, iri in classes(prefixes)}
        # From a property to its keys by the kind of their values.
        self._keys: dict[str, dict[str, Key]] = {}
        self._reversed: dict[Iri, list[Key]] = {}
        for key in keys(prefixes):
            if key.kind == "@reverse":
                self._reversed.setdefault(Iri(expanded(key.iri, prefixes)), []).append(key)
            else:
                kinds = self._keys.setdefault(expanded(key.iri, prefixes), {})
                kinds[expanded(key.kind, prefixes)] = key
        self._is_mistakable = lru_cache(maxsize=_REMEMBERED)(self._reads_as_compact)
        self._reference = lru_cache(maxsize=_REMEMBERED)(self._shortest)

    def head(self) -> str:
        """Return the context and the opening of the list of nodes."""
        base = self._abbreviations.base
        entries = {**({"@base": base} if base else {}), **self._context}
        members = [(key, json.dumps(entry, ensure_ascii=False)) for key, entry in entries.items()]
        return f'{{\n  "@context": {json_object(members, "  ")},\n  "@graph": [\n'

    def graph(self, graph: Graph) -> str:
        """Return the nodes that are in no other, with the nodes inside them."""
        ours = [node for node in graph.nodes if not self._is_foreign(node)]
        written = [self._tree(tree, _TOP) for tree in trees(ours, self._reversed)]
        written += [
            _expanded_node(node, _TOP)
            for node in graph.nodes
            if any(node.properties.values()) and self._is_foreign(node)
        ]
        return ",\n".join([_TOP + node for node in written])

    def _tree(self, tree: Tree, indent: str) -> str:
        return json_object(self._members(tree, indent + "  "), indent)

    def _members(self, tree: Tree, indent: str) -> Iterator[tuple[str, str]]:
        yield "id", self._reference(tree.node.subject)
        unwritten = dict(tree.parts)
        types = tree.node.properties.get(RDF.type, [])
        if names := [quoted(self._class(term)) for term in types if term[0] == "<"]:
            yield "type", names[0] if len(names) == 1 else json_list(names, indent)
        for predicate, objects in tree.node.properties.items():
            terms = [term for term in objects if term[0] != "<"] if predicate == RDF.type else objects
            yield from self._property(predicate, terms, unwritten, indent)
        for predicate, inside in tree.inside.items():
            yield from self._inside(predicate, inside, indent)

    def _property(
        self, predicate: Iri, objects: list[Term], unwritten: dict[str, Tree], indent: str
    ) -> Iterator[tuple[str, str]]:
        """Yield a key for each kind of value; a part that is not written yet is written here."""
        listed: dict[Key, list[str | Tree]] = {}
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
            yield key.name, json_texts({**({"@none": alone} if alone else {}), **by_language}, indent)
        for key, values in listed.items():
            yield key.name, self._values(values, indent, several=key.several)

    def _inside(self, predicate: Iri, inside: list[Tree], indent: str) -> Iterator[tuple[str, str]]:
        by_key: dict[Key, list[str | Tree]] = {}
        for tree in inside:
            withdrawn = KG.WithdrawnClaim in tree.node.properties.get(RDF.type, ())
            by_key.setdefault(self._reversed[predicate][-1 if withdrawn else 0], []).append(tree)
        for key, values in by_key.items():
            yield key.name, self._values(values, indent, several=key.several)

    def _values(self, values: list[str | Tree], indent: str, *, several: bool) -> str:
        if len(values) == 1 and not several:
            (value,) = values
            return value if isinstance(value, str) else self._tree(value, indent)
        written = [value if isinstance(value, str) else self._tree(value, indent + "  ") for value in values]
        return json_list(written, indent)

    def _link(self, predicate: Iri, term: str) -> tuple[Key, str]:
        """Return the key for an IRI and the IRI, written."""
        kinds = self._keys.get(predicate, {})
        if self._is_mistakable(term):
            reference = f'{{"@context": null, "@id": {quoted(iri_text(term))}}}'
            return kinds.get("@id") or kinds.get("@vocab") or _full(predicate), reference
        if key := kinds.get("@id"):
            return key, self._reference(term)
        if key := kinds.get("@vocab"):
            return key, quoted(self._abbreviations.prefixed(iri_text(term)) or iri_text(term))
        return _full(predicate), f'{{"id": {self._reference(term)}}}'

    def _literal(self, predicate: Iri, term: str) -> tuple[Key, str, str]:
        """Return the key for a literal, the literal, written, and the language if the key takes languages."""
        kinds = self._keys.get(predicate, {})
        text, language, datatype = parts(term)
        if language:
            key = kinds.get("@language")
            return (key, quoted(text), language) if key else (_full(predicate), _expanded_value(term), "")
        if not datatype:
            return kinds.get("") or kinds.get("@language") or _full(predicate), quoted(text), ""
        if key := kinds.get(datatype):
            number = datatype == XSD.nonNegativeInteger and _NUMBER.fullmatch(text)
            return key, text if number else quoted(text), ""
        return _full(predicate), _expanded_value(term), ""

    def _shortest(self, term: str) -> str:
        iri = iri_text(term)
        return quoted(self._abbreviations.relative(iri) or iri)

    def _class(self, term: str) -> str:
        return self._classes.get(term) or self._abbreviations.prefixed(iri_text(term)) or iri_text(term)

    def _is_foreign(self, node: Node) -> bool:
        """Tell whether the node has a name that our context would change, and must do without it."""
        types = [term for term in node.properties.get(RDF.type, ()) if term[0] == "<"]
        return any(map(self._is_mistakable, (node.subject, *node.properties, *types)))

    def _reads_as_compact(self, term: str) -> bool:
        """Tell whether an IRI's scheme is a name of the context, as `<text:…>` (section 5.2 of the API)."""
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
    text, language, datatype = parts(term)
    if language:
        return f'{{"@value": {quoted(text)}, "@language": {quoted(language)}}}'
    kind = f', "@type": {quoted(iri_text(datatype))}' if datatype else ""
    return f'{{"@value": {quoted(text)}{kind}}}'
