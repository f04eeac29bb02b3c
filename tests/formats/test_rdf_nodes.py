"""RDF that is read without a parser, where it is usual: the nodes and the errors are those of the parser."""

from __future__ import annotations

import io
from random import Random

import pyoxigraph
import pytest

from kg.errors import CorpusError, Place
from kg.formats.rdf_reader import read_nodes
from support import ROOT
from support.calls import must_end

TRIPLES, QUADS = "application/n-triples", "application/n-quads"
LINE = b'<http://a.example/s> <http://a.example/p> "o"@nl .\n'
MANY = LINE * 3000
"""More than one block of lines."""
XSD = "http://www.w3.org/2001/XMLSchema#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
IRIS = (
    *(
        "<http://a.example/s>",
        "<http://a.example/S?q=1&r[]#f>",
        "<http://a.example/%C3%A9#é>",
        "<urn:a>",
        "<a>",
        "<>",
    ),
    *(
        "<http://a.example/%zz>",
        "<http://a.example/a b>",
        "<http://a.example/#a#b>",
        "<http://[::1]:80/>",
        "<HTTP://A>",
    ),
    *("<http://a.example/\\u00e9>", "<http://a.example/\ue000>", "<http://a.example/\U0001f600>", "<http:///x>"),
    *(
        "<https://a.example:8080>",
        "<http://u@a.example/>",
        "<http://a.example:x/>",
        "<http://a.example/\x85>",
        "_:b1",
    ),
    *(
        "_:a.b",
        "_:",
        "<http://a.example/\u00a0>",
        "<http://a.example/\ufffd>",
        "<http://a.example/{}>",
        "<http://é/>",
    ),
)
LITERALS = (
    *('"o"', '"o"@nl', '"o"@NL-be', '"o"@i-klingon', '"o"@toolonglanguage', '"o"@e', '"o"@en--ltr', '"o"@', '"o'),
    *(
        r'"\n\t\b\f\r\"\\"',
        r'"\'"',
        r'"\u00e9\U0001F600"',
        r'"\ud800"',
        r'"\x"',
        '"\x01\x7f\x85"',
        '"\ufffe\U0001fffe"',
    ),
    *(f'"1"^^<{XSD}integer>', f'"1"^^<{XSD}string>', f'"1"^^<{RDF}langString>', f'"1"^^<{RDF}dirLangString>'),
    *(
        '"1"^^<a>',
        '"1"^^',
        f'"1"^^<{XSD}integer',
        '"a <http://g.example/g>',
        '"a" <http://g.example/g>',
        '"a .\\n"',
    ),
    *(
        "<<( <http://a.example/s> <http://a.example/p> <http://a.example/o> )>>",
        "'o'",
        "1",
        "true",
        '"\u2028\ufeff"',
    ),
)
ENDS = (
    " .\n",
    " .\n",
    " .\n",
    " .\r\n",
    ".\n",
    " . # c\n",
    "\n",
    " .\r",
    " . ",
    "  .\n",
    "\t.\n",
    " .\n\n# <a> .\n",
    " <g> .\n",
)


def line_of(term: str) -> bytes:
    return f"<http://a.example/s> <http://a.example/p> {term} .\n".encode()


def by_parser(document: bytes, media: str) -> object:
    """Return the subjects with their predicates and values in order, or the place and the reason of the error."""
    found: dict[str, dict[str, dict[str, None]]] = {}
    form = pyoxigraph.RdfFormat.from_media_type(media)
    assert form
    try:
        for quad in pyoxigraph.parse(io.BytesIO(document), format=form, base_iri="http://base.invalid/"):
            subject, predicate, value = str(quad.subject), str(quad.predicate), str(quad.object)
            if isinstance(quad.object, pyoxigraph.Triple):
                return f"a triple must not be about another triple, like the one of {subject}"
            found.setdefault(subject, {}).setdefault(predicate, {})[value] = None
    except MemoryError as error:
        return str(error)
    except SyntaxError as error:
        return Place("x", error.lineno or 0, error.offset or 0), error.msg.partition(": ")[2]
    return [(subject, [(each, list(values)) for each, values in of.items()]) for subject, of in found.items()]


def by_kg(document: bytes, media: str) -> object:
    """Return the same of `read_nodes`."""
    try:
        nodes = read_nodes("x", io.BytesIO(document), media)
    except MemoryError as error:  # the parser's limit
        return str(error)
    except CorpusError as error:
        (finding,) = error.findings
        message = finding.message.removeprefix(f"this must be {media}: ")
        return message if "about another triple" in message else (finding.at, message)
    return [(node.subject, list(node.properties.items())) for node in nodes]


@pytest.mark.parametrize("media", [TRIPLES, pytest.param(QUADS, marks=pytest.mark.slow)])
@pytest.mark.parametrize("before", [b"", MANY], ids=["first", "later"])
@pytest.mark.parametrize("terms", [IRIS, LITERALS], ids=["iris", "literals"])
def test_any_term_is_read_as_by_the_parser(terms: tuple[str, ...], media: str, before: bytes) -> None:
    for line in (
        line
        for value in terms
        for line in (
            f"<http://a.example/s> <http://a.example/p> {value} .\n",
            f"{value} <http://a.example/p> {value} .\n",
            f"<http://a.example/s> {value} <http://a.example/o> .\n",
            f"<http://a.example/s> <http://a.example/p> <http://a.example/o> {value} .\n",
        )
    ):
        document = before + line.encode("utf-8", "surrogatepass") + LINE
        assert by_kg(document, media) == by_parser(document, media), line


@pytest.mark.parametrize("media", [TRIPLES, QUADS])
@pytest.mark.parametrize(
    "seed", [pytest.param(seed, marks=[pytest.mark.slow] * (seed >= 12)) for seed in range(60)]
)
def test_any_lines_are_read_as_by_the_parser(media: str, seed: int) -> None:
    """Good and bad terms and line ends, subjects in any order, values that recur, bytes that were changed."""
    random = Random(seed)
    good = [each for each in (*IRIS, *LITERALS) if isinstance(by_parser(line_of(each), media), list)]
    terms = [good, (*IRIS, *LITERALS)][seed % 4 == 0]
    subjects = [each for each in terms if each[0] in "<_" and each[:2] != "<<"]
    lines = [
        " ".join(map(random.choice, (subjects, subjects[:3], terms))) + random.choice(ENDS[: 1 + seed % len(ENDS)])
        for _ in range(random.choice((3, 30, 3000)))
    ]
    document = bytearray("".join(lines).encode())
    for _ in range(random.choice((0, 0, 1, 3))):
        document[random.randrange(len(document))] = random.choice(b'\x00\n\r "<>\\.\xc3\xff#')
    assert by_kg(bytes(document), media) == by_parser(bytes(document), media)


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"\n",
        LINE[:-1],
        MANY[:-3],
        b"\xef\xbb\xbf" + LINE,
        MANY + b"\xef\xbb\xbf" + LINE,
        MANY + LINE.replace(b"o", b"\xff") + MANY,
        MANY + LINE.replace(b"o", b"o\n") + MANY,
        MANY.replace(b"\n", b"\r\n") + b"wrong\n",
        MANY.replace(b"\n", b"\r") + b"wrong\n",
        LINE.replace(b"o", b"o" * (1 << 20)) + LINE,
        LINE.replace(b"o", b"o" * (5 << 20)) + LINE + b"wrong",
        b"#" * (5 << 20) + b"\n" + LINE,
        b"#" * (5 << 20) + b"<",
        LINE.replace(b"o", b"o" * (17 << 20)),
        MANY + b"#" * 70_000 + b"\n" + MANY + b'<http://a.example/s> "o" .\n',
    ],
    ids=range(16),
)
def test_a_hostile_document_is_read_as_by_the_parser(document: bytes) -> None:
    assert by_kg(document, TRIPLES) == by_parser(document, TRIPLES)


@pytest.mark.parametrize(("name", "media"), [("kg.nt", TRIPLES), ("kg.nq", QUADS)])
def test_what_kg_published_is_read_as_by_the_parser(name: str, media: str) -> None:
    document = (ROOT / "dist" / name).read_bytes()
    assert by_kg(document, media) == by_parser(document, media)


TURTLE = "text/turtle"
HEADS = (
    "@base <http://b.example/> .\n@prefix k: <http://k.example/t#> .\n"
    "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n\n",
    "@base <http://b.example/x/y/> .\n@base <http://c.example/> .\n@prefix k: <http://k.example/> .\n"
    "@prefix k: <http://l.example/> .\n@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n",
    "@base <http://b.example/x> .\n@prefix k: <../t#> .\n@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n",
    "PREFIX k: <http://k.example/../t/>\n@prefix : <http://k.example/> .\n@prefix xsd: <a:> .\n",
    "@prefix k: <http://k.example/.t/> .\n@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n",
)
NODES = (
    *(
        "<a>",
        "<a/b-c/1#char=1,2>",
        "<a.b/c>",
        "<a/../b>",
        "<./a>",
        "<//a/b>",
        "<?q>",
        "<>",
        "<#a>",
        "<a:b>",
        "<a//b>",
        "<a/.>",
    ),
    *(
        "<a/b.>",
        "</a>",
        "<é>",
        "<a%20b>",
        "<a%zz>",
        "<http://a.example/x>",
        "<http://a.example/x/../y/./z>",
        "<a b>",
        "<a\\u00e9>",
    ),
    *(
        "k:a",
        "k:a-b_1",
        "k:a.b",
        "k:",
        ":a",
        "u:x",
        "k:a%20b",
        "k:a\\,b",
        "k:1",
        "k:a.",
        "_:b1",
        "_:b1.",
        "a",
        "[]",
        "[ k:p 'o' ]",
    ),
)
VALUES = (
    *(
        "1",
        "12345",
        "-1",
        "01",
        "0",
        "-0",
        "+1",
        "1.0",
        "1.",
        "1e3",
        "true",
        "٣",
        "(1 <a>)",
        "()",
        "[ k:p <a> ; k:q [] ]",
        "k:a",
    ),
    *(
        '"o"',
        '"o; p"',
        '"o ; k:p"',
        '"o ; k:p \\"',
        '"a^^b"@nl',
        '"a^^b"',
        '"o"@nl-NL',
        '"o"@nl,"p"',
        "'o'",
        '"""o .\n p"""',
        '""',
    ),
    *(
        '"1"^^xsd:date',
        '"1"^^xsd:string',
        '"1"^^<a>',
        '"1"^^<http://a.example/t>',
        '"1"^^1',
        '"1"^^k:a,k:b',
        '"1"^^"2"^^k:a',
        '""""',
    ),
    *(
        "<<( <a> k:p <a> )>>",
        '"o\n"',
        '"\\u00e9"',
        "<a>, <b>",
        "<a>,\n        <b>",
        "<a> , <b>",
        "<a>,<b>",
        "<a>, ",
    ),
)
JOINS = (
    " ;\n    ",
    " ;\n    ",
    " ;\n    ",
    " ; ",
    ";\n",
    " ;\n    # c\n    ",
    " ; ;\n    ",
    " ;\r\n    ",
    " , ",
    " ;\n        ",
)
STOPS = (
    " .\n\n",
    " .\n\n",
    " .\n",
    " .\n\n",
    ".\n",
    " . ",
    " . # c\n",
    " ;\n    .\n",
    "\n",
    " .\r\n",
    " .\n@prefix k: <http://m.example/> .\n",
)


def read_turtle(document: bytes, before: bytes = b"") -> object:
    """Return the nodes of Turtle, or the error with its line counted after what is `before`."""
    found = by_kg(before + document, TURTLE)
    if isinstance(found, tuple):
        place, message = found
        return place._replace(line=place.line - before.count(b"\n")), message
    return found


def spread(random: Random, choices: tuple[str, ...], wildness: int) -> str:
    """Return one of the first choices, which are usual, or now and then any."""
    return random.choice(choices if random.randrange(100) < wildness else choices[:2])


@pytest.mark.parametrize("head", HEADS, ids=range(len(HEADS)))
def test_any_term_of_turtle_is_read_as_by_the_parser(head: str) -> None:
    """The parser reads all of a document that begins with a comment."""
    for statement in (
        statement
        for term in (*NODES, *VALUES, *LITERALS, *IRIS)
        for statement in (
            f"<a> a k:A ;\n    k:p {term} ;\n    k:q {term}, {term}",
            f"<a> a k:A ;\n    k:p\n        {term},\n        <b> ;\n    k:p {term}",
            f'<a> a k:A ; k:p {term} ; k:q {term} ; k:r "o"',
            f"{term} a k:A",
            f"<a> {term} k:A",
        )
    ):
        document = f"{head}<b> k:p <a> .\n\n{statement} .\n<a> k:p <b> .\n".encode("utf-8", "surrogatepass")
        assert read_turtle(document) == read_turtle(document, b"# c\n"), statement


@pytest.mark.parametrize(
    "seed", [pytest.param(seed, marks=[pytest.mark.slow] * (seed >= 16)) for seed in range(80)]
)
def test_any_statements_of_turtle_are_read_as_by_the_parser(seed: int) -> None:
    random = Random(seed)
    wildness = (0, 1, 5, 30)[seed % 4]
    statements = []
    for _ in range(random.choice((2, 20, 2000))):
        pairs = [
            " ".join(
                (spread(random, ("k:p", "k:q", "a", *NODES), wildness), spread(random, (*VALUES, *NODES), wildness))
            )
            for _ in range(random.randrange(1, 6))
        ]
        subject = spread(random, (f"<a/{random.randrange(99)}>", *NODES), wildness)
        statements.append(
            f"{subject} {spread(random, JOINS, wildness).join(pairs)}{spread(random, STOPS, wildness)}"
        )
    document = bytearray((HEADS[seed % 2] + "".join(statements)).encode())
    for _ in range(random.choice((0, 0, 1, 3))):
        document[random.randrange(len(document))] = random.choice(b'\x00\n\r "<>\\.;,\xc3\xff#')
    assert read_turtle(bytes(document)) == read_turtle(bytes(document), b"# c\n")


def test_a_predicate_may_be_missing() -> None:
    document = b"<http://a.example/s> a <http://a.example/C> ;\n     <http://a.example/o> .\n"
    assert read_turtle(document) == read_turtle(document, b"# c\n")


def test_published_turtle_is_read_as_by_the_parser() -> None:
    document = (ROOT / "dist" / "kg.ttl").read_bytes()
    assert read_turtle(document) == read_turtle(document, b"# c\n") == by_parser(document, TURTLE)


@pytest.mark.slow
@pytest.mark.parametrize("media", [TRIPLES, TURTLE])
def test_a_node_may_have_many_values_of_a_predicate_in_statements_of_their_own(media: str) -> None:
    """Time that grew with the square of their number would be minutes."""
    lines = [f"<http://a.example/s> <http://a.example/p> <http://a.example/o{n}> .\n" for n in range(100_000)]
    document = "".join(lines).encode()

    def read() -> None:
        assert by_kg(document, media) == by_parser(document, media)

    must_end(read)


@pytest.mark.parametrize(
    "value", ["'" + r"\"" * 1_000_000 + "'", '"o" ; ' + "aaaa" * 500_000], ids=["quotes", "word"]
)
def test_a_long_unusual_statement_takes_no_time_with_the_square_of_its_length(value: str) -> None:
    document = f"<http://a.example/s> <http://a.example/p> {value} .\n".encode()

    def read() -> None:
        assert read_turtle(document) == read_turtle(document, b"# c\n")

    must_end(read)
