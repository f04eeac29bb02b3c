"""The ids that an import makes: none that means something else, none too long for a file, none twice."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from time import process_time

from msgspec.structs import replace

from kg.annotations.classes import AnnotatorEntry
from kg.errors import Place
from kg.importers.core.documents import Name
from kg.importers.core.names import NameRegister
from support.documents import document, imported, mark, tree

AT = Place("x", 1, 1)
TEXT = "It rains. It pours."


def test_an_article_of_a_name_too_long_for_a_file_is_written_under_what_fits(tmp_path: Path) -> None:
    marks = [mark("T1", "Content", TEXT, "It rains")]
    news = document(TEXT, marks)
    long = [replace(news, id="a" * 300), replace(news, id="a" * 299), replace(news, id="b/" * 3000 + "c")]

    report = imported(tmp_path / "new", long)

    names = {name for name in tree(tmp_path / "new") if name.endswith(".txt")}
    assert names == {"a" * 100 + ".txt", "a" * 100 + "-2.txt", "/".join("b" * 8) + ".txt"}
    assert report.written["article"] == 3


def test_an_article_of_two_annotators_stays_in_its_folder(tmp_path: Path) -> None:
    marks = [mark("T1", "Content", TEXT, "It rains")]
    news = replace(document(TEXT, marks), id="2020/news")

    imported(tmp_path / "new", [replace(news, by="Ann"), replace(news, by="Bob/B")])

    names = {name for name in tree(tmp_path / "new") if name.endswith(".txt")}
    assert names == {"2020/news.txt", "2020/news-bob-b.txt"}


def test_no_claim_entity_or_annotator_has_an_id_that_means_something_else(tmp_path: Path) -> None:
    claims = [
        mark("T1", "Content", TEXT, "It rains", attributes={"id": ("undecided",)}),
        mark("T2", "Content", TEXT, "It pours", attributes={"id": ("own",)}),
    ]
    names = NameRegister({}, {})

    report = imported(tmp_path / "new", [document(TEXT, claims)])

    assert (report.read["claim"], report.written["claim"]) == (2, 2)
    assert names.entity(Name("Undecided", "Person"), AT) == "n-undecided"
    assert names.annotator("Article") == "n-article"


def test_an_annotator_is_the_first_of_those_known_by_a_name() -> None:
    names = NameRegister({}, {}, {"a": AnnotatorEntry("Ann"), "b": AnnotatorEntry("Ann")})

    assert [names.annotator(each) for each in ("Ann", "Bob", " Bob ", "Ann")] == ["a", "bob", "bob", "a"]


def test_names_in_another_script_get_ids_in_time_that_grows_with_their_number_alone() -> None:
    names = NameRegister({}, {})
    begin = process_time()

    several = map("".join, product("абвгдежзик", repeat=4))
    ids = {names.entity(Name(name, "Person"), AT) for name in several}

    assert (len(ids), process_time() - begin < 2) == (10_000, True)
