"""`corpus.yaml` and the entities: what is read and what is refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml

from kg.annotations.classes import CorpusFile, EntityEntry
from kg.corpus import CorpusDefinition, read_corpus
from kg.errors import CorpusError, UsageError
from support.corpora import CONFIG, ENTITIES, complaints, lay, said


@pytest.fixture(autouse=True)
def _in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_corpus_is_its_settings_and_entities() -> None:
    lay(Path("c"), {"entities/more.yaml": "nato: {type: Organization, name: NAVO}\n"})

    assert read_corpus("c/") == CorpusDefinition(
        "c",
        "c/corpus.yaml",
        CorpusFile(
            base="https://kg.example/",
            title={"en": "A corpus"},
            licence="https://creativecommons.org/licenses/by/4.0/",
            language="nl",
        ),
        {"ann-b": EntityEntry("Person", "Ann B"), "nato": EntityEntry("Organization", "NAVO")},
        {"ann-b": "c/entities.yaml", "nato": "c/entities/more.yaml"},
    )


def test_the_language_no_is_norwegian() -> None:
    lay(Path(), {"corpus.yaml": CONFIG.replace("nl", "no")})

    assert read_corpus(".").config.language == "no"


def test_a_link_to_settings_outside_is_a_violation() -> None:
    lay(Path("out"), {})
    Path("c/entities").mkdir(parents=True)
    os.symlink("../out/corpus.yaml", "c/corpus.yaml")
    os.symlink("../../out/entities.yaml", "c/entities/all.yaml")

    assert complaints(Path("c")) == [
        f"c/{name}:1:1: violation: a file must be in the corpus, this link leads out of it: copy the file here "
        "[link]"
        for name in ("corpus.yaml", "entities/all.yaml")
    ]


def test_everything_wrong_with_settings_and_entities_is_said_at_once() -> None:
    lay(
        Path(),
        {
            "corpus.yaml": "base: https://kg.example/\ntitel: {nl: x}\nlicence: x\nlanguage: n\n",
            "entities.yaml": "nato: {type: Organisation, name: NAVO}\nAnn B: {type: Person, name: Ann}\n",
            "entities/a.yaml": "eu: {type: Organization, name: EU}\nunnamed: {type: Person, name: X}\n",
            "entities/b.yaml": "un: {type: Organization, name: VN, roles: {A: {title: x}}}\neu: &x {type: Place}\n",
            "entities/c.yml": "",
        },
    )

    assert complaints(Path()) == [
        "corpus.yaml:2:1: violation: unknown key `titel`: did you mean `title`? [unknown-key]",
        "corpus.yaml:4:11: violation: `language` must be a language tag, not `n`: write one as `nl` or `fr-BE` "
        "[too-short]",
        "corpus.yaml:1:1: violation: `corpus.yaml` must have `title`: add it [missing-key]",
        "entities/c.yml:1:1: violation: this must be called `c.yaml` to be read: rename it [misnamed-file]",
        "entities.yaml:1:14: violation: `type` must be one of Country, Document, Event, GovernmentOrganization, "
        "Group, NewsMediaOrganization, Organization, Person, Place, Topic, not `Organisation`: "
        "did you mean `Organization`? [not-allowed]",
        "entities.yaml:2:1: violation: an id must be small letters, digits, `-` and `_` and begin with a letter or "
        "digit, not `Ann B`: write `ann-b` [bad-id]",
        "entities/a.yaml:2:1: violation: an id must not be `unnamed`, which means a source that the text does not "
        "name: give another [taken-id]",
        "entities/b.yaml:2:5: violation: a value must be written out, this is an anchor of YAML: quote a text that "
        "begins with `&` [anchor]",
    ]


def test_an_entity_that_two_files_have_is_a_violation_at_both_places() -> None:
    lay(Path(), {"entities/x.yaml": "nato: {type: Organization, name: NAVO}\nann-b: {type: Person, name: Ann}\n"})

    assert said(read_corpus(".").findings) == [
        "entities/x.yaml:2:1: violation: an entity's id must be unique, `ann-b` is at entities.yaml:1:1 "
        "already: "
        "delete or rename one [duplicate-id]"
    ]


def test_repeated_ids_are_reported_among_the_other_findings_of_their_file() -> None:
    lay(
        Path(),
        {
            "entities/x.yaml": "ann-b: {type: Person, name: Ann, als: []}\neu: {type: Organization, name: EU}\n",
            "entities/y.yaml": "eu: {type: Organization, name: EU, als: []}\nann-b: {type: Person, name: Ann}\n",
        },
    )

    assert said(read_corpus(".").findings) == [
        "entities/x.yaml:1:34: violation: unknown key `als`: did you mean `also`? [unknown-key]",
        "entities/x.yaml:1:1: violation: an entity's id must be unique, `ann-b` is at entities.yaml:1:1 "
        "already: delete or rename one [duplicate-id]",
        "entities/y.yaml:1:36: violation: unknown key `als`: did you mean `also`? [unknown-key]",
        "entities/y.yaml:1:1: violation: an entity's id must be unique, `eu` is at entities/x.yaml:2:1 "
        "already: delete or rename one [duplicate-id]",
        "entities/y.yaml:2:1: violation: an entity's id must be unique, `ann-b` is at entities.yaml:1:1 "
        "already: delete or rename one [duplicate-id]",
    ]


def test_however_many_ids_are_repeated_files_are_parsed_as_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each file once, and that with the first ids once more, for their places."""
    parsed: list[str] = []
    parse = yaml.parse
    monkeypatch.setattr(yaml, "parse", lambda text, loader: parsed.append(text) or parse(text, loader))
    counts = []
    for count in (1, 20):
        entities = "".join(f"e{number}: {{type: Person, name: E {number}}}\n" for number in range(count))
        lay(Path(str(count)), {"entities.yaml": entities, "entities/x.yaml": entities})
        parsed.clear()
        found = read_corpus(str(count)).findings
        counts.append((len(found), len(parsed)))

    assert counts == [(1, 4), (20, 4)]


def test_what_is_wrong_with_a_field_is_reported_and_all_else_is_read() -> None:
    lay(
        Path(), {"corpus.yaml": CONFIG + "tilte: x\n", "entities.yaml": ENTITIES.replace("name:", "also: A, name:")}
    )

    corpus = read_corpus(".")

    assert (corpus.config.base, corpus.entities["ann-b"].also) == ("https://kg.example/", [])
    assert said(corpus.findings) == [
        "corpus.yaml:5:1: violation: unknown key `tilte`: did you mean `title`? [unknown-key]",
        "entities.yaml:1:29: violation: `also` must be a list, not a text: begin each item with `- ` on a line of "
        "its own, or put them in […] [wrong-kind]",
    ]


def test_a_folder_that_is_no_corpus_is_wrong_usage() -> None:
    Path("c").mkdir()
    with pytest.raises(
        UsageError, match=r"^d: there is no such folder: give the folder of a corpus, which has a `corpus"
    ):
        read_corpus("d")
    with pytest.raises(UsageError, match=r"^c: there is no `corpus.yaml` in this folder: give another folder"):
        read_corpus("c")
    Path("c/corpus.yml").write_text(CONFIG)
    with pytest.raises(
        UsageError, match=r"^c: a corpus must have a `corpus.yaml`, this has a `corpus.yml`: rename it$"
    ):
        read_corpus("c")


def test_entities_may_be_absent() -> None:
    Path("corpus.yaml").write_text(CONFIG)

    assert read_corpus(".").entities == {}


def test_an_empty_entities_file_is_a_violation() -> None:
    lay(Path(), {"entities.yaml": "# to do\n"})

    with pytest.raises(CorpusError) as caught:
        read_corpus(".")
    assert said(caught.value.findings) == [
        "entities.yaml:1:1: violation: the file is empty: write it, or delete it [empty-file]"
    ]


def test_entities_are_taken_from_the_folder_alone() -> None:
    Path("entities").mkdir()
    Path("corpus.yaml").write_text(CONFIG)
    Path("entities/people.yaml").write_text(ENTITIES)

    assert read_corpus(".").entity_files == {"ann-b": "entities/people.yaml"}
