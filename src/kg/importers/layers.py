"""Layers of INCEpTION and WebAnno: what they are called in a mapping, and which hold grammar only."""

from __future__ import annotations

import re

from kg.importers.authorities import iri
from kg.importers.core.documents import Name
from kg.importers.core.mapping import Mapping, key
from kg.text.spans import Span

_LONGEST_NAME = 500
_LABEL = re.compile(r"[^\W\d_][\w .:/-]{0,39}")
Attributes = dict[str, tuple[str, ...]]
Names = dict[str, tuple[Name, ...]]

GRAMMAR_WHY = "words, sentences and grammar say nothing of a claim, and the mapping does not name this layer"
FIELD_WHY = "a link has a label and nothing else: what more it tells has no place in a claim"
_GRAMMAR = tuple(
    f"de.tudarmstadt.ukp.dkpro.core.api.{room}." for room in ("segmentation", "lexmorph", "syntax", "transform")
)
TOKEN = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Token"


class Labels:
    """What spans and links are called: by a value that the mapping knows, else by their layer.

    Many keep one layer for all spans of a claim, and tell by a field of it, as `type=Source`, what a span is. One
    that the mapping knows as a field of a claim, or leaves out, tells none.
    """

    def __init__(self, meanings: Mapping) -> None:
        self._spans = {key(label) for label in meanings.spans}
        self._links = {key(label) for label in (*meanings.links, *meanings.relations)}
        self._speakers = {key(label) for label, part in meanings.spans.items() if part == "speaker"}
        self._fields = {key(name) for name in meanings.fields}
        self._grammar: dict[str, bool] = {}

    def span(self, layer: str, told: Attributes) -> tuple[str, Attributes]:
        """Return the label of a span, and its attributes without the one that tells it."""
        label, feature = self._told(layer, told, self._spans)
        return label, {name: values for name, values in told.items() if name != feature} if feature else told

    def also(self, layer: str, label: str, told: Attributes) -> tuple[str, ...]:
        """Return the values that would be the label of a span if the mapping knew them."""
        if key(label) in self._spans or layer.startswith(_GRAMMAR):
            return ()
        free = [values[0] for name, values in told.items() if len(values) == 1 and key(name) not in self._fields]
        return tuple(each for each in free if _LABEL.fullmatch(each) and not iri("", each))

    def names(self, label: str, told: Attributes, text: str, part: Span) -> tuple[Attributes, Names]:
        """Return the attributes of a span, and apart from these who it is: an IRI tells it of a speaker."""
        known = [name for name, values in told.items() if len(values) == 1 and iri("", values[0])]
        known = [name for name in known if key(name) not in self._fields]
        if not known or key(label) not in self._speakers or part.end - part.start > _LONGEST_NAME:
            return told, {}
        words = text[part.start : part.end].split()
        named = Name(" ".join(words) or told[known[0]][0], same_as=tuple(told[name][0] for name in known))
        return {name: values for name, values in told.items() if name not in known}, {"speaker": (named,)}

    def link(self, layer: str, told: Attributes) -> tuple[str, str]:
        """Return the label of a relation, and the field that tells it (`""`: the layer)."""
        return self._told(layer, told, self._links)

    def _told(self, layer: str, told: Attributes, known: set[str]) -> tuple[str, str]:
        for feature in sorted(told) if not layer.startswith(_GRAMMAR) else ():
            values = told[feature]
            if len(values) == 1 and key(values[0]) in known and key(feature) not in self._fields:
                return values[0], feature
        return short(layer), ""

    def slot(self, feature: str, role: str) -> str:
        """Return the label of a link from a slot: its role, unless only the slot's own name is known."""
        known = key(feature) in self._links and key(role) not in self._links
        return feature if known or not role else role

    def is_grammar(self, layer: str) -> bool:
        """Whether a layer's annotations are only counted."""
        if layer not in self._grammar:
            self._grammar[layer] = layer.startswith(_GRAMMAR) and key(short(layer)) not in self._spans | self._links
        return self._grammar[layer]


def short(layer: str) -> str:
    """Return what people call a layer: `Quote` of `webanno.custom.Quote`."""
    return layer.rpartition(".")[2]
