"""Findings about RDF files have the line of their triple, in every format that is read."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import os
import threading
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from kg.cli import run
from kg.errors import Finding, Place
from kg.findings.results import RdfDocument, with_places
from kg.formats import FORMATS, write
from kg.formats.rdf_reader import media_type, read_nodes
from kg.rdf.terms import literal_value
from kg.rdf.vocab import PREFIXES
from support import ROOT
from support.calls import must_end
from support.sample_graph import BASE, sample

E = "http://e.example/"
S = "http://schema.org/"
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
FIRST = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#first>"


def document(raw: bytes, name: str) -> RdfDocument:
    """Return a document that is in memory."""

    @contextmanager
    def opened() -> Iterator[IO[bytes]]:
        yield io.BytesIO(raw)

    return RdfDocument(name, media_type(name), opened)


def about(focus: str, path: str = "", value: str = "", *, name: str = "x.ttl") -> Finding:
    return Finding("violation", "m", "r", Place(name, 0, 0), focus=focus, path=path, value=value)


def placed(raw: bytes, name: str, *triples: tuple[str, str, str]) -> list[str]:
    """Return the places of findings about some triples, as `line:column`; `-` for the file."""
    nodes = read_nodes(name, io.BytesIO(raw), media_type(name))
    found = with_places([about(*each, name=name) for each in triples], nodes, document(raw, name))
    places = [each.at for each in found if isinstance(each.at, Place)]
    assert all(each.file == name for each in places)
    return [f"{each.line}:{each.column}" if each.line else "-" for each in places]


def every_triple(raw: bytes, name: str) -> list[tuple[str, str, str]]:
    nodes = read_nodes(name, io.BytesIO(raw), media_type(name))
    return [
        (node.subject, term, value)
        for node in nodes
        for term, values in node.properties.items()
        for value in values
    ]


TURTLE = f"""\
@prefix s: <{S}> .
@prefix : <#> .
@base <{E}> .
# a comment with a " quote, and ''' more
<a>
    a s:Claim , s:Thing ;   # "
    s:text \"\"\"one
  a s:Place . "two"
\"\"\"@nl ,
        'three "x" \\'' ;
    s:position 4 ,
        4.0 ; s:isPartOf true .
BASE <http://f.example/g/>
<../b> s:name 'b'^^
    s:Odd . :c s:name "c", "c\\u0064" .
PREFIX ex: <{E}>
ex:d.d s:url ex:e%20e , ex:\\~x ;; .
s:n s:about [ s:name "n" ] ,
    [ a s:Place ; s:about [
        s:name "deep" ] ] .
s:l s:author ( 1 <one>
    [ s:name "in a list" ] ( 2
    3 ) () ) .
[ s:name "root" ; s:about [ s:name "of a root" ] ] s:url <x> .
( 5
  6 ) s:name "a list" .
_:label s:about _:other .
"""


@pytest.mark.parametrize(
    ("subject", "predicate", "value", "place"),
    [
        (f"<{E}a>", "", "", "5:1"),
        (f"<{E}a>", TYPE, f"<{S}Claim>", "6:7"),
        (f"<{E}a>", TYPE, f"<{S}Thing>", "6:17"),
        (f"<{E}a>", TYPE, "", "6:5"),
        (f"<{E}a>", f"<{S}text>", '"one\\n  a s:Place . \\"two\\"\\n"@nl', "7:12"),
        (f"<{E}a>", f"<{S}text>", '"three \\"x\\" \'"', "10:9"),
        (f"<{E}a>", f"<{S}position>", '"4"^^<http://www.w3.org/2001/XMLSchema#integer>', "11:16"),
        (f"<{E}a>", f"<{S}position>", '"4.0"^^<http://www.w3.org/2001/XMLSchema#decimal>', "12:9"),
        (f"<{E}a>", f"<{S}isPartOf>", '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>', "12:26"),
        (f"<{E}a>", f"<{S}missing>", "", "5:1"),
        ("<http://f.example/b>", f"<{S}name>", f'"b"^^<{S}Odd>', "14:15"),
        ("<http://base.invalid/#c>", f"<{S}name>", '"cd"', "15:28"),
        (f"<{E}d.d>", f"<{S}url>", f"<{E}e%20e>", "17:14"),
        (f"<{E}d.d>", f"<{S}url>", f"<{E}~x>", "17:25"),
        ("_:anonymous.1", f"<{S}name>", '"n"', "18:22"),
        ("_:anonymous.1", "", "", "18:13"),
        ("_:anonymous.3", f"<{S}name>", '"deep"', "20:16"),
        ("_:anonymous.2", TYPE, f"<{S}Place>", "19:9"),
        (f"<{S}l>", f"<{S}author>", "", "21:5"),
        ("_:label", f"<{S}about>", "_:other", "27:17"),
        ("_:other", "", "", "27:17"),
    ],
)
def test_a_finding_in_turtle_has_the_place_of_its_triple(
    subject: str, predicate: str, value: str, place: str
) -> None:
    assert placed(TURTLE.encode(), "x.ttl", (subject, predicate, value)) == [place]


def test_nodes_in_lists_and_without_a_name_have_their_places() -> None:
    """They are found by their values: what they are called depends on the order in which a parser meets them."""
    found = every_triple(TURTLE.encode(), "x.ttl")
    triples = {literal_value(each[2]).lexical: each for each in found if each[2][0] == '"'}
    texts = ["1", "in a list", "2", "3", "root", "of a root", "5", "6", "a list"]

    assert placed(TURTLE.encode(), "x.ttl", *(triples[text] for text in texts)) == [
        *("21:16", "22:14", "22:30", "23:5"),
        *("24:10", "24:36", "25:3", "26:3", "26:14"),
    ]
    assert placed(TURTLE.encode(), "x.ttl", *((triples[text][0], "", "") for text in texts)) == [
        *("21:14", "22:5", "22:28", "23:5"),
        *("24:1", "24:27", "25:1", "26:3", "25:1"),
    ]


def test_every_triple_is_found_wherever_the_parts_end_that_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = placed(TURTLE.encode(), "x.ttl", *every_triple(TURTLE.encode(), "x.ttl"))
    assert "-" not in whole
    for size in (1, 2, 3, 5, 8, 13, 34):
        monkeypatch.setattr("kg.formats.rdf_reader._PIECE", size)
        assert placed(TURTLE.encode(), "x.ttl", *every_triple(TURTLE.encode(), "x.ttl")) == whole


@pytest.mark.parametrize(("name", "end"), [("x.ttl", "\r\n"), ("x.nt", "\r\n"), ("x.nt", "\r")])
def test_lines_end_as_in_editors(name: str, end: str) -> None:
    text = TURTLE if name == "x.ttl" else TRIPLES
    other = text.replace("\n", end).encode()

    assert placed(other, name, *every_triple(other, name)) == placed(
        text.encode(), name, *every_triple(text.encode(), name)
    )


TRIG = f"""\
@prefix e: <{E}> .
<{E}g> {{
    e:a e:p 1 ,
        2 }}
GRAPH e:h {{ e:a e:p 3 . e:b e:p [] }}
{{ e:c e:p "}}" . }}
e:d e:p 4 .
"""


def test_a_finding_in_trig_has_the_place_of_its_triple() -> None:
    assert placed(TRIG.encode(), "x.trig", *every_triple(TRIG.encode(), "x.trig")) == [
        *("3:13", "4:9", "5:21", "5:33", "6:11", "7:9")
    ]


TRIPLES = f"""\
# <{E}a> <{E}p> "no" .

<{E}a>   <{E}p> "é \\" . <x> " . # why
<{E}\\u00e9> <{E}p> <{E}a> .
_:b <{E}p> "two\\nlines"@nl .
"""


def test_a_finding_in_n_triples_has_the_place_of_its_triple() -> None:
    triples = every_triple(TRIPLES.encode(), "x.nt")

    assert placed(TRIPLES.encode(), "x.nt", *triples) == ["3:45", "4:48", "5:26"]
    assert placed(TRIPLES.encode(), "x.nt", *((each[0], "", "") for each in triples)) == ["3:1", "4:1", "5:1"]


def test_a_finding_in_n_quads_has_the_place_of_its_triple() -> None:
    quads = f"<{E}a> <{E}p> <{E}b> <{E}g> .\n<{E}a> <{E}p> _:c <{E}g> .\n"

    assert placed(quads.encode(), "x.nq", *every_triple(quads.encode(), "x.nq")) == ["1:43", "2:43"]


JSONLD = """\
{"@context": [{"s": "http://schema.org/", "id": "@id", "@vocab": "http://v.example/",
               "knows": {"@id": "s:knows", "@type": "@id"},
               "title": {"@id": "s:name", "@container": "@language"},
               "list": {"@id": "s:list", "@container": "@list"},
               "part of": {"@reverse": "s:hasPart"},
               "@base": "http://e.example/"}],
 "@graph": [
  {"id": "a",
   "@type": ["s:Claim",
             "Thing"],
   "s:text": [{"@value": "ja", "@language": "nl"},
              "yes"],
   "title": {"nl": "A",
             "en": ["B", "C"]},
   "knows": "b",
   "s:position": 4},
  {"@id": "http://e.example/b",
   "s:author": [{"s:name": "nobody"},
                {"@type": "Thing",
                 "s:name": "somebody"}],
   "list": ["one",
            {"id": "c"}],
   "part of": {"@id": "d",
               "s:flag": true}},
  {"word": "root"}
 ]}
"""


@pytest.mark.parametrize(
    ("subject", "predicate", "value", "line"),
    [
        (f"<{E}a>", "", "", 8),
        (f"<{E}a>", TYPE, f"<{S}Claim>", 9),
        (f"<{E}a>", TYPE, "<http://v.example/Thing>", 10),
        (f"<{E}a>", f"<{S}text>", '"ja"@nl', 11),
        (f"<{E}a>", f"<{S}text>", '"yes"', 12),
        (f"<{E}a>", f"<{S}name>", '"A"@nl', 13),
        (f"<{E}a>", f"<{S}name>", '"C"@en', 14),
        (f"<{E}a>", f"<{S}knows>", f"<{E}b>", 15),
        (f"<{E}a>", f"<{S}position>", '"4"^^<http://www.w3.org/2001/XMLSchema#integer>', 16),
        (f"<{E}b>", f"<{S}author>", "", 18),
        ("_:anonymous.1", f"<{S}name>", '"nobody"', 18),
        ("_:anonymous.2", "", "", 19),
        ("_:anonymous.2", f"<{S}name>", '"somebody"', 20),
        ("_:anonymous.3", FIRST, '"one"', 21),
        ("_:anonymous.4", FIRST, f"<{E}c>", 22),
        (f"<{E}c>", "", "", 22),
        (f"<{E}d>", f"<{S}hasPart>", f"<{E}b>", 23),
        (f"<{E}d>", f"<{S}flag>", '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>', 24),
        ("_:anonymous.5", "<http://v.example/word>", '"root"', 25),
    ],
)
def test_a_finding_in_jsonld_has_the_line_of_its_triple(
    subject: str, predicate: str, value: str, line: int
) -> None:
    (place,) = placed(JSONLD.encode(), "x.jsonld", (subject, predicate, value))
    assert place.split(":")[0] == str(line)


def test_one_object_and_an_array_of_jsonld_have_lines_too() -> None:
    one = b'{\n "http://p.example/p": "x",\n "@id": "http://a.example/"}'
    triple = ("<http://a.example/>", "<http://p.example/p>", '"x"')

    assert placed(one, "x.jsonld", triple) == ["2:24"]
    assert placed(b"[{},\n" + one + b"]", "x.jsonld", triple) == ["3:24"]


XML = f"""\
<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:s="{S}" xml:base="{E}">
  <s:Claim rdf:about="a"
           s:position="4">
    <s:text xml:lang="nl">ja</s:text>
    <s:text>a &lt; b</s:text>
    <s:author rdf:resource="b"/>
    <s:about>
      <s:Place><s:name>nameless</s:name></s:Place>
    </s:about>
    <s:about rdf:parseType="Resource">
      <s:name>resource</s:name>
    </s:about>
  </s:Claim>
  <rdf:Description rdf:nodeID="n"><rdf:li>1</rdf:li>
    <rdf:li>2</rdf:li></rdf:Description>
  <s:Thing><s:name>root</s:name></s:Thing>
</rdf:RDF>
"""


def test_a_finding_in_rdfxml_has_the_line_of_its_triple() -> None:
    triples = every_triple(XML.encode(), "x.rdf")
    lines = dict(
        zip(triples, (each.split(":")[0] for each in placed(XML.encode(), "x.rdf", *triples)), strict=True)
    )

    assert {literal_value(value).lexical: lines[s, p, value] for s, p, value in triples if value[0] == '"'} == {
        "4": "3", "ja": "5", "a < b": "6", "nameless": "9", "resource": "12", "1": "15", "2": "16", "root": "17"
    }  # fmt: skip
    assert {value: lines[s, p, value] for s, p, value in triples if value[0] == "<"} == {
        f"<{S}Claim>": "3", f"<{E}b>": "7", f"<{S}Place>": "9", f"<{S}Thing>": "17"
    }  # fmt: skip
    assert [lines[each] for each in triples if each[2][0] == "_"] == ["8", "11"]


@pytest.mark.parametrize("name", FORMATS)
def test_every_triple_of_what_kg_writes_is_found_at_its_own_words(name: str) -> None:
    raw = "".join(write(sample(), FORMATS[name].writer(PREFIXES, BASE))).encode()
    file = f"x{FORMATS[name].suffix}"
    lines = raw.decode().split("\n")
    triples = every_triple(raw, file)

    for (_, _, value), place in zip(triples, placed(raw, file, *triples), strict=True):
        line, column = map(int, place.split(":"))
        words = literal_value(value).lexical.split()[0] if value[0] == '"' else value[1:-1]
        part = [each for each in words.replace("#", "/").replace(":", "/").split("/") if each][-1]
        assert part[:8] in "\n".join(lines[line - 1 : line + 1])[column - 1 :]


@pytest.mark.parametrize("name", ["kg.ttl", "kg.nt", "kg.jsonld"])
def test_every_triple_of_the_published_graph_is_found(name: str) -> None:
    raw = (ROOT / "dist" / name).read_bytes()
    assert "-" not in placed(raw, name, *every_triple(raw, name))


CLAIM = f"""@prefix s: <{S}> . @prefix kg: <https://w3id.org/kg-claims#> .

<{E}c> a s:Claim ;
  kg:words "Ja"@nl ,
    "Yes"@en .
"""


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress])
def test_validate_shows_the_line_of_a_finding(
    pack: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    suffix = {bytes: "", gzip.compress: ".gz", bz2.compress: ".bz2"}[pack]  # type: ignore[index]
    file = tmp_path / f"x.ttl{suffix}"
    file.write_bytes(pack(CLAIM.encode()))  # type: ignore[operator]
    given = ["--input-format", "ttl"]

    assert run(["validate", str(file), *given]) == 1
    assert f"{file}:3:1: violation: " in capsys.readouterr().out
    for report, said in (("sarif", '"startLine": 3'), ("ttl", f'rdfs:comment "{file}:3:1"'), ("json", '"line": 3')):
        run(["validate", str(file), *given, "-f", report])
        assert said in capsys.readouterr().out


def test_what_comes_through_a_pipe_has_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A pipe can be read once only; it is kept on the way."""
    pipe = tmp_path / "x.ttl"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_text(CLAIM))
    writer.start()

    assert run(["validate", str(pipe), "-f", "json"]) == 1
    writer.join()
    assert {each["line"] for each in json.loads(capsys.readouterr().out)} == {3, 4}


def test_nothing_is_read_again_where_nothing_is_found() -> None:
    def never() -> object:
        raise AssertionError

    assert with_places([], [], RdfDocument("x.ttl", "text/turtle", never)) == []  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["x.nt", "x.ttl", "x.jsonld"])
def test_memory_does_not_grow_with_the_document(name: str) -> None:
    def raw(count: int) -> bytes:
        if name == "x.jsonld":
            rows = [f'{{"@id": "{E}{n}", "{E}p": {{"{E}q": "{n}"}}}}' for n in range(count)]
            return f"[{','.join(rows)}]".encode()
        end = "_:b ." if name == "x.nt" else f"[ <{E}q> {0} ] ."
        return "".join(f"<{E}{n}> <{E}p> {end}\n" for n in range(count)).encode()

    def peak(count: int) -> int:
        there, nodes = raw(count), read_nodes(name, io.BytesIO(raw(1)), media_type(name))
        found = [about(f"<{E}0>", f"<{E}p>", name=name)]
        tracemalloc.start()
        (finding,) = with_places(found, nodes, document(there, name))
        assert isinstance(finding.at, Place)
        assert finding.at.line == 1
        memory = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return memory

    assert peak(20_000) < 1.2 * peak(5_000) + 1_000_000


@pytest.mark.parametrize("suffix", ["ttl", "nt", "nq", "trig", "jsonld", "rdf"])
def test_every_finding_about_a_changed_publication_has_its_line(
    suffix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A date that was changed everywhere is against what kg read from it, at each of its claims."""
    file = tmp_path / f"kg.{suffix}"
    text = (ROOT / "dist" / f"kg.{suffix}").read_text(encoding="utf-8").replace("2020-02-?21", "2020-02-?22")
    file.write_text(text, encoding="utf-8")
    lines = text.split("\n")

    assert run(["validate", str(file), "-f", "json"]) == 1
    found = json.loads(capsys.readouterr().out)
    against = [lines[each["line"] - 1] for each in found if each["rule"] == "date-against-edtf"]
    assert [each for each in found if not each["line"]] == []
    assert against
    assert all("probably" in each and "2020-02-21" in each for each in against)


def test_a_long_comment_after_a_triple_is_not_searched() -> None:
    raw = f'<{E}a> <{S}name> "b" . # "'.encode() + rb"\"" * 1_000_000 + b"\n"

    def is_found() -> None:
        assert placed(raw, "x.nt", (f"<{E}a>", f"<{S}name>", '"b"')) == ["1:47"]

    must_end(is_found)
