"""The claims of the seed made anew in the browser: the same graph, and how much typing that takes."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import kg
from kg.corpus.yaml_reader import read_yaml
from support import SEEDS
from support.browsers import launched
from support.desk_pages import Annotator, annotating

pytestmark = pytest.mark.slow

ARTICLE = "000_411f4785dd135aae"
FILE = f"{ARTICLE}.claims.yaml"
# Keys of fields in the order in which a claim is made; relations come when all claims are there.
CHOSEN = {"form": "f", "act": "a", "at": "o"}
SEVERAL = {"to": "t", "about": "b", "inferred": "i"}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """The seed without its claims: its article, its occasions and its entities stay."""
    folder = Path(shutil.copytree(SEEDS, tmp_path / "corpus"))
    text = (folder / FILE).read_text()
    (folder / FILE).write_text(text.partition("claims:\n")[0].replace("status: done", "status: draft"))
    return folder


class SeedAnnotator:
    """Makes claims with the pointer and the keyboard, as somebody does who knows what they should be."""

    def __init__(self, annotator: Annotator, seeds: kg.Corpus) -> None:
        self.annotator = annotator
        self.page = annotator.page
        self.model = {each.id.rpartition("/")[2]: each for each in seeds.claims()}

    def make(self, id: str, wanted: dict[str, Any]) -> None:
        """Make a claim with all its fields but the relations."""
        hands = self.annotator
        first, *further = self.model[id].parts
        hands.select((first.start, first.end))
        self.page.wait_for_selector('.claims li.open .id:text-is("new")')
        hands.settled()
        for part in further:
            parts = self.page.locator(".row[data-field=words] .chip").count()
            hands.select((part.start, part.end), more=True)
            self.page.wait_for_selector(f".row[data-field=words] .chip:nth-child({parts + 1})")
        self._speaker(wanted)
        self._texts(wanted, "speaker_words", "m")
        self._texts(wanted, "cue", "c")
        for field, key in CHOSEN.items():
            self._choose(field, key, wanted.get(field))
        if condition := wanted.get("condition"):
            self.page.click("[data-adds=condition]")
            hands.clicks += 1
            hands.type(condition)
            hands.press("Enter", "Escape")
        for field in ("said", "due"):
            self._date(field, wanted.get(field))
        self._local("gist", "g", wanted.get("gist"))
        self._local("note", "n", wanted.get("note"))
        for field, key in SEVERAL.items():
            given = wanted.get(field, [])
            present = set(wanted) - {"relations"}
            for each in given if isinstance(given, list) else [given]:
                if field != "inferred" or each in present:
                    self._choose(field, key, each)
        hands.settled()

    def relate(self, id: str, wanted: dict[str, Any]) -> None:
        """Add the relations of a claim, and what is inferred of them."""
        hands = self.annotator
        relations = wanted.get("relations", {})
        if not relations:
            return
        self.page.focus(f'.claims .head:has(.id:text-is("{id}"))')
        for kind, target in relations.items():
            hands.press("r")
            hands.type(kind[:5])
            hands.press("Enter")
            hands.type(target)
            hands.press("Enter")
        given = wanted.get("inferred", [])
        for each in given if isinstance(given, list) else [given]:
            if each.startswith("relations"):
                self._choose("inferred", "i", each)
        hands.settled()
        hands.press("Escape", "Escape")

    def _guess(self, field: str) -> str | None:
        chip = self.page.locator(f".row[data-field={field}] .guess .chip [dir]")
        return str(chip.inner_text()) if chip.count() else None

    def _decide(self, field: str, key: str, wanted: str) -> bool:
        """Accept a guess that is right, refuse another; return whether the field is decided."""
        guess = self._guess(field)
        if guess is None:
            return False
        self.annotator.press(key, "Enter" if guess == wanted else "Backspace")
        return guess == wanted

    def _speaker(self, wanted: dict[str, Any]) -> None:
        name = self._name(wanted["speaker"])
        if not self._decide("speaker", "s", name):
            self.annotator.press("s")
            self.annotator.type(name[:14])
            self.annotator.press("Enter")

    def _texts(self, wanted: dict[str, Any], field: str, key: str) -> None:
        given = wanted.get(field)
        words = given if isinstance(given, list) else [given] if given else []
        if self._decide(field, key, " … ".join(words)):
            return
        for each in words:
            self.annotator.press(key)
            self.annotator.type(each)
            self.annotator.press("Enter")
            if field == "cue":
                self.annotator.press("Escape")

    def _choose(self, field: str, key: str, value: str | None) -> None:
        label = self._name(value) if value else ""
        if field == "act" and self._decide(field, key, label):
            return
        if value:
            self.annotator.press(key)
            self.annotator.type(label)
            self.page.wait_for_selector(f'.row[data-field="{field}"] [aria-selected=true]')
            self.annotator.press("Enter")
            if field in SEVERAL:
                self.annotator.press("Escape")

    def _date(self, field: str, given: Any) -> None:
        hands = self.annotator
        if not given:
            if self._guess(field) is not None:
                self.page.focus(f"#accept-{field}")
                hands.press("Backspace")
            return
        if self._guess(field) == f"{given['edtf']} “{given['words']}”":
            self.page.focus(f"#accept-{field}")
            hands.press("Enter")
            return
        if field == "said":
            hands.press("d")
        else:
            self.page.click(f'[data-adds="{field}"]')
            hands.clicks += 1
        hands.select(given["words"])
        hands.settled()
        if self.page.locator("dialog[open]").count():
            hands.press("Escape")
        self.page.wait_for_selector(
            f'.row[data-field="{field}"] .chip.proposed, .row[data-field="{field}"] .remove'
        )
        hands.settled()
        chip = self.page.inner_text(f'.row[data-field="{field}"] .chip')
        if not chip.startswith(str(given["edtf"])):
            self.page.focus(f"#field-{field}")
            hands.type(str(given["edtf"]))
            self.page.wait_for_selector(f'.row[data-field="{field}"] [aria-selected=true]')
            hands.press("Enter")
            hands.settled()
        if why := given.get("why"):
            self.page.click(f'.row[data-field="{field}"] button:has-text("Say how you know")')
            hands.clicks += 1
            hands.type(why)
            hands.press("Enter")

    def _local(self, field: str, key: str, given: Any) -> None:
        if not given:
            return
        self.annotator.press(key)
        for place, tongue in enumerate(("nl", "en")):
            if tongue in given:
                if place or "nl" not in given:
                    self.page.focus(f'.row[data-field="{field}"] textarea[lang={tongue}]')
                self.annotator.type(given[tongue])
                self.annotator.press("Enter")

    def _name(self, value: str) -> str:
        names = {"unnamed": "an unnamed source", "article": "the paper itself", "undecided": "not decided"}
        entities: Any = read_yaml((SEEDS / "entities.yaml").read_text(), "entities").value
        if value in entities:
            name = entities[value]["name"]
            return str(name if isinstance(name, str) else name["en"])
        return names.get(value, value)


def test_the_claims_of_the_seed_made_in_the_browser_give_the_same_graph(
    corpus: Path, record_property: Callable[[str, object], None]
) -> None:
    wanted: Any = read_yaml((SEEDS / FILE).read_text(), FILE).value
    with launched() as browser, annotating(corpus) as (address, _):
        annotator = Annotator(browser, locale="en-GB", viewport={"width": 1400, "height": 1000})
        page = annotator.open(address)
        seed = SeedAnnotator(annotator, kg.open(SEEDS))
        for id, fields in wanted["claims"].items():
            seed.make(id, fields)
        for id, fields in wanted["claims"].items():
            seed.relate(id, fields)
        page.click("text=Mark as done")
        annotator.settled()
        hands = annotator.keys, annotator.drags, annotator.clicks
        assert (annotator.complaints, annotator.strangers) == ([], [])
        annotator.context.close()
    made = (corpus / FILE).read_text()
    record_property("hands", _report(hands))
    assert _graph(corpus) == _graph(SEEDS), made


def _graph(corpus: Path) -> list[str]:
    """Return the statements of a corpus, without the digest that tells two files of claims apart."""
    command = [sys.executable, "-m", "kg", "export", "-f", "nt", str(corpus)]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return sorted(lines)


def _report(hands: tuple[int, int, int]) -> str:
    """Return what the hands did here, and what typing the same claims as YAML takes."""
    keys, drags, clicks = hands
    text = (SEEDS / FILE).read_text()
    written = re.sub(r"(?m)^ *#.*\n|^ +", "", text.partition("claims:\n")[2])
    claims: Any = read_yaml(text, FILE).value
    texts = [
        each
        for fields in claims["claims"].values()
        for key in ("gist", "note")
        for each in fields.get(key, {}).values()
    ]
    prose = sum(map(len, texts))
    return (
        f"{prose} characters are gists and notes. "
        f"Page: {keys - prose} further keys, {drags} selections, {clicks} clicks. "
        f"YAML: {len(written) - prose} further characters."
    )
