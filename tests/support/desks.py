"""`kg annotate` for tests: corpora to annotate, and desks in processes of their own, asked over loopback."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from support.served import Reply, reply_to
from support.waiting import PATIENCE

CORPUS = """\
base: https://kg.example/
title: Claims
licence: https://creativecommons.org/licenses/by/4.0/
language: nl
description: Claims for tests.
"""
ENTITIES = """\
berg: {type: Person, name: Anna Berg}
navo: {type: Organization, name: {nl: NAVO, en: NATO}}
"""
TEXT = "date 2020-02-21 “Wij gaan naar huis,” zei minister Anna Berg vrijdag. De NAVO ontkent dat zij blijft.\n"
CLAIMS = """\
# Mine.
annotation: {status: draft}
claims:
  c01:   # the first
    speaker: undecided
    words: 'Wij gaan naar huis'
"""


def new_corpus(folder: Path, **articles: tuple[str, str | None]) -> Path:
    """Write a corpus with articles: the text and the claims file of each (None: without), by name."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "corpus.yaml").write_text(CORPUS, encoding="utf-8", newline="")
    (folder / "entities.yaml").write_text(ENTITIES, encoding="utf-8", newline="")
    for name, (text, claims) in articles.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8", newline="")
        if claims is not None:
            (folder / f"{name}.claims.yaml").write_text(claims, encoding="utf-8", newline="")
    return folder


class Desk(NamedTuple):
    """A running desk: the address that it printed, and the cookie that it gave for it."""

    address: str
    cookie: str = ""

    @property
    def origin(self) -> str:
        """The origin of its pages."""
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc}"

    def raw(
        self, path: str, body: bytes | None = None, *, method: str = "", headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Return the answer to a request with these headers only; with a body it is a POST."""
        parts = urlsplit(self.address)
        connection = HTTPConnection(str(parts.hostname), int(parts.port or 0), timeout=PATIENCE)
        return reply_to(connection, method or ("GET" if body is None else "POST"), path, body, dict(headers or {}))

    def ask(self, path: str, sent: object = None, *, language: str = "en") -> Reply:
        """Return the answer to a request of the page; with something to send it is a POST."""
        headers = {"Cookie": self.cookie, "Accept-Language": language}
        if sent is None:
            return self.raw(path, headers=headers)
        headers |= {"Origin": self.origin, "Content-Type": "application/json"}
        return self.raw(path, json.dumps(sent).encode(), headers=headers)

    def get(self, article: str, path: str = "", *, language: str = "en") -> Any:
        """Return the answer about an article, which must not be an error."""
        reply = self.ask(f"/api/articles/{quote(article)}{path}", language=language)
        assert reply.status == 200, reply.text
        return json.loads(reply.body)

    def post(self, article: str, action: str, sent: object, *, status: int = 200, language: str = "en") -> Any:
        """Return the answer to something that is sent about an article."""
        reply = self.ask(f"/api/articles/{quote(article)}/{action}", sent, language=language)
        assert reply.status == status, reply.text
        return json.loads(reply.body)

    def edit(self, article: str, *path: str | int, value: object, was: object = None, status: int = 200) -> Any:
        """Return the answer to one edit."""
        return self.post(article, "edits", {"edits": [{"path": path, "value": value, "was": was}]}, status=status)

    def admitted(self) -> Desk:
        """Return the desk with the cookie for its address."""
        reply = self.raw(self.address.removeprefix(self.origin))
        assert reply.status == 200, reply.text
        return self._replace(cookie=reply.headers["set-cookie"].partition(";")[0])


@contextmanager
def printed_desk(*arguments: Path | str) -> Iterator[Desk]:
    """Run `kg annotate` until the block ends, which Ctrl-C must end; nobody has opened its address."""
    command = [sys.executable, "-m", "kg", "--quiet", "annotate", "--no-browser", *map(str, arguments)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield Desk(process.stdout.readline().strip())
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


@contextmanager
def desk(*arguments: Path | str) -> Iterator[Desk]:
    """Run `kg annotate` until the block ends, opened in one browser."""
    with printed_desk(*arguments) as printed:
        yield printed.admitted()
