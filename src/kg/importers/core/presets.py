"""Mappings that come with kg: how the usual schemes of annotation name what we call words, speaker and cue."""

from __future__ import annotations

from pathlib import Path

import msgspec

from kg.corpus.decode import yaml_tree
from kg.corpus.structure import mismatches
from kg.corpus.yaml_writer import Layout, yaml_text
from kg.errors import CorpusError, Finding, Spot, UsageError
from kg.importers.core.mapping import Field, Mapping, Part, Relation

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
    tree = yaml_tree(name, Mapping)
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
    return yaml_text(sections, Layout(lambda path: len(path) < 2 or path[0] == "values", {}))
