"""What the mapping does not know, in one record for each label or name: a project may have thousands of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from kg.importers.core.documents import Mark, Skipped
from kg.importers.core.mapping import Part

UNMAPPED = "the mapping's "
"""How a reason begins that is of a label or a name, and not of the one record that has it."""
_SHOWN = 3


def why_unused(mark: Mark, part: Part | None) -> str:
    """Return why a span is in no claim, which is to the mapping what `part` says (None: it does not know)."""
    if part == "ignore":
        return f"{UNMAPPED}`spans` leave `{mark.label}` out"
    if part is None:
        names = " or ".join(f"`{each}`" for each in (mark.label, *(mark.also if len(mark.also) == 1 else ())))
        return f"{UNMAPPED}`spans` do not say what {names} is"
    return "no link leads from it to the words of a claim"


def gathered(skipped: Iterable[Skipped]) -> Iterator[Skipped]:
    """Yield what was left out of an article, of records that are left out for their label or name the first.

    It has the place where the first stands, what the first few are, and how many there are.
    """
    alike: dict[tuple[str, str, str] | int, dict[Skipped, None]] = {}
    for number, each in enumerate(skipped):
        # A span that belongs to several claims is met with each of them, and its attributes with it.
        alike.setdefault(_group(each) or number, {})[each] = None
    for several in alike.values():
        first = next(iter(several))
        yield replace(first, what=_shown(several), count=sum(each.count for each in several))


def _group(one: Skipped) -> tuple[str, str, str] | None:
    return (one.kind, one.why, _name(one)) if one.why.startswith(UNMAPPED) else None


def _name(one: Skipped) -> str:
    """Return the name of an attribute, as `desk: ` of `desk: politics`."""
    name, colon, _ = one.what.partition(": ")
    return name + colon if one.kind == "attribute" else ""


def _shown(several: Iterable[Skipped]) -> str:
    name = _name(next(iter(several)))
    values = list(dict.fromkeys(each.what.removeprefix(name) for each in several))
    return name + ", ".join([*values[:_SHOWN], "…"] if len(values) > _SHOWN else values)
