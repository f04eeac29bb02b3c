"""Who may have said it, by which verb: the nearest is suggested, or nothing if nothing is near."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from kg.annotations.classes import ArticleEntry, EntityEntry
from kg.corpus import read_corpus
from kg.drafts.claims_draft import draft, draft_settings, propose
from kg.drafts.names import SpeakerNames
from support import ROOT

MORE = {
    "wilders": EntityEntry("Person", "Geert Wilders", also=["PVV-leider"]),
    "anna": EntityEntry("Person", "Anna Jansen"),
    "bob": EntityEntry("Person", "Bob Jansen"),
    "the-hague": EntityEntry("Place", "Den Haag"),
    "france": EntityEntry("Country", {"nl": "Frankrijk", "en": "France"}),
}
PRONOUNS = ("he", "her", "ze", "haar", "elle", "lui", "er")
CORPUS = read_corpus(ROOT / "tests" / "data" / "drafts")


def guessed(language: str, text: str) -> list[str]:
    """Return what a draft suggests of who spoke, by which verb, doing what."""
    config = replace(CORPUS.config, language=language)
    written = draft(
        text, "2020-02-17", draft_settings(replace(CORPUS, config=config, entities=CORPUS.entities | MORE))
    ).text
    lines = [line.strip(" #") for line in written.splitlines()]
    return [line for line in lines if line.startswith(("Who", "cue:", "act:"))]


@pytest.mark.parametrize(
    ("language", "text", "guesses"),
    [
        (
            "nl",
            "‘Wij willen regeren’, zei Wilders.",
            ["Who? Perhaps wilders: “zei Wilders”", "cue: zei", "act: states"],
        ),
        ("nl", "PVV-leider Wilders: ‘Wij willen regeren.’", ["Who? Perhaps wilders: “PVV-leider Wilders”"]),
        ("nl", "‘Ja’, zei Jansen.", ["Who? Perhaps anna or bob: “zei Jansen”", "cue: zei", "act: states"]),
        ("nl", "‘Ja’, zei Anna Jansen.", ["Who? Perhaps anna: “zei Anna Jansen”", "cue: zei", "act: states"]),
        ("nl", "‘Ja’, zeggen ze in Den Haag.", ["Who is “ze”? “zeggen ze”", "cue: zeggen", "act: states"]),
        ("nl", "‘Ja’, zei iemand.", ["cue: zei", "act: states"]),
        ("nl", "Het ‘hart’ van de stad.", []),
        (
            "nl",
            "Wilders kondigde aan dat het plan er nog dit jaar moet komen; een woordvoerder zei: ‘Wij wachten af.’",
            [
                "Who? Perhaps wilders: “Wilders kondigde aan”",
                "cue: kondigde aan",
                "act: announces",
                "Who is “een woordvoerder”? “een woordvoerder zei”",
                "cue: zei",
                "act: states",
            ],
        ),
        (
            "nl",
            "Wilders stelde in het debat een ‘pauze: nu’ voor.",
            [
                "Who? Perhaps wilders: “Wilders stelde in het debat een ‘pauze: nu’ voor”",
                "cue: [stelde, voor]",
                "act: proposes",
            ],
        ),
        (
            "nl",
            "Hij nodigde Frankrijk uit om mee te doen.",
            ["Who is “Hij”? “Hij nodigde Frankrijk uit”", "cue: [nodigde, uit]", "act: invites"],
        ),
        ("nl", "Er komt geen plan van Wilders, luidt het.", ["cue: luidt het", "act: states"]),
        (
            "en",
            "Powell of the state said “we wait”.",
            ["Who? Perhaps powell: “Powell of the state said”", "cue: said", "act: states"],
        ),
        ("en", "The member states and Powell met.", []),
        (
            "en",
            "Powell denied that he had known of it.",
            ["Who? Perhaps powell: “Powell denied”", "cue: denied", "act: denies"],
        ),
        ("fr", "« Non », a-t-il dit.", ["Who is “il”? “a-t-il dit”", "cue: [a, dit]", "act: states"]),
        (
            "fr",
            "D’après Emmanuel Macron, c’est « fini ».",
            ["Who? Perhaps macron: “D’après Emmanuel Macron”", "cue: D’après", "act: states"],
        ),
        (
            "de",
            "Merz wies den Vorwurf zurück, er sei „am Ende“.",
            ["Who? Perhaps merz: “Merz wies den Vorwurf zurück”", "cue: [wies, zurück]", "act: denies"],
        ),
        ("sv", "”Ja”, säger Wilders.", []),
        (
            "fr",
            "Macron assure que tout va bien.",
            ["Who? Perhaps macron: “Macron assure”", "cue: assure", "act: states"],
        ),
        ("fr", "Macron disait : « Oui. »", ["Who? Perhaps macron: “Macron disait”", "cue: disait", "act: states"]),
        (
            "fr",
            "« Un conte », dénonce Emmanuel Macron.",
            ["Who? Perhaps macron: “dénonce Emmanuel Macron”", "cue: dénonce", "act: accuses or criticises"],
        ),
        ("fr", "Selon lui, le port ferme demain.", ["Who is “lui”? “Selon lui”", "cue: Selon", "act: states"]),
        ("en", "“No,” said Powell.", ["Who? Perhaps powell: “said Powell”", "cue: said", "act: states"]),
        ("en", "“No,” Powell replied.", ["Who? Perhaps powell: “Powell replied”", "cue: replied", "act: states"]),
        (
            "en",
            "Powell wept, adding that rates would fall.",
            ["Who? Perhaps powell: “Powell wept, adding”", "cue: adding", "act: states"],
        ),
        (
            "en",
            "Powell said nobody knew, adding that rates would fall.",
            ["Who? Perhaps powell: “Powell said nobody knew, adding”", "cue: adding", "act: states"],
        ),
        ("de", "Die Kasse, so Scholz, sei „leer“.", ["Who? Perhaps scholz: “so Scholz”", "cue: so", "act: states"]),
        (
            "nl",
            "Wilders heeft dinsdag toegegeven dat hij het wist.",
            ["Who? Perhaps wilders: “Wilders heeft dinsdag toegegeven”", "cue: [heeft, toegegeven]", "act: admits"],
        ),
        ("en", "Powell was accused of theft by the state.", []),
    ],
)
def test_the_nearest_speaker_and_cue_are_guessed(language: str, text: str, guesses: list[str]) -> None:
    assert guessed(language, text) == guesses


@pytest.mark.parametrize(
    ("language", "text", "guesses"),
    [
        (
            "en",
            "Miriam Castle KC, prosecuting, said that Powell had stolen it.",
            ["Who is “Miriam Castle KC”? “Miriam Castle KC, prosecuting, said”", "cue: said", "act: states"],
        ),
        (
            "en",
            "Powell’s barrister, Daniel Okoro, said his client had not been there.",
            ["Who is “Daniel Okoro”? “Daniel Okoro, said”", "cue: said", "act: states"],
        ),
        (
            "en",
            "Jerome Powell, 58, of Marsh End, denies four counts of fraud.",
            ["Who? Perhaps powell: “Jerome Powell, 58, of Marsh End, denies”", "cue: denies", "act: denies"],
        ),
        (
            "fr",
            "Un de ses amis, qui préfère rester anonyme, confie : « Je pars. »",
            [
                "Who is “Un de ses amis”? “Un de ses amis, qui préfère rester anonyme, confie”",
                "cue: confie",
                "act: states",
            ],
        ),
    ],
)
def test_an_apposition_is_not_the_speaker(language: str, text: str, guesses: list[str]) -> None:
    assert guessed(language, text) == guesses


@pytest.mark.parametrize(
    ("language", "text", "who"),
    [
        ("nl", "Anna Berg sprak. “Ja”, zei ze.", "Who is “ze”? Perhaps berg: “zei ze”"),
        ("en", "Powell said no. He denied that he had known.", "Who is “He”? Perhaps powell: “He denied”"),
        (
            "fr",
            "Lucie Tessier se tait. « Non », a-t-elle dit.",
            "Who is “elle”? Perhaps “Lucie Tessier”: “a-t-elle dit”",
        ),
        ("de", "Scholz sprach mit Merz. Er sagte: „Ja.“", "Who is “Er”? Perhaps scholz or merz: “Er sagte”"),
        ("en", "“We lost,” he said.", "Who is “he”? “he said”"),
        (
            "en",
            "Jane Roe spoke. According to her, it is late.",
            "Who is “her”? Perhaps “Jane Roe”: “According to her”",
        ),
        ("nl", "Anna Berg sprak. Volgens haar is het laat.", "Who is “haar”? Perhaps berg: “Volgens haar”"),
        (
            "fr",
            "Lucie Tessier se tait. Selon lui, il est tard.",
            "Who is “lui”? Perhaps “Lucie Tessier”: “Selon lui”",
        ),
    ],
)
def test_a_pronoun_has_the_likeliest_people_beside_it(language: str, text: str, who: str) -> None:
    assert [
        line
        for line in guessed(language, text)
        if line.startswith("Who is “") and line.split()[2][1:-2].lower() in PRONOUNS
    ] == [who]


@pytest.mark.parametrize(
    ("language", "text", "act"),
    [
        ("nl", "Wilders weerlegde het verwijt van Berg.", ["act: denies"]),
        ("nl", "Wilders weerlegde de oproep van Berg.", ["act: rejects"]),
        ("nl", "Wilders weerlegde wat Berg schreef.", ["act: rejects or denies"]),
        ("nl", "Wilders ontkent: “Ik was er niet.”", []),
        ("en", "“I was never there,” Powell denied.", []),
        ("en", "Powell denied that he was “a crook”.", ["act: denies"]),
    ],
)
def test_the_object_decides_what_a_verb_expresses_and_a_denial_is_not_what_is_denied(
    language: str, text: str, act: list[str]
) -> None:
    assert [line for line in guessed(language, text) if line.startswith("act:")] == act


DIALOGUE = """Een gesprek.

KRANT: Wie is er schuldig?

WILDERS: Dat weet ik niet zeker. Berg zei: “Niemand is schuldig.”

KRANT: Komt u nog terug?

WILDERS: Ik kom zeker nog terug."""


def test_in_a_dialogue_the_speaker_is_whoever_has_the_turn() -> None:
    settings = draft_settings(replace(CORPUS, entities=CORPUS.entities | MORE))
    _, claims = propose(DIALOGUE, "2020-02-17", "nl", settings.names)

    assert [
        (DIALOGUE[each.at.start : each.at.end], each.guess.speaker.words, each.guess.act) for each in claims
    ] == [
        ("Wie is er schuldig?", "KRANT", "asks"),
        ("Dat weet ik niet zeker.", "WILDERS", ""),
        ("Berg zei: “Niemand is schuldig.”", "WILDERS", ""),
        ("Niemand is schuldig.", "Berg", "states"),
        ("Komt u nog terug?", "KRANT", "asks"),
        ("Ik kom zeker nog terug.", "WILDERS", ""),
    ]
    assert claims[1].guess.speaker.ids == ("wilders",)


def test_a_turn_of_a_dialogue_ends_with_its_paragraph() -> None:
    _, claims = propose(f"{DIALOGUE}\n\nHet gesprek was om acht uur voorbij.", "2020-02-17", "nl", SpeakerNames({}))

    assert claims[-1].guess.speaker.words == "WILDERS"
    assert DIALOGUE[claims[-1].at.start :] == "Ik kom zeker nog terug."


@pytest.mark.parametrize(
    ("header", "language", "lines"),
    [
        ("2020-02-17", "", ["article:", "  # transcript: true"]),
        ("", "", ["article:", "  # transcript: true"]),
        ("2020-02-17", "en", ["article:", "  language: en", "  # transcript: true"]),
    ],
)
def test_a_dialogue_is_perhaps_a_transcript(header: str, language: str, lines: list[str]) -> None:
    article = ArticleEntry(language=language)
    written = draft(DIALOGUE, header, draft_settings(CORPUS), article).text.splitlines()

    assert [
        line for line in written if "article" in line.split(":")[0] or "transcript:" in line or "  language" in line
    ][-len(lines) :] == lines
    assert "transcript:" not in draft("“Ja”, zei Berg.", header, draft_settings(CORPUS), article).text


def test_a_quotation_within_a_quotation_has_the_speaker_who_is_quoted_there() -> None:
    text = "“My son asked: ‘Will you go?’ I said no,” Powell told the court."
    _, claims = propose(text, "", "en", draft_settings(CORPUS).names)

    assert [(text[each.at.start : each.at.end], each.sure, each.guess.speaker.words) for each in claims] == [
        ("My son asked: ‘Will you go?’ I said no", True, "Powell"),
        ("Will you go?", False, "My son"),
    ]


def test_a_negation_in_what_is_reported_stays_in_it() -> None:
    text = "Wilders zegt dat het plan er niet komt. Berg bevestigde het plan niet."
    _, claims = propose(text, "", "nl", draft_settings(replace(CORPUS, entities=CORPUS.entities | MORE)).names)

    assert [(text[each.at.start : each.at.end], each.guess.act) for each in claims] == [
        ("het plan er niet komt", "states"),
        ("het plan", ""),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("“Ja,” zei ze.", "words: |-\n      Ja\n"),
        ("“Ja.”", "words: |-\n      Ja.\n"),
        ("“Ja: nu”", "words: |-\n      Ja: nu\n"),
        ("“Een\n regel”", "words: |-\n      Een regel\n"),
        ("“Nee” en “Nee” weer", "words: |-\n        Nee\n      in: |-\n        “Nee” en\n"),
        ("“Nee” “Nee”", "words: |-\n        Nee\n      start: 1\n"),
        ("“Nee”" * 60, "words: |-\n        Nee\n      start: 1\n"),
        ("“\ufeffJa”", 'words: "\\uFEFFJa"\n'),
    ],
)
def test_words_are_copied_so_that_they_are_found_again(text: str, words: str) -> None:
    assert words in draft(text, "2020-02", draft_settings(CORPUS)).text


@pytest.mark.parametrize(
    ("language", "text", "words", "cue"),
    [
        ("nl", "Berg wilde woensdag niet reageren op de kritiek.", "de kritiek", ("wilde", "niet reageren")),
        ("en", "Powell declined to comment.", "declined to comment", ("declined to comment",)),
        ("en", "Powell refused to say when he would go.", "when he would go", ("refused to say",)),
        ("fr", "Macron n'a pas répondu à nos questions.", "nos questions", ("n'a pas répondu",)),
        ("de", "Zu den Zahlen wollte Scholz sich nicht äußern.", "den Zahlen", ("wollte", "sich nicht äußern")),
    ],
)
def test_no_comment_withholds(language: str, text: str, words: str, cue: tuple[str, ...]) -> None:
    _, (claim,) = propose(text, "2020-02-17", language, draft_settings(CORPUS).names)

    assert (text[claim.at.start : claim.at.end], claim.guess.cue, claim.guess.act) == (words, cue, "withholds")


@pytest.mark.parametrize(
    ("language", "text", "listed", "said"),
    [
        ("nl", "Berg zei vrijdag dat hij dinsdag komt.", ["2020-02-14", "[2020-02-11,2020-02-18]"], "2020-02-14"),
        ("nl", "Berg legt donderdag een plan voor.", ["[2020-02-13,2020-02-20]"], ""),
        ("nl", "Berg zei dat de weg deze week sluit.", ["[2020-02-16..2020-02-23]"], ""),
        ("en", "Powell said the case would resume on Friday.", ["[2020-02-14,2020-02-21]"], ""),
        ("en", "The case opened on Friday.", ["2020-02-14"], ""),
        ("fr", "Macron a dit mardi que tout ira mieux.", ["2020-02-11"], "2020-02-11"),
        ("de", "Scholz hat am Dienstag geschwiegen.", ["2020-02-11"], ""),
        ("de", "Scholz wird am Dienstag kommen.", ["[2020-02-11,2020-02-18]"], ""),
    ],
)
def test_days_that_may_be_to_come_are_listed_and_are_not_when_it_was_said(
    language: str, text: str, listed: list[str], said: str
) -> None:
    dates, claims = propose(text, "2020-02-17", language, draft_settings(CORPUS).names)

    assert [each.edtf for each in dates] == listed
    assert "".join(each.guess.said.edtf for each in claims if each.guess.said) == said


def test_what_is_reported_around_the_attribution_is_in_two_parts() -> None:
    text = "De sanering zou volgens een eerder rapport 90 miljoen euro kosten."
    _, (claim,) = propose(text, "2020-02-17", "nl", draft_settings(CORPUS).names)

    assert [text[part.start : part.end] for part in claim.parts] == ["De sanering zou", "90 miljoen euro kosten"]
    assert claim.guess.speaker.words == "een eerder rapport"


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("en", "A source close to Ward said the claim was “nonsense”.", "A source close to Ward"),
        ("en", "In a statement the trustees said they were “heartbroken”.", "the trustees"),
        ("en", "Another, who asked not to be named, described it as “desperate”.", "Another"),
        ("de", "„Am Ende“, so Horn im Deutschlandfunk.", "Horn"),
        ("de", "Den Vorwurf, er sei „am Ende“, wies Horn zurück.", "Horn"),
        ("nl", "Dat voorstel noemde Bakker woensdag “een sprookje”.", "Bakker"),
        ("nl", "Bakker, dat weet iedereen, zei “nee”.", "Bakker"),
        ("nl", "Volgens haar is het “af”.", "haar"),
        ("nl", "Volgens haar vader is het “af”.", "haar vader"),
        ("fr", "Les syndicats, eux, dénoncent « la violence ».", "Les syndicats"),
    ],
)
def test_the_subject_is_found_wherever_it_is(language: str, text: str, words: str) -> None:
    _, (claim,) = propose(text, "", language, draft_settings(replace(CORPUS, entities={})).names)

    assert claim.guess.speaker.words == words


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("nl", "Berg pleit voor een verbod.", "een verbod"),
        ("nl", "Berg pleit tegen een verbod.", "tegen een verbod"),
        ("en", "Powell called for a ban.", "a ban"),
        ("fr", "Macron plaide contre une interdiction.", "contre une interdiction"),
        ("de", "Scholz plädierte gegen ein Verbot.", "gegen ein Verbot"),
        ("nl", "Berg eist geen ontslagen.", "geen ontslagen"),
        ("nl", "Berg eist alleen excuses.", "alleen excuses"),
        ("nl", "Berg kondigde dinsdag nieuwe regels aan.", "nieuwe regels"),
        ("nl", "Berg belooft niet dinsdag maar woensdag te komen.", "niet dinsdag maar woensdag te komen"),
        ("en", "Powell said that on Friday the bank would close.", "on Friday the bank would close"),
        ("nl", "Berg zegt dat ook dinsdag niemand komt.", "ook dinsdag niemand komt"),
        ("nl", "Volgens Berg komt dinsdag niemand.", "komt dinsdag niemand"),
    ],
)
def test_no_word_that_changes_what_was_said_is_left_out(language: str, text: str, words: str) -> None:
    _, (claim,) = propose(text, "2020-02-17", language, draft_settings(CORPUS).names)

    assert text[claim.at.start : claim.at.end] == words
