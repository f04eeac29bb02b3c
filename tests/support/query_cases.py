"""Which questions are asked of which corpus, and their answers; run as a script, it writes them again.

Look at the difference before you commit it: an answer must be right, not just what came out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from kg.cli import run
from kg.errors import Finding
from kg.meaning import CorpusIndex
from kg.pipeline.publication import open_publication, published
from kg.query.query_parameters import parameter_terms
from kg.query.questions import questions, with_values
from kg.query.store import Store, open_store
from kg.rdf.terms import Graph
from support import ROOT, SEEDS

GOLDEN = ROOT / "tests/data/golden/queries"
HARBOUR = ROOT / "tests/data/corpora/queries"
FOLDERS = {
    "seeds": SEEDS,
    "harbour": HARBOUR,
    "twins": ROOT / "tests/data/corpora/twins",
    "regions": ROOT / "tests/data/corpora/regions",
}

# What the seed corpus is asked: the examples, and these.
SEED_VARIANTS: dict[str, dict[str, str]] = {
    "said-by probably": {"speaker": "stoltenberg", "from": "2020-02-14", "to": "2020-02-21"},
    "said-by about": {"speaker": "macron", "about": "european-defence", "to": "2020"},
    "said-by all": {"speaker": "macron"},
    "said-at occasion": {"event": "000_411f4785dd135aae/february"},
    "acts-of one": {"speaker": "macron", "act": "excludes"},
    "inferences one": {"claim": "000_411f4785dd135aae/c11"},
    "addressed all": {},
    "timeline about": {"about": "state-of-nato"},
    "quoted-words one": {"speaker": "macron"},
    "roles one": {"speaker": "macron"},
    "named-as one": {"speaker": "stoltenberg"},
    "relations two ways": {"claim": "000_411f4785dd135aae/c16"},
}
# What the other corpus is asked: every question that needs no value, and these.
HARBOUR_VALUES: dict[str, dict[str, str]] = {
    "said-by": {"speaker": "mayor", "from": "2021-03-11", "to": "2021-03"},
    "said-by all": {"speaker": "mayor"},
    "said-by before": {"speaker": "mayor", "to": "2020"},
    "said-between": {"from": "2021-03-10", "to": "2021-03-11"},
    "said-about": {"about": "wages"},
    "said-at": {"event": "council-week"},
    "said-at occasion": {"event": "2021/strike/answer"},
    "said-for one": {"for": "dockers"},
    "said-in": {"article": "2021/strike"},
    "said-with": {"word": "HARBOUR"},
    "reactions-to": {"speaker": "mayor"},
    "answers-to": {"claim": "2021/strike/c05"},
    "dialogue": {"one": "mayor", "other": "dockers"},
    "acts-of": {"speaker": "dockers"},
    "where": {"claim": "2021/strike/c06"},
    "claim": {"claim": "recall/c01"},
    "relations": {"claim": "2021/strike/c05"},
    "inferences one": {"claim": "recall/c04"},
    "said-in-place": {"in": "coastland"},
    "changed-since": {"since": "2026-11-21"},
    "promises due": {"speaker": "minister", "by": "2021-06"},
    "statements some": {"speaker": "mayor", "about": "wages"},
    "addressee-roles one": {"to": "mayor"},
}
# What is asked of the corpus whose statements are told more than once: the questions that count them.
TWINS = (
    "acts-by-speaker",
    "claims-per-month",
    "mentions",
    "most-quoted",
    "same-statements",
    "statements",
    "topics",
)
# What is asked of the corpus whose gists, names and titles are in the language of other regions, and in others.
REGIONS: dict[str, dict[str, str]] = {
    "acts-of": {"speaker": "alice"},
    "occasions": {},
    "reactions-to": {"speaker": "alice"},
    "roles": {},
    "said-about": {"about": "peace"},
    "said-by": {"speaker": "alice"},
    "said-with": {"word": "vrede"},
}


class Case(NamedTuple):
    """A question asked of a corpus; None for the values is the example as the file has it."""

    corpus: str
    name: str
    values: Mapping[str, str] | None

    @property
    def question(self) -> str:
        return self.name.partition(" ")[0]

    @property
    def golden(self) -> Path:
        return GOLDEN / self.corpus / f"{self.name.replace(' ', '_')}.csv"

    def query(self, index: CorpusIndex) -> str:
        question = questions()[self.question]
        if self.values is None:
            return question.query
        return with_values(question, parameter_terms(question, self.values, index))


def cases() -> list[Case]:
    """Return every case."""
    free = [name for name, each in questions().items() if all(p.optional for p in each.parameters)]
    return [
        *(Case("seeds", name, None) for name in questions()),
        *(Case("seeds", name, values) for name, values in SEED_VARIANTS.items()),
        *(Case("harbour", name, {}) for name in free),
        *(Case("harbour", name, values) for name, values in HARBOUR_VALUES.items()),
        *(Case("twins", name, {}) for name in TWINS),
        *(Case("regions", name, values) for name, values in REGIONS.items()),
    ]


class Asked(NamedTuple):
    """A corpus that can be asked."""

    index: CorpusIndex
    graphs: list[Graph]
    store: Store

    def answer(self, query: str) -> str:
        return self.store.ask(query, "csv").path.read_bytes().decode().replace("\r\n", "\n")


class Kg:
    """Runs `kg query` and gives its status, what is on stdout and what is on stderr."""

    def __init__(self, capfd: pytest.CaptureFixture[str]) -> None:
        self.capfd = capfd

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        status = run(["query", *arguments])
        out, err = self.capfd.readouterr()
        return status, out, err


@contextmanager
def asked(folder: Path) -> Iterator[Asked]:
    """Open a corpus, all of which must be readable."""
    publication = open_publication(folder, engine="none")
    findings: list[Finding] = []
    graphs = list(published(publication.mapped_articles(), findings))
    assert findings == []
    with open_store(graphs, publication.index.iris.base) as store:
        yield Asked(publication.index, graphs, store)


if __name__ == "__main__":
    for corpus, folder in FOLDERS.items():
        with asked(folder) as opened:
            for case in cases():
                if case.corpus == corpus:
                    case.golden.parent.mkdir(parents=True, exist_ok=True)
                    case.golden.write_text(opened.answer(case.query(opened.index)), encoding="utf-8")

# Queries that call another store, at URL.
SERVICES = [
    "SELECT * { SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { SERVICE SILENT <URL> { ?s ?p ?o } }",
    "SELECT * { sErViCe<URL>{ ?s ?p ?o } }",
    "PREFIX s: <URL> SELECT * { SERVICE s: { ?s ?p ?o } }",
    "SELECT * { ?s ?p 1.SERVICE<URL>{ ?a ?b ?c } }",
    "SELECT * { ?s ?p true.SERVICE<URL>{ ?a ?b ?c } }",
    "PREFIX : <URL> SELECT * { ?s ?p true.SERVICE:{ ?a ?b ?c } }",
    "PREFIX : <URL> SELECT * { ?s ?p true.SERVICE SILENT:{ ?a ?b ?c } }",
    "SELECT * { BIND(<URL> AS ?where) SERVICE ?where { ?s ?p ?o } }",
    "SELECT * { VALUES ?where { <URL> } SERVICE SILENT ?where { ?s ?p ?o } }",
    "SELECT * { ?s ?p ?o FILTER EXISTS { SERVICE <URL> { ?s ?p ?o } } }",
    "SELECT * { { SELECT * { SERVICE <URL> { ?s ?p ?o } } } }",
    "SELECT * { #\r SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { # x\n SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { ?s ?p '#' . SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { ?s ?p '''a'b''' . SERVICE <URL> { ?s ?p ?o } }",
    'SELECT * { ?s ?p "\\"" . SERVICE <URL> { ?s ?p ?o } }',
    "PREFIX e: <http://e/> SELECT * { ?s e:a\\#b ?o . SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { FILTER(1 <2) SERVICE <URL> { ?s ?p ?o } FILTER(3> 2) }",
    "SELECT * { FILTER(?a<?b) SERVICE <URL> { ?s ?p ?o } FILTER(3>2) }",
    "SELECT * { \\u0053ERVICE <URL> { ?s ?p ?o } }",
    "SELECT * FROM <URL> { ?s ?p ?o }",
    "SELECT * FROM NAMED <URL> { GRAPH <URL> { ?s ?p ?o } }",
    "LOAD <URL>",
    "LOAD SILENT <URL> INTO GRAPH <http://g/>",
    "ASK {} ; LOAD <URL>",
    "DESCRIBE <URL>",
]
