"""What is made of a corpus: for tests that go from what people write to what readers get."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import kg
from support.corpora import lay
from support.pages_of import Reading, pages_of

BASE = "https://kg.example/"


class Outcome:
    """What is made of a corpus: its triples, the answers to questions about it, and its pages."""

    def __init__(self, folder: Path, files: dict[str, str]) -> None:
        self.folder = lay(folder / "corpus", files)
        self.corpus = kg.open(self.folder)
        self.corpus.validate().raise_for_violations()
        self.corpus.write(folder / "out.nt")
        self.triples = (folder / "out.nt").read_text("utf-8").splitlines()
        self.pages = pages_of(self.folder, folder)

    def of(self, subject: str) -> dict[str, list[str]]:
        """Return the local names of a subject's properties with their values, as in `{"edtf": ["2014/.."]}`."""
        found: dict[str, list[str]] = {}
        for line in self.triples:
            parts = re.fullmatch(r"<([^>]*)> <([^>]*)> (.*) \.", line)
            assert parts is not None
            if parts[1] == BASE + subject:
                value = re.sub(r'^"(.*)"(\^\^<.*>|@[a-z]+)?$|^<(.*)>$', r"\1\3", parts[3])
                found.setdefault(re.split("[/#]", parts[2])[-1], []).append(value.removeprefix(BASE))
        return found

    def rows(self, question: str, **values: str) -> list[dict[str, Any]]:
        """Return the answer to a named question, without empty values."""
        return [
            {key: str(value).removeprefix(BASE) for key, value in row.items() if value not in (None, "")}
            for row in self.corpus.query(question, **values)
        ]

    def text(self, path: str) -> str:
        """Return what a reader sees on a page, with single blanks."""
        html = self.pages.html(path, "en")
        assert html is not None
        return " ".join(Reading(html.decode()).text.split())
