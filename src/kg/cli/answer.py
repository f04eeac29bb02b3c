"""What `kg query` does with a question: whom it asks, and how it shows the answer."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple

import click

from kg.cli.console import detail, login_prompt, note, with_progress
from kg.cli.options import corpus_folder, is_url
from kg.errors import CorpusError, Finding, UsageError
from kg.findings.results import fails
from kg.pipeline.publication import Publication, open_publication, published
from kg.query.query_parameters import (
    QueryableStore,
    lookup_entities,
    lookup_things,
    parameter_terms,
    unknown_value,
)
from kg.query.questions import Question, with_values
from kg.query.store import LIMITS, Answer, open_loaded, open_store
from kg.query.tables import read_rows, table
from kg.rdf.terms import Graph, Iri, Term

OTHER_SCHEMA_ORG = "https://schema.org/"


class Wish(NamedTuple):
    """A question with its values as they were typed, the format of the answer, and the seconds it may take."""

    question: Question
    written: Mapping[str, str]
    form: str
    seconds: float


def answer(
    question: Question,
    written: Mapping[str, str],
    *,
    corpus: str | None,
    store: str | None,
    **settings: Any,
) -> None:
    """Ask a corpus or a store, and print the answer; `settings` are `form` and `timeout`, None where not given."""
    wish = Wish(question, written, settings["form"] or "table", settings["timeout"] or LIMITS.seconds)
    if corpus and store:
        raise UsageError("Give the folder of a corpus with --corpus, or a store with --store, not both.")
    if store:
        with _opened(store, wish.seconds) as loaded:
            values = parameter_terms(question, written, lookup_entities(loaded, question, written))
            _ask(wish, values, lookup_things(loaded, question, values), loaded)
        return
    publication = open_publication(corpus_folder(corpus), engine="none")
    values = parameter_terms(question, written, publication.index)
    # Before a long reading: a value that is missing is missed at once.
    with_values(question, values)
    known: list[Iri] = []
    with open_store(_graphs(publication, known), publication.index.iris.base) as laid_out:
        _ask(wish, values, known, laid_out)


def _opened(store: str, seconds: float) -> AbstractContextManager[QueryableStore]:
    if not is_url(store):
        return open_loaded(Path(store))
    # Here, not above: what speaks HTTP takes as long to import as all else.
    from kg.query.remote_store import open_remote

    return open_remote(store, login_prompt(), seconds)


def _ask(wish: Wish, values: Mapping[str, Term], known: Iterable[Iri], store: QueryableStore) -> None:
    if wrong := unknown_value(wish.question, values, known):
        raise UsageError(wrong)
    query = with_values(wish.question, values)
    limits = LIMITS._replace(seconds=wish.seconds)
    given = store.ask(query, wish.form, name=wish.question.name, limits=limits)
    if _show(given, wish.form, store):
        return
    if OTHER_SCHEMA_ORG in query:
        click.echo(
            f"kg: nothing was found, and the query names {OTHER_SCHEMA_ORG}: here schema.org's terms begin with "
            "http://schema.org/, as in its own JSON-LD context.",
            err=True,
        )
    else:
        note("Nothing was found.")


def _graphs(publication: Publication, known: list[Iri]) -> Iterator[Graph]:
    """Yield the graphs that are published, and gather their subjects. Raises `CorpusError` for a corpus that
    cannot be read whole; whether it satisfies the shapes is not asked."""
    findings: list[Finding] = []
    for graph in published(with_progress(publication.mapped_articles(), "Reading"), findings):
        known.extend(node.subject for node in graph.nodes if "#" not in node.subject)
        yield graph
    if fails(findings, "violation"):
        raise CorpusError(findings)
    detail(f"{len(known)} things can be asked about")


def _show(answer: Answer, form: str, store: QueryableStore) -> bool:
    """Print an answer, and tell whether it holds anything."""
    if form != "table" or answer.kind == "triples":
        with answer.path.open("rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer)
        sys.stdout.buffer.flush()
        return answer.has_results(form)
    results = json.loads(answer.path.read_bytes())
    if answer.kind == "boolean":
        click.echo("true" if results["boolean"] else "false")
        return True
    rows = read_rows(results, store.base)
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    for line in table(rows, width) if rows.cells else ():
        click.echo(line)
    return bool(rows.cells)
