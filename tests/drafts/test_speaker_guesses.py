"""Who may have said it, by which verb: what is suggested is what stands nearest, and nothing where nothing does."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from kg.annotations.classes import EntityEntry
from kg.corpus import read_corpus
from kg.drafts.claims_draft import draft, draft_settings
from support import ROOT

MORE = {
    "wilders": EntityEntry("Person", "Geert Wilders", also=["PVV-leider"]),
    "anna": EntityEntry("Person", "Anna Jansen"),
    "bob": EntityEntry("Person", "Bob Jansen"),
    "the-hague": EntityEntry("Place", "Den Haag"),
    "france": EntityEntry("Country", {"nl": "Frankrijk", "en": "France"}),
}
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
        ("nl", "‘Wij willen regeren’, zei Wilders.", ["Who? Perhaps wilders: “zei Wilders”", "cue: zei"]),
        ("nl", "PVV-leider Wilders: ‘Wij willen regeren.’", ["Who? Perhaps wilders: “PVV-leider Wilders”"]),
        ("nl", "‘Ja’, zei Jansen.", ["Who? Perhaps anna or bob: “zei Jansen”", "cue: zei"]),
        ("nl", "‘Ja’, zei Anna Jansen.", ["Who? Perhaps anna: “zei Anna Jansen”", "cue: zei"]),
        ("nl", "‘Ja’, zeggen ze in Den Haag.", ["Who is “ze”? “zeggen ze”", "cue: zeggen"]),
        ("nl", "‘Ja’, zei iemand.", ["cue: zei"]),
        ("nl", "Het ‘hart’ van de stad.", []),
        (
            "nl",
            "Wilders kondigde aan dat het plan er nog dit jaar moet komen; een woordvoerder zei: ‘Wij wachten af.’",
            ["cue: zei"],
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
        ("nl", "Er komt geen plan van Wilders, luidt het.", ["cue: luidt het"]),
        (
            "en",
            "Powell of the state said “we wait”.",
            ["Who? Perhaps powell: “Powell of the state said”", "cue: said"],
        ),
        ("en", "The member states and Powell met.", []),
        (
            "en",
            "Powell denied that he had known of it.",
            ["Who? Perhaps powell: “Powell denied”", "cue: denied", "act: denies"],
        ),
        ("fr", "« Non », a-t-il dit.", ["Who is “il”? “a-t-il dit”", "cue: [a, dit]"]),
        (
            "fr",
            "D’après Emmanuel Macron, c’est « fini ».",
            ["Who? Perhaps macron: “D’après Emmanuel Macron”", "cue: D’après"],
        ),
        (
            "de",
            "Merz wies den Vorwurf zurück, er sei „am Ende“.",
            ["Who? Perhaps merz: “Merz wies den Vorwurf zurück”", "cue: [wies, zurück]", "act: rejects"],
        ),
        ("sv", "”Ja”, säger Wilders.", []),
    ],
)
def test_a_guess_is_what_is_nearest(language: str, text: str, guesses: list[str]) -> None:
    assert guessed(language, text) == guesses


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
