"""Web annotations: their properties, the files with them and their texts, and relations between them."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.annotations.classes import AnnotatorEntry
from kg.errors import CorpusError, FileError, Place, UsageError
from kg.importers.core.claims import import_article
from kg.importers.core.documents import AnnotatedText, ArticleMetadata, LabelledSpan, Name, Skipped, SpanLink
from kg.importers.core.mapping import PRESETS
from kg.importers.core.names import NameRegister
from kg.importers.web_annotation import preset, read
from kg.text.spans import Span
from support.readme import commands
from support.shared_data import shared_cases, shared_file, why_missing
from support.shells import run
from support.web_annotations import (
    SOURCE,
    TEXT,
    annotation,
    collection,
    items,
    laid,
    page,
    position,
    quote,
    reasons,
    tag,
    words,
)

RECOGITO = "annotation-tools/recogito-annotations.w3c.json"
CORRECT = "web-annotation/correct"


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
                    "describing@en": ("NATO is brain-dead.",),
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


def test_notes_and_gists_keep_the_language_that_they_name(tmp_path: Path) -> None:
    """A name that is no tag, or several, is reported: the text is kept without a language."""
    bodies = [
        {"value": "plain"},
        {"value": "zwak", "language": "nl"},
        {"value": "écrit", "language": ["fr"]},
        {"value": {"@value": "wie?", "@language": "nl"}},
        {"value": "both", "language": ["nl", "en"]},
        {"value": "Brain-dead.", "language": "English", "purpose": "describing"},
        {"value": "Act: praises", "language": "English", "purpose": "tagging"},
    ]
    noted = [{"type": "TextualBody", **each} for each in bodies]

    *left, document = items(laid(tmp_path, annotation("#1", quote("hersendood"), body=noted)))

    assert isinstance(document, AnnotatedText)
    (mark,) = document.marks
    assert (mark.note, mark.notes) == ("plain\nboth", {"nl": "zwak\nwie?", "fr": "écrit"})
    assert mark.attributes == {"describing": ("Brain-dead.",), "Act": ("praises",)}
    why = (
        "a text must name one language, by its tag, as nl or en: this gist or note is read as in the language of "
        "the article or the corpus"
    )
    assert reasons(left) == [f"attribute language: {named}: {why}" for named in ("nl, en", "English")]


def test_recogito_s_annotations_are_marks_and_its_relations_links(tmp_path: Path) -> None:
    """The text is the only one; a position that does not fit its quote (the third) gives way to it."""
    filled = "x" * 123 + " Troy" + "y" * 517 + " death in battle" + "z" * 301 + " Ithaca."
    (tmp_path / "odyssey.txt").write_text(filled)

    recogito = shared_file(RECOGITO)
    (document,) = items(recogito, tmp_path)

    file, tags = str(recogito), {"tag": ("Another Tag",)}
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
    """Its positions count in a web page; the text is only a part of it: no position is used."""
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


@pytest.mark.parametrize("name", shared_cases(CORRECT), ids=lambda name: name.rpartition("/")[2])
def test_each_example_of_w3c_is_counted_and_what_is_left_out_says_why(name: str, tmp_path: Path) -> None:
    """They are about things that are no texts of ours, but for four, for which there is none."""
    file = shared_file(name)
    found = items(file, tmp_path)

    assert len(found) == (43 if file.name == "collection1.json" else 1)
    assert all(isinstance(each, Skipped) and each.why and each.at.line for each in found)


def test_a_quote_of_w3c_is_found_in_its_text(tmp_path: Path) -> None:
    (tmp_path / "page1.txt").write_text("An anotation; this is an anotation that has some.")
    (tmp_path / "document1.txt").write_text("Nothing.")

    (document,) = items(shared_file(f"{CORRECT}/anno23.json"), tmp_path)

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
    ("type", "found"),
    [
        ("Person", "Person"),
        (["Organization"], "Organization"),
        ("Software", "SoftwareApplication"),
        ("as:Application", "SoftwareApplication"),
        ("Audience", "Person"),
        (["Person", "Software"], "Person"),
        (None, "Person"),
    ],
)
def test_an_annotator_is_what_the_creator_of_the_annotations_is(type: object, found: str, tmp_path: Path) -> None:
    creator = {"id": "https://x.example/reader", "type": type, "name": "The claim reader"}

    (document,) = items(laid(tmp_path, annotation("#1", quote("hersendood"), creator=creator)))

    assert isinstance(document, AnnotatedText)
    made = import_article(document, PRESETS["attribution"], names := NameRegister({}, {}))
    assert made.article.file.annotation.by == "the-claim-reader"
    assert names.annotators == {"the-claim-reader": AnnotatorEntry("The claim reader", found)}


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


ONE = annotation("#1", quote("hersendood"))
TWO = annotation("#2", quote("Nee"))
THREE = annotation("#3", quote("Merkel"))


@pytest.mark.parametrize(
    ("content", "count"),
    [
        (ONE, 1),
        ([ONE, TWO, THREE], 3),
        (page(ONE, TWO), 2),
        (collection(page(ONE, next=page(TWO, next=page(THREE)))), 3),
        ({"items": [ONE], "next": page(TWO)}, 2),
        ([page(ONE), page(TWO), THREE], 3),
        ({"@context": "http://www.w3.org/ns/anno.jsonld", "@graph": [ONE, TWO]}, 2),
        ({"total": 2, "rows": [ONE, TWO]}, 2),
        ([[ONE, TWO], [[THREE]]], 3),
    ],
)
def test_annotations_are_found_in_whatever_has_them(content: object, count: int, tmp_path: Path) -> None:
    laid(tmp_path)
    file = tmp_path / "a.json"
    file.write_text(json.dumps(content))

    assert words(items(file)) == [["hersendood"], ["Nee"], ["Merkel"]][:count]


def test_lines_are_read_one_by_one_and_what_is_no_annotation_is_reported(tmp_path: Path) -> None:
    laid(tmp_path)
    file = tmp_path / "a.jsonl"
    lines = [json.dumps(each) for each in (ONE, page(TWO), {"id": "x"}, ["y"], ONE)]
    file.write_text("\n\n".join([*lines, '{"id": "#4", "target": 1e999999999999}', '{"target": tru}']), "utf-8-sig")

    found = items(file)

    assert words(found) == [["hersendood"], ["Nee"]]
    assert reasons(found) == [
        "span x: it is no annotation: it has no `target`",
        "span a record: it is no annotation: it has no `target`",
        "span #1: another annotation has this id already",
        "span a record: it cannot be read: it is not JSON (Number out of range - at `$[...]`)",
        "span a record: it cannot be read: it is not JSON (JSON is malformed: invalid character (byte 11))",
    ]
    assert [each.at.line for each in found if not isinstance(each, AnnotatedText)] == [5, 7, 9, 11, 13]


def test_pages_that_are_only_named_are_not_fetched_unless_they_are_beside(tmp_path: Path) -> None:
    laid(tmp_path)
    named = collection("https://x.example/1", id="https://x.example/all")
    (tmp_path / "a.json").write_text(json.dumps(named))
    beside = page(ONE, id="https://x.example/1", next="https://x.example/2")
    (tmp_path / "b.jsonld").write_text(json.dumps(beside))

    found = items(tmp_path)

    assert words(found) == [["hersendood"]]
    assert reasons(items(tmp_path / "a.json")) == [
        "article https://x.example/1: this page is only named here: nothing is fetched, save it beside",
    ]
    assert reasons(found) == [
        "article https://x.example/2: this page is only named here: nothing is fetched, save it beside",
    ]


def test_a_folder_and_a_zip_are_read_file_by_file_whatever_one_of_them_is(tmp_path: Path) -> None:
    laid(tmp_path, ONE, name="sub/a.json", texts={"sub/nato.txt": TEXT})
    laid(tmp_path, TWO, name="sub/b.json", texts={})
    (tmp_path / "sub" / "c.json").write_text('[{"target": 1}, {"target"')
    with zipfile.ZipFile(tmp_path / "sub.zip", "w") as packed:
        for file in sorted((tmp_path / "sub").glob("*.json")):
            packed.write(file, file.name)

    for source, texts in ((tmp_path / "sub", None), (tmp_path / "sub.zip", tmp_path / "sub")):
        found = items(source, texts)

        assert words(found) == [["hersendood"], ["Nee"]]
        assert reasons(found) == [
            f"article {source}/c.json: the file must be whole, it ends within what begins here: "
            "export or copy it again",
            "span : its target is neither an IRI nor an object",
        ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "expected here: an array or an object of JSON"),
        ("7", "expected here: an array or an object of JSON"),
        ("[]", "a file of web annotations must have an object with a `target`, and this has none"),
        ('{"articles": [{"target": 1}]}', "a file of web annotations must have an object with a `target`"),
        ('[{"target": "x"}', "expected here: a comma or the end of the array"),
        ('{"items": [{"target": "x"', "the file must be whole, it ends within what begins here"),
        ('{"items" ', "expected here: a colon"),
        ("{target: 1}", "expected here: a key in quotation marks"),
        ('{"target": "x', "the file must be whole, it ends within what begins here"),
        ("[" * 5000, "pages must be at most 100 deep in one another"),
        ('{"first": ' * 5000, "pages must be at most 100 deep in one another"),
        ("\ufeff[\udcff]", "a file of web annotations must have an object with a `target`, and this has none"),
    ],
)
def test_what_is_no_file_of_annotations_is_refused_with_its_place(
    content: str, message: str, tmp_path: Path
) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(content.encode("utf-8", "surrogateescape"))

    with pytest.raises(CorpusError) as refused:
        items(file)

    (finding,) = refused.value.findings
    assert finding.message.startswith(message)
    assert str(finding.at).startswith(f"{file}:1:")


def test_an_annotation_that_is_nested_without_end_is_left_out(tmp_path: Path) -> None:
    file = laid(tmp_path, ONE)
    deep = '{"id": "#2", "target": ' + '{"source": ' * 20_000 + "1" + "}" * 20_001
    file.write_text(f"[{json.dumps(ONE)}, {deep}]")

    assert reasons(items(file)) == ["span a record: it cannot be read: it is nested too deeply"]


def test_an_empty_folder_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="must have"):
        items(tmp_path)
    with pytest.raises(FileError, match="there is no such file"):
        items(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        (SOURCE, ["nato.txt", "b.txt"]),
        ("https://kg.example/article/2020/02/nato", ["2020/02/nato.txt", "2020/03/nato.txt"]),
        ("https://krant.example/2020/NATO/", ["sub/nato.txt", "b.txt"]),
        ("https://krant.example/na%74o?page=2#top", ["nato.txt", "b.txt"]),
        ("nato.txt", ["nato.txt", "b.txt"]),
        ("urn:example:17", ["nato.txt", "b.txt"]),
        ("", ["nato.txt"]),
    ],
)
def test_a_text_is_found_by_the_end_of_its_iri_or_by_a_table(source: str, texts: list[str], tmp_path: Path) -> None:
    made = annotation("#1", target={"source": source, "selector": quote("Merkel")})
    contents = {name: TEXT if "nato" in name and "03" not in name else "-" for name in texts}
    file = laid(tmp_path, made, texts={**contents, "sources.csv": "urn:example:17,nato.txt\nurn:example:18\n"})

    assert words(items(file)) == [["Merkel"]]


def test_a_text_that_cannot_be_read_or_told_apart_is_said(tmp_path: Path) -> None:
    nowhere = annotation("#2", target={"selector": quote("Merkel")})
    file = laid(tmp_path, ONE, nowhere, texts={"a.txt": "-"})
    (tmp_path / "nato.txt").write_bytes(b"\xff")

    assert reasons(items(file)) == [
        "span #1: its text cannot be read: the file must be UTF-8, these bytes are not: save it as UTF-8",
        "span #2: it does not say which text it is about, and there is not exactly one: give --texts a folder with "
        "its text only",
    ]


def test_a_text_whose_name_is_no_utf_8_is_called_by_a_name_that_is(tmp_path: Path) -> None:
    nowhere = annotation("#1", target={"selector": quote("Merkel")})
    file = laid(tmp_path, nowhere, texts={})
    (tmp_path / os.fsdecode(b"a\xff.txt")).write_text(TEXT, encoding="utf-8")

    (document,) = items(file)

    assert isinstance(document, AnnotatedText)
    assert document.id == "a�"


def test_relations_are_drawn_by_two_targets_or_by_a_target_and_a_body(tmp_path: Path) -> None:
    """Annotorious tags a relation with an annotation of its own; what leads elsewhere is left out."""
    marks = [annotation("#1", quote("hersendood")), annotation("#2", quote("Nee"))]
    file = laid(
        tmp_path,
        *marks,
        annotation("#3", quote("Merkel"), creator="ann"),
        annotation("#4", quote("nergens")),
        {"id": "#5", "motivation": "linking", "body": [tag("answers")], "target": ["#2", {"id": "#1"}]},
        [
            {"id": "#6", "motivation": "linking", "body": "#2", "target": "#1"},
            {"motivation": "tagging", "body": [{"value": "reports"}], "target": "#6"},
        ],
        {"id": "#7", "motivation": "linking", "target": ["#1", "#3"]},
        {"id": "#8", "motivation": "linking", "target": ["#1", "#4"]},
        {"id": "#9", "motivation": "commenting", "bodyValue": "so?", "target": "#1"},
    )

    found = items(file)

    assert reasons(found) == [
        "span #9: it is about another annotation",
        "link #1 → #3: it links annotations of two texts or two annotators",
        "span #4: the words 'nergens' are not in the text: is it another version?",
        "link #1 → #4: one of its two annotations was left out",
    ]
    (first, _) = [each for each in found if isinstance(each, AnnotatedText)]
    assert [(each.label, each.source, each.target) for each in first.links] == [
        ("answers", "#2", "#1"),
        ("reports", "#1", "#2"),
    ]


def test_a_tag_names_a_relation_to_another_claim_by_its_id(tmp_path: Path) -> None:
    """That of the body which is a claim, as `kg export` writes it, else that of the annotation."""
    claim = {"id": "https://kg.example/claim/nato/c01", "type": "schema:Claim"}
    file = laid(
        tmp_path,
        annotation("#1", quote("Nee"), body=[claim, tag("answers: #2"), tag("Supports: c01")]),
        annotation("#2", quote("Merkel"), body=[tag("answers: c01"), tag("reports: talk/c01"), tag("claim")]),
    )

    found = items(file)

    assert reasons(found) == [
        "link #2 → talk/c01: no annotation of this text by this annotator has this id of a claim"
    ]
    (document,) = [each for each in found if isinstance(each, AnnotatedText)]
    assert [(each.label, each.source, each.target) for each in document.links] == [
        ("answers", "#1", "#2"),
        ("Supports", "#1", "#1"),
        ("answers", "#2", "#1"),
    ]
    assert document.marks[0].attributes == {"id": ("c01",)}


@cache
def fixtures() -> tuple[bytes, ...]:
    """Return files that others made, where they are, and ours."""
    names = [RECOGITO, *(f"{CORRECT}/{name}.json" for name in ("anno38", "anno29", "anno40"))]
    files = [shared_file(name) for name in names if not why_missing(name)]
    ours = [
        annotation("#1", position(20, 24), quote("NAVO"), creator={"name": "ann"}, created="2020-01-01T00:00:00Z")
    ]
    ours += [
        annotation("#2", quote("Nee"), body=[tag("speaker: Merkel"), {"purpose": "identifying", "source": {}}])
    ]
    ours += [{"id": "#3", "motivation": "linking", "body": [tag("answers")], "target": ["#2", "#1"]}]
    rows = {"total": 1, "rows": [{**ours[0], "tags": ["x"], "user": "acct:a@b", "uri": SOURCE, "text": "hm"}]}
    return (
        *(file.read_bytes() for file in files),
        json.dumps(collection(page(*ours))).encode(),
        json.dumps(rows).encode(),
    )


@st.composite
def broken(draw: st.DrawFn) -> bytes:
    """Draw a fixture; some bytes are dropped, doubled, swapped, or changed."""
    raw = draw(st.sampled_from(fixtures()))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(raw)))
        end = min(len(raw), start + draw(st.integers(0, 40)))
        other = draw(st.sampled_from([b"", raw[start:end] * 2, raw[start:end][::-1], *_OTHERS]))
        raw = raw[:start] + other + raw[end:]
    return raw


_OTHERS = (b"\x00", b"\xff", b'"', b"{", b"[", b"]}", b"null", b"-1", b"1e400", b'"\\ud800"', b'{"items":[', b"\\")


@settings(max_examples=150)
@given(broken())
def test_a_broken_file_is_read_or_refused_and_nothing_else(raw: bytes) -> None:
    with TemporaryDirectory() as folder:
        laid(Path(folder), texts={"nato.txt": TEXT, "document1.txt": TEXT})
        file = Path(folder, "a.json")
        file.write_bytes(raw)

        for each in survived(file):
            if isinstance(each, AnnotatedText):
                assert all(0 <= a < b <= len(each.text) for mark in each.marks for a, b in mark.parts)


def survived(file: Path) -> Iterator[object]:
    with suppress(CorpusError, FileError, UsageError):
        yield from read(file, preset(file), None)
