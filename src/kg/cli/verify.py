"""`kg verify`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg.cli.console import in_colour, login_prompt, note
from kg.cli.options import is_url
from kg.errors import FileError
from kg.findings.reports import REPORTS
from kg.findings.results import counted, in_order


@click.command(short_help="Check that a publication, a file or a store is as kg wrote it.")
@click.argument("target", metavar="[FOLDER | FILE | URL]", default="")
@click.option("-f", "--format", "report", type=click.Choice(list(REPORTS)), default="text", show_default=True)
@click.option("--all", "every", is_flag=True, help="Show each finding, even if many are alike.")
def command(target: str, report: str, *, every: bool) -> int:
    """Compute the digest of each graph anew and name the graphs that were changed; without a target, of dist/.

    The target is a folder that `kg build` wrote, whose files must also have the checksums of its SHA256SUMS; a
    store that `kg load` made; an RDF file that kg wrote, in any format, also .gz or .zst; the folder of parts that
    `kg export --spark` wrote; or the URL of a running store. The exit status is 1 if something was changed, added
    or is missing.

    A digest shows accidents, and changes by somebody who did not compute it anew. It is no signature.

    \b
    Example:
      kg verify
      kg verify claims.nq
      kg verify http://localhost:7878
    """
    if not target:
        target = "dist"
        if Path(target).is_symlink():
            raise FileError("dist: it is a link, which is only followed if you name it: kg verify dist")
    # Imported here: it loads Oxigraph.
    from kg.query.verification import verify_path, verify_remote

    if is_url(target):
        from kg.query.remote_store import connect
        from kg.query.store import REQUEST_SECONDS

        with connect(target, login_prompt(), REQUEST_SECONDS) as store:
            found = verify_remote(store, target)
    else:
        found = verify_path(Path(target))
    findings = in_order(found.findings)
    for piece in REPORTS[report](findings, colour=report == "text" and in_colour(sys.stdout), every=every):
        click.echo(piece, nl=False)
    note(f"{counted(findings)}: {found.subject}")
    return 1 if findings else 0
