"""Relations between web annotations: drawn in Recogito or Annotorious, or named by tags."""

from __future__ import annotations

from pathlib import Path

from kg.importers.core.documents import AnnotatedText
from support.web_annotations import annotation, items, laid, quote, reasons, tag


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
