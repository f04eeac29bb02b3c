"""What an importer yields: texts with labelled spans and links, as they stand in a file of another tool.

These travel from the process that reads a foreign file to the one that writes the corpus.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from kg.errors import Place
from kg.text.spans import Span

Kind = Literal["article", "span", "link", "attribute", "note"]


class Name(Struct, frozen=True):
    """Someone or something as a file names it.

    `type` is one of `EntityType` where the file tells it, `""` where nobody knows; `same_as` are
    absolute IRIs; `id` is that of an entity of the corpus, which counts where that is given by `--entities`.
    """

    name: str
    type: str = ""
    same_as: tuple[str, ...] = ()
    id: str = ""


class ArticleMetadata(Struct, frozen=True, omit_defaults=True):
    """What a file tells of the article, as written there; see `annotations.Article`. `""` is not told."""

    headline: str = ""
    published: str = ""
    corrected: str = ""
    url: str = ""
    language: str = ""
    transcript: bool = False


class LabelledSpan(Struct, frozen=True):
    """A labelled span: the words of a claim, the name of a speaker, a cue; or a record about one.

    `parts` are offsets into the document's text, in code points, end exclusive, in the order of the text; none
    where a record has no span. `text` is what the file says stands there, to be compared with the document's text;
    `""` where it does not say. `attributes` are the record's fields as written, by the names that the file has for
    them, each with its values; `names` are those of its fields that name someone. `at` is where the record stands.
    `also` are values of fields that would be the label, if the mapping knew them: where a tool has a layer for all.
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
    """A labelled relation from one mark to another, by their ids; an argument of an event is one from the event."""

    label: str
    source: str
    target: str
    at: Place


class AnnotatedText(Struct, frozen=True, tag=True):
    """An annotated text.

    `id` is what the file calls it, from which the article's id is made. `text` is the tool's own text, line ends
    and all, into which the offsets of `marks` point. `article` is what the file tells of the article; `publisher`
    and `authors` are names, which are resolved later. `by` is the annotator, `on` the day or UTC time of
    the annotation (`""`: not told). Of a document that several people annotated, each has a document of its own,
    with the same `id`.
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
    """A record that cannot be read, or is left out; or `count` of one kind, where each is alike.

    `what` names it as the file does, `why` is a sentence for an annotator.
    """

    kind: Kind
    what: str
    why: str
    at: Place
    count: int = 1


class Heartbeat(Struct, frozen=True, tag=True):
    """Says only that reading goes on: who is silent for long is given up, even before a first document."""


Item = AnnotatedText | Skipped
