"""The known name that is most like a given one, for messages: `did you mean …?`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any

from msgspec import Struct

FEW = 8
"""A message lists the known ids if there are no more than this."""
REMEMBERED = 1000
"""How many unknown names are remembered with their advice: a name that is wrong once is often wrong again."""
LIKE_A_NAME = 0.65
"""The least ratio of a name that may have been meant (`difflib.SequenceMatcher.ratio`)."""

_BUCKETS, _DEPTH = 128, 4


def nearest(name: str, known: Iterable[str], *, like: float = LIKE_A_NAME) -> str:
    """Return the known name that is most like another, `""` if none is as much like it."""
    from difflib import get_close_matches  # here, not above: only a mistake needs it

    return next(iter(get_close_matches(name, list(known), n=1, cutoff=like)), "")


def nearest_in_order(name: str, known: Sequence[str], *, like: float = LIKE_A_NAME) -> str:
    """Return what `nearest` does; of names that are equally like the given one, the first."""
    from difflib import SequenceMatcher  # here, not above: only a mistake needs it

    matcher = SequenceMatcher(None, "", name)

    def ratio(each: str) -> float:
        matcher.set_seq1(each)
        return matcher.ratio()

    best = max(known, key=ratio, default="")
    return best if best and ratio(best) >= like else ""


def no_names(_: object) -> Iterable[str]:
    """Return no names: the thing is known by its id only."""
    return ()


class _Match(Struct, frozen=True, order=True):
    """A name that may have been meant. The greatest is the best: an id before a name, then the more alike."""

    is_id: bool = False
    ratio: float = 0
    text: str = ""
    id: str = ""


class KnownNames:
    """The ids that things are known by and their other names; indexed when first asked.

    `names` gives the names of a thing; it must be a function of a module, so that other processes can use it.
    """

    def __init__(self, known: Mapping[str, Any], names: Callable[[Any], Iterable[str]] = no_names) -> None:
        self._known = known
        self._names = names
        self._index: _NameIndex | None = None
        self._found: dict[str, _Match] = {}

    def __len__(self) -> int:
        return len(self._known)

    def advice(self, name: str, others: KnownNames | None = None) -> str:
        """Return `did you mean …?`, or else what to do. `others` are known in one place only.

        A thing is found by its names too: `Frankrijk` suggests `france`.
        """
        best = max(self._best_match(name), others._best_match(name)) if others else self._best_match(name)
        if best.id:
            return f"did you mean `{best.id}`?"
        known = list(islice(chain(self._known, others._known if others else ()), FEW + 1))
        return _what_to_do(known)

    def _best_match(self, name: str) -> _Match:
        self._index = self._index or _NameIndex(self._known, self._names)
        if name not in self._found:
            if len(self._found) == REMEMBERED:
                del self._found[next(iter(self._found))]
            self._found[name] = self._index.best_match(name.casefold())
        return self._found[name]


def _what_to_do(known: list[str]) -> str:
    if not known:
        return "none is defined, define it"
    if len(known) <= FEW:
        return f"correct it ({', '.join(f'`{each}`' for each in sorted(known))}), or define it"
    return "correct it, or define it"


class _NameIndex:
    """Ids and names in small letters. Any id that is like enough is better than any name."""

    def __init__(self, known: Mapping[str, Any], names: Callable[[Any], Iterable[str]]) -> None:
        self.ids = {id.casefold(): id for id in sorted(known)}
        by_name = {name.casefold(): id for id, thing in known.items() for name in names(thing)}
        self._named = by_name | self.ids
        self._id_rows = [_row(text) for text in self.ids]
        self._name_rows = [_row(text) for text in self._named if text not in self.ids]

    def best_match(self, folded: str) -> _Match:
        """Return the best match of a name in small letters; its id is `""` if nothing is like enough."""
        for is_id, rows in ((True, self._id_rows), (False, self._name_rows)):
            if found := _most_alike(folded, rows):
                return _Match(is_id, *found, self._named[found[1]])
        return _Match()


_Row = tuple[str, int, int, int]
"""A text, its length, and a bag of its letters: some bits for the first few of each, and a count of the others."""


def _row(text: str) -> _Row:
    bag = others = 0
    # Letters may share a bucket: then more letters seem to be common than are, never fewer.
    for bucket, count in Counter([ord(letter) % _BUCKETS for letter in text]).items():
        bag |= ((1 << min(count, _DEPTH)) - 1) << (bucket * _DEPTH)
        others += max(count - _DEPTH, 0)
    return text, len(text), bag, others


def _most_alike(text: str, rows: Iterable[_Row]) -> tuple[float, str] | None:
    """Return what `difflib.get_close_matches` finds first among the texts of the rows, after its ratio.

    Compares the texts with most letters in common first, and stops when no other can be as much alike.
    """
    from difflib import SequenceMatcher  # here, not above: only a mistake needs it

    _, length, bag, others = _row(text)
    found: tuple[float, str] | None = None
    matcher = SequenceMatcher(None, "", text)
    for most, each in sorted(_candidates(length, bag, others, rows), reverse=True):
        if found and most < found[0]:
            break
        matcher.set_seq1(each)
        ratio = matcher.ratio()
        if ratio >= LIKE_A_NAME and (found is None or (ratio, each) > found):
            found = ratio, each
    return found


def _candidates(length: int, bag: int, others: int, rows: Iterable[_Row]) -> Iterator[tuple[float, str]]:
    """Yield the texts that may be like enough, each with an upper bound of its ratio."""
    for text, long, letters, more in rows:
        common = (bag & letters).bit_count() + min(others, more)
        most = 2.0 * common / (length + long) if length + long else 1.0
        if most >= LIKE_A_NAME:
            yield most, text
