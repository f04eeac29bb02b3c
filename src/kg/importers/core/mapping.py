"""What the labels, links and attributes of another tool mean in a claim: a file that people write, and presets."""

# No `from __future__ import annotations`: msgspec would have to read each annotation out of a string at start.
from functools import cached_property
from typing import Annotated, Literal, TypeVar

from msgspec import Meta, Struct

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
