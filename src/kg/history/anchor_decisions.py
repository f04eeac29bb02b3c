"""What is decided on a claim, a source or an occasion whose words are not in the corrected text any more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import msgspec

from kg.annotations.classes import Passage
from kg.corpus.editing import read_values
from kg.corpus.writer import Plain
from kg.errors import UsageError

How = Literal["reanchor", "keep", "withdraw"]
DATES = ("said", "due")
_WORDED = {"words", "cue", "speaker_words", "condition", "said", "due"}
"""The fields of a claim that have words of the article."""


class AnchorDecision(NamedTuple):
    """What becomes of a claim, a source or an occasion whose words changed.

    `reanchor` takes the nearest passage, or other `words` by field (`words`, `cue` …; None leaves a field out). A
    claim may also be kept to the earlier text, or withdrawn, with the reason and the day. Fact-checks of a claim
    are of its old words: to re-anchor it, `reviews_hold` must say that they hold for the new ones.
    """

    how: How
    why: str = ""
    on: str = ""
    words: Mapping[str, Plain | None] = {}
    reviews_hold: bool = False


Decisions = Mapping[str, AnchorDecision]
"""By the id of a claim, `sources/ID`, `occasions/ID`, or `article` for the words of its date."""


def read_decisions(text: str, file: str, on: str) -> dict[str, AnchorDecision]:
    """Return the decisions in a YAML file: `c01: reanchor`, `c02: keep`, `c03: {withdraw: why}`, `c04: {words: …}`.

    `on` is the day of withdrawals. Raises `UsageError` for anything else.
    """
    found = {}
    for id, value in read_values(text, file).items():
        fields: dict[str, Any] = {value: ""} if isinstance(value, str) else value
        decision = _written_decision(fields, on) if isinstance(fields, dict) else None
        if decision is None:
            raise UsageError(
                f"{file}: `{id}` must be reanchor, keep, {{withdraw: why}} or {{words: …}}, it is "
                f"{msgspec.json.encode(value).decode()}."
            )
        found[id] = decision
    return found


def _written_decision(fields: Mapping[str, Any], on: str) -> AnchorDecision | None:
    """Return the decision that a file gives; None if it is none."""
    hold = fields.get("reviews", "") == "hold"
    given = {field: value for field, value in fields.items() if not (hold and field == "reviews")}
    if given.keys() == {"reanchor"} or (hold and not given):
        return AnchorDecision("reanchor", reviews_hold=hold)
    if given.keys() == {"keep"} and not hold:
        return AnchorDecision("keep")
    if given.keys() == {"withdraw"} and not hold and isinstance(given["withdraw"], str):
        return AnchorDecision("withdraw", given["withdraw"], on)
    if given and given.keys() <= _WORDED and all(_is_words(*each) for each in given.items()):
        words = {field: None if each == "" else each for field, each in given.items()}
        return AnchorDecision("reanchor", words=words, reviews_hold=hold)
    return None


def has_edtf(value: object) -> bool:
    """Tell whether a value is a date with its words."""
    return isinstance(value, dict) and isinstance(value.get("edtf"), str)


def _is_words(field: str, value: object) -> bool:
    """Tell whether a value is words as a claims file has them: a passage, several, none, or those of a date."""
    if field in DATES and isinstance(value, dict) and has_edtf(value):
        return _is_words("", value.get("words", ""))
    try:
        msgspec.convert(value, list[Passage] | Passage | Literal[""], strict=False)
    except msgspec.ValidationError:
        return False
    return True
