"""The names of columns: what each means, and which was meant by a misspelt one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple
from unicodedata import normalize

from kg.importers.core.mapping import ArticleField, Field, Mapping
from kg.text.nearest_name import nearest_in_order

_LIKE_A_COLUMN = 0.8
"""How much a column's name must be like another: there are hundreds, and `sentiment` is 0.67 like `statement`."""
_SHORTEST = 4
"""Shorter names, such as `to` and `wie`, are like too many others."""
_LONGEST = 100
"""What is longer is no name but text."""
_NO_LETTER = re.compile(r"[^a-z0-9]+")


def heading(name: str) -> str:
    """Return a name without case, accents, blanks and signs: `Date de l’énoncé` is `datedelenonce`."""
    return _NO_LETTER.sub("", normalize("NFKD", name).encode("ascii", "ignore").decode().lower())


def _table(names: dict[str, str]) -> dict[str, str]:
    return {heading(name): meaning for meaning, each in names.items() for name in each.split(", ")}


# Common names of the columns, in English, Dutch, French and German. Ambiguous names are left out, such as `source`
# (the speaker, or the publisher) and `date` (said, or printed).
CLAIM: dict[Field, str] = {
    "id": "id, claim id, claim-id, nr claim, claimnummer",
    "words": "words, quote, exact quote, quotation, verbatim, passage, text passage, what, "
    "citaat, quote tekst, letterlijk citaat, woorden, passage in het artikel, wat, "
    "citation, citation exacte, verbatim, propos, paroles, extrait, quoi, "
    "zitat, wörtliches zitat, wortlaut, textstelle, was",
    "speaker": "speaker, speaker name, said by, who, spreker, spreker naam, wie, gezegd door, "
    "locuteur, locutrice, orateur, intervenant, qui, sprecher, sprecherin, sprecher*in, wer, gesagt von",
    "speaker_words": "speaker words, speaker in text, named as, woorden spreker, genoemd als, "
    "locuteur dans le texte, nommé comme, sprecher im text, genannt als",
    "cue": "cue, cue words, reporting verb, signaalwoord, werkwoord, verbe introducteur, redeverb, verb der rede",
    "act": "act, speech act, taalhandeling, acte, acte de langage, sprechakt",
    "form": "form, quote form, vorm, forme, form des zitats",
    "said": "said, said on, date said, date of claim, claim date, date of quote, quote date, when, "
    "gezegd, gezegd op, datum uitspraak, datum citaat, wanneer, "
    "dit le, date de la citation, date des propos, quand, gesagt am, datum der aussage, datum des zitats, wann",
    "due": "due, due date, deadline, termijn, échéance, frist",
    "condition": "condition, voorwaarde, bedingung",
    "gist": "gist, paraphrase, claim in full, strekking, parafrase, samenvatting claim, "
    "paraphrase, résumé de la citation, kern der aussage, umschreibung",
    "to": "to, addressee, addressees, addressed to, aan, gericht aan, geadresseerde, "
    "destinataire, adressé à, adressat, gerichtet an, an",
    "about": "about, topic, topics, subject, onderwerp, onderwerpen, over, sujet, sujets, à propos de, "
    "thema, themen, thème, thèmes, über",
    "translated": "translated, translated from, original language, vertaald uit, oorspronkelijke taal, "
    "traduit de, langue d'origine, übersetzt aus, originalsprache",
    "inferred": "inferred",
    "note": "note, notes, comment, comments, remark, remarks, opmerking, opmerkingen, notitie, toelichting, "
    "commentaire, commentaires, remarque, remarques, anmerkung, anmerkungen, bemerkung, kommentar",
}
CLAIM_OR_GIST = "claim, claim text, claims, statement, bewering, uitspraak, stelling, affirmation, déclaration, "
CLAIM_OR_GIST += "énoncé, behauptung, aussage"
"""Has the words if no other column does, and else the claim in the annotator's own words."""
ARTICLE: dict[ArticleField, str] = {
    "id": "article, article id, document, document id, doc, doc id, file, file name, filename, "
    "artikel, artikel id, artikelnummer, bestand, bestandsnaam, fichier, nom du fichier, datei, dateiname, "
    "dokument",
    "text": "text, full text, article text, body, article body, source text, "
    "tekst, volledige tekst, artikeltekst, brontekst, texte, texte intégral, texte de l'article, "
    "volltext, artikeltext, quelltext",
    "headline": "headline, title, article title, kop, titel, artikeltitel, koptekst, titre, titre de l'article, "
    "schlagzeile, überschrift, titel des artikels",
    "published": "published, published on, publication date, date published, date of publication, article date, "
    "gepubliceerd, gepubliceerd op, publicatiedatum, datum publicatie, datum artikel, verschenen op, "
    "publié, publié le, date de publication, date de l'article, veröffentlicht, veröffentlicht am, "
    "erscheinungsdatum, erschienen am, datum des artikels",
    "publisher": "publisher, newspaper, outlet, news outlet, medium, krant, uitgever, nieuwsmedium, "
    "journal, éditeur, média, zeitung, verlag",
    "author": "author, authors, journalist, byline, auteur, auteurs, journaliste, autor, autorin",
    "url": "url, link, article url, webadres, lien, where, waar, où, wo, adresse web, webadresse",
    "language": "language, taal, langue, sprache",
    "annotator": "annotator, annotated by, coder, geannoteerd door, codeur, annotateur, annoté par, annotiert von, "
    "kodierer, kodiererin",
    "annotated": "annotated, annotated on, geannoteerd op, annoté le, annotiert am",
}
OWN = {
    "start": "start, begin, start offset",
    "end": "end, einde, end offset",
    "context": "context, in, contexte, kontext",
    "speaker_id": "speaker id",
    "to_id": "to id",
    "about_id": "about id",
    "publisher_id": "publisher id",
    "author_id": "author id",
    "relations": "relations, relaties, beziehungen",
}
"""Columns that mappings do not name: the place of the words, the ids of entities, the relations of claims."""
DERIVED = frozenset(map(heading, ("iri", "in_full", "earliest", "latest", "due_by")))
"""Columns of `kg export -f csv` that are computed from others."""
OF_CLAIMS = _table({str(field): names for field, names in CLAIM.items()})
OF_ARTICLES = _table({str(field): names for field, names in ARTICLE.items()})
OF_ROWS = _table(OWN)
WORDS_OR_GIST = frozenset(map(heading, CLAIM_OR_GIST.split(", ")))
NAMES_OF_WORDS = (*CLAIM["words"].split(", "), *CLAIM_OR_GIST.split(", "))
TWO_DATES = frozenset(map(heading, ("date", "datum", "dag", "jour", "tag", "day")))
"""May be the day it was said, or the day it was printed."""


Part = Literal["claim", "article", "own"]


class ColumnName(NamedTuple):
    """A name that a column may have, and its field: of the claim, of the article, or of the row itself."""

    name: str
    field: str
    part: Part


def _names(table: Iterable[tuple[str, str]], part: Part) -> list[ColumnName]:
    return [ColumnName(name, field, part) for field, names in table for name in names.split(", ")]


NAMES_OF_ROWS = _names(OWN.items(), "own")
COMMON_NAMES = [
    *_names([*CLAIM.items(), ("gist", CLAIM_OR_GIST)], "claim"),
    *_names(ARTICLE.items(), "article"),
    *NAMES_OF_ROWS,
]


def column_names(mapping: Mapping) -> Iterator[ColumnName]:
    """Yield the names that a mapping gives to claims' and articles' fields."""
    yield from (ColumnName(name, field, "claim") for name, field in mapping.fields.items() if field != "ignore")
    yield from (ColumnName(name, field, "article") for name, field in mapping.article.items())


def likely_name(name: str, names: Iterable[str]) -> str:
    """Return which of some names a column's name is most like, `""` if it is like none."""
    known: dict[str, str] = {}
    for each in names:
        if len(letters := heading(each)) >= _SHORTEST:
            known.setdefault(letters, each)
    written = heading(name)
    if len(written) > _LONGEST:
        return ""
    return known.get(nearest_in_order(written, list(known), like=_LIKE_A_COLUMN), "")
