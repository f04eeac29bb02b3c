"""Messages about values that do not fit the schema: what must hold, what was found, and what to do."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import inspect

from kg.annotations.classes import (
    AnnotationEntry,
    AnnotatorEntry,
    ArticleEntry,
    ClaimEntry,
    ClaimsFile,
    CorpusFile,
    Date,
    DecisionEntry,
    EntityEntry,
    LineArticle,
    LineFile,
    OccasionEntry,
    ReadingClaimEntry,
    ReadingFile,
    ReviewEntry,
    RoleEntry,
    SourceEntry,
    WithdrawnEntry,
    Words,
)
from kg.errors import Path
from kg.files.text_files import shortened
from kg.text.nearest_name import nearest

CLAIM_IN_LIST = "claims are written as `c01:`"
EMPTY_KEY = "a key must have a name, this one is empty: give one, or delete it with its value"

_THINGS: dict[type, str] = {
    AnnotationEntry: "an annotation",
    AnnotatorEntry: "an annotator",
    ArticleEntry: "an article",
    ClaimEntry: "a claim",
    ClaimsFile: "a claims file",
    CorpusFile: "`corpus.yaml`",
    Date: "a date that is a mapping",
    DecisionEntry: "a decision",
    EntityEntry: "an entity",
    LineArticle: "an article",
    LineFile: "a line",
    OccasionEntry: "an occasion",
    ReadingClaimEntry: "a claim",
    ReadingFile: "a claims file",
    ReviewEntry: "a review",
    RoleEntry: "a role",
    SourceEntry: "a source",
    WithdrawnEntry: "a withdrawn claim",
    Words: "a passage that is a mapping",
}
# What people write for a key of a claim, though it may be spelt like another.
_SYNONYMS = {
    **dict.fromkeys(("quote", "quotes", "quotation", "citaat", "text"), "words"),
    **dict.fromkeys(("who", "person", "source", "spreker"), "speaker"),
    **dict.fromkeys(("when", "date", "datum"), "said"),
    **dict.fromkeys(("topic", "topics", "subject", "onderwerp"), "about"),
    **dict.fromkeys(("verb", "werkwoord"), "cue"),
    **dict.fromkeys(("summary", "paraphrase", "strekking"), "gist"),
}
_CURLY_QUOTES = ("“", "”", "„", "‟")
_KINDS = {
    inspect.StrType: "a text",
    inspect.LiteralType: "a text",
    inspect.ListType: "a list",
    inspect.StructType: "a mapping",
    inspect.DictType: "a mapping",
    inspect.IntType: "a whole number",
    inspect.BoolType: "true or false",
}
_FOUND = {
    dict: "a mapping",
    list: "a list",
    str: "a text",
    bool: "true or false",
    int: "a number",
    float: "a number",
}
# A message lists up to `_MANY` allowed words; of more, the first `_FEW`.
_MANY, _FEW = 100, 30


def name(path: Path) -> str:
    """Return the name of a value in a message: its key, and the number of an item in a list."""
    if not path:
        return "the file"
    last = path[-1]
    return f"item {last + 1} of {name(path[:-1])}" if isinstance(last, int) else f"`{shortened(last)}`"


_CUT = "a comma ends an unquoted text between braces: put the whole text in quotation marks"


def empty(path: Path, *, cut: bool = False) -> str:
    """A key without a value; `cut` if a comma may have split it off a text."""
    thing = "item" if path and isinstance(path[-1], int) else "key"
    return f"{name(path)} is empty: {_CUT if cut else f'give a value or delete the {thing}'}"


def unknown_key(key: str, known: list[str], *, cut: bool, within: str = "") -> str:
    """An unknown key, with the one that was probably meant; `cut` if a comma may have split it off a text.

    `within` is the field that has such a key.
    """
    if within and not cut:
        return f"`{shortened(key)}` belongs under `{within}`: move it there"
    if cut:
        return f"unknown key `{shortened(key)}`: {_CUT}"
    return f"unknown key `{shortened(key)}`: {_meant(key, known)}"


def missing_key(key: str, of: type) -> str:
    """A required key is missing."""
    thing = next((_THINGS[each] for each in of.__mro__ if each in _THINGS), "a mapping")
    return f"{thing} must have `{key}`: add it"


def wrong_kind(value: object, choices: Iterable[inspect.Type], path: Path) -> str:
    """A value of another kind than its field has."""
    wanted = {_KINDS.get(type(choice), "") for choice in choices}
    kinds = [kind for kind in dict.fromkeys(_KINDS.values()) if kind in wanted]
    found = "null" if value is None else _FOUND.get(type(value), "something else")
    message = f"{name(path)} must be {' or '.join(kinds)}, not {found}"
    if value is None:
        return f"{message}: leave the key out"
    if isinstance(value, dict) and "a text" in kinds:
        return f"{message}: a text that has `: ` or begins with a brace must be in quotation marks"
    if isinstance(value, list) and kinds == ["a mapping"] and path == ("claims",):
        return f"{CLAIM_IN_LIST}, without a dash: delete each `- `, and indent what follows as far as before"
    if isinstance(value, list) and "a text" in kinds:
        return f"{message}: give one value, or put a text that begins with a bracket in quotation marks"
    return f"{message}: {_how(kinds)}"


def misplaced_claim(key: str) -> str:
    """A claim that is not under `claims`."""
    return f"`{shortened(key)}` looks like a claim, and is not under `claims`: indent it like the claims there"


def curly_quotes(value: str) -> str:
    """A value in quotation marks that are not YAML's; `""` for other values."""
    if not value.startswith(_CURLY_QUOTES):
        return ""
    return f"YAML texts are quoted with `\"` or `'`, and this begins with `{value[0]}`, which is part of the text"


def split_text(path: Path) -> str:
    """A text that a colon makes a mapping."""
    return f"{name(path)} must be one text, its `: ` makes it a mapping: put the text in quotation marks"


def not_allowed(value: str, allowed: list[str], path: Path, *, guessing: bool = True) -> str:
    """A value that is not one of those allowed; if `guessing`, with the one that may be meant."""
    words = ", ".join(allowed if len(allowed) <= _MANY else [*allowed[:_FEW], f"… ({len(allowed)} in all)"])
    if wrong := curly_quotes(value):
        return f"{name(path)} must be one of {words}: {wrong}"
    guess = _guess(value, allowed) if guessing else ": choose one"
    return f"{name(path)} must be one of {words}, not `{shortened(value)}`{guess}"


def not_a_number(value: str, path: Path) -> str:
    """A value that is not a whole number."""
    return f"{name(path)} must be a whole number, not `{shortened(value)}`: write digits only"


def too_small(value: str, least: int, path: Path) -> str:
    """A whole number that is less than the least."""
    return f"{name(path)} must be {least} or more, not {value}: correct it"


def not_true_or_false(value: str, path: Path) -> str:
    """A value that is neither `true` nor `false`."""
    return f"{name(path)} must be true or false, not `{shortened(value)}`: write one of the two"


def too_short(value: str, path: Path) -> str:
    """A text that is too short: only language tags have a least length."""
    return f"{name(path)} must be a language tag, not `{value}`: write one as `nl` or `fr-BE`"


def bad_day(value: str, path: Path) -> str:
    """A text that is not a day."""
    return f"{name(path)} must be a day of the calendar, not `{shortened(value)}`: write it as YYYY-MM-DD"


def bad_moment(value: str, path: Path) -> str:
    """A text that is neither a day nor a time."""
    return (
        f"{name(path)} must be a day of the calendar or a UTC time, not `{shortened(value)}`: "
        "write it as YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ"
    )


def bad_id(found: str, suggestion: str) -> str:
    """A text that cannot be an id."""
    return (
        "an id must be small letters, digits, `-` and `_` and begin with a letter or digit, "
        f"not `{shortened(found)}`: write `{shortened(suggestion)}`"
    )


def bad_article_id(found: str, suggestion: str) -> str:
    """A text that cannot be the id of an article."""
    return (
        "an article's id must be small letters, digits, `-` and `_`, with `/` between folders and no name that "
        f"Windows keeps for itself, not `{shortened(found)}`: write `{shortened(suggestion)}`"
    )


def taken_id(found: str, meaning: str) -> str:
    """An id that is reserved."""
    return f"an id must not be `{found}`, which means {meaning}: give another"


def _meant(key: str, known: list[str]) -> str:
    near = synonym if (synonym := _SYNONYMS.get(key.casefold(), "")) in known else nearest(key, known)
    return f"did you mean `{near}`?" if near else f"use one of {', '.join(f'`{name}`' for name in known)}"


def _guess(value: str, allowed: list[str]) -> str:
    near = nearest(value, allowed) or nearest(value.lower(), allowed)
    return f": did you mean `{near}`?" if near else ": choose one"


def _how(kinds: Iterable[str]) -> str:
    kind = next(iter(kinds), "")
    return {
        "a text": "put it in quotation marks",
        "a list": "begin each item with `- ` on a line of its own, or put them in […]",
        "a mapping": "write `key: value` on indented lines, or {key: value}",
    }.get(kind, f"write {kind}")
