"""Hypothesis strategies for terms, nodes and graphs that are legal and as awkward as can be."""

from __future__ import annotations

import re

from hypothesis import strategies as st

from kg.rdf.terms import EDTF, Graph, Iri, Literal, Node, Term, iri, plain, text, typed
from kg.rdf.vocab import DCTERMS, KG, OA, RDF, SCHEMA, SKOS
from support.sample_graph import BASE

_PIECES = [
    *"\"\\\n\r\t'<>&#@^_:;,.(){}[]$%`~/?=",
    *("]]>", "<!--", "&amp;", "'''", '"""', '\\"', "\\u0041", "\\n", "\r\n", "\x85", "\xa0", "\u2028", "\u2029"),
    *(
        "😀",
        "👩‍👩‍👧",
        "e\u0301",
        "\u0301",
        "\ufeff",
        "\ufffd",
        "日本",
        "العربية",
        "\U0010ffff",
        "  ",
        " ",
        "",
        "a",
        "“”„«»",
    ),
    *(
        "@nl",
        "^^<x>",
        "_:b",
        "<https://kg.example/>",
        "@value",
        "null",
        "true",
        "0",
        "12",
        "-1",
        "http://schema.org/",
    ),
]
_LEGAL = re.compile("[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]*")
_SEGMENTS = [
    *(".", ".."),
    *("a", "B1", "9", "a.b", ".b", "b.", "a..b", "...", "%20", "é", "日本", "a:b", "~", "(x)", "a,b;c", "@", "@id"),
    *("-", "_", "'", "!", "*", "a+b=c", "&amp", "$", "%C3%A9", "id", "type", "claims", "\u0301", "😀", "schema:x"),
]
_ENDS = ["", "/", "#", "#f", "#a/b", "#a?b", "#é", "?", "?q=1&r=2", "?a#b", "#a:b", "#-", "."]
_STARTS = [
    *(BASE, f"{BASE}a/", "https://kg.example.org/", "https://KG.example/", "http://kg.example/"),
    *("http://schema.org/", "https://schema.org/", KG.base, OA.base, "https://w3id.org/kg-claims/acts#"),
    *("urn:x:", "mailto:", "tag:a,2020:"),
]
# Schemes that are names of the JSON-LD context.
_CONTEXT_NAMES = ["schema:", "kg:", "text:", "id:", "type:", "claims:", "Claim:", "acts:x/", "void:"]
_LANGUAGES = ["nl", "en", "fr-be", "zh-hant-tw", "id", "none", "type"]
_DATATYPES = [
    *(
        f"http://www.w3.org/2001/XMLSchema#{name}"
        for name in ("date", "gYear", "gYearMonth", "dateTime", "integer")
    ),
    *(f"http://www.w3.org/2001/XMLSchema#{name}" for name in ("nonNegativeInteger", "boolean", "double", "anyURI")),
    *(EDTF, "http://schema.org/Date", f"{BASE}type", "urn:x:y,z", "https://w3id.org/kg-claims#é"),
]
NO_DOUBLES = [datatype for datatype in _DATATYPES if not datatype.endswith("double")]
UNINTERPRETED = [EDTF, "http://schema.org/Date", f"{BASE}type", "urn:x:y,z", "https://w3id.org/kg-claims#é"]
_LEXICAL = [
    "2020",
    "2020-02",
    "2020-02-21",
    "12",
    "0",
    "007",
    "-3",
    "+3",
    "1e3",
    "9" * 30,
    "true",
    "",
    " 1 ",
    "12.",
]
_PREDICATES = [
    *(RDF.type, SCHEMA.text, SCHEMA.name, SCHEMA.author, SCHEMA.dateCreated, SCHEMA.appearance, SCHEMA.hasPart),
    *(SCHEMA.position, SCHEMA.identifier, KG.act, KG.edtf, KG.inferred, KG.probably, OA.hasBody, OA.hasTarget),
    *(OA.start, OA.exact, DCTERMS.license, DCTERMS.created, SKOS.editorialNote),
]

texts = st.one_of(
    st.lists(st.sampled_from(_PIECES), max_size=6).map("".join),
    st.text(max_size=12).filter(_LEGAL.fullmatch),
)


def _joined(start: str, segments: list[str], end: str) -> Iri:
    tail = "/".join(segments) + end
    if start.endswith("#"):
        tail = tail.replace("#", "")
    return iri(f"{start}x{tail}" if start.endswith(":") else start + tail)


iris = st.builds(
    _joined, st.sampled_from(_STARTS), st.lists(st.sampled_from(_SEGMENTS), max_size=3), st.sampled_from(_ENDS)
)
awkward_iris = iris | st.just(iri(BASE[:-1])) | st.sampled_from(_CONTEXT_NAMES).map(lambda name: iri(name + "x"))


def literals(datatypes: list[str] = _DATATYPES, lexical: list[str] = _LEXICAL) -> st.SearchStrategy[Literal]:
    """Return literals of every kind."""
    return st.one_of(
        texts.map(plain),
        st.builds(text, texts, st.sampled_from(_LANGUAGES)),
        st.builds(typed, st.sampled_from(lexical) | texts, st.sampled_from(datatypes)),
    )


def graphs(
    subjects: st.SearchStrategy[Iri] = awkward_iris,
    predicates: st.SearchStrategy[Iri] = awkward_iris,
    values: st.SearchStrategy[Literal] | None = None,
) -> st.SearchStrategy[Graph]:
    """Return graphs whose nodes name each other, some in circles; a subject may come twice."""
    return st.lists(subjects, min_size=1, max_size=5).flatmap(
        lambda some: _graphs(
            some, st.sampled_from(_PREDICATES) | predicates, literals() if values is None else values
        )
    )


def _graphs(
    subjects: list[Iri], predicates: st.SearchStrategy[Iri], values: st.SearchStrategy[Literal]
) -> st.SearchStrategy[Graph]:
    parts = [Iri(f"{subject[:-1]}#part>") for subject in subjects if "#" not in subject]
    known = st.sampled_from([*subjects, *parts])
    terms: st.SearchStrategy[Term] = st.one_of(known, values, awkward_iris)
    nodes = st.builds(
        Node, known, st.dictionaries(predicates, st.lists(terms, max_size=3, unique=True), max_size=5)
    )
    return st.builds(Graph, iris, st.lists(nodes, max_size=7))
