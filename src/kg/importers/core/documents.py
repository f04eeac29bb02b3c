"""The output of an importer: texts with labelled spans and links, as in a file of another tool.

The process that reads a foreign file sends these to the process that writes the corpus.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from msgspec import Struct

from kg.annotations.classes import AnnotatorType
from kg.errors import Place
from kg.text.spans import Span

Kind = Literal["article", "claim", "span", "link", "attribute", "note"]
_IRI = re.compile(r"https?://[^\s<>\"{}|\\^`\x00-\x20]+")
_AUTHORITIES = {
    "wikidata": (r"Q[1-9][0-9]*", "http://www.wikidata.org/entity/"),
    "dbpedia": (r"[^\s<>\"{}|\\^`#?]+", "http://dbpedia.org/resource/"),
    "viaf": (r"[1-9][0-9]*", "http://viaf.org/viaf/"),
    "gnd": (r"[0-9]+-?[0-9X]", "https://d-nb.info/gnd/"),
    "orcid": (r"[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X]", "https://orcid.org/"),
    "geonames": (r"[1-9][0-9]*", "https://sws.geonames.org/"),
}
"""For each authority file, the pattern of its identifiers and the start of their IRIs."""


class Name(Struct, frozen=True):
    """Someone or something as a file names it.

    `type` is one of `EntityType`, or `""` if the file does not say; `same_as` are absolute IRIs; `id` is the id of
    an entity in `--entities` or `--like`, and is ignored if they do not have it.
    """

    name: str
    type: str = ""
    same_as: tuple[str, ...] = ()
    id: str = ""


class NamedRole(Struct, frozen=True):
    """A role that a file says someone held: see `RoleEntry`. `titles` are by language, `""` if that is unknown."""

    titles: dict[str, str]
    organization: Name | None = None
    since: str = ""
    until: str = ""


class DescribedPerson(Struct, frozen=True):
    """Someone with the roles that a file describes."""

    name: Name
    roles: tuple[NamedRole, ...]


class ArticleMetadata(Struct, frozen=True, omit_defaults=True):
    """The article's metadata as written in a file (`""`: absent); see `annotations.ArticleEntry`."""

    headline: str = ""
    published: str = ""
    corrected: str = ""
    url: str = ""
    language: str = ""
    transcript: bool = False


class LabelledSpan(Struct, frozen=True):
    """The words of a claim, the name of a speaker, a cue; or a record about one of these.

    `parts` are offsets into the document's text, in code points, end exclusive, in the order of the file; empty for
    a record without a span. `text` are the words that the file gives for these parts, to compare with the
    document's text; `""` if it gives none. `attributes` are the record's fields under the file's own names, each
    with its values; `names` are those fields that name someone. `notes` are notes by the language that the file
    gives. `at` is where the record is in the file. `also` are values of fields that the mapping could use as the
    label: some tools have one layer for everything. `fault` is why the span cannot be used (`""`: it can); its
    links still tell to which claim other spans belong.
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
    fault: str = ""
    notes: dict[str, str] = {}


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
    `authors` are names that are looked up later. `by` is the annotator, a person unless `by_type` says otherwise,
    `on` the day or UTC time of the annotation (`""`: unknown). If several people annotated a document, each gets a
    separate one with the same `id`. `people` are the people whose roles the file lists, each once in a source.
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
    by_type: AnnotatorType = "Person"
    people: tuple[DescribedPerson, ...] = ()


class Skipped(Struct, frozen=True, tag=True):
    """A record that cannot be read or is left out; or `count` records of one kind.

    `what` names it as in the file, `why` is a sentence for an annotator. `label` is the label of a span: if the
    mapping says that it is a claim's words, a claim was read and left out. `is_damage` tells that a whole file, or
    the rest of one, cannot be read.
    """

    kind: Kind
    what: str
    why: str
    at: Place
    count: int = 1
    label: str = ""
    is_damage: bool = False


class Heartbeat(Struct, frozen=True, tag=True):
    """A sign that the reader is still working. A reader that yields nothing for too long is stopped."""


Item = AnnotatedText | Skipped


class MarkIds:
    """Makes the ids of a document's spans unique: a file may use one twice, or give none."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._counts: dict[str, int] = {}

    def new(self, id: str) -> str:
        """Return the id, numbered if it is taken: `r1`, `r1+2`, `r1+3`."""
        number = self._counts.get(id, 0) + 1
        while (numbered := id if number == 1 else f"{id}+{number}") in self._taken:
            number += 1
        self._counts[id] = number
        self._taken.add(numbered)
        return numbered


class SkipList:
    """The records left out of a document, in order, then the totals of those that were only counted."""

    def __init__(self, skipped: Iterable[Skipped] = ()) -> None:
        self._skipped = list(skipped)
        self._totals: dict[tuple[str, str], Skipped] = {}

    def __iter__(self) -> Iterator[Skipped]:
        yield from self._skipped
        yield from self._totals.values()

    def add(self, kind: Kind, what: str, why: str, at: Place, label: str = "") -> None:
        """Add a record."""
        self._skipped.append(Skipped(kind, what, why, at, label=label))

    def count(self, kind: Kind, what: str, why: str, at: Place, count: int = 1) -> None:
        """Count a record; all of one kind and name are reported once, at the place of the first."""
        if known := self._totals.get((kind, what)):
            at, count = known.at, known.count + count
        self._totals[(kind, what)] = Skipped(kind, what, why, at, count)


def links_by_owner(
    links: Iterable[SpanLink], owners: Mapping[str, str]
) -> tuple[dict[str, list[SpanLink]], list[Skipped]]:
    """Return the links between two spans of one owner, by the owner, and the others as left out.

    `owners` has the owner of each span that was read: the annotator, if a text has the spans of several.
    """
    kept: dict[str, list[SpanLink]] = {}
    loose = []
    for link in links:
        source, target = owners.get(link.source), owners.get(link.target)
        if source is not None and source == target:
            kept.setdefault(source, []).append(link)
        else:
            missing = source is None or target is None
            why = (
                "one of the two spans that it links was not read" if missing else "its spans are of two annotators"
            )
            loose.append(Skipped("link", f"{link.source} → {link.target}", why, link.at))
    return kept, loose


def authority_iri(authority: str, identifier: str) -> str:
    """Return the IRI of an identifier in a well-known authority file, `""` if there is none.

    `Wikidata` and `Q76`, `VIAF` and `52010985`; an identifier that is an IRI is returned as it is.
    """
    if _IRI.fullmatch(identifier):
        return identifier
    pattern, base = _AUTHORITIES.get(authority.casefold(), ("", ""))
    return base + identifier if base and re.fullmatch(pattern, identifier) else ""
