"""The draft of a claims file: what stands in the text as claims, what may be so in comments above them.

A comment that begins with `# ` is a guess in YAML: with the `# ` taken away it counts. One with `##` only tells.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from kg.annotations.classes import AnnotationEntry, ArticleEntry, ClaimEntry, ClaimsFile, CorpusFile
from kg.corpus import Corpus
from kg.corpus.writer import claims_yaml
from kg.dates.edtf import Edtf
from kg.dates.edtf import read as read_edtf
from kg.drafts import remarks
from kg.drafts.days import days
from kg.drafts.guesses import Guess, Reader
from kg.drafts.names import Names
from kg.drafts.passages import passage
from kg.drafts.tokens import sentence_of, sentences, touching
from kg.errors import Path
from kg.meaning.claim import UNDECIDED
from kg.text.quotation_marks import quoted_spans
from kg.text.spans import CollapsedText, Span, collapse_whitespace

AS_IS = ArticleEntry()
BLOCKS = frozenset(("words", "in"))
"""What is copied from the text stands in a block, in which no sign of YAML eats a word."""


class Desk(NamedTuple):
    """What all drafts of a corpus share: its settings, and the names that are looked for."""

    config: CorpusFile
    names: Names


class Proposed(NamedTuple):
    """A claim of the draft; `sure` are those in quotation marks, others stand in comments."""

    at: Span
    guess: Guess
    sure: bool


class Draft(NamedTuple):
    """A claims file to start from: how many claims it has, and how many more stand in its comments."""

    text: str
    claims: int
    more: int


def desk(corpus: Corpus) -> Desk:
    """Return what the drafts of a corpus share."""
    return Desk(corpus.config, Names(corpus.entities))


def draft(text: str, header: str, of: Desk, article: ArticleEntry = AS_IS, *, schema: str = "") -> Draft:
    """Return the claims file to start from, for a text and the date in its header (`""`: it has none).

    `article` is what must be told of it: an id where the file's name is none, a language where it is not the
    corpus's. `schema` is where the JSON Schema for editors stands, as seen from the claims file.
    """
    tongue = article.language or of.config.language
    quoted = quoted_spans(text, tongue)
    whens = [when for when in days(text, tongue, _published(header)) if not touching(quoted, when.at)]
    reader = Reader(text, quoted, of.names, whens, tongue)
    proposed = _numbered(list(_proposed(text, quoted, reader)))
    squeezed = collapse_whitespace(text)
    file = ClaimsFile(
        article=article,
        annotation=AnnotationEntry(status="draft"),
        claims={
            id: ClaimEntry(UNDECIDED, passage(squeezed, each.at)) for id, each in proposed.items() if each.sure
        },
    )
    comments: dict[Path, Sequence[str]] = {
        (): remarks.head(schema),
        **remarks.on_article(header, article),
        **remarks.on_annotation(of.config),
        ("occasions",): remarks.on_days(text, whens, header),
        **_on_claims(proposed, squeezed),
    }
    written = claims_yaml(file, {path: lines for path, lines in comments.items() if lines}, blocks=BLOCKS)
    return Draft(written, len(file.claims), len(proposed) - len(file.claims))


def _published(header: str) -> Edtf | None:
    try:
        return read_edtf(header) if header else None
    except ValueError:
        return None


def _proposed(text: str, quoted: Sequence[Span], reader: Reader) -> Iterator[Proposed]:
    """Yield what may be a claim, in the order of the text."""
    among = sentences(text, quoted)
    found = [
        Proposed(_without_comma(text, at), reader.of_quotation(at, sentence_of(at, among)), sure=True)
        for at in quoted
    ]
    for sentence in among:
        if not touching(quoted, sentence) and (said := reader.of_sentence(sentence)):
            found.append(Proposed(*said, sure=False))
    yield from sorted(found, key=lambda each: each.at)


def _without_comma(text: str, at: Span) -> Span:
    """Return a quotation without the comma that belongs to the sentence around it: “We go,” she said."""
    kept = text[at.start : at.end].rstrip(",; ")
    return Span(at.start, at.start + len(kept)) if kept else at


def _numbered(proposed: Sequence[Proposed]) -> dict[str, Proposed]:
    """Return the claims by their ids, in the order of the text: those in comments have the last numbers."""
    in_order = sorted(proposed, key=lambda each: not each.sure)
    ids = {each: f"c{number:02}" for number, each in enumerate(in_order, start=1)}
    return {ids[each]: each for each in proposed}


def _on_claims(proposed: Mapping[str, Proposed], text: CollapsedText) -> dict[Path, Sequence[str]]:
    """Return the comments on the claims, and those that are claims; an empty line stands before each."""
    comments: dict[Path, Sequence[str]] = {}
    waiting: list[str] = []
    for number, (id, each) in enumerate(proposed.items()):
        gap = [""] if number else []
        of_claim = remarks.on_claim(id, each.guess, each.at, text)
        if each.sure:
            comments["claims", id] = [*waiting, *gap]
            comments.update(of_claim)
            waiting = []
        else:
            waiting += [*gap, *_in_comments(id, each, of_claim, text)]
    if any(each.sure for each in proposed.values()):
        return comments | {("claims", ""): waiting}
    below = ["claims:", *(f"  #{line}" if line.startswith("#") else f"  {line}" for line in waiting)]
    return {("claims",): [*remarks.NO_QUOTATIONS, *(below if waiting else remarks.A_CLAIM)]}


def _in_comments(
    id: str, each: Proposed, comments: Mapping[Path, Sequence[str]], text: CollapsedText
) -> Iterator[str]:
    """Yield a claim as the lines of a comment."""
    claim = ClaimEntry(UNDECIDED, passage(text, each.at))
    written = claims_yaml(ClaimsFile(claims={id: claim}), comments, blocks=BLOCKS)
    yield "# Perhaps a claim, too:"
    yield from (line[2:] for line in written.splitlines()[1:])
