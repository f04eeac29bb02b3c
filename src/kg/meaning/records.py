"""Articles and claims as plain values: ids and text in place of IRIs and RDF terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from kg.meaning.claim import INFERRED
from kg.model import Article, Claim, Dated, Part
from kg.rdf.terms import Iri, Literal, iri_text, literal_value
from kg.rdf.vocab import ACTS, BASES, FORMS, KG

_INFERRED_FIELDS = {iri: name for name, iri in INFERRED.items()}


class DateRecord(NamedTuple):
    """A date as plain values; `""` is unknown.

    `edtf` is the date as annotated, `certain` the part without doubt (`2020-02`), `probable` the whole date if a
    part is uncertain. `earliest` and `latest` are days, inclusive. `words` are the article's. `basis` says how the
    date is known: `printed`, `relative`, `occasion`, `outside` or `publication`.
    """

    edtf: str
    certain: str
    probable: str
    earliest: str
    latest: str
    words: str
    basis: str


class ClaimRecord(NamedTuple):
    """A claim as plain values: who said what, when.

    `id` is `ARTICLE/CLAIM`. `speakers`, `to` and `about` are ids of entities; an unnamed source has the id of its
    claim with `#speaker`. `words` are the article's own, `gist` is the annotator's by language, and `in_full`
    what is claimed by language: the gist and, if they say it, the words. `act` and `form` are names such as
    `denies` and `direct`. `parts` have offsets in code points, end exclusive. `relations` are pairs of a name and
    the id of the other claim, `inferred` the names of fields that the annotator concluded. `text_version` is the
    number of the text that the offsets count in: not that of the article for a claim kept to an earlier text.
    """

    id: str
    iri: str
    article: str
    position: int
    speakers: tuple[str, ...]
    words: str
    language: str
    gist: Mapping[str, str]
    in_full: Mapping[str, str]
    said: DateRecord
    act: str
    form: str
    cue: str
    speaker_words: str
    quotations: tuple[str, ...]
    parts: tuple[Part, ...]
    on_behalf_of: tuple[str, ...]
    spoken_as: tuple[str, ...]
    probably_spoken_as: tuple[str, ...]
    at: str
    made_in: str
    to: tuple[str, ...]
    about: tuple[str, ...]
    relations: tuple[tuple[str, str], ...]
    inferred: tuple[str, ...]
    note: Mapping[str, str]
    text_version: int = 1

    @property
    def text(self) -> str:
        """What is claimed, in the article's language, else in English, else in any; `""` if nothing says it."""
        wanted = (self.language, "en", *self.in_full)
        return next((self.in_full[language] for language in wanted if language in self.in_full), "")


class ArticleRecord(NamedTuple):
    """An article as plain values, with its claims in the order of their first words.

    `text_version` is the number of its text, above 1 if the paper has corrected it.
    """

    id: str
    iri: str
    headline: str
    language: str
    published: DateRecord
    text: str
    claims: tuple[ClaimRecord, ...]
    text_version: int = 1


def article_record(article: Article, base: str) -> ArticleRecord:
    """Return an article of the corpus with a base IRI as plain values."""
    return ArticleRecord(
        id=article.id,
        iri=iri_text(article.iri),
        headline=_text(article.headline),
        language=article.language,
        published=_date_record(article.published),
        text=article.text,
        claims=tuple(_claim_record(claim, article, base) for claim in article.claims),
        text_version=article.text_version.number,
    )


def _claim_record(claim: Claim, article: Article, base: str) -> ClaimRecord:
    return ClaimRecord(
        id=f"{article.id}/{claim.id}",
        iri=iri_text(claim.iri),
        article=article.id,
        position=claim.position,
        speakers=_short_ids(claim.speakers, base),
        words=literal_value(claim.words).lexical,
        language=article.language,
        gist=_by_language(claim.gists),
        in_full=_by_language(claim.text),
        said=_date_record(claim.said),
        act=_concept(claim.act, ACTS.base),
        form=_concept(claim.form, FORMS.base),
        cue=_text(claim.cue),
        speaker_words=_text(claim.speaker_words),
        quotations=tuple(literal_value(each).lexical for each in claim.quotations),
        parts=claim.parts,
        on_behalf_of=_short_ids(claim.on_behalf_of, base),
        spoken_as=_short_ids(claim.spoken_as, base),
        probably_spoken_as=_short_ids(claim.probably_spoken_as, base),
        at=_short_id(claim.at, base) if claim.at else "",
        made_in=_short_id(claim.document, base) if claim.document else "",
        to=_short_ids(claim.to, base),
        about=_short_ids(claim.about, base),
        relations=tuple((_concept(name, KG.base), _short_id(other, base)) for name, other in claim.relations),
        inferred=tuple(_INFERRED_FIELDS[each] for each in claim.inferred),
        note=_by_language(claim.notes),
        text_version=claim.text_version or article.text_version.number,
    )


def _short_ids(iris: Sequence[Iri], base: str) -> tuple[str, ...]:
    return tuple(_short_id(iri, base) for iri in iris)


def _date_record(date: Dated) -> DateRecord:
    return DateRecord(
        edtf=date.edtf.text,
        certain=date.edtf.certain,
        probable=date.edtf.probable,
        earliest=date.earliest,
        latest=date.latest,
        words=_text(date.words),
        basis=_concept(date.basis, BASES.base),
    )


def _short_id(iri: Iri, base: str) -> str:
    """Return the id of something of the corpus: `macron` for `<https://kg.example/entity/macron>`."""
    _, _, id = iri_text(iri).removeprefix(base).partition("/")
    return id


def _concept(iri: Iri, base: str) -> str:
    return iri_text(iri).removeprefix(base) if iri else ""


def _text(literals: Sequence[Literal]) -> str:
    return literal_value(literals[0]).lexical if literals else ""


def _by_language(literals: Sequence[Literal]) -> dict[str, str]:
    values = [literal_value(each) for each in literals]
    return {value.language: value.lexical for value in values}
