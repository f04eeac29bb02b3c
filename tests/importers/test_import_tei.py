"""TEI: the text, whose words are whose, the header and its people, and what is refused."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import CorpusError, FileError, Place
from kg.importers.core.documents import AnnotatedText, ArticleMetadata, LabelledSpan, Name, Skipped, SpanLink
from kg.importers.tei import read
from kg.text.spans import Span
from support.damage import damaged
from support.readme import commands
from support.shells import run
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


def test_what_interrupts_a_speech_is_in_the_text_and_in_nobodys_words(tmp_path: Path) -> None:
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
        (b"<html><body>x</body></html>", "a TEI source must have a `TEI` element", 0, 0),
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


def test_what_is_not_there_is_reported(tmp_path: Path) -> None:
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
def test_the_words_are_those_between_the_tags_however_they_are_nested(
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
def test_whatever_is_in_a_file_it_is_read_or_refused_with_a_reason(
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


RUTTE = '<person xml:id="r"><persName>Mark Rutte</persName></person>'
NAMED = Name("Mark Rutte", "Person")
LIST = f"<listPerson {NAMESPACE}>{RUTTE}</listPerson>"
SAID = '<p><said who="#r">Ja</said></p>'


def speakers(source: Path) -> list[tuple[str, str, Name | None]]:
    """Return each document's id, and its marks' ids with the first speaker of each."""
    return [
        (each.id, mark.id, mark.names["speaker"][0] if mark.names else None)
        for each in read(source, MAPPING, None)
        if isinstance(each, AnnotatedText)
        for mark in each.marks
    ]


@pytest.mark.parametrize(
    ("described", "name"),
    [
        (RUTTE, NAMED),
        (
            '<person xml:id="r"><persName><surname>Rutte</surname><forename>Mark</forename><roleName>Dr.</roleName>'
            '</persName><persName>MR</persName><idno type="VIAF">12</idno><idno type="URI">https://x.nl/r</idno>'
            '<idno type="URI">no iri</idno></person>',
            Name("Mark Rutte", "Person", ("http://viaf.org/viaf/12", "https://x.nl/r")),
        ),
        (
            '<person xml:id="r" sameAs="http://www.wikidata.org/entity/Q57792"><persName ref="https://x.nl/r">'
            "<forename>Mark</forename> <nameLink>van der</nameLink> <surname>Rutte</surname></persName></person>",
            Name("Mark van der Rutte", "Person", ("http://www.wikidata.org/entity/Q57792", "https://x.nl/r")),
        ),
        (
            '<org xml:id="r"><orgName full="abb">NAVO</orgName><orgName full="yes">'
            "Noord-Atlantische\n Verdrag</orgName>"
            '<idno subtype="wikidata">Q7184</idno></org>',
            Name("Noord-Atlantische Verdrag", "Organization", ("http://www.wikidata.org/entity/Q7184",)),
        ),
        ('<personGrp xml:id="r"><name>De NAVO-landen</name></personGrp>', Name("De NAVO-landen", "Group")),
        ('<person xml:id="r"/>', Name("r")),
        ('<person xml:id="x"><persName>X</persName></person>', Name("r")),
    ],
)
@pytest.mark.parametrize("place", ["header", "end"])
def test_who_means_those_that_are_described_before_or_after(
    tmp_path: Path, described: str, name: Name, place: str
) -> None:
    header = f"<teiHeader><profileDesc><particDesc>{described}</particDesc></profileDesc></teiHeader>"
    back = f"</body></text><standOff><listPerson>{described}</listPerson></standOff><text><body>"

    found = items(tmp_path, SAID, header) if place == "header" else items(tmp_path, SAID + back)

    assert only(found).text == "Ja"
    assert [mark.names for mark in only(found).marks] == [{"speaker": (name,)}]


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("#r #q", (NAMED, Name("q"))),
        ("Mark Rutte", (Name("Mark Rutte"),)),
        ("http://viaf.org/viaf/1", (Name("http://viaf.org/viaf/1", same_as=("http://viaf.org/viaf/1",)),)),
        ("people.xml#r", (NAMED,)),
        (
            "../people.xml#r http://x.nl/people.xml#r",
            (Name("r"), Name("http://x.nl/people.xml#r", same_as=("http://x.nl/people.xml#r",))),
        ),
        ("mep:12", (Name("mep:12"),)),
    ],
)
def test_who_may_be_several_a_name_or_stand_in_another_file(
    tmp_path: Path, who: str, names: tuple[Name, ...]
) -> None:
    laid(tmp_path, {"people.xml": LIST, "in/a.xml": tei("x")})

    (document, *_) = items(
        tmp_path, f'<p><said who="{who}" toWhom="#r">Ja</said></p>', f"<teiHeader>{RUTTE}</teiHeader>"
    )

    assert isinstance(document, AnnotatedText)
    assert [mark.names for mark in document.marks] == [{"speaker": names, "to": (NAMED,)}]


def test_people_may_be_listed_beside_a_file_or_above_it(tmp_path: Path) -> None:
    files = {
        "ParlaMint-XX-listPerson.xml": LIST,
        "taxonomy.xml": f"<taxonomy {NAMESPACE}/>",
        "1996/ParlaMint-XX_1.xml": tei(SAID),
        "ParlaMint-XX_2.xml": tei(SAID),
    }

    assert speakers(laid(tmp_path, files)) == [
        ("1996/ParlaMint-XX_1", "said.1", NAMED),
        ("ParlaMint-XX_2", "said.1", NAMED),
    ]
    assert speakers(tmp_path / "ParlaMint-XX_2.xml") == [("ParlaMint-XX_2", "said.1", NAMED)]


def test_a_corpus_is_made_of_its_documents_and_of_the_files_that_it_includes(tmp_path: Path) -> None:
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{}"/>'
    header = f"<teiHeader>{include.format('list.xml')}</teiHeader>"
    inside = tei(SAID, attributes='xml:id="d1"') + tei(SAID)
    included = "".join(map(include.format, ("1996/b.xml", "root.xml", "http://x.nl/c.xml", "../up.xml", "no.xml")))
    files = {
        "root.xml": f"<teiCorpus {NAMESPACE}>{header}{inside}{included}</teiCorpus>",
        "list.xml": LIST,
        "1996/b.xml": tei(SAID + include.format("d.xml")),
    }
    laid(tmp_path, files)

    found = list(read(tmp_path / "root.xml", MAPPING, None))

    names = [("root/d1", "said.1", NAMED), ("root/2", "said.1", NAMED), ("1996/b", "said.1", NAMED)]
    assert speakers(tmp_path / "root.xml") == names
    assert speakers(tmp_path) == [names[2], *names[:2]]
    assert left_out(found) == [
        ("article", "d.xml", 2),
        ("article", "http://x.nl/c.xml", 3),
        ("article", "../up.xml", 3),
        ("article", "no.xml", 3),
    ]


def test_a_header_tells_of_the_source(tmp_path: Path) -> None:
    header = """<teiHeader xml:lang="en"><fileDesc><titleStmt><title type="main" xml:lang="en">Debates</title>
        <title type="main" xml:lang="nl">Handelingen</title><title type="sub" xml:lang="nl">1e zitting</title>
        <author ref="https://x.nl/j"><persName>Jan Jansen</persName></author><author/></titleStmt>
        <publicationStmt><publisher>CLARIN</publisher><date when="2022-12-13"/></publicationStmt>
        <sourceDesc><bibl><publisher><orgName xml:lang="en">Chamber</orgName><orgName xml:lang="nl">Tweede
        Kamer</orgName></publisher><idno type="URI">https://x.nl/1</idno><date when="21 feb"/></bibl></sourceDesc>
        </fileDesc><profileDesc><settingDesc><setting><date from="2020-02-21" to="2020-02-22"/></setting>
        </settingDesc></profileDesc></teiHeader>"""

    found = items(tmp_path, "<p>x</p>", header, 'xml:lang="nl"')

    document = only(found)
    assert document.article == ArticleMetadata(
        headline="Handelingen: 1e zitting", published="2020-02-21/2020-02-22", url="https://x.nl/1", language="nl"
    )
    assert document.publisher == Name("Tweede Kamer", "Organization")
    assert document.authors == (Name("Jan Jansen", "Person", ("https://x.nl/j",)),)
    assert left_out(found) == [("attribute", "date: 21 feb", 6)]


@pytest.mark.parametrize(
    ("date", "published", "left"),
    [
        ('<date when="2020-02"/>', "2020-02", []),
        ('<date when="2020-02">februari</date>', "2020-02", []),
        ('<date notBefore="2020-02-01" notAfter="2020-02-10"/>', "[2020-02-01..2020-02-10]", []),
        ("<date> 1914\n</date>", "1914", []),
        ("<date>2020-02-31</date><date>2020-03-01</date>", "2020-03-01", [("attribute", "date: 2020-02-31")]),
        ("<date>februari</date>", "", [("attribute", "date: februari")]),
        ("<date/>", "", []),
    ],
)
def test_a_text_that_has_no_source_was_published_as_it_is(
    tmp_path: Path, date: str, published: str, left: list[tuple[str, str]]
) -> None:
    statement = f"<publicationStmt><publisher>De Krant</publisher>{date}</publicationStmt>"
    header = f"<teiHeader><fileDesc>{statement}<sourceDesc><p>born digital</p></sourceDesc></fileDesc></teiHeader>"

    found = items(tmp_path, "<p>x</p>", header)

    document = only(found)
    assert (document.article.published, document.publisher) == (published, Name("De Krant", "Organization"))
    assert [each[:2] for each in left_out(found)] == left


def test_of_many_files_the_bad_ones_are_reported_and_the_others_read(tmp_path: Path) -> None:
    laid(
        tmp_path, {"a.xml": tei("<p>a</p"), "b.xml": tei(SAID), "c.xml": "<html/>", "x-listPerson.xml": LIST[:-20]}
    )

    found = list(read(tmp_path, MAPPING, None))

    assert words(only(found)) == [("said.1", "said", ["Ja"])]
    assert left_out(found) == [("article", "a.xml", 2), ("article", "c.xml", 1), ("article", "x-listPerson.xml", 1)]


def test_a_zip_is_read_as_a_folder(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        for name, content in {"d/a.xml": tei(SAID), "d/list.xml": LIST, "../b.xml": tei(SAID)}.items():
            packed.writestr(name, content)

    assert speakers(tmp_path / "a.zip") == [("d/a", "said.1", NAMED)]
    assert left_out(list(read(tmp_path / "a.zip", MAPPING, None))) == [("article", "../b.xml", 0)]


PARLIAMENT = """<teiCorpus xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><particDesc>
<listOrg>
  <org xml:id="NR" role="parliament"><orgName full="yes" xml:lang="de">Nationalrat</orgName></org>
  <org xml:id="GOV" role="government"><orgName full="yes">Bundesregierung</orgName>
    <event from="1918-10-31"><label>existence</label></event></org>
  <org xml:id="party.G"><orgName full="yes">Die Grünen</orgName><orgName full="abb">G</orgName></org>
</listOrg>
<listPerson>
  <person xml:id="A"><persName><surname>Anschober</surname><forename>Rudolf</forename></persName><sex value="M"/>
    <affiliation from="1990-11-05" to="1997-10-30" role="member" ref="#NR">
      <roleName xml:lang="de">Nationalratsabgeordneter</roleName><roleName xml:lang="en">Member</roleName>
    </affiliation>
    <affiliation from="2020-01-07" to="2020-01-29" role="minister" ref="#GOV">
      <roleName xml:lang="de">Sozialminister</roleName>
    </affiliation>
    <affiliation from="2020-01-29" role="secretaryOfState" ref="#GOV"/>
    <affiliation role="member" ref="#party.G"/>
    <affiliation role="member" ref="#party.X"/>
    <affiliation role="member" ref="#NR" from="2020-13"/>
    <affiliation role="member" ref="#NR" from="2021" to="2020"/>
    <affiliation when="2019"><orgName ref="http://www.wikidata.org/entity/Q1">Rotes Kreuz</orgName></affiliation>
  </person>
  <person xml:id="B"><persName>Silent</persName><affiliation role="member" ref="#NR"/></person>
</listPerson></particDesc></teiHeader>
<TEI xml:id="d1" xml:lang="de"><teiHeader><fileDesc><sourceDesc><bibl><date when="2020-02-10"/></bibl></sourceDesc>
</fileDesc><profileDesc><settingDesc><setting><date when="2020-01-10"/></setting></settingDesc></profileDesc>
</teiHeader><text><body><u who="#A">Ja.</u></body></text></TEI>
<TEI xml:id="d2" xml:lang="de"><text><body><u who="#A">Nein.</u></body></text></TEI></teiCorpus>"""


def test_affiliations_are_the_roles_of_a_person_with_organisations_and_dates(tmp_path: Path) -> None:
    """As in ParlaMint: party, parliament and office."""
    laid(tmp_path / "in", {"a.xml": PARLIAMENT})

    run("kg import tei in -o corpus --language de", tmp_path)

    assert (
        (tmp_path / "corpus" / "entities.yaml").read_text()
        == """\
rudolf-anschober:
  type: Person
  name: Rudolf Anschober
  roles:
    member-nationalrat:
      title: {de: Nationalratsabgeordneter, en: Member}
      organization: nationalrat
      from: 1990-11-05
      to: 1997-10-30
    sozialminister-bundesregierung:
      title: {de: Sozialminister}
      organization: bundesregierung
      from: 2020-01-07
      to: 2020-01-29
    secretary-of-state-bundesregierung:
      title: {en: secretary of state}
      organization: bundesregierung
      from: 2020-01-29
    member-die-grunen: {title: {en: member}, organization: die-grunen, from: unknown, to: unknown}
    affiliation-rotes-kreuz:
      title: {en: affiliation}
      organization: rotes-kreuz
      from: 2019
      to: 2019

nationalrat: {type: Organization, name: Nationalrat}
bundesregierung: {type: Organization, name: Bundesregierung}
die-grunen: {type: Organization, name: Die Grünen}
rotes-kreuz: {type: Organization, name: Rotes Kreuz, same_as: [http://www.wikidata.org/entity/Q1]}
"""
    )
    rows = csv.DictReader((tmp_path / "corpus" / "import.csv").read_text("utf-8-sig").splitlines())
    lost = [(row["record"], row["line"]) for row in rows if row["kind"] == "attribute"]
    assert lost == [
        ("affiliation: #party.X", "18"),
        ("affiliation from: 2020-13", "19"),
        ("affiliation: 2021 to 2020", "20"),
        ("sex", "9"),
    ]


@pytest.mark.parametrize(
    "dates",
    [
        'from="2020/2021"',
        *(pytest.param(each, marks=pytest.mark.slow) for each in ('to="[2020,2021]"', 'notBefore="2020"')),
        *(pytest.param(each, marks=pytest.mark.slow) for each in ('from="x"', 'from=".."')),
    ],
)
def test_an_affiliation_with_other_dates_is_listed_and_the_corpus_is_valid(tmp_path: Path, dates: str) -> None:
    laid(tmp_path / "in", {"a.xml": PARLIAMENT.replace('from="2020-13"', dates)})

    told = run("kg import tei in -o corpus --language de --annotator Ann && kg validate corpus", tmp_path)

    assert "2 articles, 2 claims checked" in told
    rows = csv.DictReader((tmp_path / "corpus" / "import.csv").read_text("utf-8-sig").splitlines())
    assert [row["record"].split()[0] for row in rows if row["line"] == "19"] == ["affiliation"]


def test_each_affiliation_of_who_speaks_is_a_role_or_is_listed(tmp_path: Path) -> None:
    laid(tmp_path / "in", {"a.xml": PARLIAMENT})

    run("kg import tei in -o corpus --language de", tmp_path)

    read = PARLIAMENT.partition('xml:id="A"')[2].partition("</person>")[0].count("<affiliation ")
    written = (tmp_path / "corpus" / "entities.yaml").read_text().count("title:")
    rows = csv.DictReader((tmp_path / "corpus" / "import.csv").read_text("utf-8-sig").splitlines())
    assert read == written + sum(row["record"].startswith("affiliation") for row in rows)


def test_the_office_that_a_speaker_held_on_the_day_is_published(tmp_path: Path) -> None:
    laid(tmp_path / "in", {"a.xml": PARLIAMENT})

    run("kg import tei in -o corpus --language de --annotator Ann && kg export corpus -o graph.nt", tmp_path)

    graph = (tmp_path / "graph.nt").read_text()
    spoken = re.findall(r"claim/(\S+)> <\S+spokenAs> <\S+/entity/(\S+)> ", graph)
    assert spoken == [("a/d1/c01", "rudolf-anschober#role-sozialminister-bundesregierung")]
    assert "Sozialminister" in run("kg query roles --speaker rudolf-anschober -c corpus", tmp_path)


def test_roles_that_the_user_gave_count_and_others_are_listed(tmp_path: Path) -> None:
    given = "minister: {type: Person, name: Rudolf Anschober, roles: {m: {title: Minister, from: 2020}}}\n"
    laid(tmp_path / "in", {"a.xml": PARLIAMENT})
    laid(tmp_path, {"entities.yaml": given})

    run("kg import tei in -o corpus --language de --entities entities.yaml", tmp_path)

    assert "  roles:\n    m: {title: Minister, from: 2020}\n" in (tmp_path / "corpus" / "entities.yaml").read_text()
    assert "affiliation of Rudolf Anschober,5," in (tmp_path / "corpus" / "import.csv").read_text()


def test_a_passage_in_what_is_left_out_of_the_text_is_reported(tmp_path: Path) -> None:
    """As in a footnote, in what an editor deleted, in a header, or in what describes a person."""
    body = """<p>Hij <note>zei <said xml:id="n">ja</said></note> en <del><q>nee</q></del> <said>zo</said></p>"""
    header = "<teiHeader><p><quote>h</quote></p><person><note><q>p</q></note></person></teiHeader>"

    found = items(tmp_path, body, header)

    skipped = [each for each in found if isinstance(each, Skipped)]
    assert [(each.kind, each.what, each.label, each.why) for each in skipped] == [
        ("span", "quote", "quote", "it is inside a `teiHeader`, which is no part of the text"),
        ("span", "q", "q", "it is inside a `person`, which is no part of the text"),
        ("span", "n", "said", "it is inside a `note`, which is no part of the text"),
        ("span", "q", "q", "it is inside a `del`, which is no part of the text"),
    ]
    assert [mark.label for mark in only(found).marks] == ["said"]


def test_segments_mark_speakers_and_cues_and_share_an_id_with_what_is_said(tmp_path: Path) -> None:
    """As in the corpus Redewiedergabe."""
    body = """<p><seg id="1" type="frame">Und <seg id="1 2" type="speaker">Gurow</seg>, der Herzklopfen hatte,
        <seg id="1" type="intExpr">dachte</seg>:</seg> <said id="1" mode="direct">Mein Gott!</said>
        Dann <seg id="2" type="intExpr">sagte</seg> er, <said id="2">daß alles zu Ende sei.</said></p>"""
    laid(tmp_path / "in", {"a.xml": tei(body, attributes='xml:lang="de"')})

    told = run("kg import tei in -o corpus", tmp_path)

    claims = (tmp_path / "corpus" / "a.claims.yaml").read_text().partition("claims:\n")[2]
    assert (
        re.sub(r"  # .*\n", "", claims)
        == """\
  c01:
    speaker: s-gurow
    words: Mein Gott!
    speaker_words: Gurow
    cue: dachte
  c02:
    speaker: s-gurow
    words: daß alles zu Ende sei.
    speaker_words: Gurow
    cue: sagte
"""
    )
    assert "\nspans: 6 read, 5 written, 1 left out\n  1 ×: the mapping's `spans` leave `frame` out (" in told
    assert "\nlinks: 5 read, 4 written, 1 left out\n" in told


def test_an_attribute_may_be_a_link_by_an_id(tmp_path: Path) -> None:
    body = """<p><seg id="s1" type="speaker">Kaag</seg> zei <said SpeakerID="s1" mood="x">ja</said></p>"""

    document = only(items(tmp_path, body))

    assert [(link.label, link.source, link.target) for link in document.links] == [("Speaker", "said.2", "seg.1")]
    assert document.marks[1].attributes == {"mood": ("x",)}


def test_segments_of_a_speech_are_its_paragraphs(tmp_path: Path) -> None:
    document = only(items(tmp_path, "<u><seg>Ja.</seg><seg>Nee.</seg></u>"))

    assert words(document) == [("u.1", "u", ["Ja.\nNee."])]


def test_a_folder_without_tei_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="a TEI source must have a `TEI` element"):
        list(read(laid(tmp_path, {"list.xml": LIST}), MAPPING, None))


def test_the_page_shows_what_its_commands_do(tmp_path: Path) -> None:
    shown = list(commands("docs/importing/tei.md"))

    assert [(each.text, run(each.text, tmp_path)) for each in shown] == [(each.text, each.output) for each in shown]
