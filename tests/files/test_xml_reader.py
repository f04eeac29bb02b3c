"""XML is read piece by piece, with the place of each tag; what could expand or fetch is refused."""

from __future__ import annotations

import pytest

from kg.errors import Place
from kg.files.xml_reader import XmlError, XmlHandlers, XmlReader


class Recorded(XmlHandlers):
    """Keeps what it receives, with the places."""

    def __init__(self, reader: XmlReader) -> None:
        self.reader = reader
        self.events: list[tuple[str, object, Place]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.events.append((name, attributes, self.reader.place()))

    def text(self, text: str) -> None:
        self.events.append(("text", text, Place("", 0, 0)))


def read(raw: bytes, piece: int = 7) -> list[tuple[str, object, Place]]:
    reader = XmlReader("a.xml", "correct it")
    handlers = Recorded(reader)
    for _ in reader.read((raw[at : at + piece] for at in range(0, len(raw), piece)), handlers):
        pass
    return handlers.events


def test_names_have_their_namespace_and_tags_their_place() -> None:
    assert read(b'<!DOCTYPE a>\n<a xmlns="http://n">\n <b xml:id="x"/>&amp;</a>') == [
        ("http://n a", {}, Place("a.xml", 2, 1)),
        ("text", "\n ", Place("", 0, 0)),
        ("http://n b", {"http://www.w3.org/XML/1998/namespace id": "x"}, Place("a.xml", 3, 2)),
        ("text", "&", Place("", 0, 0)),
    ]


@pytest.mark.parametrize(
    ("raw", "message", "place", "rule"),
    [
        (b"<a>\n<b></a>", "the file must be well-formed XML, and is not from here", (2, 6), "not-xml"),
        (
            b'<?xml version="1.0" encoding="klingon"?><a/>',
            "the file must be in a known encoding",
            (1, 31),
            "",
        ),
        (b"<a>" * 201, "elements must be nested at most 200 deep, these are deeper", (1, 601), "xml-depth"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a/>', "a file must define and use no entities", (1, 25), "xml-entity"),
        (
            b'<!DOCTYPE a SYSTEM "http://x/y">\n<a>&b;</a>',
            "a file must define and use no",
            (2, 4),
            "xml-entity",
        ),
        (b"<a><!--" + b"x" * 10_100_000, "a tag or a comment must have at most 10 MB", (1, 4), "not-xml"),
    ],
)
def test_what_is_no_xml_or_could_expand_is_refused(
    raw: bytes, message: str, place: tuple[int, int], rule: str
) -> None:
    with pytest.raises(XmlError) as caught:
        read(raw, 1 << 16)
    (finding,) = caught.value.findings
    assert (finding.message[: len(message)], finding.at) == (message, Place("a.xml", *place))
    assert rule in finding.rule


def test_a_document_type_adds_no_attributes() -> None:
    assert read(b'<!DOCTYPE a [<!ATTLIST a b CDATA "long">]><a/>') == [("a", {}, Place("a.xml", 1, 43))]
