"""A draft whose guesses a person accepts is published without a statement that the article does not make."""

from __future__ import annotations

import re
from pathlib import Path

from kg.corpus import read_corpus
from kg.drafts.claims_draft import draft, draft_settings
from support.corpora import CONFIG, lay
from support.outcomes import Outcome

ENTITIES = """\
hobley: {type: Person, name: Gerald Hobley, also: [the defendant]}
castle: {type: Person, name: Miriam Castle}
daalder: {type: Person, name: Ruben Daalder}
"""


def accepted(written: str, speaker: str) -> str:
    """Return a draft with every guess accepted; the speaker is whoever is suggested first, else this one."""
    lines, suggested = [], speaker
    for line in written.splitlines():
        if found := re.search(r"## Who.*?Perhaps ([a-z]+)", line):
            suggested = found[1]
        taken = re.sub(r"^(\s*)# (?!#)(\s*)(?:# (?!#))?", r"\1\2", line)
        if "speaker: undecided" in taken:
            taken, suggested = taken.replace("undecided", suggested), speaker
        lines.append(taken)
    return "\n".join(lines).replace("status: draft", "status: done") + "\n"


def outcome(folder: Path, text: str, language: str, speaker: str) -> Outcome:
    """Draft an article of 14 March 2024, accept every guess, and return what is made of it."""
    files = {"entities.yaml": ENTITIES, "corpus.yaml": CONFIG.replace("nl", language)}
    settings = draft_settings(read_corpus(lay(folder / "before", files)))
    claims = accepted(draft(text, "2024-03-14", settings).text, speaker)
    return Outcome(folder, {**files, "a.txt": f"date 2024-03-14\n{text}", "a.claims.yaml": claims})


def claimed(made: Outcome) -> list[tuple[str, str, str]]:
    """Return the speaker, the act and the words of each claim."""
    claims = [made.of(f"claim/a/c{number:02}") for number in range(1, 4)]
    return [
        (
            claim["author"][0].removeprefix("entity/"),
            claim.get("act", [""])[0].rpartition("#")[2],
            claim["words"][0],
        )
        for claim in claims
        if claim
    ]


def test_beside_a_negation_no_act_is_published(tmp_path: Path) -> None:
    text = "Ruben Daalder bevestigt niet dat er steun komt. Hij ontkent niet dat er gesprekken waren."
    made = outcome(tmp_path, text, "nl", "daalder")

    assert claimed(made) == [("daalder", "", "er steun komt"), ("daalder", "", "er gesprekken waren")]
    assert [row.get("act") for row in made.rows("said-by", speaker="daalder")] == [None, None]
    assert "confirms" not in made.text("claim/a/c01")
    assert "denies" not in made.text("claim/a/c02")


def test_counsel_speaks_and_not_the_defendant(tmp_path: Path) -> None:
    text = "Miriam Castle KC, prosecuting, said that the defendant had spent the money on a horse."
    made = outcome(tmp_path, text, "en", "castle")

    assert claimed(made) == [("castle", "states", "the defendant had spent the money on a horse")]
    assert len(made.rows("said-by", speaker="castle")) == 1
    assert made.rows("said-by", speaker="hobley") == []


def test_what_comes_on_tuesday_was_not_said_on_tuesday(tmp_path: Path) -> None:
    made = outcome(tmp_path, "Ruben Daalder zei dat hij dinsdag naar de fabriek komt.", "nl", "daalder")

    assert claimed(made) == [("daalder", "states", "hij dinsdag naar de fabriek komt")]
    assert [triple for triple in made.triples if "2024-03-12" in triple] == []


def test_an_accepted_act_is_published_as_inferred(tmp_path: Path) -> None:
    made = outcome(tmp_path, "“Wij sluiten”, waarschuwde Ruben Daalder.", "nl", "daalder")

    assert claimed(made) == [("daalder", "warns", "Wij sluiten")]
    assert [each.rpartition("#")[2] for each in made.of("claim/a/c01")["inferred"]] == ["act"]
