"""A quotation that stands in its article becomes a claim of a program's reading; any other is only listed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

import kg
from kg.cli import run
from kg.errors import CorpusError, FileError, UsageError
from kg.history.proposals_import import ProposalReport
from support import ROOT
from support.readings import CONFIG, PROGRAM, newsroom, newsroom_with_program

LANGEXTRACT = ROOT / "tests" / "data" / "imports" / "proposals" / "langextract.jsonl"
READING = Path("readings", "spotter", "port.claims.yaml")
STAYS = {
    "article": "port",
    "quotation": "The port stays open",
    "speaker": "Ann Bos",
    "cue": "said",
    "act": "states",
}
MANY = (2_000, pytest.param(100_000, marks=pytest.mark.slow))
EMOJI = "\N{THINKING FACE}"


@pytest.fixture
def news(tmp_path: Path) -> Path:
    return newsroom_with_program(tmp_path / "news")


def proposed(tmp_path: Path, *lines: dict[str, object]) -> Path:
    file = tmp_path / "out.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return file


def claims(news: Path) -> str:
    """Return the claims of the program's reading of the port, as written."""
    return (news / READING).read_text(encoding="utf-8").partition("claims:\n")[2]


def unfound(report: ProposalReport) -> list[tuple[str, str, str]]:
    return [(each.quotation, each.why, each.detail) for each in report.left.quotations]


def reasons(report: ProposalReport) -> list[tuple[str, int]]:
    return [(each.why, each.times) for each in report.left.others]


def test_a_quotation_that_stands_in_the_article_becomes_a_claim_of_the_program(news: Path, tmp_path: Path) -> None:
    report = kg.open(news).propose(proposed(tmp_path, {**STAYS, "date": "2026-05-01"}), by="spotter")

    assert (
        (news / READING).read_text(encoding="utf-8")
        == """\
article:
  sha256: "385d5831a13dc8d9fe45d305ceb8d4f8b781a3919b15990eb0aa9e20b032a10b"

annotation: {by: spotter}

claims:
  c01:
    speaker: bos
    words: The port stays open
    cue: said
    act: states
    said: 2026-05-01
"""
    )
    assert (report.read, report.added, report.known) == (1, 1, 0)
    assert kg.open(news).validate().ok


def test_a_quotation_that_does_not_is_listed_with_the_nearest_passage(news: Path, tmp_path: Path) -> None:
    file = proposed(tmp_path, *[{**STAYS, "quotation": "The port stays opne"}] * 3)
    report = kg.open(news).propose(file, by="spotter")

    assert list(report.lines()) == [
        f"{file}:1: port: 'The port stays opne' is not in the article (3 times)",
        "    nearest, at characters 0-19: 'The port stays open'",
        "    the article has 'open', the words have 'opne'",
    ]
    assert not (news / "readings" / "spotter").exists()


def test_the_output_of_langextract_finds_its_article_by_the_text(news: Path) -> None:
    """Its document has a random id; what LangExtract itself took for a likely match is not in the article."""
    report = kg.open(news).propose(LANGEXTRACT, by="spotter")

    written = [line.strip() for line in claims(news).splitlines() if "words:" in line]
    assert written == ["words: The port stays open", "words: We will pay for the dyke"]
    assert [quotation for quotation, _, _ in unfound(report)] == [
        "The state has refused to pay",
        "The port will be closed for ever",
    ]


@pytest.mark.parametrize(("before", "after"), [("", ""), ("date 2026-05-02\n\n", "\n"), ("\n\n", "\r\n\r\n")])
def test_the_text_of_langextract_may_lack_the_header_and_blanks_around(
    tmp_path: Path, before: str, after: str
) -> None:
    """The offset still chooses one of several places."""
    news = newsroom_with_program(tmp_path / "news")
    (news / "yes.txt").write_text("date 2026-05-02\n\nYes, she said. Yes, he said.\n", encoding="utf-8")
    text = f"{before}Yes, she said. Yes, he said.{after}"
    start = text.rindex("Yes")
    extraction = {"extraction_class": "quote", "extraction_text": "Yes", "char_interval": {"start_pos": start}}
    file = proposed(tmp_path, {"document_id": "doc_1", "text": text, "extractions": [extraction]})
    assert kg.open(news).propose(file, by="spotter").added == 1
    written = (news / "readings" / "spotter" / "yes.claims.yaml").read_text(encoding="utf-8")
    assert "start: 15}" in written


@pytest.mark.parametrize("name", ["port", "port.txt", "./port.txt", "port.claims.yaml"])
def test_an_article_is_named_by_its_id_or_its_file(news: Path, tmp_path: Path, name: str) -> None:
    assert kg.open(news).propose(proposed(tmp_path, {**STAYS, "article": name}), by="spotter").added == 1


@pytest.mark.parametrize(
    "name", ["../news/port", "/etc/passwd", "readings/ben/port", "port\u202e", "x" * 10_000, "."]
)
def test_a_name_that_is_a_path_finds_no_other_file(news: Path, tmp_path: Path, name: str) -> None:
    report = kg.open(news).propose(proposed(tmp_path, {**STAYS, "article": name}), by="spotter")
    assert report.added == 0
    assert len(reasons(report)) == 1
    assert not (news / "readings" / "spotter").exists()


class TestSeveralPlaces:
    """A quotation that the article has several times."""

    @pytest.fixture
    def news(self, tmp_path: Path) -> Path:
        folder = newsroom_with_program(tmp_path / "news")
        text = f"date 2026-05-02\n\n{EMOJI}{EMOJI} Ja, zei Bos. Later zei zij: Ja, wij gaan. Ja.\n"
        (folder / "yes.txt").write_text(text, encoding="utf-8")
        return folder

    def test_it_is_listed_with_its_places(self, news: Path, tmp_path: Path) -> None:
        report = kg.open(news).propose(proposed(tmp_path, {"article": "yes", "quotation": "Ja"}), by="spotter")
        ((_, why, detail),) = unfound(report)
        assert why.startswith("is in the article several times: give `start`")
        assert [line.partition(":")[0] for line in detail.splitlines()] == [
            "at characters 3-5",
            "at characters 31-33",
            "at characters 45-47",
        ]

    @pytest.mark.parametrize(
        ("hint", "start"),
        [({"start": 31}, 31), ({"in": "Ja, wij gaan"}, 31), ({"start": 3}, 3)],
    )
    def test_an_offset_or_a_longer_passage_chooses_one(
        self, news: Path, tmp_path: Path, hint: dict[str, object], start: int
    ) -> None:
        file = proposed(tmp_path, {"article": "yes", "quotation": "Ja", **hint})
        assert kg.open(news).propose(file, by="spotter").added == 1
        written = (news / "readings" / "spotter" / "yes.claims.yaml").read_text(encoding="utf-8")
        assert f"words: {{words: Ja, start: {start}}}" in written

    @pytest.mark.parametrize(
        "hint", [{"start": 33}, {"start": 5}, {"start": 4000}, {"in": "Ja"}, {"in": "Nee, Ja"}]
    )
    def test_an_offset_that_is_near_or_in_utf_16_chooses_none(
        self, news: Path, tmp_path: Path, hint: dict[str, object]
    ) -> None:
        report = kg.open(news).propose(
            proposed(tmp_path, {"article": "yes", "quotation": "Ja", **hint}), by="spotter"
        )
        assert report.added == 0
        assert len(unfound(report)) == 1

    def test_an_offset_that_is_another_place_in_utf_16_chooses_none(self, news: Path, tmp_path: Path) -> None:
        text = f"date 2026-05-02\n\n{EMOJI}{EMOJI}{EMOJI} Ja Ja\n"
        (news / "yes.txt").write_text(text, encoding="utf-8")
        for start, added in ((7, 0), (4, 1)):
            file = proposed(tmp_path, {"article": "yes", "quotation": "Ja", "start": start})
            assert kg.open(news).propose(file, by="spotter").added == added


def test_a_part_of_a_word_is_not_proposed_wherever_it_is_said_to_be(news: Path, tmp_path: Path) -> None:
    cut = {"article": "port", "quotation": "he port stays ope"}
    report = kg.open(news).propose(
        proposed(tmp_path, cut, {**cut, "start": 1}, {**cut, "in": "The port stays open"}), by="spotter"
    )
    assert [why for _, why, _ in unfound(report)] == ["is in the article only inside longer words"]


def test_the_same_file_again_changes_nothing(news: Path, tmp_path: Path) -> None:
    file = proposed(
        tmp_path,
        STAYS,
        STAYS,
        {"article": "port", "quotation": "hundreds will lose their jobs", "speaker": "a; b\nc", "note": "x"},
        {"article": "port", "quotation": "We will pay for the dyke", "speaker_words": "she"},
        {"article": "port", "quotation": "the state had refused to pay", "speaker": "das", "act": "denies"},
    )
    first = kg.open(news).propose(file, by="spotter")
    before = (news / READING).stat().st_ino, claims(news)
    again = kg.open(news).propose(file, by="spotter")

    assert (first.added, first.known) == (4, 1)
    assert (again.added, again.known, again.readings) == (0, 5, ())
    assert ((news / READING).stat().st_ino, claims(news)) == before


def test_a_later_run_adds_what_is_new_and_keeps_what_somebody_wrote(news: Path, tmp_path: Path) -> None:
    kg.open(news).propose(proposed(tmp_path, STAYS), by="spotter")
    text = (news / READING).read_text(encoding="utf-8").replace("    act: states\n", "    act: states  # sure\n")
    (news / READING).write_text(text, encoding="utf-8")
    kg.open(news).propose(
        proposed(tmp_path, STAYS, {**STAYS, "quotation": "We will pay for the dyke"}), by="spotter"
    )

    assert "    act: states  # sure\n" in claims(news)
    assert "  c02:\n    speaker: bos\n    words: We will pay for the dyke\n" in claims(news)


def test_a_speaker_without_an_entity_is_undecided_until_there_is_one(news: Path, tmp_path: Path) -> None:
    file = proposed(tmp_path, {**STAYS, "speaker": "mayor Ann Bos"})
    report = kg.open(news).propose(file, by="spotter")
    assert report.names == {"mayor Ann Bos": 1}
    assert "    speaker: undecided\n" in claims(news)
    assert '    note: "to decide: speaker mayor Ann Bos"\n' in claims(news)

    entities = news / "entities.yaml"
    entities.write_text(
        entities.read_text("utf-8").replace("name: Ann Bos", "name: Ann Bos, also: [mayor Ann Bos]"), "utf-8"
    )
    again = kg.open(news).propose(file, by="spotter")
    assert [(each.added, each.completed) for each in again.readings] == [(0, 1)]
    assert "    speaker: bos\n" in claims(news)
    assert "to decide" not in claims(news)


@pytest.mark.parametrize(
    ("field", "why"),
    [
        (
            {"act": "says"},
            "`act` must be one of states, ",
        ),
        ({"confidence": 0.9}, "the mapping's `fields` do not say which field this is"),
        (
            {"date": "last Friday"},
            "`said`: a date must be written as 2020, 2020-02, 2020-02-21 or otherwise in EDTF",
        ),
        ({"accept": "negated-cue"}, "the mapping's `fields` do not say which field this is"),
        ({"reviewed": "ann"}, "the mapping's `fields` do not say which field this is"),
        ({"cue": "announced"}, "words must be in the article exactly as written"),
    ],
)
def test_a_field_that_cannot_be_used_is_left_out_and_counted(
    news: Path, tmp_path: Path, field: dict[str, object], why: str
) -> None:
    report = kg.open(news).propose(proposed(tmp_path, {**STAYS, **field}), by="spotter")
    ((reason, _),) = reasons(report)
    assert reason.startswith(why)
    assert report.added == 1


@pytest.mark.parametrize("many", MANY)
def test_one_mistake_many_times_is_one_line(news: Path, tmp_path: Path, many: int) -> None:
    file = tmp_path / "out.jsonl"
    with file.open("w", encoding="utf-8") as stream:
        for number in range(many):
            stream.write(f'{{"article": "port{number}", "quotation": "The port stays open"}}\n')
    report = kg.open(news).propose(file, by="spotter")
    assert reasons(report) == [("the corpus has no article with this id, file name or text", many)]


@pytest.mark.parametrize("many", MANY)
def test_one_wrong_quotation_many_times_is_one_line(news: Path, tmp_path: Path, many: int) -> None:
    file = tmp_path / "out.jsonl"
    file.write_text('{"article": "port", "quotation": "The port stays opn"}\n' * many, encoding="utf-8")
    report = kg.open(news).propose(file, by="spotter")
    assert len(list(report.lines())) == 3


@pytest.mark.parametrize(
    ("name", "config", "message"),
    [
        ("", CONFIG, "say which program made the proposals with --by NAME, an entry under `annotators`"),
        ("", f"{CONFIG}  {PROGRAM}\n", "as --by spotter"),
        (
            "spotter",
            CONFIG,
            "add it under `annotators` in .*: spotter: {name: gpt, type: Software.*, version: '7'}",
        ),
        ("spoter", f"{CONFIG}  {PROGRAM}\n", "did you mean spotter"),
        ("anna", f"{CONFIG}  {PROGRAM}\n", "anna must be a program with a version"),
        (
            "spotter",
            f"{CONFIG}  spotter: {{name: x, type: SoftwareApplication}}\n",
            "must be a program with a version",
        ),
    ],
)
def test_proposals_are_those_of_a_program_of_the_corpus(
    tmp_path: Path, name: str, config: str, message: str
) -> None:
    news = newsroom(tmp_path / "news")
    (news / "corpus.yaml").write_text(config, encoding="utf-8")
    file = proposed(tmp_path, {**STAYS, "model": "gpt", "version": "7"})
    with pytest.raises(UsageError, match=message.replace("'7'", '"7"').replace("{", r"\{")):
        kg.open(news).propose(file, by=name)


def test_another_version_of_the_program_is_another_annotator(news: Path, tmp_path: Path) -> None:
    report = kg.open(news).propose(proposed(tmp_path, {**STAYS, "version": "3"}), by="spotter")
    assert reasons(report) == [
        ("it was made by another version of the program: spotter is `2.1`, so use another name", 1)
    ]


def test_nothing_is_written_if_a_strict_import_leaves_something_out(news: Path, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="is not in the article"):
        kg.open(news).propose(proposed(tmp_path, STAYS, {**STAYS, "quotation": "No"}), by="spotter", strict=True)
    assert not (news / "readings" / "spotter").exists()


def test_a_reading_that_is_wrong_is_not_continued(news: Path, tmp_path: Path) -> None:
    kg.open(news).propose(proposed(tmp_path, STAYS), by="spotter")
    (news / READING).write_text(claims(news).join(["claims:\n", "  c02: {speaker: nobody, words: x}\n"]), "utf-8")
    before = (news / READING).read_bytes()
    with pytest.raises(CorpusError, match="nobody"):
        kg.open(news).propose(proposed(tmp_path, {**STAYS, "quotation": "We will pay for the dyke"}), by="spotter")
    assert (news / READING).read_bytes() == before


def test_a_link_in_place_of_the_folder_is_not_followed(news: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    os.symlink(tmp_path / "elsewhere", news / "readings" / "spotter")
    with pytest.raises(FileError, match="a link is not followed"):
        kg.open(news).propose(proposed(tmp_path, STAYS), by="spotter")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_what_could_not_be_written_is_added_by_the_next_import(news: Path, tmp_path: Path) -> None:
    file = proposed(tmp_path, {"article": "dyke", "quotation": "the dyke is safe", "speaker": "bos"}, STAYS)
    (news / READING).mkdir(parents=True)
    with pytest.raises(FileError, match=r"port\.claims\.yaml"):
        kg.open(news).propose(file, by="spotter")
    assert (news / READING).with_name("dyke.claims.yaml").is_file()

    (news / READING).rmdir()
    report = kg.open(news).propose(file, by="spotter")
    assert (report.added, report.known) == (1, 1)
    assert "The port stays open" in claims(news)


def test_many_quotations_of_a_long_article_are_not_looked_for(news: Path, tmp_path: Path) -> None:
    (news / "long.txt").write_text("date 2026\n\n" + "lang " * 1_000_000, encoding="utf-8")
    lines = ({"article": "long", "quotation": f"lang {number}"} for number in range(2100))
    report = kg.open(news).propose(proposed(tmp_path, *lines), by="spotter")
    ((why, times),) = reasons(report)
    assert (why.startswith("looking for so many quotations"), times) == (True, 2100)


def test_an_article_in_json_lines_is_counted_as_left_out(news: Path, tmp_path: Path) -> None:
    line = {"article": {"id": "line-1", "text": "date 2026-05-02 The port stays open."}, "claims": {}}
    (news / "more.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    report = kg.open(news).propose(proposed(tmp_path, {**STAYS, "article": "line-1"}), by="spotter")
    ((why, times),) = reasons(report)
    assert (why.partition(",")[0], times) == ("articles in JSON Lines are not edited one by one", 1)


def test_the_command_prints_what_is_not_in_the_article_and_the_rest_on_stderr(
    news: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = proposed(
        tmp_path, STAYS, {**STAYS, "quotation": "\u001b[31mThe port"}, {**STAYS, "quotation": "The ports"}
    )
    assert run(["import", "proposals", str(file), "-o", str(news), "--by", "spotter"]) == 0
    shown = capsys.readouterr()
    assert shown.out.startswith(f"{file}:3: port: 'The ports' is not in the article\n")
    assert "quotations: 2 read, 1 new, 0 known, 1 not in their article\n" in shown.err
    assert "`kg proposals` asks" in shown.err


def test_an_import_of_nothing_new_asks_for_no_decision(
    news: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = proposed(tmp_path, {**STAYS, "quotation": "The ports"})
    assert run(["import", "proposals", str(file), "-o", str(news), "--by", "spotter"]) == 0
    assert "`kg proposals`" not in capsys.readouterr().err


def test_an_option_about_new_corpora_is_refused(
    news: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = proposed(tmp_path, STAYS)
    assert run(["import", "proposals", str(file), "-o", str(news), "--by", "spotter", "--language", "nl"]) == 2
    assert "--language is of no use for proposals" in capsys.readouterr().err
