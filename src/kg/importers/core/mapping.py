"""Mappings: what the labels, links and attributes of another tool mean in a claim; and presets."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, TypeVar, get_args

import msgspec
from msgspec import Meta, Struct

from kg.annotations.classes import Act
from kg.corpus.decoding import mismatches, parse_yaml_file
from kg.corpus.writer import YamlLayout, yaml_text
from kg.errors import CorpusError, Finding, Spot, UsageError
from kg.text.nearest_name import nearest

T = TypeVar("T")
Part = Literal["words", "speaker", "cue", "ignore"]
"""The parts of a claim that a span can be."""
Field = Literal[
    "id",
    "speaker",
    "speaker_words",
    "words",
    "cue",
    "act",
    "form",
    "said",
    "due",
    "condition",
    "gist",
    "note",
    "to",
    "about",
    "translated",
    "inferred",
    "ignore",
]
"""The fields of a claim that an attribute of a span, or a column, can have."""
ArticleField = Literal[
    "id", "text", "headline", "published", "publisher", "author", "url", "language", "annotator", "annotated"
]
Relation = Literal["answers", "reports", "same", "repeats", "supports", "qualifies", "contradicts", "retracts"]


class Mapping(Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """`mapping.yaml`. Labels and names are compared without case, white space, `-` and `_`: see `key`.

    The properties are the same by key, computed once: a corpus has millions of labels.
    """

    spans: Annotated[dict[str, Part], Meta(description="The part of a claim that a span with this label is.")] = {}
    links: Annotated[
        dict[str, Part],
        Meta(description="The part of a claim that the target of a link, or an event's argument, is."),
    ] = {}
    relations: Annotated[
        dict[str, Relation], Meta(description="The relation that a link from one claim's words to another's means.")
    ] = {}
    fields: Annotated[
        dict[str, Field], Meta(description="The field of a claim that an attribute or a column has.")
    ] = {}
    values: Annotated[
        dict[Field, dict[str, str]],
        Meta(description="For each field, the value that replaces a value in the file."),
    ] = {}
    act: Annotated[
        Literal["", "from-cue"],
        Meta(description="With `from-cue`, a claim without an act has that of its cue's verb, as inferred."),
    ] = ""
    acts: Annotated[
        dict[str, Act], Meta(description="The act that the words of a cue express, for claims without an act.")
    ] = {}
    article: Annotated[
        dict[str, ArticleField], Meta(description="The field of the article that an attribute or a column has.")
    ] = {}

    @cached_property
    def part_of_span(self) -> dict[str, Part]:
        """`spans` by key."""
        return _by_key(self.spans)

    def is_words(self, label: str) -> bool:
        """Tell whether a span with this label is a claim's words."""
        return self.part_of_span.get(key(label)) == "words"

    @cached_property
    def part_of_link(self) -> dict[str, Part]:
        """`links` by key."""
        return _by_key(self.links)

    @cached_property
    def relation_of_link(self) -> dict[str, Relation]:
        """`relations` by key."""
        return _by_key(self.relations)

    @cached_property
    def field_of(self) -> dict[str, Field]:
        """`fields` by key."""
        return _by_key(self.fields)

    @cached_property
    def act_of_cue(self) -> dict[str, Act]:
        """`acts` by key."""
        return _by_key(self.acts)

    @cached_property
    def translations(self) -> dict[Field, dict[str, str]]:
        """`values`, for each field by key."""
        return {field: _by_key(values) for field, values in self.values.items()}


def key(name: str) -> str:
    """Return the key for comparing labels and names: equal for `Claim text`, `claim_text` and `claim-text`."""
    return "".join(name.casefold().split()).replace("-", "").replace("_", "")


def _by_key(meanings: dict[str, T]) -> dict[str, T]:
    return {key(name): meaning for name, meaning in meanings.items()}


_SPANS: dict[str, Part] = {
    **dict.fromkeys(("Content", "Claim", "Words", "Quote", "Quotation", "Statement", "Utterance"), "words"),
    **dict.fromkeys(
        ("Direct quote", "Indirect quote", "Direct speech", "Indirect speech", "Reported speech"), "words"
    ),
    **dict.fromkeys(("Speaker", "Source"), "speaker"),
    # Events in brat, whose trigger is the verb.
    **dict.fromkeys(("Cue", "Reporting verb", "Attribution", "Attribution-no-source"), "cue"),
}
_LINKS: dict[str, Part] = {
    **dict.fromkeys(("Content", "Claim", "Quote", "Quotation", "Statement", "Message"), "words"),
    **dict.fromkeys(("Source", "Speaker", "Agent"), "speaker"),
    "Cue": "cue",
}
_PARC: dict[str, Part] = {"Source": "speaker", "Cue": "cue", "Content": "words"}
_RELATIONS: dict[str, Relation] = {each: each for each in get_args(Relation)}
_FIELDS: dict[str, Field] = {
    "speaker": "speaker",
    "speaker words": "speaker_words",
    "cue": "cue",
    "act": "act",
    "form": "form",
    "said": "said",
    "due": "due",
    "condition": "condition",
    "gist": "gist",
    "note": "note",
    "comment": "note",
    "to": "to",
    "about": "about",
    "translated": "translated",
}
_OF_THE_ENCODING: dict[str, Field] = dict.fromkeys(
    ("ana", "n", "rend", "rendition", "start", "end", "xml:lang"), "ignore"
)

PRESETS = {
    "attribution": Mapping(spans=_SPANS, links=_LINKS, relations=_RELATIONS, fields=_FIELDS),
    "parc": Mapping(spans={**_PARC, "Supplement": "ignore"}, links=_PARC),
    "polnear": Mapping(spans={**_PARC, "Attribution": "cue", "Attribution-no-source": "cue"}, links=_PARC),
    "tei": Mapping(
        spans={
            **dict.fromkeys(("said", "quote", "q", "sp", "u"), "words"),
            # The types of `seg` in the corpus Redewiedergabe.
            "speaker": "speaker",
            "intExpr": "cue",
            "cue": "cue",
            "frame": "ignore",
        },
        links=_LINKS,
        relations=_RELATIONS,
        fields={**_FIELDS, "who": "speaker", "when": "said", "direct": "form", **_OF_THE_ENCODING},
        values={"form": {"true": "direct", "false": "indirect"}},
    ),
}
"""By name; `attribution` is the default."""


def read_mapping(name: str) -> Mapping:
    """Return a preset by its name, or the mapping in a YAML file.

    Raises `CorpusError` with everything that is wrong in the file, `UsageError` if there is neither.
    """
    if name in PRESETS:
        return PRESETS[name]
    if not Path(name).is_file():
        near = nearest(name, PRESETS)
        advice = f"did you mean `{near}`?" if near else "check the name"
        raise UsageError(
            f"{name}: a mapping must be a file or one of {', '.join(sorted(PRESETS))}, there is no such file: "
            f"{advice}"
        )
    tree = parse_yaml_file(name, Mapping)
    findings = [*tree.findings, *mismatches(tree, Mapping, name)]
    try:
        mapping = msgspec.convert(tree.value, Mapping, strict=False)
    except msgspec.ValidationError as error:
        odd = Finding("violation", f"the file must be as its schema says: {error}", "schema", Spot(name, ()))
        raise CorpusError(findings or [odd]) from error
    if findings:
        raise CorpusError(findings)
    return mapping


def mapping_yaml(mapping: Mapping) -> str:
    """Return the text of a mapping's file."""
    sections = {name: section for name, section in msgspec.to_builtins(mapping).items() if section}
    return yaml_text(sections, YamlLayout(lambda path: len(path) < 2 or path[0] == "values", {}))
