"""brat's records and files: what they become, whose annotations they are, and what is left out."""

from __future__ import annotations

import os
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import CorpusError, FileError, Place
from kg.importers.brat import read
from kg.importers.core.documents import AnnotatedText, LabelledSpan, Name, Skipped, SpanLink
from kg.text.spans import Span
from support.brat_files import MAPPING, TEXT, at, items, plain, span
from support.damage import damaged
from support.readme import commands
from support.shared_data import shared_file
from support.shells import run


def test_an_event_is_its_trigger_and_leads_to_its_arguments(tmp_path: Path) -> None:
    ann = (
        "T1\tSource 0 5\tRutte\n"
        "T2\tContent 10 28\tdat de wet er komt\n"
        "T3\tAttribution 6 9\tzei\n"
        "E1\tAttribution:T3 Source:T1 Content:T2\n"
    )

    found = items(tmp_path, ann)

    marks = (
        LabelledSpan("T1", "Source", (Span(0, 5),), at(tmp_path, 1), "Rutte"),
        LabelledSpan("T3", "Attribution", (Span(6, 9),), at(tmp_path, 3), "zei"),
        LabelledSpan("T2", "Content", (Span(10, 28),), at(tmp_path, 2), "dat de wet er komt"),
    )
    links = (SpanLink("Source", "T3", "T1", at(tmp_path, 4)), SpanLink("Content", "T3", "T2", at(tmp_path, 4)))
    assert found == [AnnotatedText("a", TEXT, Place(str(tmp_path / "a.ann"), 0, 0), marks, links)]


def test_a_second_event_of_a_trigger_is_a_mark_of_its_own_and_one_without_arguments_is_none(tmp_path: Path) -> None:
    ann = (
        "T1\tSource 0 5\tRutte\nT2\tContent 14 20\tde wet\nT3\tCue 6 9\tzei\nT4\tSource 30 41\tDe minister\n"
        "E1\tCue:T3 \nE2\tCue:T3 Source:T1 Content:T2\nE3\tCue:T3 Source:T4 Content2:E2 Content3:E3 Arg1:T1\n"
    )

    marks, links, skipped = plain(items(tmp_path, ann))

    assert marks == [
        span("Source", "T1", "Rutte"),
        span("Cue", "T3", "zei"),
        span("Cue", "E3", "zei"),
        span("Content", "T2", "de wet"),
        span("Source", "T4", "De minister"),
    ]
    assert links == [
        ("Source", "T3", "T1"),
        ("Content", "T3", "T2"),
        ("Source", "E3", "T4"),
        ("Content", "E3", "T3"),
        ("Content", "E3", "E3"),
        ("Arg1", "E3", "T1"),
    ]
    assert skipped == []


def test_an_event_of_another_type_than_its_trigger_keeps_it_as_an_attribute(tmp_path: Path) -> None:
    marks, _, _ = plain(items(tmp_path, "T1\tCue 42 49\tontkent\nE1\tDenial:T1\n"))

    assert marks == [span("Cue", "T1", "ontkent", attributes={"event": ("Denial",)})]


def test_an_event_without_trigger_has_its_arguments_together_and_is_reported(tmp_path: Path) -> None:
    found = items(tmp_path, "T1\tSource 0 5\tRutte\nE1\tSaying:T9 Source:T1 Content:T8\nE2\tSaying\nE3\t\n")

    marks, links, skipped = plain(found)

    assert marks == [span("Source", "T1", "Rutte"), LabelledSpan("E1", "Saying", (), Place("", 0, 0))]
    assert links == [("Source", "E1", "T1")]
    assert skipped == [("link", "E1 T9", 2), ("link", "E1 Content:T8", 2), ("link", "E2", 3), ("link", "E3", 4)]


def test_relations_and_equivalents_are_links(tmp_path: Path) -> None:
    ann = (
        "T1\tContent 14 20\tde wet\nT2\tContent 50 53\tdat\nT3\tContent 14 28\tde wet er komt\n"
        "R1\tanswers Arg1:T2 Arg2:T1\t\n*\tEquiv T1 T2 T3\n*\tEquiv T1 T3\nR2\tanswers Arg1:T2\n"
        "R3\tx Arg1:T2 Arg2:T9\n"
        "*\tEquiv T1\n"
    )

    _, links, skipped = plain(items(tmp_path, ann))

    assert links == [("answers", "T2", "T1"), ("Equiv", "T1", "T2"), ("Equiv", "T1", "T3"), ("Equiv", "T1", "T3")]
    assert skipped == [("link", "R2", 7), ("link", "R3 x:T9", 8), ("link", "*", 9)]


def test_attributes_and_notes_belong_to_spans_and_events_not_to_relations(tmp_path: Path) -> None:
    ann = (
        "T1\tContent 14 20\tde wet\nT2\tCue 6 9\tzei\nE1\tCue:T2 Content:T1\nR1\tx Arg1:T1 Arg2:T2\n"
        "A1\tNegated E1\nA2\tSaid T1 2020-02-21\nM1\tSaid T1 in maart\nA3\tSaid R1 2020\nA4\tSaid T9 2020\nA5\t\n"
        "#1\tAnnotatorNotes T1\teerste\n#2\tAnnotatorNotes E1\t\n#3\tLemma T1\twet\n#4\tAnnotatorNotes R1\tx\n"
        "#5\tAnnotatorNotes T1\ttweede\nop twee regels\n"
    )

    marks, _, skipped = plain(items(tmp_path, ann))

    attributes = {"Said": ("2020-02-21", "in maart"), "Lemma": ("wet",)}
    assert marks == [
        span("Cue", "T2", "zei", attributes={"Negated": ("true",)}),
        span("Content", "T1", "de wet", attributes=attributes, note="eerste\ntweede\nop twee regels"),
    ]
    assert skipped == [
        ("attribute", "A3 Said R1", 8),
        ("attribute", "A4 Said T9", 9),
        ("attribute", "A5", 10),
        ("note", "#4 AnnotatorNotes R1", 14),
    ]


def test_a_normalization_says_who_a_speaker_is(tmp_path: Path) -> None:
    ann = (
        "T1\tSource 0 5\tRutte\nT2\tPerson 30 41\tDe minister\nT3\tTopic 14 20\tde wet\nT4\tCue 6 9\tzei\n"
        "E1\tCue:T4 Source:T2\n"
        "N1\tReference T1 Wikidata:Q57792\tMark Rutte\nN2\tReference T2 http://viaf.org/viaf/1\t\n"
        "N3\tReference T3 Wikipedia:534366\tWet\n"
    )

    marks, _, _ = plain(items(tmp_path, ann))

    rutte = Name("Mark Rutte", same_as=("http://www.wikidata.org/entity/Q57792",))
    minister = Name("De minister", same_as=("http://viaf.org/viaf/1",))
    assert marks == [
        span("Source", "T1", "Rutte", names={"speaker": (rutte,)}),
        span("Cue", "T4", "zei"),
        span(
            "Topic",
            "T3",
            "de wet",
            attributes={"Reference": ("Wikipedia:534366",)},
            names={"Reference": (Name("Wet"),)},
        ),
        span("Person", "T2", "De minister", names={"speaker": (minister,)}),
    ]


def test_a_span_may_have_parts_stand_over_a_line_end_and_spill_over_its_own_line(tmp_path: Path) -> None:
    ann = (
        "T1\tContent 14 20;23 28\tde wet komt.\nT2\tContent 23 41\tkomt.\nDe minister\n\nT3\tContent 60 61\t😀\n"
        "T4\tContent 23 28;14 20\tde wet komt\ntoo much\nT5 Content 0 5 Rutte\n"
    )

    found = items(tmp_path, ann)

    marks, _, skipped = plain(found)
    parts = (Span(14, 20), Span(23, 28))
    place = Place("", 0, 0)
    assert marks == [
        LabelledSpan("T1", "Content", parts, place, "de wet komt."),
        LabelledSpan("T4", "Content", parts[::-1], place, "de wet komt"),
        LabelledSpan("T2", "Content", (Span(23, 41),), place, "komt.\nDe minister"),
        LabelledSpan("T3", "Content", (Span(60, 61),), place, "😀"),
    ]
    assert skipped == [("note", "too much", 7), ("note", "T5 Content 0 5 Rutte", 8)]


def test_impossible_spans_are_reported_with_their_line(tmp_path: Path) -> None:
    ann = (
        "T1\tContent 0 5\tRutte\nT1\tContent 6 9\tzei\nT2\tContent 5 5\t\nT3\tContent 9 6\tzei\n"
        "T4\tContent 0 5;4 9\tx\n"
        "T5\tContent 70 900\tx\nT6\tContent\tx\nT7\tContent 0 x\tx\nT8\t0 5\tx\nX1\tContent 0 5\tRutte\n"
    )

    marks, _, skipped = plain(items(tmp_path, ann))

    assert marks == [span("Content", "T1", "Rutte")]
    names = ["T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8"]
    assert skipped == [
        *(("span", name, line) for line, name in enumerate(names, start=2)),
        ("note", "X1\tContent 0 5\tRutte", 10),
    ]


@st.composite
def spans(draw: st.DrawFn) -> list[LabelledSpan]:
    """Return marks on a text, each in one part or several, in the order of the text."""
    found: list[LabelledSpan] = []
    for number in range(draw(st.integers(0, 6))):
        ends = sorted(draw(st.sets(st.integers(0, len(TEXT)), min_size=2, max_size=6)))
        parts = tuple(map(Span, ends[::2], ends[1::2]))
        text = " ".join(TEXT[start:end] for start, end in parts).replace("\n", " ")
        values = draw(st.lists(st.text("ab -", min_size=1).filter(str.strip), max_size=1))
        attributes = {"Said": tuple(" ".join(each.split()) for each in values)} if values else {}
        note = draw(st.sampled_from(["", "een", "een\ntwee"]))
        found.append(
            LabelledSpan(
                f"T{number}",
                "a b" if number % 2 else "Content1",
                parts,
                Place("", 0, 0),
                text,
                attributes,
                {},
                note,
            )
        )
    return sorted(found, key=lambda mark: (mark.parts, mark.id))


@given(spans(), st.data())
def test_what_is_written_in_brats_format_is_read_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, marks: list[LabelledSpan], data: st.DataObject
) -> None:
    ids = [mark.id for mark in marks]
    links = (
        data.draw(st.lists(st.tuples(st.just("answers"), *[st.sampled_from(ids)] * 2), max_size=4)) if ids else []
    )
    lines = [f"R{number}\t{label} Arg1:{one} Arg2:{two}" for number, (label, one, two) in enumerate(links)]
    for mark in marks:
        offsets = ";".join(f"{start} {end}" for start, end in mark.parts)
        lines.append(f"{mark.id}\t{mark.label} {offsets}\t{mark.text}")
        lines += [
            f"A{mark.id}{n}\tSaid {mark.id} {value}" for n, value in enumerate(mark.attributes.get("Said", ()))
        ]
        lines += [f"#{mark.id}\tAnnotatorNotes {mark.id}\t{mark.note}"] if mark.note else []
    blocks = data.draw(st.permutations(lines))

    read_marks, read_links, skipped = plain(items(tmp_path_factory.mktemp("brat"), "\n".join(blocks)))

    assert sorted(read_marks, key=lambda mark: (mark.parts, mark.id)) == marks
    assert sorted(read_links) == sorted(links)
    assert skipped == []


def laid(folder: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, "utf-8")
    return folder


def told(source: Path, texts: Path | None = None) -> tuple[list[tuple[str, str, str]], list[tuple[str, str]]]:
    """Return the id, the annotator and the text of each document, and what is left out, with its kind."""
    found = list(read(source, MAPPING, texts))
    documents = [(each.id, each.by, each.text) for each in found if isinstance(each, AnnotatedText)]
    return documents, [(each.kind, each.what) for each in found if isinstance(each, Skipped)]


def test_a_folder_is_read_with_its_folders_in_the_order_of_names(tmp_path: Path) -> None:
    laid(tmp_path, {"b/x.ann": "", "b/x.txt": "one", "a.ann": "", "a.txt": "two", ".git/c.ann": "", "d.conf": ""})

    assert told(tmp_path) == ([("a", "", "two"), ("b/x", "", "one")], [])


def test_folders_of_the_same_texts_are_those_of_annotators(tmp_path: Path) -> None:
    copies = {f"{who}/{name}": text for who in ("ann", "bob") for name, text in (("x.ann", ""), ("x.txt", "same"))}
    laid(tmp_path, {**copies, "ann/y.ann": "", "ann/y.txt": "one", "bob/y.ann": "", "bob/y.txt": "other"})

    documents, skipped = told(tmp_path)

    assert documents == [("x", "ann", "same"), ("ann/y", "", "one"), ("x", "bob", "same"), ("bob/y", "", "other")]
    assert skipped == []


def test_an_annotator_may_have_the_annotations_alone(tmp_path: Path) -> None:
    laid(tmp_path, {"x.ann": "", "x.txt": "same", "ann/x.ann": "", "ann/x.txt": "same", "bob/x.ann": ""})

    assert told(tmp_path) == ([("x", "ann", "same"), ("x", "bob", "same"), ("x", "", "same")], [])


def test_texts_may_be_in_a_folder_of_their_own_and_the_annotator_behind_the_name(tmp_path: Path) -> None:
    """As in PolNeAR."""
    laid(
        tmp_path,
        {
            "dev/text/nyt_2016-09-08_obama-.txt": "one",
            "dev/text/nyt_2016-09-08_trump.txt": "two",
            "dev/attributions/nyt_2016-09-08_obama-_5fec.ann": "",
            "dev/attributions/nyt_2016-09-08_trump_4b22.ann": "",
            "dev/attributions/nyt_2016-09-08_trump_5fec.ann": "",
        },
    )

    assert told(tmp_path) == (
        [
            ("dev/nyt_2016-09-08_obama-", "5fec", "one"),
            ("dev/nyt_2016-09-08_trump", "4b22", "two"),
            ("dev/nyt_2016-09-08_trump", "5fec", "two"),
        ],
        [],
    )


def test_annotations_without_text_and_texts_without_annotations_are_reported(tmp_path: Path) -> None:
    laid(tmp_path, {"a.ann": "", "b.txt": "b", "c.ann": "", "c.txt": "c", "c-2.ann": "", "README.txt": ""})

    documents, skipped = told(tmp_path)

    assert documents == [("c", "", "c")]
    assert skipped == [
        ("article", "a.ann"),
        ("article", "c-2.ann"),
        ("article", "README.txt"),
        ("article", "b.txt"),
    ]


def test_texts_are_taken_from_the_folder_given(tmp_path: Path) -> None:
    laid(tmp_path, {"in/a.ann": "", "in/deep/b_kim.ann": "", "texts/a.txt": "one", "texts/b.txt": "two"})

    assert told(tmp_path / "in", tmp_path / "texts") == ([("a", "", "one"), ("b", "kim", "two")], [])


def test_a_zip_is_read_as_a_folder_and_its_names_stay_inside(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in {
            "d/a.ann": "T1\tX 0 3\tone\n",
            "d/a.txt": "one",
            "../up.ann": "",
            "/root.ann": "",
            "C:\\x.ann": "",
            "__MACOSX/d/._a.ann": "",
        }.items():
            packed.writestr(name, content)

    documents, skipped = told(tmp_path / "a.zip")

    assert documents == [("d/a", "", "one")]
    assert skipped == [("article", "../up.ann"), ("article", "/root.ann"), ("article", "C:/x.ann")]


def test_a_zip_that_unpacks_to_very_much_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.ann", "")
        for number in range(5):
            packed.writestr(f"a{number}.ann", "")
            packed.writestr(f"a{number}.txt", "0" * 9_000_000)

    documents, skipped = told(tmp_path / "a.zip")

    assert [each[0] for each in documents] == ["a0", "a1"]
    assert skipped == [("article", name) for name in ("a.ann", "a2.ann", "a3.ann", "a4.ann")]


def test_one_bad_file_of_many_is_left_out_with_its_place(tmp_path: Path) -> None:
    laid(tmp_path, {"a.ann": "", "a.txt": "a", "b.txt": "b"})
    (tmp_path / "b.ann").write_bytes(b"T1\tX 0 1\tb\nT2\t\xff")

    document, skipped = read(tmp_path, MAPPING, None)

    assert document == AnnotatedText("a", "a", Place(str(tmp_path / "a.ann"), 0, 0))
    why = "the file must be UTF-8, these bytes are not: save it as UTF-8"
    assert skipped == Skipped("article", "b.ann", why, Place(str(tmp_path / "b.ann"), 2, 4), is_damage=True)


@pytest.mark.parametrize("name", ["a.json", "folder", "a.txt", "a.zip"])
def test_what_has_no_annotations_is_refused(tmp_path: Path, name: str) -> None:
    laid(tmp_path, {"a.json": "{}", "a.txt": "", "folder/b.txt": ""})
    zipfile.ZipFile(tmp_path / "a.zip", "w").close()

    with pytest.raises(CorpusError, match="a brat source must be"):
        list(read(tmp_path / name, MAPPING, None))


def test_what_is_not_there_is_reported_and_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.ann")

    for name in ("x", "pipe.ann", "a\0b", "x" * 300):
        with pytest.raises(FileError, match=r"there is no such file|cannot be read"):
            list(read(tmp_path / name, MAPPING, None))


@pytest.mark.parametrize("of_ann", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_line_ends_and_byte_order_marks_of_the_records_change_nothing(
    tmp_path: Path, of_ann: str, bom: str
) -> None:
    ann = "T1\tSource 0 5\tRutte\nT2\tContent 23 41\tkomt.\nDe minister\n#1\tAnnotatorNotes T1\tja\n"

    found = items(tmp_path, bom + ann.replace("\n", of_ann))

    assert found == items(tmp_path, ann)


@pytest.mark.parametrize("is_counted", [True, False])
@pytest.mark.parametrize(("bom", "end"), [("", "\r\n"), ("\ufeff", "\n"), ("\ufeff", "\r\n")])
def test_offsets_count_what_makes_the_words_fit(tmp_path: Path, bom: str, end: str, is_counted: bool) -> None:
    text = bom + TEXT.replace("\n", end)
    counted = text if is_counted else TEXT
    start = counted.index("Kaag")

    (document,) = items(tmp_path, f"T1\tSource {start} {start + 4}\tKaag\n", text)

    assert isinstance(document, AnnotatedText)
    assert (document.text, document.marks[0].parts) == (counted, (Span(start, start + 4),))


def test_a_real_corpus_is_read_whole() -> None:
    folder = shared_file("annotation-tools/brat")

    documents = [each for each in read(folder, MAPPING, None) if isinstance(each, AnnotatedText)]

    assert [each.id for each in documents] == ["e1002", "s101", "u019", "w078"]
    lines = [line for file in sorted(folder.glob("*.ann")) for line in file.read_text("utf-8").splitlines()]
    marks = [mark for each in documents for mark in each.marks]
    values = sum(len(values) for mark in marks for values in mark.attributes.values())
    assert len(marks) + values + sum(len(each.links) for each in documents) == len(lines)
    assert all(
        each.text[part.start : part.end] == mark.text
        for each in documents
        for mark in each.marks
        for part in mark.parts
    )


ANN = (
    "T1\tSource 0 5\tRutte\nT2\tContent 10 20;23 28\tdat de wet\nkomt.\nT3\tCue 6 9\tzei\n"
    "E1\tCue:T3 Source:T1 Content2:T2\nR1\tanswers Arg1:T2 Arg2:E1\n*\tEquiv T1 T2\nA1\tSaid E1 2020\n"
    "N1\tReference T1 Wikidata:Q1\tx\n#1\tAnnotatorNotes T1\tja\n"
)


@given(damaged(ANN.encode()), damaged(TEXT.encode()))
def test_whatever_is_in_a_file_it_is_read_or_refused_with_a_reason(
    tmp_path_factory: pytest.TempPathFactory, ann: bytes, text: bytes
) -> None:
    folder = tmp_path_factory.mktemp("brat")
    try:
        found = items(folder, ann, text)
    except (CorpusError, FileError):
        return
    document = next(each for each in found if isinstance(each, AnnotatedText))
    marks = {mark.id for mark in document.marks}
    assert len(marks) == len(document.marks)
    assert all(link.source in marks and link.target in marks for link in document.links)
    assert all(0 <= start < end <= len(document.text) for mark in document.marks for start, end in mark.parts)


def test_the_page_shows_what_its_commands_do(tmp_path: Path) -> None:
    shown = list(commands("docs/importing/brat.md"))

    assert [(each.text, run(each.text, tmp_path)) for each in shown] == [(each.text, each.output) for each in shown]


DENIED = "The minister denied that taxes will rise.\n"
DENIAL = (
    "T1\tSource 0 12\tThe minister\nT2\tCue 13 19\tdenied\nT3\tContent 20 40\tthat taxes will rise\n"
    "E1\tCue:T2 Source:T1 Content:T3\n"
)


@pytest.mark.slow
@pytest.mark.parametrize("option", ["", "--acts-from-cues"])
def test_a_denial_that_nobody_gave_an_act_is_published_as_no_statement(tmp_path: Path, option: str) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(DENIED)
    (tmp_path / "in" / "a.ann").write_text(DENIAL)

    told = run(f"kg import brat in -o corpus --language en --annotator Ann {option}", tmp_path)
    run("kg export corpus -o graph.nt", tmp_path)

    assert "its cue says that somebody denies" in told
    claim = [
        re.findall(r" <\S+[#/](\w+)> (.*) \.$", line)[0]
        for line in (tmp_path / "graph.nt").read_text().splitlines()
        if line.startswith("<https://kg.example/claim/a/c01> ")
    ]
    assert {"act", "text", "inferred"}.isdisjoint(name for name, _ in claim)
    assert ("words", '"that taxes will rise"@en') in claim
    assert run("kg query acts-by-speaker -c corpus", tmp_path) == "Nothing was found.\n"
    assert "reviewed" not in run("kg export corpus -f claimreview 2>/dev/null", tmp_path)


def test_the_act_of_a_cue_is_published_as_inferred(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(DENIED.replace("denied", "warned"))
    (tmp_path / "in" / "a.ann").write_text(DENIAL.replace("denied", "warned"))

    run("kg import brat in -o corpus --language en --annotator Ann --acts-from-cues", tmp_path)
    run("kg export corpus -o graph.nt", tmp_path)

    claim = [line for line in (tmp_path / "graph.nt").read_text().splitlines() if "/claim/a/c01> <" in line]
    found = [re.findall(r"#(\w+)> <(\S+)> \.$", line) for line in claim]
    assert [("act", "https://w3id.org/kg-claims/acts#warns")] in found
    assert [("inferred", "https://w3id.org/kg-claims#act")] in found


def test_words_cue_and_speaker_are_published_at_the_offsets_of_the_file(tmp_path: Path) -> None:
    text = "He said no, he said yes, and she said that he said no."
    ann = (
        "T1\tSource 12 14\the\nT2\tCue 15 19\tsaid\nT3\tContent 20 23\tyes\nE1\tCue:T2 Source:T1 Content:T3\n"
        "T4\tSource 43 45\the\nT5\tCue 46 50\tsaid\nT6\tContent 51 53\tno\nE2\tCue:T5 Source:T4 Content:T6\n"
        "T7\tSource 30 32\the\nT8\tContent 33 37\tsaid\nE3\tSay:T2 Source:T7 Content:T8\n"
    )
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(text)
    (tmp_path / "in" / "a.ann").write_text(ann)

    run("kg import brat in -o corpus --language en --annotator Ann && kg export corpus -o graph.nt", tmp_path)

    graph = (tmp_path / "graph.nt").read_text()
    found = {
        (name, int(start), int(end))
        for name, start, end in re.findall(r"/claim/a/c\d+> <\S+#(\w+At)> <\S+char=(\d+),(\d+)> ", graph)
    }
    names = {"Source": "speakerWordsAt", "Cue": "cueAt", "Content": "wordsAt"}
    marked = re.findall(r"^T\d+\t(\w+) (\d+) (\d+)\t", ann, re.MULTILINE)
    assert found == {(names[label], int(start), int(end)) for label, start, end in marked}
