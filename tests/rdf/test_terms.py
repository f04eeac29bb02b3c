"""A term is its N-Triples form: every reader reads it back as the value it was made of."""

from __future__ import annotations

import re
import sys

import pyoxigraph
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st

from kg.files.text_files import UNSAFE
from kg.rdf import terms
from kg.rdf.terms import (
    Value,
    date,
    edtf,
    instant,
    integer,
    iri,
    iri_text,
    is_iri,
    literal_value,
    plain,
    text,
    typed,
)
from support.hostile import iris, literals, texts

LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
XSD = "http://www.w3.org/2001/XMLSchema#"
TAGS = ["nl", "NL", "fr-BE", "zh-Hant-TW", "sl-rozaj-biske", "de-CH-1901", "en-US-u-islamcal", "nl-x-y", "und"]
LINE = "<http://a.example/s> <http://a.example/p> {} .\n"


def by_oxigraph(term: str) -> str | Value:
    """Return what pyoxigraph reads: an IRI, or a literal taken apart."""
    (quad,) = pyoxigraph.parse(LINE.format(term).encode(), pyoxigraph.RdfFormat.N_TRIPLES)
    found = quad.object
    if isinstance(found, pyoxigraph.NamedNode):
        return found.value
    assert isinstance(found, pyoxigraph.Literal)
    return Value(found.value, found.datatype.value, found.language or "")


def by_rdflib(term: str) -> str | Value:
    """Return what rdflib reads."""
    graph = rdflib.Graph()
    graph.parse(data=LINE.format(term), format="nt")
    (found,) = graph.objects()
    if isinstance(found, rdflib.URIRef):
        return str(found)
    assert isinstance(found, rdflib.Literal)
    datatype = LANG_STRING if found.language else str(found.datatype or f"{XSD}string")
    return Value(str(found), datatype, found.language or "")


@given(texts)
def test_a_plain_text_is_read_back(value: str) -> None:
    expected = Value(value, f"{XSD}string", "")
    assert [literal_value(plain(value)), by_oxigraph(plain(value)), by_rdflib(plain(value))] == [expected] * 3


@given(texts, st.sampled_from(TAGS))
def test_a_text_in_a_language_is_read_back_with_its_tag_in_small_letters(value: str, tag: str) -> None:
    term = text(value, tag)
    assert [literal_value(term), by_oxigraph(term), by_rdflib(term)] == [Value(value, LANG_STRING, tag.lower())] * 3


@given(literals())
def test_every_literal_is_taken_apart_as_others_read_it(term: str) -> None:
    assert literal_value(term) == by_oxigraph(term)


@given(iris)
def test_an_iri_is_read_back(term: str) -> None:
    assert [by_oxigraph(term), by_rdflib(term)] == [iri_text(term)] * 2


@given(st.one_of(st.text(max_size=20), st.text(max_size=12).map("http://a.example/".__add__)))
def test_what_iri_lets_pass_other_readers_do_too(value: str) -> None:
    try:
        term = iri(value)
    except ValueError:
        return
    assert by_oxigraph(term) == value


@given(st.from_regex(r"[a-z0-9]{1,9}(-[A-Za-z0-9]{1,9}){0,4}", fullmatch=True))
def test_what_is_language_lets_pass_other_readers_do_too(tag: str) -> None:
    if terms.is_language(tag):
        assert by_oxigraph(text("ja", tag)) == Value("ja", LANG_STRING, tag.lower())


@pytest.mark.parametrize(
    "value",
    ["", "x", "a.example/x", "//a.example/x", "http:", "http://a b/", "http://a.example/<x>", "http://a.example/\n",
     "http://a.example/%zz", "http://a.example/a#b#c", "http://a.example/{x}", "http://a.example/\ud800",
     "http://a.example/\ufffe", "http://a.example/[x]", "1a:b", "http://a@b@c/"],
)  # fmt: skip
def test_what_is_no_absolute_iri_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="not an absolute IRI"):
        iri(value)


@pytest.mark.parametrize(
    "tag", ["", "n", "nl_BE", "dutch language", "abcdefghi", "nl-", "nl-a", "en-us-us", "é", "nl\n"]
)
def test_what_is_no_language_tag_is_refused(tag: str) -> None:
    with pytest.raises(ValueError, match="not a language tag"):
        text("ja", tag)


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x0b", "\x1f", "\x7f", "\ud800", "\ufffe", "\uffff"])
def test_a_character_that_xml_readers_refuse_is_refused(character: str) -> None:
    for make in (plain, edtf, lambda value: text(value, "nl")):
        with pytest.raises(ValueError, match="a control character in"):
            make(f"a{character}b")


def refuses(value: str) -> bool:
    try:
        plain(value)
    except ValueError:
        return True
    return False


def test_what_is_printable_has_no_character_that_xml_readers_refuse() -> None:
    """So that a look whether it is may come before the search."""
    printable = "".join(filter(str.isprintable, map(chr, range(sys.maxunicode + 1))))

    assert UNSAFE.findall(printable) == []


@given(
    st.text(
        st.characters() | st.sampled_from("\t\n\r\x1f\x7f\x80\x85\x9f\xa0\xad\u2028\ud800\udfff\ufeff\ufffe\uffff")
    )
)
def test_a_text_is_refused_for_its_characters_and_for_nothing_else(value: str) -> None:
    assert refuses(value) == (UNSAFE.search(value) is not None)


@pytest.mark.parametrize(
    ("value", "datatype"), [("2020", "gYear"), ("2020-02", "gYearMonth"), ("2020-02-21", "date"), ("0001", "gYear")]
)
def test_a_date_is_typed_at_its_precision(value: str, datatype: str) -> None:
    assert literal_value(date(value)) == Value(value, XSD + datatype, "")


@pytest.mark.parametrize(
    "value", ["", "soon", "202", "2020-13", "2020-00", "2020-02-32", "2020-2-21", "20200221", "٢٠٢٠"]
)
def test_what_is_no_date_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="not a year, month or day"):
        date(value)


@given(st.integers(min_value=0))
def test_a_number_is_not_negative(value: int) -> None:
    assert literal_value(integer(value)) == Value(str(value), f"{XSD}integer", "")


def test_a_number_below_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="negative: -1"):
        integer(-1)


def test_an_instant_and_an_edtf_date_have_their_datatypes() -> None:
    assert literal_value(instant("2020-02-21T10:00:00Z")) == Value("2020-02-21T10:00:00Z", f"{XSD}dateTime", "")
    assert literal_value(edtf("2020-02-?21")) == Value("2020-02-?21", terms.EDTF, "")


def test_an_iri_and_a_literal_are_told_apart() -> None:
    assert (is_iri(iri("urn:x")), is_iri(plain("urn:x"))) == (True, False)
    with pytest.raises(ValueError, match=re.escape('not an IRI: "x"')):
        iri_text(plain("x"))
    with pytest.raises(ValueError, match="not a literal: <urn:x>"):
        literal_value(iri("urn:x"))


def test_escapes_that_others_write_are_read() -> None:
    assert literal_value(r'"\u0041\U0001F600\t\b\n\r\f\"\'\\"') == Value("A😀\t\b\n\r\f\"'\\", f"{XSD}string", "")


def test_a_datatype_is_an_iri() -> None:
    with pytest.raises(ValueError, match="not an absolute IRI"):
        typed("1", "integer")


@pytest.mark.parametrize(
    ("written", "canonical"),
    [("5", "5"), ("5.0", "5"), ("-0", "0"), ("007", "7"), ("-1.50", "-1.5"), ("0.5", "0.5"), ("100.0", "100")],
)
def test_a_decimal_is_written_in_one_way(written: str, canonical: str) -> None:
    assert terms.decimal(written) == f'"{canonical}"^^<{terms.XSD}decimal>'


@pytest.mark.parametrize("written", ["", ".5", "5.", "1e3", "+1", "1,5", "٣", "1" * 13, "0.1234567", "5\n"])
def test_what_is_no_number_is_no_decimal(written: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        terms.decimal(written)
