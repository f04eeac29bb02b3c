"""How good the guesses of `kg new` are: drafts of annotated articles, compared with their annotations.

    python -m bench.drafts tests/data/annotated seeds
    python -m bench.drafts tests/data/annotated --no-entities

For each kind it prints how many of the annotations the draft has (recall), and how many of its guesses are right
(precision). A proposal is that of an annotated claim if each covers at least half of the other, or if it is a
quotation within the claim. Without entities, a speaker is right if the suggested name is part of theirs.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from kg.annotations.classes import ClaimEntry, Date, EntityEntry, Words
from kg.corpus import CorpusDefinition, WrittenArticle, read_article, read_corpus, sources
from kg.dates.edtf import read as read_edtf
from kg.drafts.claim_guesses import ClaimGuess
from kg.drafts.claims_draft import ProposedClaim, propose
from kg.drafts.names import SpeakerNames
from kg.text.anchors import find
from kg.text.quotation_marks import quoted_parts, quoted_spans
from kg.text.spans import CollapsedText, Span, collapse_whitespace

KINDS = ("quoted", "reported", "speakers", "speaker words", "cues", "acts", "dates")


class Annotated(NamedTuple):
    """An annotated claim: its entry, where its words are, and which of them are between quotation marks."""

    entry: ClaimEntry
    parts: Sequence[Span]
    quoted: Sequence[Span]


class Evaluated(NamedTuple):
    """An article and the entities of its corpus."""

    id: str
    text: str
    entities: Mapping[str, EntityEntry]


class Score:
    """Counts for each kind: what is annotated, what was found of it, and what was guessed."""

    def __init__(self) -> None:
        self.annotated: Counter[str] = Counter()
        self.found: Counter[str] = Counter()
        self.guessed: Counter[str] = Counter()
        self.right: Counter[str] = Counter()
        self.mistakes: list[str] = []

    def count(self, kind: str, annotated: bool, guessed: bool, right: bool, remark: str) -> None:
        """Count one annotation, one guess, or one of each."""
        self.annotated[kind] += annotated
        self.found[kind] += annotated and right
        self.guessed[kind] += guessed
        self.right[kind] += guessed and right
        if not right and (annotated or guessed):
            self.mistakes.append(f"{kind}: {remark}")

    def lines(self) -> Iterator[str]:
        """Yield a table."""
        yield f"{'':14} {'recall':>16} {'precision':>16}"
        for kind in KINDS:
            recall = _share(self.found[kind], self.annotated[kind])
            yield f"{kind:14} {recall:>16} {_share(self.right[kind], self.guessed[kind]):>16}"


def _share(part: int, whole: int) -> str:
    return f"{part}/{whole} {part / whole:4.0%}" if whole else "-"


def measure(folder: Path, score: Score, *, with_entities: bool) -> None:
    """Count the guesses about all articles of a corpus."""
    corpus = read_corpus(folder)
    names = SpeakerNames(corpus.entities if with_entities else {})
    for source in sources(corpus):
        article = read_article(source)
        if article.annotations and article.text:
            measure_article(article, corpus, names, score)


def measure_article(article: WrittenArticle, corpus: CorpusDefinition, names: SpeakerNames, score: Score) -> None:
    """Count the guesses about one article."""
    file = article.annotations
    assert file is not None
    language = file.article.language or corpus.config.language
    published = file.article.published
    header = article.header or (published.edtf if isinstance(published, Date) else published)
    _, proposed = propose(article.text, header, language, names)
    text = collapse_whitespace(article.text)
    quoted = quoted_spans(article.text, language)
    claims = [_annotated(each, text, quoted) for each in file.claims.values()]
    claims = [each for each in claims if each.entry.speaker != "article" and each.entry.form != "mentioned"]
    pairs = _paired(claims, proposed)
    evaluated = Evaluated(article.id, article.text, corpus.entities)
    for number, claim in enumerate(claims):
        kind = "quoted" if claim.quoted else "reported"
        guess = proposed[pairs[number]].guess if number in pairs else ClaimGuess()
        score.count(kind, True, False, number in pairs, f"missed {article.id}: {_shown(article.text, claim.parts)}")
        _compare(claim, guess, evaluated, score)
    matched = set(pairs.values())
    for number, each in enumerate(proposed):
        kind = "quoted" if each.sure else "reported"
        near = number in matched or any(_covers(claim, each.parts) for claim in claims)
        score.count(kind, False, True, near, f"wrong {article.id}: {_shown(article.text, each.parts)}")


def _annotated(entry: ClaimEntry, text: CollapsedText, quoted: Sequence[Span]) -> Annotated:
    written = entry.words if isinstance(entry.words, list) else [entry.words]
    parts = [
        find(text, each.words, within=each.within, start=each.start)
        if isinstance(each, Words)
        else find(text, each)
        for each in written
    ]
    return Annotated(entry, parts, quoted_parts(quoted, parts))


def _paired(claims: Sequence[Annotated], proposed: Sequence[ProposedClaim]) -> Mapping[int, int]:
    """Return the proposal for each annotated claim: the pairs that agree best first, each at most once."""
    scored = sorted(
        (-_agreement(claim, each.parts), at, number)
        for at, claim in enumerate(claims)
        for number, each in enumerate(proposed)
        if _covers(claim, each.parts)
    )
    pairs: dict[int, int] = {}
    for _, at, number in scored:
        if at not in pairs and number not in pairs.values():
            pairs[at] = number
    return pairs


def _covers(claim: Annotated, proposed: Sequence[Span]) -> bool:
    common = _common(claim.parts, proposed)
    is_quotation = any(_common([part], proposed) * 2 > _length([part]) for part in claim.quoted)
    return common * 2 > _length(proposed) and (common * 2 > _length(claim.parts) or is_quotation)


def _agreement(claim: Annotated, proposed: Sequence[Span]) -> float:
    common = _common(claim.parts, proposed)
    return common / (_length(claim.parts) + _length(proposed) - common)


def _length(parts: Sequence[Span]) -> int:
    return sum(end - start for start, end in parts)


def _common(ones: Sequence[Span], others: Sequence[Span]) -> int:
    return sum(max(min(one.end, other.end) - max(one.start, other.start), 0) for one in ones for other in others)


def _compare(claim: Annotated, guess: ClaimGuess, article: Evaluated, score: Score) -> None:
    """Count what was guessed about an annotated claim; the guess is empty if the claim was not proposed."""
    entry, speaker, text = claim.entry, guess.speaker, article.text
    remark = f"{article.id}: {entry.speaker}: {_shown(text, claim.parts)}"
    is_entity = isinstance(entry.speaker, str) and entry.speaker in article.entities
    whose = _names_of(entry, article.entities)
    by_name = any({*_words(name)[-1:]} & whose for name in speaker.others)
    right = entry.speaker in speaker.ids or (not speaker.ids and by_name)
    named = bool(speaker.ids or speaker.others)
    score.count("speakers", is_entity, named, right, f"{speaker.ids or speaker.others} {remark}")
    right = bool({*_words(speaker.words)} & {*_words(entry.speaker_words)})
    score.count("speaker words", bool(entry.speaker_words), bool(speaker.words), right, f"{speaker.words} {remark}")
    cue, found = {*_words(entry.cue)}, {*_words(list(guess.cue))}
    score.count("cues", bool(cue), bool(found), bool(cue & found), f"{guess.cue} {remark}")
    acts = f"{guess.act or '-'}, not {entry.act or '-'}: {remark}"
    score.count("acts", bool(entry.act), bool(guess.act), guess.act == entry.act, acts)
    said = entry.said if isinstance(entry.said, Date) else Date("..", "")
    when = guess.said
    words = text[when.at.start : when.at.end] if when else ""
    right = bool({*_words(said.words)} & {*_words(words)}) and when is not None and _overlap(said.edtf, when.edtf)
    score.count("dates", bool(said.words), bool(when), right, f"{words} {remark}")


def _overlap(day: str, edtf: str) -> bool:
    one, other = read_edtf(day), read_edtf(edtf)
    return bool(other.earliest and one.earliest and one.latest and other.latest) and (
        one.earliest <= other.latest and other.earliest <= one.latest
    )


def _names_of(entry: ClaimEntry, entities: Mapping[str, EntityEntry]) -> set[str]:
    """Return the words of the names of a claim's speaker."""
    entity = entities.get(entry.speaker) if isinstance(entry.speaker, str) else None
    names = [entry.speaker_words]
    if entity:
        names += [*(entity.name.values() if isinstance(entity.name, dict) else [entity.name]), *entity.also]
    return {word for name in names for word in _words(name)}


def _words(written: str | list[str]) -> list[str]:
    return (written if isinstance(written, str) else " ".join(written)).casefold().replace("-", " ").split()


def _shown(text: str, parts: Sequence[Span]) -> str:
    return repr(" … ".join(text[part.start : part.end] for part in parts))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="+", type=Path)
    parser.add_argument("--no-entities", action="store_true", help="Hide the entities from the draft.")
    parser.add_argument("--mistakes", action="store_true", help="List what was missed or guessed wrong.")
    given = parser.parse_args()
    score = Score()
    for folder in given.corpora:
        measure(folder, score, with_entities=not given.no_entities)
    if given.mistakes:
        print("\n".join(score.mistakes))
    print("\n".join(score.lines()))


if __name__ == "__main__":
    main()
