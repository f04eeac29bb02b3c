"""UIMA CAS and WebAnno TSV against others: dkpro-cassis, and the same annotations in both formats."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import cassis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.importers.core.documents import AnnotatedText
from support import SHARED
from support.inception import QUOTE, TYPES, read_cas, read_tsv, tsv

FIXTURES = SHARED / "annotation-tools"
WEBANNO = sorted((FIXTURES / "webanno-tsv").glob("*/reference.tsv"))
needs_fixtures = pytest.mark.skipif(not WEBANNO, reason="the fixtures of other tools are not here")
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


@needs_fixtures
@pytest.mark.parametrize("file", WEBANNO, ids=lambda file: file.parent.name)
def test_both_formats_of_a_document_give_the_same_marks_and_links(file: Path, tmp_path: Path) -> None:
    (tmp_path / "TypeSystem.xml").write_text(TYPES, "utf-8")
    (tmp_path / "a.xmi").write_bytes(file.with_suffix(".xmi").read_bytes())

    (of_tsv,), _ = read_tsv(file)
    (of_xmi,), _ = read_cas(tmp_path)

    assert (of_tsv.text, seen(of_tsv), ends(of_tsv)) == (of_xmi.text, seen(of_xmi), ends(of_xmi))
    assert of_tsv.marks != ()


@needs_fixtures
def test_the_fixture_of_cassis_is_read_as_cassis_reads_it() -> None:
    folder = FIXTURES / "uima-cas"
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
