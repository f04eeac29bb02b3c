"""Where the article says it: from a corpus to the passages of the graph, the answers and the pages."""

from __future__ import annotations

import hashlib
from pathlib import Path

import kg
from support.corpora import lay
from support.outcomes import Outcome

ENTITIES = """\
berg: {type: Person, name: Anna Berg, also: [the minister]}
smit: {type: Person, name: Jan Smit}
iea: {type: Organization, name: {en: International Energy Agency}, also: [IEA]}
"""
INTERVIEW = """\
date 2020-02-21 An interview about oil.
THE GAZETTE: What will oil cost?
MINISTER BERG: We expect no change. The IEA said that oil will be cheap.

“Oil is not scarce”, the IEA wrote. We agree.
"""
TURNS = """\
article: {language: en, transcript: true}
claims:
  c1: {speaker: berg, words: We expect no change}
  c2: {speaker: iea, speaker_words: The IEA, cue: said, words: oil will be cheap, act: states}
  c3: {speaker: iea, speaker_words: the IEA, cue: wrote, words: Oil is not scarce}
  c4: {speaker: berg, words: The IEA said that oil will be cheap, relations: {reports: c2}}
"""


def outcome(folder: Path, text: str, claims: str) -> Outcome:
    """Return what is made of claims about one article."""
    return Outcome(folder, {"a.txt": text, "entities.yaml": ENTITIES, "a.claims.yaml": claims})


def words_of(made: Outcome, subject: str, anchor: str) -> list[str]:
    """Return the characters of the passages that a subject is anchored in."""
    return [made.of(passage)["exact"][0] for passage in made.of(subject).get(anchor, [])]


def test_a_minister_who_reports_what_the_iea_said_gives_no_quotation_by_the_iea(tmp_path: Path) -> None:
    made = outcome(tmp_path, INTERVIEW, TURNS)

    forms = {n: made.of(f"claim/a/c{n}")["form"][0].rpartition("#")[2] for n in range(1, 5)}
    assert forms == {1: "direct", 2: "indirect", 3: "direct", 4: "direct"}
    assert "hasPart" not in made.of("claim/a/c2")
    quoted = {
        speaker: [row["quoted"] for row in made.rows("quoted-words", speaker=speaker) if "quoted" in row]
        for speaker in ("iea", "berg")
    }
    assert quoted == {
        "iea": ["Oil is not scarce"],
        "berg": ["We expect no change", "The IEA said that oil will be cheap"],
    }
    assert "“oil will be cheap”" not in made.text("claim/a/c2")
    assert "“oil will be cheap”" not in made.text("article/a")


REPORT = """\
date 2020-02-21 Berg said on Friday that roads matter. Smit said on Friday that “rail” matters more.
He told her on Monday: “Sit down”. “Sit”, Smit said, “down”.
"""
CUES = """\
article: {language: en}
occasions:
  talk: {date: {edtf: 2020-02-17, words: Monday, why: The Monday before.}}
claims:
  c1:
    speaker: berg
    speaker_words: Berg
    cue: said
    words: roads matter
    act: states
    said: {edtf: 2020-02-14, words: Friday}
  c2:
    speaker: smit
    speaker_words: Smit
    cue: {words: said, in: Smit said on}
    words: “rail” matters more
    act: states
  c3: {speaker: smit, speaker_words: He, cue: [told, her], words: {words: Sit down, in: '“Sit down”'}, at: talk}
  c4:
    speaker: smit
    speaker_words: {words: Smit, in: '“Sit”, Smit said'}
    cue: {words: said, in: '“Sit”, Smit said'}
    words: [{words: down, in: 'said, “down”'}, {words: Sit, in: '“Sit”, Smit'}]
"""


def test_each_thing_that_is_said_of_a_claim_leads_to_its_characters(tmp_path: Path) -> None:
    made = outcome(tmp_path, REPORT, CUES)
    anchors = ("wordsAt", "cueAt", "speakerWordsAt", "dateWordsAt")

    found = {n: [words_of(made, f"claim/a/c{n}", anchor) for anchor in anchors] for n in range(1, 5)}

    assert found == {
        1: [["roads matter"], ["said"], ["Berg"], ["Friday"]],
        2: [["“rail” matters more"], ["said"], ["Smit"], []],
        3: [["Sit down"], ["told", "her"], ["He"], []],
        4: [["Sit", "down"], ["said"], ["Smit"], []],
    }
    assert words_of(made, "occasion/a/talk", "dateWordsAt") == ["Monday"]
    assert made.of("claim/a/c1")["cueAt"] != made.of("claim/a/c2")["cueAt"]
    # The annotator gave the parts in reverse, and only the words of attribution are between them.
    assert made.of("claim/a/c4")["words"] == ["Sit down"]
    (target,) = made.of("claim/a/c4#annotation")["hasTarget"]
    assert (made.of(target)["hasSource"], "exact" in made.of(target)) == (["text/a/1"], False)
    assert [row["exact"] for row in made.rows("where", claim="a/c4")] == ["Sit", "down"]
    assert "See it in the article" in made.text("claim/a/c4")


AMBIGUOUS = """\
article: {language: en}
claims:
  c1: {speaker: berg, speaker_words: Berg, cue: said, words: roads matter, act: states}
"""


def test_where_it_is_not_certain_which_words_are_meant_none_are_anchored(tmp_path: Path) -> None:
    text = "Berg said, and then Berg said again, that roads matter.\n\nBerg said more.\n"
    made = outcome(tmp_path, f"date 2020-02-21 {text}", AMBIGUOUS)
    claim = made.of("claim/a/c1")

    assert (claim["cue"], claim["speakerWords"]) == (["said"], ["Berg"])
    assert not {"cueAt", "speakerWordsAt"} & claim.keys()


def test_a_text_that_changed_since_it_was_annotated_is_a_violation(tmp_path: Path) -> None:
    text = "Berg said that roads matter.\n"
    digest = hashlib.sha256(text.encode()).hexdigest()
    claims = AMBIGUOUS.replace("{language: en}", f"{{language: en, version: 2, sha256: {digest}}}")
    made = outcome(tmp_path, f"date 2020-02-21 {text}", claims)

    version = made.of("text/a/2")
    assert made.of("article/a")["encoding"] == ["text/a/2"]
    assert (version["sha256"], version["wasRevisionOf"]) == ([digest], ["text/a/1"])
    assert (version["encodingFormat"], version["conformsTo"]) == (
        ["text/plain"],
        ["https://w3id.org/kg-claims/text/1"],
    )

    changed = lay(
        tmp_path / "changed",
        {
            "a.txt": "date 2020-02-21 Berg said that roads matter!\n",
            "entities.yaml": ENTITIES,
            "a.claims.yaml": claims,
        },
    )
    new = hashlib.sha256(b"Berg said that roads matter!\n").hexdigest()
    found = [
        (each.severity, each.message, each.detail)
        for each in kg.open(changed).validate()
        if each.rule == "text-changed"
    ]
    assert found == [
        (
            "violation",
            "the text must be the one that was annotated, whose SHA-256 this is, and it has changed since. If the "
            f"paper corrected it, put the annotated text back and run `kg revise {changed / 'a.txt'} NEW.txt` with "
            "the new one. If not, write the new hash",
            f"sha256: {new}",
        )
    ]
