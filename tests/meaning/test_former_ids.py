"""The ids that entities, articles and claims had before: their IRIs lead on, and are never used again."""

from __future__ import annotations

from pathlib import Path

import kg
from support.corpora import CLAIMS, CONFIG, lay

CONFIG_MOVED = CONFIG + "moved_from: https://old.example/\n"
TEXT = "date 2026-05-01 “Ja”, zei Ann. “Nee”, zei ze."


def replaced(folder: Path) -> dict[str, str]:
    """Return what replaces each IRI of a corpus, without the base."""
    rows = kg.open(folder).query("SELECT ?old ?new { ?old dcterms:isReplacedBy ?new }")
    base = "https://kg.example/"
    return {str(row["old"]).removeprefix(base): str(row["new"]).removeprefix(base) for row in rows}


def wrong(folder: Path) -> list[str]:
    """Return the rule and the place of each violation."""
    return [
        f"{each.rule} {Path(each.at.file).name}:{each.at.line}"
        for each in kg.open(folder).validate()
        if each.at and each.severity == "violation"
    ]


def test_the_former_iri_of_an_entity_says_only_what_replaces_it(tmp_path: Path) -> None:
    entities = "ann-b: {type: Person, name: Ann B, formerly: [a-b, 'https://old.example/entity/ann']}\n"
    lay(tmp_path, {"corpus.yaml": CONFIG_MOVED, "entities.yaml": entities, "a.txt": TEXT, "a.claims.yaml": CLAIMS})

    assert replaced(tmp_path) == {"entity/a-b": "entity/ann-b", "https://old.example/entity/ann": "entity/ann-b"}


def test_everything_below_the_former_id_of_an_article_has_a_former_iri(tmp_path: Path) -> None:
    file = """\
article: {formerly: old/a}
occasions: {talk: {type: speech, date: 2026-05-01}}
sources: {insider: {words: ze}}
claims:
  c01: {speaker: ann-b, words: Ja, at: talk, formerly: c00}
  c02: {speaker: insider, words: Nee}
withdrawn: {c03: {on: 2026-05-02, why: {nl: Nee.}, replaced_by: c02, formerly: c04}}
"""
    lay(tmp_path, {"a.txt": TEXT, "a.claims.yaml": file})

    assert replaced(tmp_path) == {
        "article/old/a": "article/a",
        "text/old/a/1": "text/a/1",
        "occasion/old/a/talk": "occasion/a/talk",
        "source/old/a/insider": "source/a/insider",
        "claim/a/c00": "claim/a/c01",
        "claim/a/c03": "claim/a/c02",
        "claim/a/c04": "claim/a/c03",
        "claim/old/a/c00": "claim/a/c01",
        "claim/old/a/c01": "claim/a/c01",
        "claim/old/a/c02": "claim/a/c02",
        "claim/old/a/c03": "claim/a/c03",
        "claim/old/a/c04": "claim/a/c03",
    }


def test_a_number_of_an_earlier_text_that_is_none_is_a_violation(tmp_path: Path) -> None:
    file = "article: {version: 2, earlier: {first: {sha256: " + "0" * 64 + "}}, formerly: b}\n"
    lay(tmp_path, {"a.txt": TEXT, "a.claims.yaml": file})

    assert "unknown-text-version a.claims.yaml:1" in wrong(tmp_path)


def test_the_former_iri_of_a_claim_may_be_under_another_base(tmp_path: Path) -> None:
    file = "claims: {c01: {speaker: ann-b, words: Ja, formerly: 'https://old.example/claim/b/c/c09'}}\n"
    lay(tmp_path, {"corpus.yaml": CONFIG_MOVED, "a.txt": TEXT, "a.claims.yaml": file})

    assert replaced(tmp_path) == {"https://old.example/claim/b/c/c09": "claim/a/c01"}


def test_a_former_id_must_never_be_used_again(tmp_path: Path) -> None:
    entities = """\
ann-b: {type: Person, name: Ann B, formerly: [bea, ann-b, cas]}
bea: {type: Person, name: Bea}
dirk: {type: Person, name: Dirk, formerly: cas}
"""
    file = """\
article: {formerly: b}
claims:
  c01: {speaker: ann-b, words: Ja, formerly: [c02, c03]}
  c02: {speaker: ann-b, words: Nee}
withdrawn: {c03: {on: 2026-05-02, why: Nee.}}
"""
    files = {"a.txt": TEXT, "a.claims.yaml": file, "b.txt": TEXT, "b.claims.yaml": CLAIMS}
    lay(tmp_path, {"entities.yaml": entities, **files})

    assert wrong(tmp_path) == [
        "former-id-used-again a.claims.yaml:1",
        "former-id-used-again a.claims.yaml:4",
        "former-id-used-again a.claims.yaml:5",
        "former-id-used-again entities.yaml:1",
        "former-id-used-again entities.yaml:2",
        "former-id-used-again entities.yaml:3",
    ]


def test_two_articles_never_had_the_same_id_before(tmp_path: Path) -> None:
    file = f"article: {{formerly: old}}\n{CLAIMS}"
    lay(tmp_path, {"a.txt": TEXT, "a.claims.yaml": file, "b.txt": TEXT, "b.claims.yaml": file})

    assert wrong(tmp_path) == ["former-id-used-again b.claims.yaml:1"]


def test_a_former_id_is_an_id_or_an_iri_under_an_earlier_base(tmp_path: Path) -> None:
    entities = "ann-b: {type: Person, name: Ann B, formerly: [A B, 'https://other.example/entity/x', 'a/b']}\n"
    lay(tmp_path, {"corpus.yaml": CONFIG_MOVED, "entities.yaml": entities, "a.txt": TEXT, "a.claims.yaml": CLAIMS})

    assert wrong(tmp_path) == ["bad-former-id entities.yaml:1"] * 3


def test_who_writes_a_former_id_is_told_the_one_that_it_is_now(tmp_path: Path) -> None:
    entities = "ann-b: {type: Person, name: Ann B, formerly: mevrouw}\n"
    file = "claims: {c01: {speaker: mevrouw, words: Ja}}\n"
    lay(tmp_path, {"entities.yaml": entities, "a.txt": TEXT, "a.claims.yaml": file})

    (finding,) = [each for each in kg.open(tmp_path).validate() if each.severity == "violation"]
    assert finding.message.endswith("there is no `mevrouw`: did you mean `ann-b`?")
