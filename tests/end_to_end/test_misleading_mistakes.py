"""Mistakes whose first symptom is somewhere else: the message names the mistake, where it was made."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from kg.cli import run
from support.corpora import CONFIG

TEXT = "Ann beweert: één café… Zij zei dat zij thuis is."
CLAIMS = """\
article: {headline: X, published: 2020-01-01}
claims:
  c01:
    speaker: ann
    cue: beweert
    words: één café…
    act: states
  c02:
    speaker: ann
    words: zij thuis is
    act: states
  c03:
    speaker: ann
    words: Zij zei
    act: states
"""
ENTITIES = "ann: {type: Person, name: Ann}\nreuter: {type: Organization, name: Reuter}\n"


Complaints = Callable[[Mapping[str, str]], list[str]]
Said = Callable[..., list[str]]


@pytest.fixture
def complaints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Complaints:
    """Return what `kg validate` says of a corpus of files, but not that nobody says who annotated it."""
    monkeypatch.chdir(tmp_path)

    def validate(files: Mapping[str, str]) -> list[str]:
        for name, content in {"corpus.yaml": CONFIG, **files}.items():
            Path(name).parent.mkdir(exist_ok=True)
            Path(name).write_text(content)
        run(["--quiet", "validate", "--fresh", "."])
        lines = capsys.readouterr().out.splitlines()
        return [each for each in lines if re.search(": (violation|warning): ", each) and "give `by` in" not in each]

    return validate


@pytest.fixture
def said(complaints: Complaints) -> Said:
    """Return what `kg validate` says of a corpus of one article."""

    def validate(claims: str = CLAIMS, text: str = TEXT) -> list[str]:
        return complaints({"entities.yaml": ENTITIES, "x.txt": text, "x.claims.yaml": claims})

    return validate


def test_a_corpus_without_mistakes_has_no_complaints(said: Said) -> None:
    assert said() == []


@pytest.mark.parametrize("name", ["entites.yaml", "entitie.yaml", "Entities.yaml", "entitites.yml"])
def test_a_misspelt_file_of_entities_is_the_only_complaint(complaints: Complaints, name: str) -> None:
    assert complaints({name: ENTITIES, "x.txt": TEXT, "x.claims.yaml": CLAIMS}) == [
        f"{name}:1:1: violation: this file's name is not known: did you mean `entities.yaml`? Rename it "
        "[misnamed-file]"
    ]


@pytest.mark.parametrize("name", ["notities.yaml", "identity.yaml", "events.yaml"])
def test_other_files_of_yaml_are_left_alone(complaints: Complaints, name: str) -> None:
    assert complaints({name: "x: y\n", "x.txt": TEXT, "x.claims.yaml": CLAIMS.replace("ann", "unnamed")}) == []


@pytest.mark.parametrize("suffix", [".claims.yaml.txt", ".claims.yml.txt"])
def test_a_claims_file_with_a_hidden_suffix_is_no_article(complaints: Complaints, suffix: str) -> None:
    assert complaints({"entities.yaml": ENTITIES, "x.txt": TEXT, f"x{suffix}": CLAIMS}) == [
        f"x{suffix}:1:1: violation: a claims file must end in `.claims.yaml`, this one ends in `{suffix}`: rename "
        "it to `x.claims.yaml` [misnamed-file]",
        "x.txt:1:1: warning: an article should have its claims beside it, `x.claims.yaml` is missing: write it "
        "[no-claims-file]",
    ]


def test_decomposed_letters_are_one_complaint_about_the_article(said: Said) -> None:
    found = said(text=unicodedata.normalize("NFD", TEXT))

    assert found == [
        "x.txt:1:1: violation: the article has each accent as a character of its own (NFD), the annotations have "
        "it as one with its letter (NFC), so a passage is not found: convert the article [words-not-found]"
    ]


def test_words_that_are_wrong_otherwise_are_still_reported_then(said: Said) -> None:
    found = said(CLAIMS.replace("zij thuis is", "zij weg is"), unicodedata.normalize("NFD", TEXT))

    assert [each.split(": ")[0] for each in found] == ["x.claims.yaml:10:12", "x.txt:1:1"]


@pytest.mark.parametrize(
    ("wrong", "meant"), [("quote", "words"), ("citaat", "words"), ("who", "speaker"), ("when", "said")]
)
def test_a_word_for_a_key_suggests_the_key_and_not_what_is_spelt_like_it(
    said: Said, wrong: str, meant: str
) -> None:
    found = said(f"{CLAIMS}    {wrong}: x\n")

    assert found == [f"x.claims.yaml:16:5: violation: unknown key `{wrong}`: did you mean `{meant}`? [unknown-key]"]


def test_a_claim_that_is_an_item_of_a_list_is_blamed_not_the_one_after_it(said: Said) -> None:
    lines = CLAIMS.replace("  c01:", "  - c01:").splitlines(keepends=True)
    as_item = "".join(f"    {line}" if 3 <= at < 7 else line for at, line in enumerate(lines))

    assert said(as_item) == [
        "x.claims.yaml:3:3: violation: an entry is written as `c01:`, without a dash: delete the `- `, indent it "
        "like the others [yaml-syntax]"
    ]


def test_a_list_of_claims_is_told_to_have_no_dashes(said: Said) -> None:
    head, body = CLAIMS.split("claims:\n")
    items = body.replace("    ", "        ").replace("  c0", "  - c0")

    assert said(f"{head}claims:\n{items}") == [
        "x.claims.yaml:3:3: violation: claims are written as `c01:`, without a dash: delete each `- `, and indent "
        "what follows as far as before [wrong-kind]"
    ]


@pytest.mark.parametrize(("id", "following", "line"), [("c01", "c02", 3), ("c02", "c03", 8)])
def test_a_claim_that_is_not_indented_is_blamed_not_the_one_after_it(
    said: Said, id: str, following: str, line: int
) -> None:
    assert said(CLAIMS.replace(f"  {id}:", f"{id}:")) == [
        f"x.claims.yaml:{line}:1: violation: `{id}` is indented less than `{following}`: indent it, and what is "
        "below it, like the others [yaml-syntax]"
    ]


def test_the_last_claim_may_be_the_one_that_is_not_indented(said: Said) -> None:
    assert said(CLAIMS.replace("  c03:", "c03:")) == [
        "x.claims.yaml:12:1: violation: `c03` looks like a claim, and is not under `claims`: indent it like the "
        "claims there [unknown-key]"
    ]


def test_a_key_without_a_blank_after_its_colon_is_told_so(said: Said) -> None:
    assert said(CLAIMS.replace("cue: ", "cue:")) == [
        "x.claims.yaml:5:5: violation: a line must be `key: value`, this one has no blank after `cue:`: put one "
        "there [yaml-syntax]"
    ]


def test_a_key_of_a_mapping_within_is_reported_where_it_belongs(said: Said) -> None:
    assert said(f"{CLAIMS}    retracts: c01\n") == [
        "x.claims.yaml:16:5: violation: `retracts` belongs under `relations`: move it there [unknown-key]"
    ]


def test_quotation_marks_that_are_not_those_of_yaml_are_named(said: Said) -> None:
    marks = "YAML texts are quoted with `\"` or `'`, and this begins with `“`, which is part of the text"

    wrong = CLAIMS.replace("{headline: X", "{headline: X, language: “nl”").removesuffix("states\n") + "“denies”\n"

    found = said(wrong)

    assert [each.rpartition(": YAML")[0].rpartition(": ")[0] for each in found] == [
        "x.claims.yaml:1:34: violation",
        "x.claims.yaml:15:10: violation",
    ]
    assert all(marks in each for each in found)


def test_settings_and_entities_in_a_folder_of_the_corpus_are_said_not_to_be_read(complaints: Complaints) -> None:
    claims = CLAIMS.replace("ann", "unnamed")
    files = {"a/corpus.yaml": CONFIG, "a/entities.yaml": ENTITIES, "a/x.txt": TEXT, "a/x.claims.yaml": claims}
    not_read = "warning: this is not read: a corpus has one `corpus.yaml` and its entities in its own folder."

    assert complaints(files) == [
        f"a/corpus.yaml:1:1: {not_read} Delete it, or check the folder as a separate corpus: `kg validate a` "
        "[unread-definition]",
        f"a/entities.yaml:1:1: {not_read} To join several corpora, move the entities of each into "
        "a file like `entities/a.yaml` [unread-definition]",
    ]


def test_an_entity_that_is_gone_suggests_none_that_is_hardly_like_it(said: Said) -> None:
    assert said(CLAIMS.replace("c01:\n    speaker: ann", "c01:\n    speaker: premier")) == [
        "x.claims.yaml:4:14: violation: `speaker` must name an entity, a source of this file, `unnamed` or "
        "`article`, and there is no `premier`: correct it (`ann`, `article`, `reuter`, `unnamed`), or define it "
        "[unknown-reference]"
    ]
