"""What the comments of a draft say. Of a line that begins with `#` the file has `##`, of any other `# `."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg.annotations.classes import ArticleEntry, CorpusFile
from kg.corpus.yaml_writer import scalar
from kg.drafts.days import When
from kg.drafts.guesses import Guess
from kg.errors import Path
from kg.meaning.claim import NEEDS_GIST
from kg.text.anchors import AnchorError, require
from kg.text.spans import CollapsedText, Span

_HEAD = (
    "# A draft by `kg new`. A line with ## tells you something; a line with # is a guess:",
    "# take its `# ` away where it is right, delete it where it is not. Delete also what is no claim.",
    "# `kg validate` tells what is left to decide. When nothing is, write `status: done`.",
    "",
)
NO_QUOTATIONS = ("", "# Nothing stands in quotation marks.")
A_CLAIM = (
    "# A claim is written so:",
    "# claims:",
    "#   c01:",
    "#     speaker: undecided",
    "#     words: |-",
    "#       the words that were said, exactly as the article has them",
)
_ID = "# The name of the file cannot be an id. This one stands in the IRIs of the article and its claims for ever."
_PUBLISHED = "# {}: when it appeared, as far as that is known: 2020, 2020-02 or 2020-02-21"
_SHOWN = 45
"""How many characters are shown on each side of a claim's words."""
_AROUND = 25
"""How many on each side of a date."""
_LISTED = 30
"""How many dates are listed."""


def head(schema: str) -> Sequence[str]:
    """Return what stands at the top of the file; `schema` is where the JSON Schema stands, for editors."""
    return [*([f"yaml-language-server: $schema={schema}"] if schema else []), *_HEAD]


def on_article(header: str, given: ArticleEntry) -> dict[Path, Sequence[str]]:
    """Return what is to be known of the article: its date, if the text does not begin with it; why it has an id."""
    comments: dict[Path, Sequence[str]] = {}
    if given.id:
        comments["article", "id"] = [_ID]
    if not header and given == ArticleEntry():
        comments["article",] = [_PUBLISHED.format("article: {published: …}"), ""]
    elif not header:
        comments["article", "published"] = [_PUBLISHED.format("published")]
    return comments


def on_annotation(config: CorpusFile) -> dict[Path, Sequence[str]]:
    """Return who annotates, as corpus.yaml tells, and by which guideline."""
    annotators, guidelines = list(config.annotators), list(config.guidelines)
    if len(annotators) == 1:
        by = f"by: {scalar(annotators[0])}"
    elif annotators:
        by = f"# by: who annotates, {' or '.join(annotators)}"
    else:
        by = "# by: who annotates, once corpus.yaml lists `annotators`"
    return {
        ("annotation", "by"): [by],
        ("annotation", "on"): ["# on: the day on which you finish, as 2020-02-21"],
        ("annotation", "guideline"): [f"guideline: {scalar(guidelines[-1])}"] if guidelines else [],
    }


def on_days(text: str, whens: Sequence[When], header: str) -> Sequence[str]:
    """Return what the words that say when may mean, a line each."""
    if not whens:
        return []
    if not any(when.edtf for when in whens):
        heading = "# When? Which days these words mean, the date of the article tells:"
    else:
        heading = f"# When? In an article of {header} these words may mean:"
    listed = [_day(text, when) for when in whens[:_LISTED]]
    return ["", heading, *listed, *(["#   and further on"] if len(whens) > _LISTED else [])]


def _day(text: str, when: When) -> str:
    start, end = when.at
    before, after = _before(text, start, _AROUND), _after(text, end, _AROUND)
    meant = f"{_clean(text[start:end])}: {when.edtf}" if when.edtf else _clean(text[start:end])
    around = f"{before}{_clean(text[start:end])}{after}".strip()
    return f"#   {meant}  ({around})"


def on_claim(id: str, guess: Guess, at: Span, text: CollapsedText) -> dict[Path, Sequence[str]]:
    """Return what may be so of a claim, each above the field that it is about."""
    path: Path = ("claims", id)
    before, after = _before(text.text, at.start, _SHOWN), _after(text.text, at.end, _SHOWN)
    gist = f"# gist: the claim in full, as its words alone say the opposite (it {guess.act})"
    cue = _listed(guess.cue) if guess.cue and _stand(guess.cue, text) else ""
    return {
        (*path, "speaker"): [f"# {before}[…]{after}".rstrip(), *_who(guess, text.text)],
        (*path, "speaker_words"): [f"speaker_words: {scalar(guess.name)}"] if _stand([guess.name], text) else [],
        (*path, "cue"): [f"cue: {cue}"] if cue else [],
        (*path, "act"): [f"act: {guess.act}"] if guess.act != "states" else [],
        (*path, "gist"): [gist] if guess.act in NEEDS_GIST else [],
        (*path, "said"): list(_said(guess.said, text)),
    }


def _stand(words: Sequence[str], text: CollapsedText) -> bool:
    """Tell whether all these words stand in the text as `kg validate` wants them: whole."""
    try:
        for each in words:
            require(text, each)
    except AnchorError:
        return False
    return True


def _who(guess: Guess, text: str) -> Iterator[str]:
    saying = _shortened(_clean(text[guess.saying.start : guess.saying.end]))
    if guess.ids:
        yield f"# Who? Perhaps {' or '.join(guess.ids)}: “{saying}”"
    elif guess.name:
        yield f"# Who is “{guess.name}”? “{saying}”"


def _said(when: When | None, text: CollapsedText) -> Iterator[str]:
    if when and _stand([words := _clean(text.text[when.at.start : when.at.end])], text):
        yield f"said: {{edtf: {scalar(when.edtf, flow=True)}, words: {scalar(words, flow=True)}}}"


def _listed(words: Sequence[str]) -> str:
    return scalar(words[0]) if len(words) == 1 else f"[{', '.join(scalar(word, flow=True) for word in words)}]"


def _before(text: str, at: int, width: int) -> str:
    """Return what stands before a place, in whole words, the last blank as it is."""
    piece = _clean(f".{text[max(at - 2 * width, 0) : at]}.")[1:-1]
    return piece if len(piece) <= width else "…" + piece[-width:][piece[-width:].find(" ") + 1 :]


def _after(text: str, at: int, width: int) -> str:
    piece = _clean(f".{text[at : at + 2 * width]}.")[1:-1]
    return piece if len(piece) <= width else piece[:width][: piece[:width].rfind(" ") + 1].rstrip() + " …"


def _shortened(text: str) -> str:
    return text if len(text) <= 2 * _SHOWN else f"{text[:_SHOWN].rstrip()} … {text[-_SHOWN:].lstrip()}"


def _clean(text: str) -> str:
    return " ".join(text.split())
