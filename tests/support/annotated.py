"""Any annotations at all, for the laws that hold of all of them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from msgspec import inspect

from kg.annotations.classes import ARTICLE_ID, DAY, MOMENT, SLUG, VERSION_NUMBER
from kg.corpus.decoding import alternatives, patterns

# What YAML readers trip over, alone or together.
TRAPS = (
    *("---", "...", "? ", "- ", ": ", ":", " #", "#", "&a", "*a", "!t", "%d", "@", "`", "|", ">", "|-", "~", "<<"),
    *("'", '"', "\\", "\\n", "“”", "{", "}", "[", "]", ",", "\n", "\n\n", "\r", "\r\n", "\t", " ", "  ", "\xa0"),
    *("\x85", "\x80", "\x9f", "\u2028", "\u2029", "\ufeff", "\xad", "\u200d", "👩‍👩‍👧", "é", "e\u0301", "漢字"),
    *("no", "Yes", "on", "null", "true", "0x1F", "1.10", "1e3", ".inf", "12:30", "2020-02-21", "2020", "= "),
    "a word ",
    "x" * 1100,
)
texts = st.one_of(
    st.sampled_from(TRAPS),
    st.lists(st.sampled_from(TRAPS), max_size=5).map("".join),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12),
).map(lambda text: "".join(sign for sign in text if sign in "\t\n\r" or not _is_refused(sign)) or "-")
slugs = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,6}", fullmatch=True).filter(
    lambda slug: slug not in ("con", "prn", "aux", "nul")
)
_OF_PATTERN = {
    SLUG: slugs,
    ARTICLE_ID: st.lists(slugs, min_size=1, max_size=3).map("/".join),
    VERSION_NUMBER: st.integers(1, 9999).map(str),
    DAY: st.dates().map(str),
    MOMENT: st.dates().map(str) | st.dates().map(lambda day: f"{day}T23:59:00Z"),
}


def drawn(of: object) -> st.SearchStrategy[Any]:
    """Return what draws values of a type as the reader gives them."""
    return _values(inspect.type_info(of))


def _is_refused(sign: str) -> bool:
    return sign < " " or sign in "\x7f\ufffe\uffff"


def _values(kind: inspect.Type) -> st.SearchStrategy[Any]:
    return st.one_of([_choice(choice, kind) for choice in alternatives(kind)])


def _choice(choice: inspect.Type, kind: inspect.Type) -> st.SearchStrategy[Any]:
    if isinstance(choice, inspect.StrType):
        shortest = choice.min_length or 1
        found = next((_OF_PATTERN[pattern] for pattern in patterns(kind)), texts)
        return found.map(lambda text: text.ljust(shortest, "x"))
    if isinstance(choice, inspect.LiteralType):
        return st.sampled_from(choice.values)
    if isinstance(choice, inspect.ListType):
        return st.lists(_values(choice.item_type), max_size=3)
    if isinstance(choice, inspect.DictType):
        return st.dictionaries(_values(choice.key_type), _values(choice.value_type), max_size=2)
    if isinstance(choice, inspect.BoolType):
        return st.booleans()
    if isinstance(choice, inspect.IntType):
        return st.integers(choice.ge or 0, 10**9)
    assert isinstance(choice, inspect.StructType)
    required = {each.name: _values(each.type) for each in choice.fields if each.required}
    given = {each.name: _values(each.type) for each in choice.fields if not each.required}
    return st.fixed_dictionaries(required, optional=given).map(lambda values: choice.cls(**values))
