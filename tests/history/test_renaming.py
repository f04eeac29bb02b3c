"""Other ids for entities, claims and articles: everything that refers to them follows, and nothing else changes."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

import kg
from kg.cli import run
from kg.corpus import read_corpus
from kg.errors import FileError, UsageError
from kg.files.file_sets import Staging
from kg.history.renaming import UndecidedFields, rename_article, rename_claim, rename_entity
from support import ROOT
from support.corpora import CONFIG, lay
from support.file_sets import killed_after
from support.readings import newsroom

ENTITIES = """\
# Who speaks
bos:   # the mayor
  type: Person
  name: Ann Bos
  roles: {mayor: {title: mayor, organization: city, from: 2019}}
a-bos: {type: Person, name: {nl: Ann Bos, en: A. Bos}, also: [Bos], same_as: ["https://orcid.org/0000-0001"]}
city: {type: Organization, name: the city, part: bos}
quay: {type: Place, name: the quay}
fair: {type: Event, name: the fair, place: quay}
"""
OWN = CONFIG.replace("nl", "en") + (
    "annotators: {bos: {name: Not the mayor}}\n"
    "publisher: bos  # ours\n"
    "creator: [bos, city]\n"
    "fields: {entities: {part: {property: 'https://x.example/part', type: entity}},"
    " claims: {mood: {property: 'https://x.example/mood'}, ally: {property: 'https://x.example/ally', type: entity,"
    " several: true}}}\n"
)
TEXT = "date 2026-05-01 The port stays open, said Ann Bos at the fair. A lawyer agreed.\n"
FILE = """\
article: {author: "bos", publisher: 'bos'}
annotation: {by: bos, on: 2026-05-02}
occasions: {talk: {place: quay, date: 2026-05-01}}
sources:
  lawyer: {words: A lawyer, for: [bos, city]}
claims:
  # The first
  c01:
    speaker: [bos]   # she
    words: The port stays open
    mood: bos
    ally: [city, bos]
    at: fair
    to: [a-bos, bos]
    relations: {contradicts: [c02]}
  c02: {speaker: lawyer, words: agreed, relations: {answers: c01, same: other/c01}}
"""
OTHER = {
    "article": {"id": "other", "text": TEXT},
    "claims": {
        "c01": {"speaker": "bos", "words": "The port stays open", "about": ["city", "bos"]},
        "c02": {"speaker": "lawyer", "words": "agreed", "relations": {"answers": ["c01", "port/c01"]}},
    },
    "sources": {"lawyer": {"words": "A lawyer", "for": "bos"}},
}
EXTRA = """\
@prefix e: <https://kg.example/entity/> .
@prefix x: <https://x.example/> .
<https://kg.example/entity/bos> x:likes e:city , e:bos . # e:bos stays
e:bosch x:says "<https://kg.example/entity/bos> e:bos" .
<https://kg.example/claim/port/c01#quotation> x:is x:short .
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a corpus that refers to the entity `bos` and the claim `port/c01` everywhere."""
    lines = "\n".join(["", json.dumps(OTHER), '{"article": {"id": "third", "text": "date 2026 Nothing."}}', ""])
    files = {"port.txt": TEXT, "port.claims.yaml": FILE, "more.jsonl": lines, "extra/facts.ttl": EXTRA}
    files["readings/bos/port.claims.yaml"] = "claims: {c01: {speaker: bos, words: The port}}\n"
    return lay(tmp_path, {"corpus.yaml": OWN, "entities.yaml": ENTITIES, **files})


def texts(folder: Path) -> dict[str, str]:
    """Return the text of each file that is not hidden."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")]
    return {path.relative_to(folder).as_posix(): path.read_text() for path in files}


def test_every_reference_to_an_entity_follows_and_nothing_else_changes(folder: Path) -> None:
    before = texts(folder)

    done = rename_entity(folder, "bos", "mayor-bos")

    other = json.loads(json.dumps(OTHER).replace('"bos"', '"mayor-bos"'))
    assert texts(folder) == before | {
        "corpus.yaml": before["corpus.yaml"]
        .replace("publisher: bos", "publisher: mayor-bos")
        .replace("creator: [bos,", "creator: [mayor-bos,"),
        "entities.yaml": before["entities.yaml"]
        .replace("bos:   #", "mayor-bos:   #")
        .replace("from: 2019}}\n", "from: 2019}}\n  formerly: bos\n")
        .replace("part: bos", "part: mayor-bos"),
        "port.claims.yaml": before["port.claims.yaml"]
        .replace("author: \"bos\", publisher: 'bos'", "author: \"mayor-bos\", publisher: 'mayor-bos'")
        .replace("for: [bos,", "for: [mayor-bos,")
        .replace("speaker: [bos]", "speaker: [mayor-bos]")
        .replace("ally: [city, bos]", "ally: [city, mayor-bos]")
        .replace("to: [a-bos, bos]", "to: [a-bos, mayor-bos]"),
        "more.jsonl": before["more.jsonl"].replace(json.dumps(OTHER), json.dumps(other)),
        "extra/facts.ttl": before["extra/facts.ttl"]
        .replace("<https://kg.example/entity/bos> x:likes", "<https://kg.example/entity/mayor-bos> x:likes")
        .replace(", e:bos .", ", <https://kg.example/entity/mayor-bos> ."),
        "readings/bos/port.claims.yaml": "claims: {c01: {speaker: mayor-bos, words: The port}}\n",
    }
    assert [(file.file, file.references) for file in done.files] == [
        ("corpus.yaml", 2),
        ("entities.yaml", 1),
        ("port.claims.yaml", 6),
        ("readings/bos/port.claims.yaml", 1),
        ("more.jsonl", 3),
        ("extra/facts.ttl", 2),
    ]


def test_two_entities_become_one_with_all_that_is_known_of_both(folder: Path) -> None:
    done = rename_entity(folder, "a-bos", "bos")

    entity = read_corpus(folder).entities["bos"]
    assert done.is_merged
    assert "a-bos" not in read_corpus(folder).entities
    assert (entity.name, entity.also, entity.same_as) == (
        "Ann Bos",
        ["A. Bos", "Bos"],
        ["https://orcid.org/0000-0001"],
    )
    assert (list(entity.roles), entity.formerly) == (["mayor"], "a-bos")
    assert "  c01:\n    speaker: [bos]   # she\n" in texts(folder)["port.claims.yaml"]
    assert "    to: [bos]\n" in texts(folder)["port.claims.yaml"]  # named once
    assert "bos:   # the mayor\n" in texts(folder)["entities.yaml"]


CONFLICTS = """\
x: {type: Person, name: X, description: {en: One., nl: Een.}, same_as: ["https://orcid.org/1", "https://a.example/"],
    roles: {chair: {title: chair, from: 2019}}}
y: {type: Group, name: Y, description: {en: Two.}, same_as: ["https://www.orcid.org/2", "https://b.example/"],
    roles: {chair: {title: chair, from: 2020}, head: {title: head, from: ..}}}
"""


def test_what_two_entities_contradict_each_other_in_is_never_decided_silently(tmp_path: Path) -> None:
    lay(tmp_path, {"entities.yaml": CONFLICTS, "a.txt": TEXT})
    before = texts(tmp_path)

    with pytest.raises(UndecidedFields) as raised:
        rename_entity(tmp_path, "y", "x", keep={"type": "x", "description/en": "z"})

    assert (
        str(raised.value)
        == """\
x and y become one, and differ in these fields. Say whose value stays:
  description/en:
    x: One.
    y: Two.
    --keep description/en=x|y
  same_as:
    x: https://orcid.org/1
    y: https://www.orcid.org/2
    --keep same_as=x|y|both
  roles/chair:
    x: title: chair, from: 2019
    y: title: chair, from: 2020
    --keep roles/chair=x|y"""
    )
    assert texts(tmp_path) == before


def test_what_was_decided_stays(tmp_path: Path) -> None:
    lay(tmp_path, {"entities.yaml": CONFLICTS, "a.txt": TEXT})
    keep = {"type": "x", "description/en": "y", "same_as": "y", "roles/chair": "x"}

    rename_entity(tmp_path, "y", "x", keep=keep)

    entity = read_corpus(tmp_path).entities["x"]
    assert (entity.type, entity.description) == ("Person", {"en": "Two.", "nl": "Een."})
    assert entity.same_as == ["https://a.example/", "https://www.orcid.org/2", "https://b.example/"]
    assert {id: role.since for id, role in entity.roles.items()} == {"chair": "2019", "head": ".."}


def test_a_decision_about_nothing_is_refused(folder: Path) -> None:
    with pytest.raises(UsageError, match="--keep date: a-bos and bos do not differ in this field"):
        rename_entity(folder, "a-bos", "bos", keep={"date": "bos"})
    before = texts(folder)
    with pytest.raises(UsageError, match="--keep name: there is no entity mayor to become one with: leave it out"):
        rename_entity(folder, "bos", "mayor", keep={"name": "zzz"})
    assert texts(folder) == before


def test_a_part_and_its_whole_are_not_one(folder: Path) -> None:
    with pytest.raises(UsageError, match="quay and fair cannot become one, since `place` of fair says"):
        rename_entity(folder, "quay", "fair")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("boss", "x", "There is no entity `boss` in this corpus: did you mean `bos`?"),
        (
            "bos",
            "B Os",
            "`B Os` cannot be the id of an entity: write small letters, digits, `-` and `_`, as `b-os`",
        ),
        ("bos", "lawyer", "`lawyer` is a source of this file: choose another id"),
        ("bos", "unnamed", "`unnamed` cannot be the id of an entity"),
    ],
)
def test_an_id_that_cannot_be_is_refused_and_nothing_is_written(
    folder: Path, old: str, new: str, message: str
) -> None:
    before = texts(folder)

    with pytest.raises(UsageError) as raised:
        rename_entity(folder, old, new)

    assert message in str(raised.value)
    assert texts(folder) == before


@pytest.mark.parametrize(
    "id", [["entity", "bos", "bos"], ["claim", "port/c01", "c01"], ["article", "port", "port"]]
)
def test_the_id_that_a_thing_has_is_refused_and_nothing_is_lost(
    folder: Path, id: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    before = texts(folder)

    assert run(["rename", *id, "--corpus", str(folder)]) == 2

    assert f"The {id[0]} `{id[2]}` has that id already: choose another" in capsys.readouterr().err
    assert texts(folder) == before


def test_former_ids_follow_chains_and_may_become_the_id_again(folder: Path) -> None:
    rename_entity(folder, "bos", "x")
    rename_entity(folder, "x", "y")
    with pytest.raises(UsageError, match="`x` was the id of `y` before, and is never used again"):
        rename_entity(folder, "a-bos", "x")
    assert read_corpus(folder).entities["y"].formerly == ["bos", "x"]

    rename_entity(folder, "y", "bos")

    assert read_corpus(folder).entities["bos"].formerly == ["x", "y"]


def test_every_reference_to_a_claim_follows(folder: Path) -> None:
    before = texts(folder)

    rename_claim(folder, "port/c01", "c10")

    assert texts(folder) == before | {
        "port.claims.yaml": FILE.replace("  c01:\n", "  c10:\n")
        .replace("contradicts: [c02]}\n", "contradicts: [c02]}\n    formerly: c01\n")
        .replace("answers: c01", "answers: c10"),
        "more.jsonl": before["more.jsonl"].replace("port/c01", "port/c10"),
        "extra/facts.ttl": EXTRA.replace("claim/port/c01#", "claim/port/c10#"),
    }


def test_a_claim_of_json_lines_is_renamed(folder: Path) -> None:
    rename_claim(folder, "other/c01", "c09")

    line = json.loads((folder / "more.jsonl").read_text().splitlines()[1])
    assert line["claims"]["c09"] == {**OTHER["claims"]["c01"], "formerly": "c01"}  # type: ignore[index]
    assert line["claims"]["c02"]["relations"] == {"answers": ["c09", "port/c01"]}
    assert "same: other/c09" in (folder / "port.claims.yaml").read_text()


def test_a_decision_about_a_reading_follows_the_published_claim(tmp_path: Path) -> None:
    newsroom(tmp_path)
    reading = tmp_path / "readings/ben/port.claims.yaml"
    decision = "    decision: {outcome: accepted, by: anna, on: 2026-06-01, claim: c02}\n"
    reading.write_text(reading.read_text().replace("  c01:\n", f"  c01:\n{decision}", 1))
    before = reading.read_text()

    rename_claim(tmp_path, "port/c02", "c20")

    assert reading.read_text() == before.replace("claim: c02}", "claim: c20}")


@pytest.mark.parametrize(
    ("claim", "new", "message"),
    [
        ("c01", "c09", "Name a claim with its article, as ARTICLE/c01"),
        ("prt/c01", "c09", "There is no article `prt` in this corpus: did you mean `port`?"),
        ("port/c7", "c09", "There is no claim `port/c7` in this corpus"),
        ("port/c01", "c02", "port/c02 is another claim. If both are the same, withdraw one"),
        ("port/c01", "C 9", "`C 9` cannot be the id of a claim"),
    ],
)
def test_a_claim_is_never_renamed_to_what_is_there(folder: Path, claim: str, new: str, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        rename_claim(folder, claim, new)

    assert message in str(raised.value)


def test_a_former_id_leads_to_the_thing_that_had_it(folder: Path) -> None:
    rename_entity(folder, "bos", "mayor")
    rename_claim(folder, "port/c02", "c20")
    rename_article(folder, "port", "2026/port")

    with pytest.raises(UsageError, match="The entity `bos` is `mayor` now: name that"):
        rename_entity(folder, "bos", "ann")
    with pytest.raises(UsageError, match="The claim `2026/port/c02` is `2026/port/c20` now: name that"):
        rename_claim(folder, "2026/port/c02", "c21")
    with pytest.raises(UsageError, match="The article `port` is `2026/port` now: name that"):
        rename_article(folder, "port", "harbour")
    with pytest.raises(UsageError, match="The article `port` is `2026/port` now: name that"):
        rename_claim(folder, "port/c01", "c21")


def test_a_claim_that_was_withdrawn_keeps_its_id(folder: Path) -> None:
    file = folder / "port.claims.yaml"
    file.write_text(f"{FILE}withdrawn: {{c90: {{on: 2026-12-01, why: Wrong., formerly: c80}}}}\n")

    for id, message in (("c90", "port/c90 was withdrawn and"), ("c80", "port/c80 was withdrawn, as port/c90, and")):
        with pytest.raises(UsageError, match=f"{message} keeps its id"):
            rename_claim(folder, f"port/{id}", "c91")


def test_every_reference_to_an_article_follows(folder: Path) -> None:
    before = texts(folder)

    rename_article(folder, "port", "2026/port")

    assert texts(folder) == before | {
        "port.claims.yaml": FILE.replace("article: {author", "article: {id: 2026/port, formerly: port, author"),
        "more.jsonl": before["more.jsonl"].replace("port/c01", "2026/port/c01"),
        "extra/facts.ttl": EXTRA.replace("claim/port/c01#", "claim/2026/port/c01#"),
        "readings/bos/port.claims.yaml": before["readings/bos/port.claims.yaml"].replace(
            "claims:", "article:\n  id: 2026/port\n\nclaims:"
        ),
    }


def test_an_article_never_gets_the_id_of_another(folder: Path) -> None:
    with pytest.raises(UsageError, match="`other` is, or was, the id of the article other"):
        rename_article(folder, "port", "other")


def test_a_renamed_corpus_is_as_valid_as_before(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "tests/data/corpora/everything", tmp_path / "c")
    folder = tmp_path / "c"
    before = [(each.severity, each.rule) for each in kg.open(folder).validate()]

    for id in list(read_corpus(folder).entities):
        rename_entity(folder, id, f"{id}-2")
    rename_article(folder, "2020/first", "first")
    rename_claim(folder, "first/c23", "c99")

    assert [(each.severity, each.rule) for each in kg.open(folder).validate()] == before


def test_a_compressed_file_is_refused_if_it_would_change(folder: Path) -> None:
    import gzip

    (folder / "more.jsonl.gz").write_bytes(gzip.compress((folder / "more.jsonl").read_bytes()))
    (folder / "more.jsonl").unlink()

    with pytest.raises(UsageError, match=r"more\.jsonl\.gz:2: a compressed file cannot be changed: decompress it"):
        rename_entity(folder, "bos", "x")
    rename_entity(folder, "fair", "x")


def test_a_dry_run_says_the_same_and_writes_nothing(folder: Path) -> None:
    before = texts(folder)

    wanted = rename_entity(folder, "bos", "x", dry_run=True)

    assert texts(folder) == before
    assert rename_entity(folder, "bos", "x") == wanted


def test_a_file_that_somebody_else_changes_meanwhile_is_not_overwritten(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = folder / "port.claims.yaml"
    original = Staging.file

    def edit_meanwhile(staging: Staging, name: str) -> object:
        if name == "more.jsonl":
            file.write_text(FILE + "# mine\n")
        return original(staging, name)

    monkeypatch.setattr(Staging, "file", edit_meanwhile)
    before = texts(folder)

    with pytest.raises(FileError, match=r"port\.claims\.yaml: somebody else changed this file meanwhile"):
        rename_entity(folder, "bos", "x")

    assert texts(folder) == before | {"port.claims.yaml": FILE + "# mine\n"}


@pytest.mark.slow
def test_a_renaming_that_was_killed_leaves_all_old_or_is_completed_first(folder: Path) -> None:
    before = texts(folder)
    wanted = folder.with_name("wanted")
    shutil.copytree(folder, wanted)
    rename_entity(wanted, "bos", "x")
    for moves in range(9):  # the journal, then the files
        for name, text in before.items():
            (folder / name).write_text(text)

        if not killed_after(moves, ["rename", "entity", "bos", "x", "--corpus", str(folder)]):
            break
        if moves:
            with pytest.raises(UsageError, match="a command was stopped while it changed several files here"):
                read_corpus(folder)
            with pytest.raises(UsageError, match="bos is x already"):
                rename_entity(folder, "bos", "x")
        else:
            rename_entity(folder, "bos", "x")
        assert texts(folder) == texts(wanted)
    assert moves == 7


@pytest.mark.usefixtures("seeds")
def test_the_page_shows_what_the_commands_print(capsys: pytest.CaptureFixture[str]) -> None:
    page = (ROOT / "docs" / "renaming.md").read_text(encoding="utf-8")
    entry = re.search(r"```yaml\n(e-macron:.*?)```", page, re.DOTALL)
    assert entry
    with Path("seeds/entities.yaml").open("a", encoding="utf-8") as file:
        file.write(entry[1])
    for command, printed in re.findall(r"\$ kg (.*)\n((?:[^`$].*\n)*)", page):
        run(command.split())
        assert capsys.readouterr().err == printed

    assert "formerly: [macron, e-macron]" in Path("seeds/entities.yaml").read_text()
