"""`kg merge`."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from kg.cli.console import note
from kg.errors import UsageError, numbered


@click.command(short_help="Make one corpus of two.")
@click.argument("first", type=click.Path(exists=True, file_okay=False))
@click.argument("second", type=click.Path(exists=True, file_okay=False))
@click.option("-o", "--output", required=True, type=click.Path(), help="The folder of the new corpus.")
@click.option(
    "--decisions",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="What was decided; what is not decided yet is added to it, to be filled in.",
)
def command(first: str, second: str, *, output: str, decisions: str | None) -> None:
    """Make one corpus of the corpora FIRST and SECOND, in a new folder. Both stay as they are.

    FIRST gives the base of all IRIs; the IRIs of SECOND lead to the new ones. What both have and what differs is
    decided by you, in a file of decisions: without it, nothing is written.

    \b
    Example:
      kg merge ours theirs -o both --decisions decisions.yaml
    """
    from kg.files.atomic_writes import atomic_file
    from kg.files.text_files import decode_text, read_bytes
    from kg.history.merge_plan import UndecidedMerge
    from kg.history.merging import merge_corpora, read_decisions
    from kg.history.shared_files import file_bytes

    known = read_decisions(decisions) if decisions else {}
    try:
        plan = merge_corpora(first, second, output, known)
    except UndecidedMerge as error:
        if not decisions:
            raise UsageError(f"{error}\nGive --decisions FILE: what is to be decided is written there.") from error
        raw = read_bytes(decisions) if Path(decisions).exists() else b""
        written = decode_text(raw, decisions)
        if (text := error.decisions(written, decisions)) != written:
            with atomic_file(Path(decisions)) as stream:
                stream.write(file_bytes(text, raw, decisions))
        wrong = sum(bool(each.wrong) for each in error.conflicts)
        tasks = ((len(error.conflicts) - wrong, "decision", "to fill in"), (wrong, "answer", "to correct"))
        todo = ", ".join(f"{numbered(count, what)} {task}" for count, what, task in tasks if count)
        raise UsageError(f"{error}\n{decisions}: {todo}; then run the command again.") from error
    for kind, names in (("entity", plan.entities), ("annotator", plan.annotators), ("article", plan.articles)):
        for old, new in names.items():
            note(f"{second}: the {kind} {old} is {new}")
    for article in sorted(plan.left_out):
        note(f"{second}: the article {article} is equal in both")
    note(f"{output}: written. `kg validate {shlex.quote(output)}` checks it.")
