"""`kg import`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.cli.console import note, warn_of_broken_plugins, with_label
from kg.cli.options import corpus_folder, jobs_option, language_tag
from kg.corpus.folder import CONFIG
from kg.dates.edtf import read
from kg.errors import UsageError, numbered
from kg.importers import find_importer, importer_names
from kg.importers.core.annotations_import import ImportSettings, import_annotations, open_sources
from kg.importers.core.claim_fields import day
from kg.importers.core.import_report import LEFT_OUT, ImportReport, Reasons
from kg.importers.core.mapping import PRESETS, mapping_yaml
from kg.importers.core.names import NAMES

if TYPE_CHECKING:
    from kg.history.proposals_import import ProposalReport

_SHOWN = 5
_SHOWN_REASONS = 20


def _date(value: str) -> str:
    """Check a date and return it unchanged: in EDTF, or with a time of day; `""` is no date."""
    try:
        if value:
            read(day(value))
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
    return value


def complete_importers(_context: click.Context, _option: click.Parameter, incomplete: str) -> list[str]:
    """Complete the name of an importer."""
    return [name for name in importer_names() if name.startswith(incomplete)]


class ImportCommand(click.Command):
    """A command whose help lists the formats that are installed."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.MissingParameter as error:
            message = (
                "Name the format, then what to read: kg import csv quotes.csv -o CORPUS. --help lists the formats."
            )
            raise click.UsageError(message, ctx) from error

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Formats"):
            formatter.write_dl([(name, find_importer(name).description) for name in importer_names()])
        warn_of_broken_plugins()


@click.command("import", cls=ImportCommand, short_help="Make a corpus of annotations made with another tool.")
@click.argument("form", metavar="FORMAT", shell_complete=complete_importers)
@click.argument("source", metavar="SOURCE…", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "-o",
    "--output",
    metavar="CORPUS",
    type=click.Path(path_type=Path),
    help="The folder to make; for proposals, the corpus that they are about.",
)
@click.option(
    "--mapping",
    "mapping",
    metavar="FILE|PRESET",
    help=f"What labels and attributes mean: a YAML file, or {', '.join(sorted(PRESETS))}.",
)
@click.option(
    "--acts-from-cues",
    is_flag=True,
    help="Give a claim without an act that of its cue's verb, as inferred; same as `act: from-cue` in a mapping.",
)
@click.option("--show-mapping", is_flag=True, help="Print the mapping that would be used, and stop.")
@click.option(
    "--texts",
    type=click.Path(exists=True, file_okay=False),
    help="The folder of the articles' texts, if they are elsewhere.",
)
@click.option(
    "--entities",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=f"Who is who: a {NAMES} that you filled in, or an entities.yaml.",
)
@click.option(
    "--like",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A corpus whose corpus.yaml and entities are copied.",
)
@click.option("--language", type=language_tag, metavar="TAG", help="The language of the articles, as nl.")
@click.option(
    "--published",
    type=_date,
    metavar="EDTF",
    help="When the articles were published, if they do not say.",
)
@click.option(
    "--annotator",
    "--by",
    metavar="NAME",
    help="Who annotated the articles, if they do not say; for proposals, the program that made them.",
)
@click.option("--json-lines", is_flag=True, help="Write one articles.jsonl instead of two files for each article.")
@click.option("--strict", is_flag=True, help="Make it an error if anything is left out.")
@jobs_option
@click.option("--memory", default=1000, show_default=True, metavar="MB", help="The most that reading may take.")
def command(form: str, source: tuple[Path, ...], output: Path | None, **settings: Any) -> None:
    """Read annotations of another tool, and write them as a corpus that every other command accepts.

    Nothing is invented, and nothing is lost silently: whatever has no place in a corpus is listed with its file and
    line in import.csv in the new folder. Names without an entity are listed in names.csv there: fill it in, and
    import again with `--entities`. The exit status is 1 if a file was damaged, even if the others were imported.

    What a program proposes goes into an existing corpus, as a reading of its own, and nothing publishes it before a
    person has decided (`kg proposals`).

    \b
    Example:
      kg import brat annotated/ -o corpus
      kg import csv quotes.csv --texts articles/ -o corpus --language nl
      kg import label-studio export.json --show-mapping
      kg import proposals out.jsonl -o corpus --by spotter
    """
    values = {name: value for name, value in settings.items() if value is not None}
    show_mapping = values.pop("show_mapping")
    import_settings = ImportSettings(**values)
    if show_mapping:
        mapping, _ = open_sources(form, source, import_settings)
        click.echo(mapping_yaml(mapping), nl=False)
        return
    if form == "proposals":
        _import_proposals(source, output, values)
        return
    if output is None:
        find_importer(form)
        raise UsageError("the corpus must have a place: name a new folder with `-o`")
    report = import_annotations(form, source, output, import_settings, with_label("Importing"))
    _note_import(report, output, import_settings)
    if report.damaged:
        raise click.exceptions.Exit(1)


def _import_proposals(files: Sequence[Path], output: Path | None, given: dict[str, Any]) -> None:
    """Add the proposals of a program to its readings of an existing corpus."""
    from kg.history.proposals_import import ProposalSettings, import_proposals
    from kg.pipeline.publication import open_publication

    taken = {"mapping", "acts_from_cues", "strict", "memory", "annotator"}
    if other := next((name for name, value in given.items() if name not in taken and value), ""):
        option = f"--{other.replace('_', '-')}"
        raise UsageError(
            f"{option} is of no use for proposals: their articles and entities are those of the corpus"
        )
    settings = ProposalSettings(given.pop("annotator", ""), **{name: given[name] for name in taken & given.keys()})
    publication = open_publication(corpus_folder(str(output) if output else None))
    report = import_proposals(publication, files, settings)
    for line in report.lines():
        click.echo(line)
    _note_proposals(report)


def _note_proposals(report: ProposalReport) -> None:
    """Print how many proposals were read, added and left out and why, and what to do next."""
    unfound = sum(each.times for each in report.left.quotations)
    note(
        f"quotations: {report.read} read, {report.added} new, {report.known} known"
        + (f", {unfound} not in their article" if unfound else "")
    )
    for each in report.readings:
        completed = f", {each.completed} with a speaker now" if each.completed else ""
        note(f"  {each.file}: {each.added} added{completed}")
    if report.left.others:
        note("left out:")
    for other in report.left.others[:_SHOWN_REASONS]:
        shown = ", ".join(map(str, other.places)) + (", …" if other.times > len(other.places) else "")
        note(f"  {other.times} ×: {other.what[0]}: {other.why} ({shown})")
    if report.names:
        named = ", ".join(sorted(report.names, key=lambda name: (-report.names[name], name))[:_SHOWN])
        more = ", …" if len(report.names) > _SHOWN else ""
        note(f"names without an entity: {len(report.names)} ({named}{more})")
        note("  add them to the entities, or to an entity's `also`, and import again")
    if report.added or any(each.completed for each in report.readings):
        note("`kg proposals` asks a person to decide each; until then nothing of them is published")


def _note_import(report: ImportReport, output: Path, settings: ImportSettings) -> None:
    """Print how much was read, written and left out and why, and what to look at next."""
    for kind in ("article", "claim", "span", "link"):
        if report.read[kind]:
            lost = f", {report.lost(kind)} left out" if report.lost(kind) else ""
            note(f"{kind}s: {report.read[kind]} read, {report.written[kind]} written{lost}")
            _note_reasons(report.reasons[kind])
    for kind in ("attribute", "note"):
        if report.lost(kind):
            note(f"left out: {numbered(report.lost(kind), kind)}")
            _note_reasons(report.reasons[kind])
    if report.skipped:
        note(f"{output / LEFT_OUT} names each that was left out, with its place and the reason")
    if report.flagged.total():
        note("written, to be checked:")
        _note_reasons(report.flagged)
    if report.damaged:
        note(f"{numbered(report.damaged, 'file')} could not be read to the end: the corpus is of the others")
    if report.names:
        note(f"names without an entity: {report.names}; fill in {output / NAMES}, and import again with it:")
        known = f"--like {output} " if settings.entities else ""  # whose names are not in the new table
        note(f"  kg import … {known}--entities {output / NAMES} -o NEW-FOLDER")
    if not settings.like:
        note(f"{output / CONFIG}: the title, the licence and the base are provisional: write yours")
    note(f"{output}: `kg validate {output}` shows what else to look at")


def _note_reasons(reasons: Reasons) -> None:
    """Print the most frequent reasons, and how many other records there are."""
    shown = reasons.most_common(_SHOWN)
    for reason in shown:
        note(f"  {reason}")
    if others := reasons.total() - sum(each.times for each in shown):
        note(f"  {others} ×: other reasons")
