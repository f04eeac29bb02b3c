"""`kg annotate` in Chromium: a server of its own, and hands that select words, press keys and count both."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from support.browsers import Visit, handled

# The middle of the left edge of one character and of the right edge of another, by code points.
_EDGES = """([start, end]) => {
  const pane = document.getElementById("text");
  const units = (offset) => Array.from(pane.textContent).slice(0, offset).join("").length;
  const box = (unit) => {
    const walker = document.createTreeWalker(pane, NodeFilter.SHOW_TEXT);
    let left = unit;
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (left < node.length) {
        const range = document.createRange();
        range.setStart(node, left);
        range.setEnd(node, left + 1);
        return range.getClientRects()[0];
      }
      left -= node.length;
    }
  };
  const section = pane.closest("section");
  section.scrollTop += box(units(start)).top - 350;
  const [first, last] = [box(units(start)), box(units(end) - 1)];
  const rtl = getComputedStyle(pane).direction === "rtl";
  const [from, to] = rtl ? [first.right - 1, last.left + 1] : [first.left + 1, last.right - 1];
  return [from, first.top + first.height / 2, to, last.top + last.height / 2];
}"""

_TOUCHED = """document.getElementById("text")
  .dispatchEvent(new PointerEvent("pointerup", {pointerType: "touch"}))"""
_SELECTED = """words => {
  const pane = document.getElementById("text");
  const start = pane.textContent.indexOf(words);
  const place = (offset) => {
    const walker = document.createTreeWalker(pane, NodeFilter.SHOW_TEXT);
    let left = offset;
    while (walker.nextNode() && left > walker.currentNode.length) left -= walker.currentNode.length;
    return [walker.currentNode, left];
  };
  getSelection().setBaseAndExtent(...place(start), ...place(start + words.length));
}"""


@contextmanager
def annotating(corpus: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run `kg annotate` until the block ends; give the address and the process."""
    command = [sys.executable, "-m", "kg", "annotate", str(corpus), "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip(), process
        finally:
            process.send_signal(signal.SIGINT)


class Annotator(Visit):
    """Somebody who annotates in a browser window; `keys` and `drags` count what their hands did."""

    keys = 0
    drags = 0
    clicks = 0

    def open(self, address: str) -> Any:
        """Open the address that `kg annotate` printed."""
        self.page.goto(address)
        self.page.wait_for_selector("#text, .overview")
        return self.page

    @property
    def text(self) -> str:
        """The article as the page shows it."""
        return str(self.page.text_content("#text"))

    def select(self, words: str | tuple[int, int], *, more: bool = False) -> None:
        """Select words with the pointer, or a span of code points; `more` with Shift, as a further passage."""
        start, end = words if isinstance(words, tuple) else self._place(words)
        x, y, to_x, to_y = self.page.evaluate(_EDGES, [start, end])
        if more:
            self.page.keyboard.down("Shift")
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move((x + to_x) / 2, (y + to_y) / 2, steps=2)
        self.page.mouse.move(to_x, to_y, steps=2)
        self.page.mouse.up()
        if more:
            self.page.keyboard.up("Shift")
            self.keys += 1
        self.drags += 1

    def _place(self, words: str) -> tuple[int, int]:
        start = self.text.index(words)
        return start, start + len(words)

    def select_by_touch(self, words: str) -> None:
        """Select words as a finger does, with which the text was touched just before."""
        self.page.evaluate(_TOUCHED)
        self.page.evaluate(_SELECTED, words)

    def press(self, *names: str) -> None:
        """Press keys one after the other."""
        for name in names:
            self.page.keyboard.press(name)
            self.keys += 1

    def type(self, text: str) -> None:
        """Type a text into what has the focus."""
        self.page.keyboard.type(text)
        self.keys += len(text)

    def settled(self) -> None:
        """Wait until all that was decided is written."""
        handled(self.page)
        self.page.wait_for_selector("body[data-saving='0']")
        handled(self.page)

    def field(self, name: str) -> str:
        """Return what a row of the open editor shows."""
        return str(self.page.inner_text(f'.row[data-field="{name}"] .value'))

    def heads(self) -> Sequence[str]:
        """Return the ids in the list of claims, in its order."""
        return list(self.page.eval_on_selector_all(".claims .id", "all => all.map(each => each.textContent)"))

    @classmethod
    @contextmanager
    def at(cls, corpus: Path, browser: Any, **settings: Any) -> Iterator[Annotator]:
        """Open a corpus, or an article of it, until the block ends; in English if no locale is given."""
        with annotating(corpus) as (address, _):
            opened = cls(browser, **{"locale": "en-GB", **settings})
            opened.open(address)
            yield opened
            opened.context.close()

    @classmethod
    def beside(cls, other: Annotator) -> Annotator:
        """Return somebody in another tab of the same browser, before the same article."""
        tab = cls.__new__(cls)
        tab.context, tab.page = other.context, other.context.new_page()
        tab.complaints, tab.requests = other.complaints, other.requests
        tab.open(other.page.url)
        return tab
