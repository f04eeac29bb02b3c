"""No act is guessed beside a negation: a wrong one would say the opposite of the article."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.drafts.claims_draft import propose
from kg.drafts.names import SpeakerNames

# A verb: the present, the past, the perfect after its auxiliary, the infinitive. Two words: the verb is split.
VERBS = {
    "nl": [
        ("bevestigt", "bevestigde", "bevestigd", "bevestigen"),
        ("ontkent", "ontkende", "ontkend", "ontkennen"),
        ("belooft", "beloofde", "beloofd", "beloven"),
        ("erkent", "erkende", "erkend", "erkennen"),
        ("bekritiseert", "bekritiseerde", "bekritiseerd", "bekritiseren"),
        ("eist", "eiste", "geëist", "eisen"),
        ("sluit uit", "sloot uit", "uitgesloten", "uitsluiten"),
        ("geeft toe", "gaf toe", "toegegeven", "toegeven"),
        ("kondigt aan", "kondigde aan", "aangekondigd", "aankondigen"),
        ("spreekt tegen", "sprak tegen", "tegengesproken", "tegenspreken"),
        ("stelt voor", "stelde voor", "voorgesteld", "voorstellen"),
        ("wijst af", "wees af", "afgewezen", "afwijzen"),
    ],
    "en": [
        ("confirms", "confirmed", "confirmed", "confirm"),
        ("denies", "denied", "denied", "deny"),
        ("admits", "admitted", "admitted", "admit"),
        ("rejects", "rejected", "rejected", "reject"),
        ("promises", "promised", "promised", "promise"),
        ("announces", "announced", "announced", "announce"),
        ("rules out", "ruled out", "ruled out", "rule out"),
        ("acknowledges", "acknowledged", "acknowledged", "acknowledge"),
        ("condemns", "condemned", "condemned", "condemn"),
        ("disputes", "disputed", "disputed", "dispute"),
        ("retracts", "retracted", "retracted", "retract"),
        ("says", "said", "said", "say"),
    ],
    "fr": [
        ("confirme", "confirmait", "confirmé", "confirmer"),
        ("dément", "a démenti", "démenti", "démentir"),
        ("nie", "niait", "nié", "nier"),
        ("reconnaît", "a reconnu", "reconnu", "reconnaître"),
        ("promet", "promettait", "promis", "promettre"),
        ("annonce", "annonçait", "annoncé", "annoncer"),
        ("exclut", "a exclu", "exclu", "exclure"),
        ("rejette", "a rejeté", "rejeté", "rejeter"),
        ("exige", "exigeait", "exigé", "exiger"),
        ("condamne", "condamnait", "condamné", "condamner"),
        ("assure", "assurait", "assuré", "assurer"),
    ],
    "de": [
        ("bestätigt", "bestätigte", "bestätigt", "bestätigen"),
        ("bestreitet", "bestritt", "bestritten", "bestreiten"),
        ("leugnet", "leugnete", "geleugnet", "leugnen"),
        ("fordert", "forderte", "gefordert", "fordern"),
        ("verspricht", "versprach", "versprochen", "versprechen"),
        ("kritisiert", "kritisierte", "kritisiert", "kritisieren"),
        ("räumt ein", "räumte ein", "eingeräumt", "einräumen"),
        ("lehnt ab", "lehnte ab", "abgelehnt", "ablehnen"),
        ("schließt aus", "schloss aus", "ausgeschlossen", "ausschließen"),
        ("kündigt an", "kündigte an", "angekündigt", "ankündigen"),
        ("weist zurück", "wies zurück", "zurückgewiesen", "zurückweisen"),
        ("sagt", "sagte", "gesagt", "sagen"),
    ],
}
SUBJECTS = {
    "nl": ("Minister Anna Berg", "De woordvoerder", "Ze", "Berg", "De minister, die woensdag terugkeerde,"),
    "en": (
        "Anna Berg",
        "The spokesman",
        "She",
        "Ms Berg",
        "Anna Berg, who led the inquiry,",
        "Berg's lawyer, Tom Day,",
    ),
    "fr": (
        "Anna Berg",
        "La ministre",
        "Elle",
        "Mme Berg",
        "Anna Berg, la ministre,",
        "L'avocat, qui revenait de Lyon,",
    ),
    "de": ("Anna Berg", "Die Ministerin", "Sie", "Frau Berg", "Die Ministerin, die am Mittwoch zurückkam,"),
}
OBJECTS = {
    "nl": ("het bericht", "de plannen van de regering", "de “geheime” plannen"),
    "en": ("the report", "the plans of the government", 'the "secret" plans'),
    "fr": ("le rapport", "les projets du gouvernement", "les projets « secrets »"),
    "de": ("den Bericht", "die Pläne der Regierung", "die „geheimen“ Pläne"),
}
# `v` and `w` are the parts of the present, `p` and `q` of the past, `g` is the participle, `i` the infinitive.
NEGATIONS = {
    "nl": (
        "{S} {v} {o} niet {w}.",
        "{S} {p} {o} gisteren ook niet {q}.",
        "{S} {p} niet {q} dat de fabriek sluit.",
        "{S} heeft {o} nooit {g}.",
        "{S} heeft niet {g} dat de fabriek sluit.",
        "{S} wilde {o} niet {i}.",
        "{S} weigerde {o} te {i}.",
        "{S} kan niet {i} dat er geld is.",
        "Nooit {p} {s} {o} {q}.",
        "Niemand {p} {o} {q}.",
        "Het is niet waar dat {s} {o} heeft {g}.",
        "Als {s} {o} {v} {w}, volgt een debat.",
        "{S} {p} {o}, zo bleek woensdag, niet {q}.",
        "{S} vertrok zonder {o} te {i}.",
    ),
    "en": (
        "{S} did not {i} {o}.",
        "{S} didn't {i} that the plant would close.",
        "{S} has not {g} {o}.",
        "{S} has never publicly {g} that the plant would close.",
        "{S} never {p} {q} {o}.",
        "{S} would neither {i} nor discuss {o}.",
        "{S} refused to {i} {o}.",
        "{S} declined to {i} whether the plant would close.",
        "No one {p} {q} {o}.",
        "Neither Tom Day nor Eve Low {p} {q} {o}.",
        "It is not true that {s} {p} {q} {o}.",
        "If {s} {v} {w} {o}, a debate will follow.",
        "{S} left without having {g} {o}.",
        "{S} could not {i} that the plant would close.",
        "{S} cannot {i} {o}.",
        "Did {s} {i} {o}?",
    ),
    "fr": (
        "{S} ne {v} pas {o}.",
        "{S} n'a pas {g} {o}.",
        "{S} n'a jamais {g} que l'usine fermerait.",
        "{S} n'a toujours pas {g} que l'usine fermerait.",
        "{S} ne {v} rien.",
        "{S} refuse de {i} {o}.",
        "{S} n'a pas voulu {i} {o}.",
        "Personne ne {v} {o}.",
        "Personne n'a {g} {o}.",
        "{S} n'a ni {g} ni commenté {o}.",
        "{S} est partie sans {i} {o}.",
        "Il n'est pas vrai que {s} a {g} {o}.",
        "Si {s} {v} {o}, un débat suivra.",
    ),
    "de": (
        "{S} {v} {o} nicht {w}.",
        "{S} {p} {o} am Abend nicht ausdrücklich {q}.",
        "{S} hat {o} nicht {g}.",
        "{S} hat nie {g}, dass das Werk schließt.",
        "{S} {p} nicht {q}, dass das Werk schließt.",
        "{S} wollte {o} nicht {i}.",
        "{S} weigerte sich, {o} zu {i}.",
        "Niemand {p} {o} {q}.",
        "Niemals {p} {s} {o} {q}.",
        "Es stimmt nicht, dass {s} {o} {v} {w}.",
        "{S} kann nicht {i}, dass es Geld gibt.",
        "Wenn {s} {o} {v} {w}, folgt eine Debatte.",
        "{S} {p} {o}, wie erwartet, nicht {q}.",
        "{S} ging, ohne {o} zu {i}.",
    ),
}
AFFIRMATIONS = {
    "nl": ("{S} {v} {o} {w}.", "{S} heeft {o} {g}.", "{S} {p} {q} dat er niets verandert."),
    "en": ("{S} {p} {q} {o}.", "{S} has {g} {o}.", "{S} {p} {q} that nothing would change."),
    "fr": ("{S} {v} {o}.", "{S} a {g} {o}.", "{S} {v} que rien ne changera."),
    "de": ("{S} {v} {o} {w}.", "{S} hat {o} {g}.", "{S} {p} {q}, dass sich nichts ändert."),
}
AFTER = {
    "nl": ("", " Dat is alles."),
    "en": ("", " That is all."),
    "fr": ("", " C'est tout."),
    "de": ("", " Das ist alles."),
}


def sentence(pattern: str, subject: str, verb: tuple[str, str, str, str], thing: str) -> str:
    """Return a sentence made from a pattern."""
    v, _, w = verb[0].partition(" ")
    p, _, q = verb[1].partition(" ")
    small = (
        subject.rstrip(",")
        if subject.split()[0] in ("Anna", "Berg", "Ms", "Mme", "Frau")
        else subject[0].lower() + subject[1:].rstrip(",")
    )
    written = pattern.format(
        S=subject, s=small.partition(",")[0], v=v, w=w, p=p, q=q, g=verb[2], i=verb[3], o=thing
    )
    return (
        " ".join(written.split())
        .replace(" .", ".")
        .replace(" ,", ",")
        .replace("ne e", "n'e")
        .replace("ne a ", "n'a ")
    )


def acts(text: str, language: str) -> set[str]:
    """Return the acts that are suggested for the claims of a text."""
    _, claims = propose(text, "2024-05-01", language, SpeakerNames({}))
    return {act for each in claims for act in each.guess.acts}


@pytest.mark.parametrize("language", list(NEGATIONS))
@settings(max_examples=200)
@given(st.data())
def test_no_act_is_guessed_beside_a_negation(language: str, data: st.DataObject) -> None:
    chosen = [data.draw(st.sampled_from(table[language])) for table in (NEGATIONS, SUBJECTS, VERBS, OBJECTS, AFTER)]
    text = sentence(*chosen[:4]) + chosen[4]

    # "Refused to say" withholds: that much is sure.
    assert (text, acts(text, language) - {"withholds"}) == (text, set())


@pytest.mark.parametrize("language", list(AFFIRMATIONS))
def test_the_same_verbs_suggest_acts_without_a_negation(language: str) -> None:
    """But for “secret”, which is quoted within what is said: there the words say nothing of the claim."""
    texts = [
        sentence(pattern, subject, verb, OBJECTS[language][1])
        for pattern in AFFIRMATIONS[language]
        for subject in SUBJECTS[language]
        for verb in VERBS[language]
    ]
    found = [text for text in texts if acts(text, language)]

    assert len(found) / len(texts) >= 0.9, set(texts) - set(found)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("nl", "Dat Berg het bericht bevestigde, klopt niet."),
        ("nl", "Berg bevestigde, in tegenstelling tot eerdere berichten, het ontslag niet."),
        ("nl", "Niet Berg bevestigde het bericht."),
        ("nl", "Berg heeft het bericht “niet” bevestigd."),
        ("nl", "Berg bevestigde het bericht bijna."),
        ("nl", "Van Berg mag je niet zeggen dat zij het bericht ontkent."),
        ("nl", "Zou Berg het bericht bevestigen?"),
        ("en", "Berg all too nearly confirmed the report."),
        ("en", "I don't think Berg denied the report."),
        ("en", "Berg would not say whether she denied the report."),
        ("en", "Nobody believes that Berg confirmed the report."),
        ("en", "Berg confirmed neither the report nor the date."),
        ("en", "At no point did Berg deny the report."),
        ("en", "Berg may have confirmed the report."),
        ("en", "Berg is said to have confirmed the report."),
        ("en", "Berg was accused of the theft."),
        ("en", "Unless Berg confirms the report, nothing will happen."),
        ("fr", "Berg n'a rien confirmé de ce rapport."),
        ("fr", "Il n'est pas exclu que Berg confirme le rapport."),
        ("fr", "Ni Berg ni Tessier n'ont confirmé le rapport."),
        ("fr", "Berg aurait confirmé le rapport."),
        ("de", "Dass Berg den Bericht bestätigte, stimmt nicht."),
        ("de", "Berg bestätigte den Bericht mit keinem Wort."),
        ("de", "Berg bestätigte weder den Bericht noch die Zahlen."),
        ("de", "Berg ließ offen, ob sie den Bericht bestätigte."),
        ("de", "Der Bericht wurde von Berg bestätigt."),
        ("de", "Berg bestätigte, anders als erwartet, den Bericht am Abend nicht."),
    ],
)
def test_no_act_is_guessed_where_it_may_not_have_been_performed(language: str, text: str) -> None:
    assert acts(text, language) - {"withholds"} == set()
