"""Rows of spreadsheets: what the columns mean, the article of each row, and where its words are."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import Place
from kg.files.csv_files import Cell
from kg.importers.core.documents import AnnotatedText, Name, SpanLink
from kg.importers.core.mapping import Mapping
from kg.importers.sheets.columns import column_letters, guess_from_header, written_date
from support.sheets import TEXT, documents, left_out, words_in, words_of
from support.sheets import read_table as read


@pytest.mark.parametrize(
    "header",
    [
        "Article, Speaker, Quote, Date said, Published, Headline, URL, Newspaper, Note, Topic",
        "Artikel, Spreker, Citaat, Datum uitspraak, Publicatiedatum, Kop, Link, Krant, Opmerking, Onderwerp",
        "Fichier, Locuteur, Citation, Date de la citation, Publié le, Titre, Lien, Journal, Remarques, Thème",
        "Datei, Sprecher, Zitat, Datum des Zitats, Erscheinungsdatum, Überschrift, URL, Zeitung, Anmerkung, Thema",
    ],
)
def test_the_usual_names_of_columns_are_known_in_four_languages(header: str) -> None:
    names = header.split(", ")
    mapping = guess_from_header({at: Cell(name, 1, at + 1) for at, name in enumerate(names)})
    assert mapping.fields == dict(
        zip((*names[1:4], *names[8:]), ("speaker", "words", "said", "note", "about"), strict=True)
    )
    of_articles = ("id", "published", "headline", "url", "publisher")
    assert mapping.article == dict(zip((names[0], *names[4:8]), of_articles, strict=True))


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        (["Claim", "Speaker"], {"Claim": "words", "Speaker": "speaker"}),
        (["Claim", "Quote"], {"Claim": "gist", "Quote": "words"}),
        (["Bewering", "Uitspraak"], {"Bewering": "words", "Uitspraak": "gist"}),
        (["Source", "Date", "Quote"], {"Quote": "words"}),
    ],
)
def test_a_claim_is_its_words_only_where_no_other_column_has_them(
    header: list[str], fields: dict[str, str]
) -> None:
    assert guess_from_header({at: Cell(name, 1, at) for at, name in enumerate(header)}).fields == fields


def test_what_no_column_is_known_for_is_reported_once_a_column(tmp_path: Path) -> None:
    items = read(tmp_path, "quote|text|date|colour|quote", f"Piet|{TEXT}|2020|red|x", f"plan|{TEXT}|2021||y|z")
    assert left_out(items) == [
        f"3:{len(TEXT) + 15} attribute line 3: it is in a column without a name, "
        "or its row has a separator too many",
        "1:12 attribute the column 'date', line 1: it may be the day when it was said, or the day when it was "
        "printed: name the column `said` or `published` ×2",
        "1:17 attribute the column 'colour', line 1: no field has this name: map it, or leave it",
        "1:24 attribute the column 'quote', line 1: another column is `words` already: leave one of them out, "
        "or map it ×2",
    ]


def test_a_misspelt_column_is_reported_with_the_name_that_is_most_like_it(tmp_path: Path) -> None:
    items = read(tmp_path, "quote|text|speeker|datum uitspaak|sentiment", f"Piet|{TEXT}|Jan|2020|x")
    why = "1:{} attribute the column '{}', line 1: no field is called `{}`: did you mean `{}`? Rename it, or map it"
    assert left_out(items) == [
        why.format(12, "speeker", "speeker", "speaker"),
        why.format(20, "datum uitspaak", "datum uitspaak", "datum uitspraak"),
        "1:35 attribute the column 'sentiment', line 1: no field has this name: map it, or leave it",
    ]


def test_no_name_is_proposed_for_a_column_whose_field_another_has(tmp_path: Path) -> None:
    assert left_out(read(tmp_path, "quote|text|headline|headlines", f"Piet|{TEXT}|A|B")) == [
        "1:21 attribute the column 'headlines', line 1: no field has this name: map it, or leave it"
    ]


def test_a_mapping_that_is_given_proposes_its_own_names_alone(tmp_path: Path) -> None:
    mapping = Mapping(fields={"wat": "words", "plaats": "note"}, article={"waar": "text"})
    assert left_out(read(tmp_path, "wat|waar|plaatz|speeker", f"Piet|{TEXT}|x|y", mapping=mapping)) == [
        "1:10 attribute the column 'plaatz', line 1: no field is called `plaatz`: did you mean `plaats`? "
        "Rename it, or map it",
        "1:17 attribute the column 'speeker', line 1: no field has this name: map it, or leave it",
    ]


def test_a_mapping_that_is_given_counts_alone(tmp_path: Path) -> None:
    mapping = Mapping(fields={"wat": "words", "quote": "note", "speaker": "ignore"}, article={"waar": "text"})
    items = read(tmp_path, "quote|wat|waar|speaker|about", f"x|Piet|{TEXT}|Jan|plan", mapping=mapping)
    (found,) = documents(items)
    assert (list(words_in(found)), found.marks[0].attributes, found.marks[0].names) == (
        [["Piet"]],
        {"quote": ("x",)},
        {},
    )
    assert left_out(items) == [
        "1:24 attribute the column 'about', line 1: no field has this name: map it, or leave it"
    ]


def test_rows_of_one_article_need_not_be_together_nor_repeat_its_text(tmp_path: Path) -> None:
    items = read(
        tmp_path,
        "article|quote|text|headline",
        "a1|Piet||",
        "a2|Kees|Kees is hier.|Kop",
        f"a1|plan|{TEXT}|Een",
        "a2|hier|Kees is daar.|Kop",
        "a1|Zei||Twee",
        "|Nee||",
    )
    assert [(each.id, each.article.headline, list(words_in(each))) for each in documents(items)] == [
        ("a1", "Een", [["Piet"], ["plan"], ["Zei"]]),
        ("a2", "Kop", [["Kees"], ["hier"]]),
    ]
    assert left_out(items) == [
        "5:9 attribute line 5: an article has one text, and a row above gave it another",
        "7:2 span line 7: a row must say which article it belongs to: give a column `article`, `url`, `headline` "
        "or `text`",
        "6:9 attribute line 6: line 4 says 'Een' of the same article: an article has one `headline`",
    ]


def test_each_annotator_of_an_article_has_a_document(tmp_path: Path) -> None:
    items = read(tmp_path, "text|quote|annotator", f"{TEXT}|Piet|Ann", f"{TEXT}|plan|Bob", f"{TEXT}|Zei|Ann")
    assert [(each.id, each.by, list(words_in(each))) for each in documents(items)] == [
        ("a-2", "Ann", [["Piet"], ["Zei"]]),
        ("a-2", "Bob", [["plan"]]),
    ]


def test_texts_in_a_folder_are_found_by_the_article_and_their_date_is_no_text(tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "a1.txt").write_bytes(b"date 2020-02 Jan en\r\nPiet.")
    (folder / "bad.txt").write_bytes(b"\xff")
    (folder / "empty.txt").write_bytes(b"")
    (tmp_path / "out.txt").write_text("Piet")
    rows = (
        "deep/a1|Piet||",
        "deep/a1.txt|Jan en Piet|0|11",
        "../out|Piet||",
        "bad|Piet||",
        "empty|Piet||",
        "no\0|x||",
    )
    items = read(tmp_path, "article|quote|start|end", *rows, texts=folder)
    found = documents(items)
    assert [(each.id, each.text, each.article.published, list(words_in(each))) for each in found] == [
        ("deep/a1", "Jan en\nPiet.", "2020-02", [["Piet"]]),
        ("deep/a1.txt", "Jan en\nPiet.", "2020-02", [["Jan en\nPiet"]]),
    ]
    no_text = "the article's text is missing, and claims must be words of it: give it in a column `text`"
    assert left_out(items) == [
        f"4:8 span the rows of ../out: {no_text}, or as {folder}/../out.txt",
        f"5:5 span the rows of bad: {folder}/bad.txt: the file must be UTF-8, these bytes are not: "
        "save it as UTF-8",
        f"6:7 span the rows of empty: {folder}/empty.txt must have the article's text, it is empty: fill it in",
        f"7:5 span the rows of no\0: {no_text}",
    ]


def test_claims_without_any_text_are_not_given_one(tmp_path: Path) -> None:
    items = read(tmp_path, "url|quote", "http://e.org/1|Piet", "http://e.org/1|Jan")
    assert items == [item for item in items if not isinstance(item, AnnotatedText)]
    assert left_out(items) == [
        "2:16 span the rows of http://e.org/1: the article's text is missing, and claims must be words of it: "
        "give it in a column `text`, or in files `NAME.txt` in a folder, with --texts FOLDER ×2"
    ]


def test_relations_lead_to_claims_of_the_article_by_their_ids(tmp_path: Path) -> None:
    items = read(
        tmp_path,
        "id|quote|relations|supports|text",
        f"c1|Piet|answers c2; supports a2/c1; odd|c2|{TEXT}",
        f"c2|plan||c1|{TEXT}",
        f"c2|Zei|same c9||{TEXT}",
    )
    (found,) = documents(items)
    file = str(tmp_path / "a.csv")
    assert [mark.id for mark in found.marks] == ["c1", "c2", "line 4"]
    assert found.links == (
        SpanLink("supports", "c1", "c2", Place(file, 2, 41)),
        SpanLink("answers", "c1", "c2", Place(file, 2, 9)),
        SpanLink("supports", "c2", "c1", Place(file, 3, 10)),
    )
    assert left_out(items) == [
        "4:1 attribute line 4: another claim has the id c2 already: give another",
        "2:9 link line 2: a relation must be one word and a claim's id, as `answers c02`, not 'odd': correct it",
        "2:9 link line 2: no readable claim of the article has the id 'a2/c1': correct it, or add the claim",
        "4:8 link line 4: no readable claim of the article has the id 'c9': correct it, or add the claim",
    ]


def test_a_text_that_fills_a_cell_of_excel_may_be_cut_off(tmp_path: Path) -> None:
    items = read(tmp_path, "quote|text", "Piet|Piet " + "x" * 32_762)
    assert left_out(items) == ["2:1 note line 2: its text may be cut off: cells have at most 32767 characters"]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2020-02-21", "2020-02-21"),
        (" 21-02-2020 ", "2020-02-21"),
        ("21/2/2020", "2020-02-21"),
        ("2/21/2020", "2020-02-21"),
        ("2/2/2020", "2020-02-02"),
        ("2/3/2020", "2/3/2020"),
        ("2.3.2020", "2020-03-02"),
        ("30.2.2020", "30.2.2020"),
        ("2020/2/3", "2020-02-03"),
        ("02/2020", "2020-02"),
        ("13/2020", "13/2020"),
        ("2019/2020", "2019/2020"),
        ("[2019-10..2019-12]", "[2019-10..2019-12]"),
        ("vorige week", "vorige week"),
    ],
)
def test_a_date_is_understood_where_it_can_mean_one_day_only(text: str, date: str) -> None:
    assert written_date(text) == date


@pytest.mark.parametrize(
    ("told", "date"),
    [("21/2/2020", "2020-03-02"), ("2/21/2020", "2020-02-03"), ("1/1/2020", "2/3/2020")],
)
def test_a_date_is_read_in_the_order_that_the_others_of_its_column_have(
    tmp_path: Path, told: str, date: str
) -> None:
    rows = (f"Piet|2/3/2020|2/3/2020|{TEXT}", f"plan|{told}|{told}|{TEXT}")
    (found,) = documents(read(tmp_path, "quote|said|published|text", *rows))
    assert (found.marks[0].attributes, found.article.published) == ({"said": (date,)}, date)


def test_columns_have_letters() -> None:
    assert [column_letters(each) for each in (1, 26, 27, 702, 703, 16384)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]


def test_several_names_in_a_cell_are_parted(tmp_path: Path) -> None:
    (found,) = documents(read(tmp_path, "quote;speaker;text", f'Piet;"Trump, Donald | Ann ; Bob";{TEXT}'))
    assert found.marks[0].names == {"speaker": (Name("Trump, Donald"), Name("Ann"), Name("Bob"))}


@pytest.mark.parametrize(
    ("quote", "context", "found"),
    [
        ("We gaan niet", "", ["We gaan niet"]),
        ('"We gaan niet"', "", ['"We gaan niet"']),
        ("“We gaan niet”", "", ["We gaan niet"]),
        ("De  minister, Piet", "", ["De minister, Piet"]),
        ("goed … plan", "", ["goed", "plan"]),
        ("goed [...] plan", "", ["goed", "plan"]),
        ("We gaan (…) plan", "", ["We gaan", "plan"]),
        ("…een goed...", "", ["een goed"]),
        ("Jan", "Zei Jan", ["Jan"]),
        ("Jan … gaan", 'Jan zei: "We gaan', ["Jan", "gaan"]),
    ],
)
def test_words_are_found_in_the_text_as_people_quote_them(
    tmp_path: Path, quote: str, context: str, found: list[str]
) -> None:
    quoted = [f'"{each.replace(chr(34), chr(34) * 2)}"' for each in (quote, context, TEXT)]
    assert words_of(read(tmp_path, "quote|context|text", "|".join(quoted))) == [[found]]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("|||", "a row must have the claim's words: fill them in"),
        (
            "Jan|||",
            "words must be in the article once, and 'Jan' is there 2 times: "
            "take more of the words around them, or give a longer passage in a column `context` "
            "(at characters 0-3: 'Jan zei: \"We gaan niet\". De'; "
            "at characters 92-95: 'eerlijk en moedig plan. Zei Jan.')",
        ),
        (
            "goed … nooit|||",
            "words must be in the article exactly as written, and 'goed … nooit' is not: "
            "copy them from the article",
        ),
        (
            "plan … goed|||",
            "words must be in the article exactly as written, and 'plan … goed' is not: "
            "copy them from the article (nearest, at characters 50-62: 'van een goed'; "
            "the article has 'van', the words have 'plan'; the article has 'een', the words have '…')",
        ),
        (
            "Piet|x|9|",
            "`start` and `end` must be offsets into the article's text, not 'x' and '9': "
            "correct them, or leave them empty",
        ),
        (
            "Piet|9|1000|",
            "`start` and `end` must be offsets into the article's text, not '9' and '1000': "
            "correct them, or leave them empty",
        ),
        (
            "Piet|||x",
            "`context` must be a passage of the article exactly as written, and 'x' is not: "
            "copy it from the article",
        ),
    ],
)
def test_words_that_cannot_be_had_are_reported_with_what_to_do(tmp_path: Path, row: str, why: str) -> None:
    quoted = TEXT.replace('"', '""')
    items = read(tmp_path, "quote|start|end|context|article|text", f'{row}|a1|"{quoted}"')
    assert words_of(items) == [[]]
    (told,) = left_out(items)
    assert told.partition(": ")[2] == why


def test_offsets_are_taken_with_what_the_cell_says_is_there(tmp_path: Path) -> None:
    items = read(
        tmp_path, "quote|start|end|text", f"Jan … Piet|0; 38|3; 42|{TEXT}", f"Jan en Piet|0;38|3;42|{TEXT}"
    )
    (found,) = documents(items)
    assert [(each.parts, each.text) for each in found.marks] == [
        (((0, 3), (38, 42)), "Jan Piet"),
        (((0, 3), (38, 42)), "Jan en Piet"),
    ]
