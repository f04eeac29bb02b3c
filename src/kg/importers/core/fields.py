"""Attributes of a claim's spans → fields of the claim."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, cast, get_args

from msgspec.structs import replace

from kg.annotations.classes import Act, ClaimEntry, Form, Inferable
from kg.dates import edtf as dates
from kg.errors import Place
from kg.importers.core.about import day
from kg.importers.core.alike import UNMAPPED
from kg.importers.core.bonds import Bond
from kg.importers.core.documents import Mark, Name, Skipped
from kg.importers.core.mapping import Field, Mapping, key
from kg.importers.core.reviews import tells_of_a_review

_LISTS = {"act": get_args(Act), "form": get_args(Form), "inferred": get_args(Inferable)}
_TEXTS = ("speaker_words", "gist", "note", "translated")
_NAMING = ("speaker", "to", "about")
_MANY = frozenset(("note", "inferred", "cue", "speaker", "to", "about"))


class Value(NamedTuple):
    """A value of an attribute: the field it is for, its name in the file, and its text, translated if need be."""

    field: Field
    attribute: str
    text: str
    at: Place


class Fields(NamedTuple):
    """What the attributes of a claim's spans say: `claim` has those fields that name nobody.

    `fault` is why no claim may be made of them: what the speaker does is not understood, and is not taken for
    stating it.
    """

    id: str
    claim: ClaimEntry
    cue: list[str]
    speakers: list[Name]
    to: list[Name]
    about: list[Name]
    fault: str


def read_fields(bond: Bond, mapping: Mapping, skipped: list[Skipped]) -> Fields:
    """Return what a claim's attributes say; those that say nothing here are noted."""
    marks = (bond.words, *bond.cues, *bond.records, *bond.speakers)
    by_field: dict[str, list[Value]] = {}
    fault = ""
    for value in _values(marks, mapping, skipped):
        values = by_field.setdefault(value.field, [])
        if values and value.field not in _MANY and value.text != values[0].text:
            skipped.append(_left(value, f"the claim has another {value.field} already, {values[0].text!r}"))
        elif why := _fault(value):
            skipped.append(_left(value, why))
            fault = fault or (f"its act {value.text!r} is not understood: {why}" if value.field == "act" else "")
        elif value.text not in [each.text for each in values]:
            values.append(value)
    written = list(_names(marks, mapping, skipped))
    named = [
        [name for field, name in written if field == wanted]
        + [Name(each.text) for each in by_field.get(wanted, ())]
        for wanted in _NAMING
    ]
    claim = _claim({field: [value.text for value in values] for field, values in by_field.items()}, marks)
    texts = {field: [value.text for value in by_field.get(field, ())] for field in ("id", "cue")}
    speakers, to, about = named
    return Fields("".join(texts["id"]), claim, texts["cue"], speakers, to, about, fault)


def _values(marks: Iterable[Mark], mapping: Mapping, skipped: list[Skipped]) -> Iterator[Value]:
    """Yield the values of all attributes that the mapping knows; note the others."""
    for mark in marks:
        for attribute, texts in mark.attributes.items():
            if tells_of_a_review(attribute):
                continue
            field = mapping.field_of.get(key(attribute))
            for text in filter(str.strip, texts):
                if field is None:
                    why = f"{UNMAPPED}`fields` do not say which field this is"
                    skipped.append(Skipped("attribute", f"{attribute}: {text}", why, mark.at))
                elif field != "ignore":
                    ours = mapping.translations.get(field, {}).get(key(text), text.strip())
                    yield Value(field, attribute, ours, mark.at)


def _names(marks: Iterable[Mark], mapping: Mapping, skipped: list[Skipped]) -> Iterator[tuple[str, Name]]:
    """Yield whom attributes name, each with the field that it is for; note those that are for none."""
    for mark in marks:
        for attribute, names in mark.names.items():
            field = mapping.field_of.get(key(attribute), key(attribute))
            if field in _NAMING:
                yield from ((field, name) for name in names)
            elif field != "ignore" and not tells_of_a_review(attribute):
                why = f"{UNMAPPED}`fields` do not say that it names one of {', '.join(_NAMING)}"
                skipped += [Skipped("attribute", f"{attribute}: {each.name}", why, mark.at) for each in names]


def _fault(value: Value) -> str:
    """Return why a value cannot stand in its field; `""` where it can."""
    if allowed := _LISTS.get(value.field):
        known = value.text if value.text in allowed else value.text.casefold()
        if known not in allowed:
            return f"`{value.field}` must be one of {', '.join(allowed)}: translate it in the mapping's `values`"
    if value.field == "said":
        try:
            dates.read(day(value.text))
        except ValueError as error:
            return f"`said` must be a date in EDTF, as 2020-02-21: {error}"
    return ""


def _left(value: Value, why: str) -> Skipped:
    return Skipped("attribute", f"{value.attribute}: {value.text}", why, value.at)


def _claim(texts: dict[str, list[str]], marks: Iterable[Mark]) -> ClaimEntry:
    """Return a claim with what texts and the notes of its marks give; its speaker and words are still to come."""
    claim = ClaimEntry("unnamed", "")
    given: dict[str, object] = {field: texts[field][0] for field in _TEXTS if texts.get(field)}
    if texts.get("said"):
        given["said"] = day(texts["said"][0])
    for field in ("act", "form"):
        if texts.get(field):
            given[field] = texts[field][0].casefold()
    if texts.get("inferred"):
        given["inferred"] = cast(list[Inferable], texts["inferred"])
    if notes := dict.fromkeys([*texts.get("note", ()), *filter(None, (mark.note.strip() for mark in marks))]):
        given["note"] = "; ".join(notes)
    return replace(claim, **given)
