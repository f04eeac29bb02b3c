"""WebAnno TSV and UIMA CAS that were damaged: read, or refused with a place, and never anything else."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import CorpusError, FileError, UsageError
from support.inception import HOST, LEMMA, OPEN, QUOTE, TYPES, Read, read_cas, read_tsv, tsv, view, xmi

_LAYERS = (
    *(QUOTE, HOST, OPEN.replace(".Host", ".Any"), LEMMA),
    "#T_CH=webanno.custom.CorefLink|referenceType|referenceRelation",
    "#T_RL=webanno.custom.Answers|kind|BT_webanno.custom.Quote",
)
TSV = tsv(
    *(
        "#Sentence.id=s1",
        "#Text=😊 b\\tc“",
        "1-1\t0-2\t😊\tX[1]|Y\\|[2]\ta;b[3]\t1-1[1];1-2\t_\t*\tlem\tpr[1]\tc->1-1\t_\t_\t",
    ),
    "1-2\t3-6\tb\tc“\tX[1]\t_\t_\tp\t1-1[1]\t_\t_\t_\t*|k\t1-1[1_0]|1-1[2_1]\t",
    *(
        "1-2.1\t3-4\tb\t*\t_\t_\t_\t_\t_\t*[1]\t*->1-2\t_\t_\t",
        "",
        "#Text=z",
        "2-1\t8-9\tz\t_\t_\t_\t_\t_\tl\t_\t_\t_\t_\t",
    ),
    layers=_LAYERS,
).encode()
XMI = xmi(
    '<custom:SimpleLinkHost xmi:id="5" sofa="1" begin="0" end="2" links="10" shared="20" listed="21" words="30"/>',
    *('<custom:LinkType xmi:id="10" role="one" target="6"/>', '<cas:FSArray xmi:id="20" elements="10 6"/>'),
    *(
        '<cas:NonEmptyFSList xmi:id="21" head="6" tail="21"/>',
        '<custom:SimpleSpan xmi:id="6" sofa="1" begin="3" end="4"/>',
    ),
    '<cas:StringArray xmi:id="30"><elements>x</elements></cas:StringArray>',
    '<custom:Relation xmi:id="7" sofa="1" begin="2" end="3" Governor="5" Dependent="6" value="x"/>',
    '<meta:DocumentMetaData xmi:id="8" sofa="1" begin="0" end="4" language="nl" documentTitle="x.txt"/>',
    view("😊 b“", 5, 6, 7, 8),
).encode()
JSON = json.dumps(
    {
        "%FEATURE_STRUCTURES": [
            {"%ID": 1, "%TYPE": "uima.cas.Sofa", "sofaID": "_InitialView", "sofaString": "😊 b“"},
            {"%ID": 2, "%TYPE": "a.Q", "@sofa": 1, "begin": 0, "end": 2, "@l": 3, "n": 1.5},
            {"%ID": 5, "%TYPE": "a.R", "@sofa": 1, "begin": 0, "end": 2, "@Governor": 2, "@Dependent": 2},
            {"%ID": 3, "%TYPE": "a.L[]", "%ELEMENTS": [4]},
            {"%ID": 4, "%TYPE": "a.L", "role": "cue", "@target": 2},
        ],
        "%VIEWS": {"_InitialView": {"%SOFA": 1, "%MEMBERS": [2, 5]}},
    },
    ensure_ascii=False,
).encode()


def _zipped(*files: tuple[str, bytes]) -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w") as archive:
        for name, raw in files:
            archive.writestr(name, raw)
    return stream.getvalue()


ZIP = _zipped(
    *(("annotation/x/a.tsv", TSV), ("annotation/x/a.json", JSON)),
    ("annotation/x/a.zip", _zipped(("a.xmi", XMI), ("TypeSystem.xml", TYPES.encode()))),
)
INPUTS = {"a.tsv": TSV, "a.xmi": XMI, "a.json": JSON, "TypeSystem.xml": TYPES.encode(), "a.zip": ZIP}
_PIECES = st.sampled_from(
    [b"", b"\t", b"|", b"[", b"]", b"\\", b"_", b"*", b"-", b"9" * 30, b"<", b'"', b"{", b"\xff", b"\r", b"\0"]
)


@st.composite
def damaged(draw: st.DrawFn, raw: bytes) -> bytes:
    """Draw bytes of which some were dropped, doubled, moved, or replaced."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(raw)))
        end = min(start + draw(st.integers(0, 12)), len(raw))
        piece = draw(st.just(raw[start:end] * 2) | _PIECES)
        elsewhere = draw(st.integers(0, len(raw)))
        moved = raw[:start] + piece + raw[end:]
        raw = draw(
            st.sampled_from([moved, moved[:elsewhere] + raw[start:end] + moved[elsewhere:], moved[:elsewhere]])
        )
    return raw


@pytest.mark.parametrize("name", INPUTS)
@settings(max_examples=60)
@given(st.data())
def test_what_is_damaged_is_read_or_refused(
    name: str, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("fuzz", numbered=True)
    raw = data.draw(damaged(INPUTS[name]))
    (folder / "TypeSystem.xml").write_text(TYPES, "utf-8")
    (folder / "a.xmi").write_bytes(XMI)
    (folder / name).write_bytes(raw)

    for read in (read_tsv, read_cas):
        for source in (folder, folder / name):
            read_or_refused(read, source)


def read_or_refused(read: Read, source: Path) -> None:
    try:
        documents, _ = read(source)
    except (CorpusError, FileError, UsageError):
        return
    for document in documents:
        ids = [mark.id for mark in document.marks]
        assert len(set(ids)) == len(ids)
        assert all(0 <= start <= end <= len(document.text) for mark in document.marks for start, end in mark.parts)
        assert {id for link in document.links for id in (link.source, link.target)} <= set(ids)
