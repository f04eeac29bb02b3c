"""Which marks belong to a claim is found in time that grows with the marks alone, whoever speaks how often."""

from __future__ import annotations

from time import process_time

import pytest

from kg.errors import Place
from kg.importers.core.claim_grouping import group_claims
from kg.importers.core.documents import LabelledSpan
from kg.importers.core.mapping import PRESETS
from kg.text.spans import Span
from support.documents import document, link

COUNT = 10_000
AT = Place("x", 1, 1)


@pytest.mark.parametrize(("label", "kind"), [("Source", "speakers"), ("Cue", "cues")])
def test_a_mark_that_ten_thousand_claims_share_is_found_from_each_at_once(label: str, kind: str) -> None:
    shared = LabelledSpan("S", label, (Span(0, 2),), AT)
    claims = [LabelledSpan(f"T{number}", "Content", (Span(3, 7),), AT) for number in range(COUNT)]
    news = document("He said", [shared, *claims], [link("", each.id, "S") for each in claims])
    begin = process_time()

    groups = group_claims(news, PRESETS["attribution"])

    assert [getattr(group, kind) for group in groups.claims] == [(shared,)] * COUNT
    assert process_time() - begin < 5
