"""Drafts a claims file: each quotation in the text becomes a claim, and guesses become comments.

A comment that begins with `# ` is a guess in YAML, which counts once the `# ` is removed. One that begins with `##`
explains something. In the lists of comments here, the first have no `#` yet, and the others one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

from msgspec.structs import replace

from kg.annotations.classes import AnnotationEntry, ArticleEntry, ClaimEntry, ClaimsFile, CorpusFile, Words
from kg.corpus import CorpusDefinition
from kg.corpus.writer import claims_yaml, scalar
from kg.dates.edtf import Edtf
from kg.dates.edtf import read as read_edtf
from kg.drafts.claim_guesses import ClaimGuess, Guesser
from kg.drafts.date_words import DateWords, find_date_words
from kg.drafts.names import SpeakerNames
from kg.drafts.readings import DraftText
from kg.drafts.sentences import dialogue, number_of, overlapping, split_sentences, split_words, written_at
from kg.errors import Path
from kg.meaning.speakers import UNDECIDED
from kg.meaning.words import NEEDS_GIST
from kg.text.anchors import AnchorError, find, first_occurrences
from kg.text.quotation_marks import quoted_spans
from kg.text.spans import CollapsedText, Span, collapse_whitespace, common_length, overlap_share, total_length

_AS_IS = ArticleEntry()
_BLOCKS = frozenset(("words", "in"))
"""Fields with text of the article are written as YAML blocks, in which no character is special."""
_OFTEN = 50
"""If words occur more often, no distinguishing context is searched."""
_WIDEST = 12
"""How many words such a context may have before and after the words."""
_HEAD = (
    "# A draft by `kg new`. A line with ## explains something; a line with # is a guess:",
    "# remove its `# ` if it is right, delete it if it is wrong. Also delete what is not a claim.",
    "# `kg validate` lists what is left to decide. When nothing is, write `status: done`.",
    "",
)
_NO_QUOTATIONS = ("", "# No words are in quotation marks.")
_EXAMPLE = (
    "# This is how a claim is written:",
    "# claims:",
    "#   c01:",
    "#     speaker: undecided",
    "#     words: |-",
    "#       the words that were said, exactly as the article has them",
)
_GIST = "# gist: the whole claim in your own words, since these words alone say the opposite (act: {})"
_ID = "# The file name cannot be an id. This id becomes part of the IRIs of the article and its claims: keep it."
_PUBLISHED = "# published: when the article appeared, as precisely as is known: 2020, 2020-02 or 2020-02-21"
_TRANSCRIPT = "# In a transcript, words are direct without quotation marks:"
_AROUND_CLAIM, _AROUND_DATE = 45, 25
"""How many characters are shown on each side of a claim's words, and of a date's."""
_PARAGRAPH = re.compile(r"\n\s*\n")
_FEWEST_NESTED = 2
"""The fewest words of a quotation within a quotation; one word alone is a title or an irony."""
_LISTED = 30
"""How many dates are listed."""


class DraftSettings(NamedTuple):
    """What all drafts of a corpus share: its settings, and the names to look for."""

    config: CorpusFile
    names: SpeakerNames


class ProposedClaim(NamedTuple):
    """A claim of the draft: the parts of its words. Those in quotation marks are `sure`, others are comments."""

    parts: tuple[Span, ...]
    guess: ClaimGuess
    sure: bool

    @property
    def at(self) -> Span:
        """The span of the first part."""
        return self.parts[0]


class Draft(NamedTuple):
    """The text of a claims file, the number of its claims, and how many more there are in comments."""

    text: str
    claims: int
    more: int


def draft_settings(corpus: CorpusDefinition) -> DraftSettings:
    """Return the settings of all drafts of a corpus."""
    return DraftSettings(corpus.config, SpeakerNames(corpus.entities))


def draft(
    text: str, header: str, settings: DraftSettings, article: ArticleEntry = _AS_IS, *, schema: str = ""
) -> Draft:
    """Return the draft for a text and the date in its header (`""` if it has none).

    `article` has an id if the file name cannot be one, and a language if it is not that of the corpus. `schema` is
    the path of the JSON Schema for editors, relative to the claims file.
    """
    language = article.language or settings.config.language
    date_words, claims = propose(text, header, language, settings.names)
    proposed = _numbered(claims)
    collapsed = collapse_whitespace(text)
    file = ClaimsFile(
        article=replace(article, sha256=sha256(text.encode()).hexdigest()),
        annotation=AnnotationEntry(status="draft"),
        claims={
            id: ClaimEntry(UNDECIDED, words_of(collapsed, each.parts)) for id, each in proposed.items() if each.sure
        },
    )
    comments: dict[Path, Sequence[str]] = {
        (): _head(schema),
        **_on_article(header, article, is_dialogue=bool(dialogue(text))),
        **_on_annotation(settings.config),
        ("occasions",): _on_dates(text, date_words, header),
        **_on_claims(proposed, collapsed),
    }
    written = claims_yaml(file, {path: lines for path, lines in comments.items() if lines}, blocks=_BLOCKS)
    return Draft(written, len(file.claims), len(proposed) - len(file.claims))


def propose(
    text: str, header: str, language: str, names: SpeakerNames
) -> tuple[Sequence[DateWords], Sequence[ProposedClaim]]:
    """Return the words that say when outside quotation marks, and what may be claims, in the order of the text."""
    guesses = ArticleGuesses(text, header, language, names)
    return guesses.date_words, guesses.claims


class ArticleGuesses:
    """What may be claims in an article, in the order of its text, and guesses about any other passage.

    `date_words` are the words that say when outside quotation marks.
    """

    def __init__(self, text: str, header: str, language: str, names: SpeakerNames) -> None:
        quoted = quoted_spans(text, language)
        dates = find_date_words(text, language, published_on(header))
        date_words = [each for each in dates if not overlapping(quoted, each.at)]
        paragraphs = [found.end() for found in _PARAGRAPH.finditer(text)]
        article = DraftText(text, language, quoted, date_words, dialogue(text), paragraphs)
        self._sentences = split_sentences(text, quoted)
        self._guesser = guesser = Guesser(article, names, self._sentences)
        proposals = [ProposedClaim((_without_comma(text, at),), self._of_quotation(at), sure=True) for at in quoted]
        for number in range(len(self._sentences)):
            proposals += [ProposedClaim(parts, guess, sure=False) for parts, guess in guesser.of_sentence(number)]
        proposals += _nested(article, names)
        self.claims: Sequence[ProposedClaim] = sorted(proposals, key=lambda each: each.at)
        # What is not certainly past may be to come: "dat de fabriek dinsdag sluit".
        self.date_words: Sequence[DateWords] = [
            each if guesser.is_past(each) else each._replace(edtf=each.either or each.edtf) for each in date_words
        ]

    def about(self, parts: Sequence[Span]) -> ClaimGuess:
        """Return the guess about a claim with these parts: that of the proposal with the largest overlap, if any.

        Nothing is guessed from a speaker and a cue that are in the parts: what they say is said within the claim.
        `parts` are in order; there is at least one.
        """
        if not self._sentences:
            return ClaimGuess()
        nearest = max(self.claims, key=lambda each: overlap_share(each.parts, parts), default=None)
        is_near = nearest and common_length(nearest.parts, parts)
        guess = nearest.guess if nearest and is_near else self._of_quotation(parts[0])
        saying = [guess.saying]
        return ClaimGuess() if 0 < total_length(saying) == common_length(saying, parts) else guess

    def _of_quotation(self, at: Span) -> ClaimGuess:
        return self._guesser.of_quotation(at, number_of(at, self._sentences))


def _nested(article: DraftText, names: SpeakerNames) -> Iterator[ProposedClaim]:
    """Yield the quotations within quotations, with guesses from the words around them."""
    inner, sentences = [], []
    for start, end in article.quoted:
        within = quoted_spans(article.text[start:end], article.language)
        inner += [Span(start + at.start, start + at.end) for at in within]
        found = split_sentences(article.text[start:end], within) if within else []
        sentences += [Span(start + at.start, start + at.end) for at in found]
    if not inner:
        return
    guesser = Guesser(article._replace(quoted=inner, turns=()), names, sentences)
    for at in inner:
        if len(split_words(article.text, *at)) >= _FEWEST_NESTED:
            guess = guesser.of_quotation(at, number_of(at, sentences))
            yield ProposedClaim((_without_comma(article.text, at),), guess, sure=False)


def published_on(header: str) -> Edtf | None:
    """Return the date of a header, None if it has none or it is not EDTF."""
    try:
        return read_edtf(header) if header else None
    except ValueError:
        return None


def _without_comma(text: str, at: Span) -> Span:
    """Return a quotation without the comma that belongs to the sentence around it: “We go,” she said."""
    kept = text[at.start : at.end].rstrip(",; ")
    return Span(at.start, at.start + len(kept)) if kept else at


def _numbered(proposed: Sequence[ProposedClaim]) -> dict[str, ProposedClaim]:
    """Return the claims by id, in the order of the text; those in comments have the highest numbers."""
    in_order = sorted(proposed, key=lambda each: not each.sure)
    ids = {each: f"c{number:02}" for number, each in enumerate(in_order, start=1)}
    return {ids[each]: each for each in proposed}


def _on_claims(proposed: Mapping[str, ProposedClaim], text: CollapsedText) -> dict[Path, Sequence[str]]:
    """Return comments on claims, and claims in comments, each after an empty line."""
    comments: dict[Path, Sequence[str]] = {}
    waiting: list[str] = []
    for number, (id, each) in enumerate(proposed.items()):
        gap = [""] if number else []
        of_claim = _on_claim(id, each.guess, each.at, text)
        if each.sure:
            comments["claims", id] = [*waiting, *gap]
            comments.update(of_claim)
            waiting = []
        else:
            waiting += [*gap, *_in_comments(id, each, of_claim, text)]
    if any(each.sure for each in proposed.values()):
        return comments | {("claims", ""): waiting}
    below = ["claims:", *(f"  #{line}" if line.startswith("#") else f"  {line}" for line in waiting)]
    return {("claims",): [*_NO_QUOTATIONS, *(below if waiting else _EXAMPLE)]}


def _in_comments(
    id: str, each: ProposedClaim, comments: Mapping[Path, Sequence[str]], text: CollapsedText
) -> Iterator[str]:
    """Yield a claim as the lines of a comment."""
    claim = ClaimEntry(UNDECIDED, words_of(text, each.parts))
    written = claims_yaml(ClaimsFile(claims={id: claim}), comments, blocks=_BLOCKS)
    yield "# Perhaps also a claim:"
    yield from (line[2:] for line in written.splitlines()[1:])


def _head(schema: str) -> Sequence[str]:
    """Return the comments at the top of the file; editors read the path of the JSON Schema there."""
    return [*([f"yaml-language-server: $schema={schema}"] if schema else []), *_HEAD]


def _on_article(header: str, article: ArticleEntry, *, is_dialogue: bool) -> dict[Path, Sequence[str]]:
    """Return comments on the article: on its date if the text has none, its id, and whether it is a dialogue."""
    comments: dict[Path, Sequence[str]] = {}
    if article.id:
        comments["article", "id"] = [_ID]
    if not header:
        comments["article", "published"] = [_PUBLISHED]
    if is_dialogue:
        comments["article", "transcript"] = [_TRANSCRIPT, "transcript: true"]
    return comments


def _on_annotation(config: CorpusFile) -> dict[Path, Sequence[str]]:
    """Return comments on who annotates, by which guideline and when."""
    annotators, guidelines = list(config.annotators), list(config.guidelines)
    if len(annotators) == 1:
        by = f"by: {scalar(annotators[0])}"
    elif annotators:
        by = f"# by: who annotates: {' or '.join(annotators)}"
    else:
        by = "# by: who annotates (list them in corpus.yaml first, as `annotators`)"
    return {
        ("annotation", "by"): [by],
        ("annotation", "on"): ["# on: the day on which you finish, such as 2020-02-21"],
        ("annotation", "guideline"): [f"guideline: {scalar(guidelines[-1])}"] if guidelines else [],
    }


def _on_dates(text: str, date_words: Sequence[DateWords], header: str) -> Sequence[str]:
    """Return comments on what date words may mean, one line each."""
    if not date_words:
        return []
    if not any(each.edtf for each in date_words):
        heading = "# When? Add the date of the article to learn which days these words may mean:"
    else:
        heading = f"# When? In an article of {header} these words may mean:"
    listed = [_date_line(text, each) for each in date_words[:_LISTED]]
    return ["", heading, *listed, *(["#   and more, further on in the text"] if len(date_words) > _LISTED else [])]


def _date_line(text: str, date: DateWords) -> str:
    start, end = date.at
    before, after = _before(text, start, _AROUND_DATE), _after(text, end, _AROUND_DATE)
    words = written_at(text, date.at)
    meant = f"{words}: {date.edtf}" if date.edtf else words
    around = f"{before}{words}{after}".strip()
    return f"#   {meant}  ({around})"


def _on_claim(id: str, guess: ClaimGuess, at: Span, text: CollapsedText) -> dict[Path, Sequence[str]]:
    """Return the guesses about a claim, each above the field that it is about."""
    path: Path = ("claims", id)
    before, after = _before(text.text, at.start, _AROUND_CLAIM), _after(text.text, at.end, _AROUND_CLAIM)
    cue = _listed(guess.cue) if guess.cue and are_found(guess.cue, text) else ""
    words = guess.speaker.words
    name = f"speaker_words: {scalar(words)}" if are_found([words], text) else ""
    return {
        (*path, "speaker"): [f"# {before}[…]{after}".rstrip(), *_who(guess, text.text)],
        (*path, "speaker_words"): [name] if name else [],
        (*path, "cue"): [f"cue: {cue}"] if cue else [],
        (*path, "act"): list(_act(guess)),
        (*path, "gist"): [_GIST.format(guess.act)] if guess.act in NEEDS_GIST else [],
        (*path, "said"): list(_said(guess.said, text)),
        (*path, "inferred"): ["inferred: act"] if guess.act else [],
    }


def _act(guess: ClaimGuess) -> Iterator[str]:
    if guess.act:
        yield f"act: {guess.act}"
    elif guess.acts:
        yield f"# act: {' or '.join(guess.acts)}"


def are_found(words: Sequence[str], text: CollapsedText) -> bool:
    """Tell whether `kg validate` would find all these words in the text."""
    try:
        for each in words:
            first_occurrences(text, each)
    except AnchorError:
        return False
    return True


def _who(guess: ClaimGuess, text: str) -> Iterator[str]:
    speaker = guess.speaker
    saying = _shortened(written_at(text, guess.saying))
    perhaps = " or ".join([*speaker.ids, *(f"“{name}”" for name in speaker.others)])
    if speaker.is_pronoun or (speaker.words and not speaker.ids):
        meant = f" Perhaps {perhaps}:" if speaker.is_pronoun and perhaps else ""
        yield f"# Who is “{speaker.words}”?{meant} “{saying}”"
    elif perhaps:
        yield f"# Who? Perhaps {perhaps}: “{saying}”"


def _said(date: DateWords | None, text: CollapsedText) -> Iterator[str]:
    if date and are_found([words := written_at(text.text, date.at)], text):
        yield f"said: {{edtf: {scalar(date.edtf, flow=True)}, words: {scalar(words, flow=True)}}}"


def _listed(words: Sequence[str]) -> str:
    return scalar(words[0]) if len(words) == 1 else f"[{', '.join(scalar(word, flow=True) for word in words)}]"


def _before(text: str, at: int, width: int) -> str:
    """Return the text before a position, in whole words, the last blank as it is."""
    piece = _clean(f".{text[max(at - 2 * width, 0) : at]}.")[1:-1]
    return piece if len(piece) <= width else "…" + piece[-width:][piece[-width:].find(" ") + 1 :]


def _after(text: str, at: int, width: int) -> str:
    piece = _clean(f".{text[at : at + 2 * width]}.")[1:-1]
    return piece if len(piece) <= width else piece[:width][: piece[:width].rfind(" ") + 1].rstrip() + " …"


def _shortened(text: str) -> str:
    width = _AROUND_CLAIM
    return text if len(text) <= 2 * width else f"{text[:width].rstrip()} … {text[-width:].lstrip()}"


def _clean(text: str) -> str:
    return " ".join(text.split())


def words_of(text: CollapsedText, parts: Sequence[Span]) -> list[Words | str] | Words | str:
    """Return the words of a claim as the claims file needs them to find these parts again."""
    words = [words_at(text, at) for at in parts]
    return words if len(words) > 1 else words[0]


def words_at(text: CollapsedText, at: Span) -> Words | str:
    """Return the words of a span, as the claims file needs them to find this span again.

    If the words occur more than once, they get a longer context that does not, or else their offset. The span
    must not begin or end with white space.
    """
    words = written_at(text.text, at)
    if text.collapsed.count(words) > _OFTEN:
        return Words(words, start=at.start)
    if _is_found_at(text, at, words):
        return words
    for within in _around(text, at):
        if within.count(words) == 1 and text.collapsed.count(within) == 1 and _is_found_at(text, at, words, within):
            return Words(words, within=within)
    return Words(words, start=at.start)


def _is_found_at(text: CollapsedText, at: Span, words: str, within: str = "") -> bool:
    try:
        return find(text, words, within=within) == at
    except AnchorError:
        return False


def _around(text: CollapsedText, at: Span) -> Iterator[str]:
    """Yield longer and longer contexts of a span, in whole words, first to its end."""
    start, end = text.offset(at.start), text.offset(at.end - 1) + 1
    for _ in range(_WIDEST):
        following = text.collapsed.find(" ", end + 1)
        end = following if following >= 0 else len(text.collapsed)
        yield text.collapsed[start:end]
        start = max(text.collapsed.rfind(" ", 0, max(start - 1, 0)) + 1, 0)
        yield text.collapsed[start:end]
