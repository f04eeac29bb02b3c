"""Pages: what they say, in whose language, and that nothing in them runs that is not ours."""

from __future__ import annotations

import gc
import os
import re
from hashlib import sha256
from pathlib import Path

import pytest

from kg.publish.site import Pages, SiteLayout, page_named
from kg.publish.site.articles import known_spans
from kg.publish.site.charts import bars, exchanges
from kg.publish.site.explore_index import explore_entries
from kg.publish.site.localisation import LANGUAGES, rules, strings, when
from kg.publish.site.overviews import LISTINGS, SECTIONS, sections, shape_views
from kg.publish.site.passages import PassageView
from kg.publish.site.query_page import groups, query_data
from kg.publish.site.rendering import ASSETS, embedded_jsonld, external, licence_name
from kg.publish.site.store_reader import LocalisedReader, Properties
from kg.rdf.terms import Iri, Node, date, edtf, plain, text
from kg.rdf.vocab import BASES, KG, QUALIFIERS, SCHEMA
from support import ROOT, SEEDS
from support.corpora import lay
from support.hostile_pages import HOSTILE, spoiled, with_literals
from support.pages_of import EVERYTHING, GOLDEN, TYPES, Reading, pages_of

OPEN_FILES = Path("/proc/self/fd")


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    return pages_of(EVERYTHING, tmp_path_factory.mktemp("everything"))


@pytest.mark.parametrize(("path", "name"), TYPES.items())
def test_a_page_of_each_type_is_as_it_should_be(everything: Pages, path: str, name: str) -> None:
    """`python tests/support/pages_of.py` writes the golden pages again."""
    assert everything.html(path, "en") == (GOLDEN / name).read_bytes()


def test_every_path_has_a_page_in_every_language(everything: Pages) -> None:
    paths = list(everything.paths())
    missing = [path for path in paths for language in LANGUAGES if not everything.html(path, language)]
    assert (missing, len(paths)) == ([], len(set(paths)))


def text_of(pages: Pages, path: str) -> str:
    """Return the words of a page, with single blanks."""
    return " ".join(Reading((pages.html(path, "en") or b"").decode()).text.split())


def test_people_and_organisations_are_counted_as_the_lists_show_them(everything: Pages) -> None:
    """Annotators have pages too, and an unnamed newsroom is an organisation; neither is in a list."""
    found = {
        each.key: each.total
        for path in ("people", "outlets")
        for each in sections(LocalisedReader(everything.quads, "en"), path, everything.dataset.summary)
    }

    figures = dict(re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", (everything.html("", "en") or b"").decode()))
    assert (figures["people"], figures["organisations and states"]) == (
        str(found["people-people"]),
        str(found["people-organisations"] + found[""]),
    )


def test_the_claims_by_somebody_are_no_articles_and_reviews(everything: Pages) -> None:
    """Wilma made a claim, wrote an article and three reviews; the Gazette made a review."""
    assert "Claims by" not in text_of(everything, "entity/gazette")
    claims = text_of(everything, "entity/wilma").partition("Claims by Wilma Writer")[2]
    assert claims.startswith(" Wilma Writer The river rises every spring")


def test_a_role_without_an_end_is_said_to_have_begun(everything: Pages) -> None:
    """The page may be read years after it was written."""
    roles = text_of(everything, "entity/alice").partition("Roles")[2].partition("Timeline")[0]
    assert roles.split("adviser, ")[1].startswith("Ruritania since December 2019 chief of the union")


def test_only_responses_with_a_page_for_the_two_are_said_to_lead_there(everything: Pages) -> None:
    """An unnamed source has none."""
    said = text_of(everything, "entity/alice")
    assert "Responses by Alice Alder an unnamed source" in said
    assert "Responses to Alice Alder A response leads to all that the two said to each other" in said


def test_an_unnamed_source_is_described_by_its_words_once(everything: Pages) -> None:
    assert "Unnamed source a spokesman Responses to" in text_of(everything, "source/2020/first/spokesman")


def test_who_responds_on_an_occasion_does_so_there_and_not_about_it(tmp_path: Path) -> None:
    pages = pages_of(SEEDS, tmp_path)
    headings = [
        text_of(pages, path) for path in ("occasion/000_411f4785dd135aae/spiegel", "entity/nuclear-deterrence")
    ]
    assert "Who responds to whom here" in headings[0]
    assert "Who responds to whom on nuclear deterrence" in headings[1]


def test_what_is_not_there_has_no_page(everything: Pages) -> None:
    paths = ("claim/2020/first/c99", "entity/nobody", "article/none", "nothing", "articles/2", "articles/x", "../x")
    assert [everything.html(path, "en") for path in paths] == [None] * len(paths)


@pytest.mark.skipif(not OPEN_FILES.is_dir(), reason="the system does not list the open files of a process")
def test_pages_that_are_dropped_close_their_store_at_once(tmp_path: Path) -> None:
    """Whoever serves a store that is loaded anew would else keep the old ones open, deleted as they are."""
    pages = pages_of(EVERYTHING, tmp_path)
    for path in pages.paths():
        pages.html(path, "en")
        pages.data(path, "ttl")
    gc.disable()
    try:
        before = open_files(tmp_path)
        del pages
        after = open_files(tmp_path)
    finally:
        gc.enable()

    assert (before != [], after) == (True, [])


def open_files(folder: Path) -> list[str]:
    """Return which files of a folder this process has open."""
    files = [os.readlink(each) for each in OPEN_FILES.iterdir() if each.is_symlink()]
    return sorted(file for file in files if file.startswith(f"{folder}/"))


def test_a_thing_has_its_data_and_an_article_its_whole_graph(everything: Pages) -> None:
    lines = {path: everything.data(path, "nt") for path in ("entity/bob", "article/talk", "claim/talk/c01")}
    subjects = {
        path: sorted(
            {
                line.split()[0].removeprefix("<https://everything.example/")[:-1]
                for line in said.decode().splitlines()
            }
        )
        for path, said in lines.items()
        if said
    }
    # No label says whose turn it is, so the claim is indirect and has no quotation.
    claim = [f"claim/talk/c01{part}" for part in ("", "#annotation")]
    # Its passage, and the one of the text that was corrected. The article and the claim had other ids before.
    passages = ["text/talk/2#char=14,40", "text/talk/3#char=14,35"]
    kept = [f"claim/talk/c02{part}" for part in ("", "#annotation")]
    assert subjects == {
        "entity/bob": ["entity/bob"],
        "claim/talk/c01": [*claim, *passages],
        "article/talk": [
            *("article/speech", "article/talk", "claim/speech/c00", "claim/speech/c01", "claim/speech/c02"),
            *("claim/talk/c00", *claim, *kept, "graph/article/talk", *(f"text/speech/{n}" for n in (1, 2, 3))),
            *("text/talk/1", "text/talk/2", passages[0]),
            *("text/talk/2#char=56,65", "text/talk/3", "text/talk/3#char=0,12", passages[1]),
        ],
    }


def test_strings_are_the_same_in_each_language_with_the_same_values_in_them() -> None:
    values = {
        language: {key: sorted(re.findall(r"{\w+}", words)) for key, words in strings(language).items()}
        for language in LANGUAGES
    }
    assert values["nl"] == values["en"]


def test_every_string_is_used() -> None:
    """By its key, or by a key that is put together."""
    files = [file for file in sorted(ASSETS.parent.rglob("*")) if file.suffix in (".py", ".html")]
    files += [ASSETS / f"{name}.js" for name in ("engine", "answers", "query")]
    source = "".join(file.read_text() for file in files)
    started = {each for pair in re.findall(r"'([a-z-]+-)' ~|\"([a-z-]+-)\{", source) for each in pair if each}
    lists = {f"{each}-{end}" for each in ("months", "years") for end in ("caption", "unit")}
    lists |= {f"{SECTIONS.get(path, path)}-{end}" for path in LISTINGS for end in ("title", "about")}
    unused = [key for key in strings("en") if key not in source and not key.startswith(tuple(started))]
    assert set(unused) == lists


def test_each_rule_has_a_message_in_dutch_that_names_the_same_fields() -> None:
    english = {rule.name: rule.message for _, known in shape_views("en") for rule in known}
    dutch = {rule.name: rule.message for _, known in shape_views("nl") for rule in known}
    fields = {name: set(re.findall("`[^`]*`", text.value)) for name, text in english.items()}

    assert {text.language for text in english.values()} == {"en"}
    assert {name for name, text in dutch.items() if text.language != "nl"} == set()
    assert {name: set(re.findall("`[^`]*`", text.value)) for name, text in dutch.items()} == fields
    assert set(rules("nl")) == {text.value for text in english.values()}


def dated(**said: str) -> Properties:
    """Return the properties of a date; years, months and days are typed as such."""
    named = {"certain": SCHEMA.dateCreated, "first": KG.earliest, "last": KG.latest, "probably": KG.probably}
    found: Properties = {named[name]: [date(value)] for name, value in said.items() if name in named}
    if "edtf" in said:
        found[KG.edtf] = [edtf(said["edtf"])]
    if "qualifier" in said:
        found[KG.dateQualifier] = [QUALIFIERS[said["qualifier"]]]
    if "basis" in said:
        found[KG.dateBasis] = [BASES[said["basis"]]]
    return found


FEBRUARY = {"first": "2020-02-01", "last": "2020-02-29"}
DATES = {
    "21 February 2020": dated(certain="2020-02-21", first="2020-02-21", last="2020-02-21"),
    "February 2020": dated(certain="2020-02", **FEBRUARY),
    "2020": dated(certain="2020", first="2020-01-01", last="2020-12-31"),
    "probably 21 February 2020": dated(certain="2020-02", probably="2020-02-21", qualifier="uncertain", **FEBRUARY),
    "about 21 February 2020": dated(certain="2020-02", probably="2020-02-21", qualifier="approximate", **FEBRUARY),
    "probably about 2020": dated(probably="2020", qualifier="both", last="2020-03-31"),
    "some time between October 2019 and December 2019": dated(
        first="2019-10-01", last="2019-12-31", edtf="[2019-10..2019-12]"
    ),
    "some time between 2018 and 2019": dated(first="2018-01-01", last="2019-12-31", edtf="[2018..2019]"),
    "some time between 14 February 2020 and 16 February 2020": dated(
        first="2020-02-14", last="2020-02-16", edtf="[2020-02-14..2020-02-16]"
    ),
    "some time between 14 February 2020 and 17 February 2020": dated(
        first="2020-02-14", last="2020-02-17", edtf="[2020-02-14..2020-02-17]", basis="occasion"
    ),
    "from October 2019 to December 2019": dated(first="2019-10-01", last="2019-12-31", edtf="2019-10/2019-12"),
    "February 2020 at the latest": dated(last="2020-02-29", edtf="../2020-02"),
    "12 February 2020 at the latest": dated(last="2020-02-12", edtf="../2020-02-12"),
    "date not given; by February 2020, when the article appeared": dated(last="2020-02-29", basis="publication"),
    "1 October 2019 at the earliest": dated(first="2019-10-01", edtf="2019-10/.."),
    "unknown": dated(edtf="XXXX"),
}


@pytest.mark.parametrize("words", DATES)
def test_a_date_is_said_as_certain_as_it_is(words: str) -> None:
    assert when(DATES[words], SCHEMA.dateCreated, "en").words == words


def test_a_date_is_said_in_dutch() -> None:
    said = dated(certain="2020-02", probably="2020-03-01", qualifier="uncertain", **FEBRUARY)
    assert when(said, SCHEMA.dateCreated, "nl").words == "waarschijnlijk 1 maart 2020"


def passage(whole: str, exact: str) -> PassageView:
    """Return a passage of a text."""
    start = whole.index(exact)
    return PassageView("", exact, "", start, start + len(exact))


def test_quoted_passages_join_where_they_overlap_or_touch() -> None:
    whole = "An opening line. She said so, and then he said no. The closing line."
    words = ("closing", "said so, and then", "then he said no", "and", " line", "opening")
    found = known_spans(passage(whole, exact) for exact in words)
    assert found == [(3, "opening line"), (21, "said so, and then he said no"), (55, "closing")]


def test_months_without_claims_are_gaps_and_many_months_are_years() -> None:
    few = [(bar.label, bar.claims) for bar in bars({"2020-01": 2, "2020-03": 1, "": 7})]
    many = [(bar.label, bar.claims) for bar in bars({"2001-01": 2, "2003-05": 1, "2003-07": 1, "2010-02": 4})]
    assert few == [("2020-01", 2), ("2020-02", 0), ("2020-03", 1)]
    assert [each for each in many if each[1]] == [("2001", 2), ("2003", 2), ("2010", 4)]
    assert len(many) == 10


def test_only_http_leads_out_of_the_site() -> None:
    kept = ["https://a.example/", "http://a.example/x?y#z", "HTTPS://a.example/"]
    refused = ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "urn:x:y", "file:///etc/passwd"]
    refused += ["https:", "//a.example", "http://[", "mailto:a@b.example", "vbscript:x", ""]
    assert [external(each) for each in kept + refused] == kept + [""] * len(refused)


def test_licences_of_creative_commons_have_their_names() -> None:
    names = {
        "https://creativecommons.org/licenses/by/4.0/": "CC BY 4.0",
        "https://creativecommons.org/licenses/by-nc-sa/3.0/": "CC BY-NC-SA 3.0",
        "https://creativecommons.org/publicdomain/zero/1.0/": "CC0 1.0",
        "https://example.org/licenses/by/4.0/": "https://example.org/licenses/by/4.0/",
    }
    assert {iri: licence_name(iri) for iri in names} == names


def test_embedded_json_cannot_end_its_element() -> None:
    node = Node(Iri("<https://a.example/>"), {SCHEMA.text: [text("</script><!--\u2028&'", "nl")]})
    assert not set("<>&'\u2028") & set(str(embedded_jsonld([node])))


def test_the_name_of_a_file_tells_its_path_and_language() -> None:
    layout = SiteLayout(("nl", "en"))
    for path in ("", "claim/a/b/c01", "entity/topics", "articles/2"):
        for language in layout.languages:
            assert page_named(layout.file(path, language), layout.languages) == (path, language)
    assert [page_named(name, layout.languages) for name in ("claim/a/c01.ttl", "claim/a/c01", "")] == [None] * 3


def test_claims_of_a_large_site_are_sections_of_their_article() -> None:
    layout = SiteLayout(("nl", "en"), large=True)
    assert layout.file("claim/2020/first/c01", "en") == "article/2020/first.en.html#c01"


def test_words_that_are_not_published_are_on_no_page(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for file in [*SEEDS.glob("*.txt"), *SEEDS.glob("*.yaml")]:
        (corpus / file.name).write_text(file.read_text().replace("text: quotes", "text: none"))
    pages = pages_of(corpus, tmp_path)
    spoken = "We hebben al een nucleaire afschrikking in Europa"
    found = [
        path
        for path in pages.paths()
        # The guideline is worked on these words, whatever the data set.
        if path != "annotating"
        for language in LANGUAGES
        if spoken in (pages.html(path, language) or b"").decode()
    ]
    assert found == []


ENTITIES = """\
macron: {type: Person, name: Macron}
merkel: {type: Person, name: Merkel}
trump: {type: Person, name: Trump}
erdogan: {type: Person, name: Erdoğan}
"""
QUARREL = """\
claims:
  c01: {speaker: macron, words: "Turkije valt aan.", act: accuses, to: erdogan}
  c02: {speaker: merkel, words: "Dat is fout.", act: criticises, to: erdogan,
        relations: {answers: c01, supports: c01}}
  c03: {speaker: trump, words: "Erdoğan doet het goed.", act: praises, to: erdogan, relations: {answers: c01}}
  c04: {speaker: erdogan, words: "Macron is ziek.", act: criticises, to: macron, relations: {answers: c01}}
"""


def test_the_debate_shows_no_side_that_nobody_annotated(tmp_path: Path) -> None:
    """Who answers somebody may criticise or praise somebody else, and need not take sides."""
    talk = "Turkije valt aan. Dat is fout. Erdoğan doet het goed. Macron is ziek."
    corpus = lay(tmp_path / "corpus", {"entities.yaml": ENTITIES, "a.claims.yaml": QUARREL, "a.txt": talk})
    pages = pages_of(corpus, tmp_path)

    found = exchanges(LocalisedReader(pages.quads, "en"), pages.dataset.summary.responses)

    assert [(each.speaker.name, each.label, each.other.name, each.kind) for each in found] == [
        ("Erdoğan", "criticises, in response", "Macron", "criticism"),
        ("Merkel", "criticises somebody else, in response", "Macron", "answers"),
        ("Merkel", "supports", "Macron", "for"),
        ("Trump", "praises somebody else, in response", "Macron", "answers"),
    ]


ARABIC = """\
article: {language: ar, published: 2020-02-03}
claims:
  c01: {speaker: macron, words: "نحن هنا", said: 2020-02-01}
  c02: {speaker: macron, words: "ولن نرحل", gist: {en: We stay}, said: 2020-02-02, inferred: [gist, said]}
  c03: {speaker: macron, words: "شكرا"}
"""


def test_lists_mark_what_the_annotator_read_and_timelines_what_they_leave_out(tmp_path: Path) -> None:
    files = {"entities.yaml": ENTITIES, "a.claims.yaml": ARABIC, "a.txt": "نحن هنا ولن نرحل شكرا"}
    html = (pages_of(lay(tmp_path / "corpus", files), tmp_path).html("entity/macron", "en") or b"").decode()

    text = " ".join(Reading(html).text.split())
    assert "Not drawn, as the day is not known: 1." in text
    assert "We stay (the annotator’s reading)" in text
    assert "2 February 2020 (the annotator’s reading)" in text
    assert text.count("(the annotator’s reading)") == 2
    assert '<span class="words" lang="ar" dir="auto">نحن هنا</span>' in html


TAGS = (
    "html head meta title link script body a header nav ul ol li p main footer h1 h2 h3 section div article span q "
    "b cite code dl dt dd del br table thead tbody tr th td details summary figure figcaption time mark form label "
    "pre input ins button select optgroup option datalist textarea noscript blockquote svg line rect path circle "
    "text g progress"
)

DATA = ({"type": "application/ld+json"}, {"type": "application/json", "id": "query-data"})
"""Elements with data, which no browser runs."""


@pytest.mark.slow
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_in_every_field_stays_text(text: str, tmp_path: Path) -> None:
    pages = spoiled(text, tmp_path)
    for path in (*TYPES, "people", "events", "outlets", "entity/alice", "entity/summit", "query"):
        html = pages.html(path, "en")
        assert html is not None
        page = Reading(html.decode())
        assert {tag for tag, _ in page.elements} <= set(TAGS.split()), path
        for tag, attributes in page.elements:
            assert not [name for name in attributes if name.startswith("on") or name in ("style", "srcdoc")]
            if tag == "script":
                local = re.fullmatch(r"(\.\./)*assets/[a-z]+\.js", attributes.get("src", ""))
                assert local or attributes in DATA, path
        schemes = {link.partition(":")[0].lower() for link in page.links if re.match(r"\s*[a-zA-Z]+:", link)}
        assert schemes <= {"http", "https"}, path


def test_a_name_that_is_hostile_is_shown_as_it_is(tmp_path: Path) -> None:
    html = spoiled(HOSTILE[0], tmp_path).html("entity/bob", "en")
    assert html is not None
    assert HOSTILE[0] in Reading(html.decode()).text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("literal", "datatype"),
    [
        *((number, "integer") for number in ("9" * 5000, "1e5", "\u0663", "-3", "", "seven")),
        *((day, "date") for day in ("-0044-03-15", "12020-02-01", "2020-02-01Z", "2020-99-99", "some days", "")),
    ],
)
def test_whatever_a_store_has_as_numbers_and_days_every_page_is_there(
    literal: str, datatype: str, tmp_path: Path
) -> None:
    pages = with_literals(literal, datatype, tmp_path)
    entries = [explore_entries(pages.quads, article) for article in pages.dataset.articles]
    missing = [(path, each) for path in pages.paths() for each in ("nl", "en") if not pages.html(path, each)]

    assert missing == []
    assert all(each.claims for each in entries)


def test_the_examples_of_the_questions_are_about_things_of_the_data_set(everything: Pages) -> None:
    values = examples(everything)
    assert [path for path in values if not everything.quads.has(everything.quads.iri(path))] == []
    assert len(set(values)) > 4


def test_the_examples_of_the_questions_stay_where_the_data_set_has_them(tmp_path: Path) -> None:
    pages = pages_of(SEEDS, tmp_path)
    own = [
        each.example.removeprefix(f"<{pages.quads.base}").removesuffix(">")
        for _, questions in groups("en")
        for question in questions
        for each in question.parameters
        if each.type in ("entity", "event", "article", "claim") and not each.optional
    ]
    assert examples(pages) == own


def test_a_question_about_what_the_data_set_has_none_of_has_no_example(tmp_path: Path) -> None:
    claims = "claims: {c01: {speaker: ann, words: Ja, act: states}}\n"
    entities = "ann: {type: Person, name: Ann}\n"
    files = {"entities.yaml": entities, "a.claims.yaml": claims, "a.txt": "date 2020 “Ja”, zei Ann."}
    pages = pages_of(lay(tmp_path / "corpus", files), tmp_path)
    questions = query_data(pages.readers["en"], pages.dataset)["questions"]
    (about,) = (each for each in questions if each["name"] == "said-about")

    assert [(field["value"], field["text"]) for field in about["fields"] if field["name"] == "about"] == [("", "")]
    assert set(examples(pages)) == {"entity/ann", "article/a", "claim/a/c01"}


def examples(pages: Pages) -> list[str]:
    """Return the path of each example that is filled in for a resource."""
    questions = query_data(pages.readers["en"], pages.dataset)["questions"]
    fields = [field for question in questions for field in question["fields"]]
    return [
        each["value"]
        for each in fields
        if each["type"] in ("entity", "event", "article", "claim") and each["value"]
    ]


def test_an_article_that_nobody_named_has_a_title_by_its_day(tmp_path: Path) -> None:
    pages = pages_of(SEEDS, tmp_path)
    html = pages.html("article/000_411f4785dd135aae", "nl")
    assert html is not None
    assert "<h1>Artikel van februari 2020</h1>" in html.decode()


def test_properties_of_things_are_plain_where_they_have_no_language() -> None:
    node = Node(Iri("<https://a.example/>"), {SCHEMA.name: [plain("A")]})
    assert (
        str(embedded_jsonld([node]))
        == '[{"@id": "https://a.example/", "http://schema.org/name": [{"@value": "A"}]}]'
    )


def test_what_comes_from_others_is_what_the_documentation_says() -> None:
    rows = re.findall(
        r"^\| `(\S+)` \|.*`([0-9a-f]{64})` \|$", (ROOT / "docs" / "site.md").read_text(), re.MULTILINE
    )
    places = {f"assets/{name}.js": ASSETS / f"{name}.js" for name in ("oxigraph", "editor")}
    found = {name: sha256(places.get(name, ROOT / name).read_bytes()).hexdigest() for name, _ in rows}
    assert (len(rows), found) == (3, dict(rows))


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        (
            "en",
            "Fact-checks“Mostly false” (false) 2/5 by The Gazette, 2 March 2020: https://gazette.example/checks/1"
            "“Unproven” (another verdict) by Wilma Writer",
        ),
        (
            "nl",
            "Factchecks“Grotendeels onwaar” (onwaar) 2/5 door The Gazette, 2 maart 2020: "
            "https://gazette.example/checks/1“Unproven” (een ander oordeel) door Wilma Writer",
        ),
    ],
)
def test_the_page_of_a_claim_shows_its_fact_checks(everything: Pages, language: str, shown: str) -> None:
    page = Reading((everything.html("claim/2020/first/c03", language) or b"").decode())

    assert shown in page.text
    assert {f"https://{name}" for name in ("radio.example/1", "blog.example/1", "blog.example/2")} <= set(
        page.links
    )


def test_the_data_of_a_claim_have_its_fact_checks(everything: Pages) -> None:
    lines = (everything.data("claim/2020/first/c03", "nt") or b"").decode().splitlines()

    subjects = list(dict.fromkeys(line.split()[0].partition("/c03")[2] for line in lines))
    assert subjects[:5] == [">", "#review-1>", "#rating-1>", "#review-2>", "#rating-2>"]
