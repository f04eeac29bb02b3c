"""Annotations of W3C's model, of Recogito and of Hypothesis → documents with marks and links."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import Place
from kg.importers.core.documents import AnnotatedText, ArticleMetadata, LabelledSpan, Name, Skipped, SpanLink
from kg.text.spans import Span
from support import SHARED
from support.readme import commands
from support.shells import run
from support.web_annotations import SOURCE, TEXT, annotation, items, laid, position, quote, reasons, tag, words

RECOGITO = SHARED / "annotation-tools" / "recogito-annotations.w3c.json"
CORRECT = SHARED / "web-annotation" / "correct"


def test_an_annotation_is_a_mark_with_its_label_fields_names_and_note(tmp_path: Path) -> None:
    """A tag is a field where the mapping knows one of this name; the label is the tag that the mapping knows."""
    macron = {"id": "https://kg.example/entity/macron", "type": "schema:Person", "name": "Emmanuel Macron"}
    made = annotation(
        "#1",
        quote("hersendood is"),
        creator={"type": "Person", "id": "https://x.example/ann", "name": "Ann"},
        created="2020-03-01T12:00:00+01:00",
        body=[
            tag("NATO: the alliance"),
            tag("speaker: Emmanuel Macron"),
            tag("claim"),
            tag("Act:praises"),
            tag("cue: zei"),
            {"value": "a comment", "type": "TextualBody"},
            {"type": "TextualBody", "purpose": "describing", "value": "NATO is brain-dead.", "language": "en"},
            {"type": "SpecificResource", "purpose": "identifying", "source": macron},
            "https://x.example/body",
            {"type": "Choice", "items": [{"type": "TextualBody", "value": "second"}, {"type": "TextualBody"}]},
        ],
    )

    (document,) = items(laid(tmp_path, made))

    place = Place(str(tmp_path / "a.json"), 2, 1)
    assert document == AnnotatedText(
        "nato",
        TEXT,
        place,
        (
            LabelledSpan(
                "#1",
                "claim",
                (Span(25, 38),),
                place,
                "hersendood is",
                {
                    "Act": ("praises",),
                    "cue": ("zei",),
                    "describing": ("NATO is brain-dead.",),
                    "body": ("https://x.example/body",),
                    "tag": ("NATO: the alliance",),
                },
                {"speaker": (Name("Emmanuel Macron", "Person", ("https://kg.example/entity/macron",)),)},
                "a comment\nsecond",
            ),
        ),
        article=ArticleMetadata(url=SOURCE),
        by="Ann",
        on="2020-03-01T11:00:00Z",
    )


def test_recogito_s_annotations_are_marks_and_its_relations_links(tmp_path: Path) -> None:
    """The text is the only one; a position that does not fit its quote (the third) gives way to it."""
    filled = "x" * 123 + " Troy" + "y" * 517 + " death in battle" + "z" * 301 + " Ithaca."
    (tmp_path / "odyssey.txt").write_text(filled)

    (document,) = items(RECOGITO, tmp_path)

    file, tags = str(RECOGITO), {"tag": ("Another Tag",)}
    first, second, third = (f"#{id}" for id in ("ce0ed291-766b-4763-8e91-90ce1d04e706", *_LATER))
    assert document == AnnotatedText(
        "odyssey",
        filled,
        Place(file, 1, 3),
        (
            LabelledSpan(
                first, "A Tag", (Span(124, 128),), Place(file, 1, 3), "Troy", tags, {}, "This is a comment"
            ),
            LabelledSpan(
                second, "commenting", (Span(646, 661),), Place(file, 27, 4), "death in battle", {}, {}, _OTHER
            ),
            LabelledSpan(
                third, "commenting", (Span(963, 969),), Place(file, 45, 4), "Ithaca", {}, {}, "Comment..."
            ),
        ),
        (SpanLink("isRelatedTo", first, second, Place(file, 63, 4)),),
    )


_LATER = ("447d4bea-08dc-4bd0-ae51-31f5ed7a95a0", "d7197c87-b45d-4217-9c4f-27573030448f")
_OTHER = "Another comment"


def test_rows_of_hypothesis_are_read_by_their_quotes_tags_and_users(tmp_path: Path) -> None:
    """Its positions count in a web page, of which the text is a part only: none of them is believed."""
    row = {
        "id": "r1",
        "created": "2020-03-01T12:00:00.123456+00:00",
        "updated": "2020-03-02T12:00:00.123456+00:00",
        "user": "acct:jane@hypothes.is",
        "uri": SOURCE,
        "text": "hm",
        "tags": ["Quote", "speaker: Merkel"],
        "document": {"title": ["NATO\n brain-dead"]},
        "target": [
            {
                "source": SOURCE,
                "selector": [
                    {"type": "RangeSelector", "startContainer": "/p[1]", "startOffset": 1, "endOffset": 4},
                    position(4, 8),
                    quote("NAVO", "zei Merkel over de ", ".\n    Lees ook"),
                ],
            }
        ],
    }
    page_note = {"id": "r2", "uri": SOURCE, "text": "all of it", "target": [{"source": SOURCE}]}
    reply = {**row, "id": "r3", "references": ["r1"]}
    unsure = {**row, "id": "r4", "target": [{"source": SOURCE, "selector": [position(4, 8), quote("NAVO")]}]}

    skipped, page, twice, document = items(laid(tmp_path, {"total": 3, "rows": [row, page_note, reply, unsure]}))

    assert reasons([skipped, page, twice]) == [
        "note r3: it is a reply to another annotation, and marks no words",
        f"span r2: it is about the whole of {SOURCE}, and marks no words in it",
        "span r4: the words 'NAVO' are in the text more than once, and neither the words around them nor a "
        "position says which is meant",
    ]
    assert isinstance(document, AnnotatedText)
    (mark,) = document.marks
    assert (mark.label, mark.parts, mark.note) == ("Quote", (Span(66, 70),), "hm")
    assert mark.attributes == {"speaker": ("Merkel",)}
    assert (document.by, document.on) == ("jane", "2020-03-02T12:00:00Z")
    assert document.article == ArticleMetadata("NATO brain-dead", url=SOURCE)


@pytest.mark.parametrize("file", sorted(CORRECT.glob("*.json")), ids=lambda file: file.name)
def test_each_example_of_w3c_is_counted_and_what_is_left_out_says_why(file: Path, tmp_path: Path) -> None:
    """They are about things that are no texts of ours, but for four, for which there is none."""
    found = items(file, tmp_path)

    assert len(found) == (43 if file.name == "collection1.json" else 1)
    assert all(isinstance(each, Skipped) and each.why and each.at.line for each in found)


def test_a_quote_of_w3c_is_found_in_its_text(tmp_path: Path) -> None:
    (tmp_path / "page1.txt").write_text("An anotation; this is an anotation that has some.")
    (tmp_path / "document1.txt").write_text("Nothing.")

    (document,) = items(CORRECT / "anno23.json", tmp_path)

    assert words([document]) == [["anotation"]]
    assert isinstance(document, AnnotatedText)
    assert document.marks[0].parts == (Span(25, 34),)


def test_annotators_have_documents_of_their_own(tmp_path: Path) -> None:
    """Whoever wrote the bodies made the annotation, where it does not say; the latest day counts."""
    ann = annotation("#1", quote("hersendood"), creator="https://x.example/ann", created="2020-01-01")
    bob = annotation("#2", quote("hersendood"), body=[{**tag("Claim"), "creator": {"nickname": "bob"}}])
    again = annotation("#3", quote("Nee"), creator=["https://x.example/ann"], modified="2020-01-03T00:00:00")
    none = annotation("#4", quote("Merkel"), created="yesterday")

    found = items(laid(tmp_path, ann, bob, again, none))

    assert [(each.by, each.on, len(each.marks)) for each in found if isinstance(each, AnnotatedText)] == [
        ("https://x.example/ann", "2020-01-03", 2),
        ("bob", "", 1),
        ("", "", 1),
    ]


@pytest.mark.parametrize(
    ("fields", "label"),
    [
        ({"body": [], "motivation": "oa:highlighting"}, "highlighting"),
        ({"body": "https://x.example/b", "motivation": ["assessing", "linking"]}, "assessing"),
        ({"bodyValue": "hm", "body": None}, "commenting"),
        ({"body": []}, "highlighting"),
        ({"body": {"type": "TextualBody", "value": "Cue"}, "motivation": "tagging"}, "Cue"),
        ({"body": {"value": {"@value": "Cue", "@language": "en"}, "purpose": "oa:classifying"}}, "Cue"),
        ({"body": {"type": "SpecificResource", "purpose": "tagging", "source": "https://x.example/Cue"}}, "Cue"),
        ({"body": {"purpose": "tagging", "source": {"id": "https://x.example/1", "label": "Cue"}}}, "Cue"),
        ({"body": "https://x.example/acts#Cue", "motivation": "classifying"}, "classifying"),
        ({"body": [tag("x"), tag("reporting-verb"), tag("speaker: ")]}, "reporting-verb"),
    ],
)
def test_the_label_is_a_tag_else_what_the_annotation_was_made_for(
    fields: dict[str, object], label: str, tmp_path: Path
) -> None:
    (document,) = items(laid(tmp_path, annotation("#1", quote("Merkel"), **fields)))

    assert isinstance(document, AnnotatedText)
    assert [mark.label for mark in document.marks] == [label]


def test_the_page_shows_what_its_commands_do(tmp_path: Path) -> None:
    shown = list(commands("docs/importing/web-annotation.md"))

    assert [(each.text, run(each.text, tmp_path)) for each in shown] == [(each.text, each.output) for each in shown]
