"""Names and ids of an import: a filled-in names.csv, an entities.yaml, and the ids of articles and claims."""

from __future__ import annotations

from functools import partial
from itertools import islice, product
from pathlib import Path

import pytest
from msgspec.structs import replace

from kg.annotations.classes import AnnotatorEntry, EntityEntry
from kg.errors import CorpusError, Finding, Place
from kg.files.csv_files import write_rows
from kg.importers.core.documents import Name
from kg.importers.core.names import NAMES_HEADER, NameRegister, check_known, known_names, name_rows, read_entities
from support.calls import lines_run
from support.documents import document, imported, mark, tree

AT = Place("news.ann", 3, 1)
HEAD = ",".join(NAMES_HEADER) + "\n"


def table(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "names.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_names_that_nobody_has_decided_are_counted_the_most_frequent_first(tmp_path: Path) -> None:
    names = NameRegister({}, {})
    for name in ("Bob", "Ann", "=1+1", "Ann", "she", "  ", "Ann"):
        names.entity(Name(name, same_as=("http://example.org/b",) if name == "Bob" else ()), AT)

    with (tmp_path / "names.csv").open("wb") as stream:
        write_rows(stream, NAMES_HEADER, name_rows(names.undecided))

    assert (tmp_path / "names.csv").read_text(encoding="utf-8-sig") == (
        HEAD + "Ann,3,news.ann:3:1,,,\n'=1+1,1,news.ann:3:1,,,\nBob,1,news.ann:3:1,,,http://example.org/b\n"
    )


def test_rows_that_are_filled_in_say_who_each_name_is_whatever_parts_the_cells(tmp_path: Path) -> None:
    rows = (
        "\ufeff"
        + HEAD
        + "Trump,3,x,trump,Person,\nDonald Trump,1,x,trump,,http://e.org/t\nThe UN,1,x,,Organization,\nhe,1,x,,,\n"
    )

    for text in (rows, rows.replace(",", ";"), rows.replace(",", "\t").replace("\n", "\r\n")):
        assert read_entities(table(tmp_path, text)) == (
            {
                "trump": EntityEntry("Person", "Trump", also=["Donald Trump"], same_as=["http://e.org/t"]),
                "the-un": EntityEntry("Organization", "The UN"),
            },
            {"Trump": "trump", "Donald Trump": "trump", "The UN": "the-un"},
        )


def test_an_entities_yaml_says_it_too_but_not_a_name_that_two_have(tmp_path: Path) -> None:
    file = tmp_path / "entities.yaml"
    file.write_text("a: {type: Person, name: Ann, also: [Ms A]}\nb: {type: Person, name: Ann}\n")

    entities, known = read_entities(file)

    assert (known, known_names(entities)) == ({}, {"Ms A": "a"})


@pytest.mark.parametrize(
    ("header", "column", "found", "meant"),
    [("name,entiy,type", 6, "entiy", "entity"), ("name,entity,type,sameAs", 18, "sameAs", "same_as")],
)
def test_a_misspelt_column_of_names_is_refused_at_its_place(
    tmp_path: Path, header: str, column: int, found: str, meant: str
) -> None:
    file = table(tmp_path, f"{header}\n")

    with pytest.raises(CorpusError) as raised:
        read_entities(file)

    (finding,) = raised.value.findings
    assert (finding.at, finding.message) == (
        Place(str(file), 1, column),
        "a table of names must have the columns name, entity and type, and perhaps same_as, "
        f"not {found!r}: did you mean `{meant}`?",
    )


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("name,type\n", 1, "a table of names must have the columns name, entity and type; missing: entity"),
        (HEAD + ",1,x,a,Person,\n", 2, "a row must have a name: fill it in"),
        (
            HEAD + "Ann,1,x,Ann B,Person,\n",
            2,
            "`entity` must be an id of small letters, digits, `-` and `_`, not 'Ann B': write 'ann-b'",
        ),
        (
            HEAD + "Ann,1,x,ann,Human,\n",
            2,
            "`type` must be one of Country, Document, Event, GovernmentOrganization, Group, NewsMediaOrganization, "
            "Organization, Person, Place, Topic, not 'Human': correct it",
        ),
        (
            HEAD + "Ann,1,x,article,Person,\n",
            2,
            "an id must not be `article`, which means the paper's own voice: give another",
        ),
        (
            HEAD + "Topics,1,x,,Group,\n",
            2,
            "an id must not be `topics`, which means the list of all topics: give another",
        ),
        (
            HEAD + "Ann,1,x,ann,Person,https://e.org/ann Q42\n",
            2,
            "`same_as` must be whole web addresses with blanks between them, as https://example.org/x, not 'Q42': "
            "write it in full",
        ),
        (
            HEAD + "Ann,1,x,ann,Person,http://e.org/a\nBob,1,x,bob,Person,http://e.org/a\n",
            3,
            "an identifier must belong to one entity, and http://e.org/a belongs to `ann` in line 2, to `bob` in "
            "line 3: merge the two",
        ),
    ],
)
def test_what_is_wrong_with_a_table_is_reported_at_its_line(
    tmp_path: Path, text: str, line: int, message: str
) -> None:
    file = table(tmp_path, text)

    with pytest.raises(CorpusError) as caught:
        read_entities(file)

    assert [(each.message, each.at) for each in caught.value.findings] == [(message, Place(str(file), line, 1))]


@pytest.mark.parametrize(
    ("second", "message"),
    [
        (
            "Ann,1,x,bob,Person,\n",
            "a name must mean one entity, and 'Ann' is `ann` in line 2, `bob` in line 3: correct one of them",
        ),
        (
            "Anne,1,x,ann,Organization,\n",
            "an entity must be of one type, and `ann` is Person in line 2, Organization in line 3: correct one of "
            "them, or write another id",
        ),
    ],
)
def test_rows_that_contradict_each_other_are_a_violation_at_the_later_one(
    tmp_path: Path, second: str, message: str
) -> None:
    file = table(tmp_path, HEAD + "Ann,1,x,ann,Person,\n" + second + "Carl,1,x,carl,Person,\n")

    with pytest.raises(CorpusError) as caught:
        read_entities(file)

    assert caught.value.findings == (Finding("violation", message, "names-table", Place(str(file), 3, 1)),)


def test_rows_that_say_the_same_again_say_nothing_new(tmp_path: Path) -> None:
    rows = "Ann,1,x,ann,Person,\n" + "Anne,1,x,ann,Person,\n" * 2 + "Ann,1,x,ann,,\n"

    assert read_entities(table(tmp_path, HEAD + rows)) == (
        {"ann": EntityEntry("Person", "Ann", also=["Anne"])},
        {"Ann": "ann", "Anne": "ann"},
    )


def test_an_entity_without_a_type_in_any_row_must_be_known(tmp_path: Path) -> None:
    file = table(tmp_path, HEAD + "Ann,1,x,ann,,\n")
    entities, known = read_entities(file)

    with pytest.raises(CorpusError, match="an entity must have a type in one of its rows; missing: ann"):
        check_known(known, entities, file)
    check_known(known, {"ann": EntityEntry("Person", "Ann")}, file)


def test_an_entity_that_is_made_has_no_id_that_means_something_else() -> None:
    names = NameRegister({}, {})

    assert [names.entity(Name(each, type="Group"), AT) for each in ("Topics", "Article", "Ann")] == [
        "n-topics",
        "n-article",
        "ann",
    ]


def test_an_address_says_who_a_name_is_even_without_a_type() -> None:
    names = NameRegister({}, {"ann": EntityEntry("Person", "Ann", same_as=["http://e.org/ann"])})

    assert names.entity(Name("A. B.", same_as=("http://e.org/ann",)), AT) == "ann"
    assert names.entities == {"ann": EntityEntry("Person", "Ann", also=["A. B."], same_as=["http://e.org/ann"])}


NAMED_AT = Place("x", 1, 1)
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
    assert names.entity(Name("Undecided", "Person"), NAMED_AT) == "n-undecided"
    assert names.annotator("Article") == "n-article"


def test_an_annotator_is_the_first_of_those_known_by_a_name() -> None:
    names = NameRegister({}, {}, {"a": AnnotatorEntry("Ann"), "b": AnnotatorEntry("Ann")})

    assert [names.annotator(each) for each in ("Ann", "Bob", " Bob ", "Ann")] == ["a", "bob", "bob", "a"]


def test_names_in_another_script_get_ids_in_time_that_grows_with_their_number_alone() -> None:
    ids: set[str] = set()

    def name_all(many: int) -> None:
        names = NameRegister({}, {})
        several = islice(map("".join, product("абвгдежзик", repeat=4)), many)
        ids.update(names.entity(Name(name, "Person"), NAMED_AT) for name in several)

    few, many = (lines_run(partial(name_all, number)) for number in (1_000, 10_000))

    assert (len(ids), many < 12 * few) == (10_000, True)
