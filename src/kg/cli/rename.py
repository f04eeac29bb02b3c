"""`kg rename`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from kg.cli.console import note
from kg.cli.options import corpus_folder
from kg.errors import UsageError, numbered

if TYPE_CHECKING:
    from kg.history.renaming import Renaming

_corpus = click.option("--corpus", type=click.Path(), help="The folder of the corpus, if not this one or seeds/.")
_dry_run = click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")


@click.group(short_help="Give an entity, a claim or an article another id.")
def command() -> None:
    """Give an entity, a claim or an article another id.

    All references to it follow, in all files of the corpus; comments and layout stay. The old id stays known: its
    IRI leads to the new one in the graph, on the site and on a server.

    \b
    Example:
      kg rename entity macron emmanuel-macron
      kg rename claim 000_411f4785dd135aae/c04 c40 --dry-run
    """


@command.command("entity", short_help="Give an entity another id, or make two entities one.")
@click.argument("old")
@click.argument("new")
@click.option(
    "--keep",
    multiple=True,
    metavar="FIELD=ID",
    help="Of two entities that become one: whose value stays where they differ; may be given several times.",
)
@_corpus
@_dry_run
def entity_command(old: str, new: str, *, keep: Sequence[str], corpus: str | None, dry_run: bool) -> None:
    """Give the entity OLD the id NEW. If there is an entity NEW, the two become one, which keeps the id NEW.

    Names, other names, identifiers, descriptions and roles of two entities are united. Where they differ in a field
    that can have one value, nothing is written until --keep says whose stays.

    \b
    Example:
      kg rename entity macron emmanuel-macron --dry-run
    """
    from kg.history.renaming import rename_entity

    decisions = {}
    for each in keep:
        field, sign, id = each.partition("=")
        if not sign:
            raise UsageError(f"--keep {each}: write the field and the id whose value stays, as date={new}.")
        decisions[field] = id
    found = rename_entity(corpus_folder(corpus), old, new, keep=decisions, dry_run=dry_run)
    _report(found, "would become" if dry_run else "is now")


@command.command("claim", short_help="Give a claim another id.")
@click.argument("claim", metavar="ARTICLE/OLD")
@click.argument("new")
@_corpus
@_dry_run
def claim_command(claim: str, new: str, *, corpus: str | None, dry_run: bool) -> None:
    """Give a claim another id in its article.

    \b
    Example:
      kg rename claim 000_411f4785dd135aae/c04 c40 --dry-run
    """
    from kg.history.renaming import rename_claim

    found = rename_claim(corpus_folder(corpus), claim, new, dry_run=dry_run)
    _report(found, "would become" if dry_run else "is now")


@command.command("article", short_help="Give an article another id.")
@click.argument("old")
@click.argument("new")
@_corpus
@_dry_run
def article_command(old: str, new: str, *, corpus: str | None, dry_run: bool) -> None:
    """Give an article, and so all its claims, other ids. Its files keep their names: `article` has the id.

    \b
    Example:
      kg rename article 000_411f4785dd135aae 2020/macron-nato --dry-run
    """
    from kg.history.renaming import rename_article

    found = rename_article(corpus_folder(corpus), old, new, dry_run=dry_run)
    _report(found, "would become" if dry_run else "is now")


def _report(renaming: Renaming, becomes: str) -> None:
    """Say what changed, and in which files."""
    merged = ", and the two are one" if renaming.is_merged else ""
    note(f"{renaming.old} {becomes} {renaming.new}{merged}.")
    for file in renaming.files:
        note(f"  {file.file}" + (f": {numbered(file.references, 'reference')}" if file.references else ""))
