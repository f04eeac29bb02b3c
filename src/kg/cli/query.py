"""`kg query`: queries a corpus or a store, and prints the answer."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple

import click

from kg.cli.console import detail, login_prompt, note, warn_of_broken_plugins, with_progress
from kg.cli.options import corpus_folder, is_url
from kg.corpus import read_corpus
from kg.errors import CorpusError, FileError, Finding, KgError, UsageError
from kg.files.text_files import decode_text, read_text
from kg.findings.results import fails
from kg.formats import FORMATS as RDF_FORMATS
from kg.pipeline.publication import Publication, open_publication, published
from kg.query.query_parameters import (
    CHOICES,
    QueryableStore,
    example_value,
    lookup_entities,
    lookup_things,
    parameter_terms,
    present_values,
    unknown_value,
)
from kg.query.questions import (
    MOST_USEFUL,
    Parameter,
    Question,
    grouped,
    option_name,
    question_named,
    questions,
    read_question,
    with_values,
)
from kg.query.store import FORMATS, LIMITS, Answer, open_loaded, open_store
from kg.query.tables import read_rows, table
from kg.rdf.terms import Graph, Iri, Term
from kg.text.nearest_name import nearest

METAVARS = {"first-day": "DATE", "last-day": "DATE"}
DAY = 24 * 60 * 60


def _common() -> list[click.Parameter]:
    """Return the options of the group and of each question."""
    return [*_data_options(), *_answer_options()]


def _data_options() -> list[click.Parameter]:
    return [
        click.Option(
            ["-c", "--corpus"],
            metavar="DIR",
            help="The folder of the corpus.  [default: the current folder, or seeds/]",
        ),
        click.Option(
            ["--store"],
            metavar="TARGET",
            help="A store that `kg load` loaded, instead of a corpus: a folder or a URL.",
        ),
        click.Option(
            ["--base"],
            metavar="BASE",
            help="The base of the corpus to query, if a store at a URL has several.",
        ),
    ]


def _answer_options() -> list[click.Parameter]:
    names = click.Choice(list(FORMATS))
    seconds = click.FloatRange(0, DAY, min_open=True)
    return [
        click.Option(
            ["-f", "--format", "form"],
            type=names,
            metavar="NAME",
            help="table, csv, tsv, json, xml, or ttl for a graph.  [default: table]",
        ),
        click.Option(
            ["--timeout"],
            type=seconds,
            metavar="SECONDS",
            help=f"How long the query may take.  [default: {LIMITS.seconds:g}]",
        ),
    ]


_HOW_TO_NAME_DATA = (
    "Name a corpus with --corpus FOLDER, or a store with --store. Load an RDF file first: kg load FOLDER FILE."
)


class QuestionCommand(click.Command):
    """The command of a question, which has options only: its corpus, too, is one."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.allow_extra_args = True
        if rest := super().parse_args(ctx, args):
            raise click.UsageError(
                f"A question takes options only, not `{' '.join(rest)}`. {_HOW_TO_NAME_DATA}", ctx
            )
        return rest


class QuestionGroup(click.Group):
    """A group with one command for each question, and one for each file of a query."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return list(questions())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        question = question_named(cmd_name) or _of_file(cmd_name)
        return _command(question) if question else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        for group, members in grouped().items():
            with formatter.section(group):
                formatter.write_dl([(each.name, each.question) for each in members])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        # Looked for once only: stdin can be read once.
        found = self.get_command(ctx, args[0])
        if found is None:
            near = nearest(args[0], questions())
            advice = f"did you mean `{near}`?" if near else "`kg query` lists them. A file's name ends in .rq."
            raise click.UsageError(f"There is no question `{args[0]}`: {advice}", ctx)
        return args[0], found, args[1:]


@click.group(
    cls=QuestionGroup,
    short_help="Ask questions of a corpus in SPARQL, or by name.",
    invoke_without_command=True,
    params=_common(),
    subcommand_metavar="[QUESTION | FILE.rq | -]",
)
@click.option("-e", "--execute", "sparql", metavar="SPARQL", help="A query.")
@click.option("--all", "every", is_flag=True, help="List all questions, not only the most useful.")
@click.pass_context
def command(ctx: click.Context, /, sparql: str | None, *, every: bool, **settings: Any) -> None:
    """Ask questions of a corpus: by name, in SPARQL, or from a file (- is stdin).

    Nothing needs to be installed or started. All named graphs together are the default graph; kg's own prefixes
    need not be declared. Drafts are left out, as from everything that is published.

    \b
    Example:
      kg query
      kg query --all
      kg query said-by --speaker stoltenberg --from 2020-02-01 --to 2020-02-29
      kg query -e 'SELECT ?who (COUNT(?c) AS ?n) { ?c schema:author ?who } GROUP BY ?who' -f csv
    """
    if sparql is not None and ctx.invoked_subcommand:
        if question_named(ctx.invoked_subcommand):
            raise click.UsageError("Give a query with -e, or a question, not both.")
        raise click.UsageError(f"With -e, name no file. {_HOW_TO_NAME_DATA}")
    if sparql is not None:
        answer(Question("", "", "", (), "", sparql), {}, **settings)
    elif not ctx.invoked_subcommand:
        click.echo(listing(every=every), nl=False)
        warn_of_broken_plugins()


def listing(*, every: bool = False) -> str:
    """Return the list of the most useful questions, or of all by their groups."""
    known = questions()
    chosen = grouped() if every else {"The most useful questions": [known[name] for name in MOST_USEFUL]}
    widest = max(len(each.name) for members in chosen.values() for each in members)
    lines = []
    for group, members in chosen.items():
        lines += [group, *(f"  {each.name.ljust(widest)}  {each.question}" for each in members), ""]
    if not every:
        lines.append(f"`kg query --all` lists {len(known) - len(MOST_USEFUL)} more.")
    return "\n".join([*lines, "`kg query QUESTION --help` shows the options of a question, and an example.\n"])


def _of_file(name: str) -> Question | None:
    """Return the query in a file or on stdin as a question; None if the name is neither."""
    path = Path(name)
    if name != "-" and path.suffix not in (".rq", ".sparql") and not path.is_file():
        return None
    if path.suffix in (form.suffix for form in RDF_FORMATS.values()):
        raise click.UsageError(f"{name} is RDF, and no query. {_HOW_TO_NAME_DATA}")
    try:
        text = decode_text(sys.stdin.buffer.read(), name) if name == "-" else read_text(name)
    except CorpusError as error:  # it is too large, or not UTF-8: that is no fault of the corpus
        found = error.findings[0]
        raise FileError(f"{found.at}: {found.message}") from error
    return read_question(name, text)


def _command(question: Question) -> click.Command:
    """Return the command for a question."""

    @click.pass_context
    def ask(ctx: click.Context, /, **given: Any) -> None:
        assert ctx.parent is not None
        shared = ("corpus", "store", "base", "form", "timeout")
        settings = {name: given.pop(name) or ctx.parent.params[name] for name in shared}
        written = {name.removeprefix("value_"): value for name, value in given.items() if value is not None}
        answer(question, written, **settings)

    remarks = f"\n\n{question.remarks}" if question.remarks else ""
    return QuestionCommand(
        question.name,
        callback=ask,
        params=[*map(_option, question.parameters), *_common()],
        help=f"{question.question}{remarks}\n\n\b\nExample:\n  {example(question)}",
        short_help=question.question,
    )


def _option(parameter: Parameter) -> click.Option:
    choices = CHOICES.get(parameter.type)
    return click.Option(
        [f"--{option_name(parameter)}", f"value_{parameter.name}"],
        type=click.Choice(choices) if choices else str,
        metavar=METAVARS.get(parameter.type, parameter.type.upper()),
        required=not parameter.optional,
        shell_complete=complete_ids if parameter.type in ("entity", "event") else None,
        help=parameter.meaning[:1].upper() + parameter.meaning[1:] + ".",
    )


def complete_ids(context: click.Context, _option: click.Parameter, incomplete: str) -> list[str]:
    """Complete the id of an entity; nothing without a readable corpus."""
    try:
        corpus = read_corpus(corpus_folder(context.params.get("corpus")))
    except KgError:
        return []
    return sorted(id for id in corpus.entities if id.startswith(incomplete))


def example(question: Question) -> str:
    """Return the command line of a question with its example values."""
    options = [
        f"--{option_name(each)} {json.dumps(value) if ' ' in value else value}"
        for each in question.parameters
        if (value := example_value(each))
    ]
    return " ".join(["kg query", question.name, *options])


OTHER_SCHEMA_ORG = "https://schema.org/"


class AskedQuestion(NamedTuple):
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
    """Query a corpus or a store, and print the answer; `settings` are `base`, `form`, `timeout`, or None."""
    asked = AskedQuestion(question, written, settings["form"] or "table", settings["timeout"] or LIMITS.seconds)
    if corpus and store:
        raise UsageError("Give the folder of a corpus with --corpus, or a store with --store, not both.")
    base = settings["base"] or ""
    if base and not is_url(store or ""):
        raise UsageError("--base chooses a corpus in the store at a URL: name that with --store, or leave it out.")
    if store:
        with _opened(store, asked.seconds, base) as loaded:
            values = parameter_terms(question, written, lookup_entities(loaded, question, written))
            values = _present(asked, values, loaded)
            _ask(asked, values, lookup_things(loaded, question, values), loaded)
        return
    publication = open_publication(corpus_folder(corpus), engine="none")
    values = parameter_terms(question, written, publication.index)
    # Check the values before reading the corpus, which may take long.
    with_values(question, values)
    known: list[Iri] = []
    with open_store(_graphs(publication, known), publication.index.iris.base) as laid_out:
        _ask(asked, _present(asked, values, laid_out), known, laid_out)


def _opened(store: str, seconds: float, base: str) -> AbstractContextManager[QueryableStore]:
    if not is_url(store):
        return open_loaded(Path(store))
    # Imported here: the HTTP client takes as long to import as everything else.
    from kg.query.remote_store import open_remote

    return open_remote(store, login_prompt(), seconds, base)


def _present(asked: AskedQuestion, values: Mapping[str, Term], store: QueryableStore) -> dict[str, Term]:
    """Return the values by their present ids, and say which were former ones."""
    present, replaced = present_values(store, asked.question, values)
    for old, new in replaced:
        note(f"{old} is {new} now: the answer is about {new}.")
    return present


def _ask(asked: AskedQuestion, values: Mapping[str, Term], known: Iterable[Iri], store: QueryableStore) -> None:
    if wrong := unknown_value(asked.question, values, known):
        raise UsageError(wrong)
    query = with_values(asked.question, values)
    limits = LIMITS._replace(seconds=asked.seconds)
    given = store.ask(query, asked.form, name=asked.question.name, limits=limits)
    if _show(given, asked.form, store):
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
    """Yield the graphs that are published, and collect their subjects in `known`. Raises `CorpusError` if a part of
    the corpus cannot be read; the shapes are not checked."""
    findings: list[Finding] = []
    for graph in published(with_progress(publication.mapped_articles(), "Reading"), findings):
        known.extend(node.subject for node in graph.nodes if "#" not in node.subject)
        yield graph
    if fails(findings, "violation"):
        raise CorpusError(findings)
    detail(f"{len(known)} things can be asked about")


def _show(answer: Answer, form: str, store: QueryableStore) -> bool:
    """Print an answer, and tell whether it has any results."""
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
