"""What the user says of all articles of a new corpus: wrong usage or a violation, never an invalid corpus."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.cli import run

ROW = "text,Quote\nShe said no.,said no\n"
CONFIG = (
    "base: https://kg.example/\ntitle: Old\nlicence: https://creativecommons.org/licenses/by/4.0/\nlanguage: en\n"
)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Go to a folder with a table of one claim."""
    monkeypatch.chdir(tmp_path)
    Path("claims.csv").write_text(ROW)


def complaint(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str]:
    """Return the status of an import that writes nothing, and the line that says what is wrong."""
    status = run(["import", "csv", "claims.csv", "-o", "new", *options])
    assert not Path("new").exists()
    (line,) = [
        line for line in capsys.readouterr().err.splitlines() if line.startswith("Error: ") or "violation" in line
    ]
    return status, line


@pytest.mark.parametrize("tag", ["Nederlands", "n l", "nl-"])
@pytest.mark.parametrize("command", [["import", "csv", "claims.csv", "-o", "new"], ["new", "a.txt"]])
def test_a_language_that_is_no_tag_is_wrong_usage(
    command: list[str], tag: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*command, "--language", tag]) == 2
    assert capsys.readouterr().err.splitlines()[-1] == (
        "Error: Invalid value for '--language': a language must be a tag of BCP 47, as nl, en or fr-BE, not "
        f"{tag!r}: correct it"
    )
    assert not Path("new").exists()


def test_a_date_of_publication_that_is_no_date_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert complaint(capsys, "--published", "3-3-2026") == (
        2,
        "Error: Invalid value for '--published': a date must be written as 2020, 2020-02, 2020-02-21 or otherwise "
        "in EDTF, not '3-3-2026': did you mean '2026-03-03'?",
    )


def test_a_date_of_publication_may_have_a_time_of_day() -> None:
    assert run(["import", "csv", "claims.csv", "-o", "new", "--published", "2026-03-02T10:00:00"]) == 0
    (claims,) = Path("new").glob("*.claims.yaml")
    assert claims.read_text().splitlines()[:2] == ["article:", "  published: 2026-03-02"]


def test_sources_without_an_article_are_a_violation(capsys: pytest.CaptureFixture[str]) -> None:
    Path("claims.csv").write_text(ROW.splitlines()[0])

    assert complaint(capsys) == (
        1,
        "claims.csv: violation: a source must have an article, and this one has none: add one, or name another "
        "source [no-articles]",
    )


def test_entities_that_are_not_valid_are_reported_in_their_own_file(capsys: pytest.CaptureFixture[str]) -> None:
    Path("who.yaml").write_text("ann: {type: Person, name: Ann, same_as: [Q42]}\n")

    assert complaint(capsys, "--entities", "who.yaml") == (
        1,
        "who.yaml:1:42: violation: `same_as` must be a whole web address, as https://example.org/x, not 'Q42': "
        "write it in full, without blanks [bad-iri]",
    )


def test_an_entity_of_a_table_cannot_have_the_identifier_of_another_that_is_known(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("old").mkdir()
    Path("old", "corpus.yaml").write_text(CONFIG)
    Path("old", "entities.yaml").write_text("ann: {type: Person, name: Ann, same_as: [http://e.org/a]}\n")
    Path("names.csv").write_text("name,entity,type,same_as\nBob,bob,Person,http://e.org/a\n")

    assert complaint(capsys, "--like", "old", "--entities", "names.csv") == (
        1,
        "names.csv: violation: an identifier must belong to one entity, and http://e.org/a is at `ann` too: "
        "merge the two [shared-identifier]",
    )


def test_a_corpus_that_is_not_valid_is_no_pattern(capsys: pytest.CaptureFixture[str]) -> None:
    Path("old").mkdir()
    Path("old", "corpus.yaml").write_text(CONFIG.replace("language: en", "language: English"))

    assert complaint(capsys, "--like", "old") == (
        1,
        "old/corpus.yaml:4:11: violation: a language must be a tag of BCP 47, as nl, en or fr-BE, not 'English': "
        "correct it [bad-language]",
    )


@pytest.mark.parametrize("arguments", [["claims.csv", "-o", "new"], ["csv", "-o", "new"]])
def test_an_import_without_a_format_or_a_source_says_that_both_are_named(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert run(["import", *arguments]) == 2
    assert capsys.readouterr().err.splitlines()[-1] == (
        "Error: Name the format, then what to read: kg import csv quotes.csv -o CORPUS. --help lists the formats."
    )


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "a table must begin with the names of its columns, and this one is empty: fill it in"),
        (b"%PDF-1.4\n\xe2\n", "the file must be CSV, and this is a PDF: "),
        (b"PK\x03\x04\x14", "the file must be CSV, and this is a file of Word, Excel or OpenDocument, or another "),
    ],
)
def test_a_file_that_is_no_table_is_called_what_it_is(
    capsys: pytest.CaptureFixture[str], content: bytes, why: str
) -> None:
    Path("claims.csv").write_bytes(content)

    status, line = complaint(capsys)

    assert status == 1
    assert line.partition("violation: ")[2].startswith(why)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["cvs", "claims.csv"], "cvs: there is no importer of this name: did you mean `csv`?"),
        (
            ["csv", "claims.csv", "--mapping", "atribution"],
            "atribution: a mapping must be a file or one of attribution, parc, polnear, tei, there is no such "
            "file: did you mean `attribution`?",
        ),
    ],
)
def test_a_misspelt_format_or_preset_is_answered_with_the_nearest(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert run(["import", *arguments, "-o", "new"]) == 2
    assert capsys.readouterr().err == f"kg: {message}\n"


def test_what_only_one_record_has_is_summarised_with_its_values(capsys: pytest.CaptureFixture[str]) -> None:
    head, row = ROW.splitlines()
    Path("claims.csv").write_text(f"{head},said\n{row},31/02/2020\n")

    assert run(["import", "csv", "claims.csv", "-o", "new", "--language", "en"]) == 0
    assert (
        "  1 ×: `said`: a day must exist, and '31/02/2020' means 2020-02-31, which does not (claims.csv:2:14)"
        in capsys.readouterr().err.splitlines()
    )


def summary(capsys: pytest.CaptureFixture[str], rows: str, *options: str) -> list[str]:
    """Return what an import of a table says of the records that it left out."""
    Path("claims.csv").write_text(rows)
    assert run(["import", "csv", "claims.csv", "-o", "new", "--language", "en", *options]) == 0
    return [line.strip() for line in capsys.readouterr().err.splitlines() if line.startswith("  ")]


def test_records_left_out_for_one_reason_are_one_line_with_the_places_of_the_first(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = "".join(f'"She said no.",nothing {number},\n' for number in range(1000))
    lines = summary(capsys, f"text,Quote,Speaker\nShe said no.,said no,\n{rows}")

    assert (
        lines[:2]
        == [
            "1000 ×: words must be in the article exactly as written, and … is not: copy them from the article "
            "(claims.csv:3:16, claims.csv:4:16, claims.csv:5:16, …)"
        ]
        * 2
    )


def test_a_reason_that_is_the_same_for_all_keeps_its_values(capsys: pytest.CaptureFixture[str]) -> None:
    rows = "She said no.,said no,31/02/2020\nShe said no.,She,31/02/2020\n"

    assert summary(capsys, f"text,Quote,said\n{rows}")[0] == (
        "2 ×: `said`: a day must exist, and '31/02/2020' means 2020-02-31, which does not "
        "(claims.csv:2:14, claims.csv:3:14)"
    )


def test_what_is_no_place_in_a_file_is_called_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    Path("tables").mkdir()
    Path("tables/claims.csv").write_text(ROW)
    Path("tables/away.csv").symlink_to(Path("claims.csv").absolute())

    assert run(["import", "csv", "tables", "-o", "new", "--language", "en"]) == 0
    assert (
        "  1 ×: a link must lead to a file of the same folder, this one leads out of it: copy the file here "
        "(tables/away.csv)"
    ) in capsys.readouterr().err.splitlines()


def test_names_that_were_decided_are_kept_by_the_command_that_the_summary_gives(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("claims.csv").write_text(
        "text,Quote,Speaker\nAnn said no. Bob said yes.,no,Ann\nAnn said no. Bob said yes.,yes,Bob\n"
    )
    first = ["import", "csv", "claims.csv", "--language", "en", "-o"]
    assert run([*first, "one"]) == 0
    assert "  kg import … --entities one/names.csv -o NEW-FOLDER" in capsys.readouterr().err.splitlines()

    Path("names.csv").write_text("name,entity,type\nAnn,ann,Person\n")
    assert run([*first, "two", "--entities", "names.csv"]) == 0
    assert "  kg import … --like two --entities two/names.csv -o NEW-FOLDER" in capsys.readouterr().err.splitlines()

    Path("two/names.csv").write_text("name,entity,type\nBob,bob,Person\n")
    assert run([*first, "three", "--like", "two", "--entities", "two/names.csv"]) == 0
    assert Path("three/entities.yaml").read_text() == (
        "ann: {type: Person, name: Ann}\nbob: {type: Person, name: Bob}\n"
    )


def test_what_nobody_can_know_of_a_new_corpus_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    provisional = "corpus.yaml: the title, the licence and the base are provisional: write yours"
    assert run(["import", "csv", "claims.csv", "-o", "new", "--language", "en"]) == 0
    assert f"new/{provisional}" in capsys.readouterr().err.splitlines()

    assert run(["import", "csv", "claims.csv", "-o", "newer", "--like", "new"]) == 0
    assert "provisional" not in capsys.readouterr().err
