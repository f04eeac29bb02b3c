"""Layers of INCEpTION and WebAnno: what they are called in a mapping, and which hold grammar only."""

from __future__ import annotations

from kg.imports.mapping import Mapping, key

Attributes = dict[str, tuple[str, ...]]

GRAMMAR_WHY = "words, sentences and grammar say nothing of a claim, and the mapping does not name this layer"
FIELD_WHY = "a link has a label and nothing else: what more it tells has no place in a claim"
_GRAMMAR = tuple(
    f"de.tudarmstadt.ukp.dkpro.core.api.{room}." for room in ("segmentation", "lexmorph", "syntax", "transform")
)
TOKEN = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Token"


class Labels:
    """What spans and links are called: by their layer, or by a value that the mapping knows.

    Many keep one layer for all spans of a claim, and tell by a field of it, as `type=Source`, what a span is.
    """

    def __init__(self, meanings: Mapping) -> None:
        self._spans = {key(label) for label in meanings.spans}
        self._links = {key(label) for label in (*meanings.links, *meanings.relations)}
        self._fields = {key(name) for name in meanings.fields}
        self._grammar: dict[str, bool] = {}

    def span(self, layer: str, told: Attributes) -> tuple[str, Attributes]:
        """Return the label of a span, and its attributes without the one that tells it, if that is no field too."""
        label, feature = _label(layer, told, self._spans)
        if not feature or key(feature) in self._fields:
            return label, told
        return label, {name: values for name, values in told.items() if name != feature}

    def link(self, layer: str, attributes: Attributes) -> tuple[str, str]:
        """Return the label of a relation, and the field that tells it (`""`: the layer)."""
        return _label(layer, attributes, self._links)

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


def _label(layer: str, attributes: Attributes, known: set[str]) -> tuple[str, str]:
    name = short(layer)
    if key(name) not in known and not layer.startswith(_GRAMMAR):
        for feature in sorted(attributes):
            for value in attributes[feature]:
                if key(value) in known:
                    return value, feature
    return name, ""
