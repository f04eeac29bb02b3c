"""UIMA CAS and WebAnno TSV: compared with dkpro-cassis and each other, and damaged at random."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import ZipFile

import cassis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import CorpusError, FileError, UsageError
from kg.importers.core.documents import AnnotatedText
from support.inception import HOST, LEMMA, OPEN, QUOTE, TYPES, Read, read_cas, read_tsv, tsv, view, xmi
from support.shared_data import shared_cases, shared_file

WEBANNO = shared_cases("annotation-tools/webanno-tsv")
texts = st.text(st.sampled_from("ab é😊“\n\t\\_*[]|;-><&#"), min_size=1, max_size=12).map(
    lambda text: text.rstrip("\n") or "-"
)


class Span(NamedTuple):
    start: int
    end: int
    value: str


Drawn = tuple[str, list[Span]]


@st.composite
def annotated(draw: st.DrawFn) -> tuple[str, list[Span]]:
    """Draw a text with spans of it."""
    text = draw(texts)
    offsets = st.integers(0, len(text))
    values = st.sampled_from(("", "x", "[1]", "_", "*", "a|b\\"))
    drawn = draw(st.lists(st.tuples(offsets, offsets, values), max_size=5))
    return text, sorted({Span(min(one, other), max(one, other), value) for one, other, value in drawn})


def seen(document: AnnotatedText) -> list[tuple[int, int, str]]:
    """Return where the marks of a document are, and their values."""
    return sorted((*mark.parts[0], "".join(mark.attributes.get("value", ()))) for mark in document.marks)


def ends(document: AnnotatedText) -> list[tuple[str, Any, Any]]:
    """Return the links of a document, by where the marks are that they join."""
    parts = {mark.id: mark.parts for mark in document.marks}
    return sorted((link.label, parts[link.source], parts[link.target]) for link in document.links)


@pytest.mark.parametrize("name", WEBANNO, ids=lambda name: name.split("/")[-2])
def test_both_formats_of_a_document_give_the_same_marks_and_links(name: str, tmp_path: Path) -> None:
    file = shared_file(name)
    (tmp_path / "TypeSystem.xml").write_text(TYPES, "utf-8")
    (tmp_path / "a.xmi").write_bytes(file.with_suffix(".xmi").read_bytes())

    (of_tsv,), _ = read_tsv(file)
    (of_xmi,), _ = read_cas(tmp_path)

    assert (of_tsv.text, seen(of_tsv), ends(of_tsv)) == (of_xmi.text, seen(of_xmi), ends(of_xmi))
    assert of_tsv.marks != ()


def test_the_fixture_of_cassis_is_read_as_cassis_reads_it() -> None:
    folder = shared_file("annotation-tools/uima-cas")
    types = cassis.load_typesystem((folder / "small_typesystem.xml").read_text("utf-8"))
    cas = cassis.load_cas_from_xmi((folder / "small_cas.xmi").read_text("utf-8"), types)

    (document,), skipped = read_cas(folder / "small_cas.xmi")

    told = [each for each in cas.select_all_annotations() if each.type.name.startswith("cassis.")]
    expected = sorted((each.begin, each.end, each.type.name.rpartition(".")[2]) for each in told)
    assert sorted((*mark.parts[0], mark.label) for mark in document.marks) == expected
    assert skipped == []


@settings(max_examples=60)
@given(annotated(), st.booleans())
def test_what_cassis_writes_is_read_where_it_was(
    tmp_path_factory: pytest.TempPathFactory, drawn: Drawn, as_json: bool
) -> None:
    text, spans = drawn
    types = cassis.load_typesystem(TYPES)
    cas = cassis.Cas(types)
    cas.sofa_string = text
    kind = types.get_type("de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity")
    for span in spans:
        cas.add(kind(begin=span.start, end=span.end, value=span.value))
    folder = tmp_path_factory.mktemp("cas")
    types.to_xml(folder / "TypeSystem.xml")
    if as_json:
        cas.to_json(folder / "a.json")
    else:
        cas.to_xmi(folder / "a.xmi")

    (document,), skipped = read_cas(folder)

    assert (document.text, seen(document), skipped) == (text, spans, [])


@given(annotated())
def test_what_is_written_as_tsv_is_read_where_it_was(
    tmp_path_factory: pytest.TempPathFactory, drawn: Drawn
) -> None:
    text, spans = drawn
    file = tmp_path_factory.mktemp("tsv") / "a.tsv"
    file.write_text(written(text, spans), "utf-8", newline="")

    (document,), skipped = read_tsv(file)

    assert (document.text, seen(document), skipped) == (text, spans, [])


def written(text: str, spans: list[Span]) -> str:
    """Return a file in which the text is one token, and each span part of it."""
    controls, escapes = str.maketrans({"\\": r"\\", "\t": r"\t"}), {sign: f"\\{sign}" for sign in "\\[]|_;*"}
    lines = [f"#Text={line.translate(controls)}" for line in text.split("\n")]
    rows = [f"1-1\t0-{units(text)}\t{text.translate({10: ' '})}\t_\t"]
    for number, span in enumerate(spans, 1):
        value = span.value.translate(str.maketrans(escapes)) or "*"
        said = text[span.start : span.end].translate({10: " "})
        offsets = f"{units(text[: span.start])}-{units(text[: span.end])}"
        rows.append(f"1-1.{number}\t{offsets}\t{said}\t{value}[{number}]\t")
    return tsv(*lines, *rows, layers=(QUOTE,))


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


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
    """Draw bytes; some were dropped, doubled, moved, or replaced."""
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
