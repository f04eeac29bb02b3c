"""Which of the names that are known is nearest to one that is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from kg.model import Entity
from kg.rdf.terms import literal_value

FEW = 8
"""Up to how many known names a message lists."""
REMEMBERED = 1000
"""Of how many unknown names the advice is kept: what is wrong in one article often is in others too."""
LIKE = 0.6
"""How like a name must be at least to be meant, as `difflib` has it."""

_BUCKETS, _DEPTH = 128, 4


class _Near(Struct, frozen=True, order=True):
    """A name that may be meant; the greater is the nearer: by an id rather than a name, the more alike."""

    by_id: bool = False
    ratio: float = 0
    text: str = ""
    id: str = ""


class Names:
    """The ids of things, and of entities their names; their table is made when the first is asked for."""

    def __init__(self, known: Mapping[str, object]) -> None:
        self._known = known
        self._table: _Table | None = None
        self._found: dict[str, _Near] = {}

    def nearest(self, name: str, others: Iterable[str] = ()) -> str:
        """Return `did you mean …?`, or what else to do where nothing is near; `others` are known here as well.

        An entity is near by its names too: `Frankrijk` means `france`.
        """
        table = self._table = self._table or _Table(self._known)
        if name not in self._found:
            if len(self._found) == REMEMBERED:
                del self._found[next(iter(self._found))]
            self._found[name] = table.near(name.casefold())
        here = _Table(dict.fromkeys(others))
        near = max(self._found[name], here.near(name.casefold()))
        return f"did you mean `{near.id}`?" if near.id else _advice([*table.ids.values(), *here.ids.values()])


class _Table:
    """Ids and names without regard to case; an id is nearer than any name of an entity."""

    def __init__(self, known: Mapping[str, object]) -> None:
        self.ids = {id.casefold(): id for id in sorted(known)}
        self._named = dict(_by_name(known)) | self.ids
        self._id_rows = [_row(text) for text in self.ids]
        self._name_rows = [_row(text) for text in self._named if text not in self.ids]

    def near(self, folded: str) -> _Near:
        """Return the nearest to a name without regard to case; without an id where none is near."""
        for by_id, rows in ((True, self._id_rows), (False, self._name_rows)):
            if found := _likest(folded, rows):
                return _Near(by_id, *found, self._named[found[1]])
        return _Near()


def _advice(known: list[str]) -> str:
    if not known:
        return "none is defined, define it"
    if len(known) <= FEW:
        return f"correct it ({', '.join(f'`{each}`' for each in sorted(known))}), or define it"
    return "correct it, or define it"


def _by_name(known: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield each name of each entity, with its id."""
    for id, entity in known.items():
        if isinstance(entity, Entity):
            for name in (*entity.names, *entity.also):
                yield literal_value(name).lexical.casefold(), id


_Row = tuple[str, int, int, int]
"""A text, its length, and its letters as a bag: bits for the first few of each, a count of all others."""


def _row(text: str) -> _Row:
    bag = others = 0
    # Letters may share a bucket: then more seem to be common than are, and never fewer.
    for bucket, count in Counter([ord(letter) % _BUCKETS for letter in text]).items():
        bag |= ((1 << min(count, _DEPTH)) - 1) << (bucket * _DEPTH)
        others += max(count - _DEPTH, 0)
    return text, len(text), bag, others


def _likest(text: str, rows: Iterable[_Row]) -> tuple[float, str] | None:
    """Return what `difflib.get_close_matches` finds first in the texts of rows, after how like it is.

    Not all are compared: those that have most letters in common come first, until no other can be as like as one
    that was found.
    """
    from difflib import SequenceMatcher  # here, not above: only who errs need wait for it

    _, length, bag, others = _row(text)
    found: tuple[float, str] | None = None
    matcher = SequenceMatcher(None, "", text)
    for most, each in sorted(_candidates(length, bag, others, rows), reverse=True):
        if found and most < found[0]:
            break
        matcher.set_seq1(each)
        ratio = matcher.ratio()
        if ratio >= LIKE and (found is None or (ratio, each) > found):
            found = ratio, each
    return found


def _candidates(length: int, bag: int, others: int, rows: Iterable[_Row]) -> Iterator[tuple[float, str]]:
    """Yield the texts that may be like enough, each with the ratio that it has at most."""
    for text, long, letters, more in rows:
        common = (bag & letters).bit_count() + min(others, more)
        most = 2.0 * common / (length + long) if length + long else 1.0
        if most >= LIKE:
            yield most, text
