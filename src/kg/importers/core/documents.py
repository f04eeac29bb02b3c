"""What an importer yields: texts with labelled spans and links, as a file of another tool has them.

The process that reads a foreign file sends these to the process that writes the corpus.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from kg.errors import Place
from kg.text.spans import Span

Kind = Literal["article", "span", "link", "attribute", "note"]


class Name(Struct, frozen=True):
    """Someone or something as a file names it.

    `type` is one of `EntityType`, or `""` if the file does not say; `same_as` are absolute IRIs; `id` is the id of
    an entity that `--entities` or `--like` may give, and is ignored if they do not.
    """

    name: str
    type: str = ""
    same_as: tuple[str, ...] = ()
    id: str = ""


class ArticleMetadata(Struct, frozen=True, omit_defaults=True):
    """What a file says about the article, as written there (`""`: nothing); see `annotations.ArticleEntry`."""

    headline: str = ""
    published: str = ""
    corrected: str = ""
    url: str = ""
    language: str = ""
    transcript: bool = False


class LabelledSpan(Struct, frozen=True):
    """The words of a claim, the name of a speaker, a cue; or a record about one of these.

    `parts` are offsets into the document's text, in code points, end exclusive, in text order; empty for a record
    without a span. `text` is what the file says the words are, to compare with the document's text; `""` if it
    does not say. `attributes` are the record's fields under the file's own names, each with its values; `names` are
    those fields that name someone. `at` is where the record is in the file. `also` are values of fields that the
    mapping could use as the label: some tools have one layer for everything.
    """

    id: str
    label: str
    parts: tuple[Span, ...]
    at: Place
    text: str = ""
    attributes: dict[str, tuple[str, ...]] = {}
    names: dict[str, tuple[Name, ...]] = {}
    note: str = ""
    also: tuple[str, ...] = ()


class SpanLink(Struct, frozen=True):
    """A labelled relation from one span to another, by their ids; an event's argument is a link from the event."""

    label: str
    source: str
    target: str
    at: Place


class AnnotatedText(Struct, frozen=True, tag=True):
    """A text with its annotations.

    `id` is what the file calls it; the article's id is made from it. `text` is the tool's own text, line ends and
    all: the offsets of `marks` point into it. `article` is what the file says about the article; `publisher` and
    `authors` are names that are looked up later. `by` is the annotator, `on` the day or UTC time of the annotation
    (`""`: unknown). If several people annotated a document, each has one of their own with the same `id`.
    """

    id: str
    text: str
    at: Place
    marks: tuple[LabelledSpan, ...] = ()
    links: tuple[SpanLink, ...] = ()
    article: ArticleMetadata = ArticleMetadata()
    publisher: Name | None = None
    authors: tuple[Name, ...] = ()
    by: str = ""
    on: str = ""
    done: bool = True


class Skipped(Struct, frozen=True, tag=True):
    """A record that cannot be read or is left out; or `count` records of one kind.

    `what` names it as the file does, `why` is a sentence for an annotator.
    """

    kind: Kind
    what: str
    why: str
    at: Place
    count: int = 1


class Heartbeat(Struct, frozen=True, tag=True):
    """Says that reading goes on. A reader that yields nothing for too long is stopped."""


Item = AnnotatedText | Skipped
