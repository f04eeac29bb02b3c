"""What people call the columns of a spreadsheet of claims, in English, Dutch, French and German.

Names are compared without case, accents, blanks and signs. What may mean two things is not in here, as `source`
(who spoke, or where it stood) and `date` (said, or printed).
"""

from __future__ import annotations

import re
from unicodedata import normalize

from kg.importers.core.mapping import ArticleField, Field

_NO_LETTER = re.compile(r"[^a-z0-9]+")


def heading(name: str) -> str:
    """Return a column's name as it is compared: `Date de l’énoncé` is `datedelenonce`."""
    return _NO_LETTER.sub("", normalize("NFKD", name).encode("ascii", "ignore").decode().lower())


def _table(names: dict[str, str]) -> dict[str, str]:
    return {heading(name): meaning for meaning, each in names.items() for name in each.split(", ")}


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
"""What holds the words where no other column does; beside one, it is the claim in the annotator's words."""
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
"""Columns beyond the mapping: where the words stand, which entities are meant, how claims relate."""
DERIVED = frozenset(map(heading, ("iri", "earliest", "latest")))
"""Columns of `kg export -f csv` that follow from others."""
OF_CLAIMS = _table({str(field): names for field, names in CLAIM.items()})
OF_ARTICLES = _table({str(field): names for field, names in ARTICLE.items()})
OF_ROWS = _table(OWN)
WORDS_OR_GIST = frozenset(map(heading, CLAIM_OR_GIST.split(", ")))
TWO_DATES = frozenset(map(heading, ("date", "datum", "dag", "jour", "tag", "day")))
"""May be the day on which it was said, or that on which it was printed."""
