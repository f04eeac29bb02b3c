"""What the labels, links and attributes of another tool mean in a claim: a file that people write, and presets."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from kg.corpus.decoding import mismatches, parse_yaml_file
from kg.corpus.writer import YamlLayout, yaml_text
from kg.errors import CorpusError, Finding, Spot, UsageError

T = TypeVar("T")
Part = Literal["words", "speaker", "cue", "ignore"]
"""What a span is to a claim."""
Field = Literal[
    "id",
    "speaker",
    "speaker_words",
    "words",
    "cue",
    "act",
    "form",
    "said",
    "gist",
    "note",
    "to",
    "about",
    "translated",
    "inferred",
    "ignore",
]
"""What an attribute of a span, or a column, is to a claim."""
ArticleField = Literal[
    "id", "text", "headline", "published", "publisher", "author", "url", "language", "annotator", "annotated"
]
Relation = Literal["answers", "reports", "same", "repeats", "supports", "qualifies", "contradicts", "retracts"]


class Mapping(Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """`mapping.yaml`. Labels and names are compared without regard to case, blanks, `-` and `_`.

    Those who read with it look up by `key`, in what is made once: a corpus has millions of labels.
    """

    spans: Annotated[dict[str, Part], Meta(description="What a span with this label is to a claim.")] = {}
    links: Annotated[
        dict[str, Part], Meta(description="What the target of a link, or an event's argument, is to a claim.")
    ] = {}
    relations: Annotated[
        dict[str, Relation], Meta(description="What a link from one claim's words to another's means.")
    ] = {}
    fields: Annotated[
        dict[str, Field], Meta(description="Which field of a claim an attribute or a column holds.")
    ] = {}
    values: Annotated[
        dict[Field, dict[str, str]], Meta(description="Of a field: what a value as written becomes.")
    ] = {}
    article: Annotated[
        dict[str, ArticleField], Meta(description="Which field of the article an attribute or a column holds.")
    ] = {}

    @cached_property
    def part_of_span(self) -> dict[str, Part]:
        """`spans` by keys."""
        return _by_key(self.spans)

    @cached_property
    def part_of_link(self) -> dict[str, Part]:
        """`links` by keys."""
        return _by_key(self.links)

    @cached_property
    def relation_of_link(self) -> dict[str, Relation]:
        """`relations` by keys."""
        return _by_key(self.relations)

    @cached_property
    def field_of(self) -> dict[str, Field]:
        """`fields` by keys."""
        return _by_key(self.fields)

    @cached_property
    def translations(self) -> dict[Field, dict[str, str]]:
        """`values`, those of each field by keys."""
        return {field: _by_key(values) for field, values in self.values.items()}


def key(name: str) -> str:
    """Return a label or name as it is compared: `Claim text`, `claim_text` and `claim-text` are one."""
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
_RELATIONS: dict[str, Relation] = {
    "answers": "answers",
    "reports": "reports",
    "same": "same",
    "repeats": "repeats",
    "supports": "supports",
    "qualifies": "qualifies",
    "contradicts": "contradicts",
    "retracts": "retracts",
}
_FIELDS: dict[str, Field] = {
    "speaker": "speaker",
    "speaker words": "speaker_words",
    "cue": "cue",
    "act": "act",
    "form": "form",
    "said": "said",
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
    "parc": Mapping(
        spans={"Source": "speaker", "Cue": "cue", "Content": "words", "Supplement": "ignore"},
        links={"Source": "speaker", "Cue": "cue", "Content": "words"},
    ),
    "polnear": Mapping(
        spans={
            "Source": "speaker",
            "Cue": "cue",
            "Content": "words",
            **dict.fromkeys(("Attribution", "Attribution-no-source"), "cue"),
        },
        links={"Source": "speaker", "Cue": "cue", "Content": "words"},
    ),
    "tei": Mapping(
        spans=dict.fromkeys(("said", "quote", "q", "sp", "u", "seg"), "words"),
        links=_LINKS,
        relations=_RELATIONS,
        fields={**_FIELDS, "who": "speaker", "when": "said", "direct": "form", **_OF_THE_ENCODING},
        values={"form": {"true": "direct", "false": "indirect"}},
    ),
}
"""By name; `attribution` is taken where none is given."""


def read_mapping(name: str) -> Mapping:
    """Return a preset by its name, or the mapping of a YAML file.

    Raises `CorpusError` with everything that is wrong in the file, `UsageError` where there is neither.
    """
    if name in PRESETS:
        return PRESETS[name]
    if not Path(name).is_file():
        raise UsageError(
            f"{name}: a mapping is a file, or one of {', '.join(sorted(PRESETS))}; there is none so called"
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
