"""What the page of an article gets, and what its requests do."""

from __future__ import annotations

import json
import re
import shutil
import threading
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from kg.cli import run
from kg.corpus.yaml_reader import read_yaml
from kg.desk.refused_suggestions import RefusedSuggestions
from kg.files.atomic_writes import replace_if_same
from support import SEEDS
from support.desks import CLAIMS, TEXT, Desk, desk, new_corpus
from support.waiting import PATIENCE

NUMBERS = count(1)
Written = Callable[..., str]

HOSTILE = (
    "<script>alert(1)</script>",
    "'; DROP TABLE claims; --",
    '" onload="x',
    "{{7*7}} ${7*7} #{7*7}",
    "</script><!--",
    "key: value # comment",
    "- [a, {b: c}]",
    "*alias &anchor !!python/object:os.system",
    "%YAML 1.1",
    "null",
    "no",
    "1.10",
    "line one\nline two\n\n  indented",
    "\u202ereversed\u202c",
    "👩‍👩‍👧 e\u0301 \u0301",
    "../../etc/passwd",
    "a" * 5000,
)


@pytest.fixture
def written(corpus: Path, running: Desk) -> Written:
    """Write a new article into the corpus of the desk, and return its id."""

    def write(text: str = TEXT, claims: str | None = CLAIMS) -> str:
        name = f"n{next(NUMBERS)}"
        (corpus / f"{name}.txt").write_text(text, encoding="utf-8", newline="")
        if claims is not None:
            (corpus / f"{name}.claims.yaml").write_text(claims, encoding="utf-8", newline="")
        assert running.ask("/api/articles").status == 200
        return name

    return write


def claims_of(corpus: Path, article: str) -> str:
    return (corpus / f"{article}.claims.yaml").read_bytes().decode()


def by_id(state: Any, id: str = "c01") -> Any:
    return next(each for each in state["claims"] if each["id"] == id)


def words_at(state: Any, spans: list[list[int]]) -> list[str]:
    return [state["text"][start:end] for start, end in spans]


def test_the_list_says_of_each_article_what_is_left(running: Desk) -> None:
    articles = {each["id"]: each for each in json.loads(running.ask("/api/articles").body)["articles"]}

    assert articles["a"] == {
        "id": "a",
        "title": "“Wij gaan naar huis,” zei minister Anna Berg vrijdag. De NAVO ontkent dat zij blijft.",
        "language": "nl",
        "status": "draft",
        "claims": 1,
        "left": 1,
        "findings": 1,
    }
    assert (articles["b"]["status"], articles["b"]["claims"]) == ("none", 0)


def test_the_state_has_the_places_and_findings_of_kg(running: Desk) -> None:
    state = running.get("a")
    claim = by_id(state)

    assert state["text"] == TEXT.removeprefix("date 2020-02-21 ")
    assert words_at(state, claim["anchors"]["words"]) == ["Wij gaan naar huis"]
    assert (claim["draft"], claim["form"], claim["undecided"], state["left"]) == (True, "direct", ["speaker"], 1)
    assert claim["fields"] == {"speaker": "undecided", "words": "Wij gaan naar huis"}
    assert [(each["rule"], each["severity"], each["field"], each["line"]) for each in claim["findings"]] == [
        ("undecided", "warning", "speaker", 5)
    ]
    assert [each["id"] for each in state["entities"]] == ["berg", "navo"]


def test_an_article_in_another_language_than_the_corpus_is_noticed_before_anybody_begins(
    running: Desk, written: Written
) -> None:
    english = "date 2020-02-21 " + "The mayor said that it was not for the town to pay. " * 20
    assert running.get(written(english, None))["seems"] == "en"
    assert running.get("b")["seems"] == ""


def test_a_book_shows_its_first_proposals_and_counts_the_others(tmp_path: Path) -> None:
    text = "date 2020-02-21 " + "".join(f"“Dit is nummer {n},” zei Anna Berg.\n\n" for n in range(310))
    with desk(new_corpus(tmp_path / "corpus", book=(text, None))) as opened:
        state = opened.get("book")
        counts = json.loads(opened.ask("/api/proposals").body)["counts"]
    assert (len(state["proposals"]), state["further"], counts["book"]) == (300, 10, 310)
    assert [each["quoted"] for each in state["proposals"][:2]] == ["Dit is nummer 0", "Dit is nummer 1"]


def test_an_article_with_more_claims_than_a_page_can_have_is_refused_and_others_are_not(tmp_path: Path) -> None:
    many = "claims:\n" + "".join(f"  c{n}: {{speaker: berg, words: Wij}}\n" for n in range(5_001))
    with desk(new_corpus(tmp_path / "corpus", a=(TEXT, CLAIMS), many=(TEXT, many))) as opened:
        refused = opened.ask("/api/articles/many")
        assert opened.ask("/api/articles/a").status == 200
    assert refused.status == 400
    assert json.loads(refused.body)["error"]["title"].endswith(
        "many.claims.yaml: an article must have at most 5,000 claims to be annotated here, this has 5,001"
    )


def test_a_new_speaker_is_called_by_the_whole_name_without_a_title(running: Desk, written: Written) -> None:
    text = "date 2020-02-21 Dat zegt bestuursvoorzitter Ineke Vos. “Wij sluiten,” zei Vos.\n"
    (proposal,) = running.get(written(text, None))["proposals"]
    assert proposal["choices"]["speaker"] == [{"name": "Ineke Vos"}]


def test_findings_are_those_of_kg_validate(
    running: Desk, written: Written, corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also those that need another article."""
    article = written(
        claims="claims:\n  c01: {speaker: bergg, words: naar huis, act: denies, relations: {same: nowhere/c09}}\n"
        "  c02: {speaker: berg, words: this is nowhere, said: 2020-13}\n"
    )
    state = running.get(article)
    shown = [each for claim in state["claims"] for each in claim["findings"]] + state["findings"]
    run(["validate", str(corpus), "-f", "json"])
    reported = [
        each for each in json.loads(capsys.readouterr().out) if Path(each["file"]).name.startswith(f"{article}.")
    ]

    assert len(reported) >= 5
    assert sorted((each["rule"], each["message"], each["line"]) for each in shown) == sorted(
        (each["rule"], each["message"], each["line"]) for each in reported
    )


@pytest.mark.parametrize(
    ("text", "exact", "speaker_words"),
    [
        ("🤔🤔 “Wij gaan naar huis,” zei Anna Berg.", "Wij gaan naar huis", "Anna Berg"),
        ("Cafe\u0301. “Wij  gaan\r\nnaar huis,” zei Anna Berg.\r\n", "Wij gaan naar huis", "Anna Berg"),
        (
            "“Wij gaan naar huis,” zei Anna Berg.\n\n“Ja!” “Wij gaan naar huis,” zei de NAVO.",
            "naar huis",
            "de NAVO",
        ),
        ("قال الوزير: “نحن نذهب إلى البيت” يوم الجمعة", "نذهب إلى البيت", ""),
    ],
)
def test_guesses_are_about_the_selected_words(
    running: Desk, written: Written, text: str, exact: str, speaker_words: str
) -> None:
    article = written(f"date 2020-02-21 {text}", None)
    suffix = ",” zei de" if speaker_words == "de NAVO" else ""
    passage = {"exact": exact, "prefix": "", "suffix": suffix}
    guess = running.post(article, "guess", {"passages": [passage]})
    state = running.get(article)

    assert [" ".join(each.split()) for each in words_at(state, guess["anchors"]["words"])] == [exact]
    assert guess["quoted"] == exact
    assert guess["fields"].get("speaker_words", "") == speaker_words
    assert state["direction"] == ("rtl" if "نحن" in text else "ltr")


def test_a_guess_says_who_may_have_spoken_by_which_words(running: Desk) -> None:
    passages = [{"exact": "gaan naar hui", "prefix": "“Wij ", "suffix": "s,” zei"}]
    guess = running.post("a", "guess", {"passages": passages}, language="nl")

    assert guess == {
        "fields": {
            "speaker": "berg",
            "words": "gaan naar huis",
            "speaker_words": "minister Anna Berg",
            "cue": "zei",
            "act": "states",
            "said": {"edtf": "[2020-02-14,2020-02-21]", "words": "vrijdag"},
        },
        "guessed": ["speaker", "speaker_words", "cue", "act", "said"],
        "inferred": [],
        "quoted": "gaan naar huis",
        "form": "direct",
        "anchors": {"words": [[5, 19]], "cue": [[22, 25]], "speaker_words": [[26, 44]], "date": [[45, 52]]},
        "reason": "zei minister Anna Berg",
        "choices": {"speaker": [{"id": "berg", "name": "Anna Berg"}]},
    }


def test_who_speaks_within_the_words_is_not_their_speaker(running: Desk, written: Written) -> None:
    text = "date 2020-02-21 A clerk who did not want to be named said that the council had rejected the plan twice."
    article = written(text, "article: {language: en}\n")
    whole, part = (
        running.post(article, "guess", {"passages": [{"exact": exact}]})["fields"]
        for exact in ("the council had rejected the plan twice", "the plan twice")
    )

    assert whole == {"speaker": "undecided", "words": "the council had rejected the plan twice"}
    assert (part["speaker_words"], part["cue"]) == ("the council", "rejected")


def test_a_pronoun_is_never_filled_in(running: Desk, written: Written) -> None:
    article = written("date 2020-02-21 Anna Berg kwam. “Wij blijven,” zei zij.", None)
    guess = running.post(article, "guess", {"passages": [{"exact": "Wij blijven"}]})

    assert (guess["fields"]["speaker"], guess["choices"]["speaker"]) == (
        "undecided",
        [{"id": "berg", "name": "Anna Berg"}],
    )


def test_words_that_are_not_in_the_article_are_an_error(running: Desk) -> None:
    for action, sent in (
        ("guess", {"passages": [{"exact": "nergens"}]}),
        ("guess", {"passages": []}),
        ("words", {"passage": {"exact": "nergens"}}),
        ("dates", {"words": {"exact": "nergens"}}),
    ):
        assert list(running.post("a", action, sent, status=400)) == ["error"]


def test_words_are_written_so_that_they_are_found_again(running: Desk, written: Written) -> None:
    article = written("date 2020-02-21 Ja, zei Berg. Nee, zei Wit.", None)
    once = running.post(article, "words", {"passage": {"exact": "Berg"}})
    twice = running.post(article, "words", {"passage": {"exact": "zei", "prefix": "Nee, ", "suffix": " Wit"}})

    assert (once["value"], twice["value"]) == ("Berg", {"words": "zei", "in": "zei Wit."})


def test_dates_as_words_are_offered_with_why(running: Desk) -> None:
    dates = running.post("a", "dates", {"words": {"exact": "vrijdag"}})["dates"]
    typed = running.post("a", "dates", {"words": "gisteren"}, language="nl")["dates"]

    assert dates[0] == {
        "value": {"edtf": "2020-02-21", "words": "vrijdag"},
        "label": "Friday 21 February 2020",
        "why": "the day of the article, 21 February 2020",
    }
    assert [(each["value"]["edtf"], each["why"]) for each in dates[1:]] == [
        ("2020-02-14", "7 days before the article of 21 February 2020"),
        ("[2020-02-14,2020-02-21]", ""),
    ]
    assert [(each["label"], each["why"]) for each in typed] == [
        ("donderdag 20 februari 2020", "1 dag voor het artikel van 21 februari 2020")
    ]


@pytest.mark.parametrize(
    ("language", "accuses"),
    [
        ("en", "A judgement without a charge is “criticises”."),
        ("nl", "Een oordeel zonder feitelijk verwijt is “bekritiseert”."),
    ],
)
def test_definitions_call_other_acts_and_relations_as_the_lists_do(
    running: Desk, language: str, accuses: str
) -> None:
    choices = running.get("a", language=language)["choices"]
    about = {each["value"]: each["about"] for name in ("act", "relations") for each in choices[name]}
    assert about["accuses"].endswith(accuses)
    assert [value for value, text in about.items() if re.search(r"\b(acts|kg):", text)] == []


def test_a_date_with_its_year_is_offered_as_what_it_says(running: Desk, written: Written) -> None:
    article = written(
        "date 2020-02-21 Berg zei op 3 maart 2019 dat de brug in maart 2027 opengaat, en na 2030 dicht.", None
    )
    dates = [
        running.post(article, "dates", {"words": {"exact": exact}})["dates"]
        for exact in ("3 maart 2019", "maart 2027", "2030", "brug")
    ]

    assert [[(each["value"], each["label"]) for each in offered] for offered in dates] == [
        [({"edtf": "2019-03-03", "words": "3 maart 2019"}, "Sunday 3 March 2019")],
        [({"edtf": "2027-03", "words": "maart 2027"}, "March 2027")],
        [({"edtf": "2030", "words": "2030"}, "2030")],
        [],
    ]


def test_nothing_guessed_is_written_unless_it_is_sent(running: Desk, written: Written, corpus: Path) -> None:
    article = written(claims=None)
    guess = running.post(article, "guess", {"passages": [{"exact": "Wij gaan naar huis"}]})
    assert not (corpus / f"{article}.claims.yaml").exists()
    added = running.post(article, "edits", {"add": {"words": guess["fields"]["words"], "speaker": "undecided"}})[
        "added"
    ]

    file: Any = read_yaml(claims_of(corpus, article), "x").value
    assert (added, file["claims"]) == ("c01", {"c01": {"speaker": "undecided", "words": "Wij gaan naar huis"}})
    assert file["annotation"] == {"status": "draft"}


def test_an_article_without_a_claim_can_be_done_which_makes_its_file(
    running: Desk, written: Written, corpus: Path
) -> None:
    """With who made it, as the page sends both; undoing it takes the file away again."""
    article = written(claims=None)
    edits = [
        {"path": ["annotation", "status"], "value": "done", "was": running.get(article)["status"]},
        {"path": ["annotation", "on"], "value": "2026-12-01"},
    ]
    state = running.post(article, "edits", {"edits": edits})["state"]

    file: Any = read_yaml(claims_of(corpus, article), "x").value
    assert (state["status"], file["annotation"]) == ("done", {"on": "2026-12-01", "status": "done"})
    assert [each["severity"] for each in state["findings"] if each["severity"] == "violation"] == []
    running.post(article, "undo", {})
    assert not (corpus / f"{article}.claims.yaml").exists()


def test_an_article_that_is_done_has_no_proposals_until_it_is_a_draft_again(
    running: Desk, written: Written
) -> None:
    article = written(claims=None)
    proposed = running.get(article)["proposals"]
    done = running.edit(article, "annotation", "status", value="done", was="draft")["state"]["proposals"]
    again = running.edit(article, "annotation", "status", value="draft", was="done")["state"]["proposals"]
    assert (len(proposed), done, again) == (2, [], proposed)


def test_a_quotation_over_two_paragraphs_is_selected_without_its_marks(running: Desk, written: Written) -> None:
    """What is only partly quoted stays one passage, as it was selected."""
    article = written(
        "date 2020-02-21 “Wij gaan naar huis. Het is laat.\n\n“De trein wacht”, zei minister Anna Berg.\n\n"
        "De NAVO blijft.\n\nDat zei “iedereen”.\n",
        None,
    )

    def guess(words: str) -> Any:
        return running.post(article, "guess", {"passages": [{"exact": words}]})["fields"]

    whole = guess("“Wij gaan naar huis. Het is laat.\n\n“De trein wacht”")
    inside = guess("gaan naar huis. Het is laat.\n\n“De trein")
    mixed = guess("De NAVO blijft.\n\nDat zei “iedereen”")
    assert whole["words"] == ["Wij gaan naar huis. Het is laat.", "De trein wacht"]
    assert (whole["speaker"], whole["cue"]) == ("berg", "zei")
    assert inside["words"] == ["gaan naar huis. Het is laat.", "De trein"]
    assert mixed["words"] == "De NAVO blijft. Dat zei “iedereen”"


def test_what_was_refused_is_not_proposed_again_by_a_desk_that_is_started_later(tmp_path: Path) -> None:
    """A whole proposal and a guess of another; the corpus has nothing of it, and all can be had again."""
    corpus = new_corpus(tmp_path / "corpus", a=(TEXT, None))
    files = sorted(each.name for each in corpus.iterdir())
    with desk(corpus) as first:
        proposed = first.get("a")["proposals"]
        words, other = (each["fields"]["words"] for each in proposed)
        first.post("a", "refuse", {"words": words})
        cue = {"words": other, "field": "cue", "value": proposed[1]["fields"]["cue"]}
        left = first.post("a", "refuse", cue)["state"]
        counted = json.loads(first.ask("/api/proposals").body)
    with desk(corpus) as second:
        later = second.get("a")
        passage = {"passages": [{"exact": proposed[1]["quoted"]}]}
        guessed = second.post("a", "guess", passage)["guessed"]
        again = second.post("a", "refuse", {})["state"]
    assert counted == {"counts": {"a": 1}, "next": ""}
    assert [each["fields"]["words"] for each in later["proposals"]] == [other]
    assert (later["proposals"], later["refused"]) == (left["proposals"], 2)
    assert "cue" not in [*later["proposals"][0]["fields"], *guessed]
    assert (again["proposals"], again["refused"]) == (proposed, 0)
    assert sorted(each.name for each in corpus.iterdir()) == files


def test_when_too_much_was_refused_the_articles_of_long_ago_are_forgotten_and_work_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_CACHE", str(tmp_path / "cache"))
    refused = RefusedSuggestions(str(tmp_path))
    refused.add("old", ["0" * 16])
    refused.add("recent", ["1" * 16])
    refused.add("large", (f"{number:016}" for number in range(200_000)))
    refused.add("old", ["2" * 16])
    refused.add("new", (f"{number:016}" for number in range(20_000)))

    again = RefusedSuggestions(str(tmp_path))
    assert [len(again.of(article)) for article in ("recent", "large", "old", "new")] == [0, 0, 2, 20_000]


def test_a_file_of_refused_suggestions_that_no_desk_wrote_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_CACHE", str(tmp_path / "cache"))
    RefusedSuggestions(str(tmp_path)).add("a", ["0" * 16])
    (file,) = (tmp_path / "cache").rglob("refused-*.json")

    file.write_bytes(file.read_bytes() + b" " * 4_000_000)
    refused = RefusedSuggestions(str(tmp_path))
    refused.add("b", ["1" * 16])

    assert (refused.of("a"), RefusedSuggestions(str(tmp_path)).of("b")) == (set(), {"1" * 16})


def test_proposals_are_counted_a_few_articles_at_a_time(running: Desk, written: Written) -> None:
    done = written(claims="annotation: {status: done}\nclaims: {}\n")
    new = written(claims=None)
    counts: dict[str, int] = {}
    after = ""
    while True:
        answer = json.loads(running.ask(f"/api/proposals?after={after}").body)
        assert not counts.keys() & answer["counts"].keys()
        counts |= answer["counts"]
        if not (after := answer["next"]):
            break
    listed = [each["id"] for each in json.loads(running.ask("/api/articles").body)["articles"]]
    assert sorted(counts) == sorted(listed)
    assert (counts[done], counts[new]) == (0, 2)


def test_an_edit_changes_nothing_else_in_the_file(running: Desk, written: Written, corpus: Path) -> None:
    article = written(claims=CLAIMS.replace("\n", "\r\n"))
    state = running.edit(article, "claims", "c01", "speaker", value="berg", was="undecided")["state"]

    assert claims_of(corpus, article) == CLAIMS.replace("\n", "\r\n").replace("undecided", "berg")
    assert (state["left"], state["undo"], by_id(state)["speakers"]) == (0, 1, ["Anna Berg"])
    assert running.post(article, "undo", {})["state"]["undo"] == 0
    assert claims_of(corpus, article) == CLAIMS.replace("\n", "\r\n")
    assert list(running.post(article, "undo", {}, status=400)) == ["error"]


def test_a_new_claim_gets_the_next_id_and_its_place_in_the_text(
    running: Desk, written: Written, corpus: Path
) -> None:
    article = written(
        claims="annotation: {status: draft}\nclaims:\n  c03: {speaker: navo, words: zij blijft, act: states}\n"
        "withdrawn:\n  c04: {on: 2020-03-01, why: Never said.}\n"
    )
    add = {"speaker": "berg", "words": "Wij gaan naar huis"}
    answer = running.post(article, "edits", {"add": add})

    assert (answer["added"], [each["id"] for each in answer["state"]["claims"]]) == ("c05", ["c05", "c03"])
    assert claims_of(corpus, article).index("c05:") < claims_of(corpus, article).index("c03:")
    assert answer["state"]["proposals"] == []
    removed = running.edit(article, "claims", "c05", value=None, was=add)
    again = running.post(article, "edits", {"add": add})
    assert ([each["id"] for each in removed["state"]["claims"]], again["added"]) == (["c03"], "c06")


def test_what_is_wrong_and_what_is_refused_is_said_in_the_language_of_the_page(
    running: Desk, written: Written
) -> None:
    article = written(claims="claims:\n  c01: {speaker: berk, words: Wij gaan weg, said: 21-2-2020}\n")

    def said(language: str) -> list[tuple[str, str, str]]:
        claim = by_id(running.get(article, language=language))
        return [(each["rule"], each["message"], each["language"]) for each in claim["findings"]]

    edit = {"edits": [{"path": ["claims", "c01", "act"], "value": "zegt"}]}
    checked = running.post(article, "check", edit | {}, language="nl")["findings"]
    refused = running.post(article, "edits", edit, status=400, language="nl")["error"]

    assert said("nl") == [
        (
            "words-not-found",
            "woorden moeten precies zo in het artikel staan, en 'Wij gaan weg' niet: kopieer ze uit het artikel",
            "nl",
        ),
        (
            "bad-date",
            "een datum moet geschreven zijn als 2020, 2020-02, 2020-02-21 of anders in EDTF, en niet '21-2-2020': "
            "bedoelt u '2020-02-21'?",
            "nl",
        ),
        (
            "unknown-reference",
            "`speaker` moet een entiteit, een bron van dit bestand, `unnamed` of `article` noemen, en er is geen "
            "`berk`: bedoelt u `berg`?",
            "nl",
        ),
    ]
    assert [(rule, language) for rule, _, language in said("en")] == [(rule, "en") for rule, *_ in said("nl")]
    assert [each["message"] for each in checked if each["field"] == "act"] == [
        f"{refused['title']}: {refused['fix']}"
    ]
    assert refused["fix"] == "kies er een"


def test_a_definition_of_the_corpus_that_cannot_be_read_is_said_on_its_pages(tmp_path: Path) -> None:
    corpus = new_corpus(tmp_path / "corpus", a=(TEXT, CLAIMS))
    with desk(corpus) as opened:
        version = opened.get("a")["version"]
        (corpus / "entities.yaml").write_text("berg: {type: Persoon, name: Anna Berg}\n", encoding="utf-8")
        state = opened.get("a", f"/changes?version={version}")["state"]
        listed = json.loads(opened.ask("/api/articles").body)["findings"]

    assert [(each["rule"], each["file"], each["line"]) for each in listed] == [("not-allowed", "entities.yaml", 1)]
    assert state["findings"][0] == listed[0]
    assert [each["id"] for each in state["entities"]] == ["berg", "navo"]


def test_an_entity_that_is_added_in_an_editor_is_on_the_page_of_an_article(tmp_path: Path) -> None:
    corpus = new_corpus(tmp_path / "corpus", a=(TEXT, CLAIMS))
    with desk(corpus) as opened:
        version = opened.get("a")["version"]
        with (corpus / "entities.yaml").open("a", encoding="utf-8") as stream:
            stream.write("rutte: {type: Person, name: Mark Rutte}\n")
        state = opened.get("a", f"/changes?version={version}")["state"]
    assert "rutte" in [each["id"] for each in state["entities"]]


def test_what_somebody_else_wrote_at_the_same_place_is_a_conflict(
    running: Desk, written: Written, corpus: Path
) -> None:
    article = written()
    was = by_id(running.get(article))["fields"]
    file = corpus / f"{article}.claims.yaml"
    theirs = CLAIMS.replace("undecided", "navo") + "    note: theirs\n"
    file.write_text(theirs, encoding="utf-8")

    answer = running.edit(article, "claims", "c01", "speaker", value="berg", was="undecided", status=409)
    removal = running.edit(article, "claims", "c01", value=None, was=was, status=409)

    assert answer["conflicts"] == [
        {"path": ["claims", "c01", "speaker"], "mine": "berg", "theirs": "navo", "was": "undecided"}
    ]
    assert by_id(answer["state"])["fields"]["note"] == "theirs"
    assert [each["path"] for each in removal["conflicts"]] == [["claims", "c01"]]
    assert file.read_text(encoding="utf-8") == theirs


def test_a_check_says_what_would_be_wrong_and_writes_nothing(running: Desk, corpus: Path) -> None:
    edits = [
        {"path": ["claims", "c01", key], "value": value} for key, value in (("act", "denies"), ("to", "nobody"))
    ]
    found = running.post("a", "check", {"edits": edits})["findings"]

    assert {(each["rule"], each["claim"], each["field"]) for each in found} == {
        ("undecided", "c01", "speaker"),
        ("gist-missing", "c01", "act"),
        ("unknown-reference", "c01", "to"),
    }
    assert claims_of(corpus, "a") == CLAIMS


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["claims", "c01", "nothing"], "x"),
        (["claims", "c01", "act"], "sings"),
        (["claims", "c01", "note"], "bell \u0007"),
        (["claims", "C 1"], {"speaker": "berg", "words": "huis"}),
        (["claims", "c02"], {"speaker": "berg"}),
        (["annotation", "on"], "yesterday"),
    ],
)
def test_a_value_that_its_field_cannot_have_is_not_written(
    running: Desk, corpus: Path, path: list[str], value: object
) -> None:
    assert list(running.edit("a", *path, value=value, status=400)) == ["error"]
    assert claims_of(corpus, "a") == CLAIMS


@pytest.mark.slow
def test_hostile_texts_are_read_back_as_they_were_sent(running: Desk, written: Written) -> None:
    article = written()
    before = None
    for text in HOSTILE:
        state = running.edit(article, "claims", "c01", "note", value=text, was=before)["state"]
        assert by_id(state)["fields"]["note"] == text
        before = text


@pytest.mark.slow
def test_hostile_words_are_found_where_they_were_selected(running: Desk, written: Written) -> None:
    text = "".join(f"Zo zei Berg {number}: {each}\n\n" for number, each in enumerate(HOSTILE))
    article = written(f"date 2020-02-21 {text}", None)
    for number, each in enumerate(HOSTILE):
        before = f"zei Berg {number}: "
        passage = {"exact": each, "prefix": before, "suffix": "\n\nZo zei"}
        guess = running.post(article, "guess", {"passages": [passage]})
        add = {"words": guess["fields"]["words"], "speaker": "berg"}
        answer = running.post(article, "edits", {"add": add})
        (span,) = by_id(answer["state"], answer["added"])["anchors"]["words"]
        start = text.index(before) + len(before)
        assert start <= span[0] < span[1] <= start + len(each), each
        assert [
            found for found in by_id(answer["state"], answer["added"])["findings"] if "words" in found["rule"]
        ] == []


@pytest.mark.slow
def test_hostile_names_are_entities_or_errors(running: Desk) -> None:
    added = []
    for name in HOSTILE:
        reply = running.ask("/api/entities", {"name": name, "type": "Topic"})
        assert reply.status == 200, reply.text
        added.append(json.loads(reply.body)["entity"])
    assert [(each["name"], each["type"]) for each in added] == [
        (" ".join(each.split()), "Topic") for each in HOSTILE
    ]
    assert [each for each in added if each not in running.get("a")["entities"]] == []
    for name, kind in (("", "Person"), ("x\u0000", "Person"), ("x", "Robot")):
        assert running.ask("/api/entities", {"name": name, "type": kind}).status == 400


def test_a_file_that_is_no_yaml_is_shown_and_not_edited(running: Desk, written: Written, corpus: Path) -> None:
    broken = CLAIMS.replace("'Wij", "'Wij' x '")
    article = written(claims=broken)
    state = running.get(article)

    assert (state["editable"], state["claims"]) == (False, [])
    assert [each["line"] for each in state["findings"] if each["severity"] == "violation"] == [6]
    assert list(running.edit(article, "annotation", "status", value="done", was="draft", status=400)) == ["error"]
    assert claims_of(corpus, article) == broken
    (corpus / f"{article}.claims.yaml").write_text(CLAIMS, encoding="utf-8")
    mended = running.get(article, f"/changes?version={state['version']}")["state"]
    assert (mended["editable"], [each["id"] for each in mended["claims"]]) == (True, ["c01"])


@pytest.mark.parametrize(
    ("claims", "shown"),
    [
        ("", (True, [], "empty-file")),
        ("- a\n", (False, [], "wrong-kind")),
        (CLAIMS + "  c01: {speaker: berg, words: huis}\n", (False, ["c01"], "duplicate-key")),
        (CLAIMS + "#\x00\n", (False, [], "control-character")),
        ("claims: {c01: {words: huis}, c02: text, c03: [a]}\nannotation: draft\n", (True, ["c01"], "missing-key")),
    ],
)
def test_a_strange_file_is_shown_as_far_as_it_can_be_read(
    running: Desk, written: Written, claims: str, shown: tuple[bool, list[str], str]
) -> None:
    state = running.get(written(claims=claims))
    found = [each for place in (state, *state["claims"]) for each in place["findings"]]

    assert (state["editable"], [each["id"] for each in state["claims"]]) == shown[:2]
    assert shown[2] in {each["rule"] for each in found if each["severity"] == "violation" and each["line"]}


def test_an_article_without_a_claims_file_has_nothing_to_mend(running: Desk, written: Written) -> None:
    assert running.get(written(claims=None))["findings"] == []


def test_a_page_is_told_when_a_file_changes(running: Desk, written: Written, corpus: Path) -> None:
    article = written()
    version = running.get(article)["version"]
    file = corpus / f"{article}.claims.yaml"
    timer = threading.Timer(0.1, lambda: file.write_text(CLAIMS + "    note: new\n", encoding="utf-8"))
    timer.start()
    state = running.get(article, f"/changes?version={version}")["state"]
    timer.join()

    assert by_id(state)["fields"]["note"] == "new"


def test_wrong_entities_keep_the_corpus_open(running: Desk, corpus: Path) -> None:
    file = corpus / "entities.yaml"
    good = file.read_bytes()
    try:
        file.write_bytes(good + b"broken: [\n")
        found = json.loads(running.ask("/api/articles").body)["findings"]
        assert [each["file"] for each in found if each["severity"] == "violation"] == ["entities.yaml"]
        assert by_id(running.get("a"))["undecided"] == ["speaker"]
    finally:
        file.write_bytes(good)
    found = json.loads(running.ask("/api/articles").body)["findings"]
    assert [each for each in found if each["severity"] == "violation"] == []


def test_a_link_is_not_followed(running: Desk, corpus: Path, tmp_path: Path) -> None:
    outside = tmp_path / "secret.txt"
    outside.write_text("date 2020 secret", encoding="utf-8")
    (corpus / "out.txt").symlink_to(outside)
    (corpus / "inner.txt").symlink_to(corpus / "a.txt")
    try:
        listed = [each["id"] for each in json.loads(running.ask("/api/articles").body)["articles"]]
        inner = running.ask("/api/articles/inner")
        assert ("out" in listed, running.ask("/api/articles/out").status) == (False, 404)
        assert (inner.status, list(json.loads(inner.body))) == (400, ["error"])
    finally:
        for name in ("out", "inner"):
            (corpus / f"{name}.txt").unlink()


def test_labels_are_in_the_language_of_the_page(running: Desk) -> None:
    labels = {
        language: {each["value"]: each["label"] for each in running.get("a", language=language)["choices"]["act"]}
        for language in ("en", "nl", "fr")
    }

    assert [labels[each]["promises"] for each in ("en", "nl", "fr")] == ["promises", "belooft", "promises"]


@pytest.mark.slow
def test_two_desks_with_one_corpus_lose_nothing(running: Desk, written: Written, corpus: Path) -> None:
    article = written()
    with desk(corpus) as other:
        mine = running.edit(article, "claims", "c01", "speaker", value="berg", was="undecided")["state"]
        theirs = other.edit(article, "claims", "c01", "note", value="other", was=None)["state"]
        conflict = other.edit(article, "claims", "c01", "speaker", value="navo", was="undecided", status=409)
        seen = running.get(article, f"/changes?version={mine['version']}")["state"]

    assert by_id(theirs)["fields"] == by_id(seen)["fields"] == by_id(conflict["state"])["fields"]
    assert by_id(seen)["fields"] == {"speaker": "berg", "words": "Wij gaan naar huis", "note": "other"}


@pytest.mark.slow
def test_two_tabs_and_an_editor_lose_nothing(running: Desk, written: Written, corpus: Path) -> None:
    """Each writes a number of its own ever higher, and takes what the others wrote as it comes."""
    article = written()
    file = corpus / f"{article}.claims.yaml"
    steps = 40

    def tab(name: str) -> None:
        before = None
        for number in range(steps):
            state = running.edit(article, "claims", "c01", "accept", name, value=str(number), was=before)["state"]
            before = by_id(state)["fields"]["accept"][name]
            assert before == str(number)

    tabs = [threading.Thread(target=tab, args=(name,)) for name in ("tab-one", "tab-two")]
    for each in tabs:
        each.start()
    lines = 0
    while any(each.is_alive() for each in tabs):
        # By turns as an editor that appends to the file, and as one that replaces what it has read.
        if lines % 2:
            with file.open("ab") as stream:
                stream.write(b"# line\n")
            lines += 1
        else:
            seen = file.read_bytes()
            lines += replace_if_same(file, seen + b"# line\n", seen)
        time.sleep(0.05)
    state = running.get(article)
    written_lines = claims_of(corpus, article).count("# line\n")

    assert by_id(state)["fields"]["accept"] == {"tab-one": str(steps - 1), "tab-two": str(steps - 1)}
    assert 0 < written_lines <= lines


@pytest.mark.slow
def test_a_page_that_waits_does_not_keep_the_desk_from_ending(tmp_path: Path) -> None:
    with desk(new_corpus(tmp_path / "corpus", a=(TEXT, CLAIMS))) as opened:
        version = opened.get("a")["version"]
        waiting = threading.Thread(target=opened.ask, args=(f"/api/articles/a/changes?version={version}",))
        waiting.start()
        time.sleep(0.5)
    waiting.join(PATIENCE)

    assert not waiting.is_alive()


@pytest.mark.slow
def test_the_seed_is_shown_without_a_finding_and_undone_to_the_same_bytes(tmp_path: Path) -> None:
    shutil.copytree(SEEDS, tmp_path / "seeds")
    (file,) = (tmp_path / "seeds").glob("*.claims.yaml")
    article, before = file.name.removesuffix(".claims.yaml"), file.read_bytes()
    with desk(tmp_path / "seeds") as opened:
        state = opened.get(article)
        assert (len(state["claims"]), state["left"], state["findings"], state["proposals"]) == (28, 0, [], [])
        for claim in state["claims"]:
            path = ("claims", claim["id"], "note")
            opened.edit(article, *path, value="x", was=claim["fields"].get("note"))
        while opened.post(article, "undo", {})["state"]["undo"]:
            pass

    assert file.read_bytes() == before


@pytest.mark.parametrize(("language", "label"), [("en", "News outlet"), ("nl", "Nieuwsmedium")])
def test_types_of_entities_are_called_as_on_the_site(running: Desk, language: str, label: str) -> None:
    types = running.get("a", language=language)["choices"]["type"]
    assert {each["value"]: each["label"] for each in types}["NewsMediaOrganization"] == label
