"""TEI's headers, and whom `who` means, in the same file or in another."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from kg.errors import CorpusError
from kg.importers.core.documents import AnnotatedText, ArticleMetadata, Name
from kg.importers.tei import read
from support.readme import commands
from support.shells import run
from support.tei_files import MAPPING, NAMESPACE, items, laid, left_out, only, tei, words

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


def test_of_many_files_the_bad_ones_are_told_and_the_others_read(tmp_path: Path) -> None:
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


def test_a_folder_without_tei_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="a TEI source must hold a `TEI` element"):
        list(read(laid(tmp_path, {"list.xml": LIST}), MAPPING, None))


def test_the_page_shows_what_its_commands_do(tmp_path: Path) -> None:
    shown = list(commands("docs/importing/tei.md"))

    assert [(each.text, run(each.text, tmp_path)) for each in shown] == [(each.text, each.output) for each in shown]
