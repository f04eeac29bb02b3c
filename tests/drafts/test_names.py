"""How a text names somebody in full, for a list of people: without what they are, and not by the surname alone."""

from __future__ import annotations

import pytest

from kg.drafts.names import FullNames
from kg.drafts.sentences import vocabulary

DUTCH = (
    "Dat heeft bestuursvoorzitter Ineke Vos bekendgemaakt. Maar Vos zwijgt nu. Huisarts Jan van den Berg weet het. "
    "Berg denkt na."
)
ENGLISH = "Mayor Helen Okafor said no. Okafor left. Then Ridley spoke."


@pytest.mark.parametrize(
    ("language", "text", "name", "full"),
    [
        ("nl", DUTCH, "Vos", "Ineke Vos"),
        ("nl", DUTCH, "Berg", "Jan van den Berg"),
        ("nl", DUTCH, "bestuursvoorzitter Ineke Vos", "Ineke Vos"),
        ("nl", DUTCH, "Wethouder Karim Haddou", "Karim Haddou"),
        ("nl", DUTCH, "De bond", "De bond"),
        ("nl", DUTCH, "een bron", "een bron"),
        ("nl", DUTCH, "van der Leyen", "van der Leyen"),
        ("en", ENGLISH, "Mayor Helen Okafor", "Helen Okafor"),
        ("en", ENGLISH, "Okafor", "Helen Okafor"),
        ("en", ENGLISH, "Ridley", "Ridley"),
        ("en", ENGLISH, "Dr. Jane Roe", "Jane Roe"),
        ("en", ENGLISH, "President", "President"),
        ("fi", "Ministeri Aho sanoi.", "Ministeri Aho", "Ministeri Aho"),
    ],
)
def test_a_name_is_in_full_and_without_a_title(language: str, text: str, name: str, full: str) -> None:
    assert FullNames(text, vocabulary(language)).find(name) == full
