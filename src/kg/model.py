"""Articles and claims as they are meant: references are IRIs, words have offsets, dates are understood.

`kg.meaning` makes these objects from what people wrote, and the mappers use nothing else. An IRI or a term that is
not given is `""`. A text in several languages is a tuple of literals, one for each language.
"""

from __future__ import annotations

from typing import Literal as OneOf

from msgspec import Struct

from kg.dates.edtf import Edtf
from kg.rdf.terms import Iri, Literal, Term
from kg.text.spans import Span

NONE = Iri("")
NO_DATE = Edtf("")
OPEN_END = Edtf("..")
"""An end of an interval that has no day, as EDTF writes it."""
OwnValues = tuple[tuple[Iri, tuple[Term, ...]], ...]
"""The values of a corpus's own fields, by property."""


class Dated(Struct, frozen=True):
    """A date with the words it was read from. Bounds are days (`YYYY-MM-DD`), inclusive; `""` if open.

    `words_at` is where the words are in the article, empty if that is not certain.
    """

    edtf: Edtf = NO_DATE
    earliest: str = ""
    latest: str = ""
    words: tuple[Literal, ...] = ()
    why: tuple[Literal, ...] = ()
    basis: Iri = NONE
    words_at: tuple[Span, ...] = ()


class Contact(Struct, frozen=True):
    """The contact for questions about the data set; `email` is a `mailto:` IRI."""

    iri: Iri
    name: Literal
    email: Iri = NONE
    url: Iri = NONE


class Grant(Struct, frozen=True):
    """A grant that paid for the data set."""

    iri: Iri
    funder: Iri = NONE
    names: tuple[Literal, ...] = ()
    number: str = ""
    url: Iri = NONE


class CatalogueEntry(Struct, frozen=True):
    """What archives and catalogues ask for about a data set; `issued` is a day."""

    creators: tuple[Iri, ...] = ()
    version: str = ""
    issued: str = ""
    identifier: str = ""
    keywords: tuple[Literal, ...] = ()
    temporal: Edtf = NO_DATE
    spatial: tuple[Iri, ...] = ()
    contact: Contact | None = None
    access_url: Iri = NONE
    funding: tuple[Grant, ...] = ()


class OwnProperty(Struct, frozen=True):
    """A property that a corpus declares for fields of its own."""

    iri: Iri
    labels: tuple[Literal, ...]


class Dataset(Struct, frozen=True):
    """The data set: its IRI and base, titles, licence, language, and how much of the articles' text it publishes.

    `text_licence` is that of the articles' text where an article gives none; `moved_from` are earlier bases.
    """

    iri: Iri
    base: str
    titles: tuple[Literal, ...]
    descriptions: tuple[Literal, ...]
    licence: Iri
    language: str
    publisher: Iri
    text: OneOf["full", "quotes", "none"]
    text_licence: Iri = NONE
    catalogue: CatalogueEntry = CatalogueEntry()
    own: tuple[OwnProperty, ...] = ()
    moved_from: tuple[str, ...] = ()


class Annotator(Struct, frozen=True):
    """A person, a desk or a program that annotates."""

    iri: Iri
    type: Iri
    name: Literal
    version: str = ""
    same_as: tuple[Iri, ...] = ()


class Role(Struct, frozen=True):
    """A role that a person held.

    `since` and `until` are `NO_DATE` if unknown and `OPEN_END` if there is no such day: it goes on. `interval` is
    both in EDTF, `NO_DATE` if EDTF cannot say it.
    """

    iri: Iri
    titles: tuple[Literal, ...]
    organization: Iri
    since: Edtf
    until: Edtf
    interval: Edtf = NO_DATE
    office: Iri = NONE


class Replaced(Struct, frozen=True):
    """An IRI that a thing had before, and the one that it has now."""

    old: Iri
    new: Iri


class Entity(Struct, frozen=True):
    """A person, organisation, place, event or topic. `types` are its class and the base classes of that.

    `formerly` are the IRIs that it had before.
    """

    iri: Iri
    types: tuple[Iri, ...]
    names: tuple[Literal, ...]
    also: tuple[Literal, ...] = ()
    same_as: tuple[Iri, ...] = ()
    descriptions: tuple[Literal, ...] = ()
    roles: tuple[Role, ...] = ()
    date: Dated = Dated()
    place: Iri = NONE
    part_of: Iri = NONE
    broader: tuple[Iri, ...] = ()
    own: OwnValues = ()
    formerly: tuple[Iri, ...] = ()


class Source(Struct, frozen=True):
    """An unnamed source: the words that the article uses for it, and the entities it speaks for."""

    iri: Iri
    descriptions: tuple[Literal, ...] = ()
    on_behalf_of: tuple[Iri, ...] = ()
    words_at: tuple[Span, ...] = ()
    text_version: int = 0


class Occasion(Struct, frozen=True):
    """Where and when something was said."""

    iri: Iri
    names: tuple[Literal, ...]
    date: Dated
    outlet: Iri = NONE
    place: Iri = NONE
    part_of: Iri = NONE
    text_version: int = 0


class Part(Struct, frozen=True):
    """A part of a claim's words: offsets in code points of the article's text, end exclusive, and the words."""

    start: int
    end: int
    exact: str


class Annotation(Struct, frozen=True):
    """Who annotated and who reviewed; `on` and `reviewed_on` are a day or a UTC time."""

    by: Iri = NONE
    on: str = ""
    guideline: Iri = NONE
    reviewed_by: Iri = NONE
    reviewed_on: str = ""


class Review(Struct, frozen=True):
    """What a fact-checker found of a claim: a rating on a scale, a verdict in one or more languages, or both."""

    iri: Iri
    url: Iri = NONE
    by: Iri = NONE
    published: Dated = Dated()
    rating: Iri = NONE
    value: Literal | Iri = NONE
    best: Literal | Iri = NONE
    worst: Literal | Iri = NONE
    names: tuple[Literal, ...] = ()
    verdict: Iri = NONE


class Claim(Struct, frozen=True):
    """One claim: who said what, when.

    `words` are the article's words, its `parts` joined; `quotations` are those between quotation marks, and where
    they are is `quotations_at`. `cue_at` and `speaker_words_at` are empty if it is not certain where they are.
    `gists` say the claim in full in the annotator's words, one for each language; `text` is what is claimed, the
    gists and, if they say it, the words. `relations` are pairs of a property and the other claim. `due` is when
    what is promised is to be done, and `condition` are the article's words for what the claim depends on.
    `contributors` are the annotators who found the claim, beside the one who made the annotation.

    `text_version` is the number of the earlier text that the offsets count in, 0 for the article's current text.
    `earlier_at` has the spans of its words in earlier texts, by number, if the paper reworded them since; with
    `is_reworded_since_review`, since they were reviewed.
    """

    iri: Iri
    id: str
    position: int
    speakers: tuple[Iri, ...]
    form: Iri
    said: Dated
    parts: tuple[Part, ...]
    words: Literal
    act: Iri = NONE
    quotations: tuple[Literal, ...] = ()
    quotations_at: tuple[Span, ...] = ()
    speaker_words: tuple[Literal, ...] = ()
    speaker_words_at: tuple[Span, ...] = ()
    cue: tuple[Literal, ...] = ()
    cue_at: tuple[Span, ...] = ()
    due: Edtf = NO_DATE
    condition: tuple[Literal, ...] = ()
    gists: tuple[Literal, ...] = ()
    text: tuple[Literal, ...] = ()
    on_behalf_of: tuple[Iri, ...] = ()
    spoken_as: tuple[Iri, ...] = ()
    probably_spoken_as: tuple[Iri, ...] = ()
    at: Iri = NONE
    to: tuple[Iri, ...] = ()
    about: tuple[Iri, ...] = ()
    translated: str = ""
    relations: tuple[tuple[Iri, Iri], ...] = ()
    document: Iri = NONE
    first_appearance: Iri = NONE
    appearances: tuple[Iri, ...] = ()
    reviews: tuple[Review, ...] = ()
    inferred: tuple[Iri, ...] = ()
    notes: tuple[Literal, ...] = ()
    own: OwnValues = ()
    contributors: tuple[Iri, ...] = ()
    text_version: int = 0
    earlier_at: tuple[tuple[int, tuple[Span, ...]], ...] = ()
    is_reworded_since_review: bool = False


class Withdrawn(Struct, frozen=True):
    """A claim that its annotators withdrew: its IRI remains, its words do not."""

    iri: Iri
    on: str
    why: tuple[Literal, ...]
    replaced_by: Iri = NONE


class Rights(Struct, frozen=True):
    """Whose an article is, and the licence of its text."""

    licence: Iri = NONE
    holder: Iri = NONE
    notices: tuple[Literal, ...] = ()


class TextVersion(Struct, frozen=True):
    """The text of an article that the offsets count in: its SHA-256, and the version that it revises.

    `issued` is the day, month or year on which the paper published it, `""` if no earlier text is kept.
    """

    iri: Iri
    sha256: str
    revision_of: Iri = NONE
    number: int = 1
    issued: str = ""


class EarlierText(Struct, frozen=True):
    """A text of an article that the paper has corrected since."""

    version: TextVersion
    text: str


class Article(Struct, frozen=True):
    """An article with its claims, in the order of their first words.

    `earlier` are the texts before the current one, the newest first; claims kept to one come after all others.
    `newsroom` speaks in the article's own voice if neither its authors nor its publisher are known. `replaced` are
    the IRIs that the article, its claims and its other parts had before.
    """

    iri: Iri
    id: str
    graph: Iri
    text: str
    text_version: TextVersion
    language: str
    published: Dated
    annotation: Annotation
    types: tuple[Iri, ...] = ()
    headline: tuple[Literal, ...] = ()
    corrected: str = ""
    publisher: Iri = NONE
    authors: tuple[Iri, ...] = ()
    url: Iri = NONE
    edition: str = ""
    section: str = ""
    page: str = ""
    archived: tuple[Iri, ...] = ()
    same_as: tuple[Iri, ...] = ()
    rights: Rights = Rights()
    newsroom: Iri = NONE
    sources: tuple[Source, ...] = ()
    occasions: tuple[Occasion, ...] = ()
    claims: tuple[Claim, ...] = ()
    withdrawn: tuple[Withdrawn, ...] = ()
    own: OwnValues = ()
    replaced: tuple[Replaced, ...] = ()
    earlier: tuple[EarlierText, ...] = ()

    def in_version(self, number: int) -> tuple[TextVersion, str]:
        """Return a version of the text: the current one for 0, else the earlier one with a number."""
        for each in self.earlier if number else ():
            if each.version.number == number:
                return each.version, each.text
        return self.text_version, self.text


def present(term: Term) -> list[Term]:
    """Return a list of the term, empty if it is not given."""
    return [term] if term else []
