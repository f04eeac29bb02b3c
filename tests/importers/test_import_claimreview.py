"""Reviews of fact-checkers: what is read of a review, and the pages, files and feeds that contain them."""

from __future__ import annotations

import bz2
import gzip
import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import CorpusError, FileError, Finding, Place, UsageError
from kg.importers import claimreview
from kg.importers.claimreview import read_page
from kg.importers.core.documents import AnnotatedText, ArticleMetadata, Item, LabelledSpan, Name, Skipped
from kg.importers.core.mapping import PRESETS
from kg.text.spans import Span
from support import ROOT
from support.calls import must_end
from support.damage import damaged

PAGE = ROOT / "tests" / "data" / "imports" / "claimreview" / "page.html"
REVIEW = {
    "@context": "https://schema.org",
    "@type": "ClaimReview",
    "url": "https://checkers.example/1",
    "claimReviewed": "It rained",
    "author": {"@type": "Organization", "name": "The Checkers"},
    "itemReviewed": {"@type": "Claim", "author": {"@type": "Person", "name": "Alice"}},
    "reviewRating": {"@type": "Rating", "alternateName": "True"},
}


def read(source: Path) -> list[Item]:
    return list(claimreview.read(source, PRESETS["attribution"], None))


@pytest.fixture(autouse=True)
def _in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def review(*, without: str = "", **changed: object) -> dict[str, object]:
    """Return a review with other properties."""
    return {key: value for key, value in {**REVIEW, **changed}.items() if key != without}


def items_of(value: object, name: str = "a.json") -> list[Item]:
    """Return what is read from a file of JSON."""
    Path(name).write_text(value if isinstance(value, str) else json.dumps(value), "utf-8")
    return read(Path(name))


def mark_of(value: object) -> LabelledSpan:
    """Return the one mark of the one document of a file; nothing is left out."""
    (document,) = items_of(value)
    assert isinstance(document, AnnotatedText)
    (mark,) = document.marks
    return mark


def test_a_page_is_an_article_of_which_only_the_claims_are_known() -> None:
    """Several scripts, things that refer to one another, mark-up of old, comments, CDATA, what is no JSON."""
    desk = Name("The Checkers", "Organization", ("https://checkers.example/",))
    first, second = Place(str(PAGE), 15, 5), Place(str(PAGE), 39, 2)

    assert read(PAGE) == [
        AnnotatedText(
            id="checkers.example/river",
            text="The river rose by “ten metres” last year\n\nThe mayor paid for the bridge",
            at=first,
            marks=(
                LabelledSpan(
                    id="https://checkers.example/river#1",
                    label="Claim",
                    parts=(Span(0, 40),),
                    at=first,
                    text="The river rose by “ten metres” last year",
                    attributes={
                        "form": ("indirect",),
                        "gist": ("The river rose by “ten metres” last year",),
                        "said": ("2020-02-21",),
                        "first_appearance": ("https://radio.example/1",),
                        "appearances": ("https://blog.example/1", "https://blog.example/2"),
                        "review.1.url": ("https://checkers.example/river",),
                        "review.1.published": ("2020-03-05T10:00:00+01:00",),
                        "review.1.rating.value": ("1",),
                        "review.1.rating.best": ("5",),
                        "review.1.rating.worst": ("1",),
                        "review.1.rating.name": ("False",),
                    },
                    names={
                        "speaker": (Name("Alice Alder", "Person", ("http://www.wikidata.org/entity/Q1",)),),
                        "review.1.by": (desk,),
                    },
                ),
                LabelledSpan(
                    id="https://checkers.example/river#2",
                    label="Claim",
                    parts=(Span(42, 71),),
                    at=second,
                    text="The mayor paid for the bridge",
                    attributes={
                        "form": ("indirect",),
                        "gist": ("The mayor paid for the bridge",),
                        "said": ("Spring 2020",),
                        "appearances": ("https://letters.example/1",),
                        "review.1.url": ("https://checkers.example/river",),
                        "review.1.published": ("2020-03-05",),
                        "review.1.rating.name": ("Half true",),
                    },
                    names={
                        "speaker": (Name("A chain letter"),),
                        "review.1.by": (Name("Wilma Writer", "Person"),),
                    },
                ),
            ),
            article=ArticleMetadata(published="2020-03-05T10:00:00+01:00", url="https://checkers.example/river"),
            publisher=desk,
            authors=(Name("Wilma Writer", "Person"),),
        ),
        Skipped("attribute", "image", "a claim and its reviews have no field for it", first),
        Skipped(
            "article",
            f"{PAGE}:49",
            "it cannot be read as JSON: it is not JSON (JSON is malformed: invalid character (byte 42))",
            Place(str(PAGE), 49, 36),
        ),
    ]


@pytest.mark.parametrize(
    "value",
    [
        review(),
        [review()],
        {"@type": "DataFeed", "dataFeedElement": [{"@type": "DataFeedItem", "item": [review()]}]},
        {"@context": "https://schema.org", "@graph": [{"@type": "WebPage"}, review()]},
        {"@type": "NewsArticle", "hasPart": {"mainEntity": review()}},
        {"http://schema.org/" + key if key[0] != "@" else key: each for key, each in review().items()},
        {"schema:" + key if key[0] != "@" else key: [{"@value": each}] if isinstance(each, str) and key[0] != "@"
         else each for key, each in review(**{"@type": "schema:ClaimReview"}).items()},
        review(**{"@type": ["Review", "https://schema.org/ClaimReview"]}),
        review(without="@type", claimReviewed="It&#32;rained"),
        "\n\n".join(map(json.dumps, [{"@type": "Thing"}, review(), {}])),
    ],
)  # fmt: skip
def test_a_review_is_found_wherever_and_however_it_is(value: object) -> None:
    mark = mark_of(value)

    assert (mark.text, mark.names) == (
        "It rained",
        {
            "speaker": (Name("Alice", "Person"),),
            "review.1.by": (Name("The Checkers", "Organization"),),
        },
    )


def test_the_author_of_a_review_is_never_the_speaker() -> None:
    assert mark_of(review(itemReviewed={"@type": "Claim", "datePublished": "2020"})).names == {
        "speaker": (),
        "review.1.by": (Name("The Checkers", "Organization"),),
    }
    assert mark_of(review(without="author")).names == {"speaker": (Name("Alice", "Person"),)}


def test_a_desk_without_a_name_is_known_by_its_site() -> None:
    mark = mark_of(review(author={"@type": "Organization", "url": "https://www.checkers.example"}))

    desk = Name("checkers.example", "Organization", ("https://www.checkers.example/",))
    assert mark.names["review.1.by"] == (desk,)


def test_what_google_s_search_answers_is_read_as_the_reviews_that_it_was_made_of() -> None:
    publisher = {"name": "The Checkers", "site": "checkers.example"}
    found = {
        "publisher": publisher,
        "url": "https://checkers.example/1",
        "title": "Did it rain?",
        "reviewDate": "2020-03-05T00:00:00Z",
        "textualRating": "False",
        "languageCode": "en",
    }
    claim = {"text": "It rained", "claimant": "Alice", "claimDate": "2020-02-21T00:00:00Z", "claimReview": [found]}

    (document,) = items_of({"claims": [claim], "nextPageToken": "x"})

    at = Place("a.json", 1, document.at.column)
    assert document == AnnotatedText(
        id="checkers.example/1",
        text="It rained",
        at=at,
        marks=(
            LabelledSpan(
                "https://checkers.example/1#1",
                "Claim",
                (Span(0, 9),),
                at,
                "It rained",
                {
                    "form": ("indirect",),
                    "gist": ("It rained",),
                    "said": ("2020-02-21T00:00:00Z",),
                    "review.1.url": ("https://checkers.example/1",),
                    "review.1.published": ("2020-03-05T00:00:00Z",),
                    "review.1.rating.name": ("False",),
                },
                {
                    "speaker": (Name("Alice"),),
                    "review.1.by": (Name("The Checkers", "Organization", ("https://checkers.example/",)),),
                },
            ),
        ),
        article=ArticleMetadata(
            headline="Did it rain?",
            published="2020-03-05T00:00:00Z",
            url="https://checkers.example/1",
            language="en",
        ),
        publisher=Name("The Checkers", "Organization", ("https://checkers.example/",)),
    )


def test_reviews_of_one_page_or_of_one_claim_are_one_document() -> None:
    claim = {**REVIEW["itemReviewed"], "@id": "https://kg.example/claim/1"}  # type: ignore[dict-item]
    first = review(itemReviewed=claim)
    second = review(itemReviewed=claim, url="https://others.example/1", author="The Others")
    third, fourth = review(claimReviewed="It snowed", url="https://others.example/2"), review()

    documents = [item for item in items_of([first, second, third, fourth]) if isinstance(item, AnnotatedText)]

    assert [(each.id, each.text, len(each.marks)) for each in documents] == [
        ("checkers.example/1", "It rained", 1),
        ("others.example/2", "It snowed", 1),
        ("checkers.example/1", "It rained", 1),
    ]
    assert documents[0].marks[0].names["review.2.by"] == (Name("The Others"),)
    assert documents[0].marks[0].attributes["review.2.url"] == ("https://others.example/1",)


NO_FIELD = "a claim and its reviews have no field for it"
SCRIPT = '<script type="application/ld+json">{}</script>'


def texts(source: Path) -> list[str]:
    return [item.text for item in read(source) if isinstance(item, AnnotatedText)]


def refusal(source: Path) -> Finding:
    with pytest.raises(CorpusError) as raised:
        read(source)
    (finding,) = raised.value.findings
    return finding


def left(value: object) -> list[str]:
    """Return what is left out of a file, and why."""
    return [f"{item.what}: {item.why}" for item in items_of(value) if isinstance(item, Skipped)]


def test_a_folder_has_pages_and_files_of_json_and_what_cannot_be_read_is_named() -> None:
    Path("in/b").mkdir(parents=True)
    Path("in/a.HTML").write_text(SCRIPT.format(json.dumps(review(claimReviewed="A"))))
    Path("in/b/c.jsonl").write_text(f"{json.dumps(review(claimReviewed='B'))}\n{json.dumps(review(url='x'))}\n")
    Path("in/d.html").write_text("<p>Nothing</p>")
    Path("in/e.json").write_text('[{"@type": "ClaimReview"')
    Path("in/f.txt").write_text("ClaimReview")

    assert [item.text if isinstance(item, AnnotatedText) else item for item in read(Path("in"))] == [
        "A",
        "B",
        "It rained",
        Skipped("article", "in/d.html", "there is no ClaimReview in it", Place("in/d.html", 0, 0)),
        Skipped(
            "article",
            "in/e.json",
            "the file must be whole, it ends within what begins here: export or copy it again",
            Place("in/e.json", 1, 2),
            is_damage=True,
        ),
    ]


def test_files_may_be_packed_and_a_zip_is_a_folder() -> None:
    raw = json.dumps(review()).encode()
    Path("a.jsonl.gz").write_bytes(gzip.compress(raw))
    Path("a.json.bz2").write_bytes(bz2.compress(raw))
    with ZipFile("a.zip", "w") as archive:
        archive.writestr("x/a.jsonld", raw)
        archive.writestr("../b.jsonld", raw)

    why = "a name in a zip must be its only one and stay inside it: pack it again"
    assert read(Path("a.zip"))[0] == Skipped("article", "../b.jsonld", why, Place("a.zip/../b.jsonld", 0, 0))
    assert [texts(Path(name)) for name in ("a.jsonl.gz", "a.json.bz2", "a.zip")] == [["It rained"]] * 3


def test_a_file_of_any_name_is_a_page_where_it_begins_as_one() -> None:
    Path("page").write_text(f"\n <!doctype html>{SCRIPT.format(json.dumps(review()))}")
    Path("feed").write_text(json.dumps(review()))

    assert [texts(Path(name)) for name in ("page", "feed")] == [["It rained"]] * 2


def test_a_page_may_name_another_character_set() -> None:
    page = '<meta charset="iso-8859-1">' + SCRIPT.format(
        json.dumps(review(claimReviewed="Été “été”"), ensure_ascii=False)
    )
    Path("a.html").write_bytes(page.encode("cp1252"))
    Path("b.html").write_bytes(page.replace("iso-8859-1", "rot13").encode("cp1252"))

    assert texts(Path("a.html")) == ["Été “été”"]
    assert (refusal(Path("b.html")).rule, refusal(Path("b.html")).at) == ("not-utf-8", Place("b.html", 1, 172))


@pytest.mark.parametrize(
    ("text", "rule", "at"),
    [
        ("{}", "no-review", Place("a.json", 0, 0)),
        ("", "not-json", Place("a.json", 1, 1)),
        ('[{"@type":"ClaimReview"}, 1', "cut-off", Place("a.json", 1, 27)),
        ('{"a" 1}', "not-json", Place("a.json", 1, 6)),
        ('\n"ClaimReview"', "not-json", Place("a.json", 2, 1)),
    ],
)
def test_what_is_no_feed_is_refused_with_its_place(text: str, rule: str, at: Place) -> None:
    Path("a.json").write_text(text)

    assert (refusal(Path("a.json")).rule, refusal(Path("a.json")).at) == (rule, at)


def test_what_is_not_there_cannot_be_read() -> None:
    with pytest.raises(FileError, match="there is no such file"):
        read(Path("a.json"))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (review(without="claimReviewed"), ["https://checkers.example/1: it does not say what the claim is"]),
        (
            review(itemReviewed=[{"@type": "Claim", "name": "x"}, {"@type": "Claim"}], image=["x"], text=""),
            [
                "itemReviewed: a review is kept with one claim, the first",
                "image: a claim and its reviews have no field for it",
                "itemReviewed.name: a claim and its reviews have no field for it",
            ],
        ),
        (
            review(itemReviewed="a speech"),
            ["itemReviewed: it is a text, not a claim that says who made it and when"],
        ),
        (
            review(author=[{"name": "A"}, {"name": "B"}, {"@id": "#c"}], reviewRating={"ratingExplanation": "x"}),
            [
                "author: the person or organisation has no name here",
                "author: B: a review is kept with one reviewing organisation, the first",
                "reviewRating.ratingExplanation: a claim and its reviews have no field for it",
            ],
        ),
        ('{"a":' * 30 + '"ClaimReview"' + "}" * 30,
         ["a.json:1: it cannot be read as JSON: its reviews are nested too deeply"]),
        ('{"@type": "ClaimReview", "reviewRating": 1e999, "claimReviewed": "a"}',
         ["a.json:1: it cannot be read as JSON: it is not JSON (Number out of range - at `$[...]`)"]),
    ],
)  # fmt: skip
def test_what_has_no_place_in_a_claim_is_reported(value: object, said: list[str]) -> None:
    assert left(value) == said


def test_what_is_behind_a_long_list_is_at_its_own_line() -> None:
    one, other = (json.dumps(review(claimReviewed=words, image="x")) for words in ("A", "B"))
    document, left_out = items_of(f'{{"dataFeedElement": [\n{one}],\n "é": 1, "mainEntity": {other}}}')

    assert [mark.at for mark in document.marks] == [Place("a.json", 2, 1), Place("a.json", 3, 24)]
    assert left_out == Skipped("attribute", "image", NO_FIELD, Place("a.json", 2, 1), count=2)


@pytest.mark.parametrize(
    ("rating", "kept"),
    [
        ({"ratingValue": 4.5, "bestRating": "5"}, {"value": "4.5", "best": "5"}),
        ({"ratingValue": "Four Pinocchios"}, {"name": "Four Pinocchios"}),
        ({"ratingValue": "x", "alternateName": "Wrong"}, {"value": "x", "name": "Wrong"}),
        ({"ratingValue": -1, "name": "Unproven"}, {"value": "-1", "name": "Unproven"}),
        ("False", {"name": "False"}),
        (3, {"value": "3"}),
        ({}, {}),
    ],
)
def test_a_rating_is_a_number_or_a_verdict(rating: object, kept: dict[str, str]) -> None:
    (document,) = [each for each in items_of(review(reviewRating=rating)) if isinstance(each, AnnotatedText)]

    given = {key: each for key, (each,) in document.marks[0].attributes.items() if "rating" in key}
    assert given == {f"review.1.rating.{key}": value for key, value in kept.items()}


@pytest.mark.parametrize(
    "page",
    [
        "<!--",
        "<script ",
        "<script>",
        "<script type='",
        "</script",
        "<link rel=",
        '<link "',
        "<",
        "<!-- --",
        "<a b='",
    ],
)
def test_no_page_takes_longer_than_its_length(page: str) -> None:
    must_end(lambda: read_page((page * (3_000_000 // len(page))).encode(), "a.html"))


INPUTS: dict[str, bytes] = {
    "a.html": PAGE.read_bytes(),
    "a.json": json.dumps({"@graph": [review(), {"@id": "#x", "name": "X"}, review(author={"@id": "#x"})]}).encode(),
    "b.json": json.dumps({"claims": [{"text": "A", "claimReview": [{"publisher": {"site": "x"}}]}]}).encode(),
    "a.jsonl": b"\n".join(json.dumps(review(url=f"https://a.example/{n}")).encode() for n in range(3)),
    "a.jsonl.bz2": bz2.compress(json.dumps(review()).encode()),
}


@pytest.mark.parametrize("name", INPUTS)
@settings(max_examples=120)
@given(data=st.data())
def test_what_is_damaged_is_read_or_refused(name: str, data: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("fuzz") / name
    file.write_bytes(data.draw(damaged(INPUTS[name])))
    try:
        items = list(claimreview.read(file, None, None))  # type: ignore[arg-type]
    except (CorpusError, FileError, UsageError):
        return
    for document in (each for each in items if isinstance(each, AnnotatedText)):
        ids = [mark.id for mark in document.marks]
        assert len(ids) == len(set(ids))
        assert [document.text[mark.parts[0].start : mark.parts[0].end] for mark in document.marks] == [
            mark.text for mark in document.marks
        ]


KEYS = st.sampled_from([*review(), "name", "url", "@value", "@list", "@id", "claimReview", "text"])
SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5)


@given(
    st.recursive(
        SCALARS, lambda some: st.lists(some, max_size=3) | st.dictionaries(KEYS, some, max_size=5), max_leaves=20
    )
)
@settings(max_examples=300)
def test_a_review_of_any_shape_is_read(value: object) -> None:
    file = Path("any.json")
    thing = value if isinstance(value, dict) else {"itemReviewed": value}
    file.write_text(json.dumps([{**review(), **thing, "@type": "ClaimReview"}]))

    items = list(claimreview.read(file, None, None))  # type: ignore[arg-type]

    assert [item for item in items if isinstance(item, AnnotatedText) or item.what]
