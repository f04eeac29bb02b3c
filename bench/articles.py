"""Generated articles: what a line of JSON Lines or a pair of files says, worked out from a seed and a number."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from bench.chance import Chance
from bench.claims import FEWEST, MOST, Claims, article_id
from bench.entities import Cast
from bench.prose import Prose
from bench.wordlists import LANGUAGES

Record = dict[str, Any]
"""An article with its annotations, as a line of JSON Lines has it."""

FIRST_DAY = date(2015, 2, 1)
DAYS = 3500
TRIES = 9


def articles(seed: int, count: int, cast: Cast) -> Iterator[Record]:
    """Yield the articles of a corpus in the order of their ids."""
    for number in range(count):
        yield article(seed, number, cast)


def article(seed: int, number: int, cast: Cast) -> Record:
    """Return one article. It is the same however many others there are, and names only earlier ones."""
    for attempt in range(TRIES):
        record = _article(Chance(f"{seed}/{number}/{attempt}"), number, cast)
        if record:
            return record
    raise ValueError(f"seed {seed} gives no article {number} in which the words of each claim stand once")


def _article(chance: Chance, number: int, cast: Cast) -> Record | None:
    """Return an article, None where the words of a claim stand in it twice."""
    language = chance.pick(LANGUAGES)
    published = FIRST_DAY + timedelta(days=chance.below(DAYS))
    prose = Prose(chance, language)
    claims = Claims(chance, cast, prose, published)
    for _ in range(chance.between(FEWEST, MOST)):
        claims.add(number)
    text = prose.text()
    squeezed = " ".join(text.split())
    if any(squeezed.count(" ".join(words.split())) != 1 for words in claims.passages):
        return None
    given, header = _given(chance, cast, published, language.tag)
    record: Record = {
        "article": {"id": article_id(number), **given, "text": header + text},
        "annotation": _annotation(chance),
        "occasions": claims.occasions,
        "sources": claims.sources,
        "claims": claims.claims,
        "withdrawn": _withdrawn(chance),
    }
    return {key: value for key, value in record.items() if value}


def _given(chance: Chance, cast: Cast, published: date, language: str) -> tuple[Record, str]:
    """Return the fields of an article, and the header of its text."""
    day = published.isoformat()
    given: Record = {"headline": Prose(chance, chance.pick(LANGUAGES)).sentence(), "language": language}
    header = f"date {day} "
    if chance.happens(0.5):
        given["published"], header = day, ""
    if chance.happens(0.9):
        given["publisher"] = chance.pick(cast.media)
    if chance.happens(0.5):
        given["author"] = chance.several(cast.people, chance.between(1, 2))
    given["url"] = f"https://papers.example/{day}/{chance.below(10**6)}?a=1&b=%C3%A9#top"
    if chance.happens(0.05):
        given["corrected"] = (published + timedelta(days=1)).isoformat()
    if chance.happens(0.03):
        given["transcript"] = True
    return given, header


def _annotation(chance: Chance) -> Record:
    annotation: Record = {"by": chance.pick(("ann", "bob", "desk")), "on": f"2026-11-{chance.between(1, 24):02}"}
    if chance.happens(0.5):
        annotation["on"] += "T12:30:00Z"
    annotation |= {"guideline": chance.pick(("1", "2")), "status": "done"}
    if chance.happens(0.1):
        annotation["reviewed"] = {"by": "desk", "on": "2026-11-30"}
    return annotation


def _withdrawn(chance: Chance) -> Record:
    if not chance.happens(0.1):
        return {}
    return {"c99": {"on": "2026-12-01", "why": "Misread: “niet” stands there.", "replaced_by": "c01"}}
