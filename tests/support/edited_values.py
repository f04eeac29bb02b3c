"""What the fields of a corpus that is edited at random may hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Values(NamedTuple):
    """What a field may hold: what is right, most of the time, and what is wrong; None is a field left out."""

    right: tuple[Any, ...]
    wrong: tuple[Any, ...] = ()


_REST = "Het moet “anders”, vond Frankrijk in München. “Nee”, zei een woordvoerder gisteren."
TEXT = Values(
    (
        f"date 2020-02-03 “Ja”, zei Ann B. {_REST}",
        f"date 2020-02 Ann B. zei “Ja”. {_REST}",
        f"date 2020-03 “Ja”! {_REST}",
    ),
    ("“Ja” of nee.", "date 2020-02-03 “Nee”, zei niemand.", ""),
)
CLAIM: Mapping[str, Values] = {
    "speaker": Values(
        ("ann-b", "acme", "france", "unnamed", "spokesman", ["ann-b", "france"], "nobody"), ("ann", "paris", "bob")
    ),
    "words": Values(("Ja", "Nee", "anders"), ("Nooit",)),
    "act": Values((None, "asks", "warns"), ("denies", "shouts")),
    "gist": Values((None, {"en": "Yes."}, {"en": "No.", "nl": "Nee."})),
    "at": Values((None, "munich", "talk"), ("paris", "acme", "fair")),
    "said": Values(
        (None, None, "2020-01-15", "2020-02-02", "2020-01-?15", {"edtf": "2020-02-02", "words": "gisteren"}),
        ("2021", "soon"),
    ),
    "to": Values((None, ["france"], ["acme", "ann-b"]), (["acme", "nobody"],)),
    "about": Values((None, ["france", "paris"], "munich"), ("pariss",)),
    "note": Values((None, "a note", "another note")),
    "relations": Values(
        (*[None] * 6, {"same": "a/c01"}, {"answers": "dir/d/c01"}), ({"answers": "c02"}, {"same": "x/c09"})
    ),
}
FILE: Mapping[str, Values] = {
    "annotation": Values(
        (
            *[{"by": "ann", "on": "2020-03-01"}] * 3,
            *[{"by": "ann", "on": "2020-04-01", "guideline": "1"}] * 3,
            {"by": "ann", "on": "2020-05-01", "status": "draft"},
        ),
        ({"by": "bob", "on": "2020-04-01"}, None),
    ),
    "article": Values((None, {"published": "2020-02-05"}, {"publisher": "acme"}), ({"id": "b"}, {"x": "y"})),
    "sources": Values(({"spokesman": {"words": "woordvoerder", "for": "france"}},), (None,)),
    "occasions": Values(({"talk": {"type": "talk", "date": "2020-01", "place": "paris"}},), (None,)),
    "withdrawn": Values((None, {"c07": {"on": "2020-04-02", "why": "wrong"}})),
}
_CHAIR = {"title": "chair", "organization": "acme"}
ENTITIES: Mapping[str, Values] = {
    "ann-b": Values(
        (
            {"type": "Person", "name": "Ann B"},
            {"type": "Person", "name": "Ann B", "also": ["Annie"], "same_as": ["https://people.example/ann"]},
            {"type": "Person", "name": "Ann", "roles": {"chair": _CHAIR}},
            {"type": "Person", "name": "Ann", "roles": {"chair": {**_CHAIR, "to": "2020-01-20"}}},
            {"type": "Group", "name": "Ann B"},
        ),
        (
            {"type": "Place", "name": "Ann B"},
            {"type": "Person", "name": "Ann B", "roles": {"chair": {**_CHAIR, "from": "2020-13"}}},
            {"type": "Person", "name": "Ann B", "same_as": ["people.example"]},
            None,
        ),
    ),
    "acme": Values(
        ({"type": "Organization", "name": "Acme"}, {"type": "Organization", "name": "Ann"}),
        ({"type": "Topic", "name": "Acme"},),
    ),
    "france": Values(
        ({"type": "Country", "name": {"nl": "Frankrijk"}},), ({"type": "Place", "name": "Pariss"}, None)
    ),
    "munich": Values(
        (
            {"type": "Event", "name": "Munich", "date": "2020-01-14/2020-01-16", "place": "paris"},
            {"type": "Event", "name": "Munich", "date": "2020-01-15"},
            {"type": "Event", "name": "Fair"},
        ),
        ({"type": "Event", "name": "Munich", "date": "2020-13"}, {"type": "Place", "name": "Munich"}, None),
    ),
    "paris": Values(({"type": "Place", "name": "Paris"},), ({"type": "Topic", "name": "Pariss"}, None)),
    "nobody": Values(({"type": "Person", "name": "Nobody"},), (None, {"type": "Group", "name": "Acme"})),
    "bob": Values((None, None, {"type": "Person", "name": "Bob"})),
    "spokesman": Values((None,), ({"type": "Person", "name": "Spokesman"},)),
}
CONFIG: Mapping[str, Values] = {
    "base": Values(("https://kg.example/", "https://other.example/")),
    "title": Values(({"en": "A corpus"}, {"en": "Another"})),
    "licence": Values(("https://creativecommons.org/licenses/by/4.0/",)),
    "language": Values(("nl", "en"), ("Dutch",)),
    "text": Values((None, "full", "none"), ("some",)),
    "publisher": Values((None, "acme"), ("bob",)),
    "annotators": Values(({"ann": {"name": "Ann"}}, {"ann": {"name": "Ann"}, "bob": {"name": "Bob"}})),
    "guidelines": Values((None, {"1": "https://guide.example/1"})),
}
NAMES = ("a", "b", "c", "b-c", "dir/d", "dir/e", "z")
WRONG = 0.1
