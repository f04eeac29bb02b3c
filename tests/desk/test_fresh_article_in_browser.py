"""Two articles that nobody has annotated before, in the browser and without YAML: how many keys that takes."""

from __future__ import annotations

import difflib
import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from kg.cli import run
from kg.corpus.yaml_reader import read_yaml
from support import ROOT
from support.browsers import DESKTOP
from support.desk_pages import Annotator, annotating

pytestmark = pytest.mark.slow

PAGE = ROOT / "docs" / "desk.md"
CORPUS = Path(__file__).parent.parent / "data" / "desk"
"""A Dutch article of 290 words and an English one of 100, with the entities that were there before."""


class FreshAnnotator(Annotator):
    """Somebody who reads an article and makes its claims, with the keys and the pointer."""

    def __init__(self, browser: Any, address: str) -> None:
        super().__init__(browser, locale="nl-NL", viewport=DESKTOP)
        self.open(address)

    def begin(self, words: str, *fields: tuple[str, ...]) -> None:
        """Select words that kg does not propose, and fill in fields."""
        self.select(words)
        self.page.wait_for_selector('.claims li.open .id:text-is("nieuw")')
        self._ready()
        self.accept()
        self.fill(*fields)

    def proposal(self, words: str, *fields: tuple[str, ...], refuse: Sequence[str] = ()) -> None:
        """Go to the next proposal, accept its guesses but some, and fill in fields."""
        self.press("l")
        self.page.wait_for_selector(f".claims li.open .quoted:has-text('{words}')")
        self._ready()
        self.accept(refuse)
        self.fill(*fields)

    def accept(self, refuse: Sequence[str] = ()) -> None:
        """Accept the guesses one by one, except some."""
        while field := self.page.evaluate("document.activeElement.dataset.accepts || ''"):
            self.press("Backspace" if field in refuse else "Enter")
            self._ready()

    def fill(self, *fields: tuple[str, ...]) -> None:
        """Fill in fields: a key, how, and a text to type or to select (after what is before `|`)."""
        for key, how, text in fields:
            if self.page.evaluate("document.activeElement.id") != "field-speaker" or key != "s":
                self.press(key)
            if how == "select":
                before, _, words = text.rpartition("|")
                start = self.text.index(before + words) + len(before)
                self.select((start, start + len(words)))
                self._ready()
                continue
            self.type(text)
            if how != "write":
                self.page.wait_for_selector(".options:not([hidden])")
            self.press("Enter")
            if how == "new":
                self.page.wait_for_selector(".entity input")
                self.press("Enter")
            self._ready()
        if self.page.evaluate("document.activeElement.tagName") == "INPUT":
            self.press("Escape")

    def _ready(self) -> None:
        self.settled()


def dutch(hands: FreshAnnotator) -> None:
    """Make the claims of the Dutch article."""
    hands.begin(
        "alle containerschepen in de haven van Deltastad vanaf 2030 walstroom gebruiken",
        ("s", "choose", "verm"),
        ("m", "select", "Lotte Vermeer"),
        ("c", "select", "Vermeer |wil"),
        ("a", "choose", "eist"),
        ("b", "choose", "wals"),
    )
    hands.proposal("Wie hier aanmeert", ("s", "choose", "verm"))
    hands.proposal("dat per jaar", ("s", "choose", "verm"), refuse=["speaker_words"])
    hands.proposal("het plan haalbaar", ("s", "choose", "havenb"))
    hands.proposal("de kosten", ("s", "choose", "havenb"))
    hands.begin(
        "er 180 miljoen euro nodig is",
        ("s", "new", "Karim Bouali"),
        ("m", "select", "Karim Bouali"),
        ("c", "select", "schat"),
        ("a", "choose", "vindt"),
    )
    hands.proposal("Dat kunnen wij", ("s", "choose", "boua"))
    hands.begin(
        "de haven klanten verliest aan Antwerpen",
        ("s", "choose", "boua"),
        ("m", "select", "Hij"),
        ("c", "select", "ontkende"),
        ("a", "choose", "ontk"),
        ("g", "write", "De haven verliest geen klanten aan Antwerpen."),
    )
    hands.proposal("Wij hebben nog geen", ("s", "choose", "boua"))
    hands.proposal("de meeste schepen", ("s", "new", "Ingr"))
    hands.begin("“Een verplichting in 2030 is onhaalbaar.\n\n“Geef ons tot 2035”", ("s", "choose", "wit"))
    hands.fill(("g", "write", "Een verplichting in 2030 is onhaalbaar; de reders willen tot 2035 de tijd."))
    hands.proposal("de wethouder ervan", ("s", "choose", "wit"), ("a", "choose", "besch"), ("t", "choose", "verm"))
    hands.fill(("g", "write", "De wethouder heeft de sector niet geraadpleegd."))
    hands.proposal("Zij heeft", ("s", "choose", "verm"), refuse=["speaker_words"])
    hands.proposal("het plan", ("s", "new", "Schone"))
    hands.proposal("Eindelijk een wethouder", ("s", "new", "Tom"), ("t", "choose", "verm"))
    hands.proposal("zijn organisatie", ("s", "choose", "tom"))
    hands.begin(
        "er nog verdeeldheid is over de financiering",
        ("s", "choose", "niet"),
        ("m", "select", "Bronnen rond het college"),
    )
    hands.proposal("zou het Rijk", ("s", "choose", "niet"))
    hands.press("l")
    hands.press("x")
    hands.proposal("Dit is symboolpolitiek", ("s", "new", "Mol"))
    hands.proposal("eerst een onafhankelijk", ("s", "choose", "mol"))


def english(hands: FreshAnnotator) -> None:
    """Make the claims of the English article; its language is said first, since the corpus is in Dutch."""
    hands.page.click("text=Gegevens")
    hands.press("Tab")
    hands.type("en")
    hands.press("Enter")
    hands.page.wait_for_selector(".claims li:nth-child(5)")
    hands.proposal("Whoever moors", ("s", "choose", "verm"))
    hands.proposal("that will save", ("s", "choose", "verm"))
    hands.proposal("about the costs")
    hands.proposal("We cannot pay", ("s", "new", "Karim Bouali"))
    hands.proposal(
        "the port is losing", ("s", "choose", "boua"), ("g", "write", "The port is not losing customers.")
    )


def as_yaml(corpus: Path, article: str) -> int:
    """Return how many keys the claims take in an editor that indents by itself, and their new entities."""
    claims = (corpus / f"{article}.claims.yaml").read_text().partition("claims:\n")[2]
    entities = (corpus / "entities.yaml").read_text().removeprefix((CORPUS / "entities.yaml").read_text())
    return sum(len(line.strip()) + 1 for line in [*claims.splitlines(), *entities.splitlines()])


def from_draft(corpus: Path, article: str) -> int:
    """Return how many characters of the claims `kg new` has not written: what must be typed at least."""
    draft = corpus.parent / "draft"
    shutil.copytree(CORPUS, draft)
    assert run(["new", str(draft / f"{article}.txt")]) == 0
    before, after = ((each / f"{article}.claims.yaml").read_text() for each in (draft, corpus))
    found = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return sum(end - start for tag, _, _, start, end in found if tag in ("insert", "replace"))


@pytest.mark.parametrize(
    ("article", "annotate", "speakers"),
    [
        (
            "haven",
            dutch,
            "vermeer*3 havenbedrijf*2 karim-bouali*4 ingrid-de-wit*3 vermeer schone-kade tom-aerts*2 "
            "unnamed*2 daan-mol*2",
        ),
        ("harbour", english, "vermeer*2 havenbedrijf karim-bouali*2"),
    ],
)
def test_an_article_is_annotated_without_yaml_in_fewer_keys(
    browser: Any, tmp_path: Path, article: str, annotate: Callable[[FreshAnnotator], None], speakers: str
) -> None:
    """In no more than the documentation says."""
    corpus = Path(shutil.copytree(CORPUS, tmp_path / "corpus"))
    with annotating(corpus / f"{article}.txt") as (address, _):
        hands = FreshAnnotator(browser, address)
        annotate(hands)
        left = hands.page.inner_text(".progress .badge")
        complaints = hands.complaints
        hands.context.close()
    claims: Any = read_yaml((corpus / f"{article}.claims.yaml").read_text(), "claims").value
    found = [claim["speaker"] for claim in claims["claims"].values()]
    wanted = [
        name for each in speakers.split() for name in [each.partition("*")[0]] * int(each.partition("*")[2] or 1)
    ]

    assert (found, left, complaints) == (wanted, "Niets meer te beslissen", [])
    assert run(["validate", str(corpus)]) == 0
    row = re.search(rf"{len(claims['claims'])} claims[^|]*\|(.*)\|", PAGE.read_text())
    assert row
    keys, selected, _, in_full, _, least = (int(each.replace(",", "")) for each in re.findall(r"[0-9,]+", row[1]))
    assert (hands.keys <= keys, hands.drags <= selected) == (True, True)
    assert (as_yaml(corpus, article), from_draft(corpus, article)) == (in_full, least)
