"""The text of an article, cut where claims start and end."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from kg.publish.site.articles import Paragraph, TextSegment, segments
from kg.publish.site.claims import ClaimLine
from kg.publish.site.localisation import when
from kg.publish.site.passages import PassageView
from kg.rdf.vocab import SCHEMA

UNDATED = when({}, SCHEMA.dateCreated, "en")
Placed = list[tuple[ClaimLine, list[PassageView]]]


def claim(number: int) -> ClaimLine:
    return ClaimLine(f"claim/a/c{number}", number, (), None, None, (), UNDATED, "", "", "", "", None, (), {})


def placed(*claims: list[tuple[int, int]]) -> Placed:
    """Return claims whose passages have these starts and ends."""
    return [
        (claim(number), [PassageView("", "", "", start, end) for start, end in parts])
        for number, parts in enumerate(claims)
    ]


def test_a_piece_shows_the_shortest_claim_that_it_is_part_of() -> None:
    long, short, split = claim(0), claim(1), claim(2)
    (paragraphs,) = segments([(10, "one two\n\nthree four")], placed([(10, 24)], [(14, 17)], [(0, 13), (25, 29)]))

    assert paragraphs == (
        (
            TextSegment(10, "one", split, (long,)),
            TextSegment(13, " ", long, ()),
            TextSegment(14, "two", short, (short,)),
        ),
        (TextSegment(19, "three", long, ()), TextSegment(24, " ", None, ()), TextSegment(25, "four", split, ())),
    )


def test_a_claim_starts_once_in_each_stretch_that_it_is_quoted_in() -> None:
    one, other = claim(0), claim(1)
    found = list(segments([(0, "ab cd"), (20, "ef")], placed([(0, 2), (3, 5), (20, 22)], [(21, 22)])))

    assert found == [
        ((TextSegment(0, "ab", one, (one,)), TextSegment(2, " ", None, ()), TextSegment(3, "cd", one, ())),),
        ((TextSegment(20, "e", one, (one,)), TextSegment(21, "f", other, (other,))),),
    ]


spans = st.tuples(st.integers(0, 24), st.integers(1, 12)).map(lambda span: (span[0], span[0] + span[1]))


@given(st.integers(0, 5), st.text("ab \n", max_size=24), st.lists(st.lists(spans, min_size=1, max_size=3)))
def test_each_character_is_part_of_the_shortest_claim_around_it(
    first: int, text: str, claims: list[list[tuple[int, int]]]
) -> None:
    known = placed(*claims)
    (paragraphs,) = segments([(first, text)], known)

    assert list(read(paragraphs)) == list(defined(first, text, known))


Read = Iterator[tuple[int, str, ClaimLine | None, tuple[ClaimLine, ...]]]


def read(paragraphs: tuple[Paragraph, ...]) -> Read:
    """Yield each character with its position, its claim, and the claims that start at it."""
    for piece in (piece for paragraph in paragraphs for piece in paragraph):
        for number, character in enumerate(piece.text):
            yield piece.at + number, character, piece.claim, () if number else piece.starting


def defined(first: int, text: str, known: Placed) -> Read:
    """Yield what `read` must, each character by itself."""
    at = first
    for paragraph in text.split("\n"):
        for place, character in enumerate(paragraph, at):
            around = [
                (part.end - part.start, line.number, line)
                for line, parts in known
                for part in parts
                if part.start <= place < part.end
            ]
            heads = {
                line.path: min((part.start for part in parts if part.end > first), default=-1)
                for line, parts in known
            }
            if paragraph.strip():
                starting = tuple(line for line, _ in known if heads[line.path] == place)
                yield place, character, min(around)[2] if around else None, starting
        at += len(paragraph) + 1


def test_a_text_of_many_claims_is_cut_at_each() -> None:
    """In one paragraph, in one for each claim, and in a stretch for each claim."""
    many = placed(*([(10 * number, 10 * number + 9)] for number in range(20_000)))
    found = [
        sum(len(paragraph) for paragraphs in segments(stretches, many) for paragraph in paragraphs)
        for stretches in (
            [(0, "nine long " * 20_000)],
            [(0, "nine long\n" * 20_000)],
            [(10 * number, "nine long") for number in range(20_000)],
        )
    ]

    assert found == [40_000, 20_000, 20_000]
