"""Articles with annotations of brat, and what is read of them."""

from __future__ import annotations

from pathlib import Path

from kg.errors import Place
from kg.importers.brat import read
from kg.importers.core.documents import AnnotatedText, Item, LabelledSpan, Skipped
from kg.importers.core.mapping import PRESETS
from kg.text.spans import Span

TEXT = "Rutte zei dat de wet er komt.\nDe minister ontkent dat, maar 😀 Kaag niet.\n"
MAPPING = PRESETS["attribution"]


def items(folder: Path, ann: str | bytes, text: str | bytes = TEXT) -> list[Item]:
    """Return what is read of one article."""
    for suffix, content in ((".ann", ann), (".txt", text)):
        raw = content.encode() if isinstance(content, str) else content
        (folder / f"a{suffix}").write_bytes(raw)
    return list(read(folder / "a.ann", MAPPING, None))


def at(folder: Path, line: int) -> Place:
    return Place(str(folder / "a.ann"), line, 1)


def span(label: str, id: str, words: str, **more: object) -> LabelledSpan:
    """Return the mark of words of `TEXT`, without its place."""
    start = TEXT.index(words)
    parts = (Span(start, start + len(words)),)
    return LabelledSpan(id=id, label=label, parts=parts, at=Place("", 0, 0), text=words, **more)  # type: ignore[arg-type]


def plain(found: list[Item]) -> tuple[list[LabelledSpan], list[tuple[str, str, str]], list[tuple[str, str, int]]]:
    """Return marks without places, links as label and ends, and the kind, name and line of what is left out."""
    (document,) = (each for each in found if isinstance(each, AnnotatedText))
    marks = [
        LabelledSpan(
            each.id, each.label, each.parts, Place("", 0, 0), each.text, each.attributes, each.names, each.note
        )
        for each in document.marks
        if not each.fault
    ]
    faulty = [("span", each.id, each.at.line) for each in document.marks if each.fault]
    links = [(each.label, each.source, each.target) for each in document.links]
    skipped = [(each.kind, each.what, each.at.line) for each in found if isinstance(each, Skipped)]
    return marks, links, sorted([*faulty, *skipped], key=lambda each: each[2])
