"""Edits of the text of a claims or entities file: one value changes, and every other character stays."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kg.annotations.classes import ClaimsFile, CorpusFile, EntitiesFile
from kg.annotations.own_fields import OwnField, file_types
from kg.corpus.decoding import fields_at
from kg.corpus.editing import DELETED, Deleted, Edit, EditError, assigned, edited, read_values, value_at
from kg.corpus.yaml_reader import yaml_tokens
from kg.errors import CorpusError
from kg.errors import Path as Way
from kg.files.places import index_values
from support import ROOT
from support.annotated import TRAPS, texts
from support.yaml_styles import StyledWriter

FILES = sorted(file for folder in ("seeds", "tests/data") for file in (ROOT / folder).rglob("*.yaml"))
CLAIMS = """\
# how we annotate: see the guideline
article: {published: 2020-02, version: 1}
annotation: {by: editors, status: draft}   # to be finished

claims:
  # Stoltenberg
  c01:
    speaker: 'stoltenberg'  # the secretary
    words: |-
      We hebben al een nucleaire afschrikking
    # cue: zei
    act: "states"
    about: [nato,
            france]   # both
  c02:
    speaker: france
    words:
      - weigerde
      # the second part
      - te zetten
    gist: {nl: Nee}
"""


def lines_changed(old: str, new: str) -> list[tuple[str, str]]:
    """Return the lines that differ: those before, and those after."""
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    return [
        ("".join(before[a:b]), "".join(after[c:d]))
        for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
        if kind != "equal"
    ]


def changes(*edits: Edit, text: str = CLAIMS, of: Any = ClaimsFile) -> list[tuple[str, str]]:
    return lines_changed(text, edited(text, edits, of=of))


def class_of(file: Path) -> Any:
    if file.name.endswith(".claims.yaml"):
        return ClaimsFile
    return EntitiesFile if file.name == "entities.yaml" else CorpusFile


def ways(value: object, way: Way = ()) -> Iterator[Way]:
    """Yield the paths of all values."""
    yield way
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in steps:
        yield from ways(item, (*way, step))


values = st.recursive(
    texts,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["nl", "no", "words", "a b"]), inner, max_size=3)
    ),
    max_leaves=5,
)
NEW_KEYS = ["speaker", "cue", "act", "gist", "note", "zz", "no", "claims"]


@st.composite
def edits(draw: st.DrawFn, content: Any) -> Edit:
    """Draw an edit of some content: of a value, of one deleted or of one added."""
    found = [way for way in ways(content) if way]
    if found and draw(st.booleans()):
        return Edit(draw(st.sampled_from(found)), draw(values | st.just(DELETED)))
    parent = draw(st.sampled_from([way for way in [(), *found] if not isinstance(value_at(content, way), str)]))
    siblings = value_at(content, parent)
    if isinstance(siblings, list):
        return Edit((*parent, len(siblings)), draw(values))
    return Edit((*parent, draw(st.sampled_from(NEW_KEYS))), draw(values), draw(st.sampled_from(["", *siblings])))


def rest(text: str, way: Way) -> tuple[str, str]:
    """Return the lines above the one with a key, and those below its value; an item counts as part of its list."""
    while way and isinstance(way[-1], int):
        way = way[:-1]
    mark = index_values(yaml_tokens(text)).marks[way]
    starts = [0, *(found.end() for found in re.finditer("\r\n|[\r\n\x85\u2028\u2029]", text)), len(text)]
    return text[: max(at for at in starts if at <= mark.key)], text[
        min(at for at in starts if at >= mark.value_end) :
    ]


def is_only_one_value_changed(text: str, edit: Edit, of: Any) -> None:
    """Check what every edit must keep."""
    text = text.removeprefix("\ufeff")
    content = read_values(text, "x")
    new = edited(text, [edit], of=of)

    assert read_values(new, "x") == assigned(content, edit)
    comments, kept = (re.findall(r"# nr \d+", each) for each in (text, new))
    old = value_at(content, edit.path)
    if old is None and not isinstance(edit.value, Deleted):
        assert kept == comments
    elif isinstance(old, str) and not isinstance(edit.value, Deleted):
        assert sorted(kept) == sorted(comments)
    elif old is not None:
        is_own_line = isinstance(edit.path[-1], str) and not isinstance(edit.value, Deleted)
        above, below = rest(text, edit.path if is_own_line else edit.path[:-1])
        assert new.startswith(above)
        assert new.endswith(below)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_file_without_edits_keeps_each_byte(file: Path) -> None:
    text = file.read_bytes().decode()
    content = read_values(text, "x")
    same = [Edit(way, value_at(content, way)) for way in ways(content) if way]

    assert edited(text, [], of=class_of(file)) == text
    assert edited(text, same[:: max(len(same) // 20, 1)], of=class_of(file)) == text


@settings(max_examples=15)
@given(st.data())
def test_an_edit_changes_one_value_of_a_file(data: st.DataObject) -> None:
    _edit_a_file(data)


@pytest.mark.slow
@settings(max_examples=1500)
@given(st.data())
def test_many_edits_change_one_value_of_a_file_each(data: st.DataObject) -> None:
    _edit_a_file(data)


def _edit_a_file(data: st.DataObject) -> None:
    file = data.draw(st.sampled_from(FILES))
    text = file.read_bytes().decode()
    text = data.draw(st.sampled_from([text, text.replace("\n", "\r\n"), text.rstrip("\n")]))
    is_only_one_value_changed(text, data.draw(edits(read_values(text, "x"))), class_of(file))


@settings(max_examples=40)
@given(st.dictionaries(st.sampled_from(["article", "claims", "c01", "no"]), values), st.integers(), st.data())
def test_an_edit_changes_one_value_in_any_style_of_yaml(content: Any, style: int, data: st.DataObject) -> None:
    _edit_a_style(content, style, data)


@pytest.mark.slow
@settings(max_examples=4000)
@given(st.dictionaries(st.sampled_from(["article", "claims", "c01", "no"]), values), st.integers(), st.data())
def test_many_edits_change_one_value_each_in_any_style_of_yaml(
    content: Any, style: int, data: st.DataObject
) -> None:
    _edit_a_style(content, style, data)


def _edit_a_style(content: Any, style: int, data: st.DataObject) -> None:
    text = StyledWriter(Random(style)).file(content)
    try:
        assume(read_values(text, "x") == content)
    except CorpusError:  # a style that YAML does not allow for these values
        assume(False)
    is_only_one_value_changed(text, data.draw(edits(content)), ClaimsFile)


def test_a_text_keeps_its_quotation_marks_its_comment_and_its_block() -> None:
    assert changes(Edit(("claims", "c01", "speaker"), "it's")) == [
        ("    speaker: 'stoltenberg'  # the secretary\n", "    speaker: 'it''s'  # the secretary\n")
    ]
    assert changes(Edit(("claims", "c01", "act"), 'say "no"')) == [
        ('    act: "states"\n', '    act: "say \\"no\\""\n')
    ]
    assert changes(Edit(("claims", "c01", "words"), "Nee: # dus\n\nniet")) == [
        ("      We hebben al een nucleaire afschrikking\n", "      Nee: # dus\n\n      niet\n")
    ]


@pytest.mark.parametrize("text", ["no", "1.10", "a: b", "a #b", "- x", "“q”", "👩‍👩‍👧 \u200fعربي", *TRAPS])
def test_a_text_gets_quotation_marks_if_it_needs_them(text: str) -> None:
    new = edited(CLAIMS, [Edit(("claims", "c02", way), text) for way in ("speaker", "note")])
    assert read_values(new, "x")["claims"]["c02"]["note"] == text
    assert len(lines_changed(CLAIMS, new)) == 2


def test_a_new_field_goes_to_its_documented_place() -> None:
    assert changes(Edit(("claims", "c02", "cue"), ["nodigde", "uit"])) == [("", "    cue: [nodigde, uit]\n")]
    assert edited(CLAIMS, [Edit(("claims", "c02", "cue"), "x")]).index("cue: x") > CLAIMS.index("te zetten")
    assert changes(Edit(("claims", "c01", "speaker_words"), "Hij")) == [("", "    speaker_words: Hij\n")]
    assert changes(Edit(("annotation", "on"), "2020-02-21")) == [
        (
            "annotation: {by: editors, status: draft}   # to be finished\n",
            "annotation: {by: editors, on: 2020-02-21, status: draft}   # to be finished\n",
        )
    ]
    assert changes(Edit(("sources", "aide"), {"words": "een medewerker"})) == [
        ("", "\nsources:\n  aide:\n    words: een medewerker\n")
    ]


def test_a_guess_of_a_draft_that_is_right_loses_its_comment_sign() -> None:
    assert changes(Edit(("claims", "c01", "cue"), "zei")) == [("    # cue: zei\n", "    cue: zei\n")]
    assert changes(Edit(("claims", "c01", "cue"), "zegt")) == [("", "    cue: zegt\n")]
    draft = (ROOT / "tests/data/drafts/en.claims.yaml").read_text(encoding="utf-8")
    said = {"edtf": "2024-03-07", "words": "Thursday"}
    assert changes(Edit(("claims", "c01", "said"), said), Edit(("annotation", "guideline"), "1"), text=draft) == [
        ('  # guideline: "1"\n', '  guideline: "1"\n'),
        ("    # said: {edtf: 2024-03-07, words: Thursday}\n", "    said: {edtf: 2024-03-07, words: Thursday}\n"),
    ]


def test_a_new_claim_goes_where_it_is_wanted_with_its_fields_in_order() -> None:
    claim = {"said": {"words": "vrijdag", "edtf": "2020"}, "words": {"words": "a", "start": "7"}, "speaker": "x"}
    lines = "    speaker: x\n    words: {words: a, start: 7}\n    said: {edtf: 2020, words: vrijdag}\n"

    assert changes(Edit(("claims", "c03"), claim)) == [("", f"  c03:\n{lines}")]
    assert changes(Edit(("claims", "c03"), claim, before="c02")) == [("", f"  c03:\n{lines}")]
    assert edited(CLAIMS, [Edit(("claims", "c03"), claim, before="c02")]).index("c03") == CLAIMS.index("c02")


def test_new_claims_are_apart_like_the_others_and_indented_like_them() -> None:
    text = "claims:\n    c01:\n        speaker: a\n\n    c02:\n        speaker: b\n"

    assert edited(text, [Edit(("claims", "c03"), {"speaker": "c"})]) == f"{text}\n    c03:\n        speaker: c\n"


@pytest.mark.parametrize(
    "text", ["", "# only a comment", "claims: {}", "claims:\n", "claims: {} # none yet\n", "{}"]
)
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_the_first_claim_can_be_added(text: str, mark: str) -> None:
    new = edited(mark + text, [Edit(("claims", "c01", "speaker"), "x")])

    assert read_values(new, "x") == {"claims": {"c01": {"speaker": "x"}}}
    assert re.findall("#.*", new) == re.findall("#.*", text)
    assert new.startswith(mark)
    assert "\n  c01:\n    speaker: x" in new


def test_a_comment_with_many_comment_signs_costs_no_time() -> None:
    text = f"{'# ' * 5000}\nclaims: {{c01: {{note: a}}}} {'# ' * 5000}\n"

    assert edited(text, [Edit(("claims", "c01", "note"), "b")]) == text.replace("note: a", "note: b")


def test_items_are_changed_added_and_deleted_one_by_one() -> None:
    way = ("claims", "c02", "words")

    assert changes(Edit(way, ["weigerde", "te zetten", "c"])) == [("", "      - c\n")]
    assert changes(Edit(way, ["a", "te zetten"])) == [("      - weigerde\n", "      - a\n")]
    assert changes(Edit(way, ["te zetten"])) == [("      - weigerde\n", "")]
    assert changes(Edit(("claims", "c01", "about"), ["nato", "france", "x"])) == [
        ("            france]   # both\n", "            france, x]   # both\n")
    ]


def test_what_is_deleted_takes_its_comment_and_leaves_those_above() -> None:
    assert changes(Edit(("claims", "c01", "speaker"), DELETED)) == [
        ("    speaker: 'stoltenberg'  # the secretary\n", "")
    ]
    assert changes(Edit(("claims", "c01", "act"), DELETED)) == [('    act: "states"\n', "")]
    assert changes(Edit(("claims", "c02", "gist", "nl"), DELETED)) == [("    gist: {nl: Nee}\n", "    gist: {}\n")]
    assert changes(Edit(("claims", "c09", "gist"), DELETED)) == []


def test_a_value_may_become_one_of_another_kind() -> None:
    assert changes(Edit(("claims", "c01", "speaker"), ["a", "b"])) == [
        ("    speaker: 'stoltenberg'  # the secretary\n", "    speaker: [a, b]  # the secretary\n")
    ]
    assert changes(Edit(("claims", "c02", "words"), "weigerde")) == [
        (
            "    words:\n      - weigerde\n      # the second part\n      - te zetten\n",
            "    words: weigerde\n",
        )
    ]


def test_a_mapping_may_become_quite_another() -> None:
    said = {"why": "x", "zz": "new", "edtf": "2020", "words": "a\n\n  b"}

    assert changes(
        Edit(("claims", "c02", "said"), said), text="claims:\n  c02:\n    said:\n      aa: a # b\n    note: b\n"
    ) == [
        (
            "      aa: a # b\n",
            "      edtf: 2020\n      words: |-\n        a\n\n          b\n      why: x\n      zz: new\n",
        )
    ]


def test_a_number_is_written_without_quotation_marks_where_a_field_is_one() -> None:
    assert changes(Edit(("article", "version"), 2), Edit(("article", "page"), "2")) == [
        ("article: {published: 2020-02, version: 1}\n", 'article: {published: 2020-02, page: "2", version: 2}\n')
    ]


def test_fields_of_a_corpus_of_its_own_come_after_those_of_kg() -> None:
    types = file_types((OwnField("claims", "stance", "own0", "https://kg.example/stance"),))
    claim = {"stance": "for", "note": "x", "speaker": "ann"}

    assert edited("", [Edit(("claims", "c01"), claim)], of=types.claims) == (
        "claims:\n  c01:\n    speaker: ann\n    note: x\n    stance: for\n"
    )


@pytest.mark.slow
def test_claims_written_field_by_field_in_any_order_are_as_if_written_at_once() -> None:
    text = (ROOT / "seeds/000_411f4785dd135aae.claims.yaml").read_text(encoding="utf-8")
    claims = read_values(text, "x")["claims"]
    for id in claims:
        text = edited(text, [Edit(("claims", id), DELETED)])
    given = [(("claims", id, field), value) for id, claim in claims.items() for field, value in claim.items()]
    Random(7).shuffle(given)

    for way, value in given:
        text = edited(text, [Edit(way, value)])

    written = read_values(text, "x")["claims"]
    assert written == claims
    assert [list(written[id]) for id in claims] == [
        [field for field in fields_at(ClaimsFile, ("claims", id)) if field in claims[id]] for id in claims
    ]
    assert "  # Stoltenberg in Der Spiegel\n" in text


@st.composite
def edits_of_claims(draw: st.DrawFn, claims: dict[str, Any]) -> Edit:
    """Draw an edit of a field of a claim, or a new claim; it may be impossible after other edits."""
    if draw(st.booleans()):
        id = draw(st.sampled_from(["n1", "n2", "n3", "n4", "c02"]))
        return Edit(("claims", id), draw(values), draw(st.sampled_from(["", "n1", *claims])))
    id = draw(st.sampled_from(sorted(claims)))
    field = draw(st.sampled_from([*NEW_KEYS, *(claims[id] if isinstance(claims[id], dict) else [])]))
    return Edit(("claims", id, field), draw(values | st.just(DELETED)))


def _one_by_one(text: str, edits: list[Edit]) -> str:
    for edit in edits:
        text = edited(text, [edit])
    return text


def _text_or_error(edit: Callable[..., str], text: str, edits: list[Edit]) -> str:
    try:
        return edit(text, edits)
    except EditError as error:
        return str(error)


@settings(max_examples=60)
@given(
    st.dictionaries(
        st.sampled_from(["c01", "c02", "c03", "c04"]),
        st.dictionaries(st.sampled_from(NEW_KEYS), values, max_size=3) | texts,
        min_size=1,
    ),
    st.integers(),
    st.data(),
)
def test_edits_of_many_claims_are_as_if_made_one_after_the_other(
    claims: dict[str, Any], style: int, data: st.DataObject
) -> None:
    text = StyledWriter(Random(style)).file({"article": {"version": "1"}, "claims": claims, "zz": "end"})
    try:
        assume(read_values(text, "x")["claims"] == claims)
    except CorpusError:
        assume(False)
    some = data.draw(st.lists(edits_of_claims(claims), min_size=2, max_size=6))

    assert _text_or_error(edited, text, some) == _text_or_error(_one_by_one, text, some)


def test_claims_added_in_one_call_stand_where_each_is_wanted() -> None:
    text = "claims:\n  a:\n    act: says\n\n  # about b\n  b:\n    act: says\n"
    new = [("x", "b"), ("y", ""), ("z", "b"), ("w", "")]
    some = [Edit(("claims", id), {"act": "denies"}, before) for id, before in new]

    assert list(read_values(edited(text, some), "x")["claims"]) == ["a", "x", "z", "b", "y", "w"]
    assert edited(text, some) == _one_by_one(text, some)


def test_an_entity_is_added_at_the_end() -> None:
    text = "nato: {type: Organization, name: NATO}\n# people\nann: {type: Person, name: Ann}\n"

    assert edited(
        text, [Edit(("bob",), {"name": {"nl": "Bob: de bouwer"}, "type": "Person"})], of=EntitiesFile
    ) == (f'{text}bob: {{type: Person, name: {{nl: "Bob: de bouwer"}}}}\n')


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("claims: {}\nclaims: {}\n", "unique"),
        ("claims: &x {}\n", "an anchor"),
        ("claims: [\n", "must be closed"),
    ],
)
def test_a_file_that_cannot_be_read_is_not_edited(text: str, message: str) -> None:
    with pytest.raises(CorpusError, match=message):
        edited(text, [Edit(("claims", "c01", "speaker"), "x")])


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (Edit((), "x"), "names the whole file"),
        (Edit(("claims", "c01", "act", "nl"), "x"), r"^claims/c01/act/nl: .* there is a text"),
        (Edit(("claims", "c02", "words", 7), "x"), "there is a list"),
        (Edit(("claims", "c02", "words", "nl"), "x"), "there is a list"),
        (Edit(("claims", "c02", "note"), "bell\x07"), r"U\+0007"),
        (Edit(("claims", "c02", "note"), "\ud800"), r"U\+D800"),
        (Edit(("claims", "c02", "note"), 1.5), "this is float"),  # type: ignore[arg-type]
        (Edit(("claims", "c02", "note"), {"nl": None}), "this is NoneType"),
    ],
)
def test_an_impossible_edit_is_refused(edit: Edit, message: str) -> None:
    with pytest.raises(EditError, match=message):
        edited(CLAIMS, [edit])


def test_a_file_that_is_no_mapping_is_refused() -> None:
    with pytest.raises(EditError, match=r"^x: the file must be a mapping"):
        edited("- a\n", [Edit(("claims",), {})], file="x")
