"""TEI's text: which words are whose, what stands in the text, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import CorpusError, FileError, Place
from kg.importers.core.documents import AnnotatedText, ArticleMetadata, LabelledSpan, Name, SpanLink
from kg.importers.tei import read
from kg.text.spans import Span
from support.damage import damaged
from support.tei_files import MAPPING, NAMESPACE, items, laid, left_out, only, tei, words


def test_what_is_said_has_its_speaker_its_words_and_its_place(tmp_path: Path) -> None:
    said = '<said xml:id="s1" who="#r" when="2020-02-21" direct="true">'
    body = f"<p>Rutte zei:\n  {said}Ja,\n   <hi>echt</hi></said>.</p>"
    header = '<teiHeader><person xml:id="r"><persName>Mark Rutte</persName></person></teiHeader>'

    found = items(tmp_path, body, header, 'xml:lang="nl"')

    file = str(tmp_path / "a.xml")
    mark = LabelledSpan(
        "s1",
        "said",
        (Span(11, 19),),
        Place(file, 3, 3),
        attributes={"when": ("2020-02-21",), "direct": ("true",)},
        names={"speaker": (Name("Mark Rutte", "Person"),)},
    )
    article = ArticleMetadata(language="nl")
    assert found == [AnnotatedText("a", "Rutte zei: Ja, echt.", Place(file, 1, 1), (mark,), article=article)]


def test_what_is_said_within_what_is_said_is_both(tmp_path: Path) -> None:
    body = "<p><said>Kaag zei <said>nee</said> en ging</said>, las <q>hij</q>: <quote>zo</quote></p>"

    document = only(items(tmp_path, body))

    assert document.text == "Kaag zei nee en ging, las hij: zo"
    assert words(document) == [
        ("said.1", "said", ["Kaag zei nee en ging"]),
        ("said.2", "said", ["nee"]),
        ("q.3", "q", ["hij"]),
        ("quote.4", "quote", ["zo"]),
    ]


def test_what_interrupts_a_speech_stands_in_the_text_and_in_nobodys_words(tmp_path: Path) -> None:
    """As in ParlaMint."""
    body = """<div><gap reason="editorial"><desc>weg</desc></gap><pb n="4"/>
        <note type="time">Beginn: <time when="1996-01-15T10:03:00">10:03</time></note>
        <note type="speaker">Präsident</note>
        <u who="#p" xml:id="u1" ana="#chair">
          <seg>Bitte Platz
            zu nehmen.</seg>
          <kinesic type="applause"><desc>(Beifall.)</desc></kinesic>
          <seg>Ich darf <note>Abg. Wabl: Warum?</note>auch <pb n="5"/> jene begrüßen.</seg>
          <seg>Danke.</seg>
        </u>
        <u who="#p"><seg><gap/></seg></u></div>"""

    found = items(tmp_path, body)

    document = only(found)
    assert document.text == (
        "Beginn: 10:03\nPräsident\nBitte Platz zu nehmen.\n(Beifall.)\n"
        "Ich darf Abg. Wabl: Warum? auch jene begrüßen.\nDanke."
    )
    assert words(document) == [("u1", "u", ["Bitte Platz zu nehmen.", "Ich darf", "auch jene begrüßen.\nDanke."])]
    assert document.article == ArticleMetadata(transcript=True)
    assert left_out(found) == [("span", "u.2", 12)]


def test_words_marked_one_by_one_are_joined_as_printed(tmp_path: Path) -> None:
    body = """<u><seg><s><w>Ich</w> <name><w join="right">eröffne</w></name>
        <pc>.</pc></s> <s><pc join="right">„</pc> <w join="right">Wabl</w> <pc join="left">“</pc> <w>ja</w>
        <linkGrp><link target="#a #b"/> x</linkGrp></s></seg></u>"""

    assert only(items(tmp_path, body)).text == "Ich eröffne. „Wabl“ ja"


def test_lines_are_those_of_the_page_and_what_an_editor_did_is_left_out(tmp_path: Path) -> None:
    body = (
        "<head>Kop</head><p>Een<note place='foot'>Noot</note> <choice><sic>foute</sic><corr>goede</corr></choice> "
        "re<lb break='no'/>\n"
        "gel<lb/>twee <app><lem>zo</lem><rdg>zus</rdg></app> <del>weg</del>\u00a0x</p>"
        "<note>Na <said>ja</said></note>"
        "<lg><l>a</l><l>b</l></lg><list><item>c</item><item>d</item></list>"
        "<table><row><cell>e</cell><cell>f</cell></row></table>"
        "<sp who='#h'><speaker>Hamlet</speaker><p>Zijn <stage>af</stage> of niet</p></sp>"
        "<p><said><label>Socrates.</label> Waarom?</said> <m:math xmlns:m='urn:m'>x</m:math></p>"
    )

    document = only(items(tmp_path, body))

    assert document.text.split("\n") == [
        "Kop",
        "Een foute regel twee zo \u00a0x",
        "Na ja",
        *("a", "b", "c", "d"),
        "e f",
        "Hamlet",
        "Zijn af of niet",
        "Socrates. Waarom?",
    ]
    assert words(document) == [
        ("said.1", "said", ["ja"]),
        ("sp.2", "sp", ["Zijn", "of niet"]),
        ("said.3", "said", ["Waarom?"]),
    ]


def test_words_that_go_on_elsewhere_are_linked(tmp_path: Path) -> None:
    body = (
        '<p><said xml:id="a" next="#b">Ja</said>, zei hij, <said xml:id="b" prev="#a">graag</said>\n'
        '<said xml:id="c" prev="#b">!</said> <said xml:id="d" next="#x">?</said></p>'
    )

    found = items(tmp_path, body)

    file = str(tmp_path / "a.xml")
    assert only(found).links == (
        SpanLink("next", "a", "b", Place(file, 2, 4)),
        SpanLink("next", "b", "c", Place(file, 3, 1)),
    )
    assert left_out(found) == [("link", "d next x", 3)]


@pytest.mark.parametrize(
    ("raw", "message", "line", "column"),
    [
        (tei("<p>x</p").encode(), "the file must be well-formed XML", 2, 8),
        (
            f'<!DOCTYPE TEI [<!ENTITY a "b">]>\n{tei("<p>&a;</p>")}'.encode(),
            "define and use no entities, this one has `a`",
            1,
            27,
        ),
        (f'<!DOCTYPE TEI SYSTEM "http://x.y/z.dtd">\n{tei("<p>caf&eacute;</p>")}'.encode(), "has `eacute`", 3, 7),
        (tei("<div>" * 300).encode(), "nested at most 200 deep", 2, 986),
        (b'<?xml version="1.0" encoding="klingon"?><TEI/>', "must be", 1, 31),
        (b"not xml", "the file must be well-formed XML", 1, 1),
        (b"", "the file must be well-formed XML", 1, 1),
        (b"<html><body>x</body></html>", "a TEI source must hold a `TEI` element", 0, 0),
    ],
)
def test_a_file_that_is_no_tei_is_refused_with_its_place(
    tmp_path: Path, raw: bytes, message: str, line: int, column: int
) -> None:
    (tmp_path / "a.xml").write_bytes(raw)

    with pytest.raises(CorpusError, match=message) as caught:
        list(read(tmp_path / "a.xml", MAPPING, None))

    assert caught.value.findings[0].at == Place(str(tmp_path / "a.xml"), line, column)


def test_columns_count_characters_in_every_encoding(tmp_path: Path) -> None:
    body = "<p>é😀<said>x</said></p>"
    for encoding in ("utf-8", "utf-16"):
        (tmp_path / "a.xml").write_bytes(
            f'<?xml version="1.0" encoding="{encoding}"?>\n{tei(body)}'.encode(encoding)
        )

        (document,) = read(tmp_path / "a.xml", MAPPING, None)

        assert isinstance(document, AnnotatedText)
        assert [(mark.at.line, mark.at.column) for mark in document.marks] == [(3, 6)]


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="there is no such file"):
        list(read(tmp_path / "x.xml", MAPPING, None))


Piece = str | tuple[str, list["Piece"]]
"""White space and letters, or an element with more of it."""
PIECES = st.recursive(
    st.text("ab \n", max_size=4),
    lambda inner: st.tuples(st.sampled_from(["hi", "said", "q", "name"]), st.lists(inner, max_size=3)),
    max_leaves=12,
)


def written(piece: Piece) -> str:
    return piece if isinstance(piece, str) else f"<{piece[0]}>{''.join(map(written, piece[1]))}</{piece[0]}>"


def said(piece: Piece) -> Iterator[str]:
    """Yield what is said in it, from the outside in."""
    if not isinstance(piece, str):
        if piece[0] in ("said", "q"):
            yield squeezed(written(piece))
        for each in piece[1]:
            yield from said(each)


def squeezed(xml: str) -> str:
    return " ".join(re.sub("<.*?>", "", xml).split())


@given(PIECES)
def test_the_words_are_those_between_the_tags_whatever_stands_in_what(
    tmp_path_factory: pytest.TempPathFactory, piece: Piece
) -> None:
    document = only(items(tmp_path_factory.mktemp("tei"), f"<p>{written(piece)}</p>"))

    assert document.text == squeezed(written(piece))
    assert [parts for _, _, parts in words(document)] == [[each] for each in said(piece) if each]


WHOLE = "\n".join(
    (
        f'<teiCorpus {NAMESPACE}><teiHeader><person xml:id="p"><persName>A</persName></person></teiHeader>',
        tei('<u who="#p" xml:id="u1"><seg>Ja <note>nee</note> wel</seg></u>'),
        tei('<p><said who="x.xml#b" next="#c">a <q>b</q></said> <said xml:id="c" prev="#a">d</said></p>'),
        "</teiCorpus>",
    )
)


@given(damaged(WHOLE.encode()))
def test_whatever_stands_in_a_file_it_is_read_or_refused_with_a_reason(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes
) -> None:
    file = tmp_path_factory.mktemp("tei") / "a.xml"
    file.write_bytes(raw)
    try:
        found = list(read(file, MAPPING, None))
    except (CorpusError, FileError):
        return
    for document in (each for each in found if isinstance(each, AnnotatedText)):
        marks = {mark.id for mark in document.marks}
        assert len(marks) == len(document.marks)
        assert all(link.source in marks and link.target in marks for link in document.links)
        assert all(document.text[start:end].strip() for mark in document.marks for start, end in mark.parts)


def test_files_may_be_laid_in_folders(tmp_path: Path) -> None:
    laid(tmp_path, {"b/x.xml": tei("<p>x</p>"), "a.xml": tei("<p>a</p>"), "z.txt": "no"})

    assert [each.id for each in read(tmp_path, MAPPING, None) if isinstance(each, AnnotatedText)] == ["a", "b/x"]
