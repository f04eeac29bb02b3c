"""Writes docs/queries.md from the questions and their answers."""

from __future__ import annotations

import json
from collections.abc import Iterator

from kg.cli.query import example
from kg.query.query_parameters import example_value
from kg.query.questions import Question, grouped, option_name
from kg.query.tables import read_rows, table
from support import ROOT, SEEDS
from support.query_cases import HARBOUR, Asked, asked

WIDTH, ROWS = 110, 3
HEAD = """# Asking questions

`kg query` queries the corpus; nothing else needs to be installed or started. Without arguments it lists the
most useful named questions, with `--all` all of them; each is a command with its own options, which `--help`
shows. Anything else you can ask in SPARQL.

```sh
kg query
kg query said-by --speaker stoltenberg --from 2020-02-01 --to 2020-02-29
kg query -e 'SELECT ?who (COUNT(?c) AS ?n) { ?c schema:author ?who } GROUP BY ?who ORDER BY DESC(?n)'
kg query mine.rq --format csv
```

- An answer is a table on the terminal; `--format` writes `csv`, `tsv`, `json` or `xml` as SPARQL 1.1 defines
  them, and `ttl` for the graph of a CONSTRUCT or DESCRIBE. Tables show ids (`macron`,
  `000_411f4785dd135aae/c18`), the other formats whole IRIs.
- All named graphs together are the default graph. A query with `FROM` only reads the graphs that it names.
- kg's prefixes need not be declared (`schema:`, `kg:`, `acts:`, `forms:`, `oa:`, `dcterms:`, `skos:`, …), and
  `<entity/macron>` is the IRI under the corpus's base.
- Give an entity by its id in `entities.yaml`, a claim as `article/claim`, a date as a day, a month or a year:
  `--from 2020-02` is the first of February, `--to 2020-02` the 29th. IRIs work too.
- What is claimed is shown in the language of `--language`, else of the article, else of another region (`nl` for
  `nl-BE`), else in English, else in any. `answers-to`, `contradictions`, `denials`, `dialogue` and `repetitions` do
  not look for another region, nor does `reactions-to` for the claim that was answered. A name or a title is shown
  in the language of the words or the article; else of another region; else in the alphabetically first.
- Drafts are left out, as from everything that is published. A corpus that cannot be read completely is not queried;
  one that violates a shape is, because questions help to find out why.
- A child process answers each query. It may take 30 seconds (`--timeout`) and 2 GB, and can reach neither the
  network nor a file: `SERVICE`, `LOAD` and every other update are refused.
- Load a large corpus once with `kg load`, then query its [store](store.md) with `kg query --store FOLDER …`.

## Questions of your own

A named question is a file of plain SPARQL, like those in `src/kg/query/queries`. Its first comment lines are the
question and its parameters, each with its type. The values of the parameters are one row of `VALUES`, with an
example that lets the file run in any SPARQL editor.

```sparql
# Which claims by a speaker are about something?
# ?speaker entity: who spoke
# ?about entity, optional: what it was about

PREFIX schema: <http://schema.org/>

SELECT ?claim ?words
WHERE {
  VALUES (?speaker ?about) { (<https://kg.example/entity/macron> UNDEF) }
  ?claim schema:author ?speaker ;
    schema:about ?about ;
    kg:words ?words .
}
ORDER BY ?claim
```

`kg query mine.rq --speaker stoltenberg` replaces that row by your values. Types are `entity`, `event` (an event or
an occasion), `article`, `claim`, `act`, `form`, `first-day`, `last-day` and `text`.

## Elsewhere

The questions run on any SPARQL 1.1 engine that has the graph. They read the default graph, so either load a
format without named graphs (`ttl`, `nt`, `jsonld`, `rdfxml`), or load `nq` or `trig` and let the union of the
named graphs be the default graph:

| engine | how |
|---|---|
| Apache Jena Fuseki | `tdb2:unionDefaultGraph true` in its configuration |
| Oxigraph | `oxigraph serve --union-default-graph`; in Python `store.query(…, use_default_graph_as_union=True)` |
| rdflib | `Dataset(default_union=True)`, or a `Graph` of the Turtle |
| GraphDB, RDF4J, Blazegraph, Virtuoso | as they come |

Change the example values to your own base IRI and ids first.

## Dates in SPARQL

SPARQL compares days with days. A month is not a day: `"2020-02"^^xsd:gYearMonth < "2020-02-21"^^xsd:date` is an
error, and a FILTER drops errors silently. So compare the bounds, which are always days: `kg:earliest` and
`kg:latest` say between which days it was certainly said; an open bound is absent (see [Dates](dates.md)).

| in the days from A to B | filter |
|---|---|
| certainly | `?earliest >= ?A && ?latest <= ?B` |
| possibly | `(!BOUND(?earliest) \\|\\| ?earliest <= ?B) && (!BOUND(?latest) \\|\\| ?latest >= ?A)`, both OPTIONAL |
| probably | possibly, and `?probably >= ?A && ?probably <= ?B` |

`kg:probably` is the probable date, such as the 21st in `2020-02-?21`. If it is only a month or a year, it cannot be
compared, and the claim remains possible. Questions that count claims count a statement that several claims report
(`kg:same`) once for each of its speakers.
"""


def page() -> Iterator[str]:
    """Yield the page's lines."""
    yield HEAD
    with asked(SEEDS) as seeds, asked(HARBOUR) as harbour:
        for group, members in grouped().items():
            yield f"## {group}\n"
            for question in members:
                yield from _section(question, seeds, harbour)


def _section(question: Question, seeds: Asked, harbour: Asked) -> Iterator[str]:
    yield f"### {question.name}\n\n{question.question}\n"
    if question.remarks:
        yield f"{question.remarks}\n"
    for each in question.parameters:
        needed = "" if each.optional else ", required"
        like = f", for example `{example_value(each)}`" if example_value(each) else ""
        yield f"- `--{option_name(each)}` ({each.type}{needed}): {each.meaning}{like}"
    if question.parameters:
        yield ""
    lines, more = _answer(question, seeds)
    elsewhere = "" if lines else f" -c {HARBOUR.relative_to(ROOT)}"
    if not lines:
        lines, more = _answer(question, harbour)
    assert lines, question.name
    yield f"```console\n$ {example(question)}{elsewhere}"
    yield from lines
    yield (f"… {more} more\n" if more else "") + "```\n"


def _answer(question: Question, opened: Asked) -> tuple[list[str], int]:
    """Return the first rows of an answer as a table, and how many more there are."""
    rows = read_rows(json.loads(opened.store.ask(question.query).path.read_bytes()), opened.store.base)
    shortened = rows._replace(cells=rows.cells[:ROWS])
    return (list(table(shortened, WIDTH)) if rows.cells else []), max(0, len(rows.cells) - ROWS)
