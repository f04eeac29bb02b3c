"""Takes the pictures of pages in the docs: `python tests/generate/pictures.py [NAME …]` (it needs Chromium).

Run it with `PYTHONPATH=tests` when a page looks otherwise than its picture. The files are in full colour; make them
small before they are committed, with `pngquant --ext .png --force 256 docs/images/*.png` or any other program that
does so.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from support import ROOT, SEEDS
from support.browsers import Visit, handled, launched
from support.desk_pages import Annotator
from support.pages_of import site_of
from support.readings import ANNA, newsroom_with_program
from support.readings import ARTICLE as READ

IMAGES = ROOT / "docs" / "images"
ARTICLE = "000_411f4785dd135aae"


def article(page: Any, site: Path) -> None:
    """Point at the third claim of the article."""
    page.goto((site / f"article/{ARTICLE}.en.html").as_uri())
    page.hover(".passage >> text=We hebben al")
    page.wait_for_selector(".card .what")


def claim(page: Any, site: Path) -> None:
    """Open the page of a claim."""
    page.goto((site / f"claim/{ARTICLE}/c26.en.html").as_uri())


def explore(page: Any, site: Path) -> None:
    """Choose a speaker and a topic."""
    page.goto((site / "explore.en.html").as_uri() + "#speaker=entity/macron&about=entity/nato")
    page.wait_for_selector("#found:not([aria-busy]) .what a")


def question(page: Any, site: Path) -> None:
    """Ask the first question."""
    page.goto((site / "query.en.html").as_uri())
    page.focus("#ask button")
    page.keyboard.press("Enter")
    page.wait_for_selector("#answer td")


SITE: dict[str, tuple[Callable[[Any, Path], None], tuple[int, int]]] = {
    "site-article": (article, (1100, 760)),
    "site-claim": (claim, (1100, 760)),
    "site-explore": (explore, (1100, 760)),
    "site-question": (question, (1000, 860)),
}


def new_claim(annotator: Annotator) -> None:
    """Select words of a new claim."""
    annotator.select("om zich bij de Nucleaire Planningsgroep")
    annotator.page.wait_for_selector("#accept-cue")


def date_of_claim(annotator: Annotator) -> None:
    """Select the words of a date."""
    annotator.page.click("#text .mark[data-claims='c07']")
    annotator.page.wait_for_selector("#editor")
    annotator.settled()
    annotator.press("d")
    annotator.select("vrijdag")
    annotator.page.wait_for_selector("dialog[open]")


def entity(annotator: Annotator) -> None:
    """Type a wrong date of a role."""
    annotator.page.click(".claims li:first-child .head")
    annotator.page.click("#field-speaker-change-stoltenberg")
    annotator.page.get_by_label("Until").fill("2024-13")
    annotator.page.wait_for_selector("dialog .finding")


def readings(annotator: Annotator) -> None:
    """Choose one of two fields that annotators read differently."""
    annotator.press("l")
    annotator.page.wait_for_selector("tr.open input:focus")
    annotator.press("3")
    annotator.page.wait_for_selector("tr.open input:focus")


def on_a_tablet(annotator: Annotator) -> None:
    """Open a claim."""
    annotator.page.click(".claims li:nth-child(4) .head")
    annotator.page.wait_for_selector("#editor")


DESK: dict[str, tuple[Callable[[Annotator], None], tuple[int, int]]] = {
    "desk-claim": (new_claim, (1280, 800)),
    "desk-date": (date_of_claim, (1280, 800)),
    "desk-entity": (entity, (1280, 860)),
    "desk-readings": (readings, (1280, 900)),
    "desk-tablet": (on_a_tablet, (768, 1024)),
}


def corpus_for(name: str, folder: Path) -> Path:
    """Return what the desk opens: an article with three readings, else the seed."""
    if name != "desk-readings":
        return Path(shutil.copytree(SEEDS, folder / name))
    corpus = newsroom_with_program(folder / name)
    (corpus / READ).unlink()
    (corpus / "readings/spotter").mkdir()
    program = ANNA.replace("by: anna", "by: spotter").replace("act: states", "act: announces")
    (corpus / f"readings/spotter/{READ}").write_text(program)
    return corpus / "port.txt"


def taken(visit: Visit, name: str) -> None:
    """Write the picture of a page."""
    handled(visit.page)
    visit.page.screenshot(path=IMAGES / f"{name}.png", animations="disabled", caret="hide")


def main(names: set[str], folder: Path) -> None:
    """Take the pictures with these names, else all."""
    site_of(SEEDS, folder / "site")
    with launched() as chromium:
        for name, (prepare, (width, height)) in SITE.items():
            if not names or name in names:
                visit = Visit(chromium, locale="en-GB", viewport={"width": width, "height": height})
                prepare(visit.page, folder / "site")
                taken(visit, name)
                visit.context.close()
        for name, (prepare_desk, (width, height)) in DESK.items():
            if not names or name in names:
                size: dict[str, Any] = {"viewport": {"width": width, "height": height}}
                dark = {"locale": "nl-NL", "color_scheme": "dark"} if name == "desk-tablet" else {}
                with Annotator.at(corpus_for(name, folder), chromium, **size, **dark) as annotator:
                    prepare_desk(annotator)
                    taken(annotator, name)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as room:
        main({*sys.argv[1:]}, Path(room))
