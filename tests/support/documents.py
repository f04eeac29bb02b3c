"""Documents as importers yield them, and corpora made of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from hypothesis import strategies as st

from kg.annotations.classes import CorpusFile, EntityEntry
from kg.errors import Place
from kg.importers.core.corpora import ImportOptions, write_corpus
from kg.importers.core.documents import AnnotatedText, ArticleMetadata, Item, LabelledSpan, Name, SpanLink
from kg.importers.core.import_report import ImportReport
from kg.importers.core.mapping import PRESETS, Mapping
from kg.importers.core.names import NameRegister
from kg.text.spans import Span

CONFIG = CorpusFile("https://kg.example/", "Test", "https://creativecommons.org/licenses/by/4.0/", "en")
FILE = "news.ann"


def mark(id: str, label: str, text: str, words: str, *, nth: int = 0, **fields: object) -> LabelledSpan:
    """Return a mark on the nth place where words stand in a text; `T7` stands in line 7."""
    start = -1
    for _ in range(nth + 1):
        start = text.index(words, start + 1)
    line = int("".join(filter(str.isdigit, id)) or 0)
    return LabelledSpan(id, label, (Span(start, start + len(words)),), Place(FILE, line, 1), words, **fields)  # type: ignore[arg-type]


def link(label: str, source: str, target: str, line: int = 90) -> SpanLink:
    return SpanLink(label, source, target, Place(FILE, line, 1))


def document(
    text: str, marks: Sequence[LabelledSpan], links: Sequence[SpanLink] = (), **fields: object
) -> AnnotatedText:
    return AnnotatedText("news", text, Place(FILE, 0, 0), tuple(marks), tuple(links), **fields)  # type: ignore[arg-type]


def imported(
    folder: Path,
    items: Iterable[Item],
    *,
    mapping: Mapping = PRESETS["attribution"],
    known: dict[str, str] | None = None,
    entities: dict[str, EntityEntry] | None = None,
) -> ImportReport:
    """Make a corpus of items."""
    return write_corpus(folder, items, NameRegister(known or {}, entities or {}), ImportOptions(CONFIG, mapping))


def tree(folder: Path) -> dict[str, str]:
    """Return the text of each file below a folder, but for its corpus.yaml, by its path there."""
    return {
        str(file.relative_to(folder)): file.read_text(encoding="utf-8-sig")
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.name != "corpus.yaml"
    }


LABELS = ("Content", "Source", "Cue", "Attribution", "PER")
ATTRIBUTES = ("act", "said", "speaker", "note", "gist", "form", "to", "id", "translated", "about", "other")
PIECES = (
    '"No',
    "pay",
    "The minister",
    "he",
    "said",
    " ",
    "\n",
    "\r\n",
    "\r",
    "é",
    "e\u0301",
    "😀",
    ",",
    ".",
    '"',
    "",
)
VALUES = (
    "denies",
    "2020-02-30",
    "2020-02-21",
    "direct",
    "The minister",
    "he",
    "nl",
    "\x00",
    "",
    "x" * 300,
    "%",
    "own",
)
names = st.builds(
    Name,
    st.sampled_from(("The minister", "he", "Ann", "")),
    st.sampled_from(("", "Person", "Robot")),
    st.sampled_from(((), ("http://example.org/a",), ("no address",))),
)


@st.composite
def documents(draw: st.DrawFn) -> AnnotatedText:
    """Draw a document with marks, links and attributes of every kind, good and bad."""
    text = "".join(draw(st.lists(st.sampled_from((*PIECES, "\x07", "date 2020-02 ")), max_size=20)))
    at = st.integers(0, len(text) + 2)
    parts = st.lists(st.builds(Span, at, at), max_size=2).map(tuple)
    place = st.builds(Place, st.just(FILE), st.integers(0, 9), st.just(1))
    values = st.lists(st.sampled_from(VALUES), max_size=2).map(tuple)
    count = draw(st.integers(0, 6))
    marks = [
        LabelledSpan(
            f"T{number}",
            draw(st.sampled_from(LABELS)),
            draw(parts),
            draw(place),
            draw(st.sampled_from(("", "", "", "pay"))),
            draw(st.dictionaries(st.sampled_from(ATTRIBUTES), values, max_size=3)),
            draw(
                st.dictionaries(
                    st.sampled_from(("speaker", "to")), st.lists(names, max_size=2).map(tuple), max_size=1
                )
            ),
            draw(st.sampled_from(("", "a note", "\x01"))),
        )
        for number in range(count)
    ]
    ids = st.sampled_from([each.id for each in marks] or ["T0"])
    labels = st.sampled_from(("supports", "Cue", "of", "Source"))
    links = draw(st.lists(st.builds(SpanLink, labels, ids, ids, place), max_size=6))
    return AnnotatedText(
        draw(st.sampled_from(("a", "A b/ç", "", "con", "../x"))),
        text,
        Place(FILE, 0, 0),
        tuple(marks),
        tuple(links),
        ArticleMetadata(
            headline=draw(st.sampled_from(("", "Head", "\x02"))),
            url=draw(st.sampled_from(("", "http://e.org/", "x"))),
        ),
        draw(st.none() | names),
        draw(st.lists(names, max_size=1).map(tuple)),
        draw(st.sampled_from(("", "Ann", "a/n\x00n"))),
        draw(st.sampled_from(("", "2020-01-01", "2020-01-01T10:00:00Z", "2020-01-01T10:00:00+01:00", "soon"))),
        draw(st.booleans()),
    )
