"""Two corpora become one: nothing is lost, nothing is decided silently, and the IRIs of both live on."""

from __future__ import annotations

import gzip
import re
import shutil
from pathlib import Path

import pytest

import kg
from kg.cli import run
from kg.corpus import read_corpus
from kg.errors import FileError, UsageError
from kg.history.merge_plan import UndecidedMerge
from kg.history.merging import merge_corpora, read_decisions
from support import ROOT
from support.corpora import lay

CONFIG = """\
base: https://{host}.example/  # for ever
title: {{en: Claims}}
licence: https://creativecommons.org/licenses/by/4.0/
language: en
annotators: {{ann: {{name: Ann}}, {host}: {{name: {host}}}}}
creator: {host}
"""
ENTITIES = "bos: {{type: Person, name: Ann Bos}}\n{host}: {{type: Organization, name: Paper {host}}}\n"
TEXT = "date 2026-05-01 The port of {host} stays open, said Ann Bos.\n"
FILE = """\
annotation: {{by: {host}, on: 2026-05-02}}
claims: {{c01: {{speaker: bos, words: 'The port of {host} stays open', about: {host}}}}}
"""


def paper(folder: Path, host: str, name: str, **files: str) -> Path:
    """Write a corpus with one article."""
    written = {"corpus.yaml": CONFIG, "entities.yaml": ENTITIES, f"{name}.txt": TEXT, f"{name}.claims.yaml": FILE}
    return lay(folder, {**{key: each.format(host=host) for key, each in written.items()}, **files})


@pytest.fixture
def first(tmp_path: Path) -> Path:
    return paper(tmp_path / "first", "one", "port")


@pytest.fixture
def second(tmp_path: Path) -> Path:
    return paper(tmp_path / "second", "two", "harbour")


def triples(folder: Path, *, base: str = "") -> set[str]:
    """Return the triples of a corpus without what is said of the data set and of graphs, which have a digest."""
    kg.open(folder).write(folder.with_suffix(".nq"))
    lines = folder.with_suffix(".nq").read_text(encoding="utf-8").splitlines()
    kept = [
        re.sub(r" <[^>]*> \.$", "", line) for line in lines if not re.search(r"graph/(dataset|extra)> \.$", line)
    ]
    return {line.replace(base, "https://one.example/") if base else line for line in kept if "/graph/" not in line}


def test_disjoint_corpora_give_the_union_of_their_graphs(first: Path, second: Path, tmp_path: Path) -> None:
    merged = kg.merge(first, second, into=tmp_path / "both")

    assert merged.validate().ok
    assert triples(tmp_path / "both") == triples(first) | triples(second, base="https://two.example/")


def test_the_order_decides_only_the_base_and_who_contributed(first: Path, second: Path, tmp_path: Path) -> None:
    for file in (first, second):
        text = (file / "corpus.yaml").read_text()
        (file / "corpus.yaml").write_text(re.sub(r"https://\w+\.example/", "https://one.example/", text))

    kg.merge(first, second, into=tmp_path / "ab")
    kg.merge(second, first, into=tmp_path / "ba")

    assert triples(tmp_path / "ab") == triples(tmp_path / "ba")


def test_a_corpus_without_articles_changes_nothing(first: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    shutil.copy(first / "corpus.yaml", empty)
    before = {path.name: path.read_bytes() for path in first.iterdir() if path.is_file()}

    kg.merge(first, empty, into=tmp_path / "both")

    assert {path.name: path.read_bytes() for path in (tmp_path / "both").iterdir()} == before


def test_corpora_without_articles_are_merged_in_any_order(
    second: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    shutil.copy(second / "corpus.yaml", empty)

    assert run(["merge", str(empty), str(second), "-o", str(tmp_path / "both")]) == 0
    assert run(["merge", str(empty), str(empty), "-o", str(tmp_path / "none")]) == 0

    assert capsys.readouterr().err.count("\n") == 2  # nothing is said of any article
    assert (tmp_path / "both/harbour.claims.yaml").read_bytes() == (second / "harbour.claims.yaml").read_bytes()
    assert [path.name for path in (tmp_path / "none").iterdir()] == ["corpus.yaml"]


def test_what_the_second_contributed_stays_visible(first: Path, second: Path, tmp_path: Path) -> None:
    merged = kg.merge(first, second, into=tmp_path / "both")

    contributed = (tmp_path / "both/extra/contributed.ttl").read_text(encoding="utf-8")
    assert contributed[contributed.index("<https://two") :] == (
        '<https://two.example/dataset> dcterms:title "Claims"@en ;\n'
        "    dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;\n"
        "    dcterms:creator <entity/two> ;\n"
        "    dcterms:hasPart <article/harbour> ;\n"
        "    dcterms:isPartOf <dataset> .\n"
    )
    config = (tmp_path / "both/corpus.yaml").read_text()
    assert "# for ever\n" in config
    assert "moved_from: https://two.example/\n" in config
    assert merged.claim("harbour/c01").speakers == ("bos",)


CONFLICTS = {
    "corpus.yaml": CONFIG.format(host="two").replace("Claims", "Says").replace("{name: Ann}", "{name: Anna}"),
    "entities.yaml": "bos: {type: Group, name: Bos}\n"
    "port: {type: Topic, name: port, same_as: ['https://wikidata.example/1']}\n"
    "two: {type: Organization, name: Paper two}\n",
    "port.txt": TEXT.format(host="two"),
    "port.claims.yaml": FILE.format(host="two")
    .replace("about: two", "about: [two, port]")
    .replace("by: two", "by: ann"),
    "copy.txt": TEXT.format(host="one"),
    "next.txt": "date 2026 Nothing.\n",
    "next.claims.yaml": "claims: {c01: {speaker: bos, words: Nothing, relations: {same: port/c01}}}\n",
    "readings/ann/port.claims.yaml": "annotation: {by: ann}\nclaims: {c01: {speaker: bos, words: The port}}\n",
    "extra/more.ttl": "<https://two.example/entity/bos> <urn:y> <https://two.example/claim/port/c01> .\n",
}


@pytest.fixture
def other(tmp_path: Path, first: Path) -> Path:
    """Return a corpus that is in conflict with the first."""
    with (first / "entities.yaml").open("a") as file:
        file.write("harbour: {type: Topic, name: harbour, same_as: ['https://wikidata.example/1']}\n")
    return lay(tmp_path / "other", CONFLICTS)


DECIDED = {
    "setting title": "second",
    "annotator ann": "anna",
    "entity bos": "bos-group",
    "entity port": "same",
    "article copy": "both",
    "article port": "two/port",
}


def test_all_that_is_to_be_decided_is_listed_and_nothing_written(first: Path, other: Path, tmp_path: Path) -> None:
    with pytest.raises(UndecidedMerge) as raised:
        merge_corpora(first, other, tmp_path / "both", {})

    assert [each.key for each in raised.value.conflicts] == list(DECIDED)
    assert not (tmp_path / "both").exists()
    assert f"    {other / 'entities.yaml'}: bos: {{type: Group, name: Bos}}\n" in str(raised.value)


def test_what_was_decided_is_done_everywhere(first: Path, other: Path, tmp_path: Path) -> None:
    both = tmp_path / "both"
    merged = kg.merge(first, other, into=both, decisions=DECIDED)

    report = merged.validate()
    assert report.ok, report.to_text()
    entities = read_corpus(both).entities
    assert sorted(entities) == ["bos", "bos-group", "harbour", "one", "two"]
    assert (entities["bos-group"].type, entities["bos-group"].formerly) == (
        "Group",
        "https://two.example/entity/bos",
    )
    assert (entities["harbour"].also, entities["harbour"].formerly) == (["port"], "port")
    assert (both / "other/port.claims.yaml").read_text() == (
        "article:\n  id: two/port\n  formerly: https://two.example/article/port\n\n"
        "annotation: {by: anna, on: 2026-05-02}\n"
        "claims: {c01: {speaker: bos-group, words: 'The port of two stays open', about: [two, harbour]}}\n"
    )
    assert "same: two/port/c01" in (both / "next.claims.yaml").read_text()
    assert "speaker: bos-group" in (both / "readings/anna/other/port.claims.yaml").read_text()
    extra = (both / "extra/more.ttl").read_text()
    assert extra == ("<https://one.example/entity/bos-group> <urn:y> <https://one.example/claim/two/port/c01> .\n")
    assert "title: {en: Says}" in (both / "corpus.yaml").read_text()


def test_former_iris_of_the_second_lead_to_its_own_things(first: Path, other: Path, tmp_path: Path) -> None:
    merged = kg.merge(first, other, into=tmp_path / "both", decisions=DECIDED)

    rows = merged.query("SELECT ?old ?new { ?old dcterms:isReplacedBy ?new }")
    assert {(row["old"], row["new"].removeprefix("https://one.example/")) for row in rows} >= {
        ("https://two.example/entity/bos", "entity/bos-group"),
        ("https://two.example/article/port", "article/two/port"),
        ("https://two.example/claim/port/c01", "claim/two/port/c01"),
        ("https://one.example/entity/port", "entity/harbour"),
    }


def test_one_entity_of_both_is_asked_for_where_it_differs(first: Path, other: Path, tmp_path: Path) -> None:
    decisions = {**DECIDED, "entity bos": "same"}
    with pytest.raises(UndecidedMerge) as raised:
        merge_corpora(first, other, tmp_path / "both", decisions)
    assert [each.key for each in raised.value.conflicts] == ["entity bos type"]

    kg.merge(first, other, into=tmp_path / "both", decisions={**decisions, "entity bos type": "first"})

    entity = read_corpus(tmp_path / "both").entities["bos"]
    assert (entity.type, entity.name, entity.also) == ("Person", "Ann Bos", ["Bos"])


def test_an_article_that_is_equal_in_both_is_there_once(first: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(first, tmp_path / "copy")

    merged = kg.merge(first, copy, into=tmp_path / "both")

    assert [claim.id for claim in merged.claims()] == ["port/c01"]
    assert triples(tmp_path / "both") == triples(first)


def test_articles_of_which_something_cannot_be_read_are_compared_as_written(first: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(first, tmp_path / "copy")
    for folder, word in ((first, "port"), (copy, "Bos")):
        (folder / "port.claims.yaml").write_text(f"claims: {{c01: {{speaker: bos, words: {{x: {word}}}}}}}\n")

    with pytest.raises(UndecidedMerge, match="article port: both have this article, annotated differently"):
        merge_corpora(first, copy, tmp_path / "both", {})


@pytest.mark.parametrize("id", ["copy", "new"])
def test_two_things_never_get_one_id(first: Path, other: Path, tmp_path: Path, id: str) -> None:
    shutil.copy(other / "next.txt", first / "old.txt")
    (first / "next.txt").write_text("date 2026 Something.\n")
    (other / "old.txt").write_text("date 2026 Something else.\n")
    decisions = {**DECIDED, "article next": "new", "article old": id}

    with pytest.raises(UsageError, match=f"article old: {id} is, or was, the id of another article: choose"):
        merge_corpora(first, other, tmp_path / "both", decisions)


def test_a_name_with_a_number_is_an_earlier_text_only_if_it_has_no_claims(first: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(first, tmp_path / "copy")
    for folder in (first, copy):
        (folder / "port.2.txt").write_text("date 2026 An earlier text.\n")
    (copy / "port.1.txt").write_text("date 2026 Another.\n")
    (copy / "port.1.claims.yaml").write_text("article: {title: Another}\n")

    merge_corpora(first, copy, tmp_path / "both", {})

    texts = {path.name for path in (tmp_path / "both").glob("*.txt")}
    assert texts == {"port.txt", "port.1.txt", "port.2.txt"}
    (first / "port.txt").write_text("date 2026 Not the same.\n")
    merge_corpora(first, copy, tmp_path / "two", {"article port": "copy/port"})
    found = {path.relative_to(tmp_path / "two").as_posix() for path in (tmp_path / "two").rglob("*.txt")}
    assert found == {"port.txt", "port.1.txt", "port.2.txt", "copy/port.txt", "copy/port.2.txt"}


def test_a_decision_about_nothing_and_an_existing_folder_are_refused(first: Path, second: Path) -> None:
    with pytest.raises(UsageError, match="entity bus: nothing is to be decided about this: delete it"):
        merge_corpora(first, second, first.parent / "both", {"entity bus": "same"})
    with pytest.raises(UsageError, match="this is there already: name another"):
        merge_corpora(first, second, second, {})


def test_a_decision_about_a_field_in_which_nothing_differs_is_refused(first: Path, other: Path) -> None:
    decisions = {**DECIDED, "entity bos": "same"}
    unknown = "entity bos typ: nothing is to be decided about this: did you mean `entity bos type`?"
    with pytest.raises(UsageError, match=re.escape(unknown)):
        merge_corpora(first, other, first.parent / "both", {**decisions, "entity bos typ": "first"})

    decisions |= {"entity bos type": "first", "entity bos colour": "first"}
    with pytest.raises(UsageError, match="entity bos colour: nothing is to be decided about this: delete it"):
        merge_corpora(first, other, first.parent / "both", decisions)


def test_what_cannot_be_read_is_named_where_it_is(
    first: Path, second: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (second / "harbour.claims.yaml").open("a") as stream:
        stream.write("withdrawn: [\n")

    assert run(["merge", str(first), str(second), "-o", str(tmp_path / "both")]) == 1

    assert capsys.readouterr().err.startswith(f"{second}/harbour.claims.yaml:3:12: violation: a `[` must be closed")
    assert not (tmp_path / "both").exists()


def test_a_text_in_another_language_keeps_it(first: Path, second: Path, tmp_path: Path) -> None:
    config = (second / "corpus.yaml").read_text()
    (second / "corpus.yaml").write_text(config.replace("language: en", "language: nl"))
    file = second / "harbour.claims.yaml"
    file.write_text(file.read_text().replace("about: two", "about: two, note: Zo staat het er."))

    kg.merge(first, second, into=tmp_path / "both")

    assert triples(tmp_path / "both") == triples(first) | triples(second, base="https://two.example/")


def test_json_lines_are_merged_too(first: Path, second: Path, tmp_path: Path) -> None:
    for folder in (first, second):
        (folder / "more.jsonl").write_text(
            f'{{"article": {{"id": "{folder.name}-1", "text": "date 2026 {folder.name}."}}}}\n'
        )

    merged = kg.merge(first, second, into=tmp_path / "both")

    assert {article.id for article in merged.articles()} == {"port", "harbour", "first-1", "second-1"}


def test_compressed_json_lines_without_what_is_in_both_can_be_read(
    first: Path, second: Path, tmp_path: Path
) -> None:
    lines = [f'{{"article": {{"id": "{name}", "text": "date 2026 {name}."}}}}\n' for name in ("x", "y", "z")]
    (first / "more.jsonl").write_text(lines[1])
    (second / "news.jsonl.gz").write_bytes(gzip.compress("".join(lines).encode()))

    merged = kg.merge(first, second, into=tmp_path / "both")

    assert sorted(article.id for article in merged.articles()) == ["harbour", "port", "x", "y", "z"]
    assert (tmp_path / "both/news.jsonl").read_text() == lines[0] + lines[2]


def read_in_both(first: Path, second: Path) -> str:
    """Lay an article in JSON Lines into both corpora, and a reading of it into the second; return the reading."""
    article = '{"article": {"id": "x", "text": "date 2026 Ann Bos said so."}'
    reading = article + ', "annotation": {"by": "ann"}, "claims": {"c01": {"speaker": "bos", "words": "so"}}}\n'
    for folder in (first, second):
        (folder / "more.jsonl").write_text(f"{article}}}\n")
    (second / "readings/ann").mkdir(parents=True)
    (second / "readings/ann/more.jsonl").write_text(reading)
    return reading


def test_a_reading_in_json_lines_of_an_article_that_is_in_both_stays(
    first: Path, second: Path, tmp_path: Path
) -> None:
    reading = read_in_both(first, second)

    kg.merge(first, second, into=tmp_path / "both")

    assert (tmp_path / "both/readings/ann/more.jsonl").read_text() == reading


def test_a_reading_in_json_lines_that_is_in_both_is_there_once(first: Path, second: Path, tmp_path: Path) -> None:
    reading = read_in_both(first, second)
    (first / "readings/ann").mkdir(parents=True)
    (first / "readings/ann/other.jsonl").write_text(reading)

    merged = kg.merge(first, second, into=tmp_path / "both")

    files = sorted(path.relative_to(tmp_path / "both").as_posix() for path in (tmp_path / "both").rglob("*.jsonl"))
    assert files == ["more.jsonl", "readings/ann/other.jsonl"]
    assert merged.validate().ok


def test_two_readings_of_one_article_in_json_lines_are_not_both_kept(
    first: Path, second: Path, tmp_path: Path
) -> None:
    reading = read_in_both(first, second)
    (first / "readings/ann").mkdir(parents=True)
    (first / "readings/ann/more.jsonl").write_text(reading.replace('"so"', '"said so"'))

    with pytest.raises(UsageError, match=r"^readings/ann/more\.jsonl: x: both corpora have this reading, and they"):
        kg.merge(first, second, into=tmp_path / "both")
    assert not (tmp_path / "both").exists()


def test_a_link_in_a_corpus_is_not_followed(first: Path, second: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (second / "notes.md").symlink_to(tmp_path / "secret")

    with pytest.raises(FileError, match=r"notes\.md: a link is not followed here"):
        kg.merge(first, second, into=tmp_path / "both")
    assert not (tmp_path / "both").exists()


@pytest.mark.usefixtures("first", "other")
def test_the_command_offers_a_file_of_decisions_and_takes_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["merge", "first", "other", "-o", "both", "--decisions", "decisions.yaml"]) == 2
    assert capsys.readouterr().err.endswith("decisions.yaml: 6 decisions to fill in; then run the command again.\n")
    file = Path("decisions.yaml")
    assert read_decisions(str(file)) == {}
    for value in DECIDED.values():
        file.write_text(file.read_text().replace("'?'", value, 1))

    assert read_decisions(str(file)) == DECIDED
    assert run(["merge", "first", "other", "-o", "both", "--decisions", "decisions.yaml"]) == 0
    assert capsys.readouterr().err == (
        "other: the entity bos is bos-group\n"
        "other: the entity port is harbour\n"
        "other: the annotator ann is anna\n"
        "other: the article port is two/port\n"
        "both: written. `kg validate both` checks it.\n"
    )


@pytest.mark.usefixtures("first", "other")
def test_what_is_added_to_decisions_has_their_line_ends_and_byte_order_mark(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file, written = Path("decisions.yaml"), b"\xef\xbb\xbfentity bos: bos-group\r\n"
    file.write_bytes(written)

    assert run(["merge", "first", "other", "-o", "a corpus", "--decisions", "decisions.yaml"]) == 2
    content = file.read_bytes()
    assert content.startswith(written)
    assert content.count(b"\n") == content.count(b"\r\n") > 5

    for key, value in DECIDED.items():
        content = content.replace(f"{key}: '?'".encode(), f"{key}: {value}".encode())
    file.write_bytes(content)
    for name in ("corpus.yaml", "entities.yaml"):
        Path("first", name).write_bytes(b"\xef\xbb\xbf" + Path("first", name).read_bytes())
    capsys.readouterr()
    assert run(["merge", "first", "other", "-o", "a corpus", "--decisions", "decisions.yaml"]) == 0
    assert capsys.readouterr().err.endswith("a corpus: written. `kg validate 'a corpus'` checks it.\n")
    for name in ("corpus.yaml", "entities.yaml"):
        assert Path("a corpus", name).read_bytes().startswith(b"\xef\xbb\xbf")


def test_an_answer_that_is_no_choice_is_said_and_what_was_written_stays(
    first: Path, other: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "decisions.yaml"
    written = (
        "setting title: third  # ours?\nannotator ann: both\nentity bos: [x]\n# ask Bo\narticle copy: a b\n"
        "article port: '?'"
    )
    file.write_text(written)
    command = ["merge", str(first), str(other), "-o", str(tmp_path / "both"), "--decisions", str(file)]

    assert run(command) == 2

    printed = capsys.readouterr().err
    for wrong in ("third", "both", "[x]", "a b"):
        assert f"    `{wrong}` is none of the choices: choose `" in printed
    assert printed.endswith(": 2 decisions to fill in, 4 answers to correct; then run the command again.\n")
    text = file.read_text()
    assert text.startswith(f"{written}\n\n# both have the same identifier\n")
    assert text.endswith("entity port: '?'\n")
    run(command)
    assert file.read_text() == text


def test_decisions_to_which_nothing_can_be_added_stay(first: Path, other: Path, tmp_path: Path) -> None:
    with pytest.raises(UndecidedMerge) as raised:
        merge_corpora(first, other, tmp_path / "both", {})

    with pytest.raises(UsageError, match=r"answers\.yaml: nothing can be added to this: write one `key: answer` a"):
        raised.value.decisions("{entity bos: same}", "answers.yaml")


@pytest.mark.parametrize("name", ["everything", "hard", "queries", "regions", "twins"])
def test_corpora_of_the_tests_are_as_valid_merged_as_alone(first: Path, name: str, tmp_path: Path) -> None:
    corpus = ROOT / "tests/data/corpora" / name
    alone = {(each.severity, each.rule) for each in (*kg.open(corpus).validate(), *kg.open(first).validate())}
    decisions: dict[str, str] = {}
    try:
        merge_corpora(first, corpus, tmp_path / "both", decisions)
    except UndecidedMerge as error:
        decisions = {each.key: "first" if each.key.startswith("setting") else "same" for each in error.conflicts}
        merge_corpora(first, corpus, tmp_path / "both", decisions)

    assert {(each.severity, each.rule) for each in kg.open(tmp_path / "both").validate()} <= alone


def test_former_ids_of_one_are_never_ids_of_the_other(first: Path, second: Path, tmp_path: Path) -> None:
    """Each had an id that the other has, or had, for something else."""
    with (first / "entities.yaml").open("a") as file:
        file.write("quay: {type: Place, name: the quay, formerly: [dyke, wall]}\n")
    with (second / "entities.yaml").open("a") as file:
        file.write("dyke: {type: Place, name: the dyke, formerly: [quay, one, dam]}\n")
    written = (second / "harbour.claims.yaml").read_text()
    (second / "harbour.claims.yaml").write_text(f"article: {{formerly: [port, old]}}\n{written}")

    with pytest.raises(UsageError, match="entity dyke: one is, or was, the id of another entity: choose another"):
        kg.merge(first, second, into=tmp_path / "both", decisions={"entity dyke": "one"})
    merged = kg.merge(first, second, into=tmp_path / "both", decisions={"entity dyke": "the-dyke"})

    assert merged.validate().ok, merged.validate().to_text()
    theirs = "https://two.example/entity"
    assert read_corpus(tmp_path / "both").entities["the-dyke"].formerly == [
        f"{theirs}/quay",
        f"{theirs}/one",
        "dam",
        f"{theirs}/dyke",
    ]
    assert (
        "formerly: [https://two.example/article/port, old]" in (tmp_path / "both/harbour.claims.yaml").read_text()
    )


def test_the_page_shows_what_the_command_prints(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    paper(Path("first"), "one", "port")
    config = CONFIG.format(host="two").replace("{name: Ann}", "{name: Anna}")
    entities = ENTITIES.format(host="two").replace("{type: Person, name: Ann Bos}", "{type: Group, name: Bos}")
    paper(Path("second"), "two", "port", **{"corpus.yaml": config, "entities.yaml": entities})
    page = (ROOT / "docs" / "merging.md").read_text(encoding="utf-8")
    shown = re.findall(r"\$ kg (merge .*)\n((?:[^`].*\n)*?)```", page)

    for command, printed in shown:
        run(command.split())
        assert capsys.readouterr().err == printed
        decisions = Path("decisions.yaml").read_text()
        for value in ("anna", "bos-group", "harbour/port"):
            decisions = decisions.replace("'?'", value, 1)
        Path("decisions.yaml").write_text(decisions)

    assert len(shown) == 2
    contributed = Path("both/extra/contributed.ttl").read_text()
    assert f"```turtle\n{contributed[contributed.index('<https://two') :]}```" in page
