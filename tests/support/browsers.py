"""Pages in Chromium; the tests that import this are skipped where it or playwright is missing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from support import ROOT
from support.waiting import PATIENCE

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium")
if CHROMIUM is None:
    pytest.skip("chromium is not installed", allow_module_level=True)
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--no-first-run", "--disable-dev-shm-usage"),
]
AXE = (ROOT / "tests" / "data" / "browser" / "axe.min.js").read_text()
PHONE, DESKTOP = {"width": 375, "height": 740}, {"width": 1280, "height": 900}
EDITOR = ".cm-content"
MOST = 1000 * PATIENCE
"""How many milliseconds Playwright waits for anything."""


@contextmanager
def launched() -> Iterator[Any]:
    """Run Chromium until the block ends."""
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS, timeout=MOST)
        yield browser
        browser.close()


class Visit:
    """A page in a window of its own, with what it complains of and all that it asks for."""

    def __init__(self, browser: Any, **settings: Any) -> None:
        self.context = browser.new_context(**{"locale": "nl-NL", "viewport": DESKTOP, **settings})
        self.context.set_default_timeout(MOST)
        self.context.add_init_script("window.hits = 0; window.hit = () => { window.hits += 1; };")
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self._complain(message.type, message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(f"dialog: {dialog.message}"))
        self.context.on("request", lambda request: self.requests.append(request.url))

    def _complain(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)

    def to(self, file: Path) -> Any:
        """Open a file and return the page."""
        self.page.goto(file.as_uri())
        return self.page

    @property
    def strangers(self) -> list[str]:
        """What was asked for that is not on this disk or this machine."""
        ours = ("file:", "http://127.0.0.1:", "blob:", "data:")
        return [url for url in self.requests if not url.startswith(ours)]


_STILL = """() => Promise.allSettled(
  document.getAnimations()
    .filter(each => each.effect.getComputedTiming().endTime < Infinity)
    .map(each => each.finished)
).then(() => null)"""


def handled(page: Any) -> None:
    """Wait until a page has handled what was done: by its own clock, which goes no faster than its other work."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 50)))")


def violations(page: Any) -> list[tuple[str, str]]:
    """Return what axe finds on a page when nothing moves: the rule and the first element that breaks it."""
    page.evaluate(_STILL)
    page.evaluate(AXE)
    run = page.evaluate("axe.run(document, {resultTypes: ['violations'], preload: false})")
    return [(each["id"], each["nodes"][0]["html"]) for each in run["violations"]]


class Spoken(NamedTuple):
    """What a screen reader says of an element: from the accessibility tree of Chromium."""

    role: str
    name: str
    description: str
    states: dict[str, Any]


def spoken(page: Any) -> list[Spoken]:
    """Return the elements of a page as a screen reader gets them, in their order; a status is named by its text."""
    session = page.context.new_cdp_session(page)
    session.send("Accessibility.enable")
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    by_id = {each["nodeId"]: each for each in nodes}

    def value(node: Any, key: str) -> str:
        return str(node.get(key, {}).get("value", ""))

    def text(node: Any) -> str:
        if value(node, "role") == "StaticText":
            return value(node, "name")
        return " ".join(text(by_id[each]) for each in node.get("childIds", ()) if each in by_id)

    found = []
    for node in nodes:
        role = value(node, "role")
        name = text(node) if role in ("status", "alert") else value(node, "name")
        states = {each["name"]: each["value"].get("value") for each in node.get("properties", ())}
        found.append(Spoken(role, name, value(node, "description"), states))
    return found


def expect_answer(page: Any) -> None:
    """Let `answered` wait for the answer to a question that is asked from now on."""
    page.evaluate("document.getElementById('status').textContent = '…'")


def answered(page: Any) -> None:
    """Wait for the answer to a question, or for its error message."""
    page.wait_for_function(
        "() => document.getElementById('status').textContent !== '…' && document.getElementById('stop').hidden"
    )


def ask_question(page: Any) -> None:
    """Ask the question that is chosen, and wait for the answer."""
    expect_answer(page)
    page.click("#ask button")
    answered(page)


def write_query(page: Any, query: str) -> None:
    """Open the editor of the page of queries, and write a query there."""
    if not page.is_visible("#write"):
        page.click("#own summary")
    # The editor has only those lines in the page that can be seen.
    page.press(EDITOR, "Control+a")
    page.press(EDITOR, "Delete")
    page.fill(EDITOR, query)


def ask_query(page: Any, query: str) -> None:
    """Write a query, and ask it."""
    write_query(page, query)
    page.click("#write button")
