"""What the labels, links and attributes of another tool mean in a claim: a file that people write, and presets."""

# No `from __future__ import annotations`: msgspec would have to read each annotation out of a string at start.
from typing import Annotated, Literal

from msgspec import Meta, Struct

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


class Mapping(Struct, frozen=True, forbid_unknown_fields=True):
    """`mapping.yaml`. Labels and names are compared without regard to case, blanks, `-` and `_`."""

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


def key(name: str) -> str:
    """Return a label or name as it is compared: `Claim text`, `claim_text` and `claim-text` are one."""
    return "".join(name.casefold().split()).replace("-", "").replace("_", "")
